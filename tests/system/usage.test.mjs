// usage.test.mjs - a person asks a program what it can do, or mistypes.
//
// Belongs here: --help, --version and wrong command lines of every program.
// Not here: what the commands do; values of settings (ingamd.test.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program, root, run } from '../lib/service.mjs';

const version = /version: '([0-9.]+)'/.exec(readFileSync(join(root, 'meson.build'), 'utf8'))[1];

/** Every program, its manual page, and the commands that may stand before an option. */
const programs = [
  { name: 'ingam', page: 'ingam.1', commands: [[], ['cloud'], ['cloud', 'import'], ['token'], ['token', 'register'], ['token', 'unregister']] },
  { name: 'ingam-phone', page: 'ingam-phone.1', commands: [[], ['join'], ['import'], ['list'], ['approve'], ['refuse'], ['delete'], ['load']] },
  { name: 'ingam-token', page: 'ingam-token.8', commands: [[], ['--settings']] },
  { name: 'ingam-vault', page: 'ingam-vault.8', commands: [[], ['init'], ['serve']] },
  { name: 'ingamd', page: 'ingamd.8', commands: [[], ['serve'], ['init'], ['migrate'], ['check-config']] },
];

for (const { name, page, commands } of programs) {
  for (const words of commands) {
    const called = [name, ...words].join(' ');
    test(`${called} --help: the usage on standard output, exit 0`, async () => {
      const { code, stdout, stderr } = await run(program(name), [...words, '--help']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^usage: ${name} `));
      assert.equal(stderr, '');
    });
    test(`${called} --version: the version on standard output, exit 0`, async () => {
      const { code, stdout, stderr } = await run(program(name), [...words, '--version']);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, `${name} ${version}\n`);
      assert.equal(stderr, '');
    });
  }
  test(`${name}: the usage names every option of its manual page`, async () => {
    const stdout = (await Promise.all(commands.map(async (words) => (await run(program(name), [...words, '--help'])).stdout))).join('\n');
    const named = readFileSync(join(root, 'man', page), 'utf8').matchAll(/^\.It Fl (-?[a-z-]+)/gm);
    for (const [, option] of named) assert.ok(stdout.includes(`-${option}`), `-${option} is not in\n${stdout}`);
  });
}

/** What is typed, and the sentence that says what is wrong with it. */
const wrong = [
  ['ingam', '', /^ingam: Say what is to be done\.$/m],
  ['ingam', 'cloud', /^ingam: Say what is to be done\.$/m],
  ['ingam', 'explode', /^ingam: There is no such command: explode\.$/m],
  ['ingam', 'cloud explode', /^ingam: There is no such command: explode\.$/m],
  ['ingam', '--explode', /^ingam: There is no such option: --explode\.$/m],
  ['ingam', 'cloud import --pin', /^ingam cloud import: There is no such option: --pin\.$/m],
  ['ingam', 'cloud import -p', /^ingam cloud import: There is no such option: -p\.$/m],
  ['ingam', 'cloud import --json -jx', /^ingam cloud import: There is no such option: -j\.$/m],
  ['ingam', 'cloud import --code', /^ingam cloud import: This option needs a value: --code\.$/m],
  ['ingam', 'cloud import --json=1', /^ingam cloud import: This option takes no value: --json\.$/m],
  ['ingam', 'cloud import --server localhost:8701', /^ingam cloud import: The value of this option is not right: --server\.$/m],
  ['ingam', 'cloud import --number x', /^ingam cloud import: The value of this option is not right: --number\.$/m],
  ['ingam', 'cloud import one two', /^ingam cloud import: This has no place here: two\.$/m],
  ['ingam', 'cloud import --secret=Abcdefg!1234', /^(?![^]*Abcdefg)[^]*no such option: --secret\.$/m],
  ['ingam-phone', '', /^ingam-phone: Say what is to be done\.$/m],
  ['ingam-phone', 'list certificates', /^ingam-phone: This is missing: --state\.$/m],
  ['ingam-phone', 'load --members 0', /^ingam-phone: The value of this option is not right: --members\.$/m],
  ['ingam-phone', '--state x', /^ingam-phone: Say what is to be done\.$/m],
  ['ingam-phone', '--state x explode', /^ingam-phone: There is no such command: explode\.$/m],
  ['ingam-phone', '--state x join', /^ingam-phone: This is missing: --name NAME/m],
  ['ingam-phone', '--state x refuse all', /^ingam-phone: This has no place here: all\.$/m],
  ['ingam-phone', '--pin', /^ingam-phone: There is no such option: --pin\.$/m],
  ['ingam-token', '', /^ingam-token: Say what is to be done\.$/m],
  ['ingam-token', '--explode', /^ingam-token: There is no such option: --explode\.$/m],
  ['ingam-token', '--settings a b', /^ingam-token: This has no place here: b\.$/m],
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
  ['ingamd', 'serve port', /^ingamd: This has no place here: port\.$/m],
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

for (const [line, sentence] of [['explode', '없는 명령이에요: explode.'], ['cloud import --help', '휴대폰에 보이는 승인번호 13자리']]) {
  test(`ingam ${line}: in Korean where the person's language is`, async () => {
    const { out } = await run(program('ingam'), line.split(' '), { env: { LC_ALL: 'ko_KR.UTF-8' } });
    assert.ok(out.includes(sentence), out);
  });
}
