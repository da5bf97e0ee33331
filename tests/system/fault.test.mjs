// fault.test.mjs - kill -9 of ingamd and of the vault in the middle of each
// step: what was acknowledged is there, nothing is used twice, and the story
// goes on or ends in a clear sentence.
//
// Belongs here: kills at scripted points of the whole service.
// Not here: kills inside the vault's own steps (tests/unit/vault).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { constants, publicDecrypt, randomBytes, X509Certificate } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop } from '../../tools/run.mjs';
import { startService } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { Member, Pc, call } from '../lib/member.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-fault-'));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
let running, certificate, member;

before(async () => {
  running = await startService(['token-count=3', 'token-life=60s']);
  certificate = makeCertificate({ into: folder });
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** kill -9 of ingamd, and a new one on the same data. */
async function killDaemon() {
  const gone = new Promise((done) => running.daemon.once('exit', done));
  running.daemon.kill('SIGKILL');
  await gone;
  await running.startDaemon();
}

/** kill -9 of the vault; ingamd starts it again by itself. */
async function killVault() {
  const before = running.vaultPid;
  process.kill(before, 'SIGKILL');
  for (let i = 0; i < 100; i++) {
    await sleep(100);
    try {
      if ((await call(running.app, 'GET', '/healthz')).vault === 'ready') {
        const text = running.log.join('');
        running.vaultPid = Number([...text.matchAll(/started again pid=(\d+)/g)].at(-1)?.[1] ?? before);
        return;
      }
    } catch { /* 503 until it is back */ }
  }
  assert.fail('the vault did not come back');
}

/** Either the step held, or it failed with a sentence and may be done again. */
async function again(step) {
  for (let i = 0; ; i++) {
    try {
      return await step();
    } catch (error) {
      if (i === 20 || ![503, undefined].includes(error.status)) throw error;
      await sleep(100);
    }
  }
}

/** The digest was made outside, so what was signed is opened and looked at. */
function signedBy(signature, digest) {
  const key = new X509Certificate(readFileSync(certificate.signCert)).publicKey;
  return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(signature, 'base64')).subarray(-32).equals(digest);
}

for (const [who, kill] of [['ingamd', killDaemon], ['the vault', killVault]]) {
  test(`kill -9 of ${who}: a member that joined is there`, async () => {
    member = new Member(running, `010${randomBytes(4).readUInt32BE().toString().padStart(8, '0').slice(-8)}`);
    await member.join();
    await kill();
    assert.equal((await again(() => member.app('GET', '/me'))).name, '김부하');
  });

  test(`kill -9 of ${who}: a certificate that was registered is there, and signs`, async () => {
    await member.import(certificate);
    await kill();
    assert.equal((await again(() => member.app('GET', '/certificates'))).certificates.length, 1);
    const pc = new Pc(running, member.number);
    const id = await again(() => pc.ask());
    const { pin } = await member.approve(id);
    await pc.login(pin);
    const digest = randomBytes(32);
    const { signature } = await pc.sign(member.certificate, digest);
    assert.ok(signedBy(signature, digest));
  });

  test(`kill -9 of ${who}: a request that waits is still there, and can be approved`, async () => {
    const pc = new Pc(running, member.number);
    const id = await again(() => pc.ask());
    await kill();
    const { pin } = await again(() => member.approve(id));
    assert.match(pin, /^\d{6}$/);
    assert.equal((await pc.login(pin)).state, 'open');
  });

  test(`kill -9 of ${who}: an approval that was given opens the token once, with its number only`, async () => {
    const pc = new Pc(running, member.number);
    const { pin } = await member.approve(await again(() => pc.ask()));
    await kill();
    const wrong = pin === '000000' ? '000001' : '000000';
    await assert.rejects(again(() => pc.login(wrong)), (e) => e.problem === 'urn:ingam:problem:wrong-pin');
    assert.equal((await again(() => pc.login(pin))).state, 'open');
  });

  test(`kill -9 of ${who}: signatures that were made still count`, async () => {
    const pc = new Pc(running, member.number);
    const { pin } = await member.approve(await again(() => pc.ask()));
    await pc.login(pin);
    await pc.sign(member.certificate);
    await pc.sign(member.certificate);
    await kill();
    await again(() => pc.sign(member.certificate));
    await assert.rejects(again(() => pc.sign(member.certificate)), (e) => e.problem === 'urn:ingam:problem:used-up');
  });

  test(`kill -9 of ${who}: a signature whose answer was lost is asked for again, and is one`, async () => {
    const pc = new Pc(running, member.number), digest = randomBytes(32), id = randomBytes(16);
    const { pin } = await member.approve(await again(() => pc.ask()));
    await pc.login(pin);
    const lines = async () => (await again(() => member.app('GET', '/history'))).events.filter((h) => h.kind === 'token-sign').length;
    const before = await lines(), first = await pc.sign(member.certificate, digest, id);
    await kill();
    assert.deepEqual(await again(() => pc.sign(member.certificate, digest, id)), first);
    assert.equal(await lines(), before + 1);
    assert.equal((await again(() => pc.sign(member.certificate))).signatures_left, first.signatures_left - 1);
  });

  test(`kill -9 of ${who}: wrong numbers still count`, async () => {
    const pc = new Pc(running, member.number);
    const { pin } = await member.approve(await again(() => pc.ask()));
    const wrong = pin === '000000' ? '000001' : '000000';
    await assert.rejects(pc.login(wrong), (e) => e.problem === 'urn:ingam:problem:wrong-pin');
    await kill();
    await assert.rejects(again(() => pc.login(wrong)), (e) => e.problem === 'urn:ingam:problem:wrong-pin');
    await assert.rejects(again(() => pc.login(wrong)), (e) => e.problem === 'urn:ingam:problem:locked');
    await assert.rejects(again(() => pc.login(pin)));
  });

  test(`kill -9 of ${who}: what was refused stays refused`, async () => {
    const pc = new Pc(running, member.number);
    const id = await again(() => pc.ask());
    await member.app('POST', `/requests/${id}/refuse`, { not_me: false });
    await kill();
    await assert.rejects(again(() => member.approve(id)), (e) => e.problem === 'urn:ingam:problem:ended');
    await assert.rejects(again(() => pc.login('000000')), (e) => e.problem === 'urn:ingam:problem:refused');
  });

  test(`kill -9 of ${who}: the last signature of an approval, asked for again, is the same`, async () => {
    const pc = new Pc(running, member.number), digest = randomBytes(32), id = randomBytes(16);
    const { pin } = await member.approve(await again(() => pc.ask()));
    await pc.login(pin);
    await pc.sign(member.certificate);
    await pc.sign(member.certificate);
    const last = await pc.sign(member.certificate, digest, id);
    assert.equal(last.signatures_left, 0);
    await kill();
    assert.deepEqual(await again(() => pc.sign(member.certificate, digest, id)), last);
    await assert.rejects(again(() => pc.sign(member.certificate)), (e) => e.problem === 'urn:ingam:problem:used-up');
  });

  test(`kill -9 of ${who}: "no" and "not me", said again, are answered the same, once in the history, and block`, async () => {
    const stranger = new Pc(running, member.number, { machine: `stranger-${randomBytes(4).toString('hex')}` });
    const lines = async (kind) => (await again(() => member.app('GET', '/history'))).events.filter((h) => h.kind === kind).length;
    for (const [kind, not_me, pc] of [['refused', false, new Pc(running, member.number)], ['not-me', true, stranger]]) {
      const id = await again(() => pc.ask()), before = await lines(kind);
      const first = await member.app('POST', `/requests/${id}/refuse`, { not_me });
      assert.equal(first.state, kind);
      await kill();
      assert.deepEqual(await again(() => member.app('POST', `/requests/${id}/refuse`, { not_me })), first);
      await assert.rejects(again(() => member.app('POST', `/requests/${id}/refuse`, { not_me: !not_me })), (e) => e.problem === 'urn:ingam:problem:ended');
      assert.equal(await lines(kind), before + 1);
    }
    const id = await again(() => stranger.ask());
    assert.ok(!(await again(() => member.app('GET', '/requests'))).requests.some((r) => r.id === id));
    // One "not me" is one: the second would close the way by number.
    assert.ok(!((await again(() => member.app('GET', '/me'))).blocked_until > Date.now()));
    await again(() => member.app('POST', '/unblock', {}));
  });

  test(`kill -9 of ${who}: the proof that signed in, shown again, gives the same session, but not after that has ended`, async () => {
    const { id, challenge } = await again(() => member.app('POST', '/session/challenge', {}));
    const body = { id, ...await member.prove(Buffer.from(challenge, 'base64url')) };
    const signIn = () => call(running.app, 'POST', '/api/v1/session', body);
    const lines = async () => (await again(() => member.app('GET', '/history'))).events.filter((h) => h.kind === 'login').length;
    const before = await lines(), { cookie } = await signIn();
    await kill();
    assert.equal((await again(signIn)).cookie, cookie);
    assert.equal(await lines(), before + 1);
    await call(running.app, 'DELETE', '/api/v1/session', undefined, { Cookie: cookie });
    await assert.rejects(again(signIn), (e) => e.status === 403);
  });

  test(`kill -9 of ${who}: a registration and a deletion, approved again with the same proof, are answered the same`, async () => {
    const other = makeCertificate({ into: join(folder, randomBytes(4).toString('hex')) }), mine = member.certificate;
    const sent = [], app = member.app;
    member.app = (method, path, body) => {
      if (path.endsWith('/approve')) sent.push([path, body]);
      return app.call(member, method, path, body);
    };
    try {
      await member.import(other);
      const asked = await member.app('POST', `/certificates/${member.certificate}/deletion`, {});
      await kill();
      const registered = await again(() => app.call(member, 'POST', ...sent[0]));
      assert.equal(registered.certificate.id, member.certificate);
      const first = await again(() => member.approve(asked.id));
      await kill();
      const second = await again(() => app.call(member, 'POST', ...sent.at(-1)));
      assert.deepEqual(second.request, first.request);
      await assert.rejects(again(() => app.call(member, 'POST', ...sent[0])), (e) => e.status === 404);
    } finally {
      Object.assign(member, { certificate: mine });
      delete member.app;
    }
  });

  test(`kill -9 of ${who}: a deleted certificate stays deleted`, async () => {
    const asked = await member.app('POST', `/certificates/${member.certificate}/deletion`, {});
    await member.approve(asked.id);
    await kill();
    assert.deepEqual((await again(() => member.app('GET', '/certificates'))).certificates, []);
  });
}

test('ingamd waits for a vault that another one has started, and that does not serve yet', async () => {
  const gone = new Promise((done) => running.daemon.once('exit', done));
  running.daemon.kill('SIGKILL');
  await gone;
  process.kill(running.vaultPid, 'SIGKILL');
  // What such a vault has already is its journal.
  const other = spawn('flock', [join(running.data, 'vault/journal.0'), 'sleep', '1'], { stdio: 'ignore' });
  await sleep(200);
  const ended = new Promise((done) => other.once('exit', done)), from = Date.now();
  await running.startDaemon();
  assert.ok(Date.now() - from > 500, 'it was there all the time');
  await ended;
});

test('a vault that was there before ingamd ends, and nobody reaps it: ingamd sees it and starts another', async () => {
  const command = readFileSync(`/proc/${running.vaultPid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  await stop(running.daemon);
  const parent = spawn('sh', ['-c', '"$@" & exec sleep 60', 'sh', ...command], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await new Promise((done) => parent.stdout.once('data', done));
    await running.startDaemon();
    const found = running.vaultPid;
    assert.match(running.log.join(''), new RegExp(`found pid=${found}`));
    await killVault();
    assert.notEqual(running.vaultPid, found);
  } finally {
    await stop(parent);
  }
});

test('while the vault is away the PC is told to wait, and it works again by itself', async () => {
  const pc = new Pc(running, member.number);
  process.kill(running.vaultPid, 'SIGSTOP');
  try {
    await assert.rejects(pc.ask(), (e) => e.problem === 'urn:ingam:problem:vault-unavailable');
  } finally {
    process.kill(running.vaultPid, 'SIGCONT');
  }
  await again(() => pc.ask());
});
