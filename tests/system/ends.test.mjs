// ends.test.mjs - how a program ends that nobody lets finish: its output goes
// nowhere, a person presses Ctrl-C, a file of a password is none.
//
// Belongs here: exit codes and sentences that all verbs share.
// Not here: what each verb answers (cert.test.mjs, sign.test.mjs).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { program, root, run, startService } from '../lib/service.mjs';
import { terminal } from '../lib/terminal.mjs';

const base = mkdtempSync(join(tmpdir(), 'ingam-ends-'));
after(() => rmSync(base, { recursive: true, force: true }));
const password = 'Canary7!Qw';
const home = join(base, 'home');
const made = makeCertificate({ into: home, password, km: true, number: '9001011234567' }), { folder } = made;
const file = (name, bytes) => {
  writeFileSync(join(base, name), bytes, { mode: 0o600 });
  return join(base, name);
};
const right = file('password', `${password}\n`);
const message = join(base, 'message');
const env = { HOME: home, XDG_CONFIG_HOME: '' };
const ingam = (args, more = {}) => run(program('ingam'), args, { ...more, env: { ...env, ...more.env } });
assert.equal((await ingam(['sign', '--password-file', right, '--out', message, right])).code, 0);

/** Programs with standard output on a disk that is full, and the code that they end with. */
const printing = [
  ['ingam', ['--version'], 4],
  ['ingam', ['cert', 'list'], 4],
  ['ingam', ['cert', 'list', '--json'], 4],
  ['ingam', ['cert', 'show'], 4],
  ['ingam', ['cert', 'check-password', '--password-file', right], 4],
  ['ingam', ['cert', 'check-password', '--password-file', right, '--json'], 4],
  ['ingam', ['sign', '--password-file', right, '--json', right], 4],
  ['ingam', ['verify', '--no-chain', message], 4],
  ['ingam', ['verify', '--no-chain', '--json', message], 4],
  ['ingam', ['token', '--help'], 4],
  // What had failed keeps its code.
  ['ingam', ['verify', '--no-chain', '--json', right], 3],
  ['ingam-phone', ['--help'], 4],
  ['ingam-token', ['--settings'], 4],
  ['ingam-vault', ['--help'], 4],
  ['ingamd', ['--version'], 4],
];
for (const [name, args, code] of printing) {
  test(`${name} ${args.filter((word) => !word.startsWith('/')).join(' ')} >/dev/full: exit ${code}, and one sentence`, async () => {
    const done = await run('sh', ['-c', '"$@" >/dev/full', 'sh', program(name), ...args], { env });
    assert.equal(done.code, code, done.out);
    assert.match(done.stderr, new RegExp(`^${name}: Not all of the output could be written: No space left on device\\.$`, 'm'));
  });
}
test('ingam --help >/dev/full: in Korean', async () => {
  const done = await run('sh', ['-c', '"$0" --help >/dev/full', program('ingam')], { env: { LC_ALL: 'ko_KR.UTF-8' } });
  assert.equal(done.code, 4);
  assert.match(done.stderr, /^ingam: 결과를 다 쓰지 못했어요\. [^A-Za-z]+\n$/);
});

