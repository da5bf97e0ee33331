// page.mjs - a page of docs/clients as a test: its commands are typed as a
// person types them, on a terminal, with the phone in the other hand.
//
// Belongs here: reading a page; one PC with the real service behind it; the
// same commands with SoftHSM2 in the token's place, for the table.
// Not here: what must come out (the pages); the servers that a page's programs
// talk to (its own test).
//
// In a page, a fenced block `sh` is typed: as a file for bash with set -e, all
// blocks of a page in one folder and one home. A block `text` after it holds
// lines that must come out; "…" stands for anything. Words after `sh`:
//
//   ec        the certificate that is picked on the phone has an EC key; else RSA
//   refused   the lines say how we refuse it; no point for us in the table
//   any       whatever is typed for a PIN will do: the phone asks in its place
//   late      the number comes to the phone with the first PIN, whatever that is
//   ours      about Ingam alone; not tried with SoftHSM2, not counted
//
// "! command" at a block's end is a command that fails. A program that logs in
// comes before one, in the same block, that looks at the token without.
// "$NAME" in a page is an environment variable that its test gives.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeCertificate } from '../lib/certificate.mjs';
import { Member } from '../lib/member.mjs';
import { module, program, root, startService } from '../lib/service.mjs';
import { startScreen } from './screen.mjs';

