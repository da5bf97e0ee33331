// go.test.mjs - Go modules of other people, against a real service.
//
// Belongs here: what they are asked, and what must come out (go/ asks them).
// Not here: other registries (the files beside).
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { module, tokenEnv } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { Member, Pc } from '../lib/member.mjs';
import { Peer } from '../lib/peer.mjs';
import { folder, members, owner, running, standUp } from './members.mjs';

const program = process.env.INGAM_GO;
const skip = program ? false : (process.env.INGAM_SKIP ?? 'run it by ./dev interop');
const base64 = (text) => Buffer.from(text, 'base64url').toString('base64');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

standUp(skip);

/** Does work with a peer that sees the token of a member. */
async function withPeer(work, member = members.ec, env = {}) {
  const peer = new Peer(program, [], tokenEnv(running, member, env));
  try {
    return await work(peer);
  } finally {
    assert.equal(await peer.stop(), 0, peer.err);
  }
}

for (const [key, ways] of [
  ['rsa:2048', ['CKM_SHA256_RSA_PKCS', 'CKM_SHA512_RSA_PKCS', 'CKM_SHA256_RSA_PKCS_PSS', 'CKM_SHA384_RSA_PKCS_PSS', 'CKM_RSA_PKCS_PSS']],
  ['ec', ['CKM_ECDSA_SHA256', 'CKM_ECDSA_SHA512', 'CKM_ECDSA']],
]) {
  test(`miekg/pkcs11, ${key}: the phone's number logs in, crypto/x509 verifies: ${ways.join(', ')}`, { skip }, () => withPeer(async (peer) => {
    assert.equal((await peer.ask({ verb: 'open', module, label: 'Ingam' })).label, 'Ingam');
    const { pin } = await members[key].approveNext();
    const wrong = pin === '111111' ? '222222' : '111111';
    await assert.rejects(peer.ask({ verb: 'login', pin: wrong }), /CKR_PIN_INCORRECT/);
    assert.deepEqual(await peer.ask({ verb: 'login', pin }), { keys: [owner] });
    assert.deepEqual(await peer.ask({ verb: 'sign' }), { verified: ways });
    const said = await peer.ask({ verb: 'secrets' });
    assert.deepEqual(Object.keys(said).filter((s) => !/CKR_ATTRIBUTE_(SENSITIVE|TYPE_INVALID)/.test(s)), [], 'no part of the key');
    assert.ok(Object.keys(said).some((s) => /CKR_ATTRIBUTE_SENSITIVE/.test(s)));
  }, members[key]));

  for (const tls of ['1.2', '1.3'])
    test(`crypto11, ${key}: a client certificate that a TLS ${tls} server of crypto/tls wants`, { skip }, () => withPeer(async (peer) => {
      const member = members[key];
      const [seen] = await Promise.all([peer.ask({ verb: 'tls', module, label: 'Ingam', ca: member.held.ca, tls }), member.approveNext()]);
      assert.deepEqual(seen, { client: owner, version: true });
    }, members[key], { INGAM_LOGIN: 'push' }));
}

test('crypto/ed25519: what a phone approves is the vault\'s word, and the receipt of the signature as well', { skip }, () => withPeer(async (peer) => {
  const member = members['rsa:2048'];
  const key = base64(member.server.display_key);
  const pc = new Pc(running, member.number);
  const { ar1, ar1_signature, pin } = await member.approve(await pc.ask());
  const asked = { verb: 'approval', key, message: base64(ar1), proof: base64(ar1_signature) };
  const told = await peer.ask(asked);
  const { op, mode, program: who, machine, user, certificate } = told;
  const der = readFileSync(member.held.signCert);
  assert.deepEqual({ op, mode, who, machine, user, certificate }, { op: 9, mode: 1, who: 'bench', machine: 'bench', user: 'bench', certificate: sha256(der) });
  assert.ok(told.count >= 1 && told.seconds >= 1);
  assert.ok(Math.abs(told.issued - Date.now()) < 600_000);

  await pc.login(pin);
  const { signature } = await pc.sign(member.certificate);
  // No page shows receipts: whoever audits the service reads them where they lie.
  const [sr1, sr1_signature] = execFileSync('python3', ['-c', `import sqlite3, sys
c = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
for row in c.execute("SELECT hex(receipt), hex(receipt_signature) FROM history WHERE length(receipt) > 0 ORDER BY id DESC LIMIT 1"): print(*row)`,
    join(running.data, 'ingam.db')], { encoding: 'utf8' }).trim().split(' ').map((hex) => Buffer.from(hex, 'hex').toString('base64'));
  const receipt = { verb: 'receipt', key, message: sr1, proof: sr1_signature };
  const done = await peer.ask(receipt);
  assert.equal(done.ar1, told.sha256, 'the receipt is for what was approved');
  assert.equal(done.signature, sha256(Buffer.from(signature, 'base64')), 'and for the signature that was made');
  assert.equal(done.flags & 1, 1, 'the authenticator verified the person');
  for (const one of [asked, receipt]) {
    const other = Buffer.from(one.message, 'base64');
    other[other.length - 1] ^= 1;
    await assert.rejects(peer.ask({ ...one, message: other.toString('base64') }), /not the vault's/);
  }
}));

test('circl: an import that Go seals is opened by the vault, and the certificate signs', { skip }, () => withPeer(async (peer) => {
  const member = new Member(running, '01030000002');
  await member.join();
  const sealIn = (suffix) => async (key, info, aad, plain) => {
    const fields = Object.entries({ key, info: Buffer.concat([info, Buffer.from(suffix)]), aad, message: plain }).map(([k, v]) => [k, Buffer.from(v).toString('base64')]);
    return Buffer.from((await peer.ask({ verb: 'seal', ...Object.fromEntries(fields) })).sealed, 'base64');
  };
  const held = makeCertificate({ into: join(folder, 'sealed') });
  member.seal = sealIn('!');
  await assert.rejects(member.import(held), (e) => e.status >= 400 && e.status < 500, 'sealed for something else');
  member.seal = sealIn('');
  await member.import(held);
  const pc = new Pc(running, member.number);
  const { pin } = await member.approve(await pc.ask());
  await pc.login(pin);
  assert.ok((await pc.sign(member.certificate)).signature);
}));

test('golang-jwt: the token of a push message is ours, for that push service, for a day at most', { skip }, () => withPeer(async (peer) => {
  const member = members.ec;
  const p256dh = somePoint();
  await member.app('PUT', '/push', { endpoint: `${running.mock}/push/go`, p256dh, auth: randomBytes(16).toString('base64url') });
  await member.app('POST', '/push/test', {});
  let message;
  for (const end = Date.now() + 60_000; message === undefined && Date.now() < end; await new Promise((done) => setTimeout(done, 50)))
    [message] = (await (await fetch(`${running.mock}/mock/push/go`)).json()).messages;
  assert.ok(message, 'a message arrives');
  const { claims, key } = await peer.ask({ verb: 'vapid', header: message.headers.authorization });
  assert.equal(key, member.server.push_key);
  assert.equal(claims.aud, running.mock);
  assert.ok(claims.exp > Date.now() / 1000 && claims.exp <= Date.now() / 1000 + 86400);
}));

/** A browser's public key: any point will do where nothing is decrypted. */
function somePoint() {
  const { x, y } = members.ec.pair.publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString('base64url');
}
