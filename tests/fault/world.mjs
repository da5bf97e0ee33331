// world.mjs - a service under load, and what befalls it.
//
// Belongs here: ending programs at any moment, starting them again, how long
// that takes; that everybody has looked at everything before the next fault.
// Not here: what must be true (actor.mjs); what a disk forgets (disk.mjs); how
// often, and the figures (fault.mjs).
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { call } from '../lib/member.mjs';
import { startService } from '../lib/service.mjs';
import { Actor, Broken, COUNT } from './actor.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const LOOKED_MS = 60000; // everybody has looked by then
const SLOW_MS = 2000; // such are named, and how busy the machine was
const BACK_MS = 20000; // a service that is not back by then never is
const settings = [`token-count=${COUNT}`, 'token-life=60s', 'wrong-pin-hour-limit=1000000', 'wrong-code-hour-limit=1000000', 'certificate-limit=100'];

/** The processes of one data folder and its PCs: they come and go too fast to be told of. */
function processes(data, pcs) {
  const found = { ingamd: [], vault: [], helper: [] };
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    let words;
    try {
      words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    } catch {
      continue; // it has ended
    }
    if (words[0].startsWith(`${pcs}/`)) found.helper.push(Number(pid));
    else if (words.includes(join(data, 'vault.sock'))) found.vault.push(Number(pid));
    else if (words.includes(`data=${data}`)) found.ingamd.push(Number(pid));
  }
  return found;
}

function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch { /* it ended by itself meanwhile */ }
  }
}

/** One that nobody has reaped has no command line any more. */
function isThere(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1') !== '';
  } catch {
    return false;
  }
}

export class World {
  /** @param {{chance, certificates, actors: number, disk?: Function, fault?: string}} o `disk`: where there are cuts; `fault`: what is broken on purpose (INGAM_FAULT) */
  constructor({ chance, certificates, actors, disk, fault }) {
    Object.assign(this, {
      chance, certificates, kindOfDisk: disk, fault, wanted: actors,
      alive: true, faults: 0, cuts: 0, programs: 0, retired: [], broken: [], back: [], slow: [],
      programsRun: 0, programsFailed: 0, helpers: 0, answers: 0, lost: 0, repeated: 0, signatures: 0, forgotten: 0, waiting: { pages: 0, names: 0 },
    });
  }

  async start() {
    this.running = await startService(settings, (data) => {
      if (this.kindOfDisk) this.disk = new this.kindOfDisk(data);
      this.pcs = `${data}.pcs`;
      return { ...this.disk?.env(), ...(this.fault && { INGAM_FAULT: this.fault }) };
    });
    this.disk?.begin();
    this.supervise();
    this.actors = Array.from({ length: this.wanted }, () => new Actor(this, this.chance.another()));
    this.lives = this.actors.map((a) => a.live().catch((error) => {
      this.broken.push(error);
      this.alive = false;
    }));
  }

  /** Everybody ends what he does, and whoever was here looks once more. */
  async stop() {
    this.alive = false;
    await Promise.all(this.lives ?? []);
    try {
      if (this.broken.length === 0) for (const a of [...this.actors, ...this.retired]) await a.verify();
    } catch (error) {
      this.broken.push(error);
    }
    this.off = true;
    await this.starting;
    const log = this.running?.log.join('') ?? '';
    await this.running?.stop();
    this.disk?.clear();
    if (this.pcs) rmSync(this.pcs, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    return log;
  }

  /** Everybody has seen that nothing is missing after the last fault. */
  async looked() {
    for (const end = Date.now() + LOOKED_MS; this.alive && this.actors.some((a) => a.verified !== this.faults); await sleep(5))
      if (Date.now() > end) throw new Broken('somebody is not done with looking');
    if (this.alive && this.retired.length > 0) await this.chance.of(this.retired).verify();
  }

  /** As systemd does: whenever it ended it is started, until it runs. */
  supervise() {
    const { daemon } = this.running;
    const ended = () => { this.starting = this.startDaemon(); };
    if (daemon.exitCode !== null || daemon.signalCode !== null) return ended();
    daemon.once('exit', () => { if (!this.off) ended(); });
    return undefined;
  }

  async startDaemon() {
    try {
      await this.running.startDaemon();
    } catch (error) {
      if (!error.message.includes('SIGKILL')) {
        this.broken.push(error);
        this.alive = false;
        return;
      }
      this.starting = this.startDaemon();
      return;
    }
    this.supervise();
  }

  /** Ends them, and waits until they are gone. */
  async end(pids) {
    signal(pids, 'SIGKILL');
    while (pids.some(isThere)) await sleep(1);
  }

  async isBack(since) {
    for (; ; await sleep(4)) {
      try {
        if ((await call(this.running.app, 'GET', '/healthz')).vault === 'ready') break;
      } catch { /* not yet */ }
      if (!this.alive) return;
      if (Date.now() > since + BACK_MS) throw new Broken(`the service is not back after ${BACK_MS} ms`);
    }
    this.back.push(Date.now() - since);
    if (Date.now() - since > SLOW_MS) this.slow.push(`${Date.now() - since} ms after ${this.last}, ${loadavg()[0]} wanted to run`);
  }

  processes() {
    return processes(this.running.data, this.pcs);
  }

  /** kill -9 of one or more; of one that is just starting, now and then. */
  async kill() {
    const now = this.processes(), some = now.helper.length > 0 ? 5 : 0;
    const who = this.chance.weighed([[7, ['ingamd']], [7, ['vault']], [6, ['ingamd', 'vault']], [some, ['helper']], [some, ['helper', 'ingamd']]]);
    this.last = who.join(' and ');
    if (who.includes('helper')) this.helpers++;
    await this.end(who.flatMap((name) => now[name]));
    if (this.chance.oneIn(4)) {
      const second = this.chance.of(['ingamd', 'vault']);
      await sleep(this.chance.between(0, 300));
      this.last += `, then ${second}`;
      await this.end(this.processes()[second]);
    }
    await this.isBack(Date.now());
    this.faults++;
  }

  /** The power goes: both stop at once, and of what was not synced something is lost. */
  async cut() {
    const { ingamd, vault } = this.processes();
    this.last = 'a cut';
    this.off = true;
    const ended = new Promise((done) => this.running.daemon.once('exit', done));
    signal([...ingamd, ...vault], 'SIGSTOP');
    await this.end([...ingamd, ...vault]);
    await ended;
    this.cuts++;
    const told = this.disk.cut(this.chance);
    this.waiting.pages += told.pages;
    this.waiting.names += told.names;
    this.off = false;
    const since = Date.now();
    await this.startDaemon();
    await this.isBack(since);
    this.faults++;
  }
}
