/*
 * core.test.mjs - the parts of the pages that need no browser.
 *
 * Belongs here: sentences and their particles, sizes, the service worker's
 * list.
 * Not here: formats (tests/unit/npki/wasm.test.mjs); anything on a page.
 */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify, webcrypto } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeApproval, tokenParams } from './double.mjs';

globalThis.crypto ??= webcrypto;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const web = join(root, 'web');
const { withParticle } = await import('../../web/core/josa.js');
const { fill, preferred } = await import('../../web/core/i18n.js');
const { slugs } = await import('../../web/core/api.js');
const { challengeOf, openApproval, parseApproval } = await import('../../web/core/approval.js');
const { nextLock, pinFault, signatureToDer } = await import('../../web/core/device.js');
const { insideOf } = await import('../../web/core/env.js');
const { match } = await import('../../web/core/router.js');

const catalogue = (l) => JSON.parse(readFileSync(join(web, 'core', 'i18n', `${l}.json`), 'utf8'));
const sources = ['app', 'core', 'ui', 'www'].flatMap((f) => readdirSync(join(web, f), { recursive: true })
  .filter((p) => p.endsWith('.js')).map((p) => [join(f, p), readFileSync(join(web, f, p), 'utf8')]));

for (const [word, particle, said] of [
  ['인증서', '을를', '인증서를'], ['프로그램', '을를', '프로그램을'], ['서울', '으로로', '서울로'], ['집', '으로로', '집으로'], ['회사', '으로로', '회사로'],
  ['홍길동', '이가', '홍길동이'], ['PC', '은는', 'PC는'], ['USB', '을를', 'USB를'], ['PIN', '을를', 'PIN을'], ['Firefox', '이가', 'Firefox가'], ['Chrome', '을를', 'Chrome을'],
  ['Acrobat', '이가', 'Acrobat이'], ['Safari', '은는', 'Safari는'], ['Excel', '으로로', 'Excel로'], ['3', '이가', '3이'], ['2', '이가', '2가'], ['10', '은는', '10은'], ['7', '으로로', '7로'],
  ['제1호', '과와', '제1호와'], ['“인감”', '은는', '“인감”은'], ['(주)인감', '이라라', '(주)인감이라'],
])
  test(`josa: ${said}`, () => assert.equal(withParticle(word, particle), said));

test('josa: an unknown particle is refused', () => assert.throws(() => withParticle('집', '에서'), RangeError));
test('i18n: names and particles are filled in', () => assert.equal(fill('{who:이가} {what:을를} {n}', { who: '홍길동', what: '인증서', n: 3 }), '홍길동이 인증서를 3'));
for (const [kept, wanted, got] of [[undefined, ['ko-KR', 'en'], 'ko'], [undefined, ['en-US', 'ko'], 'en'], [undefined, ['ja'], 'ko'], ['en', ['ko'], 'en'], ['xx', [], 'ko']])
  test(`i18n: ${kept ?? '-'} and ${wanted} speak ${got}`, () => assert.equal(preferred(kept, wanted), got));

