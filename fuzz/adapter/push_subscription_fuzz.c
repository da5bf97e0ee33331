/*
 * push_subscription_fuzz.c - the three texts of a subscription, by lines;
 * what reads must also encrypt.
 *
 * Belongs here: endpoint, p256dh and auth together.
 * Not here: which endpoints may be asked (push_endpoint_fuzz.c).
 */
#include "adapter/webpush.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct span
line(const uint8_t **p, const uint8_t *end)
{
	const uint8_t *stop = memchr(*p, '\n', (size_t)(end - *p));
	struct span s = { *p, (size_t)((stop == NULL ? end : stop) - *p) };

	*p = stop == NULL ? end : stop + 1;

	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct webpush_subscription nothing;
	const uint8_t *end = p + n;
	struct webpush_subscription s;
	struct buf body = buf_init(4096);
	struct span endpoint, p256dh, auth;

	if (n == 0)
		return 0;
	endpoint = line(&p, end);
	p256dh = line(&p, end);
	auth = line(&p, end);
	if (webpush_subscription_parse(endpoint, p256dh, auth, &s, NULL) !=
	    RC_OK) {
		if (memcmp(&s, &nothing, sizeof(s)) != 0)
			abort();
		return 0;
	}
	if (strlen(s.endpoint) != endpoint.n ||
	    ece_encrypt(&s.peer, endpoint, 0, &body, NULL) != RC_OK ||
	    body.n != 86 + endpoint.n + 1 + 16)
		abort();
	buf_clear(&body);

	return 0;
}
