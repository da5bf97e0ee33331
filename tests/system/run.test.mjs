// run.test.mjs - ./dev run where something is in its way: it says so, and
// leaves nothing running.
//
// Belongs here: tools/run.mjs as a person starts it and ends it.
// Not here: building (dev.test.mjs); what ingamd itself says (ingamd.test.mjs).
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, root } from '../lib/service.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-run-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What ./dev run starts, marked so that its processes can be told apart. */
class Run {
  constructor(...args) {
    this.mark = `INGAM_TEST_RUN=${randomUUID()}`;
    const [name, value] = this.mark.split('=');
    this.out = '';
    this.child = spawn(process.execPath, [join(root, 'tools/run.mjs'), ...args], { env: { ...process.env, [name]: value }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', (t) => { this.out += t; });
    this.ended = new Promise((done) => this.child.once('close', (code) => done(code)));
  }

  /** Until it has printed this. */
  async says(pattern) {
    for (let i = 0; i < 600 && !pattern.test(this.out) && this.child.exitCode === null; i++) await new Promise((done) => setTimeout(done, 50));
    assert.match(this.out, pattern);
  }

  /** Pids of all that it started and that still run. */
  left() {
    return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.mark) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return false; // another user's, or ended meanwhile
      }
    });
  }

  async end() {
    this.child.kill();
    return this.ended;
  }
}

let count = 0;
const data = () => join(folder, String(count++));
const ports = async () => ['--port-base', String(await freePorts())];

test('a QR code is drawn of an address that a phone can open, and of no other', async () => {
  for (const [more, said, drawn] of [[[], /from this machine alone; on a real phone: README/, false],
    [['trusted-proxy=yes', 'app-origin=https://app.example.org', 'pc-origin=https://pc.example.org'], /https:\/\/app\.example\.org +\(the QR below\)/, true]]) {
    const run = new Run('--data', data(), ...await ports(), ...more);
    try {
      await run.says(/^Ctrl-C ends/m);
      assert.match(run.out, said);
      assert.equal(/[▀▄█]{4}/.test(run.out), drawn);
    } finally {
      await run.end();
    }
  }
});

test('a second ./dev run on the same data: it says who has it and what to do; the first goes on', async () => {
  const at = data(), first = new Run('--data', at, ...await ports());
  try {
    await first.says(/^Ctrl-C ends/m);
    const second = new Run('--data', at, ...await ports());
    assert.equal(await second.ended, 4, second.out);
    assert.match(second.out, /^ingamd: data: process \d+ works in this folder already: end it first/m);
    assert.match(second.out, /^ {2}\.\/dev run --port-base \d+ --data /m);
    assert.match(second.out, /^ingamd did not start; nothing of it is left running\./m);
    assert.deepEqual(second.left(), []);
    assert.ok(first.left().length >= 4, 'run.mjs, mock, ingamd, vault');
  } finally {
    assert.equal(await first.end(), 0);
  }
  assert.deepEqual(first.left(), []);
});

test('a port is in use: it says which and what to do, and leaves nothing running', async () => {
  const base = await freePorts(), other = createServer();
  await new Promise((done) => other.listen(base, '127.0.0.1', done));
  const run = new Run('--data', data(), '--port-base', String(base));
  const code = await run.ended;
  other.close();
  assert.equal(code, 4, run.out);
  assert.match(run.out, new RegExp(`^ingamd: app: port ${base} is in use by another program\\.$`, 'm'));
  assert.match(run.out, /^ {2}\.\/dev run --port-base \d+ --data /m);
  assert.deepEqual(run.left(), []);
});

test('a setting that there is not: what ingamd says, once, and exit 2', async () => {
  const run = new Run('--data', data(), ...await ports(), 'bogus=1');
  assert.equal(await run.ended, 2, run.out);
  assert.equal(run.out.match(/command line: bogus: no such setting\./g)?.length, 1, run.out);
  assert.doesNotMatch(run.out, /\.mjs:\d+|Error:/);
  assert.deepEqual(run.left(), []);
});

for (const [args, sentence] of [[['--port-base', 'x'], /^--port-base: not a port: x$/m], [['--explode'], /^Unknown option '--explode'$/m]]) {
  test(`./dev run ${args.join(' ')}: one sentence, where the usage is, exit 2`, async () => {
    const run = new Run(...args);
    assert.equal(await run.ended, 2, run.out);
    assert.match(run.out, sentence);
    assert.match(run.out, /^See \.\/dev run --help\.$/m);
  });
}

test('ingamd is killed: the rest is ended, too', async () => {
  const run = new Run('--data', data(), ...await ports());
  try {
    await run.says(/^Ctrl-C ends/m);
    // What it logs comes by another pipe, and perhaps later.
    await run.says(/ingamd\[\d+\] info serving/);
    process.kill(Number(/ingamd\[(\d+)\] info serving/.exec(run.out)[1]), 'SIGKILL');
    assert.equal(await run.ended, 1, run.out);
    assert.match(run.out, /^ingamd ended/m);
    // The vault goes on without ingamd, by design; ./dev run must end it.
    assert.deepEqual(run.left(), []);
  } finally {
    await run.end();
  }
});
