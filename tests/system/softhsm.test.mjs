// softhsm.test.mjs - ingam token list, copy, delete with a token of other
// people's: SoftHSM2, and SoftHSM2 behind a module that asks by itself, breaks
// down, is full or ends the program at any call (tests/lib/protected.c).
//
// Belongs here: what people see and scripts rely on; that nothing is lost.
// Pkcs11-tool and openssl judge what is on the token.
// Not here: our own token (tests/clients); modules that lie (fuzz/cryptoki).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, randomBytes, verify } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, putR, vidOf } from '../lib/certificate.mjs';
import { program, root, run } from '../lib/service.mjs';

const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '12345678';
const PASSWORD = 'Trial7!Ingam';
// SoftHSM2 syncs each object, and is not what is tried here: in memory where there is such a folder.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ingam-softhsm-'));
const skip = existsSync(SOFTHSM) ? false : 'there is no SoftHSM2';
const path = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const files = { pin: path('pin', `${PIN}\n`), wrong: path('wrong', '0000\n'), password: path('password', `${PASSWORD}\n`) };
const guarded = join(folder, 'protected.so');
before(() => execFileSync('cc', ['-shared', '-fPIC', '-D_GNU_SOURCE', '-I', join(root, 'src'), '-o', guarded, join(root, 'tests/lib/protected.c'), '-ldl']));
after(() => rmSync(folder, { recursive: true, force: true }));

/* --- certificates --- */

let made = 0;
/** A certificate in a folder of its own; two of one name are an old one and its successor. */
function certificate({ r, ...more } = {}) {
  const c = makeCertificate({ into: join(folder, `pc-${++made}`), form: 'aes', password: PASSWORD, ...more });
  if (r) putR(c, r);
  const text = (args) => execFileSync('openssl', ['x509', '-inform', 'DER', '-in', c.signCert, '-noout', ...args], { encoding: 'utf8' });
  return { ...c, serial: /=(.*)/.exec(text(['-serial']))[1].toLowerCase(), id: /Identifier:\s*\n?\s*([0-9A-F:]+)/.exec(text(['-ext', 'subjectKeyIdentifier']))[1].replaceAll(':', '').toLowerCase() };
}

/* --- tokens --- */

