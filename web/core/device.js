/*
 * device.js - this device's proof: a passkey, or a key of the browser together
 * with the app PIN.
 *
 * Belongs here: WebAuthn calls, the PIN device's key, the evidence of an approval.
 * Not here: AR1 (approval.js), asking for the PIN (ui), HPKE itself (hpke.js).
 */
import { bytesOf, concat, fromB64u, fromHex, toB64u } from './ids.js';
import { kept } from './store.js';
import { Problem } from './api.js';
import { seal } from './hpke.js';

const minute = 60000;

function passkeyProblem(e) {
  /* NotAllowedError is a person's no, a time-out or no matching key: the browser does not tell. */
  return new Problem(e.name === 'NotAllowedError' || e.name === 'AbortError' ? 'passkey-cancelled' : 'passkey-failed');
}

/** Makes a passkey. start: answer of the join's code. Gives {client_data, attestation}. */
export async function makePasskey(server, start) {
  try {
    const made = await navigator.credentials.create({ publicKey: {
      rp: { id: server.rp_id, name: server.name },
      user: { id: userIdOf(start.user_id), name: start.user_name, displayName: start.display_name },
      challenge: fromB64u(start.challenge),
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { authenticatorAttachment: 'platform', residentKey: 'required', userVerification: 'required' },
      attestation: 'none', timeout: 2 * minute,
    } });
    return { client_data: toB64u(made.response.clientDataJSON), attestation: toB64u(made.response.attestationObject) };
  } catch (e) {
    throw passkeyProblem(e);
  }
}

const userIdOf = (id) => /^[0-9a-f]{32}$/.test(id) ? fromHex(id) : fromB64u(id);

/** Answers a challenge with a passkey of this device. @param {Uint8Array} challenge @param {string[]} [credentials] */
async function usePasskey(rpId, challenge, credentials = []) {
  try {
    const got = await navigator.credentials.get({ publicKey: {
      rpId, challenge, userVerification: 'required', timeout: 2 * minute,
      allowCredentials: credentials.map((id) => ({ type: 'public-key', id: fromB64u(id) })),
    } });
    return {
      credential_id: toB64u(got.rawId), client_data: toB64u(got.response.clientDataJSON),
      authenticator_data: toB64u(got.response.authenticatorData), signature: toB64u(got.response.signature),
    };
  } catch (e) {
    throw passkeyProblem(e);
  }
}

/** ECDSA as WebCrypto gives it (r ‖ s) → DER. @param {Uint8Array} raw */
export function signatureToDer(raw) {
  const integer = (n) => {
    let at = 0;
    while (at < n.length - 1 && n[at] === 0)
      at++;
    const rest = n.slice(at);
    const body = rest[0] & 0x80 ? concat(0, rest) : rest;
    return concat(2, body.length, body);
  };
  const body = concat(integer(raw.slice(0, raw.length / 2)), integer(raw.slice(raw.length / 2)));
  return concat(0x30, body.length, body);
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' };

async function signWith(key, challenge) {
  const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, concat('INGAM-DK1', challenge));
  return toB64u(signatureToDer(new Uint8Array(raw)));
}

const sealPin = async (hpkeKey, challenge, pin) =>
  toB64u(await seal(hpkeKey, bytesOf('INGAM-PIN1'), challenge, bytesOf(pin)));

/** Makes the key of a PIN device. Gives the body for the server and the key to keep. */
export async function makePinDevice(hpkeKey, challenge, pin) {
  const pair = await crypto.subtle.generateKey(curve, false, ['sign', 'verify']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    key: pair.privateKey,
    body: { public_key: toB64u(point), signature: await signWith(pair.privateKey, challenge), sealed_pin: await sealPin(hpkeKey, challenge, pin) },
  };
}

/** What this browser knows of itself: {kind, id, key?} or undefined. */
export const ownDevice = () => kept.load('device');

/*
 * What the vault does after so many wrong app PINs in a row. It tells how many
 * are left until then, not which lock it is; this device counts for itself,
 * as nobody without its key can wear out its tries.
 */
const locks = [{ wrong: 5, tries: 5, ms: 15 * minute }, { wrong: 8, tries: 3, ms: 24 * 60 * minute }, { wrong: 10, tries: 2, ms: Infinity }];

/**
 * Which lock comes next, or now, after one more wrong app PIN. wrong: those
 * before it, as far as known: an answer that got lost was counted there only.
 * Gives {wrong: with it, ms: how long the lock lasts}.
 */
export function nextLock(wrong, triesLeft) {
  const fit = locks.filter((l) => triesLeft < l.tries);
  const lock = fit.find((l) => l.wrong > wrong + triesLeft) ?? fit[0] ?? locks[0];
  return { wrong: Math.max(1, lock.wrong - triesLeft), ms: lock.ms };
}

/** After a wrong app PIN. Gives {until, lasts}: when the lock ends (0: none yet), and how long the next or this one lasts. */
export async function countWrongPin(triesLeft) {
  const { wrong, ms } = nextLock((await lockOfPin()).wrong, triesLeft);
  const until = triesLeft === 0 ? Date.now() + ms : 0;
  await kept.save('pin', { wrong, until });
  return { until, lasts: ms };
}

/** The count as it stands: {wrong, until}. */
export const lockOfPin = async () => await kept.load('pin') ?? { wrong: 0, until: 0 };

/** After a right one. */
export const forgetWrongPins = () => kept.drop('pin');

/** The proof for signing in: nothing but possession and, for passkeys, the person. */
export async function signInProof(rpId, challenge) {
  const own = await ownDevice();
  if (own?.kind === 'pin')
    return { device_id: own.id, signature: await signWith(own.key, challenge) };
  return usePasskey(rpId, challenge);
}

/**
 * The proof of an approval. askPin is called on a PIN device and gives the six
 * digits, or null when the person goes back (Problem `passkey-cancelled`).
 */
export async function evidence(rpId, hpkeKey, approval, askPin) {
  const own = await ownDevice();
  if (own?.kind !== 'pin')
    return usePasskey(rpId, approval.challenge, approval.credentials);
  const pin = await askPin();
  if (pin === null)
    throw new Problem('passkey-cancelled');
  return {
    device_id: own.id, signature: await signWith(own.key, approval.challenge),
    sealed_pin: await sealPin(hpkeKey, approval.challenge, pin),
  };
}

/** Why a PIN is not taken: null, 'length', 'same', 'run', 'repeat', 'birthday'. @param {string} birth 19900101 */
export function pinFault(pin, birth = '') {
  if (!/^[0-9]{6}$/.test(pin))
    return 'length';
  if (/(\d)\1\1/.test(pin))
    return 'same';
  const steps = [...pin].slice(1).map((d, i) => Number(d) - Number(pin[i]));
  for (let i = 0; i + 1 < steps.length; i++)
    if (Math.abs(steps[i]) === 1 && steps[i] === steps[i + 1])
      return 'run';
  if (pin === pin.slice(0, 2).repeat(3) || pin === pin.slice(0, 3).repeat(2))
    return 'repeat';
  if (birth.length === 8 && [birth.slice(2), birth.slice(4) + birth.slice(2, 4), birth.slice(0, 6), birth.slice(4) + birth.slice(0, 4)].some((b) => b.slice(0, 6) === pin))
    return 'birthday';
  return null;
}
