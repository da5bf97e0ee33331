/*
 * zip.js - a few small files with their folders as one ZIP file, for browsers
 * that write into no folder.
 *
 * Belongs here: writing it (APPNOTE 6.3, stored, names in UTF-8).
 * Not here: reading one; compression, which sealed keys do not yield to.
 */
const encoder = new TextEncoder();
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++)
    c = c & 1 ? c >>> 1 ^ 0xedb88320 : c >>> 1;
  return c;
});
const crc32 = (bytes) => ~bytes.reduce((c, b) => table[(c ^ b) & 255] ^ c >>> 8, -1) >>> 0;

/* Little-endian numbers: [bytes, value]. */
function numbers(...all) {
  const out = new Uint8Array(all.reduce((n, [size]) => n + size, 0));
  let at = 0;
  for (const [size, value] of all)
    for (let i = 0; i < size; i++)
      out[at++] = value >>> 8 * i;
  return out;
}

const utf8Names = 0x0800;
/* Made on Unix, version 2.0: unzip takes names of DOS, which 0 would be, for a Korean or American code page whatever the flag says. */
const madeBy = 3 << 8 | 20;
/* A plain file that its owner alone reads and writes. */
const attributes = 0o100600 * 0x10000;
const dosDate = (d) => (d.getFullYear() - 1980) << 9 | d.getMonth() + 1 << 5 | d.getDate();
const dosTime = (d) => d.getHours() << 11 | d.getMinutes() << 5 | d.getSeconds() >> 1;

/**
 * @param {Record<string, Uint8Array>} files by path, with / between folders
 * @param {Date} [now]
 * @returns {Blob}
 */
export function zipOf(files, now = new Date()) {
  const body = [];
  const list = [];
  let at = 0;
  for (const [path, bytes] of Object.entries(files)) {
    const name = encoder.encode(path);
    /* Version 2.0, for folders; what both headers have. */
    const facts = numbers([2, 20], [2, utf8Names], [2, 0], [2, dosTime(now)], [2, dosDate(now)], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]);
    body.push(numbers([4, 0x04034b50]), facts, name, bytes);
    list.push(numbers([4, 0x02014b50], [2, madeBy]), facts, numbers([2, 0], [2, 0], [2, 0], [4, attributes], [4, at]), name);
    at += 4 + facts.length + name.length + bytes.length;
  }
  const size = list.reduce((n, part) => n + part.length, 0);
  const count = Object.keys(files).length;
  return new Blob([...body, ...list, numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, at], [2, 0])], { type: 'application/zip' });
}
