/*
 * handover.js - one transfer of a certificate, from the PC's page to the phone.
 *
 * Belongs here: the order of messages on both sides (docs/http-api.md).
 * Not here: CPace (cpace.js), the code (code.js), the frame (transfer.js), screens.
 */
import { Problem, get, post } from './api.js';
import { channelOf, formatCode, newCode, parseCode } from './code.js';
import { CONFIRM_LENGTH, Cpace } from './cpace.js';
import { concat, fromB64u, fromHex, toB64u } from './ids.js';
import { openFiles, sealFiles } from './transfer.js';

const patience = 25;
const ends = ['wrong-code', 'cancelled', 'expired', 'failed'];

const cpace = (digits, id) => new Cpace({
  code: digits, label: 'INGAM-IMPORT1', channel: channelOf('import', digits), sid: fromHex(id),
});

/** Thrown when the other side, or time, has ended a transfer: .state of the interface. */
export class Ended extends Error {
  constructor(state) {
    super(state);
    this.state = state;
  }
}

/* Waits until the transfer is at a step. A lost line is tried again until time is over. */
async function reach(base, id, step, { secret, signal, until }) {
  for (;;) {
    try {
      const now = await get(`${base}/${id}?step=${step - 1}&wait=${patience}`, { secret, signal, timeout: (patience + 10) * 1000 });
      if (ends.includes(now.state))
        throw new Ended(now.state);
      if (now.step >= step)
        return now;
    } catch (e) {
      if (!(e instanceof Problem) || !['offline', 'vault-unavailable', 'server-error'].includes(e.slug))
        throw e;
      await new Promise((resolve) => { setTimeout(resolve, 1500); });
    }
    if (until !== undefined && Date.now() > until + 5000)
      throw new Ended('expired');
  }
}

/** The phone's side. */
export class Receiving {
  #stop = new AbortController();

  /** Asks for a channel and draws the rest of the code. */
  static async begin(base) {
    const given = await post(base);
    const own = new Receiving();
    own.base = base;
    own.id = given.id;
    own.expires = given.expires;
    own.digits = newCode('import', given.channel);
    own.text = formatCode('import', own.digits);
    return own;
  }

  #reach(step) {
    return reach(this.base, this.id, step, { signal: this.#stop.signal, until: this.expires });
  }

  /** Runs to the files. onAsked: the PC has typed a code. Gives transfer.js's files. */
  async files(onAsked) {
    const asked = await this.#reach(2);
    onAsked();
    const run = cpace(this.digits, this.id);
    try {
      await post(`${this.base}/${this.id}/answer`, { message: toB64u(run.answer(fromB64u(asked.message))) });
    } catch (e) {
      throw await this.#spoilt(e);
    }
    const sent = await this.#reach(4);
    try {
      const payload = fromB64u(sent.message);
      const keys = run.confirm(payload.slice(0, CONFIRM_LENGTH));
      return await openFiles(keys.toResponder, payload.slice(CONFIRM_LENGTH));
    } catch (e) {
      throw await this.#spoilt(e);
    }
  }

  /* One wrong guess ends a code. */
  async #spoilt(e) {
    if (e instanceof Problem || e instanceof Ended)
      return e;
    console.warn(e);
    await this.end('wrong-code');
    return new Ended('wrong-code');
  }

  async end(why) {
    await post(`${this.base}/${this.id}/end`, { why }).catch(() => {});
  }

  /** Stops waiting; tells the other side. */
  cancel() {
    this.#stop.abort();
    return this.end('cancelled');
  }
}

/** The PC's side. */
export class Sending {
  #stop = new AbortController();

  /** Takes up a code that was typed. Throws Problem `wrong-code` when there is no such channel. */
  static async begin(base, digits) {
    const given = await post(`${base}/${channelOf('import', digits)}`);
    const own = new Sending();
    Object.assign(own, { base, id: given.id, secret: given.secret, digits });
    return own;
  }

  #reach(step) {
    return reach(this.base, this.id, step, { secret: this.secret, signal: this.#stop.signal });
  }

  /** The exchange that proves the code on both sides. Ended('wrong-code') when it does not. */
  async prove() {
    const run = cpace(this.digits, this.id);
    await post(`${this.base}/${this.id}/ask`, { message: toB64u(run.start()) }, { secret: this.secret });
    const answered = await this.#reach(3);
    try {
      Object.assign(this, run.finish(fromB64u(answered.message)));
    } catch (e) {
      console.warn(e);
      await this.end('wrong-code');
      throw new Ended('wrong-code');
    }
  }

  /** Sends the files, sealed. */
  async send(files) {
    const frame = await sealFiles(this.keys.toResponder, files);
    try {
      await post(`${this.base}/${this.id}/payload`, { message: toB64u(concat(this.confirm, frame)) }, { secret: this.secret });
    } catch (e) {
      const now = await get(`${this.base}/${this.id}?step=0&wait=0`, { secret: this.secret });
      throw ends.includes(now.state) ? new Ended(now.state) : e;
    }
  }

  /** Waits for the phone's 등록 완료. */
  async done() {
    await this.#reach(5);
  }

  async end(why) {
    await post(`${this.base}/${this.id}/end`, { why }, { secret: this.secret }).catch(() => {});
  }

  cancel() {
    this.#stop.abort();
    return this.end('cancelled');
  }
}

/** The digits of what a person typed, or null: not 13, or a slip that the check digit shows. */
export function readCode(text) {
  try {
    return parseCode('import', text);
  } catch {
    return null;
  }
}
