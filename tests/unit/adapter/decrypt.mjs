// decrypt.mjs - the browser's end of a push message, by somebody else's
// implementation (npm http_ece, by the author of RFC 8291).
//
//   node decrypt.mjs make                         prints a new subscription's
//                                                 secrets as JSON
//   node decrypt.mjs open 'SECRETS' < BODY64URL   prints the plaintext
//
// Exits 77 when http_ece is not installed.
//
// Belongs here: keys, and opening.
// Not here: what it is asked (webpush_test.c).
import { createECDH, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const ece = await import('http_ece').then((m) => m.default, () => process.exit(77));
const ecdh = createECDH('prime256v1');

if (process.argv[2] === 'make') {
  ecdh.generateKeys();
  console.log(JSON.stringify({
    private: ecdh.getPrivateKey('base64url'),
    p256dh: ecdh.getPublicKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }));
} else {
  const secrets = JSON.parse(process.argv[3]);
  ecdh.setPrivateKey(secrets.private, 'base64url');
  const body = Buffer.from(readFileSync(0, 'utf8').trim(), 'base64url');
  process.stdout.write(ece.decrypt(body, {
    version: 'aes128gcm', privateKey: ecdh, authSecret: secrets.auth,
  }));
}
