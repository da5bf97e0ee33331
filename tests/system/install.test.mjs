// install.test.mjs - what docs/install.md says, done: everything is installed
// below a folder, and what was installed runs as two users, from the command
// line of the unit, to a signature that the phone approved.
//
// Belongs here: meson install, the units' lines, the rights of the two users.
// Not here: what the service does (story.test.mjs); nginx; systemd itself.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, chownSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, freePorts, pkcs11Tool, root, run } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { start, stop } from '../../tools/run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-install-'));
chmodSync(folder, 0o755);
const dest = join(folder, 'root');
const introspect = JSON.parse(execFileSync('meson', ['introspect', '--buildoptions', build], { encoding: 'utf8' }));
const option = (name) => introspect.find((o) => o.name === name).value;
const prefix = option('prefix');
/** Where the file of an installation lies in this one. */
const at = (...path) => join(dest, prefix, ...path);
const find = (from, name) => readdirSync(from, { withFileTypes: true }).flatMap((d) => (d.isDirectory() ? find(join(from, d.name), name) : d.name === name ? [join(from, d.name)] : []));

// Two users that this machine does not know, where a test may become them.
const isRoot = process.getuid() === 0;
const ids = isRoot ? { vault: 61001, daemon: 61002 } : { vault: process.getuid(), daemon: process.getuid() };
const as = (uid, groups, line) => (isRoot ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, groups ? `--groups=${groups}` : '--clear-groups', ...line] : line);
const asVault = (line) => as(ids.vault, null, line);
const asDaemon = (line) => as(ids.daemon, ids.vault, line);
const exec = ([command, ...args], options = {}) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });

before(() => exec(['meson', 'install', '-C', build, '--no-rebuild', '--destdir', dest]));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const [what, path, mode] of [
  ['the service', [option('sbindir'), 'ingamd'], constants.X_OK],
  ['the vault', [option('sbindir'), 'ingam-vault'], constants.X_OK],
  ['the command line of people', [option('bindir'), 'ingam'], constants.X_OK],
  ['the test phone', [option('bindir'), 'ingam-phone'], constants.X_OK],
  ['the helper', [option('libexecdir'), 'ingam-token'], constants.X_OK],
  ['the page of the phone', [option('datadir'), 'ingam/web/app/index.html'], constants.R_OK],
  ['the page of the PC', [option('datadir'), 'ingam/web/pc/index.html'], constants.R_OK],
  ['the core that reads certificate files', [option('datadir'), 'ingam/web/pc/core/npki.wasm'], constants.R_OK],
  ['the unit of the service', ['lib/systemd/system/ingamd.service'], constants.R_OK],
  ['the unit of the vault', ['lib/systemd/system/ingam-vault.service'], constants.R_OK],
  ['the users', ['lib/sysusers.d/ingam.conf'], constants.R_OK],
  ['their folders', ['lib/tmpfiles.d/ingam.conf'], constants.R_OK],
]) {
  test(`meson install brings ${what}`, () => accessSync(at(...path), mode));
}

test('meson install brings every manual page', () => {
  for (const page of readdirSync(join(root, 'man'))) accessSync(at(option('mandir'), `man${page.split('.').at(-1)}`, page), constants.R_OK);
});

test('the module is where p11-kit of the same prefix looks', () => {
  const [module] = find(dest, 'ingam-pkcs11.so');
  const path = exec(['pkg-config', `--define-variable=prefix=${prefix}`, '--variable=p11_module_path', 'p11-kit-1']).trim();
  assert.equal(module, join(dest, path, 'ingam-pkcs11.so'));
});

test('what is installed knows where the rest is', async () => {
  const nothing = join(folder, 'nothing.conf');
  writeFileSync(nothing, '');
  const { stdout } = await run(at(option('sbindir'), 'ingamd'), ['check-config', '-f', nothing]);
  const value = (name) => new RegExp(`^${name} = (.*)$`, 'm').exec(stdout)[1];
  accessSync(join(dest, value('web'), 'app/index.html'));
  accessSync(join(dest, value('vault-program')), constants.X_OK);
  const helper = /\/[!-~]*ingam-token(?=\0)/.exec(readFileSync(find(dest, 'ingam-pkcs11.so')[0], 'latin1'))[0];
  accessSync(join(dest, helper), constants.X_OK);
  // Below dest it does not find the module, and says where it would be.
  const registered = await run(at(option('bindir'), 'ingam'), ['token', 'register', '--p11-kit-dir', join(folder, 'p11-kit')], { env: { HOME: folder, LC_ALL: 'C' } });
  accessSync(join(dest, /: (\/\S+)\n$/.exec(registered.stderr)[1]), constants.R_OK);
});

