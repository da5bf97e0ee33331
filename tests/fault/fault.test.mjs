// fault.test.mjs - a few random kills and power cuts, and that a service which
// does not keep its promises is found out.
//
// Belongs here: the short run of ./dev test.
// Not here: the long one (./dev fault); kills at chosen points (tests/system).
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { faults, makeCertificates } from './fault.mjs';

const BACK_MS = 2000;
const seed = Number(process.env.INGAM_SEED ?? Math.floor(Math.random() * 1e9));
let made;

before(() => { made = makeCertificates(); });
after(() => made?.clear());

/** What was said last, for whoever has to find out why. */
const tell = (sum) => `seed ${seed}\n${sum.log.split('\n').slice(-60).join('\n')}\n${sum.broken.map((e) => e.stack).join('\n')}`;

for (const kind of ['kills', 'cuts']) {
  test(`10 ${kind} at random: nothing that was answered is lost, or happens twice, and the service is back in ${BACK_MS} ms`, async (t) => {
    const sum = await faults(kind, 10, { seed, certificates: made.certificates });
    assert.equal(sum.broken.length, 0, tell(sum));
    assert.ok(sum.signatures > 10 && sum.repeated > 10, `too little was done: ${sum.signatures} signatures`);
    // Others may be at work here: then all of it takes longer.
    const busy = Math.max(1, loadavg()[0] / cpus().length);
    assert.ok(Math.max(...sum.back) <= BACK_MS * busy, `back after ${sum.back} ms; the machine is ${busy} times busy`);
    if (kind === 'cuts') assert.ok(sum.pages > 0, 'nothing waited for the disk: the cuts cut nothing');
    t.diagnostic(`seed ${seed}: ${sum.answers} answers, ${sum.lost} lost on the way, ${sum.signatures} signatures, back in ${Math.max(...sum.back)} ms`);
  });
}

for (const [fault, what] of [
  ['db-normal', 'a database that does not sync its commits (synchronous=NORMAL)'],
  ['journal-no-sync', 'a journal of the vault that is not synced'],
]) {
  test(`${what} is found out in 10 power cuts`, async (t) => {
    const sum = await faults('cuts', 10, { seed, certificates: made.certificates, fault });
    assert.ok(sum.broken.length > 0, `seed ${seed}: nothing was missed in ${sum.faults} cuts`);
    t.diagnostic(`found after ${sum.faults + 1} cuts: ${sum.broken[0].message.split('\n')[0].slice(0, 160)}`);
  });
}
