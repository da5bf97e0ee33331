// cert.test.mjs - ingam cert, run as people and scripts run it.
//
// Belongs here: every verb's answer, exit code, sentence in both languages and
// JSON; bad input; that no password is seen anywhere.
// Not here: kills in the middle of a change (tests/fault/change.test.mjs); the
// formats (tests/unit/npki).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { identity, keyFileOf, makeCertificate } from '../lib/certificate.mjs';
import { another, base, home, ko, other, password, right, secret, secrets } from '../lib/home.mjs';
import { program, root as source, run } from '../lib/service.mjs';
import { terminal as onTerminal } from '../lib/terminal.mjs';

const samples = join(source, 'tests/npki-samples');
const samplePassword = /password[^`]*`([^`]+)`/i.exec(readFileSync(join(samples, 'README.md'), 'utf8'))[1];

const wrong = secret('Wrong7!Qwe', 'wrong');

/** In the home: one certificate with its encryption pair, one that is over. */
const made = makeCertificate({ into: home, password, km: true });
makeCertificate({ into: home, password, name: '김철수()002', days: 10, key: 'ec', form: 'aes' });
const old = join(home, 'NPKI', 'yessign', 'USER', 'old');
mkdirSync(old);
for (const name of ['signCert.der', 'signPri.key']) copyFileSync(join(samples, 'pypinksign', name), join(old, name));
const fingerprint = createHash('sha256').update(readFileSync(made.signCert)).digest('hex');

/** All that was ever said, for the last test. */
const said = [];
const cert = async (args, options = {}) => {
  const done = await run(program('ingam'), ['cert', ...args], { ...options, env: { HOME: home, ...options.env } });
  said.push(...args, done.out);
  return done;
};
const json = async (args, options) => {
  const done = await cert([...args, '--json'], options);
  return { ...done, answer: JSON.parse(done.stdout) };
};

/** The same on a terminal of its own. */
async function terminal(args, { env, ...more } = {}) {
  const done = await onTerminal([program('ingam'), 'cert', ...args], { ...more, env: { HOME: home, ...env } });
  said.push(...args, done.stdout);
  return done;
}

/** What ingam-cert(1) promises of a certificate in JSON. */
const members = { number: 'number', folder: 'string', medium: 'string', key: 'boolean', encryption: 'boolean', ca_certificates: 'boolean', fingerprint: 'string', state: 'string', kind: 'object', use: 'string', holder: 'string', policy: 'string', owner: 'string', issuer: 'string', serial: 'string', not_before: 'number', not_after: 'number' };
const shown = { ...members, usage: 'object', key_type: 'string', key_file: 'string', key_changed: 'number', owner_name: 'string', issuer_organization: 'string', subject: 'string', issuer_name: 'string', signature_algorithm: 'string', notice: 'string', cps: 'string', crl: 'string', ocsp: 'string', authority_key_id: 'string', fingerprint_sha1: 'string' };
const types = (o) => Object.fromEntries(Object.entries(o).map(([name, value]) => [name, typeof value]));

test('list: in a pipe twelve fields a line, the same in both languages', async () => {
  const { code, stdout, stderr } = await cert(['list']);
  assert.equal(code, 0, stderr);
  assert.equal((await cert(['list'], { env: ko })).stdout, stdout);
  const rows = stdout.trimEnd().split('\n').map((line) => line.split('\t'));
  assert.deepEqual(rows.map((row) => row.length), [12, 12, 12]);
  assert.deepEqual(rows.map((row) => row[0]), ['1', '2', '3']);
  const mine = rows.find((row) => row[1] === fingerprint);
  assert.deepEqual([mine[2], mine[4], mine[5], mine[6], mine[8], mine[9], mine[10], mine[11]], ['valid', 'limited', 'person', '홍길동()0010023400506789012345', 'disk', made.folder, 'yes', 'yes']);
  assert.match(mine[3], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(rows.find((row) => row[9] === old).filter((_, i) => i === 2 || i > 9), ['expired', 'yes', 'no']);
});

test('list: whether there is a key to use is a field of its own, and a member', async () => {
  const root = join(base, 'keys');
  for (const [name, key] of [['a', made.signKey], ['b', null], ['c', made.signCert]]) {
    mkdirSync(join(root, name), { recursive: true });
    copyFileSync(made.signCert, join(root, name, 'signCert.der'));
    if (key !== null) copyFileSync(key, join(root, name, 'signPri.key'));
  }
  mkdirSync(join(root, 'd'));
  writeFileSync(join(root, 'd', 'signCert.der'), 'none');
  // A folder in a file's place is there, and no such file.
  mkdirSync(join(root, 'e', 'signPri.key'), { recursive: true });
  copyFileSync(made.signCert, join(root, 'e', 'signCert.der'));
  mkdirSync(join(root, 'f', 'signCert.der'), { recursive: true });
  copyFileSync(made.signKey, join(root, 'f', 'signPri.key'));
  const { stdout } = await cert(['list', '--root', root]);
  const rows = stdout.trimEnd().split('\n').map((line) => line.split('\t'));
  assert.deepEqual(rows.map((row) => row.slice(9, 11)), [['a', 'yes'], ['b', 'no'], ['c', 'unreadable'], ['d', 'no'], ['e', 'unreadable'], ['f', 'yes']].map(([name, key]) => [join(root, name), key]));
  assert.equal(rows[5][2], 'unreadable');
  assert.deepEqual((await json(['list', '--root', root])).answer.certificates.map(({ key }) => key), [true, false, false, false, false, true]);
  assert.deepEqual((await cert(['list', '--root', root], { env: ko })).stdout, stdout);
  for (const [env, key, file] of [[{}, 'unreadable key', /signCert\.der: this is a folder/], [ko, '개인키 읽을 수 없음', /signCert\.der: 파일이 아니라 폴더예요/]]) {
    assert.equal((await terminal(['list', '--root', root], { env: { ...env, NO_COLOR: '1' } })).stdout.match(new RegExp(` ${key}$`, 'gm')).length, 2);
    assert.match((await cert(['show', join(root, 'f')], { env })).stderr, file);
  }
});

test('list: columns for a person, Hangul counted as two cells, colours unless NO_COLOR', async () => {
  const { stdout } = await terminal(['list'], { env: { ...ko, NO_COLOR: '1' } });
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0], /번호 +종류 +이름 +발급자 +끝나는 날 +저장매체/);
  const cells = (text) => [...text].reduce((n, c) => n + (/[가-힣]/.test(c) ? 2 : 1), 0);
  const where = lines.map((line) => cells(line.slice(0, line.search(/끝나는 날|\d{4}-\d\d-\d\d/))));
  assert.equal(new Set(where).size, 1, `${lines.join('\n')} ${where}`);
  assert.ok(lines.some((line) => line.endsWith('만료됨')) && lines.some((line) => line.endsWith('곧 만료')));
  assert.ok(!stdout.includes('\x1b'));
  assert.match((await terminal(['list'])).stdout, /\x1b\[31m.*expired\x1b\[0m/);
});

test('list: no line is wider than the terminal, and what was cut says so', async () => {
  const cells = (text) => [...text].reduce((n, c) => n + (/[가-힣]/.test(c) ? 2 : 1), 0);
  for (const [columns, env] of [[80, ko], [80, {}], [100, ko], [70, ko]]) {
    const { stdout } = await terminal(['list'], { env: { ...env, NO_COLOR: '1' }, columns });
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 4, stdout);
    for (const line of lines) assert.ok(cells(line) <= columns, `${cells(line)} of ${columns}: ${line}`);
    // Kinds give way before names do, and tell people from companies as long as they can.
    assert.match(stdout, / 홍길동 /);
    if (columns < 100) assert.match(stdout, /\.\. /);
    if (columns >= 80) assert.match(stdout, env === ko ? /용도제한 개인/ : /Personal, l/);
    // Never what a person needs to tell one from another.
    for (const line of lines.slice(1)) assert.match(line, /^ +\d .* \d{4}-\d\d-\d\d /);
  }
  // Where even that is too wide, kinds and issuers are left out: a name and a day tell most.
  for (const [env, heading] of [[ko, /^번호 +이름 +끝나는 날 +저장매체$/], [{}, /^No\. +Owner +Until +Medium$/]]) {
    const lines = (await terminal(['list'], { env: { ...env, NO_COLOR: '1' }, columns: 52 })).stdout.trimEnd().split('\n');
    assert.match(lines[0], heading);
    for (const line of lines) assert.ok(cells(line) <= 52, `${cells(line)}: ${line}`);
    for (const line of lines.slice(1)) assert.match(line, /^ +\d  (홍길동|김철수|HKD).* \d{4}-\d\d-\d\d /);
  }
  /* The name, as the pages show it; the number that the CA has put behind it is in "show". */
  assert.match((await terminal(['list'], { columns: 200 })).stdout, / 홍길동 +Ingam test CA /);
  /* The issuer, as people know it; which of its names it is stands in "show". */
  for (const [env, issuer, row] of [[ko, '금융결제원', '발급자'], [{}, 'yessign', 'Issuer']]) {
    assert.match((await terminal(['list'], { env, columns: 200 })).stdout, new RegExp(` HKD +${issuer} `));
    assert.match((await terminal(['show', '3'], { env, columns: 200 })).stdout, new RegExp(`${row} +${issuer} \\(yessignCA-Test Class 4\\)`));
  }
});

test('list: without its key it is called that, unless it is over', async () => {
  const alone = join(base, 'keyless');
  for (const name of ['soon', 'over', 'good']) mkdirSync(join(alone, name), { recursive: true });
  const soon = makeCertificate({ into: join(base, 'keyless-made'), password, days: 10, key: 'ec' });
  copyFileSync(soon.signCert, join(alone, 'soon', 'signCert.der'));
  copyFileSync(join(samples, 'pypinksign', 'signCert.der'), join(alone, 'over', 'signCert.der'));
  copyFileSync(made.signCert, join(alone, 'good', 'signCert.der'));
  const { stdout } = await terminal(['list', '--root', alone], { env: { NO_COLOR: '1' }, columns: 200 });
  assert.deepEqual(stdout.match(/(no key|expired|expires soon)$/gm).sort(), ['expired', 'no key', 'no key']);
});

test('list --json: the members that the manual page names, and no other', async () => {
  const { code, answer } = await json(['list']);
  assert.equal(code, 0);
  assert.deepEqual(Object.keys(answer).sort(), ['certificates', 'cut', 'problem', 'unread']);
  for (const one of answer.certificates) assert.deepEqual(types(one), members);
  const page = readFileSync(join(source, 'man/ingam-cert.1'), 'utf8');
  for (const name of Object.keys(shown)) assert.match(page, new RegExp(`^\\.(Ql|Pq.*) ${name}\\b`, 'm'), name);
});

test('list: what is no certificate is listed as such; nothing at all is exit 3', async () => {
  const odd = join(base, 'odd');
  mkdirSync(odd);
  writeFileSync(join(odd, 'signCert.der'), 'no certificate');
  const { code, stdout } = await cert(['list', '--root', odd]);
  assert.equal(code, 0);
  assert.match(stdout, /^1\t\tunreadable\t{6}folder\t/);
  rmSync(odd, { recursive: true });
  mkdirSync(odd);
  const none = await json(['list', '--root', odd]);
  assert.equal(none.code, 3);
  assert.deepEqual(none.answer, { certificates: [], cut: false, unread: [], problem: 'no-certificate', folder: odd });
  assert.match((await cert(['list', '--root', odd], { env: ko })).stderr, new RegExp(`^그 폴더에서 인증서를 찾지 못했어요: ${odd}\n$`));
  assert.equal((await cert(['list', '--root', odd], { env: { LC_ALL: 'C' } })).stderr, `No certificate found in that folder: ${odd}\n`);
});

test('show: by number, fingerprint, folder, and asked for', async () => {
  const { answer } = await json(['list']);
  const number = answer.certificates.find((one) => one.fingerprint === fingerprint).number;
  for (const which of [String(number), fingerprint.slice(0, 8), fingerprint.toUpperCase(), made.folder]) {
    const one = await json(['show', which]);
    assert.equal(one.code, 0, one.stderr);
    assert.equal(one.answer.certificate.fingerprint, fingerprint);
    assert.deepEqual(types(one.answer.certificate), shown);
  }
  const asked = await terminal(['show'], { answers: [number] });
  assert.match(asked.stdout, new RegExp(fingerprint));
  const several = await json(['show']);
  assert.deepEqual([several.code, several.answer.problem, several.answer.certificates.length], [2, 'several-certificates', 3]);
  for (const which of ['9', '0', '00000000', 'x']) {
    const none = await json(['show', which]);
    assert.deepEqual([none.code, none.answer.problem], [2, 'no-such-certificate'], which);
  }
});

test('show: the facts, for people and for scripts', async () => {
  const { stdout } = await cert(['show', old]);
  assert.match(stdout, /^key\tRSA-2048$/m);
  assert.match(stdout, /^key-file\tSEED-CBC, PBKDF1-SHA1, 2048$/m);
  assert.match(stdout, /^usage\tdigital-signature, non-repudiation$/m);
  assert.match(stdout, /^not-after\t2020-03-25T14:59:59Z$/m);
  const sha1 = createHash('sha1').update(readFileSync(join(old, 'signCert.der'))).digest('hex');
  assert.match(stdout, new RegExp(`^fingerprint-sha1\t${sha1}$`, 'm'));
  assert.match(stdout, /^subject\tcn=HKD\(KILDONG\.HONG\)009104120200225191000030,ou=.*,o=yessign,c=kr$/m);
  assert.match(stdout, /^signature-algorithm\tsha256WithRSAEncryption$/m);
  for (const fact of ['crl', 'authority-key', 'cps']) assert.match(stdout, new RegExp(`^${fact}\t.`, 'm'));
  const person = (await terminal(['show', old], { env: ko })).stdout;
  assert.match(person, /용도제한 개인 \(은행·카드·보험\)/);
  assert.doesNotMatch(person, /6개월/);
  execFileSync('touch', ['-d', '200 days ago', join(old, 'signPri.key')]);
  assert.match((await terminal(['show', old], { env: ko })).stdout, /비밀번호를 6개월 넘게 바꾸지 않았어요/);
});

test('show: a hostile name cannot redraw the terminal', async () => {
  const odd = join(base, 'esc\x1b[31m\u202etxt');
  cpSync(old, odd, { recursive: true });
  const { stdout } = await cert(['show', odd]);
  assert.ok(!stdout.includes('\x1b') && !stdout.includes('\u202e'));
  rmSync(odd, { recursive: true });
});

test('check-password: right, wrong, and of the encryption key, too', async () => {
  assert.deepEqual(await json(['check-password', made.folder, '--password-file', right]), { code: 0, stdout: '{"problem":""}\n', stderr: '', out: '{"problem":""}\n', answer: { problem: '' } });
  assert.equal((await cert(['check-password', made.folder, '--password-file', right], { env: ko })).stdout, '비밀번호가 맞아요 (홍길동).\n');
  const no = await cert(['check-password', made.folder, '--password-file', wrong], { env: ko });
  assert.deepEqual([no.code, no.stdout, no.stderr], [1, '', '비밀번호가 맞지 않아요.\n']);
  assert.equal((await json(['check-password', made.folder, '--password-file', wrong])).answer.problem, 'wrong-password');
  const mixed = join(base, 'mixed');
  cpSync(made.folder, mixed, { recursive: true });
  execFileSync('openssl', ['pkcs8', '-topk8', '-inform', 'DER', '-in', join(made.folder, 'kmPri.key'), '-passin', `pass:${password}`, '-outform', 'DER', '-out', join(mixed, 'kmPri.key'), '-passout', 'pass:another', '-provider', 'legacy', '-provider', 'default']);
  assert.equal((await cert(['check-password', mixed, '--password-file', right])).code, 1);
});

test('check-password: every sample, and typed on a terminal', async () => {
  const file = secret(samplePassword, 'sample');
  const one = join(base, 'one');
  for (const key of ['pypinksign/signPri.key', ...readdirSync(join(samples, 'derived')).map((name) => `derived/${name}`)]) {
    rmSync(one, { recursive: true, force: true });
    mkdirSync(one);
    copyFileSync(join(samples, 'pypinksign/signCert.der'), join(one, 'signCert.der'));
    copyFileSync(join(samples, key), join(one, 'signPri.key'));
    assert.equal((await cert(['check-password', one, '--password-file', file])).code, 0, key);
    assert.equal((await cert(['check-password', one, '--password-file', wrong])).code, 1, key);
  }
  const typed = await terminal(['check-password', made.folder], { answers: [password] });
  assert.match(typed.stdout, /\nThe password is right \(.+\)\.\n$/);
  assert.ok(!typed.stdout.includes(password), 'it is not echoed');
});

test('check-password: a key file that opens, and of whose numbers one is not as it was', async () => {
  const word = 'Number1!Qw', file = secret(word, 'number');
  for (const key of ['rsa:2048', 'rsa:1024', 'ec']) {
    const at = mkdtempSync(join(base, 'number-'));
    const { folder, signKey } = makeCertificate({ into: at, key, password: word });
    const info = execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-provider', 'legacy', '-provider', 'default', '-in', signKey, '-passin', `pass:${word}`]);
    const clear = Buffer.from(execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER'], { input: info }));
    assert.equal((await cert(['check-password', folder, '--password-file', file])).code, 0, key);
    // The last octet of an RSA key is of qi; that of the number on a curve stands behind its length.
    const scalar = clear.indexOf(Buffer.from('0201010420', 'hex'));
    clear[scalar < 0 ? clear.length - 1 : scalar + 5 + 31] ^= 2;
    writeFileSync(signKey, keyFileOf(clear, word));
    assert.equal((await cert(['check-password', folder, '--password-file', file])).code, 3, key);
  }
});

test('a wrong password that is typed may be typed again, three times in all', async () => {
  const out = join(base, 'thrice.p12'), signed = join(base, 'thrice.p7m');
  const again = /비밀번호가 맞지 않아요\. 다시 입력해 주세요\.\n/g;
  assert.equal((await cert(['export', made.folder, '--out', out, '--password-file', right])).code, 0);
  const at = mkdtempSync(join(base, 'thrice-'));
  for (const words of [['cert', 'check-password', made.folder], ['cert', 'import', out, '--to', at], ['sign', '--certificate', fingerprint, '--out', signed, out]]) {
    const run = (answers) => onTerminal([program('ingam'), ...words], { env: { HOME: home, ...ko }, answers });
    const never = await run(['Wrong1!Qw', '', 'Wrong3!Qw']);
    assert.deepEqual([never.code, never.stdout.match(again)?.length], [1, 2], never.stdout);
    assert.match(never.stdout, /^비밀번호가 맞지 않아요\.(?! 다시)[^\n]*\n$/m);
    const third = await run(['Wrong1!Qw', 'Wrong2!Qw', password]);
    assert.deepEqual([third.code, third.stdout.match(again)?.length], [0, 2], third.stdout);
  }
  const english = await terminal(['check-password', made.folder], { env: { LC_ALL: 'C' }, answers: ['Wrong1!Qw', password] });
  assert.match(english.stdout, /The password is wrong\. Type it again\.\n[^]*The password is right/);
});

/** What is wrong with the key file, and how it is told: field and reason. */
const broken = [
  ['cut short', (bytes) => bytes.subarray(0, 700), 'unreadable', /signPri\.key|key/],
  ['empty of sense', () => Buffer.from('0 bytes of DER'), 'unreadable', /./],
  ['too large', () => Buffer.alloc(20000, 0x30), 'unreadable', /^signPri\.key larger than 16 KiB$/],
  ['no key file by far', () => Buffer.alloc(70000, 0x30), 'unreadable', /^signPri\.key larger than 64 KiB$/],
  ['an unknown algorithm', (bytes) => Buffer.from(bytes.toString('latin1').replace('\x2a\x83\x1a\x8c\x9a\x44\x01\x0f', '\x2a\x83\x1a\x8c\x9a\x44\x01\x7f'), 'latin1'), 'unreadable', /1\.2\.410\.200004\.1\.127/],
];
for (const [name, change, problem, reason] of broken) {
  test(`check-password: a key file that is ${name}: exit 3, and why`, async () => {
    const odd = join(base, 'broken');
    cpSync(old, odd, { recursive: true });
    const before = readFileSync(join(old, 'signPri.key'));
    const after = change(before);
    assert.notDeepEqual(before, after);
    writeFileSync(join(odd, 'signPri.key'), after);
    const { code, answer } = await json(['check-password', odd, '--password-file', right]);
    assert.deepEqual([code, answer.problem], [3, problem]);
    assert.ok(answer.field !== '');
    assert.match(`${answer.field} ${answer.reason}`, reason);
    const told = await cert(['check-password', odd, '--password-file', right]);
    assert.equal(told.code, 3);
    assert.ok(told.stderr.includes(answer.reason), told.stderr);
    rmSync(odd, { recursive: true });
  });
}

for (const [name, bytes] of [['cut short', (all) => all.subarray(0, 900)], ['empty', () => Buffer.alloc(0)], ['no certificate', () => Buffer.from('x'.repeat(500))]]) {
  test(`show: a certificate that is ${name}: exit 3, and where`, async () => {
    const odd = join(base, 'broken');
    cpSync(old, odd, { recursive: true });
    writeFileSync(join(odd, 'signCert.der'), bytes(readFileSync(join(old, 'signCert.der'))));
    const { code, answer } = await json(['show', odd]);
    assert.deepEqual([code, answer.problem, answer.field], [3, 'unreadable', 'signCert.der']);
    assert.match((await cert(['show', odd], { env: ko })).stderr, /^파일이 맞지 않거나 깨졌어요 \(.*\/broken: signCert\.der: .+\)\.$/m);
    rmSync(odd, { recursive: true });
  });
}

test('what cannot be read: its folder in the list, and why beside the key file', async () => {
  const where = join(base, 'unread'), odd = join(where, 'odd');
  cpSync(old, join(where, 'good'), { recursive: true });
  cpSync(old, odd, { recursive: true });
  writeFileSync(join(odd, 'signPri.key'), 'no key');
  assert.match((await cert(['show', odd], { env: ko })).stdout, /^key-file\tunreadable$/m);
  assert.match((await terminal(['show', odd], { env: { LC_ALL: 'C.UTF-8' } })).stdout, /^Key file +cannot be read: not /m);
  assert.match((await terminal(['show', odd], { env: ko })).stdout, /^개인키 파일 +읽지 못했어요: 개인키 파일이 아니에요/m);
  writeFileSync(join(odd, 'signCert.der'), 'no certificate');
  const { stdout } = await terminal(['list', '--root', where], { env: ko });
  assert.match(stdout, new RegExp(`읽을 수 없음[^\n]*\n {6}${odd}\n`));
  assert.ok(!stdout.includes(join(where, 'good')), stdout);
});

test('check-password: nothing to ask on, no key, no file', async () => {
  const none = await json(['check-password', made.folder]);
  assert.deepEqual([none.code, none.answer.problem], [2, 'no-terminal']);
  const odd = join(base, 'nokey');
  mkdirSync(odd);
  copyFileSync(made.signCert, join(odd, 'signCert.der'));
  const no = await json(['check-password', odd, '--password-file', right]);
  assert.deepEqual([no.code, no.answer.problem], [3, 'no-key']);
  // Nor does it go over one that has its key.
  const stick = join(base, 'stick-nokey');
  mkdirSync(stick);
  const over = await json(['copy', odd, '--to', stick, '--replace']);
  assert.deepEqual([over.code, over.answer.problem], [3, 'no-key']);
  assert.deepEqual(readdirSync(stick), []);
  const file = await json(['check-password', made.folder, '--password-file', join(base, 'nowhere')]);
  assert.deepEqual([file.code, file.answer.problem, file.answer.field], [3, 'unreadable', join(base, 'nowhere')]);
  assert.equal(existsSync(join(base, 'nowhere')), false);
});

/** A copy of the certificate with both pairs, to be changed. */
let copies = 0;
function copied() {
  const to = join(base, `copy-${copies++}`);
  cpSync(made.folder, to, { recursive: true });
  return to;
}
const files = (folder) => Object.fromEntries(readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name)).toString('hex')]));
const change = (folder, ...more) => json(['change-password', folder, '--password-file', right, '--new-password-file', other, ...more]);

