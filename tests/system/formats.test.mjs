// formats.test.mjs - key files and PKCS#12 files, with programs of other people.
//
// Belongs here: openssl, Java's keytool and NSS open what we make, and we open
// what they make. Ours is the browser's core, whose answers are those of the
// native build (tests/unit/npki/wasm.test.mjs).
// Not here: PyPinkSign (tests/interop/npki.test.mjs); single bytes of the
// formats (tests/unit/npki).
import '../lib/webcrypto.mjs';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caPubsOf } from '../lib/certificate.mjs';
import { build, root as source } from '../lib/service.mjs';
import { changePassword, load, makePfx, openKeyFile, openPfx } from '../../web/core/npki.js';

const base = mkdtempSync(join(tmpdir(), 'ingam-formats-'));
after(() => rmSync(base, { recursive: true, force: true }));
const samples = join(source, 'tests/npki-samples');
const password = /password[^`]*`([^`]+)`/i.exec(readFileSync(join(samples, 'README.md'), 'utf8'))[1];
const next = 'Wonderful#7';
const bytes = (path) => new Uint8Array(readFileSync(path));
const at = (name) => join(base, name);
const keep = (name, content) => {
  writeFileSync(at(name), content);
  return at(name);
};
const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: base });
const openssl = (...args) => run('openssl', ...args);
const missing = (command) => (spawnSync(command, [], { stdio: 'ignore' }).error ? `no ${command}` : false);

await load(readFileSync(join(build, 'web/npki.wasm')));

/* The sample's certificate and key, a kmCert and a CA, for us and for openssl. */
const certificate = bytes(join(samples, 'pypinksign/signCert.der'));
const key = bytes(join(samples, 'pypinksign/signPri.key'));
const info = bytes(join(samples, 'pypinksign/privateKeyInfo-with-R.der'));
openssl('x509', '-inform', 'DER', '-in', keep('sign.der', certificate), '-out', at('sign.pem'));
openssl('pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-in', keep('sign.p8', info), '-out', at('sign.key'));
openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', at('km.key'), '-outform', 'DER', '-out', at('km.der'),
  '-subj', '/C=KR/CN=암호용', '-utf8', '-addext', 'keyUsage=critical,keyEncipherment');
openssl('pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', at('km.key'), '-outform', 'DER', '-out', at('kmPri.key'),
  '-passout', `pass:${password}`);
openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', at('ca.key'), '-outform', 'DER', '-out', at('ca.der'),
  '-subj', '/O=KISA/CN=root');
const pairs = [{ certificate, key }, { certificate: bytes(at('km.der')), key: bytes(at('kmPri.key')) }];
const caPubs = caPubsOf(bytes(at('ca.der')));
const made = {};
for (const form of ['compatible', 'modern'])
  made[form] = keep(`${form}.p12`, await makePfx(pairs, password, next, form, caPubs));

/* The public key of a private one, as PEM. */
const publicOf = (pem) => execFileSync('openssl', ['pkey', '-pubout'], { input: pem, stdio: ['pipe', 'pipe', 'ignore'] }).toString();
const ours = publicOf(readFileSync(at('sign.key')));
const private_ = /-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----\n/g;
const public_ = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/g;

/* What opens is the sample's pair: the certificate and a key that is its own. */
async function isOurs(file, secret) {
  const opened = await openPfx(file, secret, next);
  const sign = opened.pairs.find((pair) => Buffer.from(pair.certificate).equals(certificate));
  assert.ok(sign, 'the certificate is in it');
  await openKeyFile(sign.key, next, certificate);
  return opened;
}

