/*
 * npki.js - certificates and key files, read by the same C code as on the
 * server (src/npki, compiled to WebAssembly).
 *
 * Belongs here: loading npki.wasm, its platform (hashes, AES, randomness), its errors.
 * Not here: the formats (src/npki); choosing files and folders (pages).
 *
 * A password is checked and changed here and nowhere else; the opened key is
 * wiped inside and never becomes a JavaScript value.
 */
import { cbc } from '../lib/noble-ciphers/aes.js';
import { sha1 } from '../lib/noble-hashes/legacy.js';
import { pbkdf2 } from '../lib/noble-hashes/pbkdf2.js';
import { sha256, sha384, sha512 } from '../lib/noble-hashes/sha2.js';

/**
 * @typedef {object} CertificateFacts
 * @property {string} owner        last CN of the subject
 * @property {string} realName     legal name in the SAN, '' if none
 * @property {string} issuer       CN of the issuer
 * @property {string} issuerOrganisation
 * @property {string} serial       lower-case hex
 * @property {string} policy       OID, '' if none
 * @property {'general'|'limited'|'encryption'|'unknown'} kind
 * @property {'person'|'business'|'server'|'unknown'} holder
 * @property {{ko: string, en: string}} kindText  what a list shows
 * @property {'RSA'|'P-256'|'P-384'|'other'} key
 * @property {number} keyBits      0 where key is 'other'
 * @property {number} notBefore    milliseconds since 1970
 * @property {number} notAfter     the last valid moment
 * @property {string[]} keyUsage   names of RFC 5280 4.2.1.3
 */

/**
 * What the C code refuses. `code` is a name of src/base/err.h; those that
 * occur: RC_FORMAT (not such a file), RC_SECRET (wrong password or damaged
 * file, nobody can tell which), RC_UNKNOWN (a key file that only the server's
 * program can open: ARIA, 3DES), RC_LIMIT (too large).
 */
export class NpkiError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = 'NpkiError';
    this.code = code;
  }
}

/** @type {Record<number, import('../lib/noble-hashes/utils.js').CHash>} */
const hashes = { 1: sha1, 256: sha256, 384: sha384, 512: sha512 };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The functions that the C code imports. They see its memory as it is at the
 * time of the call, because memory that grows is a new buffer.
 * @param {() => ArrayBuffer} memory
 */
function platform(memory) {
  const at = (/** @type {number} */ p, /** @type {number} */ n) => new Uint8Array(memory(), p >>> 0, n >>> 0);
  const put = (/** @type {Uint8Array} */ bytes, /** @type {number} */ p) => {
    at(p, bytes.length).set(bytes);
    bytes.fill(0);
    return 0;
  };

  return {
    /** @type {(...a: number[]) => number} */
    pbkdf1(password, passwordLength, salt, saltLength, count, out) {
      let t = sha1.create().update(at(password, passwordLength)).update(at(salt, saltLength)).digest();
      for (let i = 1; i < count >>> 0; i++)
        t = sha1(t);
      return put(t, out);
    },
    /** @type {(...a: number[]) => number} */
    pbkdf2(hash, password, passwordLength, salt, saltLength, count, out, length) {
      return put(pbkdf2(hashes[hash], at(password, passwordLength),
        at(salt, saltLength), { c: count >>> 0, dkLen: length }), out);
    },
    /** @type {(...a: number[]) => number} */
    digest(hash, parts, n, out) {
      const state = hashes[hash].create();
      const spans = new Uint32Array(memory(), parts >>> 0, 2 * n);
      for (let i = 0; i < n; i++)
        state.update(at(spans[2 * i], spans[2 * i + 1]));
      return put(state.digest(), out);
    },
    /** @type {(...a: number[]) => number} */
    random(out, length) {
      crypto.getRandomValues(at(out, length));
      return 0;
    },
    /** @type {(...a: number[]) => number} */
    aesCbc(encrypt, key, keyLength, iv, bytes, length, out) {
      const cipher = cbc(at(key, keyLength), at(iv, 16), { disablePadding: true });
      return put(encrypt ? cipher.encrypt(at(bytes, length)) : cipher.decrypt(at(bytes, length)), out);
    },
  };
}

/**
 * @typedef {object} Core  the exports of src/npki/wasm.c
 * @property {WebAssembly.Memory} memory
 * @property {(rc: number) => number} errorName
 * @property {() => number} input
 * @property {() => number} inputMax
 * @property {() => number} output
 * @property {(n: number) => number} certificate
 * @property {() => number} outputLength
 * @property {(key: number, password: number, certificate: number) => number} keyFile
 * @property {(key: number, old: number, next: number, form: number, certificate: number) => number} change
 * @property {(n: number) => number} passwordBroken
 * @property {(n: number, which: number) => number} ruleText
 */

/** @type {Promise<Core>|null} */
let core = null;

