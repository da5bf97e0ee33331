/*
 * cms.h - see cms.c.
 */
#pragma once

#include "x509/certificate.h"
#include "x509/signature.h"

#define CMS_MAX          (272U << 20) /* bytes of a message */
#define CMS_CONTENT_MAX  (256U << 20) /* bytes of what is signed */
#define CMS_SIGNERS      8
#define CMS_CERTIFICATES 16

/* One signature. Spans borrow from the message. */
struct cms_signer {
	struct signature_algorithm algorithm;
	struct span issuer_der, serial_der; /* whose; empty where ski says it */
	struct span ski;
	/*
	 * What was signed: signedAttrs as sent, [0]; empty where it was the
	 * content itself. The next four are said in there.
	 */
	struct span attributes;
	struct span message_digest;
	struct span certificate_digest; /* of ESS; empty: not said */
	enum signature_hash certificate_hash;
	int64_t signing_time_ms; /* as the signer says; 0: not said */
	struct span signature;
};

/* A SignedData. Spans borrow from the message. */
struct cms {
	bool detached;       /* the content is elsewhere */
	struct span content; /* empty where it is elsewhere */
	struct cms_signer signers[CMS_SIGNERS];
	size_t signers_n;
	struct span certificates[CMS_CERTIFICATES]; /* as sent, unread */
	size_t certificates_n;
	struct span crls; /* the set's contents, unread */
};

/*
 * Reads a ContentInfo with SignedData (RFC 5652 5; PKCS #7 1.5 is the same
 * for what Korean clients write): DER throughout, content of type id-data,
 * signerInfos of version 1 or 3, signed attributes each once and in order,
 * with contentType and messageDigest. Nothing is verified.
 * RC_FORMAT: malformed, with the field and clause. RC_UNKNOWN: another
 * content type, algorithm or kind of certificate. RC_POLICY: SHA-1, or parts
 * that contradict each other. RC_LIMIT: over the maxima above. RC_ABSENT: no
 * signature in it.
 */
IG_CHECK enum rc cms_parse(struct span der, struct cms *out, struct err *e);

/* Is the signer that certificate's (RFC 5652 5.3 sid)? */
bool cms_is_signer(const struct cms_signer *s, const struct certinfo *info);

/*
 * May a certificate's key sign documents? RC_OK where keyUsage has
 * digitalSignature or nonRepudiation, or is not there (RFC 5280 4.2.1.3);
 * else RC_DENIED.
 */
IG_CHECK enum rc cms_check_usage(const struct certinfo *info, struct err *e);

/*
 * Could these bytes be what a signature with signed attributes is made over?
 * Then they are refused as a content that is signed without them: the one
 * signature would serve as the other.
 */
bool cms_is_ambiguous(struct span content);

/*
 * Verifies one signature of c with its signer's certificate. content: the
 * detached content, NULL where it is attached; it must be the one or the
 * other, else RC_STATE. RC_OK: this certificate's key signed this content.
 * RC_DENIED: it did not (field messageDigest: the content is another;
 * signature: bad; keyUsage: a key that signs nothing). RC_POLICY: ambiguous
 * content. RC_ABSENT: another certificate than the signer's. RC_CRYPTO.
 * Chain, dates and revocation are not looked at.
 */
IG_CHECK enum rc cms_verify(const struct cms *c, const struct cms_signer *s,
    const struct certificate *signer, const struct span *content,
    struct err *e);
