/*
 * app.js - the phone app: starts, and shows the screen of an address.
 *
 * Belongs here: routes, the first steps. Not here: the screens (screens/).
 */
import { View, base, css, html } from '../ui/base.js';
import '../ui/parts.js';
import './chrome.js';
import './screens/welcome.js';
import './screens/join.js';
import './screens/home.js';
import './screens/request.js';
import './screens/import.js';
import './screens/certificate.js';
import './screens/history.js';
import './screens/settings.js';
import { onMove, match, go } from '../core/router.js';
import { lang, onLanguage, preferred, setLanguage, t } from '../core/i18n.js';
import { kept, state } from '../core/store.js';
import { onSession, start } from './session.js';
import { registerWorker } from './worker.js';

const routes = [
  ['/', 'home'], ['/r/:id', 'request'], ['/join', 'join'], ['/certificates/:id', 'certificate'],
  ['/history', 'history'], ['/settings', 'settings'], ['/import', 'import'],
];

const draw = {
  home: () => html`<screen-home></screen-home>`,
  request: ({ id }) => html`<screen-request .id=${id}></screen-request>`,
  join: () => html`<screen-join></screen-join>`,
  certificate: ({ id }) => html`<screen-certificate .id=${id}></screen-certificate>`,
  history: () => html`<screen-history></screen-history>`,
  settings: () => html`<screen-settings></screen-settings>`,
  import: () => html`<screen-import></screen-import>`,
  welcome: () => html`<screen-welcome></screen-welcome>`,
  lost: () => html`<screen-lost></screen-lost>`,
};

class App extends View {
  static styles = [base, css`
    main { min-block-size: 100dvh; display: flex; flex-direction: column; }
    .wait { min-block-size: 100dvh; display: grid; place-items: center; }
  `];

  async connectedCallback() {
    super.connectedCallback();
    /* For the worker, whose own idea of the language may be another. */
    onLanguage(() => kept.save('shown', lang()).catch(() => {}));
    /* What is said when the server is away needs its letters before. */
    onLanguage(() => document.fonts.load('1em "Pretendard Variable"', t('offline.line')).catch(() => {}));
    await setLanguage(preferred(await kept.load('language').catch(() => undefined)));
    onMove(() => this.#moved());
    onSession(() => this.#moved());
    navigator.serviceWorker?.addEventListener('message', (e) => {
      if (e.data?.type === 'go')
        go(e.data.path, { state: { inside: true } });
    });
    this.set({ ready: false });
    await start();
    this.set({ ready: true });
    await this.#moved();
    registerWorker();
  }

  async #moved() {
    this.requestUpdate();
    await this.updateComplete;
    scrollTo(0, 0);
    document.title = t('brand');
  }

  render() {
    if (!this.ready)
      return html`<div class="wait"><ig-seal></ig-seal></div>`;
    const at = match(routes, location.pathname);
    const screen = at === null ? 'lost' : at.screen === 'join' || state.me !== null ? at.screen : 'welcome';
    if (at?.screen === 'join' && state.me !== null && !history.state?.joining) {
      queueMicrotask(() => go('/', { replace: true }));
      return html``;
    }
    return html`<main>${draw[screen](at?.params ?? {})}</main>`;
  }
}
customElements.define('ingam-app', App);
