// change.test.mjs - ingam cert change-password is killed, loses power, and finds
// the medium full or read-only: the folder always opens, with one password.
//
// Belongs here: random moments with a seed, on the file system of the machine
// and on FAT; power cuts; media that cannot be written, or no longer.
// Not here: each step by its name (tests/unit/npki/medium_test.c).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../lib/certificate.mjs';
import { program, run } from '../lib/service.mjs';
import { Chance } from './chance.mjs';
import { Disk } from './disk.mjs';

const seed = Number(process.env.INGAM_SEED ?? Math.floor(Math.random() * 1e9));
const chance = new Chance(seed);
const base = mkdtempSync(join(tmpdir(), 'ingam-change-'));
const mounted = [];
after(() => {
  for (const [at, device] of mounted) {
    execFileSync('umount', [at]);
    execFileSync('losetup', ['-d', device]);
  }
  rmSync(base, { recursive: true, force: true });
});

/** The two passwords, and the file of each. */
const words = ['Canary7!Qw', 'Other9#Xyw'];
const secrets = words.map((word, i) => {
  const path = join(base, `password-${i}`);
  writeFileSync(path, word, { mode: 0o600 });
  return path;
});
const made = makeCertificate({ into: join(base, 'made'), password: words[0], km: true });
const names = ['kmCert.der', 'kmPri.key', 'signCert.der', 'signPri.key'];

const check = async (folder, i) => (await run(program('ingam'), ['cert', 'check-password', folder, '--password-file', secrets[i]])).code === 0;

/** Which of the two opens both keys; what the folder looks like besides. */
async function state(folder, where) {
  const opens = [await check(folder, 0), await check(folder, 1)];
  assert.equal(opens.filter(Boolean).length, 1, `${where}: old ${opens[0]}, new ${opens[1]}; ${readdirSync(folder)}`);
  assert.deepEqual(readdirSync(folder).sort(), names, where);
  for (const name of names.filter((n) => n.endsWith('.der'))) assert.deepEqual(readFileSync(join(folder, name)), readFileSync(join(made.folder, name)), where);
  return opens.indexOf(true);
}

/** OpenSSL reads both key files with the password, too. */
function opensslOpens(folder, i) {
  for (const name of ['signPri.key', 'kmPri.key'])
    execFileSync('openssl', ['pkey', '-inform', 'DER', '-in', join(folder, name), '-passin', `pass:${words[i]}`, '-noout', '-provider', 'legacy', '-provider', 'default'], { stdio: 'pipe' });
}

