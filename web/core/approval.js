/*
 * approval.js - AR1, the approval request of the vault: read strictly, checked,
 * and turned into the challenge that this phone answers.
 *
 * Belongs here: the format, its signature, the challenge (docs/vault-protocol.md).
 * Not here: showing it (app/screens/request.js), the passkey (device.js).
 */
import { bytesOf, concat, equal, fromB64u, sha256 } from './ids.js';
import { Problem } from './api.js';

const ops = { 9: 'token', 10: 'import', 11: 'delete' };
const modes = ['none', 'number', 'push'];
const textMax = 256;

/* Characters without a look of their own, or that turn the line: those of base/text.c. */
const hidden = new RegExp('[\\0-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\\u{e0000}-\\u{e0fff}]', 'u');

class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  take(n) {
    if (this.#at + n > this.#bytes.length)
      throw new RangeError('AR1: short');
    this.#at += n;
    return this.#bytes.slice(this.#at - n, this.#at);
  }

  number(n) {
    return this.take(n).reduce((sum, b) => sum * 256 + b, 0);
  }

  sized() {
    return this.take(this.number(2));
  }

  text() {
    const bytes = this.sized();
    if (bytes.length > textMax)
      throw new RangeError('AR1: long text');
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (hidden.test(text))
      throw new RangeError('AR1: text that hides');
    return text;
  }

  zeros(n) {
    if (this.take(n).some((b) => b !== 0))
      throw new RangeError('AR1: field that must be zero');
  }

  end() {
    if (this.#at !== this.#bytes.length)
      throw new RangeError('AR1: bytes left over');
  }
}

function readParams(kind, bytes) {
  const r = new Reader(bytes);
  const out = kind === 'token'
    ? { count: r.number(2), seconds: r.number(4), program: r.text(), machine: r.text(), user: r.text() }
    : { label: r.text() };
  r.end();
  if (kind === 'token' && (out.count === 0 || out.seconds === 0))
    throw new RangeError('AR1: nothing is asked');
  return out;
}

/**
 * Reads AR1; throws RangeError (TypeError for text that is no UTF-8) for
 * anything else, and for what this app cannot show.
 * @param {Uint8Array} bytes
 */
export function parseApproval(bytes) {
  const r = new Reader(bytes);
  if (!equal(r.take(9), bytesOf('INGAM-AR1')))
    throw new RangeError('AR1: another record');
  const kind = ops[r.number(1)];
  if (kind === undefined)
    throw new RangeError('AR1: unknown op');
  const out = {
    kind,
    requestId: r.take(16), epoch: r.number(4), issued: r.number(8), expires: r.number(8),
    account: r.take(16), keyId: r.take(16), certSha256: r.take(32),
    listVersion: r.number(4), listHead: r.take(32),
  };
  /* Relying parties do not exist yet: a request that names one is not ours to show. */
  r.zeros(16 + 32);
  if (r.text() !== '' || r.text() !== '')
    throw new RangeError('AR1: relying party');
  out.mode = modes[r.number(1)];
  if (out.mode === undefined || (kind === 'token') === (out.mode === 'none'))
    throw new RangeError('AR1: mode');
  if (r.number(2) !== 0)
    throw new RangeError('AR1: mechanism');
  Object.assign(out, readParams(kind, r.sized()));
  if (r.number(2) !== 0)
    throw new RangeError('AR1: digests');
  r.zeros(96);
  r.end();
  return out;
}

/** SHA-256("INGAM-WA1" ‖ SHA-256(AR1)). */
export const challengeOf = async (ar1) => sha256(concat('INGAM-WA1', await sha256(ar1)));

/**
 * Checks what the server hands out for approving: the vault's signature by the
 * key kept since joining, the form, the challenge. Throws Problem
 * `approval-forged`.
 * @param {{ar1: string, ar1_signature: string, challenge: string, credentials: string[], device: string}} answer
 * @param {Uint8Array} displayKey kept since joining
 * @param {{kind: string, certificate?: Uint8Array}} expected certificate: DER
 */
export async function openApproval(answer, displayKey, expected) {
  try {
    const ar1 = fromB64u(answer.ar1);
    const key = await crypto.subtle.importKey('raw', displayKey, 'Ed25519', false, ['verify']);
    if (!await crypto.subtle.verify('Ed25519', key, fromB64u(answer.ar1_signature), concat('INGAM-ARSIG1', ar1)))
      throw new RangeError('AR1: signature');
    const approval = parseApproval(ar1);
    const challenge = await challengeOf(ar1);
    if (!equal(challenge, fromB64u(answer.challenge)))
      throw new RangeError('AR1: challenge');
    if (approval.kind !== expected.kind)
      throw new RangeError('AR1: another kind');
    if (expected.certificate !== undefined && !equal(await sha256(expected.certificate), approval.certSha256))
      throw new RangeError('AR1: another certificate');
    return { ...approval, ar1, ar1Sha256: await sha256(ar1), challenge, credentials: answer.credentials, device: answer.device };
  } catch (e) {
    console.warn(e);
    throw new Problem('approval-forged');
  }
}
