// protocol.test.mjs - somebody sends what HTTP and JSON do not allow, so that
// two programs read one message in two ways, or one of them falls over.
//
// Belongs here: bytes on a socket; what is answered, and that all is well after.
// Not here: slow and many connections (crowd.test.mjs); mutated bytes in every
// parser (fuzz).
import test, { after, afterEach, before } from 'node:test';
import assert from 'node:assert/strict';
import { OutsidePc, newMember, raw, send, statuses } from '../lib/outside.mjs';
import { startService } from '../lib/service.mjs';

let running, victim, host, pc;

before(async () => {
  running = await startService();
  victim = await newMember(running);
  host = `Host: ${new URL(running.pc).host}\r\n`;
  pc = new OutsidePc(running, victim.number);
  await pc.tryAsk();
});
after(async () => {
  await running?.stop();
});

/* After every attack an honest member and an honest PC are served by the same process. */
afterEach(async () => {
  assert.ok(!running.daemon.ended, 'ingamd ended');
  assert.equal((await victim.app('GET', '/me')).name, '김부하');
  assert.equal((await pc.state()).json.state, 'waiting');
});

const json = 'Content-Type: application/json\r\n';
const next = () => `GET /healthz HTTP/1.1\r\n${host}\r\n`;
const post = (fields, body) => `POST /rp/v1/token/requests HTTP/1.1\r\n${host}${json}${fields}\r\n${body}`;

