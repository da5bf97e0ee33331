// run.mjs - starts the service on this machine for a person to try.
//
// Belongs here: a data folder, the mock identity provider, ingamd; what is
// printed about them; ending all of it together, also when it cannot start.
// Not here: the story (demo.mjs); anything that a real installation needs.
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(new URL('..', import.meta.url).pathname);

/** Starts a program whose first line on standard output says that it serves. */
export function start(program, args, { name, env, quiet = false, log } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      out += text;
      if (!child.ready && out.includes('\n')) {
        child.ready = true;
        child.firstLine = out.split('\n')[0];
        done(child);
      } else if (child.ready && !quiet) {
        process.stdout.write(text);
      }
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text) => {
      if (log) log.push(text);
      if (!quiet) process.stderr.write(text);
    });
    child.on('exit', (code, signal) => {
      child.ended = true;
      if (!child.ready) fail(notStarted(name ?? program, code ?? signal, (log ?? []).join('')));
    });
    child.on('error', fail);
  });
}

/** Ends a child by its own pid, and waits until it is gone. */
export function stop(child, signal = 'SIGTERM') {
  if (!child || child.ended) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', done);
    child.kill(signal);
  });
}

/** Runs a program to its end; throws what it said when it fails. */
function finish(program, args, { name, quiet = false }) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (!quiet) process.stderr.write(stdout + stderr);
  if (status !== 0) throw notStarted(name, status ?? signal, stdout + stderr);
}

function notStarted(name, code, said) {
  return Object.assign(new Error(`${name} ended with ${code}\n${said}`), { said, code: Number.isInteger(code) ? code : 1, name });
}

/** The vault goes on when ingamd is killed; with nobody to start it again it ends here. */
async function stopVault({ data, vaultPid, log }) {
  const pid = Number([...log.join('').matchAll(/ started again pid=(\d+)/g)].at(-1)?.[1] ?? vaultPid);
  const there = () => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(data, 'vault.sock'));
    } catch {
      return false;
    }
  };
  if (there()) process.kill(pid);
  for (let i = 0; i < 100 && there(); i++) await new Promise((done) => setTimeout(done, 50));
}

/**
 * A whole service: mock provider, ingamd, vault. When it cannot start, it ends
 * what it started and throws an Error whose `said` is what ingamd said.
 * @returns {Promise<{app: string, pc: string, mock: string, data: string, settings: string[], stop: () => Promise<void>}>}
 */
export async function service({ data, portBase = 8700, build = join(root, 'build'), quiet = true, settings = [], mockPort = 0, env = {} } = {}) {
  const mock = await start('node', [join(root, 'tools/mock/mock.mjs'), String(mockPort)], { name: 'mock provider', quiet: true });
  const mockSays = JSON.parse(mock.firstLine);
  const mockAddress = mockSays.url;
  const secret = join(data, 'identity-secret');
  const all = [
    `data=${data}`,
    `web=${join(build, 'web')}`,
    `vault-program=${join(build, 'src/program/ingam-vault')}`,
    `port-base=${portBase}`,
    'identity=mock',
    `identity-url=${mockAddress}`,
    `identity-secret=${secret}`,
    `identity-channel=${mockSays.channelKey}`,
    `push-extra-origin=${mockAddress}`,
    ...settings,
  ];
  const ingamd = join(build, 'src/program/ingamd');
  const log = [];
  const self = {
    mock: mockAddress,
    mockProcess: mock,
    data,
    settings: all,
    log,
    async startDaemon() {
      self.daemon = await start(ingamd, ['serve', ...all], { name: 'ingamd', quiet, log, env });
      const where = JSON.parse(self.daemon.firstLine);
      Object.assign(self, { app: where.app, pc: where.pc, vaultPid: where.vault_pid });
    },
    async stop() {
      await stop(self.daemon);
      await stopVault(self);
      await stop(mock);
    },
  };
  try {
    // Another that serves from this folder is told of before anything changes.
    finish(ingamd, ['init', ...all], { name: 'ingamd', quiet });
    writeFileSync(secret, mockSays.secret, { mode: 0o600 });
    await self.startDaemon();
  } catch (error) {
    await self.stop();
    throw error;
  }
  return self;
}

