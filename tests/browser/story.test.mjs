// story.test.mjs - the whole story in a headless browser against the real
// service: what `./dev run --demo` plays, as a test.
//
// Belongs here: starting it, and that it ends well.
// Not here: its steps (tools/demo.mjs).
import test from 'node:test';
import assert from 'node:assert/strict';
import { demo } from '../../tools/demo.mjs';
import { startService } from '../lib/service.mjs';

test('join, register from the page, sign with pkcs11-tool, verify, refuse, not me, delete, history', { timeout: 240000 }, async () => {
  const running = await startService();
  try {
    assert.equal(await demo(running, { quiet: true }), true);
  } finally {
    await running.stop();
  }
});
