/* transfer_test.c - the frame of a transfer: sizes, order, alteration. */
#include "pake/transfer.h"
#include "tap.h"

static uint8_t big[TRANSFER_FILE_MAX + 1];

#define NONE            \
	{               \
		NULL, 0 \
	}
#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define BIG                            \
	{                              \
		big, TRANSFER_FILE_MAX \
	}

static const struct {
	const char *what;
	struct transfer_files files;
	enum rc rc;
} rows[] = {
	{ "two files", { TEXT("c"), TEXT("k"), NONE, NONE }, RC_OK },
	{ "four files", { TEXT("c"), TEXT("k"), TEXT("C"), TEXT("K") }, RC_OK },
	{ "the longest", { BIG, BIG, BIG, BIG }, RC_OK },
	{ "one byte more", { { big, sizeof(big) }, BIG, NONE, NONE },
	    RC_LIMIT },
	{ "no certificate", { NONE, TEXT("k"), NONE, NONE }, RC_FORMAT },
	{ "no key", { TEXT("c"), NONE, NONE, NONE }, RC_FORMAT },
	{ "half a pair", { TEXT("c"), TEXT("k"), TEXT("C"), NONE }, RC_FORMAT },
};

static const struct {
	const char *what;
	struct span plain;
	enum rc rc;
} plains[] = {
	{ "two files", SPAN_LIT("INGAM-TR1\0\1c\0\1k\0\0\0\0"), RC_OK },
	{ "another label", SPAN_LIT("INGAM-TR2\0\1c\0\1k\0\0\0\0"), RC_FORMAT },
	{ "cut", SPAN_LIT("INGAM-TR1\0\1c\0\1k\0\0\0"), RC_FORMAT },
	{ "a byte more", SPAN_LIT("INGAM-TR1\0\1c\0\1k\0\0\0\0\0"), RC_FORMAT },
	{ "length beyond the end", SPAN_LIT("INGAM-TR1\0\1c\0\1k\0\0\0\1"),
	    RC_FORMAT },
	{ "half a pair", SPAN_LIT("INGAM-TR1\0\1c\0\1k\0\1C\0\0"), RC_FORMAT },
	{ "no key", SPAN_LIT("INGAM-TR1\0\1c\0\0\0\0\0\0"), RC_FORMAT },
	{ "nothing", SPAN_LIT(""), RC_FORMAT },
};

static bool
same(const struct transfer_files *a, const struct transfer_files *b)
{
	return span_equal(a->sign_cert, b->sign_cert) &&
	    span_equal(a->sign_pri, b->sign_pri) &&
	    span_equal(a->km_cert, b->km_cert) &&
	    span_equal(a->km_pri, b->km_pri);
}

static void
test_altered(void)
{
	struct sec_key key = { { 1 } }, other = { { 2 } };
	struct buf frame = buf_init(TRANSFER_FRAME_MAX);
	struct transfer_files out;
	size_t opened = 0;

	if (transfer_seal(&key, &rows[1].files, &frame, NULL) != RC_OK)
		abort();
	for (size_t i = 0; i < frame.n; i++) {
		struct sec plain SEC_WIPED = { 0 };

		frame.p[i] ^= 0x10;
		opened += transfer_open(&key, buf_span(&frame), &plain, &out,
			      NULL) != RC_DENIED;
		frame.p[i] ^= 0x10;
	}
	ok(opened == 0, "any byte altered");
	{
		struct sec plain SEC_WIPED = { 0 };

		ok(transfer_open(&other, buf_span(&frame), &plain, &out,
		       NULL) == RC_DENIED &&
			plain.p == NULL,
		    "another key");
		ok(transfer_open(&key, (struct span){ frame.p, 27 }, &plain,
		       &out, NULL) == RC_FORMAT,
		    "too short for a tag");
		ok(transfer_open(&key, buf_span(&frame), &plain, &out, NULL) ==
			RC_OK,
		    "and whole again");
	}
	buf_clear(&frame);
}

int
main(void)
{
	struct sec_key key = { { 1 } };
	struct transfer_files out;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf frame = buf_init(TRANSFER_FRAME_MAX);
		struct sec plain SEC_WIPED = { 0 };
		enum rc rc = transfer_seal(&key, &rows[i].files, &frame, NULL);

		ok(rc == rows[i].rc, "seal: %s", rows[i].what);
		if (rc == RC_OK)
			ok(transfer_open(&key, buf_span(&frame), &plain, &out,
			       NULL) == RC_OK &&
				same(&out, &rows[i].files),
			    "open: %s", rows[i].what);
		buf_clear(&frame);
	}
	for (size_t i = 0; i < sizeof(plains) / sizeof(plains[0]); i++)
		ok(transfer_parse(plains[i].plain, &out, NULL) == plains[i].rc,
		    "plain: %s", plains[i].what);
	test_altered();

	return tap_done();
}
