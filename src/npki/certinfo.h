/*
 * certinfo.h - see certinfo.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "npki/der.h"
#include "npki/policy.h"

#define CERTINFO_MAX    16384 /* bytes of a certificate */
#define CERTINFO_NAME   256
#define CERTINFO_SERIAL 41 /* 20 octets as hex and a zero */

enum certinfo_key {
	CERTINFO_KEY_OTHER,
	CERTINFO_KEY_RSA,
	CERTINFO_KEY_P256,
	CERTINFO_KEY_P384,
};

/* RFC 5280 4.2.1.3: bit n of KeyUsage is 1 << n. */
enum certinfo_usage {
	CERTINFO_DIGITAL_SIGNATURE = 1 << 0,
	CERTINFO_NON_REPUDIATION = 1 << 1,
	CERTINFO_KEY_ENCIPHERMENT = 1 << 2,
	CERTINFO_DATA_ENCIPHERMENT = 1 << 3,
	CERTINFO_KEY_AGREEMENT = 1 << 4,
	CERTINFO_CERT_SIGN = 1 << 5,
	CERTINFO_CRL_SIGN = 1 << 6,
	CERTINFO_ENCIPHER_ONLY = 1 << 7,
	CERTINFO_DECIPHER_ONLY = 1 << 8,
};

/*
 * What a list shows of a certificate, and where its parts are. Strings are
 * UTF-8 fit for display (text_sanitise), "" where the certificate says
 * nothing. Spans borrow from the certificate's bytes; *_der spans include
 * their header, so that they can be compared or put into other DER.
 */
struct certinfo {
	char owner[CERTINFO_NAME]; /* the last CN of the subject */
	char name[CERTINFO_NAME];  /* the name in it: nametext_person() */
	char
	    owner_name[CERTINFO_NAME]; /* realName of the SAN (§3.3 of SIVID) */
	char issuer[CERTINFO_NAME];    /* CN */
	char issuer_org[CERTINFO_NAME]; /* O */
	char serial[CERTINFO_SERIAL];   /* lower-case hex of the contents */
	char policy_oid[DER_OID_TEXT];  /* the first policy */
	const struct policy *policy;    /* never NULL */
	int64_t not_before_ms;
	int64_t not_after_ms; /* the last instant of validity */
	unsigned int usage;   /* of enum certinfo_usage; 0 when absent */
	bool is_ca;

	enum certinfo_key key;
	struct span subject_der;
	struct span issuer_der;
	struct span serial_der;
	struct span spki_der;
	struct span modulus; /* RSA, without leading zeros */
	struct span exponent;
	struct span point;         /* EC, uncompressed: 04 x y */
	struct span ski;           /* subjectKeyIdentifier, empty if absent */
	struct span vid;           /* virtualID of the SAN, empty if absent */
	struct span vid_oid;       /* its hash algorithm, contents octets */
	struct span signature_oid; /* contents octets */
	struct span extensions;    /* contents of SEQUENCE OF Extension */
};

/*
 * Reads an X.509 v3 certificate (RFC 5280 4.1): the whole input is checked as
 * DER and consumed. RC_FORMAT: not a certificate, an extension twice, a
 * date or key that cannot be; the field is the part's name in RFC 5280. RC_LIMIT:
 * over CERTINFO_MAX.
 * It does not verify anything; x509 does.
 */
IG_CHECK enum rc certinfo_parse(
    struct span in, struct certinfo *out, struct err *e);

/*
 * The same of a certificate of which only the Name of its issuer and its serial
 * number are known: issuer, issuer_org and serial, "" where they are malformed.
 * Nothing else of out may be read.
 */
void certinfo_parse_named(
    struct span issuer_der, struct span serial_der, struct certinfo *out);
