/*
 * find.js - 인증서 찾기 (PC-11): a folder or files, picked or dropped, read here.
 *
 * Belongs here: asking for them, where they are on each system; the password
 * of a PFX file, which shows nothing without one, and a new one for the
 * certificates of a file that has none.
 * Not here: what is in them (core/keyfiles.js), what becomes of them (the pages).
 *
 * 'found' tells of what was found: {found, keyless, unreadable, left}, at least
 * one with its key, the certificates that are without or cannot be read, and
 * those that stay in a PFX file. What the page promises about the files stands
 * in the slot.
 */
import { css, html, nothing, classMap } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { t } from '../core/i18n.js';
import { system } from '../core/env.js';
import { NpkiError, checkPfxFile, filesOfDrop, filesOfHandle, keylessOf, openPfxFile, pairsOf, pfxOf, problemOfFiles, unreadableOf } from '../core/keyfiles.js';
import { unreadable, withoutKey } from './certificate.js';
import { Setting } from './setting.js';

/* Where the programs of Korean CAs keep certificates; %…% and ~ work when pasted into the dialog. */
const places = { windows: '%USERPROFILE%\\AppData\\LocalLow\\NPKI', macos: '~/Library/Preferences/NPKI', linux: '~/NPKI' };
const systems = Object.keys(places);

/*
 * Folders that can be written to later are picked by handle. Not on a Mac:
 * there browsers give no handle of anything in ~/Library.
 */
const byHandle = () => typeof showDirectoryPicker === 'function' && system() !== 'macos';

class WwwFind extends Setting {
  static properties = { begin: { attribute: false } };
  static shadowRootOptions = { ...Setting.shadowRootOptions, delegatesFocus: true };
  static styles = [...Setting.styles, css`
    :host { gap: 1.125rem; }
    .drop { display: grid; gap: 0.75rem; justify-items: center; background: var(--sheet); }
    .drop.over { border-color: var(--blue); background: var(--blue-wash); }
    .drop svg { inline-size: 2.25rem; block-size: 2.25rem; }
    .acts { display: flex; flex-wrap: wrap; gap: 0.75rem; justify-content: center; }
    .acts .btn { inline-size: auto; min-block-size: 3rem; }
    .tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; }
    .tabs button { border: 0; background: none; min-block-size: 2.75rem; padding-inline: 0.875rem; border-radius: 0.5rem; color: var(--soft); }
    .tabs button[aria-selected='true'] { background: var(--sheet); color: var(--ink); font-weight: 650; }
    .pfx { display: grid; gap: 1.125rem; }
    .pfx h2 { overflow-wrap: anywhere; }
    .path { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
    .path code { font-family: var(--mono); font-size: 0.9375rem; flex: 1 1 auto; }
  `];

  constructor() {
    super();
    this.os = systems.includes(system()) ? system() : 'windows';
  }

  /* The page has the heading; begin: PFX files to open at once. */
  firstUpdated() {
    if (this.begin !== undefined)
      this.#ask(this.begin);
  }

