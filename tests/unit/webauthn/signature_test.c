/*
 * signature_test.c - the signature path against Wycheproof, and after the
 * process may open nothing more.
 */
#include "base/buf.h"
#include "base/enc.h"
#include "lib/vectors.h"
#include "noopen.h"
#include "tap.h"
#include "webauthn/cose.h"
#include "webauthn/webauthn.h"

#include <jansson.h>

static struct span
unhex(struct buf *b, const json_t *from, const char *name)
{
	const char *hex = json_string_value(json_object_get(from, name));

	buf_reset(b);
	if (hex == NULL || enc_hex_parse(b, span_str(hex), NULL) != RC_OK)
		abort();

	return buf_span(b);
}

/* A number of a key, without the sign's zero or to 32 bytes. */
static struct span
trim(struct span s)
{
	while (s.n > 0 && s.p[0] == 0) {
		s.p++;
		s.n--;
	}

	return s;
}

static void
put_ec(struct buf *key, const json_t *pub, struct buf *scratch)
{
	struct span point = unhex(scratch, pub, "uncompressed");

	buf_u8(key, COSE_ES256);
	buf_bytes(key, (struct span){ point.p + 1, point.n - 1 });
}

static void
put_rsa(struct buf *key, const json_t *pub, struct buf *scratch)
{
	buf_u8(key, COSE_RS256);
	buf_lp16(key, trim(unhex(scratch, pub, "modulus")));
	buf_lp16(key, trim(unhex(scratch, pub, "publicExponent")));
}

/* How many of each answer the file holds: a lost case must be noticed. */
static const struct suite {
	const char *file;
	void (*put)(struct buf *key, const json_t *pub, struct buf *scratch);
	size_t cases;
	size_t refused; /* with keys below our rules: e = 3 */
} suites[] = {
	{ "wycheproof/ecdsa_secp256r1_sha256_test.json", put_ec, 484, 0 },
	{ "wycheproof/rsa_signature_2048_sha256_test.json", put_rsa, 259, 2 },
};

static void
run_suite(const struct suite *s, const char *path)
{
	struct buf key = buf_init(1024), msg = buf_init(65536),
		   sig = buf_init(65536);
	json_t *root = json_load_file(path, 0, NULL), *group, *test;
	size_t g, t, cases = 0, wrong = 0, refused = 0;

	json_array_foreach(json_object_get(root, "testGroups"), g, group)
	{
		buf_reset(&key);
		s->put(&key, json_object_get(group, "publicKey"), &msg);
		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			const char *result =
			    json_string_value(json_object_get(test, "result"));
			enum rc rc = webauthn_verify(buf_span(&key),
			    unhex(&msg, test, "msg"), unhex(&sig, test, "sig"),
			    NULL);

			cases++;
			if (rc == RC_FORMAT) {
				refused++;
				continue;
			}
			/* "acceptable" may go either way. */
			if ((strcmp(result, "valid") == 0 && rc != RC_OK) ||
			    (strcmp(result, "invalid") == 0 && rc == RC_OK)) {
				diag("%s: tcId %d", s->file,
				    (int)json_integer_value(
					json_object_get(test, "tcId")));
				wrong++;
			}
		}
	}
	ok(wrong == 0, "%s: %zu cases as published", s->file, cases);
	ok(cases == s->cases && refused == s->refused, "%s: all there",
	    s->file);
	json_decref(root);
	buf_clear(&key);
	buf_clear(&msg);
	buf_clear(&sig);
}

/* Checks a signature of each kind. */
static bool
starts(void)
{
	return webauthn_init(NULL) == RC_OK;
}

int
main(void)
{
	static char path[4096];

	/* First, while this process has fetched nothing itself. */
	ok(noopen_runs(starts, starts), "no file is opened after the start");
	ok(!noopen_runs(NULL, starts), "but without a start there would be");
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		if (vectors_path(path, sizeof(path), suites[i].file))
			run_suite(&suites[i], path);
		else
			skip(suites[i].file, "no vectors here");
	}
	return tap_done();
}