test('change-password: both key files, and the rest as it was', async () => {
  const folder = copied();
  const before = files(folder);
  const { code, answer, stderr } = await change(folder);
  assert.equal(code, 0, stderr);
  assert.equal(answer.problem, '');
  const after = files(folder);
  assert.deepEqual(Object.keys(after), Object.keys(before));
  for (const name of Object.keys(before)) assert.equal(after[name] === before[name], name.endsWith('.der'), name);
  assert.equal((await cert(['check-password', folder, '--password-file', other])).code, 0);
  assert.equal((await cert(['check-password', folder, '--password-file', right])).code, 1);
  for (const key of ['signPri.key', 'kmPri.key']) {
    const open = (path, pass) => execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', path, '-passin', `pass:${pass}`, '-provider', 'legacy', '-provider', 'default']).toString();
    assert.equal(open(join(folder, key), 'Other9#Xyw'), open(join(made.folder, key), password), key);
  }
});

/** Every form, and what the file then says of itself. */
const forms = { 'seed-sha1': 'SEED-CBC, PBKDF1-SHA1, 2048', 'pbes2-seed': 'SEED-CBC, PBKDF2-SHA1, 2048', 'pbes2-seed-sha256': 'SEED-CBC, PBKDF2-SHA256, 2048', 'pbes2-aes': 'AES-256-CBC, PBKDF2-SHA256, 100000', 'pbes2-aria': 'ARIA-256-CBC, PBKDF2-SHA256, 100000' };
for (const [form, said] of Object.entries(forms)) {
  test(`change-password --form ${form}: ${said}`, async () => {
    const folder = copied();
    const { answer } = await change(folder, '--form', form);
    assert.deepEqual([answer.key_file, answer.km_key_file], [said, said]);
    assert.match((await cert(['show', folder])).stdout, new RegExp(`^key-file\t${said}$`, 'm'));
    assert.equal((await cert(['check-password', folder, '--password-file', other])).code, 0);
  });
}

