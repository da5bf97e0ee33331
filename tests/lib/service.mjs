// service.mjs - a whole service on free ports for one test file, and the
// programs that people use against it.
//
// Belongs here: starting and ending; the test phone; pkcs11-tool.
// Not here: what is checked (the tests).
import { execFile, spawn } from 'node:child_process';
import { setDefaultResultOrder } from 'node:dns';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { service } from '../../tools/run.mjs';

// ingamd listens at 127.0.0.1; Debian's localhost is ::1 as well, and the fetch
// of its Node tries one address only.
setDefaultResultOrder('ipv4first');

export const root = resolve(new URL('../..', import.meta.url).pathname);
export const build = process.env.INGAM_BUILD ?? join(root, 'build');
export const module = join(build, 'src/pkcs11/ingam-pkcs11.so');
const program = (name) => join(build, 'src/program', name);

/** Two free ports next to each other on loopback, below those that the kernel gives to others by itself. */
export async function freePorts() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const free = await Promise.all([port, port + 1].map((p) => new Promise((done) => {
      const s = createServer();
      s.once('error', () => done(false));
      s.listen(p, '127.0.0.1', () => s.close(() => done(true)));
    })));
    if (free.every(Boolean)) return port;
  }
}

/** A service with its own folder; stop() ends and removes all of it. `env` makes of the folder what ingamd gets beside its own environment. */
export async function startService(settings = [], env = () => ({})) {
  const data = mkdtempSync(join(tmpdir(), 'ingam-test-'));
  const running = await service({ data, portBase: await freePorts(), build, env: env(data), settings: ['allow-test-phones=yes', 'request-hour-limit=1000', 'request-day-limit=1000', 'address-burst=100000', 'address-per-minute=100000', ...settings] });
  const stop = running.stop;
  running.stop = async () => {
    await stop();
    rmSync(data, { recursive: true, force: true });
  };
  return running;
}

/** The code that the mock identity provider "sent" to a phone number. */
export async function sentCode(running, number) {
  for (let i = 0; i < 50; i++) {
    const outbox = await (await fetch(`${running.mock}/mock/outbox`)).json();
    const sent = outbox.filter((m) => m.phone === number).at(-1);
    if (sent) return sent.otp;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('no code arrived in the outbox');
}

/** Runs a program to its end. */
export function run(command, args, { env, input, timeout = 60000 } = {}) {
  return new Promise((done) => {
    const child = execFile(command, args, { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, timeout, encoding: 'utf8', maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr, out: stdout + stderr });
    });
    if (input !== undefined) child.stdin.end(input);
  });
}

/** A phone without a screen, with its state in a file of its own. */
export class Phone {
  constructor(running, number = '010' + String(Math.floor(Math.random() * 1e8)).padStart(8, '0')) {
    this.running = running;
    this.number = number;
    this.state = join(running.data, `phone-${number}`);
  }
  args(...more) {
    return ['--app', this.running.app, '--state', this.state, ...more];
  }
  async run(...more) {
    const result = await run(program('ingam-phone'), this.args(...more));
    if (result.code !== 0) throw new Error(`ingam-phone ${more[0]}: ${result.code}\n${result.out}`);
    return result.stdout;
  }
  join(name = '홍길동') {
    return this.run('join', '--name', name, '--birth', '9001011', '--phone', this.number, '--outbox', this.running.mock);
  }
  async list(what) {
    return JSON.parse(await this.run('list', what))[what];
  }
  /** Approves requests as they come; pins are given to `onPin`. */
  approving(onPin, ...more) {
    const child = spawn(program('ingam-phone'), this.args('approve', '--forever', ...more), { stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      rest += text;
      for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) {
        const line = rest.slice(0, end);
        if (line.startsWith('{')) onPin(JSON.parse(line));
      }
    });
    return { stop: () => new Promise((done) => (child.exitCode === null ? child.once('exit', done).kill() && undefined : done())) , child };
  }
  /** Registers a certificate by way of `ingam cloud import`. */
  async import(certificate) {
    const password = join(this.running.data, 'password');
    writeFileSync(password, certificate.password, { mode: 0o600 });
    const phone = spawn(program('ingam-phone'), this.args('import', '--password-file', password), { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', err = '';
    phone.stderr.on('data', (t) => { err += t; });
    const code = await new Promise((done, fail) => {
      phone.stdout.on('data', (t) => {
        out += t;
        if (out.includes('\n')) done(out.split('\n')[0].trim());
      });
      phone.on('exit', () => fail(new Error(`ingam-phone import ended: ${err}`)));
    });
    const ended = new Promise((done) => phone.once('exit', done));
    const pc = await run(program('ingam'), ['cloud', 'import', '--server', this.running.pc, '--code', code, '--password-file', password, certificate.folder]);
    // A PC that sent nothing leaves the phone waiting for its number's life.
    if (pc.code !== 0) phone.kill();
    await ended;
    return { pc, phone: { code: phone.exitCode, out, err } };
  }
}

/** pkcs11-tool on a terminal of its own; the PIN is typed when it asks. */
export function pkcs11Tool(args, env, pin, from = module) {
  return new Promise((done) => {
    const quoted = args.map((a) => `'${a}'`).join(' ');
    const child = spawn('script', ['-qec', `pkcs11-tool --module '${from}' ${quoted}`, '/dev/null'], { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env } });
    let out = '', asked = false;
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', async (text) => {
      out += text;
      if (asked || !/PIN:\s*$/.test(out)) return;
      asked = true;
      child.stdin.write(`${await pin()}\n`);
    });
    child.once('exit', (code) => done({ code, out }));
  });
}

/** An ssh-agent that has the token: one process that keeps it open. */
export async function sshAgent(folder, running, phone) {
  // ssh-add asks for the PIN before it opens the token: approval alone opens it.
  const ask = join(folder, 'askpass'), socket = join(folder, 'agent');
  writeFileSync(ask, '#!/bin/sh\necho 000000\n', { mode: 0o755 });
  const env = { ...tokenEnv(running, phone), INGAM_LOGIN: 'push', SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':none' };
  const child = spawn('ssh-agent', ['-D', '-a', socket, '-P', '/*'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  env.SSH_AUTH_SOCK = socket;
  for (let i = 0; i < 100 && !existsSync(socket); i++) await new Promise((done) => setTimeout(done, 50));
  const key = join(folder, 'ssh.pub'), text = join(folder, 'ssh.txt');
  writeFileSync(text, 'signed by ssh');
  return {
    child,
    async add() {
      const added = await run('ssh-add', ['-s', module], { env });
      if (added.code !== 0) throw new Error(added.out);
      writeFileSync(key, (await run('ssh-add', ['-L'], { env })).stdout);
    },
    async sign() {
      const { code, out } = await run('ssh-keygen', ['-Y', 'sign', '-f', key, '-n', 'file', text], { env, input: '' });
      if (code !== 0) throw new Error(out);
      rmSync(`${text}.sig`);
    },
    stop: () => child.kill(),
  };
}

/** The environment that a PC's programs see. */
export function tokenEnv(running, phone, more = {}) {
  const conf = join(running.data, 'token.conf');
  writeFileSync(conf, '');
  mkdirSync(join(running.data, 'pc'), { recursive: true });
  return {
    INGAM_TOKEN_HELPER: program('ingam-token'),
    INGAM_SERVER: running.pc,
    INGAM_PHONE: phone.number,
    INGAM_TOKEN_CONF: conf,
    XDG_DATA_HOME: join(running.data, 'pc'),
    HOME: join(running.data, 'pc'),
    ...more,
  };
}
export { program };
