/* client_data_test.c - which texts are client data, and what they must say. */
#include "base/digest.h"
#include "tap.h"
#include "webauthn/client_data.h"

/* SHA-256 of nothing, as a challenge. */
#define CH    "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define GOOD  "\"type\":\"webauthn.get\",\"challenge\":\"" CH "\","
#define SITE  "\"origin\":\"https://a.example\""
#define WHOLE "{" GOOD SITE

static const struct {
	const char *what, *json;
	enum rc rc;
	const char *field;
} rows[] = {
	{ "the least", WHOLE "}", RC_OK, "" },
	{ "the second origin",
	    "{" GOOD "\"origin\":\"https://b.example:8443\"}", RC_OK, "" },
	{ "crossOrigin false", WHOLE ",\"crossOrigin\":false}", RC_OK, "" },
	{ "our own top", WHOLE ",\"topOrigin\":\"https://a.example\"}", RC_OK,
	    "" },
	{ "white space", "\t{ " GOOD "\r\n" SITE " } \n", RC_OK, "" },
	{ "others are left out",
	    WHOLE
	    ",\"x\":[1,-0.5e+3,null,{\"y\":\"\\ud83d\\ude00\\n\"}],\"z\":{}}",
	    RC_OK, "" },
	{ "another ceremony",
	    "{\"type\":\"webauthn.create\",\"challenge\":\"" CH "\"," SITE "}",
	    RC_DENIED, "type" },
	{ "another challenge",
	    "{\"type\":\"webauthn.get\",\"challenge\":\"57DEQpj8HBSa-_TImW-5JCeuQ"
	    "eRkm5NMpJWZG3hSuFU\"," SITE "}",
	    RC_DENIED, "challenge" },
	{ "a shorter challenge",
	    "{\"type\":\"webauthn.get\",\"challenge\":\"47DE\"," SITE "}",
	    RC_DENIED, "challenge" },
	{ "a challenge with padding",
	    "{\"type\":\"webauthn.get\",\"challenge\":\"" CH "=\"," SITE "}",
	    RC_DENIED, "challenge" },
	{ "foreign origin", "{" GOOD "\"origin\":\"https://a.example.org\"}",
	    RC_DENIED, "origin" },
	{ "origin without TLS", "{" GOOD "\"origin\":\"http://a.example\"}",
	    RC_DENIED, "origin" },
	{ "origin with a port", "{" GOOD "\"origin\":\"https://a.example:1\"}",
	    RC_DENIED, "origin" },
	{ "origin in capitals", "{" GOOD "\"origin\":\"https://A.example\"}",
	    RC_DENIED, "origin" },
	{ "crossOrigin", WHOLE ",\"crossOrigin\":true}", RC_DENIED,
	    "crossOrigin" },
	{ "foreign top", WHOLE ",\"topOrigin\":\"https://c.example\"}",
	    RC_DENIED, "topOrigin" },
	{ "empty top", WHOLE ",\"topOrigin\":\"\"}", RC_FORMAT,
	    "clientDataJSON" },
	{ "nothing", "", RC_FORMAT, "clientDataJSON" },
	{ "empty object", "{}", RC_FORMAT, "clientDataJSON" },
	{ "no origin", "{\"type\":\"webauthn.get\",\"challenge\":\"" CH "\"}",
	    RC_FORMAT, "clientDataJSON" },
	{ "type twice", WHOLE ",\"type\":\"webauthn.get\"}", RC_FORMAT,
	    "clientDataJSON" },
	{ "unknown key twice", WHOLE ",\"x\":1,\"x\":2}", RC_FORMAT,
	    "clientDataJSON" },
	{ "key twice inside", WHOLE ",\"x\":{\"y\":1,\"y\":2}}", RC_FORMAT,
	    "clientDataJSON" },
	{ "escaped key", WHOLE ",\"\\u0074ype\":\"webauthn.create\"}",
	    RC_FORMAT, "clientDataJSON" },
	{ "escaped type",
	    "{\"type\":\"webauthn\\u002eget\",\"challenge\":\"" CH "\"," SITE
	    "}",
	    RC_FORMAT, "clientDataJSON" },
	{ "crossOrigin that is text", WHOLE ",\"crossOrigin\":\"false\"}",
	    RC_FORMAT, "clientDataJSON" },
	{ "crossOrigin null", WHOLE ",\"crossOrigin\":null}", RC_FORMAT,
	    "clientDataJSON" },
	{ "5 deep", WHOLE ",\"x\":[[[[1]]]]}", RC_FORMAT, "clientDataJSON" },
	{ "4 deep", WHOLE ",\"x\":[[[1]]]}", RC_OK, "" },
	{ "comma at the end", WHOLE ",}", RC_FORMAT, "clientDataJSON" },
	{ "leading zero", WHOLE ",\"x\":01}", RC_FORMAT, "clientDataJSON" },
	{ "number without digits", WHOLE ",\"x\":-}", RC_FORMAT,
	    "clientDataJSON" },
	{ "a comment", WHOLE "/**/}", RC_FORMAT, "clientDataJSON" },
	{ "two objects", WHOLE "}{}", RC_FORMAT, "clientDataJSON" },
	{ "cut", WHOLE, RC_FORMAT, "clientDataJSON" },
	{ "cut in a string", WHOLE ",\"x", RC_FORMAT, "clientDataJSON" },
	{ "lone surrogate", WHOLE ",\"x\":\"\\ud83d\"}", RC_FORMAT,
	    "clientDataJSON" },
	{ "unknown escape", WHOLE ",\"x\":\"\\x41\"}", RC_FORMAT,
	    "clientDataJSON" },
	{ "newline in a string", WHOLE ",\"x\":\"\n\"}", RC_FORMAT,
	    "clientDataJSON" },
	{ "not UTF-8", WHOLE ",\"x\":\"\xc3(\"}", RC_FORMAT, "clientDataJSON" },
	{ "byte order mark", "\xef\xbb\xbf" WHOLE "}", RC_FORMAT,
	    "clientDataJSON" },
};

int
main(void)
{
	static const struct span origins[] = { SPAN_LIT("https://a.example"),
		SPAN_LIT("https://b.example:8443") };
	struct client_expected want = { .origins = origins, .n_origins = 2 };
	uint8_t hash[32], mine[32];
	static char big[CLIENT_DATA_MAX + 2];
	struct span in;

	digest_sha256(want.challenge, NULL, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { .rc = RC_OK };
		enum rc rc;

		in = span_str(rows[i].json);
		rc = client_data_check(in, "webauthn.get", &want, hash, &e);
		if (!ok(rc == rows[i].rc && strcmp(e.field, rows[i].field) == 0,
			"%s", rows[i].what))
			diag("%s %s", err_name(rc), e.field);
	}
	in = span_str(rows[0].json);
	digest_sha256(mine, &in, 1);
	ok(client_data_check(in, "webauthn.get", &want, hash, NULL) == RC_OK &&
		memcmp(hash, mine, 32) == 0,
	    "hash of the bytes as they came");
	memset(big, ' ', sizeof(big));
	memcpy(big, in.p, in.n);
	in = (struct span){ (uint8_t *)big, CLIENT_DATA_MAX };
	ok(client_data_check(in, "webauthn.get", &want, hash, NULL) == RC_OK,
	    "2 KiB");
	in.n++;
	ok(client_data_check(in, "webauthn.get", &want, hash, NULL) == RC_LIMIT,
	    "one byte more");

	return tap_done();
}
