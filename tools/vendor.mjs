#!/usr/bin/env node
/*
 * vendor.mjs - copies the few npm files that the browser code needs into
 * web/lib, as plain ES modules.
 *
 *   tools/vendor.mjs            fetch with `npm pack`, copy, write the list
 *   tools/vendor.mjs --check    compare web/lib with its list; no network
 *
 * A package is taken only when the tarball has the pinned hash. From its
 * entries the imports are followed; package names in them become relative
 * paths, nothing else is changed. Other files are copied as they are.
 */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = [
  {
    name: '@noble/hashes', version: '2.4.0', licence: 'MIT', folder: 'noble-hashes',
    integrity: 'sha512-X5XaVWZIBCT7HHZGm5I7ZQXDwLG+bGXuSrMQAW+7Zvl87h1kmc1ZB1VSRJcpUfoUrGQp4Fkoxm5kZ+Ms+aW+eA==',
    use: 'SHA-1/2, MD5, HMAC, HKDF, PBKDF2 of key files and of the transfer',
    entries: ['sha2.js', 'hmac.js', 'hkdf.js', 'pbkdf2.js', 'legacy.js', 'utils.js'],
  },
  {
    name: '@noble/ciphers', version: '2.4.0', licence: 'MIT', folder: 'noble-ciphers',
    integrity: 'sha512-AnjFn0Jv92laAkvMrghlFZq4qQCIN/4DxFV/eooqtC2YTjB7kBeLMS2T9KJX4Dn+ZVXLOwK0lSgqDtx9gvxtiw==',
    use: 'AES-CBC of key files, AES-GCM of the transfer',
    entries: ['aes.js'],
  },
  {
    name: '@noble/curves', version: '2.4.0', licence: 'MIT', folder: 'noble-curves',
    integrity: 'sha512-P4/62zrgfH33CneE3Dn4WhJVA22YUU0eR51wKIan4NVRvwsA0YnPTwWGpNbpuacSujmSFLvyzpyuR30+fbq2Ew==',
    use: 'ristretto255 of CPace; P-256 and P-384, to see that a key file is whole',
    entries: ['ed25519.js', 'nist.js'],
  },
  {
    name: 'qr', version: '0.7.0', licence: 'MIT OR Apache-2.0', folder: 'qr',
    integrity: 'sha512-/VrrACmOAwZVipuRITwfEwOL5oAMEHH5PTmBWaGtlTom2Thxaa+rhmna4zU9PRN2uLw2wdccbkHOLGZb1Q9SdA==',
    use: 'drawing QR codes',
    entries: ['index.js'], licences: ['LICENSE', 'LICENSE-MIT'],
  },
  {
    name: 'pretendard', version: '1.3.9', licence: 'OFL-1.1', folder: 'pretendard',
    integrity: 'sha512-PaQAADyLY5v4kYFwkpSJHbSSYIkiriY/1xXw75TKoZ9UQQqeU+tvP05yTdZAWibiIYoo8ZKtRv8PM7w0IaywSw==',
    use: 'the typeface, in pieces of which a page loads those it needs',
    entries: [], licences: ['dist/LICENSE.txt'],
    copies: [['dist/web/variable', /^(pretendardvariable-dynamic-subset\.css|woff2-dynamic-subset\/.*)$/]],
  },
];

