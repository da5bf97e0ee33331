// stunnel.test.mjs - docs/clients/stunnel.md, as its readers do it.
import { nginx } from './nginx.mjs';
import { freePort, testPage } from './page.mjs';

testPage('stunnel', {
  async prepare(pc) {
    const { port, stop } = await nginx(pc);
    return { env: { PORT: port, LOCAL: String(await freePort()) }, stop };
  },
});
