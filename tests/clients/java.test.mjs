// java.test.mjs - docs/clients/java.md, as its readers do it.
import { testPage } from './page.mjs';

testPage('java', {
  // Starts in half the time; nothing here runs for long.
  prepare: async () => ({ env: { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' } }),
});
