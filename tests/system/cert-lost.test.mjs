// cert-lost.test.mjs - nothing of a person's is lost by ingam cert without being
// told: what takes another's place, what is deleted, what is asked first.
//
// Belongs here: copy, import, delete and export over what is there.
// Not here: what they do otherwise (cert.test.mjs); kills in the middle
// (tests/fault/change.test.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { another, base, cert, env, json, ko, medium, other, password, right, secret, terminal } from '../lib/home.mjs';
import { program, run } from '../lib/service.mjs';
import { terminal as onTerminal } from '../lib/terminal.mjs';

const files = (folder) => Object.fromEntries(readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name)).toString('hex')]));
const km = ['kmCert.der', 'kmPri.key'];

/** A medium with this certificate, and its folder there. */
async function put(made, at = medium()) {
  const { answer } = await json(['copy', made.folder, '--to', at]);
  return { at, folder: answer.folder };
}

// The same subject: with both pairs, its renewed one of another key, one that was before them.
const both = makeCertificate({ into: join(base, 'both'), password, km: true, days: 100 });
const renewed = makeCertificate({ into: join(base, 'renewed'), password });
const earlier = makeCertificate({ into: join(base, 'earlier'), password, days: 50 });
const pfx = join(base, 'renewed.p12');
assert.equal((await cert(['export', renewed.folder, '--out', pfx, '--password-file', right])).code, 0);

test('import of a signing pair alone: the encryption pair that is there stays', async () => {
  const { at, folder } = await put(both);
  const { code, answer, stderr } = await json(['import', pfx, '--to', at, '--password-file', right, '--replace']);
  assert.equal(code, 0, stderr);
  assert.deepEqual([answer.kept, answer.folders], [km, [folder]]);
  for (const name of km) assert.deepEqual(files(folder)[name], files(both.folder)[name], name);
  assert.deepEqual(readFileSync(join(folder, 'signCert.der')), readFileSync(renewed.signCert));
  assert.equal((await cert(['check-password', folder, '--password-file', right])).code, 0, 'both keys have one password');
  const again = await put(both);
  const told = await cert(['import', pfx, '--to', again.at, '--password-file', right, '--replace'], ko);
  assert.match(told.stderr, /암호용 인증서와 개인키\(kmCert\.der, kmPri\.key\)는 그대로 두었어요/);
});

test('import: an encryption pair of another password or another owner is refused, and nothing changed', async () => {
  const { at, folder } = await put(both);
  const before = files(folder);
  const args = ['import', pfx, '--to', at, '--password-file', right, '--new-password-file', other, '--replace'];
  const { code, answer } = await json(args);
  assert.deepEqual([code, answer.problem, answer.folders], [5, 'encryption-lost', []]);
  assert.deepEqual(files(folder), before);
  const told = await cert(args, ko);
  assert.match(told.stderr, /암호용 개인키\(kmPri\.key\)의 비밀번호를 --new-password-file로 알려 주면, 그것은 남고/);
  assert.match(told.stderr, /사라지게 되어 그만두었어요/);
  // What the sentence says to do.
  const file = join(base, 'of-another.p12');
  await cert(['export', renewed.folder, '--out', file, '--password-file', right, '--new-password-file', other]);
  const done = await json(['import', file, '--to', at, '--password-file', other, '--new-password-file', right, '--replace']);
  assert.deepEqual([done.code, done.answer.kept], [0, km], done.stderr);
  for (const name of km) assert.equal(files(folder)[name], before[name], name);
  const stranger = makeCertificate({ into: join(base, 'stranger'), password, km: true, name: '김철수()002' });
  for (const name of km) cpSync(join(stranger.folder, name), join(folder, name));
  const theirs = files(folder);
  assert.equal((await json(['import', pfx, '--to', at, '--password-file', right, '--replace'])).answer.problem, 'encryption-lost');
  assert.deepEqual(files(folder), theirs);
  // No password keeps the pair of somebody else.
  assert.doesNotMatch((await cert(['import', pfx, '--to', at, '--password-file', right, '--replace'], { LC_ALL: 'C' })).stderr, /--new-password-file/);
});