test('change-password: a form that is no longer written becomes the usual one, and it is said', async () => {
  const folder = join(base, 'fixed-iv');
  mkdirSync(folder);
  copyFileSync(join(samples, 'pypinksign/signCert.der'), join(folder, 'signCert.der'));
  copyFileSync(join(samples, 'derived/signPri-seedCBC-fixedIV.key'), join(folder, 'signPri.key'));
  const { code, stdout } = await cert(['change-password', folder, '--password-file', secret(samplePassword, 'sample'), '--new-password-file', other]);
  assert.equal(code, 0);
  assert.match(stdout, /^signPri\.key is encrypted by: SEED-CBC, PBKDF1-SHA1, fixed IV, 2048 -> SEED-CBC, PBKDF1-SHA1, 2048\.$/m);
});

test('change-password: the form of each key file is said where it was asked for or is not the same', async () => {
  const aes = forms['pbes2-aes'], seed = forms['pbes2-seed-sha256'], folder = copied();
  const changed = async (from, to, more = [], env = {}) => (await cert(['change-password', folder, '--password-file', from, '--new-password-file', to, ...more], { env })).stdout.split('\n').filter((line) => /^\w+\.key/.test(line));
  assert.deepEqual(await changed(right, other), []);
  assert.deepEqual(await changed(other, right, ['--form', 'pbes2-aes']), ['signPri.key', 'kmPri.key'].map((name) => `${name} is encrypted by: ${seed} -> ${aes}.`));
  assert.deepEqual(await changed(right, right, ['--form', 'pbes2-aes'], ko), ['signPri.key', 'kmPri.key'].map((name) => `${name} 암호 형식: ${aes}.`));
  copyFileSync(join(made.folder, 'kmPri.key'), join(folder, 'kmPri.key'));
  assert.deepEqual(await changed(right, other), [`signPri.key is encrypted by: ${aes}.`, `kmPri.key is encrypted by: ${seed}.`]);
  rmSync(join(folder, 'kmPri.key'));
  assert.deepEqual(await changed(other, right, ['--form', 'seed-sha1']), [`signPri.key is encrypted by: ${aes} -> ${forms['seed-sha1']}.`]);
});

