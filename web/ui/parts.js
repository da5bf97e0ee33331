/*
 * parts.js - the small parts: seal, field, digits, dialog, steps, time left,
 * QR, copy, notice, certificate.
 *
 * Belongs here: looks and behaviour of one part. Not here: what they are for.
 */
import { View, base, css, html, svg, nothing, classMap, ifDefined, live } from './base.js';
import { icons, sealStrokes } from './icons.js';
import { minutes, t } from '../core/i18n.js';
import { qrPath } from '../core/qr.js';

/** The seal. state: 'rest', 'wait' (moves), 'done' (stamped). Decorative: say it in words beside it. */
class Seal extends View {
  static properties = { state: { reflect: true } };
  static styles = [base, css`
    :host { inline-size: 5.5rem; block-size: 5.5rem; }
    svg { inline-size: 100%; block-size: 100%; display: block; }
    rect { fill: var(--seal); }
    g { fill: none; stroke: var(--seal-ink); stroke-width: 4.75; stroke-linecap: square; }
    .edge { fill: none; stroke: var(--seal-ink); stroke-width: 1; opacity: 0.75; }
    :host([state='wait']) svg { animation: press 1.8s cubic-bezier(0.5, 0, 0.3, 1) infinite; transform-origin: 50% 90%; }
    :host([state='done']) svg { transform: rotate(-5deg); animation: stamp 0.45s cubic-bezier(0.2, 0.9, 0.2, 1) both; }
    @keyframes press { 0%, 100% { transform: translateY(0); } 45% { transform: translateY(-0.625rem); } 70% { transform: translateY(0) scale(1.02, 0.97); } }
    @keyframes stamp { from { transform: scale(1.6) rotate(-5deg); opacity: 0; } 60% { transform: scale(0.96) rotate(-5deg); opacity: 1; } to { transform: rotate(-5deg); } }
  `];

  render() {
    return html`<svg viewBox="0 0 48 48" aria-hidden="true">
      <rect x="0.5" y="0.5" width="47" height="47" rx="4"/>
      ${svg`<rect class="edge" x="3.250" y="3.250" width="41.500" height="41.500" rx="2"/><g>${sealStrokes}</g>`}
    </svg>`;
  }
}

/** The wordmark: the seal's syllable in ink, and the name. */
class Mark extends View {
  static styles = [base, css`
    :host { display: inline-flex; align-items: center; gap: 0.5rem; font-weight: 700; letter-spacing: -0.01em; }
    svg { inline-size: 1.625rem; block-size: 1.625rem; fill: none; stroke: currentColor; stroke-width: 4.500; stroke-linecap: square; }
  `];

  render() {
    return html`<svg viewBox="0 0 48 48" aria-hidden="true"><rect x="3" y="3" width="42" height="42" rx="4" stroke-width="2.500"/>${sealStrokes}</svg><span>${t('brand')}</span>`;
  }
}

/* An error of a field is a sentence's key, or [key, values], so that it follows the language. */
const said = (error) => t(...[error].flat());

/**
 * A labelled input. Text is in .value; 'input' bubbles; .error shows below and
 * is announced. rules: [{text, kept}], shown as ticks beneath it.
 */
