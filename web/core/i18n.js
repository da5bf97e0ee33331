/*
 * i18n.js - the sentences of the pages, in the language of the person.
 *
 * Belongs here: choosing the language, filling sentences in, dates and numbers.
 * Not here: the sentences (i18n/ko.json, i18n/en.json), particles (josa.js).
 *
 * A sentence may hold {name}, or {name:을를} for a name followed by the particle
 * that fits. A value of the catalogue may be {one, other}: chosen by `count`.
 */
import { withParticle } from './josa.js';

export const languages = ['ko', 'en'];
const changed = new EventTarget();
let catalogue = {};
let language = 'ko';
let plural = new Intl.PluralRules('ko');

export const lang = () => language;

/** Calls f when the language has changed. Gives the function that ends it. */
export function onLanguage(f) {
  changed.addEventListener('change', f);
  return () => changed.removeEventListener('change', f);
}

/** The first of the person's languages that we speak; Korean where none is. */
export function preferred(kept, wanted = navigator.languages ?? []) {
  if (languages.includes(kept))
    return kept;
  return wanted.map((w) => w.slice(0, 2)).find((w) => languages.includes(w)) ?? 'ko';
}

const catalogues = new Map();

async function catalogueOf(l) {
  if (!catalogues.has(l))
    catalogues.set(l, await (await fetch(`/core/i18n/${l}.json`)).json());
  return catalogues.get(l);
}

export async function setLanguage(to) {
  catalogue = await catalogueOf(to);
  language = to;
  plural = new Intl.PluralRules(to);
  document.documentElement.lang = to;
  changed.dispatchEvent(new Event('change'));
}

/** Fills a sentence in. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)(?::([^}]+))?\}/g, (all, name, particle) => {
    const value = values[name];
    if (value === undefined)
      return all;
    return particle === undefined ? String(value) : withParticle(String(value), particle);
  });
}

/** All that can be said in any language, as one text: for a page that has to have it, and its letters, beforehand. */
export const sentences = async () => JSON.stringify(await Promise.all(languages.map(catalogueOf)));

export const has = (key) => Object.hasOwn(catalogue, key);

/** The sentence for key. @param {string} key @param {Record<string, string|number>} [values] */
export function t(key, values = {}) {
  let found = catalogue[key];
  if (found === undefined) {
    console.error(`no sentence for ${key} in ${language}`);
    return key;
  }
  if (typeof found === 'object')
    found = found[plural.select(Number(values.count))] ?? found.other;
  return fill(found, values);
}

const format = (ms, options) => new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', options).format(ms);

/* A date and an hour are read as one word each, and do not break in two. */
const whole = (text) => text.replace(/\s/g, '\u00a0');

export const date = (ms) => whole(format(ms, { year: 'numeric', month: language === 'ko' ? 'numeric' : 'short', day: 'numeric' }));
export const clock = (ms) => whole(format(ms, { hour: language === 'ko' ? 'numeric' : '2-digit', minute: '2-digit' }));
export const dateTime = (ms) => `${date(ms)}${language === 'ko' ? '' : ','} ${clock(ms)}`;
/** A mobile number of digits alone; it does not break in two at its hyphens. */
export const phoneNumber = (digits) => digits.replace(/^(\d{3})(\d+)(\d{4})$/, '$1\u2060-\u2060$2\u2060-\u2060$3');
/** A moment of the next hours: the time alone, with the day where it is not today. Empty for what never comes. */
export const soon = (ms) => !Number.isFinite(ms) ? '' : new Date(ms).toDateString() === new Date().toDateString() ? clock(ms) : dateTime(ms);
export const dayHeading = (ms) => format(ms, language === 'ko'
  ? { month: 'long', day: 'numeric', weekday: 'short' } : { weekday: 'short', day: 'numeric', month: 'long' });

/** "2:05" of a number of milliseconds; never below zero. */
export function minutes(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}
