// peer.mjs - a program of somebody else's language that answers JSON by lines.
//
// Belongs here: starting and ending it, one question and its answer.
// Not here: what the questions mean (tests/interop).
import { spawn } from 'node:child_process';

export class Peer {
  constructor(command, args, env) {
    this.child = spawn(command, args, { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.said = '';
    this.lines = [];
    this.err = '';
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      this.said += text;
      for (let end; (end = this.said.indexOf('\n')) >= 0; this.said = this.said.slice(end + 1)) this.lines.push(this.said.slice(0, end));
      this.wake?.();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.err += text; });
    this.child.stdin.on('error', () => {});
    this.ended = new Promise((done) => this.child.once('close', (code, signal) => {
      this.over = `ended with ${code ?? signal}\n${this.err}`;
      this.wake?.();
      done(code);
    }));
    this.child.once('error', (e) => { this.err += e.message; });
  }

  /** Its answer to one question; an answer that is an error is thrown. */
  async ask(question) {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    while (this.lines.length === 0) {
      if (this.over) throw new Error(this.over);
      await new Promise((done) => { this.wake = done; });
    }
    const answer = JSON.parse(this.lines.shift());
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  /** Ends it as its users would, by the end of the input; then by force. */
  async stop() {
    this.child.stdin.end();
    const force = setTimeout(() => this.child.kill('SIGKILL'), 20000);
    const code = await this.ended;
    clearTimeout(force);
    return code;
  }
}
