/* gather_test.c - who is kept waiting for a sync, and who is not. */
#include "base/gather.h"

#include "tap.h"

/* So many come each `every_us`, for so many groups in a row. */
static int64_t
after(size_t n, int64_t every_us, int groups)
{
	struct gather g = { 0 };
	int64_t now = 1000;

	for (int i = 0; i < groups; i++, now += every_us)
		gather_took(&g, n, now);

	return gather_wait_us(&g);
}

static void
test_begin_and_end(void)
{
	struct gather g = { 0 };
	int64_t now = 1000;
	int groups = 0;

	for (; gather_wait_us(&g) == 0 && groups < 1000; groups++)
		gather_took(&g, 4, now += 1000);
	ok(groups > 2 && groups < 30, "a rush is one after %d groups", groups);
	gather_took(&g, 1, now + 60000000);
	ok(gather_wait_us(&g) == 0, "who comes after a minute does not wait");
}

int
main(void)
{
	struct gather nobody = { 0 };

	ok(gather_wait_us(&nobody) == 0, "the first does not wait");
	ok(after(1, 3000, 100) == 0, "one after the other: nobody waits");
	ok(after(1, 800, 100) == 0, "two threads that sign: nobody waits");
	ok(after(1, 400, 100) > 0, "many, each alone: worth a wait");
	ok(after(8, 3000, 100) > 0, "many at once: worth a wait");
	ok(after(1, 400, 100) <= 2000, "not for longer than 2 ms");
	ok(after(200, 3000, 1) == 0, "a crowd that comes once is no habit");
	test_begin_and_end();

	return tap_done();
}
