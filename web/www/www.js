/*
 * www.js - the pages for PCs: home, and the frame of 인증서 저장하기 and 인증서 관리.
 *
 * Belongs here: routes, top and foot, the home page. Not here: sending
 * (import.js), managing (manage.js).
 */
import { View, base, css, html, nothing } from '../ui/base.js';
import '../ui/parts.js';
import { icons } from '../ui/icons.js';
import './import.js';
import './manage.js';
import { languages, lang, preferred, setLanguage, t } from '../core/i18n.js';
import { kept } from '../core/store.js';
import { match, onMove } from '../core/router.js';

const routes = [['/', 'home'], ['/import', 'import'], ['/manage', 'manage']];
/* What stands in the menu: address, name, and the name where there is no room. */
const menu = [['import', 'www.import', 'www.import.short'], ['manage', 'manage.title', 'manage.short']];

class Www extends View {
  static styles = [base, css`
    :host { display: flex; flex-direction: column; min-block-size: 100dvh; }
    header, main, footer { inline-size: 100%; max-inline-size: 64rem; margin-inline: auto; padding-inline: clamp(1.25rem, 4vw, 2.5rem); }
    header { display: flex; align-items: center; gap: 1rem; min-block-size: 4.5rem; flex-wrap: wrap; }
    header a { color: inherit; text-decoration: none; min-block-size: 2.75rem; display: inline-flex; align-items: center; }
    header nav { margin-inline-start: auto; flex-wrap: wrap; white-space: nowrap; display: flex; gap: 0.25rem; align-items: center; }
    header nav a { padding-inline: 0.75rem; font-weight: 600; border-radius: 0.5rem; }
    header nav a:hover, header nav a[aria-current] { background: var(--well); }
    header .short { display: none; }
    main { flex: 1; padding-block-end: 4rem; }
    footer { border-block-start: 1px solid var(--line); padding-block: 1.5rem 2rem; color: var(--soft); font-size: 0.9375rem; }
    .hero { display: grid; grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); gap: clamp(2rem, 6vw, 5rem); align-items: center; padding-block: clamp(2rem, 7vw, 5.5rem) clamp(2.5rem, 6vw, 4.5rem); }
    .hero h1 { font-size: clamp(2rem, 4.2vw, 3.125rem); line-height: 1.22; letter-spacing: -0.03em; white-space: pre-line; }
    .hero .lead { font-size: 1.1875rem; margin-block: 1.25rem 2rem; max-inline-size: 32rem; }
    .acts { display: flex; flex-wrap: wrap; gap: 0.75rem; }
    .acts .btn { inline-size: auto; padding-inline: 1.75rem; }
    .scene { display: grid; gap: 1rem; justify-items: stretch; }
    .scene .sheet { display: grid; gap: 0.375rem; padding: 1.5rem; }
    .scene .asked { font-size: 1.375rem; font-weight: 700; letter-spacing: -0.02em; }
    .scene .seal { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem; margin-block-start: 1rem; padding-block-start: 1.125rem; border-block-start: 1px solid var(--line); }
    .scene ig-seal { inline-size: 3.75rem; block-size: 3.75rem; flex: none; }
    .scene .seal strong { flex: 1 1 8rem; }
    .how { border-block-start: 1px solid var(--line); padding-block: clamp(2.5rem, 5vw, 4rem); }
    .how h2 { font-size: 1.625rem; letter-spacing: -0.02em; margin-block-end: 2rem; }
    .how ol, .points { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1.5rem 2.5rem; }
    .how li b { display: block; font-size: 2.25rem; line-height: 1; font-weight: 300; margin-block-end: 0.875rem; font-variant-numeric: tabular-nums; }
    .how li p, .points p { color: var(--soft); margin-block-start: 0.25rem; }
    .points svg { margin-block-end: 0.5rem; }
    @media (max-width: 40rem) { header { min-block-size: 4rem; } header nav a { padding-inline: 0.5rem; } header .long { display: none; } header .short { display: inline; } .acts .btn { flex: 1 1 auto; } }
    @media (max-width: 48rem) { .hero, .how ol, .points { grid-template-columns: minmax(0, 1fr); } }
  `];

  async connectedCallback() {
    super.connectedCallback();
    await setLanguage(preferred(await kept.load('language').catch(() => undefined)));
    onMove(async () => {
      this.requestUpdate();
      await this.updateComplete;
      scrollTo(0, 0);
      this.#title();
    });
    this.set({ ready: true });
    this.#title();
  }

  get #screen() { return match(routes, location.pathname)?.screen; }

  #title() {
    const here = menu.find(([screen]) => screen === this.#screen);
    document.title = here === undefined ? `${t('brand')} · ${t('www.tag')}` : `${t(here[1])} · ${t('brand')}`;
  }

  async #speak(l) {
    await kept.save('language', l).catch(() => {});
    await setLanguage(l);
    this.#title();
  }

  #home() {
    return html`<section class="hero"><div><h1>${t('www.title')}</h1><p class="lead">${t('www.lead')}</p>
        <div class="acts"><a class="btn main" href="/import">${icons.folder}${t('www.import')}</a><a class="btn" href="/manage">${t('manage.title')}</a></div></div>
      <div class="scene" aria-hidden="true"><div class="sheet"><span class="small">${t('www.scene.phone')}</span><span class="asked">${t('www.scene.asked')}</span><span>${t('www.scene.what')}</span>
        <div class="seal"><ig-seal state="done"></ig-seal><strong>${t('www.scene.done')}</strong></div></div></div></section>
      <section class="how"><h2>${t('www.how')}</h2><ol>${[1, 2, 3].map((n) => html`<li><b aria-hidden="true">${n}</b><h3>${t(`www.how.${n}.title`)}</h3><p>${t(`www.how.${n}.text`)}</p></li>`)}</ol></section>
      <section class="how"><h2>${t('www.safe')}</h2><ul class="points">${[['pc', 'none'], ['lock', 'out'], ['phone', 'ask']].map(([icon, k]) => html`<li>${icons[icon]}<h3>${t(`www.safe.${k}.title`)}</h3><p>${t(`www.safe.${k}.text`)}</p></li>`)}</ul></section>`;
  }

  #lost() {
    return html`<section class="how stack"><h1>${t('lost.title')}</h1><p class="lead">${t('lost.text')}</p><div class="acts"><a class="btn main" href="/">${t('to.home')}</a></div></section>`;
  }

  render() {
    if (!this.ready)
      return nothing;
    const at = this.#screen;
    const pages = { home: () => this.#home(), import: () => html`<www-import></www-import>`, manage: () => html`<www-manage .at=${history.state}></www-manage>` };
    return html`<header><a href="/"><ig-mark></ig-mark></a>
        <nav aria-label=${t('menu')}>${menu.map(([screen, name, short]) => html`<a href="/${screen}" aria-label=${t(name)} aria-current=${at === screen ? 'page' : nothing}><span class="long">${t(name)}</span><span class="short">${t(short)}</span></a>`)}
        ${languages.filter((l) => l !== lang()).map((l) => html`<button class="link" lang=${l} @click=${() => this.#speak(l)}>${l === 'ko' ? '한국어' : 'English'}</button>`)}</nav></header>
      <main>${pages[at]?.() ?? this.#lost()}</main>
      <footer><p>${t('www.foot')}</p></footer>`;
  }
}
customElements.define('ingam-www', Www);
