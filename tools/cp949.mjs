// cp949.mjs - makes src/npki/cp949.def from the codec that Python has.
//   node tools/cp949.mjs > src/npki/cp949.def
//
// Belongs here: the layout of the two tables.
// Not here: reading them (src/npki/cp949.c), comparing them with another
// codec, iconv's (tests/unit/npki/cp949_test.c).
import { execFileSync } from 'node:child_process';

/* All cells of two bytes: [lead, trail, code point]. */
const cells = JSON.parse(execFileSync('python3', ['-c', `
import json
cells = []
for lead in range(0x81, 0xff):
    for trail in range(0x41, 0xff):
        try:
            cells.append([lead, trail, ord(bytes([lead, trail]).decode('cp949'))])
        except UnicodeDecodeError:
            pass
print(json.dumps(cells))`], { encoding: 'utf8' }));

const isHangul = (point) => point >= 0xac00 && point <= 0xd7a3;
const isSquare = ([lead, trail]) => lead >= 0xa1 && trail >= 0xa1; // KS X 1001
const wanted = (test, what) => {
  if (!test)
    throw new Error(`Python's cp949 is not what cp949.c expects: ${what}`);
};

/* Both kinds of Hangul stand in the order of Unicode, so one bit a syllable says which kind. */
const square = cells.filter((cell) => isSquare(cell) && isHangul(cell[2]));
const more = cells.filter((cell) => !isSquare(cell));
for (const list of [square, more])
  wanted(list.every((cell, i) => isHangul(cell[2]) && (i === 0 || cell[2] > list[i - 1][2])), 'Hangul in order');
wanted(square.length === 2350 && more.length === 8822, 'all syllables');
const bits = new Uint8Array(Math.ceil(11172 / 8));
for (const [, , point] of square)
  bits[(point - 0xac00) >> 3] |= 1 << (point - 0xac00) % 8;

/* The other rows of the square of 94 by 94. */
const others = cells.filter((cell) => isSquare(cell) && !isHangul(cell[2]));
const rows = new Map();
for (const [lead, trail, point] of others) {
  wanted(point <= 0xffff, 'all in the BMP');
  if (!rows.has(lead))
    rows.set(lead, new Array(94).fill(0));
  rows.get(lead)[trail - 0xa1] = point;
}
const leads = [...rows.keys()];
wanted(leads.every((lead) => lead <= 0xac || (lead >= 0xca && lead <= 0xfd)) && leads.length === 64, 'rows A1..AC, CA..FD');

const hex = (values, digits) => {
  const lines = [];
  for (let i = 0; i < values.length; i += 10)
    lines.push('\t' + [...values.slice(i, i + 10)].map((v) => `0x${v.toString(16).padStart(digits, '0')},`).join(' '));
  return lines.join('\n');
};

console.log(`/*
 * cp949.def - CP949 as data; made by tools/cp949.mjs.
 */
/* clang-format off */

/* Bit n: syllable U+AC00 + n stands in the square (KS X 1001). */
static const uint8_t hangul[] = {
${hex(bits, 2)}
};

/* Leads A1 to AC and CA to FD, trails A1 to FE; 0 is no character. */
static const uint16_t square[] = {
${leads.map((lead) => `\t/* ${lead.toString(16).toUpperCase()} */\n${hex(rows.get(lead), 4)}`).join('\n')}
};`);
