/*
 * npki.js - certificates and key files, read by the same C code as on the
 * server (src/npki, compiled to WebAssembly).
 *
 * Belongs here: loading npki.wasm, its platform (hashes, AES, randomness), its
 * errors.
 * Not here: the formats (src/npki); choosing files and folders (pages).
 *
 * A password is checked here and nowhere else; the opened key is wiped inside
 * and becomes no JavaScript value, but for a key on a curve, whose number a
 * library multiplies to see whether it is whole.
 */
import { cbc } from '../lib/noble-ciphers/aes.js';
import { p256, p384 } from '../lib/noble-curves/nist.js';
import { hmac } from '../lib/noble-hashes/hmac.js';
import { sha1 } from '../lib/noble-hashes/legacy.js';
import { pbkdf2 } from '../lib/noble-hashes/pbkdf2.js';
import { sha256, sha384, sha512 } from '../lib/noble-hashes/sha2.js';

/**
 * @typedef {object} CertificateFacts
 * @property {string} owner        last CN of the subject
 * @property {string} name         the name in it, which is what a list shows
 * @property {string} realName     legal name in the SAN, '' if none
 * @property {string} issuer       CN of the issuer
 * @property {string} issuerOrganisation
 * @property {{ko: string, en: string}} issuerText  who people know as the issuer
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
 * @typedef {object} More  what certificateView() says beside the facts
 * @property {string} subjectName         leaf first: "cn=…,ou=…,o=yessign,c=kr"
 * @property {string} issuerName
 * @property {string} signatureAlgorithm  "sha256WithRSAEncryption", or an OID
 * @property {string} notice              of its policy, for people; '' if none
 * @property {string} cps                 URI of the practice statement
 * @property {string} crl                 first URI of a revocation list
 * @property {string} ocsp                first URI of a responder
 * @property {string} subjectKeyId        lower-case hex, '' if none
 * @property {string} authorityKeyId
 * @property {string} sha1                fingerprints, lower-case hex
 * @property {string} sha256
 * @typedef {CertificateFacts & More} CertificateView
 */

/**
 * The forms of a key file that are written, by their names in src/npki/pbeput.c:
 * what every Korean program reads; newer ones; ours, stronger.
 * @typedef {'seed-sha1'|'pbes2-seed'|'pbes2-seed-sha256'|'pbes2-aes'|'pbes2-aria'} KeyForm
 */

/**
 * What the C code refuses. `code` is a name of src/base/err.h; those that
 * occur: RC_FORMAT (not such a file), RC_SECRET (wrong password or damaged
 * file, nobody can tell which), RC_STATE (the key of another certificate),
 * RC_POLICY (a new password that breaks the rules), RC_UNKNOWN (an algorithm
 * that we do not know), RC_LIMIT (too large).
 * `field` is what the complaint is about, '' where nothing is.
 */
export class NpkiError extends Error {
  /** @param {string} code @param {string} message @param {string} field */
  constructor(code, message, field = '') {
    super(message);
    this.name = 'NpkiError';
    this.code = code;
    this.field = field;
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
    aesCbc(encrypt, key, keyLength, iv, bytes, length, out) {
      const cipher = cbc(at(key, keyLength), at(iv, 16), { disablePadding: true });
      return put(encrypt ? cipher.encrypt(at(bytes, length)) : cipher.decrypt(at(bytes, length)), out);
    },
    /** @type {(...a: number[]) => number} */
    hmac(hash, key, keyLength, bytes, length, out) {
      return put(hmac(hashes[hash], at(key, keyLength), at(bytes, length)), out);
    },
    /** @type {(...a: number[]) => number} */
    random(out, length) {
      crypto.getRandomValues(at(out, length));
      return 0;
    },
    /** @type {(...a: number[]) => number} */
    point(bits, scalar, length, out) {
      try {
        return put((bits === 256 ? p256 : p384).getPublicKey(at(scalar, length), false), out);
      } catch {
        return 1; // no scalar of this curve
      }
    },
  };
}

/**
 * The exports of src/npki/wasm.c: how to reach its memory, and the questions of wasm.def,
 * each called with the length of what was written into the input.
 * @typedef {'certificate'|'view'|'folder'|'keyFileWhole'|'keyFile'|'change'|'pfxWhole'|'pfxOpen'|'pfxMake'|'vid'|'passwordBroken'
 *   |'passwordRules'} Question
 * @typedef {object} Memory
 * @property {WebAssembly.Memory} memory
 * @property {(rc: number) => number} errorName
 * @property {() => number} input
 * @property {() => number} inputMax
 * @property {() => number} output
 * @property {() => number} outputLength
 * @typedef {Memory & Record<Question, (n: number) => number>} Core
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

/** How many bytes these parts are behind their lengths. @param {Uint8Array[]} parts */
function framed(parts) {
  return parts.reduce((sum, part) => sum + 4 + part.length, 0);
}

