// register.test.mjs - docs/clients/register.md, as its readers do it. p11-kit
// reads no files of root's own.
import { testPage } from './page.mjs';

testPage('register', { person: true });
