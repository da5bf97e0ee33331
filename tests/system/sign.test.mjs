// sign.test.mjs - ingam sign and ingam verify, run as people and scripts run
// them, against openssl(1).
//
// Belongs here: both commands' answers, exit codes, sentences and JSON; what is
// not good and why; that no secret is seen anywhere.
// Not here: the messages' bytes (tests/unit/x509); paths to roots (the same).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeCertificate, putR, vidOf } from '../lib/certificate.mjs';
import { program, root as source, run } from '../lib/service.mjs';
import { terminal } from '../lib/terminal.mjs';

const base = mkdtempSync(join(tmpdir(), 'ingam-sign-'));
after(() => rmSync(base, { recursive: true, force: true }));
const password = 'Canary7!Qw';
const samples = join(source, 'tests/npki-samples/pypinksign');
const ko = { LC_ALL: 'ko_KR.UTF-8' };

function file(name, bytes) {
  const path = join(base, name);
  writeFileSync(path, bytes, { mode: 0o600 });
  return path;
}
const right = file('password', `${password}\n`);
const wrong = file('wrong', 'Wrong7!Qwe\n');
/** CP949 bytes and both ends of lines: nothing may be converted. */
const content = file('content', Buffer.from('이름=홍길동\r\n\xb0\xa1\n\0', 'latin1'));

const homes = { rsa: join(base, 'rsa'), ec: join(base, 'ec') };
const rsa = makeCertificate({ into: homes.rsa, password, km: true });
const ec = makeCertificate({ into: homes.ec, password, key: 'ec', form: 'aes' });
const pem = { rsa: file('rsa.pem', rsa.pem), ec: file('ec.pem', ec.pem) };
const ca = { rsa: file('rsa-ca.pem', rsa.ca), ec: file('ec-ca.pem', ec.ca) };

/** --out replaces no file: what an earlier test left goes first. */
function fresh(args) {
  const at = args.indexOf('--out');
  if (at >= 0 && existsSync(args[at + 1]) && statSync(args[at + 1]).isFile()) rmSync(args[at + 1]);
  return args;
}
const ingam = (args, { home = homes.rsa, env, input } = {}) => run(program('ingam'), args, { input, env: { HOME: home, XDG_CONFIG_HOME: '', ...env } });
const sign = (args, options) => ingam(['sign', '--password-file', right, ...fresh(args)], options);
const verify = (args, options) => ingam(['verify', ...fresh(args)], options);
async function json(done) {
  const { code, stdout, stderr } = await done;
  return { code, stderr, ...JSON.parse(stdout) };
}
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const temporary = (name) => join(base, name);

for (const kind of ['rsa', 'ec']) {
  for (const attributes of [true, false]) {
    for (const detached of [true, false]) {
      for (const pss of kind === 'rsa' ? [true, false] : [false]) {
        const options = [...attributes ? [] : ['--no-attributes'], ...detached ? ['--detached'] : [], ...pss ? ['--pss'] : []];
        test(`sign ${options.join(' ')} with ${kind}: openssl cms verifies it, and so do we`, async () => {
          const message = temporary('message'), out = temporary('out');
          const made = await sign([...options, '--out', message, content], { home: homes[kind] });
          assert.equal(made.code, 0, made.stderr);
          assert.equal(made.stdout + made.stderr, '');
          openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', message, '-CAfile', ca[kind], '-out', out, ...detached ? ['-content', content] : []);
          assert.deepEqual(readFileSync(out), readFileSync(content));
          const { code, good, signers } = await json(verify(['--json', '--trust', ca[kind], '--no-revocation', '--out', out, message, ...detached ? [content] : []]));
          assert.equal(code, 0);
          assert.equal(good, true);
          assert.deepEqual(readFileSync(out), readFileSync(content));
          assert.equal(signers.length, 1);
          const [one] = signers;
          assert.equal(one.scheme, kind === 'ec' ? 'ECDSA' : pss ? 'RSA-PSS' : 'RSA');
          assert.equal(one.hash, 'SHA-256');
          assert.equal(one.chain, 'good');
          assert.equal(one.status, 'unchecked');
          assert.equal(one.fingerprint, createHash('sha256').update(readFileSync((kind === 'ec' ? ec : rsa).signCert)).digest('hex'));
          assert.equal(one.signing_time !== undefined, attributes);
        });
      }
    }
  }
}