/** Each part behind its length. @param {DataView} view @param {number} at @param {Uint8Array[]} parts */
function putParts(view, at, parts) {
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    new Uint8Array(view.buffer, at + 4, part.length).set(part);
    at += 4 + part.length;
  }
}

/**
 * Into the input; gives its length.
 * @param {Core} c @param {Uint8Array[]} parts
 */
function write(c, parts) {
  const n = framed(parts);
  if (n > c.inputMax())
    throw new NpkiError('RC_LIMIT', 'file too large');
  putParts(new DataView(c.memory.buffer), c.input(), parts);
  return n;
}

/** @param {Core} c @returns {Uint8Array[]} */
function read(c) {
  const view = new DataView(c.memory.buffer);
  const parts = [];
  let p = c.output();
  for (const end = p + c.outputLength(); p < end;) {
    const n = view.getUint32(p, true);
    parts.push(new Uint8Array(c.memory.buffer, p + 4, n).slice());
    p += 4 + n;
  }
  return parts;
}

/**
 * @param {Question} question
 * @param {...Uint8Array} parts
 */
async function ask(question, ...parts) {
  const c = await ready();
  const rc = c[question](write(c, parts));
  const answer = read(c);
  if (rc !== 0) {
    const [field, message] = answer.map((part) => decoder.decode(part));
    throw new NpkiError(text(c, c.errorName(rc)), message, field);
  }
  return answer;
}

/** @param {Question} question @param {...Uint8Array} parts */
async function askJson(question, ...parts) {
  const [json] = await ask(question, ...parts);
  return JSON.parse(decoder.decode(json));
}

const nothing = new Uint8Array();

/**
 * Asks with passwords, whose bytes are wiped afterwards.
 * @template T
 * @param {string[]} passwords
 * @param {(...bytes: Uint8Array[]) => Promise<T>} question
 */
async function withSecrets(passwords, question) {
  const bytes = passwords.map((password) => encoder.encode(password));
  try {
    return await question(...bytes);
  } finally {
    for (const secret of bytes)
      secret.fill(0);
  }
}

/**
 * What a list shows of a certificate.
 * @param {Uint8Array} der
 * @returns {Promise<CertificateFacts>}
 */
export function certificateFacts(der) {
  return askJson('certificate', der);
}

/**
 * All that a person may want to see of a certificate.
 * @param {Uint8Array} der
 * @returns {Promise<CertificateView>}
 */
export function certificateView(der) {
  return askJson('view', der);
}

/**
 * The names of the folders that a certificate stands in below NPKI:
 * NPKI/<ca>/USER/<subject>.
 * @param {Uint8Array} der
 * @returns {Promise<{ca: string, subject: string}>}
 */
export function folderOf(der) {
  return askJson('folder', der);
}

/**
 * Is this a whole key file, as far as that shows without its password? Returns,
 * or throws an NpkiError; an encryption that is not known is no damage.
 * @param {Uint8Array} keyDer
 * @returns {Promise<{ok: true}>}
 */
export async function checkKeyFile(keyDer) {
  await ask('keyFileWhole', keyDer);
  return { ok: true };
}

/**
 * Does this password open this key file, and is the key this certificate's?
 * Returns, or throws an NpkiError, RC_STATE where it is another certificate's.
 * Takes a few milliseconds for the files that are in use; a file may ask for
 * thousands of times more, so call it from a worker where the file comes from
 * somebody else.
 * @param {Uint8Array} keyDer
 * @param {string} password
 * @param {Uint8Array|null} certificateDer
 * @returns {Promise<{ok: true}>}
 */
export async function openKeyFile(keyDer, password, certificateDer) {
  await withSecrets([password], (secret) => ask('keyFile', keyDer, secret, certificateDer ?? nothing));
  return { ok: true };
}

/**
 * The key file under another password. It keeps its form, or the nearest one
 * that is still written, unless another is asked for, and in it never fewer
 * iterations; R and all else in it stays. The new file was seen to open with
 * the new password.
 * @param {Uint8Array} keyDer
 * @param {string} old
 * @param {string} next  one that breaks a rule is refused with RC_POLICY
 * @param {KeyForm|''|null} form
 * @param {Uint8Array|null} certificateDer
 * @returns {Promise<Uint8Array>}
 */
