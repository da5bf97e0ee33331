// completion.test.mjs - what a shell offers after "ingam" and a Tab.
//
// Belongs here: bash, and zsh where there is one.
// Not here: what the commands do (cert.test.mjs and others).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { makeCertificate } from '../lib/certificate.mjs';
import { program, root, run } from '../lib/service.mjs';

const base = mkdtempSync(join(tmpdir(), 'ingam-completion-'));
after(() => rmSync(base, { recursive: true, force: true }));
mkdirSync(join(base, 'bin'));
symlinkSync(program('ingam'), join(base, 'bin', 'ingam'));
mkdirSync(join(base, 'here', 'folder'), { recursive: true });
writeFileSync(join(base, 'here', 'file.txt'), '');
mkdirSync(join(base, 'home', 'NPKI', 'a'), { recursive: true });
writeFileSync(join(base, 'home', 'NPKI', 'a', 'signCert.der'), '');
for (const name of ['a', 'b']) {
  mkdirSync(join(base, 'home', 'two', name), { recursive: true });
  writeFileSync(join(base, 'home', 'two', name, 'signCert.der'), '');
}
const env = { HOME: join(base, 'home'), PATH: `${join(base, 'bin')}${delimiter}${process.env.PATH}` };

/** What bash offers for this line, of which the last word is being typed. */
async function bash(words) {
  const { stdout, stderr } = await run('bash', ['--norc', '-c', `cd "$0" && . "$1" && shift && COMP_WORDS=("\${@}") && COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) && _ingam && printf '%s\\n' "\${COMPREPLY[@]}"`, join(base, 'here'), join(root, 'packaging/completions/ingam.bash'), 'ingam', ...words], { env });
  assert.equal(stderr.replace(/.*setlocale.*\n/g, ''), '');
  return stdout.split('\n').filter(Boolean).sort();
}

/** The same of zsh: its function, with what takes the words and what names files in the place of zsh's own. */
const harness = `typeset -ga offered
compadd() {
  while [[ $1 == -* && $1 != -- ]]; do [[ $1 == -d ]] && print -rl -- \${(P)2} >&3; [[ $1 == -[dV] ]] && shift; shift; done
  [[ $1 == -- ]] && shift; offered+=("$@")
}
exec 3>"$SHOWN"
_files() { offered+=(folder); [[ $1 == -/ ]] || offered+=(file.txt) }
words=(ingam "\${@[2,-1]}"); CURRENT=$#words
source "$1"
print -l -- $offered`;
const shown = join(base, 'shown');
async function zsh(words) {
  const { stdout, stderr } = await run('zsh', ['-f', '-c', harness, 'zsh', join(root, 'packaging/completions/_ingam'), ...words], { env: { ...env, SHOWN: shown } });
  assert.equal(stderr, '');
  // zsh itself leaves out what begins otherwise.
  return stdout.split('\n').filter((word) => word && word.startsWith(words.at(-1)));
}

/** A line, what must be offered, and what must not. */
const lines = [
  [[''], ['cert', 'cloud', 'sign', 'token', 'verify', '--help', '--version'], ['list', 'file.txt']],
  [['c'], ['cert', 'cloud'], ['token']],
  [['cert', ''], ['list', 'change-password', 'vid'], ['import-all', 'register', 'cert']],
  [['cert', 'ch'], ['check-password', 'change-password'], ['copy']],
  [['cert', 'show', ''], ['1'], ['folder', 'file.txt']],
  [['cert', 'show', 'f'], ['folder'], ['1', 'file.txt']],
  [['cert', 'show', '--root', join(base, 'here'), ''], ['folder'], ['1', 'file.txt']],
  [['cert', 'change-password', '--'], ['--form', '--new-password-file', '--json', '--help'], ['--to', 'folder']],
  [['cert', 'change-password', '--form', ''], ['seed-sha1', 'pbes2-seed-sha256', 'pbes2-aria'], ['folder', '--json']],
  [['cert', 'copy', '--to', ''], ['folder'], ['file.txt', '--json', '1']],
  [['cert', 'check-password', '--password-file', ''], ['file.txt', 'folder'], ['1']],
  [['sign', '--form', ''], ['der', 'base64', 'hex'], ['folder', 'or']],
  [['sign', '--cipher', ''], ['aes', 'seed'], ['folder', '--json']],
  [['cert', 'vid', '--form', ''], ['pem', 'hex'], ['seed-sha1', 'modern']],
  [['sign', '--'], ['--help'], ['--to']],
  [['sign', '--form', ''], ['der', 'pem', 'base64', 'hex'], ['base64orhex', 'folder']],
  [['cert', 'export', '--form', ''], ['modern', 'compatible'], ['elsemodern', 'folder']],
  [['sign', '--certificate', ''], ['1'], ['folder', 'file.txt', '2']],
  [['sign', '--out', ''], ['file.txt', 'folder'], ['1']],
  [['verify', '--trust', ''], ['file.txt', 'folder'], ['1']],
  // The list is that of --root.
  [['cert', 'show', '--root', '~/two', ''], ['1', '2'], ['folder', 'file.txt', '3']],
  [['sign', '--root', join(base, 'home', 'two'), '--certificate', ''], ['1', '2'], ['3']],
  [['cert', 'show', '--root', ''], ['folder'], ['1', 'file.txt']],
];

const there = (await run('zsh', ['--version'])).code === 0;
for (const [shell, complete, skip] of [['bash', bash, false], ['zsh', zsh, !there && 'no zsh here']]) {
  for (const [words, offered, not] of lines) {
    test(`${shell}: ingam ${words.join(' ')}<Tab>`, { skip }, async () => {
      const got = await complete(words);
      for (const word of offered) assert.ok(got.includes(word), `${word} is not in ${got}`);
      for (const word of not) assert.ok(!got.includes(word), `${word} is in ${got}`);
    });
  }
}

test('zsh: beside the number of a certificate stands whose it is, and until when', { skip: !there && 'no zsh here' }, async () => {
  const home = join(base, 'home', 'own');
  makeCertificate({ into: home, name: '홍길동()002', valid: ['20260101000000Z', '20991231000000Z'] });
  makeCertificate({ into: home, name: '김철수()002', valid: ['20200101000000Z', '20210101000000Z'] });
  mkdirSync(join(home, 'NPKI', 'z'));
  writeFileSync(join(home, 'NPKI', 'z', 'signCert.der'), '');
  const offered = await zsh(['cert', 'show', '--root', home, '']);
  assert.deepEqual(offered.filter((word) => /^\d$/.test(word)), ['1', '2', '3']);
  assert.deepEqual(readFileSync(shown, 'utf8').trim().split('\n').sort(), ['1  김철수()002, Ingam test CA, 2021-01-01, expired', '2  홍길동()002, Ingam test CA, 2099-12-31', `3  ${join(home, 'NPKI', 'z')}, unreadable`].sort());
});