/** What to do, where ./dev run knows more than ingamd. */
function next(said) {
  if (!/is in use by another program|works in this folder already/.test(said)) return '';
  return `
Is another ./dev run up? End it with Ctrl-C where it runs, or run this one
beside it, with ports and data of its own:
  ./dev run --port-base 8710 --data ${join(root, '.ingam-8710')}
`;
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true, // name=value, as ingamd takes them
      options: { demo: { type: 'boolean' }, exit: { type: 'boolean' }, 'port-base': { type: 'string' }, data: { type: 'string' } },
    });
    const given = values['port-base'] ?? process.env.INGAM_PORT_BASE ?? 8700;
    const portBase = Number(given);
    if (!Number.isInteger(portBase) || portBase < 1 || portBase > 65530) throw new Error(`--port-base: not a port: ${given}`);
    return { ...values, portBase, settings: positionals };
  } catch (error) {
    // Node.js goes on with advice about arguments that we do not take.
    console.error(`${error.message.split('. To specify')[0]}\nSee ./dev run --help.`);
    process.exit(2);
  }
}

/* Where qrencode is missing, the address alone has to do. */
function drawQr(address) {
  try {
    process.stdout.write(execFileSync('qrencode', ['-t', 'ANSIUTF8', '-m', '2', address], { encoding: 'utf8' }));
  } catch {
    console.log(`  ${address}`);
  }
}

async function main() {
  const { portBase, settings, ...values } = options();
  const temporary = values.demo && !values.data;
  const data = resolve(values.data ?? (temporary ? mkdtempSync(join(tmpdir(), 'ingam-demo-')) : join(root, '.ingam')));
  const clear = () => temporary && rmSync(data, { recursive: true, force: true });
  const running = await service({ data, portBase, quiet: false, settings }).catch((error) => {
    clear();
    console.error(`${error.said === undefined ? `${error.message}\n` : ''}${next(error.said ?? '')}
ingamd did not start; nothing of it is left running.  ingamd가 켜지지 않았어요. 켜져 있는 것은 없어요.`);
    process.exit(error.code ?? 1);
  });
  let ending = false;
  const end = async (code) => {
    ending = true;
    await running.stop();
    clear();
    process.exit(code);
  };
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
  running.daemon.on('exit', (code) => {
    if (ending) return;
    console.error(`\ningamd ended (${code}); so does the rest.  ingamd가 꺼져서 모두 끝내요.`);
    end(1);
  });

  if (values.demo) {
    const { demo } = await import('./demo.mjs');
    const held = await demo(running).catch((error) => {
      console.error(`\n✗ ${error.message}`);
      return false;
    });
    if (values.exit || !held) return end(held ? 0 : 1);
  }
  const module = join(root, 'build/src/pkcs11/ingam-pkcs11.so');
  /* A phone would look for it on itself. */
  const near = ['localhost', '127.0.0.1'].includes(new URL(running.app).hostname);
  console.log(`
Ingam is running.        인감이 켜졌어요.

  Phone app  ${running.app}        (${near ? 'from this machine alone; on a real phone: README, "A real phone"' : 'the QR below'})
  PC pages   ${running.pc}
  Identity   ${running.mock}/mock/outbox   a MOCK provider: codes "sent" by SMS are read here
  Data       ${data}
`);
  if (!near)
    drawQr(running.app);
  console.log(`Next:
  1. Open ${running.app} and join.
  2. Register a certificate:   ${running.pc}   or   build/src/program/ingam cloud import --server ${running.pc} FOLDER
                               (no certificate at hand? see README, "Try it")
  3. Use it:                   INGAM_PHONE=<your number> INGAM_SERVER=${running.pc} INGAM_TOKEN_HELPER=${join(root, 'build/src/program/ingam-token')} \\
                               pkcs11-tool --module ${module} --login --list-objects

Ctrl-C ends everything that was started here.`);
}

if (process.argv[1] && resolve(process.argv[1]) === resolve(new URL(import.meta.url).pathname)) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
