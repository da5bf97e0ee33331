// run.mjs - the figures that we hold ourselves to, as "name: value" lines.
//
// Belongs here: starting a service as people run it, having it loaded, reading
// what its processes used; the baselines measured in the same run.
// Not here: the load (ingam-phone load), a program with the token (sign.c),
// members who do nothing (members.c, accounts.c), opening key files (open.c); tests (nothing here passes or
// fails).
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { stop } from '../tools/run.mjs';
import { makeCertificate } from '../tests/lib/certificate.mjs';
import { Member, call } from '../tests/lib/member.mjs';
import { build, module, program, startService, tokenEnv } from '../tests/lib/service.mjs';

const members = Number(process.env.INGAM_BENCH_MEMBERS ?? 192);
const lanes = Number(process.env.INGAM_BENCH_LANES ?? 32);
const signatures = Number(process.env.INGAM_BENCH_SIGNATURES ?? 2000); // a round
const waiting = Number(process.env.INGAM_BENCH_WAITING ?? 2000), crowded = 5000; // phones
const few = 10_000, many = Number(process.env.INGAM_BENCH_MANY ?? 1_000_000); // members, for growth
const calls = Number(process.env.INGAM_BENCH_CALLS ?? 300); // of C_Sign, a thread
const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const wide = /^flags.* avx512ifma/m.test(readFileSync('/proc/cpuinfo', 'utf8')) && !process.env.OPENSSL_ia32cap;

const print = (name, value, note = '') => console.log(`${name}: ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}${note && `   # ${note}`}`);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const short = (list) => list.map((r) => r.toFixed(2)).join(' ');

/** CPU seconds of a process, for itself and in the kernel. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return [Number(fields[11]) / ticks, Number(fields[12]) / ticks];
}

/** CPU seconds that everybody on this machine has had. */
function cpuOfAll() {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/ +/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / ticks;
}

/** Resident KiB, what is shared divided among those who share it. */
function memory(pids) {
  let sum = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    sum += Number(/^Pss:\s+(\d+)/m.exec(text)[1]);
  }
  return sum;
}

