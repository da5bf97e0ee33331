/*
 * ceremony_test.c - registrations and assertions: those that Chromium and node
 * made, and our own with one thing wrong at a time.
 */
#include "base/digest.h"
#include "base/enc.h"
#include "tap.h"
#include "webauthn/assertion.h"
#include "webauthn/registration.h"

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

static const struct span origin[] = { SPAN_LIT("https://app.ingam.example") };

/* Four decoded members at a time are enough for any call. */
static struct span
member(const json_t *from, const char *name)
{
	static struct buf bufs[4];
	static size_t at;
	struct buf *b = &bufs[at++ % 4];
	const char *text = json_string_value(json_object_get(from, name));

	buf_clear(b);
	*b = buf_init(65536);
	if (text == NULL || enc_base64url_parse(b, span_str(text), NULL) != 0)
		abort();

	return buf_span(b);
}

static struct client_expected
expect(const json_t *from)
{
	struct client_expected want = { .origins = origin, .n_origins = 1 };
	struct span rp = SPAN_LIT("app.ingam.example");

	memcpy(want.challenge, member(from, "challenge").p, 32);
	digest_sha256(want.rp_id_hash, &rp, 1);

	return want;
}

/* Are the key's numbers in what the browser itself says the key is? */
static bool
same_key(const struct cose_key *key, struct span spki)
{
	struct cose_parts p;
	struct span number;

	if (cose_split((struct span){ key->bytes, key->n }, &p, NULL) != RC_OK)
		return false;
	number = p.alg == COSE_RS256 ? p.n : p.alg == COSE_EDDSA ? p.x : p.y;

	return memmem(spki.p, spki.n, number.p, number.n) != NULL;
}

static void
test_assertions(const json_t *c, const char *name, const struct registration *r)
{
	struct assertion_credential known = {
		.key = { r->key.bytes, r->key.n },
		.sign_count = r->sign_count,
		.backup_eligible = (r->flags & AUTH_BE) != 0,
	};
	struct assertion out;
	json_t *a;
	size_t i;

	json_array_foreach(json_object_get(c, "assertions"), i, a)
	{
		struct client_expected want = expect(a);
		struct err e = { .rc = RC_OK };
		enum rc rc = assertion_verify(&want, &known,
		    member(a, "clientDataJSON"), member(a, "authenticatorData"),
		    member(a, "signature"), &out, &e);

		if (!ok(rc == RC_OK, "%s: assertion %zu", name, i))
			diag("%s %s: %s", err_name(rc), e.field, e.msg);
		known.sign_count = out.sign_count;
	}
	a = json_array_get(json_object_get(c, "assertions"), 0);
	if (known.sign_count != 0) {
		struct client_expected want = expect(a);

		ok(assertion_verify(&want, &known, member(a, "clientDataJSON"),
		       member(a, "authenticatorData"), member(a, "signature"),
		       &out, NULL) == RC_POLICY,
		    "%s: the first again is a counter gone back", name);
	}
}

static void
test_golden(void)
{
	static char path[4096];
	json_t *root, *c;
	size_t i, uv = 0;

	(void)snprintf(path, sizeof(path),
	    "%s/tests/golden/webauthn/chromium.json", getenv("INGAM_SOURCE"));
	root = json_load_file(path, 0, NULL);
	json_array_foreach(json_object_get(root, "cases"), i, c)
	{
		const char *name =
		    json_string_value(json_object_get(c, "name"));
		struct client_expected want = expect(c);
		struct registration r;
		struct err e = { .rc = RC_OK };
		enum rc rc =
		    registration_verify(&want, member(c, "clientDataJSON"),
			member(c, "attestationObject"), &r, &e);

		if (!json_boolean_value(json_object_get(c, "uv"))) {
			ok(rc == RC_DENIED && strcmp(e.field, "flags.UV") == 0,
			    "%s is refused", name);
			continue;
		}
		uv++;
		if (!ok(rc == RC_OK, "%s: registration", name))
			diag("%s %s: %s", err_name(rc), e.field, e.msg);
		ok(span_equal(
		       (struct span){ r.credential_id, r.credential_id_n },
		       member(c, "id")),
		    "%s: credential id", name);
		ok(same_key(&r.key, member(c, "spki")), "%s: key", name);
		ok(((r.flags & AUTH_BS) != 0) ==
			json_boolean_value(json_object_get(c, "backup")),
		    "%s: backup state", name);
		test_assertions(c, name, &r);
	}
	ok(uv == 6, "six authenticators");
	json_decref(root);
}

