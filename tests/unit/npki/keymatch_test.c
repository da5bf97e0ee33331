/*
 * keymatch_test.c - whose a key is, and that its numbers fit; the arithmetic
 * that a browser does for it, against OpenSSL's.
 */
#include "npki/keymatch.h"

#include "base/rnd.h"
#include "npki/keyfile.h"
#include "npki/natural.h"
#include "samples.h"

static void
test_sample(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct buf der = sample("pypinksign/privateKeyInfo-with-R.der");
	struct certinfo c;
	struct pkinfo key;

	ok(certinfo_parse(buf_span(&in), &c, NULL) == RC_OK &&
		pkinfo_parse(buf_span(&der), &key, NULL) == RC_OK &&
		keymatch_check(&c, &key, NULL) == RC_OK,
	    "a private key belongs to its certificate");
	buf_clear(&in);
	buf_clear(&der);
}

/* A number of n octets, without leading zeros; sometimes all ones. */
static struct span
number(uint8_t *p, size_t n)
{
	uint8_t fate;

	rnd_bytes(&fate, 1);
	rnd_bytes(p, n);
	if (fate < 32)
		memset(p, 0xff, n);
	else if (fate < 64)
		memset(p + 1, 0, n - 1);
	p[0] |= p[0] == 0;

	return (struct span){ p, n };
}

static void
test_natural(void)
{
	static const size_t longest[] = { 1, 2, 33, 300 };
	uint8_t x[300], y[300], m[300], want[300], got[300];
	size_t alike = 0, all = 0;

	for (size_t k = 0; k < 4 * 500; k++) {
		uint16_t at[3];
		struct span n[3];

		rnd_bytes(at, sizeof(at));
		n[0] = number(x, 1 + at[0] % longest[k % 4]);
		n[1] = number(y, 1 + at[1] % longest[k % 4]);
		n[2] = number(m, 1 + at[2] % longest[k % 4]);
		all++;
		natural_multiply(n[0], n[1], n[2], got);
		if (platform_multiply(n[0], n[1], n[2], want, NULL) == RC_OK)
			alike += memcmp(want, got, n[2].n) == 0;
	}
	ok(alike == all, "%zu products as OpenSSL's", alike);
}

/* a + b; a is no longer than b, and the sum is one octet longer. */
static void
larger_by(struct span a, struct span b, uint8_t *sum)
{
	unsigned int carry = 0;

	for (size_t i = 0; i < b.n; i++) {
		carry += b.p[b.n - 1 - i];
		carry += i < a.n ? a.p[a.n - 1 - i] : 0;
		sum[b.n - i] = (uint8_t)carry;
		carry >>= 8;
	}
	sum[0] = (uint8_t)carry;
}

/* One bit of one number: each is noticed. */
static void
test_rsa_numbers(void)
{
	static const struct {
		const char *what;
		size_t offset;
		enum rc want;
	} rows[] = {
		{ "n", offsetof(struct pkinfo, n), RC_STATE },
		{ "e", offsetof(struct pkinfo, e), RC_FORMAT },
		{ "d", offsetof(struct pkinfo, d), RC_FORMAT },
		{ "p", offsetof(struct pkinfo, p), RC_FORMAT },
		{ "q", offsetof(struct pkinfo, q), RC_FORMAT },
		{ "dp", offsetof(struct pkinfo, dp), RC_FORMAT },
		{ "dq", offsetof(struct pkinfo, dq), RC_FORMAT },
		{ "qi", offsetof(struct pkinfo, qi), RC_FORMAT },
	};
	struct buf in = sample("pypinksign/signCert.der");
	struct buf der = sample("pypinksign/privateKeyInfo-with-R.der");
	struct certinfo c;
	struct pkinfo key;
	uint8_t more[257];

	if (certinfo_parse(buf_span(&in), &c, NULL) != RC_OK ||
	    pkinfo_parse(buf_span(&der), &key, NULL) != RC_OK)
		abort();
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const struct span *s =
		    (const struct span *)(const void *)((const char *)&key +
			rows[k].offset);
		uint8_t *last = der.p + (s->p - der.p) + s->n - 1;

		*last ^= 2;
		ok(keymatch_check(&c, &key, NULL) == rows[k].want,
		    "a flipped bit in %s", rows[k].what);
		*last ^= 2;
	}
	ok(keymatch_check(&c, &key, NULL) == RC_OK, "none flipped");
	larger_by(key.qi, key.p, more);
	key.qi = (struct span){ more, key.p.n + 1 };
	if (more[0] == 0)
		key.qi = (struct span){ more + 1, key.p.n };
	ok(keymatch_check(&c, &key, NULL) == RC_FORMAT,
	    "qi that is not the least");
	buf_clear(&in);
	buf_clear(&der);
}

