// guessing.test.mjs - somebody guesses at short numbers, challenges, cookies
// and secrets: one of them, or those of everybody, from everywhere.
//
// Belongs here: tries that are counted, budgets of the whole service, and
// what they leave a guesser with a million members to guess at.
// Not here: being asked too often (requests.test.mjs); app PINs' and tries'
// journal (tests/vault).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutsidePc, eventually, newMember, newNumber, presets, send, sentCode, startBehindProxy, wrongPin } from '../lib/outside.mjs';
import { Member } from '../lib/member.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { program, root, run, startService } from '../lib/service.mjs';
import { Cpace } from '../../web/core/cpace.js';
import { checkDigit, newCode } from '../../web/core/code.js';
import { seal } from '../../web/core/hpke.js';

const folder = mkdtempSync(join(tmpdir(), 'ingam-guessing-'));
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const bytes = (text) => Buffer.from(text, 'base64url');
let running, certificate, member;

before(async () => {
  // A million members cannot be made here: the budgets are, in small.
  running = await startBehindProxy(['request-hour-limit=1000', 'request-day-limit=1000', 'wrong-pin-hour-limit=1000', 'transfer-hour-limit=1000']);
  certificate = makeCertificate({ into: folder });
  member = await newMember(running, certificate);
});
after(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const tally = (answers) => {
  const out = {};
  for (const a of answers) {
    const key = a.status < 300 ? 'ok' : a.problem;
    out[key] = (out[key] ?? 0) + 1;
  }
  return out;
};

// --- a token's PIN ----------------------------------------------------------

test('a thief whose request was approved guesses its PIN: three tries, then the right one is worth nothing', async () => {
  const pc = new OutsidePc(running, member.number);
  await pc.tryAsk();
  const { pin } = await member.approve(pc.id);
  const seen = [];
  for (let i = 1; i <= 3; i++) seen.push((await pc.tryLogin(wrongPin(pin, i))).problem);
  assert.deepEqual(seen, ['wrong-pin', 'wrong-pin', 'locked']);
  assert.equal((await pc.tryLogin(pin)).status, 410);
  assert.notEqual((await pc.trySign(member.certificate)).status, 200);
  /* The member is told why; the PC, that it is over. */
  assert.equal((await member.app('GET', `/requests/${pc.id}`)).state, 'locked');
  assert.equal((await pc.state()).json.state, 'ended');
});

test('a thief guesses on sixty connections at once: three are looked at, and the request is dead', async () => {
  for (let round = 0; round < 3; round++) {
    const pc = new OutsidePc(running, (member = await newMember(running, certificate)).number);
    await pc.tryAsk();
    const { pin } = await member.approve(pc.id);
    const seen = tally(await Promise.all(Array.from({ length: 60 }, (_, i) => pc.tryLogin(wrongPin(pin, i + 1)))));
    assert.equal(seen.ok, undefined);
    assert.ok((seen['wrong-pin'] ?? 0) <= 2, JSON.stringify(seen));
    assert.equal((await pc.tryLogin(pin)).status, 410);
  }
});

test('a thief guesses a thousand times before the phone shows a number: none is looked at, and none opens it later', async () => {
  const pc = new OutsidePc(running, member.number);
  await pc.tryAsk();
  const seen = tally(await Promise.all(Array.from({ length: 1000 }, (_, i) => pc.tryLogin(String(i).padStart(6, '0')))));
  assert.deepEqual(seen, { 'wrong-pin': 1000 });
  const { pin } = await member.approve(pc.id);
  assert.equal((await pc.state()).json.state, 'approved');
  assert.equal((await pc.tryLogin(pin)).json.state, 'open', 'the owner has all his tries');
});

test('a thief who looked over a shoulder types the PIN at his own PC: it opens nothing there', async () => {
  const owner = new OutsidePc(running, member.number, { machine: 'desk' }), thief = new OutsidePc(running, member.number, { machine: 'thief', via: '198.51.100.9' });
  await owner.tryAsk();
  await thief.tryAsk();
  const { pin } = await member.approve(owner.id);
  assert.equal((await thief.tryLogin(pin)).problem, 'wrong-pin');
  const byId = await send(running.pc, 'POST', `/rp/v1/token/requests/${owner.id}/login`, { body: { pin }, bearer: thief.bearer });
  assert.equal(byId.status, 404);
  assert.equal((await owner.tryLogin(pin)).json.state, 'open');
});

test('a thief tries forms of the PIN that might be read as another: each is counted or refused, none opens', async () => {
  const pc = new OutsidePc(running, member.number);
  await pc.tryAsk();
  const { pin } = await member.approve(pc.id);
  for (const form of [Number(pin), [pin], { pin }, true, `${pin}\u0000`, ` ${pin}`, `${pin} `, `+${pin}`, `${pin}0`, pin.slice(1), `０${pin.slice(1)}`, '']) {
    const answer = await pc.tryLogin(form);
    assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(form)}: ${answer.status}`);
  }
  assert.equal((await pc.tryLogin(pin)).json.state, 'open', 'what is no PIN cost no try');
});

test('a thief sprays PINs over many members who approved his requests: the whole service bears so many, and owners at home go on', async () => {
  const small = await startBehindProxy(['request-hour-limit=1000', 'request-day-limit=1000', 'wrong-pin-hour-limit=6', 'workers=2']);
  try {
    const owner = new Member(small, newNumber());
    await owner.join();
    await owner.import(certificate);
    const desk = new OutsidePc(small, owner.number, { via: '192.0.2.1' });
    await desk.tryAsk();
    assert.equal((await desk.tryLogin((await owner.approve(desk.id)).pin)).json.state, 'open');
    const victims = [];
    for (let i = 0; i < 6; i++) {
      const victim = new Member(small, newNumber());
      await victim.join();
      await victim.import(certificate);
      const pc = new OutsidePc(small, victim.number, { via: `198.51.${i}.1` });
      await pc.tryAsk();
      victims.push({ pc, pin: (await victim.approve(pc.id)).pin });
    }
    const seen = tally(await Promise.all(victims.flatMap(({ pc, pin }) => [1, 2, 3].map((n) => pc.tryLogin(wrongPin(pin, n))))));
    const looked = (seen['wrong-pin'] ?? 0) + (seen.locked ?? 0);
    assert.ok(looked >= 6 && looked <= 6 + 2, `the budget of 6, and as many as there are workers: ${JSON.stringify(seen)}`);
    assert.ok(seen['rate-limited'] > 0);
    const again = new OutsidePc(small, owner.number, { via: '192.0.2.1' });
    await again.tryAsk();
    const { pin } = await owner.approve(again.id);
    assert.equal((await again.tryLogin(wrongPin(pin))).problem, 'wrong-pin', 'at home a slip is a slip');
    assert.equal((await again.tryLogin(pin)).json.state, 'open');
  } finally {
    await small.stop();
  }
});

test('a thief has one member approve again and again: after nine wrong PINs a day nobody types one where the member never was', async () => {
  const victim = await newMember(running, certificate);
  let looked = 0, over;
  for (let i = 0; i < 5 && over === undefined; i++) {
    const pc = new OutsidePc(running, victim.number, { via: `198.51.100.${i}` });
    await pc.tryAsk();
    const { pin } = await victim.approve(pc.id);
    for (let n = 1; n <= 3; n++) {
      const { problem } = await pc.tryLogin(wrongPin(pin, n));
      if (problem === 'rate-limited') over = pin;
      else looked++;
    }
    if (over !== undefined) assert.equal((await pc.tryLogin(over)).problem, 'rate-limited', 'the right one, too');
  }
  assert.equal(looked, 9);
});

// --- the identity check's code ----------------------------------------------

const person = (number) => ({ name: '김부하', birth: '9001011', phone: number, carrier: 'SKT', terms: true });
const startJoin = async (at, number, via) => (await send(at.app, 'POST', '/api/v1/join', { body: person(number), via })).json?.join;
const typeCode = (at, id, code, via) => send(at.app, 'POST', `/api/v1/join/${id}/code`, { body: { code }, via });

test('a thief joins with another\'s number and guesses its code, thirty at once: three are looked at', async () => {
  const number = newNumber(), id = await startJoin(running, number);
  const code = await eventually('a code was sent', () => sentCode(running, number));
  const seen = tally(await Promise.all(Array.from({ length: 30 }, (_, i) => typeCode(running, id, wrongPin(code, i + 1)))));
  assert.deepEqual(seen, { 'wrong-code': 3, expired: 27 });
  assert.equal((await typeCode(running, id, code)).problem, 'expired', 'the right one comes too late');
});

test('a thief sprays codes over numbers of others from many networks: the whole service bears so many, and members go on', async () => {
  const small = await startBehindProxy(['wrong-code-hour-limit=12', 'workers=2']);
  try {
    const owner = new Member(small, newNumber());
    await owner.join();
    await owner.import(certificate);
    const joins = [];
    for (let i = 0; i < 12; i++) {
      const number = newNumber(), via = `198.51.${i}.1`;
      joins.push({ number, via, id: await startJoin(small, number, via) });
    }
    const seen = tally((await Promise.all(joins.map(async ({ number, via, id }) => {
      const code = await eventually('a code was sent', () => sentCode(small, number));
      const out = [];
      for (const n of [1, 2, 3]) out.push(await typeCode(small, id, wrongPin(code, n), via));
      return out;
    }))).flat());
    assert.ok(seen['wrong-code'] >= 12 && seen['wrong-code'] <= 12 + 2, `the budget of 12, and as many as there are workers: ${JSON.stringify(seen)}`);
    const right = await sentCode(small, joins[0].number);
    assert.equal((await typeCode(small, joins[0].id, right, joins[0].via)).problem, 'rate-limited', 'then the right one is not looked at either');
    assert.match(small.log.join(''), /guessing.*closed=code-all/, 'the operator is told');
    // Nobody who has joined is kept from anything (T27).
    const { json } = await send(small.app, 'POST', '/api/v1/session/challenge', { body: {} });
    assert.ok((await owner.app('POST', '/session', { id: json.id, ...await owner.prove(bytes(json.challenge)) })).cookie);
    const desk = new OutsidePc(small, owner.number);
    await desk.tryAsk();
    assert.equal((await desk.tryLogin((await owner.approve(desk.id)).pin)).json.state, 'open');
    assert.equal((await desk.trySign(owner.certificate)).status, 200);
  } finally {
    await small.stop();
  }
});

test('a thief sprays codes from one network: after twenty wrong ones an hour it is not heard, another is', async () => {
  let wrong = 0, number, id, code;
  for (let i = 0; i < 8; i++) {
    number = newNumber();
    id = await startJoin(running, number, `203.0.113.${i}`);
    code = await eventually('a code was sent', () => sentCode(running, number));
    for (let n = 1; n <= 3; n++) wrong += (await typeCode(running, id, wrongPin(code, n), `203.0.113.${i}`)).problem === 'wrong-code' ? 1 : 0;
  }
  assert.equal(wrong, 20);
  assert.equal((await typeCode(running, id, code, '203.0.113.200')).problem, 'rate-limited');
  assert.equal((await typeCode(running, id, wrongPin(code), '192.0.2.200')).problem, 'wrong-code', 'from elsewhere it has its tries');
});

// --- the number of a registration -------------------------------------------

const speaks = (digits, id) => new Cpace({ code: digits, label: 'INGAM-IMPORT1', channel: digits.slice(0, 5), sid: Buffer.from(id, 'hex') });

test('a thief who saw five of thirteen digits guesses the rest: one guess, it is told on the phone, and the right number is dead', async () => {
  const transfer = await member.app('POST', '/transfers', {});
  const digits = newCode('import', transfer.channel);
  const guess = digits.slice(0, 5) + wrongPin(digits.slice(5, 11)) + digits[11];
  const claimed = await send(running.pc, 'POST', `/rp/v1/transfers/${transfer.channel}`, { body: {}, via: '198.51.100.20' });
  assert.equal(claimed.status, 201);
  const thief = speaks(guess + checkDigit(guess), transfer.id), phone = speaks(digits, transfer.id);
  const pc = (tail, body) => send(running.pc, 'POST', `/rp/v1/transfers/${transfer.id}${tail}`, { body, bearer: claimed.json.secret });
  const first = b64(thief.start());
  assert.equal((await pc('/ask', { message: first })).status, 200);
  const asked = await member.app('GET', `/transfers/${transfer.id}?step=1&wait=5`);
  await member.app('POST', `/transfers/${transfer.id}/answer`, { message: b64(phone.answer(bytes(asked.message))) });
  const answered = await send(running.pc, 'GET', `/rp/v1/transfers/${transfer.id}?step=2&wait=5`, { bearer: claimed.json.secret });
  assert.throws(() => thief.finish(bytes(answered.json.message)), 'the phone\'s confirmation is of another number');
  // What he sends all the same is found out by the phone, which ends it.
  assert.equal((await pc('/payload', { message: b64(randomBytes(400)) })).status, 200);
  const sent = await member.app('GET', `/transfers/${transfer.id}?step=3&wait=5`);
  assert.throws(() => phone.confirm(bytes(sent.message).subarray(0, 32)));
  assert.equal((await member.app('POST', `/transfers/${transfer.id}/end`, { why: 'wrong-code' })).state, 'wrong-code');
  assert.equal((await send(running.pc, 'POST', `/rp/v1/transfers/${transfer.channel}`, { body: {}, via: '198.51.100.21' })).problem, 'wrong-code', 'nobody comes by it any more');
  assert.equal((await pc('/ask', { message: first })).status, 409);
});

test('two PCs come by one number at once: one of them only', async () => {
  for (let i = 0; i < 5; i++) {
    const { channel } = await member.app('POST', '/transfers', {});
    const seen = tally(await Promise.all(Array.from({ length: 20 }, (_, n) => send(running.pc, 'POST', `/rp/v1/transfers/${channel}`, { body: {}, via: `198.51.${i}.${n}` }))));
    assert.equal(seen.ok, 1, JSON.stringify(seen));
  }
});

test('a thief tries all channels from many addresses: the whole service lets so many be met an hour, then none', async () => {
  const small = await startBehindProxy(['transfer-hour-limit=5', 'workers=2']);
  try {
    const victims = [];
    for (let i = 0; i < 12; i++) {
      const m = new Member(small, newNumber());
      await m.join();
      victims.push((await m.app('POST', '/transfers', {})).channel);
    }
    const seen = tally(await Promise.all(victims.map((channel, i) => send(small.pc, 'POST', `/rp/v1/transfers/${channel}`, { body: {}, via: `198.51.${i}.1` }))));
    assert.ok(seen.ok >= 5 && seen.ok <= 5 + 2, JSON.stringify(seen));
    assert.equal(seen.ok + seen['rate-limited'], 12);
  } finally {
    await small.stop();
  }
});

test('a thief tries channels from one address: ten a minute, also where one of them is right', async () => {
  const { channel } = await member.app('POST', '/transfers', {});
  const seen = [];
  for (let i = 0; i < 10; i++) seen.push((await send(running.pc, 'POST', `/rp/v1/transfers/${String((Number(channel) + 1 + i) % 100000).padStart(5, '0')}`, { body: {}, via: '2001:db8:7:7::1' })).problem);
  assert.ok(seen.every((p) => p === 'wrong-code'), seen.join());
  // With all of his IPv6 network he is still one client.
  for (const via of ['2001:db8:7:7::1', '2001:db8:7:7::2', '2001:db8:7:7:ffff::'])
    assert.equal((await send(running.pc, 'POST', `/rp/v1/transfers/${channel}`, { body: {}, via })).problem, 'rate-limited');
});

test('a member opens numbers without end, to leave no channel to others: twenty an hour', async () => {
  const greedy = await newMember(running);
  const seen = tally(await Promise.all(Array.from({ length: 40 }, () => send(running.app, 'POST', '/api/v1/transfers', { body: {}, cookie: greedy.cookie }))));
  assert.deepEqual(seen, { ok: 20, 'rate-limited': 20 });
});

// --- long secrets -----------------------------------------------------------

test('a thief makes a sign-in challenge of his own, changes one, uses one twice or another\'s answer: none signs in', async () => {
  const fresh = async () => bytes((await send(running.app, 'POST', '/api/v1/session/challenge', { body: {} })).json.challenge);
  const login = async (challenge, proof) => send(running.app, 'POST', '/api/v1/session', { body: { id: b64(challenge), ...proof } });
  const later = await fresh();
  later[22] ^= 1; // its end, some time later
  const used = await fresh();
  assert.equal((await login(used, await member.prove(used))).status, 201, 'the owner signs in');
  const mine = await fresh(), other = await fresh(), nonce = await fresh();
  nonce[0] ^= 1;
  const cases = {
    'drawn by himself': [randomBytes(32), null], 'with a later end': [later, null], 'with another nonce': [nonce, null],
    'used before': [used, null], 'answered for another challenge': [mine, await member.prove(other)],
    'answered for an approval': [mine, await member.prove(member.challenge(Buffer.from('INGAM-AR1')))],
  };
  for (const [what, [challenge, proof]] of Object.entries(cases)) {
    const answer = await login(challenge, proof ?? await member.prove(challenge));
    assert.ok([403, 429].includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
    assert.equal(answer.headers['set-cookie'], undefined, what);
  }
});

test('a thief answers a sign-in with a passkey of another site, without the person, or without its key: none signs in', async () => {
  const { pair } = new Member(running, newNumber());
  const make = (change) => Object.assign(Object.create(member), change);
  const cases = {
    'another origin': make({ clientData: (type, challenge) => Buffer.from(JSON.stringify({ type, challenge: b64(challenge), origin: 'https://evil.example', crossOrigin: false })) }),
    'inside another site\'s frame': make({ clientData: (type, challenge) => Buffer.from(JSON.stringify({ type, challenge: b64(challenge), origin: member.server.app_origin, crossOrigin: true })) }),
    'a registration, not an assertion': make({ clientData: (_, challenge) => Member.prototype.clientData.call(member, 'webauthn.create', challenge) }),
    'nobody was verified': make({ authenticatorData: () => Member.prototype.authenticatorData.call(member, 0x01) }),
    'nobody was present': make({ authenticatorData: () => Member.prototype.authenticatorData.call(member, 0x04) }),
    'another relying party': make({ authenticatorData: (flags) => Buffer.concat([createHash('sha256').update('evil.example').digest(), Buffer.from([flags, 0, 0, 0, 0])]) }),
    'another key': make({ pair }),
  };
  for (const [what, forger] of Object.entries(cases)) {
    const { json } = await send(running.app, 'POST', '/api/v1/session/challenge', { body: {} });
    const answer = await send(running.app, 'POST', '/api/v1/session', { body: { id: json.id, ...await forger.prove(bytes(json.challenge)) } });
    assert.equal(answer.status, 403, `${what}: ${answer.text}`);
    assert.equal(answer.headers['set-cookie'], undefined, what);
  }
});

test('a thief guesses session cookies, and bends a true one: nobody is signed in', async () => {
  const value = member.cookie.split('=')[1];
  const flip = bytes(value);
  flip[0] ^= 1;
  const forms = [b64(flip), value.slice(1), `${value}A`, `${value}=`, value.toUpperCase() === value ? value.toLowerCase() : value.toUpperCase(), `"${value}"`, `${value}%00`, '', 'null', '0'.repeat(43), `' OR 1=1--`,
    ...Array.from({ length: 300 }, () => b64(randomBytes(32)))];
  assert.equal((await send(running.app, 'GET', '/api/v1/me', { cookie: member.cookie })).status, 200);
  const answers = await Promise.all(forms.map((form) => send(running.app, 'GET', '/api/v1/me', { cookie: `ingam=${form}` })));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [401]);
  assert.equal((await send(running.app, 'GET', '/api/v1/me', { cookie: `ingam=${b64(flip)}; ingam=${value}` })).status, 401, 'of two, neither');
});

