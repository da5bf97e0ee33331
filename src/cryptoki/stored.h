/*
 * stored.h - see stored.c, stored_random.c.
 */
#pragma once

#include "base/buf.h"
#include "base/sec.h"
#include "cryptoki/login.h"
#include "npki/certinfo.h"

#define STORED_MAX   64  /* certificates of a token */
#define STORED_ID    64  /* bytes of a CKA_ID; any hash fits */
#define STORED_LABEL 256 /* of a CKA_LABEL, with its zero */

/* The label of what is not finished (stage.c). */
#define STORED_STAGED "Ingam: being copied"

/* What belongs to a certificate, tied together by CKA_ID. */
enum stored_part {
	STORED_CERTIFICATE,
	STORED_PUBLIC,
	STORED_PRIVATE,
	STORED_RANDOM, /* R */
	STORED_PARTS,
};

/* A certificate on a token. */
struct stored {
	uint8_t id[STORED_ID];
	size_t id_n;
	char label[STORED_LABEL];           /* UTF-8 fit for display */
	bool staged;                        /* STORED_STAGED is its label */
	unsigned long object[STORED_PARTS]; /* 0: not there, or not seen */
	struct buf der;
	bool readable;        /* der is a certificate */
	struct certinfo info; /* what it says, if readable; borrows from der */
};

struct stored_list {
	struct stored *at;
	size_t n;
	bool cut; /* there were more than STORED_MAX */
};

/*
 * Lists the certificates of a token, by owner and serial number. Private keys and R show only after
 * login_enter(). Free with stored_clear(), also after a failure. RC_IO,
 * RC_MEMORY.
 */
IG_CHECK enum rc stored_list(
    const struct login *l, struct stored_list *out, struct err *e);

void stored_clear(struct stored_list *list);

static inline struct span
stored_id(const struct stored *s)
{
	return (struct span){ s->id, s->id_n };
}

/*
 * R of a certificate (KCAC.TS.SIVID): PKINFO_R bytes into out. RC_ABSENT: none
 * is there. RC_FORMAT: something else is.
 */
IG_CHECK enum rc stored_r(const struct login *l, const struct stored *s,
    struct sec *out, struct err *e);

/*
 * Takes a certificate and what belongs to it from the token: the private key
 * first, so that all is there where the token refuses that, and the certificate
 * last, so that what is left after a failure still shows in a list. What
 * another certificate of the list also needs stays. RC_POLICY: the token
 * forbids it; RC_IO.
 */
IG_CHECK enum rc stored_remove(const struct login *l,
    const struct stored_list *list, const struct stored *s, struct err *e);
