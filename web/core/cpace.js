/**
 * cpace.js - CPace: a strong key out of a short code, one guess a run; twin of
 * src/pake/cpace.c, byte for byte (draft-irtf-cfrg-cpace-21,
 * CPACE-RISTR255-SHA512, initiator-responder, explicit key confirmation).
 *
 * Belongs here: the draft's functions over ristretto255, our three messages.
 * Not here: the code (code.js); what is sent under the key (transfer.js).
 */
import { ristretto255, ristretto255_hasher } from '../lib/noble-curves/ed25519.js';
import { hkdf } from '../lib/noble-hashes/hkdf.js';
import { hmac } from '../lib/noble-hashes/hmac.js';
import { sha512 } from '../lib/noble-hashes/sha2.js';
import { bytesOf, concat } from './ids.js';

const { Point } = ristretto255;
const SUITE = 1, FIRST = 1, ANSWER = 2, CONFIRM = 3;
const POINT = 32, TAG = 64, AD_MAX = 256, BLOCK = 128;

/** `why` is 'format', 'suite' (another version), 'code' (the one wrong guess) or 'state'. */
export class CpaceError extends Error {
  /** @param {'format'|'suite'|'code'|'state'} why */
  constructor(why) {
    super(`cpace: ${why}`);
    this.why = why;
  }
}

/**
 * What both sides must have alike, but for ad.
 * @typedef {object} CpaceInput
 * @property {string} code digits
 * @property {string} label "INGAM-IMPORT1" or "INGAM-TRANSFER1"
 * @property {string} channel the code's public digits
 * @property {Uint8Array} sid the transfer's id, 16 to 64 bytes
 * @property {Uint8Array} [ad] goes in clear, is authenticated
 * @property {Uint8Array} [scalar] for published vectors only
 */

/** @typedef {{toResponder: Uint8Array, toInitiator: Uint8Array}} CpaceKeys one key a direction, for one frame each */

/** lv_cat(): LEB128 length before each part. @param {Uint8Array[]} parts */
function lvCat(...parts) {
  return concat(...parts.flatMap((p) => {
    const head = [];
    let n = p.length;
    for (; n >= 128; n = Math.floor(n / 128))
      head.push(n % 128 + 128);
    return [Uint8Array.from([...head, n]), p];
  }));
}

/** Equal, without an early end. @param {Uint8Array} a @param {Uint8Array} b */
function same(a, b) {
  let diff = a.length ^ b.length;
  for (let i = 0; i < a.length && i < b.length; i++)
    diff |= a[i] ^ b[i];
  return diff === 0;
}

/** Little-endian. @param {Uint8Array} bytes */
function toScalar(bytes) {
  let n = 0n;
  for (let i = bytes.length - 1; i >= 0; i--)
    n = n << 8n | BigInt(bytes[i]);
  return n;
}

/**
 * The draft's calculate_generator().
 * @param {Uint8Array} prs @param {Uint8Array} ci @param {Uint8Array} sid
 * @returns {Uint8Array} encoded
 */
export function draftGenerator(prs, ci, sid) {
  const dsi = bytesOf('CPaceRistretto255');
  const pad = Math.max(0, BLOCK - 1 - lvCat(prs).length - lvCat(dsi).length);
  const hash = sha512(lvCat(dsi, prs, new Uint8Array(pad), ci, sid));
  return ristretto255_hasher.deriveToCurve(hash).toBytes();
}

/**
 * The draft's scalar_mult_vfy() and ISK.
 * @param {Uint8Array} scalar @param {Uint8Array} peer
 * @param {Uint8Array} sid @param {Uint8Array} transcript
 * @returns {Uint8Array}
 */
export function draftIsk(scalar, peer, sid, transcript) {
  let point;
  try {
    point = Point.fromBytes(peer);
  } catch {
    throw new CpaceError('format');
  }
  if (point.is0())
    throw new CpaceError('format');
  const k = point.multiply(toScalar(scalar)).toBytes();
  return sha512(concat(lvCat(bytesOf('CPaceRistretto255_ISK'), sid, k), transcript));
}

/** One run of one side. A failure ends it: there is one guess in it. */
export class Cpace {
  #step = 'new';
  #sid;
  #scalar;
  #own;
  #peer = new Uint8Array();
  #ad;
  #isk = new Uint8Array();
  #macKey = new Uint8Array();