test('a thief guesses bearer secrets, and bends a true one: nothing is there for him', async () => {
  const pc = new OutsidePc(running, member.number);
  await pc.tryAsk();
  const flip = Buffer.from(pc.secret);
  flip[31] ^= 1;
  const hash = createHash('sha256').update(pc.secret).digest();
  const forms = [b64(flip), b64(hash), b64(pc.secret.subarray(1)), `${pc.bearer}AA`, `${pc.bearer}=`, pc.bearer.toLowerCase(), '', '0'.repeat(43), `${pc.bearer} ${pc.bearer}`,
    ...Array.from({ length: 300 }, () => b64(randomBytes(32)))];
  const answers = await Promise.all(forms.map((bearer) => send(running.pc, 'GET', `/rp/v1/token/requests/${pc.id}`, { bearer })));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [404]);
  assert.equal((await pc.state()).status, 200);
});

// --- the app's PIN ----------------------------------------------------------

/** A member whose phone has no fingerprint: a key of the app, and a PIN. */
class PinMember extends Member {
  pin = '274913';
  async attest(challenge) {
    const { x, y } = this.pair.publicKey.export({ format: 'jwk' });
    return { kind: 'pin', public_key: b64(Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)])), ...await this.proof(challenge, this.pin) };
  }
  async proof(challenge, pin, key = this.pair.privateKey) {
    return { signature: b64(sign('sha256', Buffer.concat([Buffer.from('INGAM-DK1'), challenge]), key)),
      sealed_pin: b64(await seal(bytes(this.server.hpke_key), Buffer.from('INGAM-PIN1'), challenge, Buffer.from(pin))) };
  }
}