let tokens = 0;
/** A SoftHSM2 of its own with one empty token. */
class Token {
  constructor() {
    this.folder = join(folder, `token-${++tokens}`);
    mkdirSync(join(this.folder, 'tokens'), { recursive: true });
    this.env = { SOFTHSM2_CONF: join(this.folder, 'conf'), PROTECTED_MODULE: SOFTHSM, LC_ALL: 'C.UTF-8' };
    writeFileSync(this.env.SOFTHSM2_CONF, `directories.tokendir = ${this.folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
    this.add('Hsm');
  }

  add(label) {
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', PIN, '--so-pin', PIN], { env: { ...process.env, ...this.env }, stdio: 'ignore' });
  }

  /** ingam token VERB; env has the faults that are wished for. */
  async ingam(verb, args = [], env = {}) {
    const module = args.includes('--module') || args.includes('--p11-kit-dir') ? [] : ['--module', Object.keys(env).some((k) => k.startsWith('PROTECTED')) ? guarded : SOFTHSM];
    const result = await run(program('ingam'), ['token', verb, ...module, ...args], { env: { ...this.env, ...env } });
    for (const secret of [PIN, PASSWORD]) assert.ok(!result.out.includes(secret), 'no secret is shown');
    return args.includes('--json') && result.stdout ? { ...result, json: JSON.parse(result.stdout) } : result;
  }

  copy(certificate, args = [], env = {}) {
    return this.ingam('copy', ['--json', '--pin-file', files.pin, '--password-file', files.password, ...args, certificate.folder], env);
  }

  async list(env = {}) {
    const { json, out } = await this.ingam('list', ['--json', '--login', '--pin-file', files.pin], env);
    assert.ok(json?.tokens?.[0]?.certificates, out);
    return json.tokens[0].certificates;
  }

  tool(args) {
    return execFileSync('pkcs11-tool', ['--module', SOFTHSM, '--token-label', 'Hsm', '--login', '--pin', PIN, ...args], { env: { ...process.env, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  }

  /** The kinds of objects, as pkcs11-tool counts them. */
  count() {
    const out = this.tool(['--list-objects']);
    const n = (kind) => [...out.matchAll(new RegExp(`^${kind}`, 'gm'))].length;
    return [n('Certificate Object'), n('Private Key Object'), n('Public Key Object'), n('Data object')];
  }

  /** Does the token have this certificate, and sign so that it verifies? */
  signs(certificate) {
    const text = path('text', randomBytes(64)), signature = join(folder, 'signature'), from = join(folder, 'read.der');
    rmSync(signature, { force: true });
    try {
      this.tool(['--read-object', '--type', 'cert', '--id', certificate.id, '--output-file', from]);
      if (!readFileSync(from).equals(readFileSync(certificate.signCert))) return false;
      this.tool(['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--id', certificate.id, '--input-file', text, '--output-file', signature]);
    } catch {
      return false;
    }
    return verify('sha256', readFileSync(text), new X509Certificate(readFileSync(from)).publicKey, readFileSync(signature));
  }
}

const expected = (result, code, problem) => {
  assert.equal(result.code, code, result.out);
  assert.equal(result.json.problem, problem, result.out);
  assert.equal(result.json.done, code === 0, result.out);
};

/* --- tests --- */

test('list: a module that cannot be used is told of by its name, and why', { skip }, async () => {
  for (const [module, en, ko] of [[join(folder, 'none.so'), 'No such file or directory', '그런 파일이나 폴더가 없어요'], [files.pin, 'is no PKCS#11 module that works here', '여기서 쓸 수 있는 보안토큰 드라이버가 아니에요']]) {
    for (const [locale, why] of [['C.UTF-8', en], ['ko_KR.UTF-8', ko]]) {
      const { code, stderr } = await run(program('ingam'), ['token', 'list', '--module', module], { env: { LC_ALL: locale } });
      assert.equal(code, 3);
      assert.ok(stderr.endsWith(`/${module.split('/').at(-1)}: ${why}).\n`), stderr);
    }
  }
});

test('copy: certificate, key, public key and R, each as others find them', { skip }, async (t) => {
  const token = new Token();
  const r = Buffer.concat([Buffer.alloc(3), randomBytes(16), Buffer.alloc(1)]);
  const c = certificate({ r });
  const result = await token.copy(c);
  expected(result, 0, '');
  assert.equal(result.json.copied.length, 1);
  assert.deepEqual(token.count(), [1, 1, 1, 1]);
  const text = path('text', 'signed on the token'), signature = join(folder, 'signature'), key = join(folder, 'public.pem');
  token.tool(['--sign', '--mechanism', 'SHA256-RSA-PKCS', '--id', c.id, '--input-file', text, '--output-file', signature]);
  writeFileSync(key, execFileSync('openssl', ['x509', '-inform', 'DER', '-in', c.signCert, '-noout', '-pubkey']));
  assert.equal((await run('openssl', ['dgst', '-sha256', '-verify', key, '-signature', signature, text])).code, 0, 'pkcs11-tool signs, openssl verifies');
  const out = join(folder, 'r');
  token.tool(['--read-object', '--type', 'data', '--label', `R4VID=${c.id}`, '--output-file', out]);
  assert.deepEqual(readFileSync(out), r, 'R is 20 bytes, zeros and all');
  const listed = token.tool(['--list-objects']);
  // pkcs11-tool reads its DER as if it were the contents alone.
  assert.match(listed, /Data object[^]*app_id:\s+0\.6\.10\.42\.410\.200004\.10\.1\.1\.3\s/);
  assert.match(listed, new RegExp(`label: +홍길동\\(\\)0010023400506789012345 ${c.serial}`));
  assert.ok(!listed.includes('being copied'));
  assert.match(listed, /Private Key Object[^]*?Access: +sensitive/);
  const [row] = await token.list();
  assert.deepEqual([row.serial, row.purpose, row.key, row.r, row.unfinished, row.state], [c.serial, 'sign', true, true, false, 'valid']);
  await t.test('again: it is there, and nothing changes', async () => {
    expected(await token.copy(c), 0, 'already');
    assert.deepEqual(token.count(), [1, 1, 1, 1]);
  });
});

test('copy: that the key has no R for the VID is said before the PIN', { skip }, async () => {
  const known = certificate({ vid: vidOf('9001011234567', randomBytes(20)) });
  const args = ['--pin-file', files.wrong, '--password-file', files.password];
  for (const [env, says] of [[{}, /^Its key has no random number \(R\), .*\nThe token's PIN is wrong/], [{ LC_ALL: 'ko_KR.UTF-8' }, /^개인키에 난수\(R\)가 없어서, .*\n보안토큰의 PIN이 맞지 않아요/]]) {
    const told = await new Token().ingam('copy', [...args, known.folder], env);
    assert.equal(told.code, 1, told.out);
    assert.match(told.stderr, says);
  }
  const none = await new Token().ingam('copy', [...args, certificate().folder]);
  assert.match(none.stderr, /^The token's PIN is wrong/);
  for (const [{ folder }, n] of [[known, 1], [certificate(), undefined]])
    assert.equal(JSON.parse((await new Token().ingam('copy', [...args, '--json', folder])).stdout).without_r?.length, n);
});

test('copy: both pairs, and each key does what its certificate says', { skip }, async () => {
  const token = new Token();
  const c = certificate({ km: true });
  expected(await token.copy(c), 0, '');
  assert.deepEqual(token.count(), [2, 2, 2, 0]);
  assert.ok(token.signs(c));
  const km = (await token.list()).find((row) => row.purpose === 'encrypt');
  const cert = join(c.folder, 'kmCert.der'), pem = join(folder, 'km.pem'), sealed = join(folder, 'sealed'), opened = join(folder, 'opened');
  writeFileSync(pem, execFileSync('openssl', ['x509', '-inform', 'DER', '-in', cert]));
  execFileSync('openssl', ['pkeyutl', '-encrypt', '-certin', '-inkey', pem, '-in', path('text', 'between us'), '-out', sealed]);
  const id = /Identifier:\s*\n?\s*([0-9A-F:]+)/.exec(execFileSync('openssl', ['x509', '-in', pem, '-noout', '-ext', 'subjectKeyIdentifier'], { encoding: 'utf8' }))[1].replaceAll(':', '');
  token.tool(['--decrypt', '--mechanism', 'RSA-PKCS', '--id', id, '--input-file', sealed, '--output-file', opened]);
  assert.equal(readFileSync(opened, 'utf8'), 'between us');
  assert.ok(km.key);
});

test('copy: an elliptic key', { skip }, async () => {
  const token = new Token();
  const c = certificate({ key: 'ec' });
  expected(await token.copy(c), 0, '');
  assert.deepEqual(token.count(), [1, 1, 1, 0]);
  const digest = path('digest', randomBytes(32)), signature = join(folder, 'signature'), key = join(folder, 'public.pem');
  token.tool(['--sign', '--mechanism', 'ECDSA', '--id', c.id, '--signature-format', 'openssl', '--input-file', digest, '--output-file', signature]);
  writeFileSync(key, execFileSync('openssl', ['x509', '-inform', 'DER', '-in', c.signCert, '-noout', '-pubkey']));
  assert.equal((await run('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-in', digest, '-sigfile', signature])).code, 0);
});

test('copy: what is refused, with its exit code, and nothing on the token', { skip }, async (t) => {
  const token = new Token();
  const c = certificate();
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const mixed = certificate(), curve = certificate({ key: 'ec' });
  writeFileSync(mixed.signKey, readFileSync(c.signKey));
  writeFileSync(curve.signKey, readFileSync(certificate({ key: 'ec' }).signKey));
  const usual = ['--pin-file', files.pin, '--password-file', files.password];
  const rows = [
    ['a wrong PIN', ['--pin-file', files.wrong, '--password-file', files.password, c.folder], {}, 1, 'wrong-pin'],
    ['a wrong password', ['--pin-file', files.pin, '--password-file', files.wrong, c.folder], {}, 1, 'wrong-password'],
    ['a token that says it is locked', [...usual, c.folder], { PROTECTED_FLAGS: '40000' }, 5, 'locked'],
    ['a token that locks now', [...usual, c.folder], { PROTECTED_FAULT: 'C_Login:1:a4' }, 5, 'locked'],
    ['a wrong PIN that locks the token', ['--pin-file', files.wrong, '--password-file', files.password, c.folder], { PROTECTED_AFTER: '40000' }, 5, 'locked'],
    ['a PIN that is too old', [...usual, c.folder], { PROTECTED_FAULT: 'C_Login:1:a3' }, 5, 'pin-not-set'],
    ['a write-protected token that is named', [...usual, '--token', 'Hsm', c.folder], { PROTECTED_FLAGS: '2' }, 5, 'forbidden'],
    ['a write-protected token alone', [...usual, c.folder], { PROTECTED_FLAGS: '2' }, 3, 'no-token'],
    ['no such token', [...usual, '--token', 'other', c.folder], {}, 2, 'no-such-token'],
    ['no module', [...usual, '--module', join(folder, 'none.so'), c.folder], {}, 3, 'no-module'],
    ['a file that is no module', [...usual, '--module', files.pin, c.folder], {}, 3, 'no-module'],
    ['no module that p11-kit knows', [...usual, '--p11-kit-dir', empty, c.folder], {}, 3, 'no-token'],
    ['no PIN, and nobody to ask', ['--password-file', files.password, c.folder], {}, 2, 'no-terminal'],
    ['no password, and nobody to ask', ['--pin-file', files.pin, c.folder], {}, 2, 'no-terminal'],
    ['no such PIN file', ['--pin-file', join(folder, 'none'), '--password-file', files.password, c.folder], {}, 3, 'unreadable'],
    ['no certificate', [...usual, empty], {}, 3, 'no-certificate'],
    ['the key of another certificate', [...usual, mixed.folder], {}, 1, 'wrong-key'],
    ['the key of another elliptic certificate', [...usual, curve.folder], {}, 1, 'wrong-key'],
    ['a folder of modules that is not there', [...usual, '--p11-kit-dir', join(folder, 'none'), c.folder], {}, 3, 'no-folder'],
    ['a token that was pulled', [...usual, c.folder], { PROTECTED_FAULT: 'C_CreateObject:1:32' }, 3, 'token-failed'],
    ['a token that is full', [...usual, c.folder], { PROTECTED_ROOM: '2' }, 3, 'token-full'],
    ['a token that takes no such key', [...usual, c.folder], { PROTECTED_FAULT: 'C_CreateObject:1:d1' }, 3, 'not-supported'],
    ['a token that cannot sign so', [...usual, c.folder], { PROTECTED_FAULT: 'C_Sign:1:70' }, 3, 'not-supported'],
    ['a key that signs wrong', [...usual, c.folder], { PROTECTED_FAULT: 'C_Sign:1:spoil' }, 1, 'bad-signature'],
  ];
  for (const [name, args, env, code, problem] of rows) {
    await t.test(`${name}: ${code}, ${problem}`, async () => {
      expected(await token.ingam('copy', ['--json', ...args], env), code, problem);
      assert.deepEqual(token.count(), [0, 0, 0, 0]);
    });
  }
  await t.test('a key that opens nothing: 1, bad-signature', async () => {
    expected(await token.copy(certificate({ km: true }), [], { PROTECTED_FAULT: 'C_Decrypt:1:spoil' }), 1, 'bad-signature');
    assert.deepEqual(token.count(), [0, 0, 0, 0]);
  });
  await t.test('two tokens: 2, several-tokens, and both are named', async () => {
    token.add('둘째');
    const result = await token.copy(c);
    expected(result, 2, 'several-tokens');
    assert.deepEqual(result.json.tokens.map((row) => row.label).sort(), ['Hsm', '둘째']);
    expected(await token.copy(c, ['--token', '둘째']), 0, '');
    assert.deepEqual(token.count(), [0, 0, 0, 0], 'the other one is as it was');
  });
});

test('copy: a predecessor has to go first, and only with a yes', { skip }, async (t) => {
  const token = new Token();
  const old = certificate({ km: true, r: randomBytes(20) }), next = certificate({ km: true, r: randomBytes(20) });
  const stranger = certificate({ name: '김영희()0010023400506789012346' });
  expected(await token.copy(stranger), 0, '');
  expected(await token.copy(old), 0, '');
  await t.test('without --replace: 5, old-certificate, and nothing changes', async () => {
    expected(await token.copy(next), 5, 'old-certificate');
    assert.deepEqual(token.count(), [3, 3, 3, 1]);
    assert.ok(token.signs(old));
  });
  await t.test('with it: both old ones go, the new ones and a stranger\'s are there', async () => {
    const result = await token.copy(next, ['--replace']);
    expected(result, 0, '');
    assert.deepEqual([result.json.copied.length, result.json.deleted.length], [2, 2]);
    assert.deepEqual(token.count(), [3, 3, 3, 1]);
    assert.ok(token.signs(next));
    assert.ok(!(token.signs(old)));
    assert.ok(token.signs(stranger));
  });
});

test('copy: one that is newer is no predecessor, and an expired one is told of', { skip }, async (t) => {
  const token = new Token();
  const newer = certificate({ days: 700 }), older = certificate({ days: 30 }), over = certificate({ days: 30 });
  // The same keys, an end in the past: signed by nobody, which copy does not ask.
  const der = readFileSync(over.signCert), time = Buffer.from([0x17, 13]), from = der.indexOf(time);
  der.write('200101', der.indexOf(time, from + 15) + 2, 'latin1');
  der.write('190101', from + 2, 'latin1');
  writeFileSync(over.signCert, der);
  const plain = ['--pin-file', files.pin, '--password-file', files.password];
  expected(await token.copy(newer), 0, '');
  for (const [name, comes, word, en, ko] of [
    ['ends earlier', older, 'newer', /the one that is there ends later/, /거기에 있는 인증서가 더 나중에 끝나요/],
    ['has expired', over, 'expired', /takes its place has expired, the one that is there has not/, /넣을 인증서는 이미 만료됐고/],
  ])
    await t.test(`what comes ${name}: it is not called the newer one`, async () => {
      const result = await token.copy(comes);
      expected(result, 5, 'old-certificate');
      assert.deepEqual([result.json.careful, result.json.there.map((one) => one.serial)], [word, [newer.serial]]);
      const [said, says] = [await token.ingam('copy', [...plain, comes.folder]), await token.ingam('copy', [...plain, comes.folder], { LC_ALL: 'ko_KR.UTF-8' })];
      for (const [text, there, takes, careful, wrong] of [
        [said.stderr, 'The certificate that is there', 'The certificate that takes its place', en, /predecessor/],
        [says.stderr, '거기에 있는 인증서', '그 자리에 넣을 인증서', ko, /이전 인증서/],
      ]) {
        assert.match(text, new RegExp(`^${there}: .* ${newer.serial}, .*\\d{4}-\\d\\d-\\d\\d \\(`, 'm'));
        assert.match(text, new RegExp(`^${takes}: .* ${comes.serial}, .*\\d{4}-\\d\\d-\\d\\d \\(`, 'm'));
        assert.match(text, careful);
        assert.doesNotMatch(text, wrong);
      }
      for (const [asks, no, more] of [[/which is not older than the one to be copied\. What is copied is put there and tried before the other one goes\. Delete it and copy\? \(yes\/no\): $/, 'no', {}],
        [/복사할 것보다 오래된 것이 아니에요\. 복사할 것을 먼저 넣어 시험해 본 뒤에 그것을 지워요\. 그것을 지우고 복사할까요\? \(예\/아니요\): $/, '아니요', { LC_ALL: 'ko_KR.UTF-8' }]]) {
        const { code, out } = await typed(token, ['token', 'copy', '--module', SOFTHSM, ...plain, comes.folder], [[asks, no]], more);
        assert.equal(code, 5, out);
      }
      assert.ok(token.signs(newer));
    });
  await t.test('with --replace it is done, not without a word', async () => {
    const result = await token.ingam('copy', [...plain, '--replace', older.folder]);
    assert.equal(result.code, 0, result.out);
    assert.match(result.stderr, /the one that is there ends later/);
    assert.ok(token.signs(older) && !token.signs(newer));
    const back = await token.copy(newer, ['--replace']);
    expected(back, 0, '');
    assert.deepEqual([back.json.careful, back.json.there], ['', undefined]);
  });
  await t.test('onto an empty token, too', async () => {
    const result = await new Token().ingam('copy', [...plain, over.folder]);
    assert.equal(result.code, 0, result.out);
    assert.match(result.stderr, /Careful: the certificate to be copied has expired\./);
  });
});

/** Old or new: one of them must sign, whatever happened. */
function usable(token, old, next) {
  const [a, b] = [token.signs(old), token.signs(next)];
  return a && b ? 'both' : a ? 'old' : b ? 'new' : 'none';
}

/** A token with the old certificate on it, which the faults are tried on. */
async function prepared() {
  const token = new Token();
  const old = certificate({ r: randomBytes(20) }), next = certificate({ r: randomBytes(20) });
  expected(await token.copy(old), 0, '');
  return { token, old, next };
}

const calls = [
  ...[1, 2, 3, 4].map((n) => ({ call: `C_CreateObject:${n}`, failed: 'token-failed', code: 3, left: 'old', killed: 'old' })),
  { call: 'C_Sign:1', failed: 'token-failed', code: 3, left: 'old', killed: 'both' },
  { call: 'C_DestroyObject:1', failed: 'old-not-deleted', code: 5, left: 'both', killed: 'both' },
  { call: 'C_DestroyObject:2', failed: 'old-not-deleted', code: 5, left: 'new', killed: 'new' },
  { call: 'C_DestroyObject:3', failed: 'old-not-deleted', code: 5, left: 'new', killed: 'new' },
  { call: 'C_DestroyObject:4', failed: 'old-not-deleted', code: 5, left: 'new', killed: 'new' },
  ...[1, 2, 3].map((n) => ({ call: `C_SetAttributeValue:${n}`, failed: 'label', code: 0, left: 'new', killed: 'new' })),
];

test('copy: whichever call fails, the old or the new certificate works, and the next copy ends it', { skip }, async (t) => {
  const { token, old, next } = await prepared();
  for (const { call, failed, code, left } of calls) {
    await t.test(`${call} fails: ${failed}, ${left}`, async () => {
      expected(await token.copy(next, ['--replace'], { PROTECTED_FAULT: `${call}:30` }), code, failed);
      assert.equal(usable(token, old, next), left);
      if (left === 'old') assert.deepEqual(token.count(), [1, 1, 1, 1], 'nothing else is left');
      const again = await token.copy(next, ['--replace']);
      assert.equal(again.code, 0, again.out);
      assert.equal(usable(token, old, next), 'new');
      assert.deepEqual(token.count(), [1, 1, 1, 1]);
      assert.ok((await token.list()).every((row) => !row.unfinished));
      expected(await token.copy(old, ['--replace']), 0, '');
    });
  }
});

test('copy: ended at any call as by kill -9, the old or the new certificate works, and the next copy ends it', { skip }, async (t) => {
  const { token, old, next } = await prepared();
  for (const { call, killed } of calls) {
    await t.test(`${call}: ${killed}`, async () => {
      const result = await token.copy(next, ['--replace'], { PROTECTED_FAULT: `${call}:kill` });
      assert.equal(result.code, 'SIGKILL', result.out);
      assert.equal(usable(token, old, next), killed);
      const again = await token.copy(next, ['--replace']);
      assert.equal(again.code, 0, again.out);
      assert.equal(usable(token, old, next), 'new');
      assert.deepEqual(token.count(), [1, 1, 1, 1]);
      assert.ok((await token.list()).every((row) => !row.unfinished));
      expected(await token.copy(old, ['--replace']), 0, '');
    });
  }
});

test('copy: a token without room for both', { skip }, async (t) => {
  const { token, old, next } = await prepared();
  await t.test('5, token-full, and the old one is as it was', async () => {
    expected(await token.copy(next, ['--replace'], { PROTECTED_ROOM: '2' }), 5, 'token-full');
    assert.equal(usable(token, old, next), 'old');
    assert.deepEqual(token.count(), [1, 1, 1, 1]);
  });
  await t.test('a person who does not want that has said no: 5', async () => {
    for (const [asks, no, stopped, more] of [[/the token has neither\. The files on this PC stay as they are\. Delete the one that is there first, then copy\? \(yes\/no\): $/, 'no', /Stopped\. Nothing was changed\./, {}],
      [/보안토큰에는 둘 다 없어요\. 이 PC의 파일은 그대로예요\. 거기에 있는 인증서를 먼저 지우고 복사할까요\? \(예\/아니요\): $/, '아니요', /그만두었어요\. 아무것도 바꾸지 않았어요\./, { LC_ALL: 'ko_KR.UTF-8' }]]) {
      const { code, out } = await typed(token, ['token', 'copy', '--replace', '--module', guarded, '--pin-file', files.pin, '--password-file', files.password, next.folder], [[asks, no]], { PROTECTED_ROOM: '2', ...more });
      assert.equal(code, 5, out);
      assert.match(out, stopped);
    }
    assert.equal(usable(token, old, next), 'old');
  });
  await t.test('with --delete-first the old one goes first', async () => {
    const result = await token.copy(next, ['--replace', '--delete-first'], { PROTECTED_ROOM: '2' });
    expected(result, 0, '');
    assert.equal(result.json.deleted.length, 1);
    assert.equal(usable(token, old, next), 'new');
    assert.deepEqual(token.count(), [1, 1, 1, 1]);
  });
  await t.test('a token that does not let the old one go: 5, and all is as it was', async () => {
    expected(await token.copy(old, ['--replace', '--delete-first'], { PROTECTED_ROOM: '2', PROTECTED_FAULT: 'C_DestroyObject:3:1b' }), 5, 'forbidden');
    assert.equal(usable(token, old, next), 'new');
    assert.deepEqual(token.count(), [1, 1, 1, 1]);
  });
  await t.test('and what fails after that is said: 3, old-deleted', async () => {
    expected(await token.copy(old, ['--replace', '--delete-first'], { PROTECTED_ROOM: '-2' }), 3, 'old-deleted');
    assert.deepEqual(token.count(), [0, 0, 0, 0]);
    assert.ok(existsSync(old.signKey), 'the files are there');
    expected(await token.copy(old), 0, '');
  });
});

test('a token that asks by itself is given no PIN', { skip }, async (t) => {
  const token = new Token();
  const c = certificate();
  const args = ['--json', '--password-file', files.password, c.folder];
  await t.test('a finger that is not given: 5, refused', async () => {
    expected(await token.ingam('copy', args, { PROTECTED_PIN: '' }), 5, 'refused');
    assert.deepEqual(token.count(), [0, 0, 0, 0]);
  });
  await t.test('the wrong finger: 1, wrong-pin', async () => {
    expected(await token.ingam('copy', args, { PROTECTED_PIN: '0000' }), 1, 'wrong-pin');
  });
  await t.test('the right one, and the person is told to give it', async () => {
    const result = await token.ingam('copy', args, { PROTECTED_PIN: PIN });
    expected(result, 0, '');
    assert.match(result.stderr, /confirm at the token/);
    assert.ok(token.signs(c));
    const { json } = await token.ingam('list', ['--json', '--login'], { PROTECTED_PIN: PIN });
    assert.equal(json.tokens[0].protected_path, true);
    assert.equal(json.tokens[0].certificates[0].key, true);
  });
  await t.test('and it is deleted so, too', async () => {
    expected(await token.ingam('delete', ['--json', '--yes'], { PROTECTED_PIN: PIN }), 0, '');
    assert.deepEqual(token.count(), [0, 0, 0, 0]);
  });
});

test('delete: one certificate with all that belongs to it', { skip }, async (t) => {
  const token = new Token();
  const one = certificate({ r: randomBytes(20) }), two = certificate({ name: '김영희()0010023400506789012346', r: randomBytes(20) });
  const pin = ['--json', '--pin-file', files.pin];
  expected(await token.ingam('delete', [...pin, '--yes']), 3, 'no-certificate');
  expected(await token.copy(one), 0, '');
  expected(await token.copy(two), 0, '');
  await t.test('which of two: 2, several-certificates', async () => expected(await token.ingam('delete', [...pin, '--yes']), 2, 'several-certificates'));
  await t.test('none of them: 2, no-such-certificate', async () => expected(await token.ingam('delete', [...pin, '--yes', '3']), 2, 'no-such-certificate'));
  await t.test('nobody said yes: 2, not-confirmed', async () => expected(await token.ingam('delete', [...pin, one.serial]), 2, 'not-confirmed'));
  await t.test('a wrong PIN: 1', async () => expected(await token.ingam('delete', ['--json', '--yes', '--pin-file', files.wrong, '1']), 1, 'wrong-pin'));
  await t.test('a token that forbids it: 5, and it is still listed', async () => {
    expected(await token.ingam('delete', [...pin, '--yes', one.serial], { PROTECTED_FAULT: 'C_DestroyObject:4:1b' }), 5, 'forbidden');
    assert.equal((await token.list()).length, 2);
  });
  await t.test('by its serial number', async () => {
    const result = await token.ingam('delete', [...pin, '--yes', one.serial]);
    expected(result, 0, '');
    assert.equal(result.json.deleted.serial, one.serial);
    assert.deepEqual(token.count(), [1, 1, 1, 1]);
    assert.ok(token.signs(two));
  });
  await t.test('a serial number that two issuers gave names none of them', async () => {
    let same = certificate({ name: '박보람()0010023400506789012347' });
    while (same.serial.length !== two.serial.length) same = certificate({ name: '박보람()0010023400506789012347' });
    const der = readFileSync(same.signCert);
    Buffer.from(two.serial, 'hex').copy(der, der.indexOf(Buffer.from(same.serial, 'hex')));
    writeFileSync(same.signCert, der); // nobody's signature is looked at here
    expected(await token.copy(same), 0, '');
    expected(await token.ingam('delete', [...pin, '--yes', two.serial]), 2, 'several-certificates');
    assert.deepEqual(token.count(), [2, 2, 2, 1]);
  });
  await t.test('--yes on a terminal, too: the number of the list that the PIN has shown, and nothing before it', async () => {
    const { certificates } = (await token.ingam('list', ['--json', '--login', '--pin-file', files.pin])).json.tokens[0];
    const { number } = certificates.find((one) => one.owner.startsWith('박보람'));
    const { code, out } = await typed(token, ['token', 'delete', '--yes', '--module', SOFTHSM, String(number)], [[/PIN of the token: $/, PIN]]);
    assert.equal(code, 0, out);
    assert.doesNotMatch(out, /To be deleted/);
    assert.deepEqual(token.count(), [1, 1, 1, 1]);
  });
  await t.test('by its number', async () => {
    expected(await token.ingam('delete', [...pin, '--yes', '1']), 0, '');
    assert.deepEqual(token.count(), [0, 0, 0, 0]);
  });
});

test('list: in pipes the same in every language, and the modules that p11-kit knows', { skip }, async () => {
  const token = new Token();
  const c = certificate();
  expected(await token.copy(c), 0, '');
  const known = join(folder, 'modules');
  mkdirSync(known);
  writeFileSync(join(known, 'a.module'), `module: ${SOFTHSM}\n`);
  writeFileSync(join(known, 'broken.module'), `module: ${files.pin}\n`);
  const lists = await Promise.all(['C.UTF-8', 'ko_KR.UTF-8'].map((LC_ALL) => token.ingam('list', ['--p11-kit-dir', known], { LC_ALL })));
  assert.equal(lists[0].stdout, lists[1].stdout);
  const [head, line] = lists[0].stdout.split('\n').map((text) => text.split('\t'));
  assert.deepEqual([head[0], head[1], head[6]], ['token', 'Hsm', realpathSync(SOFTHSM)]);
  assert.deepEqual([line[0], line[1], line[2], line[4], line[7], line[8]], ['1', c.serial, 'valid', 'sign', '', '']);
});

test('sentences in Korean', { skip }, async (t) => {
  const token = new Token();
  const c = certificate();
  const ko = { LC_ALL: 'ko_KR.UTF-8' };
  const rows = [
    ['a wrong PIN', ['--pin-file', files.wrong, '--password-file', files.password], 1, /보안토큰의 PIN이 맞지 않아요\./],
    ['a wrong password', ['--pin-file', files.pin, '--password-file', files.wrong], 1, /비밀번호가 맞지 않아요\./],
    ['done', ['--pin-file', files.pin, '--password-file', files.password], 0, /보안토큰에 복사했어요\./],
  ];
  for (const [name, args, code, says] of rows) {
    await t.test(name, async () => {
      const result = await token.ingam('copy', [...args, c.folder], ko);
      assert.equal(result.code, code, result.out);
      assert.match(result.out, says);
    });
  }
  await t.test('after a wrong PIN, that one try is left', async () => {
    const result = await token.ingam('copy', ['--pin-file', files.wrong, '--password-file', files.password, c.folder], { ...ko, PROTECTED_AFTER: '20000' });
    assert.match(result.out, /마지막 기회예요[^]*PIN이 맞지 않아요/);
  });
  await t.test('a last try is told of', async () => {
    const result = await token.ingam('copy', ['--pin-file', files.pin, '--password-file', files.password, c.folder], { ...ko, PROTECTED_FLAGS: '20000' });
    assert.match(result.out, /마지막 기회예요/);
  });
});

/** On a terminal of its own: answers are typed as their questions come. */
async function typed(token, args, answers, env = {}) {
  const { spawn } = await import('node:child_process');
  const command = [program('ingam'), ...args].map((a) => `'${a}'`).join(' ');
  return new Promise((done) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, ...token.env, ...env }, timeout: 30000 });
    let out = '', from = 0;
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      out += text;
      if (answers.length === 0 || !answers[0][0].test(out.slice(from))) return;
      from = out.length;
      child.stdin.write(`${answers.shift()[1]}\n`);
    });
    child.once('exit', (code) => done({ code, out }));
  });
}

test('a person is asked: password, PIN without echo, and before the old one goes', { skip }, async (t) => {
  const { token, old, next } = await prepared();
  const copy = ['token', 'copy', '--module', SOFTHSM, next.folder];
  const secrets = [[/Password of the certificate \([^)]*\): $/, PASSWORD], [/PIN of the token: $/, PIN]];
  await t.test('no: 5, and the old one is as it was', async () => {
    const { code, out } = await typed(token, copy, [...secrets, [/\(yes\/no\): $/, 'no']]);
    assert.equal(code, 5, out);
    assert.match(out, /predecessor[^]*goes\. Delete it and copy the new one\? \(yes\/no\): [^]*Stopped\. Nothing was changed\./);
    assert.ok(!out.includes(PIN) && !out.includes(PASSWORD), out);
    const korean = await typed(token, [...copy, '--pin-file', files.pin, '--password-file', files.password], [[/이전 인증서가 있어요\. 새 것을 먼저 넣어 시험해 본 뒤에 이전 것을 지워요\. 지우고 새 인증서를 복사할까요\? \(예\/아니요\): $/, '아니요']], { LC_ALL: 'ko_KR.UTF-8' });
    assert.equal(korean.code, 5, korean.out);
    assert.equal(usable(token, old, next), 'old');
  });
  await t.test('yes', async () => {
    const { code, out } = await typed(token, copy, [...secrets, [/\(yes\/no\): $/, 'yes']]);
    assert.equal(code, 0, out);
    assert.match(out, /Copied to the token/);
    assert.equal(usable(token, old, next), 'new');
  });
  await t.test('which of two tokens', async () => {
    token.add('둘째');
    const { tokens } = (await token.ingam('list', ['--json', '--module', SOFTHSM])).json;
    assert.deepEqual(tokens.map((row) => row.number), [1, 2]);
    const { number } = tokens.find((row) => row.label === 'Hsm');
    for (const which of ['Hsm', String(number)]) {
      const { code, out } = await typed(token, ['token', 'list', '--login', '--module', SOFTHSM], [[/Number or name of the token: $/, which], [/PIN of the token: $/, PIN]]);
      assert.equal(code, 0, out);
      assert.match(out, new RegExp(`^${number}\\. Hsm  \\(`, 'm'));
      assert.match(out, /홍길동[^]*signing +key, R/);
    }
    const ask = /Number or name of the token: $/;
    const mistyped = await typed(token, ['token', 'list', '--login', '--module', SOFTHSM], [[ask, '0'], [ask, '3'], [ask, 'Hsm'], [/PIN of the token: $/, PIN]]);
    assert.equal(mistyped.code, 0, mistyped.out);
    assert.equal(mistyped.out.match(/The list has no such number\./g).length, 2);
    const never = await typed(token, ['token', 'list', '--login', '--module', SOFTHSM], [[ask, '0'], [ask, '3'], [ask, 'Hs']]);
    assert.equal(never.code, 2, never.out);
    assert.match(never.out, /There is no such token\./);
  });
  await t.test('Ctrl-D at any question is a no: 5', async () => {
    const login = [/Number or name of the token: $/, 'Hsm'];
    for (const answers of [[[login[0], '\x04']], [login, [/PIN of the token: $/, '\x04']]]) {
      const { code, out } = await typed(token, ['token', 'list', '--login', '--module', SOFTHSM], answers);
      assert.equal(code, 5, out);
      assert.match(out, /Stopped\. Nothing was changed\./);
    }
  });
  await t.test('delete: the only one that is seen is told before the PIN, and no leaves it', async () => {
    const { code, out } = await typed(token, ['token', 'delete', '--token', 'Hsm', '--module', SOFTHSM], [[/To be deleted from the token:[^]*\s1 .*홍길동.*signing\s+PIN of the token: $/, PIN], [/홍길동.*signing +key[^]*\(yes\/no\): $/, 'no']]);
    assert.equal(code, 5, out);
    assert.equal(usable(token, old, next), 'new');
  });
  await t.test('delete: a number that the list has not is refused before the PIN, a serial number after it', async () => {
    for (const which of ['0', '9', '99']) {
      const { code, out } = await typed(token, ['token', 'delete', '--token', 'Hsm', '--module', SOFTHSM, which], []);
      assert.equal(code, 2, out);
      assert.match(out, /\s1 .*홍길동[^]*has no such certificate/);
    }
    const { code, out } = await typed(token, ['token', 'delete', '--token', 'Hsm', '--module', SOFTHSM, '0a1b2c'], [[/PIN of the token: $/, PIN]]);
    assert.equal(code, 2, out);
  });
  await t.test('delete and sign: which one, and whether, in Korean', async () => {
    expected(await token.copy(certificate({ name: '김영희()0010023400506789012346' }), ['--token', 'Hsm']), 0, '');
    const signed = await typed(token, ['sign', '--token', 'Hsm', '--module', SOFTHSM, '--form', 'pem', path('text', 'x')], [[/PIN of the token: $/, PIN], [/Number: $/, '1']]);
    assert.equal(signed.code, 0, signed.out);
    assert.match(signed.out, /-----BEGIN CMS-----/);
    const { code, out } = await typed(token, ['token', 'delete', '--token', 'Hsm', '--module', SOFTHSM], [[/전자서명용\s+번호: $/, '7'], [/번호: $/, '2'], [/보안토큰에서 지울 인증서:[^]*\s2 .*홍길동.*전자서명용\s+보안토큰 PIN: $/, PIN], [/개인키[^]*\(예\/아니요\): $/, '예']], { LC_ALL: 'ko_KR.UTF-8' });
    assert.equal(code, 0, out);
    assert.match(out, /보안토큰에서 지웠어요/);
    assert.deepEqual(token.count(), [1, 1, 1, 0]);
  });
  await t.test('delete: what is lost with a certificate for encryption', async () => {
    expected(await token.copy(certificate({ name: '박보람()0010023400506789012347', km: true }), ['--token', 'Hsm']), 0, '');
    const { tokens: [{ certificates }] } = (await token.ingam('list', ['--json', '--token', 'Hsm', '--login', '--pin-file', files.pin, '--module', SOFTHSM])).json;
    const { number } = certificates.find((one) => one.purpose === 'encrypt');
    for (const [lost, no, more] of [[/Documents that are encrypted for it can then no longer be opened with the token[^]*\(yes\/no\): $/, 'no', {}],
      [/암호화된 문서를 이 보안토큰으로는 열 수 없고, 되돌릴 수 없어요\. \(예\/아니요\): $/, '아니요', { LC_ALL: 'ko_KR.UTF-8' }]]) {
      const { code, out } = await typed(token, ['token', 'delete', '--token', 'Hsm', '--module', SOFTHSM, String(number)], [[/PIN: $|PIN of the token: $/, PIN], [lost, no]], more);
      assert.equal(code, 5, out);
      assert.doesNotMatch(out, /no longer sign/);
    }
  });
});
