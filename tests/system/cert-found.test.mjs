// cert-found.test.mjs - which certificate ingam cert means, where it looked for
// it, and which of its files is at fault.
//
// Belongs here: numbers, fingerprints and folders as names; folders that are not
// there or cannot be read; names that no terminal should see; keys that do not
// open or belong elsewhere.
// Not here: what a verb does with a certificate (cert.test.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { another, base, cert, env, home, json, ko, other, password, right, secret } from '../lib/home.mjs';
import { program, root as source, run } from '../lib/service.mjs';
import { terminal as onTerminal } from '../lib/terminal.mjs';

const wrong = secret('Wrong7!Qwe', 'wrong');
const made = makeCertificate({ into: home, password, km: true });
const ec = makeCertificate({ into: home, password, name: '김철수()002', key: 'ec', form: 'aes' });
const fingerprint = createHash('sha256').update(readFileSync(made.signCert)).digest('hex');

let copies = 0;
function copied({ folder } = made) {
  const to = join(base, `copy-${copies++}`);
  cpSync(folder, to, { recursive: true });
  return to;
}

test('which of two keys the password does not open is said, and of one that opens neither only that', async () => {
  const folder = copied();
  const check = (file) => json(['check-password', folder, '--password-file', file]);
  execFileSync('openssl', ['pkcs8', '-topk8', '-inform', 'DER', '-in', join(made.folder, 'kmPri.key'), '-passin', `pass:${password}`, '-outform', 'DER', '-out', join(folder, 'kmPri.key'), '-passout', `pass:${another}`, '-provider', 'legacy', '-provider', 'default']);
  for (const [file, field] of [[right, 'kmPri.key'], [other, 'signPri.key'], [wrong, undefined]]) {
    const { code, answer } = await check(file);
    assert.deepEqual([code, answer.problem, answer.field], [1, 'wrong-password', field]);
  }
  const told = async (file) => (await cert(['check-password', folder, '--password-file', file], ko)).stderr;
  assert.match(await told(right), /전자서명용 개인키는 열리지만 암호용 개인키는 열리지 않아요.*\(kmPri\.key\)\.\n/);
  assert.match(await told(other), /암호용 개인키는 열리지만 전자서명용 개인키는 열리지 않아요.*\(signPri\.key\)\.\n/);
  assert.equal(await told(wrong), '비밀번호가 맞지 않아요.\n');
});

for (const [kind, one, options] of [['RSA', made, {}], ['EC', ec, { key: 'ec', form: 'aes' }]]) {
  test(`${kind}: the key of another certificate is no wrong password`, async () => {
    const folder = copied(one);
    const stranger = makeCertificate({ into: join(base, `stranger-${kind}`), password, ...options });
    copyFileSync(stranger.signKey, join(folder, 'signPri.key'));
    for (const verb of [['check-password'], ['export', '--out', join(base, `${kind}.p12`)], ['change-password', '--new-password-file', other]]) {
      const { code, answer } = await json([...verb, folder, '--password-file', right]);
      assert.deepEqual([code, answer.problem, answer.field], [1, 'wrong-key', 'signPri.key'], verb[0]);
    }
    assert.match((await cert(['check-password', folder, '--password-file', right], ko)).stderr, /개인키가 옆에 있는 인증서의 것이 아니에요.*\(signPri\.key\)/);
    assert.equal((await json(['check-password', folder, '--password-file', wrong])).answer.problem, 'wrong-password');
    for (const [file, problem] of [[right, 'wrong-key'], [wrong, 'wrong-password']]) {
      const { code, stdout } = await run(program('ingam'), ['sign', '--json', '--certificate', folder, '--password-file', file, join(folder, 'signCert.der')], { env });
      assert.deepEqual([code, JSON.parse(stdout).problem], [1, problem]);
    }
  });
}

