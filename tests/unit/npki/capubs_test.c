/* capubs_test.c - CaPubs files, read and written. */
#include "npki/capubs.h"

#include "npki/certinfo.h"
#include "samples.h"

#define MAX 4

/* A CA that certifies itself, made by openssl. */
static struct buf
make_root(void)
{
	return shell("openssl req -x509 -newkey ec -pkeyopt "
		     "ec_paramgen_curve:P-256 -noenc -keyout /dev/null "
		     "-outform DER -subj '/C=KR/O=KISA/CN=root' 2>/dev/null");
}

/* SEQUENCE OF these, in this order. */
static struct span
listed(const struct span *parts, size_t n, uint8_t *out, size_t size)
{
	struct derput w = derput_init(out, size);

	while (n-- > 0)
		derput_bytes(&w, parts[n]);
	derput_wrap(&w, DER_SEQUENCE, 0);

	return derput_span(&w);
}

static void
test_both_ways(struct span leaf, struct span root)
{
	static uint8_t theirs[1 << 16], ours[1 << 16];
	struct span parts[] = { root, leaf, leaf }, got[MAX], want;
	struct derput w = derput_init(ours, sizeof(ours));
	struct err e = { 0 };
	size_t n;

	want = listed(parts, 3, theirs, sizeof(theirs));
	ok(capubs_parse(want, got, MAX, &n, &e) == RC_OK && n == 3 &&
		span_equal(got[0], root) && span_equal(got[2], leaf),
	    "three certificates are read %s", e.msg);
	capubs_put(&w, (struct span[]){ leaf, root, leaf }, 3);
	ok(span_equal(derput_span(&w), want), "and written root first");
	ok(capubs_parse(want, got, 2, &n, NULL) == RC_LIMIT && n == 0,
	    "more than there is room for");
}

static void
test_refused(struct span leaf)
{
	static uint8_t bytes[1 << 17];
	struct span got[MAX], whole;
	struct err e = { 0 };
	size_t n = 9;

	ok(capubs_parse(SPAN_LIT("\x30\x00"), got, MAX, &n, &e) == RC_FORMAT &&
		n == 0 && strcmp(e.field, "CaPubs") == 0,
	    "an empty list: %s", e.msg);
	e = (struct err){ 0 };
	ok(capubs_parse(SPAN_LIT("\x30\x80\x00\x00"), got, MAX, &n, &e) ==
		    RC_FORMAT &&
		strcmp(e.field, "CaPubs") == 0,
	    "indefinite length: %s", e.msg);
	e = (struct err){ 0 };
	ok(capubs_parse(SPAN_LIT("\x30\x03\x02\x01\x00"), got, MAX, &n, &e) ==
		    RC_FORMAT &&
		strcmp(e.field, "CaPubs") == 0,
	    "a number in the list: %s", e.msg);
	ok(capubs_parse(leaf, got, MAX, &n, NULL) == RC_FORMAT,
	    "one certificate alone");
	whole = listed(&leaf, 1, bytes, sizeof(bytes));
	for (size_t cut = 0; cut < whole.n; cut += 97)
		if (capubs_parse((struct span){ whole.p, cut }, got, MAX, &n,
			NULL) != RC_FORMAT ||
		    n != 0)
			ok(false, "cut at %zu", cut);
	ok(capubs_parse((struct span){ bytes, CAPUBS_MAX + 1 }, got, MAX, &n,
	       NULL) == RC_LIMIT,
	    "too large");
}

int
main(void)
{
	struct buf leaf = sample("pypinksign/signCert.der"), root = make_root();

	ok(root.n > 0, "openssl makes a root");
	test_both_ways(buf_span(&leaf), buf_span(&root));
	test_refused(buf_span(&leaf));
	buf_clear(&leaf);
	buf_clear(&root);

	return tap_done();
}
