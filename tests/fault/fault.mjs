// fault.mjs - ./dev fault: so many kills, so many power cuts, and the figures.
//
// Belongs here: how often, the options, what is printed.
// Not here: a fault itself (world.mjs).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificate } from '../lib/certificate.mjs';
import { Chance } from './chance.mjs';
import { Disk } from './disk.mjs';
import { LoopDisk } from './loop.mjs';
import { World } from './world.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const ACTORS = 6;
const FAULTS_OF_A_SERVICE = 40; // then a fresh one: its files stay small
const WORK_MS = 250; // most time between two faults

/**
 * `n` faults of one kind. Ends at the first promise that is not kept.
 * @returns {Promise<{faults, broken: Error[], log: string, back: number[], answers, …}>}
 */
export async function faults(kind, n, { seed, certificates, disk = Disk, fault, onFault = () => {} }) {
  const chance = new Chance(seed), sum = { kind, faults: 0, broken: [], log: '', back: [], slow: [], answers: 0, lost: 0, repeated: 0, signatures: 0, forgotten: 0, helpers: 0, programsRun: 0, programsFailed: 0, pages: 0, names: 0 };
  while (sum.faults < n && sum.broken.length === 0) {
    const world = new World({ chance, certificates, actors: ACTORS, disk: kind === 'cuts' && disk, fault });
    try {
      await world.start();
      for (let i = 0; i < FAULTS_OF_A_SERVICE && sum.faults < n && world.alive; i++) {
        await sleep(chance.between(10, WORK_MS));
        await (kind === 'cuts' ? world.cut() : world.kill());
        await world.looked();
        onFault(++sum.faults);
      }
    } catch (error) {
      world.broken.push(error);
    }
    sum.log = await world.stop();
    sum.broken.push(...world.broken);
    sum.back.push(...world.back);
    sum.slow.push(...world.slow);
    for (const name of ['answers', 'lost', 'repeated', 'signatures', 'forgotten', 'helpers', 'programsRun', 'programsFailed']) sum[name] += world[name];
    sum.pages += world.waiting.pages;
    sum.names += world.waiting.names;
  }
  return sum;
}

/** Certificates for a run, and their end. */
export function makeCertificates(n = 5) {
  const folder = mkdtempSync(join(tmpdir(), 'ingam-fault-'));
  const certificates = Array.from({ length: n }, (_, i) => makeCertificate({ into: join(folder, String(i)) }));
  return { certificates, clear: () => rmSync(folder, { recursive: true, force: true }) };
}

function figures(sum) {
  const back = [...sum.back].sort((a, b) => a - b), at = (part) => back[Math.floor((back.length - 1) * part)];
  return {
    [sum.kind]: sum.faults, broken: sum.broken.length, answers: sum.answers, signatures: sum.signatures,
    'answers lost': sum.lost, 'asked again': sum.repeated,
    'programs with the token': sum.programsRun, 'errors that they saw': sum.programsFailed,
    ...(sum.kind === 'kills' && { 'of them with the helper': sum.helpers }),
    'back ms, middle': at(0.5), 'back ms, slowest': at(1),
    ...(sum.kind === 'cuts' && { 'pages that waited': sum.pages, 'names that waited': sum.names, 'requests forgotten': sum.forgotten }),
  };
}

function options() {
  try {
    const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' }, cuts: { type: 'string', default: '50' }, seed: { type: 'string' }, broken: { type: 'string' }, loop: { type: 'boolean', default: false } } });
    const number = (name, text) => {
      if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name}: not a number: ${text}`);
      return Number(text);
    };
    return { kills: number('kills', values.kills), cuts: number('cuts', values.cuts), seed: number('seed', values.seed ?? String(Math.floor(Math.random() * 1e9))), fault: values.broken, disk: values.loop ? LoopDisk : Disk };
  } catch (error) {
    console.error(`${error.message}\nSee ./dev --help.`);
    process.exit(2);
  }
}

async function main() {
  const { kills, cuts, seed, fault, disk } = options();
  console.log(`seed ${seed}`);
  const { certificates, clear } = makeCertificates();
  let status = 0;
  for (const [kind, n] of [['kills', kills], ['cuts', cuts]]) {
    if (n === 0) continue;
    const onFault = (i) => i % 10 === 0 && process.stderr.write(`\r${kind} ${i} of ${n}`);
    const sum = await faults(kind, n, { seed, certificates, fault, disk, onFault });
    process.stderr.write('\r');
    console.log(JSON.stringify(figures(sum)));
    for (const line of sum.slow) console.log(`slow: ${line}`);
    if (sum.broken.length === 0) continue;
    status = 1;
    console.log(sum.log.split('\n').slice(-80).join('\n'));
    for (const error of sum.broken) console.log(error.stack);
  }
  clear();
  process.exit(status);
}

if (process.argv[1] && resolve(process.argv[1]) === resolve(new URL(import.meta.url).pathname)) await main();
