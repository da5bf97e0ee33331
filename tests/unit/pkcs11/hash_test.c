/* hash_test.c - the static SHA against the shared one. */
#include "pkcs11/hash.h"
#include "tap.h"

#include <openssl/evp.h>
#include <string.h>

int
main(void)
{
	static const struct {
		const char *name;
		enum hash_kind kind;
	} rows[] = {
		{ "SHA1", HASH_SHA1 },
		{ "SHA256", HASH_SHA256 },
		{ "SHA384", HASH_SHA384 },
		{ "SHA512", HASH_SHA512 },
	};
	static uint8_t data[4096];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool same = true;

		for (size_t n = 0; n < sizeof(data); n += 1 + n / 16) {
			uint8_t ours[HASH_MAX], theirs[EVP_MAX_MD_SIZE];
			struct hash h;
			size_t theirs_n = 0;

			hash_init(&h, rows[i].kind);
			hash_add(&h, data, n / 3);
			hash_add(&h, data + n / 3, n - n / 3);
			hash_end(&h, ours);
			if (EVP_Q_digest(NULL, rows[i].name, NULL, data, n,
				theirs, &theirs_n) != 1 ||
			    theirs_n != hash_bytes(rows[i].kind) ||
			    memcmp(ours, theirs, theirs_n) != 0)
				same = false;
		}
		ok(same, "%s in parts equals EVP", rows[i].name);
	}

	return tap_done();
}
