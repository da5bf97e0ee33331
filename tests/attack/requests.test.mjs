// requests.test.mjs - somebody who knows a phone number rings it until its
// owner approves out of weariness, or wins a race against him.
//
// Belongs here: how often a stranger rings; two who act at once; one proof
// for two requests.
// Not here: guessing the number that the phone shows (guessing.test.mjs).
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { constants, createECDH, publicDecrypt, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutsidePc, eventually, newMember, newNumber, send, sentCode, startBehindProxy } from '../lib/outside.mjs';
import { Member, call } from '../lib/member.mjs';
import { makeCertificate } from '../lib/certificate.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-requests-'));
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const bytes = (text) => Buffer.from(text, 'base64url');
let real, running, certificate, other, member;

before(async () => {
  // One with the limits of an installation, one in which races can be run often.
  real = await startBehindProxy(['request-hour-limit=10', 'request-day-limit=20']);
  running = await startBehindProxy(['request-hour-limit=100000', 'request-day-limit=100000', 'token-count=3']);
  certificate = makeCertificate({ into: folder });
  other = makeCertificate({ into: join(folder, 'other') });
});
// One of his own for each test: a member has sixteen requests at once at most.
beforeEach(async () => {
  member = await newMember(running, certificate);
});
after(async () => {
  await real?.stop();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Subscribes a member's phone; gives how often it rang. */
async function bell(service, m) {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  await m.app('PUT', '/push', { endpoint: `${service.mock}/push/${m.number}`, p256dh: ecdh.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') });
  return async () => {
    const got = await call(service.mock, 'GET', `/mock/push/${m.number}`);
    return (got.messages ?? got).length;
  };
}

/** Asks so often, each time as another program; gives how many were taken. */
async function bomb(service, number, n, via, program = 'bomb') {
  let taken = 0;
  for (let i = 0; i < n; i++) taken += (await new OutsidePc(service, number, { via, program: `${program} ${i}` }).tryAsk()).status === 201 ? 1 : 0;
  return taken;
}

const opened = async (m, pc) => (await pc.tryLogin((await m.approve(pc.id)).pin)).json.state;

// --- ringing ------------------------------------------------------------------

test('a stranger with a number asks a hundred times from one address: ten times an hour, then never', async () => {
  const victim = await newMember(real, certificate), rang = await bell(real, victim);
  assert.equal(await bomb(real, victim.number, 100, '198.51.100.1'), 10);
  await eventually('the last of them rang', async () => (await rang()) > 0);
  assert.ok(await rang() <= 10, `${await rang()} times`);
  assert.ok((await victim.app('GET', '/requests')).requests.length <= 3, 'and three at most are to be seen');
  // He did not use up anything of the owner's, who sits elsewhere.
  const desk = new OutsidePc(real, victim.number, { via: '192.0.2.1' });
  assert.equal((await desk.tryAsk()).status, 201);
});

test('a stranger with a whole IPv6 network is one client: ten times an hour', async () => {
  const victim = await newMember(real);
  let taken = 0;
  for (let i = 0; i < 40; i++) taken += await bomb(real, victim.number, 1, `2001:db8:5:5::${i.toString(16)}`, `p${i}`);
  assert.equal(taken, 10);
});

test('forty strangers at forty addresses ring one number: thirty times an hour all together; the owner still asks from where he did before', async () => {
  const victim = await newMember(real, certificate), rang = await bell(real, victim);
  const desk = () => new OutsidePc(real, victim.number, { via: '192.0.2.1', program: 'desk' });
  const before = desk();
  await before.tryAsk();
  assert.equal(await opened(victim, before), 'open', 'the number was typed there once');
  let taken = 0;
  for (let i = 0; i < 40; i++) taken += await bomb(real, victim.number, 2, `198.51.${i}.1`, `p${i}`);
  assert.ok(taken <= 30, `${taken} taken`);
  assert.ok(await rang() <= 31);
  const now = desk();
  assert.equal((await now.tryAsk()).status, 201);
  assert.ok((await victim.app('GET', '/requests')).requests.some((r) => r.id === now.id), 'and it is shown, though others wait');
  assert.equal(await opened(victim, now), 'open');
  assert.equal((await new OutsidePc(real, victim.number, { via: '203.0.113.1' }).tryAsk()).problem, 'rate-limited', 'whoever was never there waits');
});

test('the owner says "not me": that machine rings no more, another name for it is refused once more, then no number rings until he says so', async () => {
  const victim = await newMember(running, certificate);
  const ask = async (more) => {
    const pc = new OutsidePc(running, victim.number, { via: '198.51.100.5', ...more });
    assert.equal((await pc.tryAsk()).status, 201, 'the stranger is told nothing');
    return pc.id;
  };
  const shown = async (id) => (await victim.app('GET', '/requests')).requests.some((r) => r.id === id);
  const first = await ask({ machine: 'thief' });
  assert.ok(await shown(first));
  await victim.app('POST', `/requests/${first}/refuse`, { not_me: true });
  assert.ok(!await shown(await ask({ machine: 'thief', program: 'other' })), 'the same machine');
  const renamed = await ask({ machine: 'thief 2' });
  assert.ok(await shown(renamed), 'a machine says its name itself');
  await victim.app('POST', `/requests/${renamed}/refuse`, { not_me: true });
  for (const via of ['198.51.100.5', '203.0.113.9', '2001:db8:9::1']) assert.ok(!await shown(await ask({ machine: 'thief 3', via })), 'nobody');
  assert.ok((await victim.app('GET', '/me')).blocked_until > Date.now());
  await victim.app('POST', '/unblock', {});
  assert.ok(await shown(await ask({ machine: 'desk', via: '192.0.2.1' })));
});

test('a stranger gives the names of the owner\'s PC: the owner\'s request does not give way to his', async () => {
  const names = { program: 'Firefox', machine: 'desk', user: 'hong' };
  const owner = new OutsidePc(running, member.number, { ...names, via: '192.0.2.1' }), stranger = new OutsidePc(running, member.number, { ...names, via: '198.51.100.6' });
  await owner.tryAsk();
  await stranger.tryAsk();
  assert.equal((await owner.state()).json.state, 'waiting');
  const { requests } = await member.app('GET', '/requests');
  assert.notEqual(requests.find((r) => r.id === owner.id).address, requests.find((r) => r.id === stranger.id).address, 'and the phone can tell them apart');
  assert.equal(await opened(member, owner), 'open');
});

test('a stranger names nothing that can be seen: no phone is asked by nobody', async () => {
  for (const blank of ['   ', '\u200b\u200d\ufeff', '\u202e\u2066', '\u3164\u115f', '\u2800\u00a0\u3000', '\u0007\u001b'])
    for (const field of ['program', 'machine'])
      assert.equal((await new OutsidePc(running, member.number, { [field]: blank }).tryAsk()).status, 400, `${field} ${JSON.stringify(blank)}`);
});

test('a program asks again and again for more of what was approved once: sixty times an hour, and each time the phone decides', async () => {
  const owner = await newMember(running, certificate), pc = new OutsidePc(running, owner.number);
  await pc.tryAsk();
  assert.equal(await opened(owner, pc), 'open');
  let taken = 0;
  for (let i = 0; i < 70; i++) {
    const answer = await pc.send('POST', '', { continues: pc.id, continues_secret: pc.bearer, program: 'p', machine: 'm', user: 'u', mode: 'push', secret_sha256: 'ab'.repeat(32) });
    taken += answer.status === 201 ? 1 : 0;
    if (i === 0) {
      const { requests } = await owner.app('GET', '/requests');
      assert.deepEqual(requests.map((r) => [r.program, r.again]), [['bench', true]], 'it is called what was approved, whatever it says now');
    }
  }
  assert.equal(taken, 60);
  // Nobody continues what is another's, or what was not opened.
  const thief = new OutsidePc(running, owner.number);
  assert.equal((await thief.send('POST', '', { continues: pc.id, continues_secret: thief.bearer, program: 'p', machine: 'm', user: 'u', mode: 'push', secret_sha256: 'ab'.repeat(32) })).status, 404);
  await thief.tryAsk();
  assert.equal((await thief.send('POST', '', { continues: thief.id, continues_secret: thief.bearer, program: 'p', machine: 'm', user: 'u', mode: 'push', secret_sha256: 'ab'.repeat(32) })).status, 409);
});

// --- races ----------------------------------------------------------------------

test('two PCs race for one PIN, on many connections at once: it opens the request that it was shown for, and no other', async () => {
  for (let round = 0; round < 5; round++) {
    const owner = new OutsidePc(running, member.number, { machine: `desk ${round}` }), thief = new OutsidePc(running, member.number, { machine: `thief ${round}`, via: '198.51.100.7' });
    await Promise.all([owner.tryAsk(), thief.tryAsk()]);
    const { pin } = await member.approve(owner.id);
    const [his, hers] = await Promise.all([Promise.all(Array.from({ length: 10 }, () => thief.tryLogin(pin))), Promise.all(Array.from({ length: 3 }, () => owner.tryLogin(pin)))]);
    assert.ok(his.every((a) => a.problem === 'wrong-pin'));
    assert.ok(hers.every((a) => a.json.state === 'open'), 'the same bearer may be told twice');
    assert.equal((await thief.trySign(member.certificate)).status, 404);
  }
});

test('a newer approval ends an older PIN: the thief who kept the older one has nothing', async () => {
  const first = new OutsidePc(running, member.number, { program: 'first' }), second = new OutsidePc(running, member.number, { program: 'second' });
  await first.tryAsk();
  const { pin } = await member.approve(first.id);
  await second.tryAsk();
  const { pin: newer } = await member.approve(second.id);
  assert.notEqual((await first.tryLogin(pin)).status, 200);
  assert.notEqual((await first.trySign(member.certificate)).status, 200);
  assert.equal((await second.tryLogin(newer)).json.state, 'open');
});

/** What a phone needs to answer a request, without answering. */
async function prepared(m, pc) {
  const { ar1 } = await m.app('POST', `/requests/${pc.id}/approval`, { certificate: m.certificate });
  return m.challenge(bytes(ar1));
}
const approve = (m, id, proof, more = {}) => send(m.running.app, 'POST', `/api/v1/requests/${id}/approve`, { body: { ...proof, ...more }, cookie: m.cookie });

test('two tabs approve one request at once with two proofs: one of them is it, and one PIN', async () => {
  for (let round = 0; round < 10; round++) {
    const pc = new OutsidePc(running, member.number);
    await pc.tryAsk();
    const challenge = await prepared(member, pc);
    const answers = await Promise.all([approve(member, pc.id, member.prove(challenge)), approve(member, pc.id, member.prove(challenge))]);
    const good = answers.filter((a) => a.status === 200);
    assert.equal(good.length, 1, answers.map((a) => a.problem ?? a.status).join());
    assert.equal(answers.find((a) => a.status !== 200).problem, 'ended');
    assert.equal((await pc.tryLogin(good[0].json.pin)).json.state, 'open');
  }
});

test('one proof is shown twenty times at once: one approval, one PIN, one line in the history', async () => {
  const pc = new OutsidePc(running, member.number, { program: 'twenty' });
  await pc.tryAsk();
  const proof = member.prove(await prepared(member, pc));
  const answers = await Promise.all(Array.from({ length: 20 }, () => approve(member, pc.id, proof)));
  assert.deepEqual([...new Set(answers.map((a) => a.json.pin))].length, 1, 'the same proof, the same answer');
  assert.equal((await pc.tryLogin(answers[0].json.pin)).json.state, 'open');
  await approve(member, pc.id, proof);
  assert.notEqual((await new OutsidePc(running, member.number).tryLogin(answers[0].json.pin)).status, 200);
  const { events } = await member.app('GET', '/history');
  assert.equal(events.filter((h) => h.kind === 'token-login' && h.program === 'twenty').length, 1);
});

test('a proof for one request is shown for another, of the same member or of another: it approves neither', async () => {
  const thief = await newMember(running, other);
  const mine = new OutsidePc(running, thief.number, { program: 'harmless' }), theirs = new OutsidePc(running, member.number, { program: 'harmless' }), second = new OutsidePc(running, member.number, { program: 'second' });
  await Promise.all([mine.tryAsk(), theirs.tryAsk(), second.tryAsk()]);
  const forTheirs = member.prove(await prepared(member, theirs));
  await prepared(member, second);
  await prepared(thief, mine);
  assert.equal((await approve(member, second.id, forTheirs)).problem, 'approval-refused', 'another request of his');
  assert.equal((await approve(thief, mine.id, forTheirs)).problem, 'approval-refused', 'another member\'s proof');
  assert.equal((await approve(thief, theirs.id, forTheirs)).status, 404, 'another member\'s request');
  for (const pc of [mine, second]) assert.notEqual((await pc.state()).json.state, 'approved');
  assert.equal((await approve(member, theirs.id, forTheirs)).status, 200, 'it is good where it belongs');
});

test('a proof for what was shown first is kept, and shown after the request was made anew for another certificate: refused', async () => {
  const owner = await newMember(running, certificate);
  const cheap = owner.certificate;
  await owner.import(other);
  const pc = new OutsidePc(running, owner.number);
  await pc.tryAsk();
  const precious = owner.certificate;
  owner.certificate = cheap;
  const proof = owner.prove(await prepared(owner, pc));
  owner.certificate = precious;
  await prepared(owner, pc);
  assert.equal((await approve(owner, pc.id, proof)).problem, 'approval-refused');
  assert.notEqual((await pc.state()).json.state, 'approved');
});

test('one tab approves while the other refuses: once it was told that it is refused, nothing opens it', async () => {
  for (let round = 0; round < 25; round++) {
    if (round % 10 === 9) member = await newMember(running, certificate);
    const pc = new OutsidePc(running, member.number);
    await pc.tryAsk();
    const proof = member.prove(await prepared(member, pc));
    const [yes, no] = await Promise.all([approve(member, pc.id, proof), send(running.app, 'POST', `/api/v1/requests/${pc.id}/refuse`, { body: { not_me: false }, cookie: member.cookie })]);
    const login = await pc.tryLogin(yes.json.pin ?? '000000');
    if (no.status === 200) {
      assert.notEqual(login.status, 200, 'refused, and open');
      assert.notEqual((await pc.trySign(member.certificate)).status, 200);
    } else {
      assert.equal(login.json.state, 'open');
    }
  }
});

test('an open token is used while the owner refuses it: not one signature after he was told', async () => {
  const pc = new OutsidePc(running, member.number);
  await pc.tryAsk();
  assert.equal(await opened(member, pc), 'open');
  await member.app('POST', `/requests/${pc.id}/refuse`, { not_me: false });
  const after = await Promise.all(Array.from({ length: 10 }, () => pc.trySign(member.certificate)));
  assert.ok(after.every((a) => a.status >= 400));
});

/** The digest that an RSA signature is over. */
const digestOf = (signature, made = certificate) => publicDecrypt({ key: new X509Certificate(readFileSync(made.signCert)).publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(signature, 'base64')).subarray(-32);

test('one sign_id comes on two connections with two digests: one of them is signed, the other never', async () => {
  const owner = await newMember(running, certificate);
  for (let round = 0; round < 10; round++) {
    const pc = new OutsidePc(running, owner.number);
    await pc.tryAsk();
    assert.equal(await opened(owner, pc), 'open');
    const id = randomBytes(16), digests = [randomBytes(32), randomBytes(32)];
    const answers = await Promise.all([0, 1, 0, 1].map((i) => pc.trySign(owner.certificate, { id, digest: digests[i] })));
    const signed = new Set(answers.filter((a) => a.status === 200).map((a) => a.json.signature));
    assert.equal(signed.size, 1, answers.map((a) => a.problem ?? a.status).join());
    assert.ok(digests.some((d) => d.equals(digestOf([...signed][0]))));
    assert.equal((await pc.state()).json.signatures_left, 2, 'and it counts once');
  }
});

test('thirty signatures are asked for at once where three were approved: three are made', async () => {
  const owner = await newMember(running, certificate), pc = new OutsidePc(running, owner.number);
  await pc.tryAsk();
  assert.equal(await opened(owner, pc), 'open');
  const answers = await Promise.all(Array.from({ length: 30 }, () => pc.trySign(owner.certificate)));
  assert.equal(answers.filter((a) => a.status === 200).length, 3);
  assert.ok(answers.filter((a) => a.status !== 200).every((a) => a.problem === 'used-up'));
});

test('an approval for one certificate is used for another, or another\'s: nothing is signed', async () => {
  const owner = await newMember(running, certificate);
  const approved = owner.certificate;
  await owner.import(other);
  const precious = owner.certificate;
  owner.certificate = approved;
  const pc = new OutsidePc(running, owner.number);
  await pc.tryAsk();
  assert.equal(await opened(owner, pc), 'open');
  for (const id of [precious, member.certificate, '00'.repeat(16), 'ff'.repeat(16)]) assert.equal((await pc.trySign(id)).status, 404);
  assert.equal((await pc.trySign(approved)).status, 200);
});

test('a certificate is deleted while its token is open: no signature after it was said to be gone', async () => {
  const owner = await newMember(running, certificate), pc = new OutsidePc(running, owner.number);
  await pc.tryAsk();
  assert.equal(await opened(owner, pc), 'open');
  const asked = await owner.app('POST', `/certificates/${owner.certificate}/deletion`, {});
  const done = owner.approve(asked.id);
  const during = Promise.all(Array.from({ length: 10 }, () => pc.trySign(owner.certificate)));
  await done;
  const after = await pc.trySign(owner.certificate);
  await during;
  assert.notEqual(after.status, 200);
});

test('two persons finish joining with one number at once: one member', async () => {
  const number = newNumber(), joins = [];
  for (let i = 0; i < 2; i++) {
    const thief = new Member(running, number);
    thief.server = await thief.app('GET', '/server');
    const { join } = await thief.app('POST', '/join', { name: '김부하', birth: '9001011', phone: number, carrier: 'SKT', terms: true });
    const { challenge } = await thief.app('POST', `/join/${join}/code`, { code: await sentCode(running, number) });
    joins.push({ thief, join, challenge });
  }
  const finish = ({ thief, join, challenge }) => send(running.app, 'POST', `/api/v1/join/${join}/device`, { body: { kind: 'passkey', name: 'x', ...thief.attest(bytes(challenge)) } });
  const answers = await Promise.all([...joins, ...joins].map(finish));
  assert.equal(new Set(answers.filter((a) => a.status === 201).map((a) => a.json.member.id)).size, 1, answers.map((a) => a.problem ?? a.status).join());
  // Nor does the loser's first step help him later.
  for (const j of joins) assert.notEqual((await finish(j)).status, 201);
});

test('one registration is approved on ten connections at once: one certificate', async () => {
  const owner = await newMember(running);
  const der = readFileSync(certificate.signCert), key = readFileSync(certificate.signKey);
  const asked = await owner.app('POST', '/imports', { certificate: b64(der) });
  const ar1 = bytes(asked.ar1);
  const s = (part) => Buffer.concat([Buffer.from([part.length >> 8, part.length & 255]), part]);
  const { createHash } = await import('node:crypto');
  const sealed = await owner.seal(bytes(owner.server.hpke_key), Buffer.from('INGAM-IM1'), createHash('sha256').update(ar1).digest(),
    Buffer.concat([Buffer.from('INGAM-IM1'), s(Buffer.from(certificate.password)), s(key), s(Buffer.alloc(0))]));
  const proof = owner.prove(owner.challenge(ar1));
  const answers = await Promise.all(Array.from({ length: 10 }, () => approve(owner, asked.request.id, proof, { sealed: b64(sealed), certificate: b64(der) })));
  assert.ok(answers.some((a) => a.status === 200), answers.map((a) => a.problem ?? a.status).join());
  assert.equal((await owner.app('GET', '/certificates')).certificates.length, 1);
});
