/*
 * frame.h - see frame.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"
#include "ipc/message.h"

struct frame_request {
	const struct message *message;
	uint64_t sequence;
	struct rd fields; /* borrows the frame */
};

struct frame_answer {
	const struct message *message;
	uint64_t sequence;
	enum rc rc;
	struct rd fields;   /* of RC_OK; borrows the frame */
	struct span reason; /* else: one English sentence */
	uint8_t tries_left; /* of RC_SECRET and RC_LOCKED, else 0 */
};

/*
 * Reads a request's head. RC_FORMAT: too short, an answer, another version,
 * no such verb, or more or fewer bytes than the table allows.
 */
IG_CHECK enum rc frame_parse_request(
    struct span in, struct frame_request *out, struct err *e);

/* Reads an answer. As frame_parse_request(); RC_FORMAT also for no such code. */
IG_CHECK enum rc frame_parse_answer(
    struct span in, struct frame_answer *out, struct err *e);

/* Empties b and writes the head of a request; the fields are appended. */
void frame_request(struct buf *b, enum message_verb verb, uint64_t sequence);

/* Empties b and writes the head of an answer that says RC_OK. */
void frame_answer(struct buf *b, enum message_verb verb, uint64_t sequence);

/* Empties b and writes a whole answer that says no. */
void frame_failure(struct buf *b, enum message_verb verb, uint64_t sequence,
    const struct err *why, enum rc rc, uint8_t tries_left);
