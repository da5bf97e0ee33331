/*
 * import.js - 인증서 등록 (PH-20 … PH-25): two ways in, one way through.
 *
 * Belongs here: the pages of registering on the phone.
 * Not here: the exchange with the PC (core/handover.js), key files (core/npki.js).
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import '../ask.js';
import { date, lang, t } from '../../core/i18n.js';
import { post, problemOf } from '../../core/api.js';
import { bytesOf, concat, lp16, toB64u } from '../../core/ids.js';
import { seal } from '../../core/hpke.js';
import { Ended, Receiving } from '../../core/handover.js';
import { factsOf, opens, pairsOf, pfxOf, problemOfFiles } from '../../core/keyfiles.js';
import { state } from '../../core/store.js';
import { go } from '../../core/router.js';
import { answer, checked } from '../approve.js';
import { api, loadCertificates, vaultKeys } from '../session.js';

/* A transfer under way outlives the screen: who looks at another screen comes back to it. */
let current = null;

const empty = new Uint8Array();

class Import extends Screen {
  static styles = [...Screen.styles, css`
    .ways { display: grid; gap: 0.75rem; }
    .way { grid-template-columns: 2.5rem 1fr auto; gap: 0 0.875rem; padding-block: 1.25rem; }
    .way svg:first-child { inline-size: 2rem; block-size: 2rem; }
    .way strong { display: block; }
    .codebox { text-align: center; padding-block: 1.5rem 1.25rem; border-block: 1px solid var(--line); display: grid; gap: 0.75rem; justify-items: center; }
    .code { font-size: min(2.75rem, 9.2vw); line-height: 1.2; font-weight: 700; font-variant-numeric: tabular-nums; letter-spacing: 0; }
    .code span { display: inline-block; white-space: nowrap; }
    .code i { font-style: normal; color: var(--soft); font-weight: 400; margin-inline: 0.06em; }
    .qrs { display: flex; flex-wrap: wrap; gap: 1rem 1.25rem; align-items: center; justify-content: center; }
    .qrs ig-qr { inline-size: 9rem; }
    .qrs p { flex: 1 1 11rem; }
    .steps li { display: flex; gap: 0.75rem; }
    .steps b { font-weight: 600; font-variant-numeric: tabular-nums; color: var(--soft); }
    .url { font-weight: 650; }
    .drop { display: grid; gap: 0.5rem; justify-items: center; cursor: pointer; }
    .drop:hover { background: var(--well); }
    .drop:has(:focus-visible) { outline: 3px solid var(--blue); outline-offset: 2px; }
    .drop svg { inline-size: 2rem; block-size: 2rem; }
    @container (max-width: 14rem) {
      .code { font-size: 18cqi; }
      .code span { display: block; }
      .code i { display: none; }
    }
    .asks { font-size: 1.25rem; line-height: 1.5; font-weight: 650; }
    .facts dd { font-weight: 600; }
  `];

  constructor() {
    super();
    this.page = current === null ? 'ways' : current.page;
    Object.assign(this, current?.shown);
  }

  connectedCallback() {
    super.connectedCallback();
    if (current !== null)
      current.screen = this;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (current?.screen === this) {
      current.screen = null;
      Object.assign(current, { page: this.page === 'wait' ? 'consent' : this.page, shown: { files: this.files, facts: this.facts, opened: this.opened } });
    }
  }

