/*
 * kept_fuzz.c - answers of a service, to a call or on an event stream.
 *
 * The first byte: bit 0, a stream; the others, after how many bytes they come
 * in a second piece. What is told lies in memory, and a stream's events do not
 * depend on the pieces.
 *
 * Belongs here: answers in one piece and in two.
 * Not here: what is done with them (tests/system).
 */
#include "phone/kept.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t times, bytes, others; /* than 200 */
	uint32_t sum;
};

static void
see(void *arg, int status, struct span body)
{
	struct seen *s = arg;

	if (status != 0 && (status < 200 || status > 599))
		abort();
	s->others += status != 200;
	s->times++;
	s->bytes += body.n;
	for (size_t i = 0; i < body.n; i++)
		s->sum = s->sum * 31 + body.p[i];
}

static struct seen
feed(struct span in, size_t cut, bool stream)
{
	struct seen s = { 0 };
	struct kept k = { .stream = stream,
		.told = see,
		.arg = &s,
		.in = buf_init(KEPT_ANSWER_MAX),
		.text = buf_init(KEPT_ANSWER_MAX) };
	struct span pieces[] = { { in.p, cut }, { in.p + cut, in.n - cut } };

	for (size_t i = 0; i < 2 && k.told != NULL; i++) {
		buf_bytes(&k.in, pieces[i]);
		if (buf_ok(&k.in))
			kept_parse(&k);
	}
	kept_close(&k);

	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen one, two;
	struct span in;
	size_t cut;

	if (size == 0 || size > KEPT_ANSWER_MAX)
		return 0;
	in = (struct span){ data + 1, size - 1 };
	cut = data[0] >> 1;
	cut = cut < in.n ? cut : in.n;
	one = feed(in, 0, (data[0] & 1) != 0);
	two = feed(in, cut, (data[0] & 1) != 0);
	if ((data[0] & 1) != 0 && one.others == 0 &&
	    (two.others != 0 || one.times != two.times ||
		one.bytes != two.bytes || one.sum != two.sum))
		abort();

	return 0;
}