class Field extends View {
  static shadowRootOptions = { ...View.shadowRootOptions, delegatesFocus: true };
  static properties = {
    label: {}, hint: {}, error: {}, value: {}, type: {}, mode: {}, complete: {}, max: { type: Number }, place: {}, rules: { attribute: false },
    capsOn: { state: true }, shown: { state: true },
  };
  static styles = [base, css`
    label { display: block; font-weight: 600; margin-block-end: 0.375rem; }
    .box { position: relative; display: flex; }
    input {
      inline-size: 100%; min-block-size: 3.25rem; padding: 0.75rem 1rem; font: inherit; font-size: 1.125rem; color: inherit;
      background: var(--sheet); border: 1px solid var(--edge); border-radius: var(--round); font-variant-numeric: tabular-nums;
    }
    /* What is typed unseen may be shown, but is told to nobody by fetching a font for it. */
    .secret { font-family: var(--own); }
    input::placeholder { color: var(--soft); opacity: 0.8; }
    input:focus { outline: 3px solid var(--blue); outline-offset: -1px; border-color: transparent; }
    input[aria-invalid='true'] { border-color: var(--bad); border-width: 2px; }
    .eye { min-inline-size: 4.5rem; margin-inline-start: 0.5rem; inline-size: auto; padding-inline: 0.75rem; font-size: 1rem; }
    .ticks { margin-block-start: 0.75rem; gap: 0.25rem; font-size: 0.9375rem; line-height: 1.5; color: var(--soft); }
    .ticks svg.ic { inline-size: 1.25rem; block-size: 1.25rem; margin-block-start: 0.0625rem; stroke-width: 2.25; }
    .ticks .kept { color: var(--good); }
    .ticks .open::before { content: ''; inline-size: 0.625rem; block-size: 0.625rem; margin: 0.375rem; border: 1.5px solid var(--edge); border-radius: 50%; }
    :host { container-type: inline-size; }
    @container (max-width: 13rem) { .box { flex-wrap: wrap; gap: 0.5rem; } .eye { margin: 0; inline-size: 100%; } }
  `];

  constructor() {
    super();
    this.value = '';
    this.type = 'text';
  }

  #typed(e) {
    this.value = e.target.value;
    this.error = undefined;
    this.dispatchEvent(new Event('input', { bubbles: true }));
    e.stopPropagation();
  }

  #key(e) {
    if (this.type === 'password' && e.getModifierState)
      this.capsOn = e.getModifierState('CapsLock');
    if (e.key === 'Enter' && e.type === 'keydown' && !e.isComposing)
      this.dispatchEvent(new Event('enter', { bubbles: true }));
  }

  /* An empty field keeps no rule yet, not even one that asks for nothing to be there. */
  #ticks() {
    const isKept = (r) => r.kept && this.value !== '';
    const kept = this.rules.filter(isKept).length;
    return html`<ul class="ticks" id="rules">${this.rules.map((r) => html`<li class=${isKept(r) ? 'kept' : 'open'}>${isKept(r) ? icons.check : nothing}<span>${r.text}${isKept(r) ? html`<span class="sr"> – ${t('field.rule.kept')}</span>` : nothing}</span></li>`)}</ul>
      <p class="sr" role="status">${this.value === '' ? '' : t('field.rules', { kept, all: this.rules.length })}</p>`;
  }

  get input() { return this.renderRoot.querySelector('input'); }

  render() {
    const secret = this.type === 'password';
    const notes = [this.error && 'error', this.capsOn && 'caps', this.hint && 'hint', this.rules && 'rules'].filter(Boolean).join(' ');
    return html`
      <label for="in">${this.label}</label>
      <div class="box">
        <input id="in" class=${secret ? 'secret' : nothing} type=${secret && this.shown ? 'text' : this.type} inputmode=${ifDefined(this.mode)} autocomplete=${this.complete ?? 'off'}
          autocapitalize="off" autocorrect="off" spellcheck="false" maxlength=${ifDefined(this.max)} placeholder=${ifDefined(this.place)}
          aria-describedby=${notes === '' ? nothing : notes} aria-invalid=${this.error ? 'true' : 'false'}
          .value=${live(this.value)} @input=${this.#typed} @keydown=${this.#key} @keyup=${this.#key}>
        ${secret ? html`<button class="btn eye" type="button" aria-pressed=${this.shown ? 'true' : 'false'} @click=${() => { this.shown = !this.shown; }}
            aria-label=${this.shown ? t('field.hide.long') : t('field.show.long')}>${this.shown ? t('field.hide') : t('field.show')}</button>` : nothing}
      </div>
      <div role="alert">${this.error ? html`<p class="error" id="error">${said(this.error)}</p>` : nothing}</div>
      ${this.capsOn ? html`<p class="hint" id="caps" role="status">${t('field.caps')}</p>` : nothing}
      ${this.hint ? html`<p class="hint" id="hint">${this.hint}</p>` : nothing}
      ${this.rules ? this.#ticks() : nothing}`;
  }
}

