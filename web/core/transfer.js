/**
 * transfer.js - the frame in which a certificate travels between devices; twin
 * of src/pake/transfer.c.
 *
 * Belongs here: its fixed order, its ceilings, sealing and opening it. Not
 * here: agreeing on the key (cpace.js); what is in the files (npki).
 */
const label = new TextEncoder().encode('INGAM-TR1');
const fileMax = 16384;
const subtle = globalThis.crypto.subtle;

/**
 * Files as in an NPKI folder, keys still encrypted; km*: both or none.
 * @typedef {{signCert: Uint8Array, signPri: Uint8Array, kmCert?: Uint8Array, kmPri?: Uint8Array}} TransferFiles
 */

/** @param {TransferFiles} f */
function check(f) {
  const n = (/** @type {Uint8Array | undefined} */ x) => x?.length ?? 0;
  if ([f.signCert, f.signPri, f.kmCert, f.kmPri].some((x) => n(x) > fileMax))
    throw new RangeError('transfer: file too long');
  if (n(f.signCert) === 0 || n(f.signPri) === 0 || (n(f.kmCert) === 0) !== (n(f.kmPri) === 0))
    throw new RangeError('transfer: a file is missing');
}

/** @param {Uint8Array} key 32 bytes @param {'encrypt' | 'decrypt'} use */
const load = (key, use) => subtle.importKey('raw', key, 'AES-GCM', false, [use]);

/**
 * The plain text alone. @param {TransferFiles} files
 * @returns {Uint8Array}
 */
export function encodeFiles(files) {
  check(files);
  const all = [files.signCert, files.signPri, files.kmCert ?? new Uint8Array(), files.kmPri ?? new Uint8Array()];
  const out = new Uint8Array(label.length + all.reduce((n, f) => n + 2 + f.length, 0));
  out.set(label);
  let at = label.length;
  for (const f of all) {
    out.set([f.length >> 8, f.length & 255], at);
    out.set(f, at + 2);
    at += 2 + f.length;
  }
  return out;
}

/**
 * @param {Uint8Array} plain
 * @returns {TransferFiles} copies; no km* where there are none
 */
export function parseFiles(plain) {
  let at = label.length;
  const next = () => {
    const n = at + 2 <= plain.length ? plain[at] << 8 | plain[at + 1] : -1;
    if (n < 0 || at + 2 + n > plain.length)
      throw new RangeError('transfer: malformed');
    at += 2 + n;
    return plain.slice(at - n, at);
  };
  if (plain.length < label.length || !label.every((b, i) => plain[i] === b))
    throw new RangeError('transfer: malformed');
  const [signCert, signPri, kmCert, kmPri] = [next(), next(), next(), next()];
  if (at !== plain.length)
    throw new RangeError('transfer: malformed');
  const files = kmCert.length + kmPri.length === 0 ? { signCert, signPri } : { signCert, signPri, kmCert, kmPri };
  check(files);
  return files;
}

/**
 * Seals the files under a CPace key of this direction.
 * @param {Uint8Array} key @param {TransferFiles} files
 * @returns {Promise<Uint8Array>} nonce ‖ ciphertext ‖ tag
 */
export async function sealFiles(key, files) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const body = new Uint8Array(await subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: label }, await load(key, 'encrypt'), encodeFiles(files)));
  const out = new Uint8Array(12 + body.length);
  out.set(nonce);
  out.set(body, 12);
  return out;
}

/**
 * Opens a frame; rejects when it was altered or the key is another.
 * @param {Uint8Array} key @param {Uint8Array} frame
 * @returns {Promise<TransferFiles>}
 */
export async function openFiles(key, frame) {
  if (frame.length < 28 || frame.length > 12 + label.length + 4 * (2 + fileMax) + 16)
    throw new RangeError('transfer: malformed');
  const plain = await subtle.decrypt({ name: 'AES-GCM', iv: frame.slice(0, 12), additionalData: label },
    await load(key, 'decrypt'), frame.slice(12));
  return parseFiles(new Uint8Array(plain));
}
