/*
 * ocsp.h - see ocsp.c.
 */
#pragma once

#include "base/buf.h"
#include "x509/certificate.h"

#define OCSP_MAX       65536 /* bytes of an answer */
#define OCSP_ASK_MAX   4096  /* bytes of a question */
#define OCSP_NONCE_MAX 128   /* RFC 9654 2.1 */
#define OCSP_SKEW_MS   (5LL * 60 * 1000)

enum ocsp_state {
	OCSP_GOOD,
	OCSP_REVOKED,
	OCSP_UNKNOWN, /* the responder does not know that certificate */
};

struct ocsp_status {
	enum ocsp_state state;
	int64_t this_ms; /* when it was so */
	int64_t next_ms; /* until when it holds; 0: the answer does not say */
	int64_t revoked_ms;
};

/*
 * The question about one certificate (RFC 6960 4.1), not signed, with a
 * nonce of 1 to OCSP_NONCE_MAX bytes or none: DER is appended to out. The
 * certificate is named by SHA-1, which every responder knows and which proves
 * nothing here. RC_CRYPTO, RC_MEMORY.
 */
IG_CHECK enum rc ocsp_ask(const struct certificate *of,
    const struct certificate *issuer, struct span nonce, struct buf *out,
    struct err *e);

/*
 * What an answer (RFC 6960 4.2) says of that certificate at now_ms. It is
 * signed by the issuer, or by somebody whom the issuer gave a certificate with
 * the purpose OCSPSigning (4.2.2.2). A nonce in the answer is the one that was
 * sent; answers made in advance have none (RFC 9654 3).
 * RC_OK with *out. RC_FORMAT, RC_LIMIT: malformed, too large. RC_REFUSED: the
 * responder gives no answer. RC_ABSENT: it speaks of others. RC_DENIED: signed
 * by another, or an answer to another question. RC_EXPIRED: made in the
 * future, or old. RC_POLICY: a critical extension nobody knows, or a weak
 * signature.
 */
IG_CHECK enum rc ocsp_read(struct span answer, const struct certificate *of,
    const struct certificate *issuer, struct span nonce, int64_t now_ms,
    struct ocsp_status *out, struct err *e);
