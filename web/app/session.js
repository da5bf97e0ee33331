/*
 * session.js - who is signed in on this device, and keeping what is shown fresh.
 *
 * Belongs here: the server's description, signing in and out, the vault's keys
 * kept since joining, the event stream.
 * Not here: proofs (core/device.js), screens.
 */
import { get, onSignedOut, post, del, Problem } from '../core/api.js';
import { fromB64u } from '../core/ids.js';
import { listen } from '../core/sse.js';
import { kept, state, update } from '../core/store.js';
import { signInProof } from '../core/device.js';

const api = '/api/v1';
const notices = new EventTarget();
let close = null;

/** Calls f when the person came in or went out. */
export const onSession = (f) => notices.addEventListener('session', f);

/** Calls f(name, data) with each event of the server. Gives the function that ends it. */
export function onEvent(f) {
  const hand = (e) => f(e.detail.name, e.detail.data);
  notices.addEventListener('event', hand);
  return () => notices.removeEventListener('event', hand);
}

const tell = (name, data) => notices.dispatchEvent(new CustomEvent('event', { detail: { name, data } }));

export async function loadServer() {
  update({ server: await get(`${api}/server`), online: true });
  return state.server;
}

/** First things of a page. Never throws: without a server there is a line that says so. */
export async function start() {
  try {
    const server = await loadServer();
    if (server.session)
      await enter();
  } catch (e) {
    if (!(e instanceof Problem))
      throw e;
    const me = await kept.load('me').catch(() => undefined);
    update({ online: false, me: me ?? null, certificates: me === undefined ? null : await kept.load('certificates').catch(() => null) ?? null });
    if (me !== undefined)
      stream();
  }
}

export async function loadCertificates() {
  const { certificates } = await get(`${api}/certificates`);
  update({ certificates });
  await kept.save('certificates', certificates);
}

export async function loadRequests() {
  const { requests } = await get(`${api}/requests`);
  update({ requests });
  navigator.setAppBadge?.(requests.filter(waits).length).catch(() => {});
  return requests;
}

/** Whether a request still waits for this person. */
export const waits = (r) => (r.state === 'waiting' || r.state === 'opened') && r.kind === 'token' && r.expires > Date.now();

export async function loadMe() {
  const me = await get(`${api}/me`);
  update({ me });
  await kept.save('me', me);
}

async function enter() {
  await Promise.all([loadMe(), loadCertificates(), loadRequests()]);
  stream();
}

function quietly(load) {
  load().catch((e) => {
    if (!(e instanceof Problem))
      throw e;
  });
}

function stream() {
  close?.();
  const reload = () => {
    for (const load of [loadRequests, loadCertificates, loadMe])
      quietly(load);
    tell('resync', null);
  };
  let opened = false;
  let silence = 0; /* a stream that is cut and comes back at once is nothing to tell */
  const end = listen(`${api}/events`, {
    open: () => {
      clearTimeout(silence);
      silence = 0;
      update({ online: true });
      if (opened)
        reload();
      else
        quietly(loadRequests);
      opened = true;
    },
    lost: () => {
      if (silence === 0)
        silence = setTimeout(() => update({ online: false }), 4000);
    },
    /* Perhaps the session is over; asking says so. */
    refused: () => quietly(loadMe),
    request: (r) => {
      quietly(loadRequests);
      tell('request', r);
    },
    transfer: (x) => tell('transfer', x),
    certificates: () => quietly(loadCertificates),
    history: () => tell('history', null),
    session: () => left(),
    resync: reload,
  });
  close = () => {
    clearTimeout(silence);
    end();
  };
}

/** The vault's keys as they were at joining. Throws Problem `vault-changed` when the server shows others. */
export async function vaultKeys() {
  const own = await kept.load('vault');
  const server = state.server ?? await loadServer();
  if (own === undefined)
    return keepVault(server);
  if (own.display !== server.display_key || own.hpke !== server.hpke_key)
    throw new Problem('vault-changed');
  return { display: fromB64u(own.display), hpke: fromB64u(own.hpke) };
}

/** Keeps the vault's keys: at joining, and at signing in on a browser that knows none. */
export async function keepVault(server) {
  await kept.save('vault', { display: server.display_key, hpke: server.hpke_key });
  return { display: fromB64u(server.display_key), hpke: fromB64u(server.hpke_key) };
}

/** After the server has set the cookie. device: {kind, id, key?}. */
export async function cameIn(member, device) {
  await kept.save('device', device ?? { kind: 'passkey', id: member.device });
  update({ me: member });
  await enter();
}

/** Signs in with what this device has. Throws Problem. */
export async function signIn() {
  const server = await loadServer();
  const { id, challenge } = await post(`${api}/session/challenge`);
  const proof = await signInProof(server.rp_id, fromB64u(challenge));
  const { member } = await post(`${api}/session`, { id, ...proof });
  await vaultKeys();
  const own = await kept.load('device');
  await cameIn(member, own?.kind === 'pin' ? own : undefined);
  notices.dispatchEvent(new Event('session'));
}

/** Tells the screens that joining is complete. */
export const joined = () => notices.dispatchEvent(new Event('session'));

function left() {
  close?.();
  close = null;
  update({ me: null, certificates: null, requests: null, online: true });
  kept.drop('me').catch(() => {});
  kept.drop('certificates').catch(() => {});
  notices.dispatchEvent(new Event('session'));
}

onSignedOut(() => {
  if (state.me !== null)
    left();
});

export async function signOut() {
  await del(`${api}/session`);
  left();
}

export { api };
