// actor.mjs - one member, with a phone and PCs, who remembers every answer.
//
// Belongs here: what a member does; what must be true after each answer; asking
// again when none came, and that what comes then is the same.
// Not here: who is killed and when (fault.mjs); the calls (tests/lib/member.mjs).
//
// An actor does one thing at a time. A call without an answer is asked again,
// byte for byte, until there is one: so nothing stays unknown for long, and
// each fault is at the same time a test of asking again.
import { constants, createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Member, Pc, call } from '../lib/member.mjs';
import { Program, name as programName } from './program.mjs';

const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const bytes = (text) => Buffer.from(text, 'base64url');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const slug = (error) => error.problem?.replace('urn:ingam:problem:', '');

export const COUNT = 3; // signatures of one approval: token-count
const AGAIN_MS = 40; // between two tries
const LIVING_MOST = 3; // requests that wait for one member at once
const PATIENCE_MS = 15000;
const REMEMBERED = 8; // calls that may be repeated later on
const MEMORY_MS = 45000; // how long: below token-life
const STEPS = 25; // of one member's life here
const PROGRAM_MS = 60000; // a program that takes longer hangs

/** An answer that says nothing about whether the call was carried out. */
const isUnknown = (error) => error.status === undefined || error.status === 503;

/** What was promised and is not kept. */
export class Broken extends Error {}

/** When time may have changed a state by itself. */
const LIVES_MS = { waiting: 170000, approved: 170000, open: 55000 };

let numbers = Math.floor(Math.random() * 1e6) * 90;

export class Actor {
  constructor(world, chance) {
    Object.assign(this, { world, chance });
    this.forget();
    this.verified = world.faults;
  }

  forget() {
    const number = `010${String(numbers++ % 1e8).padStart(8, '0')}`;
    Object.assign(this, {
      member: new Member(this.world.running, number), joined: false,
      rows: new Map(), // what the history must hold: kind and name, {least, most} often
      certificates: new Map(), // id: {file, key, least, most}: how often it was used
      requests: [], // {pc, state}: what a PC must be told
      said: [], // {name, call, answer, at}: answers that must come again
      dead: [], // cookies that were signed out
      refusals: 0, blocked: false, steps: 0,
    });
  }

  fail(what, details) {
    throw new Broken(`${this.member.number}: ${what}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`);
  }

  /**
   * Asks until there is an answer. Gives {answer, again: whether one got lost
   * before, cut: whether the power was lost meanwhile}; throws a problem that
   * was answered, with the same marks.
   */
  async sure(name, step) {
    const cuts = this.world.cuts, end = Date.now() + PATIENCE_MS;
    for (let tries = 0; ; tries++) {
      try {
        const answer = await step();
        this.world.answers++;
        return { answer, again: tries > 0, cut: this.world.cuts !== cuts };
      } catch (error) {
        if (!isUnknown(error)) throw Object.assign(error, { again: tries > 0, cut: this.world.cuts !== cuts });
        this.world.lost++;
        if (Date.now() > end) this.fail(`${name}: no answer for ${PATIENCE_MS} ms: ${error.message}`);
        await sleep(AGAIN_MS);
      }
    }
  }

  /** The same, where no problem may come but those named: they are given as {problem}. */
  async must(name, step, allowed = []) {
    try {
      const { answer, again } = await this.sure(name, step);
      if (again) this.world.repeated++;
      return answer;
    } catch (error) {
      if (error instanceof Broken) throw error;
      if (allowed.includes(slug(error))) return { problem: slug(error) };
      return this.fail(`${name}${error.again ? ', asked again,' : ''} was refused: ${error.message}`);
    }
  }

  /** Between two calls: after a fault, everything is looked at once. */
  async boundary() {
    if (this.verified === this.world.faults) return;
    const at = this.world.faults;
    await this.verify();
    this.verified = at;
  }

  /** Does things until the world ends. */
  async live() {
    while (this.world.alive) {
      await this.boundary();
      await this.step();
      if (++this.steps > STEPS) this.retire();
    }
  }

  /** Another member takes this one's place; what was promised to this one still holds. */
  retire() {
    if (this.joined) this.world.retired.push(Object.assign(new Actor(this.world, this.chance), { ...this, said: [], requests: [] }));
    this.forget();
  }

  /** That answer must come again for a while. */
  promise(name, step, same, of) {
    this.said.push({ name, step, same, of, at: Date.now() });
    if (this.said.length > REMEMBERED) this.said.shift();
  }

