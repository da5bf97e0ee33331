// usage.test.mjs - a person asks a program what it can do, or mistypes.
//
// Belongs here: --help, --version and wrong command lines of every program.
// Not here: what the commands do; values of settings (ingamd.test.mjs).
import test from 'node:test';
import { execFileSync, spawn } from 'node:child_process';
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { program, root, run } from '../lib/service.mjs';

const version = /version: '([0-9.]+)'/.exec(readFileSync(join(root, 'meson.build'), 'utf8'))[1];

/** What `ingam --help` lists: each command as its words. */
const listed = [...(await run(program('ingam'), ['--help'])).stdout.matchAll(/^ {2}ingam (.+?) {2}/gm)].map((found) => found[1].split(' '));
const groups = [...new Set(listed.filter((words) => words.length > 1).map(([group]) => group))];
const page = (name) => readFileSync(join(root, 'man', name), 'utf8');
const ingamPages = ['ingam.1', 'ingam-cert.1', 'ingam-sign.1'].filter((name) => existsSync(join(root, 'man', name)));

/** Every program, its manual pages, and the commands that may stand before an option. */
const programs = [
  { name: 'ingam', pages: ingamPages, commands: [[], ...groups.map((group) => [group]), ...listed] },
  { name: 'ingam-phone', pages: ['ingam-phone.1'], commands: [[], ['join'], ['import'], ['list'], ['approve'], ['refuse'], ['delete'], ['load']] },
  { name: 'ingam-token', pages: ['ingam-token.8'], commands: [[], ['--settings']] },
  { name: 'ingam-vault', pages: ['ingam-vault.8'], commands: [[], ['init'], ['serve']] },
  { name: 'ingamd', pages: ['ingamd.8'], commands: [[], ['serve'], ['init'], ['migrate'], ['check-config']] },
];

