/*
 * base.js - what every screen and part is made of: the shared rules, and a
 * view that follows the language and the shared state.
 *
 * Belongs here: rules for plain elements, and classes used by several screens.
 * Not here: colours (theme.css), parts with a life of their own (their files).
 */
import { LitElement, css } from '../lib/lit/lit.js';
import { onLanguage } from '../core/i18n.js';
import { onChange } from '../core/store.js';

export * from '../lib/lit/lit.js';

export const base = css`
  *, *::before, *::after { box-sizing: border-box; }
  :host { display: block; }
  :host([hidden]), [hidden] { display: none !important; }
  h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h1 { font-size: 1.625rem; line-height: 1.35; font-weight: 700; letter-spacing: -0.02em; text-wrap: balance; }
  h2 { font-size: 1.1875rem; line-height: 1.4; font-weight: 650; letter-spacing: -0.015em; }
  h3 { font-size: 1.0625rem; line-height: 1.45; font-weight: 650; }
  h1:focus { outline: none; }
  a { color: var(--blue); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
  :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; border-radius: 4px; }
  button { font: inherit; color: inherit; cursor: pointer; touch-action: manipulation; }
  button:disabled { cursor: default; opacity: 0.45; }
  h2, h3, p, li, dd { text-wrap: pretty; }
  .lead { color: var(--soft); margin-block-start: 0.625rem; }
  .small { font-size: 0.9375rem; line-height: 1.55; color: var(--soft); }
  .num { font-variant-numeric: tabular-nums; }
  .stack { display: grid; gap: 1rem; }
  .stack.tight { gap: 0.5rem; }
  .stack > * { min-inline-size: 0; }
  .row { display: flex; gap: 0.75rem; align-items: center; }
  .row.wrap { flex-wrap: wrap; }
  .grow { flex: 1; min-inline-size: 0; }
  .sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: var(--round); padding: var(--pad) min(1.25rem, 5.5vw); box-shadow: var(--shade); }
  .well { background: var(--well); border-radius: var(--round); padding: min(1rem, 4.5vw) var(--pad); }
  .warn { background: var(--warn-wash); border-radius: var(--round); padding: min(0.875rem, 4vw) var(--pad); }
  .warn h3, .warn strong { color: var(--warn); }
  .hint, .error { margin-block-start: 0.5rem; font-size: 0.9375rem; line-height: 1.5; color: var(--soft); }
  .error { color: var(--bad); font-weight: 550; }
  input[type='radio'], input[type='checkbox'] { inline-size: 1.5rem; block-size: 1.5rem; accent-color: var(--ink); margin: 0; flex: none; }
  .dash { padding: 2rem 1rem; text-align: center; border: 1.5px dashed var(--edge); border-radius: var(--round); }
  .n { inline-size: 2rem; block-size: 2rem; border: 1.5px solid var(--edge); border-radius: 50%; display: grid; place-items: center; font-weight: 600; font-size: 0.9375rem; font-variant-numeric: tabular-nums; flex: none; }
  .now > .n { border: 2px solid var(--ink); }
  .done > .n { background: var(--ink); border-color: var(--ink); color: var(--paper); }
  .n svg.ic { inline-size: 1.125rem; block-size: 1.125rem; stroke-width: 2.5; }
  .card {
    display: grid; align-items: center; inline-size: 100%; padding: 1rem var(--pad); text-align: start;
    border: 1px solid var(--edge); border-radius: var(--round); background: var(--sheet); color: inherit; text-decoration: none;
  }
  .card strong { font-size: 1.125rem; }
  .card:hover:not(:disabled) { border-color: var(--ink); }
  @container (max-width: 14rem) { .card[class] { grid-template-columns: minmax(0, 1fr); } .card .ic { display: none; } }
  .btn {
    display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem;
    min-block-size: 3.25rem; padding: 0.75rem min(1.25rem, 4vw); inline-size: 100%;
    border: 1px solid var(--edge); border-radius: var(--round); background: transparent;
    color: var(--ink); font-weight: 600; line-height: 1.35; text-align: center; text-decoration: none;
  }
  .btn:hover:not(:disabled) { background: var(--well); }
  .btn:active:not(:disabled) { transform: translateY(1px); }
  .btn.main { background: var(--ink); border-color: var(--ink); color: var(--paper); }
  .btn.main:hover:not(:disabled) { background: color-mix(in srgb, var(--ink) 88%, var(--paper)); }
  .btn.bad { color: var(--bad); border-color: currentColor; }
  .stack > .btn.fit { justify-self: start; }
  .btn.fit { inline-size: auto; min-block-size: 2.75rem; padding: 0.5rem 1rem; font-size: 1rem; }
  .link {
    display: inline-flex; align-items: center; min-inline-size: 2.75rem; min-block-size: 2.75rem; padding: 0.25rem 0.125rem; text-align: start;
    background: none; border: 0; color: var(--blue); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.2em;
  }
  .icon { display: inline-grid; place-items: center; inline-size: 2.75rem; block-size: 2.75rem; padding: 0; border: 0; border-radius: 50%; background: none; color: inherit; flex: none; text-decoration: none; }
  .icon:hover { background: var(--well); }
  svg.ic { inline-size: 1.5rem; block-size: 1.5rem; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; flex: none; }
  .foot {
    position: sticky; inset-block-end: 0; margin-block-start: auto; margin-inline: calc(-1 * var(--side)); padding: 1rem var(--side) calc(1.25rem + env(safe-area-inset-bottom));
    background: linear-gradient(to bottom, transparent, var(--paper) 1rem); display: grid; gap: 0.5rem;
  }
  .tag { display: inline-flex; align-items: center; gap: 0.375rem; font-size: 0.9375rem; line-height: 1.4; font-weight: 600; }
  .tag::before { content: ''; inline-size: 0.5rem; block-size: 0.5rem; border-radius: 50%; background: currentColor; flex: none; }
  .tag.good { color: var(--good); } .tag.soon { color: var(--warn); } .tag.over { color: var(--bad); } .tag.over::before { border-radius: 0; block-size: 2px; }
  .tag.soon::before { border-radius: 1px; transform: rotate(45deg); }
  .ticks { display: grid; gap: 0.5rem; }
  .ticks li { display: grid; grid-template-columns: 1.5rem 1fr; gap: 0.75rem; }
  .facts { display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: 0.625rem 1.25rem; }
  .facts dt { color: var(--soft); }
  .facts dd { min-inline-size: 0; }
  .facts.ruled { gap: 0; }
  .facts.ruled > * { padding-block: 0.75rem; border-block-end: 1px solid var(--line); }
  .facts.ruled dt { padding-inline-end: 1.25rem; }
  .facts.ruled > :nth-last-child(-n+2) { border-block-end: 0; }
  /* A place for messages that has none takes no room, but stays to be spoken from. */
  [role='alert']:empty, [role='status']:empty, [aria-live]:empty { position: absolute; }
  .sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @container (max-width: 18rem) {
    .facts { grid-template-columns: 1fr; gap: 0.125rem; }
    .facts dt { padding-block-start: 0.5rem; }
    .facts.ruled dt { border-block-end: 0; padding-block-end: 0; }
    .facts.ruled > :nth-last-child(2) { border-block-end: 0; }
    .foot { position: static; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
  }
  @media (forced-colors: active) { .btn, .sheet, .well { border: 1px solid; } .tag::before { forced-color-adjust: none; } }
`;

/** An element that draws itself again when the language or the shared state changes. */
export class View extends LitElement {
  static styles = [base];
  #ends = [];

  connectedCallback() {
    super.connectedCallback();
    const again = () => this.requestUpdate();
    this.#ends = [onLanguage(again), onChange(again)];
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#ends.forEach((end) => end());
  }

  /** Sets fields and draws again. */
  set(change) {
    Object.assign(this, change);
    this.requestUpdate();
  }
}