/** New passwords that are refused, and the words of the rules they break. */
const refused = [['Short1!', ['length']], ['onlyletters', ['kinds']], ["Quote7'Qwex", ['characters']], ['Abc9!wxQwe', ['run']], ['aaa9!wxQwe', ['repeat']], ['', ['length', 'kinds']]];
for (const [word, rules] of refused) {
  test(`change-password: "${word}" breaks ${rules}: exit 5, a sentence for each, nothing changed`, async () => {
    const folder = copied();
    const before = files(folder);
    const args = ['change-password', folder, '--password-file', right, '--new-password-file', secret(word, 'refused')];
    const { code, answer } = await json(args);
    assert.deepEqual([code, answer.problem], [5, 'password-rules']);
    for (const rule of rules) assert.ok(answer.rules.includes(rule), `${answer.rules}`);
    const told = await cert(args, { env: ko });
    assert.equal(told.stderr.trimEnd().split('\n').length, answer.rules.length + 1, told.stderr);
    assert.match(told.stderr, /아무것도 바꾸지 않았어요/);
    assert.deepEqual(files(folder), before);
  });
}

test('change-password: the password that it has is no new one, but for another form', async () => {
  const folder = copied();
  const before = files(folder);
  const args = ['change-password', folder, '--password-file', right, '--new-password-file', right];
  const { code, answer } = await json(args);
  assert.deepEqual([code, answer.problem], [5, 'password-same']);
  assert.match((await cert(args, { env: ko })).stderr, /^새 비밀번호가 지금 비밀번호와 같아요\. 아무것도 바꾸지 않았어요\. 다른 비밀번호로 정해 주세요\.$/m);
  assert.deepEqual(files(folder), before);
  const typed = await terminal(['change-password', folder], { env: ko, answers: [password, password, 'Other9#Xyw', 'Other9#Xyw'] });
  assert.match(typed.stdout, /지금 비밀번호와 같아요\. 다른 비밀번호로 정해 주세요\.\r?\n[^]*비밀번호를 바꿨어요/);
  const again = ['change-password', folder, '--password-file', other, '--new-password-file', other, '--form', 'pbes2-aes'];
  assert.equal((await cert(again)).code, 0);
});

