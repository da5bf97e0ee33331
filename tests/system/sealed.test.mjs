// sealed.test.mjs - what is sealed to a certificate, made and opened by people
// and sites, against openssl(1).
//
// Belongs here: ingam sign --seal-to with ingam verify, ingam cert vid --seal-to
// with --open: answers, exit codes, sentences; that no secret is seen.
// Not here: signatures themselves (sign.test.mjs); a VID that nobody sends
// (cert.test.mjs); single bytes (tests/unit/x509/envelope_test.c, evid_test.c).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, putR, vidOf } from '../lib/certificate.mjs';
import { program, root as source, run } from '../lib/service.mjs';
import { terminal } from '../lib/terminal.mjs';

const base = mkdtempSync(join(tmpdir(), 'ingam-sealed-'));
after(() => rmSync(base, { recursive: true, force: true }));
const at = (name) => join(base, name);
function file(name, bytes) {
  writeFileSync(at(name), bytes, { mode: 0o600 });
  return at(name);
}
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: base });
const legacy = ['-provider', 'legacy', '-provider', 'default'];
const fingerprint = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/* Who sends: R begins with zeros. Who receives has a pair for encryption; a server has one pair for all. */
const password = 'Canary7!Qw', theirs = 'Receiver8!Pw', number = '9001011234567';
const r = Buffer.concat([Buffer.from([0, 0]), randomBytes(18)]);
const sender = makeCertificate({ into: at('sender'), password, vid: vidOf(number, r) });
putR(sender, r);
const other = makeCertificate({ into: at('other'), password, vid: vidOf(number, randomBytes(20)), name: '김철수()002' });
const receiver = makeCertificate({ into: at('receiver'), password: theirs, km: true, name: '받는 곳()003' });
const km = join(receiver.folder, 'kmCert.der');
mkdirSync(at('server'));
openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', 'server.pem', '-outform', 'DER', '-out', 'server/signCert.der', '-subj', '/C=KR/CN=server', '-days', '30',
  '-addext', 'keyUsage=critical,digitalSignature,keyEncipherment');
openssl('pkcs8', '-topk8', '-in', 'server.pem', '-outform', 'DER', '-out', 'server/signPri.key', '-passout', `pass:${theirs}`);
const server = at('server/signCert.der');
openssl('pkcs8', '-inform', 'DER', ...legacy, '-in', join(receiver.folder, 'kmPri.key'), '-passin', `pass:${theirs}`, '-out', at('km.pem'));
openssl('x509', '-inform', 'DER', '-in', km, '-out', at('kmCert.pem'));
const secrets = { sender: file('sender.pw', `${password}\n`), receiver: file('receiver.pw', `${theirs}\n`), wrong: file('wrong.pw', 'Wrong7!Qwe\n'), number: file('number', '900101-1234567\n') };
const trust = file('ca.pem', sender.ca);
const content = file('content', Buffer.from('이름=홍길동\r\n\xb0\xa1\n\0Finch5', 'latin1'));

/** All that was ever said, for the last test. */
const said = [];
async function ingam(home, args, { env, input } = {}) {
  const out = args.indexOf('--out');
  if (out >= 0) rmSync(args[out + 1], { force: true });
  const done = await run(program('ingam'), args, { input, env: { HOME: home, XDG_CONFIG_HOME: '', ...env } });
  said.push(...args, ...args.includes('--out') && args.includes('-') ? [] : [done.out]);
  return done;
}
const sign = (args, options) => ingam(sender.root, ['sign', '--password-file', secrets.sender, ...args], options);
const verify = (args, { home = receiver.root, pw = secrets.receiver, ...more } = {}) => ingam(home, ['verify', '--trust', trust, '--no-revocation', '--password-file', pw, ...args], more);
const vid = (args, { home = sender.root, pw = secrets.sender, whose = secrets.number, ...more } = {}) => ingam(home, ['cert', 'vid', '--password-file', pw, '--number-file', whose, ...args], more);
async function json(done) {
  const { code, stdout, stderr } = await done;
  return { code, stderr, ...JSON.parse(stdout) };
}

