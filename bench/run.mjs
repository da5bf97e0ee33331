// run.mjs - the figures that we hold ourselves to, as "name: value" lines.
//
// Belongs here: starting a service as people run it, loading it, reading what
// its processes used; the baseline measured in the same run.
// Not here: the load (tests/lib/member.mjs); tests (nothing here passes or fails).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { service } from '../tools/run.mjs';
import { makeCertificate } from '../tests/lib/certificate.mjs';
import { Member, Pc, approvedSignature, call } from '../tests/lib/member.mjs';

const build = process.env.INGAM_BUILD ?? 'build-release';
const members = Number(process.env.INGAM_BENCH_MEMBERS ?? 64);
const rounds = Number(process.env.INGAM_BENCH_ROUNDS ?? 160);
const waiting = Number(process.env.INGAM_BENCH_WAITING ?? 2000);
const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const print = (name, value, note = '') => console.log(`${name}: ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}${note && `   # ${note}`}`);
const median = (list) => list.toSorted ? list.toSorted((a, b) => a - b)[list.length >> 1] : [...list].sort((a, b) => a - b)[list.length >> 1];

/** CPU seconds of processes, children's children not counted twice. */
function cpu(pids) {
  let sum = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    sum += (Number(fields[11]) + Number(fields[12])) / ticks;
  }
  return sum;
}

/** Resident KiB, private part only where the kernel says. */
function memory(pids) {
  let sum = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    sum += Number(/^Pss:\s+(\d+)/m.exec(text)[1]);
  }
  return sum;
}

/** CPU seconds of one bare RSA-2048 signature by OpenSSL, now, here. */
function bare() {
  const out = execFileSync('openssl', ['speed', '-seconds', '2', '-mr', 'rsa2048'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  // +F2:index:bits:signatures a second:verifications a second
  return 1 / Number(/^\+F2:\d+:2048:([\d.]+)/m.exec(out)[1]);
}

const data = mkdtempSync(join(tmpdir(), 'ingam-bench-'));
const running = await service({
  data, build, portBase: 21000 + Math.floor(Math.random() * 20000),
  settings: ['allow-test-phones=yes', 'request-hour-limit=100000', 'request-day-limit=1000000', 'log=error',
    'address-burst=1000000', 'address-per-minute=1000000', 'connections=20000', 'connections-per-address=20000'],
});
let code = 0;
try {
  const pids = [running.daemon.pid, running.vaultPid];
  print('machine', cpus()[0].model);
  print('openssl', execFileSync('openssl', ['version'], { encoding: 'utf8' }).trim());
  print('idle-memory-mib', memory(pids) / 1024, 'ingamd and vault, proportional set size; aim 30');

  const certificate = makeCertificate({ into: data });
  const all = [];
  for (let i = 0; i < members; i++) {
    const m = new Member(running, `0105555${String(i).padStart(4, '0')}`);
    await m.join();
    await m.import(certificate);
    all.push(m);
  }
  for (const m of all) await approvedSignature(m);

  // An account has at most 16 requests alive, a key 30 signatures a minute: many members.
  const ratios = [], walls = [];
  let base = bare();
  for (let round = 0; round < 3; round++) {
    const before = cpu(pids), start = performance.now();
    let done = 0;
    await Promise.all(Array.from({ length: 8 }, async (_, lane) => {
      for (let i = 0; i < rounds / 8; i++) {
        await approvedSignature(all[(lane + i * 8 + round * 3) % all.length]);
        done++;
      }
    }));
    const used = cpu(pids) - before;
    walls.push(done / ((performance.now() - start) / 1000));
    const after = bare();
    ratios.push(used / done / ((base + after) / 2));
    base = after;
  }
  print('bare-rsa2048-signature-us', base * 1e6, 'openssl speed, CPU');
  print('approved-signature-cpu-ratio', median(ratios), `ask, notify, approve, open, sign, durable; of ${ratios.map((r) => r.toFixed(2)).join(' ')}; aim 4.0, goal 2.0`);
  print('approved-signatures-per-second', median(walls), 'generator (node) on the same cores');

  // Within one approval: what C_Sign costs over the wire, without the module.
  const m = all[0], pc = new Pc(running, m.number);
  await pc.login((await m.approve(await pc.ask())).pin);
  const times = [];
  for (let i = 0; i < 9; i++) {
    const t = performance.now();
    await pc.sign(m.certificate);
    times.push(performance.now() - t);
  }
  print('sign-within-approval-ms-p50', median(times), 'HTTP from node; aim 2');

  // Phones that wait on the event stream.
  const idle = memory([running.daemon.pid]);
  const sockets = await Promise.all(Array.from({ length: waiting }, (_, i) => new Promise((done, fail) => {
    const s = connect({ host: '127.0.0.1', port: new URL(running.app).port });
    const w = all[i % all.length];
    s.once('error', fail);
    s.once('data', () => done(s));
    s.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${new URL(running.app).host}\r\nCookie: ${w.cookie}\r\n\r\n`);
  })).map((p) => p.catch(() => null)));
  const open = sockets.filter(Boolean).length;
  print('memory-per-waiting-phone-kib', (memory([running.daemon.pid]) - idle) / open, `${open} event streams, user memory; aim 8`);
  for (const s of sockets) s?.destroy();

  // Start to first answer: a second start on the same data.
  const starts = [];
  for (let i = 0; i < 5; i++) {
    const { stop } = await import('../tools/run.mjs');
    await stop(running.daemon);
    const t = performance.now();
    await running.startDaemon();
    await call(running.app, 'GET', '/api/v1/server');
    starts.push(performance.now() - t);
  }
  print('start-ms', median(starts), 'ingamd and vault, to the first answer; aim 200');
} catch (error) {
  console.error(error);
  code = 1;
}
await running.stop();
rmSync(data, { recursive: true, force: true });
process.exit(code);