test('whoever stops is told that nothing was changed where something would have been', async () => {
  for (const [env, stopped, unchanged] of [[{}, 'Stopped.', 'Nothing was changed.'], [ko, '그만두었어요.', '아무것도 바꾸지 않았어요.']]) {
    for (const verb of ['check-password', 'change-password']) {
      const { code, stdout } = await terminal([verb, fingerprint], { env, answers: ['\x04'] });
      assert.equal(code, 5, stdout);
      assert.equal(stdout.trimEnd().split('\n').at(-1), verb === 'change-password' ? `${stopped} ${unchanged}` : stopped);
    }
  }
});

test('change-password: typed, the new one twice', async () => {
  const folder = copied();
  const before = files(folder), two = ['Other9#Xyw', 'Other9#Xyv'];
  const differ = await terminal(['change-password', folder], { env: ko, answers: [password, ...two, ...two, ...two] });
  assert.equal(differ.code, 1);
  assert.equal(differ.stdout.match(/새 비밀번호가 서로 달라요\. 다시 정해 주세요\./g).length, 2);
  assert.match(differ.stdout, /새 비밀번호가 서로 달라요\. 아무것도 바꾸지 않았어요\.\n$/);
  const weak = await terminal(['change-password', folder], { env: ko, answers: [password, '', 'weak', 'weak'] });
  assert.equal(weak.code, 5);
  assert.equal(weak.stdout.match(/10자에서 30자까지로/g).length, 3);
  assert.match(weak.stdout, /쓸 수 없는 새 비밀번호예요\. 아무것도 바꾸지 않았어요\.\n$/);
  assert.deepEqual(files(folder), before);
  const good = await terminal(['change-password', folder, '--json'], { env: ko, answers: [password, 'weak', ...two, 'Other9#Xyw', 'Other9#Xyw'] });
  assert.equal(good.code, 0, good.stdout);
  assert.match(good.stdout, /^\{"key_file":"[^"]*","km_key_file":"[^"]*","problem":""\}$/m);
  assert.equal((await cert(['check-password', folder, '--password-file', other])).code, 0);
});

test('change-password: two keys of two passwords are opened each with its own, and have one again', async () => {
  for (const [key, first, second] of [['kmPri.key', password, 'Km9!canary'], ['signPri.key', password, 'Sign9!canary']]) {
    const folder = copied(), path = join(folder, key);
    execFileSync('openssl', ['pkcs8', '-topk8', '-inform', 'DER', '-in', join(made.folder, key), '-passin', `pass:${first}`, '-outform', 'DER', '-out', path, '-passout', `pass:${second}`, '-provider', 'legacy', '-provider', 'default']);
    const before = files(folder);
    const alone = await cert(['change-password', folder, '--password-file', right, '--new-password-file', other], { env: ko });
    assert.deepEqual([alone.code, files(folder)], [1, before]);
    assert.match(alone.stderr, new RegExp(`서로 다르다면 터미널에서 ingam cert change-password로 같게 해 주세요 \\(${key.replace('.', '\\.')}\\)\\.`));
    const stopped = await terminal(['change-password', folder], { env: ko, answers: [password, 'Wrong1!Qw', 'Wrong2!Qw', 'Wrong3!Qw'] });
    assert.deepEqual([stopped.code, files(folder)], [1, before], stopped.stdout);
    // The password that one of them has may be the one of both.
    const done = await terminal(['change-password', folder], { env: ko, answers: [first, 'Wrong1!Qw', second, password, password] });
    assert.equal(done.code, 0, done.stdout);
    assert.match(done.stdout, new RegExp(`두 개인키의 비밀번호가 서로 달라요\\. [^]*\\(${key.replace('.', '\\.')}\\)의 비밀번호: [^]*다시 입력해 주세요[^]*비밀번호를 바꿨어요`));
    assert.equal((await cert(['check-password', folder, '--password-file', right])).code, 0);
    for (const name of ['signPri.key', 'kmPri.key']) execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', join(folder, name), '-passin', `pass:${password}`, '-provider', 'legacy', '-provider', 'default'], { stdio: 'pipe' });
  }
});

test('change-password: that it was changed is said, and where not', async () => {
  const folder = copied();
  const good = await terminal(['change-password', folder], { env: ko, answers: [password, 'Other9#Xyw', 'Other9#Xyw'] });
  assert.match(good.stdout, /비밀번호를 바꿨어요 \(홍길동\)\. 다른 저장매체/);
  for (const secretWord of [password, 'Other9#Xyw']) assert.ok(!good.stdout.includes(secretWord));
});

test('change-password: wrong, missing and unknown things change nothing', async () => {
  const folder = copied();
  const before = files(folder);
  const no = await cert(['change-password', folder, '--password-file', wrong, '--new-password-file', other], { env: ko });
  assert.deepEqual([no.code, no.stderr], [1, '비밀번호가 맞지 않아요.\n']);
  const alone = await json(['change-password', folder, '--password-file', right]);
  assert.deepEqual([alone.code, alone.answer.problem, alone.answer.option], [2, 'no-terminal', '--new-password-file']);
  for (const form of ['pkcs12-3des', 'rot13']) assert.equal((await cert(['change-password', folder, '--form', form])).code, 2);
  assert.deepEqual(files(folder), before);
});

test('change-password: a full disk: exit 4, the old files untouched', async () => {
  const folder = copied();
  const before = files(folder);
  const full = await json(['change-password', folder, '--password-file', right, '--new-password-file', other], { env: { INGAM_FAULT: 'medium-full' } });
  assert.deepEqual([full.code, full.answer.problem, full.answer.reason], [4, 'not-written', 'No space left on device']);
  assert.deepEqual(files(folder), before);
});

