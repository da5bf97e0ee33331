/*
 * npki-worker.js - the worker in which npki.js runs, so that a key file that
 * asks for a long derivation does not hold the page up.
 *
 * Belongs here: one call in, one answer out. Not here: the formats (npki.js),
 * the page's side (apart.js).
 */
import * as npki from './npki.js';

addEventListener('message', async ({ data: { id, name, values } }) => {
  try {
    postMessage({ id, value: await npki[name](...values) });
  } catch (e) {
    postMessage({ id, failed: e instanceof npki.NpkiError
      ? { code: e.code, message: e.message, field: e.field } : { code: null, message: String(e.message) } });
  }
});
