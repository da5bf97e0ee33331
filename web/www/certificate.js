/*
 * certificate.js - a certificate as a sheet: whose it is, what kind, until when.
 *
 * Belongs here: its state in a word, the sheet. Not here: all its fields
 * (view.js), what can be done with it (manage.js).
 *
 * What stands in a certificate is set in letters that are there already (.own):
 * our font comes in pieces, and fetching the piece for a rare syllable would
 * tell the server of it.
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import { date, lang, t } from '../core/i18n.js';
import { problemOfFiles } from '../core/keyfiles.js';

const day = 86400000;
const soonDays = 30;

/* Its letters, and the parts of what is long (parted). */
export const ownText = css`.own { font-family: var(--own); } .part { display: inline-block; white-space: pre-wrap; }`;

/** {tone, text, at}: the state in a word, never by colour alone, and the day that it is about. fault: what keeps it from use, whenever it ends: a word of cert. */
export function stateOf({ notBefore, notAfter }, fault = null, now = Date.now()) {
  const end = t('cert.on', { date: date(notAfter) });
  const span = notBefore > now ? t('cert.from', { date: date(notBefore) }) : t('cert.until', { date: date(notAfter) });
  if (notAfter < now)
    return { tone: 'over', text: t('cert.expired'), at: end };
  if (fault !== null)
    return { tone: 'over', text: t(`cert.${fault}`), at: t('cert.ends', { date: date(notAfter) }) };
  if (notBefore > now)
    return { tone: 'soon', text: t('cert.early'), at: span };
  if (notAfter < now + soonDays * day)
    return { tone: 'soon', text: t('cert.expiring', { count: Math.ceil((notAfter - now) / day) }), at: end };
  return { tone: 'good', text: t('cert.valid'), at: span };
}

/** The same of one that was found. */
export const faultOf = ({ fault }) => fault === null ? null : 'damaged';

/** Whether its password is older than the six months after which a change is advised. */
export const passwordIsOld = ({ written }, now = Date.now()) => written !== null && now - written > 183 * day;

/** A path or a long name, which breaks after its parts, and in the midst of one that is longer than a line. */
export const parted = (text) => text.split(/(?<=[/,])/).map((part) => html`<span class="part">${part}</span>`);

export const issuerOf = (facts) => facts.issuerText[lang()];

/** What is said of certificates without their keys (keylessOf), if there are any. */
export const withoutKey = (list) => list.length === 0 ? nothing : html`<div class="warn stack tight"><h3>${t('www.find.keyless')}</h3><p>${t('www.find.keyless.text')}</p>
  ${list.map(({ facts, path }) => html`<div class="sheet"><www-certificate fault="keyless" .facts=${facts} .path=${path}></www-certificate></div>`)}</div>`;

/** What is said of certificates that cannot be read (unreadableOf), if there are any. */
export const unreadable = (list) => list.length === 0 ? nothing : html`<div class="warn stack tight"><h3>${t('www.find.unreadable', { count: list.length })}</h3><p>${t('www.find.unreadable.text')}</p>
  ${list.map((path) => html`<p class="small own">${parted(path)}</p>`)}</div>`;

/** What is said of a certificate whose files no password opens, for one is damaged. */
export const damaged = ({ fault }) => fault === null ? nothing : html`<ig-trouble .problem=${problemOfFiles(fault)}></ig-trouble>`;

/** What is said of certificates for encryption that stay in a PFX file (openPfxFile), if there are any. */
export const leftInPfx = (list) => list.length === 0 ? nothing : html`<div class="warn stack tight"><h3>${t('pfx.left', { count: list.length })}</h3>
  ${list.map(({ facts, why }) => html`<p>${t(`pfx.left.${why}`)}</p><div class="sheet"><www-certificate .fault=${why === 'keyless' ? why : null} .facts=${facts}></www-certificate></div>`)}</div>`;

/** PFX files that lie beside certificates: each is opened by open(file). */
export const besidePfx = (list, open) => list.length === 0 ? nothing : html`<div class="well stack tight"><h3>${t('pfx.beside')}</h3><p>${t('pfx.beside.text')}</p>
  ${list.map((file) => html`<p class="own">${parted(file.webkitRelativePath || file.relativePath || file.name)}</p><button class="btn fit" @click=${() => open(file)}>${t('pfx.beside.open')}</button>`)}</div>`;

/** What is said of a certificate that has half of a pair for encryption: that it stays behind, or another title. */
export const withoutPair = ({ alone, opened, path }, title = `manage.alone.${alone}`) => alone === null ? nothing : html`<div class="warn stack tight"><h3>${t(title)}</h3><p>${t(`manage.alone.${opened ? 'pfx' : alone}.${path === '' ? 'picked' : 'text'}`)}</p></div>`;

/** What is said of a certificate whose key has lost its random number: sites that check a registration number ask for it. */
export const withoutRandom = ({ lacksR }) => lacksR ? html`<div class="warn stack tight"><h3>${t('manage.random')}</h3><p>${t('manage.random.text')}</p></div>` : nothing;

class WwwCertificate extends View {
  static properties = { facts: { attribute: false }, large: { type: Boolean, reflect: true }, fault: {}, path: {} };
  static styles = [base, ownText, css`
    :host { container-type: inline-size; }
    .name { font-size: 1.25rem; font-weight: 700; letter-spacing: -0.02em; line-height: 1.35; }
    :host([large]) .name { font-size: clamp(1.625rem, 5cqi, 2.25rem); line-height: 1.25; margin-block: 0.125rem 0.25rem; }
    .line { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; margin-block-start: 0.625rem; }
    :host([large]) .line { margin-block-start: 1rem; padding-block-start: 1rem; border-block-start: 1px solid var(--line); }
    .path { margin-block-start: 0.5rem; overflow-wrap: anywhere; }
    .gone { color: var(--soft); }
  `];

  render() {
    const f = this.facts;
    const state = stateOf(f, this.fault ?? null);
    const name = f.name;
    return html`<p class="small own">${f.kindText[lang()]}</p>
      ${this.large ? html`<h1 class="name own" tabindex="-1">${name}</h1>` : html`<p class="name own ${state.tone === 'over' ? 'gone' : ''}">${name}</p>`}
      <p class="small own">${issuerOf(f)}</p>
      <div class="line"><span class="tag ${state.tone}">${state.text}</span><span class="small num">${state.at}</span></div>
      ${this.path ? html`<p class="small path own">${parted(this.path)}</p>` : nothing}`;
  }
}
customElements.define('www-certificate', WwwCertificate);