/* openssl does not know seed-sha1, and has SEED in its legacy provider. */
for (const form of ['pbes2-seed', 'pbes2-seed-sha256', 'pbes2-aes', 'pbes2-aria']) {
  test(`openssl pkcs8 opens a key file of form ${form}`, async () => {
    const file = await changePassword(key, password, next, form, certificate);
    const opened = openssl('pkcs8', '-provider', 'legacy', '-provider', 'default', '-inform', 'DER',
      '-in', keep('ours.key', file), '-passin', `pass:${next}`);
    assert.equal(publicOf(opened), ours);
    assert.throws(() => openssl('pkcs8', '-provider', 'legacy', '-provider', 'default', '-inform', 'DER',
      '-in', at('ours.key'), '-passin', 'pass:other'));
  });
}

for (const how of [['-v2', 'aes-128-cbc'], ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA1'], ['-v2', 'aria-256-cbc'],
  ['-v2', 'seed-cbc'], ['-v2', 'des3', '-v2prf', 'hmacWithSHA512'], ['-v1', 'PBE-SHA1-3DES'], ['-v1', 'PBE-SHA1-RC2-40'],
  ['-v1', 'PBE-SHA1-RC2-128']]) {
  test(`a key file of openssl pkcs8 ${how.join(' ')}`, async () => {
    openssl('pkcs8', '-provider', 'legacy', '-provider', 'default', '-topk8', '-inform', 'DER', '-in', at('sign.p8'), ...how,
      '-outform', 'DER', '-out', at('theirs.key'), '-passout', 'pass:theirs');
    await openKeyFile(bytes(at('theirs.key')), 'theirs', certificate);
    await assert.rejects(openKeyFile(bytes(at('theirs.key')), 'other', certificate), { code: 'RC_SECRET' });
  });
}

for (const form of ['compatible', 'modern']) {
  for (const more of [[], ['-legacy']]) {
    test(`openssl pkcs12 ${more} opens our ${form} file`, () => {
      const all = openssl('pkcs12', '-in', made[form], '-passin', `pass:${next}`, '-nodes', ...more).toString();
      assert.equal(all.match(public_).length, 3);
      assert.deepEqual(all.match(private_).map(publicOf), [ours, publicOf(readFileSync(at('km.key')))]);
      assert.match(all, /friendlyName: HKD\(KILDONG\.HONG\)009104120200225191000030/);
      const [first] = all.match(public_);
      assert.deepEqual(execFileSync('openssl', ['x509', '-outform', 'DER'], { input: first }), Buffer.from(certificate));
    });
  }

  test(`we open our ${form} file, and R is in it`, async () => {
    const opened = await isOurs(bytes(made[form]), next);
    assert.deepEqual(opened.pairs.map((pair) => pair.encryption), [false, true]);
    assert.deepEqual([opened.chain.length, Buffer.from(opened.caPubs)], [1, caPubs]);
    /* As PBES2, so that openssl can show the attribute. */
    const again = await openPfx(bytes(made[form]), next, '', 'pbes2-aes');
    const plain = openssl('asn1parse', '-inform', 'DER', '-in', keep('again.key', again.pairs[0].key)).toString();
    assert.match(plain, /PBES2/);
    const shown = openssl('pkcs12', '-in', made[form], '-passin', `pass:${next}`, '-info', '-nodes', '-legacy').toString();
    assert.match(shown, /Key Attributes[^]*1\.2\.410\.200004\.10\.1\.1\.3/);
  });
}

for (const how of [[], ['-legacy'], ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-RC2-40'],
  ['-certfile', 'ca.pem', '-name', '홍길동']]) {
  test(`we open what openssl pkcs12 -export ${how.join(' ')} makes`, async () => {
    openssl('x509', '-inform', 'DER', '-in', at('ca.der'), '-out', at('ca.pem'));
    openssl('pkcs12', '-export', '-in', at('sign.pem'), '-inkey', at('sign.key'), '-passout', 'pass:theirs', '-out',
      at('theirs.p12'), ...how);
    const opened = await isOurs(bytes(at('theirs.p12')), 'theirs');
    assert.equal(opened.chain.length, how.includes('-certfile') ? 1 : 0);
    await assert.rejects(openPfx(bytes(at('theirs.p12')), 'other'), { code: 'RC_SECRET' });
  });
}

