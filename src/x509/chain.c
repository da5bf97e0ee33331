/*
 * chain.c - is there a good path from a certificate to somebody we trust?
 *
 * Belongs here: asking OpenSSL for the path with the settings that PKITS
 * taught us, revocation within it, its answer in our words.
 * Not here: our own rules (chain_check.c); roots (trust.c); a single
 * certificate (certificate.c); fetching lists and answers (client/net.c).
 */
#include "x509/chain.h"

#include "x509/chain_check.h"
#include "x509/ocsp.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#define CHAIN_SECURITY 2 /* OpenSSL's level: 112 bits, so no SHA-1 */

struct chain_run {
	const struct chain_in *in;
	struct certificate *pool[CHAIN_POOL_MAX]; /* NULL: refused */
	struct err refused;                       /* the first of them, */
	size_t refused_at;                        /* and which it was */
	STACK_OF(X509) * untrusted;
	STACK_OF(X509_CRL) * crls;
	X509_STORE_CTX *ctx;
};

/* What OpenSSL says, in our codes: the field, and the sentence with its clause. */
static const struct chain_answer {
	int error;
	enum rc rc;
	const char *field, *why;
} answers[] = {
#define NO_PATH(error)                          \
	{                                       \
		error, RC_ABSENT, "issuer",     \
		    "no path to a trusted root" \
		    " (RFC 5280 6.1)"           \
	}
	NO_PATH(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT),
	NO_PATH(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY),
	NO_PATH(X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE),
	NO_PATH(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT),
	NO_PATH(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN),
	NO_PATH(X509_V_ERR_CERT_UNTRUSTED),
#undef NO_PATH
#define UNKNOWN(error)                                                         \
	{                                                                      \
		error, RC_ABSENT, "status",                                    \
		    "no usable list or answer says whether it is revoked (RFC" \
		    " 5280 6.3)"                                               \
	}
	UNKNOWN(X509_V_ERR_UNABLE_TO_GET_CRL),
	UNKNOWN(X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER),
	UNKNOWN(X509_V_ERR_DIFFERENT_CRL_SCOPE),
	UNKNOWN(X509_V_ERR_CRL_PATH_VALIDATION_ERROR),
	UNKNOWN(X509_V_ERR_KEYUSAGE_NO_CRL_SIGN),
	UNKNOWN(X509_V_ERR_CRL_SIGNATURE_FAILURE),
	UNKNOWN(X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE),
	UNKNOWN(X509_V_ERR_CRL_NOT_YET_VALID),
	UNKNOWN(X509_V_ERR_CRL_HAS_EXPIRED),
	UNKNOWN(X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION),
#undef UNKNOWN
	{ X509_V_ERR_CERT_REVOKED, RC_DENIED, "status",
	    "revoked (RFC 5280 6.3.3)" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, RC_EXPIRED, "notBefore",
	    "not valid yet (RFC 5280 6.1.3 (a)(2))" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, RC_EXPIRED, "notAfter",
	    "not valid any more (RFC 5280 6.1.3 (a)(2))" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, RC_DENIED, "signatureValue",
	    "not signed by its issuer (RFC 5280 6.1.3 (a)(1))" },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, RC_DENIED,
	    "signatureValue",
	    "not signed by its issuer (RFC 5280 6.1.3 (a)(1))" },
	{ X509_V_ERR_INVALID_CA, RC_DENIED, "basicConstraints",
	    "it issues and is no CA (RFC 5280 6.1.4 (k))" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, RC_DENIED, "basicConstraints",
	    "more CAs below it than it allows (RFC 5280 6.1.4 (m))" },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, RC_DENIED, "keyUsage",
	    "it issues without keyCertSign (RFC 5280 6.1.4 (n))" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, RC_DENIED, "extensions",
	    "unknown critical extension (RFC 5280 4.2)" },
	{ X509_V_ERR_INVALID_EXTENSION, RC_DENIED, "extensions",
	    "malformed extension (RFC 5280 4.2)" },
	{ X509_V_ERR_INVALID_POLICY_EXTENSION, RC_DENIED, "certificatePolicies",
	    "these, policyMappings or policyConstraints are malformed (RFC 5280"
	    " 4.2.1.4, 4.2.1.5, 4.2.1.11)" },
	{ X509_V_ERR_NO_EXPLICIT_POLICY, RC_DENIED, "certificatePolicies",
	    "the path has no accepted policy (RFC 5280 6.1.5 (g))" },
	{ X509_V_ERR_PERMITTED_VIOLATION, RC_DENIED, "nameConstraints",
	    "a name outside what a CA may issue for (RFC 5280 6.1.3 (b))" },
	{ X509_V_ERR_EXCLUDED_VIOLATION, RC_DENIED, "nameConstraints",
	    "a name that a CA may not issue for (RFC 5280 6.1.3 (c))" },
	{ X509_V_ERR_SUBTREE_MINMAX, RC_DENIED, "nameConstraints",
	    "minimum or maximum is used (RFC 5280 4.2.1.10)" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, RC_DENIED, "nameConstraints",
	    "a kind we do not check (RFC 5280 4.2.1.10)" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, RC_DENIED,
	    "nameConstraints", "malformed (RFC 5280 4.2.1.10)" },
	{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, RC_DENIED, "subjectAltName",
	    "malformed name (RFC 5280 4.2.1.6)" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, RC_DENIED, "signatureAlgorithm",
	    "weaker than SHA-256" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, RC_DENIED, "key", "key too small" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, RC_DENIED, "key", "key too small" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, RC_LIMIT, "path",
	    "more than 8 certificates" },
	{ X509_V_ERR_OUT_OF_MEM, RC_MEMORY, NULL, "no memory" },
};

