#!/usr/bin/env node
// mock.mjs - NOT A REAL PROVIDER: a stand-in for the identity check and the
// push services, over the wire that the real ones speak. For tests and demos.
//
// Belongs here: PortOne V2 identity verification (send, resend, confirm, look
// up), a push service that checks what a real one checks (RFC 8030, 8292),
// every way to misbehave, and the outbox in which tests read what was "sent".
// Not here: anything that Ingam itself does.
//
//   node tools/mock/mock.mjs [port]     0 (the default): any free port
//
// Its first line on standard output is JSON: {"mock":true,"url":…,"secret":…,
// "channelKey":…}. What it "sends" goes to standard error. See README.md for
// the special phone numbers and push addresses.
import { createHash, createPublicKey, randomInt, verify } from 'node:crypto';
import { createServer } from 'node:http';

const secret = 'mock-secret';
const channelKey = 'mock-channel';
const bodyMax = 65536;

/** What the phone number 010-0000-00xx does instead of the ordinary. */
const special = {
  '01000000001': 'other-person',
  '01000000002': 'wrong-otp',
  '01000000003': 'silent-send',
  '01000000004': 'silent-confirm',
  '01000000005': 'silent-look-up',
  '01000000006': 'failed',
  '01000000007': 'down',
  '01000000008': 'garbage',
  '01000000009': 'too-many',
  '01000000010': 'oversize',
  '01000000011': 'other-transaction',
  '01000000012': 'stale',
  '01000000013': 'never-verified',
  '01000000014': 'lost-answer',
  '01000000015': 'other-phone',
  '01000000016': 'other-audience',
  '01000000017': 'refused',
};

const transactions = new Map();
const outbox = [];
const pushed = new Map();
const attempts = new Map();
let origin = '';

const say = (text) => process.stderr.write(`[MOCK, nothing real] ${text}\n`);
const now = () => new Date().toISOString();

function json(res, status, value, headers = {}) {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(value));
}

const fail = (res, status, type, more = {}) =>
  json(res, status, { type, message: `mock: ${type}`, ...more });

