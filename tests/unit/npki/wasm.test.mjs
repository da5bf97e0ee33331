/*
 * wasm.test.mjs - the browser's build answers as the native one does.
 *
 * Belongs here: the same files through both.
 * Not here: whether the answers are right (the C tests here).
 */
import '../../lib/webcrypto.mjs';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  NpkiError, certificateFacts, certificateView, changePassword, checkKeyFile, checkPfx, folderOf, load, makePfx, openKeyFile, openPfx,
  passwordBroken, passwordRules, vid,
} from '../../../web/core/npki.js';
import { caPubsOf, identity, keyFileOf } from '../../lib/certificate.mjs';
import { withoutPassword } from '../../lib/pfx.mjs';

const source = process.env.INGAM_SOURCE;
const samples = join(source, 'tests/npki-samples');
const password = 'WTuA8Ev0lWXVFSiI!';
const certificate = join(samples, 'pypinksign/signCert.der');
const keys = [join(samples, 'pypinksign/signPri.key'),
  ...readdirSync(join(samples, 'derived')).map((name) => join(samples, 'derived', name))];
const scratch = mkdtempSync(join(tmpdir(), 'ingam-wasm-'));
after(() => rmSync(scratch, { recursive: true }));

const native = (...args) => execFileSync(process.env.NPKI_ANSWERS, args, { encoding: 'utf8' }).trim();
const nativeBytes = (...args) => new Uint8Array(execFileSync(process.env.NPKI_ANSWERS, args));
const bytes = (path) => new Uint8Array(readFileSync(path));

/* The code of an attempt, as the native program prints it. */
async function code(attempt) {
  try {
    await attempt;
    return 'RC_OK';
  } catch (why) {
    assert.ok(why instanceof NpkiError, String(why));
    assert.notEqual(why.message, '');
    return why.code;
  }
}

await load(readFileSync(process.env.NPKI_WASM));

test('facts of the sample', async () => {
  const facts = await certificateFacts(bytes(certificate));
  assert.deepEqual(facts, {
    owner: 'HKD(KILDONG.HONG)009104120200225191000030', name: 'HKD', realName: 'HKD',
    issuer: 'yessignCA-Test Class 4', issuerOrganisation: 'yessign',
    issuerText: { ko: '금융결제원', en: 'yessign' },
    serial: '459c75', policy: '1.2.410.200005.1.1.4', kind: 'limited',
    holder: 'person',
    kindText: {
      ko: '용도제한 개인 (은행·카드·보험)',
      en: 'Personal, limited to banks, cards and insurance',
    },
    key: 'RSA', keyBits: 2048,
    notBefore: Date.parse('2020-02-24T15:00:00Z'),
    notAfter: Date.parse('2020-03-25T14:59:59Z'),
    keyUsage: ['digitalSignature', 'nonRepudiation'],
  });
});

test('certificates: the same facts or the same refusal', async () => {
  const made = ['홍길동()001', '"quotes" \\ and /slashes', 'a\u202eb', '<b>&amp;</b>', 'x'.repeat(64)];
  const files = [certificate, keys[0], join(samples, 'pypinksign/sign.pfx')];
  for (const [i, name] of made.entries()) {
    const path = join(scratch, `${i}.der`);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-noenc',
      '-keyout', '/dev/null', '-outform', 'DER', '-out', path, '-utf8', '-days', String(1000 * (i + 1)),
      '-subj', `/C=KR/O=${i}/CN=${name.replaceAll('\\', '\\\\').replaceAll('/', '\\/')}`], { stdio: 'ignore' });
    files.push(path);
  }
  for (const path of files) {
    const want = native(path);
    if (want.startsWith('{'))
      assert.deepEqual(await certificateFacts(bytes(path)), JSON.parse(want), path);
    else
      assert.equal(await code(certificateFacts(bytes(path))), want, path);
  }
});

