/**
 * hpke.js - HPKE (RFC 9180), base mode, single shot: DHKEM(P-256,
 * HKDF-SHA256), HKDF-SHA256, AES-256-GCM; twin of src/pake/hpke.c.
 *
 * Belongs here: sealing to the vault's key, and opening (tests, devices).
 * Not here: what is sealed (app).
 */
import { bytesOf, concat } from './ids.js';

const PUBLIC = 65;
const subtle = globalThis.crypto.subtle;
const none = new Uint8Array();
const kem = Uint8Array.of(0x4b, 0x45, 0x4d, 0, 0x10);
const hpke = Uint8Array.of(0x48, 0x50, 0x4b, 0x45, 0, 0x10, 0, 1, 0, 2);
const curve = { name: 'ECDH', namedCurve: 'P-256' };

/**
 * HMAC-SHA-256. WebCrypto takes no empty key; zeros are the same key.
 * @param {Uint8Array} key @param {Uint8Array[]} data
 */
async function hmac(key, ...data) {
  const k = await subtle.importKey('raw', key.length === 0 ? new Uint8Array(32) : key,
    { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', k, concat(...data)));
}

/** @param {Uint8Array} salt @param {Uint8Array} suite @param {string} label @param {Uint8Array} ikm */
const extract = (salt, suite, label, ikm) => hmac(salt, bytesOf('HPKE-v1'), suite, bytesOf(label), ikm);

/** At most one block. @param {Uint8Array} prk @param {Uint8Array} suite @param {string} label @param {Uint8Array} info @param {number} n */
async function expand(prk, suite, label, info, n) {
  const block = await hmac(prk, Uint8Array.of(0, n), bytesOf('HPKE-v1'), suite, bytesOf(label), info, Uint8Array.of(1));
  return block.slice(0, n);
}

/**
 * Key and nonce of the one message.
 * @param {CryptoKey} own @param {CryptoKey} peer
 * @param {Uint8Array} enc @param {Uint8Array} recipient @param {Uint8Array} info
 */
async function schedule(own, peer, enc, recipient, info) {
  const dh = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: peer }, own, 256));
  const prk = await extract(none, kem, 'eae_prk', dh);
  const shared = await expand(prk, kem, 'shared_secret', concat(enc, recipient), 32);
  const context = concat(Uint8Array.of(0), await extract(none, hpke, 'psk_id_hash', none),
    await extract(none, hpke, 'info_hash', info));
  const secret = await extract(shared, hpke, 'secret', none);
  const key = await subtle.importKey('raw', await expand(secret, hpke, 'key', context, 32),
    'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, nonce: await expand(secret, hpke, 'base_nonce', context, 12) };
}

/**
 * Seals to an uncompressed point of P-256.
 * @param {Uint8Array} publicKey 65 bytes
 * @param {Uint8Array} info @param {Uint8Array} aad @param {Uint8Array} plain
 * @returns {Promise<Uint8Array>} enc ‖ ciphertext ‖ tag
 */
export async function seal(publicKey, info, aad, plain) {
  if (publicKey.length !== PUBLIC)
    throw new RangeError('hpke: not an uncompressed point');
  const peer = await subtle.importKey('raw', publicKey, curve, false, []);
  const pair = /** @type {CryptoKeyPair} */ (await subtle.generateKey(curve, false, ['deriveBits']));
  const enc = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  const { key, nonce } = await schedule(pair.privateKey, peer, enc, publicKey, info);
  const body = await subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: aad }, key, plain);
  return concat(enc, new Uint8Array(body));
}

/**
 * Opens; rejects when it was not sealed to this pair with this info and aad.
 * @param {CryptoKeyPair} pair ECDH P-256
 * @param {Uint8Array} info @param {Uint8Array} aad @param {Uint8Array} sealed
 * @returns {Promise<Uint8Array>}
 */
export async function open(pair, info, aad, sealed) {
  const enc = sealed.slice(0, PUBLIC);
  const peer = await subtle.importKey('raw', enc, curve, false, []);
  const recipient = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
  const { key, nonce } = await schedule(pair.privateKey, peer, enc, recipient, info);
  return new Uint8Array(await subtle.decrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: aad }, key, sealed.slice(PUBLIC)));
}