const holes = (v) => [...new Set((typeof v === 'string' ? [v] : Object.values(v)).flatMap((x) => x.match(/\{\w+/g) ?? []))].sort().join();
test('i18n: both catalogues have the same sentences with the same holes', () => {
  const [ko, en] = [catalogue('ko'), catalogue('en')];
  assert.deepEqual(Object.keys(ko), Object.keys(en));
  for (const key of Object.keys(ko)) {
    assert.equal(holes(ko[key]), holes(en[key]), key);
    assert.doesNotMatch(JSON.stringify([ko[key], en[key]]), /관리자에게 문의|고객센터|administrator/, key);
  }
});
test('i18n: every sentence that the pages name exists, and every one that exists is named', () => {
  const ko = catalogue('ko');
  const text = sources.map(([, s]) => s).join('\n');
  const literal = new Set([...text.matchAll(/'([a-z]+(?:\.[a-z0-9-]+)*)'/g)].map((m) => m[1]));
  const patterns = [...text.matchAll(/`((?:[a-z]|\.|\$\{[^`{}]*\})+)`/g)].map((m) => new RegExp(`^${m[1].replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[A-Za-z0-9_.-]+')}$`))
    .filter((p) => !p.test('nothing.like.this'));
  for (const [, key] of text.matchAll(/\bt\('([^']+)'/g))
    assert.ok(key in ko, `no sentence for ${key}`);
  for (const key of Object.keys(ko))
    assert.ok(literal.has(key) || patterns.some((p) => p.test(key)), `nobody says ${key}`);
});
test('i18n: every problem has a sentence and a next step', () => {
  const ko = catalogue('ko');
  const named = [...readFileSync(join(root, 'docs', 'http-api.md'), 'utf8').matchAll(/`([a-z]+(?:-[a-z]+)*)`(?= \(\d{3}|[^|\n]{0,40}\{tries_left\}| \{until\})/g)].map((m) => m[1]);
  for (const slug of new Set([...slugs, ...named]))
    for (const part of ['title', 'next'])
      assert.ok(`problem.${slug}.${part}` in ko, `problem.${slug}.${part}`);
});

test('problems: the double says, and the pages listen to, the names that the service uses', () => {
  const served = new Set([...readFileSync(join(root, 'src', 'api', 'problem.h'), 'utf8').matchAll(/X\([A-Z_]+, "([a-z-]+)"/g)].map((m) => m[1]));
  const own = new Set(['offline', 'server-error', 'approval-forged', 'vault-changed', 'passkey-cancelled', 'passkey-failed', 'key-unknown', 'key-missing', 'key-other', 'keys-differ',
    'file-unreadable', 'file-empty', 'pfx-unreadable', 'pfx-mac', 'pfx-lengths', 'pfx-certificate', 'pfx-encryption', 'pfx-limit', 'folder-denied', 'folder-gone', 'disk-full', 'write-failed', 'write-torn']);
  const doubled = [...readFileSync(join(root, 'tests', 'browser', 'double.mjs'), 'utf8').matchAll(/new Stop\(\d+, '([a-z-]+)'/g)].map((m) => m[1]);
  const heard = sources.flatMap(([, s]) => [...s.matchAll(/slug [!=]== '([a-z-]+)'/g)].map((m) => m[1]));
  for (const slug of [...doubled, ...heard, ...slugs])
    assert.ok(served.has(slug) || own.has(slug), slug);
  assert.ok(doubled.length > 5 && heard.length > 3);
});

test('pages: no inline style, no inline handler, no marks for later', () => {
  for (const [path, text] of sources) {
    assert.doesNotMatch(text, /<[a-z-]+[^>]*\sstyle=/, path);
    assert.doesNotMatch(text, /unsafeHTML|innerHTML|eval\(/, path);
  }
});
for (const origin of ['app', 'www'])
  test(`pages: our own rules of ${origin} stay under 30 KB`, () => {
    const served = sources.filter(([path]) => !path.startsWith(origin === 'app' ? 'www' : 'app'));
    const css = (served.flatMap(([, s]) => [...s.matchAll(/css`([^`]*)`/g)].map((m) => m[1])).join('') + readFileSync(join(web, 'ui', 'theme.css'), 'utf8')).replace(/^\s+/gm, '');
    assert.ok(Buffer.byteLength(css) <= 30 * 1024, `${Buffer.byteLength(css)} bytes`);
  });
test('worker: its list is the tree', () => execFileSync(process.execPath, [join(root, 'tools', 'shell.mjs'), '--check']));

const token = { count: 10, seconds: 60, program: 'Firefox', machine: '노트북', user: 'kim' };
const good = (more = {}) => encodeApproval({ op: 9, mode: 1, account: '11'.repeat(16), certSha256: randomBytes(32), params: tokenParams(token), ...more });
test('AR1: a token request is read as written', () => {
  const a = parseApproval(new Uint8Array(good({ issued: 1000, expires: 2000 })));
  assert.deepEqual([a.kind, a.mode, a.count, a.seconds, a.program, a.machine, a.user, a.issued, a.expires], ['token', 'number', 10, 60, 'Firefox', '노트북', 'kim', 1000, 2000]);
});
for (const [name, bytes] of [
  ['nothing', Buffer.alloc(0)], ['another record', Buffer.concat([Buffer.from('INGAM-XX1'), good().subarray(9)])], ['a byte too few', good().subarray(0, -1)], ['a byte too many', Buffer.concat([good(), Buffer.alloc(1)])],
  ['an unknown op', good({ op: 1 })], ['no mode for a token', good({ mode: 0 })], ['an unknown mode', good({ mode: 3 })], ['a mode for an import', good({ op: 10, params: Buffer.from([0, 1, 65]) })],
  ['no signatures asked', good({ params: tokenParams({ ...token, count: 0 }) })], ['no time asked', good({ params: tokenParams({ ...token, seconds: 0 }) })],
  ['a name that turns the line', good({ params: tokenParams({ ...token, program: 'a\u202eb' }) })], ['a name with a line break', good({ params: tokenParams({ ...token, machine: 'a\nb' }) })], ['a name with an empty letter', good({ params: tokenParams({ ...token, program: 'a\u3164' }) })],
  ['a long name', good({ params: tokenParams({ ...token, program: 'a'.repeat(257) }) })], ['params with more', good({ params: Buffer.concat([tokenParams(token), Buffer.from([0])]) })],
  ['a commitment that we do not show', good({ tail: Buffer.alloc(96, 1) })],
])
  test(`AR1: refused: ${name}`, () => assert.throws(() => parseApproval(new Uint8Array(bytes)), /AR1/));

test('AR1: opened only with the signature, the challenge and the certificate that belong to it', async () => {
  const keys = generateKeyPairSync('ed25519');
  const other = generateKeyPairSync('ed25519');
  const pub = (k) => new Uint8Array(k.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32));
  const cert = new Uint8Array(randomBytes(100));
  const ar1 = good({ certSha256: createHash('sha256').update(cert).digest() });
  const b = (x) => Buffer.from(x).toString('base64url');
  const sha = (...p) => createHash('sha256').update(Buffer.concat(p.map((x) => Buffer.from(x)))).digest();
  const answer = { ar1: b(ar1), ar1_signature: b(sign(null, Buffer.concat([Buffer.from('INGAM-ARSIG1'), ar1]), keys.privateKey)), challenge: b(sha('INGAM-WA1', sha(ar1))), credentials: [], device: '' };
  assert.equal(b(await challengeOf(new Uint8Array(ar1))), answer.challenge);
  const opened = await openApproval(answer, pub(keys), { kind: 'token', certificate: cert });
  assert.equal(opened.program, 'Firefox');
  const forged = Buffer.from(ar1);
  forged[forged.indexOf('Firefox')] ^= 1;
  for (const [name, ...args] of [
    ['another key', answer, pub(other), { kind: 'token', certificate: cert }],
    ['altered', { ...answer, ar1: b(forged) }, pub(keys), { kind: 'token', certificate: cert }],
    ['another challenge', { ...answer, challenge: b(randomBytes(32)) }, pub(keys), { kind: 'token', certificate: cert }],
    ['another certificate', answer, pub(keys), { kind: 'token', certificate: new Uint8Array(3) }],
    ['another kind', answer, pub(keys), { kind: 'delete', certificate: cert }],
  ])
    await assert.rejects(openApproval(...args), { slug: 'approval-forged' }, name);
});

test('device: signatures are DER as OpenSSL reads it', async () => {
  for (let i = 0; i < 40; i++) {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, new Uint8Array([i])));
    const key = createPublicKey({ key: Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey)), format: 'der', type: 'spki' });
    assert.ok(verify('sha256', Buffer.from([i]), key, Buffer.from(signatureToDer(raw))));
  }
});
for (const [pin, fault] of [['12', 'length'], ['12345a', 'length'], ['111111', 'same'], ['904447', 'same'], ['123907', 'run'], ['987160', 'run'], ['910315', 'birthday'], ['031591', 'birthday'], ['199103', 'birthday'], ['272727', 'repeat'], ['359359', 'repeat'], ['482915', null], ['707182', null]])
  test(`app PIN: ${pin} is ${fault ?? 'taken'}`, () => assert.equal(pinFault(pin, '19910315'), fault));
for (const [wrong, left, now, minutes] of [[0, 4, 1, 15], [3, 1, 4, 15], [4, 0, 5, 15], [5, 2, 6, 1440], [7, 0, 8, 1440], [8, 1, 9, Infinity], [9, 0, 10, Infinity]])
  test(`app PIN: after ${wrong} wrong ones and ${left} left, the lock is ${minutes} minutes`, () => assert.deepEqual(nextLock(wrong, left), { wrong: now, ms: minutes * 60000 }));
for (const [name, wrong, left, now] of [['the answer to a wrong one got lost', 1, 2, 3], ['the answer to the right one got lost', 3, 4, 1], ['it was right again after a lock', 5, 4, 1], ['no lock has so many tries', 0, 9, 1]])
  test(`app PIN: ${name}: the vault's count is taken`, () => assert.equal(nextLock(wrong, left).wrong, now));
for (const [agent, app] of [['Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36', null], ['Mozilla/5.0 (iPhone) AppleWebKit KAKAOTALK 10.5.0', 'kakaotalk'], ['Mozilla/5.0 (iPhone) NAVER(inapp; search; 1010; 12)', 'naver'], ['Mozilla/5.0 (Linux; Android 14; SM-S901N; wv) Chrome/120', 'webview']])
  test(`in-app browsers: ${agent.slice(-24)} is ${app}`, () => assert.equal(insideOf(agent), app));
for (const [path, screen] of [['/', 'home'], ['/r/ab12', 'r'], ['/r/', null], ['/r/a/b', null], ['/nothing', null]])
  test(`router: ${path} is ${screen}`, () => assert.equal(match([['/', 'home'], ['/r/:id', 'r']], path)?.screen ?? null, screen));