test('all of a certificate: the same view and folder, or the same refusal', async () => {
  const files = [certificate, keys[0]];
  for (const [i, more] of [['-addext', 'crlDistributionPoints=URI:http://a/'], ['-addext', '2.5.29.31=DER:0500'],
    ['-subj', '/O=signGATE/CN=a: b. ']].entries()) {
    const path = join(scratch, `view${i}.der`);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', '/dev/null', '-outform', 'DER',
      '-out', path, '-subj', '/C=KR/CN=a', ...more], { stdio: 'ignore' });
    files.push(path);
  }
  let refused = 0;
  for (const path of files) {
    const want = native('--view', path);
    if (want.startsWith('{'))
      assert.deepEqual(await certificateView(bytes(path)), JSON.parse(want), path);
    else
      assert.equal(await code(certificateView(bytes(path))), want, path);
    refused += want.startsWith('{') ? 0 : 1;
    const folder = native('--folder', path);
    if (path !== keys[0])
      assert.equal(await folderOf(bytes(path)).then((f) => `${f.ca}/USER/${f.subject}`), folder);
  }
  assert.equal(refused, 2);
  assert.deepEqual(await folderOf(bytes(certificate)), { ca: 'yessign',
    subject: 'cn=HKD(KILDONG.HONG)009104120200225191000030,ou=INITECH,ou=personal4IB,o=yessign,c=kr' });
  await certificateView(bytes(join(scratch, 'view1.der'))).then(assert.fail, (why) => {
    assert.equal(why.field, 'cRLDistributionPoints');
    assert.match(why.message, /RFC 5280 4\.2\.1\.13/);
  });
});

test('every key file opens with its password', async () => {
  for (const path of keys) {
    assert.equal(await code(openKeyFile(bytes(path), password, bytes(certificate))), 'RC_OK', path);
    assert.equal(native(path, password, certificate), 'RC_OK', path);
  }
});

test('wrong passwords', async () => {
  for (const path of keys) {
    for (const wrong of ['WTuA8Ev0lWXVFSiI', 'wTuA8Ev0lWXVFSiI!', 'x', '비밀번호'])
      assert.equal(await code(openKeyFile(bytes(path), wrong, bytes(certificate))), native(path, wrong, certificate));
  }
  assert.equal(await code(openKeyFile(bytes(keys[0]), '', null)), 'RC_LIMIT');
});

/* The ciphertext is not authenticated: a damaged file opens now and then, and its numbers show it. */
test('a damaged key file is told of as it is there', async () => {
  const path = join(scratch, 'damaged.key');
  const whole = bytes(join(samples, 'derived/signPri-seedCBCWithSHA1-iter1024.key'));
  const seen = {};
  for (let n = 36; n < whole.length; n += 41) {
    const file = whole.slice();
    file[n] ^= 1 << n % 8;
    writeFileSync(path, file);
    const said = await code(openKeyFile(file, password, bytes(certificate)));
    assert.equal(said, native(path, password, certificate), `byte ${n}`);
    seen[said] = (seen[said] ?? 0) + 1;
  }
  assert.ok(seen.RC_FORMAT > 5, JSON.stringify(seen));
});

