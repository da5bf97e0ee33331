/*
 * sw.js - the worker behind the app: notifications, and the shell without a net.
 *
 * Belongs here: showing pushes, leading a tap to its request, the cache.
 * Not here: deciding anything. Nothing is approved from a notification.
 */
const version = 1;
const cacheName = `shell-${version}`;

/* Every file that the app needs to start; a test compares it with the tree. */
const shell = [
  /* shell begins */
  '/',
  '/app/app.js',
  '/app/approve.js',
  '/app/ask.js',
  '/app/certificates.js',
  '/app/chrome.js',
  '/app/icons/180.png',
  '/app/icons/192.png',
  '/app/icons/512.png',
  '/app/icons/badge.png',
  '/app/icons/maskable.png',
  '/app/icons/seal.svg',
  '/app/screens/certificate.js',
  '/app/screens/history.js',
  '/app/screens/home.js',
  '/app/screens/import.js',
  '/app/screens/join.js',
  '/app/screens/request.js',
  '/app/screens/settings.js',
  '/app/screens/welcome.js',
  '/app/session.js',
  '/app/worker.js',
  '/core/apart.js',
  '/core/api.js',
  '/core/approval.js',
  '/core/code.js',
  '/core/cpace.js',
  '/core/device.js',
  '/core/env.js',
  '/core/handover.js',
  '/core/hpke.js',
  '/core/i18n.js',
  '/core/i18n/en.json',
  '/core/i18n/ko.json',
  '/core/ids.js',
  '/core/josa.js',
  '/core/keyfiles.js',
  '/core/npki-worker.js',
  '/core/npki.js',
  '/core/npki.wasm',
  '/core/qr.js',
  '/core/router.js',
  '/core/sse.js',
  '/core/store.js',
  '/core/transfer.js',
  '/core/trusted.js',
  '/lib/lit/lit.js',
  '/lib/noble-ciphers/_polyval.js',
  '/lib/noble-ciphers/aes.js',
  '/lib/noble-ciphers/utils.js',
  '/lib/noble-curves/abstract/curve.js',
  '/lib/noble-curves/abstract/der.js',
  '/lib/noble-curves/abstract/edwards.js',
  '/lib/noble-curves/abstract/fft.js',
  '/lib/noble-curves/abstract/frost.js',
  '/lib/noble-curves/abstract/hash-to-curve.js',
  '/lib/noble-curves/abstract/modular.js',
  '/lib/noble-curves/abstract/montgomery.js',
  '/lib/noble-curves/abstract/oprf.js',
  '/lib/noble-curves/abstract/weierstrass.js',
  '/lib/noble-curves/ed25519.js',
  '/lib/noble-curves/nist.js',
  '/lib/noble-curves/utils.js',
  '/lib/noble-hashes/_md.js',
  '/lib/noble-hashes/_u64.js',
  '/lib/noble-hashes/hkdf.js',
  '/lib/noble-hashes/hmac.js',
  '/lib/noble-hashes/legacy.js',
  '/lib/noble-hashes/pbkdf2.js',
  '/lib/noble-hashes/sha2.js',
  '/lib/noble-hashes/utils.js',
  '/lib/pretendard/pretendardvariable-dynamic-subset.css',
  '/lib/qr/index.js',
  '/manifest.webmanifest',
  '/ui/base.js',
  '/ui/icons.js',
  '/ui/parts.js',
  '/ui/theme.css',
  /* shell ends */
];

self.addEventListener('install', (e) => {
  e.waitUntil((async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(shell.map((path) => new Request(path, { cache: 'no-cache' })));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (e) => {
  e.waitUntil((async () => {
    for (const name of await caches.keys())
      if (name !== cacheName)
        await caches.delete(name);
    await self.clients.claim();
  })());
});

/* The net first, so that files always belong together; the cache when it is silent. */
async function netThenCache(request, key) {
  const cache = await caches.open(cacheName);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 4000);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (answer.ok)
      await cache.put(key, answer.clone());
    return answer;
  } catch (e) {
    const kept = await cache.match(key);
    if (kept === undefined)
      throw e;
    return kept;
  } finally {
    clearTimeout(timer);
  }
}

async function cacheThenNet(request) {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request);
  if (kept !== undefined)
    return kept;
  const answer = await fetch(request);
  if (answer.ok)
    await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/'))
    return;
  if (e.request.mode === 'navigate')
    e.respondWith(netThenCache(e.request, '/'));
  else if (url.pathname.endsWith('.woff2'))
    e.respondWith(cacheThenNet(e.request));
  else if (/^\/(app|core|ui|lib)\//.test(url.pathname) || url.pathname === '/manifest.webmanifest')
    e.respondWith(netThenCache(e.request, url.pathname));
});

/* The language in which the app was shown last (core/store.js keeps it). */
function language() {
  return new Promise((resolve) => {
    const fallback = (navigator.languages ?? []).map((l) => l.slice(0, 2)).find((l) => l === 'ko' || l === 'en') ?? 'ko';
    const asked = indexedDB.open('ingam', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
    asked.onerror = () => resolve(fallback);
    asked.onsuccess = () => {
      const got = asked.result.transaction('kept').objectStore('kept').get('shown');
      got.onsuccess = () => resolve(got.result ?? fallback);
      got.onerror = () => resolve(fallback);
      asked.result.close();
    };
  });
}

async function sentences() {
  const path = `/core/i18n/${await language()}.json`;
  const answer = await caches.match(path) ?? await fetch(path);
  return answer.json();
}

async function show(data) {
  const say = await sentences();
  const fill = (key, values) => say[key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? '');
  if (data.type === 'test') {
    /* Arrived is what can be seen: a system that shows nothing lets this fail. */
    await self.registration.showNotification(say['notice.test.title'], {
      body: say['notice.test.text'], tag: 'test', icon: '/app/icons/192.png', badge: '/app/icons/badge.png',
    });
    const pages = await self.clients.matchAll({ type: 'window' });
    pages.forEach((p) => p.postMessage({ type: 'push-test' }));
    return undefined;
  }
  const known = ['token', 'import', 'delete'].includes(data.kind) ? data.kind : 'other';
  return self.registration.showNotification(fill(`notice.${known}.title`, data), {
    body: fill(`notice.${known}.text`, data), tag: data.id, renotify: true, requireInteraction: true,
    icon: '/app/icons/192.png', badge: '/app/icons/badge.png', data: { path: /^[0-9a-f]{32}$/.test(data.id) ? `/r/${data.id}` : '/' },
  });
}

self.addEventListener('push', (e) => {
  let data = {};
  try {
    data = e.data?.json() ?? {};
  } catch { /* a push that we cannot read is still shown, as every push must be */ }
  e.waitUntil(show(data));
});

/* Focuses the app, or opens it, at the request. */
self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  const path = e.notification.data?.path ?? '/';
  e.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    for (const page of pages) {
      await page.focus();
      page.postMessage({ type: 'go', path });
      return;
    }
    await self.clients.openWindow(path);
  })());
});
