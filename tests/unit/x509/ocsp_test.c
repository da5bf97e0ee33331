/*
 * ocsp_test.c - questions that openssl-ocsp(1) answers, and its answers; where
 * a certificate says that it can be asked. States of answers that openssl does
 * not make are own_test.c's.
 */
#include "x509/ocsp.h"

#include "../npki/samples.h"
#include "x509/places.h"

#include <time.h>

/* A CA, three certificates, and what the CA's index says of them. */
static const char recipe[] =
    "cd '%s' && exec 2>/dev/null;"
    "new() { openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256"
    " -noenc -keyout $1.key -out $1.csr -subj /CN=$1; };"
    "sign() { printf \"$3\" > ext; openssl x509 -req -in $1.csr -CA ca.pem"
    " -CAkey ca.key -days 30 -set_serial 0x$2 -extfile ext -out $1.pem;"
    " openssl x509 -in $1.pem -outform DER -out $1.der; };"
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc"
    " -keyout ca.key -out ca.pem -subj /CN=ca -days 60;"
    "openssl x509 -in ca.pem -outform DER -out ca.der;"
    "printf '[d]\\nfullname=URI:ldap://ds.example/ou=dp1\\n' > dp;"
    "new good; sign good 11 'authorityInfoAccess=OCSP;URI:http://a.example/,"
    "caIssuers;URI:http://b.example/,OCSP;URI:ftp://c.example/\n"
    "crlDistributionPoints=URI:http://d.example/x.crl,"
    "URI:ldap://ds.example/ou=dp1\n';"
    "new revoked; sign revoked 12 'keyUsage=digitalSignature\n'; new unknown; sign unknown 13 'keyUsage=digitalSignature\n';"
    "new delegate; sign delegate 14 'extendedKeyUsage=OCSPSigning\n';"
    "printf 'V\\t491231000000Z\\t\\t11\\tunknown\\t/CN=good\\n"
    "R\\t491231000000Z\\t200101000000Z\\t12\\tunknown\\t/CN=revoked\\n' > index";

static char folder[] = "/tmp/ingam-ocsp-XXXXXX";
static struct certificate *ca;

static void
run(const char *command)
{
	struct buf all = buf_init(8192), out;

	buf_printf(&all, "cd '%s' && exec 2>/dev/null; %s", folder, command);
	out = shell(buf_cstr(&all));
	buf_clear(&out);
	buf_clear(&all);
}

static struct buf
take(const char *name)
{
	struct buf path = buf_init(4096), out = buf_init(65536);

	buf_printf(&path, "%s/%s", folder, name);
	if (file_read(buf_cstr(&path), &out, NULL) != RC_OK)
		abort();
	buf_clear(&path);

	return out;
}

static struct certificate *
load(const char *name)
{
	struct buf der = take(name);
	struct certificate *c;

	if (certificate_parse(buf_span(&der), &c, NULL) != RC_OK)
		abort();
	buf_clear(&der);

	return c;
}

/* Our question, openssl's answer to it, by this signer. */
static struct buf
ask(const struct certificate *of, struct span nonce, const char *signer)
{
	struct buf question = buf_init(OCSP_ASK_MAX), path = buf_init(4096);
	struct buf command = buf_init(4096), answer;

	if (ocsp_ask(of, ca, nonce, &question, NULL) != RC_OK)
		abort();
	buf_printf(&path, "%s/question", folder);
	if (file_replace(buf_cstr(&path), buf_span(&question), 0600, NULL) !=
	    RC_OK)
		abort();
	buf_printf(&command,
	    "openssl ocsp -index index -CA ca.pem -rsigner %s.pem -rkey %s.key"
	    " -ndays 1 -reqin question -respout answer",
	    signer, signer);
	run(buf_cstr(&command));
	answer = take("answer");
	buf_clear(&question);
	buf_clear(&path);
	buf_clear(&command);

	return answer;
}