for (const { name, pages, commands } of programs) {
  for (const words of commands) {
    const called = [name, ...words].join(' ');
    test(`${called} --help: the usage on standard output, exit 0`, async () => {
      const { code, stdout, stderr } = await run(program(name), [...words, '--help']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^(?:[^\\n]+\\.\\n\\n)?usage: ${name} `));
      assert.equal(stderr, '');
    });
    test(`${called} --version: the version on standard output, exit 0`, async () => {
      const { code, stdout, stderr } = await run(program(name), [...words, '--version']);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, `${name} ${version}\n`);
      assert.equal(stderr, '');
    });
  }
  test(`${name}: the usage names every option of its manual pages`, async () => {
    const stdout = (await Promise.all(commands.map(async (words) => (await run(program(name), [...words, '--help'])).stdout))).join('\n');
    for (const [, option] of pages.map(page).join('\n').matchAll(/^\.It Fl (-?[a-z-]+)/gm)) assert.ok(stdout.includes(`-${option}`), `-${option} is not in\n${stdout}`);
  });
}

test('ingam: -h, and help before a command, are --help', async () => {
  for (const words of [[], ['cert'], ['sign'], ['cert', 'copy']]) {
    const asked = await run(program('ingam'), [...words, '--help']);
    assert.equal(asked.code, 0);
    for (const other of [[...words, '-h'], ['help', ...words]])
      assert.deepEqual(await run(program('ingam'), other), asked, other.join(' '));
  }
});

test('ingam: every command that its usage lists stands in the synopsis of a page', () => {
  assert.ok(listed.length >= 3);
  const synopses = ingamPages.map((name) => page(name).split('.Sh DESCRIPTION')[0]).join('\n');
  const named = [...synopses.matchAll(/^\.Cm (.+)$/gm)].flatMap(([, text]) => {
    const words = text.split(/ \| | /);
    return text.includes('|') ? words.slice(1).map((verb) => `${words[0]} ${verb}`) : [text];
  });
  for (const words of listed) assert.ok(named.includes(words.join(' ')), `${words.join(' ')} is not in ${named}`);
  assert.equal(new Set(named).size, listed.length);
});

test('ingam: no core is left, and nobody of the same user looks in', { skip: process.platform !== 'linux' && 'not Linux' }, async () => {
  // Files of /proc belong to root where a process hides itself: that shows only while it is not root's.
  const nobody = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
  const folder = mkdtempSync(join(tmpdir(), 'ingam-usage-'));
  makeCertificate({ into: folder });
  copyFileSync(program('ingam'), join(folder, 'ingam'));
  if (nobody.uid) execFileSync('chown', ['-R', String(nobody.uid), folder]);
  // It waits for the number that never comes.
  const child = spawn(join(folder, 'ingam'), ['cloud', 'import', '--code', '-', '--password-file', '/dev/null', folder], { stdio: ['pipe', 'ignore', 'ignore'], ...nobody });
  const hidden = () => {
    const text = readFileSync(`/proc/${child.pid}/limits`, 'utf8');
    return /Max core file size +0 +0/.test(text) && statSync(`/proc/${child.pid}/limits`).uid === 0;
  };
  try {
    for (let i = 0; i < 250 && !hidden(); i++) await new Promise((done) => setTimeout(done, 20));
    assert.ok(hidden());
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
});

/** What is typed, and the sentence that says what is wrong with it. */
const wrong = [
  ['ingam', '', /^ingam: Say what is to be done\.$/m],
  ['ingam', 'cloud', /^ingam cloud: Say what is to be done\.$/m],
  ['ingam', 'explode', /^ingam: There is no such command: explode\.$/m],
  ['ingam', 'cloud explode', /^ingam cloud: There is no such command: explode\.$/m],
  ['ingam', '--explode', /^ingam: There is no such option: --explode\.$/m],
  ['ingam', 'cloud import --pin', /^ingam cloud import: There is no such option: --pin\.$/m],
  ['ingam', 'cloud import -p', /^ingam cloud import: There is no such option: -p\.$/m],
  ['ingam', 'cloud import --json -jx', /^ingam cloud import: There is no such option: -j\.$/m],
  ['ingam', 'cloud import --code', /^ingam cloud import: This option needs a value: --code\.$/m],
  ['ingam', 'cloud import --json=1', /^ingam cloud import: This option takes no value: --json\.$/m],
  ['ingam', 'cloud import --server localhost:8701', /^ingam cloud import: The value of this option is not right: --server\.$/m],
  ['ingam', 'cloud import --number x', /^ingam cloud import: The value of this option is not right: --number\.$/m],
  ['ingam', 'cloud import one two', /^ingam cloud import: This does not belong here: two\.$/m],
  ['ingam', 'cloud import --secret=Abcdefg!1234', /^(?![^]*Abcdefg)[^]*no such option: --secret\.$/m],
  ['ingam-phone', '', /^ingam-phone: Say what is to be done\.$/m],
  ['ingam-phone', 'list certificates', /^ingam-phone: This is missing: --state\.$/m],
  ['ingam-phone', 'load --members 0', /^ingam-phone: The value of this option is not right: --members\.$/m],
  ['ingam-phone', '--state x', /^ingam-phone: Say what is to be done\.$/m],
  ['ingam-phone', '--state x explode', /^ingam-phone: There is no such command: explode\.$/m],
  ['ingam-phone', '--state x join', /^ingam-phone: This is missing: --name NAME/m],
  ['ingam-phone', '--state x refuse all', /^ingam-phone: This does not belong here: all\.$/m],
  ['ingam-phone', '--pin', /^ingam-phone: There is no such option: --pin\.$/m],
  ['ingam-token', '', /^ingam-token: Say what is to be done\.$/m],
  ['ingam-token', '--explode', /^ingam-token: There is no such option: --explode\.$/m],
  ['ingam-token', '--settings a b', /^ingam-token: This does not belong here: b\.$/m],
  ['ingam-vault', '', /^ingam-vault: Say what is to be done\.$/m],
  ['ingam-vault', 'explode', /^ingam-vault: There is no such command: explode\.$/m],
  ['ingam-vault', 'init --explode', /^ingam-vault: There is no such option: --explode\.$/m],
  ['ingam-vault', 'init', /^ingam-vault: This is missing: --state\.$/m],
  ['ingam-vault', 'init --state x', /^ingam-vault: This is missing: --kek-file or --passphrase-fd\.$/m],
  ['ingam-vault', 'serve --state x --kek-file y', /^ingam-vault: This is missing: --socket\.$/m],
  ['ingam-vault', 'serve --log loud', /^ingam-vault: The value of this option is not right: --log\.$/m],
  ['ingam-vault', 'serve --allow-uid root', /^ingam-vault: The value of this option is not right: --allow-uid\.$/m],
  ['ingamd', '', /^ingamd: Say what is to be done\.$/m],
  ['ingamd', 'explode', /^ingamd: There is no such command: explode\.$/m],
  ['ingamd', 'serve --explode', /^ingamd: There is no such option: --explode\.$/m],
  ['ingamd', 'serve -f', /^ingamd: This option needs a value: -f\.$/m],
  ['ingamd', 'serve port', /^ingamd: This does not belong here: port\.$/m],
];

for (const [name, line, sentence] of wrong) {
  test(`${name} ${line}: one sentence and the usage on standard error, exit 2`, async () => {
    const { code, stdout, stderr } = await run(program(name), line.split(' ').filter(Boolean));
    assert.equal(code, 2, stderr);
    assert.match(stderr, sentence);
    assert.match(stderr, new RegExp(`^usage: ${name} `, 'm'));
    assert.equal(stdout, '');
  });
}

for (const [line, option] of [['cert change-password', '--form'], ['cert import x', '--form'], ['cert export --out x', '--form'], ['cert vid --seal-to x --out x', '--form'], ['sign x', '--form'], ['sign --seal-to x x', '--cipher']]) {
  test(`ingam ${line} ${option} rot13: the words that it takes are listed, those of its help`, async () => {
    const { stdout } = await run(program('ingam'), [...line.split(' '), '--help']);
    const [, words] = new RegExp(`${option} [A-Z]+ .*?: ([a-z0-9-]+(?:, [a-z0-9-]+)+)`).exec(stdout.replace(/\s+/g, ' '));
    const sorted = (list) => list.split(', ').sort();
    for (const [LC_ALL, form] of [['C.UTF-8', `not right: ${option} \\(one of (.*)\\)\\.`], ['ko_KR.UTF-8', `맞지 않아요: ${option} \\((.*) 가운데 하나\\)\\.`]]) {
      const { code, stderr } = await run(program('ingam'), [...line.split(' '), option, 'rot13'], { env: { LC_ALL } });
      assert.equal(code, 2);
      assert.deepEqual(sorted(new RegExp(form).exec(stderr)[1]), sorted(words));
    }
  });
}

for (const [line, sentence] of [['explode', '없는 명령이에요: explode.'], ['cloud import --help', '휴대폰에 보이는 승인번호 13자리']]) {
  test(`ingam ${line}: in Korean where the person's language is`, async () => {
    const { out } = await run(program('ingam'), line.split(' '), { env: { LC_ALL: 'ko_KR.UTF-8' } });
    assert.ok(out.includes(sentence), out);
  });
}

for (const group of groups) {
  for (const words of [[group, '--help'], [group]]) {
    test(`ingam ${words.join(' ')}: its commands, a line each, and no other's`, async () => {
      const { out } = await run(program('ingam'), words);
      assert.deepEqual([...out.matchAll(/^ {2}ingam (.+?) {2}/gm)].map((found) => found[1].split(' ')), listed.filter(([first, second]) => first === group && second !== undefined));
      assert.match(out, new RegExp(`^usage: ingam ${group} COMMAND`, 'm'));
    });
  }
}

/** The cells of a line on a terminal: Hangul is two wide. */
const cells = (line) => [...line].reduce((sum, c) => sum + (/[\u1100-\u115f\u3000-\u9fff\uac00-\ud7a3]/.test(c) ? 2 : 1), 0);
for (const LC_ALL of ['C.UTF-8', 'ko_KR.UTF-8']) {
  test(`ingam, ${LC_ALL}: help fits a terminal of 80 by 24, what most people need first`, async () => {
    for (const words of [[], ...groups.map((group) => [group]), ...listed]) {
      const { stdout } = await run(program('ingam'), [...words, '--help'], { env: { LC_ALL } });
      const lines = stdout.trimEnd().split('\n'), called = words.join(' ');
      for (const line of lines) assert.ok(cells(line) <= 80, line);
      if (!['sign', 'verify', 'cert vid'].includes(called)) assert.ok(lines.length <= 24, `${called}: ${lines.length}`);
      const screen = lines.slice(0, 23).join('\n');
      if (called === 'sign') for (const option of ['FILE', '--out', '--certificate', '--password-file', '--detached', '--json']) assert.ok(screen.includes(`  ${option}`), option);
      if (called === 'verify') for (const option of ['MESSAGE', 'FILE', '--certificate', '--out', '--trust', '--no-chain']) assert.ok(screen.includes(`  ${option}`), option);
      // It says first what it does, as the list of commands has it.
      if (groups.includes(called)) continue;
      if (words.length > 0) assert.match(lines[0], LC_ALL === 'C.UTF-8' ? /^[A-Z][^가-힣]+\.$/ : /[가-힣]+요\.$/);
      if (words.length > 0) assert.equal(lines[1], '');
    }
  });
}
