/*
 * settings.js - 환경설정 (PH-61): lock, notifications, language, devices, leaving.
 *
 * Belongs here: what this person can see and set today. Not here: push itself (worker.js).
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import { date, lang, languages, setLanguage, t } from '../../core/i18n.js';
import { installed, system } from '../../core/env.js';
import { problemOf } from '../../core/api.js';
import { ownDevice } from '../../core/device.js';
import { kept, state } from '../../core/store.js';
import { go } from '../../core/router.js';
import { signOut } from '../session.js';
import { pushState, switchPushOff, switchPushOn, testPush } from '../worker.js';

class Settings extends Screen {
  static styles = [...Screen.styles, css`
    section { padding-block-end: 1.5rem; border-block-end: 1px solid var(--line); }
    section:last-of-type { border: 0; }
    .langs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 7rem), 1fr)); gap: 0.5rem; }
    .langs button[aria-pressed='true'] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); background: var(--sheet); }
    .device { display: grid; grid-template-columns: 1.5rem 1fr; gap: 0 0.75rem; }
    .device .small { grid-column: 2; }
  `];

  async connectedCallback() {
    super.connectedCallback();
    const [push, own] = await Promise.all([pushState().catch(() => 'none'), ownDevice().catch(() => undefined)]);
    this.set({ push, own });
  }

  async #during(name, act) {
    this.set({ busy: name, problem: undefined });
    try {
      await act();
    } catch (e) {
      this.set({ problem: problemOf(e) });
    }
    this.set({ busy: undefined });
  }

  #on() {
    return this.#during('push', async () => {
      this.test = undefined;
      try {
        this.push = await switchPushOn();
      } catch (e) {
        console.warn(e);
        this.push = 'failed';
      }
      if (this.push === 'on')
        await this.#probe();
    });
  }

  async #probe() {
    this.set({ test: 'sent' });
    this.set({ test: await testPush() ? 'arrived' : 'late' });
  }

  #pushPart() {
    const word = this.test === 'late' ? 'late' : this.push;
    const trouble = ['blocked', 'none', 'failed', 'late'].includes(word);
    const needsHome = this.push === 'none' && system() === 'ios' && !installed();
    const kind = needsHome ? 'home' : word;
    return html`<section class="stack"><h2>${t('settings.push')}</h2>
      <p>${t(this.push === 'on' ? 'settings.push.on' : 'settings.push.off')}</p>
      <div role="status" class="stack">${this.test === 'sent' ? html`<ig-busy .label=${t('push.sent')}></ig-busy>` : nothing}${
        this.test === 'arrived' ? html`<p class="well row">${icons.check}<strong>${t('push.arrived')}</strong></p>` : nothing}${
        trouble ? html`<div class="warn stack tight"><h3>${t(`push.${kind}.title`)}</h3><p>${t(kind === 'late' ? 'settings.push.late' : `push.${kind}.text`)}</p></div>` : nothing}</div>
      ${this.push === 'on' ? html`<div class="stack tight"><button class="btn" ?disabled=${this.busy} @click=${() => this.#during('push', () => this.#probe())}>${t('settings.push.test')}</button>
          ${this.test === 'late' ? html`<button class="btn" ?disabled=${this.busy} @click=${this.#again}>${t('settings.push.again')}</button>` : nothing}
          <button class="link" ?disabled=${this.busy} @click=${() => this.#during('push', async () => { this.push = await switchPushOff(); this.test = undefined; })}>${t('settings.push.stop')}</button></div>`
        : this.push === 'off' || this.push === 'failed' ? html`<button class="btn main" ?disabled=${this.busy} @click=${this.#on}>${t('push.on')}</button>` : nothing}</section>`;
  }

  #again = () => this.#during('push', async () => {
    await switchPushOff();
    this.push = await switchPushOn();
    if (this.push === 'on')
      await this.#probe();
  });

  render() {
    const me = state.me;
    return html`<ig-top label=${t('settings.name')}></ig-top>
      <div class="body"><h1 class="sr">${t('settings.name')}</h1>
        <section class="stack"><h2>${t('settings.lock')}</h2><p>${t(this.own?.kind === 'pin' ? 'settings.lock.pin' : 'settings.lock.passkey')}</p><p class="small">${t('settings.lock.every')}</p></section>
        ${this.#pushPart()}
        <section class="stack"><h2>${t('settings.language')}</h2><div class="langs" role="group" aria-label=${t('settings.language')}>${languages.map((l) => html`
          <button class="btn" lang=${l} aria-pressed=${lang() === l ? 'true' : 'false'} @click=${async () => { await kept.save('language', l); await setLanguage(l); }}>${l === 'ko' ? '한국어' : 'English'}</button>`)}</div>
          <p class="small">${t('settings.text')}</p></section>
        <section class="stack"><h2>${t('settings.devices')}</h2><ul class="stack">${(me?.devices ?? []).map((d) => html`<li class="device">${icons.phone}<strong>${d.name}${d.id === me.device ? html` <span class="small">${t('settings.this')}</span>` : nothing}</strong>
          <span class="small">${t(`device.${d.kind}`)} · ${t('settings.added', { date: date(d.added) })}${d.push ? ` · ${t('settings.device.push')}` : ''}</span></li>`)}</ul></section>
        <section class="stack"><h2>${t('settings.me')}</h2><p>${me?.name}<br><span class="small num">${t('phone.tail', { tail: me?.phone_tail ?? '' })} · ${t('settings.since', { date: date(me?.created ?? 0) })}</span></p>
          <ig-trouble .problem=${this.problem}></ig-trouble>
          <button class="btn" ?disabled=${this.busy} @click=${() => this.#during('out', async () => { await signOut(); go('/', { replace: true }); })}>${t('settings.out')}</button>
          <p class="small">${t('settings.out.text')}</p></section>
        <p class="small num">${t('settings.version', { name: t('brand'), version: state.server?.version ?? '' })}</p>
      </div>`;
  }
}
customElements.define('screen-settings', Settings);
