/*
 * record.h - see record.c.
 */
#pragma once

#include "vault/vault.h"

/* Journal records: each says how one thing stands from now on. */
enum record_type {
	RECORD_ACCOUNT = JOURNAL_FREE_TYPES, /* account.c */
	RECORD_REQUEST,                      /* approval.c */
	RECORD_PROGRESS,                     /* approval.c */
	RECORD_SIGN,                         /* sign.c: the intent */
	RECORD_RESULT,                       /* sign.c */
	RECORD_DEVICE,                       /* limits.c */
	RECORD_KEY,                          /* limits.c */
	RECORD_MANY,                         /* record.c: several of these */
};

/*
 * Makes room for the body of any one record, once for a vault, before anything
 * is written: no record lacks memory later. RC_MEMORY.
 */
IG_CHECK enum rc record_reserve(struct vault *v, struct err *e);

/* The room, empty, for the body of the record that is written next. */
struct buf *record_begin(struct vault *v);

/*
 * Adds a record to the journal, gives its index (in a snapshot 0: it has been
 * given before), and empties b. A body that did not fit ends the process.
 */
uint64_t record_write(
    struct vault *v, enum record_type type, struct buf *b, bool durable);

/* A journal_reader; arg is the vault. */
journal_reader record_read;

/* Writes everything that still matters into a fresh journal. */
void record_compact(struct vault *v);