for (const cipher of ['aes', 'seed']) {
  test(`sign --seal-to --cipher ${cipher}: openssl cms decrypts it, and so do we`, async () => {
    const made = await sign(['--seal-to', km, '--cipher', cipher, '--out', at('message'), content]);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(made.out, '');
    assert.ok(!readFileSync(at('message')).includes('Finch5'));
    assert.match(openssl('cms', '-cmsout', '-print', ...legacy, '-inform', 'DER', '-in', at('message')).toString(), cipher === 'aes' ? /aes-256-cbc/ : /seed-cbc/);
    openssl('cms', '-decrypt', ...legacy, '-binary', '-inform', 'DER', '-in', at('message'), '-inkey', at('km.pem'), '-recip', at('kmCert.pem'), '-out', at('signed'));
    openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', at('signed'), '-CAfile', trust, '-out', at('theirs'));
    assert.deepEqual(readFileSync(at('theirs')), readFileSync(content));
    const got = await json(verify(['--json', '--out', at('out'), at('message')]));
    assert.deepEqual([got.code, got.good, got.problem, got.recipient, got.signers[0].chain], [0, true, '', fingerprint(km), 'good']);
    assert.deepEqual(readFileSync(at('out')), readFileSync(content));
    assert.equal(statSync(at('out')).mode & 0o777, 0o600);
  });
}

for (const cipher of ['-aes128', '-aes192', '-aes256', '-aria-256-cbc', '-des3', '-seed-cbc']) {
  test(`verify: what openssl cms signs and encrypts with ${cipher}, and a bit more of it`, async () => {
    openssl('pkcs8', '-inform', 'DER', ...legacy, '-in', sender.signKey, '-passin', `pass:${password}`, '-out', at('sender.pem'));
    openssl('cms', '-sign', '-binary', '-nodetach', '-in', content, '-signer', file('signer.pem', sender.pem), '-inkey', at('sender.pem'), '-outform', 'DER', '-out', at('signed'));
    openssl('cms', '-encrypt', '-binary', ...legacy, cipher, '-in', at('signed'), '-outform', 'DER', '-out', at('message'), at('kmCert.pem'));
    const good = await verify(['--out', at('out'), at('message')]);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /^Sealed to: 받는 곳.*\nSigned by: 홍길동.*\nThe signature is good\.\n$/);
    assert.deepEqual(readFileSync(at('out')), readFileSync(content));
    const bytes = readFileSync(at('message'));
    for (const from of [1, 40, 200]) {
      bytes[bytes.length - from] ^= 1;
      const bad = await json(verify(['--json', '--out', at('out'), file('changed', bytes)]));
      assert.equal(bad.code, 1, `${from}: ${bad.problem} ${bad.reason}`);
      assert.match(bad.problem, /^(not-opened|not-signed|bad-signature)$/);
      assert.equal(existsSync(at('out')), false);
      bytes[bytes.length - from] ^= 1;
    }
  });
}

test('a message for several is opened by each of them: the pair for encryption or the only one', async () => {
  const made = await json(sign(['--json', '--seal-to', km, '--seal-to', server, content]));
  assert.deepEqual([made.code, made.signed, made.recipients], [0, true, [fingerprint(km), fingerprint(server)]]);
  assert.equal(made.bytes, Buffer.from(made.message, 'base64').length);
  const message = file('message', made.message);
  assert.equal((await json(verify(['--json', message]))).recipient, fingerprint(km));
  const got = await json(verify(['--json', '--recipient', at('server'), message]));
  assert.deepEqual([got.code, got.recipient], [0, fingerprint(server)]);
  const piped = await verify(['--out', '-', '-'], { input: made.message });
  assert.equal(piped.code, 0, piped.stderr);
  assert.equal(piped.stdout, readFileSync(content, 'utf8'));
});

