/*
 * call.h - one request on its way through the vault.
 *
 * Belongs here: the struct that dispatch.c fills and every verb gets.
 * Not here: the verbs.
 */
#pragma once

#include "base/rd.h"
#include "ipc/frame.h"
#include "ipc/message.h"
#include "vault/sign_key.h"
#include "vault/vault.h"

/* A signature while it is made: all that this takes, and what came of it. */
struct call_signature {
	struct sign_key *key; /* held; NULL: nothing is to be made */
	struct signature_algorithm algorithm;
	uint8_t digest[MESSAGE_DIGEST_MAX];
	size_t digest_n;
	struct buf made;
	enum rc rc;
};

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
	 * SIGN only: the journal's record of the intent is not durable yet; the
	 * signature is made when it is.
	 */
	bool to_sign;
	uint8_t sign[TABLE_ID];
	struct call_signature signature;
};

/* Were exactly all fields read? If not, marks the breach. RC_FORMAT. */
IG_CHECK enum rc call_fields(struct call *c);
