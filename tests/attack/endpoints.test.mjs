// endpoints.test.mjs - a member gives a push address that is none, so that the
// service calls what only it can reach: itself, its neighbours, its cloud.
//
// Belongs here: addresses that are refused when they are given, and names that
// turn out to be such addresses when they are called.
// Not here: single rules of addresses (tests/unit/adapter).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createECDH, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, newMember, send } from '../lib/outside.mjs';
import { root, startService } from '../lib/service.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-endpoints-'));
const notes = join(folder, 'notes');
let running, member, inner, innerPort, calls = 0;

/* What a push service's name is in the attacker's DNS. */
const lies = {
  'a.push.apple.com': '127.0.0.1', 'b.push.apple.com': '169.254.169.254', 'c.push.apple.com': '10.0.0.1', 'd.push.apple.com': '192.168.1.1', 'e.push.apple.com': '172.16.0.1', 'f.push.apple.com': '0.0.0.0', 'g.push.apple.com': '100.64.0.1',
  'a.push.services.mozilla.com': '::1', 'b.push.services.mozilla.com': 'fe80::1', 'c.push.services.mozilla.com': 'fd00::1', 'd.push.services.mozilla.com': '::ffff:127.0.0.1', 'e.push.services.mozilla.com': '64:ff9b::7f00:1', 'f.push.services.mozilla.com': '2002:7f00:1::', 'fcm.googleapis.com': '127.0.0.1',
};
/* One whose address is on the Internet: that the liar hears of it proves that it would hear of the others. */
const honest = { 'z.push.apple.com': '17.57.146.20', 'z.push.services.mozilla.com': '2600:1901:0:a::1' };

before(async () => {
  // Something inside that must not be called: it counts who comes.
  inner = createServer((s) => {
    calls++;
    s.destroy();
  });
  await new Promise((done) => { inner.listen(0, '127.0.0.1', done); });
  innerPort = inner.address().port;
  const liar = join(folder, 'liar.so');
  execFileSync('cc', ['-shared', '-fPIC', '-D_GNU_SOURCE', '-o', liar, join(root, 'tests/lib/liar.c'), '-ldl']);
  const lie = { LD_PRELOAD: liar, LIAR_NOTES: notes, LIAR_HOSTS: Object.entries({ ...lies, ...honest }).map((h) => h.join('=')).join(' ') };
  Object.assign(process.env, lie);
  try {
    running = await startService();
  } finally {
    for (const name of Object.keys(lie)) delete process.env[name];
  }
  member = await newMember(running);
});
after(async () => {
  await running?.stop();
  inner?.close();
  rmSync(folder, { recursive: true, force: true });
});

function subscription(endpoint) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { endpoint, p256dh: ecdh.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') };
}
const give = (endpoint) => send(running.app, 'PUT', '/api/v1/push', { cookie: member.cookie, body: subscription(endpoint) });

test('a member gives an address inside as his phone\'s: refused, however it is written', async () => {
  const at = `127.0.0.1:${innerPort}`;
  const addresses = [`http://${at}/x`, `https://${at}/x`, `http://localhost:${innerPort}/x`, 'https://169.254.169.254/latest/meta-data/', 'http://[::1]:80/x', 'https://[::ffff:127.0.0.1]/x', 'https://10.0.0.1/x', 'https://192.168.0.1/', 'https://0/x', 'https://2130706433/x', 'https://0x7f000001/x', 'https://0177.0.0.1/x', 'https://127.1/x',
    `https://fcm.googleapis.com@${at}/x`, `https://fcm.googleapis.com:x@${at}/x`, `https://${at}#fcm.googleapis.com/x`, `https://${at}\\.fcm.googleapis.com/x`, `https://${at}?fcm.googleapis.com/x`, 'https://fcm.googleapis.com.evil.example/x', 'https://evilfcm.googleapis.com/x', 'https://push.apple.com/x', 'https://apush.apple.com/x', 'https://x.push.apple.com.evil.example/x',
    `https://fcm.googleapis.com:${innerPort}/x`, 'https://fcm.googleapis.com:22/x', 'http://fcm.googleapis.com/x', 'https://FCM.googleapis.com/x', 'https://fcm.googleapis.com', 'https://fcm.googleapis.com\u0000.evil.example/x', 'https://fcm%2egoogleapis.com/x', 'https://fcm。googleapis.com/x', 'https://ⓕcm.googleapis.com/x', 'https://fcm.googleapis.com\r\nHost: x/x', 'https:///x', '//fcm.googleapis.com/x',
    'file:///etc/passwd', 'gopher://127.0.0.1:25/_x', 'dict://127.0.0.1:11211/', 'ftp://127.0.0.1/', 'unix:///run/vault.sock', 'javascript:1', `${running.mock.replace('http:', 'https:')}/push/x`, `${running.mock}.evil.example/push/x`, `${running.mock}@evil.example/push/x`, `${running.mock.slice(0, -1)}/push/x`, `https://fcm.googleapis.com/${'x'.repeat(2000)}`];
  for (const endpoint of addresses) {
    const answer = await give(endpoint);
    assert.ok(answer.status >= 400 && answer.status < 500, `${endpoint}: ${answer.status}`);
  }
  assert.equal(calls, 0);
  assert.equal((await member.app('GET', '/me')).devices[0].push, false);
});

test('the name of a real push service turns out to be an address inside, in the attacker\'s DNS: it is not connected to', async () => {
  for (const name of [...Object.keys(lies), ...Object.keys(honest)]) {
    const other = await newMember(running);
    assert.equal((await send(running.app, 'PUT', '/api/v1/push', { cookie: other.cookie, body: subscription(`https://${name}/x`) })).status, 204, name);
    assert.equal((await send(running.app, 'POST', '/api/v1/push/test', { cookie: other.cookie, body: {} })).status, 202);
  }
  const heard = () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
  await eventually('the honest ones were called', () => Object.values(honest).every((a) => heard().includes(a)));
  // All of them have had their turn when one that was given last has.
  const last = await newMember(running);
  await send(running.app, 'PUT', '/api/v1/push', { cookie: last.cookie, body: subscription(`${running.mock}/push/last`) });
  await send(running.app, 'POST', '/api/v1/push/test', { cookie: last.cookie, body: {} });
  await eventually('the last one was called', async () => {
    const got = await (await fetch(`${running.mock}/mock/push/last`)).json();
    return (got.messages ?? got).length > 0;
  });
  assert.deepEqual([...new Set(heard())].sort(), Object.values(honest).sort());
  assert.equal(calls, 0);
});

test('a push service answers with a way to somewhere inside: it is not followed', async () => {
  const other = await newMember(running);
  await send(running.app, 'PUT', '/api/v1/push', { cookie: other.cookie, body: subscription(`${running.mock}/push/redirect`) });
  await send(running.app, 'POST', '/api/v1/push/test', { cookie: other.cookie, body: {} });
  const got = async (id) => {
    const answer = await (await fetch(`${running.mock}/mock/push/${id}`)).json();
    return (answer.messages ?? answer).length;
  };
  await eventually('the first was called', () => running.log.join('').includes('push.refused'));
  assert.equal(await got('redirected'), 0);
  assert.equal(calls, 0);
});
