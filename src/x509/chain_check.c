/*
 * chain_check.c - what we ask of a path beyond what OpenSSL asks.
 *
 * Belongs here: one row a rule, with the clause, for whom it holds and where
 * in the path.
 * Not here: the path itself, signatures, policies, constraints (chain.c, by
 * OpenSSL); what no certificate of ours may be (certificate.c).
 */
#include "x509/chain_check.h"

#include "npki/der.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

/* Whom a rule is for, and where. */
#define FOR(profile) (1U << (profile))
#define FOR_SERVER   (FOR(CHAIN_SERVER) | FOR(CHAIN_WEB))
#define FOR_PERSON   (FOR(CHAIN_SIGN) | FOR(CHAIN_ENCRYPT))
#define FOR_USE      (FOR_SERVER | FOR_PERSON)
#define FOR_ALL      (FOR_USE | FOR(CHAIN_PATH))

/* X509_check_ip_asc() says: that is no address. */
#define CHECK_NO_ADDRESS (-2)

#define AT_LEAF          1U
#define AT_CA            2U
#define AT_ROOT          4U
#define AT_ISSUER        (AT_CA | AT_ROOT)
#define AT_ALL           (AT_LEAF | AT_ISSUER)

/* One certificate of the path, and the question. */
struct chain_look {
	const struct chain_in *in;
	const struct chain_path *path;
	size_t at;
	const struct certificate *c;
	X509 *x;
	int nid; /* of the rule */
};

static bool
check_has(const struct chain_look *k)
{
	return X509_get_ext_by_NID(k->x, k->nid, -1) >= 0;
}

static bool
check_is_absent(const struct chain_look *k)
{
	return !check_has(k);
}

static bool
check_is_critical(const struct chain_look *k)
{
	int at = X509_get_ext_by_NID(k->x, k->nid, -1);

	return at >= 0 &&
	    X509_EXTENSION_get_critical(X509_get_ext(k->x, at)) != 0;
}

static bool
check_is_not_critical(const struct chain_look *k)
{
	return !check_is_critical(k);
}

/* Critical, where it is there at all. */
static bool
check_is_critical_if_any(const struct chain_look *k)
{
	return check_is_absent(k) || check_is_critical(k);
}

/* Every extension whose kind OpenSSL knows parses as that kind. */
static bool
check_extensions_parse(const struct chain_look *k)
{
	for (int i = 0; i < X509_get_ext_count(k->x); i++) {
		X509_EXTENSION *extension = X509_get_ext(k->x, i);
		const X509V3_EXT_METHOD *method = X509V3_EXT_get(extension);
		void *value;

		if (method == NULL)
			continue;
		if ((value = X509V3_EXT_d2i(extension)) == NULL)
			return false;
		if (method->it != NULL)
			ASN1_item_free(value, ASN1_ITEM_ptr(method->it));
		else
			method->ext_free(value);
	}

	return true;
}

static bool
check_names_few(const struct chain_look *k)
{
	return chain_names(k->c) <= CHAIN_SAN_MAX;
}

static bool
check_name_is_empty(const X509_NAME *name)
{
	return X509_NAME_entry_count(name) == 0;
}

static bool
check_subject(const struct chain_look *k)
{
	return !check_name_is_empty(X509_get_subject_name(k->x));
}

static bool
check_issuer(const struct chain_look *k)
{
	return !check_name_is_empty(X509_get_issuer_name(k->x));
}

/* A certificate without a subject says whose it is in a critical SAN. */
static bool
check_san_names_owner(const struct chain_look *k)
{
	return check_subject(k) || check_is_critical(k);
}

static bool
check_san_not_critical(const struct chain_look *k)
{
	return !check_subject(k) || check_is_not_critical(k);
}

static bool
check_is_ca(const struct chain_look *k)
{
	return (X509_get_extension_flags(k->x) & EXFLAG_CA) != 0;
}

static bool
check_is_no_ca(const struct chain_look *k)
{
	return !check_is_ca(k);
}

static bool
check_is_self_issued(const struct chain_look *k)
{
	return (X509_get_extension_flags(k->x) & EXFLAG_SI) != 0;
}