test('import: what refuses it is told before it is asked whether to replace', async () => {
  const { at, folder } = await put(both);
  const before = files(folder);
  for (const [file, english, korean] of [
    [other, /^Give the password of the kmPri\.key that is there with --new-password-file: .*\n.* would be lost/m, /--new-password-file로 알려 주면/],
    [secret('short', 'short'), /^This new password is not allowed\./m, /^쓸 수 없는 새 비밀번호예요\./m],
  ])
    for (const [more, sentence] of [[{ LC_ALL: 'C' }, english], [ko, korean]]) {
      const { code, stdout } = await terminal(['import', pfx, '--to', at, '--password-file', right, '--new-password-file', file], ['yes'], more);
      assert.equal(code, 5, stdout);
      assert.match(stdout, sentence);
      assert.doesNotMatch(stdout, /Replace it\?|바꿀까요/);
    }
  assert.deepEqual(files(folder), before);
});

test('copy over an encryption pair that does not come with it: refused, also with --replace', async () => {
  const { at, folder } = await put(both);
  const before = files(folder);
  for (const more of [[], ['--replace']]) {
    const { code, answer } = await json(['copy', renewed.folder, '--to', at, ...more]);
    assert.deepEqual([code, answer.problem], [5, 'encryption-lost']);
  }
  // Nor does half a pair take the place of both.
  for (const name of km) {
    const half = join(base, `without ${name}`);
    cpSync(both.folder, half, { recursive: true });
    rmSync(join(half, name));
    assert.equal((await json(['copy', half, '--to', at, '--replace'])).answer.problem, 'encryption-lost', name);
  }
  assert.deepEqual(files(folder), before);
  // What the sentence says to do.
  assert.equal((await cert(['delete', folder, '--yes'])).code, 0);
  assert.equal((await cert(['copy', renewed.folder, '--to', at])).code, 0);
});

test('copy and import over a key that has lost its certificate: asked, as over a certificate', async () => {
  const { at, folder } = await put(earlier);
  rmSync(join(folder, 'signCert.der'));
  const before = files(folder);
  for (const args of [['copy', renewed.folder], ['import', pfx, '--password-file', right]]) {
    const { code, answer } = await json([...args, '--to', at]);
    assert.deepEqual([code, answer.problem, answer.there], [5, 'exists', undefined]);
    const no = await terminal([...args, '--to', at], ['아니요'], ko);
    assert.equal(no.code, 5);
    assert.match(no.stdout, /^거기에 인증서 없이 개인키 파일\(signPri\.key\)만 있어요\.\n바꾸면 되살릴 수 없어요\./m);
    assert.deepEqual(files(folder), before);
  }
  assert.match((await cert(['copy', renewed.folder, '--to', at, '--replace'], { LC_ALL: 'C' })).stderr, /^A key file \(signPri\.key\) without its certificate is there\.$/m);
  assert.deepEqual(files(folder), files(renewed.folder));
});

for (const name of ['signPri.key', 'kmPri.key']) {
  test(`copy of a damaged ${name}: refused, also with --replace, and nothing changed`, async () => {
    const { at, folder } = await put(both);
    const before = files(folder);
    const damaged = join(base, `damaged ${name}`);
    cpSync(both.folder, damaged, { recursive: true });
    writeFileSync(join(damaged, name), readFileSync(join(both.folder, name)).subarray(0, 500));
    const { code, answer } = await json(['copy', damaged, '--to', at, '--replace']);
    assert.deepEqual([code, answer.problem, answer.field, answer.folder], [3, 'unreadable', name, undefined]);
    assert.deepEqual(files(folder), before);
    const told = await cert(['copy', damaged, '--to', at], ko);
    assert.deepEqual([told.code, told.stdout], [3, '']);
    assert.match(told.stderr, new RegExp(`^파일이 맞지 않거나 깨졌어요 \\(${name.replace('.', '\\.')}: .+\\)\\.$`, 'm'));
    // Nor onto a medium on which nothing is lost.
    assert.equal((await json(['copy', damaged, '--to', medium()])).code, 3);
  });
}

