/*
 * ids.js - bytes and the texts that carry them.
 *
 * Belongs here: base64url, hex, joining, comparing, SHA-256.
 * Not here: what the bytes mean (approval.js, transfer.js).
 */

const utf8 = new TextEncoder();

/** @param {string} text */
export const bytesOf = (text) => utf8.encode(text);

/** @param {...(Uint8Array|string|number)} parts numbers are single bytes */
export function concat(...parts) {
  const list = parts.map((p) =>
    typeof p === 'number' ? Uint8Array.of(p) : typeof p === 'string' ? bytesOf(p) : p);
  const out = new Uint8Array(list.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of list) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** base64url without padding. @param {ArrayBuffer|Uint8Array} bytes */
export function toB64u(bytes) {
  let s = '';
  for (const b of new Uint8Array(bytes))
    s += String.fromCharCode(b);
  return btoa(s).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Throws RangeError on anything that is not base64url without padding. @param {string} text */
export function fromB64u(text) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1)
    throw new RangeError('not base64url');
  const s = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(s, (c) => c.charCodeAt(0));
}

/** @param {string} text */
export function fromHex(text) {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/i.test(text))
    throw new RangeError('not hex');
  return Uint8Array.from(text.match(/../g) ?? [], (h) => parseInt(h, 16));
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export const equal = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

/** @param {Uint8Array} bytes */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** A 2-byte length and the bytes. @param {Uint8Array|string} bytes */
export function lp16(bytes) {
  const b = typeof bytes === 'string' ? bytesOf(bytes) : bytes;
  if (b.length > 0xffff)
    throw new RangeError('too long');
  return concat(b.length >> 8, b.length & 255, b);
}
