/*
 * approve.js - from a request to an answered approval, the same for every kind.
 *
 * Belongs here: opening AR1, the proof, sending it, asking a wrong PIN again.
 * Not here: AR1 (core/approval.js), proofs (core/device.js), screens.
 */
import { openApproval } from '../core/approval.js';
import { evidence } from '../core/device.js';
import { post, Problem } from '../core/api.js';
import { state } from '../core/store.js';
import { api, vaultKeys } from './session.js';

/** AR1 out of an answer of the server, checked. expected: {kind, certificate?: DER}. Throws Problem. */
export async function checked(answer, expected) {
  const keys = await vaultKeys();
  return openApproval(answer, keys.display, expected);
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
      return await post(`${api}/requests/${requestId}/approve`, { ...proof, ...extra });
    } catch (e) {
      if (!(e instanceof Problem) || e.slug !== 'wrong-pin' || !('sealed_pin' in proof) || e.body.tries_left === 0)
        throw e;
      problem = e;
    }
  }
}
