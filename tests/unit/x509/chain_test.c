/*
 * chain_test.c - roots from files and folders; paths for people's signatures.
 * Paths as such are PKITS's and limbo's (pkits_test.c, limbo_test.c).
 */
#include "x509/chain.h"

#include "../npki/samples.h"

#include <time.h>
#include <unistd.h>

/* A small PKI of openssl(1), in a folder: root.pem, ca.pem, leaf.pem, km.pem. */
static const char recipe[] =
    "cd '%s' && exec 2>/dev/null;"
    "new() { openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256"
    " -noenc -keyout $1.key -out $1.csr -subj \"/C=KR/O=Test/CN=$1\"; };"
    "sign() { printf \"$3\" > ext; openssl x509 -req -in $1.csr -CA $2.pem"
    " -CAkey $2.key -days $5 -set_serial 0x$4 -extfile ext -out $1.pem; };"
    "new root; printf 'basicConstraints=critical,CA:TRUE\n"
    "subjectKeyIdentifier=hash\n' > ext;"
    "openssl x509 -req -in root.csr -signkey root.key -days 60"
    " -set_serial 0x01 -extfile ext -out root.pem;"
    "new ca; sign ca root 'basicConstraints=critical,CA:TRUE,pathlen:0\n"
    "keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
    "authorityKeyIdentifier=keyid,issuer:always\n"
    "policyConstraints=critical,requireExplicitPolicy:0\n"
    "certificatePolicies=critical,2.5.29.32.0\n' 02 60;"
    "new leaf; sign leaf ca 'keyUsage=critical,digitalSignature,"
    "nonRepudiation\nauthorityKeyIdentifier=keyid,issuer:always\n"
    "subjectKeyIdentifier=hash\n"
    "certificatePolicies=critical,1.2.410.200005.1.1.1\n' 03 30;"
    "new km; sign km ca 'keyUsage=critical,keyEncipherment\n"
    "certificatePolicies=critical,1.2.410.200012.1.1.2\n' 04 30;"
    "openssl x509 -in leaf.pem -outform DER -out leaf.der;"
    "openssl x509 -in km.pem -outform DER -out km.der;"
    "openssl x509 -in ca.pem -outform DER -out ca.der;"
    "openssl x509 -in root.pem -outform DER -out root.der;"
    "printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=number\n"
    "default_md=sha256\ndefault_crl_days=10\n' > conf; echo 01 > number;"
    "list() { openssl ca -config conf -gencrl -keyfile $1.key -cert $1.pem"
    " -out crl && openssl crl -in crl -outform DER -out $2.crl; };"
    ": > index; list root root; list ca none;"
    "printf 'R\t491231000000Z\t200101000000Z\t03\tunknown\t/CN=leaf\n' > index;"
    "list ca leaf; list km other";

struct pki {
	char folder[64];
	struct trust *trust;
	struct buf leaf, km, ca;
	struct certificate *leaf_c, *km_c;
};

static struct buf
take(const struct pki *p, const char *name)
{
	struct buf path = buf_init(4096), out = buf_init(65536);

	buf_printf(&path, "%s/%s", p->folder, name);
	if (file_read(buf_cstr(&path), &out, NULL) != RC_OK)
		abort();
	buf_clear(&path);

	return out;
}