  unpromise(name) {
    this.said = this.said.filter((s) => s.name !== name);
  }

  /** That happened; or, where least is 0, may have, or will. */
  row(kind, name, least = 1, most = 1) {
    const key = `${kind} ${name}`, was = this.rows.get(key) ?? { least: 0, most: 0 };
    this.rows.set(key, { least: was.least + least, most: was.most + most });
  }

  app(method, path, body) {
    return this.member.app(method, path, body);
  }

  // What a member does.

  async step() {
    if (!this.joined) return this.join();
    if (this.certificates.size === 0) return this.import();
    return this.chance.weighed([
      [12, () => this.token()],
      [2, () => this.program()],
      [this.certificates.size < 3 ? 1 : 0, () => this.import()],
      [1, () => this.delete()],
      [1, () => this.signOutAndIn()],
    ])();
  }

  async join() {
    const m = this.member;
    // Its keys are the vault's: without one there are none.
    m.server = await this.must('server', async () => {
      const server = await m.app('GET', '/server');
      return server.vault === 'ready' ? server : Promise.reject(new Error('no vault'));
    });
    const { join } = await this.must('join', () => m.app('POST', '/join', { name: '김부하', birth: '9001011', phone: m.number, carrier: 'SKT', terms: true }));
    const outbox = await call(this.world.running.mock, 'GET', '/mock/outbox');
    const { otp } = outbox.filter((s) => s.phone === m.number).at(-1);
    try {
      const { answer: { challenge } } = await this.sure('code', () => m.app('POST', `/join/${join}/code`, { code: otp }));
      const body = { kind: 'passkey', name: 'fault', ...await m.attest(bytes(challenge)) };
      const { answer } = await this.sure('device', () => m.app('POST', `/join/${join}/device`, body));
      m.cookie = answer.cookie;
    } catch (error) {
      // A challenge does not outlive the vault, a code is used once: those who
      // are not members yet begin again. Whoever is one by now can sign in.
      if (error instanceof Broken || (!error.again && !['approval-refused'].includes(slug(error)))) throw error;
      if (slug(error) !== 'not-found') return this.forget();
      this.joined = true;
      this.row('join', '');
      return this.signIn();
    }
    this.joined = true;
    this.row('join', '');
  }

  async signIn() {
    const m = this.member;
    const { id, challenge } = await this.must('challenge', () => m.app('POST', '/session/challenge', {}));
    const body = { id, ...await m.prove(bytes(challenge)) };
    const answer = await this.must('sign in', () => call(this.world.running.app, 'POST', '/api/v1/session', body));
    m.cookie = answer.cookie;
    this.row('login', '');
  }

  async signOutAndIn() {
    const cookie = this.member.cookie;
    try {
      await this.sure('sign out', () => this.app('DELETE', '/session'));
    } catch (error) {
      if (!error.again || slug(error) !== 'signed-out') throw error;
    }
    this.dead.push(cookie);
    await this.signIn();
  }

  /**
   * An approval, from the vault's question on. A power cut may make the vault
   * forget what waited: then nothing was approved, and it is asked anew.
   */
  async approve(id, more = {}, ask, allowed = []) {
    for (;;) {
      const cuts = this.world.cuts;
      const made = ask ?? await this.must('approval', () => this.app('POST', `/requests/${id}/approval`, more), allowed);
      if (made.problem) return null;
      const { ar1 } = made;
      const proof = await this.member.prove(this.member.challenge(bytes(ar1)));
      const body = ask ? { ...proof, ...await ask.more(ar1) } : proof;
      const step = () => this.app('POST', `/requests/${id}/approve`, body);
      try {
        const { answer, again } = await this.sure('approve', step);
        if (again) this.world.repeated++;
        return { answer, step };
      } catch (error) {
        if (error instanceof Broken) throw error;
        if (allowed.includes(slug(error))) return null;
        if (cuts === this.world.cuts || slug(error) !== 'not-found') this.fail(`approve${error.again ? ', asked again,' : ''} was refused: ${error.message}`);
        this.world.forgotten++;
        if (ask) return null;
      }
    }
  }

