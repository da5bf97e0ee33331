// gnutls.test.mjs - docs/clients/gnutls.md, as its readers do it.
import { testPage } from './page.mjs';
import { tlsServer } from './server.mjs';

testPage('gnutls', {
  async prepare(pc) {
    const { port, stop } = await tlsServer(pc);
    return { env: { PORT: port }, stop };
  },
});