test('half an encryption pair: what is made without it says so', async () => {
  for (const [gone, missing] of [['kmPri.key', 'kmPri.key'], ['kmCert.der', 'kmCert.der']]) {
    const folder = copied(), out = join(base, `half-${gone}.p12`), to = join(base, `half-${gone}`);
    rmSync(join(folder, gone));
    mkdirSync(to);
    const { code, answer } = await json(['export', folder, '--out', out, '--password-file', right]);
    assert.deepEqual([code, answer.missing], [0, missing]);
    assert.equal((await cert(['export', folder, '--out', out, '--replace', '--password-file', right], ko)).stderr, `암호화된 문서는 이 사본으로 열 수 없어요 (${missing}: 그런 파일이 없어요).\n`);
    assert.equal((await cert(['copy', folder, '--to', to], { LC_ALL: 'C' })).stderr, `Encrypted documents cannot be opened with this copy (${missing}: no such file).\n`);
    for (const [more, said] of [[ko, `암호화된 문서는 이 사본으로 열 수 없어요 (${missing}: 그런 파일이 없어요).\n`], [{ LC_ALL: 'C' }, `Encrypted documents cannot be opened with this copy (${missing}: no such file).\n`]])
      assert.equal((await cert(['change-password', folder, '--form', 'seed-sha1', '--password-file', right, '--new-password-file', right], more)).stderr, said);
  }
  assert.equal((await json(['export', made.folder, '--out', join(base, 'whole.p12'), '--password-file', right])).answer.missing, undefined);
});

/** What can become of a file. */
const spoilt = {
  missing: (file) => rmSync(file),
  empty: (file) => writeFileSync(file, ''),
  cut: (file) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
};

for (const [how, spoil] of Object.entries(spoilt)) {
  test(`half an encryption pair, ${how}: show, list and check-password agree`, async () => {
    const folder = copied();
    spoil(join(folder, 'kmPri.key'));
    const shown = (await json(['show', folder])).answer.certificate, [listed] = (await json(['list', '--root', folder])).answer.certificates;
    for (const one of [shown, listed]) assert.deepEqual([one.key, one.encryption, one.missing], [true, false, 'kmPri.key']);
    assert.match((await cert(['show', folder])).stdout, /^encryption\thalf$/m);
    assert.equal((await cert(['list', '--root', folder])).stdout.trimEnd().split('\t')[11], 'half');
    for (const [more, gone, unread] of [[{}, 'encryption pair: kmPri.key missing', 'encryption pair: kmPri.key unreadable'], [ko, '암호용 인증서: kmPri.key 없음', '암호용 인증서: kmPri.key 읽을 수 없음']]) {
      const { stdout } = await onTerminal([program('ingam'), 'cert', 'list', '--root', folder], { env: { HOME: home, ...more }, columns: 80 });
      assert.equal(stdout.trimEnd().split('\n').at(-1), `      ${how === 'missing' ? gone : unread}`);
    }
    assert.match((await onTerminal([program('ingam'), 'cert', 'show', folder], { env: { HOME: home, ...ko } })).stdout, /암호용 인증서\(kmCert\) +없음: kmPri\.key: /);
    const { code, answer } = await json(['check-password', folder, '--password-file', right]);
    assert.deepEqual([code, answer.missing, answer.field], how === 'cut' ? [3, undefined, 'kmPri.key'] : [0, 'kmPri.key', undefined]);
    const why = { missing: /\(kmPri\.key: no such file\)\.\n$/, empty: /\(kmPri\.key: nothing in it\)\.\n$/, cut: /kmPri\.key: / };
    assert.match((await cert(['check-password', folder, '--password-file', right], { LC_ALL: 'C' })).stderr, why[how]);
  });

  test(`the key file, ${how}: one answer, before a password is asked for`, async () => {
    const folder = copied(), to = join(base, `key-${how}`);
    mkdirSync(to);
    spoil(join(folder, 'signPri.key'));
    const { certificate } = (await json(['show', folder])).answer;
    assert.deepEqual([certificate.key, certificate.encryption], [false, true]);
    for (const verb of [['check-password'], ['change-password'], ['copy', '--to', to], ['export', '--out', join(base, `key-${how}.p12`)]]) {
      const { code, answer } = await json([...verb, folder]);
      assert.deepEqual([code, answer.problem, answer.field], how === 'missing' ? [3, 'no-key', undefined] : [3, 'unreadable', 'signPri.key'], verb[0]);
    }
    const { code, stdout } = await run(program('ingam'), ['sign', '--json', '--certificate', folder, join(folder, 'signCert.der')], { env });
    assert.deepEqual([code, JSON.parse(stdout).problem], [3, how === 'missing' ? 'no-key' : 'unreadable']);
    assert.match((await onTerminal([program('ingam'), 'cert', 'list', '--root', folder], { env: { HOME: home } })).stdout, how === 'missing' ? /no key/ : /unreadable key/);
  });
}

