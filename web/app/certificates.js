/*
 * certificates.js - a certificate in words and as a card.
 *
 * Belongs here: names, states, the card. Not here: what can be done with one.
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { date, lang, t } from '../core/i18n.js';
import { state as shared } from '../core/store.js';

const serialEnd = 8; /* digits: those before them are an issuer's own, and alike */

export const kindOf = (c) => c.kind?.[lang()] ?? c.kind?.ko ?? '';
export const issuerOf = (c) => c.issuer_text?.[lang()] ?? c.issuer;

/** What kind, by whom; a line breaks behind the dot. */
export const detailOf = (c) => [kindOf(c), issuerOf(c)].filter(Boolean).join('\u00a0· ');

const daysLeft = (c) => Math.ceil((c.not_after - Date.now()) / 86400000);

/** {tone, text, at}: the state in a word, never by colour alone, and the day that it is about. */
export function stateOf(c) {
  const end = t('cert.on', { date: date(c.not_after) });
  if (c.state === 'expired')
    return { tone: 'over', text: t('cert.expired'), at: end };
  if (c.state === 'expiring')
    return { tone: 'soon', text: t('cert.expiring', { count: Math.max(0, daysLeft(c)) }), at: end };
  return { tone: 'good', text: t('cert.valid'), at: t('cert.until', { date: date(c.not_after) }) };
}

const alike = (a, b) => a.id !== b.id && a.name === b.name && kindOf(a) === kindOf(b);

/** What tells it from the person's other one of that name and kind: the end of its serial number; '' where there is none. */
export const serialOf = (c) => shared.certificates?.some((other) => alike(c, other)) ? t('cert.serial.end', { end: c.serial.slice(-serialEnd) }) : '';

/** Until when, and which of two alike. */
export const whichOf = (c) => [t('cert.until', { date: date(c.not_after) }), serialOf(c)].filter(Boolean).join('\u00a0· ');

export const usable = (c) => c.state !== 'expired';

class Certificate extends View {
  static properties = { certificate: { attribute: false }, menu: { type: Boolean } };
  static styles = [base, css`
    .name { font-size: 1.25rem; font-weight: 700; letter-spacing: -0.02em; line-height: 1.35; }
    .sheet { position: relative; padding-block: 1.125rem 1rem; }
    .icon { position: absolute; inset-block-start: 0.5rem; inset-inline-end: 0.5rem; }
    .menu .name { padding-inline-end: 2.5rem; }
    .line { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; justify-content: space-between; align-items: center; margin-block-start: 0.875rem; padding-block-start: 0.75rem; border-block-start: 1px solid var(--line); }
    .gone .name { color: var(--soft); }
  `];

  render() {
    const c = this.certificate;
    const state = stateOf(c);
    return html`<article class="sheet ${this.menu ? 'menu' : ''} ${state.tone === 'over' ? 'gone' : ''}">
      <h3 class="name">${c.name}</h3>
      <p class="small">${detailOf(c)}</p>
      ${this.menu ? html`<a class="icon" href="/certificates/${c.id}" aria-label=${t('cert.menu', { owner: c.name })}>${icons.more}</a>` : nothing}
      <div class="line"><span class="tag ${state.tone}">${state.text}</span><span class="small num">${state.at}</span></div>
    </article>`;
  }
}
customElements.define('ingam-certificate', Certificate);
