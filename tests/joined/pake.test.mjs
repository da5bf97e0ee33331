/*
 * pake.test.mjs - C and JavaScript on both ends of one transfer, and the
 * browser's modules against the shared vectors. INGAM_PEER is pake_peer.c's
 * program.
 *
 * Belongs here: both directions, wrong codes, altered messages.
 * Not here: each side by itself (tests/unit/pake).
 */
import '../lib/webcrypto.mjs';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import test from 'node:test';

import { channelDigits, CodeError, formatCode, newCode, parseCode } from '../../web/core/code.js';
import { CONFIRM_LENGTH, Cpace, CpaceError, draftGenerator, draftIsk } from '../../web/core/cpace.js';
import * as hpke from '../../web/core/hpke.js';
import { encodeFiles, openFiles, parseFiles, sealFiles } from '../../web/core/transfer.js';

const peerProgram = process.env.INGAM_PEER;
const bytes = (s) => Uint8Array.from(Buffer.from(s, 'hex'));
const hex = (b) => Buffer.from(b).toString('hex');
const text = (s) => new TextEncoder().encode(s);
const golden = JSON.parse(readFileSync(new URL('../golden/cpace.json', import.meta.url), 'utf8'));

const sid = '000102030405060708090a0b0c0d0e0f';
const right = { code: '1234567890124', label: 'INGAM-IMPORT1', channel: '12345', sid: bytes(sid) };
const wrong = { ...right, code: '1234567890224' };

/* A running pake_peer: say a line, hear a line. */
function peer(...args) {
  const child = spawn(peerProgram, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => {}); /* it may have ended with its verdict */
  return {
    say: (b) => child.stdin.write(hex(b) + '\n'),
    hear: async () => (await lines.next()).value,
    end: () => child.stdin.end(),
  };
}

const cpacePeer = (role, input = right) => peer(role, input.code, input.label, input.channel, hex(input.sid));
const flip = (b, at) => b.map((x, i) => (i === (at + b.length) % b.length ? x ^ 1 : x));

test('the draft\'s vectors', () => {
  const d = golden.draft;
  assert.equal(hex(draftGenerator(bytes(d.PRS), bytes(d.CI), bytes(d.sid))), d.g);
  assert.equal(hex(draftIsk(bytes(d.ya), bytes(d.Yb), bytes(d.sid), bytes(d.transcript))), d.ISK_IR);
  assert.equal(hex(draftIsk(bytes(d.yb), bytes(d.Ya), bytes(d.sid), bytes(d.transcript))), d.ISK_IR);
  for (const y of d.invalid)
    assert.throws(() => draftIsk(bytes(d.ya), bytes(y), bytes(d.sid), bytes(d.transcript)), CpaceError);
});

for (const run of golden.runs)
  test(`golden run: ${run.name}`, () => {
    const both = { code: run.code, label: run.label, channel: run.channel, sid: bytes(run.sid) };
    const a = new Cpace({ ...both, ad: bytes(run.ad_initiator), scalar: bytes(run.scalar_initiator) });
    const b = new Cpace({ ...both, ad: bytes(run.ad_responder), scalar: bytes(run.scalar_responder) });
    assert.equal(hex(a.start()), run.first);
    assert.equal(hex(b.answer(bytes(run.first))), run.answer);
    const { confirm, keys } = a.finish(bytes(run.answer));
    assert.equal(hex(confirm), run.confirm);
    assert.equal(hex(keys.toResponder), run.to_responder);
    assert.deepEqual(b.confirm(confirm), keys);
  });

test('JavaScript sends, C receives', async () => {
  const c = cpacePeer('responder'), a = new Cpace(right);
  c.say(a.start());
  const { confirm, keys } = a.finish(bytes(await c.hear()));
  const files = { signCert: text('cert'), signPri: text('key') };
  c.say(Buffer.concat([confirm, await sealFiles(keys.toResponder, files)]));
  assert.equal(await c.hear(), hex(encodeFiles(files)));
});

test('C sends, JavaScript receives', async () => {
  const c = cpacePeer('initiator'), b = new Cpace(right);
  c.say(b.answer(bytes(await c.hear())));
  const message = bytes(await c.hear());
  const keys = b.confirm(message.slice(0, CONFIRM_LENGTH));
  const files = await openFiles(keys.toResponder, message.slice(CONFIRM_LENGTH));
  assert.deepEqual(files, { signCert: text('C cert'), signPri: text('C key'), kmCert: text('C km cert'), kmPri: text('C km key') });
});

test('wrong code: whoever hears it first says so', async () => {
  const c = cpacePeer('responder', wrong), a = new Cpace(right);
  c.say(a.start());
  const answer = bytes(await c.hear());
  assert.throws(() => a.finish(answer), { why: 'code' });
  assert.throws(() => a.finish(answer), { why: 'state' });
  c.end();
  const d = cpacePeer('initiator', wrong), b = new Cpace(right);
  d.say(b.answer(bytes(await d.hear())));
  assert.equal(await d.hear(), 'RC_SECRET');
});

