// enumeration.test.mjs - a stranger with a list of phone numbers wants to
// know which of them have joined; every answer is the same for all.
//
// Belongs here: comparing answers and times for numbers of every kind.
// Not here: guessing secrets (guessing.test.mjs); ringing (requests.test.mjs).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { OutsidePc, auc, eventually, median, newMember, newNumber, send, sentCode, shapeOf, startBehindProxy, timed } from '../lib/outside.mjs';
import { Member } from '../lib/member.mjs';

let running, kinds, open;

/** A push subscription, so that asking has to ring, too. */
function subscribe(member) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return member.app('PUT', '/push', { endpoint: `${running.mock}/push/${member.number}`, p256dh: ecdh.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') });
}

/** The app of a member, open: its stream of events. */
function openApp(member) {
  return new Promise((done) => {
    const q = request({ host: '127.0.0.1', port: new URL(running.app).port, path: '/api/v1/events', headers: { Host: new URL(running.app).host, Cookie: member.cookie } }, (r) => {
      r.resume();
      done(q);
    });
    q.on('error', () => {});
    q.end();
  });
}

before(async () => {
  running = await startBehindProxy(['request-hour-limit=100000', 'request-day-limit=1000000']);
  const joined = await newMember(running), blocked = await newMember(running), refused = await newMember(running), busy = await newMember(running);
  await subscribe(joined);
  open = await openApp(joined);
  const names = { program: 'p', machine: 'm', user: 'u', via: '198.51.100.1' };
  // "Not me" once: this machine is not heard. Twice: nobody is.
  for (const [member, times] of [[refused, 1], [blocked, 2]]) {
    for (let i = 0; i < times; i++) {
      const pc = new OutsidePc(running, member.number, { ...names, via: i === 0 ? names.via : '198.51.100.77' });
      await pc.tryAsk();
      await member.app('POST', `/requests/${pc.id}/refuse`, { not_me: true });
    }
  }
  for (let i = 0; i < 3; i++) await new OutsidePc(running, busy.number, { ...names, program: `other ${i}`, via: `203.0.113.${i}` }).tryAsk();
  kinds = {
    'has joined, phone on, app open': joined.number,
    'has joined, has no certificate': (await newMember(running)).number,
    'said "not me" to this machine': refused.number,
    'is blocked': blocked.number,
    'has as many requests waiting as may be': busy.number,
    'has never joined': newNumber(),
    'is somebody who is just joining': newNumber(),
  };
  await send(running.app, 'POST', '/api/v1/join', { body: { name: '김부하', birth: '9001011', phone: Object.values(kinds).at(-1), carrier: 'SKT', terms: true } });
});
after(async () => {
  open?.destroy();
  await running?.stop();
});

/** Every kind of number through the same steps; all must come out the same. */
async function allTheSame(steps) {
  let first;
  for (const [kind, number] of Object.entries(kinds)) {
    const seen = await steps(number);
    first ??= [kind, seen];
    assert.deepEqual(seen, first[1], `"${kind}" is told from "${first[0]}"`);
  }
}

test('a stranger asks numbers, looks, types PINs, signs, withdraws: status, headers, body and size are the same for all', async () => {
  await allTheSame(async (number) => {
    const pc = new OutsidePc(running, number, { program: 'p', machine: 'm', user: 'u', via: '198.51.100.1' });
    const seen = [shapeOf(await pc.tryAsk()), shapeOf(await pc.state()), shapeOf(await pc.tryLogin('123456')), shapeOf(await pc.tryLogin()),
      shapeOf(await pc.trySign('00'.repeat(16))), shapeOf(await pc.send('GET', `/${pc.id}?state=waiting&wait=0`)), shapeOf(await pc.send('DELETE', `/${pc.id}`)), shapeOf(await pc.state())];
    assert.equal(seen[0].status, 201);
    return seen;
  });
});

test('a stranger asks in push mode: the same for all', async () => {
  await allTheSame(async (number) => {
    const pc = new OutsidePc(running, number, { program: 'push', machine: 'm', user: 'u', mode: 'push', via: '198.51.100.1' });
    return [shapeOf(await pc.tryAsk()), shapeOf(await pc.state()), shapeOf(await pc.tryLogin())];
  });
});

test('a stranger asks twice and looks what became of the first request: it ends for all numbers alike', async () => {
  await allTheSame(async (number) => {
    const names = { program: 'twice', machine: 'm', user: 'u', via: '198.51.100.1' };
    const first = new OutsidePc(running, number, names), second = new OutsidePc(running, number, names);
    await first.tryAsk();
    await second.tryAsk();
    const state = (await first.state()).json.state;
    assert.equal(state, 'ended', 'the same program asks once at a time');
    return [state, (await second.state()).json.state];
  });
});

test('a stranger asks under many names: none of them waits longer for one number than for another', async () => {
  await allTheSame(async (number) => {
    const pcs = [];
    for (let i = 0; i < 6; i++) {
      pcs.push(new OutsidePc(running, number, { program: `name ${i}`, machine: 'm', user: 'u', via: '198.51.100.1' }));
      await pcs.at(-1).tryAsk();
    }
    return Promise.all(pcs.map(async (pc) => (await pc.state()).json.state));
  });
});

test('a stranger measures how long asking takes: no kind of number is told by its time', async () => {
  const calls = Object.fromEntries(Object.entries(kinds).map(([kind, number]) => [kind, () => new OutsidePc(running, number, { program: 'p', machine: 'm', user: 'u', via: '198.51.100.1' }).tryAsk()]));
  const times = await timed(calls, 200);
  const never = times['has never joined'];
  for (const [kind, list] of Object.entries(times)) {
    const told = auc(list, never);
    assert.ok(told > 0.35 && told < 0.65, `"${kind}" is told with AUC ${told.toFixed(2)}`);
    assert.ok(median(list) < median(never) * 1.5 && median(never) < median(list) * 1.5, `"${kind}": ${median(list)} µs, never joined: ${median(never)} µs`);
  }
});

test('a stranger counts how often a number may be asked: as often for all', async () => {
  const strict = await startBehindProxy(['request-hour-limit=3', 'request-day-limit=4']);
  try {
    const member = new Member(strict, newNumber());
    await member.join();
    const counts = await Promise.all([member.number, newNumber()].map(async (number) => {
      const seen = [];
      for (let i = 0; i < 15; i++) seen.push(shapeOf(await new OutsidePc(strict, number, { program: `p${i}`, via: `198.51.100.${Math.floor(i / 5)}` }).tryAsk()));
      return seen;
    }));
    assert.deepEqual(counts[0], counts[1]);
    assert.equal(counts[0].filter((a) => a.status === 201).length, 9, 'three from each address');
  } finally {
    await strict.stop();
  }
});

test('a stranger starts to join with numbers of others: answers, sizes and times are the same for members', async () => {
  const members = [];
  for (let i = 0; i < 12; i++) members.push((await newMember(running)).number);
  const strangers = members.map(() => newNumber());
  // Joining has taken one of five codes an hour of each member's number.
  const join = (number) => send(running.app, 'POST', '/api/v1/join', { body: { name: '김부하', birth: '9001011', phone: number, carrier: 'SKT', terms: true } });
  assert.deepEqual(shapeOf(await join(members[0])), shapeOf(await join(strangers[0])));
  const lists = { member: members.slice(1).flatMap((n) => [n, n, n, n]), stranger: strangers.slice(1).flatMap((n) => [n, n, n, n]) };
  const times = await timed({
    member: async () => assert.equal((await join(lists.member.pop())).status, 201),
    stranger: async () => assert.equal((await join(lists.stranger.pop())).status, 201),
  }, 40, 4);
  const told = auc(times.member, times.stranger);
  assert.ok(told > 0.25 && told < 0.75, `members are told with AUC ${told.toFixed(2)}`);
});

test('a stranger types codes that he did not get: the same answers for a member\'s number, to the last try', async () => {
  const seen = [];
  for (const number of [kinds['has joined, has no certificate'], newNumber()]) {
    const { json } = await send(running.app, 'POST', '/api/v1/join', { body: { name: '김부하', birth: '9001011', phone: number, carrier: 'SKT', terms: true } });
    const code = await eventually('a code was sent', () => sentCode(running, number));
    const wrong = code === '000000' ? '000001' : '000000';
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(shapeOf(await send(running.app, 'POST', `/api/v1/join/${json.join}/code`, { body: { code: wrong } })));
    seen.push(answers);
  }
  assert.deepEqual(seen[0], seen[1]);
  assert.equal(seen[0][0].status, 403);
});

test('a thief who signs in with names of devices: a device that is there answers like one that is not', async () => {
  const member = await newMember(running);
  const login = async (proof) => {
    const { json } = await send(running.app, 'POST', '/api/v1/session/challenge', { body: {} });
    return shapeOf(await send(running.app, 'POST', '/api/v1/session', { body: { id: json.id, ...proof } }));
  };
  const device = (await member.app('GET', '/me')).device;
  const wrong = { client_data: 'e30', authenticator_data: 'AAAA', signature: 'AAAA' };
  for (const [there, absent] of [
    [{ credential_id: member.credential.toString('base64url'), ...wrong }, { credential_id: randomBytes(16).toString('base64url'), ...wrong }],
    [{ device_id: device, signature: 'AAAA' }, { device_id: randomBytes(16).toString('hex'), signature: 'AAAA' }],
  ]) {
    const seen = [[], []];
    for (let i = 0; i < 22; i++) {
      seen[0].push(await login(there));
      seen[1].push(await login(absent));
    }
    assert.deepEqual(seen[0], seen[1]);
    assert.equal(seen[0][0].status, 403);
  }
  // And the right one is not kept out by any of it (T27).
  const { json } = await send(running.app, 'POST', '/api/v1/session/challenge', { body: {} });
  const { cookie } = await member.app('POST', '/session', { id: json.id, ...await member.prove(Buffer.from(json.challenge, 'base64url')) });
  assert.match(cookie, /^ingam=/);
});

test('a stranger with identifiers of requests: another\'s request answers like one that never was', async () => {
  const pc = new OutsidePc(running, kinds['has joined, has no certificate'], { program: 'mine' });
  await pc.tryAsk();
  const thief = randomBytes(32).toString('base64url');
  for (const [method, tail, body] of [['GET', ''], ['POST', '/login', { pin: '123456' }], ['POST', '/signatures', { sign_id: '00'.repeat(16), certificate: '00'.repeat(16), mechanism: 'rsa-pkcs1', hash: 'sha256', digest: 'A'.repeat(43) + '=' }], ['DELETE', '']]) {
    const [there, absent] = await Promise.all([pc.id, randomBytes(16).toString('hex')].map((id) => send(running.pc, method, `/rp/v1/token/requests/${id}${tail}`, { body, bearer: thief })));
    assert.deepEqual(shapeOf(there), shapeOf(absent));
    assert.equal(there.status, 404);
  }
  assert.equal((await pc.state()).json.state, 'waiting');
});