  #take(read) {
    this.none = undefined;
    return this.run(async () => {
      const list = await read();
      const [found, keyless, damaged] = await Promise.all([pairsOf(list), keylessOf(list), unreadableOf(list)]);
      const pfx = found.length === 0 ? pfxOf(list) : [];
      if (pfx.length > 0)
        await this.#ask(pfx);
      else if (found.length > 0)
        this.#found({ found, keyless, unreadable: damaged, pfx: pfxOf(list) });
      else
        this.none = { keyless, damaged };
    });
  }

  #found(what) {
    this.dispatchEvent(new CustomEvent('found', { detail: { keyless: [], unreadable: [], left: [], pfx: [], ...what } }));
  }

  /* A PFX file, or the first of some; none: back to the beginning. One that no password opens is not asked for it. */
  async #ask(pfx) {
    const refused = pfx && await checkPfxFile(pfx[0]).then(() => undefined, problemOfFiles);
    this.wrong = 0;
    const field = this.renderRoot.querySelector('ig-field');
    if (field !== null)
      Object.assign(field, { value: '', error: undefined });
    this.set({ pfx, refused, bare: false, problem: undefined, busy: false });
    await this.updateComplete;
    this.renderRoot.querySelector('ig-field, .acts button, .foots button').focus();
  }

  /* Nothing is typed where the password of the file is empty. */
  #open() {
    const field = this.renderRoot.querySelector('ig-field');
    if (!this.busy)
      this.opening(field, () => this.#read(field.value));
  }

  async #read(password, keyPassword) {
    try {
      const what = await openPfxFile(this.pfx[0], password, keyPassword);
      this.pfx = undefined;
      this.#found(what);
    } catch (e) {
      if (!(e instanceof NpkiError && e.code === 'RC_POLICY'))
        throw e;
      await this.prepare();
      this.set({ bare: true });
      await this.updateComplete;
      this.renderRoot.querySelector('#next').focus();
    }
  }

  async #lock() {
    const password = await this.fresh('');
    if (password !== null && !this.busy)
      await this.run(() => this.#read('', password));
  }

  #drop(e) {
    e.preventDefault();
    this.over = false;
    const files = filesOfDrop(e.dataTransfer);
    this.#take(() => files);
  }

  #picked(e) {
    const list = [...e.target.files];
    e.target.value = '';
    this.#take(() => list);
  }

  #folder() {
    if (byHandle())
      return this.#take(async () => filesOfHandle(await showDirectoryPicker({ id: 'npki' })));
    this.renderRoot.querySelector('#folder').click();
    return undefined;
  }

  #arrow(e) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (by === undefined)
      return;
    const os = systems[(systems.indexOf(this.os) + by + systems.length) % systems.length];
    this.set({ os });
    this.updateComplete.then(() => this.renderRoot.querySelector(`#tab-${os}`).focus());
  }

  #bare(next) {
    const press = () => this.#lock();
    return html`<div class="stack tight"><h3>${t('pfx.bare')}</h3><p>${t('pfx.bare.text')}</p></div><div class="form">${this.fields(press)}${this.foot(t('next'), press, t('www.find.reading'), next)}</div>`;
  }

  #pfx() {
    const [file, ...others] = this.pfx;
    const next = html`<button class="btn" ?disabled=${this.busy} @click=${() => this.#ask(others.length > 0 ? [...others, file] : undefined)}>${t(others.length > 0 ? 'pfx.next' : 'pfx.other')}</button>`;
    return html`<div class="sheet pfx"><div><p class="small">${t('pfx.file')}</p><h2 class="own">${file.name}</h2></div>
      ${this.refused !== undefined ? html`<ig-trouble .problem=${this.refused}></ig-trouble><div class="foots">${next}</div>` : this.bare ? this.#bare(next) : html`<div class="form"><ig-field type="password" .label=${t('pfx.password')} .hint=${t('pfx.password.hint')} @enter=${() => this.#open()}></ig-field>
        ${this.foot(t('pfx.open'), () => this.#open(), t('password.checking'), next)}</div>`}</div>
      <p class="small"><slot></slot></p>`;
  }

  #none() {
    if (this.none === undefined)
      return nothing;
    const { keyless, damaged } = this.none;
    return keyless.length + damaged.length > 0 ? [withoutKey(keyless), unreadable(damaged)] : html`<div class="warn stack tight"><h3>${t('www.find.none')}</h3><p>${t('www.find.none.text')}</p></div>`;
  }

  render() {
    if (this.pfx !== undefined)
      return this.#pfx();
    return html`<div class=${classMap({ dash: true, drop: true, over: !!this.over })} @dragover=${(e) => { e.preventDefault(); if (!this.over) this.set({ over: true }); }} @dragleave=${() => this.set({ over: false })} @drop=${this.#drop}>
        ${icons.folder}<strong>${t('www.find.drop')}</strong>
        <div class="acts"><button class="btn main" ?disabled=${this.busy} @click=${() => this.#folder()}>${t('www.find.folder')}</button>
          <button class="btn" ?disabled=${this.busy} @click=${() => this.renderRoot.querySelector('#files').click()}>${t('www.find.files')}</button></div>
        <input id="folder" type="file" webkitdirectory hidden @change=${this.#picked}>
        <input id="files" type="file" multiple hidden @change=${this.#picked}></div>
      ${this.busy ? html`<ig-busy .label=${t('www.find.reading')}></ig-busy>` : nothing}
      <div role="alert">${this.#none()}</div>
      <ig-trouble .problem=${this.problem}></ig-trouble>
      <div class="well stack tight"><h3>${t('www.find.where')}</h3>
        <div class="tabs" role="tablist" aria-label=${t('www.find.system')}>${systems.map((s) => html`<button role="tab" id="tab-${s}" aria-controls="place" aria-selected=${s === this.os ? 'true' : 'false'} tabindex=${s === this.os ? 0 : -1}
          @click=${() => this.set({ os: s })} @keydown=${this.#arrow}>${t(`system.${s}`)}</button>`)}</div>
        <div id="place" role="tabpanel" aria-labelledby="tab-${this.os}" class="stack tight"><div class="path"><code>${places[this.os]}</code><ig-copy .text=${places[this.os]}></ig-copy></div><p class="small">${t(`www.find.${this.os}`)}</p></div></div>
      <p class="small"><slot></slot></p>`;
  }
}
customElements.define('www-find', WwwFind);
