/*
 * cmsput.h - see cmsput.c.
 */
#pragma once

#include "base/buf.h"
#include "x509/certificate.h"
#include "x509/signature.h"

#define CMSPUT_CHAIN 7 /* certificates beside the signer's */

/*
 * Signs a digest, with a key file, a token or a vault: arg is the caller's.
 * Appends the signature to out.
 */
typedef enum rc cmsput_signer(void *arg, const struct signature_algorithm *a,
    struct span digest, struct buf *out, struct err *e);

/* What is signed, by whom and how. Everything is borrowed. */
struct cmsput_in {
	struct span content;
	bool detached; /* the content stays out of the message */
	bool
	    attributes; /* signed attributes; else the content is signed itself */
	int64_t time_ms; /* signingTime among them; 0: it is not said */
	struct signature_algorithm algorithm;
	const struct certificate *certificate;
	const struct span
	    *chain; /* DER of certificates, CMSPUT_CHAIN at most */
	size_t chain_n;
};

/*
 * Appends a ContentInfo with SignedData (RFC 5652 5) of one signer, version 1,
 * in DER: with rsaEncryption and without attributes it is byte for byte what
 * Korean clients write. The attributes are contentType, signingTime,
 * messageDigest and signingCertificateV2 (RFC 5035 3).
 * RC_DENIED: keyUsage forbids it. RC_POLICY: a content that must not be signed
 * without attributes (cms_is_ambiguous()). RC_LIMIT: content over
 * CMS_CONTENT_MAX. RC_CRYPTO: the signature did not verify. RC_MEMORY. Else
 * what sign answers. On failure out is as long as before.
 */
IG_CHECK enum rc cmsput_signed(const struct cmsput_in *in, cmsput_signer *sign,
    void *arg, struct buf *out, struct err *e);
