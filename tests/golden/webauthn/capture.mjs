#!/usr/bin/env node
/*
 * capture.mjs - has headless Chromium's virtual authenticator register and
 * assert, and writes what the page got into a JSON file: golden data of
 * another implementation for tests/unit/webauthn.
 *
 *   NODE_PATH=<folder with playwright-core> node capture.mjs > chromium.json
 *
 * Belongs here: making the file anew.
 * Not here: judging it (tests/unit/webauthn/ceremony_test.c).
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { chromium } = createRequire(import.meta.url)('playwright-core');
const origin = 'https://app.ingam.example';
const rpId = 'app.ingam.example';

/* What each case asks of the page and of the authenticator. */
const cases = [
  { name: 'ES256, attestation none', alg: -7, attestation: 'none' },
  { name: 'ES256, attestation direct', alg: -7, attestation: 'direct' },
  { name: 'ES256, synced', alg: -7, attestation: 'none', backup: true },
  { name: 'EdDSA', alg: -8, attestation: 'none' },
  { name: 'RS256', alg: -257, attestation: 'none' },
  { name: 'U2F, no verification', alg: -7, attestation: 'direct', u2f: true },
];

/* Runs in the page: one registration and two assertions. */
async function ceremony({ rpId, alg, attestation, uv }) {
  const b64 = (b) => btoa(String.fromCharCode(...new Uint8Array(b)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const random = () => crypto.getRandomValues(new Uint8Array(32));
  const challenge = random();
  const made = await navigator.credentials.create({ publicKey: {
    rp: { id: rpId, name: 'Ingam' },
    user: { id: random(), name: 'a', displayName: 'a' },
    challenge, pubKeyCredParams: [{ type: 'public-key', alg }], attestation,
    authenticatorSelection: { userVerification: uv ? 'required' : 'discouraged' },
  } });
  const assertions = [];
  for (let i = 0; i < 2; i++) {
    const c = random();
    const got = await navigator.credentials.get({ publicKey: {
      rpId, challenge: c, userVerification: uv ? 'required' : 'discouraged',
      allowCredentials: [{ type: 'public-key', id: made.rawId }],
    } });
    assertions.push({ challenge: b64(c), clientDataJSON: b64(got.response.clientDataJSON),
      authenticatorData: b64(got.response.authenticatorData), signature: b64(got.response.signature) });
  }
  const r = made.response;
  return { challenge: b64(challenge), id: b64(made.rawId), clientDataJSON: b64(r.clientDataJSON),
    attestationObject: b64(r.attestationObject), spki: b64(r.getPublicKey()),
    algorithm: r.getPublicKeyAlgorithm(), assertions };
}

/*
 * Chromium does not attest for itself, so node's crypto plays an authenticator
 * that does (packed without x5c), and that adds extensions to what it signs.
 */
function selfAttested() {
  const b64 = (b) => Buffer.from(b).toString('base64url');
  const sha = (b) => createHash('sha256').update(b).digest();
  const text = (s) => Buffer.concat([Buffer.from([0x60 + s.length]), Buffer.from(s)]);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const challenge = randomBytes(32), id = randomBytes(16);
  const client = (type, c) => Buffer.from(JSON.stringify({ type, challenge: b64(c), origin }));
  const cose = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), Buffer.from(jwk.x, 'base64url'),
    Buffer.from('225820', 'hex'), Buffer.from(jwk.y, 'base64url')]);
  const authData = Buffer.concat([sha(rpId), Buffer.from([0xc5, 0, 0, 0, 0]), Buffer.alloc(16),
    Buffer.from([0, 16]), id, cose, Buffer.from('a1', 'hex'), text('credProtect'), Buffer.from([2])]);
  const json = client('webauthn.create', challenge);
  const sig = sign('sha256', Buffer.concat([authData, sha(json)]), privateKey);
  const bytes = (b) =>
    Buffer.concat([Buffer.from(b.length > 255 ? [0x59, b.length >> 8, b.length & 255] : [0x58, b.length]), b]);
  const object = Buffer.concat([Buffer.from([0xa3]), text('fmt'), text('packed'), text('attStmt'),
    Buffer.from([0xa2]), text('alg'), Buffer.from([0x26]), text('sig'), bytes(sig),
    text('authData'), bytes(authData)]);
  const assertions = [0, 0x80].map((ed) => {
    const c = randomBytes(32), j = client('webauthn.get', c);
    const a = Buffer.concat([sha(rpId), Buffer.from([0x05 | ed, 0, 0, 0, 0]),
      Buffer.from(ed ? [0xa1, 0x61, 0x61, 0xf5] : [])]);
    return { challenge: b64(c), clientDataJSON: b64(j), authenticatorData: b64(a),
      signature: b64(sign('sha256', Buffer.concat([a, sha(j)]), privateKey)) };
  });
  return { name: 'self attestation, by node', uv: true, backup: false, challenge: b64(challenge), id: b64(id),
    clientDataJSON: b64(json), attestationObject: b64(object),
    spki: b64(publicKey.export({ type: 'spki', format: 'der' })), algorithm: -7, assertions };
}

async function capture(context, row) {
  const page = await context.newPage();
  await page.goto(origin + '/');
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: {
    protocol: row.u2f ? 'u2f' : 'ctap2', ...(row.u2f ? {} : { ctap2Version: 'ctap2_1' }),
    transport: row.u2f ? 'usb' : 'internal', hasUserVerification: !row.u2f, hasResidentKey: !row.u2f,
    isUserVerified: true, automaticPresenceSimulation: true,
    defaultBackupEligibility: row.backup === true, defaultBackupState: row.backup === true,
  } });
  const got = await page.evaluate(ceremony, { rpId, uv: !row.u2f, ...row });
  await page.close();
  return { name: row.name, uv: !row.u2f, backup: row.backup === true, ...got };
}

const profile = mkdtempSync(join(tmpdir(), 'capture-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.INGAM_CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
await context.route(origin + '/**', (route) =>
  route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>capture</title>' }));
const out = { made_by: 'Chromium ' + context.browser()?.version(), origin, rpId, cases: [] };
for (const row of cases) {
  try {
    out.cases.push(await capture(context, row));
  } catch (e) {
    console.error(`${row.name}: ${e.message.split('\n')[0]}`);
    process.exitCode = 1;
  }
}
out.cases.push(selfAttested());
await context.close();
rmSync(profile, { recursive: true, force: true });
console.log(JSON.stringify(out, null, 1));