/**
 * Digits typed in groups over one real input, so that paste, autofill, one-time
 * codes and screen readers work. groups: "3-3". 'done' when full. secret hides.
 */
class Digits extends View {
  static shadowRootOptions = { ...View.shadowRootOptions, delegatesFocus: true };
  static properties = { label: {}, hint: {}, groups: {}, error: {}, value: {}, secret: { type: Boolean }, complete: {}, focused: { state: true } };
  static styles = [base, css`
    label { display: block; font-weight: 600; margin-block-end: 0.5rem; }
    .box { position: relative; }
    .cells { display: flex; gap: clamp(0.5rem, 3vw, 0.875rem); align-items: center; }
    .group { display: flex; gap: clamp(2px, 0.8vw, 0.375rem); min-inline-size: 0; }
    .g3 { flex: 3; } .g4 { flex: 4; } .g5 { flex: 5; }
    .cell {
      flex: 1; min-inline-size: 0; block-size: 3.5rem; display: grid; place-items: center; font-size: clamp(1.125rem, 5vw, 1.5rem); font-weight: 650;
      font-variant-numeric: tabular-nums; background: var(--sheet); border: 1px solid var(--edge); border-radius: 0.5rem;
    }
    .many .cell { border-radius: 0.375rem; font-size: clamp(1rem, 4.4vw, 1.375rem); block-size: 3.25rem; }
    .cell.here { outline: 3px solid var(--blue); outline-offset: -1px; border-color: transparent; }
    .bad .cell { border-color: var(--bad); border-width: 2px; }
    .cell i { inline-size: 0.625rem; block-size: 0.625rem; border-radius: 50%; background: currentColor; }
    input { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; opacity: 0; font-size: 1rem; border: 0; cursor: text; caret-color: transparent; }
  `];

  constructor() {
    super();
    this.value = '';
    this.groups = '3-3';
  }

  get sizes() { return this.groups.split('-').map(Number); }
  get full() { return this.sizes.reduce((a, b) => a + b, 0); }

  #typed(e) {
    const before = this.value;
    this.value = e.target.value.replace(/\D/g, '').slice(0, this.full);
    e.target.value = this.value;
    this.error = undefined;
    e.stopPropagation();
    this.dispatchEvent(new Event('input', { bubbles: true }));
    if (this.value.length === this.full && before.length !== this.full)
      this.dispatchEvent(new Event('done', { bubbles: true }));
  }

  clear() {
    this.value = '';
    this.updateComplete.then(() => this.renderRoot.querySelector('input').focus());
  }

  render() {
    let at = 0;
    const here = Math.min(this.value.length, this.full - 1);
    const cell = () => {
      const i = at++;
      const digit = this.value[i];
      return html`<span class=${classMap({ cell: true, here: this.focused && i === here })}>${digit === undefined ? '' : this.secret ? html`<i></i>` : digit}</span>`;
    };
    return html`
      <label for="in">${this.label}</label>
      <div class=${classMap({ box: true, bad: !!this.error, many: this.full > 8 })}>
        <div class="cells" aria-hidden="true">${this.sizes.map((n) => html`<span class="group g${n}">${Array.from({ length: n }, cell)}</span>`)}</div>
        <input id="in" type=${this.secret ? 'password' : 'text'} inputmode="numeric" pattern="[0-9]*" autocomplete=${this.complete ?? 'off'}
          aria-describedby=${this.error ? 'error' : this.hint ? 'hint' : nothing} aria-invalid=${this.error ? 'true' : 'false'}
          .value=${live(this.value)} @input=${this.#typed} @focus=${() => { this.focused = true; }} @blur=${() => { this.focused = false; }}
          @keydown=${(e) => { if (e.key === 'Enter' && this.value.length === this.full) this.dispatchEvent(new Event('enter', { bubbles: true })); }}>
      </div>
      <div role="alert">${this.error ? html`<p class="error" id="error">${said(this.error)}</p>` : nothing}</div>
      ${this.hint ? html`<p class="hint" id="hint">${this.hint}</p>` : nothing}`;
  }
}

