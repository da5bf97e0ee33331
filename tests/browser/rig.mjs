/*
 * rig.mjs - what the tests of one file stand on: a browser, and doubles of the
 * service that end with them.
 *
 * Belongs here: what is there before the first test and gone after the last.
 * Not here: pages (browser.mjs); what the double answers (double.mjs).
 */
import { after, before } from 'node:test';
import { launch } from './browser.mjs';
import { start } from './double.mjs';

const doubles = [];
export let browser;

before(async () => { browser = await launch(); });
/* Also the doubles of tests that failed on the way: an open server keeps the process. */
after(() => {
  doubles.forEach((d) => d.stop());
  return browser.close();
});

/** A double of the service with nobody in it. */
export async function double() {
  const d = await start();
  doubles.push(d);
  return d;
}