/** The unit's command, with the variables of vault.env and folders of this test. */
function unitCommand(unit, env) {
  const text = readFileSync(at('lib/systemd/system', unit), 'utf8');
  return /^ExecStart=(.*)$/m.exec(text)[1].split(' ').map((word) => word
    .replace(/\$\{(\w+)\}/g, (_, name) => env[name])
    .replace(/^\/(run|var|etc)\//, `${folder}/$1/`)
    .replace(new RegExp(`^${prefix}/`), `${dest}${prefix}/`));
}

const analyze = existsSync('/usr/bin/systemd-analyze') ? false : 'systemd-analyze is not installed';
test('systemd understands every line of the units', { skip: analyze }, async () => {
  const units = ['ingam-vault.service', 'ingamd.service'].map((unit) => {
    const copy = join(folder, unit);
    writeFileSync(copy, readFileSync(at('lib/systemd/system', unit), 'utf8').replaceAll(`${prefix}/`, `${dest}${prefix}/`));
    return copy;
  });
  const { out } = await run('systemd-analyze', ['verify', '--man=no', ...units]);
  assert.deepEqual(out.split('\n').filter((line) => line.includes('ingam')), []);
});

for (const [unit, most] of [['ingam-vault.service', 8], ['ingamd.service', 15]]) {
  test(`systemd counts little that ${unit} may do beyond its work`, { skip: analyze }, () => {
    exec(['systemd-analyze', 'security', '--no-pager', '--offline=yes', `--threshold=${most}`, at('lib/systemd/system', unit)]);
  });
}

/** The system calls of a set of systemd's, whose own sets begin with @. */
function callsOf(set) {
  return exec(['systemd-analyze', 'syscall-filter', '--no-pager', set]).split('\n').map((line) => line.trim())
    .filter((line) => /^@?[a-z_]\w*$/.test(line.replace(/-/g, '_')) && line !== set).flatMap((line) => (line.startsWith('@') ? callsOf(line) : [line]));
}

/** What the unit's SystemCallFilter= lines come to (systemd.exec(5)). */
function unitCalls(unit) {
  const calls = new Set(callsOf('@default'));
  for (const [, no, words] of readFileSync(at('lib/systemd/system', unit), 'utf8').matchAll(/^SystemCallFilter=(~?)(.*)$/gm))
    for (const call of words.split(' ').flatMap((word) => (word.startsWith('@') ? callsOf(word) : [word]))) no ? calls.delete(call) : calls.add(call);
  return calls;
}

/** Puts a command under the unit's system calls, as systemd does. */
function filtered(unit) {
  const program = join(folder, 'filtered'), names = join(folder, `${unit}.calls`);
  if (!existsSync(program)) exec(['cc', '-D_GNU_SOURCE', '-o', program, join(root, 'tests/lib/filtered.c'), '-lseccomp']);
  writeFileSync(names, [...unitCalls(unit)].join('\n'), { mode: 0o644 });
  return [program, names];
}

const forbidden = ['ptrace', 'process_vm_readv', 'bpf', 'mount', 'chroot', 'setuid', 'setgroups', 'capset', 'init_module', 'kexec_load', 'keyctl', 'reboot', 'swapon', 'userfaultfd', 'perf_event_open', 'unshare', 'setns', 'personality'];
for (const unit of ['ingam-vault.service', 'ingamd.service']) {
  test(`every system call is tried under the filter of ${unit}: its lines' are let through, and no other`, { skip: analyze }, () => {
    const calls = unitCalls(unit), passed = exec(filtered(unit)).trim().split('\n');
    assert.deepEqual(passed.filter((call) => !calls.has(call)), []);
    assert.ok(passed.length > 100, `${passed.length} of ${calls.size}`);
    for (const call of ['read', 'futex', 'mmap', 'openat', 'fdatasync']) assert.ok(passed.includes(call), call);
    assert.deepEqual(forbidden.filter((call) => passed.includes(call)), []);
  });
}

test('docs/sandbox.md has the table of the vault, row for row', () => {
  const rules = { ALWAYS: 'always', JOURNAL: 'on the journal', OUTPUT: 'on standard output and error', MEMORY: 'memory without a file, never executable', REFUSED: 'EACCES' };
  const table = [...readFileSync(join(root, 'src/vault/jail.c'), 'utf8').matchAll(/^\t\{ "(\w+)", JAIL_(\w+) \}/gm)].map(([, call, rule]) => `| ${call} | ${rules[rule]} |`);
  const page = readFileSync(join(root, 'docs/sandbox.md'), 'utf8').split('\n').filter((row) => /^\| \w+ \| [\w, ]+ \|$/.test(row) && !row.startsWith('| call '));
  assert.deepEqual(page, table);
  assert.ok(table.length > 20);
});

test(`what was installed reaches a signature that the phone approved${isRoot ? ', as two users' : ''}`, async () => {
  const port = await freePorts();
  const app = `http://localhost:${port}`, pc = `http://localhost:${port + 1}`;
  const mock = await start('node', [join(root, 'tools/mock/mock.mjs'), '0'], { name: 'mock', quiet: true });
  const said = JSON.parse(mock.firstLine);
  const started = [mock], log = [];
  try {
    // As systemd-sysusers, systemd-tmpfiles and RuntimeDirectory make them.
    for (const [path, uid, mode] of [['etc/ingam', 0, 0o755], ['etc/ingam/vault', ids.vault, 0o700], ['var/lib/ingam', ids.daemon, 0o700], ['var/lib/ingam-vault', ids.vault, 0o700], ['run/ingam-vault', ids.vault, 0o750]]) {
      mkdirSync(join(folder, path), { recursive: true });
      chmodSync(join(folder, path), mode);
      if (isRoot) chownSync(join(folder, path), uid, uid);
    }
    const secret = join(folder, 'etc/ingam/portone-secret'), conf = join(folder, 'etc/ingam/ingamd.conf');
    writeFileSync(secret, said.secret, { mode: 0o400 });
    if (isRoot) chownSync(secret, ids.daemon, ids.daemon);
    writeFileSync(conf, `port-base = ${port}
data = ${folder}/var/lib/ingam
web = ${at(option('datadir'), 'ingam/web')}
vault-start = no
vault-socket = ${folder}/run/ingam-vault/vault.sock
identity = mock
identity-url = ${said.url}
identity-secret = ${secret}
identity-channel = ${said.channelKey}
allow-test-phones = yes
`);
    const serveVault = unitCommand('ingam-vault.service', { INGAM_RP_ID: 'localhost', INGAM_APP_ORIGIN: app, INGAMD_UID: String(ids.daemon) });
    const key = serveVault[serveVault.indexOf('--kek-file') + 1], state = serveVault[serveVault.indexOf('--state') + 1];
    exec(asVault([serveVault[0], 'init', '--state', state, '--kek-file', key]));
    const serveDaemon = unitCommand('ingamd.service', {});
    const under = (unit, line) => (analyze ? line : [...filtered(unit), ...line]);
    exec(asDaemon([serveDaemon[0], 'init', '-f', conf]));
    assert.ok(!existsSync(join(folder, 'var/lib/ingam/kek')), 'ingamd has no key of the vault');
    for (const line of [asVault(under('ingam-vault.service', serveVault)), asDaemon(under('ingamd.service', [...serveDaemon, '-f', conf]))]) started.push(await start(line[0], line.slice(1), { name: line.at(-1), quiet: true, log }));

    if (isRoot) {
      for (const path of [key, state, join(state, 'journal.0')]) await assert.rejects(async () => exec(asDaemon(['cat', path])), /Permission denied/);
      await assert.rejects(async () => exec(asVault(['cat', join(folder, 'var/lib/ingam/ingam.db')])), /Permission denied/);
      assert.equal(statSync(join(folder, 'run/ingam-vault/vault.sock')).uid, ids.vault);
    }
    assert.match(await (await fetch(app)).text(), /<html lang="ko">/);
    assert.equal((await fetch(`${pc}/core/npki.wasm`)).status, 200);

    // A person: joins, registers a certificate, approves pkcs11-tool.
    const { folder: npki, pem, password } = makeCertificate({ into: folder });
    const number = '01012345678', passwordFile = join(folder, 'password'), data = join(folder, 'data'), signature = join(folder, 'signature');
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    writeFileSync(data, 'I owe you 3 won.');
    const phone = (...args) => [at(option('bindir'), 'ingam-phone'), '--app', app, '--state', join(folder, 'phone'), ...args];
    exec(phone('join', '--name', '홍길동', '--birth', '9001011', '--phone', number, '--outbox', said.url));
    const [command, ...args] = phone('import', '--password-file', passwordFile);
    const importing = await start(command, args, { name: 'ingam-phone import', quiet: true });
    started.push(importing);
    const sent = await run(at(option('bindir'), 'ingam'), ['cloud', 'import', '--server', pc, '--code', '-', '--password-file', passwordFile, '--json', npki], { input: `${importing.firstLine}\n` });
    assert.equal(sent.stdout, '{"registered":true,"problem":""}\n', sent.stderr);
    const pins = new Promise((done, fail) => {
      const [command, ...args] = phone('approve');
      start(command, args, { name: 'ingam-phone approve', quiet: true }).then((child) => {
        started.push(child);
        done(JSON.parse(child.firstLine).pin);
      }, fail);
    });
    const { out } = await pkcs11Tool(['--login', '--sign', '-m', 'SHA256-RSA-PKCS', '--input-file', data, '--output-file', signature], {
      INGAM_TOKEN_HELPER: at(option('libexecdir'), 'ingam-token'), INGAM_SERVER: pc, INGAM_PHONE: number, INGAM_TOKEN_CONF: '/nonexistent', HOME: folder, XDG_DATA_HOME: folder,
    }, () => pins, find(dest, 'ingam-pkcs11.so')[0]);
    writeFileSync(join(folder, 'cert.pem'), pem);
    writeFileSync(join(folder, 'pub.pem'), exec(['openssl', 'x509', '-in', join(folder, 'cert.pem'), '-noout', '-pubkey']));
    assert.ok(existsSync(signature), out + log.join(''));
    assert.match(exec(['openssl', 'dgst', '-sha256', '-verify', join(folder, 'pub.pem'), '-signature', signature, data]), /Verified OK/);
  } finally {
    for (const child of started.reverse()) await stop(child);
  }
});