static const struct chain_answer *
chain_answer(int error)
{
	static const struct chain_answer other = { 0, RC_DENIED, "path",
		"refused by path validation (RFC 5280 6.1)" };

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].error == error)
			return &answers[i];
	}

	return &other;
}

/*
 * An issuer of that name is here and OpenSSL took it for another: the AKI
 * names one certificate of a CA that has several, as KISA's does, and a CA
 * that was issued again has another serial.
 */
static bool
chain_is_reissued(const struct chain_run *run, X509 *last)
{
	const struct trust *t = run->in->trust;

	for (size_t i = 0; i < run->in->pool_n + trust_count(t); i++) {
		const struct certificate *c = i < run->in->pool_n
		    ? run->pool[i]
		    : trust_at(t, i - run->in->pool_n);
		int why;

		if (c == NULL)
			continue;
		why = X509_check_issued(certificate_x509(c), last);
		if (why == X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH ||
		    why == X509_V_ERR_AKID_SKID_MISMATCH)
			return true;
	}

	return false;
}

/* OpenSSL says of a CA that may not issue that it is none. */
static int
chain_error(const struct chain_run *run)
{
	const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(run->ctx);
	int error = X509_STORE_CTX_get_error(run->ctx);
	int depth = X509_STORE_CTX_get_error_depth(run->ctx);

	return error == X509_V_ERR_INVALID_CA && depth >= 0 &&
		depth < sk_X509_num(path) &&
		(X509_get_extension_flags(sk_X509_value(path, depth)) &
		    EXFLAG_CA) != 0
	    ? X509_V_ERR_KEYUSAGE_NO_CERTSIGN
	    : error;
}

static enum rc
chain_explain(const struct chain_run *run, struct err *e)
{
	static const struct chain_answer reissued = { 0, RC_ABSENT,
		"authorityKeyIdentifier",
		"it names another certificate of its issuer"
		" (RFC 5280 4.2.1.1)" };
	const struct chain_answer *a = chain_answer(chain_error(run));
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(run->ctx);
	int depth = X509_STORE_CTX_get_error_depth(run->ctx);
	char field[CHAIN_FIELD];
	int n;

	/* Of no certificate alone. */
	if (a->field == NULL || strcmp(a->field, "path") == 0)
		return err_set(e, a->rc, a->field, "%s", a->why);
	if (strcmp(a->field, "issuer") == 0 && run->refused.rc != RC_OK) {
		(void)snprintf(field, sizeof(field), "sent[%zu].%s",
		    run->refused_at, run->refused.field);
		return err_set(e, a->rc, field, "%s", run->refused.msg);
	}
	/* Without a root the last one is no root either. */
	n = (path == NULL ? 0 : sk_X509_num(path)) + (a->rc == RC_ABSENT);
	if (strcmp(a->field, "issuer") == 0 && path != NULL &&
	    depth < sk_X509_num(path) &&
	    chain_is_reissued(run, sk_X509_value(path, depth)))
		a = &reissued;
	chain_field(
	    (size_t)(depth < 0 ? 0 : depth), (size_t)n, a->field, field);

	return err_set(e, a->rc, field, "%s", a->why);
}

