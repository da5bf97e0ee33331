// pypi.test.mjs - Python packages of other people, against a real service.
//
// Belongs here: what they are asked, and what must come out (python/ asks them).
// Not here: other registries (the files beside); tools that Debian has (tests/system).
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { module, root, tokenEnv } from '../lib/service.mjs';
import { Peer } from '../lib/peer.mjs';
import { members, owner, running, standUp } from './members.mjs';

const python = process.env.INGAM_PYTHON;
const skip = python ? false : (process.env.INGAM_SKIP ?? 'run it by ./dev interop');

standUp(skip);

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
