/*
 * chain.h - see chain.c.
 */
#pragma once

#include "x509/crl.h"
#include "x509/trust.h"

#define CHAIN_MAX      8    /* certificates of a path, leaf and root included */
#define CHAIN_POOL_MAX 32   /* certificates that are offered for it */
#define CHAIN_SAN_MAX  100  /* names of one certificate */
#define CHAIN_NC_MAX   1024 /* names times constraints */
#define CHAIN_CPU_MS   50   /* what one path may cost */

/*
 * What the leaf is to be good for. PATH is RFC 5280 clause 6 alone; each of
 * the others adds the rules of chain_check.c that its purpose asks for.
 */
enum chain_profile {
	CHAIN_PATH,
	CHAIN_SIGN,    /* a person's signatures */
	CHAIN_ENCRYPT, /* messages to a person */
	CHAIN_SERVER,  /* a TLS server, RFC 5280 read strictly */
	CHAIN_WEB,     /* and as browsers want it (CA/Browser Forum BR 7.1) */
};

/* What is known of revocation. An answer that does not read is as none. */
struct chain_status {
	const struct crl *const *crls;
	size_t crls_n;
	const struct span *answers; /* of OCSP, DER */
	size_t answers_n;
};

/* A question. Everything is borrowed for the call. */
struct chain_in {
	const struct certificate *leaf;
	const struct span *pool; /* DER of certificates nobody vouches for */
	size_t pool_n;
	const struct trust *trust;
	const struct chain_status *status; /* NULL: revocation is not asked */
	int64_t at_ms;                     /* when it has to be valid */
	enum chain_profile profile;
	const char *host; /* name or address that a server's leaf must have */
	const char *const *policies; /* accepted, "1.2.3"; none: any */
	size_t policies_n;
	bool require_policy; /* initial-explicit-policy (RFC 5280 6.1.1) */
	bool no_mapping;     /* initial-policy-mapping-inhibit */
	bool no_any;         /* initial-any-policy-inhibit */
	bool limited;        /* depth counts */
	unsigned int depth;  /* CAs between leaf and root, not self-issued */
};

/* The path that was found, leaf first: borrowed from leaf, pool and trust. */
struct chain {
	struct span der[CHAIN_MAX];
	size_t n;
};

/*
 * Is there a path from the leaf to a root that we trust, all of it valid at
 * that time, and is it good for this profile? e's field names which
 * certificate ("leaf", "ca[1]", "root") and what of it, or "path", "sent"; the
 * sentence the clause. RC_OK. RC_DENIED: a rule is broken, or revoked. RC_EXPIRED: outside
 * somebody's validity. RC_ABSENT: no path, or status asked and not known.
 * RC_LIMIT: more than the numbers above. RC_MEMORY, RC_CRYPTO.
 */
IG_CHECK enum rc chain_verify(
    const struct chain_in *in, struct chain *out, struct err *e);
