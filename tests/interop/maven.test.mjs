// maven.test.mjs - the JDK and Java libraries of other people, against a real service.
//
// Belongs here: what they are asked, and what must come out (java/ asks them).
// Not here: other registries (the files beside).
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { module, run, tokenEnv } from '../lib/service.mjs';
import { Member, Pc } from '../lib/member.mjs';
import { Peer } from '../lib/peer.mjs';
import { folder, members, owner, running, standUp } from './members.mjs';

const classpath = process.env.INGAM_JAVA_CLASSPATH;
const skip = classpath ? false : (process.env.INGAM_SKIP ?? 'run it by ./dev interop');
const at = (name) => join(folder, name);

standUp(skip);

/** Does work with a Java program. */
async function withPeer(work, env) {
  const peer = new Peer('java', ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'Interop'], env);
  try {
    return await work(peer);
  } finally {
    assert.equal(await peer.stop(), 0, peer.err);
  }
}

/** The JDK asks for the PIN, and gets what pin() gives. */
async function login(peer, pin) {
  assert.deepEqual(await peer.ask({ verb: 'login' }), { wants: 'pin' });
  return peer.ask({ pin: await pin() });
}
const numberOf = (member) => async () => (await member.approveNext()).pin;

/** The same, with the token open: the phone shows its number when the JDK asks for the PIN. */
const withToken = (member, work) => withPeer(async (peer) => {
  await peer.ask({ verb: 'open', module });
  return work(peer, await login(peer, numberOf(member)));
}, tokenEnv(running, member));

for (const [key, ways, algorithm] of [
  ['rsa:2048', ['SHA256withRSA', 'SHA512withRSA', 'RSASSA-PSS SHA-256', 'RSASSA-PSS SHA-512'], 'SHA256withRSA'],
  ['ec', ['SHA256withECDSA', 'SHA384withECDSA'], 'SHA256withECDSA'],
]) {
  test(`SunPKCS11, ${key}: the key store lists, BouncyCastle verifies: ${ways.join(', ')}`, { skip }, () => withToken(members[key], async (peer, { keys }) => {
    // The JDK takes the bytes of a label for characters, one each.
    assert.deepEqual(keys.map((name) => Buffer.from(name, 'latin1').toString()), [owner]);
    assert.deepEqual(await peer.ask({ verb: 'sign' }), { verified: ways, encoded: 'null' });
  }));

  test(`BouncyCastle, ${key}: a CMS SignedData that openssl cms verifies`, { skip }, () => withToken(members[key], async (peer) => {
    const message = Buffer.from('I owe you 3 won.');
    writeFileSync(at('cms'), Buffer.from((await peer.ask({ verb: 'cms', algorithm, message: message.toString('base64') })).cms, 'base64'));
    const verify = (ca) => run('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', '-in', at('cms'), '-CAfile', ca, '-purpose', 'any']);
    const { code, stdout, stderr } = await verify(members[key].ca);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, message.toString());
    assert.notEqual((await verify(members[key === 'ec' ? 'rsa:2048' : 'ec'].ca)).code, 0, 'not with another CA');
  }));

  for (const tls of ['TLSv1.2', 'TLSv1.3'])
    test(`JSSE, ${key}: a client certificate that openssl s_server wants, ${tls}`, { skip }, async () => {
      const server = await tlsServer(members[key].ca);
      try {
        await withToken(members[key], async (peer) => {
          const { protocol, said } = await peer.ask({ verb: 'tls', port: server.port, tls });
          assert.equal(protocol, tls);
          assert.match(said, /Client certificate[^]*OU ?= ?personal4IB/);
        });
      } finally {
        await server.stop();
      }
    });
}

test('SunPKCS11: more threads sign than were approved, and the phone is asked again meanwhile', { skip }, () => withToken(members.ec, async (peer) => {
  const [{ hold }, again] = await Promise.all([peer.ask({ verb: 'threads', threads: 12 }), members.ec.approveNext()]);
  assert.equal(hold, 12);
  assert.equal(again.request.again, true);
}));

test('SunPKCS11: after a logout nothing signs; a wrong number puts a new one on the phone, which does', { skip }, () => withToken(members.ec, async (peer, { keys }) => {
  assert.deepEqual(await peer.ask({ verb: 'logout' }), { then: 'ProviderException' });
  await assert.rejects(login(peer, () => '0000000'), /FailedLoginException.*CKR_PIN_INCORRECT/);
  assert.deepEqual(await login(peer, numberOf(members.ec)), { keys });
  assert.equal((await peer.ask({ verb: 'sign' })).verified.length, 2);
}));

/** A server of OpenSSL on any port, for clients with a certificate of a CA. */
async function tlsServer(ca) {
  const [key, pem] = [at('server.key'), at('server.pem')];
  const made = await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', pem, '-subj', '/CN=localhost', '-days', '1']);
  assert.equal(made.code, 0, made.out);
  const child = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-cert', pem, '-key', key, '-CAfile', ca, '-Verify', '2', '-verify_return_error', '-www'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => child.once('close', done));
  let out = '';
  const port = await new Promise((done, fail) => {
    const look = (text) => {
      out += text;
      const found = /^ACCEPT .*:(\d+)$/m.exec(out);
      if (found) done(Number(found[1]));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('close', () => fail(new Error(`openssl s_server ended\n${out}`)));
  });
  return { port, stop: () => { child.kill(); return ended; } };
}

/** A member whose phone is webauthn4j's. */
class Foreign extends Member {
  constructor(peer, authenticator, number) {
    super(running, number);
    Object.assign(this, { peer, authenticator });
  }
  async passkey(question) {
    const answer = await this.peer.ask({ ...question, challenge: question.challenge.toString('base64') });
    return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, Buffer.from(value, 'base64').toString('base64url')]));
  }
  attest(challenge) {
    return this.passkey({ verb: 'create', authenticator: this.authenticator, origin: this.server.app_origin, rp: this.server.rp_id, challenge });
  }
  prove(challenge) {
    return this.passkey({ verb: 'get', challenge });
  }
}

for (const [i, authenticator] of ['none', 'packed', 'tpm', 'android-key'].entries())
  test(`webauthn4j, attestation ${authenticator}: joins, brings a certificate, approves; it signs`, { skip }, () => withPeer(async (peer) => {
    const member = new Foreign(peer, authenticator, `0104000001${i}`);
    await member.join();
    await member.import(members['rsa:2048'].held);
    const pc = new Pc(running, member.number);
    const { pin } = await member.approve(await pc.ask());
    await pc.login(pin);
    assert.ok((await pc.sign(member.certificate)).signature);
  }));

test('webauthn4j, a U2F key, which does not verify its person: does not join', { skip }, () => withPeer(async (peer) => {
  await assert.rejects(new Foreign(peer, 'fido-u2f', '01040000020').join(), (e) => e.status >= 400 && e.status < 500);
}));
