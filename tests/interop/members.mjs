// members.mjs - a real service with two members, one with an RSA key, one with an EC key.
//
// Belongs here: what is there before the first question and gone after the last.
// Not here: what is asked (the tests beside).
import { after, before } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../lib/service.mjs';
import { makeCertificate } from '../lib/certificate.mjs';
import { Member } from '../lib/member.mjs';

export const owner = '홍길동()0010023400506789012345';
export const folder = mkdtempSync(join(tmpdir(), 'ingam-interop-'));
/** By their kind of key, 'rsa:2048' and 'ec'; each with its certificate in `held`, its CA's in the file `ca`. */
export const members = {};
export let running;

/** For a test file that is not skipped as a whole. */
export function standUp(skip) {
  before(async () => {
    if (skip) return;
    running = await startService();
    for (const [i, key] of ['rsa:2048', 'ec'].entries()) {
      const member = new Member(running, `0102000000${i}`);
      member.held = makeCertificate({ into: join(folder, String(i)), key });
      await member.join();
      await member.import(member.held);
      member.ca = join(folder, `${i}.pem`);
      writeFileSync(member.ca, member.held.ca);
      members[key] = member;
    }
  });
  after(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
}
