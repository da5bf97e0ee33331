/*
 * keep.js - where files are to be kept: a folder that the person picks, or a
 * download. And 다른 곳에 복사, which is no more than that.
 *
 * Belongs here: asking where, and before something is replaced.
 * Not here: writing (core/writer.js), the names of files and folders (core/keyfiles.js).
 *
 * <www-keep> is given .files, and .folder where they shall go back to one that
 * was opened, .tried where a password has opened the keys, and .lacksR
 * (keyfiles.js); it tells 'kept' of where they went: {path} or {download}.
 */
import { css, html, nothing } from '../ui/base.js';
import { date, t } from '../core/i18n.js';
import { checkFiles, factsOf, namedFiles, openKeys, pathFor, sameIssuer, sameOwner } from '../core/keyfiles.js';
import { askLeave, bytesAt, download, filesBelow, placeBelow, same, writesFolders } from '../core/writer.js';
import { zipOf } from '../core/zip.js';
import { Act, Asking, typed } from './act.js';
import { issuerOf, parted, withoutPair, withoutRandom } from './certificate.js';

/* What is to be heard before one certificate takes the place of another; the first that holds. Of two that end on one day, which is what is shown, none is the newer. */
const cautions = [
  ['keep.there.ended', ({ comes, facts, keyless }, now) => comes.notAfter < now && facts.notAfter >= now && !keyless],
  ['keep.there.early', ({ comes, facts, keyless }, now) => comes.notBefore > now && facts.notBefore <= now && facts.notAfter >= now && !keyless],
  ['keep.there.newer', ({ comes, facts }) => facts.notAfter > comes.notAfter && date(facts.notAfter) !== date(comes.notAfter)],
  ['keep.there.over', ({ comes }, now) => comes.notAfter < now],
];

/* What is said of a password that does not open both the key that comes and the one for encryption that is there. */
const differ = (sentence) => ({ signPri: sentence, kmPri: sentence });

/* What the sheet of a certificate shows, and what else tells two apart whose sheets are alike. */
const shown = [(facts) => facts.name, issuerOf, (facts) => date(facts.notAfter)];
const hidden = [['manage.view.from', (facts) => date(facts.notBefore)], ['manage.view.serial', (facts) => facts.serial]];

/* The lines that tell two certificates apart, where their sheets do not. */
const apart = (one, other) => shown.some((of) => of(one) !== of(other)) ? [] : hidden.filter(([, of]) => of(one) !== of(other));

/* What a sentence may hold of a file's or folder's name is set in its own letters. */
const named = (text) => html`<p class="own where">${parted(text)}</p>`;

class WwwKeep extends Asking {
  static properties = { files: { attribute: false }, folder: {}, tried: { type: Boolean }, changed: { type: Boolean }, lacksR: { type: Boolean } };
  static styles = [...Asking.styles, css`
    .where, .differs { overflow-wrap: anywhere; }
    .differs { margin-block-start: 0.25rem; }
    .acts { display: flex; flex-wrap: wrap; gap: 0.75rem; }
    .acts .btn { inline-size: auto; min-inline-size: min(100%, 10rem); }
    .there { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
    @media (max-width: 40rem) { .acts .btn { flex: 1 1 100%; } }
  `];

  async connectedCallback() {
    super.connectedCallback();
    this.set({ path: this.folder ? this.folder.split('/') : await pathFor(this.files) });
  }

  firstUpdated() { /* the act around it has the heading */ }

