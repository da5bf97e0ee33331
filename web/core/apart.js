/*
 * apart.js - npki.js in a worker of its own, called from the page.
 *
 * Belongs here: the questions and answers between page and worker.
 * Not here: what is asked (npki.js, whose functions these are).
 */
import { NpkiError } from './npki.js';
import { scriptAddress } from './trusted.js';

const waiting = new Map();
let last = 0;
let worker = null;

function answered({ data: { id, value, failed } }) {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (failed === undefined)
    resolve(value);
  else
    reject(failed.code === null ? new Error(failed.message) : new NpkiError(failed.code, failed.message, failed.field));
}

/* The worker itself could not be loaded: nobody is answered, and the next call tries again. */
function lost() {
  worker = null;
  for (const { reject } of waiting.values())
    reject(new Error('npki-worker.js: not loaded'));
  waiting.clear();
}

function start() {
  const made = new Worker(scriptAddress('/core/npki-worker.js'), { type: 'module' });
  made.addEventListener('message', answered);
  made.addEventListener('error', lost);
  return made;
}

const apart = (name) => (...values) => new Promise((resolve, reject) => {
  worker ??= start();
  last += 1;
  waiting.set(last, { resolve, reject });
  worker.postMessage({ id: last, name, values });
});

export { NpkiError };
export const load = apart('load');
export const certificateFacts = apart('certificateFacts');
export const certificateView = apart('certificateView');
export const folderOf = apart('folderOf');
export const checkKeyFile = apart('checkKeyFile');
export const openKeyFile = apart('openKeyFile');
export const changePassword = apart('changePassword');
export const passwordRules = apart('passwordRules');
export const passwordBroken = apart('passwordBroken');
export const checkPfx = apart('checkPfx');
export const openPfx = apart('openPfx');
export const makePfx = apart('makePfx');
