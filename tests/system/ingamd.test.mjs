// ingamd.test.mjs - an operator starts ingamd, and something is not right.
//
// Belongs here: settings on the command line and in the file, what is said of
// them; a port or a data folder that somebody has; exit codes.
// Not here: usage (usage.test.mjs); what the service does.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, program, root, run, startService } from '../lib/service.mjs';
import { stop } from '../../tools/run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-ingamd-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'ingamd.conf');

/** Processes whose command line names the vault's socket of a data folder. */
function vaults(data) {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${data}/vault.sock`);
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** What the operator wrote, where, and the sentence about it. */
const wrong = [
  ['bogus=1', 'bogus: no such setting'],
  ['port-base=0', 'port-base: not between 1 and 65530'],
  ['port-base=x', 'port-base: not a number'],
  ['request-life=1s', 'request-life: not between 30s and 600s'],
  ['trusted-proxy=true', 'trusted-proxy: not yes or no'],
  ['identity=nobody', 'identity: not portone or mock'],
  ...['app.example.org', 'https://app.example.org/', 'https://App.example.org', 'https://app.example.org:', 'https://', 'https://[::1]'].map((value) =>
    [`app-origin=${value}`, 'app-origin: not an origin such as https://app.example.org']),
  ['pc-origin=ftp://pc.example.org', 'pc-origin: not an origin such as https://app.example.org'],
  ['rp-id=xample.org app-origin=https://app.example.org', 'rp-id: neither the host of app-origin nor a domain above it'],
  ['log=loud', 'log: not debug, info, warn or error'],
];
const next = '"ingamd check-config" prints every setting; ingamd.conf(5) says what it may be.';

for (const [setting, sentence] of wrong) {
  for (const verb of ['serve', 'init', 'check-config']) {
    test(`ingamd ${verb} ${setting}: the command line is named, exit 2`, async () => {
      const { code, stdout, stderr } = await run(program('ingamd'), [verb, `data=${folder}/data`, ...setting.split(' ')]);
      assert.equal(stderr, `ingamd: command line: ${sentence}.\n${next}\n`);
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });
  }
}

for (const [setting, sentence] of [['port-base = x', 'line 2: port-base: not a number'], ['colour = red', 'line 2: no such setting']]) {
  test(`a file with ${setting}: the file and the line are named, exit 3`, async () => {
    writeFileSync(file, `# mine\n${setting}\n`);
    const { code, stderr } = await run(program('ingamd'), ['serve', '-f', file]);
    assert.equal(stderr, `ingamd: ${file}: ${sentence}.\n${next}\n`);
    assert.equal(code, 3);
  });
}

test('a file that is not there: it is named, exit 3', async () => {
  const { code, stderr } = await run(program('ingamd'), ['serve', '-f', `${file}.not`]);
  assert.equal(stderr, `ingamd: ${file}.not: no such file.\nName the file after -f.\n`);
  assert.equal(code, 3);
});

test('origins and a domain above them are taken', async () => {
  for (const [app, id] of [['https://app.example.org', 'example.org'], ['http://localhost:8700', 'localhost']]) {
    const { code, stderr } = await run(program('ingamd'), ['check-config', `app-origin=${app}`, `rp-id=${id}`]);
    assert.equal(stderr, '');
    assert.equal(code, 0);
  }
});

test('the command line wins over the file', async () => {
  writeFileSync(file, 'port-base = 9000\nname = 도장\n');
  const { code, stdout } = await run(program('ingamd'), ['check-config', '-f', file, 'port-base=9100']);
  assert.equal(code, 0);
  assert.match(stdout, /^port-base = 9100$/m);
  assert.match(stdout, /^name = 도장$/m);
});

test('log: what is below it, neither ingamd nor its vault says', async () => {
  for (const [level, said] of [['info', /ingam-vault\[\d+\] info vault-start/], ['error', /^$/]]) {
    const running = await startService([`log=${level}`]);
    await running.stop();
    assert.match(running.log.join(''), said, level);
  }
});

test('a second ingamd on one data folder: it names the first, and changes nothing', async () => {
  const running = await startService();
  try {
    for (const verb of ['serve', 'init', 'migrate']) {
      const { code, stderr } = await run(program('ingamd'), [verb, ...running.settings, 'port-base=1']);
      assert.equal(stderr, `ingamd: data: process ${running.daemon.pid} works in this folder already: end it first, or set data to another folder.\n`);
      assert.equal(code, 4);
    }
    assert.equal((await fetch(`${running.app}/healthz`)).status, 200);
  } finally {
    await running.stop();
  }
});

