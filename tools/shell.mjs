#!/usr/bin/env node
/*
 * shell.mjs - the list of files in web/app/sw.js that the phone app needs to
 * start without a net.
 *
 *   tools/shell.mjs            writes the list
 *   tools/shell.mjs --check    compares it with the tree
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..', 'web');
const worker = join(web, 'app', 'sw.js');
const importLine = /^(?:import|export)\b(?:[^'"\n;]*\bfrom)?\s*['"](\.[^'"\n]+)['"]/gm;

/* The scripts that are started, what they import, and what those import. */
function modules(...starts) {
  const found = new Set();
  const queue = starts;
  for (let path; (path = queue.pop()) !== undefined;) {
    if (found.has(path))
      continue;
    found.add(path);
    const text = readFileSync(join(web, path), 'utf8').replace(/import\s*\{[^}]*\}\s*from/g, (s) => s.replaceAll('\n', ' '));
    for (const [, to] of text.matchAll(importLine))
      queue.push(normalize(join(dirname(path), to)));
  }
  return [...found];
}

const icons = readdirSync(join(web, 'app', 'icons')).map((f) => `app/icons/${f}`);
const list = ['/', '/manifest.webmanifest', '/core/npki.wasm', '/core/i18n/en.json', '/core/i18n/ko.json', '/ui/theme.css',
  '/lib/pretendard/pretendardvariable-dynamic-subset.css', ...[...modules('app/app.js', 'core/npki-worker.js'), ...icons].map((p) => `/${relative('.', p)}`)].sort();
const text = readFileSync(worker, 'utf8');
const wanted = text.replace(/(\/\* shell begins \*\/\n)[^]*(  \/\* shell ends \*\/)/,
  (_, head, tail) => head + list.map((p) => `  '${p}',\n`).join('') + tail);
if (!process.argv.includes('--check')) {
  writeFileSync(worker, wanted);
} else if (text !== wanted) {
  console.log('web/app/sw.js: its list is not the tree; run tools/shell.mjs');
  process.exitCode = 1;
}