test('the encryption key of another certificate is named', async () => {
  const folder = copied();
  const stranger = makeCertificate({ into: join(base, 'stranger-km'), password, km: true });
  copyFileSync(join(stranger.folder, 'kmPri.key'), join(folder, 'kmPri.key'));
  const { code, answer } = await json(['check-password', folder, '--password-file', right]);
  assert.deepEqual([code, answer.problem, answer.field], [1, 'wrong-key', 'kmPri.key']);
});

test('the encryption pair of another certificate: what shows without a password', async () => {
  const folder = copied();
  const stranger = makeCertificate({ into: join(base, 'stranger-pair'), password, km: true, name: '김영수()009' });
  for (const name of ['kmCert.der', 'kmPri.key']) copyFileSync(join(stranger.folder, name), join(folder, name));
  const [listed] = (await json(['list', '--root', folder])).answer.certificates;
  assert.deepEqual([listed.encryption, listed.missing, listed.other_owner], [true, undefined, 'kmCert.der']);
  assert.equal((await cert(['list', '--root', folder])).stdout.trimEnd().split('\t')[11], 'other');
  assert.match((await cert(['show', folder])).stdout, /^encryption\tother$/m);
  for (const [more, below, beside] of [[{}, 'encryption pair: kmCert.der of another owner', / yes, of another owner$/m], [ko, '암호용 인증서: kmCert.der 다른 사람의 것', / 있음, 다른 사람의 것$/m]]) {
    const shown = (verb) => onTerminal([program('ingam'), 'cert', ...verb], { env: { HOME: home, ...more }, columns: 80 });
    assert.equal((await shown(['list', '--root', folder])).stdout.trimEnd().split('\n').at(-1), `      ${below}`);
    assert.match((await shown(['show', folder])).stdout, beside);
  }
  assert.equal((await json(['list', '--root', made.folder])).answer.certificates[0].other_owner, undefined);
});

test('a fingerprint that a copy has, too: how to name one of them', async () => {
  const stick = join(base, 'stick');
  mkdirSync(stick);
  // Both in one place to look at.
  const where = join(base, 'twice');
  cpSync(made.folder, join(where, 'a'), { recursive: true });
  cpSync(made.folder, join(where, 'b'), { recursive: true });
  const both = await json(['show', fingerprint, '--root', where]);
  assert.deepEqual([both.code, both.answer.problem, both.answer.certificates.length], [2, 'several-certificates', 2]);
  makeCertificate({ into: join(where, '0'), password, name: '김영수()009' });
  // Only those that fit are told, by the numbers that they have in the list.
  const fit = (out) => out.split('\n').filter((line) => line.includes('\t')).map((line) => line.split('\t')).map((row) => [row[0], row[9]]);
  for (const [more, sentence] of [[ko, /^지문이 같은 인증서가 여러 폴더에 있어요\. 폴더나 목록의 번호로 고르거나, --root로 찾을 곳을 좁혀 주세요\.$/m], [{ LC_ALL: 'C' }, /^Copies of this certificate are in several folders\. Choose one by its folder or its number in the list, or narrow the search with --root\.$/m]]) {
    const told = await cert(['show', fingerprint.slice(0, 8), '--root', where], more);
    assert.equal(told.code, 2);
    assert.deepEqual(fit(told.stderr), [['2', join(where, 'a')], ['3', join(where, 'b')]]);
    assert.match(told.stderr, sentence);
  }
  const asked = await onTerminal([program('ingam'), 'cert', 'show', fingerprint.slice(0, 8), '--root', where], { env: { HOME: home }, answers: ['1\n3'] });
  assert.equal(asked.code, 0, asked.stdout);
  assert.ok(!asked.stdout.includes('김영수') && asked.stdout.includes(join(where, 'b')));
  rmSync(join(where, '0'), { recursive: true });
  for (const args of [[fingerprint, '--root', join(where, 'b')], [join(where, 'b')], [join(where, 'b'), '--root', where], ['2', '--root', where]]) {
    const one = await json(['show', ...args]);
    assert.deepEqual([one.code, one.answer.certificate?.folder], [0, join(where, 'b')], args.join(' '));
  }
});