test('a data folder that is not there: the next step is named', async () => {
  const { code, stderr } = await run(program('ingamd'), ['serve', `data=${folder}/nowhere`]);
  assert.match(stderr, /^ingamd: data: there is no such folder: run ingamd init\.$/m);
  assert.equal(code, 3);
});

const pathless = {
  data: ['/proc/nowhere', 'init', 'data: No such file or directory'],
  'vault-program': ['/nowhere', 'serve', 'vault-program: cannot start the vault: No such file or directory'],
  web: ['/nowhere', 'serve', 'web: the folder of the pages cannot be opened'],
  'tls-certificate': ['/nowhere', 'serve', 'tls-certificate: no such file'],
  'identity-secret': ['/nowhere', 'serve', 'identity-secret: no such file'],
};

test('a path that is not there: the setting is named, and what to do', async () => {
  const running = await startService();
  await stop(running.daemon);
  try {
    for (const [setting, [path, verb, says]] of Object.entries(pathless)) {
      const { code, stderr } = await run(program('ingamd'), [verb, ...running.settings, `${setting}=${path}`]);
      assert.ok(stderr.includes(`ingamd: ${says}.\nSet ${setting} to `), stderr);
      assert.ok(code === 3 || code === 4, `${setting}: ${code}`);
      assert.deepEqual(vaults(running.data), []);
    }
  } finally {
    await running.stop();
  }
});

test('the key of the vault is gone: that is said, and no other one is made', async () => {
  const key = join(folder, 'kek');
  const where = ['--state', join(folder, 'vault'), '--kek-file', key];
  const vault = (verb, ...more) => run(program('ingam-vault'), [verb, ...where, ...more]);
  assert.equal((await vault('init')).code, 0);
  rmSync(key);
  assert.equal((await vault('init')).stderr, 'ingam-vault: init: state: a journal is there\n');
  const { code, stderr } = await vault('serve', '--socket', join(folder, 'socket'), '--rp-id', 'localhost', '--origin', 'http://localhost');
  assert.match(stderr, /^ingam-vault: serve: kek-file: no such file: before the first start run ingam-vault init, /m);
  assert.equal(code, 1);
  assert.deepEqual(readdirSync(folder).filter((name) => name === 'kek'), []);
});

for (const [which, at] of [['app', 0], ['pc', 1]]) {
  test(`the port of ${which} is in use: the port is named, the vault is ended, exit 4`, async () => {
    const base = await freePorts();
    const other = createServer();
    await new Promise((done) => other.listen(base + at, '127.0.0.1', done));
    let running;
    try {
      running = await startService();
      await stop(running.daemon);
      const { code, stderr } = await run(program('ingamd'), ['serve', ...running.settings, `port-base=${base}`]);
      assert.ok(stderr.includes(`ingamd: ${which}: port ${base + at} is in use by another program.\n`), stderr);
      assert.match(stderr, /set port-base\.$/m);
      assert.equal(code, 4);
      assert.deepEqual(vaults(running.data), []);
    } finally {
      await running?.stop();
      await new Promise((done) => other.close(done));
    }
  });
}

test('an address of a page is the page for every client, another one for none but browsers', async () => {
  const running = await startService();
  try {
    for (const [origin, script] of [[running.app, 'web/app/app.js'], [running.pc, 'web/www/www.js']]) {
      const [, routes] = /^const routes = \[([^]*?)\];/m.exec(readFileSync(join(root, script), 'utf8'));
      const addresses = [...routes.matchAll(/\['(\/[^':]*)'/g)].map(([, address]) => address);
      assert.ok(addresses.length >= 3, `${addresses}`);
      const page = readFileSync(join(root, script, '..', 'index.html'), 'utf8');
      for (const address of addresses) {
        const answer = await fetch(origin + address, { headers: { Accept: '*/*' } });
        assert.equal(answer.status, 200, address);
        assert.match(answer.headers.get('content-type'), /^text\/html/);
        assert.equal(await answer.text(), page);
      }
      assert.equal((await fetch(`${origin}/none`, { headers: { Accept: '*/*' } })).status, 404);
      assert.equal((await fetch(`${origin}/none`, { headers: { Accept: 'text/html' } })).status, 200);
    }
  } finally {
    await running.stop();
  }
});
