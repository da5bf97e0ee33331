// nss.test.mjs - docs/clients/nss.md, as its readers do it.
import { testPage } from './page.mjs';
import { tlsServer } from './server.mjs';

testPage('nss', {
  async prepare(pc) {
    const { port, stop } = await tlsServer(pc);
    return { env: { PORT: port }, stop };
  },
});