  /** @param {CpaceInput} input */
  constructor(input) {
    const { code, label, channel, sid, ad = new Uint8Array(), scalar } = input;
    const ci = bytesOf(label + channel);
    if (!/^[0-9]{1,64}$/.test(code) || sid.length < 16 || sid.length > 64 || ad.length > AD_MAX || ci.length > 127)
      throw new RangeError('cpace: input of wrong size');
    this.#sid = sid;
    this.#ad = ad;
    if (scalar === undefined) {
      this.#scalar = crypto.getRandomValues(new Uint8Array(32));
      this.#scalar[31] &= 0x0f;
    } else {
      this.#scalar = scalar;
    }
    const g = Point.fromBytes(draftGenerator(bytesOf(code), ci, sid));
    this.#own = g.multiply(toScalar(this.#scalar)).toBytes();
  }

  /** @template T @param {string} from @param {string} to @param {() => T} body @returns {T} */
  #move(from, to, body) {
    const was = this.#step;
    this.#step = 'dead';
    if (was !== from)
      throw new CpaceError('state');
    const out = body();
    this.#step = to;
    return out;
  }

  /** @param {number} type */
  #head(type) {
    const ad = this.#ad;
    return concat(Uint8Array.of(SUITE, type), this.#own, Uint8Array.of(ad.length >> 8, ad.length & 255), ad);
  }

  /** @param {Uint8Array} m @param {number} type @param {number} tail @returns {Uint8Array} the last tail bytes */
  #read(m, type, tail) {
    if (m.length > 0 && m[0] !== SUITE)
      throw new CpaceError('suite');
    const n = m.length >= 36 ? m[34] << 8 | m[35] : 0;
    if (m.length < 36 || m[1] !== type || n > AD_MAX || m.length !== 36 + n + tail)
      throw new CpaceError('format');
    this.#peer = concat(m.slice(2, 34), m.slice(36, 36 + n));
    return m.slice(36 + n);
  }

  /** @param {Uint8Array} side Y and AD @returns {Uint8Array} */
  #side(side) {
    return lvCat(side.slice(0, POINT), side.slice(POINT));
  }

  get #mine() {
    return concat(this.#own, this.#ad);
  }

  /** @param {boolean} initiator */
  #agree(initiator) {
    const sides = [this.#side(this.#mine), this.#side(this.#peer)];
    const transcript = concat(...(initiator ? sides : sides.reverse()));
    this.#isk = draftIsk(this.#scalar, this.#peer.slice(0, POINT), this.#sid, transcript);
    this.#macKey = sha512(concat(bytesOf('CPaceMac'), this.#sid, this.#isk));
  }

  /** @param {Uint8Array} side */
  #tag(side) {
    return hmac(sha512, this.#macKey, this.#side(side));
  }

  /** @returns {CpaceKeys} */
  #keys() {
    const okm = hkdf(sha512, this.#isk, undefined, bytesOf('INGAM-CP1 keys'), 64);
    this.#scalar.fill(0);
    return { toResponder: okm.slice(0, 32), toInitiator: okm.slice(32) };
  }

  /** @param {Uint8Array} tag */
  #checkPeer(tag) {
    if (!same(tag, this.#tag(this.#peer)))
      throw new CpaceError('code');
  }

  /** Initiator: the first message. */
  start() {
    return this.#move('new', 'started', () => this.#head(FIRST));
  }

  /** Responder: takes the first message, makes the answer. @param {Uint8Array} first */
  answer(first) {
    return this.#move('new', 'answered', () => {
      this.#read(first, FIRST, 0);
      this.#agree(false);
      return concat(this.#head(ANSWER), this.#tag(this.#mine));
    });
  }

  /**
   * Initiator: takes the answer; the keys may be used at once.
   * @param {Uint8Array} answer
   * @returns {{confirm: Uint8Array, keys: CpaceKeys}}
   */
  finish(answer) {
    return this.#move('started', 'done', () => {
      const tag = this.#read(answer, ANSWER, TAG);
      this.#agree(true);
      this.#checkPeer(tag);
      return { confirm: concat(Uint8Array.of(SUITE, CONFIRM), this.#tag(this.#mine)), keys: this.#keys() };
    });
  }

  /** Responder: takes the confirmation. @param {Uint8Array} confirm @returns {CpaceKeys} */
  confirm(confirm) {
    return this.#move('answered', 'done', () => {
      if (confirm.length !== CONFIRM_LENGTH || confirm[0] !== SUITE || confirm[1] !== CONFIRM)
        throw new CpaceError('format');
      this.#checkPeer(confirm.slice(2));
      return this.#keys();
    });
  }
}

/** A confirmation has one length, so that a frame may follow it. */
export const CONFIRM_LENGTH = 2 + TAG;
