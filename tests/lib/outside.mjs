// outside.mjs - what somebody outside has: connections from any address, raw
// bytes, a clock. He knows the documents, and not one secret.
//
// Belongs here: sending what no client of ours would, and comparing answers.
// Not here: honest members and PCs (member.mjs); what is attacked (tests/attack).
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { Member, Pc, call } from './member.mjs';
import { startService } from './service.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** The limits of an installation, where service.mjs has set them aside. */
export const presets = ['request-hour-limit=10', 'request-day-limit=20', 'address-burst=20', 'address-per-minute=60'];

/** A service that believes X-Forwarded-For: an attacker there has any address he likes. */
export const startBehindProxy = (settings = []) => startService(['trusted-proxy=yes', ...settings]);

/** A phone number that nobody else in this test has. */
let last = Math.floor(Math.random() * 1e7) * 10;
export const newNumber = () => `010${String(++last).padStart(8, '0')}`;

/**
 * One request, and all of its answer. body: an object is sent as JSON, text as
 * it is. from: the client's address, of loopback or for a trusted proxy.
 * @returns {Promise<{status: number, headers: Record<string, string>, text: string, json?: any, problem?: string}>}
 */
export function send(origin, method, path, { body, headers = {}, from, via, cookie, bearer, type = 'application/json', own = true, timeout = 60000 } = {}) {
  return new Promise((done, fail) => {
    const text = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const url = new URL(origin);
    const q = request({
      host: '127.0.0.1', port: url.port, path, method, agent, localAddress: from, timeout,
      headers: { Host: url.host, ...(own && { Origin: origin }), ...(text !== undefined && { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }),
        ...(via && { 'X-Forwarded-For': via }), ...(cookie && { Cookie: cookie }), ...(bearer && { Authorization: `Bearer ${bearer}` }), ...headers },
    }, (r) => {
      let out = '';
      r.setEncoding('utf8');
      r.on('data', (t) => { out += t; });
      r.on('end', () => {
        let json;
        try { json = JSON.parse(out); } catch { /* not JSON */ }
        done({ status: r.statusCode, headers: r.headers, text: out, json, problem: /^urn:ingam:problem:(.+)$/.exec(json?.type ?? '')?.[1] });
      });
      r.on('error', fail);
    });
    q.on('error', fail);
    q.on('timeout', () => q.destroy(new Error('no answer')));
    q.end(text);
  });
}

/**
 * What stays of an answer when all that differs each time is taken out:
 * identifiers, times, and the fields that say when it was sent.
 */
export function shapeOf(answer) {
  const { date, ...headers } = answer.headers;
  return { status: answer.status, headers,
    text: answer.text.replace(/[0-9a-f]{32}/g, '<id>').replace(/\b1[0-9]{12}\b/g, '<time>').replace(/[A-Za-z0-9_-]{43}/g, '<bytes>') };
}

/** Bytes on a socket of one's own; gives what came back until it ends, or until `until` has come. */
export function raw(origin, bytes, { patience = 20000, until, from } = {}) {
  return new Promise((done) => {
    const s = connect({ port: Number(new URL(origin).port), host: '127.0.0.1', localAddress: from });
    let got = '';
    const timer = setTimeout(() => s.destroy(), patience);
    s.setEncoding('latin1');
    s.on('data', (t) => {
      got += t;
      if (until?.(got)) s.destroy();
    });
    s.on('error', () => {});
    s.on('close', () => {
      clearTimeout(timer);
      done(got);
    });
    s.write(bytes);
  });
}

/** The status lines of what came back on a raw connection. */
export const statuses = (got) => [...got.matchAll(/HTTP\/1\.1 (\d+) /g)].map((m) => Number(m[1]));

export const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** How well one list is told from the other by its size: 0.5 not at all, 0 or 1 always. */
export function auc(a, b) {
  let wins = 0;
  for (const x of a) for (const y of b) wins += x > y ? 1 : x === y ? 0.5 : 0;
  return wins / a.length / b.length;
}

/**
 * Times calls, each kind as often, in an order that changes every round.
 * @param {Record<string, () => Promise<any>>} kinds
 * @returns {Promise<Record<string, number[]>>} microseconds
 */
export async function timed(kinds, rounds, warm = 10) {
  const times = Object.fromEntries(Object.keys(kinds).map((k) => [k, []]));
  for (let i = 0; i < rounds + warm; i++) {
    const order = Object.keys(kinds).map((k) => [Math.random(), k]).sort(([a], [b]) => a - b);
    for (const [, k] of order) {
      const start = process.hrtime.bigint();
      await kinds[k]();
      if (i >= warm) times[k].push(Number(process.hrtime.bigint() - start) / 1e3);
    }
  }
  return times;
}

/** A member; with a certificate of his own where one is given. */
export async function newMember(running, certificate) {
  const member = new Member(running, newNumber());
  await member.join();
  if (certificate) await member.import(certificate);
  return member;
}

/** A program on a PC at an address. What a stranger says of himself is his to choose. */
export class OutsidePc extends Pc {
  constructor(running, number, { from, via, program = 'bench', machine = 'bench', user = 'bench', mode = 'number' } = {}) {
    super(running, number);
    Object.assign(this, { from, via, names: { program, machine, user }, mode });
  }

  get bearer() { return this.secret.toString('base64url'); }

  send(method, path, body) {
    return send(this.running.pc, method, `/rp/v1/token/requests${path}`, { body, from: this.from, via: this.via, bearer: this.bearer });
  }

  /** Asks; gives the answer, whatever it is. */
  async tryAsk(more = {}) {
    const { createHash } = await import('node:crypto');
    const answer = await this.send('POST', '', { phone: this.number, ...this.names, mode: this.mode, secret_sha256: createHash('sha256').update(this.secret).digest('hex'), ...more });
    this.id = answer.json?.id;
    return answer;
  }

  state() { return this.send('GET', `/${this.id}`); }
  tryLogin(pin) { return this.send('POST', `/${this.id}/login`, pin === undefined ? {} : { pin }); }
  trySign(certificate, { id = randomBytes(16), digest = randomBytes(32) } = {}) {
    return this.send('POST', `/${this.id}/signatures`, { sign_id: id.toString('hex'), certificate, mechanism: 'rsa-pkcs1', hash: 'sha256', digest: digest.toString('base64') });
  }
}

/** Six digits that are not these. */
export const wrongPin = (pin, n = 1) => String((Number(pin) + n) % 1000000).padStart(6, '0');

/** What the mock identity provider "sent" to a number last. */
export async function sentCode(running, number) {
  const outbox = await call(running.mock, 'GET', '/mock/outbox');
  return outbox.filter((m) => m.phone === number).at(-1)?.otp;
}

/** Waits for a condition. */
export async function eventually(what, check, patience = 30000) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((done) => setTimeout(done, 25))) {
    const got = await check();
    if (got) return got;
  }
  throw new Error(`never: ${what}`);
}
