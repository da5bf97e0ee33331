/*
 * limbo_make.c - writes chains of our own as cases in x509-limbo's schema.
 *
 * Belongs here: two good chains (a server's, and one as KISA's CAs make them),
 * a small language of changes to them, CRLs and OCSP answers, and JSON.
 * Not here: which changes there are and what is expected (limbo_cases.def);
 * running them (tests/unit/x509/own_test.c).
 *
 * Members beside limbo's: profile ("path", "sign", "encrypt", "server", "web"),
 * refused (the field of the refusal and its clause), policies, flags ("explicit", "no-mapping", "no-any"), crls and ocsp (PEM; where
 * one of them is there, revocation is asked).
 */
#include <jansson.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXTENSIONS 24
#define CERTS      12
#define TEXT       4096

/* What is to become a certificate: text, until all changes are made. */
struct plan {
	char name[16];
	char subject[256],
	    issuer[256]; /* "": empty; issuer "=": its parent's */
	char from[20], to[20], hash[16], key[16], signer[16], serial[64];
	char broken[16]; /* "nul": the subject has a CN with one */
	long version;
	bool general; /* GeneralizedTime whatever the year */
	size_t names; /* so many alternative names */
	struct {
		char name[40], value[1024];
	} extension[EXTENSIONS];
	size_t extensions;
	X509 *made;
};

/* One case while it is made: certs[0] is the root, the last one the leaf. */
struct work {
	struct plan certs[CERTS];
	size_t n;
	json_t *json, *crls, *ocsp;
	char drop[16], trust[16];
	size_t copies; /* so many of the leaf in the pool */
};

static const struct limbo_row {
	const char *id;
	const char
	    *refused; /* the field and clause of the refusal, or SUCCESS */
	const char *base, *changes;
} cases[] = {
#define CASE(id, result, base, changes) { id, result, base, changes },
#define SUCCESS                         NULL
#include "limbo_cases.def"
};

/* Sections that extensions refer to. */
static const char sections[] =
    "[real]\nrealName=UTF8:\xed\x99\x8d\xea\xb8\xb8\xeb\x8f\x99\n"
    "[any]\npolicyIdentifier=2.5.29.32.0\nCPS.1=http://rootca.example/cps\n"
    "userNotice.1=@notice\n"
    "[one]\npolicyIdentifier=1.2.410.200005.1.1.1\n"
    "userNotice.1=@notice\nCPS.1=http://ca.example/cps\n"
    /* BMPString as its octets. */
    "[notice]\nexplicitText=BMP:\xc7\x78\xc9\x9d\xc1\x1c\n"
    "[dp]\nfullname=@ldap\n"
    "[ldap]\nURI=ldap://ds.example/ou=dp1,o=own,c=kr\n"
    "[dp_name]\nfullname=URI:http://dp.example/a.crl\n"
    "[dn]\nCN=example\n[other_dn]\nCN=other\n";

static _Noreturn void
die(const char *id, const char *what)
{
	(void)fprintf(stderr, "limbo_make: %s: %s\n", id, what);
	ERR_print_errors_fp(stderr);
	exit(EXIT_FAILURE);
}

/* Keys are made once, by who has them and of which kind. */
static EVP_PKEY *
key_of(const char *owner, const char *kind)
{
	static struct {
		char name[40];
		EVP_PKEY *key;
	} keys[64];
	char name[40];
	size_t i;

	(void)snprintf(name, sizeof(name), "%s/%s", owner, kind);
	for (i = 0; keys[i].key != NULL; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	}
	if (i + 1 == sizeof(keys) / sizeof(keys[0]))
		die(name, "too many keys");
	(void)snprintf(keys[i].name, sizeof(name), "%s", name);
	if (strncmp(kind, "rsa", 3) == 0)
		keys[i].key = EVP_PKEY_Q_keygen(
		    NULL, NULL, "RSA", (size_t)atoi(kind + 3));
	else if (strcmp(kind, "ED25519") == 0)
		keys[i].key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		keys[i].key = EVP_EC_gen(kind);
	if (keys[i].key == NULL)
		die(name, "no such key");

	return keys[i].key;
}