static void
test_answers(void)
{
	static const struct {
		const char *what, *file, *signer;
		enum ocsp_state state;
	} rows[] = {
		{ "good", "good.der", "ca", OCSP_GOOD },
		{ "good, by a delegate", "good.der", "delegate", OCSP_GOOD },
		{ "revoked", "revoked.der", "ca", OCSP_REVOKED },
		{ "unknown", "unknown.der", "ca", OCSP_UNKNOWN },
	};
	const int64_t now = (int64_t)time(NULL) * 1000;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct certificate *c = load(rows[i].file);
		struct span nonce = SPAN_LIT("0123456789abcdef");
		struct buf answer = ask(c, nonce, rows[i].signer);
		struct ocsp_status out;
		struct err e = { 0 };

		ok(ocsp_read(buf_span(&answer), c, ca, nonce, now, &out, &e) ==
			    RC_OK &&
			out.state == rows[i].state &&
			out.next_ms > out.this_ms &&
			(out.revoked_ms != 0) == (out.state == OCSP_REVOKED),
		    "%s: %s", rows[i].what, e.msg);
		ok(ocsp_read(buf_span(&answer), c, ca,
		       SPAN_LIT("0123456789abcdee"), now, &out,
		       &e) == RC_DENIED &&
			strcmp(e.field, "nonce") == 0,
		    "but not to another question");
		ok(ocsp_read(buf_span(&answer), c, ca, nonce,
		       now + 2LL * 86400 * 1000, &out, NULL) == RC_EXPIRED &&
			ocsp_read(buf_span(&answer), c, ca, nonce,
			    now - 3600LL * 1000, &out, NULL) != RC_OK,
		    "nor two days later, nor an hour before");
		buf_clear(&answer);
		certificate_free(c);
	}
}

/* Without a nonce there is none to compare; by a stranger is by nobody. */
static void
test_others(void)
{
	const int64_t now = (int64_t)time(NULL) * 1000;
	struct certificate *good = load("good.der");
	struct certificate *other = load("unknown.der");
	struct buf answer = ask(good, (struct span){ NULL, 0 }, "ca");
	struct buf small = buf_init(16);
	struct ocsp_status out;
	struct err e = { 0 };

	ok(ocsp_read(buf_span(&answer), good, ca, SPAN_LIT("0123456789abcdef"),
	       now, &out, NULL) == RC_OK,
	    "an answer made in advance has no nonce");
	ok(ocsp_read(buf_span(&answer), other, ca, (struct span){ NULL, 0 },
	       now, &out, &e) == RC_ABSENT,
	    "it is about no other certificate: %s", e.msg);
	ok(ocsp_read(buf_span(&answer), good, other, (struct span){ NULL, 0 },
	       now, &out, NULL) == RC_ABSENT,
	    "nor of another issuer");
	buf_clear(&answer);
	answer = ask(good, (struct span){ NULL, 0 }, "unknown");
	ok(ocsp_read(buf_span(&answer), good, ca, (struct span){ NULL, 0 }, now,
	       &out, NULL) == RC_DENIED,
	    "somebody without the purpose signed it");
	ok(ocsp_ask(good, ca, (struct span){ NULL, 0 }, &small, NULL) ==
		RC_MEMORY,
	    "a question that does not fit");
	buf_clear(&small);
	buf_clear(&answer);
	certificate_free(good);
	certificate_free(other);
}

static void
test_places(void)
{
	struct certificate *good = load("good.der");
	struct certificate *other = load("unknown.der");
	struct places places;

	places_ocsp(good, &places);
	ok(places.n == 1 && strcmp(places.url[0], "http://a.example/") == 0,
	    "the responder, and no ftp");
	places_crl(good, &places);
	ok(places.n == 2 &&
		strcmp(places.url[0], "http://d.example/x.crl") == 0 &&
		strcmp(places.url[1],
		    "ldap://ds.example/ou=dp1"
		    "?certificateRevocationList;binary") == 0,
	    "the lists; the directory is asked for its attribute");
	places_ocsp(other, &places);
	ok(places.n == 0, "one that says nothing");
	certificate_free(good);
	certificate_free(other);
}

int
main(void)
{
	struct buf command = buf_init(8192), out;

	if (mkdtemp(folder) == NULL)
		abort();
	buf_printf(&command, recipe, folder);
	out = shell(buf_cstr(&command));
	buf_clear(&out);
	buf_clear(&command);
	ca = load("ca.der");
	test_answers();
	test_others();
	test_places();
	certificate_free(ca);
	run("cd / && rm -r \"$OLDPWD\"");

	return tap_done();
}
