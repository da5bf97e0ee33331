/*
 * ask.js - the two squares under a request, the app PIN, and the last word.
 *
 * Belongs here: approving as an act: buttons, PIN dialog, waiting, stamp.
 * Not here: what is approved (screens), proofs (core/device.js).
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import { sealStrokes } from '../ui/icons.js';
import { t } from '../core/i18n.js';

/** 거절 and 승인, equally easy to reach. Events 'refuse', 'approve'. */
class Ask extends View {
  static properties = { busy: { type: Boolean }, approve: {}, refuse: {} };
  static styles = [base, css`
    :host { container-type: inline-size; }
    div { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
    button { min-block-size: 4.75rem; border-radius: 0.5rem; font-size: 1.25rem; font-weight: 700; letter-spacing: -0.01em; display: flex; gap: 0.625rem; align-items: center; justify-content: center; padding: 0.5rem; }
    .no { background: var(--sheet); border: 1.5px solid var(--edge); }
    .no:hover:not(:disabled) { background: var(--well); }
    .yes { background: var(--seal); color: var(--seal-ink); border: 0; box-shadow: inset 0 0 0 4px var(--seal), inset 0 0 0 5px color-mix(in srgb, var(--seal-ink) 70%, var(--seal)); }
    .yes:active:not(:disabled) { transform: scale(0.98); }
    svg { inline-size: 1.875rem; block-size: 1.875rem; fill: none; stroke: currentColor; stroke-width: 4.75; stroke-linecap: square; flex: none; }
    @media (forced-colors: active) { .yes { border: 3px solid; } }
    @container (max-width: 16rem) { svg { display: none; } }
    @container (max-width: 11rem) { div { grid-template-columns: 1fr; } button { min-block-size: 3.5rem; } }
  `];

  render() {
    const say = (name) => () => this.dispatchEvent(new Event(name));
    return html`<div><button class="no" ?disabled=${this.busy} @click=${say('refuse')}>${this.refuse ?? t('refuse')}</button>
      <button class="yes" ?disabled=${this.busy} @click=${say('approve')}><svg viewBox="4 4 40 40" aria-hidden="true">${sealStrokes}</svg>${this.approve ?? t('approve')}</button></div>`;
  }
}
customElements.define('ingam-ask', Ask);

/** The app PIN in a dialog, with what it approves. ask(problem) gives the six digits or null. */
class Pin extends View {
  static properties = { what: {} };
  #give = null;

  async ask(problem) {
    this.set({ problem });
    const dialog = this.renderRoot.querySelector('ig-dialog');
    const digits = this.renderRoot.querySelector('ig-digits');
    digits.value = '';
    await dialog.show();
    digits.focus();
    return new Promise((resolve) => { this.#give = resolve; });
  }

  #end(value) {
    const give = this.#give;
    this.#give = null;
    this.renderRoot.querySelector('ig-dialog').close();
    give?.(value);
  }

  render() {
    return html`<ig-dialog label=${t('pin.ask')} @close=${() => this.#end(null)}><div class="stack">
      <div><h2>${t('pin.ask')}</h2><p>${this.what}</p></div>${this.problem ? html`<ig-trouble .problem=${this.problem}></ig-trouble>` : nothing}
      <ig-digits secret label=${t('pin.label')} complete="current-password" @done=${(e) => this.#end(e.target.value)}></ig-digits>
      <button class="btn" @click=${() => this.#end(null)}>${t('cancel')}</button></div></ig-dialog>`;
  }
}
customElements.define('ingam-pin', Pin);

/** The seal and a sentence: while waiting, and when it is done. */
class Stamp extends View {
  static properties = { state: {}, headline: { attribute: false }, text: { attribute: false } };
  static styles = [base, css`
    :host { display: grid; justify-items: center; gap: 1.5rem; text-align: center; padding-block: 2.5rem 1rem; }
    h1 { max-inline-size: 22rem; }
    .lead { max-inline-size: 22rem; margin-inline: auto; text-wrap: balance; }
  `];

  render() {
    return html`<ig-seal state=${this.state}></ig-seal><div role="status"><h1 tabindex="-1">${this.headline}</h1>${this.text ? html`<p class="lead">${this.text}</p>` : nothing}</div>`;
  }
}
customElements.define('ingam-stamp', Stamp);