export async function changePassword(keyDer, old, next, form, certificateDer) {
  const [file] = await withSecrets([old, next], (before, after) =>
    ask('change', keyDer, before, after, encoder.encode(form ?? ''), certificateDer ?? nothing));
  return file;
}

/**
 * A certificate and its key.
 * @typedef {object} Pair
 * @property {Uint8Array} certificate
 * @property {Uint8Array} key          a key file
 */

/** Parts as one part. @param {Uint8Array[]} parts */
function joined(parts) {
  const out = new Uint8Array(framed(parts));
  putParts(new DataView(out.buffer), 0, parts);
  return out;
}

/**
 * Is this a PKCS#12 file, as far as that shows without its password? Returns,
 * or throws an NpkiError.
 * @param {Uint8Array} file
 * @returns {Promise<{ok: true}>}
 */
export async function checkPfx(file) {
  await ask('pfxWhole', file);
  return { ok: true };
}

/**
 * Opens a PKCS#12 file (.pfx, .p12). Its keys come out as key files under the
 * same password, or under another where one is given, which keeps the rules;
 * R and all else in them stays. A file without a MAC is refused.
 * @param {Uint8Array} file
 * @param {string} password      may be ''; then another is needed for the keys: RC_POLICY
 * @param {string} [keyPassword] '': the same
 * @param {KeyForm|''} [form]    '': what every Korean program reads
 * @returns {Promise<{pairs: (Pair & {encryption: boolean, lacksR: boolean})[], chain: Uint8Array[], keyless: Uint8Array[], caPubs: Uint8Array}>}
 *   encryption: a kmCert; lacksR: it has a VID, and its key not the R that it is
 *   proved with; chain: the other certificates; keyless: each kmCert among them;
 *   caPubs: the file of those of CAs, empty where there are none
 */
export async function openPfx(file, password, keyPassword = '', form = '') {
  const [json, ...rest] = await withSecrets([password, keyPassword], (secret, next) =>
    ask('pfxOpen', file, secret, next, encoder.encode(form)));
  /** @type {{pairs: {encryption: boolean, lacksR: boolean}[], keyless: boolean[]}} */
  const kinds = JSON.parse(decoder.decode(json));
  const pairs = kinds.pairs.map((kind, i) => ({ certificate: rest[2 * i], key: rest[2 * i + 1], ...kind }));
  const chain = rest.slice(2 * pairs.length, -1);
  return { pairs, chain, keyless: chain.filter((_, i) => kinds.keyless[i]), caPubs: rest[rest.length - 1] };
}

/**
 * Makes a PKCS#12 file of one to four pairs, whose key files have the same
 * password, and of the certificates of their CAs.
 * @param {Pair[]} pairs
 * @param {string} password     of the key files
 * @param {string} pfxPassword  of the file that is made: the same, or one that keeps the rules
 * @param {'compatible'|'modern'} form  as Korean programs write it, or stronger
 * @param {Uint8Array} [caPubs]
 * @returns {Promise<Uint8Array>}
 */
export async function makePfx(pairs, password, pfxPassword, form, caPubs = nothing) {
  const [file] = await withSecrets([pfxPassword, password], (made, keys) =>
    ask('pfxMake', encoder.encode(form), made, keys,
      joined(pairs.flatMap((pair) => [pair.certificate, pair.key])), caPubs));
  return file;
}

/**
 * Is the certificate that of the person or company with this number? Returns,
 * or throws: RC_DENIED it is not; RC_ABSENT certificate or key cannot tell;
 * RC_FORMAT no such number.
 * @param {Uint8Array} keyDer
 * @param {string} password
 * @param {Uint8Array} certificateDer
 * @param {string} number  resident or business registration number, as typed
 * @returns {Promise<{ok: true}>}
 */
export async function vid(keyDer, password, certificateDer, number) {
  await withSecrets([password, number], (secret, typed) => ask('vid', keyDer, secret, certificateDer, typed));
  return { ok: true };
}

/**
 * The words of the rules that a new password breaks; none for a good one.
 * Rules are for passwords that are set, never for those that open something.
 * @param {string} password
 * @returns {Promise<string[]>}
 */
export function passwordBroken(password) {
  return withSecrets([password], (secret) => askJson('passwordBroken', secret));
}

/**
 * The rules, in the order in which they are shown.
 * @returns {Promise<{word: string, ko: string, en: string}[]>}
 */
export function passwordRules() {
  return askJson('passwordRules');
}