/** Two files that are other certificates to nobody but their hashes, which begin with the same eight digits. */
function alike(der) {
  const seen = new Map();
  for (let i = 0; ; i++) {
    const changed = Buffer.from(der);
    changed.writeUInt32BE(i, changed.length - 4);
    const start = createHash('sha256').update(changed).digest('hex').slice(0, 8);
    if (seen.has(start)) return [seen.get(start), changed];
    seen.set(start, changed);
  }
}

test('a fingerprint that begins like another one: only those, and that more digits tell which', async () => {
  const where = join(base, 'alike');
  const two = alike(readFileSync(join(made.folder, 'signCert.der')));
  [...two, readFileSync(join(made.folder, 'signCert.der'))].forEach((der, i) => {
    mkdirSync(join(where, `${i}`), { recursive: true });
    writeFileSync(join(where, `${i}`, 'signCert.der'), der);
  });
  const whole = createHash('sha256').update(two[1]).digest('hex'), start = whole.slice(0, 8);
  for (const [more, sentence] of [[ko, '지문이 이렇게 시작하는 인증서가 여러 개예요. 지문을 몇 자리 더 적거나 목록의 번호로 골라 주세요.'], [{ LC_ALL: 'C' }, 'Several certificates have a fingerprint that begins so. Give more of its digits, or the number in the list.']]) {
    const { code, stderr } = await cert(['show', start, '--root', where], more);
    assert.equal(code, 2);
    const lines = stderr.trimEnd().split('\n');
    assert.deepEqual(lines.slice(0, -1).map((line) => line.split('\t')[9]), ['0', '1'].map((name) => join(where, name)));
    assert.equal(lines.at(-1), sentence);
  }
  const { answer } = await json(['show', start, '--root', where]);
  assert.deepEqual([answer.problem, answer.certificates.map(({ number }) => number)], ['several-certificates', [1, 2]]);
  const [first] = [8, 16, 24, 64].filter((n) => !createHash('sha256').update(two[0]).digest('hex').startsWith(whole.slice(0, n)));
  assert.equal((await json(['show', whole.slice(0, first), '--root', where])).answer.certificate.number, 2);
  // Fewer than eight name nothing: how many they must be is said.
  for (const [more, sentence] of [[ko, /목록에 없는 인증서예요\. 목록의 번호, 지문의 앞 8자리 이상, 또는 그 폴더로 골라 주세요\.$/m], [{ LC_ALL: 'C' }, /^The list has no such certificate\. Choose one by its number in the list, 8 or more digits of its fingerprint, or its folder\.$/m]])
    assert.match((await cert(['show', start.slice(0, 7), '--root', where], more)).stderr, sentence);
});

