// screen.mjs - a screen that nobody sees, and hands that type a PIN into the
// windows that ask for one.
//
// Belongs here: Xvfb, xdotool.
// Not here: the PIN (page.mjs); what the windows are of (the pages' tests).
import { execFile, spawn } from 'node:child_process';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** title: what the windows are called that ask. enters: presses Enter once a
 * second besides, for boxes that are drawn into another window.
 * @returns {Promise<{display: string, watch: function, stop: function}>} */
export async function startScreen({ title, enters = false }) {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp', '-noreset', '-ac'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise((done, fail) => {
    child.once('error', fail).once('exit', () => fail(new Error('Xvfb ended')));
    child.stdio[3].setEncoding('utf8').once('data', (text) => done(text.trim()));
  });
  const display = `:${number}`;
  const hand = (...args) => new Promise((done) => {
    execFile('xdotool', args, { env: { ...process.env, DISPLAY: display } }, (error, out) => done(error ? '' : out.trim()));
  });

  /** Types what answer() gives into each window that asks. @returns what ends it */
  function watch(answer) {
    let over = false;
    const looking = (async () => {
      const seen = new Set();
      for (let idle = 0; !over; idle++, await pause(100)) {
        const window = (await hand('search', '--onlyvisible', '--name', title)).split('\n').find((id) => id !== '' && !seen.has(id));
        if (window === undefined) {
          if (enters && idle % 10 === 9) await hand('key', 'Return');
          continue;
        }
        const pin = await Promise.race([answer(), (async () => { while (!over) await pause(100); })()]);
        if (over) return;
        seen.add(window);
        await hand('windowfocus', '--sync', window, 'sleep', '0.3', 'type', '--delay', '20', `${pin}`);
        await hand('key', 'Return');
      }
    })();
    return async () => { over = true; await looking; };
  }
  return { display, watch, stop: () => child.kill() };
}