/** RSA-2048 signatures a second by OpenSSL, now, here: of one core by its CPU, or of all by the clock. */
function openssl(...options) {
  const out = execFileSync('openssl', ['speed', '-seconds', '2', '-mr', ...options, 'rsa2048'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  // +F2:index:bits:signatures a second:verifications a second
  return Number(/^\+F2:\d+:2048:([\d.]+)/m.exec(out)[1]);
}
const baseline = () => ({ bare: 1 / openssl(), all: openssl('-multi', String(cpus().length)) });

const folder = mkdtempSync(join(tmpdir(), 'ingam-bench-'));
const certificate = makeCertificate({ into: folder });
const password = join(folder, 'password');
writeFileSync(password, certificate.password, { mode: 0o600 });
// The vault's own limits are not what is measured.
const vault = join(folder, 'vault');
writeFileSync(vault, `#!/bin/sh
[ "$1" != serve ] || set -- "$@" --sign-per-minute 60000 --sign-per-day 60000 --token-count-max 10000
exec '${program('ingam-vault')}' "$@"
`, { mode: 0o755 });
const start = (...more) => startService([`vault-program=${vault}`, 'request-hour-limit=100000', 'request-day-limit=1000000', 'log=error',
  'address-burst=1000000', 'address-per-minute=1000000', 'connections=20000', 'connections-per-address=20000', ...more]);

/** A program that answers a line on standard input with a line of output. */
function talk(command, args, env) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  const ended = new Promise((done) => child.once('exit', done));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ended:\n${said}`);
      return value;
    },
    say: (text) => child.stdin.write(`${text}\n`),
    end: () => (child.stdin.end(), ended),
    kill: () => child.kill(),
  };
}

/** Whole approved signatures: asked, told, approved, opened, signed, in many lanes at once. Warmed up. */
async function lanesOf(running) {
  const pids = [running.daemon.pid, running.vaultPid];
  const load = talk(program('ingam-phone'), ['--app', running.app, 'load', '--outbox', running.mock, '--certificate-folder', certificate.folder,
    '--password-file', password, '--members', String(members), '--lanes', String(lanes), '--rounds', String(signatures), '--wait']);
  /** What the programs and the load used for a round, in seconds of CPU, and what the load saw. */
  const round = async () => {
    const from = pids.flatMap(cpu), fromAll = cpuOfAll();
    load.say('');
    const done = JSON.parse(await load.line());
    if (done.errors > 0) throw new Error(`${done.errors} approvals failed`);
    const used = [...pids.flatMap(cpu).map((v, k) => v - from[k]), done.cpu_seconds];
    const cores = done.seconds * cpus().length;
    const others = Math.max(0, cpuOfAll() - fromAll - used.reduce((a, b) => a + b)) / cores;
    return { done, used, others, generator: done.cpu_seconds / cores };
  };
  try {
    await load.line();
    await round();
  } catch (error) {
    load.kill();
    throw error;
  }
  return { round, end: load.end, kill: load.kill };
}

/** Three rounds of them beside bare signatures. */
async function approved(running) {
  const load = await lanesOf(running);
  const rounds = [];
  try {
    let before = baseline();
    for (let i = 0; i < 3; i++) {
      const { done, used, others, generator } = await load.round();
      const after = baseline();
      const bare = (before.bare + after.bare) / 2, all = (before.all + after.all) / 2;
      rounds.push({
        bare, all, others, generator, p50: done.p50_ms, p99: done.p99_ms,
        second: done.signatures / done.seconds,
        parts: used.map((s) => s / done.signatures / bare),
        crowded: bare * all / cpus().length, // of a bare signature beside others
      });
      before = after;
    }
    await load.end();
  } finally {
    load.kill();
  }
  const of = (f) => rounds.map(f);
  return {
    of,
    part: (k) => median(of((r) => r.parts[k])),
    ratios: of((r) => r.parts.slice(0, 4).reduce((a, b) => a + b)),
    throughput: of((r) => r.second / r.all),
    second: median(of((r) => r.second)),
  };
}

function printApproved({ of, part, ratios, throughput, second }) {
  const percent = (f) => `${(100 * median(of(f))).toFixed(0)} %`;
  print('bare-rsa2048-signature-us', median(of((r) => r.bare)) * 1e6, 'openssl speed, CPU');
  print('bare-rsa2048-signatures-per-second', median(of((r) => r.all)), `openssl speed -multi ${cpus().length}`);
  print('approved-signature-cpu-ratio', median(ratios), `ask, notify, approve, open, sign, durable; of ${short(ratios)}; aim 3.0, goal 2.0`);
  print('approved-signature-cpu-ratio-crowded', median(of((r, i) => ratios[i] * r.crowded)), 'to a bare signature when all cores make them, as all are busy here');
  print('cpu-ratio-ingamd', part(0) + part(1), `user ${part(0).toFixed(2)}, kernel ${part(1).toFixed(2)}`);
  print('cpu-ratio-vault', part(2) + part(3), `user ${part(2).toFixed(2)}, kernel ${part(3).toFixed(2)}`);
  print('approved-signatures-per-second', second, `${lanes} lanes, ${members} members, their phones on event streams`);
  print('throughput-ratio', median(throughput), `of ${short(throughput)}; the generator has ${percent((r) => r.generator)} of the same cores (${part(4).toFixed(2)} of a bare signature each), processes of others ${percent((r) => r.others)}; aim 0.25, goal 0.40`);
  print('sign-latency-ms-p50', median(of((r) => r.p50)), 'from asking to the verified signature, at full load');
  print('sign-latency-ms-p99', median(of((r) => r.p99)));
}

/** C_Sign through a module, in one thread and in two. */
async function sign(path, env, pin) {
  const bench = talk(join(build, 'bench/bench-sign'), [path, String(calls)], env);
  try {
    await bench.line(); // there is a session
    bench.say(await pin());
    return JSON.parse(await bench.line());
  } finally {
    await bench.end();
  }
}

/** The peer: SoftHSM2, with a key of its own. */
function softhsm() {
  const env = { SOFTHSM2_CONF: join(folder, 'softhsm2.conf') };
  const key = join(folder, 'key.pem');
  const util = (...args) => execFileSync('softhsm2-util', args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(env.SOFTHSM2_CONF, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  execFileSync('openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', key], { stdio: 'pipe' });
  util('--init-token', '--free', '--label', 'bench', '--so-pin', '12345678', '--pin', '123456');
  util('--import', key, '--token', 'bench', '--label', 'bench', '--id', '01', '--pin', '123456');
  return sign('/usr/lib/softhsm/libsofthsm2.so', env, async () => '123456');
}

/** The PIN of the one request that waits for a member. */
async function approve(member) {
  for (;;) {
    const { requests } = await member.app('GET', '/requests');
    if (requests.length > 0) return (await member.approve(requests[0].id)).pin;
  }
}

async function token(running, member) {
  const ours = await sign(module, tokenEnv(running, member), () => approve(member));
  const peer = await softhsm();
  print('pkcs11-sign-ms-p50', ours.p50_ms, `C_Sign within an approval, our module; SoftHSM2 ${peer.p50_ms.toFixed(2)}, aim 2`);
  print('pkcs11-sign-ms-p99', ours.p99_ms, `SoftHSM2 ${peer.p99_ms.toFixed(2)}`);
  print('pkcs11-sign-threads-ratio', ours.two_per_second / ours.per_second, `two threads to one; SoftHSM2 ${(peer.two_per_second / peer.per_second).toFixed(2)}`);
}

/** Event streams of these members, n in all. */
async function listen(running, members, n) {
  const { host, port } = new URL(running.app);
  const sockets = await Promise.all(Array.from({ length: n }, (_, i) => new Promise((done) => {
    const s = connect({ host: '127.0.0.1', port });
    s.once('error', () => done(null));
    s.once('data', () => done(s));
    s.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${host}\r\nCookie: ${members[i % members.length].cookie}\r\n\r\n`);
  })));
  return sockets.filter(Boolean);
}

