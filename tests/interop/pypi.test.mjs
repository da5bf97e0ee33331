// pypi.test.mjs - Python packages of other people, against a real service.
//
// Belongs here: what they are asked, and what must come out (python/ asks them).
// Not here: other registries (the files beside); tools that Debian has (tests/system).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { module, root, startService, tokenEnv } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { Member } from '../lib/member.mjs';
import { Peer } from '../lib/peer.mjs';

const python = process.env.INGAM_PYTHON;
const skip = python ? false : (process.env.INGAM_SKIP ?? 'run it by ./dev interop');
const folder = mkdtempSync(join(tmpdir(), 'ingam-pypi-'));
const owner = '홍길동()0010023400506789012345';
const members = {};
let running;

before(async () => {
  if (skip) return;
  running = await startService();
  for (const [i, key] of ['rsa:2048', 'ec'].entries()) {
    const member = new Member(running, `0102000000${i}`);
    member.held = makeCertificate({ into: join(folder, String(i)), key });
    await member.join();
    await member.import(member.held);
    members[key] = member;
  }
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One question to a Python program whose login waits for the phone, which approves. */
async function approved(member, question) {
  const peer = new Peer(python, [join(root, 'tests/interop/python/peer.py')], tokenEnv(running, member, { INGAM_LOGIN: 'push' }));
  try {
    return (await Promise.all([peer.ask({ module, label: 'Ingam', ...question }), member.approveNext()]))[0];
  } finally {
    await peer.stop();
  }
}

for (const [key, ways] of [['rsa:2048', ['PKCS#1', 'PSS sha256', 'PSS sha512']], ['ec', ['ECDSA']]])
  test(`python-pkcs11 signs with ${key}, pyca/cryptography verifies: ${ways.join(', ')}`, { skip }, async () => {
    assert.deepEqual(await approved(members[key], { verb: 'sign' }), { verified: ways });
  });

test('pyHanko signs a PDF, and finds it whole, its signer known, and a changed one changed', { skip }, async () => {
  const member = members['rsa:2048'];
  const { signed, changed } = await approved(member, { verb: 'pdf', owner, ca: member.held.ca });
  assert.equal(signed, 'INTACT:TRUSTED,UNTOUCHED');
  assert.match(changed, /^INVALID/);
});
