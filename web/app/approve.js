/*
 * approve.js - from a request to an answered approval, the same for every kind.
 *
 * Belongs here: opening AR1, the proof, sending it, asking a wrong PIN again.
 * Not here: AR1 (core/approval.js), proofs (core/device.js), screens.
 */
import { openApproval } from '../core/approval.js';
import { countWrongPin, evidence, forgetWrongPins, lockOfPin } from '../core/device.js';
import { post, Problem } from '../core/api.js';
import { state } from '../core/store.js';
import { api, vaultKeys } from './session.js';

/** AR1 out of an answer of the server, checked. expected: {kind, certificate?: DER}. Throws Problem. */
export async function checked(answer, expected) {
  const keys = await vaultKeys();
  return openApproval(answer, keys.display, expected);
}

/* What came back for an app PIN: how long a lock lasts is added, and the one that locks says so. */
async function aboutPin(problem) {
  if (problem.slug === 'locked')
    return new Problem('locked', { until: (await lockOfPin()).until, ...problem.body }, problem.status);
  if (problem.slug !== 'wrong-pin')
    return problem;
  const { until, lasts } = await countWrongPin(problem.body.tries_left ?? 1);
  return until > 0 ? new Problem('locked', { until }, problem.status) : new Problem('wrong-pin', { ...problem.body, lasts }, problem.status);
}

/**
 * Answers an approval. pin: the <ingam-pin> of the screen; extra: members beside
 * the evidence. Gives the server's answer. Throws Problem.
 */
export async function answer(requestId, approval, pin, extra = {}) {
  const keys = await vaultKeys();
  let problem;
  for (;;) {
    const proof = await evidence(state.server.rp_id, keys.hpke, approval, () => pin.ask(problem));
    try {
      const done = await post(`${api}/requests/${requestId}/approve`, { ...proof, ...extra });
      if ('sealed_pin' in proof)
        await forgetWrongPins();
      return done;
    } catch (e) {
      if (!(e instanceof Problem) || !('sealed_pin' in proof))
        throw e;
      problem = await aboutPin(e);
      if (problem.slug !== 'wrong-pin')
        throw problem;
    }
  }
}
