// list.test.mjs - docs/attacks.md is what auditors read: it names every attack
// of this folder and of the vault's, and none that is not there.
//
// Belongs here: the comparison of that page with the tests, and its figures.
// Not here: attacks (their own files; tests/vault).
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/service.mjs';

const text = (name) => readFileSync(join(root, name), 'utf8');

// The lines of the page's parts that name a file, each with its file.
function named() {
  return [...text('docs/attacks.md').matchAll(/^## .*\n[^]*?(?=^## |\s*$(?![^]))/gm)].flatMap(([part]) => {
    const file = /`(tests\/(?:attack|vault)\/[\w.]+)`/.exec(part)?.[1];
    return file === undefined ? [] : [...part.matchAll(/^- (.*(?:\n  .*)*)/gm)].map(([, line]) => `${file}: ${line.replace(/\n {2}/g, ' ')}`);
  }).sort();
}

// What a program of C calls attack() with, and its table of spoilt evidence.
function triedBy(file) {
  return [...text(file).replace(/"\s*\n\s*"/g, '').matchAll(/\battack\((?!const)([^;]*?)\);|\{ SPOIL_\w+,\s*("[^"]+")/g)]
    .flatMap(([, called, row]) => [...(called ?? row).matchAll(/"([^"]+)"/g)]).map(([, name]) => `${file}: ${name}`);
}

test('docs/attacks.md names every attack that is tried, under its file, and none that is not', () => {
  const outside = readdirSync(join(root, 'tests/attack')).filter((f) => f.endsWith('.test.mjs') && f !== 'list.test.mjs')
    .map((f) => `tests/attack/${f}`).flatMap((file) =>
      [...text(file).matchAll(/^test\('((?:[^'\\]|\\.)*)'/gm)].map(([, name]) => `${file}: ${name.replaceAll('\\\'', '\'')}`));
  const inside = triedBy('tests/vault/attack_test.c');
  assert.deepEqual(named(), [...outside, ...inside].sort());
  assert.ok(outside.length >= 30, `${outside.length} attacks from outside`);
  assert.ok(inside.length >= 30, `${inside.length} attacks on the vault`);
  assert.equal(new Set(inside).size, inside.length, 'two attacks of one name');
});