/* Key usage where there is one; what there is none of says all. */
static bool
check_usage(const struct chain_look *k, uint32_t any_of)
{
	return (X509_get_key_usage(k->x) & any_of) != 0;
}

/* keyCertSign only with cA (RFC 5280 4.2.1.9). */
static bool
check_usage_is_of_ca(const struct chain_look *k)
{
	return check_is_absent(k) || check_is_ca(k) ||
	    !check_usage(k, KU_KEY_CERT_SIGN);
}

static bool
check_usage_signs(const struct chain_look *k)
{
	return check_usage(k, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
}

static bool
check_usage_encrypts(const struct chain_look *k)
{
	return check_usage(k, KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT);
}

/* A root that is not self-issued is somebody's, as others are. */
static bool
check_authority_key(const struct chain_look *k)
{
	return (k->at + 1 == k->path->n && check_is_self_issued(k)) ||
	    X509_get0_authority_key_id(k->x) != NULL;
}

static bool
check_subject_key(const struct chain_look *k)
{
	return X509_get0_subject_key_id(k->x) != NULL;
}

/* A root's AKI, where there is one, is its SKI and nothing else. */
static bool
check_root_authority_key(const struct chain_look *k)
{
	const ASN1_OCTET_STRING *aki = X509_get0_authority_key_id(k->x);
	const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(k->x);

	if (check_is_absent(k) || !check_is_self_issued(k))
		return true;

	return aki != NULL && ski != NULL &&
	    ASN1_OCTET_STRING_cmp(aki, ski) == 0 &&
	    X509_get0_authority_issuer(k->x) == NULL &&
	    X509_get0_authority_serial(k->x) == NULL;
}

static bool
check_constraints_say_something(const struct chain_look *k)
{
	return check_is_absent(k) || chain_constraints(k->c) > 0;
}

/* Every address constraint has a mask of ones, then zeros (RFC 4632). */
static bool
check_mask(const uint8_t *mask, size_t n)
{
	bool ended = false;

	for (size_t bit = 0; bit < 8 * n; bit++) {
		bool one = (mask[bit / 8] & (0x80U >> bit % 8)) != 0;

		if (one && ended)
			return false;
		ended = ended || !one;
	}

	return true;
}

static bool
check_subtrees(const STACK_OF(GENERAL_SUBTREE) * list)
{
	for (int i = 0; i < sk_GENERAL_SUBTREE_num(list); i++) {
		const GENERAL_NAME *base =
		    sk_GENERAL_SUBTREE_value(list, i)->base;
		const ASN1_OCTET_STRING *ip = base->d.ip;

		if (base->type != GEN_IPADD)
			continue;
		if ((ip->length != 8 && ip->length != 32) ||
		    !check_mask(
			ip->data + ip->length / 2, (size_t)ip->length / 2))
			return false;
	}

	return true;
}

static bool
check_constraint_addresses(const struct chain_look *k)
{
	NAME_CONSTRAINTS *nc = X509_get_ext_d2i(k->x, k->nid, NULL, NULL);
	bool good = nc == NULL ||
	    (check_subtrees(nc->permittedSubtrees) &&
		check_subtrees(nc->excludedSubtrees));

	NAME_CONSTRAINTS_free(nc);

	return good;
}

/* One label of a host name (RFC 1034 3.5, RFC 1123 2.1). */
static bool
check_label(const char *p, size_t n)
{
	if (n == 0 || n > 63 || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		bool good = (p[i] >= 'a' && p[i] <= 'z') ||
		    (p[i] >= 'A' && p[i] <= 'Z') ||
		    (p[i] >= '0' && p[i] <= '9') || p[i] == '-' || p[i] == '_';

		if (!good)
			return false;
	}

	return true;
}

/*
 * A host name, with at most one "*" that is its whole first label and has at
 * least two behind it (RFC 6125 6.4.3).
 */
static bool
check_host_name(const char *p, size_t n)
{
	bool star = n > 2 && p[0] == '*' && p[1] == '.';
	size_t labels = 0;

	if (star) {
		p += 2;
		n -= 2;
	}
	if (n == 0 || n > 253)
		return false;
	for (;;) {
		const char *dot = memchr(p, '.', n);
		size_t label = dot == NULL ? n : (size_t)(dot - p);

		if (!check_label(p, label))
			return false;
		labels++;
		if (dot == NULL)
			return !star || labels >= 2;
		p += label + 1;
		n -= label + 1;
	}
}

static bool
check_alt_name(const GENERAL_NAME *name)
{
	const ASN1_STRING *s;

	switch (name->type) {
	case GEN_DNS:
		s = name->d.dNSName;
		return s->length > 0 &&
		    check_host_name((const char *)s->data, (size_t)s->length);
	case GEN_IPADD:
		return name->d.iPAddress->length == 4 ||
		    name->d.iPAddress->length == 16;
	case GEN_EMAIL:
	case GEN_URI:
		s = name->d.ia5;
		return s->length > 0 &&
		    memchr(s->data, 0, (size_t)s->length) == NULL;
	default: /* kinds that nothing here compares */
		return true;
	}
}

/* The names of a server are names (RFC 5280 4.2.1.6). */
static bool
check_alt_names(const struct chain_look *k)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(k->x, k->nid, NULL, NULL);
	bool good = true;

	for (int i = 0; good && i < sk_GENERAL_NAME_num(names); i++)
		good = check_alt_name(sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);

	return good;
}