async function read(req) {
  const parts = [];
  let n = 0;
  for await (const part of req) {
    if ((n += part.length) > bodyMax) throw new Error('body too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

// --- identity -------------------------------------------------------------

/** 7 digits of a resident number → the facts in them. */
function facts(seven) {
  const kind = Number(seven[6]);
  const century = [18, 19, 19, 20, 20, 19, 19, 20, 20, 18][kind];
  return {
    birthDate: `${century}${seven.slice(0, 2)}-${seven.slice(2, 4)}-${seven.slice(4, 6)}`,
    gender: kind % 2 === 1 ? 'MALE' : 'FEMALE',
    isForeigner: kind >= 5 && kind <= 8,
  };
}

/** The same person has the same CI at all times: a digest of who it is. */
const token = (label, who, bytes) =>
  createHash('sha512').update(`${label}|${who.name}|${who.identityNumber}`)
    .digest().subarray(0, bytes).toString('base64');

function describe(t) {
  const common = {
    id: t.how === 'other-transaction' ? 'ingam-somebody-else' : t.id,
    status: t.status,
    channel: { type: 'TEST', key: channelKey, pgProvider: 'DANAL', pgMerchantId: 'mock' },
    customData: t.how === 'other-audience' ? 'someone-elses' : t.customData,
    requestedAt: t.requestedAt,
    updatedAt: t.updatedAt,
    statusChangedAt: t.updatedAt,
    version: 'V2',
  };
  if (t.status !== 'VERIFIED') {
    const c = t.customer;
    return {
      ...common,
      requestedCustomer: { name: c.name, phoneNumber: c.phoneNumber },
      ...(t.status === 'FAILED'
        ? { failure: { reason: 'mock: forced', pgCode: 'MOCK', pgMessage: 'forced' } } : {}),
    };
  }
  const who = t.how === 'other-person'
    ? { ...t.customer, name: '다른사람', identityNumber: '8001011' } : t.customer;
  return {
    ...common,
    pgTxId: `mock-${t.id}`,
    pgRawResponse: '{}',
    verifiedAt: t.how === 'stale' ? new Date(Date.now() - 3600000).toISOString() : t.verifiedAt,
    verifiedCustomer: {
      name: who.name,
      operator: t.operator,
      phoneNumber: t.how === 'other-phone' ? '01099999999' : who.phoneNumber,
      ...facts(who.identityNumber),
      ci: token('ci', who, 64),
      di: token('di', who, 48),
    },
  };
}

function dispatch(t) {
  t.otp = String(randomInt(1000000)).padStart(6, '0');
  outbox.push({ id: t.id, phone: t.customer.phoneNumber, otp: t.otp, at: now() });
  if (outbox.length > 1000) outbox.shift();
  say(`SMS to ${t.customer.phoneNumber}: the code is ${t.otp}`);
}

function sendIdentity(res, id, body) {
  const c = body.customer ?? {};
  if (body.channelKey !== channelKey) return fail(res, 404, 'CHANNEL_NOT_FOUND');
  if (typeof c.name !== 'string' || c.name === '' || !/^01\d{8,9}$/.test(c.phoneNumber ?? '') ||
      !/^\d{7}$/.test(c.identityNumber ?? '') || typeof c.ipAddress !== 'string' ||
      !/^(SKT|KT|LGU)(_MVNO)?$/.test(body.operator ?? '') || body.method !== 'SMS')
    return fail(res, 400, 'INVALID_REQUEST');
  const how = special[c.phoneNumber] ?? 'ordinary';
  if (how === 'silent-send') return undefined;
  if (how === 'down') return fail(res, 500, 'INTERNAL');
  if (how === 'garbage') return res.writeHead(200).end('<html>hello');
  if (how === 'too-many') return fail(res, 429, 'MAX_TRANSACTION_COUNT_REACHED');
  if (how === 'refused')
    return fail(res, 502, 'PG_PROVIDER', { pgCode: 'MOCK', pgMessage: 'no such subscriber' });
  if (transactions.has(id)) {
    return transactions.get(id).status === 'VERIFIED'
      ? fail(res, 409, 'IDENTITY_VERIFICATION_ALREADY_VERIFIED')
      : fail(res, 409, 'IDENTITY_VERIFICATION_ALREADY_SENT');
  }
  const t = {
    id, how, customer: c, operator: body.operator, customData: body.customData,
    status: 'READY', requestedAt: now(), updatedAt: now(),
  };
  transactions.set(id, t);
  dispatch(t);
  if (how === 'lost-answer') return res.destroy();
  return json(res, 200, {});
}

function confirmIdentity(res, t, body) {
  if (t.status === 'VERIFIED') return fail(res, 409, 'IDENTITY_VERIFICATION_ALREADY_VERIFIED');
  if (t.how === 'failed') t.status = 'FAILED';
  if (t.status === 'FAILED' || t.how === 'wrong-otp' || body.otp !== t.otp)
    return fail(res, 502, 'PG_PROVIDER', { pgCode: 'MOCK', pgMessage: 'wrong code' });
  if (t.how !== 'never-verified') {
    t.status = 'VERIFIED';
    t.verifiedAt = t.updatedAt = now();
  }
  say(`identity of ${t.customer.phoneNumber}: ${t.status}`);
  if (t.how === 'silent-confirm') return undefined;
  return json(res, 200, { identityVerification: describe(t) });
}

function lookUpIdentity(res, t) {
  if (t.how === 'silent-look-up') return undefined;
  if (t.how === 'oversize') return json(res, 200, { ...describe(t), pgRawResponse: 'x'.repeat(1 << 20) });
  return json(res, 200, describe(t));
}

async function identity(req, res, path) {
  const match = /^\/identity-verifications\/([^/]+)(?:\/(send|resend|confirm))?$/.exec(path);
  if (req.headers.authorization !== `PortOne ${secret}`) return fail(res, 401, 'UNAUTHORIZED');
  if (!match) return fail(res, 404, 'NOT_FOUND');
  const id = decodeURIComponent(match[1]);
  const verb = match[2] ?? 'look-up';
  if (req.method !== (verb === 'look-up' ? 'GET' : 'POST')) return fail(res, 405, 'INVALID_REQUEST');
  let body = {};
  if (verb === 'send' || verb === 'confirm') {
    try {
      body = JSON.parse(await read(req));
    } catch {
      return fail(res, 400, 'INVALID_REQUEST');
    }
  }
  if (verb === 'send') return sendIdentity(res, id, body);
  const t = transactions.get(id);
  if (!t)
    return fail(res, 404, verb === 'look-up'
      ? 'IDENTITY_VERIFICATION_NOT_FOUND' : 'IDENTITY_VERIFICATION_NOT_SENT');
  if (verb === 'confirm') return confirmIdentity(res, t, body);
  if (verb === 'resend') {
    dispatch(t);
    return json(res, 200, {});
  }
  return lookUpIdentity(res, t);
}

// --- push -----------------------------------------------------------------

/** What RFC 8292 lets a push service check. Returns what is wrong, or ''. */
function vapidFault(header) {
  const match = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(header ?? '');
  if (!match) return 'no vapid authorization';
  const [, head, claims, signature, k] = match;
  const point = Buffer.from(k, 'base64url');
  if (point.length !== 65 || point[0] !== 4) return 'k is not a point';
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  if (!verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'))) return 'signature';
  const { alg } = JSON.parse(Buffer.from(head, 'base64url'));
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url'));
  const life = exp - Date.now() / 1000;
  if (alg !== 'ES256') return 'alg';
  if (aud !== origin) return `aud is ${aud}`;
  if (!(life > 0 && life <= 86400)) return `exp is ${life} s away`;
  if (!/^(mailto:|https:)/.test(sub)) return 'sub';
  return '';
}

function misbehave(res, id) {
  const n = (attempts.get(id) ?? 0) + 1;
  attempts.set(id, n);
  const [how, times] = id.split('-');
  const answers = {
    gone: () => res.writeHead(410).end(),
    missing: () => res.writeHead(404).end(),
    busy: () => n <= Number(times ?? 1) && res.writeHead(429, { 'retry-after': '2' }).end(),
    flaky: () => n <= Number(times ?? 1) && res.writeHead(503).end(),
    slow: () => true,
    big: () => res.writeHead(201).end(Buffer.alloc(1 << 20)),
    redirect: () => res.writeHead(307, { location: `${origin}/push/redirected` }).end(),
    refuse: () => res.writeHead(400).end(),
    lie: () => res.writeHead(201).end(),
  };
  return Object.hasOwn(answers, how) ? Boolean(answers[how]()) : false;
}

async function push(req, res, id) {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const body = await read(req);
  const h = req.headers;
  const fault = vapidFault(h.authorization);
  if (fault !== '') {
    say(`push ${id}: refused, ${fault}`);
    return res.writeHead(403).end(fault);
  }
  if (!/^\d+$/.test(h.ttl ?? '')) return res.writeHead(400).end('TTL');
  if (h['content-encoding'] !== 'aes128gcm') return res.writeHead(415).end('encoding');
  if (body.length > 4096) return res.writeHead(413).end();
  if (h.topic !== undefined && !/^[\w-]{1,32}$/.test(h.topic)) return res.writeHead(400).end('topic');
  if (misbehave(res, id)) return undefined;
  const list = pushed.get(id) ?? [];
  // RFC 8030 section 5.4: a newer message replaces one of its topic.
  const kept = h.topic === undefined ? list : list.filter((m) => m.headers.topic !== h.topic);
  kept.push({ headers: h, body: body.toString('base64url'), at: now() });
  pushed.set(id, kept.slice(-100));
  say(`push ${id}: ${body.length} bytes, TTL ${h.ttl}, topic ${h.topic ?? 'none'}`);
  return res.writeHead(201, { location: `${origin}/mock/push/${id}`, ttl: h.ttl }).end();
}

// --- what tests ask ---------------------------------------------------------

function inspect(req, res, path) {
  const match = /^\/mock\/push\/([\w-]+)$/.exec(path);
  if (req.method === 'DELETE') {
    outbox.length = 0;
    for (const map of [transactions, pushed, attempts]) map.clear();
    return res.writeHead(204).end();
  }
  if (path === '/mock/outbox') return json(res, 200, outbox);
  if (match)
    return json(res, 200, { attempts: attempts.get(match[1]) ?? 0, messages: pushed.get(match[1]) ?? [] });
  return json(res, 404, { mock: true });
}

async function handle(req, res) {
  const path = new URL(req.url, 'http://mock').pathname;
  const endpoint = /^\/push\/([\w-]+)$/.exec(path);
  if (endpoint) return push(req, res, endpoint[1]);
  if (path.startsWith('/identity-verifications/')) return identity(req, res, path);
  return inspect(req, res, path);
}

const server = createServer((req, res) => {
  handle(req, res).catch((error) => {
    say(`${req.method} ${req.url}: ${error.message}`);
    if (!res.headersSent) res.writeHead(400).end();
  });
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ mock: true, url: origin, secret, channelKey }));
  say('This is a MOCK of identity check and push service. It proves nobody\'s identity.');
  say(`Codes that it "sends" appear here and at ${origin}/mock/outbox`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
