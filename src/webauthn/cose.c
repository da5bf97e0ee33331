/*
 * cose.c - public keys of authenticators: from COSE_Key to numbers.
 *
 * Belongs here: the three algorithms we ask for, the compact form.
 * Not here: loading a key and checking signatures (webauthn.c).
 */
#include "webauthn/cose.h"

#include "base/buf.h"
#include "webauthn/cbor.h"

/* Labels of RFC 9052 section 7.1, RFC 9053 section 7, RFC 8230 section 4. */
enum { COSE_KTY = 1, COSE_ALG = 3, COSE_CRV = -1, COSE_X = -2, COSE_Y = -3 };
enum { COSE_RSA_N = -1, COSE_RSA_E = -2 };

#define RSA_BYTES_MIN 256
#define RSA_BYTES_MAX 512
#define RSA_E_MAX     8

/* One row a kind of key; a label of 0 stands for none. */
static const struct cose_kind {
	enum cose_alg alg;
	int64_t id;
	uint64_t kty, crv;
	uint64_t pairs;
} cose_kinds[] = {
	{ COSE_ES256, -7, 2, 1, 5 },
	{ COSE_EDDSA, -8, 1, 6, 4 },
	{ COSE_RS256, -257, 3, 0, 4 },
};

static bool
cose_int(struct span map, int64_t label, int64_t *out)
{
	struct rd at;
	struct cbor_item item;

	if (!cbor_find_int(map, label, &at))
		return false;
	item = cbor_next(&at);
	if (item.n > INT32_MAX)
		return false;
	*out = item.type == CBOR_NINT ? -1 - (int64_t)item.n : (int64_t)item.n;

	return item.type == CBOR_UINT || item.type == CBOR_NINT;
}

static struct span
cose_bytes(struct span map, int64_t label)
{
	struct rd at;
	struct cbor_item item = { .type = CBOR_NONE };

	if (cbor_find_int(map, label, &at))
		item = cbor_next(&at);

	return item.type == CBOR_BYTES ? item.bytes : (struct span){ NULL, 0 };
}

/* RSA numbers: 2048..4096 bits, e odd, 65537 ≤ e < 2^64, no leading zeros. */
static bool
cose_rsa_fits(struct span n, struct span e)
{
	uint64_t v = 0;

	if (n.n < RSA_BYTES_MIN || n.n > RSA_BYTES_MAX || n.p[0] < 0x80 ||
	    (n.p[n.n - 1] & 1) == 0)
		return false;
	if (e.n == 0 || e.n > RSA_E_MAX || e.p[0] == 0)
		return false;
	for (size_t i = 0; i < e.n; i++)
		v = v << 8 | e.p[i];

	return v >= 65537 && (v & 1) == 1;
}

static bool
cose_parts_fit(const struct cose_parts *p)
{
	switch (p->alg) {
	case COSE_ES256:
		return p->x.n == 32 && p->y.n == 32;
	case COSE_EDDSA:
		return p->x.n == 32;
	case COSE_RS256:
		return cose_rsa_fits(p->n, p->e);
	}

	return false;
}

static enum rc
cose_pack(const struct cose_parts *p, struct cose_key *out, struct err *e)
{
	struct buf b = buf_init(COSE_KEY_MAX);
	enum rc rc = RC_OK;

	buf_u8(&b, (uint8_t)p->alg);
	buf_bytes(&b, p->x);
	buf_bytes(&b, p->y);
	if (p->alg == COSE_RS256) {
		buf_lp16(&b, p->n);
		buf_lp16(&b, p->e);
	}
	if (!buf_ok(&b)) {
		rc = err_set(e, RC_MEMORY, NULL, "no memory for a key");
	} else {
		memcpy(out->bytes, b.p, b.n);
		out->n = b.n;
	}
	buf_clear(&b);

	return rc;
}

enum rc
cose_parse(struct span in, struct cose_key *out, struct err *e)
{
	const struct cose_kind *kind = NULL;
	struct cose_parts parts = { .alg = COSE_ES256 };
	struct rd r = rd_init(in);
	int64_t alg, kty, crv = 0;
	size_t used;
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if ((rc = cbor_check(in, &used, e)) != RC_OK)
		return rc;
	if (used != in.n || !cose_int(in, COSE_ALG, &alg) ||
	    !cose_int(in, COSE_KTY, &kty))
		return err_set(e, RC_FORMAT, "publicKey",
		    "not a COSE_Key (RFC 9052 section 7)");
	for (size_t i = 0; i < sizeof(cose_kinds) / sizeof(cose_kinds[0]); i++)
		if (cose_kinds[i].id == alg)
			kind = &cose_kinds[i];
	if (kind == NULL)
		return err_set(e, RC_UNKNOWN, "publicKey.alg",
		    "not ES256, EdDSA or RS256");
	parts.alg = kind->alg;
	if (kind->alg == COSE_RS256) {
		parts.n = cose_bytes(in, COSE_RSA_N);
		parts.e = cose_bytes(in, COSE_RSA_E);
	} else {
		parts.x = cose_bytes(in, COSE_X);
		if (kind->alg == COSE_ES256)
			parts.y = cose_bytes(in, COSE_Y);
		if (!cose_int(in, COSE_CRV, &crv))
			crv = -1;
	}
	if (kty != (int64_t)kind->kty || crv != (int64_t)kind->crv ||
	    cbor_next(&r).n != kind->pairs || !cose_parts_fit(&parts))
		return err_set(e, RC_FORMAT, "publicKey",
		    "does not fit its algorithm (WebAuthn 5.8.5)");

	return cose_pack(&parts, out, e);
}

enum rc
cose_split(struct span compact, struct cose_parts *out, struct err *e)
{
	struct rd r = rd_init(compact);
	struct cose_parts p = { .alg = COSE_ES256 };

	memset(out, 0, sizeof(*out));
	switch (rd_u8(&r)) {
	case COSE_ES256:
		p.x = rd_bytes(&r, 32);
		p.y = rd_bytes(&r, 32);
		break;
	case COSE_EDDSA:
		p.alg = COSE_EDDSA;
		p.x = rd_bytes(&r, 32);
		break;
	case COSE_RS256:
		p.alg = COSE_RS256;
		p.n = rd_lp16(&r, RSA_BYTES_MAX);
		p.e = rd_lp16(&r, RSA_E_MAX);
		break;
	default:
		rd_fail(&r);
	}
	if (!rd_done(&r) || !cose_parts_fit(&p))
		return err_set(e, RC_FORMAT, "key", "not a compact key");
	*out = p;

	return RC_OK;
}