test('copy: of what it made on a full medium nothing is left, and what was there stays', async () => {
  for (const [name, ...there] of [['full'], ['full-npki', 'NPKI'], ['full-ca', 'NPKI', 'yessign', 'USER']]) {
    const at = join(base, name);
    mkdirSync(join(at, ...there), { recursive: true });
    const full = await json(['copy', made.folder, '--to', at], { env: { INGAM_FAULT: 'medium-full' } });
    assert.deepEqual([full.code, full.answer.problem], [4, 'not-written']);
    assert.deepEqual(readdirSync(join(at, ...there)), [], name);
    assert.equal((await json(['copy', made.folder, '--to', at])).code, 0);
  }
});

test('copy: to where it belongs on the medium, all files, and not over another without asking', async () => {
  const stick = join(base, 'stick');
  mkdirSync(join(stick, 'npki', 'yessign', 'User'), { recursive: true });
  const { code, answer } = await json(['copy', made.folder, '--to', stick]);
  assert.equal(code, 0);
  assert.match(answer.folder, /\/stick\/npki\/[^/]+\/[Uu](?:ser|SER)\/cn=홍길동\(\)0010023400506789012345,ou=personal4IB,o=Ingam test CA,c=kr$/);
  assert.deepEqual(files(answer.folder), files(made.folder));
  const again = await json(['copy', made.folder, '--to', join(stick, 'npki')]);
  assert.deepEqual([again.code, again.answer.problem], [0, 'already']);
  // Its successor has the same name.
  const next = makeCertificate({ into: join(base, 'next'), password, km: true });
  for (const deep of [dirname(dirname(answer.folder)), dirname(answer.folder), answer.folder])
    assert.equal((await json(['copy', made.folder, '--to', deep])).answer.problem, 'already');
  assert.equal(existsSync(join(dirname(answer.folder), 'NPKI')), false);
  assert.equal((await json(['copy', next.folder, '--to', stick])).answer.problem, 'exists');
  assert.equal((await cert(['copy', next.folder, '--to', stick], { env: ko })).stderr.split('\n').at(-2), '거기에 같은 이름의 인증서가 있어요. 바꾸려면 --replace를 붙여 주세요.');
  assert.deepEqual(files(answer.folder), files(made.folder));
  const no = await terminal(['copy', next.folder, '--to', stick], { env: ko, answers: ['아니요'] });
  assert.equal(no.code, 5, no.stdout);
  assert.match(no.stdout, /바꾸면 되살릴 수 없어요[^]*아무것도 바꾸지 않았어요/);
  assert.equal((await json(['copy', next.folder, '--to', stick, '--replace'])).code, 0);
  assert.deepEqual(files(answer.folder), files(next.folder));
  const nowhere = await json(['copy', made.folder, '--to', join(base, 'unplugged')]);
  assert.deepEqual([nowhere.code, nowhere.answer], [3, { problem: 'no-folder', folder: join(base, 'unplugged') }]);
  assert.equal(existsSync(join(base, 'unplugged')), false);
});

test('copy: what is said of its password has a sentence of its own', async () => {
  for (const [env, words] of [[ko, /^복사했어요 \(홍길동, \d{4}-\d\d-\d\d까지\): \/[^:]+\n비밀번호는 원래 인증서와 같아요\. 나중에 바꾸면 바꾼 저장매체에서만 달라져요\.\n$/], [{ LC_ALL: 'C' }, /^Copied \(홍길동, until \d{4}-\d\d-\d\d\): \/[^:]+\nIt has the same password\. Changing it later changes it on that medium alone\.\n$/]]) {
    const at = join(base, `said-${env.LC_ALL}`);
    mkdirSync(at);
    assert.match((await cert(['copy', made.folder, '--to', at], { env })).stdout, words);
  }
});

test('copy: onto itself changes nothing', async () => {
  const at = join(base, 'self');
  const { answer } = await json(['copy', made.folder, '--to', (mkdirSync(at), at)]);
  const before = files(answer.folder);
  const times = () => readdirSync(answer.folder).map((name) => statSync(join(answer.folder, name)).ctimeMs);
  const written = times();
  for (const more of [['--replace'], []]) {
    const again = await json(['copy', answer.folder, '--to', at, ...more]);
    assert.deepEqual([again.code, again.answer.problem, again.answer.folder, again.answer.replaced, again.answer.kept], [0, 'already', answer.folder, [], []]);
  }
  // The copy that is there is not written once more from elsewhere, either.
  assert.equal((await json(['copy', made.folder, '--to', at])).answer.problem, 'already');
  const said = await terminal(['copy', answer.folder, '--to', at], { env: ko, answers: [] });
  assert.equal(said.code, 0, said.stdout);
  assert.match(said.stdout, /그 인증서는 이미 거기에 있어요\./);
  assert.doesNotMatch(said.stdout, /바꿀까요|복사했어요/);
  assert.deepEqual([files(answer.folder), times()], [before, written]);
  // With another password its key file is another one, and would be lost.
  writeFileSync(join(answer.folder, 'signPri.key'), 'another');
  assert.equal((await json(['copy', made.folder, '--to', at])).answer.problem, 'exists');
});

test('of several: lines that look alike have serial number and folder below, and a number is asked for again', async () => {
  const root = join(base, 'alike');
  const two = ['one', 'two'].map((name) => makeCertificate({ into: join(root, name), password }));
  makeCertificate({ into: join(root, 'three'), password, name: '김철수()003' });
  const { stdout, code } = await terminal(['show', '--root', root], { env: ko, answers: ['0\nx\n2'] });
  assert.equal(code, 0, stdout);
  for (const one of two) assert.match(stdout, new RegExp(`^ +일련번호 [0-9a-f]+, .*${one.folder.slice(-40).replace(/[()]/g, '\\$&')}$`, 'm'));
  assert.equal(stdout.match(/^ +일련번호/gm).length, 2, 'not below the one that looks like no other');
  assert.equal(stdout.match(/목록에 없는 번호예요/g).length, 2);
  const stopped = await terminal(['show', '--root', root], { env: ko, answers: ['\x04'] });
  assert.equal(stopped.code, 5);
  assert.match(stopped.stdout, /^번호: \n+그만두었어요\.$/m);
  const wrong = await terminal(['show', '--root', root], { answers: [`9\n${'9'.repeat(200)}\n9`] });
  assert.equal(wrong.code, 2, wrong.stdout);
  assert.equal(wrong.stdout.match(/Number: /g).length, 3);
});

test('delete: says what stops, where a copy is, and asks', async () => {
  const folder = copied();
  writeFileSync(join(folder, 'mine.txt'), 'x');
  const before = files(folder);
  const no = await terminal(['delete', folder], { env: ko, answers: ['아니요'] });
  assert.equal(no.code, 5);
  assert.match(no.stdout, /로그인하거나 전자서명할 수 없어요\.$/m);
  assert.match(no.stdout, /암호화된 문서도/);
  assert.ok(no.stdout.includes(`다른 곳에 있는 같은 인증서: ${made.folder}`), no.stdout);
  assert.deepEqual(files(folder), before);
  const quiet = await json(['delete', folder]);
  assert.deepEqual([quiet.code, quiet.answer.problem, quiet.answer.option], [2, 'no-terminal', '--yes']);
  assert.deepEqual(files(folder), before);
  const yes = await terminal(['delete', folder], { answers: ['yes'] });
  assert.equal(yes.code, 0);
  assert.ok(yes.stdout.includes(`Another copy: ${made.folder}`), yes.stdout);
  assert.deepEqual(readdirSync(folder), ['mine.txt']);
  const alone = copied();
  const { answer } = await json(['delete', alone, '--yes']);
  assert.deepEqual([answer.problem, types(answer.deleted), answer.deleted.fingerprint, answer.deleted.folder], ['', members, fingerprint, alone]);
  assert.equal(existsSync(alone), false);
});

