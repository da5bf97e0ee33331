/*
 * call.h - one request on its way through the vault.
 *
 * Belongs here: the struct that dispatch.c fills and every verb gets.
 * Not here: the verbs.
 */
#pragma once

#include "base/rd.h"
#include "ipc/frame.h"
#include "vault/vault.h"

struct call {
	struct vault *vault;
	const struct message *message;
	uint64_t sequence;
	struct rd r;       /* the request's fields; borrows the frame */
	struct buf answer; /* the fields of an answer are appended */
	struct err err;
	uint8_t tries_left;
	bool breach; /* the fields are not what the table says: hang up */
	/*
	 * SIGN only: the journal's record of the intent is not durable yet;
	 * dispatch_finish() makes the signature when it is.
	 */
	bool to_sign;
	uint8_t sign[TABLE_ID];
};

/* Were exactly all fields read? If not, marks the breach. RC_FORMAT. */
IG_CHECK enum rc call_fields(struct call *c);