static struct plan *
cert_of(struct work *w, const char *name, const char *id)
{
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->certs[i].name, name) == 0)
			return &w->certs[i];
	}
	die(id, name);
}

static void
set_text(char *out, size_t size, const char *value)
{
	if ((size_t)snprintf(out, size, "%s", value) >= size)
		die(value, "too long");
}

/* how: '=' replaces, '+' adds, '-' takes away. */
static void
set_extension(struct plan *p, const char *name, char how, const char *value)
{
	size_t i = 0;

	while (i < p->extensions && strcmp(p->extension[i].name, name) != 0)
		i++;
	if (how == '-') {
		if (i == p->extensions)
			die(name, "is not there to be taken away");
		p->extension[i] = p->extension[--p->extensions];
		return;
	}
	if (how == '+' || i == p->extensions)
		i = p->extensions++;
	if (i == EXTENSIONS)
		die(name, "too many extensions");
	set_text(p->extension[i].name, sizeof(p->extension[i].name), name);
	set_text(p->extension[i].value, sizeof(p->extension[i].value), value);
}

static struct plan *
add_cert(struct work *w, const char *name, const char *subject)
{
	struct plan *p = &w->certs[w->n++];

	*p = (struct plan){ .version = 2 };
	set_text(p->name, sizeof(p->name), name);
	set_text(p->subject, sizeof(p->subject), subject);
	set_text(p->issuer, sizeof(p->issuer), "=");
	set_text(p->from, sizeof(p->from), "20200101000000Z");
	set_text(p->to, sizeof(p->to), "20400101000000Z");
	set_text(p->hash, sizeof(p->hash), "SHA256");
	set_text(p->key, sizeof(p->key), "P-256");
	(void)snprintf(p->serial, sizeof(p->serial), "%02zX", w->n);
	set_extension(p, "subjectKeyIdentifier", '=', "hash");
	if (w->n > 1)
		set_extension(p, "authorityKeyIdentifier", '=', "keyid:always");

	return p;
}

static void
make_issuer(struct plan *p, const char *constraints)
{
	set_extension(p, "basicConstraints", '=', constraints);
	set_extension(p, "keyUsage", '=', "critical,keyCertSign,cRLSign");
}

static void
base_server(struct work *w)
{
	struct plan *p;

	make_issuer(
	    add_cert(w, "root", "/C=KR/O=Own/CN=root"), "critical,CA:TRUE");
	make_issuer(add_cert(w, "ca", "/C=KR/O=Own/CN=ca"),
	    "critical,CA:TRUE,pathlen:0");
	p = add_cert(w, "leaf", "/C=KR/O=Own/CN=leaf");
	set_extension(p, "keyUsage", '=', "critical,digitalSignature");
	set_extension(p, "extendedKeyUsage", '=', "serverAuth");
	set_extension(p, "subjectAltName", '=', "DNS:example.com");
}

/* npki-formats.md 4.1 and 4.4: the root without keyUsage, the CA with more. */
static void
base_korean(struct work *w)
{
	static const char san[] =
	    "otherName:1.2.410.200004.10.1.1;SEQUENCE:real";
	struct plan *p;

	p = add_cert(w, "root", "/C=KR/O=KISA/OU=Central/CN=Own RootCA");
	set_extension(p, "basicConstraints", '=', "critical,CA:TRUE");
	p = add_cert(w, "ca", "/C=KR/O=own/OU=AccreditedCA/CN=ownCA");
	make_issuer(p, "critical,CA:TRUE,pathlen:0");
	set_extension(
	    p, "authorityKeyIdentifier", '=', "keyid:always,issuer:always");
	set_extension(p, "certificatePolicies", '=', "critical,ia5org,@any");
	set_extension(p, "subjectAltName", '=', san);
	set_extension(
	    p, "policyConstraints", '=', "critical,requireExplicitPolicy:0");
	p = add_cert(w, "leaf", "/C=KR/O=own/OU=personal/CN=hong()0001");
	set_extension(
	    p, "authorityKeyIdentifier", '=', "keyid:always,issuer:always");
	set_extension(
	    p, "keyUsage", '=', "critical,digitalSignature,nonRepudiation");
	set_extension(p, "certificatePolicies", '=', "critical,ia5org,@one");
	set_extension(p, "subjectAltName", '=', san);
	set_extension(p, "crlDistributionPoints", '=', "dp");
	set_extension(
	    p, "authorityInfoAccess", '=', "OCSP;URI:http://ocsp.example");
}

