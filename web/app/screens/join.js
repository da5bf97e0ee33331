/*
 * join.js - joining (PH-02 … PH-06): home screen, identity, lock, notifications.
 *
 * Belongs here: the pages of joining, in their order.
 * Not here: proofs (core/device.js), push itself (worker.js).
 */
import { css, html, live, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import { phoneNumber, t } from '../../core/i18n.js';
import { abilities, deviceName, installed, system } from '../../core/env.js';
import { post, problemOf } from '../../core/api.js';
import { state } from '../../core/store.js';
import { back, go } from '../../core/router.js';
import { fromB64u } from '../../core/ids.js';
import { forgetWrongPins, makePasskey, makePinDevice, pinFault } from '../../core/device.js';
import { api, cameIn, joined, keepVault, loadServer } from '../session.js';
import { pushState, switchPushOn, testPush } from '../worker.js';

const carriers = ['SKT', 'KT', 'LGU', 'SKT_MVNO', 'KT_MVNO', 'LGU_MVNO'];

/* The offer of Android and desktop Chrome to install comes once, early, as an event. */
let offer = null;
addEventListener('beforeinstallprompt', (e) => {
  e.preventDefault();
  offer = e;
});

class Join extends Screen {
  static styles = [...Screen.styles, css`
    fieldset { border: 0; margin: 0; padding: 0; min-inline-size: 0; }
    legend { padding: 0; font-weight: 600; margin-block-end: 0.5rem; }
    .carriers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.5rem; }
    .pick { display: flex; gap: 0.5rem; min-block-size: 3rem; padding: 0.5rem 0.875rem; cursor: pointer; }
    .pick:has(:checked) { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); font-weight: 600; }
    .pick:has(:focus-visible) { outline: 3px solid var(--blue); outline-offset: 2px; }
    .agree { display: flex; gap: 0.75rem; align-items: center; min-block-size: 3rem; cursor: pointer; }
    .step { color: var(--soft); font-size: 0.9375rem; margin-block-end: 0.25rem; }
    details summary { min-block-size: 2.75rem; display: flex; align-items: center; color: var(--blue); cursor: pointer; text-decoration: underline; text-underline-offset: 0.2em; }
    .terms li { padding-inline-start: 1em; text-indent: -0.75em; }
    .terms li::before { content: '· '; }
    .notice { display: flex; flex-wrap: wrap; gap: 0.875rem; align-items: center; margin-block-start: 0.5rem; }
    .notice div { flex: 1 1 8rem; min-inline-size: 0; }
    .notice img { inline-size: 2.5rem; block-size: 2.5rem; border-radius: 0.5rem; }
    .guide { display: grid; gap: 0.875rem; }
    .guide li { display: flex; gap: 0.75rem; align-items: center; }
  `];

  constructor() {
    super();
    this.page = installed() || (offer === null && system() !== 'ios' && system() !== 'android') ? 'person' : 'install';
    this.given = { name: '', birth: '', phone: '', carrier: '', terms: false };
    this.faults = {};
  }

  async connectedCallback() {
    super.connectedCallback();
    history.replaceState({ ...history.state, joining: true }, '');
    this.can = await abilities();
    try {
      if (state.server === null)
        await loadServer();
    } catch (e) {
      this.set({ problem: problemOf(e) });
    }
    this.requestUpdate();
  }

  #to(page) {
    this.set({ page, problem: undefined, busy: false, faults: {} });
    this.turn();
  }

  async #during(act) {
    this.set({ busy: true, problem: undefined });
    try {
      await act();
    } catch (e) {
      this.set({ problem: problemOf(e) });
    } finally {
      this.set({ busy: false });
    }
  }

  #value(name) {
    return this.renderRoot.querySelector(`[name=${name}]`)?.value.trim() ?? '';
  }

  #readPerson() {
    const { carrier, terms } = this.given;
    this.given = { carrier, terms, name: this.#value('name'), birth: this.#value('birth').replace(/\D/g, ''), phone: this.#value('phone').replace(/\D/g, '') };
    const g = this.given;
    /* 900101-1: the digit after the hyphen names century and sex. */
    const century = { 1: '19', 2: '19', 5: '19', 6: '19', 3: '20', 4: '20', 7: '20', 8: '20', 9: '18', 0: '18' }[g.birth[6]];
    this.born = `${century}${g.birth.slice(0, 6)}`;
    const born = g.birth.length === 7 ? new Date(`${this.born.slice(0, 4)}-${this.born.slice(4, 6)}-${this.born.slice(6)}T00:00:00Z`) : new Date(NaN);
    const real = !Number.isNaN(born.getTime()) && born.toISOString().slice(0, 10).replaceAll('-', '') === this.born && born < new Date();
    return {
      ...(g.name === '' && { name: 'join.name.fault' }),
      ...(!real && { birth: 'join.birth.fault' }),
      ...(!/^01[016789]\d{7,8}$/.test(g.phone) && { phone: 'join.phone.fault' }),
      ...(g.carrier === '' && { carrier: 'join.carrier.fault' }),
      ...(!g.terms && { terms: 'join.terms.fault' }),
    };
  }

  async #send(again = false) {
    if (!again) {
      const faults = this.#readPerson();
      /* A field drops its fault when it is typed in; the same one must be set anew. */
      this.set({ faults: {} });
      await this.updateComplete;
      this.set({ faults });
      const first = Object.keys(faults)[0];
      if (first !== undefined) {
        await this.updateComplete;
        this.renderRoot.querySelector(`[name=${first}]`)?.focus();
        return;
      }
    }
    await this.#during(async () => {
      this.joining = await post(`${api}/join`, { ...this.given, terms: true });
      this.codeFault = undefined; /* of the number before */
      this.#to('code');
    });
  }

  async #code() {
    const field = this.renderRoot.querySelector('ig-digits');
    if (field.value.length !== 6)
      return;
    await this.#during(async () => {
      try {
        this.begun = await post(`${api}/join/${this.joining.join}/code`, { code: field.value });
        this.usePin = !this.can.passkey;
        this.#to('lock');
      } catch (e) {
        field.clear();
        if (e.slug !== 'wrong-code')
          throw e;
        const left = e.body.tries_left ?? 0;
        this.set({ codeFault: left > 0 ? ['join.code.fault', { count: left }] : 'join.code.over' });
      }
    });
  }

  async #done(body, device) {
    const { member } = await post(`${api}/join/${this.joining.join}/device`, { ...body, name: deviceName() });
    await keepVault(state.server);
    await forgetWrongPins();
    /* Firefox asks the person; joining does not wait for the answer. */
    navigator.storage?.persist?.().catch(() => {});
    await cameIn(member, device === undefined ? undefined : { ...device, id: member.device });
    const push = await pushState().catch(() => 'none');
    this.push = push;
    this.#to(push === 'on' ? 'welcome' : 'push');
  }

  #passkey() {
    return this.#during(async () => {
      const made = await makePasskey(state.server, this.begun);
      await this.#done({ kind: 'passkey', ...made });
    });
  }

  async #pin() {
    const field = this.renderRoot.querySelector('ig-digits');
    if (this.firstPin === undefined) {
      const fault = pinFault(field.value, this.born);
      if (fault !== null) {
        field.clear();
        this.set({ pinFault: `pin.fault.${fault}` });
        return;
      }
      this.firstPin = field.value;
      field.value = '';
      this.#to('lock');
      return;
    }
    if (field.value !== this.firstPin) {
      this.firstPin = undefined;
      this.set({ pinFault: 'pin.fault.twice' });
      field.value = '';
      this.#to('lock');
      return;
    }
    await this.#during(async () => {
      try {
        const { key, body } = await makePinDevice(fromB64u(state.server.hpke_key), fromB64u(this.begun.challenge), this.firstPin);
        await this.#done({ kind: 'pin', ...body }, { kind: 'pin', key });
      } catch (e) {
        /* The vault knows PINs that are too simple and that we let through. */
        if (e.slug !== 'weak-pin')
          throw e;
        this.firstPin = undefined;
        field.value = '';
        this.#to('lock');
        throw e;
      }
    });
  }

  #finish() {
    joined();
    go('/', { replace: true });
  }

  #switchOn() {
    return this.#during(async () => {
      try {
        this.push = await switchPushOn();
      } catch (e) {
        console.warn(e);
        this.push = 'failed';
      }
      if (this.push === 'on') {
        this.set({ test: 'sent' });
        this.set({ test: await testPush() ? 'arrived' : 'late' });
      }
    });
  }

  #frame(n, content, foot, onback) {
    return html`<ig-top mode=${onback === null ? 'none' : 'back'} .onback=${onback ?? back}></ig-top>
      <div class="body">${content}<ig-trouble .problem=${this.problem}>${this.problem?.slug === 'already-member'
        ? html`<a class="btn fit" href="/">${t('join.enter')}</a>` : nothing}</ig-trouble></div>
      <div class="foot">${foot}</div>`;
  }

  #head(n, key, values) {
    return html`<div class="head">${n === 0 ? nothing : html`<p class="step num">${t('join.step', { n, of: 3 })}</p>`}<h1>${t(`${key}.title`, values)}</h1><p class="lead">${t(`${key}.text`, values)}</p></div>`;
  }

  install() {
    const ios = system() === 'ios';
    return this.#frame(0, html`${this.#head(0, 'install')}
      ${offer === null ? html`<ol class="guide well">${['one', 'two', 'three'].map((k, i) => html`<li><b class="n">${i + 1}</b><span>${t(`install.${ios ? 'ios' : 'android'}.${k}`)}</span>${ios && i === 0 ? icons.share : nothing}</li>`)}</ol>` : nothing}`,
    html`${offer === null ? nothing : html`<button class="btn main" @click=${async () => {
      await offer.prompt();
      offer = null;
      this.#to('person');
    }}>${t('install.do')}</button>`}<button class=${offer === null ? 'btn main' : 'btn'} @click=${() => this.#to('person')}>${t(offer === null ? 'install.here' : 'later')}</button>`);
  }

  person() {
    const f = this.faults;
    const g = this.given;
    return this.#frame(1, html`${this.#head(1, 'join.person')}
      <form class="stack" @submit=${(e) => e.preventDefault()} @enter=${() => this.#send()} @input=${(e) => this.set({ faults: { ...this.faults, [e.target.getAttribute('name')]: undefined } })}>
        <fieldset><legend>${t('join.carrier')}</legend><div class="carriers">${carriers.map((c) => html`<label class="card pick"><input type="radio" name="carrier" value=${c} .checked=${g.carrier === c}
          @change=${() => { g.carrier = c; }}>${t(`carrier.${c}`)}</label>`)}</div>
          <div role="alert">${f.carrier ? html`<p class="error">${t(f.carrier)}</p>` : nothing}</div></fieldset>
        <ig-field name="name" .label=${t('join.name')} complete="name" .value=${g.name} .error=${f.name} max="40"></ig-field>
        <ig-field name="birth" .label=${t('join.birth')} .hint=${t('join.birth.hint')} mode="numeric" place="900101-1" .value=${g.birth} .error=${f.birth} max="8"></ig-field>
        <ig-field name="phone" type="tel" .label=${t('join.phone')} complete="tel-national" mode="tel" place="010-1234-5678" .value=${g.phone} .error=${f.phone} max="14"></ig-field>
        <div><label class="agree"><input type="checkbox" name="terms" .checked=${g.terms} @change=${(e) => { g.terms = e.target.checked; }}><span>${t('join.terms')}</span></label>
          <div role="alert">${f.terms ? html`<p class="error">${t(f.terms)}</p>` : nothing}</div>
          <details><summary>${t('join.terms.read')}</summary><ul class="terms small stack tight">${[1, 2, 3, 4].map((n) => html`<li>${t(`join.terms.${n}`)}</li>`)}</ul></details></div>
      </form>`,
    html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#send()}>${t('join.send')}</button>`);
  }

  code() {
    return this.#frame(1, html`${this.#head(1, 'join.code', { phone: phoneNumber(this.given.phone) })}
      <ig-digits .label=${t('join.code')} complete="one-time-code" groups="3-3" .error=${live(this.codeFault)} @input=${() => this.set({ codeFault: undefined })} @done=${() => this.#code()}></ig-digits>
      <div class="row wrap"><ig-left .until=${this.joining.expires} class="grow"></ig-left><button class="link" ?disabled=${this.busy} @click=${() => this.#send(true)}>${t('join.again')}</button></div>
      ${state.server?.identity === 'mock' ? html`<p class="well small">${t('join.mock')}</p>` : nothing}`,
    html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#code()}>${t('ok')}</button>`, () => this.#to('person'));
  }

  lock() {
    if (this.usePin) {
      const second = this.firstPin !== undefined;
      return this.#frame(2, html`${this.#head(2, second ? 'lock.pin.again' : this.can.passkey ? 'lock.pin' : 'lock.none')}
        <ig-digits secret .label=${t(second ? 'lock.pin.twice' : 'lock.pin.label')} .hint=${second ? undefined : t('lock.pin.hint')} .error=${live(this.pinFault)} complete="new-password"
          @input=${() => this.set({ pinFault: undefined })} @done=${() => this.#pin()}></ig-digits>
        ${this.busy ? html`<ig-busy></ig-busy>` : nothing}`,
      html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#pin()}>${t(second ? 'ok' : 'next')}</button>
        ${this.can.passkey ? html`<button class="btn" ?disabled=${this.busy} @click=${() => { this.usePin = false; this.firstPin = undefined; this.#to('lock'); }}>${t('lock.passkey.instead')}</button>` : nothing}`,
      () => { this.firstPin = undefined; this.#to(second ? 'lock' : 'person'); });
    }
    return this.#frame(2, html`${this.#head(2, 'lock.passkey')}
      <ul class="well ticks">${['one', 'two', 'three'].map((k) => html`<li>${icons.check}<span>${t(`lock.passkey.${k}`)}</span></li>`)}</ul>`,
    html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#passkey()}>${t('lock.passkey.make')}</button>
      <button class="btn" ?disabled=${this.busy} @click=${() => { this.usePin = true; this.#to('lock'); }}>${t('lock.pin.instead')}</button>`, () => this.#to('person'));
  }

  push_() {
    const arrived = this.test === 'arrived';
    const stuck = ['blocked', 'none', 'failed'].includes(this.push) || this.test === 'late';
    return this.#frame(3, html`${this.#head(3, 'push')}
      ${arrived || stuck ? nothing : html`<div class="sheet notice" aria-hidden="true"><img src="/app/icons/seal.svg" alt=""><div><strong>${t('push.sample.title')}</strong><p class="small">${t('push.sample.text')}</p></div></div>`}
      ${this.test === 'sent' ? html`<ig-busy .label=${t('push.sent')}></ig-busy>` : nothing}
      <div role="status" class="stack">${arrived ? html`<p class="well row">${icons.check}<strong>${t('push.arrived')}</strong></p>`
        : stuck ? html`<div class="warn stack tight"><h3>${t(`push.${this.test === 'late' ? 'late' : this.push}.title`)}</h3><p>${t(`push.${this.test === 'late' ? 'late' : this.push}.text`)}</p></div>` : nothing}</div>`,
    arrived || stuck ? html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#finish()}>${t('join.finish')}</button>
        ${this.push === 'failed' ? html`<button class="btn" ?disabled=${this.busy} @click=${() => this.#switchOn()}>${t('push.again')}</button>` : nothing}`
      : html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#switchOn()}>${t('push.on')}</button><button class="btn" ?disabled=${this.busy} @click=${() => this.#finish()}>${t('later')}</button>`, null);
  }

  welcome() {
    queueMicrotask(() => this.#finish());
    return html``;
  }

  render() {
    if (this.can === undefined)
      return html`<ig-top mode="none"></ig-top><div class="body"><ig-busy></ig-busy></div>`;
    return this.page === 'push' ? this.push_() : this[this.page]();
  }
}
customElements.define('screen-join', Join);