static void
make(struct pki *p)
{
	struct buf command = buf_init(8192), out;

	(void)strcpy(p->folder, "/tmp/ingam-chain-XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		abort();
	buf_printf(&command, recipe, p->folder);
	out = shell(buf_cstr(&command));
	buf_clear(&out);
	buf_clear(&command);
	p->leaf = take(p, "leaf.der");
	p->km = take(p, "km.der");
	p->ca = take(p, "ca.der");
	if (certificate_parse(buf_span(&p->leaf), &p->leaf_c, NULL) != RC_OK ||
	    certificate_parse(buf_span(&p->km), &p->km_c, NULL) != RC_OK)
		abort();
}

static void
clear(struct pki *p)
{
	struct buf command = buf_init(256), out;

	buf_printf(&command, "rm -r '%s'", p->folder);
	out = shell(buf_cstr(&command));
	buf_clear(&out);
	buf_clear(&command);
	certificate_free(p->leaf_c);
	certificate_free(p->km_c);
	trust_free(p->trust);
	buf_clear(&p->leaf);
	buf_clear(&p->km);
	buf_clear(&p->ca);
}

/* Loads a file of the folder; NULL: the folder itself. */
static enum rc
load(struct pki *p, const char *name, struct err *e)
{
	struct buf path = buf_init(4096);
	enum rc rc;

	trust_free(p->trust);
	buf_printf(&path, "%s%s%s", p->folder, name == NULL ? "" : "/",
	    name == NULL ? "" : name);
	rc = trust_load(buf_cstr(&path), &p->trust, e);
	buf_clear(&path);

	return rc;
}

static void
put(const struct pki *p, const char *name, const char *text)
{
	struct buf path = buf_init(4096);

	buf_printf(&path, "%s/%s", p->folder, name);
	if (file_replace(buf_cstr(&path), span_str(text), 0600, NULL) != RC_OK)
		abort();
	buf_clear(&path);
}

static void
test_trust(struct pki *p)
{
	struct err e = { 0 };
	struct buf path = buf_init(256);

	ok(load(p, "root.pem", NULL) == RC_OK && trust_count(p->trust) == 1,
	    "a root in PEM");
	ok(load(p, "root.der", NULL) == RC_OK && trust_count(p->trust) == 1,
	    "a root in DER");
	ok(load(p, NULL, NULL) == RC_OK && trust_count(p->trust) == 4,
	    "a folder, each certificate once, PEM or DER");
	ok(load(p, "nothing", NULL) == RC_ABSENT && p->trust == NULL,
	    "a file that is not there");
	ok(load(p, "leaf.key", &e) == RC_ABSENT &&
		strcmp(e.field, "leaf.key") == 0,
	    "a file without a certificate is named");
	put(p, "broken.pem",
	    "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
	err_clear(&e);
	ok(load(p, NULL, &e) == RC_FORMAT && p->trust == NULL &&
		strcmp(e.field, "broken.pem") == 0,
	    "one that is refused refuses the folder, by name");
	buf_printf(&path, "%s/broken.pem", p->folder);
	(void)unlink(buf_cstr(&path));
	buf_clear(&path);
}

/* Without a path: the folder of the person, under XDG_CONFIG_HOME. */
static void
test_trust_usual(struct pki *p)
{
	struct buf out, command = buf_init(1024);

	(void)setenv("XDG_CONFIG_HOME", p->folder, 1);
	trust_free(p->trust);
	ok(trust_load(NULL, &p->trust, NULL) == RC_ABSENT && p->trust == NULL,
	    "nobody is trusted where nobody was put");
	buf_printf(&command,
	    "mkdir -p '%s/ingam/trust.d' && cp '%s/root.pem' '%s/ingam/trust.d'",
	    p->folder, p->folder, p->folder);
	out = shell(buf_cstr(&command));
	ok(trust_load(NULL, &p->trust, NULL) == RC_OK &&
		trust_count(p->trust) == 1,
	    "a person's own folder");
	buf_clear(&out);
	buf_clear(&command);
}

static void
test_path(struct pki *p)
{
	static const char *const general[] = { "1.2.410.200005.1.1.1" };
	static const char *const bank[] = { "1.2.410.200005.1.1.4" };
	static const struct {
		const char *what;
		bool km, alone;
		enum chain_profile profile;
		const char *const *policies;
		int days;
		enum rc rc;
		const char *field;
	} rows[] = {
		{ "a person's signature", false, false, CHAIN_SIGN, NULL, 1,
		    RC_OK, "" },
		{ "its policy is accepted", false, false, CHAIN_SIGN, general,
		    1, RC_OK, "" },
		{ "another policy is asked for", false, false, CHAIN_SIGN, bank,
		    1, RC_DENIED, "leaf.certificatePolicies" },
		{ "not for encryption", false, false, CHAIN_ENCRYPT, NULL, 1,
		    RC_DENIED, "leaf.keyUsage" },
		{ "no name of a server", false, false, CHAIN_SERVER, NULL, 1,
		    RC_DENIED, "leaf.subjectAltName" },
		{ "the other certificate encrypts", true, false, CHAIN_ENCRYPT,
		    NULL, 1, RC_OK, "" },
		{ "and does not sign", true, false, CHAIN_SIGN, NULL, 1,
		    RC_DENIED, "leaf.keyUsage" },
		{ "but has a path", true, false, CHAIN_PATH, NULL, 1, RC_OK,
		    "" },
		{ "the CA was not sent", false, true, CHAIN_SIGN, NULL, 1,
		    RC_ABSENT, "leaf.issuer" },
		{ "too late for the leaf", false, false, CHAIN_SIGN, NULL, 40,
		    RC_EXPIRED, "leaf.notAfter" },
		{ "too early", false, false, CHAIN_SIGN, NULL, -2, RC_EXPIRED,
		    "root.notBefore" },
	};
	struct span pool[1] = { buf_span(&p->ca) };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct chain_in in = {
			.leaf = rows[i].km ? p->km_c : p->leaf_c,
			.pool = pool,
			.pool_n = rows[i].alone ? 0 : 1,
			.trust = p->trust,
			.at_ms = (time(NULL) + rows[i].days * 86400L) * 1000,
			.profile = rows[i].profile,
			.policies = rows[i].policies,
			.policies_n = rows[i].policies == NULL ? 0 : 1,
		};
		struct err e = { 0 };
		struct chain out;
		enum rc rc = chain_verify(&in, &out, &e);

		ok(rc == rows[i].rc && strcmp(e.field, rows[i].field) == 0 &&
			out.n == (rc == RC_OK ? 3 : 0),
		    "%s: %s %s %s", rows[i].what, err_name(rc), e.field, e.msg);
		if (rc == RC_OK)
			ok(out.der[1].p == p->ca.p &&
				span_equal(
				    out.der[0], certificate_der(in.leaf)),
			    "the path, leaf first, is the caller's bytes");
	}
}

static void
test_status(struct pki *p)
{
	static const struct {
		const char *what, *lists[2];
		int days;
		enum rc rc;
		const char *field;
	} rows[] = {
		{ "nobody is revoked", { "root.crl", "none.crl" }, 1, RC_OK,
		    "" },
		{ "the leaf is", { "root.crl", "leaf.crl" }, 1, RC_DENIED,
		    "leaf.status" },
		{ "no list of its CA", { "root.crl", "other.crl" }, 1,
		    RC_ABSENT, "leaf.status" },
		{ "no list of the root", { "none.crl", "none.crl" }, 1,
		    RC_ABSENT, "ca[1].status" },
		{ "old lists", { "root.crl", "none.crl" }, 12, RC_ABSENT,
		    "leaf.status" },
	};
	struct span pool[1] = { buf_span(&p->ca) };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct crl *lists[2];
		const struct chain_status status = {
			.crls = (const struct crl *const *)lists, .crls_n = 2
		};
		struct chain_in in = { .leaf = p->leaf_c,
			.pool = pool,
			.pool_n = 1,
			.trust = p->trust,
			.status = &status,
			.at_ms = (time(NULL) + rows[i].days * 86400L) * 1000,
			.profile = CHAIN_SIGN };
		struct err e = { 0 };
		struct chain out;
		enum rc rc;

		for (size_t k = 0; k < 2; k++) {
			struct buf der = take(p, rows[i].lists[k]);

			if (crl_parse(buf_span(&der), &lists[k], &e) != RC_OK)
				abort();
			buf_clear(&der);
		}
		rc = chain_verify(&in, &out, &e);
		ok(rc == rows[i].rc && strcmp(e.field, rows[i].field) == 0,
		    "%s: %s %s %s", rows[i].what, err_name(rc), e.field, e.msg);
		crl_free(lists[0]);
		crl_free(lists[1]);
	}
}