/** Phones that wait on the event stream. */
async function phones(running, all) {
  const idle = memory([running.daemon.pid]);
  const open = await listen(running, all, waiting);
  print('memory-per-waiting-phone-kib', (memory([running.daemon.pid]) - idle) / open.length, `${open.length} event streams, user memory; aim 8`);
  for (const s of open) s.destroy();
}

/** The same work while many phones wait for something else, and while none does, in turns. */
async function crowd(running) {
  const idle = new Member(running, '01099990000'), used = [[], []];
  await idle.join();
  const load = await lanesOf(running);
  try {
    for (let i = 0; i < 6; i++) {
      const open = await listen(running, [idle], i % 2 * crowded);
      const { done, used: seconds } = await load.round();
      used[i % 2].push(seconds.slice(0, 4).reduce((a, b) => a + b) / done.signatures);
      if (open.length !== i % 2 * crowded) throw new Error(`${open.length} phones wait`);
      for (const s of open) s.destroy();
      await sleep(1000); // the service lets them go
    }
    await load.end();
  } finally {
    load.kill();
  }
  print('waiting-ratio', median(used[1]) / median(used[0]), `CPU of an approved signature while ${crowded} more phones wait to one while none does; aim 1.2`);
}

/** A further start on the same data, to the first answer. */
async function starts(running) {
  const times = [];
  running.settings.push(`vault-program=${program('ingam-vault')}`); // no shell before it
  for (let i = 0; i < 5; i++) {
    await stop(running.daemon);
    const from = performance.now();
    await running.startDaemon();
    await call(running.app, 'GET', '/api/v1/server');
    times.push(performance.now() - from);
  }
  print('start-ms', median(times), 'ingamd and vault, to the first answer; aim 200');
}

/** A service gets so many members, who do nothing. */
async function grow(running, n) {
  await stop(running.daemon);
  execFileSync(join(build, 'bench/bench-members'), [join(running.data, 'ingam.db'), String(n)]);
  execFileSync(join(build, 'bench/bench-accounts'), [join(running.data, 'vault'), join(running.data, 'kek'), String(n)]);
  const from = performance.now();
  await running.startDaemon();
  await call(running.app, 'GET', '/api/v1/server');
  running.startMs = performance.now() - from;
}