/*
 * No NUL, at which some programs end a name. UTF-8 that is none does not come
 * here: OpenSSL refuses it when it reads the name.
 */
static bool
check_strings(const X509_NAME *name)
{
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const ASN1_STRING *s =
		    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i));
		struct span bytes = { ASN1_STRING_get0_data(s),
			(size_t)ASN1_STRING_length(s) };

		if (ASN1_STRING_type(s) == V_ASN1_BMPSTRING ||
		    ASN1_STRING_type(s) == V_ASN1_UNIVERSALSTRING)
			continue;
		if (bytes.n > 0 && memchr(bytes.p, 0, bytes.n) != NULL)
			return false;
	}

	return true;
}

static bool
check_subject_reads(const struct chain_look *k)
{
	return check_strings(X509_get_subject_name(k->x));
}

/* UTCTime through 2049 (RFC 5280 4.1.2.5). */
static bool
check_time(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) == 1 &&
	    (ASN1_STRING_type(t) == V_ASN1_UTCTIME) == (tm.tm_year < 150);
}

static bool
check_times(const struct chain_look *k)
{
	return check_time(X509_get0_notBefore(k->x)) &&
	    check_time(X509_get0_notAfter(k->x));
}

static bool
check_signature_algorithm(const struct chain_look *k)
{
	return certificate_is_strong(X509_get_signature_nid(k->x));
}