/* Lit comes as four packages of many small files; they are joined into one. */
const lit = {
  name: 'lit', version: '3.3.3', licence: 'BSD-3-Clause', folder: 'lit',
  integrity: 'sha512-fycuvZg/hkpozL00lm1pEJH5nN/lr9ZXd6mJI2HSN4+Bzc+LDNdEApJ6HFbPkdFNHLvOplIIuJvxkS4XUxqirw==',
  use: 'templates and custom elements; joined with its parts into one file by esbuild',
  parts: [
    ['lit-html', '3.3.3', 'sha512-el8M6jK2o3RXBnrSHX3ZKrsN8zEV63pSExTO1wYJz7QndGYZ8353e2a5PPX+qHe2aGayfnchQmkAojaWAREOIA=='],
    ['lit-element', '4.2.2', 'sha512-aFKhNToWxoyhkNDmWZwEva2SlQia+jfG0fjIWV//YeTaWrVnOxD89dPKfigCUspXFmjzOEUQpOkejH5Ly6sG0w=='],
    ['@lit/reactive-element', '2.1.2', 'sha512-pbCDiVMnne1lYUIaYNN5wrwQXDtHaYtg7YEFPeW+hws6U47WeFvISGUWekPGKWOP1ygrs0ef0o1VJMk1exos5A=='],
  ],
  esbuild: 'esbuild@0.28.2',
  source: `export * from 'lit';
export { repeat } from 'lit/directives/repeat.js';
export { classMap } from 'lit/directives/class-map.js';
export { ifDefined } from 'lit/directives/if-defined.js';
export { live } from 'lit/directives/live.js';
`,
};

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', 'web', 'lib');
const list = join(lib, 'vendor.json');
const importLine = /^((?:import|export)\b(?:[^'"\n;]*\bfrom)?\s*)(['"])([^'"\n]+)\2;/gm;

const hex = (bytes) => createHash('sha256').update(bytes).digest('hex');

/* Gives the folder that the package was unpacked into. */
function unpack(pkg, scratch, folder = join(scratch, pkg.folder)) {
  const spec = `${pkg.name}@${pkg.version}`;
  const out = execFileSync('npm', ['pack', '--json', '--pack-destination', scratch, spec],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const tarball = join(scratch, JSON.parse(out)[0].filename);
  const got = 'sha512-' + createHash('sha512').update(readFileSync(tarball)).digest('base64');
  if (got !== pkg.integrity)
    throw new Error(`${spec}: hash is ${got}`);
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  return folder;
}

/* Where an import of one file of pkg leads: package folder and file in it. */
function resolve(pkg, file, specifier) {
  if (specifier.startsWith('.'))
    return { pkg, file: normalize(join(dirname(file), specifier)) };
  const other = packages.find((p) => specifier.startsWith(p.name + '/'));
  if (other === undefined)
    throw new Error(`${pkg.name}/${file}: import of ${specifier}`);
  return { pkg: other, file: specifier.slice(other.name.length + 1) };
}

function fetchAll() {
  const scratch = mkdtempSync(join(tmpdir(), 'vendor-'));
  const folders = new Map(packages.map((p) => [p, unpack(p, scratch)]));
  const queue = packages.flatMap((pkg) => pkg.entries.map((file) => ({ pkg, file })));
  const done = new Map();

  for (let at; (at = queue.pop()) !== undefined;) {
    const path = join(at.pkg.folder, at.file);
    if (done.has(path))
      continue;
    const source = readFileSync(join(folders.get(at.pkg), at.file), 'utf8');
    const text = source.replace(importLine, (all, head, quote, specifier) => {
      const to = resolve(at.pkg, at.file, specifier);
      queue.push(to);
      const rel = relative(dirname(path), join(to.pkg.folder, to.file));
      return head + quote + (rel.startsWith('.') ? rel : './' + rel) + quote + ';';
    });
    done.set(path, text);
  }
  for (const pkg of packages) {
    for (const name of pkg.licences ?? ['LICENSE'])
      done.set(join(pkg.folder, basename(name)), readFileSync(join(folders.get(pkg), name)));
    for (const [from, which] of pkg.copies ?? [])
      for (const path of filesUnder(join(folders.get(pkg), from)).filter((p) => which.test(p)))
        done.set(join(pkg.folder, path), readFileSync(join(folders.get(pkg), from, path)));
  }
  joinLit(scratch, done);
  rmSync(scratch, { recursive: true });
  return done;
}

/* Puts Lit's one file and its licence into done. */
function joinLit(scratch, done) {
  const work = join(scratch, 'lit-work');
  const folder = unpack(lit, scratch, join(work, 'node_modules', lit.name));
  for (const [name, version, integrity] of lit.parts)
    unpack({ name, version, integrity }, scratch, join(work, 'node_modules', name));
  writeFileSync(join(work, 'all.js'), lit.source);
  execFileSync('npx', ['--yes', lit.esbuild, 'all.js', '--bundle', '--format=esm',
    '--legal-comments=inline', '--outfile=lit.js'], { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
  done.set('lit/lit.js', readFileSync(join(work, 'lit.js')));
  done.set('lit/LICENSE', readFileSync(join(folder, 'LICENSE')));
}

const filesUnder = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((d) => d.isFile()).map((d) => relative(folder, join(d.parentPath ?? d.path, d.name)));

function write(files) {
  const hashes = {};
  for (const pkg of [...packages, lit])
    rmSync(join(lib, pkg.folder), { recursive: true, force: true });
  for (const path of [...files.keys()].sort()) {
    mkdirSync(dirname(join(lib, path)), { recursive: true });
    writeFileSync(join(lib, path), files.get(path));
    hashes[path] = hex(files.get(path));
  }
  const rows = [...packages, lit].map(({ name, version, licence, folder, integrity }) =>
    ({ name, version, licence, folder, integrity,
      files: Object.fromEntries(Object.entries(hashes).filter(([p]) => p.startsWith(folder + '/'))) }));
  writeFileSync(list, JSON.stringify(rows, null, 1) + '\n');
  writeFileSync(join(lib, 'README.md'), readme());
  console.log(`${files.size} files`);
}

function readme() {
  const rows = [...packages, lit].map((p) =>
    `| \`${p.folder}\` | ${p.name} ${p.version} | ${p.licence} | ${p.use} | \`${p.integrity}\` |`);
  return ['# Other people\'s files', '',
    'Written by `tools/vendor.mjs`, never by hand; `vendor.json` has the hash of each file,',
    'and `tools/vendor.mjs --check` compares. Only import paths differ from the packages.', '',
    '| folder | package | licence | for | hash of the tarball |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}

function check() {
  let bad = 0;
  for (const row of JSON.parse(readFileSync(list, 'utf8'))) {
    const there = filesUnder(join(lib, row.folder)).map((p) => join(row.folder, p));
    for (const path of new Set([...there, ...Object.keys(row.files)])) {
      const want = row.files[path];
      if (!there.includes(path) || want !== hex(readFileSync(join(lib, path)))) {
        console.log(`${path}: not as in vendor.json`);
        bad++;
      }
    }
  }
  process.exitCode = bad === 0 ? 0 : 1;
}

if (process.argv.includes('--check'))
  check();
else
  write(fetchAll());
