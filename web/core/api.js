/*
 * api.js - one call to the server, and what comes back when it does not work.
 *
 * Belongs here: JSON over fetch, problems, time limits.
 * Not here: sentences of problems (i18n), what is asked (the screens).
 */
import { has, lang, soon, t } from './i18n.js';

/** Every problem that the pages know; each has .title and .next in both catalogues. */
export const slugs = ['offline', 'server-error', 'not-found', 'bad-request', 'rate-limited', 'signed-out',
  'wrong-code', 'already-member', 'wrong-password', 'wrong-pin', 'weak-pin', 'locked', 'refused', 'expired', 'ended', 'used-up',
  'approval-refused', 'certificate-expired', 'certificate-exists', 'certificate-unreadable', 'certificate-unusable',
  'vault-unavailable', 'vault-changed', 'approval-forged', 'passkey-cancelled', 'passkey-failed', 'conflict', 'key-unknown', 'key-missing', 'key-other', 'keys-differ',
  'file-unreadable', 'file-empty', 'pfx-unreadable', 'pfx-mac', 'pfx-lengths', 'pfx-certificate', 'pfx-encryption', 'pfx-limit',
  'folder-denied', 'folder-gone', 'disk-full', 'write-failed', 'write-torn'];

/** What went wrong, in words that the person can use. */
export class Problem extends Error {
  constructor(slug, body = {}, status = 0) {
    super(slug);
    this.slug = slug;
    this.body = body;
    this.status = status;
  }

  /* A lock that ends, and what a wrong PIN leads to, are said more exactly where they are known. */
  #kind() {
    const { until, lasts } = this.body;
    if (this.slug === 'locked' && until > 0)
      return until === Infinity ? 'locked-good' : 'locked-until';
    if (this.slug === 'wrong-pin' && lasts > 0)
      return lasts === Infinity ? 'wrong-pin-good' : lasts > 3600000 ? 'wrong-pin-day' : 'wrong-pin-minutes';
    return this.slug;
  }

  #say(part) {
    const left = this.body.tries_left ?? 0;
    for (const kind of [this.#kind(), this.slug])
      if (has(`problem.${kind}.${part}`))
        return t(`problem.${kind}.${part}`, { left, count: left, time: soon(this.body.until ?? 0), file: this.body.file });
    const own = this.body[lang() === 'ko' ? `${part}_ko` : part];
    return own ?? t(`problem.server-error.${part}`);
  }

  get title() { return this.#say('title'); }
  get next() { return this.#say('next'); }
}

/** Whatever was thrown, as a Problem. */
export function problemOf(thrown) {
  if (thrown instanceof Problem)
    return thrown;
  console.warn(thrown);
  return new Problem('server-error');
}

async function problemFrom(answer) {
  let body = {};
  try {
    body = await answer.json();
  } catch { /* an intermediary answered */ }
  const slug = /^urn:ingam:problem:([a-z-]+)$/.exec(body.type ?? '')?.[1];
  if (slug !== undefined)
    return new Problem(slug, body, answer.status);
  const by = { 401: 'signed-out', 404: 'not-found', 429: 'rate-limited', 502: 'offline', 503: 'vault-unavailable', 504: 'offline' };
  return new Problem(by[answer.status] ?? 'server-error', body, answer.status);
}

const notices = new EventTarget();

/** Calls f when the server no longer knows who asks. */
export const onSignedOut = (f) => notices.addEventListener('signed-out', f);

/**
 * Asks the server. Gives the JSON of the answer, undefined when it has none.
 * Throws Problem.
 * @param {string} method @param {string} path @param {object} [body]
 * @param {{secret?: string, timeout?: number, signal?: AbortSignal}} [how]
 */
export async function call(method, path, body, { secret, timeout = 20000, signal } = {}) {
  const headers = {};
  if (body !== undefined)
    headers['Content-Type'] = 'application/json';
  if (secret !== undefined)
    headers.Authorization = `Bearer ${secret}`;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  const cancel = () => stop.abort();
  signal?.addEventListener('abort', cancel);
  try {
    const answer = await fetch(path, {
      method, headers, cache: 'no-store', credentials: 'same-origin', signal: stop.signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.status === 401)
      notices.dispatchEvent(new Event('signed-out'));
    if (!answer.ok)
      throw await problemFrom(answer);
    return answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
  } catch (e) {
    if (signal?.aborted)
      throw new DOMException('given up', 'AbortError');
    throw e instanceof Problem ? e : new Problem('offline');
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

export const get = (path, how) => call('GET', path, undefined, how);
export const post = (path, body = {}, how) => call('POST', path, body, how);
export const put = (path, body, how) => call('PUT', path, body, how);
export const del = (path, how) => call('DELETE', path, undefined, how);
