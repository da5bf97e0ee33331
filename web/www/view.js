/*
 * view.js - 인증서 보기: every field of a certificate, in words.
 *
 * Belongs here: which fields, in which order. Not here: reading them (src/npki).
 */
import { css, html, nothing } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { date, dateTime, lang, t } from '../core/i18n.js';
import { certificateView } from '../core/keyfiles.js';
import { Act } from './act.js';
import { faultOf, issuerOf, parted, passwordIsOld, stateOf } from './certificate.js';

/* Hexadecimal and the like: it may break after each four, and is copied whole. */
const code = (text) => text && html`<span class="code">${text.match(/.{1,4}/g).map((part) => html`${part}<wbr>`)}</span>`;
const time = (ms) => html`<span class="num">${dateTime(ms)}</span>`;
const keyOf = (c) => c.key === 'other' ? t('manage.view.key.other') : c.key === 'RSA' ? `RSA ${c.keyBits}` : c.key;

/* What a person asks first. */
const first = [
  ['owner', (c) => c.owner === c.name ? '' : c.owner],
  ['name', (c) => c.realName === c.name ? '' : c.realName],
  ['issuer', (c) => ['', issuerOf(c)].includes(c.issuer) ? issuerOf(c) : `${issuerOf(c)} (${c.issuer})`],
  ['from', (c) => time(c.notBefore)],
  ['until', (c) => time(c.notAfter)],
  ['usage', (c) => c.keyUsage.map((u) => t(`manage.usage.${u}`)).join(', ')],
  ['password', (_, one) => one.written === null ? '' : html`<span class="num">${date(one.written)}</span>${passwordIsOld(one) ? html`<br>${t('manage.view.password.old')}` : nothing}`],
  ['serial', (c) => code(c.serial)],
  ['notice', (c) => c.notice],
];

/* What a help desk asks. */
const rest = [
  ['subject', (c) => c.subjectName && parted(c.subjectName)],
  ['authority', (c) => c.issuerName && parted(c.issuerName)],
  ['policy', (c) => c.policy],
  ['cps', (c) => c.cps],
  ['key', keyOf],
  ['signature', (c) => c.signatureAlgorithm],
  ['crl', (c) => c.crl && parted(c.crl)],
  ['ocsp', (c) => c.ocsp],
  ['keyid', (c) => code(c.subjectKeyId)],
  ['authorityid', (c) => code(c.authorityKeyId)],
  ['sha256', (c) => code(c.sha256)],
  ['sha1', (c) => code(c.sha1)],
];

class WwwView extends Act {
  static styles = [...Act.styles, css`
    .head { border-block-end: 1px solid var(--line); padding-block-end: 1.25rem; }
    .head h1 { font-size: clamp(1.75rem, 5vw, 2.25rem); }
    .head .tags { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; margin-block-start: 0.5rem; }
    .code { font-family: var(--mono); font-size: 0.9375rem; }
    .facts dd { overflow-wrap: anywhere; white-space: pre-line; }
    .tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; background: var(--well); border-radius: var(--round); padding: 0.25rem; justify-self: start; }
    .tabs button { border: 0; background: none; min-block-size: 2.75rem; padding-inline: 1rem; border-radius: 0.625rem; color: var(--soft); }
    .tabs button[aria-selected='true'] { background: var(--sheet); color: var(--ink); font-weight: 650; }
    summary { display: flex; gap: 0.5rem; align-items: center; min-block-size: 3rem; font-weight: 650; cursor: pointer; list-style: none; }
    summary::-webkit-details-marker { display: none; }
    summary svg { inline-size: 1.25rem; block-size: 1.25rem; }
    [open] > summary svg { rotate: 90deg; }
    /* A label stands in one line: beside what it names where there is room, and else above. */
    .facts { grid-template-columns: 13rem minmax(0, 1fr); }
    @container (max-width: 36rem) {
      .facts { grid-template-columns: minmax(0, 1fr); }
      .facts.ruled dt { border-block-end: 0; padding-block-end: 0; font-size: 0.9375rem; }
      .facts.ruled dd { padding-block-start: 0.125rem; }
    }
  `];

  async connectedCallback() {
    super.connectedCallback();
    this.shown = 'signCert';
    await this.#show('signCert');
  }

  #show(name) {
    return this.run(async () => {
      const view = await certificateView(this.one.files[name]);
      this.set({ view, shown: name });
    });
  }

  #arrow(e) {
    if (e.key !== 'ArrowRight' && e.key !== 'ArrowLeft')
      return;
    const name = this.shown === 'signCert' ? 'kmCert' : 'signCert';
    this.#show(name);
    this.renderRoot.querySelector(`#tab-${name}`).focus();
  }

  #tabs() {
    return html`<div class="tabs" role="tablist" aria-label=${t('manage.view.which')}>${['signCert', 'kmCert'].map((name) => html`<button role="tab" id="tab-${name}" aria-controls="fields" aria-selected=${name === this.shown ? 'true' : 'false'}
      tabindex=${name === this.shown ? 0 : -1} @click=${() => this.#show(name)} @keydown=${this.#arrow}>${t(name === 'signCert' ? 'manage.view.sign' : 'manage.view.km')}</button>`)}</div>`;
  }

  #facts(rows) {
    return html`<dl class="facts ruled">${rows.map(([name, value]) => {
      const said = value(this.view, this.one);
      return said === '' ? nothing : html`<dt>${t(`manage.view.${name}`)}</dt><dd class="own">${said}</dd>`;
    })}</dl>`;
  }

  render() {
    const { facts, files } = this.one;
    const state = stateOf(facts, faultOf(this.one));
    const both = files.kmCert !== undefined;
    return html`${this.way()}<div class="head"><p class="small own">${facts.kindText[lang()]}</p><h1 class="own" tabindex="-1">${this.owner}</h1>
        <p class="tags"><span class="tag ${state.tone}">${state.text}</span><span class="small num">${state.at}</span></p></div>
      ${both ? this.#tabs() : nothing}
      ${this.view === undefined ? nothing : html`<div id="fields" role=${both ? 'tabpanel' : nothing} aria-labelledby=${both ? `tab-${this.shown}` : nothing}>${this.#facts(first)}
        <details><summary>${icons.next}${t('manage.view.more')}</summary>${this.#facts(rest)}</details></div>`}
      <ig-trouble .problem=${this.problem}></ig-trouble>`;
  }
}
customElements.define('www-view', WwwView);