  async import() {
    const known = new Set([...this.certificates.values()].map((c) => c.file));
    const file = this.chance.of(this.world.certificates.filter((c) => !known.has(c)));
    const der = readFileSync(file.signCert), key = readFileSync(file.signKey), m = this.member;
    for (;;) {
      const asked = await this.must('import', () => this.app('POST', '/imports', { certificate: b64(der) }));
      const more = async (ar1) => {
        const s = (part) => Buffer.concat([Buffer.from([part.length >> 8, part.length & 255]), part]);
        const plain = Buffer.concat([Buffer.from('INGAM-IM1'), s(Buffer.from(file.password)), s(key), s(Buffer.alloc(0))]);
        const sealed = await m.seal(bytes(m.server.hpke_key), Buffer.from('INGAM-IM1'), createHash('sha256').update(bytes(ar1)).digest(), plain);
        return { sealed: b64(sealed), certificate: b64(der) };
      };
      const done = await this.approve(asked.request.id, {}, { ar1: asked.ar1, more });
      if (!done) continue;
      const { id } = done.answer.certificate;
      this.certificates.set(id, { file, least: 0, most: 0, key: new X509Certificate(der).publicKey });
      this.row('import', id);
      this.promise('approve an import', done.step, (a) => a.certificate?.id === id, id);
      return;
    }
  }

  async delete() {
    const id = this.chance.of([...this.certificates.keys()]);
    const asked = await this.must('deletion', () => this.app('POST', `/certificates/${id}/deletion`, {}));
    const { step } = await this.approve(asked.id);
    this.certificates.delete(id);
    this.said = this.said.filter((s) => s.of !== id && s.of?.certificate !== id);
    this.row('delete', id);
    this.promise('approve a deletion', step, (a) => a.request.state === 'done');
  }

  /**
   * A program on a PC asks; the request is seen on the phone unless it must not
   * be. Undefined: for one who never used the token from there only so many
   * may wait, and each answer that got lost on the way left one; they are
   * refused then.
   */
  async ask(machine) {
    const pc = new Pc(this.world.running, this.member.number, { program: `p${this.world.programs++}`, machine });
    await this.must('ask', () => pc.ask());
    const { requests } = await this.must('requests', () => this.app('GET', '/requests'));
    const seen = requests.some((r) => r.id === pc.id);
    const living = requests.filter((r) => r.kind === 'token');
    if (!seen && !this.blocked && living.length >= LIVING_MOST) return this.makeRoom(living);
    if (seen === this.blocked) this.fail(seen ? 'a blocked request is seen' : 'a request is not seen', { id: pc.id });
    const request = { pc, state: 'waiting', at: Date.now() };
    this.requests.push(request);
    if (this.requests.length > REMEMBERED) this.requests.shift();
    return request;
  }

  async makeRoom(living) {
    for (const { id, program } of living) {
      const { problem } = await this.must('refuse', () => this.app('POST', `/requests/${id}/refuse`, { not_me: false }), ['ended', 'expired', 'not-found']);
      if (problem !== undefined) continue;
      this.row('refused', program);
      const known = this.requests.find((r) => r.pc.id === id);
      if (known !== undefined) this.is(known, 'refused');
    }
  }

  async token() {
    const request = await this.ask('desk');
    if (request === undefined) return;
    await this.chance.weighed([
      [10, () => this.use(request)],
      [1, () => this.refuse(request)],
      [1, () => this.notMe()],
      [1, () => this.withdraw(request)],
    ])();
  }

  is(request, state) {
    Object.assign(request, { state, at: Date.now() });
  }

  async withdraw(request) {
    await this.must('withdraw', () => request.pc.token('DELETE', `/${request.pc.id}`));
    this.is(request, 'ended');
    this.said = this.said.filter((s) => s.of !== request);
  }

  async refuse(request) {
    const step = () => this.app('POST', `/requests/${request.pc.id}/refuse`, { not_me: false });
    await this.must('refuse', step);
    this.is(request, 'refused');
    this.row('refused', request.pc.program);
    this.promise('refuse', step, (a) => a.state === 'refused');
  }

  /** From a machine of its own: it is blocked for a day; twice, and all are. */
  async notMe() {
    const machine = `stranger${this.world.programs++}`;
    const request = await this.ask(machine);
    if (request === undefined) return;
    const step = () => this.app('POST', `/requests/${request.pc.id}/refuse`, { not_me: true });
    await this.must('not me', step);
    this.is(request, 'refused');
    this.row('not-me', request.pc.program);
    this.promise('not me', step, (a) => a.state === 'not-me');
    this.blocked = true;
    await this.ask(machine);
    this.blocked = ++this.refusals >= 2;
    if (!this.blocked) return;
    await this.ask('desk');
    await this.verifyMember();
    await this.must('unblock', () => this.app('POST', '/unblock', {}));
    this.blocked = false;
    this.refusals = 0;
  }

