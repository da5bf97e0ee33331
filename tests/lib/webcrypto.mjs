// webcrypto.mjs - what browsers have and Debian 12's node 18 keeps in a module.
//
// Belongs here: globalThis.crypto. Import it before anything of web/core.
// Not here: what the pages do with it (web/core).
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