/** A shell on a terminal, at a question without echo: what it says after `keys` were pressed. */
function pressed(line, keys) {
  const script = `trap : INT QUIT; cd "$1"; "$0" ${line}; echo "code $?"; stty -a | grep -oE -- '-?\\becho\\b'; ls -A "$1"`;
  const work = mkdtempSync(join(base, 'work-'));
  const child = spawn('script', ['-qec', `exec sh -c '${script.replaceAll("'", `'\\''`)}' '${program('ingam')}' '${work}'`, '/dev/null'], { env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env }, timeout: 30000 });
  return new Promise((done) => {
    let said = '', rest = [...keys];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (/Password of the certificate \([^)]*\): $/.test(said) && rest.length > 0) child.stdin.write(rest.shift());
    });
    child.on('close', () => done({ said: said.replaceAll('\r', ''), work: readdirSync(work) }));
  });
}
for (const [name, key, code] of [['Ctrl-C', '\x03', 130], ['Ctrl-\\', '\x1c', 131]]) {
  for (const line of [`cert check-password`, `cert export --out out.p12`, `sign --out out.p7m ${right}`, `cloud import --code 4738150000016`]) {
    test(`${line.split(' --')[0]}: ${name} at a password ends it with ${code}, echo is on, nothing is left`, async () => {
      const { said, work } = await pressed(line, [key]);
      assert.match(said, new RegExp(`^code ${code}$`, 'm'), said);
      assert.match(said, /^echo$/m, said);
      assert.doesNotMatch(said, /^stopped|\(stopped\)/m);
      assert.deepEqual(work, []);
    });
  }
}
for (const line of [`cert check-password`, `cert change-password`, `cert export --out out.p12`, `sign --out out.p7m ${right}`, `cloud import --code 4738150000016`]) {
  test(`${line.split(' --')[0]}: Ctrl-D at a password stops it, as a no does, and nothing is left`, async () => {
    const { said, work } = await pressed(line, ['\x04']);
    assert.match(said, /^Password of the certificate \([^)]*\): \nStopped\.( Nothing was (changed|sent)\.)?\ncode 5\necho$/m);
    assert.deepEqual(work, []);
  });
}
test('a signal while a file takes its place: it is whole, and nothing lies beside it', async () => {
  const pressed = join(base, 'pressed.so'), work = mkdtempSync(join(base, 'pressed-')), out = join(work, 'out');
  execFileSync('cc', ['-shared', '-fPIC', '-D_GNU_SOURCE', '-o', pressed, join(root, 'tests/lib/pressed.c'), '-ldl']);
  for (const [name, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGQUIT', 3], ['SIGTERM', 15]])
    for (const args of [['cert', 'export', folder], ['sign', '--certificate', folder, right]]) {
      writeFileSync(out, 'before');
      const { code } = await ingam([...args, '--replace', '--out', out, '--password-file', right], { env: { LD_PRELOAD: pressed, PRESSED: String(number) } });
      assert.equal(code, name);
      assert.deepEqual(readdirSync(work), ['out'], name);
      assert.equal(readFileSync(out)[0], 0x30, name);
    }
});
test('SIGTERM and SIGHUP at a password: the same', async () => {
  for (const [signal, code] of [['TERM', 143], ['HUP', 129]]) {
    const line = `sh -c 'sh -c "echo at \\$\\$; exec \\"\\$0\\" cert check-password" "$0"; echo "code $?"' '${program('ingam')}'`;
    const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, timeout: 30000 });
    let said = '', sent = false;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (sent || !/Password of the certificate \([^)]*\): /.test(said)) return;
      sent = true;
      process.kill(Number(/at (\d+)/.exec(said)[1]), `SIG${signal}`);
    });
    await new Promise((done) => child.on('close', done));
    assert.match(said, new RegExp(`code ${code}`), said);
  }
});

test('an empty file and a folder are called that by whatever reads them', async () => {
  const nothing = file('nothing in it', ''), pw = ['--password-file', right];
  const emptied = (name) => {
    const at = join(base, `emptied ${name}`);
    cpSync(made.folder, at, { recursive: true });
    writeFileSync(join(at, name), '');
    return at;
  };
  const rows = [
    (path) => ['cert', 'import', path, ...pw],
    (path) => ['cert', 'check-password', '--password-file', path],
    (path) => ['cert', 'vid', ...pw, '--number-file', path],
    (path) => ['cert', 'vid', ...pw, '--open', path, '--owner', made.signCert, '--number-file', right],
    (path) => ['sign', ...pw, '--seal-to', path, right],
    (path) => ['verify', '--no-chain', path],
    (path) => ['verify', '--no-chain', '--hometax', path],
    (path) => ['verify', '--no-chain', '--certificate', path, message],
  ];
  const ends = [
    ...rows.flatMap((row) => [[row(nothing), /: nothing in it\)\.\n$/, /: 비어 있어요\)\.\n$/], [row(base), /: this is a folder\)\.\n$/, /: 파일이 아니라 폴더예요\)\.\n$/]]),
    ...['signCert.der', 'signPri.key'].map((name) => [['cert', 'check-password', emptied(name), ...pw], /: nothing in it\)\.\n$/, /: 비어 있어요\)\.\n$/]),
  ];
  for (const [args, english, korean] of ends)
    for (const [LC_ALL, sentence] of [['C', english], ['ko_KR.UTF-8', korean]]) assert.match((await ingam(args, { env: { LC_ALL } })).stderr, sentence, args.join(' '));
});

/** What stands in a password file, and how a verb that reads it ends. */
const secrets = [
  ['a line that ends as on Windows, after a byte order mark', file('windows', `\ufeff${password}\r\n`), 0, 'The password is right'],
  ['a folder', base, 3, `A file cannot be read (${base}: this is a folder).`],
  ['no file', join(base, 'none'), 3, `A file cannot be read (${join(base, 'none')}: No such file or directory).`],
  ['nothing', file('nothing', ''), 3, `A file cannot be read (${join(base, 'nothing')}: nothing in it).`],
  ['a file that nobody may read as one', '/proc/self/mem', 3, 'A file cannot be read (/proc/self/mem: Input/output error).'],
];
for (const [name, path, code, sentence] of secrets) {
  test(`--password-file with ${name}: exit ${code}`, async () => {
    const done = await ingam(['cert', 'check-password', '--password-file', path]);
    assert.equal(done.code, code, done.out);
    assert.ok(done.out.includes(sentence), done.out);
    assert.equal((await ingam(['sign', '--password-file', path, right])).code, code);
  });
}
test('--password-file -: the next line of standard input, for each that is asked for', async () => {
  const change = ['cert', 'change-password', '--password-file', '-', '--new-password-file', '-', folder];
  const done = await ingam(change, { input: `${password}\nKettle8?Vz\n` });
  assert.equal(done.code, 0, done.out);
  assert.equal((await ingam(change, { input: `Kettle8?Vz\r\n${password}\r\n` })).code, 0);
  const none = await ingam(['cert', 'check-password', '--password-file', '-'], { input: '' });
  assert.equal(none.code, 3, none.out);
});
test("the README's trial certificates: their password, their number, and one in the place of the other", async () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const [, trial] = /password `([^`]+)`/.exec(text), [, number] = /resident number `([^`]+)`/.exec(text);
  const [first, second] = [...text.matchAll(/^ {4}node -e "(.*)"$/gm)].map(([, script]) => () => run('node', ['-e', script.replaceAll('./tests/lib', join(root, 'tests/lib')).replaceAll("'build/", `'${base}/`)]));
  await first();
  const changed = `${trial}8`, at = ['--root', join(base, 'trial')], renewed = ['--root', join(base, 'renewed')];
  const verified = async () => {
    const signed = join(base, 'trial', 'signed.p7m');
    const made = await ingam(['sign', ...at, '--replace', '--password-file', '-', '--out', signed, join(root, 'README.md')], { input: `${trial}\n` });
    assert.equal(made.code, 0, made.out);
    const done = await ingam(['verify', '--trust', join(base, 'trial', 'root.pem'), '--no-revocation', signed]);
    assert.equal(done.code, 0, done.out);
  };
  await verified();
  await second();
  for (const [args, typed] of [
    [['change-password', '--password-file', '-', '--new-password-file', '-', '1', ...at], `${trial}\n${changed}\n`],
    [['vid', '--password-file', '-', '--number-file', '-', '1', ...at], `${changed}\n${number}\n`],
    [['copy', ...renewed, '--to', join(base, 'trial'), '--replace'], ''],
    [['vid', '--password-file', '-', '--number-file', '-', '1', ...at], `${trial}\n${number}\n`],
  ]) {
    const done = await ingam(['cert', ...args], { input: typed });
    assert.equal(done.code, 0, done.out);
  }
  await verified();
  const [there, comes] = await Promise.all([at, renewed].map(async (where) => JSON.parse((await ingam(['cert', 'show', '--json', ...where])).stdout).certificate));
  assert.deepEqual([there.fingerprint, there.owner_name, there.encryption], [comes.fingerprint, '홍길동', true]);
});
test('a folder in the place of every file of a secret: exit 3', async () => {
  mkdirSync(join(base, 'empty'));
  for (const args of [['cloud', 'import', '--code', '4738150000016', '--password-file', base], ['cert', 'change-password', '--password-file', right, '--new-password-file', base]]) {
    const done = await ingam(args);
    assert.equal(done.code, 3, done.out);
    assert.match(done.stderr, /this is a folder/);
  }
  assert.ok(readFileSync(join(folder, 'signPri.key')).length > 0);
});

test('cloud import to the address of the phone app: exit 4, and which address it should be', async () => {
  const running = await startService();
  const args = ['cloud', 'import', '--server', running.app, '--code', '4738150000016', '--password-file', right, folder];
  try {
    const done = await ingam(args);
    assert.equal(done.code, 4, done.out);
    assert.match(done.stderr, /not the address for PCs[^]*--server/);
    const { code, stdout } = await ingam([...args, '--json'], { env: { LC_ALL: 'ko_KR.UTF-8' } });
    assert.equal(code, 4);
    assert.deepEqual(JSON.parse(stdout), { registered: false, problem: 'wrong-address' });
    // The right one has heard of no such number.
    assert.equal((await ingam(['cloud', 'import', '--server', running.pc, ...args.slice(4)])).code, 1);
  } finally {
    await running.stop();
  }
});

test('cloud import: where no service answers, that is said before the number is asked for', async () => {
  const args = ['cloud', 'import', '--server', 'http://localhost:1', folder];
  for (const [LC_ALL, says, prompt] of [['C.UTF-8', /localhost:1/, /13-digit/], ['ko_KR.UTF-8', /localhost:1/, /승인번호/]]) {
    const { code, stdout } = await terminal([program('ingam'), ...args], { env: { ...env, LC_ALL } });
    assert.equal(code, 4, stdout);
    assert.match(stdout, says);
    assert.doesNotMatch(stdout, prompt);
  }
});

test('cloud import: that the key has no R for the VID is said before it is sent', async () => {
  const bare = makeCertificate({ into: join(base, 'bare'), password, vid: '00'.repeat(32) });
  const args = ['cloud', 'import', '--server', 'http://localhost:1', '--code', '4738150000016', '--password-file', right];
  for (const [env, says] of [[{}, /^Its key has no random number \(R\), .*\nLooking for the phone/], [{ LC_ALL: 'ko_KR.UTF-8' }, /^개인키에 난수\(R\)가 없어서, .*\n휴대폰을 찾고 있어요/]]) {
    const done = await ingam([...args, bare.folder], { env });
    assert.equal(done.code, 4, done.out);
    assert.match(done.stderr, says);
  }
  assert.doesNotMatch((await ingam([...args, folder])).stderr, /random number/);
  const answer = async (of) => JSON.parse((await ingam([...args, '--json', of])).stdout);
  const fingerprint = createHash('sha256').update(readFileSync(bare.signCert)).digest('hex');
  assert.deepEqual([(await answer(bare.folder)).without_r, (await answer(folder)).without_r], [[fingerprint], undefined]);
});

test('verify: a file of --trust is called by its name, whatever word of ours that begins with', async () => {
  for (const name of ['root.pem', 'ca[1].pem', 'key'])
    assert.ok((await ingam(['verify', '--trust', join(base, 'none', name), message])).stderr.includes(`(${name}: no such file)`), name);
});

/** Failures that say why; what stays as it is in every language: options, names of files, addresses, a standard's fields and clauses. */
const failing = [
  ['cert', 'check-password', '--password-file', base],
  ['cert', 'check-password', '--password-file', join(base, 'none')],
  ['cert', 'copy', '--to', '/proc/none'],
  ['cert', 'import', '--password-file', right, '--to', base, right],
  ['cert', 'export', '--out', join(base, 'none', 'x.p12'), '--password-file', right],
  ['sign', '--password-file', right, '--out', join(base, 'none', 'x'), right],
  ['sign', '--password-file', right, '--ca', join(base, 'none.pem'), right],
  ['verify', '--no-chain', right],
  ['verify', '--no-chain', join(base, 'none')],
  ['verify', '--trust', join(base, 'none.pem'), message],
  ['verify', '--trust', file('other.pem', makeCertificate({ into: join(base, 'other'), key: 'ec', form: 'aes' }).ca), '--no-revocation', message],
  ['cloud', 'import', '--server', 'http://localhost:1', '--code', '4738150000016', '--password-file', right, folder],
  ['token', 'list', '--module', right],
  ['token', 'register', '--module', '/none'],
  ['cert', 'list', '--explode'],
];
const names = /--[a-z0-9-]+|https?:\/\/\S+|\S*\/\S+|\b[\w.]+\.(?:der|key|p12|conf|module|pem)\b|ingam(?: (?:cert|cloud|sign|token|verify)(?: [a-z-]+)?)?\b|\b[a-z]+(?:\.[a-z]+)?[A-Z]\w+(?=: )|\(RFC [^)]*\)/g;
for (const args of failing) {
  const called = args.filter((word) => !word.startsWith('/')).join(' ');
  test(`${called}: a Korean sentence for a Korean, an English one for others`, async () => {
    const korean = await ingam(args, { env: { LC_ALL: 'ko_KR.UTF-8' } }), english = await ingam(args, { env: { LC_ALL: 'C.UTF-8', LANG: 'ko_KR.UTF-8' } });
    assert.notEqual(korean.code, 0);
    assert.equal(korean.code, english.code);
    assert.match(korean.stderr, /[가-힣]+요/);
    assert.doesNotMatch(korean.stderr.replace(/^usage:.*(\n {7}.*)*/gm, '').replace(names, ''), /[a-z]{2,}/, korean.stderr);
    assert.doesNotMatch(english.stderr, /[가-힣]/);
  });
}