test('a thief with a phone\'s key guesses its app PIN: five, then it is shut, also for the right one; without the key he wears out nothing', async () => {
  const victim = new PinMember(running, newNumber());
  await victim.join();
  const { device } = await victim.app('GET', '/me');
  const der = readFileSync(certificate.signCert);
  const asked = await victim.app('POST', '/imports', { certificate: b64(der) });
  const challenge = victim.challenge(bytes(asked.ar1));
  const approve = async (pin, key) => send(running.app, 'POST', `/api/v1/requests/${asked.request.id}/approve`, { cookie: victim.cookie,
    body: { device_id: device, ...await victim.proof(challenge, pin, key), sealed: b64(randomBytes(200)), certificate: b64(der) } });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  for (let i = 0; i < 12; i++) assert.equal((await approve(wrongPin(victim.pin, i + 1), other)).problem, 'approval-refused', 'not this phone');
  const seen = [];
  for (let i = 1; i <= 5; i++) {
    const answer = await approve(wrongPin(victim.pin, i));
    seen.push([answer.problem, answer.json.tries_left]);
  }
  assert.deepEqual(seen, [['wrong-pin', 4], ['wrong-pin', 3], ['wrong-pin', 2], ['wrong-pin', 1], ['wrong-pin', 0]]);
  assert.equal((await approve(victim.pin)).problem, 'locked');
});

