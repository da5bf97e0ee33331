/*
 * home.c - where a member sits: addresses at which the phone's number was
 * typed.
 *
 * Belongs here: remembering them, as digests, and forgetting them.
 * Not here: what a stranger may do less (asking.c, guess.c).
 */
#include "domain/home.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "store/block.h"

#define DAY_MS  INT64_C(86400000)
#define KEEP_MS (90 * DAY_MS)

/* The table of what lasts until a time has room for it under its own name. */
#define SCOPE "home"

static void
home_key(const uint8_t member_id[static STORE_ID], const char *address,
    uint8_t key[static STORE_HASH])
{
	char client[ADDRESS_TEXT];
	struct span parts[3] = { SPAN_LIT("INGAM-HOME1"),
		{ member_id, STORE_ID }, { NULL, 0 } };

	address_client(address, client);
	parts[2] = span_str(client);
	digest_sha256(key, parts, 3);
}

enum rc
home_find(struct db *in, const uint8_t member_id[static STORE_ID],
    const char *address, int64_t now, int64_t *until, struct err *e)
{
	uint8_t key[STORE_HASH];

	home_key(member_id, address, key);

	return block_find(in, SCOPE, key, now, until, e);
}

void
home_set(struct domain *d, const uint8_t member_id[static STORE_ID],
    const char *address, int64_t until)
{
	int64_t now = clock_wall_ms();
	uint8_t key[STORE_HASH];
	struct err e = { 0 };

	/* Written once a month, not at each login. */
	if (until >= now + KEEP_MS - 30 * DAY_MS)
		return;
	home_key(member_id, address, key);
	if (block_set(d->db, SCOPE, key, now + KEEP_MS, &e) != RC_OK)
		log_event(LOG_WARN, "home", "why=%s", e.msg);
}