const INSTALLED = '/usr/lib/x86_64-linux-gnu/pkcs11/ingam-pkcs11.so';
const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
const SOFTHSM_PIN = '123456';
const NAME = '홍길동()0010023400506789012345'; // of makeCertificate
const PHONE = '01012345678';
const docs = join(root, 'docs/clients');
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const run = (command, args, env) => execFileSync(command, args, { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The commands of a page, in their order. */
export function readPage(name) {
  const blocks = [];
  let heading = '', fence = null;
  for (const line of readFileSync(join(docs, `${name}.md`), 'utf8').split('\n')) {
    if (fence === null) {
      const [, word, rest] = /^```(\S*) *(.*)$/.exec(line) ?? [];
      if (word !== undefined) fence = { word, rest, lines: [] };
      else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
    } else if (line !== '```') {
      fence.lines.push(line);
    } else {
      if (fence.word === 'sh') blocks.push({ heading, tags: fence.rest.split(' '), text: fence.lines.join('\n'), expect: [] });
      if (fence.word === 'text') blocks.at(-1).expect.push(...fence.lines);
      fence = null;
    }
  }
  assert.ok(blocks.length > 0 && fence === null, `${name}.md: no commands, or a fence is open`);
  blocks.forEach((b, i) => { b.name = `${b.heading} (${i + 1})`; });
  return blocks;
}

/** The first line that did not come out, or undefined. */
function missing(expect, out) {
  const plain = (line) => line.trim().replace(/\s+/g, ' ');
  /* What another thread wrote behind a prompt is a line, too. */
  const lines = `${out}\n${out.replaceAll(new RegExp(prompt, 'g'), '$&\n')}`.split('\n').map(plain);
  return expect.find((line) => {
    const form = new RegExp(`^${plain(line).split('…').map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
    return !lines.some((l) => form.test(l));
  });
}

/** How programs ask for a token's PIN. Other threads may write behind it. */
const prompt = /(?:[Ee]nter|[Tt]oken)\b[^\n]*\b(?:PIN|Pin|password|[Pp]assphrase for (?:PKCS#11|keystore))[^\n:]{0,90}: ?/;

/** Ends what still sits at a terminal that is gone, browsers above all. */
function endSession(file) {
  const session = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const [, , , , of] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1).split(' ');
      if (of === session) process.kill(Number(pid), 'SIGKILL');
    } catch { /* it has ended by itself */ }
}

/** Types a block into a terminal; answers what it asks. */
function type(pc, text, answer, patience_ms) {
  return new Promise((done) => {
    const file = join(pc.folder, 'block.sh'), tty = join(pc.folder, 'tty'), session = join(pc.folder, 'session');
    writeFileSync(file, `${text.replaceAll(INSTALLED, pc.module)}\n`);
    rmSync(session, { force: true });
    const line = ['script', '-qec', `tty >'${tty}'; echo $$ >'${session}'; exec bash --noprofile --norc -e '${file}'`, '/dev/null'];
    const [command, ...args] = pc.uid === undefined ? line : ['setpriv', `--reuid=${pc.uid}`, `--regid=${pc.uid}`, '--clear-groups', ...line];
    const child = spawn(command, args, { cwd: pc.work, env: pc.env, detached: true });
    let out = '', seen = 0, said;
    const end = (why) => {
      said ??= why;
      // Its terminal goes with it, and whoever sits there gets SIGHUP.
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
      endSession(session);
    };
    const late = setTimeout(() => end('it did not end'), patience_ms);
    // What is typed before a program has hidden its input is thrown away.
    const hidden = async () => {
      while (child.exitCode === null && !/ -echo /.test(run('stty', ['-aF', readFileSync(tty, 'utf8').trim()]))) await pause(20);
    };
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('utf8').on('data', (more) => {
      out += more.replaceAll('\r', '');
      const asks = prompt.exec(out.slice(seen));
      if (asks === null) return;
      seen += asks.index + asks[0].length;
      answer().then(async (pin) => {
        await hidden();
        child.stdin.write(`${pin}\n`);
      }).catch((e) => end(e.message));
    });
    child.once('close', (code) => {
      clearTimeout(late);
      endSession(session);
      done({ code, out, said });
    });
  });
}

/** Where a person sits: a home, a folder, programs, a token. */
class Pc {
  constructor(folder, token, env) {
    Object.assign(this, { folder, module: token, home: join(folder, 'home'), work: join(folder, 'work') });
    mkdirSync(this.home, { recursive: true });
    mkdirSync(this.work);
    this.env = { PATH: `${program('')}:${process.env.PATH}`, HOME: this.home, USER: process.env.USER ?? 'hong', TERM: 'dumb', LC_ALL: 'C.UTF-8', ...env };
  }

  /** From now on somebody who is not root, with copies of what is built. */
  become(uid) {
    for (const name of ['ingam', 'ingam-token']) copyFileSync(program(name), join(this.folder, name));
    copyFileSync(this.module, join(this.folder, 'ingam-pkcs11.so'));
    this.module = join(this.folder, 'ingam-pkcs11.so');
    this.env.PATH = `${this.folder}:${this.env.PATH}`;
    this.env.INGAM_TOKEN_HELPER = join(this.folder, 'ingam-token');
    run('chown', ['-R', `${uid}:${uid}`, this.folder]);
    this.uid = uid;
  }

  /** Runs one block; throws when it is not as the page says. */
  async run(block, answer, patience_ms = 120000) {
    const leave = this.screen?.watch(answer);
    const { code, out, said } = await type(this, block.text, answer, patience_ms);
    await leave?.();
    const lacks = missing(block.expect.map((l) => l.replaceAll(INSTALLED, this.module)), out);
    const fault = said ?? (code !== 0 ? `ended with ${code}` : lacks && `did not print: ${lacks}`);
    if (fault !== undefined) throw new Error(`${fault}\n$ ${block.text.replaceAll('\n', '\n$ ')}\n${out}`);
  }
}

/** The member with the phone in the hand. */
class Holder {
  constructor(member, certificates) {
    Object.assign(this, { member, certificates, asked: [] });
  }

  async import() {
    this.ids = {};
    for (const [kind, certificate] of Object.entries(this.certificates)) {
      await this.member.import(certificate);
      this.ids[kind] = this.member.certificate;
    }
  }

  /** Looks at the phone while something runs: says yes to what waits for it. */
  async beside(kind, something) {
    const { member } = this;
    let over = false;
    member.certificate = this.ids[kind];
    const looking = (async () => {
      for (; !over; await pause(50)) {
        for (const r of await this.waiting())
          if (r.mode === 'push' || this.asked.length > 0)
            await this.approve(r).catch((e) => { if (!/expired|ended/.test(e.problem)) throw e; });
        if (this.asked.length > 0 && await this.shown()) this.tell(this.last.pin);
      }
    })();
    try {
      await Promise.race([looking, something]);
      await something;
    } finally {
      over = true;
      await looking.catch(() => {});
    }
    // The number of a program that is gone must not be typed into the next one.
    for (const end = Date.now() + 20000; (await this.waiting()).length > 0; await pause(50))
      assert.ok(Date.now() < end, 'a program is gone, its request is not');
  }

  async waiting() {
    const { requests } = await this.member.app('GET', '/requests');
    return requests.filter((q) => q.kind === 'token' && (q.state === 'waiting' || q.state === 'opened'));
  }

  async approve(request) {
    const { pin } = await this.member.approve(request.id);
    if (request.mode === 'push') return;
    this.last = { id: request.id, pin };
    this.tell(pin);
  }

  tell(pin) {
    this.asked.shift()?.done(pin);
  }

  /** Asked once more although nothing new waits: the number is still there. */
  async shown() {
    if (this.last === undefined || Date.now() - this.asked[0].at < 3000) return false;
    return ['approved', 'open'].includes((await this.member.app('GET', `/requests/${this.last.id}`)).state);
  }

  /** The six digits that the phone shows. */
  number() {
    return new Promise((done, fail) => {
      this.asked.push({ done, at: Date.now() });
      setTimeout(() => fail(new Error('a PIN was asked, but nothing came to the phone')), 60000).unref();
    });
  }
}

/** SHA-1 of the subject public key's bits, as our tokens name keys. */
function keyId(certificate) {
  const key = new X509Certificate(certificate.pem).publicKey;
  const bits = key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'der' }) : key.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(bits).digest('hex');
}

/** A SoftHSM2 token of the same name with the same key and certificate. */
function softToken(folder, kind, certificate) {
  const tokens = join(folder, `tokens-${kind}`), conf = join(folder, `softhsm-${kind}.conf`), key = join(folder, `${kind}.key`);
  mkdirSync(tokens);
  writeFileSync(conf, `directories.tokendir = ${tokens}\nlog.level = ERROR\n`);
  const env = { SOFTHSM2_CONF: conf };
  run('openssl', ['pkcs8', '-inform', 'DER', '-in', certificate.signKey, '-passin', `pass:${certificate.password}`, '-out', key]);
  run('softhsm2-util', ['--init-token', '--free', '--label', 'Ingam', '--pin', SOFTHSM_PIN, '--so-pin', SOFTHSM_PIN], env);
  run('softhsm2-util', ['--import', key, '--token', 'Ingam', '--label', NAME, '--id', keyId(certificate), '--pin', SOFTHSM_PIN], env);
  run('pkcs11-tool', ['--module', SOFTHSM, '--login', '--pin', SOFTHSM_PIN, '--write-object', certificate.signCert, '--type', 'cert', '--label', NAME, '--id', keyId(certificate)], env);
  return conf;
}

/** The row of the table: the lowest and the highest number of each cell. */
function tableRow(name) {
  const row = readFileSync(join(docs, 'README.md'), 'utf8').split('\n').find((l) => l.startsWith('|') && l.includes(`](${name}.md)`));
  assert.ok(row, `docs/clients/README.md has no row for ${name}.md`);
  const [, , ...cells] = row.split('|');
  const range = (cell) => cell.match(/\d+/g).map(Number);
  return { commands: range(cells[0]), ours: range(cells[1]), soft: range(cells[2]) };
}

/** A free port on loopback. */
export function freePort() {
  return new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
}

/**
 * Makes a page into tests: one for each block, one for SoftHSM2's score.
 * prepare(pc) is called for each PC, ours and SoftHSM2's, before the first
 * block. Its `certificates` are {rsa, ec} of makeCertificate. It gives
 * {env, stop}: variables that the page names, and what ends its servers.
 * person: even root tries the page as somebody else. windows: what the windows
 * are called that ask for a PIN, on a screen that nobody sees.
 */
export function testPage(name, { prepare = async () => ({}), person = false, windows } = {}) {
  const blocks = readPage(name);
  const counted = blocks.filter((b) => !b.tags.includes('ours'));
  const kindOf = (b) => (b.tags.includes('ec') ? 'ec' : 'rsa');
  const stops = [];
  let folder, certificates, holder, pc, screen;

  const answers = ({ tags }) => {
    let typed = 0;
    return async () => (tags.includes('any') || (tags.includes('late') && typed++ === 0) ? '0' : holder.number());
  };

  const ready = async (one) => {
    const { env, stop } = await prepare(Object.assign(one, { certificates, screen }));
    if (screen) one.env.DISPLAY = screen.display;
    Object.assign(one.env, env);
    if (stop) stops.push(stop);
    return one;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ingam-page-'));
    if (person) chmodSync(folder, 0o755);
    certificates = {
      rsa: makeCertificate({ into: join(folder, 'rsa'), form: 'aes' }),
      ec: makeCertificate({ into: join(folder, 'ec'), form: 'aes', key: 'ec' }),
    };
    if (windows) {
      screen = await startScreen(windows);
      stops.push(screen.stop);
    }
    const running = await startService();
    stops.push(() => running.stop());
    holder = new Holder(new Member(running, PHONE), certificates);
    await holder.member.join();
    await holder.import();
    pc = new Pc(join(folder, 'ours'), module, { INGAM_TOKEN_HELPER: program('ingam-token') });
    mkdirSync(join(pc.home, '.config/ingam'), { recursive: true });
    writeFileSync(join(pc.home, '.config/ingam/token.conf'), `[default]\nserver = ${running.pc}\nphone = ${PHONE}\n`);
    await ready(pc);
    if (person && process.getuid() === 0) pc.become(61003);
  });

  after(async () => {
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const block of blocks)
    test(`${name}: ${block.name}`, () => holder.beside(kindOf(block), pc.run(block, answers(block))));

  if (counted.length === 0) return;
  test(`${name}: the table says what we do, and what SoftHSM2 does`, async (t) => {
    const row = tableRow(name);
    const score = { commands: counted.length, ours: counted.filter((b) => !b.tags.includes('refused')).length, soft: 0 };
    const other = await ready(new Pc(join(folder, 'soft'), SOFTHSM, {}));
    const conf = Object.fromEntries(Object.entries(certificates).map(([kind, c]) => [kind, softToken(other.folder, kind, c)]));
    for (const block of counted) {
      other.env.SOFTHSM2_CONF = conf[kindOf(block)];
      const fault = await other.run(block, async () => SOFTHSM_PIN, 30000).then(() => null, (e) => e);
      // What we refuse, and it does not, is its point.
      if ((fault === null) !== block.tags.includes('refused')) score.soft++;
      else t.diagnostic(`SoftHSM2, ${block.name}: ${fault?.message.slice(0, 2000) ?? 'refused as well'}`);
    }
    for (const [column, n] of Object.entries(score))
      assert.ok(n >= row[column].at(0) && n <= row[column].at(-1), `${name}: ${JSON.stringify(score)} is not what the table says`);
  });
}