/* Every shortened list is refused, and one that is longer. */
static void
test_list(struct pki *p)
{
	struct buf der = take(p, "leaf.crl");
	struct err e = { 0 };
	struct crl *list;
	size_t taken = 0;

	for (size_t n = 0; n < der.n; n++) {
		struct span in = { der.p, n };

		taken += crl_parse(in, &list, NULL) == RC_OK || list != NULL;
	}
	buf_u8(&der, 0);
	ok(taken == 0 && crl_parse(buf_span(&der), &list, &e) == RC_FORMAT &&
		e.msg[0] != '\0',
	    "a list that is cut off, or goes on");
	buf_clear(&der);
}

/* What is sent is bounded before anything is computed. */
static void
test_limits(struct pki *p)
{
	struct span pool[CHAIN_POOL_MAX + 1];
	struct chain_in in = { .leaf = p->leaf_c,
		.pool = pool,
		.trust = p->trust,
		.at_ms = time(NULL) * 1000L };
	struct chain out;

	for (size_t i = 0; i <= CHAIN_POOL_MAX; i++)
		pool[i] = buf_span(&p->km);
	pool[CHAIN_POOL_MAX - 1] = buf_span(&p->ca);
	in.pool_n = CHAIN_POOL_MAX;
	ok(chain_verify(&in, &out, NULL) == RC_OK && out.n == 3,
	    "the CA among many others");
	pool[0] = SPAN_LIT("no certificate");
	ok(chain_verify(&in, &out, NULL) == RC_OK,
	    "and beside what is no certificate");
	in.pool_n++;
	ok(chain_verify(&in, &out, NULL) == RC_LIMIT && out.n == 0, "too many");
	in.pool_n = CHAIN_POOL_MAX;
	in.limited = true;
	in.depth = 0;
	ok(chain_verify(&in, &out, NULL) == RC_LIMIT, "no CA between allowed");
	in.depth = 1;
	ok(chain_verify(&in, &out, NULL) == RC_OK, "one CA between allowed");
}

int
main(void)
{
	struct pki p = { 0 };

	make(&p);
	test_trust(&p);
	test_trust_usual(&p);
	test_path(&p);
	test_status(&p);
	test_list(&p);
	test_limits(&p);
	clear(&p);

	return tap_done();
}
