// home.mjs - a person's home, and ingam cert run in it.
//
// Belongs here: the folder, files with passwords, running it with and without
// a terminal.
// Not here: certificates (certificate.mjs); what must be said of them
// (tests/system/cert*.test.mjs).
import { after } from 'node:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, run } from './service.mjs';
import { terminal as onTerminal } from './terminal.mjs';

/** Goes with the test file. The home is in it, and whatever else a test makes. */
export const base = mkdtempSync(join(tmpdir(), 'ingam-home-'));
after(() => rmSync(base, { recursive: true, force: true }));
export const home = join(base, 'home');
export const env = { HOME: home };
export const ko = { LC_ALL: 'ko_KR.UTF-8' };

/** The files that may have a password or a number in them. */
export const secrets = new Set();

/** A file with a password for --password-file. */
export function secret(text, name) {
  const path = join(base, name);
  secrets.add(path);
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
}
export const password = 'Canary7!Qw', another = 'Other9#Xyw';
export const right = secret(password, 'right');
export const other = secret(another, 'other');

let media = 0;
/** A medium that has nothing. */
export function medium() {
  const at = join(base, `medium-${media++}`);
  mkdirSync(at);
  return at;
}

/** more: of the environment. */
export const cert = (args, more = {}) => run(program('ingam'), ['cert', ...args], { env: { ...env, ...more } });

/** With --json, whose object is the answer. */
export async function json(args, more) {
  const done = await cert([...args, '--json'], more);
  return { ...done, answer: JSON.parse(done.stdout) };
}

/** On a terminal of its own, where these answers are typed. */
export const terminal = (args, answers, more = {}) => onTerminal([program('ingam'), 'cert', ...args], { answers, env: { ...env, ...more } });
