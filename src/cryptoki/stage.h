/*
 * stage.h - see stage.c, stage_key.c.
 */
#pragma once

#include "cryptoki/stored.h"
#include "npki/pkinfo.h"

/* A certificate and its key, as they come from files. Borrows. */
struct stage_pair {
	struct span der;
	const struct certinfo *info; /* of der */
	const struct pkinfo *key;
};

/* What is on the token under STORED_STAGED, and can be taken back. */
struct stage {
	uint8_t id[STORED_ID];
	size_t id_n;
	unsigned long object[STORED_PARTS]; /* 0: none */
	bool made[STORED_PARTS];            /* by us, just now */
};

/*
 * Makes a certificate, its public and private key and R on the token, the
 * certificate last; all under a label that says that it is not finished. What
 * the token has of this key already is used, not made again. After a failure
 * all of it is taken back; what the token then keeps, stage_settle() finds.
 * RC_LIMIT: the token is full. RC_UNKNOWN: it does not take such a key.
 * RC_POLICY: write-protected; RC_IO.
 */
IG_CHECK enum rc stage_put(const struct login *l, const struct stage_pair *pair,
    struct stage *out, struct err *e);

/* Takes back what stage_put() made. */
IG_CHECK enum rc stage_undo(
    const struct login *l, const struct stage *s, struct err *e);

/* The label of what is finished: owner and serial number. */
void stage_label(const struct certinfo *info, char out[static STORED_LABEL]);

/* Gives them that label. RC_POLICY, RC_UNKNOWN: the token changes none. */
IG_CHECK enum rc stage_finish(const struct login *l,
    const unsigned long object[static STORED_PARTS],
    const struct certinfo *info, struct err *e);

/*
 * What an interrupted copy has left on the token: whole certificates are
 * finished, parts without a whole are taken away. *changed: list is not true
 * any more.
 */
IG_CHECK enum rc stage_settle(const struct login *l,
    const struct stored_list *list, bool *changed, struct err *e);
