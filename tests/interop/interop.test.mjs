// interop.test.mjs - foreign tools from other registries, against a real service.
//
// Belongs here: PyPI packages that use the token.
// Not here: tools that Debian has (tests/system).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Phone, module, root, run, startService, tokenEnv } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-interop-'));
const python = process.env.INGAM_PYTHON ?? 'python3';
let running, phone, watch;

before(async () => {
  running = await startService();
  mkdirSync(join(running.data, 'pc'), { recursive: true });
  phone = new Phone(running);
  await phone.join();
  const { pc } = await phone.import(makeCertificate({ into: folder }));
  assert.equal(pc.code, 0, pc.out);
  watch = phone.approving(() => {});
});
after(async () => {
  await watch?.stop();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('python-pkcs11 signs, pyca/cryptography verifies: PKCS#1 and PSS', async () => {
  const { code, out } = await run(python, [join(root, 'tests/interop/pypi_token.py'), module, 'Ingam'], { env: tokenEnv(running, phone, { INGAM_LOGIN: 'push' }) });
  assert.equal(code, 0, out);
  assert.match(out, /verified/);
});