// --- everybody's at once: how often is a guesser right? ----------------------

/** The limits that are in the program: its settings, and the constants of its sources. */
async function limitsOfTheProgram() {
  const { stdout } = await run(program('ingamd'), ['check-config']);
  const setting = (name) => Number(new RegExp(`^${name} = (\\d+)`, 'm').exec(stdout)[1]);
  const constant = (file, name) => Number(new RegExp(`^#define ${name}\\s+(\\d+)`, 'm').exec(readFileSync(join(root, file), 'utf8'))[1]);
  return {
    workers: setting('workers'),
    codes: { hour: setting('wrong-code-hour-limit'), tries: constant('src/domain/joining.c', 'TRIES'), day: constant('src/domain/joining.c', 'DAY_MAX'), space: 1e6 },
    pins: { hour: setting('wrong-pin-hour-limit'), tries: constant('src/domain/token.c', 'TRIES'), day: setting('request-day-limit') * constant('src/domain/asking.c', 'ALL_TIMES'), member: constant('src/domain/guess.c', 'PINS'), space: 1e6 },
    transfers: { hour: setting('transfer-hour-limit'), space: 1e7 },
  };
}

/** E(accounts): what the guesser gets a day, formula by formula. */
function expected(l, accounts) {
  // Without the budget of everybody: what each account allows, times all of them.
  const codes = Math.min(accounts * l.codes.day * l.codes.tries, 24 * (l.codes.hour + l.workers)) / l.codes.space;
  const pins = Math.min(accounts * Math.min(l.pins.day * l.pins.tries, l.pins.member + l.workers), 24 * (l.pins.hour + l.workers)) / l.pins.space;
  const transfers = 24 * (l.transfers.hour + l.workers) / l.transfers.space;
  return { codes, pins, transfers, all: codes + pins + transfers };
}

