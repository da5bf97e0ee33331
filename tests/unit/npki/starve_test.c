/*
 * starve_test.c - key files, certificates, folders and PKCS#12 files read, and
 * key files and PKCS#12 files written, with the n-th allocation failing, for
 * n = 1, 2, …: it is called want of memory and never a wrong password, nothing
 * leaks, and the next call goes well. Of thousands, a part that differs from
 * run to run; with INGAM_STARVE_ALL set it is all.
 */
#include "starve.h"

#include "base/rnd.h"
#include "npki/certview.h"
#include "npki/folder.h"
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/pfxput.h"
#include "npki/pkinfoput.h"
#include "samples.h"

#define SAMPLE 100 /* allocations in one step */

static struct buf files[SAMPLE_KEYS], plain, certificate, pfx;
static struct certinfo info;
static const char *folder_path;

static enum rc
step_keyfile(size_t which, struct err *e)
{
	struct sec key SEC_WIPED = { 0 };
	enum rc rc = keyfile_open(
	    buf_span(&files[which]), SAMPLE_PASSWORD, info.modulus, &key, e);

	if ((rc == RC_OK) != (key.p != NULL) ||
	    (rc == RC_OK && !span_equal(sec_span(&key), buf_span(&plain)))) {
		printf("Bail out! another key\n");
		exit(EXIT_FAILURE);
	}

	return rc;
}

static enum rc
step_keyput(size_t form, struct err *e)
{
	static uint8_t room[KEYFILE_MAX];
	struct span file;
	enum rc rc = keyput_seal((enum pbe_form)form, 0, SAMPLE_PASSWORD,
	    buf_span(&plain), room, sizeof(room), &file, e);

	if ((rc == RC_OK) != (file.p != NULL)) {
		printf("Bail out! half a file\n");
		exit(EXIT_FAILURE);
	}

	return rc;
}

static enum rc
step_r(size_t which, struct err *e)
{
	struct sec out SEC_WIPED = { 0 };

	(void)which;

	return pkinfoput_set_r(
	    buf_span(&plain), (struct span){ NULL, 0 }, &out, e);
}

static enum rc
step_folder(size_t which, struct err *e)
{
	struct folder found = { 0 };
	enum rc rc = folder_scan(folder_path, &found, e);

	(void)which;
	if (rc == RC_OK && found.n != 1)
		rc = err_set(e, RC_BUG, NULL, "one is missing");
	folder_clear(&found);

	return rc;
}

static enum rc
step_certificate(size_t which, struct err *e)
{
	struct certinfo out;

	(void)which;

	return certinfo_parse(buf_span(&certificate), &out, e);
}

static enum rc
step_view(size_t which, struct err *e)
{
	struct certview out;

	(void)which;

	return certview_parse(buf_span(&certificate), &out, e);
}

static enum rc
step_pfx_open(size_t which, struct err *e)
{
	struct pfx out;
	enum rc rc = pfx_open(buf_span(&pfx), SAMPLE_PASSWORD, &out, e);

	(void)which;
	if (rc == RC_OK && out.n != 1)
		rc = err_set(e, RC_BUG, NULL, "one is missing");
	pfx_clear(&out);

	return rc;
}

static enum rc
step_pfx_make(size_t which, struct err *e)
{
	const struct pfx in = { .n = 1,
		.pairs = { { .certificate = buf_span(&certificate),
		    .info = buf_span(&plain) } } };
	static uint8_t memory[PFX_MAX];
	struct span file;

	(void)which;

	return pfxput_make(PFXPUT_COMPATIBLE, SAMPLE_PASSWORD, &in, memory,
	    sizeof(memory), &file, e);
}

/* libcrypto can do without some that it only wants to be faster. */
static bool
says_so(enum rc rc, enum starve_whose whose)
{
	return rc == RC_MEMORY || rc == RC_CRYPTO ||
	    (rc == RC_OK && whose == STARVE_LIBCRYPTO);
}

static void
test_step(const char *name, enum rc (*run)(size_t which, struct err *e),
    size_t which, enum starve_whose whose)
{
	struct starve *s = starve_here();
	uint32_t bad = 0, tried = 0, n, stride;

	starve_begin(s, whose, UINT32_MAX);
	bad += run(which, NULL) != RC_OK || starve_end(s);
	n = atomic_load(&s->count);
	stride = starve_stride(n, SAMPLE);
	for (uint32_t at = 1 + rnd_below(stride); at <= n; at += stride) {
		struct err e = { 0 };
		enum rc rc, again;
		bool failed;

		tried++;
		starve_begin(s, whose, at);
		rc = run(which, &e);
		failed = starve_end(s);
		again = run(which, NULL);
		if (failed && says_so(rc, whose) && again == RC_OK)
			continue;
		bad++;
		diag("allocation %u: %s %s, then %s", at, err_name(rc), e.msg,
		    err_name(again));
	}
	ok(bad == 0, "%s: %u of %s %u allocations fail, one at a time", name,
	    tried, whose == STARVE_OWN ? "our" : "libcrypto's", n);
}

static void
test_both(
    const char *name, enum rc (*run)(size_t which, struct err *e), size_t which)
{
	/* What libcrypto fetches once is there. */
	(void)!run(which, NULL);
	test_step(name, run, which, STARVE_OWN);
	test_step(name, run, which, STARVE_LIBCRYPTO);
}

int
main(void)
{
	const char *source = getenv("INGAM_SOURCE");
	struct buf path = buf_init(4096);

	plain = sample("pypinksign/privateKeyInfo-with-R.der");
	certificate = sample("pypinksign/signCert.der");
	pfx = sample("pypinksign/sign.pfx");
	buf_printf(&path, "%s/tests/npki-samples/pypinksign",
	    source == NULL ? "." : source);
	folder_path = buf_cstr(&path);
	if (certinfo_parse(buf_span(&certificate), &info, NULL) != RC_OK)
		return EXIT_FAILURE;
	for (size_t i = 0; i < SAMPLE_KEYS; i++) {
		files[i] = sample(sample_keys[i]);
		test_both(sample_keys[i], step_keyfile, i);
	}
	for (size_t i = PBE_SEED_SHA1; i <= PBE_PBES2_AES; i++)
		test_both(pbeput_form_name((enum pbe_form)i), step_keyput, i);
	test_both("R taken away", step_r, 0);
	test_both("a folder", step_folder, 0);
	test_both("a certificate", step_certificate, 0);
	test_both("all of a certificate", step_view, 0);
	test_both("a PKCS#12 file", step_pfx_open, 0);
	test_both("a PKCS#12 file, made", step_pfx_make, 0);
	for (size_t i = 0; i < SAMPLE_KEYS; i++)
		buf_clear(&files[i]);
	buf_clear(&path);
	buf_clear(&plain);
	buf_clear(&certificate);
	buf_clear(&pfx);

	return tap_done();
}