test('the certificates of the CA that are there stay for one of the same CA', async () => {
  const { at, folder } = await put(earlier);
  const authorities = Buffer.from(earlier.ca.split('-----')[2], 'base64');
  const length = authorities.length;
  const list = Buffer.concat([Buffer.from([0x30, 0x82, length >> 8, length & 255]), authorities]);
  writeFileSync(join(folder, 'CaPubs'), list);
  const { answer } = await json(['copy', earlier.folder, '--to', at, '--replace']);
  assert.deepEqual([answer.problem, answer.kept], ['already', ['CaPubs']]);
  assert.deepEqual(readFileSync(join(folder, 'CaPubs')), list);
  const { answer: over } = await json(['import', pfx, '--to', at, '--password-file', right, '--replace']);
  assert.deepEqual([over.problem, over.kept.includes('CaPubs')], ['', true]);
  assert.deepEqual(readFileSync(join(folder, 'CaPubs')), list);
});

test('an older certificate over a newer one: both are shown with serial number and end, and it is warned', async () => {
  const { at, folder } = await put(renewed);
  const serial = async (one) => (await json(['show', one.folder])).answer.certificate.serial;
  const no = await terminal(['copy', earlier.folder, '--to', at], ['아니요'], ko);
  assert.equal(no.code, 5);
  for (const [label, one] of [['거기에 있는 인증서', renewed], ['그 자리에 넣을 인증서', earlier]])
    assert.match(no.stdout, new RegExp(`^${label}: 홍길동, [^,]+, 일련번호 ${await serial(one)}, 끝나는 날 \\d{4}-\\d\\d-\\d\\d \\(유효\\)`, 'm'));
  assert.match(no.stdout, /거기에 있는 인증서가 더 나중에 끝나요/);
  const exists = await json(['copy', earlier.folder, '--to', at]);
  assert.deepEqual([exists.code, exists.answer.problem, exists.answer.there.serial, exists.answer.there.folder], [5, 'exists', await serial(renewed), folder]);
  // It is done without asking, but not without a word.
  const quiet = await cert(['copy', earlier.folder, '--to', at, '--replace'], { LC_ALL: 'C' });
  assert.equal(quiet.code, 0);
  assert.match(quiet.stderr, /the one that is there ends later/);
  // The other way round there is nothing to warn of.
  const back = await json(['copy', renewed.folder, '--to', at, '--replace']);
  assert.deepEqual([back.answer.replaced.length, back.answer.replaced[0].serial, back.answer.kept], [1, await serial(earlier), []]);
  await json(['copy', earlier.folder, '--to', at, '--replace']);
  assert.doesNotMatch((await cert(['copy', renewed.folder, '--to', at, '--replace'])).stderr, /Careful/);
  assert.deepEqual((await json(['copy', renewed.folder, '--to', medium()])).answer.replaced, []);
});

test('the very same certificate is shown once, and what happens to its password said', async () => {
  const { at, folder } = await put(renewed);
  assert.equal((await cert(['change-password', folder, '--password-file', right, '--new-password-file', other])).code, 0);
  for (const [args, answers] of [[['copy', renewed.folder], ['아니요']], [['import', pfx], [password, '아니요']]]) {
    const no = await terminal([...args, '--to', at], answers, ko);
    assert.equal(no.code, 5);
    assert.match(no.stdout, /^거기에 있는 인증서: 홍길동, .*\n.*\n바로 이 인증서를 다시 넣는 거예요\. 바꾸면 비밀번호는 지금 넣는 것의 비밀번호가 돼요\.\n(개인키가 깨졌는지는 .*\n)?바꾸면 되살릴/m);
    assert.equal(/check-password로 먼저 확인해 주세요\.$/m.test(no.stdout), args[0] === 'copy', 'an import has opened the keys');
    assert.doesNotMatch(no.stdout, /그 자리에/);
  }
  const done = await cert(['copy', renewed.folder, '--to', at, '--replace'], { LC_ALL: 'C' });
  assert.match(done.stderr, /\nThe very same certificate takes its place, and brings its password with it\.\nWithout its password nobody sees whether a key is damaged\. .* first\.\n$/);
  assert.equal((await cert(['check-password', folder, '--password-file', right])).code, 0);
});

test('of two that end on one day none is later', async () => {
  const { at } = await put(makeCertificate({ into: join(base, 'evening'), password, days: 50 }));
  const told = await cert(['copy', earlier.folder, '--to', at, '--replace'], { LC_ALL: 'C' });
  assert.deepEqual([told.code, /ends later/.test(told.stderr)], [0, false]);
});

