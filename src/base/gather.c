/*
 * gather.c - is it worth waiting for others who want the same sync?
 *
 * Belongs here: how often they come, what follows from it.
 * Not here: the waiting and the syncs (db/writer.c, vault/serve.c).
 *
 * A sync costs the disk and the processor the same for one and for many. Who
 * is alone is not kept waiting; but where a wait as short as this one would
 * bring several, they come so often that the wait is less than what a sync
 * for each of them takes.
 */
#include "base/gather.h"

#define GATHER_WAIT_US 2000
#define GATHER_WORTH   3     /* so many must be about to come */
#define GATHER_IDLE_US 10000 /* nobody for so long says all there is to say */

void
gather_took(struct gather *g, size_t n, int64_t now_us)
{
	int64_t since = now_us - g->last_us;

	if (g->last_us == 0)
		g->interval_us = GATHER_IDLE_US;
	if (g->last_us == 0 || since > GATHER_IDLE_US)
		since = GATHER_IDLE_US;
	/* A few groups in a row are a habit, one large one is not. */
	g->interval_us += (since / (int64_t)n - g->interval_us) / 4;
	g->last_us = now_us;
}

int64_t
gather_wait_us(const struct gather *g)
{
	return g->last_us != 0 &&
		g->interval_us * GATHER_WORTH <= GATHER_WAIT_US
	    ? GATHER_WAIT_US
	    : 0;
}
