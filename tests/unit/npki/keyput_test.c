/* keyput_test.c - key files that we write, opened by us and by others. */
#include "npki/keyput.h"

#include "npki/certinfo.h"
#include "npki/keyfile.h"
#include "npki/pkinfo.h"
#include "samples.h"

#include <unistd.h>

static struct buf plain, certificate;
static struct certinfo info;

static const struct {
	enum pbe_form form;
	uint32_t iterations;
	const char *name;
	const char *head; /* the file up to its salt */
} forms[] = {
	{ PBE_SEED_SHA1, 2048, "seed-sha1",
	    "30820510301a06082a831a8c9a44010f300e0408" },
	{ PBE_PBES2_SEED, 2048, "pbes2-seed",
	    "3082053e304806092a864886f70d01050d303b"
	    "301b06092a864886f70d01050c300e0408" },
	{ PBE_PBES2_SEED_SHA256, 2048, "pbes2-seed-sha256",
	    "3082054c305606092a864886f70d01050d3049"
	    "302906092a864886f70d01050c301c0408" },
	{ PBE_PBES2_AES, 100000, "pbes2-aes",
	    "30820556306006092a864886f70d01050d3053"
	    "303206092a864886f70d01050c30250410" },
	{ PBE_PBES2_ARIA, 100000, "pbes2-aria",
	    "30820556306006092a864886f70d01050d3053"
	    "303206092a864886f70d01050c30250410" },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

static void
test_forms(void)
{
	static uint8_t room[KEYFILE_MAX];

	for (size_t i = 0; i < FORMS; i++) {
		struct sec key SEC_WIPED = { 0 };
		struct buf head = unhex(forms[i].head);
		struct keyfile k = { 0 };
		struct err e = { 0 };
		enum pbe_form form = PBE_PKCS12_3DES;
		struct span file;

		ok(keyput_seal(forms[i].form, 0, SAMPLE_PASSWORD,
		       buf_span(&plain), room, sizeof(room), &file,
		       &e) == RC_OK,
		    "%s is written %s", forms[i].name, e.msg);
		is_hex((struct span){ file.p, head.n }, forms[i].head,
		    "its first bytes are as they have to be");
		ok(keyfile_open(file, SAMPLE_PASSWORD, info.modulus, &key,
		       &e) == RC_OK &&
			span_equal(sec_span(&key), buf_span(&plain)),
		    "opens to the same bytes, R included");
		ok(keyfile_parse(file, &k, NULL) == RC_OK &&
			k.pbe.iterations == forms[i].iterations &&
			pbeput_form_of(&k.pbe) == forms[i].form,
		    "says its count and its form");
		ok(strcmp(pbeput_form_name(forms[i].form), forms[i].name) ==
			    0 &&
			pbeput_form_find(forms[i].name, &form) &&
			form == forms[i].form,
		    "and is found by its name");
		buf_clear(&head);
	}
}

/*
 * What old programs take from fixed places of the usual form: salt at 20,
 * count at 30, the length of what is encrypted before 36 (F 2.1).
 */
static void
test_places(void)
{
	static uint8_t room[KEYFILE_MAX], other[KEYFILE_MAX];
	struct keyfile k = { 0 };
	struct span a, b;

	ok(keyput_seal(PBE_SEED_SHA1, 0, SAMPLE_PASSWORD, buf_span(&plain),
	       room, sizeof(room), &a, NULL) == RC_OK &&
		keyfile_parse(a, &k, NULL) == RC_OK,
	    "the usual form");
	ok(a.n == 1300, "RSA-2048 with R makes 1300 bytes");
	ok(k.pbe.salt.n == 8 && k.pbe.salt.p == a.p + 20, "salt at 20 to 27");
	ok(a.p[28] == 2 && a.p[29] == 2 && a.p[30] == 8 && a.p[31] == 0,
	    "count at 30 and 31");
	ok(k.encrypted.p == a.p + 36 && (a.p[34] << 8 | a.p[35]) == 1264,
	    "length at 34 and 35, encrypted from 36");
	ok(keyput_seal(PBE_SEED_SHA1, 0, SAMPLE_PASSWORD, buf_span(&plain),
	       other, sizeof(other), &b, NULL) == RC_OK &&
		memcmp(a.p + 20, b.p + 20, 8) != 0,
	    "the salt is another each time");
}

/* openssl opens all but the first, whose algorithm it does not know. */
static void
test_openssl(void)
{
	struct buf want = sample("pypinksign/privateKeyInfo-without-R.der");
	char path[] = "/tmp/ingam-keyput-XXXXXX";
	int fd = mkstemp(path);

	for (size_t i = 1; i < FORMS && fd >= 0; i++) {
		static uint8_t room[KEYFILE_MAX];
		struct buf cmd = buf_init(8192), out;
		struct span file;
		bool good;

		if (keyput_seal(forms[i].form, 0, SAMPLE_PASSWORD,
			buf_span(&want), room, sizeof(room), &file,
			NULL) != RC_OK)
			abort();
		good = ftruncate(fd, 0) == 0 &&
		    pwrite(fd, file.p, file.n, 0) == (ssize_t)file.n;
		/* -traditional off: PKCS#8 in clear, as it was put in. */
		buf_printf(&cmd,
		    "openssl pkcs8 -provider legacy -provider default -inform "
		    "DER -outform DER -in %s -passin 'pass:%s' | "
		    "openssl pkcs8 -topk8 -nocrypt -inform DER -outform DER",
		    path, (const char *)SAMPLE_PASSWORD.p);
		out = shell(buf_cstr(&cmd));
		ok(good && span_equal(buf_span(&out), buf_span(&want)),
		    "openssl opens %s", forms[i].name);
		buf_clear(&cmd);
		buf_clear(&out);
	}
	(void)close(fd);
	(void)unlink(path);
	buf_clear(&want);
}

/* What each sample's form becomes when it is written again. */
static void
test_again(void)
{
	static const enum pbe_form want[SAMPLE_KEYS] = { PBE_SEED_SHA1,
		PBE_SEED_SHA1, PBE_SEED_SHA1, PBE_PBES2_SEED,
		PBE_PBES2_SEED_SHA256, PBE_PBES2_AES, PBE_PBES2_ARIA };

	for (size_t i = 0; i < SAMPLE_KEYS; i++) {
		struct buf file = sample(sample_keys[i]);
		struct keyfile k = { 0 };

		ok(keyfile_parse(buf_span(&file), &k, NULL) == RC_OK &&
			pbeput_form_of(&k.pbe) == want[i],
		    "%s becomes %s", sample_keys[i], pbeput_form_name(want[i]));
		buf_clear(&file);
	}
}

/* Another password: the form stays or is the one asked for, R stays. */
static void
test_change(void)
{
	static uint8_t room[KEYFILE_MAX];
	const enum pbe_form aes = PBE_PBES2_AES;
	struct span next = SPAN_LIT("Correct-7Horse"), changed;

	for (size_t i = 0; i < SAMPLE_KEYS; i++) {
		struct buf file = sample(sample_keys[i]);
		struct sec key SEC_WIPED = { 0 };
		struct keyfile was = { 0 }, is = { 0 };

		ok(keyput_change(buf_span(&file), SAMPLE_PASSWORD, info.modulus,
		       NULL, next, room, sizeof(room), &changed,
		       NULL) == RC_OK &&
			keyfile_parse(changed, &is, NULL) == RC_OK &&
			keyfile_parse(buf_span(&file), &was, NULL) == RC_OK,
		    "another password for %s", sample_keys[i]);
		ok(pbeput_form_of(&is.pbe) == pbeput_form_of(&was.pbe) &&
			is.pbe.iterations >= was.pbe.iterations &&
			is.pbe.iterations >= 2048,
		    "in its form, with no fewer iterations");
		ok(keyfile_open(changed, next, info.modulus, &key, NULL) ==
			    RC_OK &&
			span_equal(sec_span(&key), buf_span(&plain)),
		    "and the same key in it");
		buf_clear(&file);
	}
	for (size_t i = 0; i < 2; i++) {
		struct buf file = sample(sample_keys[0]);
		struct keyfile is = { 0 };
		struct err e = { 0 };

		file.p[file.n - 1] ^= (uint8_t)i;
		ok(keyput_change(buf_span(&file), SAMPLE_PASSWORD, info.modulus,
		       &aes, next, room, sizeof(room), &changed,
		       &e) == (i == 0 ? RC_OK : RC_SECRET) &&
			(changed.p != NULL) == (i == 0),
		    i == 0 ? "in another form" : "a damaged file: %s", e.msg);
		if (i == 0)
			ok(keyfile_parse(changed, &is, NULL) == RC_OK &&
				is.pbe.cipher == PLATFORM_AES_256_CBC &&
				is.pbe.iterations == 100000,
			    "as asked");
		buf_clear(&file);
	}
}

/* A count above the form's own stays while the form does. */
static void
test_count(void)
{
	static const struct {
		enum pbe_form was, is;
		uint32_t had, want;
	} rows[] = {
		{ PBE_SEED_SHA1, PBE_SEED_SHA1, 4096, 4096 },
		{ PBE_SEED_SHA1, PBE_PBES2_SEED, 4096, 2048 },
		{ PBE_SEED_SHA1, PBE_PBES2_AES, 4096, 100000 },
		{ PBE_PBES2_AES, PBE_PBES2_AES, 100001, 100001 },
		{ PBE_PBES2_AES, PBE_SEED_SHA1, 100000, 2048 },
	};
	static uint8_t before[KEYFILE_MAX], after[KEYFILE_MAX];
	const struct span password = SPAN_LIT("Correct-7Horse");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span file, changed;
		struct keyfile k = { 0 };

		ok(keyput_seal(rows[i].was, rows[i].had, password,
		       buf_span(&plain), before, sizeof(before), &file,
		       NULL) == RC_OK &&
			keyput_change(file, password, info.modulus, &rows[i].is,
			    password, after, sizeof(after), &changed,
			    NULL) == RC_OK &&
			keyfile_parse(changed, &k, NULL) == RC_OK &&
			k.pbe.iterations == rows[i].want,
		    "%s of %u iterations becomes %s of %u",
		    pbeput_form_name(rows[i].was), rows[i].had,
		    pbeput_form_name(rows[i].is), rows[i].want);
	}
}