test('one that has expired over one that has not: it is said', async () => {
  const over = { folder: join(base, 'over') };
  cpSync(renewed.folder, over.folder, { recursive: true });
  // The same with an end in the past, of the same keys: signed by nobody, which copy does not ask.
  const der = readFileSync(renewed.signCert);
  const at = der.indexOf(Buffer.from([0x17, 13]), der.indexOf(Buffer.from([0x17, 13])) + 15);
  der.write('200101', at + 2, 'latin1');
  const from = der.indexOf(Buffer.from([0x17, 13]));
  der.write('190101', from + 2, 'latin1');
  writeFileSync(join(over.folder, 'signCert.der'), der);
  const medium = await put(renewed);
  const no = await terminal(['copy', over.folder, '--to', medium.at], ['no'], { LC_ALL: 'C' });
  assert.match(no.stdout, /takes its place has expired, the one that is there has not/);
  assert.match(no.stdout, /until 2020-01-\d\d \(expired\)/);
  // Without its key it can be used no more than one that has expired.
  rmSync(join(medium.folder, 'signPri.key'));
  const keyless = await terminal(['copy', over.folder, '--to', medium.at], ['아니요'], ko);
  assert.match(keyless.stdout, /거기에 있는 인증서가 더 나중에 끝나요/);
  assert.doesNotMatch(keyless.stdout, /아직 쓸 수/);
});

test('another encryption pair over one that is there: it is said what can no longer be opened', async () => {
  const own = makeCertificate({ into: join(base, 'own-km'), password, km: true });
  const file = join(base, 'own-km.p12');
  await cert(['export', own.folder, '--out', file, '--password-file', right]);
  const { at, folder } = await put(both);
  for (const args of [['copy', own.folder, '--to', at], ['import', file, '--to', at, '--password-file', right]]) {
    assert.match((await terminal(args, ['아니요'], ko)).stdout, /거기에 있는 인증서로 암호화된 문서는 여기서는 열 수 없게 돼요/, args[0]);
    assert.match((await terminal(args, ['no'], { LC_ALL: 'C' })).stdout, /for that certificate can no longer be opened/, args[0]);
  }
  cpSync(join(own.folder, 'signCert.der'), join(folder, 'signCert.der'));
  assert.doesNotMatch((await terminal(['copy', both.folder, '--to', at], ['no'], ko)).stdout, /암호화된 문서/, 'the same pair');
});

test('one that is not valid yet over one that is: it is warned, and not where that one has no key', async () => {
  const future = makeCertificate({ into: join(base, 'future'), password, valid: ['20990101000000Z', '20991231000000Z'] });
  const medium = await put(renewed);
  for (const [lang, text] of [[ko, /아직 시작 전이고, 거기에 있는 인증서는 지금 쓸 수 있어요/], [{ LC_ALL: 'C' }, /is not valid yet, the one that is there is\./]])
    assert.match((await terminal(['copy', future.folder, '--to', medium.at], ['no'], lang)).stdout, text);
  rmSync(join(medium.folder, 'signPri.key'));
  assert.doesNotMatch((await terminal(['copy', future.folder, '--to', medium.at], ['no'], ko)).stdout, /주의/);
});