/** A sheet over the page. Call show() and close(); 'close' when it went away. The slot must hold a heading. */
class Dialog extends View {
  static properties = { label: {}, side: { type: Boolean, reflect: true } };
  static styles = [base, css`
    :host { display: contents; }
    dialog {
      inline-size: min(100%, 28rem); max-inline-size: none; max-block-size: 92dvh; margin: auto auto 0; padding: 1.5rem var(--side) calc(1.5rem + env(safe-area-inset-bottom));
      border: 0; border-radius: 1.25rem 1.25rem 0 0; background: var(--sheet); color: var(--ink); overflow: auto; box-shadow: 0 -8px 40px rgb(0 0 0 / 20%);
    }
    dialog::backdrop { background: rgb(26 25 23 / 45%); }
    dialog[open] { animation: rise 0.22s ease-out; }
    @keyframes rise { from { transform: translateY(1.5rem); opacity: 0; } }
    @media (min-width: 40rem) { dialog { margin: auto; border-radius: 1.25rem; padding: 1.75rem; } }
    :host([side]) dialog { margin: 0 auto 0 0; inline-size: min(86vw, 20rem); block-size: 100dvh; max-block-size: none; border-radius: 0 1.25rem 1.25rem 0; padding: 1rem 0.75rem; }
    :host([side]) dialog[open] { animation: slide 0.2s ease-out; }
    @keyframes slide { from { transform: translateX(-2rem); opacity: 0; } }
  `];

  get box() { return this.renderRoot.querySelector('dialog'); }
  get open() { return this.box?.open ?? false; }
  async show() {
    await this.updateComplete;
    if (!this.box.open)
      this.box.showModal();
  }
  close() { this.box?.close(); }

  /* Browsers tell of a close with the next frame: it may be open again by then. */
  #closed() {
    if (!this.open)
      this.dispatchEvent(new Event('close'));
  }

  render() {
    return html`<dialog aria-label=${ifDefined(this.label)} @close=${this.#closed}
      @click=${(e) => { if (e.target === e.currentTarget) this.close(); }}><slot></slot></dialog>`;
  }
}

/** Steps that light up. steps: [{text, note?}], at: index of the one under way; all done when at = length. */
class Steps extends View {
  static properties = { steps: { attribute: false }, at: { type: Number } };
  static styles = [base, css`
    li { display: grid; grid-template-columns: 2rem 1fr; gap: 0.75rem; padding-block-end: 1.125rem; position: relative; color: var(--soft); }
    li:last-child { padding-block-end: 0; }
    li:not(:last-child)::after { content: ''; position: absolute; inset-block: 2.125rem 0.125rem; inset-inline-start: calc(1rem - 1px); border-inline-start: 2px solid var(--line); }
    .done { color: var(--ink); }
    .now { color: var(--ink); font-weight: 650; }
    .now > .n { animation: breathe 2s ease-in-out infinite; }
    p { font-weight: 400; font-size: 0.9375rem; line-height: 1.5; color: var(--soft); margin-block-start: 0.125rem; }
    .text { padding-block-start: 0.1875rem; min-inline-size: 0; }
    @keyframes breathe { 50% { box-shadow: 0 0 0 5px var(--well); } }
  `];

  render() {
    return html`<ol>${(this.steps ?? []).map((s, i) => html`
      <li class=${i < this.at ? 'done' : i === this.at ? 'now' : ''} aria-current=${i === this.at ? 'step' : nothing}>
        <span class="n" aria-hidden="true">${i < this.at ? icons.check : i + 1}</span>
        <div class="text">${s.text}<span class="sr">${i < this.at ? ` – ${t('step.done')}` : i === this.at ? ` – ${t('step.now')}` : ''}</span>
        ${s.note && i === this.at ? html`<p>${s.note}</p>` : nothing}</div>
      </li>`)}</ol>`;
  }
}

