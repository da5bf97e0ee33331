/*
 * import.js - 인증서 저장하기 (PC-10): five steps on one page.
 *
 * Belongs here: the steps and what each asks for.
 * Not here: 인증서 찾기 (find.js), the exchange with the phone (core/handover.js),
 * key files (core/keyfiles.js).
 *
 * Nothing leaves the browser before the code is proved to be the phone's, and
 * then only the chosen files, sealed with the key that the code gave.
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { date, lang, t } from '../core/i18n.js';
import { Ended, Sending, readCode } from '../core/handover.js';
import { opens, problemOfFiles } from '../core/keyfiles.js';
import { besidePfx, damaged, issuerOf, leftInPfx, ownText, unreadable, withoutKey, withoutPair, withoutRandom } from './certificate.js';
import './find.js';

const steps = ['code', 'find', 'list', 'password', 'phone'];

class WwwImport extends View {
  static styles = [base, ownText, css`
    :host { max-inline-size: 44rem; margin-inline: auto; padding-block: 1rem 0; }
    .title { padding-block: 1rem 2rem; }
    .title h1 { font-size: clamp(1.75rem, 3.4vw, 2.25rem); }
    .flow > li { display: grid; grid-template-columns: 2.25rem minmax(0, 1fr); gap: 0 1.125rem; padding-block-end: 1.75rem; position: relative; }
    .flow > li:not(:last-child)::after { content: ''; position: absolute; inset-block: 2.5rem 0.25rem; inset-inline-start: calc(1.125rem - 1px); border-inline-start: 2px solid var(--line); }
    .flow > .done::after { border-color: var(--ink) !important; }
    .flow > li > .n { inline-size: 2.25rem; block-size: 2.25rem; }
    .flow h2 { padding-block-start: 0.25rem; color: var(--soft); font-weight: 600; }
    .now h2, .done h2 { color: var(--ink); }
    .now h2 { font-weight: 700; }
    .what { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: center; color: var(--soft); }
    .inner { padding-block-start: 1rem; display: grid; gap: 1.125rem; }
    .inner > * { min-inline-size: 0; }
    ig-digits { max-inline-size: 34rem; }
    .foots { display: flex; flex-wrap: wrap; gap: 0.75rem; }
    .foots .btn { inline-size: auto; min-inline-size: 8rem; }
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: var(--round); background: var(--sheet); }
    table { border-collapse: collapse; inline-size: 100%; min-inline-size: 32rem; text-align: start; }
    th, td { text-align: start; padding: 0.75rem 1rem; vertical-align: top; overflow-wrap: break-word; }
    th { font-size: 0.9375rem; font-weight: 600; color: var(--soft); border-block-end: 1px solid var(--line); white-space: nowrap; }
    tbody tr + tr td { border-block-start: 1px solid var(--line); }
    tbody tr:has(:checked) { background: var(--blue-wash); }
    tbody tr.dead td { color: var(--soft); }
    label.user { display: flex; gap: 0.75rem; align-items: flex-start; min-block-size: 2.75rem; cursor: pointer; }
    input[type='radio'] { margin-block-start: 0.125rem; }
    .end { text-align: center; display: grid; justify-items: center; gap: 1.5rem; padding-block: 2.5rem; }
    .end h1 { font-size: 2rem; }
    /* A narrow window: what a step asks for begins below its number. */
    @media (max-width: 40rem) { .flow > li { gap: 0 0.75rem; } .flow > li::after { display: none; } .flow > li > div { display: contents; } .what { grid-column: 2; } .inner { grid-column: 1 / -1; } .foots .btn { flex: 1 1 auto; }
      table { min-inline-size: 0; } thead { position: absolute; inline-size: 1px; overflow: hidden; clip-path: inset(50%); }
      tr, td { display: block; } tr { padding-block: 0.5rem; } tr + tr { border-block-start: 1px solid var(--line); }
      td { padding: 0 1rem; border: 0 !important; } td + td { padding-inline-start: 3.25rem; } td[data-label]::before { content: attr(data-label) ' '; } }
  `];

  constructor() {
    super();
    this.#reset();
  }

  #reset() {
    Object.assign(this, { at: 0, wait: 0, busy: false, problem: undefined, end: undefined, digits: undefined, run: undefined, found: undefined, keyless: undefined, unreadable: undefined, left: undefined, pfx: undefined, begin: undefined, chosen: undefined });
  }

  connectedCallback() {
    super.connectedCallback();
    /* From the QR on the phone; the part behind # never reaches a server. */
    const digits = readCode(decodeURIComponent(location.hash.slice(1)));
    if (digits !== null) {
      history.replaceState(history.state, '', location.pathname);
      this.typed = digits;
    }
    this.stay = (e) => {
      if (this.run !== undefined && this.end === undefined)
        e.preventDefault();
    };
    addEventListener('beforeunload', this.stay);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.stay);
    if (this.run !== undefined && this.end === undefined)
      this.run.cancel();
  }

  async #to(at, more = {}) {
    this.set({ at, busy: false, problem: undefined, ...more });
    await this.updateComplete;
    const here = this.renderRoot.querySelector('.now');
    here?.querySelector('[data-first]')?.focus();
    here?.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }

  #fail(e) {
    if (e.name === 'AbortError')
      return;
    if (e instanceof Ended)
      this.#over(e.state);
    else
      this.set({ busy: false, problem: problemOfFiles(e) });
  }

  async #over(end) {
    this.set({ end, busy: false, problem: undefined });
    await this.updateComplete;
    this.renderRoot.querySelector('h1')?.focus();
  }

  async #code() {
    if (this.busy)
      return;
    const field = this.renderRoot.querySelector('ig-digits');
    const digits = readCode(field.value);
    if (digits === null) {
      field.error = field.value.length === 13 ? 'www.code.slip' : 'www.code.short';
      field.focus();
      return;
    }
    this.set({ busy: true, problem: undefined });
    try {
      const run = await Sending.begin('/rp/v1/transfers', digits);
      this.run = run;
      await run.prove();
      this.#watch(run);
      await this.#to(1, { digits });
    } catch (e) {
      this.#fail(e);
    }
  }

  /* From here on the phone may end it at any moment, for good or not. */
  async #watch(run) {
    try {
      await run.done();
      await this.#over('done');
    } catch (e) {
      if (this.run === run && this.end === undefined)
        this.#fail(e);
    }
  }

  async #password() {
    if (this.busy)
      return;
    const field = this.renderRoot.querySelector('ig-field');
    if (field.value === '') {
      field.error = 'password.empty';
      field.focus();
      return;
    }
    this.set({ busy: true, problem: undefined });
    try {
      if (await opens(this.found[this.chosen].files, field.value)) {
        await this.#send();
        return;
      }
      this.set({ busy: false });
      field.error = 'password.wrong.pc';
      field.focus();
    } catch (e) {
      this.#fail(e);
    }
  }

  async #send() {
    this.set({ busy: true, problem: undefined });
    try {
      await this.run.send(this.found[this.chosen].files);
      await this.#to(4, { wait: 1 });
    } catch (e) {
      this.#fail(e);
    }
  }

  /* What was in a PFX file was opened with its password a moment ago. */
  #chosen() {
    return this.found[this.chosen].opened ? this.#send() : this.#to(3);
  }

  async #cancel() {
    await this.run?.cancel();
    this.#reset();
    await this.#to(0);
  }

  #now(name) {
    return this[`_${name}`]();
  }

  _code() {
    return html`<p>${t('www.code.text')}</p>
      <ig-digits data-first groups="5-4-4" .label=${t('www.code.label')} .value=${this.typed ?? ''} @enter=${() => this.#code()} @input=${(e) => { this.typed = e.target.value; }}></ig-digits>
      <div class="foots"><button class="btn main" ?disabled=${this.busy} @click=${() => this.#code()}>${t('ok')}</button></div>
      ${this.busy ? html`<ig-busy .label=${t('www.code.checking')}></ig-busy>` : nothing}`;
  }

  _find() {
    return html`<www-find data-first .begin=${this.begin} @found=${({ detail }) => this.#to(2, { ...detail, begin: undefined, chosen: detail.found.findIndex((f) => f.facts.notAfter > Date.now()) })}>${t('www.find.private')}</www-find>`;
  }

  _list() {
    const dead = (f) => f.facts.notAfter < Date.now();
    const one = this.found[this.chosen];
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('www.list.title')}><table role="table"><thead role="rowgroup"><tr role="row">${['kind', 'user', 'until', 'issuer'].map((k) => html`<th role="columnheader" scope="col">${t(`www.list.${k}`)}</th>`)}</tr></thead>
      <tbody role="rowgroup">${this.found.map((f, i) => html`<tr role="row" class=${dead(f) ? 'dead' : ''}>
        <td role="cell"><label class="user"><input type="radio" name="certificate" aria-label="${f.facts.name}, ${f.facts.kindText[lang()]}" .checked=${i === this.chosen} ?disabled=${dead(f)} ?data-first=${i === this.chosen} @change=${() => this.set({ chosen: i })}><span>${f.facts.kindText[lang()]}</span></label></td>
        <td role="cell"><strong>${f.facts.name}</strong></td><td role="cell" class="num" data-label=${t('www.list.until')}>${date(f.facts.notAfter)}${dead(f) ? html`<br><span class="tag over">${t('cert.expired')}</span>` : nothing}</td><td role="cell">${issuerOf(f.facts)}</td></tr>`)}</tbody></table></div>
      ${one === undefined ? html`<div class="warn"><strong>${t('www.list.dead')}</strong><p>${t('cert.expired.text')}</p></div>` : [damaged(one), withoutPair(one), withoutRandom(one)]}${withoutKey(this.keyless)}${unreadable(this.unreadable)}${leftInPfx(this.left)}${besidePfx(this.pfx, (file) => this.#to(1, { begin: [file] }))}
      <div class="foots"><button class="btn main" ?disabled=${one === undefined || one.fault !== null || this.busy} @click=${() => this.#chosen()}>${t('next')}</button><button class="btn" @click=${() => this.#to(1)}>${t('www.list.again')}</button></div>`;
  }

  _password() {
    return html`<ig-field data-first type="password" .label=${t('password.label')} .hint=${t('password.hint.pc')} @enter=${() => this.#password()}></ig-field>
      <div class="foots"><button class="btn main" ?disabled=${this.busy} @click=${() => this.#password()}>${t('ok')}</button><button class="btn" ?disabled=${this.busy} @click=${() => this.#to(2)}>${t('back')}</button></div>
      ${this.busy ? html`<ig-busy .label=${t('password.checking')}></ig-busy>` : nothing}`;
  }

  _phone() {
    return html`<p tabindex="-1" data-first>${t('www.phone.text')}</p>
      <ig-steps .at=${this.wait} .steps=${['one', 'two', 'three'].map((k) => ({ text: t(`www.phone.${k}`), note: k === 'two' ? t('www.phone.note') : undefined }))}></ig-steps>`;
  }

  #past(name) {
    if (name === 'code')
      return html`<span class="num">${t('www.past.code')}</span>`;
    if (name === 'find')
      return t('www.past.find', { count: this.found?.length ?? 0 });
    if (name === 'list')
      return this.found[this.chosen].facts.name;
    return t('www.past.password');
  }

  #ended() {
    if (this.end === 'done')
      return html`<div class="end"><ig-seal state="done"></ig-seal><div role="status"><h1 tabindex="-1">${t('import.done.title')}</h1><p class="lead">${t('www.done.text', { owner: this.found[this.chosen].facts.name })}</p></div>
        <div class="well stack tight"><h3>${t('www.done.file')}</h3><p>${t('www.done.advice')}</p><p>${t('import.done.decrypt')}</p></div>
        <button class="btn fit" @click=${() => { this.#reset(); this.typed = undefined; this.#to(0); }}>${t('www.done.more')}</button></div>`;
    return html`<div class="end"><div role="alert"><h1 tabindex="-1">${t(`transfer.${this.end}.title`)}</h1><p class="lead">${t(`transfer.${this.end}.pc`)}</p></div>
      <button class="btn main fit" @click=${() => { this.#reset(); this.typed = undefined; this.#to(0); }}>${t('www.again')}</button></div>`;
  }

  render() {
    if (this.end !== undefined)
      return this.#ended();
    return html`<div class="title"><h1>${t('www.import')}</h1><p class="lead">${t('www.import.text')}</p></div>
      <ol class="flow">${steps.map((name, i) => html`<li class=${i < this.at ? 'done' : i === this.at ? 'now' : ''} aria-current=${i === this.at ? 'step' : nothing}>
        <span class="n" aria-hidden="true">${i < this.at ? icons.check : i + 1}</span>
        <div><h2>${t(`www.step.${name}`)}</h2>
          ${i < this.at ? html`<div class="what">${this.#past(name)}</div>` : nothing}
          ${i === this.at ? html`<div class="inner">${this.#now(name)}<ig-trouble .problem=${this.problem}></ig-trouble></div>` : nothing}</div></li>`)}</ol>
      ${this.run !== undefined && this.at < 4 ? html`<button class="link" @click=${() => this.#cancel()}>${t('www.cancel')}</button>` : nothing}`;
  }
}
customElements.define('www-import', WwwImport);