/*
 * The names that a path can hold at most, times the constraints that others
 * can set on them: bounded before OpenSSL, which cannot be interrupted,
 * multiplies them. Roots are the operator's own.
 */
static enum rc
chain_check_cost(const struct chain_run *run, struct err *e)
{
	size_t names = chain_names(run->in->leaf), constraints = 0;

	for (size_t i = 0; i < run->in->pool_n; i++) {
		size_t n = run->pool[i] == NULL ? 0 : chain_names(run->pool[i]);

		if (run->pool[i] != NULL)
			constraints += chain_constraints(run->pool[i]);
		names = n > names ? n : names;
	}
	if (names > CHAIN_SAN_MAX)
		return err_set(
		    e, RC_LIMIT, "subjectAltName", "more than 100 names");
	if (constraints > 0 && names + 1 > CHAIN_NC_MAX / constraints)
		return err_set(e, RC_LIMIT, "nameConstraints",
		    "more than 1,024 names times constraints");

	return RC_OK;
}

/*
 * Constraints on policies that it does not have: nobody issues that, and
 * OpenSSL 3.0 loses the memory of such an extension each time it meets one.
 */
static enum rc
chain_check_policies(const struct certificate *c, struct err *e)
{
	const X509 *x = certificate_x509(c);

	if (X509_get_ext_by_NID(x, NID_policy_constraints, -1) >= 0 &&
	    X509_get_ext_by_NID(x, NID_certificate_policies, -1) < 0)
		return err_set(e, RC_DENIED, "policyConstraints",
		    "without certificatePolicies (RFC 5280 4.2.1.11)");

	return RC_OK;
}

static enum rc
chain_read_one(struct span der, struct certificate **out, struct err *e)
{
	enum rc rc = certificate_parse(der, out, e);

	if (rc == RC_OK && (rc = chain_check_policies(*out, e)) != RC_OK) {
		certificate_free(*out);
		*out = NULL;
	}

	return rc;
}

/*
 * A certificate that we refuse is as one that was not sent; why it was is said
 * where there is no path without it.
 */
static enum rc
chain_read_pool(struct chain_run *run, struct err *e)
{
	const struct chain_in *in = run->in;

	if (in->pool_n > CHAIN_POOL_MAX)
		return err_set(
		    e, RC_LIMIT, "sent", "more than 32 certificates");
	for (size_t i = 0; i < in->pool_n; i++) {
		struct err why = { 0 };
		enum rc rc = chain_read_one(in->pool[i], &run->pool[i], &why);

		if (rc != RC_OK && run->refused.rc == RC_OK) {
			run->refused = why;
			run->refused_at = i;
		}
		if (rc == RC_MEMORY)
			return err_set(e, rc, NULL, "no memory");
		if (rc == RC_OK &&
		    sk_X509_push(
			run->untrusted, certificate_x509(run->pool[i])) <= 0)
			return err_set(e, RC_MEMORY, NULL, "no memory");
	}

	return RC_OK;
}