static void
put_hex(struct buf *b, struct span hex)
{
	if (enc_hex_parse(b, hex, NULL) != RC_OK)
		abort();
}

/* An authenticator of our own: one P-256 key. */
static EVP_PKEY *pair;
static struct cose_key public_key;

static void
make_pair(void)
{
	uint8_t point[65];
	size_t n;

	pair = EVP_EC_gen("P-256");
	if (pair == NULL ||
	    EVP_PKEY_get_octet_string_param(
		pair, "pub", point, sizeof(point), &n) != 1)
		abort();
	public_key.bytes[0] = COSE_ES256;
	memcpy(public_key.bytes + 1, point + 1, 64);
	public_key.n = 65;
}

static void
sign(struct buf *out, struct span auth_data, struct span json)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t hash[32], signature[80];
	size_t n = sizeof(signature);

	digest_sha256(hash, &json, 1);
	if (EVP_DigestSignInit_ex(
		ctx, NULL, "SHA256", NULL, NULL, pair, NULL) != 1 ||
	    EVP_DigestSignUpdate(ctx, auth_data.p, auth_data.n) != 1 ||
	    EVP_DigestSignUpdate(ctx, hash, sizeof(hash)) != 1 ||
	    EVP_DigestSignFinal(ctx, signature, &n) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	buf_reset(out);
	buf_bytes(out, (struct span){ signature, n });
}

#define UPUV (AUTH_UP | AUTH_UV)

/* Each row is the first with one thing changed, and signed as it stands. */
static const struct row {
	const char *what, *type, *origin, *more, *rp;
	uint8_t flags;
	uint32_t count, known;
	const char *tail; /* hex behind the counter */
	bool eligible;
	int spoil; /* 1 signature, 2 challenge, 3 another key, 4 signed data */
	enum rc rc;
	const char *field;
} rows[] = {
#define GET "webauthn.get", "https://app.ingam.example"
#define RP  "app.ingam.example"
	{ "all right", GET, "", RP, UPUV, 5, 4, "", false, 0, RC_OK, "" },
	{ "no counter", GET, "", RP, UPUV, 0, 0, "", false, 0, RC_OK, "" },
	{ "counter begins", GET, "", RP, UPUV, 1, 0, "", false, 0, RC_OK, "" },
	{ "counter ends", GET, "", RP, UPUV, 0, 9, "", false, 0, RC_OK, "" },
	{ "counter stands", GET, "", RP, UPUV, 4, 4, "", false, 0, RC_POLICY,
	    "signCount" },
	{ "counter goes back", GET, "", RP, UPUV, 3, 4, "", false, 0, RC_POLICY,
	    "signCount" },
	{ "type", "webauthn.create", "https://app.ingam.example", "", RP, UPUV,
	    5, 4, "", false, 0, RC_DENIED, "type" },
	{ "origin", "webauthn.get", "https://app.ingam.example.org", "", RP,
	    UPUV, 5, 4, "", false, 0, RC_DENIED, "origin" },
	{ "crossOrigin", GET, ",\"crossOrigin\":true", RP, UPUV, 5, 4, "",
	    false, 0, RC_DENIED, "crossOrigin" },
	{ "topOrigin", GET, ",\"topOrigin\":\"https://x.example\"", RP, UPUV, 5,
	    4, "", false, 0, RC_DENIED, "topOrigin" },
	{ "challenge", GET, "", RP, UPUV, 5, 4, "", false, 2, RC_DENIED,
	    "challenge" },
	{ "rpIdHash", GET, "", "ingam.example", UPUV, 5, 4, "", false, 0,
	    RC_DENIED, "rpIdHash" },
	{ "not present", GET, "", RP, AUTH_UV, 5, 4, "", false, 0, RC_DENIED,
	    "flags.UP" },
	{ "not verified", GET, "", RP, AUTH_UP, 5, 4, "", false, 0, RC_DENIED,
	    "flags.UV" },
	{ "eligible since when?", GET, "", RP, UPUV | AUTH_BE, 5, 4, "", false,
	    0, RC_DENIED, "flags.BE" },
	{ "eligible no more", GET, "", RP, UPUV, 5, 4, "", true, 0, RC_DENIED,
	    "flags.BE" },
	{ "eligible and backed up", GET, "", RP, UPUV | AUTH_BE | AUTH_BS, 5, 4,
	    "", true, 0, RC_OK, "" },
	{ "backed up, not eligible", GET, "", RP, UPUV | AUTH_BS, 5, 4, "",
	    false, 0, RC_FORMAT, "authData.flags" },
	{ "signature", GET, "", RP, UPUV, 5, 4, "", false, 1, RC_DENIED,
	    "signature" },
	{ "another key", GET, "", RP, UPUV, 5, 4, "", false, 3, RC_DENIED,
	    "signature" },
	{ "counter altered after signing", GET, "", RP, UPUV, 5, 4, "", false,
	    4, RC_DENIED, "signature" },
	{ "a byte more", GET, "", RP, UPUV, 5, 4, "00", false, 0, RC_FORMAT,
	    "authData" },
	{ "extensions", GET, "", RP, UPUV | AUTH_ED, 5, 4, "a0", false, 0,
	    RC_OK, "" },
	{ "extensions, not flagged", GET, "", RP, UPUV, 5, 4, "a0", false, 0,
	    RC_FORMAT, "authData" },
	{ "extensions that are a list", GET, "", RP, UPUV | AUTH_ED, 5, 4, "80",
	    false, 0, RC_FORMAT, "authData" },
	{ "flagged, and none there", GET, "", RP, UPUV | AUTH_ED, 5, 4, "",
	    false, 0, RC_FORMAT, "cbor" },
	{ "attested data", GET, "", RP, UPUV | AUTH_AT, 5, 4,
	    "00000000000000000000000000000000"
	    "0001aa"
	    "a0",
	    false, 0, RC_FORMAT, "flags.AT" },
};

