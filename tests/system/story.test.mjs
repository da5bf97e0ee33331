// story.test.mjs - the main job with programs that people use: a certificate
// goes in from a PC, is used by pkcs11-tool, and openssl says that it signed.
//
// Belongs here: one person, one service, from joining to deleting.
// Not here: the same on pages (tests/browser/story.test.mjs); calls made twice
// (fault.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Phone, module, pkcs11Tool, program, run, sshAgent, startService, tokenEnv } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-story-'));
let running, phone, certificate;

before(async () => {
  running = await startService(['token-count=3']);
  certificate = makeCertificate({ into: folder });
  phone = new Phone(running);
  mkdirSync(join(running.data, 'pc'), { recursive: true });
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

test('a person joins', async () => {
  await phone.join();
  assert.deepEqual(await phone.list('certificates'), []);
});

test('the same number does not join twice', async () => {
  const again = new Phone(running, phone.number);
  again.state += '-again';
  await assert.rejects(again.join(), /already|이미/i);
});

test('a wrong certificate password sends and stores nothing', async () => {
  const { pc } = await phone.import({ ...certificate, password: 'Wrong!12345' }).catch((e) => ({ pc: { code: 1, out: e.message } }));
  assert.equal(pc.code, 1, pc.out);
  assert.deepEqual(await phone.list('certificates'), []);
});

test('ingam cloud import registers the certificate, and both sides say so', async () => {
  const { pc, phone: at } = await phone.import(certificate);
  assert.equal(pc.code, 0, pc.out + at.err);
  assert.match(pc.out, /does not decrypt documents and never gives the private key back: .* keep the files or a copy/);
  assert.equal(at.code, 0, at.err);
  const [c] = await phone.list('certificates');
  assert.deepEqual([c.owner, c.name], ['홍길동()0010023400506789012345', '홍길동']);
  assert.equal(c.state, 'valid');
  assert.equal(Buffer.from(c.der, 'base64url').compare(readFileSync(certificate.signCert)), 0);
});

test('the same certificate is not registered twice', async () => {
  const { pc } = await phone.import(certificate);
  assert.notEqual(pc.code, 0);
  assert.equal((await phone.list('certificates')).length, 1);
});

/** pkcs11-tool with the PIN that the phone shows, typed when it is asked for. */
async function withPin(args, { approving = true } = {}) {
  const pins = [];
  const watch = approving ? phone.approving((line) => pins.push(line.pin)) : null;
  const done = await pkcs11Tool(args, tokenEnv(running, phone), async () => {
    for (let i = 0; i < 200 && pins.length === 0; i++) await sleep(50);
    return pins.at(-1) ?? '000000';
  });
  await watch?.stop();
  return done;
}

test('pkcs11-tool lists the token without any phone', async () => {
  const { out } = await run('pkcs11-tool', ['--module', module, '-L'], { env: tokenEnv(running, phone) });
  assert.match(out, /token label\s*:\s*Ingam/);
});

test('pkcs11-tool logs in with the number that the phone shows, and lists the certificate', async () => {
  const { out } = await withPin(['--login', '--list-objects']);
  assert.match(out, /Private Key Object/);
  assert.match(out, /Certificate Object/);
});

test('pkcs11-tool signs, and openssl verifies with the certificate', async () => {
  const data = join(folder, 'data'), signature = join(folder, 'signature');
  writeFileSync(data, 'I owe you 3 won.');
  const { out } = await withPin(['--login', '--sign', '-m', 'SHA256-RSA-PKCS', '--input-file', data, '--output-file', signature]);
  const pem = join(folder, 'cert.pem'), key = join(folder, 'pub.pem');
  writeFileSync(pem, certificate.pem);
  writeFileSync(key, (await run('openssl', ['x509', '-in', pem, '-noout', '-pubkey'])).stdout);
  const verified = await run('openssl', ['dgst', '-sha256', '-verify', key, '-signature', signature, data]);
  assert.match(verified.out, /Verified OK/, out);
});

test('a wrong number is refused, and three of them end the request', async () => {
  const { out } = await withPin(['--login', '--list-objects'], { approving: false });
  assert.match(out, /CKR_PIN_INCORRECT/);
});

test('the phone refuses, and the program gets no signature', async () => {
  const refusing = phone.run('refuse');
  const { code, out } = await run('pkcs11-tool', ['--module', module, '--login', '--pin', '123456', '--list-objects'], { env: tokenEnv(running, phone, { INGAM_LOGIN: 'push' }) });
  await refusing;
  assert.notEqual(code, 0);
  assert.match(out, /CKR_FUNCTION_CANCELED|CKR_FUNCTION_REJECTED/);
});

test('beyond the approved number of signatures the phone is asked again', async () => {
  // ssh-agent keeps one process with the token: its signatures share a login.
  const approvals = [];
  const watch = phone.approving((line) => approvals.push(line));
  const agent = await sshAgent(folder, running, phone);
  try {
    await agent.add();
    for (let i = 0; i < 4; i++) await agent.sign();
    assert.equal(approvals.length, 2, 'one approval for three signatures, and one more for the fourth');
  } finally {
    agent.stop();
    await watch.stop();
  }
});

test('the history tells it all', async () => {
  const kinds = (await run(program('ingam-phone'), phone.args('list', 'history'))).stdout;
  for (const kind of ['join', 'import', 'token-login', 'token-sign', 'refused']) assert.match(kinds, new RegExp(`"${kind}"`));
});

test('a deleted certificate is gone', async () => {
  const [c] = await phone.list('certificates');
  await phone.run('delete', c.id);
  assert.deepEqual(await phone.list('certificates'), []);
  const { out } = await withPin(['--login', '--list-objects'], { approving: false });
  assert.doesNotMatch(out, /Private Key Object/);
});
