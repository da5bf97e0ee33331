/*
 * act.js - what the acts of 인증서 관리 have in common: the way back, the
 * question, what went wrong, the end.
 *
 * Belongs here: their frame. Not here: what each does (view.js, password.js …).
 *
 * An act is given .one, a Found of core/keyfiles.js. 'leave' goes back to it,
 * 'turn' to another place.
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { date, t } from '../core/i18n.js';
import { NpkiError, problemOfFiles } from '../core/keyfiles.js';
import { issuerOf, ownText, parted } from './certificate.js';

export class Act extends View {
  static properties = { one: { attribute: false } };
  static styles = [base, ownText, css`
    :host { display: grid; gap: 1.25rem; }
    :host > * { min-inline-size: 0; }
    .back { justify-self: start; color: var(--soft); text-decoration: none; margin-inline-start: -0.375rem; }
    .back:hover { color: var(--ink); }
    .top { display: grid; gap: 0.125rem; }
    .top > * { min-inline-size: 0; }
    .which { display: flex; flex-wrap: wrap; gap: 0 1rem; }
    .path { overflow-wrap: anywhere; }
    .form { display: grid; gap: 1.25rem; max-inline-size: 32rem; }
    .foots { display: flex; flex-wrap: wrap; gap: 0.75rem; }
    .foots .btn { inline-size: auto; min-inline-size: 8rem; }
    .end { display: grid; gap: 1.25rem; padding-block-start: 1.5rem; }
    .end > svg { inline-size: 3.5rem; block-size: 3.5rem; padding: 0.75rem; border-radius: 50%; background: var(--ink); color: var(--paper); stroke-width: 2.5; }
    @media (max-width: 40rem) { .foots .btn { flex: 1 1 100%; } }
  `];

  get owner() { return this.one.facts.name; }

  /* A field is typed into at once; where there is none, the heading is read. */
  async firstUpdated() {
    const field = this.renderRoot.querySelector('ig-field');
    await field?.updateComplete;
    (field ?? this.renderRoot.querySelector('h1'))?.focus();
  }

  leave() { this.dispatchEvent(new Event('leave', { bubbles: true })); }

  /** Goes on to another place of manage.js, by its name. */
  turn(to) { this.dispatchEvent(new CustomEvent('turn', { bubbles: true, detail: to })); }

  /** Runs f with the busy sign on. What it throws is shown; a dialog that was closed is no fault. */
  async run(f) {
    this.set({ busy: true, problem: undefined });
    try {
      await f();
    } catch (e) {
      if (e.name !== 'AbortError')
        this.problem = problemOfFiles(e);
    }
    this.set({ busy: false });
  }

  /** What was done stands alone, and is read out. */
  async finish(done) {
    this.set({ done });
    await this.updateComplete;
    this.renderRoot.querySelector('h1').focus();
  }

  /** Name of the certificate, and the way back to it. */
  way() {
    return html`<button class="link back" @click=${() => this.leave()}>${icons.back}<span class="own">${this.owner}</span></button>`;
  }

  /** The same, and what a list tells two of one name apart by. */
  top() {
    const { facts, path } = this.one;
    return html`<div class="top">${this.way()}<p class="small which"><span class="own">${issuerOf(facts)}</span><span class="num">${t('cert.ends', { date: date(facts.notAfter) })}</span></p>
      ${path ? html`<p class="small own path">${parted(path)}</p>` : nothing}</div>`;
  }

  /** The foot of a form: its button, what is under way, what went wrong. */
  foot(label, press, busy, more = nothing) {
    return html`<div class="foots"><button class="btn main" ?disabled=${this.busy} @click=${press}>${label}</button>${more}</div>
      ${this.busy ? html`<ig-busy .label=${busy}></ig-busy>` : nothing}<ig-trouble .problem=${this.problem}></ig-trouble>`;
  }

  /** icon: that all is done, or what is left to do. */
  ended(title, text, more = nothing, icon = icons.check) {
    return html`<div class="end">${icon}<div role="status"><h1 tabindex="-1">${title}</h1><p class="lead">${text}</p></div>${more}
      <div class="foots"><button class="btn main" @click=${() => this.leave()}>${t('manage.back')}</button></div></div>`;
  }
}

/* What is said of a password that opens one key of two, by the one that it does not open. */
const half = { kmPri: 'manage.check.half.sign', signPri: 'manage.check.half.km' };

/** An act that asks for the password of what there is. */
export class Asking extends Act {
  constructor() {
    super();
    this.wrong = 0;
  }

  /** Runs f, which opens with the password of this field; a wrong one is said there, by closed one of half the keys. */
  opening(field, f, closed = half) {
    return this.run(async () => {
      try {
        await f();
      } catch (e) {
        if (!(e instanceof NpkiError && e.code === 'RC_SECRET'))
          throw e;
        /* Nothing was typed, and something is needed: that is no wrong try. */
        if (typed(field) === null)
          return;
        this.wrong += 1;
        field.error = e.closed === undefined ? ['manage.check.wrong', { count: this.wrong }] : closed[e.closed];
        field.focus();
      }
    });
  }
}

/** The text of a field, or null: then the field says that it is empty. */
export function typed(field) {
  if (field.value !== '')
    return field.value;
  field.error = 'password.empty';
  field.focus();
  return null;
}