/*
 * Key files with a flipped bit in the ciphertext open now and then, because
 * CBC does not authenticate. Then the numbers show it, or only R changed.
 */
static void
test_damaged_file(void)
{
	struct buf in = sample("pypinksign/signCert.der");
	struct buf file = sample(sample_keys[1]);
	struct certinfo c;
	size_t opened = 0, found = 0, only_r = 0;

	if (certinfo_parse(buf_span(&in), &c, NULL) != RC_OK)
		abort();
	for (size_t n = 36; n < file.n; n += 5) {
		struct sec sec SEC_WIPED = { 0 };
		struct pkinfo key;
		struct buf r = unhex(SAMPLE_R);
		uint8_t bit = (uint8_t)(1 << n % 8);

		file.p[n] ^= bit;
		if (keyfile_open(buf_span(&file), SAMPLE_PASSWORD, c.modulus,
			&sec, NULL) == RC_OK &&
		    pkinfo_parse(sec_span(&sec), &key, NULL) == RC_OK) {
			opened++;
			if (keymatch_check(&c, &key, NULL) != RC_OK)
				found++;
			else
				only_r += !span_equal(key.r, buf_span(&r));
		}
		file.p[n] ^= bit;
		buf_clear(&r);
	}
	ok(opened > 50 && opened == found + only_r && only_r < 5,
	    "%zu damaged files open: %zu found by their numbers, %zu in R",
	    opened, found, only_r);
	buf_clear(&in);
	buf_clear(&file);
}

static void
test_ec_numbers(void)
{
	static const char *const curves[] = { "P-256", "P-384" };

	for (size_t k = 0; k < 2; k++) {
		struct buf cmd = buf_init(8192), both;
		struct certinfo c;
		struct pkinfo key = { 0 }, bare;
		uint8_t wrong[48];
		size_t at;

		buf_printf(&cmd,
		    "openssl req -x509 -subj /CN=a -noenc -outform DER -newkey "
		    "ec -pkeyopt ec_paramgen_curve:%s -keyout "
		    "\"${TMPDIR:-/tmp}/ingam-k$$\" 2>/dev/null && openssl "
		    "pkcs8 -topk8 -nocrypt -outform DER -in "
		    "\"${TMPDIR:-/tmp}/ingam-k$$\" && "
		    "rm \"${TMPDIR:-/tmp}/ingam-k$$\"",
		    curves[k]);
		both = shell(buf_cstr(&cmd));
		at = both.n > 4 ? 4 + (size_t)both.p[2] * 256 + both.p[3] : 0;
		ok(at > 0 &&
			certinfo_parse((struct span){ both.p, at }, &c, NULL) ==
			    RC_OK &&
			pkinfo_parse((struct span){ both.p + at, both.n - at },
			    &key, NULL) == RC_OK &&
			keymatch_check(&c, &key, NULL) == RC_OK,
		    "%s key belongs", curves[k]);
		bare = key;
		bare.point = (struct span){ NULL, 0 };
		ok(keymatch_check(&c, &bare, NULL) == RC_OK,
		    "without its point too");
		memcpy(wrong, key.scalar.p, key.scalar.n);
		wrong[5] ^= 1;
		key.scalar.p = bare.scalar.p = wrong;
		ok(keymatch_check(&c, &key, NULL) == RC_FORMAT &&
			keymatch_check(&c, &bare, NULL) == RC_STATE,
		    "another scalar does not");
		memset(wrong, 0xff, sizeof(wrong));
		ok(keymatch_check(&c, &key, NULL) == RC_FORMAT,
		    "a scalar beyond the order");
		memset(wrong, 0, sizeof(wrong));
		ok(keymatch_check(&c, &key, NULL) == RC_FORMAT,
		    "a scalar of zero");
		key.kind = PKINFO_RSA;
		ok(keymatch_check(&c, &key, NULL) == RC_STATE,
		    "a key of another kind");
		buf_clear(&cmd);
		buf_clear(&both);
	}
}

int
main(void)
{
	test_sample();
	test_natural();
	test_rsa_numbers();
	test_damaged_file();
	test_ec_numbers();

	return tap_done();
}