test('a smuggler says in two ways how long a body is, so that a proxy and we part company: one refusal, and the connection is closed', async () => {
  const cases = {
    'length and chunks': ['Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    'chunks and length': ['Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '0\r\n\r\n'],
    'two lengths': ['Content-Length: 2\r\nContent-Length: 50\r\n', '{}'],
    'two equal lengths': ['Content-Length: 2\r\nContent-Length: 2\r\n', '{}'],
    'a list of lengths': ['Content-Length: 2, 2\r\n', '{}'],
    'a length with a sign': ['Content-Length: +2\r\n', '{}'],
    'a length below zero': ['Content-Length: -2\r\n', '{}'],
    'a length in hexadecimal': ['Content-Length: 0x2\r\n', '{}'],
    'a length beyond all': ['Content-Length: 99999999999999999999999\r\n', '{}'],
    'two encodings': ['Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n'],
    'a list of encodings': ['Transfer-Encoding: identity, chunked\r\n', '0\r\n\r\n'],
    'chunked twice': ['Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'],
    'an unknown encoding': ['Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
    'an encoding with a quote': ['Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'],
    'a blank before the colon': ['Transfer-Encoding : chunked\r\nContent-Length: 2\r\n', '{}'],
    'a folded encoding': ['Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n', '{}'],
    'a folded length': ['Content-Length:\r\n 2\r\nContent-Length: 2\r\n', '{}'],
    'a vertical tab': ['Transfer-Encoding:\x0bchunked\r\nContent-Length: 2\r\n', '{}'],
    'a bare carriage return': ['X: a\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n', '{}'],
    'an encoding of HTTP/1.0': null,
    'a blank before the first field': null,
  };
  for (const [what, parts] of Object.entries(cases)) {
    const bytes = what === 'an encoding of HTTP/1.0' ? post('Transfer-Encoding: chunked\r\n', '0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0')
      : what === 'a blank before the first field' ? `POST /rp/v1/token/requests HTTP/1.1\r\n Transfer-Encoding: chunked\r\n${host}Content-Length: 2\r\n\r\n{}` : post(...parts);
    const got = await raw(running.pc, bytes + next());
    // The library repeats its own head in some refusals; what counts is that nothing but refusals comes.
    assert.ok(statuses(got).length > 0 && statuses(got).every((s) => s === 400 || s === 413), `${what}: ${got.slice(0, 300)}`);
    assert.doesNotMatch(got, /"vault":/, `${what}: what follows was taken for a request`);
  }
});

test('what is unusual, and clear all the same, is read as it must be: the request behind it is a request', async () => {
  const cases = {
    'a chunk with an extension': post('Transfer-Encoding: chunked\r\n', '2;a=b\r\n{}\r\n0\r\n\r\n'),
    'a tab before the value': post('Transfer-Encoding:\tchunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
    'fields after the chunks': post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\nContent-Length: 500\r\nAuthorization: Bearer x\r\n\r\n'),
    'a body on GET': `GET /healthz HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nGET /`,
  };
  for (const [what, bytes] of Object.entries(cases)) {
    const got = await raw(running.pc, bytes + next(), { until: (t) => statuses(t).length >= 2 && t.endsWith('}') });
    assert.equal(statuses(got).length, 2, `${what}: ${got}`);
    assert.equal(statuses(got)[1], 200, what);
  }
});

test('somebody sends broken chunks: refused, and the connection is closed', async () => {
  for (const [what, body] of Object.entries({ 'below zero': '-2\r\n{}\r\n0\r\n\r\n', 'beyond all': 'FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n', 'too short': '2\r\n{}0\r\n\r\n', 'a blank in the size': '2 \r\n{}\r\n0\r\n\r\n', 'no number': 'zz\r\n{}\r\n0\r\n\r\n' })) {
    const got = await raw(running.pc, post('Transfer-Encoding: chunked\r\n', body) + next());
    assert.ok(statuses(got).every((s) => s === 400 || s === 413), `${what}: ${got}`);
    assert.doesNotMatch(got, /"vault":/, what);
  }
});

test('somebody sends heads that are none, are huge, or name us as a proxy: an error that says so, no answer of another kind', async () => {
  const cases = {
    'an absolute address': [`GET http://evil.example/healthz HTTP/1.1\r\n${host}\r\n`, 400],
    'another host\'s port': [`CONNECT localhost:22 HTTP/1.1\r\n${host}\r\n`, 400],
    'an asterisk': [`OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400],
    'no host': ['GET /healthz HTTP/1.1\r\n\r\n', 400],
    'two hosts': [`GET /healthz HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`, 400],
    'two cookies': [`GET /healthz HTTP/1.1\r\n${host}Cookie: ingam=a\r\nCookie: ingam=b\r\n\r\n`, 400],
    'two bearers': [`GET /healthz HTTP/1.1\r\n${host}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`, 400],
    'a version of another time': [`GET /healthz HTTP/9.9\r\n${host}\r\n`, 505],
    'HTTP/2 without asking': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    'a line that is no field': [`GET /healthz HTTP/1.1\r\n${host}nonsense\r\n\r\n`, 400],
    'a name with a blank': [`GET /healthz HTTP/1.1\r\n${host}fo o: 1\r\n\r\n`, 400],
    'a head of 100 KiB': [`GET /healthz HTTP/1.1\r\n${host}X: ${'a'.repeat(100000)}\r\n\r\n`, 431],
    'a thousand fields': [`GET /healthz HTTP/1.1\r\n${host}${'a: b\r\n'.repeat(1000)}\r\n`, 431],
    'an address of 3 KiB': [`GET /${'a'.repeat(3000)} HTTP/1.1\r\n${host}\r\n`, 414],
    'an address of 20 KiB': [`GET /${'a'.repeat(20000)} HTTP/1.1\r\n${host}\r\n`, 414],
    'a path of a thousand parts': [`GET ${'/a'.repeat(1000)} HTTP/1.1\r\n${host}\r\n`, 404],
    'an address that is not UTF-8': [`GET /rp/v1/token/requests/%ff%fe HTTP/1.1\r\n${host}\r\n`, 400],
    'a zero in the address': [`GET /rp/v1/token/requests/%00 HTTP/1.1\r\n${host}\r\n`, 400],
    'a query name twice': [`GET /rp/v1/token/requests/${pc.id}?wait=0&wait=1 HTTP/1.1\r\n${host}\r\n`, 400],
    'sixty query names': [`GET /healthz?${Array.from({ length: 60 }, (_, i) => `a${i}=1`).join('&')} HTTP/1.1\r\n${host}\r\n`, 400],
  };
  for (const [what, [bytes, status]] of Object.entries(cases)) {
    const got = await raw(running.pc, bytes, { until: (t) => /\r\n\r\n[^]*[}>]$/.test(t) });
    assert.equal(statuses(got)[0], status, `${what}: ${got.slice(0, 200)}`);
  }
  // What is no HTTP at all is not answered, or answered as malformed.
  for (const bytes of ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', '\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', '\r\n'.repeat(50) + 'x\r\n\r\n', 'GET /healthz\r\n\r\n'])
    assert.ok(statuses(await raw(running.pc, bytes, { patience: 1000, until: (t) => t.includes('>') })).every((s) => s === 400), JSON.stringify(bytes));
});

test('somebody asks for files outside the pages: none is read, however the path is written', async () => {
  const paths = ['/../../../../etc/passwd', '/..%2f..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/..\\..\\..\\etc\\passwd', '/%5c..%5c..%5cetc/passwd', '//etc/passwd', '/app/../../ingam.db', '/app/..%2f..%2f..%2fingam.db',
    '/./app/app.js', '/app//app.js', '/app/app.js/', '/app/app.js%00.html', '/app/app.js%20', '/.git/config', '/.well-known/../app/app.js', '/app', '/core/i18n/', '/..;/app/app.js', '/%c0%ae%c0%ae/etc/passwd', '/%252e%252e/etc/passwd', '/app/app.js?../../etc/passwd', '/file:///etc/passwd', '/con', '/~root/'];
  for (const origin of [running.app, running.pc])
    for (const path of paths) {
      const answer = await raw(origin, `GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
      const asked = path.split('?')[0];
      assert.ok([400, 404].includes(statuses(answer)[0]) || (asked === '/app/app.js' && origin === running.app), `${path}: ${answer.slice(0, 80)}`);
      assert.doesNotMatch(answer, /root:|SQLite format/, path);
    }
});

test('somebody says another method than he uses, or one that nobody knows: the method is the method', async () => {
  for (const headers of [{ 'X-HTTP-Method-Override': 'DELETE' }, { 'X-HTTP-Method': 'DELETE' }, { 'X-Method-Override': 'DELETE' }])
    for (const method of ['GET', 'POST'])
      await send(running.pc, method, `/rp/v1/token/requests/${pc.id}?_method=DELETE`, { body: method === 'POST' ? { _method: 'DELETE' } : undefined, headers, bearer: pc.bearer });
  assert.equal((await pc.state()).json.state, 'waiting');
  for (const method of ['TRACE', 'TRACK', 'PUT', 'PATCH', 'get', 'G', 'PROPFIND', 'BREW', 'A'.repeat(1500)]) {
    const got = await raw(running.pc, `${method} /rp/v1/token/requests/${pc.id} HTTP/1.1\r\n${host}X-Secret: 12345\r\nConnection: close\r\n\r\n`);
    assert.equal(statuses(got)[0], 405, `${method}: ${got.slice(0, 100)}`);
    assert.doesNotMatch(got, /12345/, 'nothing is echoed');
  }
});

test('somebody sends JSON that is deep, doubled, cut, not UTF-8, or of other types: a clear refusal, no number of another kind', async () => {
  const good = JSON.stringify({ phone: victim.number, program: 'p', machine: 'm', user: 'u', mode: 'number', secret_sha256: 'ab'.repeat(32) });
  const bad = {
    'a thousand brackets': `{"phone":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'eight thousand objects': '{"a":'.repeat(2600) + '1' + '}'.repeat(2600), 'brackets that do not close': '{"a":' + '['.repeat(15000),
    'a member twice': good.replace('"mode"', '"phone":"01000000000","mode"'), 'a member twice, once escaped': good.replace('"mode"', '"\\u0070hone":"01000000000","mode"'),
    'cut off': good.slice(0, -1), 'more behind it': `${good}{}`, 'nothing': '', 'a list': `[${good}]`, 'a word': 'null', 'a number': '1e999', 'a comment': `/**/${good}`, 'a comma too many': good.replace('}', ',}'), 'single quotes': good.replace(/"/g, '\''),
    'not UTF-8': Buffer.concat([Buffer.from(good.slice(0, 20)), Buffer.from([0xff, 0xc0, 0xaf]), Buffer.from(good.slice(20))]), 'a surrogate alone': good.replace('"p"', '"\\ud800"'), 'a zero': good.replace('"p"', '"a\\u0000b"'), 'a zero byte': good.replace('"p"', '"a\0b"'),
    'a byte order mark': `\ufeff${good}`, 'UTF-16': Buffer.from(good, 'utf16le'), 'a number for a text': good.replace('"p"', '7'), 'a list for a text': good.replace('"p"', '["p"]'), 'too long a text': good.replace('"p"', `"${'p'.repeat(121)}"`),
    'not a number of a phone': good.replace(victim.number, '+1 (555) 0100'), 'full-width digits': good.replace(victim.number, '０１０１２３４５６７８'), 'an unknown mode': good.replace('"number"', '"both"'), 'a prototype': '{"__proto__":{"phone":"01012345678"},"constructor":1}',
    'a short hash': good.replace('ab'.repeat(32), 'ab'), 'NaN': good.replace('"p"', 'NaN'),
  };
  for (const [what, body] of Object.entries(bad)) {
    const answer = await send(running.pc, 'POST', '/rp/v1/token/requests', { body: body === '' ? ' ' : body });
    assert.ok([400, 413].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 120)}`);
    assert.match(answer.problem, /bad-request|too-large/);
    if (/brackets|objects/.test(what)) assert.match(answer.json.detail, /nested too deeply/, what);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
  }
});

test('somebody sends bodies larger than anything needs, declared or in chunks: refused before they are kept', async () => {
  for (const [origin, path, n] of [[running.pc, '/rp/v1/token/requests', 17000], [running.pc, '/rp/v1/token/requests', 1e6], [running.app, '/api/v1/join', 2e7], [running.pc, `/rp/v1/transfers/${'0'.repeat(32)}/payload`, 9e4]]) {
    const declared = await raw(origin, `POST ${path} HTTP/1.1\r\n${host}${json}Origin: ${origin}\r\nContent-Length: ${n}\r\n\r\n`, { until: (t) => t.includes('}') });
    assert.equal(statuses(declared)[0], 413, `${path} ${n}`);
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const chunked = await raw(origin, `POST ${path} HTTP/1.1\r\n${host}${json}Origin: ${origin}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(Math.ceil(Math.min(n, 1e6) / 0x4000) + 1)}0\r\n\r\n`, { until: (t) => t.includes('}') });
    assert.ok(statuses(chunked).length === 0 || statuses(chunked)[0] === 413, `${path} ${n}: ${chunked.slice(0, 80)}`);
  }
});

test('somebody asks to wait for ever, or backwards: no answer takes longer than it may, and none is of another kind', async () => {
  for (const query of ['wait=99999999999999999999', 'wait=-1', 'wait=0x10', 'wait=1e9', 'state=waiting&wait=%00', 'wait=', 'state=' + 'a'.repeat(1500)]) {
    const start = Date.now(), answer = await send(running.pc, 'GET', `/rp/v1/token/requests/${pc.id}?${query}`, { bearer: pc.bearer });
    assert.ok([200, 400].includes(answer.status), `${query}: ${answer.status}`);
    assert.ok(Date.now() - start < 10000, query);
  }
  const { id } = await victim.app('POST', '/transfers', {});
  for (const query of ['step=-1', 'step=1e9', 'step=99999999999999999999', 'step=%201', 'step=1;DROP'])
    assert.match((await send(running.app, 'GET', `/api/v1/transfers/${id}?${query}`, { cookie: victim.cookie })).problem, /bad-request|too-large/, query);
});

test('a thousand bent copies of good requests: never an answer of 500, never a crash, memory as before', async () => {
  const { readFileSync } = await import('node:fs');
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${running.daemon.pid}/status`, 'utf8'))[1]);
  const body = JSON.stringify({ phone: '01000009999', program: 'p', machine: 'm', user: 'u', mode: 'number', secret_sha256: 'ab'.repeat(32) });
  const good = [
    `POST /rp/v1/token/requests HTTP/1.1\r\n${host}${json}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    `GET /rp/v1/token/requests/${pc.id}?state=x&wait=0 HTTP/1.1\r\n${host}Authorization: Bearer ${pc.bearer}\r\nConnection: close\r\n\r\n`,
    `POST /rp/v1/token/requests/${'0'.repeat(32)}/login HTTP/1.1\r\n${host}${json}Authorization: Bearer ${'A'.repeat(43)}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n10\r\n{"pin":"123456"}\r\n0\r\n\r\n`,
  ];
  let seed = Date.now() % 1e9;
  const first = seed, random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  const bend = (text) => {
    const b = Buffer.from(text, 'latin1');
    for (let i = 0; i <= random(4); i++) {
      const at = random(b.length);
      if (random(3) === 0) b[at] = random(256);
      else if (random(2) === 0) b.copy(b, at, random(b.length), random(b.length));
      else b[at] = ['\r', '\n', ':', ' ', '\0', '%', '"', '{', ',', '\t'][random(10)].charCodeAt(0);
    }
    return b;
  };
  const before = memory();
  for (let round = 0; round < 8; round++) {
    const got = await Promise.all(Array.from({ length: 125 }, () => raw(running.pc, bend(good[random(good.length)]), { patience: 500, until: (t) => /\r\n\r\n[^]*[}>]$/.test(t) })));
    for (const t of got) assert.ok(statuses(t).every((s) => s < 500 || s === 505 || s === 501), `seed ${first}: ${t.slice(0, 200)}`);
  }
  assert.ok(memory() - before < 20000, `${memory() - before} KiB more`);
});