test('a message for nobody here, a wrong password, an envelope without a signature: exit 1', async () => {
  assert.equal((await sign(['--seal-to', server, '--form', 'pem', '--out', at('message'), content])).code, 0);
  const lost = await json(verify(['--json', '--out', at('out'), at('message')]));
  assert.deepEqual([lost.code, lost.good, lost.problem, lost.signers], [1, false, 'other-recipient', []]);
  const serial = openssl('x509', '-inform', 'DER', '-in', server, '-noout', '-serial').toString().trim().slice(7).toLowerCase();
  assert.deepEqual(lost.sealed_to, { issuer: 'server', serial });
  assert.equal((await verify([at('message')], { env: { LC_ALL: 'ko_KR.UTF-8' } })).stderr,
    `찾은 인증서로는 열 수 없어요. 받는 사람의 인증서가 있는 저장매체를 연결하거나 --root로 폴더를 알려 주세요 (찾은 인증서: 1개; 받는 사람의 인증서: server, 일련번호 ${serial}).\n`);
  assert.equal((await verify(['--recipient', receiver.folder, at('message')])).stderr,
    `It is sealed to another certificate. Choose the one that it is for (it is for: server, serial number ${serial}).\n`);
  const unasked = await json(ingam(receiver.root, ['verify', '--no-chain', '--json', at('message')]));
  assert.deepEqual([unasked.code, unasked.problem], [1, 'other-recipient'], 'said before a password is asked for');
  const wrong = await json(verify(['--json', '--root', at('server'), at('message')], { pw: secrets.wrong }));
  assert.deepEqual([wrong.code, wrong.problem], [1, 'wrong-password']);
  openssl('cms', '-encrypt', '-binary', '-aes256', '-in', content, '-outform', 'DER', '-out', at('plain'), at('kmCert.pem'));
  const plain = await json(verify(['--json', '--out', at('out'), at('plain')]));
  assert.deepEqual([plain.code, plain.problem, plain.recipient], [1, 'not-signed', fingerprint(km)]);
  assert.equal(existsSync(at('out')), false);
  assert.match((await verify([at('plain')], { env: { LC_ALL: 'ko_KR.UTF-8' } })).stderr, /서명한 것이 아니에요/);
  const unattended = await json(ingam(receiver.root, ['verify', '--no-chain', '--json', at('plain')]));
  assert.deepEqual([unattended.code, unattended.problem, unattended.option], [2, 'no-terminal', '--password-file']);
  mkdirSync(at('empty'));
  const rootless = await json(ingam(receiver.root, ['verify', '--trust', at('empty'), '--json', at('plain')]));
  assert.deepEqual([rootless.code, rootless.problem], [3, 'no-roots'], 'said before a password is asked for');
});

/** What stood on a terminal while a message was verified with the certificates of a folder. */
const typed = async (root, answers, ...more) => (await terminal([program('ingam'), 'verify', '--no-chain', '--root', root, ...more, at('message')], { answers, env: { HOME: at('nobody') } })).stdout;
const crowd = at('crowd');
for (const [i, one] of [receiver, other, sender].entries()) cpSync(one.folder, join(crowd, `${i}`), { recursive: true });

test('of many the certificate that opens it is taken without a question', async () => {
  assert.equal((await sign(['--seal-to', km, '--out', at('message'), content])).code, 0);
  const said = await typed(crowd, [theirs]);
  assert.match(said, /^Password of the certificate \(받는 곳\(\)003\): \nSealed to: 받는 곳/);
  assert.match(said, /The signature is good\.\n/);
  const got = await json(verify(['--json', '--root', crowd, at('message')]));
  assert.deepEqual([got.code, got.recipient], [0, fingerprint(km)]);
  // A damaged one among them is no obstacle.
  mkdirSync(join(crowd, 'damaged'), { recursive: true });
  writeFileSync(join(crowd, 'damaged', 'signCert.der'), 'none');
  assert.equal((await json(verify(['--json', '--root', crowd, at('message')]))).code, 0);
});

test('where several open it these alone are listed, by their numbers, and asked about', async () => {
  const several = at('several');
  for (const [i, one] of [other, receiver, sender, receiver].entries()) cpSync(one.folder, join(several, `${i}`), { recursive: true });
  assert.equal((await sign(['--seal-to', km, '--out', at('message'), content])).code, 0);
  const said = await typed(several, ['1\n4'], '--password-file', secrets.receiver);
  assert.deepEqual([...said.matchAll(/^ +([0-9]+)  /gm)].map(([, n]) => n), ['2', '4']);
  assert.match(said, /The list has no such number\. Type one of the list\.\n[^]*The signature is good\.\n/);
  const unasked = await json(verify(['--json', '--root', several, at('message')]));
  assert.deepEqual([unasked.code, unasked.problem, unasked.certificates.map(({ number }) => number)], [2, 'several-certificates', [2, 4]]);
  assert.equal((await json(verify(['--json', '--root', several, '--recipient', '4', at('message')]))).code, 0);
});

