// sessions.test.mjs - somebody wants to be taken for another: by a cookie of
// his choice, a stolen one, his own session and another's identifiers, or a
// page that another's browser shows.
//
// Belongs here: every route of the table, without a session, with another's,
// from another site.
// Not here: guessing cookies (guessing.test.mjs); pages in a real browser
// (pages.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutsidePc, eventually, newMember, newNumber, send, sentCode, shapeOf } from '../lib/outside.mjs';
import { Member } from '../lib/member.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { root, startService } from '../lib/service.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-sessions-'));
const bytes = (text) => Buffer.from(text, 'base64url');
let running, certificate, victim, thief, theirs;

/** Every row of the program's own table of routes. */
const routes = [...readFileSync(join(root, 'src/api/routes.c'), 'utf8').matchAll(/\{ ROUTE_(\w+), (API|RP)? ?"([^"]*)", [^,]+, ([\w |]+), \d+, \w+ \}/g)]
  .map(([, method, base, path, flags]) => ({ method, path: `${{ API: '/api/v1', RP: '/rp/v1' }[base] ?? ''}${path}`, session: flags.includes('ROUTE_SESSION'), machine: flags.includes('ROUTE_MACHINE'), at: base === 'RP' ? 'pc' : 'app' }));
const changing = (r) => r.method !== 'GET';

/** What a call of a row must hold to be understood. */
function bodyOf({ method, path }) {
  if (method === 'GET' || method === 'DELETE') return undefined;
  const table = [
    [/\/approval$/, { certificate: theirs.certificate }], [/\/approve$/, { ...thief.prove(randomBytes(32)) }], [/\/refuse$/, { not_me: true }],
    [/\/answer$|\/ask$|\/payload$/, { message: 'AAAA' }], [/\/end$/, { why: 'cancelled' }],
    [/\/imports$/, { certificate: readFileSync(certificate.signCert).toString('base64url') }],
    [/\/push$/, { endpoint: `${running.mock}/push/thief`, p256dh: `BN${'A'.repeat(85)}`, auth: 'A'.repeat(22) }],
    [/\/login$/, { pin: '123456' }], [/\/signatures$/, { sign_id: '00'.repeat(16), certificate: theirs.certificate, mechanism: 'rsa-pkcs1', hash: 'sha256', digest: `${'A'.repeat(43)}=` }],
  ];
  return table.find(([pattern]) => pattern.test(path))?.[1] ?? {};
}

/** A row's path with the victim's identifiers in it, or with ones of nobody. */
function pathOf({ path }, own) {
  const id = /certificates/.test(path) ? theirs.certificate : /transfers/.test(path) ? theirs.transfer : theirs.request;
  return path.replace('{id}', own ? id : randomBytes(16).toString('hex')).replace('{join}', randomBytes(16).toString('hex')).replace('{channel}', '00000');
}

before(async () => {
  running = await startService();
  certificate = makeCertificate({ into: folder });
  victim = await newMember(running, certificate);
  thief = await newMember(running);
  const pc = new OutsidePc(running, victim.number, { program: 'secret program', machine: 'secret machine' });
  await pc.tryAsk();
  theirs = { certificate: victim.certificate, request: pc.id, transfer: (await victim.app('POST', '/transfers', {})).id, pc };
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** All that the victim has; it must be the same before and after an attack. */
async function possessions() {
  const { certificates } = await victim.app('GET', '/certificates');
  const { requests } = await victim.app('GET', '/requests');
  const { events } = await victim.app('GET', '/history');
  return { certificates, requests, events, transfer: await victim.app('GET', `/transfers/${theirs.transfer}`), me: await victim.app('GET', '/me') };
}

test('the table of routes was read whole: as many rows as the program and the interface\'s page have', () => {
  assert.equal(routes.length, [...readFileSync(join(root, 'src/api/routes.c'), 'utf8').matchAll(/^\t\{ ROUTE_/gm)].length);
  const page = readFileSync(join(root, 'docs/http-api.md'), 'utf8');
  const described = [...page.matchAll(/^\| (GET|POST|PUT|DELETE) `([^`?]+)[^`]*`/gm)].length;
  assert.equal(routes.filter((r) => r.path !== '/healthz').length, described);
});

test('nobody, with no cookie or bearer: every route that needs one says so, and does nothing', async () => {
  const before = await possessions();
  for (const r of routes.filter((x) => x.session)) {
    const answer = await send(running[r.at], r.method, pathOf(r, true), { body: bodyOf(r) });
    assert.equal(answer.status, 401, `${r.method} ${r.path}`);
    assert.equal(answer.problem, 'signed-out');
  }
  for (const r of routes.filter((x) => x.machine && x.path.includes('{id}')))
    assert.equal((await send(running[r.at], r.method, pathOf(r, true), { body: bodyOf(r) })).status, 404, `${r.method} ${r.path}`);
  assert.deepEqual(await possessions(), before);
});

test('a member with another\'s identifiers: every route answers as if there were no such thing, and does nothing', async () => {
  const before = await possessions();
  let tried = 0;
  for (const r of routes.filter((x) => x.session && x.path.includes('{id}'))) {
    const [there, absent] = [await send(running.app, r.method, pathOf(r, true), { body: bodyOf(r), cookie: thief.cookie }), await send(running.app, r.method, pathOf(r, false), { body: bodyOf(r), cookie: thief.cookie })];
    assert.deepEqual(shapeOf(there), shapeOf(absent), `${r.method} ${r.path}`);
    assert.equal(there.status, 404, `${r.method} ${r.path}: ${there.text}`);
    tried++;
  }
  assert.ok(tried >= 9, `${tried} routes`);
  assert.deepEqual(await possessions(), before);
});

test('a program with another bearer: every route of PCs answers as if there were no such thing', async () => {
  const before = await possessions(), bearer = randomBytes(32).toString('base64url');
  let tried = 0;
  for (const r of routes.filter((x) => x.machine && x.path.includes('{id}'))) {
    const answer = await send(running.pc, r.method, pathOf(r, true), { body: bodyOf(r), bearer });
    assert.deepEqual(shapeOf(answer), shapeOf(await send(running.pc, r.method, pathOf(r, false), { body: bodyOf(r), bearer })), `${r.method} ${r.path}`);
    assert.equal(answer.status, 404, `${r.method} ${r.path}`);
    // A session is no bearer, and a bearer no session.
    assert.equal((await send(running.pc, r.method, pathOf(r, true), { body: bodyOf(r), cookie: victim.cookie })).status, 404);
    tried++;
  }
  for (const r of routes.filter((x) => x.session)) assert.equal((await send(running.app, r.method, pathOf(r, true), { body: bodyOf(r), bearer: theirs.pc.bearer })).status, 401);
  assert.ok(tried >= 8);
  assert.deepEqual(await possessions(), before);
});

test('a member reads his own lists with another\'s identifiers as filters, and names another\'s things in his own calls: nothing of the other', async () => {
  const get = async (path) => (await send(running.app, 'GET', `/api/v1${path}`, { cookie: thief.cookie }));
  const event = (await victim.app('GET', '/history')).events[0].id;
  for (const path of ['/requests', '/certificates', '/history', `/history?certificate=${theirs.certificate}`, `/history?before=${event}`, '/me']) {
    const answer = await get(path);
    assert.equal(answer.status, 200, path);
    for (const secret of [theirs.certificate, theirs.request, theirs.transfer, 'secret program', victim.number.slice(-4)]) assert.ok(!answer.text.includes(secret), `${path} tells ${secret}`);
  }
  const pc = new OutsidePc(running, thief.number);
  await pc.tryAsk();
  const own = (tail, body) => send(running.app, 'POST', `/api/v1${tail}`, { body, cookie: thief.cookie });
  assert.equal((await own(`/requests/${pc.id}/approval`, { certificate: theirs.certificate })).status, 404, 'approves with another\'s certificate');
  assert.equal((await own('/imports', { certificate: readFileSync(certificate.signCert).toString('base64url'), transfer: theirs.transfer })).status, 404, 'ends another\'s transfer');
});

test('a member listens to events: not one of another\'s', async () => {
  const seen = await new Promise((done, fail) => {
    let text = '';
    const q = request({ host: '127.0.0.1', port: new URL(running.app).port, path: '/api/v1/events', headers: { Host: new URL(running.app).host, Cookie: thief.cookie } }, (r) => {
      r.setEncoding('utf8');
      r.on('data', (t) => {
        text += t;
        if (text.includes('the thief\'s own')) q.destroy();
      });
      r.on('close', () => done(text));
      r.on('error', () => done(text));
      (async () => {
        await new OutsidePc(running, victim.number, { program: 'for the victim' }).tryAsk();
        await victim.app('POST', `/transfers/${theirs.transfer}/end`, { why: 'cancelled' });
        theirs.transfer = (await victim.app('POST', '/transfers', {})).id;
        await new OutsidePc(running, thief.number, { program: 'the thief\'s own' }).tryAsk();
      })().catch(fail);
    });
    q.on('error', () => {});
    q.end();
  });
  assert.match(seen, /the thief's own/);
  assert.doesNotMatch(seen, /for the victim|event: transfer/);
});

/** Signs a member in again, with cookies that somebody put into the browser before. */
async function signIn(member, cookie) {
  const { json } = await send(running.app, 'POST', '/api/v1/session/challenge', { body: {}, cookie });
  return send(running.app, 'POST', '/api/v1/session', { body: { id: json.id, ...await member.prove(bytes(json.challenge)) }, cookie });
}

test('a thief puts a cookie of his choice, or of his own session, into another\'s browser: after signing in it is nobody\'s, or still his', async () => {
  const chosen = `ingam=${randomBytes(32).toString('base64url')}`;
  const answer = await signIn(victim, chosen);
  const given = answer.headers['set-cookie'][0].split(';')[0];
  assert.notEqual(given, chosen);
  assert.equal((await send(running.app, 'GET', '/api/v1/me', { cookie: chosen })).status, 401);
  const fixed = await signIn(victim, thief.cookie);
  assert.notEqual(fixed.headers['set-cookie'][0].split(';')[0], thief.cookie);
  assert.equal((await thief.app('GET', '/me')).id, (await send(running.app, 'GET', '/api/v1/me', { cookie: thief.cookie })).json.id);
  assert.notEqual((await send(running.app, 'GET', '/api/v1/me', { cookie: thief.cookie })).json.id, (await victim.app('GET', '/me')).id);
  // Beside the true one a second of the same name is put: neither is believed.
  assert.equal((await send(running.app, 'GET', '/api/v1/me', { cookie: `${chosen}; ${given}` })).status, 401);
  assert.equal((await send(running.app, 'GET', '/api/v1/me', { cookie: `${given}; ${thief.cookie}` })).status, 401);
});

test('a script or another site reaches for the cookie: it is HttpOnly, SameSite=Strict, for this host; behind HTTPS Secure and __Host-', async () => {
  const plain = (await signIn(victim)).headers['set-cookie'];
  assert.equal(plain.length, 1);
  assert.match(plain[0], /^ingam=[\w-]{43}; Path=\/; /);
  for (const word of ['HttpOnly', 'SameSite=Strict']) assert.ok(plain[0].includes(word), plain[0]);
  assert.doesNotMatch(plain[0], /Domain/i);
  const origin = 'https://app.example.org';
  const https = await startService(['trusted-proxy=yes', `app-origin=${origin}`, 'pc-origin=https://pc.example.org']);
  try {
    const port = /port-base=(\d+)/.exec(https.settings.join())[1];
    const call = (method, path, body, cookie) => send(`http://localhost:${port}`, method, `/api/v1${path}`, { body, cookie, own: false, headers: { Origin: origin, Host: 'app.example.org' } });
    const member = new Member(https, newNumber());
    member.server = (await call('GET', '/server')).json;
    const { json: { join: id } } = await call('POST', '/join', { name: '김부하', birth: '9001011', phone: member.number, carrier: 'SKT', terms: true });
    const { json: { challenge } } = await call('POST', `/join/${id}/code`, { code: await eventually('a code', () => sentCode(https, member.number)) });
    const joined = await call('POST', `/join/${id}/device`, { kind: 'passkey', name: 'x', ...member.attest(bytes(challenge)) });
    assert.equal(joined.status, 201, joined.text);
    const [cookie] = joined.headers['set-cookie'];
    assert.match(cookie, /^__Host-ingam=/);
    for (const word of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(cookie.includes(word), cookie);
    assert.match(joined.headers['strict-transport-security'], /max-age=31536000/);
    const value = cookie.split(';')[0];
    assert.equal((await call('GET', '/me', undefined, value)).status, 200);
    assert.equal((await call('GET', '/me', undefined, value.replace('__Host-', ''))).status, 401, 'one that a neighbour domain could set');
  } finally {
    await https.stop();
  }
});

test('a thief with a copy of the cookie: signing out ends it at once, with the stream of events that he listens to', async () => {
  const member = await newMember(running);
  const stolen = member.cookie;
  let text = '', stream;
  const over = new Promise((done) => {
    stream = request({ host: '127.0.0.1', port: new URL(running.app).port, path: '/api/v1/events', headers: { Host: new URL(running.app).host, Cookie: stolen } }, (r) => {
      r.setEncoding('utf8');
      r.on('data', (t) => { text += t; });
      r.on('end', () => done('ended'));
      r.on('error', () => done('ended'));
    });
    stream.on('error', () => done('ended'));
    stream.end();
  });
  await new OutsidePc(running, member.number, { program: 'before' }).tryAsk();
  await eventually('the stream tells', () => text.includes('before'));
  await member.app('DELETE', '/session');
  for (const r of routes.filter((x) => x.session)) assert.equal((await send(running.app, r.method, pathOf(r, true), { body: bodyOf(r), cookie: stolen })).status, 401, `${r.method} ${r.path}`);
  const ended = await Promise.race([over, new Promise((done) => { setTimeout(() => done('still open'), 10000).unref(); })]);
  assert.equal(ended, 'ended');
  await new OutsidePc(running, member.number, { program: 'after' }).tryAsk();
  assert.doesNotMatch(text, /after/);
  stream.destroy();
});

test('another site\'s page posts with the victim\'s cookies: every changing route refuses it, however it says or hides where it comes from', async () => {
  const before = await possessions();
  const ways = {
    'another origin': { Origin: 'https://evil.example' }, 'another port of this host': { Origin: 'http://localhost:1' }, 'an opaque origin': { Origin: 'null' },
    'a look-alike': { Origin: `${running.app}.evil.example` }, 'our PC pages': { Origin: running.pc }, 'no origin at all': {},
    'cross-site, says the browser': { Origin: running.app, 'Sec-Fetch-Site': 'cross-site' }, 'same-site, says the browser': { Origin: running.app, 'Sec-Fetch-Site': 'same-site' },
    'no origin, and cross-site': { 'Sec-Fetch-Site': 'cross-site' },
  };
  for (const r of routes.filter((x) => x.at === 'app' && !x.machine && changing(x)))
    for (const [what, headers] of Object.entries(ways)) {
      const answer = await send(running.app, r.method, pathOf(r, true), { body: bodyOf(r), cookie: victim.cookie, own: false, headers });
      assert.equal(answer.status, 403, `${r.method} ${r.path} with ${what}`);
      assert.equal(answer.problem, 'cross-site');
    }
  assert.deepEqual(await possessions(), before);
});

test('a form or a beacon posts what a browser sends without asking: no route takes it for JSON', async () => {
  const before = await possessions();
  for (const r of routes.filter((x) => x.at === 'app' && x.method === 'POST' && Object.keys(bodyOf(x)).length > 0))
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain;application/json', 'application/jsonx', '']) {
      const answer = await send(running.app, 'POST', pathOf(r, false), { body: JSON.stringify(bodyOf(r)), cookie: thief.cookie, type });
      assert.ok([400, 404].includes(answer.status), `${r.path} as ${type}: ${answer.status}`);
    }
  assert.deepEqual(await possessions(), before);
});

test('a page that somebody visits speaks for him to the PC interface: refused, while programs, which say nothing, are heard', async () => {
  const { channel } = await victim.app('POST', '/transfers', {});
  for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: running.app }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site', Origin: running.pc }])
    for (const [method, path, body] of [['POST', `/rp/v1/transfers/${channel}`, '{}'], ['POST', '/rp/v1/token/requests', '{}'], ['DELETE', `/rp/v1/token/requests/${theirs.request}`]])
      assert.equal((await send(running.pc, method, path, { body, own: false, headers, type: 'text/plain', bearer: theirs.pc.bearer })).status, 403, `${path} ${JSON.stringify(headers)}`);
  assert.equal((await send(running.pc, 'POST', `/rp/v1/transfers/${channel}`, { body: {}, own: false })).status, 201);
  assert.equal((await theirs.pc.state()).json.state, 'waiting');
});

test('another site asks whether it may read: no route and no file says that it may, and none may be framed or sniffed', async () => {
  for (const r of [...routes, { method: 'GET', path: '/', at: 'app' }, { method: 'GET', path: '/', at: 'pc' }, { method: 'GET', path: '/app/app.js', at: 'app' }, { method: 'GET', path: '/nothing', at: 'app' }])
    for (const method of [r.method, 'OPTIONS']) {
      if (r.path.endsWith('/events') && method === 'GET') continue;
      const answer = await send(running[r.at], method, pathOf(r, false), { body: method === 'OPTIONS' ? undefined : bodyOf(r), cookie: victim.cookie, own: false,
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type,authorization', 'Access-Control-Request-Private-Network': 'true' } });
      const named = Object.keys(answer.headers);
      assert.ok(!named.some((h) => h.startsWith('access-control-')), `${method} ${r.path}: ${named}`);
      assert.match(answer.headers['content-security-policy'], /frame-ancestors 'none'/, `${method} ${r.path}`);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.equal(answer.headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(answer.headers['referrer-policy'], 'no-referrer');
      if (r.path.startsWith('/api') || r.path.startsWith('/rp')) assert.equal(answer.headers['cache-control'], 'no-store', `${method} ${r.path} may be kept`);
    }
});

test('a page under another name that resolves to us: what it posts is refused, and what it reads has no session', async () => {
  const headers = { Host: `evil.example:${new URL(running.app).port}`, Origin: `http://evil.example:${new URL(running.app).port}`, 'Sec-Fetch-Site': 'same-origin' };
  assert.equal((await send(running.app, 'POST', '/api/v1/transfers', { body: {}, own: false, headers, cookie: victim.cookie })).status, 403);
  assert.equal((await send(running.app, 'GET', '/api/v1/me', { own: false, headers })).status, 401, 'the browser keeps our cookie for our name');
});
