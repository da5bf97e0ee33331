/*
 * lane.h - see lane.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "phone/kept.h"
#include "phone/phone.h"

#include <openssl/types.h>

struct lane;
struct lanes;

/* A member's phone, joined and with a certificate. */
struct lane_phone {
	struct lanes *all;
	struct phone phone;
	char number[16];
	char certificate[33];
	char cookie[192];   /* the header's line */
	struct kept app;    /* its calls */
	struct kept events; /* its event stream */
	struct lane *lane;  /* who has it now, NULL: nobody */
};

/* What all lanes share: the caller fills the first part, and zeroes the rest. */
struct lanes {
	struct kept_origin app, pc;
	struct lane_phone *phones;
	size_t n, lanes;         /* there are no more lanes than phones */
	EVP_PKEY *key;           /* of the certificate, RSA */
	const char *certificate; /* base64, as a PC is told it */
	unsigned int signatures; /* an approval */
	bool events; /* a phone learns of a request from its event stream */

	size_t next;      /* phone */
	size_t left;      /* approvals to begin */
	size_t failed;    /* approvals */
	size_t done;      /* approvals, with all their signatures */
	int64_t *took_us; /* of each that was done, room for all */
};

/* Opens every phone's event stream, and waits until all of them run. RC_IO. */
IG_CHECK enum rc lane_listen(struct lanes *l, struct err *e);

/*
 * Asks, approves and signs `approvals` times, in all lanes at once. What fails
 * is counted, and the first few are told on standard error. RC_MEMORY.
 */
IG_CHECK enum rc lane_run(struct lanes *l, size_t approvals, struct err *e);

/* Closes what was opened. */
void lane_clear(struct lanes *l);
