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

/* The language that the person chose in the app (core/store.js keeps it). */
function language() {
  return new Promise((resolve) => {
    const fallback = (navigator.languages ?? []).map((l) => l.slice(0, 2)).find((l) => l === 'ko' || l === 'en') ?? 'ko';
    const asked = indexedDB.open('ingam', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
    asked.onerror = () => resolve(fallback);
    asked.onsuccess = () => {
      const got = asked.result.transaction('kept').objectStore('kept').get('language');
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
    const pages = await self.clients.matchAll({ type: 'window' });
    pages.forEach((p) => p.postMessage({ type: 'push-test' }));
    return self.registration.showNotification(say['notice.test.title'], {
      body: say['notice.test.text'], tag: 'test', icon: '/app/icons/192.png', badge: '/app/icons/badge.png',
    });
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
