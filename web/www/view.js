/*
 * view.js - 인증서 보기: every field of a certificate, in words.
 *
 * Belongs here: which fields, in which order. Not here: reading them (src/npki).
 */
import { css, html, nothing } from '../ui/base.js';
import { dateTime, lang, t } from '../core/i18n.js';
import { nameOf } from '../core/keyfiles.js';
import { Act } from './act.js';
import { issuerOf, stateOf } from './certificate.js';

const groups = (text) => text.replace(/(.{4})(?=.)/g, '$1\u200b'); /* may break after each four */
const keyOf = (f) => f.key === 'other' ? t('manage.view.key.other') : f.key === 'RSA' ? `RSA ${f.keyBits}` : f.key;

/* What a person asks first, then what a help desk asks. */
const first = [
  ['owner', (f) => f.owner === nameOf(f.owner) ? '' : f.owner],
  ['name', (f) => f.realName],
  ['issuer', (f) => f.issuer === issuerOf(f) ? f.issuer : `${issuerOf(f)} (${f.issuer})`],
  ['from', (f) => html`<span class="num">${dateTime(f.notBefore)}</span>`],
  ['until', (f) => html`<span class="num">${dateTime(f.notAfter)}</span>`],
  ['usage', (f) => f.keyUsage.map((u) => t(`manage.usage.${u}`)).join(', ')],
  ['serial', (f) => f.serial && html`<span class="code">${groups(f.serial)}</span>`],
  ['policy', (f) => f.policy && html`<span class="code">${f.policy}</span>`],
  ['key', keyOf],
];

class WwwView extends Act {
  static styles = [...Act.styles, css`
    .head { border-block-end: 1px solid var(--line); padding-block-end: 1.25rem; }
    .head h1 { font-size: clamp(1.625rem, 5cqi, 2.25rem); }
    .code { font-family: var(--mono); font-size: 0.9375rem; }
    .facts dd { overflow-wrap: anywhere; }
    @container (min-width: 32rem) { .facts { grid-template-columns: 10rem 1fr; } }
  `];

  #facts(f, rows) {
    return html`<dl class="facts ruled">${rows.map(([name, value]) => {
      const v = value(f);
      return v === '' || v === undefined ? nothing : html`<dt>${t(`manage.view.${name}`)}</dt><dd class="own">${v}</dd>`;
    })}</dl>`;
  }

  render() {
    const f = this.one.facts;
    const state = stateOf(f);
    return html`${this.top()}<div class="head"><p class="small own">${f.kindText[lang()]}</p><h1 class="own" tabindex="-1">${this.owner}</h1><p><span class="tag ${state.tone}">${state.text}</span></p></div>
      ${this.#facts(f, first)}`;
  }
}
customElements.define('www-view', WwwView);