/* One more CA above the leaf. */
static void
add_ca(struct work *w, const char *name)
{
	struct plan leaf = w->certs[--w->n];
	char subject[64];

	(void)snprintf(subject, sizeof(subject), "/C=KR/O=Own/CN=%s", name);
	make_issuer(add_cert(w, name, subject), "critical,CA:TRUE");
	w->certs[w->n++] = leaf;
}

/* A property of a certificate that is no extension. */
static void
set_property(struct plan *p, const char *name, const char *value)
{
	const struct {
		const char *name;
		char *out;
		size_t size;
	} text[] = {
		{ "subject", p->subject, sizeof(p->subject) },
		{ "issuer", p->issuer, sizeof(p->issuer) },
		{ "from", p->from, sizeof(p->from) },
		{ "to", p->to, sizeof(p->to) },
		{ "hash", p->hash, sizeof(p->hash) },
		{ "key", p->key, sizeof(p->key) },
		{ "signer", p->signer, sizeof(p->signer) },
		{ "serial", p->serial, sizeof(p->serial) },
		{ "broken", p->broken, sizeof(p->broken) },
	};

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		if (strcmp(text[i].name, name) == 0) {
			set_text(text[i].out, text[i].size, value);
			return;
		}
	}
	if (strcmp(name, "version") == 0)
		p->version = atol(value) - 1;
	else if (strcmp(name, "general") == 0)
		p->general = true;
	else if (strcmp(name, "names") == 0)
		p->names = (size_t)atol(value);
	else
		die(name, "no such property");
}

static void
put_text(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name, json_string(value));
}

/* A word of the case itself: "host=…", "add=…", …; crl and ocsp wait. */
static void
set_case(struct work *w, const char *name, const char *value, const char *id)
{
	json_t *peer;

	if (strcmp(name, "host") == 0 && value[0] == '\0') {
		(void)json_object_del(w->json, "expected_peer_name");
	} else if (strcmp(name, "host") == 0) {
		peer = json_object();
		put_text(peer, "kind", "DNS");
		put_text(peer, "value", value);
		json_object_set_new(w->json, "expected_peer_name", peer);
	} else if (strcmp(name, "at") == 0) {
		put_text(w->json, "validation_time", value);
	} else if (strcmp(name, "depth") == 0) {
		json_object_set_new(
		    w->json, "max_chain_depth", json_integer(atol(value)));
	} else if (strcmp(name, "policy") == 0) {
		json_array_append_new(
		    json_object_get(w->json, "policies"), json_string(value));
	} else if (strcmp(name, "flag") == 0) {
		json_array_append_new(
		    json_object_get(w->json, "flags"), json_string(value));
	} else if (strcmp(name, "add") == 0) {
		add_ca(w, value);
	} else if (strcmp(name, "drop") == 0) {
		set_text(w->drop, sizeof(w->drop), value);
	} else if (strcmp(name, "trust") == 0) {
		set_text(w->trust, sizeof(w->trust), value);
	} else if (strcmp(name, "copies") == 0) {
		w->copies = (size_t)atol(value);
	} else if (strcmp(name, "crl") != 0 && strcmp(name, "ocsp") != 0) {
		die(id, name);
	}
}

/*
 * "ca.keyUsage=critical,cRLSign", "leaf.keyUsage-", "leaf.keyUsage+=…",
 * "leaf.@serial=00", "host=…".
 */
static void
change(struct work *w, char *word, const char *id)
{
	char *equals = strchr(word, '='), *dot;
	char how = '=';
	char *value = word + strlen(word);

	if (equals != NULL) {
		*equals = '\0';
		value = equals + 1;
		if (equals > word && equals[-1] == '+') {
			equals[-1] = '\0';
			how = '+';
		}
	} else if (value > word && value[-1] == '-') {
		value[-1] = '\0';
		how = '-';
	}
	dot = strchr(word, '.');
	if (dot == NULL) {
		set_case(w, word, value, id);
		return;
	}
	*dot = '\0';
	if (dot[1] == '@')
		set_property(cert_of(w, word, id), dot + 2, value);
	else
		set_extension(cert_of(w, word, id), dot + 1, how, value);
}

