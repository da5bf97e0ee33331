// member.mjs - members and PCs without persons, for tests and load.
//
// Belongs here: the calls of docs/http-api.md, as fast as node makes them.
// Not here: measuring (bench/run.mjs). It shares nothing with src/phone: node's own
// cryptography answers the vault.
import './webcrypto.mjs';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';
import { seal } from '../../web/core/hpke.js';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const bytes = (text) => Buffer.from(text, 'base64url');
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();

/** One call; gives the parsed answer, or throws with the problem's slug. */
export function call(origin, method, path, body, headers = {}) {
  return new Promise((done, fail) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const url = new URL(path, origin);
    const q = request({
      host: '127.0.0.1', port: url.port, path: url.pathname + url.search, method, agent,
      headers: { Host: url.host, Origin: origin, ...(text && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }), ...headers },
    }, (r) => {
      let out = '';
      r.setEncoding('utf8');
      r.on('data', (t) => { out += t; });
      r.on('end', () => {
        const answer = out ? JSON.parse(out) : {};
        if (r.statusCode >= 300) return fail(Object.assign(new Error(`${method} ${path}: ${r.statusCode} ${out}`), { problem: answer.type, status: r.statusCode }));
        answer.cookie = r.headers['set-cookie']?.[0]?.split(';')[0];
        done(answer);
      });
    });
    q.on('error', fail);
    q.end(text);
  });
}

export class Member {
  constructor(running, number) {
    this.running = running;
    this.number = number;
    this.pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.credential = randomBytes(16);
  }

  app(method, path, body) {
    return call(this.running.app, method, `/api/v1${path}`, body, this.cookie && { Cookie: this.cookie });
  }

  authenticatorData(flags) {
    return Buffer.concat([sha256(this.server.rp_id), Buffer.from([flags, 0, 0, 0, 0])]);
  }

  clientData(type, challenge) {
    return Buffer.from(JSON.stringify({ type, challenge: b64(challenge), origin: this.server.app_origin, crossOrigin: false }));
  }

  async join() {
    this.server = await this.app('GET', '/server');
    const { join } = await this.app('POST', '/join', { name: '김부하', birth: '9001011', phone: this.number, carrier: 'SKT', terms: true });
    const outbox = await call(this.running.mock, 'GET', '/mock/outbox');
    const sent = outbox.filter((m) => m.phone === this.number).at(-1);
    const { challenge } = await this.app('POST', `/join/${join}/code`, { code: sent.otp });
    const answer = await this.app('POST', `/join/${join}/device`, { kind: 'passkey', name: 'bench', ...await this.attest(bytes(challenge)) });
    this.cookie = answer.cookie;
  }

  /** A new passkey; tests put other people's authenticators here and in prove(). */
  attest(challenge) {
    const { x, y } = this.pair.publicKey.export({ format: 'jwk' });
    const data = Buffer.concat([this.authenticatorData(0x45), Buffer.alloc(16), Buffer.from([0, 16]), this.credential,
      Buffer.from('a5010203262001215820', 'hex'), bytes(x), Buffer.from('225820', 'hex'), bytes(y)]);
    const attestation = Buffer.concat([Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'), Buffer.from([data.length]), data]);
    return { client_data: b64(this.clientData('webauthn.create', challenge)), attestation: b64(attestation) };
  }

  /** An assertion of the passkey. */
  prove(challenge) {
    const client = this.clientData('webauthn.get', challenge);
    const data = this.authenticatorData(0x05);
    return { credential_id: b64(this.credential), client_data: b64(client), authenticator_data: b64(data), signature: b64(sign('sha256', Buffer.concat([data, sha256(client)]), this.pair.privateKey)) };
  }

  /** What the phone answers to an approval request. */
  challenge(ar1) {
    return sha256('INGAM-WA1', sha256(ar1));
  }

  async import(certificate) {
    const der = readFileSync(certificate.signCert), key = readFileSync(certificate.signKey);
    const asked = await this.app('POST', '/imports', { certificate: b64(der) });
    const ar1 = bytes(asked.ar1);
    const s = (part) => Buffer.concat([Buffer.from([part.length >> 8, part.length & 255]), part]);
    const plain = Buffer.concat([Buffer.from('INGAM-IM1'), s(Buffer.from(certificate.password)), s(key), s(Buffer.alloc(0))]);
    const sealed = await this.seal(bytes(this.server.hpke_key), Buffer.from('INGAM-IM1'), sha256(ar1), plain);
    const done = await this.app('POST', `/requests/${asked.request.id}/approve`, { ...await this.prove(this.challenge(ar1)), sealed: b64(sealed), certificate: b64(der) });
    this.certificate = done.certificate.id;
  }

  /** Seals to the vault. */
  seal(key, info, aad, plain) {
    return seal(key, info, aad, plain);
  }

  /** Approves one request for one certificate; gives the PIN, and what was approved. */
  async approve(id) {
    const { ar1, ar1_signature } = await this.app('POST', `/requests/${id}/approval`, { certificate: this.certificate });
    const answer = await this.app('POST', `/requests/${id}/approve`, await this.prove(this.challenge(bytes(ar1))));
    return { ...answer, ar1, ar1_signature };
  }

  /** Waits until a program asks, and approves. */
  async approveNext(patience_ms = 60000) {
    for (const end = Date.now() + patience_ms; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
      const { requests } = await this.app('GET', '/requests');
      const asking = requests.find((r) => r.kind === 'token' && (r.state === 'waiting' || r.state === 'opened'));
      if (asking) return this.approve(asking.id);
    }
    throw new Error('no program asked');
  }
}

/** A program on a PC that uses the token. */
export class Pc {
  constructor(running, number, { program = 'bench', machine = 'bench' } = {}) {
    Object.assign(this, { running, number, program, machine });
    this.secret = randomBytes(32);
  }

  token(method, path, body) {
    return call(this.running.pc, method, `/rp/v1/token/requests${path}`, body, { Authorization: `Bearer ${b64(this.secret)}` });
  }

  async ask(mode = 'number') {
    this.id = (await this.token('POST', '', { phone: this.number, program: this.program, machine: this.machine, user: 'bench', mode, secret_sha256: sha256(this.secret).toString('hex') })).id;
    return this.id;
  }

  login(pin) {
    return this.token('POST', `/${this.id}/login`, pin ? { pin } : {});
  }

  sign(certificate, digest = randomBytes(32), id = randomBytes(16)) {
    return this.token('POST', `/${this.id}/signatures`, { sign_id: id.toString('hex'), certificate, mechanism: 'rsa-pkcs1', hash: 'sha256', digest: digest.toString('base64') });
  }
}

/** The whole of it: ask, notify, approve, open, sign. */
export async function approvedSignature(member, signatures = 1) {
  const pc = new Pc(member.running, member.number);
  const id = await pc.ask();
  const { pin } = await member.approve(id);
  await pc.login(pin);
  let last;
  for (let i = 0; i < signatures; i++) last = await pc.sign(member.certificate);
  return last;
}