  async use(request) {
    const { pc } = request, id = this.chance.of([...this.certificates.keys()]);
    const { answer: { pin }, step } = await this.approve(pc.id, { certificate: id });
    // A newer number ends an older one.
    this.unpromise('approve');
    this.requests = this.requests.filter((r) => r.state !== 'approved');
    this.is(request, 'approved');
    request.certificate = id;
    this.promise('approve', step, (a) => a.pin === pin, request);
    await this.boundary();
    if (this.chance.oneIn(6) && (await this.guess(pc, pin)) === 'over') return this.is(request, 'ended');
    if (this.chance.oneIn(8)) return;
    const login = () => pc.login(pin);
    await this.must('open', login);
    this.unpromise('approve');
    this.is(request, 'open');
    this.row('token-login', pc.program);
    this.promise('open', login, (a) => a.certificates?.some((c) => c.id === id), request);
    await this.boundary();
    await this.signAll(request, id);
    this.unpromise('open');
    if (request.state === 'open' && this.chance.oneIn(2)) await this.withdraw(request);
  }

  /** A wrong number: one whose answer got lost was counted, or was not. */
  async guess(pc, pin) {
    const wrong = pin === '000000' ? '000001' : '000000';
    try {
      await this.sure('a wrong number', () => pc.login(wrong));
    } catch (error) {
      if (slug(error) === 'wrong-pin') return 'wrong';
      if (error.again && ['locked', 'expired'].includes(slug(error))) return 'over';
      throw error;
    }
    return this.fail('a wrong number opened');
  }

  /**
   * A program of others with the module: its helper may be killed under it. What
   * it was not told may have happened; it goes on, and asks the phone for more.
   */
  async program() {
    const count = this.chance.between(1, 2 * COUNT), id = this.chance.of([...this.certificates.keys()]);
    const certificate = this.certificates.get(id);
    const p = new Program(this.world, this.member.number, count);
    this.unpromise('approve');
    this.requests = this.requests.filter((r) => r.state !== 'approved');
    this.row('token-sign', programName, 0, count);
    certificate.most += count;
    try {
      await this.attend(p, id, certificate);
    } finally {
      await p.end();
    }
    this.world.programsRun++;
    this.world.programsFailed += p.signed.filter((s) => !s.good).length;
  }

  /** The phone beside a program, until that has ended. */
  async attend(p, id, certificate) {
    const end = Date.now() + PROGRAM_MS;
    let pin = '', approvals = 0, heard = 0;
    for (; !p.ended; await sleep(20)) {
      if (Date.now() > end) this.fail('a program hangs', { asked: p.asked, open: p.open, approvals, signed: p.signed.map((s) => s.ckr) });
      await this.boundary();
      const { requests } = await this.must('requests', () => this.app('GET', '/requests'));
      for (const r of requests.filter((q) => q.program === programName)) {
        this.row('token-login', programName, 0, 1);
        approvals++;
        const done = await this.approve(r.id, { certificate: id }, undefined, ['ended', 'expired', 'not-found']);
        pin = done?.answer.pin ?? pin;
      }
      if (p.asked) p.type(pin || '000000');
      for (; heard < p.signed.length; heard++) this.heard(p.signed[heard], certificate);
    }
    for (; heard < p.signed.length; heard++) this.heard(p.signed[heard], certificate);
    if (p.status !== 0) this.fail('a program died', { status: p.status });
    const good = p.signed.filter((s) => s.good).length;
    if (good > COUNT * approvals) this.fail('more signatures than approvals allow', { good, approvals });
  }

  /** What a program has in its hands, it was given. */
  heard({ good, text, hex }, certificate) {
    if (!good) return;
    this.checkSignature({ mechanism: 'rsa-pkcs1' }, Buffer.from(text), Buffer.from(hex, 'hex').toString('base64'), certificate.key);
    this.row('token-sign', programName, 1, 0);
    certificate.least++;
    this.world.signatures++;
  }

