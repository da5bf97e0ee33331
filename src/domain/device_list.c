/*
 * device_list.c - reads one device out of the list that the vault sealed.
 *
 * Belongs here: DL1 as its keeper sees it.
 * Not here: making or checking one (vault/account.c).
 */
#include "domain/device_list.h"

#include "base/rd.h"

#define MAGIC "INGAM-DL1"
#define MAC   32
#define FIELD 1024

enum rc
device_list_find(struct span list, const uint8_t device_id[static KEYS_ID],
    struct span *credential_id, struct span *public_key, struct err *e)
{
	struct rd r = rd_init(list);
	unsigned int n;
	bool found = false;

	if (!span_equal(rd_bytes(&r, sizeof(MAGIC) - 1), SPAN_LIT(MAGIC)))
		return err_set(e, RC_FORMAT, NULL, "not a device list");
	(void)rd_bytes(&r, KEYS_ID + 4 + KEYS_DIGEST + KEYS_DIGEST);
	n = rd_u8(&r);
	for (unsigned int i = 0; i < n; i++) {
		struct span id = rd_bytes(&r, KEYS_ID);
		struct span credential, key;

		(void)rd_u8(&r);
		credential = rd_lp16(&r, FIELD);
		key = rd_lp16(&r, FIELD);
		(void)rd_bytes(&r, 1 + 8);
		(void)rd_lp16(&r, FIELD);
		if (id.n != KEYS_ID || memcmp(id.p, device_id, KEYS_ID) != 0)
			continue;
		*credential_id = credential;
		*public_key = key;
		found = true;
	}
	(void)rd_bytes(&r, MAC);
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, NULL, "not a device list");

	return found ? RC_OK : err_set(e, RC_ABSENT, NULL, "no such device");
}
