/*
 * welcome.js - the first visit (PH-01), and coming back without a session.
 *
 * Belongs here: what this is, what this browser can do, the way in.
 * Not here: joining (join.js).
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import { setLanguage, lang, t } from '../../core/i18n.js';
import { abilities, insideOf, outsideAddress } from '../../core/env.js';
import { kept, state } from '../../core/store.js';
import { Problem, problemOf } from '../../core/api.js';
import { go } from '../../core/router.js';
import { loadServer, signIn } from '../session.js';

class Welcome extends Screen {
  static styles = [...Screen.styles, css`
    .cards { display: grid; gap: 0; border-block: 1px solid var(--line); }
    .cards li { display: grid; grid-template-columns: 1.75rem 1fr; gap: 0.25rem 0.75rem; padding-block: 1.125rem; }
    .cards li + li { border-block-start: 1px solid var(--line); }
    .cards svg { margin-block-start: 0.125rem; }
    .cards p { color: var(--soft); }
    .checks li { display: flex; gap: 0.625rem; align-items: flex-start; }
    .checks svg { inline-size: 1.25rem; block-size: 1.25rem; margin-block-start: 0.25rem; color: var(--good); stroke-width: 2.25; }
    .checks .no svg { color: var(--warn); }
    .hero { padding-block-start: 1.25rem; }
    .hero h1 { font-size: 2rem; line-height: 1.28; white-space: pre-line; }
  `];

  async connectedCallback() {
    super.connectedCallback();
    this.inside = insideOf();
    const [can, own] = await Promise.all([abilities(), kept.load('device').catch(() => undefined)]);
    this.set({ can, own });
  }

  async #enter() {
    this.set({ busy: true, problem: undefined });
    try {
      await signIn();
    } catch (e) {
      this.set({ busy: false, problem: problemOf(e) });
    }
  }

  async #join() {
    this.set({ busy: true, problem: undefined });
    try {
      await loadServer();
      go('/join', { state: { inside: true } });
    } catch (e) {
      this.renderRoot.querySelector('ig-dialog')?.close();
      this.set({ busy: false, problem: problemOf(e) });
    }
  }

  #check(key, can) {
    const word = can === true ? 'yes' : can === 'install' ? 'install' : 'no';
    return html`<li class=${word}>${can === true ? icons.check : icons.warn}<span>${t(`check.${key}.${word}`)}</span></li>`;
  }

  #language() {
    const other = lang() === 'ko' ? 'en' : 'ko';
    return html`<button class="icon" lang=${other} aria-label=${t('language.other')} @click=${async () => {
      await kept.save('language', other);
      await setLanguage(other);
    }}>${other === 'en' ? 'EN' : '한'}</button>`;
  }

  #out() {
    const address = outsideAddress(this.inside);
    const app = t(`inside.${this.inside}`);
    return html`<ig-top mode="none">${this.#language()}</ig-top>
      <div class="body"><div class="head"><h1>${t('inside.title')}</h1><p class="lead">${t('inside.text', { app })}</p></div>
        <div class="well stack tight"><strong>${t('inside.how')}</strong><span>${t('inside.menu')}</span><ig-copy .text=${location.href} .label=${t('copy.address')}></ig-copy></div></div>
      <div class="foot">${address === null ? nothing : html`<a class="btn main" href=${address} target="_blank">${t('inside.open')}</a>`}
        <button class="btn" @click=${() => { this.set({ inside: null }); this.turn(); }}>${t('inside.stay')}</button></div>`;
  }

  #again() {
    return html`<ig-top mode="none">${this.#language()}</ig-top>
      <div class="body"><div class="head hero"><h1>${t('again.title')}</h1><p class="lead">${t(this.own.kind === 'pin' ? 'again.pin' : 'again.passkey')}</p></div>
        <ig-trouble .problem=${this.problem}></ig-trouble></div>
      <div class="foot"><button class="btn main" ?disabled=${this.busy} @click=${this.#enter}>${t('again.enter')}</button>
        <button class="btn" ?disabled=${this.busy} @click=${() => this.renderRoot.querySelector('ig-dialog').show()}>${t('again.join')}</button></div>
      <ig-dialog label=${t('again.join')}><div class="stack"><h2>${t('again.join.ask')}</h2><p>${t(`again.join.${this.own.kind}`)}</p>
        <button class="btn bad" ?disabled=${this.busy} @click=${this.#join}>${t('again.join.go')}</button>
        <button class="btn" @click=${(e) => e.target.closest('ig-dialog').close()}>${t('cancel')}</button></div></ig-dialog>`;
  }

  render() {
    if (this.can === undefined)
      return html`<ig-top mode="none"></ig-top><div class="body"><ig-busy></ig-busy></div>`;
    if (this.inside)
      return this.#out();
    if (this.own !== undefined && state.online)
      return this.#again();
    return html`<ig-top mode="none">${this.#language()}</ig-top>
      <div class="body">
        <div class="head hero"><h1>${t('welcome.title')}</h1></div>
        <ul class="cards">
          ${[['pc', 'one'], ['phone', 'two'], ['lock', 'three']].map(([icon, key]) => html`<li>${icons[icon]}<div><h2>${t(`welcome.${key}.title`)}</h2><p>${t(`welcome.${key}.text`)}</p></div></li>`)}
        </ul>
        <section class="stack tight"><h3>${t('check.title')}</h3>
          <ul class="checks stack tight small">${this.#check('browser', this.can.browser)}${this.#check('passkey', this.can.passkey)}${this.#check('push', this.can.push)}</ul></section>
        <ig-trouble .problem=${this.problem ?? (state.online ? undefined : new Problem('offline'))}></ig-trouble>
      </div>
      <div class="foot"><button class="btn main" ?disabled=${this.busy || !this.can.browser} @click=${this.#join}>${t('welcome.start')}</button>
        <button class="btn" ?disabled=${this.busy || !this.can.browser} @click=${this.#enter}>${t('welcome.have')}</button></div>`;
  }
}
customElements.define('screen-welcome', Welcome);
