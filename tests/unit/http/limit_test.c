/* limit_test.c - token buckets: bursts, refilling, networks, crowds. */
#include "http/limit.h"

#include "tap.h"

#include "base/clock.h"

enum { NONE, LOGIN, NEVER };

static const struct limit_class classes[] = {
	[NONE] = { "none", 1, 1 },
	[LOGIN] = { "login", 20, 60 },
	[NEVER] = { "never", 2, 0 },
};

static struct limit *limit;
static int64_t retry;

static int
take(unsigned int class_, const char *key, int times)
{
	int good = 0;

	for (int i = 0; i < times; i++)
		good += limit_take_address(limit, class_, key, &retry, NULL) ==
			RC_OK
		    ? 1
		    : 0;

	return good;
}

static void
test_network(void)
{
	char address[48];
	int good = 0;

	for (int i = 0; i < 200; i++) {
		(void)snprintf(address, sizeof(address), "198.51.100.%d", i);
		good += limit_take_address(
			    limit, LOGIN, address, &retry, NULL) == RC_OK
		    ? 1
		    : 0;
	}
	ok(good == 20 * LIMIT_NETWORK,
	    "a network has five times a client's burst: %d", good);
	ok(limit_take_address(limit, LOGIN, "198.51.101.1", &retry, NULL) ==
		RC_OK,
	    "the network beside it is free");
	/* Full buckets give way to new ones. */
	clock_advance_ms(3600000);
	good = 0;
	for (int i = 0; i < 200; i++) {
		(void)snprintf(address, sizeof(address), "2001:db8::%x", i + 1);
		good += limit_take_address(
			    limit, LOGIN, address, &retry, NULL) == RC_OK
		    ? 1
		    : 0;
	}
	ok(good == 20, "who has 64 bits of IPv6 is one client: %d", good);
}

/* In a table full of others: how often a client with a network is heard. */
static int
take_crowded(void)
{
	struct limit *small;
	char key[32];
	int crowd = 0, good = 0;

	if (limit_new(classes, 3, 8, &small, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(key, sizeof(key), "other%d", i);
		crowd +=
		    limit_take_address(small, LOGIN, key, &retry, NULL) == RC_OK
		    ? 1
		    : 0;
	}
	for (int i = 0; i < 1000; i++)
		good += limit_take_address(
			    small, LOGIN, "192.0.2.1", &retry, NULL) == RC_OK
		    ? 1
		    : 0;
	limit_free(small);

	return crowd == 200 ? good : -1;
}

static void
test_full(void)
{
	bool stopped = true;

	/* Whether the two meet in one part of the table is drawn. */
	for (int i = 0; i < 20; i++) {
		int good = take_crowded();

		stopped = stopped && good >= 20 && good < 100;
	}
	ok(stopped, "a client and its network do not push each other out");
}

int
main(void)
{
	char key[32];
	int crowd = 0;

	if (limit_new(classes, 3, 64, &limit, NULL) != RC_OK)
		return EXIT_FAILURE;
	ok(take(LOGIN, "a", 30) == 20, "20 at once, then no more");
	ok(retry > 900 && retry <= 1001, "the next in a second");
	ok(take(LOGIN, "b", 1) == 1, "another key is free");
	clock_advance_ms(3000);
	ok(take(LOGIN, "a", 30) == 3, "one a second comes back");
	clock_advance_ms(3600000);
	ok(take(LOGIN, "a", 30) == 20, "never more than the burst");
	ok(take(NEVER, "a", 5) == 2 && retry == 3600000,
	    "another class is another bucket; no refill");
	ok(limit_take_address(limit, 9, "a", &retry, NULL) == RC_BUG,
	    "no such class");
	test_network();
	test_full();
	clock_advance_ms(3600000);
	(void)take(LOGIN, "thief", 20);
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(key, sizeof(key), "key%d", i);
		crowd += take(LOGIN, key, 1);
	}
	ok(crowd == 10000, "a crowd larger than the table is let through");
	ok(take(LOGIN, "thief", 1) == 0,
	    "and does not wash away who is at the limit");
	limit_free(limit);

	return tap_done();
}