for (const [what, options, detached] of [
  ['with attributes', ['-nodetach', '-md', 'sha256'], false],
  ['without attributes', ['-nodetach', '-noattr', '-md', 'sha256'], false],
  ['detached', ['-md', 'sha512'], true],
  ['PSS', ['-nodetach', '-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss'], false],
  ['by key identifier', ['-nodetach', '-keyid', '-md', 'sha384'], false],
]) {
  test(`verify: what openssl cms signs ${what} is good, and one byte more of it is not`, async () => {
    const key = temporary('key.pem'), message = temporary('theirs');
    openssl('pkcs8', '-inform', 'DER', '-provider', 'legacy', '-provider', 'default', '-in', rsa.signKey, '-passin', `file:${right}`, '-out', key);
    openssl('cms', '-sign', '-binary', '-in', content, '-signer', pem.rsa, '-inkey', key, '-outform', 'DER', '-out', message, ...options);
    const asked = ['--trust', ca.rsa, '--no-revocation', message];
    const good = await verify([...asked, ...detached ? [content] : []]);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /^Signed by: 홍길동.*\nThe signature is good\.\n$/);
    assert.match(good.stderr, /revoked was not asked/);
    const bytes = readFileSync(detached ? content : message);
    if (!detached) bytes[bytes.indexOf('\xb0\xa1\n', 0, 'latin1')] ^= 1;
    const other = file('other', detached ? Buffer.concat([bytes, Buffer.from([10])]) : bytes);
    const bad = await verify(['--trust', ca.rsa, '--no-revocation', ...detached ? [message, other] : [other]]);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /^The signature is bad \((messageDigest|signature): /);
    assert.doesNotMatch(bad.stdout, /Signed by|good/);
  });
}

test('verify: the sample of a Korean program, in every form that sites pass it on', async () => {
  const der = readFileSync(join(samples, 'signed-TEST_MSG.p7m'));
  const base64 = der.toString('base64');
  const forms = { der, base64, lines: base64.replace(/.{76}/g, '$&\r\n'), hex: der.toString('hex').toUpperCase(), pem: `-----BEGIN PKCS7-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END PKCS7-----\n` };
  for (const [name, bytes] of Object.entries(forms)) {
    const { code, stdout, stderr } = await verify(['--no-chain', '--out', '-', file(name, bytes)]);
    assert.equal(code, 0, `${name}: ${stderr}`);
    assert.equal(stdout, 'TEST_MSG', name);
    assert.match(stderr, /Whether its certificate can be trusted was not asked\./);
  }
});

test('sign --form: each form is what openssl reads', async () => {
  for (const [form, read] of [['der', (b) => b], ['pem', (b) => Buffer.from(b.toString().replace(/-----[^-]*-----|\n/g, ''), 'base64')], ['base64', (b) => Buffer.from(b.toString().trim(), 'base64')], ['hex', (b) => Buffer.from(b.toString().trim(), 'hex')]]) {
    const out = temporary('formed');
    assert.equal((await sign(['--form', form, '--out', out, content])).code, 0, form);
    openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', file('again', read(readFileSync(out))), '-CAfile', ca.rsa, '-out', temporary('out'));
    if (form === 'pem') openssl('cms', '-verify', '-binary', '-inform', 'PEM', '-in', out, '-CAfile', ca.rsa, '-out', temporary('out'));
    assert.equal((await verify(['--no-chain', out])).code, 0, form);
  }
});

test('sign: standard input to standard output, and --ca goes with it', async () => {
  const { code, stdout } = await sign(['--form', 'base64', '--ca', ca.rsa], { input: 'a=1&b=2' });
  assert.equal(code, 0);
  const certificates = openssl('pkcs7', '-inform', 'DER', '-print_certs', '-noout', '-in', file('piped', Buffer.from(stdout, 'base64'))).toString();
  assert.equal(certificates.match(/subject=/g).length, 2);
});

test('sign --json: the message and what it is made with', async () => {
  const { code, signed, problem, scheme, hash, bytes, message } = await json(sign(['--json', content]));
  assert.deepEqual({ code, signed, problem, scheme, hash }, { code: 0, signed: true, problem: '', scheme: 'RSA', hash: 'SHA-256' });
  assert.equal(Buffer.from(message, 'base64').length, bytes);
  const failed = await json(ingam(['sign', '--json', '--password-file', wrong, content]));
  assert.equal(failed.code, 1);
  assert.equal(failed.signed, false);
  assert.equal(failed.problem, 'wrong-password');
});

