// java.test.mjs - docs/clients/java.md, as its readers do it.
import { testPage } from './page.mjs';

testPage('java');
