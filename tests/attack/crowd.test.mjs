// crowd.test.mjs - somebody opens thousands of connections and says nothing on
// them, or one byte at a time, so that nobody else is served.
//
// Belongs here: many and slow connections from many addresses.
// Not here: how often a stranger may ask (guessing.test.mjs); what is sent
// (protocol.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutsidePc, eventually, median, newMember, send } from '../lib/outside.mjs';
import { approvedSignature } from '../lib/member.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { startService } from '../lib/service.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-crowd-'));
let running, member, house;

before(async () => {
  running = await startService(['request-hour-limit=1000', 'request-day-limit=1000']);
  member = await newMember(running, makeCertificate({ into: folder }));
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${running.daemon.pid}/status`, 'utf8'))[1]);

/** A connection that is open until somebody closes it; .closed says when that was. */
function hold(origin, from, first = '') {
  const s = connect({ port: Number(new URL(origin).port), host: '127.0.0.1', localAddress: from });
  s.ready = new Promise((done) => {
    s.once('connect', () => {
      if (first !== '') s.write(first);
      done(s);
    });
    s.once('error', () => done(s));
  });
  s.on('error', () => {});
  s.resume();
  return s;
}

/** So many connections, two hundred from each address of loopback's network. */
async function crowd(origin, n, net, first) {
  const all = [];
  for (let at = 0; at < n; at += 200) {
    const part = Array.from({ length: Math.min(200, n - at) }, () => hold(origin, `127.0.${net}.${1 + at / 200}`, first));
    await Promise.all(part.map((s) => s.ready));
    all.push(...part);
  }
  return all;
}

/** How long an approved signature takes, all of it: ask, approve, open, sign. */
async function signatures(n) {
  const times = [];
  for (let i = 0; i < n; i++) {
    const start = performance.now();
    assert.ok((await approvedSignature(member)).signature);
    times.push(performance.now() - start);
  }
  return times;
}

test('one address opens five hundred connections: 256 of them stay, and another address is served', async () => {
  const all = Array.from({ length: 500 }, () => hold(running.app, '127.0.9.1'));
  await Promise.all(all.map((s) => s.ready));
  try {
    const open = await eventually('the rest was closed', () => {
      const n = all.filter((s) => !s.closed).length;
      return n <= 256 && n;
    }, 10000);
    assert.ok(open > 200, `${open} stay`);
    assert.equal((await send(running.app, 'GET', '/api/v1/server', { from: '127.0.9.2' })).status, 200);
  } finally {
    all.forEach((s) => s.destroy());
  }
});

/** All connections of a small service are held; how long an honest one waits at its door. */
async function fullHouse() {
  const small = await startService(['connections=64']);
  try {
    const all = await crowd(small.app, 100, 30);
    const start = Date.now();
    const { status } = await send(small.app, 'GET', '/api/v1/server', { from: '127.0.31.1', timeout: 60000 });
    all.forEach((s) => s.destroy());
    return { status, waited: Date.now() - start };
  } finally {
    await small.stop();
  }
}

test('five thousand connections say nothing and five hundred drip byte by byte, from many addresses: signatures are as quick, memory is bounded, and at the time limit they are gone', { timeout: 120000 }, async (t) => {
  // Beside this one: both wait for the same time limit.
  house = fullHouse();
  house.catch(() => {});
  await signatures(2);
  const quiet = median(await signatures(5)), before = memory();
  const drips = (await crowd(running.pc, 250, 20, 'GET /healthz HTTP/1.1\r\nHost: x\r\nX: ')).concat(await crowd(running.app, 250, 21, 'POST /api/v1/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{'));
  const idle = (await crowd(running.pc, 2500, 22)).concat(await crowd(running.app, 2500, 23));
  const opened = Date.now();
  const dripping = setInterval(() => drips.forEach((s) => s.closed || s.write('x')), 500);
  try {
    const held = idle.concat(drips).filter((s) => !s.closed).length;
    assert.equal(held, 5500, 'all of them are held');
    const loud = median(await signatures(5)), grown = memory() - before;
    t.diagnostic(`a signature: ${quiet.toFixed(1)} ms alone, ${loud.toFixed(1)} ms among ${held}; ${grown} KiB more`);
    assert.ok(loud < quiet * 5 + 250, `${loud} ms, ${quiet} ms alone`);
    assert.ok(grown < 5500 * 16, `${grown} KiB for 5500`);
    await eventually('silent and slow ones are cut off', () => idle.concat(drips).every((s) => s.closed), 60000);
    t.diagnostic(`all were closed ${((Date.now() - opened) / 1000).toFixed(1)} s after the last was opened`);
    assert.ok((await approvedSignature(member)).signature);
  } finally {
    clearInterval(dripping);
    idle.concat(drips).forEach((s) => s.destroy());
  }
});

test('strangers hold every connection that there may be: once they are cut off, an honest one that waited gets in', { timeout: 120000 }, async () => {
  const { status, waited } = await (house ?? fullHouse());
  assert.equal(status, 200);
  assert.ok(waited > 5000 && waited < 45000, `${waited} ms`);
});

test('strangers leave their requests waiting, and go: nothing of them is kept', async () => {
  const pc = new OutsidePc(running, member.number);
  await pc.tryAsk();
  const head = (wait) => `GET /rp/v1/token/requests/${pc.id}?state=waiting&wait=${wait} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${pc.bearer}\r\n\r\n`;
  const threadsNow = () => Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${running.daemon.pid}/status`, 'utf8'))[1]);
  const threads = threadsNow(), before = memory();
  for (let round = 0; round < 5; round++) {
    const all = await crowd(running.pc, 400, 40, head(25));
    await sleep(100);
    all.forEach((s) => s.destroy());
  }
  assert.equal(threadsNow(), threads, 'a waiting request takes no thread');
  assert.ok(memory() - before < 20000, `${memory() - before} KiB more`);
  assert.equal((await pc.state()).json.state, 'waiting');
});
