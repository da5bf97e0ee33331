// openssl.test.mjs - docs/clients/openssl.md, as its readers do it.
import { testPage } from './page.mjs';
import { tlsServer } from './server.mjs';

testPage('openssl', {
  async prepare(pc) {
    const { port, stop } = await tlsServer(pc);
    return { env: { PORT: port }, stop };
  },
});