  async signAll(request, id) {
    const { pc } = request, certificate = this.certificates.get(id), most = this.chance.between(0, COUNT + 1);
    for (let i = 1; i <= most; i++) {
      const message = randomBytes(40);
      const body = {
        sign_id: randomBytes(16).toString('hex'), certificate: id, hash: 'sha256', digest: createHash('sha256').update(message).digest('base64'),
        ...(this.chance.oneIn(2) ? { mechanism: 'rsa-pss', salt_length: 32 } : { mechanism: 'rsa-pkcs1' }),
      };
      const step = () => pc.token('POST', `/${pc.id}/signatures`, body);
      if (i > COUNT) return this.beyond(step);
      const answer = await this.must('sign', step, ['rate-limited']);
      if (answer.problem) return this.retire();
      if (answer.signatures_left !== COUNT - i) this.fail('another count', { left: answer.signatures_left, signed: i });
      this.checkSignature(body, message, answer.signature, certificate.key);
      certificate.least++;
      certificate.most++;
      this.world.signatures++;
      this.row('token-sign', pc.program);
      if (i === COUNT) {
        this.is(request, 'ended');
        this.unpromise('open');
      }
      this.promise(`sign, ${i} of ${COUNT}, ${body.mechanism}`, step, (a) => a.signature === answer.signature && a.signatures_left === answer.signatures_left, request);
      await this.boundary();
    }
  }

  async beyond(step) {
    try {
      await this.sure('sign once more', step);
    } catch (error) {
      if (error instanceof Broken || slug(error) !== 'used-up') throw error;
      return;
    }
    this.fail('one signature more than was approved');
  }

  checkSignature({ mechanism, salt_length }, message, signature, key) {
    const padding = mechanism === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    if (!verify('sha256', message, { key, padding, saltLength: salt_length }, Buffer.from(signature, 'base64'))) this.fail('a signature is wrong', { mechanism });
  }

  // What must be true of what was answered.

  async verify() {
    if (!this.joined) return;
    for (const cookie of this.dead) {
      const { status } = await this.sure('a dead cookie', () => call(this.world.running.app, 'GET', '/api/v1/me', undefined, { Cookie: cookie })).then(() => ({ status: 200 }), (error) => error);
      if (status !== 401) this.fail('a session that was signed out lives', { status });
    }
    await this.verifyMember();
    await this.verifyAnswers();
    await this.verifyRequests();
    await this.verifyCertificates();
    await this.verifyHistory();
  }

  async verifyMember() {
    const me = await this.must('me', () => this.app('GET', '/me'));
    if (me.name !== '김부하' || me.devices.length !== 1) this.fail('the member is another', me);
    if (me.blocked_until > Date.now() !== this.blocked) this.fail(this.blocked ? 'the block is gone' : 'there is a block');
  }

  async verifyAnswers() {
    this.said = this.said.filter((s) => s.at > Date.now() - MEMORY_MS);
    for (const { name, step, same } of this.said) {
      const answer = await this.must(`${name}, once more,`, step);
      if (!same(answer)) this.fail(`${name}, once more, has another answer`, answer);
      this.world.repeated++;
    }
  }

  async verifyRequests() {
    for (const { pc, state, at } of this.requests) {
      const answer = await this.must('state', () => pc.token('GET', `/${pc.id}`));
      const same = answer.state === state || (state === 'waiting' && answer.state === 'opened');
      const over = Date.now() > at + LIVES_MS[state] && ['expired', 'ended'].includes(answer.state);
      if (!same && !over) this.fail(`a request is ${answer.state}, not ${state}`, { id: pc.id });
    }
  }

  async verifyCertificates() {
    const { certificates } = await this.must('certificates', () => this.app('GET', '/certificates'));
    this.compare('uses of certificates', new Map(certificates.map((c) => [c.id, c.uses])), this.certificates, true);
  }

  async verifyHistory() {
    const rows = new Map();
    for (let before = '', more = true; more;) {
      const page = await this.must('history', () => this.app('GET', `/history${before && `?before=${before}`}`));
      for (const e of page.events) {
        if (['expired', 'locked'].includes(e.kind)) continue; // time, and guesses that nobody was told of
        const key = `${e.kind} ${['import', 'delete'].includes(e.kind) ? e.certificate : e.program ?? ''}`;
        rows.set(key, (rows.get(key) ?? 0) + 1);
      }
      ({ more } = page);
      before = page.events.at(-1)?.id;
    }
    this.compare('history', rows, this.rows, false);
  }

  /** What is there, how often, with what must be; `all`: also what may be there no time at all. */
  compare(what, found, wanted, all) {
    const wrong = [];
    for (const [key, n] of found) {
      const want = wanted.get(key);
      if (!want || n < want.least || n > want.most) wrong.push(`${key}: ${n}, not ${want ? `${want.least} to ${want.most}` : 'any'}`);
    }
    for (const [key, { least }] of wanted) if (!found.has(key) && (all || least > 0)) wrong.push(`${key}: missing`);
    if (wrong.length > 0) this.fail(what, wrong);
  }
}
