/*
 * limit.c - token buckets in a table of fixed size.
 *
 * Belongs here: counting by class and key, forgetting.
 * Not here: names of clients and networks (base/address.c); which route
 * has which class (api); durable counters of wrong PINs (vault); how many
 * connections (server.c).
 */
#include "http/limit.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/rnd.h"

#include <pthread.h>
#include <stdlib.h>

/* A key may stand in any of the WAYS places of its neighbourhood. */
#define WAYS 8

/* Tokens are counted in 1/60000: what one per minute gives in 1 ms. */
#define TOKEN INT64_C(60000)

struct limit_bucket {
	uint64_t tag; /* 0: free */
	int64_t tokens;
	int64_t at_ms;
	uint32_t class_;
	uint32_t times; /* so many times the class's figures */
};

struct limit {
	pthread_mutex_t lock;
	const struct limit_class *classes;
	size_t n;
	size_t sets;
	uint64_t seed;
	size_t turn;
	struct limit_bucket *buckets;
};

enum rc
limit_new(const struct limit_class *classes, size_t n, size_t keys,
    struct limit **out, struct err *e)
{
	struct limit *l = calloc(1, sizeof(*l));

	*out = NULL;
	if (l == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	l->classes = classes;
	l->n = n;
	l->sets = keys / WAYS + 1;
	l->buckets = calloc(l->sets * WAYS, sizeof(*l->buckets));
	if (l->buckets == NULL) {
		free(l);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	rnd_bytes(&l->seed, sizeof(l->seed));
	(void)pthread_mutex_init(&l->lock, NULL);
	*out = l;

	return RC_OK;
}

void
limit_free(struct limit *l)
{
	if (l == NULL)
		return;
	(void)pthread_mutex_destroy(&l->lock);
	free(l->buckets);
	free(l);
}

static uint64_t
limit_mix(uint64_t h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 29;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);

	return h ^ h >> 32;
}

/* Seeded, so that nobody outside can aim at a neighbour's bucket. */
static uint64_t
limit_hash(const struct limit *l, unsigned int class_, struct span key)
{
	uint64_t h = limit_mix(l->seed ^ class_);

	for (size_t i = 0; i < key.n; i++)
		h = limit_mix(h ^ key.p[i] ^ l->seed);

	return h == 0 ? 1 : h;
}

static void
limit_refill(const struct limit *l, struct limit_bucket *b, int64_t now)
{
	const struct limit_class *c = &l->classes[b->class_];
	int64_t full = c->burst * TOKEN * b->times, passed = now - b->at_ms;
	int64_t rate = (int64_t)c->per_minute * b->times;

	b->at_ms = now;
	if (passed <= 0 || rate == 0)
		return;
	if (passed > full / rate + 1)
		b->tokens = full;
	else
		b->tokens += passed * rate;
	if (b->tokens > full)
		b->tokens = full;
}

/*
 * The key's bucket; a new one takes a free place, or the fullest one's. Among
 * equals another one each time: two new ones, a client's and its network's,
 * would push each other out for ever.
 */
static struct limit_bucket *
limit_bucket(struct limit *l, unsigned int class_, uint32_t times,
    struct span key, int64_t now)
{
	uint64_t h = limit_hash(l, class_, key);
	struct limit_bucket *set = &l->buckets[h % l->sets * WAYS];
	struct limit_bucket *worst = &set[0];
	size_t turn = l->turn++;
	int64_t most = -1;

	for (size_t i = 0; i < WAYS; i++) {
		struct limit_bucket *b = &set[(turn + i) % WAYS];
		int64_t share;

		if (b->tag == h) {
			limit_refill(l, b, now);
			return b;
		}
		if (b->tag != 0)
			limit_refill(l, b, now);
		share = b->tag == 0
		    ? INT64_MAX
		    : b->tokens / l->classes[b->class_].burst / b->times;
		if (share > most) {
			most = share;
			worst = b;
		}
	}
	*worst = (struct limit_bucket){ .tag = h,
		.tokens = l->classes[class_].burst * TOKEN * times,
		.at_ms = now,
		.class_ = class_,
		.times = times };

	return worst;
}

/* One token of a bucket that has times as many as its class says. */
static enum rc
limit_take(struct limit *l, unsigned int class_, uint32_t times,
    struct span key, int64_t *retry_ms, struct err *e)
{
	struct limit_bucket *b;
	int64_t missing, rate;

	*retry_ms = 0;
	if (class_ >= l->n || l->classes[class_].burst == 0)
		return err_set(e, RC_BUG, NULL, "no such limit");
	(void)pthread_mutex_lock(&l->lock);
	b = limit_bucket(l, class_, times, key, clock_mono_ms());
	missing = TOKEN - b->tokens;
	if (missing <= 0)
		b->tokens -= TOKEN;
	(void)pthread_mutex_unlock(&l->lock);
	if (missing <= 0)
		return RC_OK;
	rate = (int64_t)l->classes[class_].per_minute * times;
	*retry_ms = rate == 0 ? INT64_C(3600000) : missing / rate + 1;

	return err_set(e, RC_RATE, NULL, "too many requests");
}

enum rc
limit_take_address(struct limit *l, unsigned int class_, const char *address,
    int64_t *retry_ms, struct err *e)
{
	char client[ADDRESS_TEXT], network[ADDRESS_TEXT];
	enum rc rc;

	address_client(address, client);
	address_network(address, network);
	rc = limit_take(l, class_, 1, span_str(client), retry_ms, e);
	/* What is no address has no network. */
	if (rc != RC_OK || strcmp(client, network) == 0)
		return rc;

	return limit_take(
	    l, class_, LIMIT_NETWORK, span_str(network), retry_ms, e);
}