static void
test_row(const struct row *row)
{
	struct buf json = buf_init(4096), data = buf_init(4096),
		   signature = buf_init(128), challenge = buf_init(64);
	struct client_expected want = { .origins = origin, .n_origins = 1 };
	struct span rp = span_str(row->rp), our_rp = SPAN_LIT(RP);
	struct cose_key key = public_key;
	struct assertion_credential known = { { key.bytes, key.n }, row->known,
		row->eligible };
	struct assertion out;
	struct err e = { .rc = RC_OK };
	uint8_t rp_hash[32];
	enum rc rc;

	digest_sha256(want.challenge, &our_rp, 1);
	digest_sha256(want.rp_id_hash, &our_rp, 1);
	digest_sha256(rp_hash, &rp, 1);
	enc_base64url(&challenge, SPAN(want.challenge));
	buf_printf(&json,
	    "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
	    row->type, buf_cstr(&challenge), row->origin, row->more);
	buf_bytes(&data, SPAN(rp_hash));
	buf_u8(&data, row->flags);
	buf_u32(&data, row->count);
	put_hex(&data, span_str(row->tail));
	sign(&signature, buf_span(&data), buf_span(&json));
	if (row->spoil == 1)
		signature.p[signature.n - 1] ^= 1;
	if (row->spoil == 2)
		want.challenge[31] ^= 1;
	if (row->spoil == 3) {
		EVP_PKEY_free(pair);
		make_pair();
		memcpy(key.bytes, public_key.bytes, key.n);
	}
	if (row->spoil == 4)
		data.p[36]++;
	rc = assertion_verify(&want, &known, buf_span(&json), buf_span(&data),
	    buf_span(&signature), &out, &e);
	if (!ok(rc == row->rc && strcmp(e.field, row->field) == 0,
		"assertion: %s", row->what))
		diag("%s %s: %s", err_name(rc), e.field, e.msg);
	ok(out.sign_count == (rc == RC_OK || rc == RC_POLICY ? row->count : 0),
	    "assertion: %s: what is given out", row->what);
	buf_clear(&json);
	buf_clear(&data);
	buf_clear(&signature);
	buf_clear(&challenge);
}

