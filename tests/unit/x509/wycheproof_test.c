/*
 * wycheproof_test.c - Google's and C2SP's Wycheproof, 44 files, 9,806 vectors:
 * nothing invalid passes, and each valid one that we refuse is counted with
 * its reason in tests/golden/wycheproof.txt.
 */
#include "lib/vectors.h"
#include "wycheproof.h"
#include "wycheproof_cipher.h"
#include "wycheproof_key.h"
#include "wycheproof_password.h"
#include "wycheproof_signature.h"

#include <openssl/err.h>

#define FILES   44
#define VECTORS 9806

/* By how a file's name begins; the first row that fits. */
static const struct {
	const char *begin, *has;
	wycheproof_runner *run;
} runners[] = {
	{ "aes_gcm", "", cipher_aes_gcm },
	{ "aes_kwp", "", cipher_aes_wrap_pad },
	{ "aes_wrap", "", cipher_aes_wrap },
	{ "aria_cbc", "", cipher_aria },
	{ "ecdh_", "ecpoint", key_ecdh_point },
	{ "ecdh_", "", key_ecdh_spki },
	{ "ecdsa_", "p1363", signature_ecdsa_raw },
	{ "ecdsa_", "", signature_ecdsa },
	{ "hkdf_sha256", "", key_hkdf },
	{ "pbes2_hmacsha1_", "aes_128", password_pbes2_sha1_128 },
	{ "pbes2_hmacsha1_", "aes_256", password_pbes2_sha1_256 },
	{ "pbes2_hmacsha256_", "aes_128", password_pbes2_sha256_128 },
	{ "pbes2_hmacsha256_", "aes_256", password_pbes2_sha256_256 },
	{ "pbkdf2_hmacsha1", "", password_pbkdf2_sha1 },
	{ "pbkdf2_hmacsha256", "", password_pbkdf2_sha256 },
	{ "pbkdf2_hmacsha512", "", password_pbkdf2_sha512 },
	{ "rsa_pss", "", signature_pss },
	{ "rsa_", "", signature_pkcs1 },
	{ "seed_ccm", "", cipher_seed_ccm },
	{ "seed_gcm", "", cipher_seed_gcm },
	{ "seed_wrap", "", cipher_seed_wrap },
};

static wycheproof_runner *
runner_of(const char *file)
{
	for (size_t i = 0; i < sizeof(runners) / sizeof(runners[0]); i++) {
		if (strncmp(file, runners[i].begin, strlen(runners[i].begin)) ==
			0 &&
		    strstr(file, runners[i].has) != NULL)
			return runners[i].run;
	}
	abort();
}

struct counts {
	size_t files, vectors, refused, wrong, unexpected;
};

struct row {
	char file[64];
	size_t vectors, refused;
	char why[256];
};

static void
run_file(const struct row *row, const char *path, struct counts *c)
{
	json_t *root = json_load_file(path, 0, NULL), *group, *test;
	wycheproof_runner *run = runner_of(row->file);
	size_t vectors = 0, refused = 0, wrong = 0, g, t;

	json_array_foreach(json_object_get(root, "testGroups"), g, group)
	{
		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			const char *result = wycheproof_text(test, "result");
			bool yes = run(group, test);

			vectors++;
			/* "acceptable" may go either way. */
			refused += !yes && strcmp(result, "valid") == 0;
			if (yes && strcmp(result, "invalid") == 0) {
				wrong++;
				diag("%s: %lld passes: %s", row->file,
				    wycheproof_number(test, "tcId"),
				    wycheproof_text(test, "comment"));
			}
		}
	}
	ERR_clear_error();
	json_decref(root);
	c->files++;
	c->vectors += vectors;
	c->refused += refused;
	c->wrong += wrong;
	if (vectors != row->vectors || refused != row->refused ||
	    (refused > 0) != (strcmp(row->why, "-") != 0)) {
		c->unexpected++;
		diag("%s: %zu vectors, %zu valid ones refused", row->file,
		    vectors, refused);
	}
}

int
main(void)
{
	static char path[4096], line[512], file[256];
	const char *source = getenv("INGAM_SOURCE");
	struct counts c = { 0 };
	struct row row;
	FILE *in;

	if (!vectors_path(path, sizeof(path), "wycheproof/aes_gcm_test.json")) {
		skip("wycheproof", "no vectors here");
		return tap_done();
	}
	(void)snprintf(path, sizeof(path), "%s/tests/golden/wycheproof.txt",
	    source == NULL ? "." : source);
	if ((in = fopen(path, "r")) == NULL)
		abort();
	while (fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "%63s | %zu | %zu | %255[^\n]", row.file,
			&row.vectors, &row.refused, row.why) != 4)
			continue;
		(void)snprintf(
		    file, sizeof(file), "wycheproof/%s_test.json", row.file);
		if (vectors_path(path, sizeof(path), file))
			run_file(&row, path, &c);
	}
	(void)fclose(in);
	diag("%zu files, %zu vectors: %zu wrong accepts, %zu valid refused",
	    c.files, c.vectors, c.wrong, c.refused);
	ok(c.wrong == 0, "nothing invalid passes");
	ok(c.files == FILES && c.vectors == VECTORS, "%d vectors in %d files",
	    VECTORS, FILES);
	ok(c.unexpected == 0, "each file as its row says");

	return tap_done();
}