/** A chain of two, and lists of both, as the operator of a CA makes them. */
function authority(name) {
  const at = (file) => join(base, name, file);
  mkdirSync(join(base, name));
  writeFileSync(at('index'), '');
  writeFileSync(at('crlnumber'), '01\n');
  writeFileSync(at('cnf'), `[ca]\ndefault_ca=x\n[x]\ndatabase=${at('index')}\ncrlnumber=${at('crlnumber')}\ndefault_md=sha256\ndefault_crl_days=30\n[req]\ndistinguished_name=dn\n[dn]\n[ca_ext]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n[ee]\nkeyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n`);
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/C=kr/O=T/CN=root', '-days', '30', '-config', at('cnf'), '-extensions', 'ca_ext');
  openssl('req', '-new', '-newkey', 'rsa:2048', '-noenc', '-keyout', at('ee.key'), '-out', at('ee.csr'), '-subj', '/C=kr/O=T/CN=ee', '-config', at('cnf'));
  openssl('x509', '-req', '-in', at('ee.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-sha256', '-days', '20', '-extfile', at('cnf'), '-extensions', 'ee', '-out', at('ee.pem'));
  openssl('cms', '-sign', '-binary', '-nodetach', '-md', 'sha256', '-in', content, '-signer', at('ee.pem'), '-inkey', at('ee.key'), '-outform', 'DER', '-out', at('message'));
  const list = (out) => openssl('ca', '-config', at('cnf'), '-gencrl', '-keyfile', at('ca.key'), '-cert', at('ca.pem'), '-out', at(out));
  list('good.crl');
  openssl('ca', '-config', at('cnf'), '-revoke', at('ee.pem'), '-keyfile', at('ca.key'), '-cert', at('ca.pem'));
  list('revoked.crl');
  openssl('ocsp', '-issuer', at('ca.pem'), '-cert', at('ee.pem'), '-no_nonce', '-reqout', at('question'));
  const answer = (out) => openssl('ocsp', '-index', at('index'), '-CA', at('ca.pem'), '-rsigner', at('ca.pem'), '-rkey', at('ca.key'), '-ndays', '5', '-reqin', at('question'), '-respout', at(out));
  answer('revoked.ocsp');
  writeFileSync(at('index'), readFileSync(at('index'), 'utf8').replace(/^R\t(\w+)\t\w+\t/, 'V\t$1\t\t'));
  answer('good.ocsp');
  return at;
}

test('verify: only with a list or an answer that says so nobody was revoked', async () => {
  const at = authority('revocation');
  const asked = async (...args) => {
    const { code, good, problem, signers } = await json(verify(['--json', '--trust', at('ca.pem'), ...args, at('message')]));
    return [code, good, problem, signers[0].chain, signers[0].status];
  };
  assert.deepEqual(await asked('--crl', at('good.crl')), [0, true, '', 'good', 'good']);
  assert.deepEqual(await asked('--crl', at('revoked.crl')), [1, false, 'revoked', 'good', 'revoked']);
  assert.deepEqual(await asked(), [1, false, 'status-unknown', 'good', 'unknown']);
  assert.deepEqual(await asked('--ocsp', at('good.ocsp')), [0, true, '', 'good', 'good']);
  assert.deepEqual(await asked('--ocsp', at('revoked.ocsp')), [1, false, 'revoked', 'good', 'revoked']);
  assert.deepEqual(await asked('--no-revocation'), [0, true, '', 'good', 'unchecked']);
  assert.deepEqual(await asked('--no-chain'), [0, true, '', 'unchecked', 'unchecked']);
  const { stderr } = await verify(['--trust', at('ca.pem'), at('message')]);
  assert.match(stderr, /nobody knows whether its certificate was revoked/);
  assert.match(stderr, /\(certificate, status: /);
  assert.match((await verify(['--trust', at('ca.pem'), at('message')], { env: ko })).stderr, /\(인증서, 폐지 확인: [^a-z]/);
  assert.equal((await json(verify(['--json', '--trust', ca.rsa, at('message')]))).problem, 'untrusted');
});

test('sign, verify, cert vid: standard input is not two things at once', async () => {
  const cases = [
    [['sign', '--password-file', '-', '-'], '--password-file FILE'],
    [['sign', '--token', 'x', '--pin-file', '-'], '--pin-file FILE'],
    [['verify', '--password-file', '-', '-'], 'MESSAGE'],
    [['verify', '--hometax', '--number-file', '-', '-'], 'MESSAGE'],
    [['verify', '-', '-'], 'MESSAGE'],
    [['cert', 'vid', '--owner', 'x', '--open', '-', '--number-file', '-'], '--open FILE'],
  ];
  for (const [args, what] of cases) {
    const told = await ingam(args, { input: 'word\n', env: ko });
    assert.equal(told.code, 2, args.join(' '));
    assert.ok(told.stderr.includes(`: 표준 입력에서 두 가지를 함께 읽을 수는 없어요. 파일을 적어 주세요: ${what}.\n`), told.stderr);
  }
});

test('verify: a message that is none is told of by its name, before roots are missed', async () => {
  const home = temporary('rootless');
  mkdirSync(home);
  for (const [name, path, why] of [['no file', temporary('nofile'), /no such file/], ['a text', content, /./]]) {
    const told = await ingam(['verify', path], { home, env: { LC_ALL: 'C' } });
    assert.equal(told.code, 3, name);
    assert.doesNotMatch(told.stderr, /root certificate/, name);
    assert.ok(told.stderr.includes(`${basename(path)}: `), told.stderr);
    assert.match(told.stderr, why);
    const { problem, field } = await json(ingam(['verify', '--json', path], { home }));
    assert.deepEqual([problem, field.endsWith(basename(path))], ['unreadable', true], name);
  }
});

test('verify: roots of this person are found, and without any it is said', async () => {
  const home = temporary('person');
  mkdirSync(join(home, '.config/ingam/trust.d'), { recursive: true });
  const message = temporary('mine');
  await sign(['--out', message, content]);
  const none = await json(verify(['--json', message], { home }));
  // Somebody may have roots in /etc/ingam/trust.d; then they are not this one.
  assert.ok((none.code === 3 && none.problem === 'no-roots') || none.problem === 'untrusted');
  copyFileSync(ca.rsa, join(home, '.config/ingam/trust.d/ca.pem'));
  assert.equal((await verify(['--no-revocation', message], { home })).code, 0);
});

test('sign --hometax --random: what the tax office takes, with zeros at the beginning of R', async () => {
  const home = temporary('hometax');
  const r = Buffer.concat([Buffer.from([0, 0]), randomBytes(18)]);
  const person = makeCertificate({ into: home, password, vid: vidOf('1234567890', r) });
  assert.match((await sign(['--hometax', '--random'], { home, input: 'x' })).stderr, /^The key file has lost the random number \(R\)/m);
  assert.match((await sign(['--json', '--hometax', '--random'], { home, input: 'x' })).stdout, /"problem":"no-random"/);
  putR(person, r);
  const out = temporary('hometax.json'), challenge = file('challenge', 'pkcEncSsn/abc+=\n');
  assert.equal((await sign(['--hometax', '--random', '--out', out, challenge], { home })).code, 0);
  assert.equal(statSync(out).mode & 0o777, 0o600);
  const { cert, logSgnt, randomEnc } = JSON.parse(readFileSync(out, 'utf8'));
  assert.deepEqual(Buffer.from(randomEnc, 'base64'), r);
  const [text, serial, time, signature] = Buffer.from(logSgnt, 'base64').toString().split('$');
  assert.equal(text, 'pkcEncSsn/abc+=');
  assert.match(time, /^20\d{12}$/);
  const certificate = file('hometax.pem', cert);
  assert.equal(BigInt(openssl('x509', '-noout', '-serial', '-in', certificate).toString().trim().replace('serial=', '0x')), BigInt(`0x${serial}`));
  openssl('x509', '-noout', '-pubkey', '-in', certificate, '-out', temporary('public'));
  openssl('dgst', '-sha256', '-verify', temporary('public'), '-signature', file('raw', Buffer.from(signature, 'base64')), file('text', text));
  assert.equal((await verify(['--hometax', '--no-chain', out])).code, 0);
  assert.equal((await json(verify(['--json', '--hometax', '--no-chain', '--certificate', pem.rsa, out]))).problem, 'other-signer');
  const other = Buffer.from(Buffer.from(logSgnt, 'base64').toString().replace('abc', 'abd')).toString('base64');
  assert.equal((await json(verify(['--json', '--hometax', '--no-chain', file('forged', JSON.stringify({ cert, logSgnt: other }))]))).problem, 'bad-signature');
  // R shows whose it is, by the number that the certificate was issued for.
  const whose = (number, path = out) => json(verify(['--json', '--hometax', '--no-chain', '--number-file', file('number', number), path]));
  assert.equal((await whose('123-45-67890\n')).good, true);
  assert.deepEqual((({ code, problem }) => [code, problem])(await whose('1234567891\n')), [1, 'other-owner']);
  const short = await whose('12345\n');
  assert.deepEqual([short.code, short.reason], [3, 'number: not a registration number of 10 or 13 digits']);
  assert.match(short.field, /\/number$/);
  const stranger = file('stranger', JSON.stringify({ cert, logSgnt, randomEnc: randomBytes(20).toString('base64') }));
  assert.equal((await whose('1234567890\n', stranger)).problem, 'other-owner');
  for (const [env, sentence] of [[{}, /^Stopped\.$/m], [ko, /^그만두었어요\.$/m]]) {
    const stopped = await terminal([program('ingam'), 'verify', '--hometax', '--no-chain', '--number-file', '-', out], { env, answers: ['\x04'] });
    assert.equal(stopped.code, 5, stopped.stdout);
    assert.match(stopped.stdout, sentence);
  }
  const without = await sign(['--hometax', challenge], { home });
  assert.equal(JSON.parse(without.stdout).randomEnc, undefined);
  // Nothing is damaged then: it is to be made again with R.
  const made = file('without', without.stdout);
  assert.deepEqual((({ code, problem }) => [code, problem])(await whose('1234567890\n', made)), [3, 'no-random']);
  for (const [env, sentence] of [[{}, 'The message has no random number (R) to check the number by. Have it signed again with ingam sign --hometax --random.'], [ko, '번호를 확인할 난수(R)가 서명문에 없어요. ingam sign --hometax --random으로 다시 서명해 주세요.']])
    assert.equal((await verify(['--hometax', '--no-chain', '--number-file', file('number', '1234567890\n'), made], { env })).stderr, `${sentence}\n`);
});

const softhsm = '/usr/lib/softhsm/libsofthsm2.so';
for (const kind of ['rsa', 'ec']) {
  test(`sign --token with ${kind}: the key stays on the token, openssl verifies`, { skip: !existsSync(softhsm) && 'there is no SoftHSM2' }, async () => {
    const folder = temporary(`token-${kind}`), r = Buffer.concat([Buffer.from([0]), randomBytes(19)]);
    mkdirSync(join(folder, 'tokens'), { recursive: true });
    const env = { SOFTHSM2_CONF: file(`softhsm-${kind}`, `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`) };
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', 'Hsm', '--pin', '71234567', '--so-pin', '71234567'], { env: { ...process.env, ...env }, stdio: 'ignore' });
    const person = makeCertificate({ into: join(folder, 'pc'), password, key: kind === 'rsa' ? 'rsa:2048' : 'ec', form: 'aes', km: kind === 'rsa' });
    putR(person, r);
    const pin = ['--module', softhsm, '--pin-file', file('pin', '71234567\n')];
    const copied = await ingam(['token', 'copy', ...pin, '--password-file', right, '--root', join(folder, 'pc')], { env });
    assert.equal(copied.code, 0, copied.stderr);
    rmSync(join(folder, 'pc'), { recursive: true });
    const roots = file('token-ca.pem', person.ca), message = temporary('by-token');
    for (const options of [[], ['--no-attributes'], ['--detached']]) {
      const made = await ingam(fresh(['sign', '--token', 'Hsm', ...pin, ...options, '--out', message, content]), { env });
      assert.equal(made.code, 0, made.stderr);
      openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', message, '-CAfile', roots, '-out', temporary('out'), ...options.includes('--detached') ? ['-content', content] : []);
    }
    if (kind === 'rsa') {
      const { stdout } = await ingam(['sign', '--hometax', '--random', ...pin], { env, input: 'challenge' });
      assert.deepEqual(Buffer.from(JSON.parse(stdout).randomEnc, 'base64'), r);
      assert.equal((await verify(['--hometax', '--no-chain', '-'], { input: stdout })).code, 0);
    }
    const refused = await json(ingam(['sign', '--json', '--token', 'Hsm', '--module', softhsm, '--pin-file', file('wrong-pin', '0000\n'), content], { env }));
    assert.deepEqual([refused.code, refused.signed, refused.problem], [1, false, 'wrong-pin']);
    const elsewhere = await json(ingam(['sign', '--json', '--token', 'Other', ...pin, content], { env }));
    assert.deepEqual([elsewhere.code, elsewhere.signed, elsewhere.problem], [2, false, 'no-such-token']);
  });
}

/** What is not to be had: the arguments, the exit code, the sentence. */
const message = temporary('refused.p7m'), aside = temporary('refused.p7s');
const refusals = [
  ['a wrong password', ['sign', '--password-file', wrong, content], 1, /^The password is wrong\.$/m, /^비밀번호가 맞지 않아요\.$/m],
  ['no file to sign', ['sign', '--password-file', right, join(base, 'none')], 3, /^A file cannot be read \([^ ]*none: no such file\)\.$/m, /^파일을 읽지 못했어요 \([^ ]*none: 그런 파일이 없어요\)/m],
  ['a certificate that has expired', ['sign', '--root', join(base, 'expired'), '--password-file', right, content], 5, /^This certificate has expired, and does not sign \(2020-03-2[56]\)\. .*--certificate\.$/m, /^유효기간이 끝난 인증서라 서명하지 않아요 \(2020-03-2[56]\)\. .*--certificate로 골라 주세요\.$/m],
  ['a certificate that has not begun', ['sign', '--root', join(base, 'later'), '--password-file', right, content], 5, /not valid yet, and does not sign \(2099-01-01\)\. /, /^유효기간이 아직 시작되지 않은 인증서라 서명하지 않아요 \(2099-01-01\)\. /m],
  ['no certificate', ['sign', '--root', join(base, 'empty'), '--password-file', right, content], 3, /No certificate found/, /찾지 못했어요/],
  ['a folder that cannot be written', ['sign', '--password-file', right, '--out', join(base, 'none', 'x'), content], 3, /^It cannot be written there.*no such folder/m, /^거기에는 쓸 수 없어요/m],
  ['a place without a folder for what was signed', ['verify', '--no-chain', '--out', join(base, 'none', 'x'), message], 3, /^It cannot be written there\. Name another place with --out \(.*x: no such folder\)\.$/m, /^거기에는 쓸 수 없어요\. --out에 다른 곳을 적어 주세요 \(.*x: 그런 폴더가 없어요\)\.$/m],
  ['a folder in its place', ['verify', '--no-chain', '--out', base, message], 3, /^It cannot be written there\. .*: this is a folder\)\.$/m, /^거기에는 쓸 수 없어요\. .*: 파일이 아니라 폴더예요\)\.$/m],
  ['a challenge with blanks', ['sign', '--hometax', '--password-file', right, content], 3, /challenge: /, /challenge: /],
  ['no content', ['verify', '--no-chain', aside], 2, /not in the message/, /서명문에 없어요/],
  ['content twice', ['verify', '--no-chain', message, content], 2, /contains its content/, /내용이 들어 있어요/],
  ['another content', ['verify', '--no-chain', aside, right], 1, /^The signature is bad \(messageDigest: not this content \(RFC 5652 5\.6\)\)\.$/m, /^서명이 맞지 않아요 \(messageDigest/m],
  ['half a message', ['verify', '--no-chain', join(base, 'half')], 3, /^This is no signed message, or a damaged one \([^ ]*half: /m, /^서명문이 아니거나 깨졌어요 \([^ ]*half: /m],
  ['a text', ['verify', '--no-chain', wrong], 3, /^This is no signed message, or a damaged one \([^ ]*wrong: /m, /^서명문이 아니거나 깨졌어요 \([^ ]*wrong: /m],
  ['a certificate that is no message', ['verify', '--no-chain', rsa.signCert], 3, /^This is no signed message, or a damaged one \(.*\/signCert\.der: contentType: /m, /signCert\.der: contentType: /],
  ['a message that is no certificate', ['verify', '--no-chain', '--certificate', message, message], 3, /^A file is not what it should be \([^ ]*refused\.p7m: /m, /^파일이 맞지 않거나 깨졌어요 \([^ ]*refused\.p7m: /m],
  ['a message that is no list', ['verify', '--trust', ca.rsa, '--crl', message, message], 3, /^A file is not what it should be \([^ ]*refused\.p7m: /m, /^파일이 맞지 않거나 깨졌어요 \([^ ]*refused\.p7m: /m],
  ['a text that is no login', ['verify', '--no-chain', '--hometax', wrong], 3, /^This is no signed message, or a damaged one \([^ ]*wrong: not JSON/m, /^서명문이 아니거나 깨졌어요 \([^ ]*wrong: cert와/m],
  ['SHA-1', ['verify', '--no-chain', join(base, 'sha1')], 5, /forged.*\([^ ]*sha1: digestAlgorithm: SHA-1/, /위조.*\([^ ]*sha1: digestAlgorithm: SHA-1은 위조/],
  ['a hash nobody knows', ['verify', '--no-chain', join(base, 'sha224')], 3, /sha224: digestAlgorithm: a hash that is not SHA-2/, /sha224: digestAlgorithm: SHA-2가 아닌/],
  ['indefinite lengths', ['verify', '--no-chain', join(base, 'ber')], 3, /DER/, /DER/],
  ['no certificate in it', ['verify', '--no-chain', join(base, 'bare')], 3, /--certificate/, /--certificate/],
  ['more than is signed', ['sign', '--password-file', right, join(base, 'vast')], 3, /^This is over a limit \([^ ]*vast: larger than 256 MiB\)\.$/m, /^한도를 넘어요 \([^ ]*vast: 256 MiB보다 커요\)\.$/m],
  ['more than is sealed', ['sign', '--seal-to', pem.rsa, '--password-file', right, join(base, 'large')], 3, /^This is over a limit \(content: more than 1 MiB with its signature is not sealed\)\.$/m, /^한도를 넘어요 \(내용: 서명까지 1 MiB가 넘는 내용은 잠그지 않아요\)\.$/m],
  ['a message that is larger than one', ['verify', '--no-chain', join(base, 'vast')], 3, /^This is over a limit \([^ ]*vast: larger than 272 MiB\)\.$/m, /^한도를 넘어요 \([^ ]*vast: 272 MiB보다 커요\)\.$/m],
  ['a certificate that is larger than one', ['verify', '--no-chain', '--certificate', join(base, 'large'), message], 3, /^This is over a limit \([^ ]*large: larger than 16 KiB\)\.$/m, /^한도를 넘어요 \([^ ]*large: 16 KiB보다 커요\)\.$/m],
  ["another's certificate", ['verify', '--no-chain', '--certificate', pem.ec, message], 1, /not signed with that certificate/, /이 인증서로 한 서명이 아니에요/],
];

test('what is refused is ready', async () => {
  const key = temporary('refused.pem');
  writeFileSync(key, openssl('pkcs8', '-inform', 'DER', '-provider', 'legacy', '-provider', 'default', '-in', rsa.signKey, '-passin', `file:${right}`));
  const theirs = (name, ...options) => openssl('cms', '-sign', '-binary', '-nodetach', '-in', content, '-signer', pem.rsa, '-inkey', key, '-outform', 'DER', '-out', join(base, name), ...options);
  theirs('sha1', '-md', 'sha1');
  theirs('sha224', '-md', 'sha224');
  theirs('ber', '-stream', '-md', 'sha256');
  theirs('bare', '-nocerts', '-md', 'sha256');
  assert.equal((await sign(['--out', message, content])).code, 0);
  assert.equal((await sign(['--detached', '--out', aside, content])).code, 0);
  writeFileSync(join(base, 'half'), readFileSync(message).subarray(0, 700));
  mkdirSync(join(base, 'empty'));
  writeFileSync(join(base, 'large'), Buffer.alloc(2 ** 20 + 1));
  execFileSync('truncate', ['-s', '600M', join(base, 'vast')]);
  cpSync(samples, join(base, 'expired'), { recursive: true });
  makeCertificate({ into: join(base, 'later'), password, valid: ['20990101000000Z', '20991231000000Z'] });
  assert.equal((await verify(['--no-chain', '--certificate', pem.rsa, join(base, 'bare')])).code, 0);
});

test('sign --json: until when, or from when on, a certificate that does not sign today', async () => {
  for (const [folder, problem, member, from, to] of [['expired', 'certificate-expired', 'not_after', '2020-03-25', '2020-03-26'], ['later', 'certificate-not-yet', 'not_before', '2099-01-01', '2099-01-01']]) {
    const told = await json(sign(['--json', '--root', join(base, folder), content]));
    assert.equal(told.problem, problem);
    assert.ok(told[member] >= Date.parse(from) && told[member] <= Date.parse(to), `${told[member]}`);
  }
});

test('verify: when it was signed is told to a person by the clock here', async () => {
  const { signers: [{ signing_time: at }] } = await json(verify(['--json', '--no-chain', message]));
  const { stdout } = await verify(['--no-chain', message], { env: { TZ: 'KST-9' } });
  const here = new Date(at + 9 * 3600000).toISOString().slice(0, 16).replace('T', ' ');
  assert.ok(stdout.startsWith('Signed by: ') && stdout.includes(`, ${here}\n`), stdout);
});

test('verify: that there is no root is said once; of those that --trust names, what is wrong', async () => {
  const home = temporary('rootless'), empty = temporary('no-roots'), asked = ['verify', message];
  mkdirSync(empty);
  const none = await ingam(asked, { home });
  if (!existsSync('/etc/ingam/trust.d')) {
    assert.match(none.stderr, /^There is no root certificate to trust\. [^(]* ~\/\.config\/ingam\/trust\.d; [^(]*--no-chain\.$/m);
    assert.match((await ingam(asked, { home, env: ko })).stderr, /^믿을 최상위 인증서가 없어요\. [^(]* ~\/\.config\/ingam\/trust\.d에 두세요\. [^(]*--no-chain을 쓰세요\.$/m);
  }
  for (const [path, en, kr] of [[empty, 'no certificate in it', '인증서가 들어 있지 않아요'], [file('roots.txt', 'none\n'), 'no certificate in it', '인증서가 들어 있지 않아요'], [temporary('gone'), 'no such file', '그런 파일이 없어요']]) {
    const name = basename(path);
    assert.match((await ingam([...asked, '--trust', path], { home })).stderr, new RegExp(`^What --trust names has no root certificate\\. .* \\(${name}: ${en}\\)\\.$`, 'm'));
    assert.match((await ingam([...asked, '--trust', path], { home, env: ko })).stderr, new RegExp(`^--trust로 알려 준 곳에 최상위 인증서가 없어요\\. .* \\(${name}: ${kr}\\)\\.$`, 'm'));
  }
});

for (const [what, args, exit, english, korean] of refusals) {
  test(`${args[0]}, ${what}: exit ${exit}, one sentence in both languages`, async () => {
    const en = await ingam(args), kr = await ingam(args, { env: ko });
    assert.equal(en.code, exit, en.stderr);
    assert.match(en.stderr, english);
    assert.equal(kr.code, exit);
    assert.match(kr.stderr, korean);
    for (const { stdout, stderr } of [en, kr]) {
      assert.doesNotMatch(stdout + stderr, /Canary|Wrong7/);
      assert.ok(!stdout.includes('BEGIN'), stdout);
    }
    if (args[0] === 'sign' && exit !== 2) assert.equal(en.stdout, '');
    const told = await json(ingam([args[0], '--json', ...args.slice(1)]));
    assert.equal(told.code, exit);
    assert.notEqual(told.problem, '');
    assert.equal(args[0] === 'sign' ? told.signed : told.good, false);
  });
}

test('sign: while it runs, neither password nor key stands among its arguments or in a core', async () => {
  const child = spawn(program('ingam'), ['sign', '--password-file', right, '--form', 'hex'], { env: { ...process.env, HOME: homes.rsa } });
  child.stdout.resume();
  await new Promise((done) => setTimeout(done, 300));
  const seen = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
  const owner = statSync(`/proc/${child.pid}/status`).uid;
  const limits = existsSync(`/proc/${child.pid}/limits`) ? readFileSync(`/proc/${child.pid}/limits`, 'utf8') : '';
  child.stdin.end('x');
  const code = await new Promise((done) => child.on('close', done));
  assert.equal(code, 0);
  assert.ok(!seen.includes('Canary'));
  assert.equal(owner, 0, 'a process that may be looked into is its user\'s');
  assert.match(limits, /Max core file size\s+0\s+0/);
});

test('sign: nobody is asked for a password before a file that is in the way', async () => {
  for (const [env, sentence] of [[{}, 'A file of that name is there. To replace it, add --replace.\n'], [ko, '같은 이름의 파일이 있어요. 바꾸려면 --replace를 붙여 주세요.\n']]) {
    const { code, stderr } = await ingam(['sign', '--out', content, right], { env });
    assert.deepEqual([code, stderr], [5, sentence]);
  }
});

test('a file is told of by its name, whatever that is; a long path from a folder of it on', async () => {
  const told = async (path, env = ko) => (await ingam(['sign', '--password-file', right, path], { env })).stderr;
  for (const name of ['key', 'message', 'folder']) assert.equal(await told(name), `파일을 읽지 못했어요 (${name}: 그런 파일이 없어요).\n`);
  const long = join(base, 'a folder that takes much of the room', 'another one', 'none');
  assert.equal(await told(long), '파일을 읽지 못했어요 (…/another one/none: 그런 파일이 없어요).\n');
  assert.equal(await told(join(base, `인${'증'.repeat(20)}서`), {}), `A file cannot be read (…${'증'.repeat(13)}서: no such file).\n`);
});

test('sign: a person is told where the result is, a script is not', async () => {
  for (const [env, sentence] of [[{}, /^Signed \(홍길동\): said\.p7m\r?$/m], [ko, /^서명했어요 \(홍길동\): said\.p7m\r?$/m]]) {
    const done = await run('script', ['-qec', `cd '${base}' && '${program('ingam')}' sign --password-file '${right}' --out said.p7m --replace '${content}'`, '/dev/null'], { env: { HOME: homes.rsa, ...env } });
    assert.equal(done.code, 0, done.out);
    assert.match(done.stdout, sentence);
  }
});

test('verify --certificate: who signed is named, not who should have', async () => {
  const message = join(base, 'named.p7m');
  assert.equal((await sign(['--out', message, content])).code, 0);
  const { code, problem, signers } = await json(verify(['--json', '--no-chain', '--certificate', pem.ec, message]));
  assert.deepEqual([code, problem, signers[0].problem, signers[0].signature], [1, 'other-signer', 'other-signer', false]);
  assert.equal(signers[0].fingerprint, createHash('sha256').update(readFileSync(rsa.signCert)).digest('hex'));
  const bare = join(base, 'named-bare.p7m');
  const key = temporary('named.pem');
  writeFileSync(key, openssl('pkcs8', '-inform', 'DER', '-provider', 'legacy', '-provider', 'default', '-in', rsa.signKey, '-passin', `file:${right}`));
  openssl('cms', '-sign', '-binary', '-nodetach', '-nocerts', '-in', content, '-signer', pem.rsa, '-inkey', key, '-outform', 'DER', '-out', bare);
  const other = await json(verify(['--json', '--no-chain', '--certificate', pem.ec, bare]));
  assert.deepEqual([other.code, other.problem, 'owner' in other.signers[0]], [1, 'other-signer', false]);
  const said = await verify(['--no-chain', '--certificate', pem.ec, bare]);
  assert.match(said.stdout, /^Said to be signed by: unknown, /);
});

test('--out: a file that is there stays, what is no file is written to', async () => {
  const there = file('there', Buffer.from('the contract'));
  const message = join(base, 'there.p7m');
  assert.equal((await sign(['--out', message, content])).code, 0);
  for (const args of [['sign', '--password-file', right, '--out', there, content], ['verify', '--no-chain', '--out', there, message]]) {
    const { code, stdout } = await ingam([...args, '--json']);
    assert.equal(code, 5);
    assert.equal(JSON.parse(stdout).problem, 'exists');
    assert.equal(readFileSync(there, 'utf8'), 'the contract');
  }
  for (const [args, bytes] of [[['sign', '--password-file', right, content], undefined], [['verify', '--no-chain', message], readFileSync(content)]]) {
    const done = await ingam([...args, '--out', there, '--replace']);
    assert.equal(done.code, 0, done.out);
    assert.deepEqual(readFileSync(there), bytes ?? readFileSync(there));
    assert.notEqual(readFileSync(there, 'utf8'), 'the contract');
  }
  const { code } = await ingam(['verify', '--no-chain', '--out', '/dev/null', message]);
  assert.equal(code, 0);
  assert.ok(statSync('/dev/null').isCharacterDevice());
});
