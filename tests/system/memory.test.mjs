// memory.test.mjs - where a private key is while it signs: in locked memory of
// the vault, and nowhere else; and nowhere at all when it is closed.
//
// Belongs here: searching the memory of every process of the service and of
// the PC for the key's numbers.
// Not here: what the vault may do (tests/vault/jail_test.c).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Phone, sshAgent, startService } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-memory-'));
const PART = 32, CHUNK = 1 << 20;
const may = process.getuid() === 0 ? false : 'only root reads the vault\'s memory';
let running, phone, agent, watch, needles;

before(async () => {
  if (may) return;
  const certificate = makeCertificate({ into: folder, form: 'aes' });
  const jwk = createPrivateKey({ key: readFileSync(certificate.signKey), format: 'der', type: 'pkcs8', passphrase: certificate.password }).export({ format: 'jwk' });
  // A piece of each private number, as it is written and as libcrypto holds it (little-endian words).
  needles = ['d', 'p', 'q', 'dp', 'dq', 'qi'].flatMap((name) => {
    const piece = Buffer.from(jwk[name], 'base64url').subarray(PART, 2 * PART);
    return [[name, piece], [`${name}, reversed`, Buffer.from(piece).reverse()]];
  });
  running = await startService(['vault-open-key=1s', 'token-count=5']);
  phone = new Phone(running);
  await phone.join();
  await phone.import(certificate);
  watch = phone.approving(() => {});
  agent = await sshAgent(folder, running, phone);
  await agent.add();
});
after(async () => {
  agent?.stop();
  await watch?.stop();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every process that has to do with this service: what it runs with names its folder. */
function processes() {
  const names = (pid, what) => readFileSync(`/proc/${pid}/${what}`, 'latin1').includes(running.data);
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return pid !== process.pid && (names(pid, 'cmdline') || names(pid, 'environ'));
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** Which of the numbers stand in the memory of a process, and whether that place is locked. */
function find(pid) {
  const found = [];
  const fd = openSync(`/proc/${pid}/mem`, 'r');
  const chunk = Buffer.alloc(CHUNK + PART);
  for (const map of readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, from, to, mode, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)/.exec(map);
    if (mode[0] !== 'r' || name.startsWith('[v')) continue;
    const locked = /^VmFlags:.*\blo\b/m.test(map);
    for (let at = BigInt(`0x${from}`); at < BigInt(`0x${to}`); at += BigInt(CHUNK)) {
      let n = 0;
      try {
        n = readSync(fd, chunk, 0, Math.min(chunk.length, Number(BigInt(`0x${to}`) - at)), at);
      } catch { /* a page that is not there */ }
      for (const [what, piece] of needles) if (chunk.subarray(0, n).includes(piece)) found.push({ what, locked, name });
    }
  }
  closeSync(fd);
  return found;
}

test('while it signs a key is in the vault\'s locked memory only', { skip: may }, async () => {
  await agent.sign();
  const there = find(running.vaultPid);
  assert.ok(there.length > 0, 'the search finds what is there: the key is open');
  assert.deepEqual(there.filter((f) => !f.locked), [], 'all of it is locked');
  const others = processes().filter((pid) => pid !== running.vaultPid).map((pid) => [pid, readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]]);
  for (const name of ['ingamd', 'ssh-agent', 'ssh-pkcs11-helper', 'ingam-token']) assert.ok(others.some(([, program]) => program.endsWith(name)), `${name} is looked at`);
  for (const [pid, name] of others) assert.deepEqual(find(pid), [], name);
});

test('when it is closed it is nowhere', { skip: may }, async () => {
  // The vault tidies up every five seconds.
  for (let i = 0; i < 100 && find(running.vaultPid).length > 0; i++) await new Promise((done) => setTimeout(done, 200));
  assert.deepEqual(find(running.vaultPid), []);
});
