/*
 * worker.js - registering the service worker, and switching notifications on.
 *
 * Belongs here: this page's side of push. Not here: the worker (sw.js).
 */
import { post, put, del } from '../core/api.js';
import { fromB64u, toB64u } from '../core/ids.js';
import { state } from '../core/store.js';
import { scriptAddress } from '../core/trusted.js';
import { loadMe } from './session.js';

export async function registerWorker() {
  if (!('serviceWorker' in navigator))
    return;
  await navigator.serviceWorker.register(scriptAddress('/sw.js')).catch((e) => console.warn(e));
}

/** 'on', 'off', 'blocked' (by the person or system) or 'none' (this browser cannot). */
export async function pushState() {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window))
    return 'none';
  if (Notification.permission === 'denied')
    return 'blocked';
  const worker = await navigator.serviceWorker.getRegistration();
  const own = await worker?.pushManager.getSubscription();
  return own && Notification.permission === 'granted' ? 'on' : 'off';
}

/** Asks for permission (call it from a tap) and tells the server where to send. Gives the new state. */
export async function switchPushOn() {
  if (await Notification.requestPermission() !== 'granted')
    return Notification.permission === 'denied' ? 'blocked' : 'off';
  await registerWorker();
  const worker = await navigator.serviceWorker.ready;
  const key = fromB64u(state.server.push_key);
  let own = await worker.pushManager.getSubscription();
  if (own !== null && own.options.applicationServerKey !== null &&
      toB64u(own.options.applicationServerKey) !== state.server.push_key) {
    await own.unsubscribe();
    own = null;
  }
  own ??= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await put('/api/v1/push', { endpoint: own.endpoint, p256dh: toB64u(own.getKey('p256dh')), auth: toB64u(own.getKey('auth')) });
  await loadMe();
  return 'on';
}

export async function switchPushOff() {
  const worker = await navigator.serviceWorker.getRegistration();
  const own = await worker?.pushManager.getSubscription();
  await del('/api/v1/push');
  await own?.unsubscribe();
  await loadMe();
  return 'off';
}

/** Sends a test and waits for it to arrive in this browser. Gives whether it did. */
export async function testPush(wait = 15000) {
  let done;
  const arrived = new Promise((resolve) => { done = resolve; });
  const hear = (e) => {
    if (e.data?.type === 'push-test')
      done(true);
  };
  navigator.serviceWorker.addEventListener('message', hear);
  navigator.serviceWorker.startMessages?.();
  const timer = setTimeout(() => done(false), wait);
  try {
    await post('/api/v1/push/test');
    return await arrived;
  } finally {
    clearTimeout(timer);
    navigator.serviceWorker.removeEventListener('message', hear);
  }
}

