// pfx.mjs - PKCS#12 files that no program makes for us.
//
// Belongs here: two files as one, a file without a password or a MAC.
// Not here: ordinary ones (openssl makes them), our own encoder.
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** DER: the elements in bytes, and one of them made. */
function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const long = bytes[at + 1] > 127 ? bytes[at + 1] & 127 : 0;
    const n = long === 0 ? bytes[at + 1] : bytes.readUIntBE(at + 2, long);
    const from = at + 2 + long;
    found.push({ whole: bytes.subarray(at, from + n), body: bytes.subarray(from, from + n) });
    at = from + n;
  }
  return found;
}
const element = (tag, ...parts) => {
  const body = Buffer.concat(parts), n = body.length;
  return Buffer.concat([Buffer.from([tag, ...n < 128 ? [n] : n < 65536 ? [0x82, n >> 8, n & 255] : [0x83, n >> 16, n >> 8 & 255, n & 255]]), body]);
};

/** RFC 7292 B.2 with SHA-1, for the key of a MAC; word null: no password, which is not an empty one. */
function macKey(word, salt, iterations) {
  const fill = (bytes) => Buffer.alloc(Math.ceil(bytes.length / 64) * 64, bytes);
  const wide = word === null ? [] : [fill(Buffer.from(`${word}\0`, 'utf16le').swap16())];
  let key = Buffer.concat([Buffer.alloc(64, 3), fill(salt), ...wide]);
  for (let i = 0; i < iterations; i++) key = createHash('sha1').update(key).digest();
  return key;
}

/** The parts of a file whose MAC is of SHA-1. */
function taken(bytes) {
  const [version, info, mac] = elements(elements(bytes)[0].body);
  const [oid, content] = elements(info.body);
  return { version, oid, mac, contents: elements(content.body)[0].body };
}

/** The parts of a file with other contents, and with the MAC of these. */
function sealed({ version, oid, mac }, contents, word) {
  const [digest, salt, iterations] = elements(mac.body);
  const [algorithm] = elements(digest.body);
  const value = createHmac('sha1', macKey(word, salt.body, iterations.body.readUIntBE(0, iterations.body.length))).update(contents).digest();
  return element(0x30, version.whole, element(0x30, oid.whole, element(0xa0, element(4, contents))), element(0x30, element(0x30, algorithm.whole, element(4, value)), salt.whole, iterations.whole));
}

/** What is in two PKCS#12 files of one password (--form compatible) as one. */
export function joined(a, b, word) {
  const parts = [a, b].map((file) => taken(readFileSync(file)));
  return sealed(parts[0], element(0x30, ...parts.flatMap(({ contents }) => elements(elements(contents)[0].body).map(({ whole }) => whole))), word);
}

/** A file whose password is empty as one that has none: of PBES2, for which both are the same, and with a MAC of SHA-1. */
export function withoutPassword(bytes) {
  const parts = taken(bytes);
  return sealed(parts, parts.contents, null);
}

/** A file with its MAC left out. */
export function withoutMac(bytes) {
  const [version, info] = elements(elements(bytes)[0].body);
  return element(0x30, version.whole, info.whole);
}