/* Calls with each " ; "-separated word of a row. */
static void
each_word(struct work *w, const struct limbo_row *row,
    void (*call)(struct work *w, char *word, const char *id))
{
	static char text[TEXT];
	char *at = text, *end;

	set_text(text, sizeof(text), row->changes);
	while (*at != '\0') {
		end = strstr(at, " ; ");
		if (end != NULL)
			*end = '\0';
		call(w, at, row->id);
		if (end == NULL)
			break;
		at = end + 3;
	}
}

static X509_NAME *
name_of(const char *text, const char *broken)
{
	X509_NAME *name = X509_NAME_new();
	char copy[256], *at = copy, *end;

	set_text(copy, sizeof(copy), text);
	while (*at == '/') {
		char *value = strchr(at, '=');

		end = strchr(at + 1, '/');
		if (end != NULL)
			*end = '\0';
		if (value == NULL)
			die(text, "not a name");
		*value++ = '\0';
		if (X509_NAME_add_entry_by_txt(name, at + 1,
			at[1] == 'C' && at[2] == '\0' ? V_ASN1_PRINTABLESTRING
						      : MBSTRING_UTF8,
			(const unsigned char *)value, -1, -1, 0) != 1)
			die(text, "not a name");
		if (end == NULL)
			break;
		*end = '/';
		at = end;
	}
	if (strcmp(broken, "nul") == 0 &&
	    X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
		(const unsigned char *)"a\0b", 3, -1, 0) != 1)
		die(text, "no NUL");
	return name;
}

static void
set_time(ASN1_TIME *t, const char *text, bool general, const char *id)
{
	if ((general ? ASN1_TIME_set_string(t, text)
		     : ASN1_TIME_set_string_X509(t, text)) != 1)
		die(id, text);
}

static void
put_extensions(X509 *x, X509 *issuer, const struct plan *p, const char *id)
{
	BIO *in = BIO_new_mem_buf(sections, -1);
	CONF *conf = NCONF_new(NULL);
	X509V3_CTX ctx;
	long line;

	if (NCONF_load_bio(conf, in, &line) != 1)
		die(id, "sections");
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	for (size_t i = 0; i < p->extensions; i++) {
		X509_EXTENSION *e = X509V3_EXT_nconf(
		    conf, &ctx, p->extension[i].name, p->extension[i].value);

		if (e == NULL || X509_add_ext(x, e, -1) != 1)
			die(id, p->extension[i].name);
		X509_EXTENSION_free(e);
	}
	NCONF_free(conf);
	BIO_free(in);
}

static void
put_serial(X509 *x, const char *hex, const char *id)
{
	BIGNUM *n = NULL;
	ASN1_INTEGER *serial;

	if (BN_hex2bn(&n, hex) == 0 ||
	    (serial = BN_to_ASN1_INTEGER(n, NULL)) == NULL ||
	    X509_set_serialNumber(x, serial) != 1)
		die(id, hex);
	ASN1_INTEGER_free(serial);
	BN_free(n);
}

static void
put_names(struct plan *p)
{
	static char names[TEXT];
	size_t n = 0;

	n += (size_t)snprintf(names, sizeof(names), "DNS:example.com");
	for (size_t i = 1; i < p->names; i++)
		n += (size_t)snprintf(
		    names + n, sizeof(names) - n, ",DNS:%zu.a", i);
	if (n >= sizeof(p->extension[0].value) && p->names < 102)
		die(p->name, "too many names");
	set_extension(p, "subjectAltName", '=', names);
}