/**
 * A day of a guesser who loses no time, with a clock of its own. A window of an
 * hour begins with a wrong guess (store/counter.c); at the limit the kind is
 * closed until the window is over (domain/guess.c), but as many guesses are
 * under way then as there are workers; and the next one begins at once. Gives
 * the number of guesses.
 */
function guessesOfADay({ hour, workers, per_account = Infinity, accounts }) {
  const HOUR = 3600e3, DAY = 24 * HOUR;
  let left = accounts * per_account, guesses = 0;
  for (let start = Math.random() * HOUR; start < DAY && left > 0; start += HOUR) {
    const made = Math.min(hour + workers, left);
    guesses += made;
    left -= made;
  }
  return guesses;
}

/** How many of n guesses with chance p are right: jumps from one right one to the next. */
function hitsOf(n, p) {
  let hits = 0;
  for (let at = 0; ; hits++) {
    at += 1 + Math.floor(Math.log(1 - Math.random()) / Math.log(1 - p));
    if (at > n) return hits;
  }
}

test('a guesser with a million members and any number of addresses is right at most 0.02 times a day: by formula, and by a simulated year of years', async (t) => {
  const l = await limitsOfTheProgram();
  for (const accounts of [1e4, 1e6]) {
    const e = expected(l, accounts);
    t.diagnostic(`${accounts} members: codes ${e.codes.toFixed(4)}, PINs ${e.pins.toFixed(4)}, registrations ${e.transfers.toFixed(4)}, together ${e.all.toFixed(4)} a day`);
    assert.ok(e.all <= 0.02, `${e.all} a day`);
    // The page says the same, of the presets as they are.
    const page = readFileSync(join(root, 'docs/attacks.md'), 'utf8');
    const parts = [e.codes, e.pins, e.transfers].map((part) => part.toFixed(4));
    assert.ok(page.includes(`*workers* (${l.workers})`), `workers are ${l.workers}`);
    assert.ok(page.includes(`E = ${parts.join(' + ')} = **${e.all.toFixed(4)} a day**`), `${parts} ${e.all}`);
    for (const [kind, part] of [['identity code', parts[0]], ['token PIN', parts[1]], ['registration', parts[2]]])
      assert.match(page, new RegExp(`^\\| ${kind} \\|.*\\| ${part} \\|$`, 'm'), kind);
  }
  // The counter-test: without the budgets of everybody it would be thousands of times as much.
  assert.ok(expected({ ...l, codes: { ...l.codes, hour: Infinity }, pins: { ...l.pins, hour: Infinity } }, 1e6).all > 30);
  const e = expected(l, 1e6), days = 20000;
  let hits = 0;
  const most = (kind) => 24 * (kind.hour + l.workers);
  for (let day = 0; day < days; day++) {
    const codes = guessesOfADay({ hour: l.codes.hour, workers: l.workers, accounts: 1e6, per_account: l.codes.day * l.codes.tries });
    const pins = guessesOfADay({ hour: l.pins.hour, workers: l.workers, accounts: 1e6, per_account: l.pins.member });
    const transfers = guessesOfADay({ hour: l.transfers.hour, workers: l.workers, accounts: 1e6 });
    assert.ok(codes <= most(l.codes) && pins <= most(l.pins) && transfers <= most(l.transfers));
    hits += hitsOf(codes, 1 / l.codes.space) + hitsOf(pins, 1 / l.pins.space) + hitsOf(transfers, 1 / l.transfers.space);
  }
  t.diagnostic(`simulated: ${hits} right in ${days} days, ${(hits / days).toFixed(4)} a day`);
  assert.ok(Math.abs(hits / days - e.all) < 6 * Math.sqrt(e.all / days), `${hits / days} a day, expected ${e.all}`);
  assert.ok(hits / days <= 0.02 + 6 * Math.sqrt(0.02 / days));
});