test('where none opens it that is said, of how many, and for whom it is', async () => {
  assert.equal((await sign(['--seal-to', km, '--seal-to', server, '--out', at('message'), content])).code, 0);
  rmSync(join(crowd, '0'), { recursive: true });
  assert.match(await typed(crowd, []), /^No certificate that was found opens it\..*\(found: 3; it is for: (server|Ingam test CA), serial number [0-9a-f]+, others: 1\)\.\n$/);
  openssl('cms', '-encrypt', '-binary', '-aes256', '-keyid', '-in', content, '-outform', 'DER', '-out', at('message'), at('kmCert.pem'));
  assert.match(await typed(crowd, []), /^No certificate that was found opens it\..*\(found: 3\)\.\n$/, 'a key is no name');
});

test('what is over 1 MiB with its signature alone is over the limit, and says so', async () => {
  writeFileSync(at('nearly'), Buffer.alloc(2 ** 20 - 100));
  const { code, stderr } = await sign(['--seal-to', km, '--out', at('none'), at('nearly')]);
  assert.equal(code, 3);
  assert.match(stderr, /^This is over a limit \(content: more than 1 MiB with its signature is not sealed\)\.$/m);
  assert.equal(existsSync(at('none')), false);
});

test('of the certificate that it is for, without its key, the missing file is named', async () => {
  const half = at('without');
  cpSync(receiver.folder, join(half, '0'), { recursive: true });
  assert.equal((await sign(['--seal-to', km, '--out', at('message'), content])).code, 0);
  writeFileSync(join(half, '0', 'kmPri.key'), '');
  assert.match(await typed(half, []), /\(kmPri\.key: nothing in it\)\.\nNo certificate that was found opens it\./);
  rmSync(join(half, '0', 'kmPri.key'));
  assert.match(await typed(half, []), /\(kmPri\.key: no such file\)\.\nNo certificate that was found opens it\./);
});

test('what was sealed to a certificate is opened after that has expired', async () => {
  const over = makeCertificate({ into: at('over'), password: theirs, km: true, valid: ['20200101000000Z', '20210101000000Z'] });
  openssl('x509', '-inform', 'DER', '-in', join(over.folder, 'kmCert.der'), '-out', at('over.pem'));
  assert.equal((await sign(['--out', at('signed'), content])).code, 0);
  openssl('cms', '-encrypt', '-binary', '-aes256', '-in', at('signed'), '-outform', 'DER', '-out', at('message'), at('over.pem'));
  const got = await json(verify(['--json', '--root', over.root, '--out', at('out'), at('message')]));
  assert.deepEqual([got.code, got.recipient], [0, fingerprint(join(over.folder, 'kmCert.der'))]);
  assert.deepEqual(readFileSync(at('out')), readFileSync(content));
});

test('what nothing may be sealed to is refused before a password is asked for', async () => {
  const ec = makeCertificate({ into: at('ec'), key: 'ec', form: 'aes' });
  const large = file('large', Buffer.alloc((1 << 20) + 1));
  const later = makeCertificate({ into: at('later'), km: true, valid: ['20990101000000Z', '20991231000000Z'] });
  for (const [what, to, code, problem, reason] of [
    ['a key that signs only', sender.signCert, 5, 'refused', /^keyUsage: nothing may be encrypted to it/],
    ['a certificate that is over', join(source, 'tests/npki-samples/pypinksign/signCert.der'), 5, 'refused', /^validity: not valid any more$/],
    ['a certificate that has not begun', join(later.folder, 'kmCert.der'), 5, 'refused', /^validity: not valid yet$/],
    ['an EC key', ec.signCert, 3, 'unreadable', /^recipient: /],
    ['no certificate', content, 3, 'unreadable', /./],
    ['no file', at('none'), 3, 'unreadable', /./],
  ]) {
    for (const verb of [['sign'], ['cert', 'vid']]) {
      const got = await json(ingam(sender.root, [...verb, '--json', '--seal-to', to, ...verb[0] === 'sign' ? [content] : []]));
      assert.deepEqual([got.code, got.problem], [code, problem], what);
      assert.match(got.reason, reason, what);
      assert.ok(to.endsWith(got.field.replace('…', '')) && got.field.length > 1, `${what}: ${got.field} is the end of ${to}`);
    }
  }
  for (const done of [ingam(sender.root, ['sign', '--json', '--seal-to', km, large]), sign(['--json', '--seal-to', km, file('nearly', Buffer.alloc(1 << 20))])]) {
    const long = await json(done);
    assert.deepEqual([long.code, long.problem, long.field], [3, 'unreadable', 'content']);
  }
});

