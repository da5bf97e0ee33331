// chance.mjs - numbers that look random and come again with the same seed.
//
// Belongs here: the one source of chance of this room.
// Not here: keys and identifiers (node:crypto draws them): they decide nothing.

/** Mulberry32: one 32-bit word of state, enough to choose by. */
export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True once in so many times. */
  oneIn(n) {
    return this.next() * n < 1;
  }

  /** One of a list. */
  of(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  /** One of [[weight, value], …]. */
  weighed(rows) {
    let at = this.next() * rows.reduce((sum, [weight]) => sum + weight, 0);
    return rows.find(([weight]) => (at -= weight) < 0)?.[1] ?? rows.at(-1)[1];
  }

  /** Another one, for somebody who draws at a pace of his own. */
  another() {
    return new Chance(Math.floor(this.next() * 2 ** 32));
  }
}
