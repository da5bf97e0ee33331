// terminal.mjs - a program as a person sees it: on a terminal of its own.
//
// Belongs here: starting it, answering what it asks.
// Not here: programs in a pipe (service.mjs, run); what a test wants of them.
import { spawn } from 'node:child_process';

/**
 * Runs words on a terminal; each question is answered with the next of `answers`,
 * or what that gives where it is a function: what goes on while somebody is asked.
 * `columns` is how wide the terminal says that it is.
 * @returns {Promise<{code: number, stdout: string}>} stdout is all that stood there
 */
export function terminal(words, { env = {}, answers = [], columns = 200 } = {}) {
  // The shell in between would complain of a locale that the machine has not.
  const given = Object.entries({ LC_ALL: 'C.UTF-8', ...env }).map(([name, value]) => `${name}=${value}`);
  const quoted = ['env', ...given, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns}; ${quoted}`, '/dev/null'], { env: { ...process.env, TERM: 'xterm' }, timeout: 30000 });
  return new Promise((done) => {
    let stdout = '', asked = 0;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      for (const questions = stdout.match(/: (?=$|\r)/gm)?.length ?? 0; asked < questions && asked < answers.length; asked++) child.stdin.write(`${typeof answers[asked] === 'function' ? answers[asked]() : answers[asked]}\n`);
    });
    child.on('close', (code) => done({ code, stdout: stdout.replaceAll('\r', '') }));
  });
}
