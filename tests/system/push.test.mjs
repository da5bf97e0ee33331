// push.test.mjs - a request reaches a push endpoint and opens with an
// independent library; and everything works with push off.
//
// Belongs here: subscriptions, what a message says, who gets none.
// Not here: its encryption (tests/unit/adapter/webpush_test.c); Firefox
// (tests/browser/firefox.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ece from 'http_ece';
import { startService } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { Member, Pc, approvedSignature } from '../lib/member.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-push-'));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
let running, member;

before(async () => {
  running = await startService();
  member = new Member(running, '01022223333');
  await member.join();
  await member.import(makeCertificate({ into: folder }));
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser's subscription at the mock push service, and the key that opens its messages. */
function subscription(id) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const auth = randomBytes(16);
  return {
    body: { endpoint: `${running.mock}/push/${id}`, p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') },
    async next(after = 0) {
      for (let i = 0; i < 100; i++) {
        const got = await (await fetch(`${running.mock}/mock/push/${id}`)).json();
        const list = Array.isArray(got) ? got : (got.messages ?? []);
        if (list.length > after) {
          const message = list.at(-1);
          const raw = Buffer.from(message.body ?? message.data, 'base64');
          return { message, count: list.length, text: ece.decrypt(raw, { version: 'aes128gcm', privateKey: ecdh, authSecret: auth }).toString().replace(/\0+$/, '') };
        }
        await sleep(50);
      }
      throw new Error('no push message arrived');
    },
  };
}

test('with push off a request is found by looking, and signs', async () => {
  const done = await approvedSignature(member);
  assert.ok(done.signature);
});

test('the self-test arrives', async () => {
  const s = subscription('self');
  await member.app('PUT', '/push', s.body);
  await member.app('POST', '/push/test', {});
  assert.deepEqual(JSON.parse((await s.next()).text), { type: 'test' });
});

test('a request rings: who asks, on which machine, and nothing secret', async () => {
  const s = subscription('ring');
  await member.app('PUT', '/push', s.body);
  const pc = new Pc(running, member.number);
  const id = await pc.ask();
  const { text } = await s.next();
  assert.deepEqual(JSON.parse(text), { type: 'request', id, kind: 'token', program: 'bench', machine: 'bench' });
  const { pin } = await member.approve(id);
  assert.equal((await pc.login(pin)).state, 'open');
});

test('an endpoint that is nobody\'s push service is refused', async () => {
  for (const endpoint of ['http://127.0.0.1:1/x', 'https://example.com/push', 'https://fcm.googleapis.com.example.com/x'])
    await assert.rejects(member.app('PUT', '/push', { ...subscription('no').body, endpoint }), (e) => e.status === 400 || e.status === 409);
});

test('keys that seal no message are refused, each by its name', async () => {
  const { body } = subscription('keys');
  const off = Buffer.from(body.p256dh, 'base64url');
  off[64] ^= 1;
  for (const [field, value] of [['p256dh', off.toString('base64url')], ['p256dh', body.p256dh.slice(4)], ['auth', 'AAAA'], ['auth', '']])
    await assert.rejects(member.app('PUT', '/push', { ...body, [field]: value }), (e) => e.status === 400 && e.message.includes(`"${field}"`), `${field} of ${value.length}`);
  await member.app('PUT', '/push', body);
});

test('a subscription that the push service forgot is forgotten here', async () => {
  const s = subscription('gone-1');
  await member.app('PUT', '/push', { ...s.body, endpoint: `${running.mock}/push/gone` });
  await member.app('POST', '/push/test', {});
  for (let i = 0; i < 100; i++) {
    const me = await member.app('GET', '/me');
    if (!me.devices[0].push) return;
    await sleep(50);
  }
  assert.fail('still subscribed');
});

test('after 내가 아니에요 that machine rings no more, and the answer to the PC is the same', async () => {
  const s = subscription('quiet');
  await member.app('PUT', '/push', s.body);
  const pc = new Pc(running, member.number);
  const id = await pc.ask();
  const { count } = await s.next();
  await member.app('POST', `/requests/${id}/refuse`, { not_me: true });
  const again = new Pc(running, member.number);
  assert.match(await again.ask(), /^[0-9a-f]{32}$/);
  await sleep(500);
  assert.deepEqual((await member.app('GET', '/requests')).requests, []);
  assert.equal((await (await fetch(`${running.mock}/mock/push/quiet`)).json().then((g) => (Array.isArray(g) ? g : g.messages))).length, count);
  await member.app('POST', '/unblock', {});
});

test('a number that nobody has joined gets the same answer as one that has', async () => {
  const known = await new Pc(running, member.number).token('POST', '', { phone: member.number, program: 'p', machine: 'm', user: 'u', mode: 'number', secret_sha256: 'ab'.repeat(32) });
  const unknown = await new Pc(running, '01099990000').token('POST', '', { phone: '01099990000', program: 'p', machine: 'm', user: 'u', mode: 'number', secret_sha256: 'ab'.repeat(32) });
  assert.deepEqual(Object.keys(known), Object.keys(unknown));
});