static enum rc
chain_open(struct chain_run *run, struct err *e)
{
	const struct chain_status *status = run->in->status;

	run->untrusted = sk_X509_new_null();
	run->crls = sk_X509_CRL_new_null();
	run->ctx = X509_STORE_CTX_new();
	if (run->untrusted == NULL || run->crls == NULL || run->ctx == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	for (size_t i = 0; status != NULL && i < status->crls_n; i++) {
		if (sk_X509_CRL_push(run->crls, crl_x509(status->crls[i])) <= 0)
			return err_set(e, RC_MEMORY, NULL, "no memory");
	}

	return chain_read_pool(run, e);
}

static void
chain_close(struct chain_run *run)
{
	X509_STORE_CTX_free(run->ctx);
	sk_X509_free(run->untrusted);
	sk_X509_CRL_free(run->crls);
	for (size_t i = 0; i < CHAIN_POOL_MAX; i++)
		certificate_free(run->pool[i]);
}

/*
 * Without any accepted policy OpenSSL takes none, where RFC 5280 6.1.1 (c)
 * takes any: every KISA CA asks for an explicit one.
 */
static bool
chain_set_policies(const struct chain_in *in, X509_VERIFY_PARAM *param)
{
	static const char *const any[] = { "2.5.29.32.0" };
	const char *const *list = in->policies_n == 0 ? any : in->policies;
	size_t n = in->policies_n == 0 ? 1 : in->policies_n;

	for (size_t i = 0; i < n; i++) {
		ASN1_OBJECT *policy = OBJ_txt2obj(list[i], 1);

		if (policy == NULL ||
		    X509_VERIFY_PARAM_add0_policy(param, policy) != 1) {
			ASN1_OBJECT_free(policy);
			return false;
		}
	}

	return true;
}

/* Whose of ours is this certificate of OpenSSL's? NULL: nobody's. */
static const struct certificate *
chain_find(const struct chain_run *run, const X509 *x)
{
	const struct chain_in *in = run->in;

	if (certificate_x509(in->leaf) == x)
		return in->leaf;
	for (size_t i = 0; i < in->pool_n; i++) {
		if (run->pool[i] != NULL && certificate_x509(run->pool[i]) == x)
			return run->pool[i];
	}
	for (size_t i = 0; i < trust_count(in->trust); i++) {
		if (certificate_x509(trust_at(in->trust, i)) == x)
			return trust_at(in->trust, i);
	}

	return NULL;
}

/* The best that the answers of OCSP say of one certificate of the path. */
static enum ocsp_state
chain_ask_answers(const struct chain_run *run, const struct certificate *of,
    const struct certificate *issuer)
{
	const struct chain_status *status = run->in->status;
	enum ocsp_state best = OCSP_UNKNOWN;

	for (size_t i = 0; i < status->answers_n; i++) {
		struct ocsp_status one;

		if (ocsp_read(status->answers[i], of, issuer,
			(struct span){ NULL, 0 }, run->in->at_ms, &one,
			NULL) != RC_OK ||
		    one.state == OCSP_UNKNOWN)
			continue;
		best = one.state;
		if (best == OCSP_REVOKED)
			break;
	}

	return best;
}

/*
 * What OpenSSL complains of, once more: where no list says whether one is
 * revoked, an answer of OCSP may. Nobody revokes a root: who trusts it says so
 * (RFC 5280 6.1.1 (d)). The path of a list's own signer is OpenSSL's matter.
 */
static int
chain_judge(int good, X509_STORE_CTX *ctx)
{
	struct chain_run *run = X509_STORE_CTX_get_app_data(ctx);
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	const struct certificate *of, *issuer;
	const struct chain_answer *a;
	enum ocsp_state state;

	if (good == 1 || X509_STORE_CTX_get0_parent_ctx(ctx) != NULL)
		return good;
	a = chain_answer(X509_STORE_CTX_get_error(ctx));
	if (a->rc != RC_ABSENT || strcmp(a->field, "status") != 0)
		return good;
	if (depth + 1 < sk_X509_num(path)) {
		of = chain_find(run, sk_X509_value(path, depth));
		issuer = chain_find(run, sk_X509_value(path, depth + 1));
		state = of == NULL || issuer == NULL
		    ? OCSP_UNKNOWN
		    : chain_ask_answers(run, of, issuer);
		if (state == OCSP_REVOKED)
			X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_REVOKED);
		if (state != OCSP_GOOD)
			return 0;
	}
	X509_STORE_CTX_set_error(ctx, X509_V_OK);

	return 1;
}

/* Whom an answer of OCSP calls revoked is, whatever the lists say. */
static enum rc
chain_check_answers(
    const struct chain_run *run, const struct chain_path *path, struct err *e)
{
	char field[CHAIN_FIELD];

	if (run->in->status == NULL)
		return RC_OK;
	for (size_t i = 0; i + 1 < path->n; i++) {
		if (chain_ask_answers(run, path->at[i], path->at[i + 1]) !=
		    OCSP_REVOKED)
			continue;
		chain_field(i, path->n, "status", field);
		return err_set(e, RC_DENIED, field, "revoked (RFC 6960 2.2)");
	}

	return RC_OK;
}

