/*
 * manage.js - 인증서 관리 (PC-13): find certificates, choose one, choose what to do.
 *
 * Belongs here: which act is shown, and the way between them.
 * Not here: the acts (view.js, password.js …), finding (find.js).
 *
 * Nothing is sent from here on: what the acts need is loaded at the start, and
 * they work with the network off. Each step is a step of the browser's history;
 * what was found is in this page alone, and gone with it.
 */
import { View, base, css, html } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { sentences, t } from '../core/i18n.js';
import { passwordRules } from '../core/keyfiles.js';
import { back, go } from '../core/router.js';
import { besidePfx, damaged, faultOf, leftInPfx, ownText, passwordIsOld, unreadable, withoutKey, withoutPair, withoutRandom } from './certificate.js';
import './find.js';
import './view.js';
import './password.js';
import './keep.js';
import './pfx.js';

/* Name, drawing, element. */
const acts = [
  ['view', icons.file, (one) => html`<www-view .one=${one}></www-view>`],
  ['check', icons.check, (one) => html`<www-check .one=${one}></www-check>`],
  ['change', icons.lock, (one) => html`<www-change .one=${one}></www-change>`],
  ['copy', icons.copy, (one) => html`<www-copy .one=${one}></www-copy>`],
  ['pfx', icons.share, (one) => html`<www-pfx .one=${one}></www-pfx>`],
];

/* What is said of changing the password: that it is time, or why. */
const adviceOf = (one) => one.weak ? 'manage.change.weak.text' : passwordIsOld(one) ? 'manage.change.old.text' : 'manage.change.text';

/* The core; all sentences; the pieces of our font that they need; the letters for what is not ours (theme.css). */
const loadAll = async () => {
  const text = await sentences() + JSON.stringify(await passwordRules());
  await Promise.all(['Pretendard Variable', 'Pretendard Latin'].map((name) => document.fonts.load(`1em "${name}"`, text)));
};

class WwwManage extends View {
  static properties = { at: { attribute: false } };
  static styles = [base, ownText, css`
    :host { display: grid; gap: 1.5rem; max-inline-size: 44rem; margin-inline: auto; padding-block: 1rem 0; container-type: inline-size; inline-size: 100%; }
    :host > * { min-inline-size: 0; }
    .back { justify-self: start; color: var(--soft); text-decoration: none; margin-inline-start: -0.375rem; }
    .back:hover { color: var(--ink); }
    .title { padding-block: 1rem 0.5rem; }
    .title h1 { font-size: clamp(1.75rem, 3.4vw, 2.25rem); }
    .list { display: grid; gap: 0.75rem; }
    .again { justify-self: start; }
    .card { grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.75rem; }
    .acts { padding: 0; overflow: hidden; }
    .acts button { display: grid; grid-template-columns: 1.75rem minmax(0, 1fr) auto; gap: 0 1rem; align-items: center; inline-size: 100%; padding: 1rem var(--pad); border: 0; background: none; text-align: start; }
    .acts button:hover { background: var(--well); }
    .acts button:focus-visible { outline-offset: -3px; border-radius: var(--round); }
    .acts li + li { border-block-start: 1px solid var(--line); }
    .acts strong, .acts .small { display: block; }
    .acts .next { color: var(--soft); }
    .private { display: flex; gap: 0.625rem; align-items: flex-start; }
    .private svg { inline-size: 1.25rem; block-size: 1.25rem; margin-block-start: 0.125rem; }
    @container (max-width: 18rem) { .acts button { grid-template-columns: minmax(0, 1fr); } .acts svg { display: none; } }
  `];

  connectedCallback() {
    super.connectedCallback();
    /* The first use of what did not come tries again, and says so. */
    loadAll().then(() => this.setAttribute('loaded', ''), (e) => console.warn(e));
  }

  /* The page was loaded anew in the midst of it: there is nothing to show but the start. */
  get #place() {
    const { act = 'find', one } = this.at ?? {};
    return act === 'list' && this.found !== undefined || this.found?.[one] !== undefined ? { act, one } : { act: 'find' };
  }

  /* replace: what an act goes on to takes its place, and has the same way back. */
  #to(act, one, replace = false) {
    go('/manage', { replace, state: { inside: true, act, one } });
  }

  #found({ detail }) {
    Object.assign(this, detail, { begin: undefined });
    this.#to(this.#single ? 'one' : 'list', this.#single ? 0 : undefined);
  }

  /* One certificate and nothing else to tell of needs no list. */
  get #single() { return this.found.length === 1 && this.keyless.length + this.unreadable.length + this.left.length + this.pfx.length === 0; }

  /* Another place: its heading is read. An act takes the focus by itself. */
  async updated() {
    const { act } = this.#place;
    if (act === this.shown)
      return;
    const first = this.shown === undefined;
    this.shown = act;
    const sheet = this.renderRoot.querySelector('www-certificate[large]');
    await sheet?.updateComplete;
    if (!first)
      (sheet?.renderRoot ?? this.renderRoot).querySelector('h1')?.focus();
  }

  #private() {
    return html`<p class="small private">${icons.lock}<span>${t('manage.private')}</span></p>`;
  }

  #find() {
    return html`<div class="title"><h1 tabindex="-1">${t('manage.title')}</h1><p class="lead">${t('manage.lead')}</p></div>
      <www-find .begin=${this.begin} @found=${this.#found}>${t('manage.private')}</www-find>`;
  }

  /* pfx: the file that is opened at once; undefined: another folder is chosen. */
  #again(pfx) {
    this.begin = pfx && [pfx];
    this.#to('find');
  }

  #list() {
    return html`<div class="title"><h1 tabindex="-1">${t('manage.list', { count: this.found.length })}</h1><p class="lead">${t('manage.list.text')}</p></div>
      <ul class="list">${this.found.map((f, i) => html`<li><button class="card" @click=${() => this.#to('one', i)}><www-certificate .facts=${f.facts} .fault=${faultOf(f)} .path=${f.path}></www-certificate>${icons.next}</button></li>`)}</ul>${withoutKey(this.keyless)}${unreadable(this.unreadable)}${leftInPfx(this.left)}${besidePfx(this.pfx, (file) => this.#again(file))}
      <button class="btn fit again" @click=${() => this.#again()}>${t('www.list.again')}</button>${this.#private()}`;
  }

  #one(one, i) {
    return html`<button class="link back" @click=${() => back('/manage')}>${icons.back}${t(this.#single ? 'www.list.again' : 'manage.others')}</button>
      <div class="sheet"><www-certificate large .facts=${one.facts} .fault=${faultOf(one)} .path=${one.path}></www-certificate></div>
      ${damaged(one)}${withoutPair(one, 'manage.alone.closed')}${withoutRandom(one)}
      <ul class="sheet acts">${acts.map(([name, icon]) => html`<li><button @click=${() => this.#to(name, i)}>${icon}<span><strong>${t(`manage.${name}`)}</strong><span class="small">${t(name === 'change' ? adviceOf(one) : `manage.${name}.text`)}</span></span><span class="next">${icons.next}</span></button></li>`)}</ul>
      ${this.#private()}`;
  }

  render() {
    const { act, one } = this.#place;
    if (act === 'find')
      return this.#find();
    if (act === 'list')
      return this.#list();
    const chosen = this.found[one];
    if (act === 'one')
      return this.#one(chosen, one);
    return html`<div @leave=${() => back('/manage')} @turn=${({ detail }) => this.#to(detail, one, true)}>${acts.find(([name]) => name === act)[2](chosen)}</div>`;
  }
}
customElements.define('www-manage', WwwManage);