test('altered messages', async () => {
  const c = cpacePeer('responder'), a = new Cpace(right);
  c.say(flip(a.start(), 0));
  assert.equal(await c.hear(), 'RC_UNKNOWN');
  const d = cpacePeer('responder'), e = new Cpace(right);
  d.say(e.start());
  const { confirm, keys } = e.finish(bytes(await d.hear()));
  d.say(flip(Buffer.concat([confirm, await sealFiles(keys.toResponder, { signCert: text('c'), signPri: text('k') })]), -1));
  assert.equal(await d.hear(), 'RC_DENIED');
  const f = cpacePeer('initiator'), b = new Cpace(right);
  f.say(flip(b.answer(bytes(await f.hear())), -1));
  assert.equal(await f.hear(), 'RC_SECRET');
  const g = cpacePeer('initiator'), h = new Cpace(right);
  g.say(h.answer(bytes(await g.hear())));
  const message = bytes(await g.hear());
  assert.throws(() => h.confirm(flip(message.slice(0, CONFIRM_LENGTH), -1)), { why: 'code' });
});

test('messages that are none', () => {
  for (const m of ['', '01', '02' + '00'.repeat(35), '0101' + '00'.repeat(34), '0101' + 'ff'.repeat(32) + '0000'])
    assert.throws(() => new Cpace(right).answer(bytes(m)), CpaceError, m);
});

test('HPKE: JavaScript seals, C opens, and the other way', async () => {
  const c = peer('open', '07'.padStart(64, '0'), 'info', 'aad');
  c.say(await hpke.seal(bytes(await c.hear()), text('info'), text('aad'), text('plain')));
  assert.equal(await c.hear(), hex(text('plain')));
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sealed = bytes(await peer('seal', hex(point), 'info', 'aad', 'plain').hear());
  assert.deepEqual(await hpke.open(pair, text('info'), text('aad'), sealed), text('plain'));
  await assert.rejects(hpke.open(pair, text('info'), text('AAD'), sealed));
  await assert.rejects(hpke.open(pair, text('info'), text('aad'), flip(sealed, -1)));
});

/* Somebody else's HPKE, where the developer has it (npm @hpke/core). */
let other;
try {
  other = createRequire(import.meta.url)('@hpke/core');
} catch {
  other = undefined;
}

test('HPKE: @hpke/core with C', { skip: other === undefined && 'no @hpke/core here' }, async () => {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = other;
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const buffer = (b) => Uint8Array.from(b).buffer;
  const c = peer('open', '07'.padStart(64, '0'), 'info', 'aad');
  const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(bytes(await c.hear())));
  const made = await suite.seal({ recipientPublicKey, info: buffer(text('info')) }, buffer(text('plain')), buffer(text('aad')));
  c.say(Buffer.concat([Buffer.from(made.enc), Buffer.from(made.ct)]));
  assert.equal(await c.hear(), hex(text('plain')));
  const pair = await suite.kem.generateKeyPair();
  const point = hex(await suite.kem.serializePublicKey(pair.publicKey));
  const sealed = bytes(await peer('seal', point, 'info', 'aad', 'plain').hear());
  const plain = await suite.open({ recipientKey: pair.privateKey, enc: buffer(sealed.slice(0, 65)), info: buffer(text('info')) },
    buffer(sealed.slice(65)), buffer(text('aad')));
  assert.equal(hex(plain), hex(text('plain')));
});

test('codes are read alike', async () => {
  for (const kind of ['transfer', 'import'])
    for (let i = 0; i < 20; i++) {
      const code = newCode(kind, String(i).padStart(channelDigits(kind), '0'));
      assert.equal(await peer('code', kind, code).hear(), formatCode(kind, code));
      assert.equal(parseCode(kind, ' ' + formatCode(kind, code)), code);
      const slip = code.slice(0, -1) + (Number(code.at(-1)) + 1) % 10;
      assert.equal(await peer('code', kind, slip).hear(), 'RC_SECRET');
      assert.throws(() => parseCode(kind, slip), (e) => e instanceof CodeError && e.slip);
    }
  assert.throws(() => parseCode('import', '123456789012'), (e) => e instanceof CodeError && !e.slip);
});

test('transfer files that are none', () => {
  const good = encodeFiles({ signCert: text('c'), signPri: text('k') });
  assert.deepEqual(parseFiles(good), { signCert: text('c'), signPri: text('k') });
  for (const bad of [good.slice(0, -1), Buffer.concat([good, Buffer.of(0)]), flip(good, 0), flip(good, -1)])
    assert.throws(() => parseFiles(Uint8Array.from(bad)), RangeError);
  assert.throws(() => encodeFiles({ signCert: text('c'), signPri: text('k'), kmCert: text('C') }), RangeError);
  assert.throws(() => encodeFiles({ signCert: new Uint8Array(16385), signPri: text('k') }), RangeError);
});
