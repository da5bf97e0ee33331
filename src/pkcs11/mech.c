/*
 * mech.c - the mechanisms of the token: one table, and what each accepts.
 *
 * Belongs here: parameters and inputs, checked before anything is sent.
 * Not here: the operation (sign.c, digest.c).
 */
#include "pkcs11/mech.h"

/* The hashing forms first: tools take the first that can sign for a test. */
static const struct mech mech_table[] = {
	{ CKM_SHA256_RSA_PKCS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PKCS1, true,
	    HASH_SHA256 },
	{ CKM_SHA384_RSA_PKCS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PKCS1, true,
	    HASH_SHA384 },
	{ CKM_SHA512_RSA_PKCS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PKCS1, true,
	    HASH_SHA512 },
	{ CKM_SHA256_RSA_PKCS_PSS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PSS, true,
	    HASH_SHA256 },
	{ CKM_SHA384_RSA_PKCS_PSS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PSS, true,
	    HASH_SHA384 },
	{ CKM_SHA512_RSA_PKCS_PSS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PSS, true,
	    HASH_SHA512 },
	{ CKM_ECDSA_SHA256, CKF_SIGN, CKK_EC, TOKENFRAME_ECDSA, true,
	    HASH_SHA256 },
	{ CKM_ECDSA_SHA384, CKF_SIGN, CKK_EC, TOKENFRAME_ECDSA, true,
	    HASH_SHA384 },
	{ CKM_ECDSA_SHA512, CKF_SIGN, CKK_EC, TOKENFRAME_ECDSA, true,
	    HASH_SHA512 },
	{ CKM_RSA_PKCS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PKCS1, false, 0 },
	{ CKM_RSA_PKCS_PSS, CKF_SIGN, CKK_RSA, TOKENFRAME_RSA_PSS, false, 0 },
	{ CKM_ECDSA, CKF_SIGN, CKK_EC, TOKENFRAME_ECDSA, false, 0 },
	{ CKM_SHA256, CKF_DIGEST, 0, 0, true, HASH_SHA256 },
	{ CKM_SHA384, CKF_DIGEST, 0, 0, true, HASH_SHA384 },
	{ CKM_SHA512, CKF_DIGEST, 0, 0, true, HASH_SHA512 },
	{ CKM_SHA_1, CKF_DIGEST, 0, 0, true, HASH_SHA1 },
};
#define MECH_COUNT (sizeof(mech_table) / sizeof(mech_table[0]))

static const struct {
	enum tokenframe_hash digest;
	CK_MECHANISM_TYPE type;
	CK_ULONG mgf;
	uint8_t prefix[19]; /* of its DigestInfo, RFC 8017 section 9.2 */
} mech_hashes[] = {
	{ TOKENFRAME_SHA256, CKM_SHA256, CKG_MGF1_SHA256,
	    { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 } },
	{ TOKENFRAME_SHA384, CKM_SHA384, CKG_MGF1_SHA384,
	    { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30 } },
	{ TOKENFRAME_SHA512, CKM_SHA512, CKG_MGF1_SHA512,
	    { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
		0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 } },
};
#define MECH_HASHES (sizeof(mech_hashes) / sizeof(mech_hashes[0]))

const struct mech *
mech_at(size_t i)
{
	return i < MECH_COUNT ? &mech_table[i] : NULL;
}

const struct mech *
mech_find(CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < MECH_COUNT; i++)
		if (mech_table[i].type == type)
			return &mech_table[i];

	return NULL;
}

enum tokenframe_hash
mech_frame_hash(enum hash_kind kind)
{
	switch (kind) {
	case HASH_SHA1:
	case HASH_SHA256:
		return TOKENFRAME_SHA256;
	case HASH_SHA384:
		return TOKENFRAME_SHA384;
	case HASH_SHA512:
		return TOKENFRAME_SHA512;
	}

	return TOKENFRAME_SHA256;
}

static CK_RV
mech_check_pss(const struct mech *m, const CK_MECHANISM *given,
    size_t modulus_bytes, enum tokenframe_hash *digest, uint16_t *salt)
{
	CK_RSA_PKCS_PSS_PARAMS p;

	if (given->pParameter == NULL || given->ulParameterLen != sizeof(p))
		return CKR_MECHANISM_PARAM_INVALID;
	memcpy(&p, given->pParameter, sizeof(p));
	for (size_t i = 0; i < MECH_HASHES; i++) {
		size_t n = tokenframe_hash_bytes(mech_hashes[i].digest);

		if (mech_hashes[i].type != p.hashAlg)
			continue;
		/* One hash throughout: the service knows no other kind. */
		if (mech_hashes[i].mgf != p.mgf ||
		    (m->hashes &&
			mech_hashes[i].digest != mech_frame_hash(m->hash)) ||
		    modulus_bytes < n + 2 || p.sLen > modulus_bytes - n - 2)
			return CKR_MECHANISM_PARAM_INVALID;
		*digest = mech_hashes[i].digest;
		*salt = (uint16_t)p.sLen;
		return CKR_OK;
	}

	return CKR_MECHANISM_PARAM_INVALID;
}

CK_RV
mech_check_parameter(const struct mech *m, const CK_MECHANISM *given,
    size_t modulus_bytes, enum tokenframe_hash *digest, uint16_t *salt)
{
	*salt = 0;
	*digest = m->hashes ? mech_frame_hash(m->hash) : TOKENFRAME_SHA256;
	if (m->scheme == TOKENFRAME_RSA_PSS)
		return mech_check_pss(m, given, modulus_bytes, digest, salt);

	return given->ulParameterLen == 0 ? CKR_OK
					  : CKR_MECHANISM_PARAM_INVALID;
}

/*
 * Anything else in PKCS#1 padding would be a signature over bytes that
 * neither the service nor the phone could name.
 */
static CK_RV
mech_digest_info(struct span in, enum tokenframe_hash *digest, struct span *out)
{
	for (size_t i = 0; i < MECH_HASHES; i++) {
		size_t n = tokenframe_hash_bytes(mech_hashes[i].digest);
		size_t head = sizeof(mech_hashes[i].prefix);

		if (in.n != head + n ||
		    memcmp(in.p, mech_hashes[i].prefix, head) != 0)
			continue;
		*digest = mech_hashes[i].digest;
		*out = (struct span){ in.p + head, n };
		return CKR_OK;
	}

	return CKR_DATA_INVALID;
}

CK_RV
mech_raw_digest(const struct mech *m, struct span in, size_t modulus_bytes,
    enum tokenframe_hash *digest, struct span *out)
{
	switch (m->scheme) {
	case TOKENFRAME_RSA_PKCS1:
		if (in.n + 11 > modulus_bytes)
			return CKR_DATA_LEN_RANGE;
		return mech_digest_info(in, digest, out);
	case TOKENFRAME_RSA_PSS:
		if (in.n != tokenframe_hash_bytes(*digest))
			return CKR_DATA_LEN_RANGE;
		*out = in;
		return CKR_OK;
	case TOKENFRAME_ECDSA:
		for (size_t i = 0; i < MECH_HASHES; i++)
			if (in.n ==
			    tokenframe_hash_bytes(mech_hashes[i].digest)) {
				*digest = mech_hashes[i].digest;
				*out = in;
				return CKR_OK;
			}
		return CKR_DATA_LEN_RANGE;
	}

	return CKR_GENERAL_ERROR;
}
