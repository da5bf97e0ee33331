/*
 * history.js - 사용내역 (PH-50): what was done with the certificates.
 *
 * Belongs here: the list by day, its filter. Not here: the server's records.
 */
import { css, html, nothing } from '../../ui/base.js';
import { icons } from '../../ui/icons.js';
import { Screen } from '../chrome.js';
import { clock, dayHeading, t } from '../../core/i18n.js';
import { get, problemOf } from '../../core/api.js';
import { state } from '../../core/store.js';
import { serialOf } from '../certificates.js';
import { api, onEvent } from '../session.js';

const alarming = ['refused', 'not-me', 'locked'];

class History extends Screen {
  static styles = [...Screen.styles, css`
    h2 { font-size: 0.9375rem; color: var(--soft); font-weight: 600; padding-block: 0.5rem 0.25rem; }
    li { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding-block: 0.875rem; border-block-start: 1px solid var(--line); }
    li strong { font-weight: 650; }
    li .small { grid-column: 1; }
    time { color: var(--soft); font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
    .alarm strong { color: var(--bad); }
    .list { display: grid; align-items: center; font-weight: 400; }
    .list > * { grid-area: 1 / 1; }
    .list svg { justify-self: end; margin-inline-end: 0.75rem; rotate: 90deg; pointer-events: none; }
    /* What tells two alike apart stands last: it must not be cut, nor lie under the arrow. */
    select.card { display: block; appearance: none; font: inherit; min-block-size: 3rem; padding: 0.5rem 2.75rem 0.5rem 0.875rem; white-space: pre-wrap; text-overflow: ellipsis; }
    label { font-weight: 600; display: grid; gap: 0.375rem; }
    @container (max-width: 16rem) { li { grid-template-columns: minmax(0, 1fr); } time { order: -1; } }
  `];
  #end = null;

  constructor() {
    super();
    this.events = null;
    this.filter = new URLSearchParams(location.search).get('certificate') ?? '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.#end = onEvent((name) => {
      if (name === 'history' || name === 'resync')
        this.#load(false);
    });
    this.#load(false);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
  }

  async #load(more) {
    try {
      const query = new URLSearchParams();
      if (more && this.events?.length > 0)
        query.set('before', this.events.at(-1).id);
      if (this.filter !== '')
        query.set('certificate', this.filter);
      const got = await get(`${api}/history${query.size > 0 ? `?${query}` : ''}`);
      this.set({ events: more ? [...this.events, ...got.events] : got.events, more: got.more, problem: undefined });
    } catch (e) {
      this.set({ problem: problemOf(e) });
    }
  }

  #days() {
    const days = [];
    for (const e of this.events) {
      const name = dayHeading(e.at);
      if (days.at(-1)?.name !== name)
        days.push({ name, events: [] });
      days.at(-1).events.push(e);
    }
    return days;
  }

  render() {
    const list = state.certificates ?? [];
    return html`<ig-top label=${t('history.name')}></ig-top>
      <div class="body"><h1 class="sr">${t('history.name')}</h1>
        ${list.length > 1 || this.filter !== '' ? html`<label>${t('history.filter')}<span class="list"><select class="card" @change=${(e) => { this.filter = e.target.value; this.#load(false); }}>
          <option value="" ?selected=${this.filter === ''}>${t('history.all')}</option>${list.map((c) => html`<option value=${c.id} ?selected=${c.id === this.filter}>${[c.name, serialOf(c)].filter(Boolean).join(' · ')}</option>`)}</select>${icons.next}</span></label>` : nothing}
        <p class="small">${t('history.why')}</p>
        <ig-trouble .problem=${this.problem}></ig-trouble>
        ${this.events === null ? this.problem ? nothing : html`<ig-busy></ig-busy>` : this.events.length === 0 ? html`<p class="well">${t('history.empty')}</p>`
          : this.#days().map((d) => html`<section><h2>${d.name}</h2><ul>${d.events.map((e) => html`<li class=${alarming.includes(e.kind) ? 'alarm' : ''}>
              <strong>${t(`event.${e.kind}`, { count: e.count ?? 0 })}</strong><time datetime=${new Date(e.at).toISOString()}>${clock(e.at)}</time>
              ${e.program ? html`<span class="small">${[e.program, e.machine].filter(Boolean).join('\u00a0· ')}</span>` : e.machine ? html`<span class="small">${e.machine}</span>` : nothing}
              ${e.owner ? html`<span class="small">${e.name}</span>` : nothing}</li>`)}</ul></section>`)}
        ${this.more ? html`<button class="btn" @click=${() => this.#load(true)}>${t('history.more')}</button>` : nothing}
      </div>`;
  }
}
customElements.define('screen-history', History);
