// load.test.mjs - ingam-phone load: what somebody who measures a service sees.
//
// Belongs here: its numbers, its errors, its options.
// Not here: what it measures (bench).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, run, startService } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-load-'));
const password = join(folder, 'password');
let running, certificate;

before(async () => {
  running = await startService();
  certificate = makeCertificate({ into: folder });
  writeFileSync(password, certificate.password, { mode: 0o600 });
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let first = 1055550000;
/** A load with new members; what it printed, line for line. */
async function load(at, options, { input } = {}) {
  const done = await run(program('ingam-phone'), ['--app', at.app, 'load', '--outbox', at.mock, '--certificate-folder', certificate.folder,
    '--password-file', password, '--phone-first', `0${first}`, ...options.split(' ')], { input, timeout: 120000 });
  first += 100;
  return { ...done, lines: done.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
}

for (const [name, options, signatures] of [
  ['four members make eight signatures in four lanes', '--members 4 --rounds 8 --lanes 4', 8],
  ['the phones ask for nothing, and the PCs tell them', '--members 2 --rounds 4 --lanes 2 --no-events', 4],
  ['an approval is for several signatures', '--members 2 --rounds 8 --lanes 2 --signatures 4', 8],
]) {
  test(name, async () => {
    const { code, lines, stderr } = await load(running, options);
    assert.equal(code, 0, stderr);
    assert.equal(lines.length, 2);
    assert.equal(lines[0].phase, 'joined');
    assert.equal(lines[1].phase, 'done');
    assert.equal(lines[1].signatures, signatures);
    assert.equal(lines[1].errors, 0);
    assert.ok(lines[1].p99_ms >= lines[1].p50_ms && lines[1].p50_ms > 0);
  });
}

test('with --wait there is a run for each line of standard input', async () => {
  const { code, lines, stderr } = await load(running, '--members 2 --rounds 2 --lanes 2 --wait', { input: '\n\n' });
  assert.equal(code, 0, stderr);
  assert.deepEqual(lines.map((l) => l.phase), ['joined', 'done', 'done']);
});

test('a signature that the service refuses is an error, counted and told', async () => {
  // One approval is for ten: the eleventh is refused.
  const { code, lines, stderr } = await load(running, '--members 1 --rounds 11 --lanes 1 --signatures 11');
  assert.equal(code, 1);
  assert.equal(lines.at(-1).errors, 1);
  assert.equal(lines.at(-1).signatures, 0);
  assert.match(stderr, /^sign: 409 .*used-up/m);
});

test('a service without allow-test-phones gets no load', async () => {
  const real = await startService(['allow-test-phones=no']);
  try {
    const { code, lines, stderr } = await load(real, '--members 1 --lanes 1 --rounds 1');
    assert.equal(code, 5);
    assert.deepEqual(lines, []);
    assert.match(stderr, /allow-test-phones/);
  } finally {
    await real.stop();
  }
});