test("a Korean client's file, opened by us and made anew for openssl", async () => {
  const opened = await isOurs(bytes(join(samples, 'pypinksign/sign.pfx')), password);
  const anew = await makePfx(opened.pairs, next, next, 'compatible', opened.caPubs);
  const all = openssl('pkcs12', '-in', keep('anew.p12', anew), '-passin', `pass:${next}`, '-nodes').toString();
  assert.equal(publicOf(all.match(private_)[0]), ours);
});

const keytool = { skip: missing('keytool') };
for (const form of ['compatible', 'modern']) {
  test(`Java's keytool opens our ${form} file and makes one of it that we open`, keytool, async () => {
    const listed = run('keytool', '-list', '-v', '-keystore', made[form], '-storetype', 'PKCS12', '-storepass', next).toString();
    assert.match(listed, /contains 2 entries/);
    assert.equal(listed.match(/Entry type: PrivateKeyEntry/g).length, 2);
    assert.match(listed, /Alias name: hkd\(kildong\.hong\)009104120200225191000030/);
    assert.match(listed, /31:B5:9A:12:13:EE:AC:63:5D:7C:7A:BD:B3:88:13:7D/);
    rmSync(at('java.p12'), { force: true });
    run('keytool', '-importkeystore', '-srckeystore', made[form], '-srcstoretype', 'PKCS12', '-srcstorepass', next,
      '-destkeystore', at('java.p12'), '-deststoretype', 'PKCS12', '-deststorepass', 'theirs', '-noprompt');
    const opened = await isOurs(bytes(at('java.p12')), 'theirs');
    assert.equal(opened.pairs.length, 2);
  });
}

for (const legacy of [false, true]) {
  test(`we open what keytool ${legacy ? 'with its old algorithms ' : ''}makes by itself`, keytool, async () => {
    rmSync(at('new.p12'), { force: true });
    run('keytool', ...(legacy ? ['-J-Dkeystore.pkcs12.legacy'] : []), '-genkeypair', '-alias', 'one', '-keyalg', 'RSA', '-keysize',
      '2048', '-dname', 'CN=one', '-storetype', 'PKCS12', '-keystore', at('new.p12'), '-storepass', 'theirs');
    const opened = await openPfx(bytes(at('new.p12')), 'theirs', next);
    assert.equal(opened.pairs.length, 1);
    await openKeyFile(opened.pairs[0].key, next, opened.pairs[0].certificate);
  });
}

const nss = { skip: missing('pk12util') || missing('certutil') };
test("NSS's pk12util opens our modern file; what it makes itself is refused with what to do", nss, async () => {
  const folder = at('nss');
  mkdirSync(folder);
  run('certutil', '-N', '-d', `sql:${folder}`, '--empty-password');
  run('pk12util', '-i', made.modern, '-d', `sql:${folder}`, '-W', next);
  const keys = run('certutil', '-K', '-d', `sql:${folder}`).toString();
  assert.equal(keys.match(/^<\s*\d+> rsa/gm).length, 2);
  assert.match(keys, /HKD\(KILDONG\.HONG\)009104120200225191000030/);
  run('pk12util', '-o', at('nss.p12'), '-n', 'HKD(KILDONG.HONG)009104120200225191000030', '-d', `sql:${folder}`, '-W', 'theirs');
  await assert.rejects(openPfx(bytes(at('nss.p12')), 'theirs'),
    { code: 'RC_FORMAT', message: /X\.690 8\.1\.3\.6.*export the file anew with another program/ });
  /* The sentence's advice holds. */
  writeFileSync(at('nss.pem'), openssl('pkcs12', '-in', at('nss.p12'), '-passin', 'pass:theirs', '-nodes', '-legacy'));
  openssl('pkcs12', '-export', '-in', at('nss.pem'), '-out', at('anew.p12'), '-passout', 'pass:theirs');
  await isOurs(bytes(at('anew.p12')), 'theirs');
});
