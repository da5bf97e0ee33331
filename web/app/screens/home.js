/*
 * home.js - the home screen (PH-10): what waits, two big buttons, certificates.
 *
 * Belongs here: the overview and PC연결. Not here: deciding (request.js).
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import '../certificates.js';
import { clock, t } from '../../core/i18n.js';
import { state } from '../../core/store.js';
import { post, problemOf } from '../../core/api.js';
import { go } from '../../core/router.js';
import { api, loadMe, loadRequests, onEvent, waits } from '../session.js';
import { pushState } from '../worker.js';

class Home extends Screen {
  static styles = [...Screen.styles, css`
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.5rem), 1fr)); gap: 0.75rem; }
    .tile { display: flex; flex-direction: column; align-items: flex-start; gap: 0.125rem; padding: 1.125rem; min-block-size: 8rem; text-align: start; border-radius: var(--round); border: 1px solid var(--edge); background: transparent; color: inherit; text-decoration: none; }
    ol .row { align-items: baseline; }
    .tile svg { inline-size: 1.75rem; block-size: 1.75rem; }
    .tile strong { font-size: 1.125rem; letter-spacing: -0.01em; margin-block-start: 0.75rem; }
    .tile .small { line-height: 1.4; }
    .tile.main { background: var(--ink); border-color: var(--ink); color: var(--paper); }
    .tile.main .small { color: inherit; opacity: 0.82; }
    .ask { grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.75rem; border: 2px solid var(--ink); }
    .ask strong, .ask span { overflow: clip; }
    .ask svg { grid-row: 1 / 3; grid-column: 2; }
    .dash p, .tip span { text-wrap: balance; }
    .tip { display: flex; gap: 0.75rem; align-items: center; color: inherit; text-decoration: none; min-block-size: 3rem; }
    @container (max-width: 14rem) { .tip svg { display: none; } }
  `];
  #end = null;
  #timer = 0;

  async connectedCallback() {
    super.connectedCallback();
    this.#end = onEvent((name) => {
      if (name === 'request' && this.looking)
        this.#look();
    });
    navigator.clearAppBadge?.().catch(() => {});
    this.push = await pushState().catch(() => 'none');
    this.requestUpdate();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
    clearInterval(this.#timer);
  }

  get dialog() { return this.renderRoot.querySelector('#connect'); }

  /* PC연결: takes up what waits, without a push. */
  async #connect() {
    this.set({ looking: true, problem: undefined });
    if (!await this.#look() && this.looking) {
      this.dialog.show();
      clearInterval(this.#timer);
      this.#timer = setInterval(() => this.#look(), 3000);
    }
  }

  async #look() {
    try {
      const found = (await loadRequests()).find(waits);
      if (found === undefined || !this.looking)
        return false;
      this.#stop();
      this.dialog.close();
      go(`/r/${found.id}`, { state: { inside: true } });
      return true;
    } catch (e) {
      this.#stop();
      this.dialog?.close();
      this.set({ problem: problemOf(e) });
      return false;
    }
  }

  #stop() {
    clearInterval(this.#timer);
    this.looking = false;
  }

  async #unblock() {
    await post(`${api}/unblock`).catch((e) => this.set({ problem: problemOf(e) }));
    await loadMe().catch(() => {});
  }

  render() {
    const asks = (state.requests ?? []).filter(waits);
    const list = state.certificates ?? [];
    const blocked = state.me?.blocked_until > Date.now();
    return html`<ig-top mode="menu"></ig-top>
      <div class="body">
        <h1 class="sr">${t('home.name')}</h1>
        <section aria-live="polite" class="stack tight">${asks.length === 0 ? nothing : html`<h2>${t('home.asks')}</h2>${asks.map((r) => html`
          <a class="card ask" href="/r/${r.id}"><strong>${r.program}</strong><span class="small">${r.machine}${'\u00a0'}· ${clock(r.created)}</span>${icons.next}</a>`)}`}</section>
        ${blocked ? html`<div class="warn stack tight"><h3>${t('home.blocked.title')}</h3><p>${t('home.blocked.text', { time: clock(state.me.blocked_until) })}</p><button class="btn fit" @click=${this.#unblock}>${t('home.unblock')}</button></div>` : nothing}
        <div class="tiles">
          <button class="tile main" @click=${this.#connect}>${icons.pc}<strong>${t('connect.name')}</strong><span class="small">${t('connect.hint')}</span></button>
          <a class="tile" href="/import">${icons.add}<strong>${t('import.name')}</strong><span class="small">${t('import.hint')}</span></a>
        </div>
        <section class="stack"><h2>${t('home.mine')}${list.length > 0 ? html` <span class="num small">${list.length}</span>` : nothing}</h2>
          ${list.length === 0 ? html`<div class="dash"><strong>${t('home.empty.title')}</strong><p class="small">${t('home.empty.text')}</p></div>`
            : list.map((c) => html`<ingam-certificate menu .certificate=${c}></ingam-certificate>`)}</section>
        ${this.push === 'off' || this.push === 'blocked' ? html`<a class="tip small" href="/settings">${icons.bell}<span class="grow">${t(`home.push.${this.push}`)}</span>${icons.next}</a>` : nothing}
        <ig-trouble .problem=${this.problem}></ig-trouble>
      </div>
      <ig-dialog id="connect" label=${t('connect.name')} @close=${() => this.#stop()}>
        <div class="stack"><h2>${t('connect.none.title')}</h2><ig-busy label=${t('connect.looking')}></ig-busy>
          <ol class="stack tight">${['one', 'two', 'three'].map((k, i) => html`<li class="row"><span class="num small">${i + 1}</span><span>${t(`connect.${k}`)}</span></li>`)}</ol>
          <button class="btn" @click=${() => this.dialog.close()}>${t('close')}</button></div>
      </ig-dialog>`;
  }
}
customElements.define('screen-home', Home);
