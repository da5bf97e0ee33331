/* keyfile_test.c - every key file opens with its password, and no other. */
#include "npki/keyfile.h"

#include "base/rnd.h"
#include "npki/certinfo.h"
#include "npki/derput.h"
#include "npki/oid.h"
#include "npki/pkinfo.h"
#include "npki/seed.h"
#include "samples.h"

#include <unistd.h>

static struct buf plain, certificate;
static struct certinfo info;

static enum rc
sha1(struct span in, uint8_t out[static PLATFORM_HASH_MAX])
{
	return platform_digest(PLATFORM_HASH_SHA1, &in, 1, out, NULL);
}

static void
test_kdf(void)
{
	static const struct {
		uint32_t count;
		const char *dk, *iv;
	} one[] = {
		{ 1024, "548d19c614f47e8d1e1d497e5d1ec335b83a96a5",
		    "a0fcefa974965d914dca5efdeb76aae2" },
		{ 2048, "176df150475bbb1634e4fbc7644902c7b7ee67b1",
		    "90cc0a9311835dca72b911665ba53ec5" },
	};
	static const struct {
		enum platform_hash hash;
		uint32_t count;
		const char *key;
	} two[] = {
		{ PLATFORM_HASH_SHA1, 1024,
		    "a14d821e65a05b76ae91fd96f1c9ffe5"
		    "8a54489610367098198adbcca8070d20" },
		{ PLATFORM_HASH_SHA1, 2048,
		    "17295e4935e73ecb61dc4d5798f96b93"
		    "941139ded938772e8800090d32089864" },
		{ PLATFORM_HASH_SHA256, 1024,
		    "ff323d92d4fc61ffe81168c886db0743"
		    "0ad327b8d9af297a00ef398bb148ccb7" },
		{ PLATFORM_HASH_SHA256, 2048,
		    "0616dee4b2fbc57d31b23b5851b576f9"
		    "55c0e36624b41e359a2808cfaccb638d" },
	};
	static const uint8_t salt[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint8_t dk[20], iv[PLATFORM_HASH_MAX], key[32];

	for (size_t i = 0; i < 2; i++) {
		ok(platform_pbkdf1(SAMPLE_PASSWORD, SPAN(salt), one[i].count,
		       dk, NULL) == RC_OK,
		    "PBKDF1, %u", one[i].count);
		is_hex(SPAN(dk), one[i].dk, "its output");
		ok(sha1((struct span){ dk + 16, 4 }, iv) == RC_OK, "SHA-1");
		is_hex((struct span){ iv, 16 }, one[i].iv, "its IV");
	}
	for (size_t i = 0; i < 4; i++) {
		ok(platform_pbkdf2(two[i].hash, SAMPLE_PASSWORD, SPAN(salt),
		       two[i].count, key, sizeof(key), NULL) == RC_OK,
		    "PBKDF2, %u", two[i].count);
		is_hex(SPAN(key), two[i].key, "its output");
	}
}

static void
test_samples(void)
{
	for (size_t i = 0; i < SAMPLE_KEYS; i++) {
		struct buf file = sample(sample_keys[i]);
		struct sec key SEC_WIPED = { 0 };
		struct err e = { 0 };

		ok(keyfile_open(buf_span(&file), SAMPLE_PASSWORD, info.modulus,
		       &key, &e) == RC_OK,
		    "%s opens %s", sample_keys[i], e.msg);
		ok(span_equal(sec_span(&key), buf_span(&plain)),
		    "and is the given plaintext byte for byte");
		buf_clear(&file);
	}
}

/* The key of another certificate is no wrong password. */
static void
test_beside(void)
{
	static const struct {
		const char *what, *password;
		unsigned int flipped; /* in the certificate's modulus */
		enum rc want;
	} rows[] = {
		{ "of its certificate", NULL, 0, RC_OK },
		{ "of another certificate", NULL, 1, RC_STATE },
		{ "wrong password", "Wrong", 0, RC_SECRET },
		{ "wrong password, beside another", "Wrong", 1, RC_SECRET },
	};
	struct buf file = sample(sample_keys[0]);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf modulus = buf_init(info.modulus.n);
		struct sec key SEC_WIPED = { 0 };
		struct err e = { 0 };
		enum rc rc;

		buf_bytes(&modulus, info.modulus);
		modulus.p[0] ^= (uint8_t)rows[i].flipped;
		rc = keyfile_open_beside(buf_span(&file),
		    rows[i].password == NULL ? SAMPLE_PASSWORD
					     : span_str(rows[i].password),
		    buf_span(&modulus), &key, &e);
		ok(rc == rows[i].want && e.rc == rc &&
			(key.p != NULL) == (rc == RC_OK),
		    "a key file beside its certificate: %s", rows[i].what);
		buf_clear(&modulus);
	}
	buf_clear(&file);
}

