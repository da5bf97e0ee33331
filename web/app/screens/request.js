/*
 * request.js - one request: read, decided, carried out (PH-11 … PH-15).
 *
 * Belongs here: requests of tokens and of deleting.
 * Not here: importing, which has its own pages (import.js).
 *
 * What stands above the buttons comes out of AR1, which the vault signed; of
 * the server's own description only the name of the asker is shown before that.
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import '../ask.js';
import { detailOf, stateOf, usable, whichOf } from '../certificates.js';
import { clock, t } from '../../core/i18n.js';
import { get, post, Problem, problemOf } from '../../core/api.js';
import { fromB64u } from '../../core/ids.js';
import { state } from '../../core/store.js';
import { go } from '../../core/router.js';
import { answer, checked } from '../approve.js';
import { api, loadCertificates, loadMe, onEvent } from '../session.js';

const over = { refused: 'refused', 'not-me': 'notme', expired: 'expired', locked: 'locked', ended: 'ended', done: 'used' };

/* An approval that was open and did not make all of its signatures. */
const early = { done: (r) => r.left > 0 && 'closed', ended: (r) => r.left < r.count && 'finished' };
const made = (r) => ({ count: r?.count, used: r?.count - r?.left });
const endOf = (r) => early[r.state]?.(r) || over[r.state] || 'ended';
const problemsThatEnd = ['expired', 'ended', 'locked', 'approval-forged', 'vault-changed', 'used-up'];

class Request extends Screen {
  static properties = { id: {} };
  static styles = [...Screen.styles, css`
    .who { font-size: 1.75rem; line-height: 1.25; font-weight: 750; letter-spacing: -0.02em; overflow: clip; }
    .who.long { font-size: 1.25rem; }
    .asks { font-size: 1.25rem; line-height: 1.5; font-weight: 500; }
    .asks b { font-weight: 750; }
    .facts { font-size: 1.0625rem; }
    .facts dd { font-weight: 600; overflow: clip; } /* marks piled on a name do not reach its neighbours */
    .facts dd span { display: block; font-weight: 400; }
    .notme { justify-self: center; }
    .pin { display: flex; gap: 0.6em; justify-content: center; font-size: min(4.75rem, 16vw); white-space: nowrap; line-height: 1.1; font-weight: 700; font-variant-numeric: tabular-nums; letter-spacing: 0.02em; }
    .pinbox { text-align: center; padding-block: 1.75rem; border-block: 1px solid var(--line); }
    .choose { display: grid; gap: 0.75rem; }
    .choose .card { grid-template-columns: 1fr auto; gap: 0 1rem; }
    .choose svg { grid-row: 1 / 5; grid-column: 2; }
    .choose span, .choose strong { grid-column: 1; }
    @container (max-width: 14rem) { .pin { flex-direction: column; gap: 0; font-size: 26cqi; } }
  `];
  #end = null;
  #timer = 0;

  constructor() {
    super();
    this.page = 'load';
  }

