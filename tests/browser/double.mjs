/*
 * double.mjs - a TEST DOUBLE of ingamd and its vault, for the screens alone.
 *
 * Belongs here: answers of docs/http-api.md out of memory, AR1 signed by a
 * throw-away key, the files of web/ under the real headers.
 * Not here: security. It believes every proof; it must never ship.
 *
 * start() gives {app, pc, world}: two origins, and what a test may turn:
 * world.ask(…) makes a request, world.events(name, data) tells the phone.
 */
import { createServer } from 'node:http';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../lib/service.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folders = [join(root, 'web'), join(build, 'web')];
const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json',
};
export const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; " +
  "require-trusted-types-for 'script'; trusted-types lit-html ingam";

const hex = (n = 16) => randomBytes(n).toString('hex');
const b64u = (b) => Buffer.from(b).toString('base64url');
const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const u = (n, v) => {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(v));
  return b.subarray(8 - n);
};
const s = (v) => Buffer.concat([u(2, Buffer.byteLength(v)), Buffer.from(v)]);

/** AR1 as docs/vault-protocol.md has it. params: bytes. */
export function encodeApproval({ op, mode, account, certSha256, params, issued = Date.now(), expires = Date.now() + 180000, tail = Buffer.alloc(96) }) {
  return Buffer.concat([Buffer.from('INGAM-AR1'), u(1, op), randomBytes(16), u(4, 1), u(8, issued), u(8, expires), Buffer.from(account, 'hex'), randomBytes(16),
    certSha256, u(4, 1), randomBytes(32), Buffer.alloc(16 + 32), s(''), s(''), u(1, mode), u(2, 0), u(2, params.length), params, u(2, 0), tail]);
}

export const tokenParams = (r) => Buffer.concat([u(2, r.count), u(4, r.seconds), s(r.program), s(r.machine), s(r.user)]);

class Stop extends Error {
  constructor(status, slug, more = {}) {
    super(slug);
    Object.assign(this, { status, body: { type: `urn:ingam:problem:${slug}`, status, title: slug, ...more } });
  }
}