/** Time left until .until (ms). 'over' once, when there is none. */
class Left extends View {
  static properties = { until: { type: Number }, label: {}, ticks: { state: true } };
  static styles = [base, css`
    :host { display: inline-block; font-variant-numeric: tabular-nums; color: var(--soft); }
    :host([low]) { color: var(--warn); font-weight: 600; }
  `];
  #timer = 0;

  connectedCallback() {
    super.connectedCallback();
    const tick = () => {
      const left = this.until - Date.now();
      this.toggleAttribute('low', left < 30000);
      this.requestUpdate();
      if (left <= 0) {
        clearInterval(this.#timer);
        this.dispatchEvent(new Event('over'));
      }
    };
    this.#timer = setInterval(tick, 500);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  render() {
    return html`<span role="timer">${t(this.label ?? 'time.left', { time: minutes(this.until - Date.now()) })}</span>`;
  }
}

/** A QR code: dark on white in every mode, because readers want that. */
class Qr extends View {
  static properties = { text: {}, label: {} };
  static styles = [base, css`
    :host { inline-size: min(13rem, 60vw); }
    svg { display: block; inline-size: 100%; block-size: auto; background: #fff; border-radius: 0.5rem; }
    path { fill: #1a1917; }
  `];

  render() {
    if (!this.text)
      return nothing;
    const { size, path } = qrPath(this.text);
    return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.label} shape-rendering="crispEdges"><path d=${path}></path></svg>`;
  }
}

/** Copies .text and says so. */
class Copy extends View {
  static properties = { text: {}, label: {}, did: { state: true } };

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.text);
      this.did = true;
      setTimeout(() => { this.did = false; }, 3000);
    } catch (e) {
      console.warn(e);
    }
  }

  render() {
    return html`<button class="btn fit" type="button" @click=${this.#copy}>${this.did ? icons.check : icons.copy}<span aria-live="polite">${this.did ? t('copied') : this.label ?? t('copy')}</span></button>`;
  }
}

/** What went wrong and what to do. .problem is a Problem; the slot may hold buttons. */
class Trouble extends View {
  static properties = { problem: { attribute: false } };
  static styles = [base, css`
    :host(:not([shown])) { position: absolute; }
    div { border-inline-start: 3px solid var(--bad); padding: 0.125rem 0 0.125rem 1rem; }
    h2 { font-size: 1.0625rem; }
    p { color: var(--soft); }
    ::slotted(*) { margin-block-start: 0.75rem; }
  `];

  willUpdate() {
    this.toggleAttribute('shown', !!this.problem);
  }

  render() {
    if (!this.problem)
      return html`<section role="alert"></section>`;
    return html`<section role="alert"><div><h2>${this.problem.title}</h2><p>${this.problem.next}</p><slot></slot></div></section>`;
  }
}

/** Round mark of something under way that is not an approval. */
class Busy extends View {
  static properties = { label: {} };
  static styles = [base, css`
    :host { display: flex; gap: 0.75rem; align-items: center; color: var(--soft); }
    span:first-child { inline-size: 1.25rem; block-size: 1.25rem; border-radius: 50%; border: 2.5px solid var(--line); border-block-start-color: var(--ink); animation: turn 0.9s linear infinite; flex: none; }
    @keyframes turn { to { rotate: 1turn; } }
  `];

  render() {
    return html`<span></span><span role="status">${this.label ?? t('busy')}</span>`;
  }
}

const parts = { seal: Seal, mark: Mark, field: Field, digits: Digits, dialog: Dialog, steps: Steps, left: Left, qr: Qr, copy: Copy, trouble: Trouble, busy: Busy };
for (const [name, part] of Object.entries(parts))
  customElements.define(`ig-${name}`, part);