/** Changes from password `from` to the other one; killed after so many milliseconds (if it still runs). Gives whether it was, and its exit code. */
function change(folder, from, ms, env = {}) {
  const child = spawn(program('ingam'), ['cert', 'change-password', folder, '--password-file', secrets[from], '--new-password-file', secrets[1 - from], '--json'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  let stdout = '';
  child.stdout.on('data', (text) => { stdout += text; });
  return new Promise((done) => {
    child.on('close', (code, signal) => done({ code, killed: signal === 'SIGKILL', stdout }));
    if (ms === undefined) return;
    // Timers of Node count whole milliseconds; the steps of a change are shorter.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    child.kill('SIGKILL');
  });
}

/** How long a change takes here, now; six of them, so that the password is the same again. */
async function duration(folder, from, env = () => ({})) {
  const times = [];
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    assert.equal((await change(folder, (from + i) % 2, undefined, env())).code, 0);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[3];
}

/** So many kills at random moments of a change in this folder. */
async function kills(folder, n, t) {
  cpSync(made.folder, folder, { recursive: true });
  const takes = await duration(folder, 0);
  let now = 0, killed = 0, changed = 0, interrupted = 0;
  while (killed < n) {
    const after = chance.next() * takes * 1.2;
    const done = await change(folder, now, after);
    if (!done.killed) {
      assert.equal(done.code, 0);
      now = 1 - now;
      continue;
    }
    killed++;
    if (readdirSync(folder).length > names.length) interrupted++;
    const next = await state(folder, `seed ${seed}, kill ${killed} after ${after.toFixed(2)} ms`);
    if (next !== now) changed++;
    now = next;
    if (killed % 20 === 0) opensslOpens(folder, now);
  }
  t.diagnostic(`seed ${seed}: ${killed} kills within ${takes.toFixed(1)} ms, ${interrupted} with files half written, ${changed} left the new password`);
  assert.ok(interrupted > 0, `seed ${seed}: no kill came while files were written`);
}

test('200 kill -9 at random moments of change-password: the folder opens with the old or the new password', async (t) => {
  await kills(join(base, 'killed'), 200, t);
});

/** How a stick's file system is made and mounted; the kernel's own goes first. */
const sticks = [
  ['FAT', ['mkfs.vfat'], (device, at) => execFileSync('mount', ['-t', 'vfat', device, at], { stdio: 'pipe' })],
  ['exFAT', ['mkfs.exfat'], (device, at) => execFileSync('mount.exfat-fuse', [device, at], { stdio: 'pipe' })],
];

/** A file system of a stick, in a file, or why there is none: modes and case mean nothing on it. */
function fat() {
  const reasons = [];
  for (const [name, [make, ...options], mount] of sticks) {
    const image = join(base, `${name}.img`), at = join(base, name);
    let device;
    try {
      execFileSync('truncate', ['-s', '16M', image], { stdio: 'pipe' });
      execFileSync(make, [...options, image], { stdio: 'pipe' });
      device = execFileSync('losetup', ['--find', '--show', image], { stdio: 'pipe', encoding: 'utf8' }).trim();
      mkdirSync(at);
      mount(device, at);
      mounted.push([at, device]);
      return { name, at };
    } catch (error) {
      if (device) execFileSync('losetup', ['-d', device]);
      reasons.push(`${name}: ${String(error.stderr || error.message).trim().split('\n')[0]}`);
    }
  }
  return { name: 'FAT', reason: reasons.join('; ') };
}
const stick = fat();

test(`50 kill -9 on ${stick.name}`, { skip: stick.reason }, async (t) => {
  await kills(join(stick.at, 'NPKI'), 50, t);
});

test(`${stick.name}: copy and delete`, { skip: stick.reason }, async () => {
  const copied = await run(program('ingam'), ['cert', 'copy', made.folder, '--to', stick.at, '--json']);
  assert.equal(copied.code, 0, copied.out);
  const { folder } = JSON.parse(copied.stdout);
  assert.deepEqual(readdirSync(folder).sort(), names);
  assert.equal((await run(program('ingam'), ['cert', 'delete', folder, '--yes'])).code, 0);
  assert.equal(existsSync(folder), false);
});

test('60 power cuts at random moments of change-password', async (t) => {
  const folder = join(base, 'cut');
  let now = 0, waited = 0, changed = 0, finished = 0, cuts = 0;
  cpSync(made.folder, folder, { recursive: true });
  const forgetful = () => new Disk(folder, { syncMicroseconds: 500 });
  const takes = 1.1 * await duration(folder, 0, () => forgetful().env());
  for (let i = 0; cuts < 60 && i < 300; i++) {
    const disk = forgetful();
    // What is there before is on the disk; a program that does nothing tells it so.
    execFileSync('true', { env: { ...process.env, ...disk.env() } });
    const after = chance.next() * takes;
    const done = await change(folder, now, after, disk.env());
    const told = disk.cut(chance);
    waited += told.pages + told.names;
    const next = await state(folder, `seed ${seed}, cut ${i} after ${after.toFixed(2)} ms, luck ${JSON.stringify(told.luck)}`);
    // What was said to be done survives.
    if (!done.killed) {
      assert.equal(next, 1 - now, `seed ${seed}, cut ${i}: it had said that it was done`);
      finished++;
    } else {
      cuts++;
      if (next !== now) changed++;
    }
    now = next;
  }
  t.diagnostic(`seed ${seed}: ${cuts} cuts within ${takes.toFixed(1)} ms, ${waited} pages and names waited, ${changed} left the new password; ${finished} more came after the end`);
  assert.equal(cuts, 60);
  assert.ok(waited > 0, `seed ${seed}: nothing waited for the disk: the cuts cut nothing`);
});

/** In a mount namespace of its own a script may mount; its output, or null where that is not allowed. */
async function apart(script) {
  const unshare = process.getuid() === 0 ? ['-m'] : ['-Urm'];
  if ((await run('unshare', [...unshare, 'mount', '-t', 'tmpfs', 'none', base])).code !== 0) return null;
  const at = join(base, 'apart');
  mkdirSync(at, { recursive: true });
  const arguments_ = (from) => `cert change-password "$at/c" --password-file '${secrets[from]}' --new-password-file '${secrets[1 - from]}' --json`;
  const words_ = { CHANGE: arguments_(0), BACK: arguments_(1), LIST: 'cert list --root "$at/c"', SHOW: 'cert show "$at/c"', OLD: `cert check-password "$at/c" --password-file '${secrets[0]}'`, NEW: `cert check-password "$at/c" --password-file '${secrets[1]}'` };
  return run('unshare', [...unshare, 'sh', '-ec', script.replace(/\b(CHANGE|BACK|LIST|SHOW|OLD|NEW)\b/g, (word) => `'${program('ingam')}' ${words_[word]}`)], { env: { at, made: made.folder, HOME: base } });
}
const sums = 'cd "$at/c"; sha256sum *';

test('a full medium: exit 4, the old files untouched', async (t) => {
  // From no room at all, block by block, until the change fits.
  const done = await apart(`mount -t tmpfs -o size=128k none "$at"; cp -r "$made" "$at/c"; before=$(${sums})
    dd if=/dev/zero of="$at/filler" bs=4096 2>/dev/null || true
    for blocks in 0 1 2 3 4 5 6 7 8 9; do
      code=0; CHANGE || code=$?
      [ "$code" = 0 ] && { echo "fits $blocks"; break; }
      [ "$code" = 4 ] && [ "$(${sums})" = "$before" ] || { echo "bad $blocks $code"; ls -l "$at/c"; break; }
      truncate -s $(( $(stat -c %s "$at/filler") - 4096 )) "$at/filler"
    done`);
  if (done === null) return t.skip('no mount namespace here');
  assert.equal(done.code, 0, done.out);
  const lines = done.stdout.trimEnd().split('\n');
  assert.match(lines.at(-1), /^fits [3-9]$/, done.out);
  for (const line of lines.slice(0, -2)) {
    const answer = JSON.parse(line);
    assert.deepEqual([answer.problem, answer.reason], ['not-written', 'No space left on device']);
  }
});

test('a read-only medium: exit 3, the old files untouched, and it can be looked at', async (t) => {
  const done = await apart(`cp -r "$made" "$at/c"; mount --bind "$at" "$at"; mount -o remount,bind,ro "$at"; before=$(${sums})
    code=0; CHANGE || code=$?; echo "exit $code"; [ "$(${sums})" = "$before" ] && echo same
    OLD`);
  if (done === null) return t.skip('no mount namespace here');
  const [answer, code, same, right] = done.stdout.trimEnd().split('\n');
  assert.equal(JSON.parse(answer).problem, 'read-only', done.out);
  assert.deepEqual([code, same, right], ['exit 3', 'same', 'The password is right (홍길동).']);
});

/* Where it dies, which of the passwords opens then, and what changes back from that one. */
for (const [point, opens, other] of [['medium-temporary:1', 'OLD', 'CHANGE'], ['medium-written', 'OLD', 'CHANGE'], ['medium-marked', 'NEW', 'BACK'], ['medium-moved:1', 'NEW', 'BACK'], ['medium-finished', 'NEW', 'BACK']]) {
  test(`a change that died at ${point}, on a medium that is read-only since: it is read as it will be, and a change is exit 3`, async (t) => {
    const done = await apart(`mount -t tmpfs none "$at"; cp -r "$made" "$at/c"
      code=0; INGAM_FAILPOINT=${point} CHANGE >/dev/null || code=$?; echo "died $code"
      mount -o remount,ro "$at"; before=$(${sums})
      LIST >/dev/null; SHOW >/dev/null; echo looked
      code=0; OLD 2>/dev/null || code=$?; echo "old $code"
      code=0; NEW 2>/dev/null || code=$?; echo "new $code"
      code=0; ${other} || code=$?; echo "change $code"
      [ "$(${sums})" = "$before" ] && echo same
      mount -o remount,rw "$at"
      code=0; ${other} >/dev/null || code=$?; echo "writable $code"; ls "$at/c"`);
    if (done === null) return t.skip('no mount namespace here');
    const lines = done.stdout.trimEnd().split('\n').filter((line) => !/ is right \(.*\)\.$/.test(line));
    if (lines[0] === 'died 0') return t.skip('a build without failpoints');
    const answer = JSON.parse(lines[4] ?? '{}');
    lines[4] = answer.problem;
    assert.equal(answer.reason, 'Read-only file system', done.out);
    assert.deepEqual(lines, ['died 137', 'looked', `old ${opens === 'OLD' ? 0 : 1}`, `new ${opens === 'OLD' ? 1 : 0}`, 'read-only', 'change 3', 'same', 'writable 0', ...names], done.out);
  });
}
