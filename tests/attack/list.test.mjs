// list.test.mjs - docs/attacks.md is what auditors read: it names every attack
// of this folder, and none that is not here.
//
// Belongs here: the comparison of that page with the tests, and its figures.
// Not here: attacks (their own files).
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/service.mjs';

test('docs/attacks.md names every attack that is tried, under its file, and none that is not', () => {
  const folder = join(root, 'tests/attack');
  const tried = readdirSync(folder).filter((f) => f.endsWith('.test.mjs') && f !== 'list.test.mjs').flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^test\('((?:[^'\\]|\\.)*)'/gm)].map(([, name]) => `${file}: ${name.replaceAll('\\\'', '\'')}`));
  const page = readFileSync(join(root, 'docs/attacks.md'), 'utf8');
  const named = [...page.matchAll(/^## .*\n[^]*?(?=^## |\s*$(?![^]))/gm)].flatMap(([part]) => {
    const file = /`tests\/attack\/([\w.]+)`/.exec(part)?.[1];
    return file === undefined ? [] : [...part.matchAll(/^- (.*(?:\n  .*)*)/gm)].map(([, line]) => `${file}: ${line.replace(/\n {2}/g, ' ')}`);
  });
  assert.deepEqual(named.sort(), tried.sort());
  assert.ok(tried.length >= 30, `${tried.length} attacks`);
});
