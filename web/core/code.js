/**
 * code.js - the codes that people carry from one screen to another; twin of
 * src/pake/code.c.
 *
 * Belongs here: drawing, reading and writing 12 and 13 digits, their check
 * digit. Not here: what a code protects (cpace.js).
 */

/** @typedef {'transfer' | 'import'} CodeKind */

/** @type {Record<CodeKind, {channel: number, digits: number, groups: number[]}>} */
const kinds = {
  transfer: { channel: 4, digits: 12, groups: [4, 4, 4] },
  import: { channel: 5, digits: 13, groups: [5, 4, 4] },
};
const secretDigits = 7;

/** The text is no code: `slip` when only its check digit is wrong. */
export class CodeError extends Error {
  /** @param {string} message @param {boolean} slip */
  constructor(message, slip) {
    super(message);
    this.slip = slip;
  }
}

/**
 * ISO/IEC 7064 MOD 11,10 (hybrid).
 * @param {string} digits
 * @returns {string} the check digit
 */
export function checkDigit(digits) {
  let p = 10;
  for (const d of digits)
    p = ((p + Number(d)) % 10 || 10) * 2 % 11;
  return String((11 - p) % 10);
}

/** How many digits of a kind are the channel. @param {CodeKind} kind */
export const channelDigits = (kind) => kinds[kind].channel;

/** @returns {string} n digits, each equally likely */
function randomDigits(/** @type {number} */ n) {
  let out = '';
  while (out.length < n) {
    const [b] = crypto.getRandomValues(new Uint8Array(1));
    if (b < 250)
      out += b % 10;
  }
  return out;
}

/**
 * Draws a code for a channel.
 * @param {CodeKind} kind
 * @param {string} channel its digits
 * @returns {string} all digits
 */
export function newCode(kind, channel) {
  if (channel.length !== kinds[kind].channel || !/^[0-9]+$/.test(channel))
    throw new CodeError(`channel is not ${kinds[kind].channel} digits`, false);
  const digits = channel + randomDigits(secretDigits);
  return digits + checkDigit(digits);
}

/**
 * Reads what a person typed: digits, with spaces and hyphens anywhere.
 * @param {CodeKind} kind
 * @param {string} text
 * @returns {string} all digits
 */
export function parseCode(kind, text) {
  const digits = text.replace(/[ -]/g, '');
  if (digits.length !== kinds[kind].digits || !/^[0-9]+$/.test(digits))
    throw new CodeError(`not ${kinds[kind].digits} digits`, false);
  if (checkDigit(digits.slice(0, -1)) !== digits.slice(-1))
    throw new CodeError('a digit is mistyped', true);
  return digits;
}

/** As people read it: groups with hyphens. @param {CodeKind} kind @param {string} digits */
export function formatCode(kind, digits) {
  let at = 0;
  return kinds[kind].groups.map((n) => digits.slice(at, at += n)).join('-');
}

/** The public digits. @param {CodeKind} kind @param {string} digits */
export const channelOf = (kind, digits) => digits.slice(0, kinds[kind].channel);