static void
sign_cert(X509 *x, const struct plan *p, const struct plan *parent)
{
	const char *signer = p->signer[0] == '\0' ? parent->name : p->signer;
	EVP_PKEY *key = key_of(signer, parent->key);
	const EVP_MD *md = EVP_get_digestbyname(
	    strncmp(p->hash, "PSS", 3) == 0 ? "SHA256" : p->hash);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;

	if (EVP_PKEY_is_a(key, "ED25519") == 1)
		md = NULL;
	if (EVP_DigestSignInit(ctx, &pctx, md, NULL, key) != 1 ||
	    (strncmp(p->hash, "PSS", 3) == 0 &&
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) !=
		    1) ||
	    X509_sign_ctx(x, ctx) <= 0)
		die(p->name, "not signed");
	EVP_MD_CTX_free(ctx);
}

static void
make_cert(struct plan *p, const struct plan *parent, const char *id)
{
	X509 *x = X509_new();
	X509_NAME *subject = name_of(p->subject, p->broken);
	X509_NAME *issuer = strcmp(p->issuer, "=") == 0
	    ? name_of(parent->subject, parent->broken)
	    : name_of(p->issuer, "");

	p->made = x;
	if (p->names > 0)
		put_names(p);
	if (X509_set_version(x, p->version) != 1 ||
	    X509_set_subject_name(x, subject) != 1 ||
	    X509_set_issuer_name(x, issuer) != 1 ||
	    X509_set_pubkey(x, key_of(p->name, p->key)) != 1)
		die(id, p->name);
	put_serial(x, p->serial, id);
	set_time(X509_getm_notBefore(x), p->from, p->general, id);
	set_time(X509_getm_notAfter(x), p->to, p->general, id);
	put_extensions(x, parent->made, p, id);
	sign_cert(x, p, parent);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
}

static json_t *
pem_of(const char *what, const uint8_t *der, int n)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text;
	long size;
	json_t *json;

	(void)PEM_write_bio(out, what, "", der, n);
	size = BIO_get_mem_data(out, &text);
	json = json_stringn(text, (size_t)size);
	BIO_free(out);

	return json;
}

static json_t *
pem_cert(X509 *x)
{
	uint8_t *der = NULL;
	int n = i2d_X509(x, &der);
	json_t *json = pem_of("CERTIFICATE", der, n);

	OPENSSL_free(der);

	return json;
}

/* Does the comma-separated list of words have this one? */
static bool
says(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += n) {
		if ((at == words || at[-1] == ',') &&
		    (at[n] == '\0' || at[n] == ','))
			return true;
	}

	return false;
}

static void
crl_extension(X509_CRL *crl, const char *name, const char *value)
{
	BIO *in = BIO_new_mem_buf(sections, -1);
	CONF *conf = NCONF_new(NULL);
	X509_EXTENSION *e;
	X509V3_CTX ctx;
	long line;

	X509V3_set_ctx(&ctx, NULL, NULL, NULL, crl, 0);
	if (NCONF_load_bio(conf, in, &line) != 1)
		die(name, "sections");
	X509V3_set_nconf(&ctx, conf);
	e = X509V3_EXT_nconf(conf, &ctx, name, value);
	if (e == NULL || X509_CRL_add_ext(crl, e, -1) != 1)
		die(name, value);
	X509_EXTENSION_free(e);
	NCONF_free(conf);
	BIO_free(in);
}

static void
crl_entry(X509_CRL *crl, const ASN1_INTEGER *serial, const char *words)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *copy = ASN1_INTEGER_dup(serial);
	ASN1_TIME *at = ASN1_TIME_new();
	ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();

	set_time(at, "20230601000000Z", false, "crl");
	if (says(words, "negative"))
		(void)ASN1_INTEGER_set_int64(copy, -5);
	(void)X509_REVOKED_set_serialNumber(entry, copy);
	(void)X509_REVOKED_set_revocationDate(entry, at);
	(void)ASN1_ENUMERATED_set(reason,
	    says(words, "hold") ? CRL_REASON_CERTIFICATE_HOLD
				: CRL_REASON_KEY_COMPROMISE);
	(void)X509_REVOKED_add1_ext_i2d(
	    entry, NID_crl_reason, reason, says(words, "entry-critical"), 0);
	if (says(words, "entry-unknown")) {
		X509_EXTENSION *e = X509V3_EXT_nconf(
		    NULL, NULL, "1.2.3.4", "critical,DER:0500");

		(void)X509_REVOKED_add_ext(entry, e, -1);
		X509_EXTENSION_free(e);
	}
	(void)X509_CRL_add0_revoked(crl, entry);
	ASN1_INTEGER_free(copy);
	ASN1_TIME_free(at);
	ASN1_ENUMERATED_free(reason);
}