test('sign --seal-to a certificate for signing names the other one, in both languages', async () => {
  for (const [env, says] of [[{}, /: keyUsage: nothing may be encrypted to it: use its owner's kmCert\.der \(RFC 5280 4\.2\.1\.3\)\)/],
    [{ LC_ALL: 'ko_KR.UTF-8' }, /: keyUsage: 암호용 인증서가 아니에요\. 받는 사람의 kmCert\.der를 써 주세요 \(RFC 5280 4\.2\.1\.3\)\)/]]) {
    const got = await ingam(sender.root, ['sign', '--seal-to', sender.signCert, '--out', at('out'), content], { env });
    assert.equal(got.code, 5, got.stderr);
    assert.match(got.stderr, says);
  }
});

test('cert vid --seal-to: R as the site reads it, and only for the right number', async () => {
  const made = await json(vid(['--json', '--seal-to', server]));
  assert.deepEqual([made.code, made.problem, made.recipient], [0, '', fingerprint(server)]);
  const der = Buffer.from(made.message, 'base64');
  assert.equal(made.bytes, der.length);
  const plain = openssl('pkeyutl', '-decrypt', '-inkey', at('server.pem'), '-in', file('sealed', der.subarray(-256))).toString('hex');
  assert.equal(plain, `304c3033300d06096086480165030402010500a0220420${vidOf(number, r)}031500${r.toString('hex')}`);
  const no = await json(vid(['--json', '--seal-to', server], { whose: file('no', '1234567890\n') }));
  assert.deepEqual([no.code, no.problem, no.message], [1, 'other-number', undefined]);
  for (const form of ['der', 'pem', 'base64', 'hex']) {
    assert.equal((await vid(['--seal-to', km, '--form', form, '--out', at('evid')])).out, '');
    assert.match(readFileSync(at('evid'), 'latin1'), { der: /^0\x82/, pem: /^-----BEGIN ENCRYPTED VID-----\n/, base64: /^MII/, hex: /^3082/ }[form]);
    const opened = await vid(['--open', at('evid'), '--owner', sender.signCert], { home: receiver.root, pw: secrets.receiver });
    assert.equal(opened.code, 0, opened.stderr);
    assert.equal(opened.stdout, 'This is the certificate of that number (홍길동).\n');
  }
  const kept = await run(program('ingam'), ['cert', 'vid', '--json', '--password-file', secrets.sender, '--number-file', secrets.number, '--seal-to', km, '--out', at('evid')], { env: { HOME: sender.root } });
  assert.deepEqual([kept.code, JSON.parse(kept.stdout).problem], [5, 'exists']);
  assert.equal((await vid(['--seal-to', server, '--replace', '--json', '--out', at('evid')])).code, 0);
});

test('cert vid: a certificate without VID is told of before a password; what is sealed is not shown to a terminal', async () => {
  const none = await json(ingam(receiver.root, ['cert', 'vid', '--json']));
  assert.deepEqual([none.code, none.problem], [3, 'no-vid']);
  for (const [locale, sentence] of [['C.UTF-8', 'This is binary, and is not written to a terminal. Name a file: --out FILE.'], ['ko_KR.UTF-8', '글자가 아닌 내용이라 터미널 화면에는 쓰지 않아요. 쓸 파일을 적어 주세요: --out FILE.']]) {
    const shown = await terminal([program('ingam'), 'cert', 'vid', '--seal-to', km], { env: { HOME: sender.root, LC_ALL: locale } });
    assert.equal(shown.code, 2);
    assert.ok(shown.stdout.includes(sentence), shown.stdout);
  }
});