/* serverAuth, where it says at all what it is for. */
static bool
check_purpose(const struct chain_look *k)
{
	return check_is_absent(k) ||
	    (X509_get_extended_key_usage(k->x) &
		(XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

static bool
check_purpose_exact(const struct chain_look *k)
{
	return check_has(k) &&
	    (X509_get_extended_key_usage(k->x) & XKU_ANYEKU) == 0 &&
	    (X509_get_extended_key_usage(k->x) & XKU_SSL_SERVER) != 0;
}

static bool
check_host(const struct chain_look *k)
{
	const char *host = k->in->host;
	int address;

	if (host == NULL)
		return true;
	/* An address is none of the DNS names, though it may look like one. */
	address = X509_check_ip_asc(k->x, host, 0);
	if (address != CHECK_NO_ADDRESS)
		return address == 1;

	return X509_check_host(k->x, host, strlen(host),
		   X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
		       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
		   NULL) == 1;
}

static const struct chain_rule {
	const char *field, *why;
	unsigned int profiles, places;
	bool (*good)(const struct chain_look *k);
	int nid;
} rules[] = {
	{ "extensions", "one of them does not parse (RFC 5280 4.2)", FOR_ALL,
	    AT_ALL, check_extensions_parse, NID_undef },
	{ "subjectAltName", "more than 100 names", FOR_ALL, AT_ALL,
	    check_names_few, NID_undef },
	{ "issuer", "empty (RFC 5280 4.1.2.4)", FOR_USE, AT_ALL, check_issuer,
	    NID_undef },
	{ "subject", "a string with NUL in it (RFC 5280 4.1.2.6)", FOR_USE,
	    AT_ALL, check_subject_reads, NID_undef },
	{ "signatureAlgorithm", "weaker than SHA-256", FOR_USE, AT_LEAF | AT_CA,
	    check_signature_algorithm, NID_undef },
	{ "basicConstraints",
	    "none, or not critical, in a CA (RFC 5280 4.2.1.9)", FOR_USE,
	    AT_ISSUER, check_is_critical, NID_basic_constraints },
	{ "basicConstraints", "a CA, and no end entity (RFC 5280 4.2.1.9)",
	    FOR_PERSON | FOR(CHAIN_WEB), AT_LEAF, check_is_no_ca, NID_undef },
	{ "keyUsage", "keyCertSign of no CA (RFC 5280 4.2.1.9)", FOR_USE,
	    AT_ALL, check_usage_is_of_ca, NID_key_usage },
	{ "keyUsage", "not for signatures (RFC 5280 4.2.1.3)", FOR(CHAIN_SIGN),
	    AT_LEAF, check_usage_signs, NID_undef },
	{ "keyUsage", "not for encryption (RFC 5280 4.2.1.3)",
	    FOR(CHAIN_ENCRYPT), AT_LEAF, check_usage_encrypts, NID_undef },
	{ "nameConstraints", "not in a CA (RFC 5280 4.2.1.10)", FOR_USE,
	    AT_LEAF, check_is_absent, NID_name_constraints },
	{ "nameConstraints", "empty (RFC 5280 4.2.1.10)", FOR_USE, AT_ISSUER,
	    check_constraints_say_something, NID_name_constraints },
	{ "nameConstraints", "an address without a mask (RFC 5280 4.2.1.10)",
	    FOR_USE, AT_ISSUER, check_constraint_addresses,
	    NID_name_constraints },
	{ "nameConstraints", "not critical (RFC 5280 4.2.1.10)",
	    FOR(CHAIN_SERVER), AT_ISSUER, check_is_critical_if_any,
	    NID_name_constraints },
	{ "subjectAltName",
	    "not critical beside an empty subject"
	    " (RFC 5280 4.2.1.6)",
	    FOR_USE, AT_LEAF, check_san_names_owner, NID_subject_alt_name },
	{ "subjectAltName", "critical beside a subject (BR 7.1.2.7.12)",
	    FOR(CHAIN_WEB), AT_LEAF, check_san_not_critical,
	    NID_subject_alt_name },
	{ "subjectAltName", "a server without names (RFC 6125 6.4.4)",
	    FOR_SERVER, AT_LEAF, check_has, NID_subject_alt_name },
	{ "subjectAltName", "malformed name (RFC 5280 4.2.1.6)", FOR_SERVER,
	    AT_ALL, check_alt_names, NID_subject_alt_name },
	{ "subjectAltName", "another host (RFC 6125 6)", FOR_SERVER, AT_LEAF,
	    check_host, NID_undef },
	{ "authorityKeyIdentifier", "missing (RFC 5280 4.2.1.1)", FOR_SERVER,
	    AT_ALL, check_authority_key, NID_undef },
	{ "subjectKeyIdentifier", "missing in a CA (RFC 5280 4.2.1.2)",
	    FOR_SERVER, AT_ISSUER, check_subject_key, NID_undef },
	{ "validity", "GeneralizedTime before 2050 (RFC 5280 4.1.2.5)",
	    FOR_SERVER, AT_ALL, check_times, NID_undef },
	{ "extendedKeyUsage", "not for a server (RFC 5280 4.2.1.12)",
	    FOR(CHAIN_SERVER), AT_LEAF, check_purpose, NID_ext_key_usage },
	{ "extendedKeyUsage", "not serverAuth alone of any (BR 7.1.2.7.10)",
	    FOR(CHAIN_WEB), AT_LEAF, check_purpose_exact, NID_ext_key_usage },
	{ "extendedKeyUsage", "of a CA, and not for a server (BR 7.1.2.10.6)",
	    FOR(CHAIN_WEB), AT_CA, check_purpose, NID_ext_key_usage },
	{ "extendedKeyUsage", "critical (BR 7.1.2.7.6)", FOR(CHAIN_WEB),
	    AT_LEAF, check_is_not_critical, NID_ext_key_usage },
	{ "extendedKeyUsage", "in a root (BR 7.1.2.1.2)", FOR(CHAIN_WEB),
	    AT_ROOT, check_is_absent, NID_ext_key_usage },
	{ "authorityKeyIdentifier", "of a root, and not its own (BR 7.1.2.1.3)",
	    FOR(CHAIN_WEB), AT_ROOT, check_root_authority_key,
	    NID_authority_key_identifier },
};

void
chain_field(size_t at, size_t n, const char *what, char out[static CHAIN_FIELD])
{
	if (at == 0)
		(void)snprintf(out, CHAIN_FIELD, "leaf.%s", what);
	else if (at + 1 == n)
		(void)snprintf(out, CHAIN_FIELD, "root.%s", what);
	else
		(void)snprintf(out, CHAIN_FIELD, "ca[%zu].%s", at, what);
}

size_t
chain_names(const struct certificate *c)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    certificate_x509(c), NID_subject_alt_name, NULL, NULL);
	int n = sk_GENERAL_NAME_num(names);

	GENERAL_NAMES_free(names);

	return n < 0 ? 0 : (size_t)n;
}

size_t
chain_constraints(const struct certificate *c)
{
	NAME_CONSTRAINTS *nc = X509_get_ext_d2i(
	    certificate_x509(c), NID_name_constraints, NULL, NULL);
	int n = 0;

	if (nc != NULL && nc->permittedSubtrees != NULL)
		n += sk_GENERAL_SUBTREE_num(nc->permittedSubtrees);
	if (nc != NULL && nc->excludedSubtrees != NULL)
		n += sk_GENERAL_SUBTREE_num(nc->excludedSubtrees);
	NAME_CONSTRAINTS_free(nc);

	return (size_t)n;
}

/* CAs between leaf and root that are not self-issued (RFC 5280 6.1.4 (l)). */
static enum rc
check_depth(
    const struct chain_in *in, const struct chain_path *path, struct err *e)
{
	unsigned int n = 0;

	for (size_t i = 1; i + 1 < path->n; i++) {
		X509 *x = certificate_x509(path->at[i]);

		n += (X509_get_extension_flags(x) & EXFLAG_SI) == 0;
	}
	if (in->limited && n > in->depth)
		return err_set(
		    e, RC_LIMIT, "path", "more CAs in it than allowed");

	return RC_OK;
}

static enum rc
check_one(const struct chain_look *look, struct err *e)
{
	unsigned int place = look->at == 0  ? AT_LEAF
	    : look->at + 1 == look->path->n ? AT_ROOT
					    : AT_CA;
	char field[CHAIN_FIELD];

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct chain_look k = *look;

		k.nid = rules[i].nid;
		if ((rules[i].profiles & FOR(k.in->profile)) == 0 ||
		    (rules[i].places & place) == 0 || rules[i].good(&k))
			continue;
		chain_field(look->at, look->path->n, rules[i].field, field);
		return err_set(e, RC_DENIED, field, "%s", rules[i].why);
	}

	return RC_OK;
}

enum rc
chain_check(
    const struct chain_in *in, const struct chain_path *path, struct err *e)
{
	enum rc rc = check_depth(in, path, e);

	for (size_t i = 0; rc == RC_OK && i < path->n; i++) {
		struct chain_look k = { .in = in,
			.path = path,
			.at = i,
			.c = path->at[i],
			.x = certificate_x509(path->at[i]) };

		rc = check_one(&k, e);
	}
	ERR_clear_error();

	return rc;
}