test('every reason that has a Korean text is still given by somebody', () => {
  const joined = (text) => text.replace(/"\s*\n\s*"/g, '');
  const code = readdirSync(join(root, 'src'), { recursive: true }).filter((name) => /\.[ch]$/.test(name) && name !== 'client/reason.c').map((name) => joined(readFileSync(join(root, 'src', name), 'utf8'))).join('\n');
  const table = joined(readFileSync(join(root, 'src/client/reason.c'), 'utf8'));
  const [, rows] = /reasons\[\] = \{([^]*?)\n\};/.exec(table);
  const texts = [...rows.matchAll(/\{\s*"([^"]+)",\s*"/g)].map(([, text]) => text);
  assert.ok(texts.length > 80);
  // What the system says begins with a capital.
  for (const text of texts.filter((one) => !/^[A-Z][a-z]/.test(one))) assert.ok(code.includes(`"${text}"`) || code.includes(`"${text} (`), text);
});

test('Ctrl-Z at a password stops it, with echo on; who goes on is asked again', async () => {
  const child = spawn('script', ['-qec', 'bash --norc -i', '/dev/null'], { env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'dumb', ...env }, timeout: 30000 });
  const steps = [
    [/[$#] $/, `'${program('ingam')}' cert check-password '${folder}'\n`],
    [/Password of the certificate \([^)]*\): $/, '\x1a'],
    [/Stopped[^]*[$#] $/, 'stty -a | grep -oE -- "-?\\becho\\b"; fg\n'],
    [/\necho\r?\n[^]*Password of the certificate \([^)]*\): $/, `${password}\n`],
    [/The password is right \([^)]*\)\.[^]*[$#] $/, 'exit\n'],
  ];
  let said = '', done = 0;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    if (done < steps.length && steps[done][0].test(said)) {
      said = '';
      child.stdin.write(steps[done++][1]);
    }
  });
  await new Promise((ended) => child.on('close', ended));
  assert.equal(done, steps.length, said);
});
