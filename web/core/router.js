/*
 * router.js - which screen an address means, and moving between them.
 *
 * Belongs here: matching, the history API, links of the page.
 * Not here: the screens.
 */

const moved = new EventTarget();

/** @param {Array<[string, string]>} routes pattern with :names, screen */
export function match(routes, path) {
  for (const [pattern, screen] of routes) {
    const names = [];
    const source = pattern.replace(/:(\w+)/g, (_, name) => {
      names.push(name);
      return '([^/]+)';
    });
    const found = new RegExp(`^${source}/?$`).exec(path);
    if (found !== null)
      return { screen, params: Object.fromEntries(names.map((n, i) => [n, decodeURIComponent(found[i + 1])])) };
  }
  return null;
}

/** Moves to an address of this page. */
export function go(path, { replace = false, state = null } = {}) {
  history[replace ? 'replaceState' : 'pushState'](state, '', path);
  moved.dispatchEvent(new Event('move'));
}

/** Back to where the person came from, or to a given address. */
export function back(fallback = '/') {
  if (history.state?.inside)
    history.back();
  else
    go(fallback, { replace: true });
}

/** Calls f at each move, and makes links of the page moves. */
export function onMove(f) {
  moved.addEventListener('move', f);
  addEventListener('popstate', f);
  addEventListener('click', (e) => {
    const link = e.composedPath().find((n) => n instanceof HTMLAnchorElement);
    if (link === undefined || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey ||
        link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin ||
        link.getAttribute('href')?.startsWith('#'))
      return;
    e.preventDefault();
    go(link.pathname + link.search, { state: { inside: true } });
  });
}