test('a stranger asks, joins and signs in as fast as he can from one address: the presets hold him, and his neighbours\' networks are free', async () => {
  const strict = await startService([...presets, 'trusted-proxy=yes']);
  try {
    const burst = async (via, n) => tally(await Promise.all(Array.from({ length: n }, () => send(strict.app, 'POST', '/api/v1/session/challenge', { body: {}, via }))));
    const one = await burst('198.51.100.1', 60);
    assert.ok(one.ok >= 20 && one.ok <= 25, JSON.stringify(one));
    // A whole network has five times as much, however many addresses are in it.
    const many = { ok: 0 };
    for (let i = 2; i < 60; i++) many.ok += (await burst(`198.51.100.${i}`, 10)).ok ?? 0;
    assert.ok(many.ok <= 110, `${many.ok} from the rest of the network`);
    assert.equal((await burst('203.0.113.5', 10)).ok, 10);
    // What the client writes into X-Forwarded-For itself does not count; the proxy's word stands last.
    const spoofed = tally(await Promise.all(Array.from({ length: 60 }, (_, i) => send(strict.app, 'POST', '/api/v1/session/challenge', { body: {}, headers: { 'X-Forwarded-For': [`10.0.0.${i}, 192.0.2.${i}`, '198.51.7.7'] } }))));
    assert.ok(spoofed.ok <= 25, `two fields: ${JSON.stringify(spoofed)}`);
    const inOne = tally(await Promise.all(Array.from({ length: 60 }, (_, i) => send(strict.app, 'POST', '/api/v1/session/challenge', { body: {}, headers: { 'X-Forwarded-For': `192.0.3.${i}, 198.51.8.8` } }))));
    assert.ok(inOne.ok <= 25, `one field: ${JSON.stringify(inOne)}`);
  } finally {
    await strict.stop();
  }
});

test('without a trusted proxy X-Forwarded-For is nobody\'s word', async () => {
  const strict = await startService(presets);
  try {
    const seen = tally(await Promise.all(Array.from({ length: 60 }, (_, i) => send(strict.app, 'POST', '/api/v1/session/challenge', { body: {}, via: `192.0.${i}.1` }))));
    assert.ok(seen.ok <= 25, JSON.stringify(seen));
  } finally {
    await strict.stop();
  }
});
