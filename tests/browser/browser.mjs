/*
 * browser.mjs - Chromium and Firefox for the browser tests: phones, PCs,
 * pictures, checks.
 *
 * Belongs here: starting and watching pages. Not here: what is tested.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, firefox } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const shots = join(here, '..', 'shots');
/* A picture of Firefox begins with a rule of playwright's that says nothing, and that our policy refuses. */
const pictureStyle = createHash('sha256').update('body {}').digest('base64');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const options = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=ko'],
  /* File names are Korean, and a service worker speaks the browser's language. */
  env: { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: 'ko' },
};
export const launch = () => chromium.launch(options);

/** For open(): a browser of its own that keeps what it knows in a folder. */
export const keeping = (folder) => ({ newContext: (how) => chromium.launchPersistentContext(folder, { ...options, ...how }) });

/**
 * Debian's Firefox, over WebDriver BiDi. It has no fingerprint or face here, and
 * no desktop, so that it draws notifications by itself.
 */
export const launchFirefox = (prefs) => firefox.launch({
  channel: 'moz-firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true,
  firefoxUserPrefs: { 'alerts.useSystemBackend': false, ...prefs },
  env: { ...process.env, LC_ALL: 'C.UTF-8' },
});

/**
 * A page of its own context that fails the test on console errors and on
 * requests to anywhere but the given origins. kind: 'phone' or 'pc'.
 */
export async function open(browser, origins, { kind = 'phone', locale = 'ko-KR', dark = false, reduced = true, passkey = true, userAgent } = {}) {
  const context = await browser.newContext({
    locale, colorScheme: dark ? 'dark' : 'light', reducedMotion: reduced ? 'reduce' : 'no-preference', timezoneId: 'Asia/Seoul',
    viewport: kind === 'phone' ? { width: 390, height: 844 } : { width: 1280, height: 900 }, hasTouch: kind === 'phone', userAgent,
  });
  const page = await context.newPage();
  const faults = [];
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource: the server responded with a status of 4/.test(m.text()))
      faults.push(`console: ${m.text()}`);
  });
  page.on('pageerror', (e) => e.message.includes(pictureStyle) || faults.push(`error: ${e.message} ${e.stack}`));
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (/^https?:$/.test(url.protocol) && !origins.includes(url.origin))
      faults.push(`request to ${url.origin}`);
  });
  if (kind === 'phone' && passkey) {
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    page.authenticator = (await cdp.send('WebAuthn.addVirtualAuthenticator', { options: {
      protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    } })).authenticatorId;
    page.cdp = cdp;
  }
  return { page, context, faults };
}

/** A picture into tests/shots, for people to look at. */
export async function shot(page, name, full = true) {
  mkdirSync(shots, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: full });
}

/** What axe finds against WCAG 2.2 AA. */
export async function axeFaults(page) {
  await page.evaluate(`(()=>{const define=undefined,module=undefined,exports=undefined;${axe}})()`).catch(() => {});
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.flat().join(' ')} ${n.any[0]?.message ?? ''}`).join(' | ')}`);
}

/** What can be pressed and is smaller than 44 × 44 px (WCAG 2.5.5); a choice counts with its label. */
export const smallTargets = (page) => page.evaluate(() => {
  const found = [];
  const walk = (root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot)
        walk(e.shadowRoot);
      if (!e.matches('a[href], button, input, select, summary'))
        continue;
      const { width, height } = (e.closest('label') ?? e).getBoundingClientRect();
      if (e.checkVisibility({ visibilityProperty: true }) && width > 0 && (width < 43.5 || height < 43.5))
        found.push(`${e.localName} ${e.getAttribute('aria-label') ?? e.textContent.trim()}: ${Math.round(width)} × ${Math.round(height)}`);
    }
  };
  walk(document);
  return found;
});

/** Buttons whose label takes more than a line. */
export const wrappedLabels = (page) => page.evaluate(() => {
  const found = [];
  const walk = (root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot)
        walk(e.shadowRoot);
      if (!e.matches('.btn') || !e.checkVisibility({ visibilityProperty: true }))
        continue;
      const label = document.createRange();
      label.selectNodeContents(e);
      if (label.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(e).lineHeight))
        found.push(e.textContent.trim());
    }
  };
  walk(document);
  return found;
});

/** Text that runs out of the page to the side. */
export const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