test('a key on a curve is whole only where its number gives its point', async () => {
  for (const [name, size] of [['P-256', 32], ['P-384', 48]]) {
    const [own, pem, key] = ['ec.der', 'ec.pem', 'ec.key'].map((file) => join(scratch, name + file));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${name}`, '-noenc', '-subj', '/CN=a',
      '-keyout', pem, '-outform', 'DER', '-out', own], { stdio: 'ignore' });
    const info = execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', pem, '-outform', 'DER']);
    const scalar = info.indexOf(Buffer.from([0x02, 0x01, 0x01, 0x04, size])) + 5;
    for (const [change, want] of [[() => undefined, 'RC_OK'], [(b) => { b[scalar + 9] ^= 4; }, 'RC_FORMAT'],
      [(b) => b.fill(0, scalar, scalar + size), 'RC_FORMAT'], [(b) => b.fill(0xff, scalar, scalar + size), 'RC_FORMAT']]) {
      const changed = Buffer.from(info);
      change(changed);
      writeFileSync(key, keyFileOf(changed, 'secret1!'));
      assert.equal(native(key, 'secret1!', own), want, name);
      assert.equal(await code(openKeyFile(bytes(key), 'secret1!', bytes(own))), want, name);
    }
  }
});

const next = 'Wonderful#7';
const forms = ['seed-sha1', 'pbes2-seed', 'pbes2-seed-sha256', 'pbes2-aes', 'pbes2-aria'];

test('a password is changed here and the file opens there, in every form, and the other way round', async () => {
  const path = join(scratch, 'changed.key');
  for (const form of forms) {
    const made = await changePassword(bytes(keys[0]), password, next, form, bytes(certificate));
    writeFileSync(path, made);
    assert.equal(native(path, next, certificate), 'RC_OK', form);
    assert.equal(native(path, password, certificate), 'RC_SECRET', form);
    assert.equal(made.length, nativeBytes('--change', keys[0], password, next, form).length, form);
    writeFileSync(path, nativeBytes('--change', keys[0], password, next, form));
    assert.equal(await code(openKeyFile(bytes(path), next, bytes(certificate))), 'RC_OK', form);
  }
});

test('a file keeps its form', async () => {
  /* The algorithm stands before the salt, which is new. */
  const kept = [keys[0], ...keys.filter((path) => path.includes('PBES2-hmacSHA1'))];
  assert.equal(kept.length, 2);
  for (const path of kept) {
    const before = bytes(path);
    const after = await changePassword(before, password, next, '', null);
    assert.equal(after.length, before.length, path);
    assert.deepEqual(after.slice(0, 18), before.slice(0, 18), path);
    assert.notDeepEqual(after, before);
  }
});

test('a change that is refused', async () => {
  const key = bytes(keys[0]);
  assert.equal(await code(changePassword(key, 'x', next, null, null)), 'RC_SECRET');
  assert.equal(await code(changePassword(key, password, 'short', null, null)), 'RC_POLICY');
  assert.equal(await code(changePassword(key, password, next, 'rot13', null)), 'RC_UNKNOWN');
  assert.equal(await code(changePassword(key, password, next, 'pkcs12-3des', null)), 'RC_POLICY');
  assert.equal(await code(changePassword(bytes(certificate), password, next, null, null)), 'RC_FORMAT');
});

test('the rules of passwords', async () => {
  const rules = await passwordRules();
  assert.deepEqual(rules.map((rule) => rule.word), ['length', 'kinds', 'characters', 'run', 'repeat']);
  for (const rule of rules) {
    assert.match(rule.ko, /주세요\.$/);
    assert.match(rule.en, /\.$/);
  }
  for (const typed of [next, password, '', 'abc', 'aaa', '비밀번호', 'x'.repeat(300), 'Abc-12345!', "a'b\"c|d\\e"])
    assert.deepEqual(await passwordBroken(typed), native('--broken', typed).split('\n').filter(Boolean), typed);
  assert.deepEqual(await passwordBroken(next), []);
});

test('an unknown algorithm is named', async () => {
  const path = join(scratch, 'scrypt.key');
  execFileSync('openssl', ['pkcs8', '-topk8', '-scrypt', '-inform', 'DER', '-outform', 'DER', '-out', path,
    '-in', join(samples, 'pypinksign/privateKeyInfo-without-R.der'), '-passout', 'pass:x']);
  await assert.rejects(openKeyFile(bytes(path), 'x', null),
    { code: 'RC_UNKNOWN', message: 'algorithm 1.3.6.1.4.1.11591.4.11 is not supported' });
});

test('PBES2 with AES-128, AES-192 and a Korean password, made by openssl', async () => {
  for (const [cipher, secret] of [['aes-128-cbc', 'ascii'], ['aes-192-cbc', 'ascii'], ['aes-256-cbc', '비밀번호']]) {
    const path = join(scratch, `${cipher}.key`);
    execFileSync('openssl', ['pkcs8', '-topk8', '-v2', cipher, '-inform', 'DER', '-outform', 'DER', '-out', path,
      '-in', join(samples, 'pypinksign/privateKeyInfo-without-R.der'), '-passout', `pass:${secret}`]);
    assert.equal(await code(openKeyFile(bytes(path), secret, bytes(certificate))), 'RC_OK');
    assert.equal(await code(openKeyFile(bytes(path), secret + 'x', null)), 'RC_SECRET');
  }
});

test('a Korean password as Windows programs took it', async () => {
  const path = join(scratch, 'cp949.key');
  // 비밀번호 in CP949; a shell says it, because node passes arguments as UTF-8.
  execFileSync('sh', ['-c', `openssl pkcs8 -topk8 -v2 aes-256-cbc -inform DER -outform DER -out '${path}' \
    -in '${join(samples, 'pypinksign/privateKeyInfo-without-R.der')}' \
    -passout "pass:$(printf '\\272\\361\\271\\320\\271\\370\\310\\243')"`]);
  assert.equal(await code(openKeyFile(bytes(path), '비밀번호', bytes(certificate))), 'RC_OK');
  assert.equal(native(path, '비밀번호', certificate), 'RC_OK');
  assert.equal(await code(openKeyFile(bytes(path), '비밀번', null)), 'RC_SECRET');
});

test('every form of key file is a whole one without its password, also one that nobody knows', async () => {
  for (const path of keys)
    assert.equal(await code(checkKeyFile(bytes(path))), 'RC_OK', path);
  const seed = '\x2a\x83\x1a\x8c\x9a\x44\x01\x0f';
  const known = keys.map((path) => readFileSync(path, 'latin1')).find((text) => text.includes(seed));
  const strange = new Uint8Array(Buffer.from(known.replace(seed, `${seed.slice(0, -1)}\x7f`), 'latin1'));
  assert.equal(await code(openKeyFile(strange, password, null)), 'RC_UNKNOWN');
  assert.equal(await code(checkKeyFile(strange)), 'RC_OK');
});

test('damage: the same answer as the native build', async () => {
  const whole = bytes(keys[1]);
  const path = join(scratch, 'damaged');
  for (let i = 0; i < whole.length; i += 97) {
    const flipped = whole.slice();
    flipped[i] ^= 1 << i % 8;
    writeFileSync(path, flipped);
    assert.equal(await code(openKeyFile(flipped, password, bytes(certificate))), native(path, password, certificate), `byte ${i}`);
    const cut = whole.slice(0, i);
    assert.equal(await code(openKeyFile(cut, password, bytes(certificate))), 'RC_FORMAT', `cut at ${i}`);
    assert.equal(await code(checkKeyFile(cut)), 'RC_FORMAT', `cut at ${i}, without a password`);
  }
  const facts = bytes(certificate);
  for (let i = 0; i < facts.length; i += 61) {
    const flipped = facts.slice();
    flipped[i] ^= 1 << i % 8;
    writeFileSync(path, flipped);
    const want = native(path);
    const got = await certificateFacts(flipped).then((f) => f, (why) => why.code);
    assert.deepEqual(got, want.startsWith('{') ? JSON.parse(want) : want, `byte ${i}`);
  }
});

test('too large is refused before it is copied', async () => {
  assert.equal(await code(certificateFacts(new Uint8Array(1 << 20))), 'RC_LIMIT');
  assert.equal(await code(certificateFacts(new Uint8Array(16385))), 'RC_LIMIT');
});

const info = join(samples, 'pypinksign/privateKeyInfo-with-R.der');
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const pair = () => ({ certificate: bytes(certificate), key: bytes(keys[0]) });
const joined = (parts) => new Uint8Array(Buffer.concat(parts));

/* A key file's contents, opened by the native build. */
function opened(key, secret) {
  const path = join(scratch, 'opened.key');
  writeFileSync(path, key);
  return nativeBytes('--opened', path, secret);
}

test("a Korean client's PKCS#12 file: its key keeps R", async () => {
  const file = bytes(join(samples, 'pypinksign/sign.pfx'));
  const { pairs, chain, keyless, caPubs } = await openPfx(file, password);
  assert.deepEqual([pairs.length, chain, keyless, caPubs.length], [1, [], [], 0]);
  assert.deepEqual([pairs[0].encryption, pairs[0].lacksR], [false, false]);
  assert.deepEqual(pairs[0].certificate, bytes(certificate));
  assert.deepEqual(opened(pairs[0].key, password), bytes(info));
  const under = await openPfx(file, password, next, 'pbes2-aes');
  assert.deepEqual(opened(under.pairs[0].key, next), bytes(info));
  assert.equal(await code(openPfx(file, password + 'x')), 'RC_SECRET');
  assert.equal(await code(openPfx(file, password, 'short')), 'RC_POLICY');
  assert.equal(await code(openPfx(file.slice(0, 2000), password)), 'RC_FORMAT');
  assert.equal(await code(checkPfx(file)), 'RC_OK');
  for (const none of [file.slice(0, 2000), bytes(certificate), bytes(keys[0])])
    assert.equal(await code(checkPfx(none)), 'RC_FORMAT');
  await assert.rejects(openPfx(new Uint8Array([0x30, 0x80, 0, 0]), password), /X\.690 8\.1\.3\.6/);
});

test('PKCS#12 files of openssl: the same contents, or the same refusal, as natively', async () => {
  openssl('x509', '-inform', 'DER', '-in', certificate, '-out', join(scratch, 'sign.pem'));
  openssl('pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-in', info, '-out', join(scratch, 'sign.key'));
  const path = join(scratch, 'made.p12');
  for (const [secret, ...how] of [['a1'], ['a1', '-legacy'], ['비밀번호'], ['비밀번호', '-legacy'],
    ['a1', '-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-macalg', 'sha1'],
    ['a1', '-keypbe', 'ARIA-256-CBC', '-certpbe', 'ARIA-128-CBC', '-macalg', 'sha512'],
    ['a1', '-legacy', '-keypbe', 'SEED-CBC', '-certpbe', 'DES-EDE3-CBC', '-macalg', 'sha384'],
    ['a1', '-keypbe', 'NONE', '-certpbe', 'NONE'], ['a1', '-nomac'], ['a1', '-nokeys'],
    ['a1', '-keypbe', 'CAMELLIA-128-CBC'], ['a1', '-certfile', join(scratch, 'sign.pem')]]) {
    openssl('pkcs12', '-export', '-in', join(scratch, 'sign.pem'), '-inkey', join(scratch, 'sign.key'), '-out', path,
      '-passout', `pass:${secret}`, ...how);
    const want = nativeBytes('--pfx', path, secret);
    const name = [secret, ...how].join(' ');
    try {
      const { pairs, chain } = await openPfx(bytes(path), secret);
      assert.deepEqual(joined([...pairs.flatMap((p) => [p.certificate, opened(p.key, secret)]), ...chain]), want, name);
    } catch (why) {
      assert.ok(why instanceof NpkiError, String(why));
      assert.equal(why.code, new TextDecoder().decode(want).trim(), name);
    }
    assert.equal(await code(openPfx(bytes(path), `${secret}x`)), native('--pfx', path, `${secret}x`), name);
  }
});

test('PKCS#12 files under an empty password, and under none at all: the keys need another', async () => {
  const path = join(scratch, 'empty.p12');
  openssl('pkcs12', '-export', '-in', join(scratch, 'sign.pem'), '-inkey', join(scratch, 'sign.key'), '-out', path, '-passout', 'pass:', '-macalg', 'sha1');
  for (const made of [readFileSync(path), withoutPassword(readFileSync(path))]) {
    writeFileSync(path, made);
    const want = nativeBytes('--pfx', path, '');
    assert.equal(await code(openPfx(bytes(path), '')), 'RC_POLICY');
    const { pairs: [{ certificate: opens, key }] } = await openPfx(bytes(path), '', next);
    assert.deepEqual(joined([opens, opened(key, next)]), want);
    assert.equal(await code(openPfx(bytes(path), 'a1')), 'RC_SECRET');
  }
  assert.equal(await code(openPfx(bytes(join(samples, 'pypinksign/sign.pfx')), '')), 'RC_SECRET');
});

test('a key without R beside a certificate with a VID, and beside one without', async () => {
  const key = join(scratch, 'without.key'), pem = join(scratch, 'plain.pem'), path = join(scratch, 'without.p12');
  openssl('pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-in', join(samples, 'pypinksign/privateKeyInfo-without-R.der'), '-out', key);
  openssl('req', '-x509', '-key', key, '-out', pem, '-subj', '/CN=plain');
  for (const [of, want] of [[join(scratch, 'sign.pem'), true], [pem, false]]) {
    openssl('pkcs12', '-export', '-in', of, '-inkey', key, '-out', path, '-passout', 'pass:a1');
    const { pairs } = await openPfx(bytes(path), 'a1');
    assert.deepEqual(pairs.map(({ lacksR }) => lacksR), [want], of);
  }
});

test('PKCS#12 files that are made here open natively, with openssl and here', async () => {
  const root = join(scratch, 'root.der');
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', '/dev/null', '-outform', 'DER', '-out', root,
    '-subj', '/CN=root');
  const caPubs = new Uint8Array(caPubsOf(bytes(root)));
  const path = join(scratch, 'ours.p12');
  for (const [form, ...more] of [['compatible', '-legacy'], ['modern']]) {
    writeFileSync(path, await makePfx([pair()], password, next, form, caPubs));
    assert.deepEqual(nativeBytes('--pfx', path, next), joined([bytes(certificate), bytes(info), bytes(root)]));
    const said = openssl('pkcs12', '-in', path, '-passin', `pass:${next}`, '-nodes', ...more).toString();
    assert.match(said, /PRIVATE KEY/);
    assert.equal(said.match(/BEGIN CERTIFICATE/g).length, 2);
    assert.match(said, /A9 AB 98 BD 24 85 1E CD 62 5F 1F DD 79 0B 54 AA 8C 81 7E F6/);
    const again = await openPfx(bytes(path), next);
    assert.deepEqual(again.pairs[0].certificate, bytes(certificate));
    assert.deepEqual([again.chain, again.caPubs], [[bytes(root)], caPubs]);
    assert.deepEqual(opened(again.pairs[0].key, next), bytes(info));
  }
});

test('PKCS#12 files that are not made', async () => {
  assert.equal(await code(makePfx([pair()], 'wrong', next, 'modern')), 'RC_SECRET');
  assert.equal(await code(makePfx([pair()], password, 'short', 'modern')), 'RC_POLICY');
  assert.equal(await code(makePfx([pair()], password, password, 'compatible')), 'RC_OK');
  assert.equal(await code(makePfx([pair()], password, next, 'other')), 'RC_UNKNOWN');
  assert.equal(await code(makePfx([], password, next, 'modern')), 'RC_LIMIT');
  assert.equal(await code(makePfx(Array(5).fill(pair()), password, next, 'modern')), 'RC_LIMIT');
});

test('whose certificate it is', async () => {
  /* The VID of 1234567890 and the sample's R, computed by others. */
  const config = join(scratch, 'vid.cnf');
  const mine = join(scratch, 'vid.der');
  writeFileSync(config, `[req]
distinguished_name = name
[name]
[more]
${identity('HKD', '89dee087b9dfdf1a84623b3ec0d1da013a54d5fe4325cb1ccd92c8cf4fe9c2d4')}`);
  openssl('req', '-x509', '-config', config, '-extensions', 'more', '-key', join(scratch, 'sign.key'), '-subj', '/CN=HKD',
    '-outform', 'DER', '-out', mine);
  assert.equal(await code(vid(bytes(keys[0]), password, bytes(mine), '123-45-67890')), 'RC_OK');
  assert.equal(await code(vid(bytes(keys[0]), password, bytes(mine), '123-45-67891')), 'RC_DENIED');
  /* The sample's number is known to nobody. */
  assert.equal(await code(vid(bytes(keys[0]), password, bytes(certificate), '123456-1234567')), 'RC_DENIED');
  assert.equal(await code(vid(bytes(keys[0]), password, bytes(certificate), '1234')), 'RC_FORMAT');
  assert.equal(await code(vid(bytes(keys[0]), 'wrong', bytes(certificate), '1234567890')), 'RC_SECRET');
  const path = join(scratch, 'no-r.key');
  openssl('pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-inform', 'DER', '-outform', 'DER', '-out', path,
    '-in', join(samples, 'pypinksign/privateKeyInfo-without-R.der'), '-passout', 'pass:a1');
  assert.equal(await code(vid(bytes(path), 'a1', bytes(certificate), '1234567890')), 'RC_ABSENT');
});

test('it is at most 80 KB on its way', (t) => {
  const size = gzipSync(readFileSync(process.env.NPKI_WASM), { level: 9 }).length;
  t.diagnostic(`npki.wasm: ${size} bytes with gzip`);
  assert.ok(size <= 80 * 1024, `${size} bytes`);
});