  #kept(detail) {
    this.dispatchEvent(new CustomEvent('kept', { detail }));
  }

  async #pick() {
    await this.run(async () => {
      Object.assign(this, { there: undefined, wrong: 0 });
      await checkFiles(this.files);
      const root = await showDirectoryPicker({ id: 'npki-copy', mode: 'readwrite' });
      await askLeave(root);
      const there = await filesBelow(root, this.path);
      await this.#placeOrAsk(root, there, await this.#staying(there));
    });
  }

  #placeOrAsk(root, there, stay) {
    return stay === null || there.has('signcert.der') ? this.#ask(root, there, stay) : this.#place(root, stay);
  }

  /*
   * The names of files that stay beside a certificate that comes without them;
   * null: those for encryption cannot, or not before a password has opened them,
   * and a key, or the certificate of somebody else, is not to be lost. What goes
   * back to its folder leaves there what was there.
   */
  async #staying(there) {
    const km = await this.#stayingKm(there);
    return km && [...km, ...await this.#stayingAuthorities(there)];
  }

  /* Those of the same issuer are of this certificate as well as of the one that is there. */
  async #stayingAuthorities(there) {
    const fits = async () => there.has('signcert.der') && await sameIssuer(this.files.signCert, await bytesAt(there.get('signcert.der')));
    return this.files.caPubs === undefined && there.has('capubs') && (this.folder || await fits()) ? ['capubs'] : [];
  }

  async #stayingKm(there) {
    const names = ['kmcert.der', 'kmpri.key'].filter((name) => this.files.kmCert === undefined && there.has(name));
    const fits = async () => !names.includes('kmpri.key') && await sameOwner(this.files.signCert, await bytesAt(there.get('kmcert.der')));
    return names.length === 0 || this.folder || await fits() ? names : null;
  }

  /* The pair for encryption that is there, where it is the same owner's: it can stay where one password opens all keys. */
  async #pairOf(there) {
    if (!['kmcert.der', 'kmpri.key'].every((name) => there.has(name)))
      return null;
    const pair = { kmCert: await bytesAt(there.get('kmcert.der')), kmPri: await bytesAt(there.get('kmpri.key')) };
    return await sameOwner(this.files.signCert, pair.kmCert) ? pair : null;
  }

  #join() {
    const field = this.renderRoot.querySelector('ig-field');
    const password = typed(field);
    const { root, files, pair } = this.there;
    if (password !== null && !this.busy)
      this.opening(field, async () => {
        await openKeys({ ...this.files, ...pair }, password);
        this.tried = true;
        await this.#placeOrAsk(root, files, ['kmcert.der', 'kmpri.key', ...await this.#stayingAuthorities(files)]);
      }, differ(this.changed ? 'keep.pair.differ.changed' : 'keep.pair.differ'));
  }

  /*
   * There is a certificate of the same name: an earlier one of the same person,
   * or this very one, whose key may have another password there. Or there are
   * files for encryption that would be lost.
   */
  async #ask(root, files, stay) {
    const lies = async (part, name) => this.files[part] === undefined || files.has(name) && same(this.files[part], await bytesAt(files.get(name)));
    const one = await lies('signCert', 'signcert.der');
    const all = one && await lies('signPri', 'signpri.key') && await lies('kmCert', 'kmcert.der') && await lies('kmPri', 'kmpri.key');
    const comes = await factsOf(this.files.signCert);
    const facts = files.has('signcert.der') ? await factsOf(await bytesAt(files.get('signcert.der'))).catch(() => null) : null;
    const there = { root, files, one, all, stay, comes, facts, keyless: !files.has('signpri.key'), pair: stay === null ? await this.#pairOf(files) : null };
    const caution = one || facts === null ? undefined : cautions.find(([, holds]) => holds(there, Date.now()))?.[0];
    const closes = this.files.kmCert !== undefined && files.has('kmpri.key') && !await lies('kmCert', 'kmcert.der');
    this.set({ there: { ...there, cautions: [caution, this.lacksR ? 'keep.there.random' : undefined, closes ? 'keep.there.closes' : undefined].filter(Boolean) } });
    await this.updateComplete;
    this.renderRoot.querySelector('h2').focus();
  }

  async #place(root, stay) {
    const { named: files, others } = namedFiles(this.files);
    await placeBelow(root, this.path, files, others.filter((name) => !stay.includes(name)));
    this.#kept({ path: [root.name, ...this.path.slice(root.name.toLowerCase() === this.path[0].toLowerCase() ? 1 : 0)].join('/') });
  }

  #replace() {
    return this.run(() => this.#place(this.there.root, this.there.stay));
  }

  #download() {
    return this.run(async () => {
      await checkFiles(this.files);
      const { named: files } = namedFiles(this.files);
      const file = `NPKI-${(await factsOf(this.files.signCert)).name}.zip`;
      download(file, zipOf(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [[...this.path, name].join('/'), bytes]))));
      this.#kept({ download: file });
    });
  }

  #other() {
    return html`<button class="btn" ?disabled=${this.busy} @click=${() => this.#pick()}>${t('keep.other')}</button>`;
  }

  #card(name, facts, other, keyless = false) {
    return facts === null ? nothing : html`<div class="stack tight"><h3>${t(name)}</h3><div class="sheet"><www-certificate .facts=${facts} .fault=${keyless ? 'keyless' : null}></www-certificate>
      ${other === null ? nothing : apart(facts, other).map(([label, of]) => html`<p class="small num differs">${t(label)} ${of(facts)}</p>`)}</div></div>`;
  }

  #lying() {
    return html`<div class="well there"><div class="stack tight"><h2 tabindex="-1">${t('keep.same')}</h2><p>${t('keep.same.text')}</p></div><div class="acts">${this.#other()}</div></div>`;
  }

  #joining() {
    return html`<div class="warn there"><div class="stack tight"><h2 tabindex="-1">${t('keep.pair')}</h2><p>${t('keep.pair.text')}</p></div>
      <ig-field type="password" .label=${t('password.label')} .hint=${t('manage.check.hint')} @enter=${() => this.#join()}></ig-field>
      <div class="acts"><button class="btn main" ?disabled=${this.busy} @click=${() => this.#join()}>${t('keep.pair.go')}</button>${this.#other()}</div></div>`;
  }

  #losing() {
    return html`<div class="warn there"><div class="stack tight"><h2 tabindex="-1">${t('keep.there.lost')}</h2><p>${t('keep.there.lost.text')}</p></div><div class="acts">${this.#other()}</div></div>`;
  }

  #replacing() {
    const { one, stay, comes, facts, keyless, cautions: heard } = this.there;
    return html`<div class="warn there"><div class="stack tight"><h2 tabindex="-1">${t('keep.there')}</h2>${heard.map((caution) => html`<p><strong>${t(caution)}</strong></p>`)}
        <p>${t(one ? 'keep.there.key' : 'keep.there.text')}</p>${one && !this.tried ? html`<p>${t('keep.there.unopened')}</p>` : nothing}${stay.includes('kmcert.der') ? html`<p>${t(stay.includes('kmpri.key') ? 'keep.there.pair' : 'keep.there.km')}</p>` : nothing}</div>
      ${this.#card('keep.there.is', facts, comes, keyless)}${one ? nothing : this.#card('keep.there.comes', comes, facts)}
      <div class="acts"><button class="btn bad" ?disabled=${this.busy} @click=${() => this.#replace()}>${t('keep.replace')}</button>
        ${this.#other()}</div></div>`;
  }

  render() {
    if (this.path === undefined)
      return nothing;
    const folders = writesFolders();
    return html`<div class="well stack tight"><h3>${t('keep.place')}</h3>${named(this.path.join('/'))}<p class="small">${t(`keep.${this.folder ? 'back' : 'place'}.${folders ? 'text' : 'zip'}`)}</p></div>
      ${this.there === undefined ? html`<div class="acts">${folders ? html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#pick()}>${t('keep.folder')}</button>` : nothing}
        <button class="btn ${folders ? '' : 'main'}" ?disabled=${this.busy} @click=${() => this.#download()}>${t('keep.download')}</button></div>` : this.there.all ? this.#lying() : this.there.pair !== null ? this.#joining() : this.there.stay === null ? this.#losing() : this.#replacing()}
      ${this.busy ? html`<ig-busy .label=${t('keep.busy')}></ig-busy>` : nothing}<ig-trouble .problem=${this.problem}></ig-trouble>`;
  }
}
customElements.define('www-keep', WwwKeep);

/** Where it went, for the end of an act. next: what is to be done with a download, which holds the key and is best deleted then. */
export const keptAt = ({ path, download: file }, next = ['keep.unpack']) =>
  html`<div class="well stack tight"><h3>${t(file === undefined ? 'keep.at' : 'keep.at.download')}</h3>${named(path ?? file)}${file === undefined ? nothing : [...next, 'keep.delete'].map((sentence) => html`<p class="small">${t(sentence)}</p>`)}</div>`;

class WwwCopy extends Act {
  render() {
    if (this.done)
      return this.ended(t('manage.copy.done'), t(this.one.fresh ? 'manage.copy.done.fresh' : 'manage.copy.done.text'), html`${keptAt(this.done)}${withoutRandom(this.one)}`);
    return html`${this.top()}<div><h1 tabindex="-1">${t('manage.copy.title')}</h1><p class="lead">${t(this.one.fresh ? 'manage.copy.fresh' : 'manage.copy.lead')}</p></div>${withoutPair(this.one)}
      <www-keep .files=${this.one.files} ?tried=${this.one.tried} ?lacksR=${this.one.lacksR} @kept=${({ detail }) => this.finish(detail)}></www-keep>`;
  }
}
customElements.define('www-copy', WwwCopy);
