// disk.test.mjs - the disk that forgets keeps what was synced, and loses the rest.
//
// Belongs here: files and names of a program that is no more than these calls.
// Not here: our programs on it (fault.test.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from './chance.mjs';
import { Disk } from './disk.mjs';

const none = { page: 0, name: 0, torn: 0 }, all = { page: 1, name: 1, torn: 0 };

/** The folder after a program's calls and a cut. `before`: files that were there. */
function after(before, calls, luck, seed = 1) {
  const data = mkdtempSync(join(tmpdir(), 'ingam-disk-')), disk = new Disk(data, { syncMicroseconds: 0 });
  for (const [name, text] of Object.entries(before)) writeFileSync(join(data, name), text);
  const program = `const fs = require('node:fs');
    process.chdir(${JSON.stringify(data)});
    const at = (name) => ${JSON.stringify(data)} + '/' + name;
    const open = (name, flags = 'r+') => fs.openSync(at(name), flags);
    const put = (fd, text, from) => fs.writeSync(fd, Buffer.from(text), 0, Buffer.byteLength(text), from);
    const sync = (fd) => fs.fdatasyncSync(fd);
    const syncFolder = () => { const fd = fs.openSync(at('.').slice(0, -2), 'r'); fs.fsyncSync(fd); fs.closeSync(fd); };
    ${calls}
    process.kill(process.pid, 'SIGKILL');`;
  try {
    execFileSync(process.execPath, ['-e', program], { env: { ...process.env, ...disk.env() }, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if (error.signal !== 'SIGKILL') throw error;
  }
  disk.cut(new Chance(seed), luck);
  const read = (name) => (existsSync(join(data, name)) ? readFileSync(join(data, name)) : null);
  const found = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, read(name)]));
  rmSync(data, { recursive: true, force: true });
  return found;
}

const text = (bytes) => bytes?.toString('latin1') ?? null;

for (const [name, before, calls, lost, kept] of [
  ['what was there before is there', { a: 'old' }, '', { a: 'old' }, { a: 'old' }],
  ['what was written and not synced', { a: 'old' }, "put(open('a'), 'new', 0);", { a: 'old' }, { a: 'new' }],
  ['what was written and synced', { a: 'old' }, "const fd = open('a'); put(fd, 'new', 0); sync(fd);", { a: 'new' }, { a: 'new' }],
  ['what was written after the sync', { a: 'old' }, "const fd = open('a'); put(fd, 'new', 0); sync(fd); put(fd, 'xyz', 3);", { a: 'new' }, { a: 'newxyz' }],
  ['a sync of another file', { a: 'old', b: '' }, "put(open('a'), 'new', 0); const b = open('b'); put(b, 'b', 0); sync(b);", { a: 'old', b: 'b' }, { a: 'new', b: 'b' }],
  ['a sync by another descriptor of the same file', { a: 'old' }, "put(open('a'), 'new', 0); sync(open('a'));", { a: 'new' }, { a: 'new' }],
  ['a file cut short', { a: 'long text' }, "fs.ftruncateSync(open('a'), 4);", { a: 'long text' }, { a: 'long' }],
  ['a file cut short and synced', { a: 'long text' }, "const fd = open('a'); fs.ftruncateSync(fd, 4); sync(fd);", { a: 'long' }, { a: 'long' }],
  ['a new file that was synced, its folder not', {}, "const fd = open('a', 'w+'); put(fd, 'new'); sync(fd);", { a: null }, { a: 'new' }],
  ['a new file and its folder, synced', {}, "const fd = open('a', 'w+'); put(fd, 'new'); sync(fd); syncFolder();", { a: 'new' }, { a: 'new' }],
  ['a new file whose folder was synced, itself not', {}, "put(open('a', 'w+'), 'new'); syncFolder();", { a: '' }, { a: 'new' }],
  ['a file written for writing only', { a: 'old' }, "const fd = open('a', 'w'); put(fd, 'new'); sync(fd); put(fd, 'xyz');", { a: 'new' }, { a: 'newxyz' }],
  ['a replacement, its folder not synced', { a: 'old' }, "const fd = open('b', 'w+'); put(fd, 'new'); sync(fd); fs.renameSync(at('b'), at('a'));", { a: 'old', b: null }, { a: 'new', b: null }],
  ['a replacement, its folder synced', { a: 'old' }, "const fd = open('b', 'w+'); put(fd, 'new'); sync(fd); fs.renameSync(at('b'), at('a')); syncFolder();", { a: 'new', b: null }, { a: 'new', b: null }],
  ['a replacement that was never synced itself', { a: 'old' }, "put(open('b', 'w+'), 'new'); fs.renameSync(at('b'), at('a')); syncFolder();", { a: '', b: null }, { a: 'new', b: null }],
  ['a file that was removed, its folder not synced', { a: 'old' }, "open('a'); fs.unlinkSync(at('a'));", { a: 'old' }, { a: null }],
  ['a file that was removed, its folder synced', { a: 'old' }, "open('a'); fs.unlinkSync(at('a')); syncFolder();", { a: null }, { a: null }],
]) {
  test(`${name}: with bad luck and with good luck`, () => {
    for (const [luck, want] of [[none, lost], [all, kept]]) {
      const found = after(before, calls, luck);
      assert.deepEqual(Object.fromEntries(Object.keys(want).map((n) => [n, text(found[n])])), want);
    }
  });
}

test('pages that wait come in part, torn at sectors, whichever were written first', () => {
  const calls = "const fd = open('a'); for (let i = 0; i < 8; i++) put(fd, 'n'.repeat(4096), i * 4096);";
  const seen = new Set();
  for (let seed = 0; seed < 8; seed++) {
    const { a } = after({ a: 'o'.repeat(8 * 4096) }, calls, { page: 0.5, name: 1, torn: 0.5 }, seed);
    assert.equal(a.length, 8 * 4096);
    for (let at = 0; at < a.length; at += 512) assert.match(text(a.subarray(at, at + 512)), /^(n{512}|o{512})$/);
    seen.add(text(a));
  }
  assert.ok(seen.size > 4, `${seen.size} kinds of cuts`);
});