/* `openssl pkcs8` opens the same file to the same RSAPrivateKey. */
static void
test_openssl_reads(void)
{
	struct der_doc doc = { 0 };
	struct der r = der_init(&doc, buf_span(&plain));
	struct der seq = der_enter(&r, DER_SEQUENCE);
	struct span want;

	(void)der_any(&seq);
	(void)der_any(&seq);
	want = der_take(&seq, DER_OCTETS);
	for (size_t i = 3; i < SAMPLE_KEYS; i++) {
		struct buf cmd = buf_init(8192), out;
		const char *source = getenv("INGAM_SOURCE");

		buf_printf(&cmd,
		    "openssl pkcs8 -provider legacy -provider default "
		    "-inform DER -outform DER -passin 'pass:%s' "
		    "-in '%s/tests/npki-samples/%s'",
		    (const char *)SAMPLE_PASSWORD.p,
		    source == NULL ? "." : source, sample_keys[i]);
		out = shell(buf_cstr(&cmd));
		ok(want.n > 0 && span_equal(buf_span(&out), want),
		    "openssl opens %s to the same key", sample_keys[i]);
		buf_clear(&cmd);
		buf_clear(&out);
	}
}

/* Files that openssl writes, in every form that both know. */
static void
test_openssl_writes(void)
{
	static const struct {
		const char *how, *key, *password, *typed;
		enum pkinfo_kind kind;
		enum rc want;
	} rows[] = {
		{ "-v2 aes-128-cbc", "rsa:2048", "ascii", NULL, PKINFO_RSA,
		    RC_OK },
		{ "-v2 aes-192-cbc -v2prf hmacWithSHA1", "rsa:2048", "ascii",
		    NULL, PKINFO_RSA, RC_OK },
		{ "-v2 aes-256-cbc -iter 100000", "ec:P-256", "ascii", NULL,
		    PKINFO_P256, RC_OK },
		{ "-v2 aria-128-cbc", "ec:P-384", "ascii", NULL, PKINFO_P384,
		    RC_OK },
		{ "-v2 aria-192-cbc", "ec:P-256", "ascii", NULL, PKINFO_P256,
		    RC_OK },
		{ "-v2 aria-256-cbc", "ec:P-256", "ascii", NULL, PKINFO_P256,
		    RC_OK },
		{ "-v2 des3", "ec:P-256", "ascii", NULL, PKINFO_P256, RC_OK },
		{ "-v1 PBE-SHA1-3DES", "ec:P-256", "ascii", NULL, PKINFO_P256,
		    RC_OK },
		{ "-v2 aes-256-cbc", "ec:P-256", "비밀번호", NULL, PKINFO_P256,
		    RC_OK },
		/* 비밀번호 as a Windows program saw it. */
		{ "-v2 aes-256-cbc", "ec:P-256",
		    "\xba\xf1\xb9\xd0\xb9\xf8\xc8\xa3", "비밀번호", PKINFO_P256,
		    RC_OK },
		{ "-v2 aes-256-cbc -v2prf hmacWithSHA384", "ec:P-256", "ascii",
		    NULL, PKINFO_P256, RC_OK },
		{ "-v2 aes-256-cbc -v2prf hmacWithSHA512", "ec:P-256", "ascii",
		    NULL, PKINFO_P256, RC_OK },
		{ "-v2 aes-256-cbc -v2prf hmacWithSHA224", "ec:P-256", "ascii",
		    NULL, PKINFO_P256, RC_UNKNOWN },
		{ "-v2 camellia-128-cbc", "ec:P-256", "ascii", NULL,
		    PKINFO_P256, RC_UNKNOWN },
		{ "-scrypt", "ec:P-256", "ascii", NULL, PKINFO_P256,
		    RC_UNKNOWN },
		{ "-nocrypt", "ec:P-256", "ascii", NULL, PKINFO_P256,
		    RC_FORMAT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *typed =
		    rows[i].typed == NULL ? rows[i].password : rows[i].typed;
		struct buf cmd = buf_init(8192), file;
		struct sec key SEC_WIPED = { 0 };
		struct pkinfo got = { 0 };
		struct err e = { 0 };
		enum rc rc;

		buf_printf(&cmd,
		    "openssl genpkey -quiet -algorithm %s 2>/dev/null | "
		    "openssl pkcs8 -topk8 -outform DER -passout 'pass:%s' %s",
		    rows[i].key[0] == 'r'
			? "RSA"
			: (strcmp(rows[i].key, "ec:P-384") == 0
				  ? "EC -pkeyopt ec_paramgen_curve:P-384"
				  : "EC -pkeyopt ec_paramgen_curve:P-256"),
		    rows[i].password, rows[i].how);
		file = shell(buf_cstr(&cmd));
		rc = keyfile_open(buf_span(&file), span_str(typed),
		    (struct span){ NULL, 0 }, &key, &e);
		ok(rc == rows[i].want, "openssl pkcs8 %s, %s %s", rows[i].how,
		    rows[i].key, e.msg);
		if (rc == RC_OK)
			ok(pkinfo_parse(sec_span(&key), &got, NULL) == RC_OK &&
				got.kind == rows[i].kind,
			    "and is the kind of key");
		buf_clear(&cmd);
		buf_clear(&file);
	}
}

/* Does this password's garbage end in a valid padding? */
static bool
passes_padding(const struct keyfile *k, struct span password)
{
	uint8_t dk[20], hash[PLATFORM_HASH_MAX], out[KEYFILE_MAX];
	struct seed s;
	uint8_t last;

	if (platform_pbkdf1(
		password, k->pbe.salt, k->pbe.iterations, dk, NULL) != RC_OK ||
	    sha1((struct span){ dk + 16, 4 }, hash) != RC_OK)
		return false;
	seed_init(&s, dk);
	seed_cbc_decrypt(&s, hash, k->encrypted.p, out, k->encrypted.n);
	last = out[k->encrypted.n - 1];
	for (size_t i = 0; i < last && i < 16; i++) {
		if (out[k->encrypted.n - 1 - i] != last)
			return false;
	}

	return last >= 1 && last <= 16;
}

static void
test_wrong(void)
{
	struct buf file = sample(sample_keys[1]);
	unsigned int each = (unsigned int)tap_each(), tried = 0;
	unsigned int refused = 0, padded = 0;
	struct keyfile k;

	ok(keyfile_parse(buf_span(&file), &k, NULL) == RC_OK &&
		k.pbe.iterations == 1024 && k.pbe.salt.n == 8,
	    "the file says its count without a password");
	for (unsigned int i = 0; i < 1000; i += each, tried++) {
		char password[32];
		struct sec key SEC_WIPED = { 0 };

		(void)snprintf(
		    password, sizeof(password), "Wrong-%u!", i * 2654435761U);
		padded += passes_padding(&k, span_str(password));
		refused +=
		    keyfile_open(buf_span(&file), span_str(password),
			(struct span){ NULL, 0 }, &key, NULL) == RC_SECRET &&
		    key.p == NULL;
	}
	ok(refused == tried, "%u wrong passwords are refused", tried);
	if (each == 1)
		ok(padded > 0, "%u of them pass the padding check", padded);
	buf_clear(&file);
}

/* Passwords of any bytes, another thousand each time, in turns at each form. */
static void
test_random(void)
{
	unsigned int each = (unsigned int)tap_each(), tried = 0, refused = 0;
	struct buf files[SAMPLE_KEYS];

	for (size_t i = 0; i < SAMPLE_KEYS; i++)
		files[i] = sample(sample_keys[i]);
	for (unsigned int i = 0; i < 1000; i += each, tried++) {
		uint8_t password[32];
		struct span in = { password, 1 + rnd_below(sizeof(password)) };
		struct sec key SEC_WIPED = { 0 };
		enum rc rc;

		rnd_bytes(password, sizeof(password));
		rc = keyfile_open(buf_span(&files[i % SAMPLE_KEYS]), in,
		    info.modulus, &key, NULL);
		refused += rc == RC_SECRET && key.p == NULL;
	}
	ok(refused == tried, "%u random passwords are refused", tried);
	for (size_t i = 0; i < SAMPLE_KEYS; i++)
		buf_clear(&files[i]);
}

static void
test_limits(void)
{
	static const struct {
		const char *what, *hex;
		enum rc want;
	} rows[] = {
		{ "nothing", "", RC_FORMAT },
		{ "text", "68656c6c6f", RC_FORMAT },
		{ "a byte after the file",
		    "302e301a06082a831a8c9a44010f300e040801020304050607080202"
		    "080004100000000000000000000000000000000000",
		    RC_FORMAT },
		{ "another scheme of KISA",
		    "302e301a06082a831a8c9a44010e300e040801020304050607080202"
		    "0800041000000000000000000000000000000000",
		    RC_UNKNOWN },
		{ "no iterations",
		    "302d301906082a831a8c9a44010f300d040801020304050607080201"
		    "00041000000000000000000000000000000000",
		    RC_LIMIT },
		{ "10,000,001 iterations",
		    "3030301c06082a831a8c9a44010f3010040801020304050607080204"
		    "00989681041000000000000000000000000000000000",
		    RC_LIMIT },
		{ "negative iterations",
		    "302d301906082a831a8c9a44010f300d040801020304050607080201"
		    "ff041000000000000000000000000000000000",
		    RC_FORMAT },
		{ "no salt",
		    "3026301206082a831a8c9a44010f3006040002020800"
		    "041000000000000000000000000000000000",
		    RC_LIMIT },
		{ "ciphertext of 15 bytes",
		    "302d301a06082a831a8c9a44010f300e040801020304050607080202"
		    "0800040f000000000000000000000000000000",
		    RC_FORMAT },
		{ "well-formed, nobody's",
		    "302e301a06082a831a8c9a44010f300e040801020304050607080202"
		    "0800041000000000000000000000000000000000",
		    RC_SECRET },
	};
	struct sec key SEC_WIPED = { 0 };
	struct span none = { NULL, 0 };
	static uint8_t big[KEYFILE_MAX + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = unhex(rows[i].hex);

		ok(keyfile_open(buf_span(&b), SAMPLE_PASSWORD, none, &key,
		       NULL) == rows[i].want,
		    "%s", rows[i].what);
		buf_clear(&b);
	}
	ok(keyfile_open(SPAN(big), SAMPLE_PASSWORD, none, &key, NULL) ==
		RC_LIMIT,
	    "16 KiB and one byte");
	ok(keyfile_open(buf_span(&plain), none, none, &key, NULL) == RC_LIMIT,
	    "no password");
	ok(keyfile_open(buf_span(&plain), (struct span){ big, 257 }, none, &key,
	       NULL) == RC_LIMIT,
	    "password of 257 bytes");
	ok(keyfile_open(buf_span(&plain), SAMPLE_PASSWORD, none, &key, NULL) ==
		RC_FORMAT,
	    "a key in clear is no key file");
}

/*
 * The sample's key with six bytes of padding of our choice, one iteration; in
 * the form of a constant IV where one is given.
 */
static struct span
padded(const char *hex, const uint8_t *constant, struct derput *w)
{
	static const uint8_t salt[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct buf bytes = buf_init(4096), pad = unhex(hex);
	uint8_t dk[20], iv[PLATFORM_HASH_MAX];
	struct seed s;
	size_t mark;

	buf_bytes(&bytes, buf_span(&plain));
	buf_bytes(&bytes, buf_span(&pad));
	if (platform_pbkdf1(SAMPLE_PASSWORD, SPAN(salt), 1, dk, NULL) !=
		RC_OK ||
	    sha1((struct span){ dk + 16, 4 }, iv) != RC_OK)
		abort();
	seed_init(&s, dk);
	seed_cbc_encrypt(
	    &s, constant == NULL ? iv : constant, bytes.p, bytes.p, bytes.n);
	derput_element(w, DER_OCTETS, buf_span(&bytes));
	mark = derput_mark(w);
	derput_uint(w, 1);
	derput_element(w, DER_OCTETS, SPAN(salt));
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_element(
	    w, DER_OID, constant == NULL ? OID_SEED_SHA1 : OID_SEED_CBC);
	derput_wrap(w, DER_SEQUENCE, mark);
	derput_wrap(w, DER_SEQUENCE, 0);
	buf_clear(&bytes);
	buf_clear(&pad);

	return derput_span(w);
}

static void
test_padding(void)
{
	static const struct {
		const char *hex;
		enum rc want;
	} rows[] = {
		{ "060606060606", RC_OK },
		{ "060606060506", RC_SECRET },
		{ "050606060606", RC_SECRET },
		{ "060606060616", RC_SECRET },
		{ "000000000000", RC_SECRET },
		{ "111111111111", RC_SECRET },
		{ "050505050505", RC_SECRET },
		{ "070707070707", RC_SECRET },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static uint8_t room[4096];
		struct derput w = derput_init(room, sizeof(room));
		struct sec key SEC_WIPED = { 0 };

		ok(keyfile_open(padded(rows[i].hex, NULL, &w), SAMPLE_PASSWORD,
		       info.modulus, &key, NULL) == rows[i].want,
		    "padding %s", rows[i].hex);
	}
}

/* Some programs have another constant than ours in the old form. */
static void
test_constant(void)
{
	static const char *const ivs[] = { "0123456789012345",
		"123456789012345\0", "012345678912345\0" };
	struct span none = { NULL, 0 };

	for (size_t i = 0; i < sizeof(ivs) / sizeof(ivs[0]); i++) {
		static uint8_t room[4096];
		struct derput w = derput_init(room, sizeof(room));
		struct sec key SEC_WIPED = { 0 };
		struct span file =
		    padded("060606060606", (const uint8_t *)ivs[i], &w);

		ok(keyfile_open(file, SAMPLE_PASSWORD, info.modulus, &key,
		       NULL) == RC_OK &&
			span_equal(sec_span(&key), buf_span(&plain)),
		    "constant IV %s, beside its certificate", ivs[i]);
		sec_free(&key);
		ok(keyfile_open(file, SAMPLE_PASSWORD, none, &key, NULL) ==
			(i == 0 ? RC_OK : RC_SECRET),
		    "without it only the one that is usual");
	}
}

static void
test_other_certificate(void)
{
	struct buf file = sample(sample_keys[0]);
	struct sec key SEC_WIPED = { 0 };
	uint8_t modulus[256];

	memcpy(modulus, info.modulus.p, sizeof(modulus));
	modulus[255] ^= 2;
	ok(keyfile_open(buf_span(&file), SAMPLE_PASSWORD, SPAN(modulus), &key,
	       NULL) == RC_SECRET,
	    "key of another certificate");
	buf_clear(&file);
}

/*
 * Damage. Every truncation is refused. CBC has no authentication, so a
 * flipped bit can pass here; then it changed only secret numbers or R, which
 * x509's test of the numbers finds (tests/unit/x509/certificate_test.c).
 */
static void
test_damage(void)
{
	for (size_t i = 0; i < SAMPLE_KEYS; i++) {
		struct buf file = sample(sample_keys[i]);
		size_t cut = 0, refused = 0, same = 0, each = tap_each();

		for (size_t n = 0; n < file.n; n++) {
			struct sec key SEC_WIPED = { 0 };

			cut += keyfile_open((struct span){ file.p, n },
				   SAMPLE_PASSWORD, info.modulus, &key,
				   NULL) == RC_FORMAT;
		}
		ok(cut == file.n, "%zu truncations of %s", cut, sample_keys[i]);
		for (size_t n = 0; n < file.n; n += each * (i < 1 ? 1 : 7)) {
			struct sec key SEC_WIPED = { 0 };
			uint8_t bit = (uint8_t)(1 << n % 8);

			file.p[n] ^= bit;
			refused +=
			    keyfile_open(buf_span(&file), SAMPLE_PASSWORD,
				info.modulus, &key, NULL) != RC_OK;
			same += key.p != NULL &&
			    span_equal(sec_span(&key), buf_span(&plain));
			file.p[n] ^= bit;
		}
		ok(refused > 0 && same == 0,
		    "no flipped bit gives the same key (%zu refused)", refused);
		buf_clear(&file);
	}
}

int
main(void)
{
	plain = sample("pypinksign/privateKeyInfo-with-R.der");
	certificate = sample("pypinksign/signCert.der");
	if (certinfo_parse(buf_span(&certificate), &info, NULL) != RC_OK)
		return EXIT_FAILURE;
	test_kdf();
	test_samples();
	test_beside();
	test_openssl_reads();
	test_openssl_writes();
	test_wrong();
	test_random();
	test_limits();
	test_padding();
	test_constant();
	test_other_certificate();
	test_damage();
	buf_clear(&plain);
	buf_clear(&certificate);

	return tap_done();
}