test('delete: the last copy is said to be the last', async () => {
  const own = join(base, 'last'), last = makeCertificate({ into: own, password, key: 'ec', form: 'aes' });
  const no = await terminal(['delete', last.folder], { env: ko, answers: ['n'] });
  assert.match(no.stdout, /늘 있는 곳에서는 같은 인증서를 더 찾지 못했어요\. 따로 복사해 둔 것이 없다면 다시 쓸 때 발급기관에서 재발급받아야 해요/);
  assert.doesNotMatch(no.stdout, /암호화된 문서도/);
  // Neither it itself nor a certificate without its key is another copy.
  const bare = join(own, 'NPKI/yessign/USER/bare');
  mkdirSync(bare, { recursive: true });
  copyFileSync(last.signCert, join(bare, 'signCert.der'));
  const alone = await terminal(['delete', last.folder], { env: { HOME: own }, answers: ['n'] });
  assert.match(alone.stdout, /No other copy was found in the usual places\. Unless you have one elsewhere, it has to be reissued to be used again\./);
  assert.doesNotMatch(alone.stdout, /Another copy/);
});

test('delete: of what nobody can sign with, that is said, and what is lost all the same', async () => {
  const asked = async (folder) => (await terminal(['delete', folder], { env: { HOME: join(base, 'last') }, answers: ['n'] })).stdout;
  const over = join(base, 'over');
  mkdirSync(over);
  copyFileSync(join(samples, 'pypinksign/signCert.der'), join(over, 'signCert.der'));
  copyFileSync(join(samples, 'derived/signPri-seedCBC-fixedIV.key'), join(over, 'signPri.key'));
  const expired = await asked(over);
  assert.match(expired, /^It has expired, so no one can log in or sign with it as it is\.$/m);
  assert.doesNotMatch(expired, /Once deleted|reissued|encrypted for it/);
  const damaged = copied();
  writeFileSync(join(damaged, 'signPri.key'), '');
  const closed = /^Documents that are encrypted for it .*\nNo other copy was found in the usual places\. Unless you have one elsewhere, those documents can never be opened again\.$/m;
  const broken = (await asked(damaged)).replaceAll('\r', '');
  assert.match(broken, /^Its key file is damaged, so no one can log in/m);
  assert.match(broken, closed);
  rmSync(join(damaged, 'signPri.key'));
  const keyless = (await asked(damaged)).replaceAll('\r', '');
  assert.match(keyless, /^Its private key is not beside it, so no one can log in/m);
  assert.match(keyless, closed);
  // Another copy is one that opens them, too.
  const found = await terminal(['delete', damaged], { answers: ['n'] });
  assert.ok(found.stdout.includes(`Another copy: ${made.folder}`), found.stdout);
});

/** A certificate of the samples' key with this VID (hex) of this hash; none without a hash. */
function identified(name, hash, vid) {
  const folder = join(base, name), key = join(base, 'sample.pem'), config = join(base, 'vid.cnf');
  mkdirSync(folder);
  writeFileSync(config, `[req]
distinguished_name=dn
prompt=no
utf8=yes
[dn]
C=kr
O=yessign
CN=${name}
[ext]
keyUsage=critical,digitalSignature
${hash ? identity(name, vid, hash) : ''}`);
  execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', join(samples, 'pypinksign/privateKeyInfo-with-R.der'), '-nocrypt', '-out', key], { stdio: 'pipe' });
  execFileSync('openssl', ['req', '-x509', '-new', '-utf8', '-key', key, '-config', config, '-extensions', 'ext', '-days', '30', '-outform', 'DER', '-out', join(folder, 'signCert.der')], { stdio: 'pipe' });
  copyFileSync(join(samples, 'pypinksign/signPri.key'), join(folder, 'signPri.key'));
  return folder;
}

test('vid: the number that it was issued for, and no other', async () => {
  // R of the sample's key with 1234561234567; with 1234567890 (npki/vid_test has where they come from).
  const person = identified('person', '2.16.840.1.101.3.4.2.1', 'f4f12331b2b090d66b49751266d6117d1b95a2dc3a70d3db11cb8546b11beb46');
  const company = identified('company', '2.16.840.1.101.3.4.2.1', '89dee087b9dfdf1a84623b3ec0d1da013a54d5fe4325cb1ccd92c8cf4fe9c2d4');
  const file = secret(samplePassword, 'sample');
  const vid = (folder, number, ...more) => json(['vid', folder, '--password-file', file, '--number-file', secret(number, 'number'), ...more]);
  for (const [folder, number, code, problem] of [
    [person, '1234561234567', 0, ''], [person, '123456-1234567', 0, ''], [person, '1234561234568', 1, 'other-number'], [person, '1234567890', 1, 'other-number'],
    [company, '123-45-67890', 0, ''], [company, '1234561234567', 1, 'other-number'],
    [person, '12345612345', 3, 'number-malformed'], [person, '', 3, 'number-malformed'], [person, '123456123456x', 3, 'number-malformed'],
    [identified('nobody'), '1234561234567', 3, 'no-vid'],
    [identified('old', '1.3.14.3.2.26', '00'.repeat(20)), '1234561234567', 5, 'sha1-vid'],
  ]) {
    const { code: got, answer } = await vid(folder, number);
    assert.deepEqual([got, answer.problem], [code, problem], `${folder} ${number}`);
  }
  assert.equal((await vid(join(base, 'old'), '1234561234567', '--sha1')).answer.problem, 'other-number');
  // A program that went through another format has lost R.
  const lost = identified('lost', '2.16.840.1.101.3.4.2.1', 'f4f12331b2b090d66b49751266d6117d1b95a2dc3a70d3db11cb8546b11beb46');
  execFileSync('openssl', ['pkcs8', '-topk8', '-in', join(base, 'sample.pem'), '-outform', 'DER', '-out', join(lost, 'signPri.key'), '-passout', `pass:${samplePassword}`], { stdio: 'pipe' });
  assert.equal((await vid(lost, '1234561234567')).answer.problem, 'no-random');
  const typed = await terminal(['vid', person], { env: ko, answers: [samplePassword, '123456-1234567'] });
  assert.match(typed.stdout, /이 번호의 인증서가 맞아요 \(.+\)\.\n$/);
  assert.ok(!typed.stdout.includes('1234567'), 'the number is not shown');
  assert.match((await cert(['vid', person, '--password-file', file, '--number-file', secret('1234561234568', 'number')], { env: ko })).stderr, /이 번호의 인증서가 아니에요/);
});

/** OpenSSL's reading of a PKCS#12 file: certificates and keys as text. */
const p12 = (file, pass, ...more) => execFileSync('openssl', ['pkcs12', '-in', file, '-passin', `pass:${pass}`, '-nodes', ...more], { encoding: 'utf8', stdio: 'pipe' });
const pem = (text, kind) => [...text.matchAll(new RegExp(`-----BEGIN ${kind}-----([^-]+)-----END`, 'g'))].map(([, body]) => Buffer.from(body, 'base64').toString('hex')).sort();

