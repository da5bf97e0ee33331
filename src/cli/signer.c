/*
 * signer.c - who signed, and may that be believed?
 *
 * Belongs here: from a verified signature to a path and its revocation, and
 * how it is told as JSON and as a line.
 * Not here: the message (x509/cms.c, x509/rawsig.c); the path itself
 * (x509/chain.c); what the command says in the end (verify.c).
 */
#include "cli/signer.h"

#include "cli/pick.h"
#include "client/person.h"
#include "client/status.h"
#include "x509/algorithm.h"

#include <string.h>

void
signer_signature(struct signer *s, enum rc rc)
{
	s->rc = rc;
	s->signature = rc == RC_OK;
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		s->state = SIGNER_GOOD;
		break;
	case RC_DENIED:
	case RC_FORMAT:
		s->state = SIGNER_BAD;
		break;
	case RC_POLICY:
		s->state = SIGNER_UNSAFE;
		break;
	case RC_ABSENT:
		s->state = SIGNER_OTHER;
		break;
	case RC_LIMIT:
	case RC_UNKNOWN:
	case RC_SECRET:
	case RC_LOCKED:
	case RC_RATE:
	case RC_EXISTS:
	case RC_STATE:
	case RC_EXPIRED:
	case RC_REFUSED:
	case RC_BUSY:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		s->state = SIGNER_FAILED;
		break;
	}
}

/* What a path that is none means for the signature. */
static enum signer_state
signer_of_path(enum rc rc, bool asked)
{
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		return SIGNER_GOOD;
	case RC_EXPIRED:
		return SIGNER_EXPIRED;
	case RC_ABSENT:
		return asked ? SIGNER_STATUS : SIGNER_CHAIN;
	case RC_DENIED:
		return asked ? SIGNER_REVOKED : SIGNER_CHAIN;
	case RC_POLICY:
	case RC_LIMIT:
	case RC_FORMAT:
	case RC_UNKNOWN:
		return SIGNER_CHAIN;
	case RC_SECRET:
	case RC_LOCKED:
	case RC_RATE:
	case RC_EXISTS:
	case RC_STATE:
	case RC_REFUSED:
	case RC_BUSY:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return SIGNER_FAILED;
	}

	return SIGNER_FAILED;
}

void
signer_check(struct signer *s, const struct signer_ask *ask)
{
	struct chain_in in = {
		.leaf = s->certificate,
		.pool = ask->pool,
		.pool_n = ask->pool_n,
		.trust = ask->trust,
		.at_ms = ask->at_ms,
		.profile = CHAIN_SIGN,
	};
	struct status fetched;
	struct chain path;

	if (s->state != SIGNER_GOOD || !ask->chain)
		return;
	/* First without revocation, so that it is known which of them failed. */
	s->rc = chain_verify(&in, &path, &s->err);
	s->state = signer_of_path(s->rc, false);
	s->path = s->state == SIGNER_GOOD;
	if (!s->path || ask->status == NULL)
		return;
	in.status = ask->status;
	if (ask->online) {
		s->rc = status_fetch(
		    &path, ask->status, ask->at_ms, &fetched, &s->err);
		in.status = &fetched.found;
	}
	if (s->rc == RC_OK)
		s->rc = chain_verify(&in, &path, &s->err);
	s->state = signer_of_path(s->rc, true);
	if (ask->online && s->state == SIGNER_STATUS)
		s->state = fetched.nowhere && !fetched.silent
		    ? SIGNER_STATUS_NOWHERE
		    : SIGNER_STATUS_ASKED;
	if (ask->online)
		status_clear(&fetched);
	s->status = s->state == SIGNER_GOOD;
}

const char *
signer_word(enum signer_state state)
{
	static const char *const words[] = {
		[SIGNER_UNKNOWN] = "unchecked",
		[SIGNER_GOOD] = "",
		[SIGNER_ABSENT] = "no-certificate",
		[SIGNER_OTHER] = "other-signer",
		[SIGNER_BAD] = "bad-signature",
		[SIGNER_UNSAFE] = "unsafe",
		[SIGNER_CHAIN] = "untrusted",
		[SIGNER_EXPIRED] = "expired",
		[SIGNER_REVOKED] = "revoked",
		/* For programs it is the same. */
		[SIGNER_STATUS] = "status-unknown",
		[SIGNER_STATUS_ASKED] = "status-unknown",
		[SIGNER_STATUS_NOWHERE] = "status-unknown",
		[SIGNER_OWNER] = "other-owner",
		[SIGNER_FAILED] = "failed",
	};

	return words[state];
}

/* What the certificate says, into o. */
static void
signer_add_certificate(json_t *o, const struct certificate *c)
{
	const struct certinfo *info = certificate_info(c);
	char fingerprint[PICK_FINGERPRINT];
	json_t *more;

	pick_fingerprint(certificate_der(c), fingerprint);
	more = json_pack("{s:s s:s s:s s:s s:{s:s s:s} s:s s:I s:I}", "owner",
	    info->owner, "issuer", info->issuer, "serial", info->serial,
	    "fingerprint", fingerprint, "kind", "ko", info->policy->ko, "en",
	    info->policy->en, "policy", info->policy_oid, "not_before",
	    (json_int_t)info->not_before_ms, "not_after",
	    (json_int_t)info->not_after_ms);

	(void)json_object_update(o, more);
	json_decref(more);
}

json_t *
signer_json(const struct signer *s, const struct signer_ask *ask)
{
	json_t *o = json_pack("{s:s s:s s:s s:b s:s s:s}", "problem",
	    signer_word(s->state), "scheme",
	    algorithm_scheme_name(s->algorithm.scheme), "hash",
	    algorithm_hash_name(s->algorithm.hash), "signature",
	    (int)s->signature, "chain",
	    s->path                          ? "good"
		: ask->chain && s->signature ? "bad"
					     : "unchecked",
	    "status",
	    s->status                                          ? "good"
		: s->state == SIGNER_REVOKED                   ? "revoked"
		: ask->chain && s->path && ask->status != NULL ? "unknown"
							       : "unchecked");

	if (s->certificate != NULL)
		signer_add_certificate(o, s->certificate);
	if (s->time_ms != 0)
		(void)json_object_set_new(
		    o, "signing_time", json_integer((json_int_t)s->time_ms));

	return o;
}

void
signer_print(const struct signer *s, FILE *out)
{
	static const struct person_text by = { "서명한 사람", "Signed by" },
					claims = { "서명했다는 사람",
						"Said to be signed by" },
					nobody = { "모름", "unknown" };
	char moment[PICK_TIME] = "";
	const struct certinfo *info =
	    s->certificate == NULL ? NULL : certificate_info(s->certificate);

	if (s->time_ms != 0)
		pick_moment(moment, s->time_ms);
	(void)fprintf(out, "%s: %s%s%s%s, %s %s%s%s\n",
	    person_sentence(s->state == SIGNER_GOOD ? by : claims),
	    info == NULL ? person_sentence(nobody) : info->owner,
	    info == NULL ? "" : " (", info == NULL ? "" : info->issuer,
	    info == NULL ? "" : ")", algorithm_scheme_name(s->algorithm.scheme),
	    algorithm_hash_name(s->algorithm.hash),
	    moment[0] == '\0' ? "" : ", ", moment);
}
