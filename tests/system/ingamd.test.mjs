// ingamd.test.mjs - an operator starts ingamd, and something is not right.
//
// Belongs here: settings on the command line and in the file, what is said of
// them, exit codes.
// Not here: usage (usage.test.mjs); what the service does.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, run } from '../lib/service.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ingam-ingamd-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'ingamd.conf');

/** What the operator wrote, where, and the sentence about it. */
const wrong = [
  ['bogus=1', 'bogus: no such setting'],
  ['port-base=0', 'port-base: not between 1 and 65530'],
  ['port-base=x', 'port-base: not a number'],
  ['request-life=1s', 'request-life: not between 30s and 600s'],
  ['trusted-proxy=true', 'trusted-proxy: not yes or no'],
  ['identity=nobody', 'identity: not portone or mock'],
  ['log=loud', 'log: not debug, info, warn or error'],
];
const next = '"ingamd check-config" prints every setting; what it may be stands in ingamd.conf(5).';

for (const [setting, sentence] of wrong) {
  for (const verb of ['serve', 'init', 'check-config']) {
    test(`ingamd ${verb} ${setting}: the command line is named, exit 2`, async () => {
      const { code, stdout, stderr } = await run(program('ingamd'), [verb, `data=${folder}/data`, setting]);
      assert.equal(stderr, `ingamd: command line: ${sentence}.\n${next}\n`);
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });
  }
}

for (const [setting, sentence] of [['port-base = x', 'line 2: port-base: not a number'], ['colour = red', 'line 2: no such setting']]) {
  test(`a file with ${setting}: the file and the line are named, exit 3`, async () => {
    writeFileSync(file, `# mine\n${setting}\n`);
    const { code, stderr } = await run(program('ingamd'), ['serve', '-f', file]);
    assert.equal(stderr, `ingamd: ${file}: ${sentence}.\n${next}\n`);
    assert.equal(code, 3);
  });
}

test('a file that is not there: it is named, exit 3', async () => {
  const { code, stderr } = await run(program('ingamd'), ['serve', '-f', `${file}.not`]);
  assert.equal(stderr, `ingamd: ${file}.not: no such file.\nName the file after -f.\n`);
  assert.equal(code, 3);
});

test('the command line wins over the file', async () => {
  writeFileSync(file, 'port-base = 9000\nname = 도장\n');
  const { code, stdout } = await run(program('ingamd'), ['check-config', '-f', file, 'port-base=9100']);
  assert.equal(code, 0);
  assert.match(stdout, /^port-base = 9100$/m);
  assert.match(stdout, /^name = 도장$/m);
});
