// program.mjs - a program with the PKCS#11 module and its helper, as one member
// uses it at a PC.
//
// Belongs here: starting it, what it says, the PIN that is typed.
// Not here: the program (program.c); the phone, and what must be true (actor.mjs).
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, module, program, tokenEnv } from '../lib/service.mjs';

const path = join(build, 'tests/fault/fault-program');
export const name = basename(path);

export class Program {
  /** `pcs`: the folder of all PCs of this world; each program has one of its own. */
  constructor({ running, pcs }, number, count) {
    mkdirSync(pcs, { recursive: true });
    this.folder = mkdtempSync(join(pcs, 'pc-'));
    // Its helper says of itself whose it is: it lets nobody look into it.
    const helper = join(this.folder, 'helper');
    writeFileSync(helper, `#!/bin/bash\nexec -a '${helper}' '${program('ingam-token')}' "$@"\n`, { mode: 0o755 });
    const env = tokenEnv({ pc: running.pc, data: this.folder }, { number }, { INGAM_TOKEN_HELPER: helper });
    this.child = spawn(path, [String(count)], { env: { ...process.env, ...env, INGAM_MODULE: module }, stdio: ['pipe', 'pipe', 'ignore'] });
    Object.assign(this, { asked: false, open: false, ended: false, signed: [], logins: 0, refusals: 0 });
    let rest = '';
    this.child.stdin.on('error', () => { /* it has ended */ });
    this.child.stdout.setEncoding('utf8');
    this.child.stdout.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) this.hear(...line.split(' '));
    });
    this.gone = new Promise((done) => this.child.once('exit', (code, signal) => {
      this.ended = true;
      this.status = signal ?? code;
      done();
    }));
  }

  hear(word, ckr, hex) {
    if (word === 'session') this.asked = true;
    else if (word === 'login') this.heardLogin(ckr === '0');
    else if (word === 'signed') this.signed.push({ good: ckr === '0', ckr, hex, text: `fault ${this.signed.length + 1}` });
  }

  /** Whoever typed a number that did not help looks at the phone, and types again. */
  heardLogin(good) {
    this.open = good;
    this.asked = !good;
  }

  type(pin) {
    this.asked = false;
    this.child.stdin.write(`${pin}\n`);
  }

  /** Whether it has ended by itself or not: nothing of it is left. */
  async end() {
    if (!this.ended) this.child.kill('SIGKILL');
    await this.gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}