  #to(page, more = {}) {
    this.set({ page, busy: false, problem: undefined, ...more });
    this.turn();
  }

  #fail(e) {
    if (e.name === 'AbortError')
      return;
    this.set({ busy: false, problem: problemOfFiles(e) });
  }

  async #fromPc() {
    this.set({ busy: true, problem: undefined });
    try {
      const run = await Receiving.begin(`${api}/transfers`);
      current = { run, screen: this, page: 'code', shown: {} };
      this.#to('code');
      this.#receive(current);
    } catch (e) {
      this.#fail(e);
    }
  }

  /* Runs beside the screens; shows itself in the one that is there. */
  async #receive(mine) {
    const show = (page, more = {}) => {
      if (current !== mine)
        return;
      Object.assign(mine, { page, shown: more });
      mine.screen?.takeUp(page, more);
    };
    try {
      const files = await mine.run.files(() => show('coming'));
      const facts = await factsOf(files.signCert);
      show('password', { files, facts });
    } catch (e) {
      if (e.name === 'AbortError')
        return;
      if (current === mine)
        current = null;
      const end = e instanceof Ended ? e.state : null;
      mine.screen?.takeUp('over', end === null ? { end: 'failed', problem: problemOf(e) } : { end });
    }
  }

  /** Called by a transfer that goes on. */
  takeUp(page, more) {
    this.#to(page, more);
  }

  #stop(then = 'ways') {
    current?.run.cancel();
    current = null;
    this.files = this.facts = undefined;
    this.#to(then);
  }

  async #picked(e) {
    const list = [...e.target.files];
    e.target.value = '';
    this.set({ busy: true, problem: undefined, fileFault: undefined });
    try {
      const [found] = await pairsOf(list);
      if (found === undefined)
        this.set({ busy: false, fileFault: pfxOf(list).length > 0 ? 'files.pfx' : list.length === 1 ? 'files.one' : 'files.none' });
      else
        this.#to('password', { files: found.files, facts: found.facts });
    } catch (e) {
      this.#fail(e);
    }
  }

  async #password() {
    if (this.busy)
      return;
    const field = this.renderRoot.querySelector('ig-field');
    const password = field.value;
    if (password === '') {
      field.error = 'password.empty';
      field.focus();
      return;
    }
    this.set({ busy: true, problem: undefined });
    try {
      if (!await opens(this.files, password)) {
        this.set({ busy: false });
        field.error = 'password.wrong';
        field.focus();
        return;
      }
      const given = await post(`${api}/imports`, {
        certificate: toB64u(this.files.signCert),
        ...(this.files.kmCert?.length > 0 && { km_certificate: toB64u(this.files.kmCert) }),
        ...(current !== null && { transfer: current.run.id }),
      });
      const approval = await checked(given, { kind: 'import', certificate: this.files.signCert });
      this.#to('consent', { opened: { request: given.request.id ?? given.request, approval, password } });
    } catch (e) {
      this.#fail(e);
    }
  }

  async #approve() {
    const { request, approval, password } = this.opened;
    this.set({ busy: true, problem: undefined, page: 'wait' });
    try {
      const keys = await vaultKeys();
      const plain = concat('INGAM-IM1', lp16(password), lp16(this.files.signPri), lp16(this.files.kmPri ?? empty));
      const sealed = toB64u(await seal(keys.hpke, bytesOf('INGAM-IM1'), approval.ar1Sha256, plain));
      plain.fill(0);
      const fromPc = current !== null;
      await answer(request, approval, this.renderRoot.querySelector('ingam-pin'), {
        sealed, certificate: toB64u(this.files.signCert),
        ...(this.files.kmCert?.length > 0 && { km_certificate: toB64u(this.files.kmCert) }),
      });
      current = null;
      this.#to('done', { fromPc, files: undefined, opened: undefined });
      await loadCertificates().catch(() => {});
    } catch (e) {
      const problem = problemOf(e);
      if (problem.slug === 'wrong-password')
        this.#to('password', { problem });
      else
        this.set({ busy: false, problem, page: 'consent' });
    }
  }

  #frame(label, content, foot, onback) {
    return html`<ig-top label=${label} .onback=${onback}></ig-top><div class="body">${content}<ig-trouble .problem=${this.problem}></ig-trouble></div>
      ${foot === undefined ? nothing : html`<div class="foot">${foot}</div>`}`;
  }

  ways() {
    const way = (icon, key, act) => html`<button class="card way" ?disabled=${this.busy} @click=${act}>${icons[icon]}<span><strong>${t(`import.${key}`)}</strong><span class="small">${t(`import.${key}.text`)}</span></span>${icons.next}</button>`;
    return this.#frame(t('import.name'), html`<div class="head"><h1>${t('import.title')}</h1></div>
      <div class="ways">${way('pc', 'pc', () => this.#fromPc())}${way('phone', 'phone', () => this.#to('pick'))}</div>
      <p class="small">${t('import.keeps')}</p>`);
  }

  code() {
    const run = current.run;
    const [a, b, c] = run.text.split('-');
    const page = `${state.server.pc_origin}/import`;
    const coming = this.page === 'coming';
    return this.#frame(t('import.pc'), html`<div class="head"><h1>${t(coming ? 'code.coming' : 'code.title')}</h1></div>
      ${coming ? html`<ig-steps .at=${1} .steps=${['one', 'two', 'three'].map((k) => ({ text: t(`code.step.${k}`), note: k === 'two' ? t('code.step.note') : undefined }))}></ig-steps>`
        : html`<ol class="steps stack tight"><li><b>1</b><span>${t('code.pc')}<br><span class="url">${page}</span></span></li><li><b>2</b><span>${t('code.type')}</span></li></ol>
          <div class="codebox"><p class="code" role="img" aria-label=${t('code.read', { digits: [...run.digits].join(' ') })}><span>${a}<i>-</i></span><span>${b}<i>-</i></span><span>${c}</span></p><ig-left .until=${run.expires}></ig-left></div>
          <div class="qrs"><ig-qr .text=${`${page}#${run.digits}`} .label=${t('code.qr')}></ig-qr><p class="small">${t('code.qr.text')}</p></div>
          <p class="small">${t('code.stay')}</p>`}`,
    html`<button class="btn" @click=${() => this.#stop()}>${t('cancel')}</button>`, () => go('/'));
  }

  coming() {
    return this.code();
  }

  #certificate(owner = true) {
    const f = this.facts;
    return html`<dl class="facts sheet">${owner ? html`<dt>${t('cert.owner')}</dt><dd>${f.name}</dd>` : nothing}<dt>${t('cert.kind')}</dt><dd>${f.kindText[lang()]}</dd><dt>${t('cert.issuer')}</dt><dd>${f.issuerText[lang()]}</dd><dt>${t('cert.expires')}</dt><dd class="num">${date(f.notAfter)}</dd></dl>`;
  }

  pick() {
    return this.#frame(t('import.phone'), html`<div class="head"><h1>${t('files.title')}</h1><p class="lead">${t('files.text')}</p></div>
      <label class="dash drop">${icons.file}<strong>${t('files.pick')}</strong><span class="small">signCert.der · signPri.key</span><input class="sr" type="file" multiple @change=${this.#picked}></label>
      <div role="alert">${this.fileFault ? html`<div class="warn"><strong>${t(this.fileFault)}</strong><p>${t(this.fileFault === 'files.pfx' ? 'files.pfx.how' : 'files.how')}</p></div>` : nothing}</div>
      <p class="small">${t('files.private')}</p>`, undefined, () => this.#to('ways'));
  }

  password() {
    const dead = this.facts.notAfter < Date.now();
    return this.#frame(t('import.name'), dead
      ? html`<div class="head"><h1>${t('problem.certificate-expired.title')}</h1><p class="lead">${t('problem.certificate-expired.next')}</p></div>${this.#certificate()}`
      : html`<div class="head"><h1>${t('password.title')}</h1><p class="lead">${t(current === null ? 'password.text.files' : 'password.text.pc')}</p></div>${this.#certificate()}
        <ig-field type="password" .label=${t('password.label')} .hint=${t('password.hint')} complete="off" @enter=${() => this.#password()}></ig-field>
        ${this.busy ? html`<ig-busy .label=${t('password.checking')}></ig-busy>` : nothing}`,
    html`${dead ? nothing : html`<button class="btn main" ?disabled=${this.busy} @click=${() => this.#password()}>${t('ok')}</button>`}<button class="btn" ?disabled=${this.busy} @click=${() => this.#stop()}>${t('cancel')}</button>`, () => this.#stop());
  }

  consent() {
    const a = this.opened.approval;
    return this.#frame(t('import.name'), html`<div class="stack tight"><h1>${t('consent.title')}</h1><p class="asks">${a.label}</p></div>
      ${this.#certificate(false)}
      <ul class="well ticks">${['one', 'two', 'three'].map((k) => html`<li>${icons.check}<span>${t(`consent.${k}`)}</span></li>`)}</ul>
      ${this.page === 'wait' ? html`<ig-busy .label=${t('request.proving')}></ig-busy>` : html`<ig-left .until=${a.expires}></ig-left>`}
      <ingam-pin .what=${a.label}></ingam-pin>`,
    html`<ingam-ask .busy=${this.busy} .approve=${t('consent.do')} .refuse=${t('cancel')} @approve=${this.#approve} @refuse=${() => this.#refuse()}></ingam-ask>`, () => this.#refuse());
  }

  #refuse() {
    post(`${api}/requests/${this.opened.request}/refuse`, { not_me: false }).catch((e) => console.warn(e));
    this.#stop();
    this.opened = undefined;
  }

  wait() {
    return this.consent();
  }

  done() {
    return html`<ig-top mode="none"></ig-top><div class="body"><ingam-stamp state="done" .headline=${t('import.done.title')} .text=${t('import.done.text', { owner: this.facts.name })}></ingam-stamp>
      <div class="well stack tight"><h3>${t('import.done.file')}</h3><p>${t(this.fromPc ? 'import.done.pc' : 'import.done.phone')}</p><p>${t('import.done.decrypt')}</p></div></div>
      <div class="foot"><button class="btn main" @click=${() => go('/', { replace: true })}>${t('to.home')}</button></div>`;
  }

  over() {
    return html`<ig-top></ig-top><div class="body"><div class="head" role="alert"><h1>${t(`transfer.${this.end}.title`)}</h1><p class="lead">${t(`transfer.${this.end}.text`)}</p></div>
      <ig-trouble .problem=${this.problem}></ig-trouble></div>
      <div class="foot"><button class="btn main" @click=${() => this.#fromPc()}>${t('code.new')}</button><button class="btn" @click=${() => go('/')}>${t('to.home')}</button></div>`;
  }

  render() {
    return this[this.page]();
  }
}
customElements.define('screen-import', Import);
