// dev.test.mjs - ./dev itself, in a folder with nothing but it, and with
// stand-ins for what it calls.
//
// Belongs here: that two at once do not build over each other; its usage.
// Not here: what is built; tools/run.mjs (run.test.mjs).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from '../lib/service.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-dev-'));
const clones = [];
/* A test that failed leaves its stand-ins waiting: their clones go away. */
after(async () => {
  for (const c of clones) c.release();
  await Promise.all(clones.flatMap((c) => c.started.map((s) => s.ended)));
  rmSync(folder, { recursive: true, force: true });
});

/** A clone whose build takes until `go` is there, and notes when it is at it. */
function clone(name) {
  const at = join(folder, name), bin = join(at, 'bin');
  mkdirSync(bin, { recursive: true });
  copyFileSync(join(root, 'dev'), join(at, 'dev'));
  const tool = (program, text) => writeFileSync(join(bin, program), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  tool('dpkg-query', 'echo install ok installed');
  tool('meson', 'mkdir -p "$2" && : >"$2/build.ninja"');
  tool('ninja', `echo begin >>${at}/log\nwhile [ ! -e ${at}/go ]; do sleep 0.05; done\necho end >>${at}/log`);
  tool('node', `echo "run" >>${at}/log\nwhile [ -e ${at}/up ]; do sleep 0.05; done`);
  const self = {
    at,
    started: [],
    release() {
      writeFileSync(join(at, 'go'), '');
      rmSync(join(at, 'up'), { force: true });
    },
    log: () => (existsSync(join(at, 'log')) ? readFileSync(join(at, 'log'), 'utf8').split('\n').filter(Boolean) : []),
    dev(...args) {
      const child = spawn(join(at, 'dev'), args, { env: { ...process.env, PATH: `${bin}:${process.env.PATH}` }, stdio: ['ignore', 'pipe', 'pipe'] });
      const it = { err: '', ended: new Promise((done) => child.once('close', done)) };
      child.stdout.resume();
      child.stderr.setEncoding('utf8').on('data', (t) => { it.err += t; });
      self.started.push(it);
      return it;
    },
  };
  clones.push(self);
  return self;
}

async function until(condition) {
  for (let i = 0; i < 600 && !condition(); i++) await new Promise((done) => setTimeout(done, 50));
  assert.ok(condition(), String(condition));
}

test('two ./dev build at once: the second says that it waits, and builds after the first', async () => {
  const c = clone('build');
  const first = c.dev('build');
  await until(() => c.log().length === 1);
  const second = c.dev('build');
  await until(() => /another \.\/dev builds in this clone: waiting/.test(second.err));
  assert.deepEqual(c.log(), ['begin']);
  writeFileSync(join(c.at, 'go'), '');
  assert.equal(await first.ended, 0);
  assert.equal(await second.ended, 0);
  assert.deepEqual(c.log(), ['begin', 'end', 'begin', 'end']);
  // The first one builds for minutes, and says so once.
  assert.equal(first.err.match(/building all of it/g).length, 1);
  assert.doesNotMatch(second.err, /building all of it/);
});

test('./dev test unpacks what it needs of others, once, and installs none of it', async () => {
  const c = clone('servers');
  c.release();
  const tool = (program, text) => writeFileSync(program, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  tool(join(c.at, 'bin/sudo'), 'exec "$@"');
  tool(join(c.at, 'bin/apt-get'), `echo "apt $*" >>${c.at}/log\ncase " $* " in *" download "*) : >openssh-server_1.deb; : >nginx_1.deb; : >python3-cryptography-vectors_1.deb ;; esac`);
  tool(join(c.at, 'bin/dpkg'), `echo "dpkg $1 $2" >>${c.at}/log`);
  tool(join(c.at, 'bin/npm'), 'mkdir -p node_modules');
  mkdirSync(join(c.at, 'tools'));
  writeFileSync(join(c.at, 'package-lock.json'), '');
  tool(join(c.at, 'tools/test.sh'), 'exit 0');
  assert.equal(await c.dev('test').ended, 0);
  const log = c.log().filter((line) => /^(apt|dpkg)/.test(line)).map((line) => line.replace(/ -\S+( \S+=\S+)?/g, ''));
  assert.deepEqual(log, ['apt update', 'apt download openssh-server nginx python3-cryptography-vectors', 'dpkg openssh-server_1.deb', 'dpkg nginx_1.deb', 'dpkg python3-cryptography-vectors_1.deb']);
  assert.equal(await c.dev('test').ended, 0);
  assert.equal(c.log().filter((line) => line.startsWith('apt')).length, 2, 'they are there the second time');
});

test('what meson looks for is installed before it looks: it would leave out what needs it', async () => {
  const packages = { clang: 'clang', 'wasm-ld': 'lld', node: 'nodejs' };
  const [, listed] = /^build_packages="([^"]+)"/m.exec(readFileSync(join(root, 'dev'), 'utf8'));
  const { stdout } = await run('git', ['-C', root, 'grep', '-hoE', "find_program\\('[^']+'", '--', '*meson.build']);
  const programs = new Set(stdout.trim().split('\n').map((line) => line.split("'")[1]));
  assert.deepEqual([...programs].sort(), Object.keys(packages).sort());
  for (const program of programs) assert.ok(listed.split(/\s+/).includes(packages[program]), program);
});

test('./dev run that is up keeps nobody from building', async () => {
  const c = clone('run');
  writeFileSync(join(c.at, 'go'), '');
  writeFileSync(join(c.at, 'up'), '');
  const up = c.dev('run');
  await until(() => c.log().at(-1) === 'run');
  assert.equal(await c.dev('build').ended, 0);
  rmSync(join(c.at, 'up'));
  assert.equal(await up.ended, 0);
});

test('./dev --help, ./dev run --help: the usage on standard output, exit 0', async () => {
  for (const args of [['--help'], ['run', '--help']]) {
    const { code, stdout } = await run(join(root, 'dev'), args);
    assert.equal(code, 0);
    assert.match(stdout, args[0] === 'run' ? /^usage: \.\/dev run / : /^usage: \.\/dev VERB$/m);
  }
});

test('./dev explode: one sentence and the usage on standard error, exit 2', async () => {
  const { code, stdout, stderr } = await run(join(root, 'dev'), ['explode']);
  assert.equal(code, 2);
  assert.match(stderr, /^\.\/dev: there is no such verb: explode\nusage: /);
  assert.equal(stdout, '');
});

test('./dev run --help: each of its options, and no other', async () => {
  const { stdout } = await run(join(root, 'dev'), ['run', '--help']);
  const told = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name).sort();
  const [, table] = /options: \{(.+)\},$/m.exec(readFileSync(join(root, 'tools/run.mjs'), 'utf8'));
  assert.deepEqual(told, [...table.matchAll(/([a-z-]+)'?: \{ type/g)].map(([, name]) => name).sort());
  assert.ok(stdout.split('\n').length <= 24);
});