test('a number is a number, whatever a folder here is called', async () => {
  const here = join(base, 'here');
  mkdirSync(join(here, '1'), { recursive: true });
  const ask = (which) => new Promise((done) => {
    const text = execFileSync('sh', ['-c', `cd '${here}' && '${program('ingam')}' cert show ${which} --json || :`], { env: { ...process.env, HOME: home }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    done(JSON.parse(text));
  });
  assert.equal((await ask('1')).certificate.number, 1);
  assert.equal((await ask('./1')).problem, 'no-certificate');
});

test('a folder that is not there is said to be none: exit 3, and which', async () => {
  const none = join(base, 'none');
  for (const args of [['list', '--root', none], ['show', none], ['delete', none, '--yes'], ['list', '--root', join(base, 'right')]]) {
    const { code, answer } = await json(args);
    assert.deepEqual([code, answer.problem], [3, 'no-folder'], args.join(' '));
  }
  const file = join(base, 'right'), pfx = join(source, 'tests/npki-samples/pypinksign/sign.pfx');
  for (const args of [['list', '--root', file], ['show', file], ['show', '1', '--root', file], ['copy', made.folder, '--to', file], ['import', pfx, '--to', file]]) {
    const { code, answer } = await json(args);
    assert.deepEqual([code, answer.problem, answer.folder], [3, 'no-folder', file], args.join(' '));
    assert.equal((await cert(args, ko)).stderr, `폴더가 아니라 파일이에요. 폴더를 적어 주세요: ${file}\n`);
    assert.equal((await cert(args, { LC_ALL: 'C' })).stderr, `This is a file. Name a folder: ${file}\n`);
  }
  for (const args of [['copy', made.folder, '--to', none], ['import', pfx, '--to', none]]) assert.equal((await cert(args, ko)).stderr, `그런 폴더가 없어요: ${none}\n`);
  // Named as a shell does that stands in its folder.
  const beside = execFileSync('sh', ['-c', `cd '${made.folder}' && '${program('ingam')}' cert show signCert.der 2>&1 || :`], { env: { ...process.env, HOME: home, LC_ALL: 'C' }, encoding: 'utf8' });
  assert.equal(beside, 'This is a file. Name a folder: signCert.der\n');
  assert.equal((await cert(['list', '--root', none], ko)).stderr, `그런 폴더가 없어요: ${none}\n`);
  assert.equal((await cert(['list', '--root', none], { LC_ALL: 'C' })).stderr, `There is no such folder: ${none}\n`);
});

test('list: a folder that may not be read is named, and why; what was found is listed; exit 3', async () => {
  const where = join(base, 'locked');
  cpSync(made.folder, join(where, 'open'), { recursive: true });
  for (const [name, mode] of [['shut', 0o000], ['names-only', 0o444]]) {
    cpSync(ec.folder, join(where, name), { recursive: true });
    chmodSync(join(where, name), mode);
  }
  // Root may read everything.
  const words = process.getuid() === 0 ? ['setpriv', '--reuid=61005', '--regid=61005', '--clear-groups'] : ['env'];
  chmodSync(base, 0o755);
  execFileSync('chmod', ['-R', 'a+rX', join(where, 'open')]);
  const list = (args, env = {}) => run(words[0], [...words.slice(1), program('ingam'), 'cert', ...args, '--root', where], { env: { HOME: home, ...env } });
  const { code, stdout } = await list(['list', '--json']);
  const answer = JSON.parse(stdout);
  assert.deepEqual([code, answer.problem, answer.certificates.map((one) => one.folder)], [3, 'unreadable-folders', [join(where, 'open')]]);
  assert.deepEqual(answer.unread.sort((a, b) => a.folder < b.folder ? -1 : 1), ['names-only', 'shut'].map((name) => ({ reason: 'Permission denied', folder: join(where, name) })));
  const told = await list(['list'], ko);
  assert.deepEqual([told.code, told.stdout.split('\n').length], [3, 2]);
  for (const name of ['shut', 'names-only']) assert.ok(told.stderr.includes(`${join(where, name)}: 읽을 권한이 없어요\n`), told.stderr);
  assert.match(told.stderr, /읽지 못한 폴더가 있어요/);
  // One that is found is found.
  assert.equal((await list(['show', fingerprint])).code, 0);
  const missing = await list(['show', '0'.repeat(64)], ko);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /shut: 읽을 권한이 없어요[^]*목록에 없는 인증서예요/);
  const itself = await run(words[0], [...words.slice(1), program('ingam'), 'cert', 'list', '--root', join(where, 'shut'), '--json'], { env: { HOME: home } });
  assert.deepEqual([itself.code, JSON.parse(itself.stdout).problem], [3, 'unreadable-folders']);
  // On a terminal no heading stands over nothing.
  const seen = await onTerminal([...words, program('ingam'), 'cert', 'list', '--root', join(where, 'shut')], { env: { HOME: home, LC_ALL: 'C.UTF-8' } });
  assert.equal(seen.code, 3);
  assert.match(seen.stdout, /^[^ ]*shut: no permission to read it\nThere are folders/);
  for (const name of ['shut', 'names-only']) chmodSync(join(where, name), 0o755);
});

test('JSON has the folder as it is; a terminal never sees what would redraw it', async () => {
  for (const name of ['esc\x1b[31m', 'line\nfeed', 'tab\there', 'csi\u009b31m', 'turn\u202etxt', 'quote"\\']) {
    const odd = join(base, 'odd', name);
    cpSync(made.folder, odd, { recursive: true });
    const listed = await json(['list', '--root', join(base, 'odd')]);
    const [one] = listed.answer.certificates;
    assert.equal(one.folder, odd);
    assert.equal(one.folder_hex, undefined);
    // And it opens.
    assert.equal((await json(['show', one.folder])).answer.certificate.folder, odd);
    const tricky = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;
    assert.doesNotMatch(listed.stdout, tricky);
    const plain = await cert(['list', '--root', join(base, 'odd')]);
    assert.equal(plain.stdout.split('\n').length, 2, 'one line');
    assert.equal(plain.stdout.split('\t').length, 12, 'twelve fields');
    assert.doesNotMatch(plain.stdout.replaceAll('\t', ''), tricky);
    rmSync(join(base, 'odd'), { recursive: true });
  }
});

test('JSON: a folder whose name is no UTF-8 has its bytes beside it', async () => {
  const top = join(base, 'bytes');
  mkdirSync(top);
  const odd = Buffer.concat([Buffer.from(`${top}/`), Buffer.from([0xb0, 0xa1]), Buffer.from('x')]);
  mkdirSync(odd);
  for (const name of ['signCert.der', 'signPri.key']) writeFileSync(Buffer.concat([odd, Buffer.from(`/${name}`)]), readFileSync(join(made.folder, name)));
  const [one] = (await json(['list', '--root', top])).answer.certificates;
  assert.deepEqual([one.folder, one.folder_hex], [`${top}/x`, odd.toString('hex')]);
  // Copied to such a medium.
  const answer = execFileSync('sh', ['-c', `exec "$0" cert copy "$1" --to "$(printf '%s/\\260\\241x' "$2")" --json`, program('ingam'), ec.folder, top], { env: { ...process.env, HOME: home } });
  assert.ok(Buffer.from(JSON.parse(answer).folder_hex, 'hex').includes(odd));
  rmSync(top, { recursive: true });
});

test('a password is asked for with whose certificate it is, and until when where another one has that name', async () => {
  const root = join(base, 'namesakes'), long = `${'가나다라마바사'.repeat(3)}주식회사`;
  const first = makeCertificate({ into: root, password, name: '홍길동()0011023400506789012345', valid: ['20250101000000Z', '20300201000000Z'] });
  makeCertificate({ into: root, password, name: '홍길동()0022023400506789012345', valid: ['20250101000000Z', '20310201000000Z'] });
  const firm = makeCertificate({ into: root, password, name: `${long}()0033023400506789012345` });
  const typed = async (words, more) => (await onTerminal([program('ingam'), ...words, '--root', root], { env: { HOME: home, TZ: 'Asia/Seoul', ...more }, answers: [password], columns: 80 })).stdout;
  const number = async (found) => (await json(['list', '--root', root])).answer.certificates.find((one) => one.folder === found.folder).number;
  const [one, other] = [await number(first), await number(firm)].map(String);
  for (const [env, asked, right] of [
    [{}, 'Password of the certificate (홍길동, until 2030-02-01): ', 'The password is right (홍길동, until 2030-02-01).'],
    [ko, '인증서 비밀번호 (홍길동, 2030-02-01까지): ', '비밀번호가 맞아요 (홍길동, 2030-02-01까지).'],
  ]) assert.equal(await typed(['cert', 'check-password', one], env), `${asked}\n${right}\n`);
  const cut = `${long.slice(0, 13)}..`;
  assert.equal(await typed(['cert', 'check-password', other], ko), `인증서 비밀번호 (${cut}): \n비밀번호가 맞아요 (${cut}).\n`);
  const file = join(base, 'namesake.p7m');
  assert.equal(await typed(['sign', '--certificate', one, '--out', file, right], ko), `인증서 비밀번호 (홍길동, 2030-02-01까지): \n서명했어요 (홍길동, 2030-02-01까지): ${file}\n`);
});