static void
crl_entries(X509_CRL *crl, struct work *w, const char *words, const char *id)
{
	ASN1_INTEGER *other = ASN1_INTEGER_new();

	if (says(words, "leaf"))
		crl_entry(crl,
		    X509_get0_serialNumber(cert_of(w, "leaf", id)->made),
		    words);
	if (says(words, "ca"))
		crl_entry(crl,
		    X509_get0_serialNumber(cert_of(w, "ca", id)->made), words);
	for (int i = 0; i < (says(words, "many") ? 2000 : 1); i++) {
		(void)ASN1_INTEGER_set(other, 1000000 + i);
		if (says(words, "others") || says(words, "many"))
			crl_entry(crl, other, words);
	}
	ASN1_INTEGER_free(other);
}

/* "crl=ISSUER,words": a list of this issuer, changed by the words. */
static void
make_crl(struct work *w, const char *words, const char *id)
{
	bool root = says(words, "by-root");
	struct plan *p = cert_of(w, root ? "root" : "ca", id);
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	uint8_t *der = NULL;
	int n;

	(void)X509_CRL_set_version(crl, says(words, "v1") ? 0 : 1);
	(void)X509_CRL_set_issuer_name(crl,
	    X509_get_subject_name(says(words, "other-name")
		    ? cert_of(w, "leaf", id)->made
		    : p->made));
	set_time(t,
	    says(words, "future") ? "20250101000000Z" : "20231201000000Z",
	    false, id);
	(void)X509_CRL_set1_lastUpdate(crl, t);
	set_time(t, says(words, "old") ? "20231215000000Z" : "20240201000000Z",
	    false, id);
	if (!says(words, "endless"))
		(void)X509_CRL_set1_nextUpdate(crl, t);
	crl_entries(crl, w, words, id);
	(void)ASN1_INTEGER_set(number, 7);
	if (!says(words, "v1"))
		(void)X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0);
	if (says(words, "unknown-critical"))
		crl_extension(crl, "1.2.3.4", "critical,DER:0500");
	if (says(words, "unknown"))
		crl_extension(crl, "1.2.3.4", "DER:0500");
	if (says(words, "number-twice"))
		crl_extension(crl, "2.5.29.20", "DER:020108");
	if (says(words, "dp"))
		crl_extension(crl, "issuingDistributionPoint", "critical,@dp");
	if (says(words, "dp-other"))
		crl_extension(
		    crl, "issuingDistributionPoint", "critical,@dp_name");
	if (says(words, "only-user"))
		crl_extension(crl, "2.5.29.28", "critical,DER:30038101ff");
	if (says(words, "only-ca"))
		crl_extension(crl, "2.5.29.28", "critical,DER:30038201ff");
	if (says(words, "only-attribute"))
		crl_extension(crl, "2.5.29.28", "critical,DER:30038501ff");
	if (says(words, "some-reasons"))
		crl_extension(crl, "2.5.29.28", "critical,DER:300483020640");
	if (says(words, "sorted"))
		(void)X509_CRL_sort(crl);
	if (X509_CRL_sign(crl,
		key_of(says(words, "other-key") ? "stranger" : p->name, p->key),
		EVP_get_digestbyname(
		    says(words, "sha1") ? "SHA1" : "SHA256")) <= 0)
		die(id, "no list");
	n = i2d_X509_CRL(crl, &der);
	if (says(words, "cut"))
		n--;
	json_array_append_new(w->crls, pem_of("X509 CRL", der, n));
	OPENSSL_free(der);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(t);
	X509_CRL_free(crl);
}

