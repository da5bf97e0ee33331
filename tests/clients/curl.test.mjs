// curl.test.mjs - docs/clients/curl.md, as its readers do it.
import { nginx } from './nginx.mjs';
import { testPage } from './page.mjs';

testPage('curl', {
  async prepare(pc) {
    const { port, stop } = await nginx(pc);
    return { env: { PORT: port }, stop };
  },
});