  connectedCallback() {
    super.connectedCallback();
    this.#end = onEvent((name, data) => {
      if (name === 'resync' || (name === 'request' && data?.id === this.id))
        this.#follow();
    });
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
    clearTimeout(this.#timer);
  }

  willUpdate(changed) {
    if (changed.has('id') && changed.get('id') !== undefined) {
      this.page = 'load';
      this.approval = this.request = this.pinCode = undefined;
      this.#load();
    }
  }

  #to(page, more = {}) {
    this.set({ page, busy: false, problem: undefined, ...more });
    this.turn();
  }

  #fail(e) {
    const problem = problemOf(e);
    if (problemsThatEnd.includes(problem.slug))
      this.#to('over', { end: undefined, problem });
    else
      this.set({ busy: false, problem, page: this.page === 'load' ? 'over' : this.page === 'wait' ? 'confirm' : this.page });
  }

  async #load() {
    try {
      this.request = await get(`${api}/requests/${this.id}`);
      if (state.certificates === null)
        await loadCertificates();
      this.#place();
    } catch (e) {
      this.#fail(e);
    }
  }

  /* Which page the state of the request means. */
  #place() {
    const r = this.request;
    if (r.state === 'waiting' || r.state === 'opened') {
      if (r.kind === 'import')
        return go('/import', { replace: true });
      return this.#open();
    }
    if (r.state === 'approved' && r.mode === 'number')
      return this.#to(this.pinCode === undefined ? 'over' : 'number', { end: 'seen' });
    if (r.state === 'approved' || r.state === 'open')
      return this.#to('done');
    if (r.state === 'done' && r.kind !== 'token')
      return this.#to('done');
    return this.#to('over', { end: endOf(r) });
  }

  /* Later changes: only those that take this screen further. */
  async #follow() {
    if (!['number', 'confirm', 'choose', 'done'].includes(this.page) || this.busy)
      return;
    try {
      const before = this.request.state;
      this.request = await get(`${api}/requests/${this.id}`);
      if (this.request.state !== before && !['waiting', 'opened'].includes(this.request.state))
        this.#place();
      else
        this.requestUpdate();
    } catch (e) {
      this.#fail(e);
    }
  }

  async #open() {
    const r = this.request;
    const usables = (state.certificates ?? []).filter(usable);
    if (r.kind === 'delete')
      return this.#ask(state.certificates.find((c) => c.id === r.certificate));
    if (usables.length === 0)
      return this.#to('over', { end: 'nothing' });
    const named = usables.find((c) => c.id === r.certificate);
    if (named === undefined && usables.length > 1)
      return this.#to('choose');
    return this.#ask(named ?? usables[0]);
  }

  async #ask(certificate) {
    if (this.page !== 'load')
      this.set({ busy: true, problem: undefined });
    try {
      if (certificate === undefined)
        throw new Problem('not-found');
      const given = await post(`${api}/requests/${this.id}/approval`, this.request.kind === 'token' ? { certificate: certificate.id } : {});
      this.approval = await checked(given, { kind: this.request.kind, certificate: fromB64u(certificate.der) });
      this.certificate = certificate;
      this.#to('confirm');
      this.#late();
    } catch (e) {
      this.#fail(e);
    }
  }

  #late() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.page === 'confirm' && !this.busy)
        this.#to('over', { end: 'expired' });
    }, Math.max(0, this.approval.expires - Date.now()));
  }

  async #approve() {
    this.set({ busy: true, problem: undefined });
    try {
      this.set({ page: 'wait' });
      const done = await answer(this.id, this.approval, this.renderRoot.querySelector('ingam-pin'));
      this.request = done.request;
      this.pinCode = done.pin;
      if (this.request.kind === 'delete')
        await loadCertificates().catch(() => {});
      this.pinUntil = done.request.expires;
      this.#to(this.pinCode === undefined ? 'done' : 'number');
    } catch (e) {
      this.#fail(e);
    }
  }

  async #refuse(notMe) {
    this.set({ busy: true, problem: undefined });
    try {
      this.request = await post(`${api}/requests/${this.id}/refuse`, { not_me: notMe });
      if (notMe)
        await loadMe().catch(() => {});
      this.#to('over', { end: notMe ? 'notme' : 'refused' });
    } catch (e) {
      this.#fail(e);
    }
  }

  load() {
    return html`<ig-top></ig-top><div class="body"><ig-busy></ig-busy></div>`;
  }

  choose() {
    const r = this.request;
    const list = state.certificates ?? [];
    return html`<ig-top label=${t('request.name')}></ig-top>
      <div class="body"><div class="head"><p class="small">${t('choose.from', { program: r.program, machine: r.machine })}</p><h1>${t('choose.title')}</h1></div>
        <div class="choose">${list.map((c) => html`<button class="card" ?disabled=${!usable(c) || this.busy} @click=${() => this.#ask(c)}>
          <strong>${c.name}</strong><span class="small">${detailOf(c)}</span><span class="small num">${whichOf(c)}</span><span class="tag ${stateOf(c).tone}">${stateOf(c).text}</span>${usable(c) ? icons.next : nothing}</button>`)}</div>
        <ig-trouble .problem=${this.problem}></ig-trouble></div>
      <div class="foot"><button class="btn" ?disabled=${this.busy} @click=${() => this.#refuse(false)}>${t('refuse.all')}</button>
        <button class="link notme" ?disabled=${this.busy} @click=${() => this.renderRoot.querySelector('ig-dialog').show()}>${t('notme')}</button></div>
      ${this.#notMe()}`;
  }

  /* A tap that went wrong would keep a PC out for a day. */
  #notMe() {
    const close = (e) => e.target.closest('ig-dialog').close();
    return html`<ig-dialog label=${t('notme')}><div class="stack"><h2>${t('notme.ask')}</h2><p>${t('notme.text')}</p>
      <button class="btn bad" @click=${(e) => { close(e); this.#refuse(true); }}>${t('notme.do')}</button>
      <button class="btn" @click=${close}>${t('cancel')}</button></div></ig-dialog>`;
  }

  confirm() {
    const a = this.approval;
    const c = this.certificate;
    const wait = this.page === 'wait';
    const token = a.kind === 'token';
    return html`<ig-top label=${t('request.name')}></ig-top>
      <div class="body">
        ${token ? html`<div class="stack tight"><h1 class="who ${[...a.program].length > 32 ? 'long' : ''}">${a.program}</h1>
            <p class="asks">${t('token.asks.before')} <b class="num">${t('token.count', { count: a.count })}</b>, <b class="num">${t('token.seconds', { count: a.seconds })}</b>${t(`token.asks.after.${a.mode}`)}</p></div>`
          : html`<div class="stack tight"><h1 class="who">${t('delete.title')}</h1><p class="asks">${a.label}</p></div>`}
        <dl class="facts sheet">
          ${token ? html`<dt>${t('token.machine')}</dt><dd>${a.machine}${a.user === '' ? nothing : html`<span class="small">${t('token.user', { user: a.user })}</span>`}</dd>` : nothing}
          <dt>${t('token.certificate')}</dt><dd>${c.name}<span class="small">${detailOf(c)}</span><span class="small num">${whichOf(c)}</span></dd>
          ${token ? html`<dt>${t('token.when')}</dt><dd class="num">${clock(a.issued)}${this.request.address ? html`<span class="small">${t('token.address', { address: this.request.address })}</span>` : nothing}</dd>` : nothing}
        </dl>
        ${this.request.again ? html`<p class="small">${t('token.again')}</p>` : nothing}
        ${token ? html`<div class="warn stack tight"><h3>${t('blind.title')}</h3><p>${t('blind.text')}</p></div>`
          : html`<div class="warn stack tight"><h3>${t('delete.what')}</h3><p>${t('delete.text')}</p></div>`}
        ${wait ? html`<ig-busy .label=${t('request.proving')}></ig-busy>` : html`<ig-left .until=${a.expires}></ig-left>`}
        <ig-trouble .problem=${this.problem}></ig-trouble>
      </div>
      <div class="foot">${a.mode === 'push' ? html`<p class="warn"><strong>${t('blind.push')}</strong></p>` : nothing}
        <ingam-ask .busy=${this.busy} .approve=${token ? undefined : t('delete.do')} .refuse=${token ? undefined : t('cancel')} @approve=${this.#approve} @refuse=${() => this.#refuse(false)}></ingam-ask>
        ${token ? html`<button class="link notme" ?disabled=${this.busy} @click=${() => this.renderRoot.querySelector('ig-dialog').show()}>${t('notme')}</button>` : nothing}</div>
      ${token ? this.#notMe() : nothing}
      <ingam-pin .what=${token ? [a.program, a.machine].join('\u00a0· ') : a.label}></ingam-pin>`;
  }

  wait() {
    return this.confirm();
  }

  number() {
    return html`<ig-top .onback=${() => go('/')}></ig-top>
      <div class="body"><div class="head"><h1>${t('number.title')}</h1><p class="lead">${t('number.text', { program: this.approval.program })}</p></div>
        <div class="pinbox"><p class="pin" aria-label=${t('number.read', { digits: [...this.pinCode].join(' ') })} role="img"><span>${this.pinCode.slice(0, 3)}</span><span>${this.pinCode.slice(3)}</span></p></div>
        <div class="row"><ig-left class="grow" .until=${this.pinUntil} @over=${() => this.#follow()}></ig-left></div>
        <ul class="small stack tight"><li>${t('number.where', { machine: this.approval.machine })}</li><li>${t('number.never')}</li></ul>
        <ig-steps .at=${1} .steps=${[{ text: t('number.step.approved') }, { text: t('number.step.typed'), note: t('number.step.note') }, { text: t('number.step.done') }]}></ig-steps>
      </div>`;
  }

  done() {
    const r = this.request;
    const token = r.kind === 'token';
    return html`<ig-top mode="none"></ig-top>
      <div class="body"><ingam-stamp state="done" .headline=${t(token ? 'done.token.title' : 'done.delete.title')}
          .text=${token ? t('done.token.text', { program: r.program, machine: r.machine }) : t('done.delete.text')}></ingam-stamp>
        ${token && r.left !== undefined && r.left !== null ? html`<dl class="facts well"><dt>${t('done.certificate')}</dt><dd>${(this.certificate ?? state.certificates?.find((c) => c.id === r.certificate))?.name ?? ''}</dd><dt>${t('done.left')}</dt><dd class="num">${t('signatures', { count: r.left })}</dd></dl>` : nothing}</div>
      <div class="foot"><button class="btn main" @click=${() => go('/')}>${t('to.home')}</button></div>`;
  }

  over() {
    if (this.problem !== undefined && this.end === undefined)
      return html`<ig-top></ig-top><div class="body"><div class="head" role="alert"><h1>${this.problem.title}</h1><p class="lead">${this.problem.next}</p></div></div>
        <div class="foot"><button class="btn main" @click=${() => go('/')}>${t('to.home')}</button></div>`;
    const end = this.end ?? 'ended';
    return html`<ig-top></ig-top>
      <div class="body"><div class="head" role="status"><h1>${t(`over.${end}.title`)}</h1><p class="lead">${t(`over.${end}.text`, made(this.request))}</p></div>
        ${end === 'notme' ? html`<ul class="well ticks">${(state.me?.blocked_until > Date.now() ? ['one', 'all', 'two'] : ['one', 'two']).map((k) => html`<li>${icons.check}<span>${t(`over.notme.${k}`)}</span></li>`)}</ul>` : nothing}</div>
      <div class="foot">${end === 'nothing' ? html`<a class="btn main" href="/import">${t('import.name')}</a>` : nothing}
        <button class=${end === 'nothing' ? 'btn' : 'btn main'} @click=${() => go('/')}>${t('to.home')}</button></div>`;
  }

  render() {
    return this[this.page]();
  }
}
customElements.define('screen-request', Request);