/** @param {URL|string|BufferSource} source @returns {Promise<Core>} */
async function instantiate(source) {
  /** @type {Core} */
  let exports;
  const imports = { platform: platform(() => exports.memory.buffer) };
  let bytes = source;
  if (typeof source === 'string' || source instanceof URL) {
    const answer = await fetch(source);
    if (!answer.ok)
      throw new Error(`npki.wasm: ${answer.status}`);
    bytes = await answer.arrayBuffer();
  }
  const { instance } = await WebAssembly.instantiate(/** @type {BufferSource} */ (bytes), imports);
  exports = /** @type {Core} */ (/** @type {unknown} */ (instance.exports));
  return exports;
}

/**
 * Loads the C code; once. Without a call the first use loads npki.wasm from
 * beside this file.
 * @param {URL|string|BufferSource} [source]
 * @returns {Promise<void>}
 */
export async function load(source = new URL('./npki.wasm', import.meta.url)) {
  core ??= instantiate(source);
  try {
    await core;
  } catch (why) {
    core = null; // the network may be back later
    throw why;
  }
}

async function ready() {
  await load();
  return /** @type {Promise<Core>} */ (core);
}

/** @param {Core} c @param {number} p */
function text(c, p) {
  const bytes = new Uint8Array(c.memory.buffer, p);
  return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** @param {Core} c @param {Uint8Array[]} parts */
function write(c, parts) {
  let n = 0;
  for (const part of parts)
    n += part.length;
  if (n > c.inputMax())
    throw new NpkiError('RC_LIMIT', 'file too large');
  let p = c.input();
  for (const part of parts) {
    new Uint8Array(c.memory.buffer, p, part.length).set(part);
    p += part.length;
  }
}

/** @param {Core} c @param {number} rc */
function check(c, rc) {
  if (rc !== 0)
    throw new NpkiError(text(c, c.errorName(rc)), text(c, c.output()));
}

/**
 * What a list shows of a certificate.
 * @param {Uint8Array} der
 * @returns {Promise<CertificateFacts>}
 */
export async function certificateFacts(der) {
  const c = await ready();
  write(c, [der]);
  check(c, c.certificate(der.length));
  return JSON.parse(text(c, c.output()));
}

/**
 * Does this password open this key file, and is the key this certificate's?
 * Returns, or throws an NpkiError. Takes a few milliseconds for the files
 * that are in use; a file may ask for thousands of times more, so call it
 * from a worker where the file comes from somebody else.
 * @param {Uint8Array} keyDer
 * @param {string} password
 * @param {Uint8Array|null} certificateDer
 * @returns {Promise<{ok: true}>}
 */
export async function openKeyFile(keyDer, password, certificateDer) {
  const c = await ready();
  const secret = encoder.encode(password);
  const certificate = certificateDer ?? new Uint8Array();
  try {
    write(c, [keyDer, secret, certificate]);
    check(c, c.keyFile(keyDer.length, secret.length, certificate.length));
  } finally {
    secret.fill(0);
  }
  return { ok: true };
}

/**
 * The same key under another password. The file is opened again before it is
 * given. Beside what openKeyFile() throws: RC_POLICY, the next password
 * breaks a rule.
 * @param {Uint8Array} keyDer
 * @param {string} old
 * @param {string} next
 * @param {''|'seed-sha1'|'pbes2-seed'|'pbes2-seed-sha256'|'pbes2-aes'|'pbes2-aria'} form  '': as it is
 * @param {Uint8Array|null} certificateDer
 * @returns {Promise<Uint8Array>}
 */
export async function changePassword(keyDer, old, next, form, certificateDer) {
  const c = await ready();
  const parts = [keyDer, encoder.encode(old), encoder.encode(next), encoder.encode(form), certificateDer ?? new Uint8Array()];
  try {
    write(c, parts);
    const [key, before, after, name, certificate] = parts.map((part) => part.length);
    check(c, c.change(key, before, after, name, certificate));
    return new Uint8Array(c.memory.buffer, c.output(), c.outputLength()).slice();
  } finally {
    parts[1].fill(0);
    parts[2].fill(0);
  }
}

/**
 * The rules for a new password, in order: what a form shows as ticks.
 * @returns {Promise<{word: string, ko: string, en: string}[]>}
 */
export async function passwordRules() {
  const c = await ready();
  const rules = [];
  for (let n = 0; c.ruleText(n, 0) !== 0; n++)
    rules.push({ word: text(c, c.ruleText(n, 0)), ko: text(c, c.ruleText(n, 1)), en: text(c, c.ruleText(n, 2)) });
  return rules;
}

/**
 * The words of the rules that this new password breaks; none: it is good.
 * @param {string} password
 * @returns {Promise<string[]>}
 */
export async function passwordBroken(password) {
  const c = await ready();
  const rules = await passwordRules();
  const secret = encoder.encode(password);
  try {
    write(c, [secret]);
    const broken = c.passwordBroken(secret.length);
    return rules.filter((_, n) => (broken & 1 << n) !== 0).map((rule) => rule.word);
  } finally {
    secret.fill(0);
  }
}