test('cert vid --open: yes to the owner of the number, no to everybody else', async () => {
  const evid = file('evid', (await json(vid(['--json', '--seal-to', km]))).message);
  const opened = (args, options) => json(vid(['--json', '--open', evid, ...args], { home: receiver.root, pw: secrets.receiver, ...options }));
  assert.deepEqual((({ code, problem, sent_vid }) => [code, problem, sent_vid])(await opened(['--owner', sender.signCert])), [0, '', true]);
  for (const [what, args, options, code, problem] of [
    ['another number', ['--owner', sender.signCert], { whose: file('no', '9001011234568\n') }, 1, 'other-number'],
    ["another's certificate", ['--owner', other.signCert], {}, 1, 'other-number'],
    ['a certificate without VID', ['--owner', receiver.signCert], {}, 3, 'no-vid'],
    ['a wrong password', ['--owner', sender.signCert], { pw: secrets.wrong }, 1, 'wrong-password'],
    ['sealed to another', ['--owner', sender.signCert, at('server')], {}, 1, 'other-recipient'],
    ['no certificate', ['--owner', content], {}, 3, 'unreadable'],
  ]) {
    const got = await opened(args, options);
    assert.deepEqual([got.code, got.problem], [code, problem], what);
  }
  const unasked = await json(ingam(receiver.root, ['cert', 'vid', '--json', '--open', evid, '--owner', sender.signCert, at('server')]));
  assert.deepEqual([unasked.code, unasked.problem], [1, 'other-recipient'], 'said before a password is asked for');
  const bytes = Buffer.from(readFileSync(evid, 'latin1'), 'base64');
  bytes[bytes.length - 9] ^= 1;
  writeFileSync(evid, bytes);
  assert.deepEqual((({ code, problem }) => [code, problem])(await opened(['--owner', sender.signCert])), [1, 'not-opened']);
  writeFileSync(evid, bytes.subarray(0, 100));
  for (const [owner, named] of [[sender.signCert, evid], [evid, evid], [content, content]]) {
    const { code, problem, field } = await opened(['--owner', owner]);
    assert.deepEqual([code, problem, named.endsWith(field) && field !== ''], [3, 'unreadable', true], `${owner}: ${field}`);
  }
  writeFileSync(at('half'), readFileSync(at('message')).subarray(0, 900));
  const half = await json(verify(['--json', at('half')]));
  assert.deepEqual([half.code, half.problem, at('half').endsWith(half.field) && half.field !== ''], [3, 'unreadable', true], half.field);
});

for (const [line, option] of [
  [['sign', '--seal-to', 'a', '--detached', 'x'], '--detached'],
  [['sign', '--seal-to', 'a', '--hometax', 'x'], '--hometax'],
  [['sign', '--cipher', 'seed', 'x'], '--seal-to'],
  [['sign', '--seal-to', 'a', '--cipher', 'rot13', 'x'], '--cipher'],
  [['sign', ...Array(9).fill(['--seal-to', 'a']).flat(), 'x'], '--seal-to'],
  [['verify', '--hometax', '--recipient', '1', 'x'], '--hometax'],
  [['cert', 'vid', '--open', 'a'], '--owner'],
  [['cert', 'vid', '--owner', 'a'], '--open'],
  [['cert', 'vid', '--out', 'a'], '--seal-to'],
  [['cert', 'vid', '--form', 'hex'], '--seal-to'],
  [['cert', 'vid', '--replace'], '--seal-to'],
  [['cert', 'vid', '--seal-to', 'a', '--form', 'modern'], '--form'],
  [['cert', 'vid', '--seal-to', 'a', '--open', 'a', '--owner', 'b'], '--seal-to'],
]) {
  test(`${line.join(' ')}: exit 2`, async () => {
    const { code, stderr } = await run(program('ingam'), line, { env: { HOME: sender.root } });
    assert.equal(code, 2);
    assert.match(stderr.split('\n')[0], new RegExp(`: ${option}(?: \\(one of .*\\))?\\.$`));
  });
}

test('no password, number, R or content was said or left behind', () => {
  const all = said.join('\n');
  for (const secret of [password, theirs, number, '900101-1234567', r.toString('hex'), r.toString('base64'), 'Finch5']) assert.ok(!all.includes(secret), secret);
  assert.ok(said.length > 100);
  assert.deepEqual(readdirSync(base).filter((name) => name.startsWith('.') || name.includes('tmp')), []);
});
