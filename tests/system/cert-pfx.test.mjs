// cert-pfx.test.mjs - ingam cert export and import at their edges.
//
// Belongs here: standard output, empty passwords, CaPubs that are none, forms.
// Not here: what goes in and comes out (cert.test.mjs); what is replaced
// (cert-lost.test.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { another, base, cert, env, home, json, ko, medium, other, password, right, secret, terminal } from '../lib/home.mjs';
import { joined, withoutMac, withoutPassword } from '../lib/pfx.mjs';
import { program, root as source } from '../lib/service.mjs';

const none = secret('', 'none');
const made = makeCertificate({ into: home, password, km: true });

test('export --out -: the file on standard output and nothing else, which OpenSSL opens', () => {
  const { status, stdout, stderr } = spawnSync(program('ingam'), ['cert', 'export', made.folder, '--out', '-', '--password-file', right], { cwd: base, env: { ...process.env, ...env } });
  assert.equal(status, 0, stderr.toString());
  assert.equal(existsSync(join(base, '-')), false);
  const text = execFileSync('openssl', ['pkcs12', '-passin', `pass:${password}`, '-nodes', '-nokeys'], { input: stdout, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  assert.equal(text.match(/BEGIN CERTIFICATE/g).length, 2);
});

test('export and import say whose certificate it was, and until when; export, which password the file has', async () => {
  const file = join(base, 'said.p12'), day = String.raw`\d{4}-\d\d-\d\d`;
  for (const [more, whose, same, another] of [
    [ko, `\\(홍길동, ${day}까지\\): /`, '파일의 비밀번호는 인증서 비밀번호와 같아요\\.', '파일의 비밀번호는 --new-password-file로 정한 것이에요\\. 원래 인증서의 비밀번호는 그대로예요\\.'],
    [{ LC_ALL: 'C' }, `\\(홍길동, until ${day}\\): /`, 'The file has the password of the certificate\\.', 'The file has the password of --new-password-file\\. That of the certificate stays\\.'],
  ]) {
    const word = (korean, english) => more === ko ? korean : english;
    for (const [options, sentence] of [[[], same], [['--new-password-file', other], another]]) {
      const { stdout } = await cert(['export', made.folder, '--out', file, '--replace', '--password-file', right, ...options], more);
      assert.match(stdout, new RegExp(`^${word('PFX 파일로 내보냈어요', 'Exported')} ${whose}.*said\\.p12\n${sentence}\n$`));
    }
    const { stdout } = await cert(['import', file, '--to', medium(), '--password-file', other], more);
    assert.match(stdout, new RegExp(`^${word('PFX 파일에서 가져왔어요', 'Imported')} ${whose}`));
  }
});

test('export --out -: not to a terminal, and not beside JSON', async () => {
  const shown = await terminal(['export', made.folder, '--out', '-'], []);
  assert.equal(shown.code, 2);
  assert.match(shown.stdout, /This is binary, and is not written to a terminal\. Name a file: --out FILE/);
  assert.doesNotMatch(shown.stdout, /Password/);
  const both = await cert(['export', made.folder, '--out', '-', '--json', '--password-file', right]);
  assert.deepEqual([both.code, both.stdout], [2, '']);
  assert.match(both.stderr, /--json/);
});

test('import --form: help, manual and file agree that seed-sha1 is what it is without', async () => {
  const file = join(base, 'form.p12'), to = medium();
  const aes = join(base, 'aes');
  cpSync(made.folder, aes, { recursive: true });
  assert.equal((await json(['change-password', aes, '--form', 'pbes2-aes', '--password-file', right, '--new-password-file', other])).answer.key_file, 'AES-256-CBC, PBKDF2-SHA256, 100000');
  assert.equal((await cert(['export', aes, '--out', file, '--password-file', other])).code, 0);
  const { folders: [folder] } = (await json(['import', file, '--to', to, '--password-file', other])).answer;
  assert.equal((await json(['show', folder])).answer.certificate.key_file, 'SEED-CBC, PBKDF1-SHA1, 2048');
  assert.match((await cert(['import', '--help'], { LC_ALL: 'C' })).stdout, /else\s+seed-sha1/);
  assert.match((await cert(['import', '--help'], ko)).stdout, /없으면\s+seed-sha1/);
  assert.doesNotMatch((await cert(['change-password', '--help'], { LC_ALL: 'C' })).stdout, /else\s+seed-sha1/);
  const page = readFileSync(join(source, 'man/ingam-cert.1'), 'utf8');
  assert.match(page, /\.Cm import\nwrites\n\.Cm seed-sha1 ,/);
});

test('the iterations of each form are those that manual and docs/formats.md say', async () => {
  const page = readFileSync(join(source, 'man/ingam-cert.1'), 'utf8'), table = readFileSync(join(source, 'docs/formats.md'), 'utf8');
  assert.match(page, /The first three have 2,048 iterations, the other two 100,000;/);
  for (const [form, iterations] of [['seed-sha1', '2,048'], ['pbes2-seed', '2,048'], ['pbes2-seed-sha256', '2,048'], ['pbes2-aes', '100,000'], ['pbes2-aria', '100,000']]) {
    const row = table.split('\n').find((line) => line.includes(`| \`${form}\` |`));
    assert.ok(row.includes(`${iterations} iterations`) || row.includes('the same'), row);
    const folder = join(base, `iterations-${form}`);
    cpSync(made.folder, folder, { recursive: true });
    const { answer } = await json(['change-password', folder, '--form', form, '--password-file', right, '--new-password-file', other]);
    assert.ok(answer.key_file.endsWith(`, ${iterations.replace(',', '')}`), answer.key_file);
    // A higher number does not go along into another form.
    const back = await json(['change-password', folder, '--form', 'seed-sha1', '--password-file', other, '--new-password-file', right]);
    assert.equal(back.answer.key_file, 'SEED-CBC, PBKDF1-SHA1, 2048');
  }
});

const fingerprint = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
/** As ingam shows it. */
const serial = (path) => execFileSync('openssl', ['x509', '-inform', 'DER', '-in', path, '-noout', '-serial'], { encoding: 'utf8' }).trim().split('=')[1].toLowerCase();

/** One of OpenSSL's, which knows no R: the pair for signing, and these certificates beside it. */
function besides(name, { pem, signKey }, ...certificates) {
  const key = join(base, 'key.pem'), crt = join(base, 'made.crt'), file = join(base, `${name}.p12`);
  execFileSync('openssl', ['rsa', '-inform', 'DER', '-in', signKey, '-passin', `pass:${password}`, '-provider', 'legacy', '-provider', 'default', '-out', key], { stdio: 'pipe' });
  writeFileSync(crt, [pem, ...certificates].join(''));
  execFileSync('openssl', ['pkcs12', '-export', '-in', crt, '-inkey', key, '-passout', `pass:${password}`, '-out', file], { stdio: 'pipe' });
  return file;
}

test('import: a certificate for encryption without its key is no CA, and is said', async () => {
  const km = execFileSync('openssl', ['x509', '-inform', 'DER', '-in', join(made.folder, 'kmCert.der')], { encoding: 'utf8' });
  const alone = besides('alone', made, km);
  const { code, answer } = await json(['import', alone, '--to', medium(), '--password-file', right]);
  assert.deepEqual([code, answer.missing, readdirSync(answer.folders[0]).sort()], [0, 'kmPri.key', ['signCert.der', 'signPri.key']]);
  assert.equal((await cert(['import', alone, '--to', medium(), '--password-file', right], ko)).stderr, '암호화된 문서는 이 사본으로 열 수 없어요 (kmPri.key: 빠져 있어요).\n');
  const both = await json(['import', besides('ca', made, km, made.ca), '--to', medium(), '--password-file', right]);
  const authorities = readFileSync(join(both.answer.folders[0], 'CaPubs'));
  assert.equal(authorities.subarray(4).toString('base64'), made.ca.split('-----')[2].replaceAll('\n', ''));
  // Where the pair of that person stays nothing is missing.
  const at = medium();
  await json(['copy', made.folder, '--to', at]);
  const kept = await json(['import', alone, '--to', at, '--password-file', right, '--replace']);
  assert.deepEqual([kept.code, kept.answer.missing, kept.answer.kept], [0, undefined, ['kmCert.der', 'kmPri.key']]);
});

test('import --help: whose password it is, and where it goes without --to', async () => {
  for (const [more, ...says] of [[{ LC_ALL: 'C' }, /PKCS#12 file's password/, /NPKI folder; else ~\/NPKI/], [ko, /첫 줄이 PFX 파일의 비밀번호인 파일/, /NPKI 폴더\. 없으면 ~\/NPKI/]]) {
    const { code, stdout } = await cert(['import', '--help'], more);
    assert.equal(code, 0);
    for (const sentence of says) assert.match(stdout.replace(/\n +/g, ' '), sentence);
  }
});

test('import: that the key has no R for the VID is said, in the question too; where either is not, nothing', async () => {
  const known = makeCertificate({ into: join(base, 'known'), password, number: '9001011234567' });
  const whole = join(base, 'with-r.p12'), bare = besides('without-r', known), to = medium();
  assert.equal((await cert(['export', known.folder, '--out', whole, '--password-file', right])).code, 0);
  for (const file of [whole, besides('without-vid', made)]) {
    const { answer } = await json(['import', file, '--to', medium(), '--password-file', right]);
    assert.deepEqual([answer.problem, answer.without_r], ['', undefined], file);
    assert.equal((await cert(['import', file, '--to', medium(), '--password-file', right], ko)).stderr, '');
  }
  assert.equal((await cert(['import', whole, '--to', to, '--password-file', right])).code, 0);
  const there = await json(['import', bare, '--to', to, '--password-file', right]);
  assert.deepEqual([there.answer.problem, there.answer.without_r], ['exists', [fingerprint(known.signCert)]]);
  const no = await terminal(['import', bare, '--to', to], [password, '아니요'], ko);
  assert.match(no.stdout, /^주의: 넣을 인증서의 개인키에 난수\(R\)가 없어요\. .*쓸 수 없어요\.\n바꾸면 되살릴/m);
  assert.doesNotMatch(no.stdout, /^개인키에 난수/m);
  const done = await json(['import', bare, '--to', to, '--password-file', right, '--replace']);
  assert.deepEqual([done.answer.problem, done.answer.without_r], ['', [fingerprint(known.signCert)]]);
  const told = await cert(['import', bare, '--to', medium(), '--password-file', right], { LC_ALL: 'C' });
  assert.equal(told.stderr, 'Its key has no random number (R), so sites that check whose registration number it is will not take it. Use the files as they were issued, if there are any.\n');
});

for (const [form, more, becomes] of [['modern', []], ['old', ['-legacy']], ['with none at all', ['-macalg', 'sha1'], withoutPassword]]) {
  test(`import: a file of OpenSSL's, ${form}, with an empty password needs a new one, and says so`, async () => {
    const key = join(base, 'key.pem'), crt = join(base, 'made.crt'), file = join(base, `empty-${form}.p12`), to = medium();
    writeFileSync(crt, made.pem);
    execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', made.signKey, '-passin', `pass:${password}`, '-provider', 'legacy', '-provider', 'default', '-out', key], { stdio: 'pipe' });
    execFileSync('openssl', ['pkcs12', ...more, '-export', '-in', crt, '-inkey', key, '-passout', 'pass:', '-out', file], { stdio: 'pipe' });
    if (becomes !== undefined) writeFileSync(file, becomes(readFileSync(file)));
    const alone = await cert(['import', file, '--to', to, '--password-file', none], ko);
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /PFX 파일의 비밀번호가 비어 있어요\. 인증서에는 새 비밀번호가 필요해요\.\n.*--new-password-file/);
    const done = await json(['import', file, '--to', to, '--password-file', none, '--new-password-file', right]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal((await cert(['check-password', done.answer.folders[0], '--password-file', right])).code, 0);
    const typed = await terminal(['import', file, '--to', medium()], ['', another, another], ko);
    assert.equal(typed.code, 0, typed.stdout);
    assert.equal((await cert(['import', file, '--to', to, '--replace', '--password-file', right])).code, 1, 'another password is wrong');
  });
}

test('export: CaPubs that is none is named, and nothing is made', async () => {
  const folder = join(base, 'authorities'), out = join(base, 'authorities.p12');
  cpSync(made.folder, folder, { recursive: true });
  for (const bytes of [Buffer.from('x'), Buffer.from('3080', 'hex'), Buffer.from('30020500', 'hex'), Buffer.from('30053003020100', 'hex')]) {
    writeFileSync(join(folder, 'CaPubs'), bytes);
    const { code, answer } = await json(['export', folder, '--out', out, '--password-file', right]);
    assert.deepEqual([code, answer.problem, answer.field, existsSync(out)], [3, 'unreadable', 'CaPubs', false], bytes.toString('hex'));
    assert.match((await cert(['export', folder, '--out', out, '--password-file', right], ko)).stderr, /^파일이 맞지 않거나 깨졌어요 \(CaPubs: .+\)\.$/m);
  }
  // Nor is what was asked before and answered taken for what failed.
  writeFileSync(out, 'x');
  writeFileSync(join(folder, 'signCert.der'), 'x');
  const asked = await terminal(['export', folder, '--out', out, '--password-file', right], ['예'], ko);
  assert.match(asked.stdout, /바꿀까요\?[^]*^파일이 맞지 않거나 깨졌어요 \(.*signCert\.der: .+\)\.$/m);
  assert.equal(readFileSync(out, 'utf8'), 'x');
});

test('import: a file that is none, or of which half is there, is named with what is wrong in it', async () => {
  const whole = join(base, 'whole.p12'), bad = join(base, 'bad.p12');
  assert.equal((await cert(['export', made.folder, '--out', whole, '--password-file', right])).code, 0);
  const bytes = readFileSync(whole);
  for (const [what, inside] of [['half', bytes.subarray(0, 900)], ['a text', Buffer.from('text')], ['no MAC', withoutMac(bytes)], ['a certificate', readFileSync(made.signCert)]]) {
    writeFileSync(bad, inside);
    const { code, answer } = await json(['import', bad, '--to', medium(), '--password-file', right]);
    assert.deepEqual([code, answer.problem, bad.endsWith(answer.field) && answer.field !== ''], [3, 'unreadable', true], `${what}: ${answer.field}`);
    assert.match((await cert(['import', bad, '--to', medium(), '--password-file', right], ko)).stderr, /^가져올 수 없는 파일이에요\. .* \([^ ]*bad\.p12: .+\)\.$/m, what);
    assert.match((await cert(['import', bad, '--to', medium(), '--password-file', right])).stderr, /^This file cannot be imported\. .* \([^ ]*bad\.p12: .+\)\.$/m, what);
  }
});

test('import: a wrong password and a damaged file look alike, and both are said', async () => {
  const whole = join(base, 'undamaged.p12'), bad = join(base, 'damaged.p12');
  assert.equal((await cert(['export', made.folder, '--out', whole, '--password-file', right])).code, 0);
  const bytes = readFileSync(whole);
  for (let i = 0; i < 20; i++) bytes[800 + i] ^= 0x55;
  writeFileSync(bad, bytes);
  for (const [path, file] of [[bad, right], [whole, other]]) {
    const { code, answer } = await json(['import', path, '--to', medium(), '--password-file', file]);
    assert.deepEqual([code, answer.problem], [1, 'wrong-password']);
    assert.match((await cert(['import', path, '--to', medium(), '--password-file', file], ko)).stderr, /^비밀번호가 맞지 않아요\. .*파일이 깨진 것/m);
    assert.match((await cert(['import', path, '--to', medium(), '--password-file', file], { LC_ALL: 'C' })).stderr, /^The password is wrong\. .* the PKCS#12 file is damaged/m);
  }
});

test('import: what is there with the same key and password stays, and is no question', async () => {
  const two = makeCertificate({ into: join(base, 'second'), password, name: '김영희()003' }), at = medium();
  const file = join(base, 'once.p12'), bytes = () => readdirSync(at, { recursive: true }).filter((name) => /\.(der|key)$|CaPubs/.test(name)).sort().map((name) => readFileSync(join(at, name)).toString('hex'));
  assert.equal((await cert(['export', made.folder, '--out', file, '--password-file', right])).code, 0);
  const first = await json(['import', file, '--to', at, '--password-file', right]);
  assert.deepEqual([first.code, first.answer.problem], [0, '']);
  const before = bytes();
  assert.ok(before.length >= 4, `${before.length}`);
  const again = await json(['import', file, '--to', at, '--password-file', right]);
  assert.deepEqual([again.code, again.answer.problem, again.answer.folders, again.answer.replaced, again.answer.kept], [0, 'already', first.answer.folders, [], []]);
  const typed = await terminal(['import', file, '--to', at], [password], ko);
  assert.deepEqual([typed.code, /바꿀까요|가져왔어요/.test(typed.stdout)], [0, false], typed.stdout);
  assert.deepEqual(bytes(), before);
  // Another password, another form, another key file: a question as ever.
  for (const more of [['--new-password-file', other], ['--form', 'pbes2-aes']]) assert.equal((await json(['import', file, '--to', at, '--password-file', right, ...more])).answer.problem, 'exists', more[0]);
  rmSync(join(first.answer.folders[0], 'kmPri.key'));
  assert.equal((await json(['import', file, '--to', at, '--password-file', right])).answer.problem, 'exists');
  assert.equal((await json(['import', file, '--to', at, '--password-file', right, '--replace'])).answer.problem, '');
  // Of two, the one that is not there yet is put there, and the other one named.
  const parts = [made, two].map(({ folder }, i) => [folder, join(base, `once-${i}.p12`)]), both = join(base, 'once-both.p12');
  for (const [folder, out] of parts) assert.equal((await cert(['export', folder, '--out', out, '--form', 'compatible', '--password-file', right])).code, 0);
  writeFileSync(both, joined(parts[0][1], parts[1][1], password));
  const one = await cert(['import', both, '--to', at, '--password-file', right], ko);
  assert.deepEqual([one.code, /^이미 있는 인증서: 홍길동, /m.test(one.stderr), /가져왔어요 \(김영희/.test(one.stdout), /홍길동/.test(one.stdout)], [0, true, true, false], one.out);
  const all = await json(['import', both, '--to', at, '--password-file', right]);
  assert.deepEqual([all.code, all.answer.problem, all.answer.folders.length], [0, 'already', 2]);
});

test('import: a password that would not be allowed as a new one is taken, and that is said', async () => {
  const key = join(base, 'weak.pem'), crt = join(base, 'weak.crt'), file = join(base, 'weak.p12'), weak = secret('1234', 'weak');
  writeFileSync(crt, made.pem);
  execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', made.signKey, '-passin', `pass:${password}`, '-provider', 'legacy', '-provider', 'default', '-out', key], { stdio: 'pipe' });
  execFileSync('openssl', ['pkcs12', '-export', '-in', crt, '-inkey', key, '-passout', 'pass:1234', '-out', file], { stdio: 'pipe' });
  const at = medium(), rules = /새 비밀번호 규칙에 맞지 않아요\. ingam cert change-password로/;
  assert.match((await cert(['import', file, '--to', at, '--password-file', weak], ko)).stderr, rules);
  assert.match((await cert(['import', file, '--to', medium(), '--password-file', weak], { LC_ALL: 'C' })).stderr, /breaks the rules for new ones\. It is safer to change it: ingam cert change-password\./);
  assert.doesNotMatch((await cert(['import', file, '--to', medium(), '--password-file', weak, '--new-password-file', right], ko)).stderr, rules);
  assert.equal((await json(['import', file, '--to', medium(), '--password-file', weak])).stderr, '');
});

test('import: of two certificates of one subject the one that ends last is put there, and the other named', async () => {
  const older = makeCertificate({ into: join(base, 'older'), password, km: true, days: 30 });
  const [first, second, file] = ['first', 'second', 'both'].map((name) => join(base, `${name}.p12`));
  for (const [one, out] of [[made, first], [older, second]])
    assert.equal((await cert(['export', one.folder, '--out', out, '--form', 'compatible', '--password-file', right])).code, 0);
  for (const [a, b] of [[first, second], [second, first]]) {
    writeFileSync(file, joined(a, b, password));
    assert.equal(execFileSync('openssl', ['pkcs12', '-legacy', '-in', file, '-passin', `pass:${password}`, '-nodes', '-nokeys'], { encoding: 'utf8', stdio: 'pipe' }).match(/BEGIN CERTIFICATE/g).length, 4);
    const { answer, code } = await json(['import', file, '--to', medium(), '--password-file', right]);
    assert.deepEqual([code, answer.problem, answer.folders.length, answer.left_out, answer.replaced], [0, '', 1, [fingerprint(older.signCert), fingerprint(older.kmCert)], []]);
    for (const name of ['signCert.der', 'kmCert.der']) assert.deepEqual(readFileSync(join(answer.folders[0], name)), readFileSync(join(made.folder, name)), name);
    const told = await cert(['import', file, '--to', medium(), '--password-file', right], ko);
    for (const one of [older.signCert, older.kmCert]) assert.ok(told.stderr.includes(`일련번호 ${serial(one)}, `), told.stderr);
    assert.equal(told.stderr.match(/^더 나중에 끝나는 인증서가 같은 폴더에 들어가서 넣지 않은 인증서: 홍길동, /gm).length, 2);
  }
});

test('import: two names of one text are one folder, in whatever way they are encoded', async () => {
  const renewed = makeCertificate({ into: join(base, 'printable'), password, days: 30 });
  const der = readFileSync(renewed.signCert), organisation = der.lastIndexOf('Ingam test CA') - 2;
  assert.equal(der[organisation], 0x0c);
  der[organisation] = 0x13; // a PrintableString: nobody's signature is looked at here
  writeFileSync(renewed.signCert, der);
  const [first, second, file] = ['utf8', 'printable', 'utf8-printable'].map((name) => join(base, `${name}.p12`));
  for (const [one, out] of [[made, first], [renewed, second]])
    assert.equal((await cert(['export', one.folder, '--out', out, '--form', 'compatible', '--password-file', right])).code, 0);
  writeFileSync(file, joined(first, second, password));
  const { answer } = await json(['import', file, '--to', medium(), '--password-file', right]);
  assert.deepEqual([answer.problem, answer.folders.length, answer.left_out, answer.replaced], ['', 1, [fingerprint(renewed.signCert)], []]);
  assert.deepEqual(readFileSync(join(answer.folders[0], 'signCert.der')), readFileSync(made.signCert));
});

test('import: of what is for encryption and is not put there it is said why', async () => {
  const older = makeCertificate({ into: join(base, 'older-km'), password, km: true, days: 30 });
  const [whole, file] = ['whole', 'keyless'].map((name) => join(base, `${name}-km.p12`));
  assert.equal((await cert(['export', made.folder, '--out', whole, '--form', 'compatible', '--password-file', right])).code, 0);
  // The older one without its key, beside a newer pair.
  const keyless = besides('older-keyless', older, execFileSync('openssl', ['x509', '-inform', 'DER', '-in', older.kmCert], { encoding: 'utf8' }));
  const old = join(base, 'older-compatible.p12');
  execFileSync('openssl', ['pkcs12', '-legacy', '-in', keyless, '-passin', `pass:${password}`, '-nodes', '-out', join(base, 'older.pem')], { stdio: 'pipe' });
  execFileSync('openssl', ['pkcs12', '-export', '-legacy', '-macalg', 'sha1', '-in', join(base, 'older.pem'), '-passout', `pass:${password}`, '-out', old], { stdio: 'pipe' });
  writeFileSync(file, joined(whole, old, password));
  const { answer } = await json(['import', file, '--to', medium(), '--password-file', right]);
  assert.deepEqual([answer.problem, answer.missing, answer.left_out.includes(fingerprint(older.kmCert))], ['', undefined, true]);
  assert.deepEqual(readFileSync(join(answer.folders[0], 'kmCert.der')), readFileSync(made.kmCert));
  const told = await cert(['import', file, '--to', medium(), '--password-file', right], ko);
  assert.match(told.stderr, new RegExp(`^개인키가 PFX 파일에 없어서 넣지 않은 암호용 인증서: 홍길동, .*일련번호 ${serial(older.kmCert)}, `, 'm'));
  // A pair of somebody who has no certificate for signing in it.
  const stranger = makeCertificate({ into: join(base, 'stranger-km'), password, km: true, name: '김철수()002' });
  const km = { pem: execFileSync('openssl', ['x509', '-inform', 'DER', '-in', stranger.kmCert], { encoding: 'utf8' }), signKey: join(stranger.folder, 'kmPri.key') };
  execFileSync('openssl', ['pkcs12', '-legacy', '-in', besides('km-alone', km), '-passin', `pass:${password}`, '-nodes', '-out', join(base, 'km.pem')], { stdio: 'pipe' });
  execFileSync('openssl', ['pkcs12', '-export', '-legacy', '-macalg', 'sha1', '-in', join(base, 'km.pem'), '-passout', `pass:${password}`, '-out', old], { stdio: 'pipe' });
  writeFileSync(file, joined(whole, old, password));
  const alone = await cert(['import', file, '--to', medium(), '--password-file', right], ko);
  assert.equal(alone.code, 0, alone.stderr);
  assert.match(alone.stderr, /^같은 사람의 전자서명용 인증서가 PFX 파일에 없어서 넣지 않은 암호용 인증서: 김철수/m);
});

test('import of several: what refuses one refuses all; where a medium fails in between it is said which are not there', async () => {
  const second = makeCertificate({ into: join(base, 'of-several'), password, name: '김철수()002' });
  const parts = [made, second].map(({ folder }, i) => [folder, join(base, `several-${i}.p12`)]), file = join(base, 'several.p12');
  for (const [folder, out] of parts) assert.equal((await cert(['export', folder, '--out', out, '--form', 'compatible', '--password-file', right])).code, 0);
  writeFileSync(file, joined(parts[0][1], parts[1][1], password));
  const at = medium(), { answer: { folder } } = await json(['copy', second.folder, '--to', at]);
  // One is free, the other has another key.
  const inTheWay = makeCertificate({ into: join(base, 'in-the-way'), password, name: '김철수()002' });
  cpSync(inTheWay.folder, folder, { recursive: true });
  const refused = await json(['import', file, '--to', at, '--password-file', right]);
  assert.deepEqual([refused.answer.problem, refused.answer.folders, refused.answer.unwritten], ['exists', [], undefined]);
  assert.equal((await json(['list', '--root', at])).answer.certificates.length, 1);
  const stranger = makeCertificate({ into: join(base, 'km-in-the-way'), password, km: true, name: '김철수()002' });
  const pair = medium(), there = (await json(['copy', stranger.folder, '--to', pair])).answer.folder;
  const lost = await json(['import', file, '--to', pair, '--password-file', right, '--new-password-file', other, '--replace']);
  assert.deepEqual([lost.answer.problem, lost.answer.folders], ['encryption-lost', []]);
  assert.deepEqual((await json(['list', '--root', pair])).answer.certificates.map((one) => one.folder), [there]);
  // What is not known before: another program comes in between.
  for (const [more, sentence] of [[ko, /^PFX 파일에서 가져왔어요[^]*^넣지 못한 인증서: 김철수[^]*^다른 프로그램이/m], [{ LC_ALL: 'C' }, /^Imported[^]*^Not put there: 김철수[^]*^Another program/m]]) {
    const meanwhile = () => {
      cpSync(second.folder, folder, { recursive: true });
      return 'yes';
    };
    rmSync(folder, { recursive: true });
    cpSync(inTheWay.folder, folder, { recursive: true });
    const half = await terminal(['import', file, '--to', at, '--password-file', right], [meanwhile], more);
    assert.equal(half.code, 4, half.stdout);
    assert.match(half.stdout, sentence);
    const [first] = (await json(['list', '--root', at])).answer.certificates.filter((one) => one.folder !== folder);
    assert.deepEqual(readFileSync(join(first.folder, 'signCert.der')), readFileSync(made.signCert));
    assert.deepEqual(readFileSync(join(folder, 'signCert.der')), readFileSync(second.signCert));
    rmSync(first.folder, { recursive: true });
  }
  // Or the medium is full: nine files are written for the first one.
  const full = await json(['import', file, '--to', medium(), '--password-file', right], { INGAM_FAULT: 'medium-full:10' });
  assert.deepEqual([full.code, full.answer.problem, full.answer.folders.length, full.answer.unwritten], [4, 'not-written', 1, [fingerprint(second.signCert)]]);
  const all = await json(['import', file, '--to', medium(), '--password-file', right]);
  assert.deepEqual([all.answer.problem, all.answer.folders.length, all.answer.unwritten], ['', 2, undefined]);
});