/* A registration of which one byte or member is changed. */
static const struct made {
	const char *what;
	const char *fmt, *statement; /* hex after "attStmt" */
	uint8_t flags;
	size_t id_n;
	const char *tail; /* behind the map */
	enum rc rc;
	const char *field;
} made[] = {
	{ "none", "none", "a0", UPUV | AUTH_AT, 16, "", RC_OK, "" },
	{ "longest credential id", "none", "a0", UPUV | AUTH_AT, 1023, "",
	    RC_OK, "" },
	{ "one longer", "none", "a0", UPUV | AUTH_AT, 1024, "", RC_FORMAT,
	    "authData" },
	{ "no credential id", "none", "a0", UPUV | AUTH_AT, 0, "", RC_FORMAT,
	    "authData" },
	{ "none with a statement", "none", "a1616101", UPUV | AUTH_AT, 16, "",
	    RC_FORMAT, "attStmt" },
	{ "a format we do not know", "tpm", "a1616101", UPUV | AUTH_AT, 16, "",
	    RC_OK, "" },
	{ "statement that is no map", "none", "80", UPUV | AUTH_AT, 16, "",
	    RC_FORMAT, "attestationObject" },
	{ "self, wrong signature", "packed",
	    "a263616c6726637369674830060201010201"
	    "01",
	    UPUV | AUTH_AT, 16, "", RC_DENIED, "signature" },
	{ "self, another algorithm", "packed",
	    "a263616c6727637369674830060201010201"
	    "01",
	    UPUV | AUTH_AT, 16, "", RC_DENIED, "attStmt" },
	{ "self, nothing in it", "packed", "a0", UPUV | AUTH_AT, 16, "",
	    RC_DENIED, "attStmt" },
	{ "not present", "none", "a0", AUTH_UV | AUTH_AT, 16, "", RC_DENIED,
	    "flags.UP" },
	{ "not verified", "none", "a0", AUTH_UP | AUTH_AT, 16, "", RC_DENIED,
	    "flags.UV" },
	{ "no credential", "none", "a0", UPUV, 16, "", RC_FORMAT, "authData" },
	{ "a byte more", "none", "a0", UPUV | AUTH_AT, 16, "00", RC_FORMAT,
	    "attestationObject" },
};

static void
test_made(const struct made *row)
{
	struct buf data = buf_init(4096), object = buf_init(8192),
		   json = buf_init(1024), challenge = buf_init(64);
	struct client_expected want = { .origins = origin, .n_origins = 1 };
	struct span rp = SPAN_LIT(RP);
	struct registration out;
	struct err e = { .rc = RC_OK };
	enum rc rc;

	digest_sha256(want.rp_id_hash, &rp, 1);
	enc_base64url(&challenge, SPAN(want.challenge));
	buf_printf(&json,
	    "{\"type\":\"webauthn.create\",\"challenge\":\"%s\",\"origin\":"
	    "\"https://" RP "\"}",
	    buf_cstr(&challenge));
	buf_bytes(&data, SPAN(want.rp_id_hash));
	buf_u8(&data, row->flags);
	buf_u32(&data, 7);
	memset(buf_grow(&data, 16), 0xaa, 16);
	buf_u16(&data, (uint16_t)row->id_n);
	if (row->id_n > 0)
		memset(buf_grow(&data, row->id_n), 0xbb, row->id_n);
	put_hex(&data, SPAN_LIT("a5010203262001215820"));
	buf_bytes(&data, (struct span){ public_key.bytes + 1, 32 });
	put_hex(&data, SPAN_LIT("225820"));
	buf_bytes(&data, (struct span){ public_key.bytes + 33, 32 });
	buf_u8(&object, 0xa3);
	buf_str(&object, "cfmt");
	buf_u8(&object, (uint8_t)(0x60 + strlen(row->fmt)));
	buf_str(&object, row->fmt);
	buf_str(&object, "gattStmt");
	put_hex(&object, span_str(row->statement));
	buf_str(&object, "hauthData");
	buf_u8(&object, data.n > 255 ? 0x59 : 0x58);
	if (data.n > 255)
		buf_u16(&object, (uint16_t)data.n);
	else
		buf_u8(&object, (uint8_t)data.n);
	buf_bytes(&object, buf_span(&data));
	put_hex(&object, span_str(row->tail));
	rc = registration_verify(
	    &want, buf_span(&json), buf_span(&object), &out, &e);
	if (!ok(rc == row->rc && strcmp(e.field, row->field) == 0 &&
		    out.credential_id_n == (rc == RC_OK ? row->id_n : 0) &&
		    out.sign_count == (rc == RC_OK ? 7 : 0),
		"registration: %s", row->what))
		diag("%s %s: %s", err_name(rc), e.field, e.msg);
	buf_clear(&data);
	buf_clear(&object);
	buf_clear(&json);
	buf_clear(&challenge);
}

int
main(void)
{
	test_golden();
	make_pair();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rows[i]);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		test_made(&made[i]);
	EVP_PKEY_free(pair);

	return tap_done();
}