for (const [form, more] of [['modern', []], ['compatible', ['-legacy']]]) {
  test(`export --form ${form}, and import: OpenSSL reads it, all files come back, R and both pairs kept`, async () => {
    // The sample's key, which has R, beside a certificate for encryption of another key.
    const from = join(base, `from-${form}`), to = join(base, `to-${form}`), file = join(base, `${form}.p12`);
    cpSync(identified(`${form}`, '2.16.840.1.101.3.4.2.1', '89dee087b9dfdf1a84623b3ec0d1da013a54d5fe4325cb1ccd92c8cf4fe9c2d4'), from, { recursive: true });
    const same = secret(samplePassword, 'sample');
    const done = await json(['export', from, '--out', file, '--form', form, '--password-file', same]);
    assert.deepEqual([done.code, done.answer], [0, { file, problem: '' }], done.stderr);
    assert.deepEqual(pem(p12(file, samplePassword, ...more), 'CERTIFICATE'), [readFileSync(join(from, 'signCert.der')).toString('hex')]);
    mkdirSync(to);
    const back = await json(['import', file, '--to', to, '--password-file', same]);
    assert.equal(back.code, 0, back.stderr);
    const [folder] = back.answer.folders;
    assert.deepEqual(readFileSync(join(folder, 'signCert.der')), readFileSync(join(from, 'signCert.der')));
    assert.equal((await json(['vid', folder, '--password-file', same, '--number-file', secret('1234567890', 'number')])).code, 0, 'R is the same');
    assert.match((await cert(['show', folder])).stdout, /^key-file\tSEED-CBC, PBKDF1-SHA1, 2048$/m);
  });
}

test('export and import: both pairs, a password of its own, and the rules for it', async () => {
  const file = join(base, 'both.p12'), to = join(base, 'to-both');
  const args = ['export', made.folder, '--out', file, '--password-file', right];
  const weak = await json([...args, '--new-password-file', secret('weak', 'refused')]);
  assert.deepEqual([weak.code, weak.answer.problem, existsSync(file)], [5, 'password-rules', false]);
  assert.equal((await cert([...args, '--new-password-file', other])).code, 0);
  assert.deepEqual([...pem(p12(file, 'Other9#Xyw'), 'CERTIFICATE')], ['signCert.der', 'kmCert.der'].map((name) => readFileSync(join(made.folder, name)).toString('hex')).sort());
  assert.deepEqual([(await json(args)).code, (await json(args)).answer.problem], [5, 'exists']);
  mkdirSync(to);
  assert.equal((await json(['import', file, '--to', to, '--password-file', right])).code, 1);
  const back = await json(['import', file, '--to', to, '--password-file', other, '--new-password-file', right, '--form', 'pbes2-aes']);
  assert.equal(back.code, 0, back.stderr);
  const [folder] = back.answer.folders;
  assert.deepEqual(readdirSync(folder).sort(), ['kmCert.der', 'kmPri.key', 'signCert.der', 'signPri.key']);
  assert.equal((await cert(['check-password', folder, '--password-file', right])).code, 0);
  assert.match((await cert(['show', folder])).stdout, /^key-file\tAES-256-CBC/m);
  assert.equal((await json(['import', file, '--to', to, '--password-file', other])).answer.problem, 'exists');
  assert.equal((await cert(['check-password', folder, '--password-file', right])).code, 0, 'nothing was replaced');
});

test('import: what others make, with the certificates of their CA, into ~/NPKI', async () => {
  const file = join(samples, 'pypinksign/sign.pfx');
  const mine = join(base, 'import-home');
  mkdirSync(mine);
  const back = await json(['import', file, '--password-file', secret(samplePassword, 'sample')], { env: { HOME: mine } });
  assert.equal(back.code, 0, back.stderr);
  assert.ok(back.answer.folders[0].startsWith(join(mine, 'NPKI', 'yessign', 'USER', 'cn=')), back.answer.folders[0]);
  assert.deepEqual(readFileSync(join(back.answer.folders[0], 'signCert.der')), readFileSync(join(samples, 'pypinksign/signCert.der')));
  // By OpenSSL, with its CA beside it.
  const ca = join(base, 'ca.pem'), key = join(base, 'made.pem'), crt = join(base, 'made.crt'), out = join(base, 'others.p12');
  writeFileSync(ca, made.ca);
  writeFileSync(crt, made.pem);
  execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', made.signKey, '-passin', `pass:${password}`, '-provider', 'legacy', '-provider', 'default', '-out', key], { stdio: 'pipe' });
  execFileSync('openssl', ['pkcs12', '-export', '-in', crt, '-inkey', key, '-certfile', ca, '-passout', `pass:${password}`, '-out', out], { stdio: 'pipe' });
  const others = await json(['import', out, '--password-file', right], { env: { HOME: mine } });
  assert.equal(others.code, 0, others.stderr);
  const { certificates } = (await json(['list'], { env: { HOME: mine } })).answer;
  assert.equal(certificates.find((one) => one.fingerprint === fingerprint).ca_certificates, true);
  // CaPubs goes out again.
  const again = join(base, 'again.p12');
  assert.equal((await cert(['export', others.answer.folders[0], '--out', again, '--password-file', right])).code, 0);
  assert.equal(pem(p12(again, password), 'CERTIFICATE').length, 2);
});

test('import: no file, no PKCS#12, indefinite lengths, and what that is called', async () => {
  const none = await json(['import', join(base, 'nothing.p12'), '--password-file', right]);
  assert.deepEqual([none.code, none.answer.problem], [3, 'unreadable']);
  const odd = join(base, 'odd.p12');
  for (const [bytes, reason] of [[Buffer.from('no file of that kind'), /./], [readFileSync(join(samples, 'pypinksign/sign.pfx')).subarray(0, 900), /./], [Buffer.from('3080020103', 'hex'), /X\.690 8\.1\.3\.6/]]) {
    writeFileSync(odd, bytes);
    const { code, answer } = await json(['import', odd, '--password-file', right]);
    assert.deepEqual([code, answer.problem], [3, 'unreadable']);
    assert.match(answer.reason, reason);
    assert.ok(answer.field !== '');
  }
  assert.equal((await cert(['import'])).code, 2);
  assert.equal((await cert(['export', made.folder])).code, 2);
  assert.equal((await cert(['export', made.folder, '--out', odd, '--form', 'seed-sha1'])).code, 2);
});

test('list: 1,000 certificates in 0.3 s', async () => {
  const many = join(base, 'many');
  for (let i = 0; i < 1000; i++) {
    mkdirSync(join(many, String(i)), { recursive: true });
    for (const name of ['signCert.der', 'signPri.key']) copyFileSync(join(old, name), join(many, String(i), name));
  }
  let least = Infinity;
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    assert.equal((await cert(['list', '--root', many])).stdout.split('\n').length, 1001);
    least = Math.min(least, performance.now() - from);
  }
  // Others may be at work here: then all of it takes longer.
  assert.ok(least < 300 * Math.max(1, loadavg()[0] / cpus().length), `${least} ms`);
});

test('no password and no number stands in an argument, an answer or a file', () => {
  const canaries = [password, another, 'Wrong7!Qwe', samplePassword, '1234561234567'];
  assert.ok(said.length > 200);
  for (const text of said) for (const canary of canaries) assert.ok(!text.includes(canary), text);
  for (const file of readdirSync(base, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath ?? file.path, file.name);
    if (!file.isFile() || secrets.has(path)) continue;
    for (const canary of canaries) assert.ok(!readFileSync(path).includes(canary), path);
  }
});