/** The same work among few members and among many, in turns. */
async function growth() {
  const services = [], loads = [], used = [[], []];
  try {
    for (const n of [few, many]) await grow(services[services.push(await start('token-count=1')) - 1], n);
    for (const running of services) loads.push(await lanesOf(running));
    for (let i = 0; i < 5; i++)
      for (const [k, load] of loads.entries()) {
        const { done, used: seconds } = await load.round();
        used[k].push(seconds.slice(0, 4).reduce((a, b) => a + b) / done.signatures);
      }
    for (const load of loads) await load.end();
    const us = (list) => (median(list) * 1e6).toFixed(0);
    print('growth-ratio', median(used[1]) / median(used[0]), `CPU of an approved signature with ${many} members (${us(used[1])} us) to one with ${few} (${us(used[0])} us); aim 1.2`);
    print('growth-start-ms', services[1].startMs, `with ${many} members; with ${few}: ${services[0].startMs.toFixed(0)}`);
    print('growth-memory-mib', memory([services[1].daemon.pid, services[1].vaultPid]) / 1024, `with ${many} members; with ${few}: ${(memory([services[0].daemon.pid, services[0].vaultPid]) / 1024).toFixed(0)}`);
  } finally {
    for (const load of loads) load.kill();
    for (const running of services) await running.stop();
  }
}

/** Certificates and key files of a PC. */
function files() {
  const word = join(folder, 'new-password'), home = join(folder, 'thousand');
  writeFileSync(word, 'Canary7!Qw', { mode: 0o600 });
  for (const [name, form] of [['', 'seed-sha1'], ['-pbes2', 'pbes2-seed']]) {
    const key = join(folder, `key${name}`);
    cpSync(certificate.folder, key, { recursive: true });
    execFileSync(program('ingam'), ['cert', 'change-password', key, '--password-file', password, '--new-password-file', word, '--form', form], { stdio: 'pipe' });
    const { iterations, derive_us: derive, open_us: open } = JSON.parse(execFileSync(join(build, 'bench/bench-open'), [join(key, 'signPri.key'), word], { encoding: 'utf8' }));
    print(`key-file-open-ratio${name}`, open / derive, `${form}, ${iterations} iterations: ${open.toFixed(0)} us; the bare derivation ${derive.toFixed(0)} us; aim 1.3`);
  }
  for (let i = 0; i < 1000; i++) {
    const one = join(home, 'NPKI', 'CA', 'USER', `cn=${i}`);
    mkdirSync(one, { recursive: true });
    for (const name of ['signCert.der', 'signPri.key']) copyFileSync(join(certificate.folder, name), join(one, name));
  }
  const times = Array.from({ length: 5 }, () => {
    const from = performance.now();
    const lines = execFileSync(program('ingam'), ['cert', 'list', '--root', home], { encoding: 'utf8' }).trimEnd().split('\n');
    if (lines.length !== 1000) throw new Error(`${lines.length} certificates`);
    return (performance.now() - from) / 1000;
  });
  print('cert-list-1000-s', median(times), `ingam cert list on 1,000 certificates; of ${short(times)}; aim 0.3`);
}

async function bench(settings, measure) {
  const running = await start(...settings);
  try {
    await measure(running);
  } finally {
    await running.stop();
  }
}

let code = 0;
try {
  print('machine', cpus()[0].model, `${cpus().length} cores; ${wide ? "RSA by AVX-512 IFMA: twice as fast as without, and ratios to it higher; OPENSSL_ia32cap=:~0x200000 is without" : 'RSA without AVX-512 IFMA'}`);
  print('openssl', execFileSync('openssl', ['version'], { encoding: 'utf8' }).trim());
  files();
  // An approval is for one signature: one that is used up is out of the way.
  await bench(['token-count=1'], async (running) => {
    print('idle-memory-mib', memory([running.daemon.pid, running.vaultPid]) / 1024, 'ingamd and vault, proportional set size; aim 30');
    printApproved(await approved(running));
  });
  // So few members sign so often that their keys stay open; those of many who sign seldom do not.
  await bench(['token-count=1', 'vault-open-key=0s'], async (running) => {
    const { ratios, throughput } = await approved(running);
    print('approved-signature-cpu-ratio-opening', median(ratios), `the same, and each opens its key; of ${short(ratios)}`);
    print('throughput-ratio-opening', median(throughput), `of ${short(throughput)}`);
  });
  await bench([`token-count=${Math.min(1000, 3 * calls + 10)}`, 'token-life=10m'], async (running) => {
    const all = [];
    for (let i = 0; i < 16; i++) {
      const m = new Member(running, `0105555${String(i).padStart(4, '0')}`);
      await m.join();
      all.push(m);
    }
    await all[0].import(certificate);
    await token(running, all[0]);
    await phones(running, all);
    await starts(running);
  });
  await bench(['token-count=1'], crowd);
  await growth();
} catch (error) {
  console.error(error);
  code = 1;
}
rmSync(folder, { recursive: true, force: true });
process.exit(code);
