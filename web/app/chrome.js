/*
 * chrome.js - the frame of a screen: its top line with menu or back, and the
 * column that everything stands in.
 *
 * Belongs here: what all screens share. Not here: the screens.
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import { icons } from '../ui/icons.js';
import { t } from '../core/i18n.js';
import { back } from '../core/router.js';
import { state } from '../core/store.js';

/** The column of a screen. */
export const screen = css`
  :host { container-type: inline-size; display: flex; flex-direction: column; flex: 1; inline-size: 100%; max-inline-size: var(--wide); margin-inline: auto; padding-inline: var(--side); min-block-size: 100dvh; }
  .body { display: flex; flex-direction: column; gap: 1.5rem; padding-block: 0.75rem 1.5rem; flex: 1; }
  .head { max-inline-size: 26rem; }
`;

/** A screen: puts the reader's focus on its heading when it appears or turns a page. */
export class Screen extends View {
  static styles = [base, screen];

  firstUpdated() {
    this.turn();
  }

  /** Call after the question of the screen has changed. */
  async turn() {
    await this.updateComplete;
    const stamp = this.renderRoot.querySelector('ingam-stamp');
    await stamp?.updateComplete;
    const heading = this.renderRoot.querySelector('h1') ?? stamp?.renderRoot.querySelector('h1') ?? null;
    if (heading === null)
      return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
    document.title = `${heading.textContent.trim()} · ${t('brand')}`;
  }
}

class Top extends View {
  static properties = { mode: {}, label: {}, onback: { attribute: false } };
  static styles = [base, css`
    :host { position: sticky; inset-block-start: 0; z-index: 2; background: var(--paper); margin-inline: calc(-1 * var(--side)); padding: calc(0.375rem + env(safe-area-inset-top)) calc(var(--side) / 2) 0.375rem; }
    header { display: grid; grid-template-columns: 2.75rem 1fr 2.75rem; align-items: center; min-block-size: 2.75rem; }
    .mid { display: flex; justify-self: center; font-weight: 650; text-align: center; }
    .off { text-align: center; background: var(--warn-wash); color: var(--warn); font-size: 0.9375rem; padding: 0.375rem 1rem; margin: 0.375rem calc(-0.5 * var(--side)) 0; }
    @container (max-width: 14rem) { header { grid-template-columns: 2.75rem 1fr auto; } .mid { justify-self: start; } }
    nav a { display: flex; align-items: center; gap: 0.875rem; min-block-size: 3.25rem; padding: 0.5rem 0.875rem; color: inherit; text-decoration: none; border-radius: 0.625rem; }
    nav a:hover, nav a[aria-current] { background: var(--well); }
    nav a[aria-current] { font-weight: 650; }
    .who { padding: 0.25rem 0.875rem 1rem; }
  `];

  get dialog() { return this.renderRoot.querySelector('ig-dialog'); }

  #item(path, icon, text) {
    return html`<a href=${path} aria-current=${location.pathname === path ? 'page' : nothing} @click=${() => this.dialog.close()}>${icons[icon]}${text}</a>`;
  }

  render() {
    const left = this.mode === 'menu'
      ? html`<button class="icon" aria-label=${t('menu')} @click=${() => this.dialog.show()}>${icons.menu}</button>`
      : this.mode === 'none' ? html`<span></span>`
        : html`<button class="icon" aria-label=${t('back')} @click=${() => (this.onback ?? back)()}>${icons.back}</button>`;
    return html`<header>${left}<span class="mid">${this.mode === 'menu' || this.mode === 'none' ? html`<ig-mark></ig-mark>` : this.label ?? nothing}</span><slot></slot></header>
      ${state.server?.test_phones ? html`<p class="off">${t('test.line')}</p>` : nothing}
      <div role="status">${state.online ? nothing : html`<p class="off">${t('offline.line')}</p>`}</div>
      ${this.mode !== 'menu' ? nothing : html`<ig-dialog side label=${t('menu')}>
        <div class="row"><span class="grow"></span><button class="icon" aria-label=${t('close')} @click=${() => this.dialog.close()}>${icons.close}</button></div>
        <p class="who"><strong>${state.me?.name}</strong><br><span class="small num">${t('phone.tail', { tail: state.me?.phone_tail ?? '' })}</span></p>
        <nav aria-label=${t('menu')}>${this.#item('/', 'home', t('home.name'))}${this.#item('/import', 'add', t('import.name'))}${this.#item('/history', 'clock', t('history.name'))}${this.#item('/settings', 'gear', t('settings.name'))}</nav>
      </ig-dialog>`}`;
  }
}
customElements.define('ig-top', Top);

class Lost extends Screen {
  render() {
    return html`<ig-top mode="none"></ig-top><div class="body"><div class="head"><h1>${t('lost.title')}</h1><p class="lead">${t('lost.text')}</p></div></div>
      <div class="foot"><a class="btn main" href="/">${t('to.home')}</a></div>`;
  }
}
customElements.define('screen-lost', Lost);
