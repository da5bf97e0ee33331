// npki.test.mjs - PyPinkSign opens the key files that we write, and we its.
//
// Belongs here: what each side makes, what the other must find in it.
// Not here: how PyPinkSign is asked (python/npki_peer.py); the same against
// openssl and keytool (tests/system), ours against ours (tests/unit/npki).
import '../lib/webcrypto.mjs';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { X509Certificate, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changePassword, folderOf, load, makePfx, openKeyFile } from '../../web/core/npki.js';
import { Peer } from '../lib/peer.mjs';
import { root } from '../lib/service.mjs';

const python = process.env.INGAM_PYTHON;
const skip = python ? false : (process.env.INGAM_SKIP ?? 'run it by ./dev interop');
const sample = (name) => readFileSync(join(root, 'tests/npki-samples', name));
const password = 'WTuA8Ev0lWXVFSiI!';
const next = 'Correct-7Horse';
const certificate = sample('pypinksign/signCert.der');
const key = sample('pypinksign/signPri.key');
const r = '7858b4328390805129f01c97fe6ca4a520cbd479';
const text = (bytes) => Buffer.from(bytes).toString('base64');
let peer;

before(async () => {
  if (skip) return;
  await load(readFileSync(join(root, 'build/web/npki.wasm')));
  peer = new Peer(python, [join(root, 'tests/interop/python/npki_peer.py')]);
});
after(async () => { await peer?.stop(); });

/** PyPinkSign opens it, and has this certificate's key and R. */
async function opens(file, secret, wanted = r) {
  is(await peer.ask({ verb: 'read', certificate: text(certificate), key: text(file), password: secret }), wanted);
}

function is(found, wanted) {
  assert.equal(found.cn, 'HKD(KILDONG.HONG)009104120200225191000030');
  assert.equal(found.r, wanted);
  assert.ok(verify('sha256', Buffer.from('signed by PyPinkSign'), new X509Certificate(certificate).publicKey,
    Buffer.from(found.signature, 'base64')));
}

test('the samples, so that a failure below is ours', { skip }, async () => {
  for (const name of ['pypinksign/signPri.key', 'derived/signPri-seedCBCWithSHA1-iter1024.key',
    'derived/signPri-seedCBC-fixedIV.key', 'derived/signPri-PBES2-hmacSHA1-seedCBC.key'])
    await opens(sample(name), password);
});

for (const form of ['seed-sha1', 'pbes2-seed'])
  test(`what we write as ${form} opens in PyPinkSign, R in it`, { skip }, async () => {
    await opens(await changePassword(key, password, next, form, certificate), next);
  });

test('a file of the constant IV, written again, opens in PyPinkSign', { skip }, async () => {
  await opens(await changePassword(sample('derived/signPri-seedCBC-fixedIV.key'), password, next, '', certificate), next);
});

test('what PyPinkSign cannot open, it says so: our other forms', { skip }, async () => {
  for (const form of ['pbes2-seed-sha256', 'pbes2-aes', 'pbes2-aria']) {
    const file = await changePassword(key, password, next, form, certificate);
    await assert.rejects(opens(file, next), /Error/, form);
  }
});

test('what PyPinkSign writes, we open, and R stays as it put it there', { skip }, async () => {
  for (const put of [r, '0000000000000000000000000000000000000000', '00ff00000000000000000000000000000000ff00']) {
    const made = await peer.ask({ verb: 'write', info: text(sample('pypinksign/privateKeyInfo-without-R.der')), r: put, password: next });
    const file = Buffer.from(made.key, 'base64');
    assert.equal(file.length, 1300);
    await openKeyFile(file, next, certificate);
    await assert.rejects(openKeyFile(file, `${next}x`, certificate), { code: 'RC_SECRET' });
    await opens(await changePassword(file, next, password + '7', 'pbes2-seed', certificate), password + '7', put);
  }
});

test('a key without R stays one', { skip }, async () => {
  const made = await peer.ask({ verb: 'write', info: text(sample('pypinksign/privateKeyInfo-without-R.der')), password: next });
  await opens(await changePassword(Buffer.from(made.key, 'base64'), next, password + '7', '', certificate), password + '7', '');
});

test('PKCS#12 files that we make open in PyPinkSign, which has no R from them', { skip }, async () => {
  for (const form of ['compatible', 'modern']) {
    const file = await makePfx([{ certificate, key }], password, next, form);
    is(await peer.ask({ verb: 'pfx', file: text(file), password: next }), '');
  }
});

test('it finds what lies in the folder that we name', { skip }, async () => {
  const path = mkdtempSync(join(tmpdir(), 'ingam-npki-'));
  const { ca, subject } = await folderOf(certificate);
  const into = join(path, ca, 'USER', subject);
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, 'signCert.der'), certificate);
  writeFileSync(join(into, 'signPri.key'), key);
  is(await peer.ask({ verb: 'folder', path, cn: 'HKD', password }), r);
  rmSync(path, { recursive: true });
});
