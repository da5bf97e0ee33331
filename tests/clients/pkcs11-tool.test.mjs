// pkcs11-tool.test.mjs - docs/clients/pkcs11-tool.md, as its readers do it.
import { testPage } from './page.mjs';

testPage('pkcs11-tool');
