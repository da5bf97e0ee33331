/*
 * list.h - see list.c.
 */
#pragma once

#include "token/answer.h"
#include "wire/tokenframe.h"

#include <openssl/types.h>

struct certificate;

/* The certificates that the service signs with, and their list as a frame. */
struct list {
	struct {
		uint8_t id[16];
		char id_text[ANSWER_ID + 1];
		struct certificate *certificate;
	} entries[ANSWER_CERTIFICATES];
	size_t n;
	struct buf frame; /* TOKENFRAME_OBJECTS */
};

/*
 * Makes the list: all that PKCS#11 wants to know, out of the DER. A
 * certificate that does not read is left out. Labels are made distinct, CA
 * certificates come once. l must be empty or all zero. RC_LIMIT, RC_MEMORY.
 */
IG_CHECK enum rc list_make(struct list *l, const struct answer_login *from,
    const uint8_t owner[static 16], struct err *e);
void list_clear(struct list *l);

/*
 * The service's signature as PKCS#11 wants it (ECDSA as r ‖ s), after it was
 * verified against the certificate that was asked for. RC_CRYPTO: it is not
 * that certificate's. RC_ABSENT: no such certificate. RC_FORMAT, RC_MEMORY.
 */
IG_CHECK enum rc list_check_signature(const struct list *l,
    const struct tokenframe_sign *q, struct span signature, struct buf *out,
    struct err *e);

/* How the service calls a certificate, or NULL. */
const char *list_id(const struct list *l, const uint8_t id[static 16]);