test('delete: the question and the answer say whose, of whom, until when and where', async () => {
  const { folder } = await put(both);
  const whose = /홍길동, .+, 일련번호 [0-9a-f]+, 끝나는 날 \d{4}-\d\d-\d\d \(유효\)/;
  const no = await terminal(['delete', folder], ['아니요'], ko);
  assert.match(no.stdout, new RegExp(`지울 인증서: ${whose.source}\n  ${folder.replaceAll('(', '\\(').replaceAll(')', '\\)')}\n`));
  const { stdout } = await cert(['delete', folder, '--yes'], ko);
  assert.match(stdout, new RegExp(`^지웠어요: ${whose.source}\n  ${folder.replaceAll('(', '\\(').replaceAll(')', '\\)')}\n$`));
  const unread = await put(earlier);
  writeFileSync(join(unread.folder, 'signCert.der'), 'no certificate');
  const odd = await cert(['delete', unread.folder, '--yes'], { LC_ALL: 'C' });
  assert.match(odd.stdout, /^Deleted: unreadable\n {2}\//);
});

test('delete and change-password: what another program puts there while a person is asked stays', async () => {
  const meanwhile = (folder, answer) => () => {
    cpSync(renewed.folder, folder, { recursive: true });
    return answer;
  };
  for (const [args, answers] of [
    [(folder) => ['delete', folder], (folder) => [meanwhile(folder, '예')]],
    [(folder, at) => ['delete', '--root', at], (folder) => [meanwhile(folder, '1'), '예']],
    [(folder) => ['change-password', folder, '--password-file', right], (folder) => ['Another9!Word', meanwhile(folder, 'Another9!Word')]],
  ]) {
    const { at, folder } = await put(earlier);
    await put(makeCertificate({ into: join(base, 'second'), password, name: '홍길순()002' }), at);
    const { code, stdout } = await terminal(args(folder, at), answers(folder), ko);
    assert.equal(code, 4, stdout);
    assert.match(stdout, /^다른 프로그램이 이 인증서를 바꾸고 있어요\. /m);
    assert.deepEqual(files(folder), files(renewed.folder));
  }
});

test('copy and import: what another program puts there while a person is asked is not lost', async () => {
  for (const args of [['copy', renewed.folder], ['import', pfx, '--password-file', right]])
    for (const theirs of [both, makeCertificate({ into: join(base, `meanwhile ${args[0]}`), password })]) {
      const { at, folder } = await put(earlier);
      const meanwhile = () => {
        cpSync(theirs.folder, folder, { recursive: true });
        return '예';
      };
      const { code, stdout } = await terminal([...args, '--to', at], [meanwhile], ko);
      assert.equal(code, 4, stdout);
      assert.match(stdout, /^다른 프로그램이 이 인증서를 바꾸고 있어요\. /m);
      assert.deepEqual(files(folder), files(theirs.folder));
    }
});

test('delete: of a certificate without its key nothing is said to stop that does not work now', async () => {
  const { folder } = await put(earlier);
  rmSync(join(folder, 'signPri.key'));
  for (const [env, answer, said, unsaid] of [[ko, '아니요', /개인키가 옆에 없어서 지금도/, /지우면 여기 있는|재발급/], [{ LC_ALL: 'C' }, 'no', /private key is not beside it/, /Once deleted|reissued/]]) {
    const { stdout } = await terminal(['delete', folder], [answer], env);
    assert.match(stdout, said);
    assert.doesNotMatch(stdout, unsaid);
  }
});

test('delete: copies are looked for below --root, too, and each is told of once', async () => {
  const stick = medium(), [first, second] = ['first', 'second'].map((name) => join(stick, name));
  for (const folder of [first, second]) cpSync(renewed.folder, folder, { recursive: true });
  const others = ({ stdout }) => stdout.split('\n').filter((line) => line.startsWith('다른 곳에 있는')).map((line) => line.split(': ')[1]);
  assert.deepEqual(others(await terminal(['delete', first, '--root', stick], ['아니요'], ko)), [second]);
  // The home is a usual place, and named as well.
  const mine = { HOME: join(base, 'their-home'), ...ko };
  mkdirSync(mine.HOME);
  const { folder: there } = await put(renewed, mine.HOME);
  assert.deepEqual(others(await terminal(['delete', first, '--root', mine.HOME], ['아니요'], mine)), [there]);
  rmSync(second, { recursive: true });
  const last = await terminal(['delete', first, '--root', stick], ['아니요'], ko);
  assert.match(last.stdout, /^늘 있는 곳과 --root의 폴더에서는 같은 인증서를 더 찾지 못했어요\./m);
});

test('export and import ask what may end them before a password that would be of no use', async () => {
  const out = join(base, 'there.p12');
  writeFileSync(out, 'x');
  // One answer: the first question is whether to replace.
  const no = await terminal(['export', both.folder, '--out', out], ['no'], { LC_ALL: 'C' });
  assert.deepEqual([no.code, readFileSync(out, 'utf8')], [5, 'x']);
  assert.doesNotMatch(no.stdout, /Password/);
  const { at } = await put(earlier);
  const declined = await terminal(['import', pfx, '--to', at], [password, 'no'], { LC_ALL: 'C' });
  assert.equal(declined.code, 5);
  assert.doesNotMatch(declined.stdout, /New password/);
  // So does a file that is none.
  const unread = await terminal(['import', both.signCert, '--to', at], [], ko);
  assert.equal(unread.code, 3);
  assert.match(unread.stdout, /^가져올 수 없는 파일이에요\. PFX\(\.p12\) 파일을 다시 내보내서 해 주세요 \(.*signCert\.der: PFX\(\.p12\) 파일이 아니에요 \(RFC 7292 4\)\)\.\n$/);
  // A folder that is not there ends it before anything is asked.
  const nowhere = await terminal(['import', pfx, '--to', join(base, 'nowhere')], [], { LC_ALL: 'C' });
  assert.equal(nowhere.code, 3);
  assert.doesNotMatch(nowhere.stdout, /Password/);
  assert.equal(existsSync(join(base, 'nowhere')), false);
});

test('copy, import and export: a file where a folder must be is told before anything is asked', async () => {
  const rows = [[], ['yessign'], ['yessign', 'USER']].map((names, i) => {
    const at = medium(), path = join(at, 'NPKI', ...names);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '', { mode: i === 0 ? 0o755 : 0o644 });
    return [at, path];
  });
  for (const [at, path] of rows) {
    for (const args of [['copy', renewed.folder, '--to', at], ['import', pfx, '--password-file', right, '--to', at], ['export', renewed.folder, '--password-file', right, '--out', join(path, 'x.p12')]]) {
      const { code, stdout } = await terminal(args, [], { LC_ALL: 'C' });
      assert.equal(code, 3, stdout);
      assert.match(stdout, /\(.*: a file is there, where a folder must be\)\.$/m);
      assert.match((await cert(args, ko)).stderr, /\(.*: 폴더가 있어야 할 자리에 파일이 있어요\)\.$/m);
      assert.equal((await json(args)).answer.problem, args[0] === 'export' ? 'no-out' : 'read-only');
    }
    assert.equal(readFileSync(path, 'utf8'), '');
  }
});

