// cert-pfx.test.mjs - ingam cert export and import at their edges.
//
// Belongs here: standard output, empty passwords, CaPubs that are none, forms.
// Not here: what goes in and comes out (cert.test.mjs); what is replaced
// (cert-lost.test.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { another, base, cert, env, home, json, ko, medium, other, password, right, secret, terminal } from '../lib/home.mjs';
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

test('export --out -: not to a terminal, and not beside JSON', async () => {
  const shown = await terminal(['export', made.folder, '--out', '-'], []);
  assert.equal(shown.code, 2);
  assert.match(shown.stdout, /--out FILE/);
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
    // Back in another form: a higher number stays.
    const back = await json(['change-password', folder, '--form', 'pbes2-seed', '--password-file', other, '--new-password-file', right]);
    assert.ok(back.answer.key_file.endsWith(`, ${iterations.replace(',', '')}`), back.answer.key_file);
  }
});

for (const [form, more] of [['modern', []], ['old', ['-legacy']]]) {
  test(`import: a file of OpenSSL's, ${form}, with an empty password needs a new one, and says so`, async () => {
    const key = join(base, 'key.pem'), crt = join(base, 'made.crt'), file = join(base, `empty-${form}.p12`), to = medium();
    writeFileSync(crt, made.pem);
    execFileSync('openssl', ['pkcs8', '-inform', 'DER', '-in', made.signKey, '-passin', `pass:${password}`, '-provider', 'legacy', '-provider', 'default', '-out', key], { stdio: 'pipe' });
    execFileSync('openssl', ['pkcs12', ...more, '-export', '-in', crt, '-inkey', key, '-passout', 'pass:', '-out', file], { stdio: 'pipe' });
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
    assert.match((await cert(['export', folder, '--out', out, '--password-file', right], ko)).stderr, /^파일을 읽지 못했어요 \(CaPubs: .+\)\.$/m);
  }
});