/* The path's bytes from where they live longer than this run. */
static struct span
chain_borrow(const struct chain_run *run, const struct certificate *c)
{
	for (size_t i = 0; i < run->in->pool_n; i++) {
		if (run->pool[i] == c)
			return run->in->pool[i];
	}

	return certificate_der(c);
}

/*
 * Not X509_V_FLAG_X509_STRICT: it refuses KISA's root, which has no keyUsage
 * and needs none (RFC 5280 6.1.1 (d)). chain_check.c has what we want of it.
 */
static bool
chain_set(struct chain_run *run)
{
	const struct chain_in *in = run->in;
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(run->ctx);
	unsigned long flags = X509_V_FLAG_POLICY_CHECK |
	    X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST;

	if (in->status != NULL)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
		    X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
	if (in->require_policy)
		flags |= X509_V_FLAG_EXPLICIT_POLICY;
	if (in->no_mapping)
		flags |= X509_V_FLAG_INHIBIT_MAP;
	if (in->no_any)
		flags |= X509_V_FLAG_INHIBIT_ANY;
	X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX - 2);
	X509_VERIFY_PARAM_set_auth_level(param, CHAIN_SECURITY);
	X509_VERIFY_PARAM_set_time(param, in->at_ms / 1000);
	X509_STORE_CTX_set0_crls(run->ctx, run->crls);
	X509_STORE_CTX_set_app_data(run->ctx, run);
	X509_STORE_CTX_set_verify_cb(run->ctx, chain_judge);

	return X509_VERIFY_PARAM_set_flags(param, flags) == 1 &&
	    chain_set_policies(in, param);
}

static enum rc
chain_take(const struct chain_run *run, struct chain_path *path, struct err *e)
{
	STACK_OF(X509) *found = X509_STORE_CTX_get0_chain(run->ctx);

	if (sk_X509_num(found) < 1 || sk_X509_num(found) > CHAIN_MAX)
		return err_set(e, RC_LIMIT, "path", "more than 8 certificates");
	path->n = (size_t)sk_X509_num(found);
	for (size_t i = 0; i < path->n; i++) {
		path->at[i] = chain_find(run, sk_X509_value(found, (int)i));
		if (path->at[i] == NULL)
			return err_set(e, RC_BUG, NULL, "whose certificate?");
	}

	return RC_OK;
}

static enum rc
chain_run(struct chain_run *run, struct chain *out, struct err *e)
{
	const struct chain_in *in = run->in;
	struct chain_path path;
	enum rc rc;

	if ((rc = chain_check_policies(in->leaf, e)) != RC_OK ||
	    (rc = chain_open(run, e)) != RC_OK ||
	    (rc = chain_check_cost(run, e)) != RC_OK)
		return rc;
	if (X509_STORE_CTX_init(run->ctx, trust_store(in->trust),
		certificate_x509(in->leaf), run->untrusted) != 1 ||
	    !chain_set(run))
		return err_set(e, RC_CRYPTO, NULL, "no path validation");
	if (X509_verify_cert(run->ctx) != 1)
		return chain_explain(run, e);
	if ((rc = chain_take(run, &path, e)) != RC_OK ||
	    (rc = chain_check_answers(run, &path, e)) != RC_OK ||
	    (rc = chain_check(in, &path, e)) != RC_OK)
		return rc;
	out->n = path.n;
	for (size_t i = 0; i < path.n; i++)
		out->der[i] = chain_borrow(run, path.at[i]);

	return RC_OK;
}

static int64_t
chain_cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum rc
chain_verify(const struct chain_in *in, struct chain *out, struct err *e)
{
	struct chain_run run = { .in = in };
	int64_t start = chain_cpu_ms();
	enum rc rc;

	*out = (struct chain){ .n = 0 };
	rc = chain_run(&run, out, e);
	chain_close(&run);
	ERR_clear_error();
	if (rc == RC_OK && chain_cpu_ms() - start > CHAIN_CPU_MS) {
		*out = (struct chain){ .n = 0 };
		return err_set(
		    e, RC_LIMIT, NULL, "path validation cost more than 50 ms");
	}

	return rc;
}