test('a file of --out that is there: a person is asked, and where nobody can be, it stays', async () => {
  const out = join(base, 'in-the-way'), sealed = join(base, 'sealed-to-both.p7m'), whose = ['--certificate', both.folder, '--password-file', right];
  assert.equal((await run(program('ingam'), ['sign', ...whose, '--seal-to', join(both.folder, 'kmCert.der'), '--out', sealed, pfx], { env })).code, 0);
  for (const args of [['cert', 'export', both.folder, '--password-file', right], ['sign', ...whose, pfx], ['verify', '--no-chain', '--recipient', both.folder, '--password-file', right, sealed]]) {
    const words = [program('ingam'), ...args, '--out', out];
    writeFileSync(out, 'theirs');
    for (const [answer, more, question] of [['no', { LC_ALL: 'C' }, /^A file of this name is there\. Replace it\? \(yes\/no\): /m], ['아니요', ko, /^같은 이름의 파일이 있어요\. 바꿀까요\? \(예\/아니요\): /m]]) {
      const { code, stdout } = await onTerminal(words, { env: { ...env, ...more }, answers: [answer] });
      assert.equal(code, 5, stdout);
      assert.match(stdout, question);
    }
    for (const [more, sentence] of [[{ LC_ALL: 'C' }, /^A file of that name is there\. To replace it, add --replace\.$/m], [ko, /^같은 이름의 파일이 있어요\. 바꾸려면 --replace를 붙여 주세요\.$/m]])
      assert.match((await run(words[0], words.slice(1), { env: { ...env, ...more } })).stderr, sentence);
    const unasked = await run(words[0], [...words.slice(1), '--json'], { env });
    assert.deepEqual([unasked.code, JSON.parse(unasked.stdout).problem, readFileSync(out, 'utf8')], [5, 'exists', 'theirs'], args[0]);
    const yes = await onTerminal(words, { env, answers: ['yes'] });
    assert.equal(yes.code, 0, yes.stdout);
    assert.notEqual(readFileSync(out, 'utf8'), 'theirs', args[0]);
  }
});

