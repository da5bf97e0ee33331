// chromium.test.mjs - docs/clients/chromium.md, as its readers do it, on a
// screen that nobody sees.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginx } from './nginx.mjs';
import { testPage } from './page.mjs';

testPage('chromium', {
  async prepare(pc) {
    const { port, old, stop } = await nginx(pc);
    // The database of somebody who trusts the site.
    const database = join(pc.home, '.pki/nssdb');
    mkdirSync(database, { recursive: true });
    execFileSync('certutil', ['-N', '-d', `sql:${database}`, '--empty-password']);
    execFileSync('certutil', ['-A', '-d', `sql:${database}`, '-n', 'test server', '-t', 'C,,', '-i', join(pc.work, 'ca.pem')]);
    // Its sandbox may want more than a test's machine gives.
    const bin = join(pc.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'chromium'), '#!/bin/sh\nexec /usr/bin/chromium --no-sandbox --no-first-run --disable-gpu "$@"\n', { mode: 0o755 });
    return { env: { PORT: port, OLD: old, PATH: `${bin}:${pc.env.PATH}` }, stop };
  },
  person: true,
  windows: { title: 'Unlock Security Device', enters: true },
});