/* A responder that the CA named, or that somebody says it did. */
static X509 *
make_delegate(struct work *w, const char *words, const char *id)
{
	struct plan p, *parent;
	struct work other = { .n = 1 };

	parent = cert_of(w, says(words, "of-root") ? "root" : "ca", id);
	p = *add_cert(&other, "delegate", "/C=KR/O=Own/CN=responder");
	set_extension(&p, "keyUsage", '=',
	    says(words, "no-signature") ? "critical,keyEncipherment"
					: "critical,digitalSignature");
	if (!says(words, "no-purpose"))
		set_extension(&p, "extendedKeyUsage", '=',
		    says(words, "other-purpose") ? "serverAuth"
						 : "OCSPSigning");
	if (says(words, "delegate-old"))
		set_text(p.to, sizeof(p.to), "20231201000000Z");
	if (says(words, "delegate-forged"))
		set_text(p.signer, sizeof(p.signer), "stranger");
	make_cert(&p, parent, id);

	return p.made;
}

static void
ocsp_status(OCSP_BASICRESP *answer, OCSP_CERTID *id, const char *words)
{
	ASN1_TIME *this_at = ASN1_TIME_new(), *next = ASN1_TIME_new();
	int status = says(words, "revoked") ? V_OCSP_CERTSTATUS_REVOKED
	    : says(words, "unknown")        ? V_OCSP_CERTSTATUS_UNKNOWN
					    : V_OCSP_CERTSTATUS_GOOD;

	(void)ASN1_TIME_set_string(this_at,
	    says(words, "future")      ? "20240102000000Z"
		: says(words, "fresh") ? "20231231235900Z"
				       : "20231231000000Z");
	(void)ASN1_TIME_set_string(
	    next, says(words, "old") ? "20231231120000Z" : "20240201000000Z");
	if (OCSP_basic_add1_status(answer, id, status,
		OCSP_REVOKED_STATUS_KEYCOMPROMISE, this_at, this_at,
		says(words, "endless") ? NULL : next) == NULL)
		die(words, "no status");
	ASN1_TIME_free(this_at);
	ASN1_TIME_free(next);
}

static void
ocsp_put(struct work *w, OCSP_BASICRESP *basic, const char *words)
{
	OCSP_RESPONSE *answer = OCSP_response_create(says(words, "try-later")
		? OCSP_RESPONSE_STATUS_TRYLATER
		: OCSP_RESPONSE_STATUS_SUCCESSFUL,
	    says(words, "try-later") ? NULL : basic);
	uint8_t *der = NULL;
	int n = i2d_OCSP_RESPONSE(answer, &der);

	if (says(words, "flipped"))
		der[n / 2] ^= 1;
	json_array_append_new(w->ocsp,
	    pem_of("OCSP RESPONSE", der, says(words, "cut") ? n - 1 : n));
	OPENSSL_free(der);
	OCSP_RESPONSE_free(answer);
}