export async function start() {
  const display = generateKeyPairSync('ed25519');
  const stranger = generateKeyPairSync('ed25519');
  const hpke = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const raw = (key, n) => key.export({ type: 'spki', format: 'der' }).subarray(-n);
  const world = {
    member: null, session: null, certificates: [], requests: [], history: [], transfers: new Map(), waiting: [], streams: new Set(), approvals: new Map(),
    pin: '482915', forge: false, devices: [], pinDevice: null, wrongPins: 0, triesLeft: 4, refusals: 0, log: [], subscription: null,
  };

  world.events = (name, data) => world.streams.forEach((r) => r.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
  world.note = (kind, more = {}) => {
    world.history.unshift({ id: hex(), at: Date.now(), kind, certificate: null, owner: '', name: more.owner ?? '', program: '', machine: '', count: 0, ...more });
    world.events('history', {});
  };
  world.ask = (more = {}) => {
    const r = { id: hex(), kind: 'token', state: 'waiting', mode: 'number', program: 'Adobe Acrobat', machine: 'DESKTOP-7QK2', user: 'kim', address: '203.0.113.24',
      certificate: null, count: 10, seconds: 60, left: 10, created: Date.now(), expires: Date.now() + 180000, ...more };
    world.requests.unshift(r);
    world.events('request', r);
    return r;
  };
  world.certificate = (more) => {
    const now = Date.now();
    const c = { id: hex(), owner: '홍길동', name: more.owner ?? '홍길동', issuer: 'yessignCA Class 2', issuer_organisation: 'yessign', issuer_text: { ko: '금융결제원', en: 'yessign' }, kind: { ko: '범용 개인', en: 'Personal, general purpose' },
      policy: '1.2.410.200005.1.1.1', serial: '02a1f3c4', not_before: now - 200 * 864e5, not_after: now + 165 * 864e5, state: 'valid', der: b64u(randomBytes(700)), created: now - 30 * 864e5, last_used: now - 864e5, uses: 12, has_km: true, ...more };
    world.certificates.push(c);
    return c;
  };
  world.change = (r, state) => {
    r.state = state;
    world.events('request', r);
  };

  const approval = (r, op, certSha256, params) => {
    const ar1 = encodeApproval({ op, mode: op === 9 ? (r.mode === 'number' ? 1 : 2) : 0, account: world.member.id, certSha256, params });
    const challenge = b64u(sha('INGAM-WA1', sha(ar1)));
    world.approvals.set(r.id, { challenge, ar1 });
    return { ar1: b64u(ar1), ar1_signature: b64u(sign(null, Buffer.concat([Buffer.from('INGAM-ARSIG1'), ar1]), (world.forge ? stranger : display).privateKey)), challenge,
      credentials: world.devices.filter((d) => d.credential).map((d) => d.credential), device: world.member.device };
  };
  const step = (x, n, state, message) => {
    if (['wrong-code', 'cancelled', 'expired', 'failed', 'done'].includes(x.state))
      throw new Stop(409, 'ended');
    Object.assign(x, { step: n, state, message });
    x.wake.splice(0).forEach((f) => f());
    world.events('transfer', view(x));
    return view(x);
  };
  const view = (x) => ({ id: x.id, step: x.step, state: x.state, message: x.message, channel: x.channel, expires: x.expires });
  const poll = async (x, query) => {
    const at = Number(query.get('step') ?? 0);
    if (x.step <= at && !['wrong-code', 'cancelled', 'expired', 'failed'].includes(x.state))
      await new Promise((resolve) => {
        x.wake.push(resolve);
        setTimeout(resolve, Math.min(25, Number(query.get('wait') ?? 0)) * 1000).unref();
      });
    return [200, view(x)];
  };
  const member = () => ({ ...world.member, devices: world.devices.map(({ credential, ...d }) => d) });
  const needSession = (ctx) => {
    if (!ctx.session)
      throw new Stop(401, 'signed-out');
  };
  const request = (id) => world.requests.find((r) => r.id === id) ?? (() => { throw new Stop(404, 'not-found'); })();
  const transfer = (id) => world.transfers.get(id) ?? (() => { throw new Stop(404, 'not-found'); })();
  const credentialOf = (attestation) => {
    const b = Buffer.from(attestation, 'base64url');
    const at = b.indexOf(Buffer.from('authData')) + 8;
    const head = b[at] === 0x58 ? 2 : 3;
    const data = b.subarray(at + head);
    return b64u(data.subarray(55, 55 + data.readUInt16BE(53)));
  };

  const app = {
    'GET /server': (c) => [200, { name: '인감', version: '0.1.0', rp_id: 'localhost', app_origin: origins.app, pc_origin: origins.pc, display_key: b64u(raw(display.publicKey, 32)),
      hpke_key: b64u(raw(hpke.publicKey, 65)), push_key: b64u(raw(hpke.publicKey, 65)), identity: 'mock', vault: 'ready', session: c.session }],
    'POST /join': (c) => {
      world.joining = { id: hex(), ...c.body };
      return [201, { join: world.joining.id, expires: Date.now() + 180000 }];
    },
    'POST /join/:id/code': (c) => {
      if (c.body.code !== '123456')
        throw new Stop(403, 'wrong-code', { tries_left: 4 });
      return [200, { challenge: b64u(randomBytes(32)), user_id: hex(), user_name: '010-****-5678', display_name: world.joining.name }];
    },
    'POST /join/:id/device': (c) => {
      const d = { id: hex(), kind: c.body.kind, name: c.body.name, added: Date.now(), push: false };
      if (c.body.kind === 'passkey')
        d.credential = credentialOf(c.body.attestation);
      world.devices.push(d);
      world.member ??= { id: hex(), name: world.joining.name, phone_tail: world.joining.phone.slice(-4), created: Date.now(), blocked_until: 0 };
      world.member.device = d.id;
      world.session = hex();
      world.note('join');
      return [201, { member: member() }, { 'Set-Cookie': `session=${world.session}; HttpOnly; SameSite=Strict; Path=/` }];
    },
    'POST /session/challenge': () => [200, { id: hex(), challenge: b64u(randomBytes(32)) }],
    'POST /session': () => {
      if (world.member === null)
        throw new Stop(403, 'approval-refused');
      world.session = hex();
      world.note('login');
      return [201, { member: member() }, { 'Set-Cookie': `session=${world.session}; HttpOnly; SameSite=Strict; Path=/` }];
    },
    'DELETE /session': () => {
      world.session = null;
      return [204];
    },
    'GET /me': (c) => [200, member(needSession(c))],
    'GET /certificates': (c) => [200, { certificates: world.certificates }, needSession(c)],
    'GET /certificates/:id': (c) => {
      const found = world.certificates.find((x) => x.id === c.id);
      if (found === undefined)
        throw new Stop(404, 'not-found');
      return [200, found];
    },
    'POST /certificates/:id/deletion': (c) => [201, world.ask({ kind: 'delete', certificate: c.id, mode: null, program: '', machine: '' })],
    'GET /requests': (c) => [200, { requests: world.requests.filter((r) => ['waiting', 'opened'].includes(r.state)) }, needSession(c)],
    'GET /requests/:id': (c) => [200, request(c.id)],
    'POST /requests/:id/approval': (c) => {
      const r = request(c.id);
      const cert = world.certificates.find((x) => x.id === (c.body.certificate ?? r.certificate));
      r.state = 'opened';
      r.certificate = cert.id;
      const der = sha(Buffer.from(cert.der, 'base64url'));
      return [200, r.kind === 'delete' ? approval(r, 11, der, s(cert.owner)) : approval(r, 9, der, tokenParams(r))];
    },
    'POST /requests/:id/approve': (c) => {
      const r = request(c.id);
      const given = world.approvals.get(r.id);
      if (c.body.client_data !== undefined && JSON.parse(Buffer.from(c.body.client_data, 'base64url')).challenge !== given.challenge)
        throw new Stop(403, 'approval-refused');
      if (c.body.sealed_pin !== undefined && world.wrongPins > 0) {
        world.wrongPins--;
        throw new Stop(403, 'wrong-pin', { tries_left: world.triesLeft });
      }
      if (r.kind === 'delete') {
        const cert = world.certificates.find((x) => x.id === r.certificate);
        world.certificates = world.certificates.filter((x) => x !== cert);
        world.change(r, 'done');
        world.note('delete', { owner: cert.owner });
        return [200, { request: r }];
      }
      if (r.kind === 'import') {
        const cert = world.certificate({ ...r.facts, der: r.der, uses: 0, last_used: null, created: Date.now() });
        world.change(r, 'done');
        if (r.transfer !== undefined)
          step(transfer(r.transfer), 5, 'done');
        world.note('import', { owner: cert.owner });
        return [200, { request: r, certificate: cert }];
      }
      world.change(r, r.mode === 'number' ? 'approved' : 'open');
      world.note('token-login', { program: r.program, machine: r.machine });
      return [200, r.mode === 'number' ? { request: r, pin: world.pin } : { request: r }];
    },
    'POST /requests/:id/refuse': (c) => {
      const r = request(c.id);
      world.change(r, c.body.not_me ? 'not-me' : 'refused');
      world.note(c.body.not_me ? 'not-me' : 'refused', { program: r.program, machine: r.machine });
      if (c.body.not_me && ++world.refusals > 1)
        world.member.blocked_until = Date.now() + 3600000;
      return [200, r];
    },
    'POST /unblock': () => {
      world.member.blocked_until = 0;
      return [204];
    },
    'GET /history': () => [200, { events: world.history, more: false }],
    'POST /transfers': () => {
      const x = { id: hex(), channel: String(10000 + Math.floor(Math.random() * 89999)), step: 1, state: 'waiting', message: null, expires: Date.now() + 300000, wake: [], secret: hex(32) };
      world.transfers.set(x.id, x);
      return [201, view(x)];
    },
    'GET /transfers/:id': (c) => poll(transfer(c.id), c.query),
    'POST /transfers/:id/answer': (c) => [200, step(transfer(c.id), 3, 'answered', c.body.message)],
    'POST /transfers/:id/end': (c) => [200, step(transfer(c.id), transfer(c.id).step, c.body.why)],
    'POST /imports': (c) => {
      const der = Buffer.from(c.body.certificate, 'base64url');
      if (world.certificates.some((x) => x.der === c.body.certificate))
        throw new Stop(409, 'certificate-exists');
      const r = world.ask({ kind: 'import', mode: null, program: '', machine: '', der: c.body.certificate, transfer: c.body.transfer, facts: { owner: world.importOwner ?? '홍길동' } });
      return [201, { request: r, ...approval(r, 10, sha(der), s(r.facts.owner)) }];
    },
    'PUT /push': (c) => {
      world.subscription = c.body;
      return [204];
    },
    'DELETE /push': () => [204],
    'POST /push/test': () => [202, {}],
  };
  const pc = {
    'POST /transfers/:id': (c) => {
      const x = [...world.transfers.values()].find((y) => y.channel === c.id && y.state === 'waiting');
      if (x === undefined)
        throw new Stop(404, 'wrong-code');
      return [201, { id: x.id, secret: x.secret }];
    },
    'POST /transfers/:id/ask': (c) => [200, step(transfer(c.id), 2, 'asked', c.body.message)],
    'GET /transfers/:id': (c) => poll(transfer(c.id), c.query),
    'POST /transfers/:id/payload': (c) => [200, step(transfer(c.id), 4, 'sent', c.body.message)],
    'POST /transfers/:id/end': (c) => [200, step(transfer(c.id), transfer(c.id).step, c.body.why)],
  };

  const find = (table, method, path) => {
    for (const [name, handle] of Object.entries(table)) {
      const [m, pattern] = name.split(' ');
      const got = new RegExp(`^${pattern.replace(':id', '([^/]+)')}$`).exec(path);
      if (m === method && got !== null)
        return { handle, id: got[1] };
    }
    return null;
  };

  const file = (path) => folders.map((f) => join(f, normalize(path === '/core/npki.wasm' && f !== folders[0] ? '/npki.wasm' : path))).find((p) => existsSync(p) && extname(p) !== '');
  const serve = (kind) => async (req, res) => {
    const url = new URL(req.url, 'http://x');
    const api = kind === 'app' ? '/api/v1' : '/rp/v1';
    const headers = { 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-cache' };
    if (url.pathname.startsWith(api)) {
      const path = url.pathname.slice(api.length);
      const session = world.session !== null && (req.headers.cookie ?? '').includes(`session=${world.session}`);
      if (path === '/events') {
        res.writeHead(session ? 200 : 401, { ...headers, 'Content-Type': session ? 'text/event-stream' : 'application/problem+json' });
        if (!session)
          return res.end('{}');
        res.write(': here\n\n');
        world.streams.add(res);
        return req.on('close', () => world.streams.delete(res));
      }
      const chunks = [];
      for await (const chunk of req)
        chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      world.log.push({ kind, method: req.method, path: url.pathname, body: text });
      const found = find(kind === 'app' ? app : pc, req.method, path);
      try {
        if (found === null)
          throw new Stop(404, 'not-found');
        const [status, body, more] = await found.handle({ id: found.id, query: url.searchParams, session, body: text === '' ? {} : JSON.parse(text) });
        res.writeHead(status, { ...headers, ...more, ...(body && { 'Content-Type': 'application/json' }) });
        res.end(body ? JSON.stringify(body) : undefined);
      } catch (e) {
        const stop = e instanceof Stop ? e : new Stop(500, 'internal', { detail: String(e) });
        if (!(e instanceof Stop))
          console.error(e);
        res.writeHead(stop.status, { ...headers, 'Content-Type': 'application/problem+json' });
        res.end(JSON.stringify(stop.body));
      }
      return undefined;
    }
    const own = kind === 'app' ? 'app' : 'www';
    const pages = kind === 'app' ? /^\/($|r\/|join$|certificates\/|history$|settings$|import$)/ : /^\/($|import$|manage$)/;
    const at = pages.test(url.pathname) ? file(`/${own}/index.html`)
      : ['/sw.js', '/manifest.webmanifest'].includes(url.pathname) && kind === 'app' ? file(`/app${url.pathname}`)
        : new RegExp(`^/(core|ui|lib|${own})/`).test(url.pathname) ? file(url.pathname) : undefined;
    res.writeHead(at === undefined ? 404 : 200, { ...headers, 'Content-Type': at === undefined ? 'text/plain' : types[extname(at)] ?? 'application/octet-stream' });
    return res.end(at === undefined ? 'not here' : readFileSync(at));
  };

  const servers = [createServer(serve('app')), createServer(serve('pc'))];
  servers.forEach((x) => x.unref()); /* a test that failed must not keep the process */
  const ports = await Promise.all(servers.map((x) => new Promise((resolve) => { x.listen(0, '127.0.0.1', () => resolve(x.address().port)); })));
  const origins = { app: `http://localhost:${ports[0]}`, pc: `http://localhost:${ports[1]}` };
  return { ...origins, world, stop: () => servers.forEach((x) => { x.closeAllConnections(); x.close(); }) };
}
