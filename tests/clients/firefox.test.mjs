// firefox.test.mjs - docs/clients/firefox.md, as its readers do it, on a screen
// that nobody sees.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nginx } from './nginx.mjs';
import { testPage } from './page.mjs';

testPage('firefox', {
  async prepare(pc) {
    const { port, old, stop } = await nginx(pc);
    // The profile of somebody who trusts the site.
    const profile = join(pc.home, '.mozilla/firefox/abcdefgh.default-esr');
    mkdirSync(profile, { recursive: true });
    execFileSync('certutil', ['-N', '-d', `sql:${profile}`, '--empty-password']);
    execFileSync('certutil', ['-A', '-d', `sql:${profile}`, '-n', 'test server', '-t', 'C,,', '-i', join(pc.work, 'ca.pem')]);
    return { env: { PORT: port, OLD: old }, stop };
  },
  person: true,
  windows: { title: 'Password Required' },
});