static void
test_refused(void)
{
	static uint8_t room[KEYFILE_MAX], big[257];
	static const struct {
		const char *what;
		enum pbe_form form;
		uint32_t iterations;
		size_t password, size;
		enum rc want;
	} rows[] = {
		{ "a form for PKCS#12", PBE_PKCS12_3DES, 0, 10, KEYFILE_MAX,
		    RC_POLICY },
		{ "no password", PBE_SEED_SHA1, 0, 0, KEYFILE_MAX, RC_LIMIT },
		{ "password of 257 bytes", PBE_SEED_SHA1, 0, 257, KEYFILE_MAX,
		    RC_LIMIT },
		{ "2047 iterations", PBE_SEED_SHA1, 2047, 10, KEYFILE_MAX,
		    RC_LIMIT },
		{ "10,000,001 iterations", PBE_SEED_SHA1, 10000001, 10,
		    KEYFILE_MAX, RC_LIMIT },
		{ "1299 bytes of room", PBE_SEED_SHA1, 0, 10, 1299, RC_LIMIT },
		{ "1263 bytes of room", PBE_SEED_SHA1, 0, 10, 1263, RC_LIMIT },
		{ "no room", PBE_SEED_SHA1, 0, 10, 0, RC_LIMIT },
		{ "1300 bytes of room", PBE_SEED_SHA1, 0, 10, 1300, RC_OK },
		{ "4096 iterations", PBE_SEED_SHA1, 4096, 10, KEYFILE_MAX,
		    RC_OK },
	};
	struct span file;

	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { 0 };

		ok(keyput_seal(rows[i].form, rows[i].iterations,
		       (struct span){ big, rows[i].password }, buf_span(&plain),
		       room, rows[i].size, &file, &e) == rows[i].want &&
			(file.p != NULL) == (rows[i].want == RC_OK) &&
			(e.msg[0] == '\0') == (rows[i].want == RC_OK),
		    "%s", rows[i].what);
	}
	ok(keyput_seal(PBE_SEED_SHA1, 0, SAMPLE_PASSWORD,
	       buf_span(&certificate), room, sizeof(room), &file,
	       NULL) == RC_FORMAT,
	    "what is no private key");
}

int
main(void)
{
	plain = sample("pypinksign/privateKeyInfo-with-R.der");
	certificate = sample("pypinksign/signCert.der");
	if (certinfo_parse(buf_span(&certificate), &info, NULL) != RC_OK)
		return EXIT_FAILURE;
	test_forms();
	test_places();
	test_openssl();
	test_again();
	test_change();
	test_count();
	test_refused();
	buf_clear(&plain);
	buf_clear(&certificate);

	return tap_done();
}
