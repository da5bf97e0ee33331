/*
 * josa.js - the Korean particle that fits a word as it is read aloud.
 *
 * Belongs here: final consonants of Hangul, of digits and of Latin letters.
 * Not here: sentences (i18n.js).
 */

/* How the last sound ends: 0 vowel, 1 consonant, 2 ㄹ. */
const digits = [1, 2, 0, 1, 0, 0, 1, 2, 2, 0]; /* 영 일 이 삼 사 오 육 칠 팔 구 */
const letters = { /* names of letters, for words that are spelled out */
  a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0, i: 0, j: 0, k: 0, l: 2, m: 1, n: 1,
  o: 0, p: 0, q: 0, r: 2, s: 0, t: 0, u: 0, v: 0, w: 0, x: 0, y: 0, z: 0,
};

/* How a Latin word is said in Korean: ends of words first, then the letter. */
const endings = [
  [/(ng|n|m)$/, 1], [/(m|n)e$/, 1], [/le?$/, 2], [/[^aeiou]r$/, 2], [/[ck]$/, 1], [/(ook|[aeiou]p)$/, 1],
  [/[aeiou]t$/, 1], [/.$/, 0],
];

function ending(word) {
  const text = word.replace(/[\s"'”’)\]}»」』.,!?·]+$/u, '');
  const last = text.at(-1) ?? '';
  const code = last.codePointAt(0) ?? 0;
  if (code >= 0xac00 && code <= 0xd7a3) {
    const final = (code - 0xac00) % 28;
    return final === 0 ? 0 : final === 8 ? 2 : 1;
  }
  if (/[0-9]/.test(last)) {
    const zeros = /0+$/.exec(text)?.[0].length ?? 0;
    if (zeros > 0 && /[0-9]0+$/.test(text))
      return 1; /* 십 백 천 만 억 */
    return digits[Number(last)];
  }
  const latin = /[A-Za-z]+$/.exec(text)?.[0];
  if (latin === undefined)
    return 0;
  if (latin.length === 1 || latin === latin.toUpperCase())
    return letters[last.toLowerCase()];
  return endings.find(([pattern]) => pattern.test(latin.toLowerCase()))[1];
}

const pairs = {
  을를: ['을', '를'], 이가: ['이', '가'], 은는: ['은', '는'], 과와: ['과', '와'], 이라라: ['이라', '라'],
};

/** The word with its particle. @param {string} word @param {string} particle 을를, 이가, 은는, 과와, 이라라, 으로로 */
export function withParticle(word, particle) {
  const end = ending(word);
  if (particle === '으로로')
    return word + (end === 1 ? '으로' : '로');
  const pair = pairs[particle];
  if (pair === undefined)
    throw new RangeError(`no particle ${particle}`);
  return word + pair[end === 0 ? 1 : 0];
}