/* "ocsp=leaf,words" and "ocsp=ca,words": what a responder says of it. */
static void
make_ocsp(struct work *w, const char *words, const char *id)
{
	bool of_ca = says(words, "of-ca");
	struct plan *of = cert_of(w, of_ca ? "ca" : "leaf", id);
	struct plan *by = cert_of(w, of_ca ? "root" : "ca", id);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *name = OCSP_cert_to_id(
	    says(words, "sha256-id") ? EVP_sha256() : EVP_sha1(),
	    says(words, "other") ? by->made : of->made, by->made);
	X509 *signer = by->made, *delegate = NULL;
	EVP_PKEY *key =
	    key_of(says(words, "other-key") ? "stranger" : by->name, by->key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned long flags = OCSP_NOCERTS | OCSP_NOTIME;

	ocsp_status(basic, name, words);
	if (says(words, "twice"))
		ocsp_status(basic, name, words);
	if (says(words, "critical")) {
		X509_EXTENSION *e = X509V3_EXT_nconf(
		    NULL, NULL, "1.2.3.4", "critical,DER:0500");

		(void)OCSP_BASICRESP_add_ext(basic, e, -1);
		X509_EXTENSION_free(e);
	}
	if (says(words, "delegate")) {
		signer = delegate = make_delegate(w, words, id);
		key = key_of("delegate", "P-256");
		flags = OCSP_NOTIME;
	}
	/* OpenSSL signs with a certificate's own key: one with that name. */
	if (says(words, "other-key")) {
		signer = delegate = X509_dup(by->made);
		(void)X509_set_pubkey(delegate, key);
	}
	if (says(words, "by-key"))
		flags |= OCSP_RESPID_KEY;
	if (EVP_DigestSignInit(ctx, NULL,
		EVP_get_digestbyname(says(words, "sha1") ? "SHA1" : "SHA256"),
		NULL, key) != 1)
		die(id, "no answer");
	if (OCSP_basic_sign_ctx(basic, signer, ctx, NULL, flags) != 1)
		die(id, "no answer");
	ocsp_put(w, basic, words);
	X509_free(delegate);
	EVP_MD_CTX_free(ctx);
	OCSP_CERTID_free(name);
	OCSP_BASICRESP_free(basic);
}

/* The lists and answers of a row, once its certificates are there. */
static void
answer(struct work *w, char *word, const char *id)
{
	if (strncmp(word, "crl=", 4) == 0)
		make_crl(w, word + 4, id);
	else if (strncmp(word, "ocsp=", 5) == 0)
		make_ocsp(w, word + 5, id);
}

static void
start(struct work *w, const struct limbo_row *row)
{
	*w = (struct work){ .json = json_object(),
		.crls = json_array(),
		.ocsp = json_array() };
	json_object_set_new(w->json, "policies", json_array());
	json_object_set_new(w->json, "flags", json_array());
	put_text(w->json, "id", row->id);
	put_text(w->json, "profile", row->base);
	put_text(w->json, "description", row->changes);
	put_text(w->json, "validation_time", "2024-01-01T00:00:00+00:00");
	put_text(w->json, "expected_result",
	    row->refused == SUCCESS ? "SUCCESS" : "FAILURE");
	if (row->refused != SUCCESS)
		put_text(w->json, "refused", row->refused);
	if (strcmp(row->base, "server") == 0 || strcmp(row->base, "web") == 0) {
		put_text(w->json, "validation_kind", "SERVER");
		base_server(w);
		set_case(w, "host", "example.com", row->id);
	} else {
		put_text(w->json, "validation_kind", "CLIENT");
		base_korean(w);
	}
}

static void
finish(struct work *w)
{
	json_t *trusted = json_array(), *sent = json_array();
	struct plan *leaf = &w->certs[w->n - 1];

	for (size_t i = 0; i + 1 < w->n; i++) {
		const char *name = w->certs[i].name;
		const char *anchor = w->trust[0] == '\0' ? "root" : w->trust;

		if (strcmp(name, anchor) == 0)
			json_array_append_new(
			    trusted, pem_cert(w->certs[i].made));
		else if (strcmp(name, w->drop) != 0)
			json_array_append_new(sent, pem_cert(w->certs[i].made));
	}
	for (size_t i = 0; i < w->copies; i++)
		json_array_append_new(sent, pem_cert(leaf->made));
	json_object_set_new(w->json, "trusted_certs", trusted);
	json_object_set_new(w->json, "untrusted_intermediates", sent);
	json_object_set_new(w->json, "peer_certificate", pem_cert(leaf->made));
	json_object_set_new(w->json, "crls", w->crls);
	json_object_set_new(w->json, "ocsp", w->ocsp);
	for (size_t i = 0; i < w->n; i++)
		X509_free(w->certs[i].made);
}

int
main(int argc, char **argv)
{
	json_t *root = json_object(), *list = json_array();
	static struct work w;

	if (argc != 2)
		die("usage", "limbo_make FILE");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&w, &cases[i]);
		each_word(&w, &cases[i], change);
		for (size_t k = 0; k < w.n; k++)
			make_cert(&w.certs[k], &w.certs[k == 0 ? 0 : k - 1],
			    cases[i].id);
		each_word(&w, &cases[i], answer);
		finish(&w);
		json_array_append_new(list, w.json);
	}
	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "testcases", list);
	if (json_dump_file(root, argv[1], JSON_INDENT(1)) != 0)
		die(argv[1], "not written");
	json_decref(root);

	return EXIT_SUCCESS;
}
