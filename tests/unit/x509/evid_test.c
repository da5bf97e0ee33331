/* evid_test.c - EncryptedVID: the template to the byte, there and back. */
#include "x509/evid.h"

#include "people.h"

#define NUMBER SPAN_LIT("1234567890")
/* Of that number and the sample's R (npki/vid_test.c). */
#define VID                                           \
	"89dee087b9dfdf1a84623b3ec0d1da013a54d5fe432" \
	"5cb1ccd92c8cf4fe9c2d4"

static struct buf r, vid;

/* Somebody to whom is encrypted: 0 may be, the sample signs only. */
static struct certificate *
with_usage(const char *usage)
{
	struct buf der = run("openssl req -x509 -subj /CN=CA -key 0.pem "
			     "-addext keyUsage=critical,%s -outform DER "
			     "2>/dev/null",
	    usage);
	struct certificate *c;

	if (certificate_parse(buf_span(&der), &c, NULL) != RC_OK)
		abort();
	buf_clear(&der);

	return c;
}

/* What openssl makes of the last member: the bytes that were encrypted. */
static void
test_template(void)
{
	struct buf out = buf_init(EVID_MAX), head = buf_init(EVID_MAX), plain;
	const struct certinfo *to = certificate_info(made[0].certificate);
	size_t at;

	ok(evid_make(made[0].certificate, VID_SHA256, buf_span(&vid),
	       buf_span(&r), &out, NULL) == RC_OK,
	    "made");
	/* The value of encryptedVID: the last 256 bytes. */
	at = out.n - 256;
	workshop_write("sealed", (struct span){ out.p + at, 256 });
	plain = run("openssl pkeyutl -decrypt -inkey 0.pem -in sealed");
	ok(plain.n == 78, "EncryptContent has 78 bytes");
	is_hex(buf_span(&plain),
	    "304c3033300d06096086480165030402010500a0220420" VID
	    "031500" SAMPLE_R,
	    "and is the template (golden 12)");
	/* Version, hash, cipher and whom it is for, as a decoded message has. */
	buf_clear(&plain);
	plain = unhex("a003020100a10f300d06096086480165030402010500a20f300d"
		      "06092a864886f70d0101010500");
	ok(out.n > plain.n + 4 && memcmp(out.p + 4, plain.p, plain.n) == 0,
	    "version 0 is said, sha256 and rsaEncryption with NULL");
	buf_bytes(&head, to->issuer_der);
	buf_bytes(&head, to->serial_der);
	ok(memmem(out.p, out.n, head.p, head.n) != NULL,
	    "then issuer and serial");
	ok(memcmp(out.p + at - 8, "\xa4\x82\x01\x04\x04\x82\x01\x00", 8) == 0,
	    "then encryptedVID [4]");
	buf_clear(&plain);
	buf_clear(&head);
	buf_clear(&out);
}

/* Golden 9: R with zeros at its beginning comes out as it went in. */
static void
test_open(void)
{
	struct buf zeros = unhex(SAMPLE_R);

	memset(zeros.p, 0, 3);
	for (size_t k = 0; k < 2; k++) {
		enum vid_hash hash = k == 0 ? VID_SHA256 : VID_SHA1;
		struct span value = { vid.p, k == 0 ? 32 : 20 };
		struct buf out = buf_init(EVID_MAX);
		struct evid got;

		ok(evid_make(made[0].certificate, hash, value, buf_span(&zeros),
		       &out, NULL) == RC_OK &&
			evid_open(buf_span(&out), made[0].certificate,
			    made[0].key, &got, NULL) == RC_OK &&
			got.hash == hash && span_equal(got.vid, value) &&
			span_equal(got.r, buf_span(&zeros)),
		    "hash %zu: VID and R come out", k);
		sec_free(&got.content);
		buf_clear(&out);
	}
	buf_clear(&zeros);
}

static void
test_refused(void)
{
	struct certificate *signs = with_usage("digitalSignature");
	struct certificate *keys = with_usage("keyEncipherment");
	struct buf out = buf_init(EVID_MAX);
	struct span ten = { r.p, 10 };
	struct evid got;
	size_t refused = 0, tried = 0;

	ok(evid_make(signs, VID_SHA256, buf_span(&vid), buf_span(&r), &out,
	       NULL) == RC_DENIED,
	    "to a certificate that signs only");
	ok(evid_make(made[1].certificate, VID_SHA256, buf_span(&vid),
	       buf_span(&r), &out, NULL) == RC_UNKNOWN,
	    "to an EC key");
	ok(evid_make(keys, VID_SHA256, buf_span(&vid), ten, &out, NULL) ==
		    RC_FORMAT &&
		evid_make(keys, VID_SHA1, buf_span(&vid), buf_span(&r), &out,
		    NULL) == RC_FORMAT &&
		out.n == 0,
	    "R or VID of another length");
	if (evid_make(keys, VID_SHA256, buf_span(&vid), buf_span(&r), &out,
		NULL) != RC_OK)
		abort();
	ok(evid_open(buf_span(&out), made[0].certificate, made[0].key, &got,
	       NULL) == RC_ABSENT,
	    "for another certificate of the same key");
	ok(evid_open(buf_span(&out), keys, sample_person.key, &got, NULL) ==
		RC_SECRET,
	    "another key");
	for (size_t i = 0; i < out.n; i += tap_each(), tried++) {
		enum rc rc;

		out.p[i] ^= (uint8_t)(1 << i % 8);
		rc = evid_open(buf_span(&out), keys, made[0].key, &got, NULL);
		refused += rc != RC_OK && got.content.p == NULL;
		if (rc == RC_OK)
			sec_free(&got.content);
		out.p[i] ^= (uint8_t)(1 << i % 8);
	}
	ok(refused == tried, "a bit in each of %zu bytes (%zu)", tried,
	    refused);
	for (refused = 0, tried = 0; tried < out.n; tried++)
		refused += evid_open((struct span){ out.p, tried }, keys,
			       made[0].key, &got, NULL) == RC_FORMAT;
	ok(refused == tried, "%zu truncations", tried);
	certificate_free(signs);
	certificate_free(keys);
	buf_clear(&out);
}

int
main(void)
{
	uint8_t value[PLATFORM_HASH_MAX];
	size_t n = 0;

	workshop_open();
	people_make();
	r = unhex(SAMPLE_R);
	vid = unhex(VID);
	ok(vid_make(VID_SHA256, NUMBER, buf_span(&r), value, &n, NULL) ==
		    RC_OK &&
		span_equal((struct span){ value, n }, buf_span(&vid)),
	    "the VID is that of number and R");
	test_template();
	test_open();
	test_refused();
	buf_clear(&r);
	buf_clear(&vid);
	people_clear();
	workshop_close();

	return tap_done();
}
