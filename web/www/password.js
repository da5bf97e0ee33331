/*
 * password.js - 비밀번호 확인 and 비밀번호 바꾸기 (PC-13).
 *
 * Belongs here: what is asked and said. Not here: the new password
 * (setting.js), the key files (core/keyfiles.js), writing them (core/writer.js).
 *
 * A password that opens is right, whatever it looks like: the rules are for
 * new ones. Wrong ones are counted for the person, and lock nothing.
 */
import { html, nothing } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { t } from '../core/i18n.js';
import { openKeys, reseal } from '../core/keyfiles.js';
import { askLeave, writeAll } from '../core/writer.js';
import { Asking, typed } from './act.js';
import { withoutPair, withoutRandom } from './certificate.js';
import { keptAt } from './keep.js';
import { Setting } from './setting.js';

class WwwCheck extends Asking {
  #check() {
    const field = this.renderRoot.querySelector('ig-field');
    const password = typed(field);
    if (password !== null && !this.busy)
      this.opening(field, async () => {
        await openKeys(this.one.files, password);
        this.one.tried = true;
        await this.finish(true);
      });
  }

  render() {
    if (this.done)
      return this.ended(t('manage.check.right'), t(this.one.files.kmPri === undefined ? 'manage.check.right.text' : 'manage.check.right.both'), withoutPair(this.one, 'manage.alone.closed'));
    return html`${this.top()}<h1 tabindex="-1">${t('password.title')}</h1>
      <div class="form"><ig-field type="password" .label=${t('password.label')} .hint=${t('manage.check.hint')} @enter=${() => this.#check()}></ig-field>
        ${this.foot(t('ok'), () => this.#check(), t('password.checking'))}</div>`;
  }
}
customElements.define('www-check', WwwCheck);

class WwwChange extends Setting {
  constructor() {
    super();
    Object.assign(this, { closed: undefined, unopened: 0 });
  }

  connectedCallback() {
    super.connectedCallback();
    return this.prepare();
  }

  /* Where the two keys have two passwords, the second one is asked for, and either of them may be the new one. */
  async #change() {
    const [old, second] = ['#old', '#second'].map((id) => this.renderRoot.querySelector(id));
    const password = typed(old);
    const beside = password === null || second === null ? password : typed(second);
    const next = beside === null ? null : await this.fresh(beside === password ? password : null);
    if (next !== null && !this.busy)
      await this.opening(old, () => this.#seal(this.closed === 'signPri' ? [beside, password] : [password, beside], next).catch((e) => this.#apart(e)));
  }

  /* One key of two stays closed: its own password is asked for, or was wrong. */
  async #apart(e) {
    if (e.closed === undefined || this.closed !== undefined && this.closed !== e.closed)
      throw Object.assign(e, { closed: undefined });
    if (this.closed === e.closed)
      this.unopened += 1;
    this.set({ closed: e.closed });
    await this.updateComplete;
    const field = this.renderRoot.querySelector('#second');
    if (this.unopened > 0)
      field.error = ['manage.check.wrong', { count: this.unopened }];
    field.focus();
  }

  /*
   * Where the files lie; or, where the browser cannot write there, where the
   * person says. old: of the key for signing, and of that for encryption.
   */
  async #seal([old, oldKm], next) {
    const { files, handles, root } = this.one;
    if (handles !== null)
      await askLeave(root);
    await openKeys(files, old, oldKm);
    this.one.tried = true;
    const keys = await reseal(files, old, next, oldKm);
    await openKeys({ ...files, ...keys }, next);
    if (handles === null) {
      this.sealed = { ...files, ...keys };
      await this.updateComplete;
      this.renderRoot.querySelector('h1').focus();
      return;
    }
    await writeAll(Object.entries(keys).map(([name, bytes]) => ({ handle: handles[name], bytes })));
    Object.assign(files, keys);
    this.one.written = Date.now();
    await this.finish({});
  }

  /* Files that were picked one by one may have a pair for encryption beside them, which then keeps its password. */
  #beside() {
    const { path, files, alone } = this.one;
    return path !== '' || files.kmPri !== undefined || alone !== null ? nothing : html`<div class="warn stack tight"><h3>${t('manage.change.beside')}</h3><p>${t('manage.change.beside.text')}</p>
      <button class="btn fit" @click=${() => this.turn('find')}>${t('manage.change.beside.go')}</button></div>`;
  }

  /* The password of the key that the first one does not open. */
  #second(press) {
    return this.closed === undefined ? nothing : html`<div class="warn">${t('manage.change.two')}</div>
      <ig-field id="second" type="password" .label=${t(`manage.change.old.${this.closed}`)} @enter=${press}></ig-field>`;
  }

  #others() {
    return html`<div class="well stack tight"><h3>${t('manage.change.others')}</h3><p>${t('manage.change.others.text')}</p></div>`;
  }

  /* The folder that was opened, where the browser told of it; '' for files alone, and for a PFX file, which is in none. */
  get #folder() { return this.one.opened ? '' : this.one.path; }

  /* New files are there, and the old ones are as they were: all is done only when these are replaced. */
  #kept() {
    const { opened } = this.one;
    if (this.done.download === undefined || opened)
      return this.ended(t('manage.change.kept'), t(opened ? 'manage.change.kept.pfx' : 'manage.change.kept.text'), html`${keptAt(this.done)}${withoutRandom(this.one)}${this.#asPfx()}${this.#others()}`);
    return this.ended(t('manage.change.left'), t('manage.change.left.text'), html`${keptAt(this.done, [this.#folder ? 'keep.unpack.back' : 'keep.unpack.files'])}${this.#others()}`, icons.file);
  }

  /* A PFX file is made of what is sealed now, which is then what this page has: its password was set a moment ago, by the rules. */
  #toPfx() {
    Object.assign(this.one, { files: this.sealed, fresh: true, weak: false });
    this.turn('pfx');
  }

  /* What came from a PFX file is kept as files, which is not what it was. */
  #asPfx() {
    return this.one.opened ? html`<div class="well stack tight"><h3>${t('manage.change.pfx')}</h3><p>${t('manage.change.pfx.text')}</p>
      <button class="btn fit" @click=${() => this.#toPfx()}>${t('manage.pfx')}</button></div>` : nothing;
  }

  #keep() {
    return html`${this.top()}<div><h1 tabindex="-1">${t('manage.change.keep')}</h1><p class="lead">${t('manage.change.keep.text')}</p></div>
      <www-keep .files=${this.sealed} .folder=${this.#folder} tried changed ?lacksR=${this.one.lacksR} @kept=${({ detail }) => this.finish(detail)}></www-keep>${this.#asPfx()}`;
  }

  render() {
    if (this.done)
      return this.sealed === undefined ? this.ended(t('manage.change.done'), t('manage.change.done.text'), this.#others()) : this.#kept();
    if (this.sealed !== undefined)
      return this.#keep();
    const press = () => this.#change();
    return html`${this.top()}<div><h1 tabindex="-1">${t('manage.change.title')}</h1><p class="lead">${t(this.one.handles === null ? 'manage.change.lead.elsewhere' : 'manage.change.lead')}</p></div>${withoutPair(this.one)}${this.#beside()}
      <div class="form"><ig-field id="old" type="password" .label=${t('manage.change.old')} @enter=${press}></ig-field>${this.#second(press)}
        ${this.fields(press)}
        ${this.foot(t('manage.change.go'), press, t('manage.change.busy'))}</div>`;
  }
}
customElements.define('www-change', WwwChange);