test('what may not be written is told before anything is asked: exit 3; what fails then: 4', async () => {
  const folder = join(base, 'locked'), shut = join(base, 'shut'), evid = ['vid', folder, '--seal-to', join(folder, 'kmCert.der')];
  cpSync(both.folder, folder, { recursive: true });
  mkdirSync(shut);
  const stick = await put(earlier), sealed = join(base, 'sealed.p7m');
  assert.equal((await run(program('ingam'), ['sign', '--certificate', folder, '--password-file', right, '--seal-to', join(folder, 'kmCert.der'), '--out', sealed, pfx], { env })).code, 0);
  execFileSync('chmod', ['-R', 'a+rX', base]);
  for (const one of [folder, shut, stick.folder]) chmodSync(one, 0o555);
  // Root may write everywhere.
  const words = process.getuid() === 0 ? ['setpriv', '--reuid=61005', '--regid=61005', '--clear-groups'] : ['env'];
  const before = files(folder);
  const rows = [
    ['read-only', ['change-password', folder], /^This medium cannot be written\..* \(\/.*\/locked: Permission denied\)\.$/m, /^이 저장매체에는 쓸 수 없어요\..* \(\/.*\/locked: 권한이 없어요\)\.$/m],
    ['read-only', ['delete', folder], /^This medium cannot be written\./m, /^이 저장매체에는 쓸 수 없어요\./m],
    ['read-only', ['copy', renewed.folder, '--to', stick.at], /^This medium cannot be written\./m, /^이 저장매체에는 쓸 수 없어요\./m],
    ['read-only', ['copy', renewed.folder, '--to', shut], /^This medium cannot be written\./m, /^이 저장매체에는 쓸 수 없어요\./m],
    ['no-out', ['export', folder, '--out', join(shut, 'x.p12')], /^It cannot be written there\. Name another place with --out \(.*shut\/x\.p12: Permission denied\)\.$/m, /^거기에는 쓸 수 없어요\. --out에 다른 곳을 적어 주세요 \(.*x\.p12: 권한이 없어요\)\.$/m],
    ['no-out', ['export', folder, '--out', join(shut, 'none', 'x.p12')], /x\.p12: no such folder\)\.$/m, /x\.p12: 그런 폴더가 없어요\)\.$/m],
    ['no-out', ['export', folder, '--out', shut], /shut: this is a folder\)\.$/m, /shut: 파일이 아니라 폴더예요\)\.$/m],
    ['no-out', [...evid, '--out', join(shut, 'evid')], /^It cannot be written there\./m, /^거기에는 쓸 수 없어요\./m],
    ['read-only', ['import', pfx, '--to', shut], /^This medium cannot be written\./m, /^이 저장매체에는 쓸 수 없어요\./m],
    ['no-out', ['verify', '--no-chain', '--recipient', folder, '--out', join(shut, 'x'), sealed], /^It cannot be written there\./m, /^거기에는 쓸 수 없어요\./m],
    ['no-out', ['sign', '--certificate', folder, '--out', join(shut, 'x.p7m'), right], /^It cannot be written there\./m, /^거기에는 쓸 수 없어요\./m],
  ];
  for (const [problem, args, english, korean] of rows) {
    const called = [...words, program('ingam'), ...['sign', 'verify'].includes(args[0]) ? [] : ['cert'], ...args];
    for (const [more, sentence] of [[{ LC_ALL: 'C' }, english], [ko, korean]]) {
      const { code, stdout } = await onTerminal(called, { env: { ...env, ...more } });
      assert.equal(code, 3, stdout);
      assert.match(stdout, sentence);
      assert.doesNotMatch(stdout, /Password|비밀번호|yes\/no|예\/아니요/);
    }
    const done = await run(called[0], [...called.slice(1), '--json'], { env });
    assert.deepEqual([done.code, JSON.parse(done.stdout).problem], [3, problem], args[0]);
  }
  assert.deepEqual([files(folder), readdirSync(shut)], [before, []]);
  for (const args of [['cert', 'export', folder], ['sign', '--certificate', folder, right]]) {
    const full = await run(program('ingam'), [...args, '--password-file', right, '--out', '/dev/full', '--json'], { env });
    assert.deepEqual([full.code, JSON.parse(full.stdout).problem], [4, 'not-written']);
  }
});
