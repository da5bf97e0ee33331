/*
 * accounts.c - accounts that are there and do nothing: their records in the
 * vault's journal.
 *
 * Belongs here: account, device and key of a member who signed once, as often
 * as asked, while the vault does not run.
 * Not here: their rows in ingamd's database (members.c).
 */
#include "base/log.h"
#include "base/rnd.h"
#include "vault/account.h"
#include "vault/limits.h"
#include "vault/record.h"

#include <stdio.h>
#include <stdlib.h>

static enum rc
accounts_add(struct vault *v, struct err *e)
{
	static const uint8_t digest[32], public_key[65];
	struct dl1 list = { .version = 1, .n = 1 };
	struct dl1_device *device = &list.devices[0];
	struct buf answer = buf_init(4096);
	struct device_use *use;
	struct account *a;
	enum rc rc;

	rnd_bytes(list.account_id, VAULT_ID);
	rnd_bytes(device->id, VAULT_ID);
	device->kind = DL1_PASSKEY;
	device->credential_id = SPAN(device->id);
	device->public_key = SPAN(public_key);
	rc = account_add(v, &list, digest, (struct span){ 0 }, &answer, e);
	buf_clear(&answer);
	if (rc != RC_OK || (a = account_find(v, list.account_id)) == NULL)
		return rc;
	buf_clear(&a->enrol_answer); /* it was long ago */
	if ((rc = limits_device(v, list.account_id, device->id, &use, e)) !=
	    RC_OK)
		return rc;

	return limits_key_sign(v, list.account_id, device->id, e);
}

static enum rc
accounts_fill(
    const char *state, const char *kek, unsigned long n, struct err *e)
{
	static struct vault v;
	struct sec root SEC_WIPED = { 0 };
	int fds[2];
	enum rc rc;

	v.limits = vault_default_limits;
	if ((rc = vault_warm(e)) != RC_OK ||
	    (rc = record_reserve(&v, e)) != RC_OK ||
	    (rc = master_read_file(kek, &root, e)) != RC_OK ||
	    (rc = master_init(&v.master, &root, e)) != RC_OK ||
	    (rc = journal_open(state, SPAN(v.master.keys->journal),
		 SPAN(v.master.kek_id), record_read, &v, fds, &v.journal, e)) !=
		RC_OK)
		return rc;
	for (; n > 0 && rc == RC_OK; n--) {
		rc = accounts_add(&v, e);
		if (n % 1000 == 0)
			journal_commit(v.journal);
	}
	if (rc == RC_OK)
		record_compact(&v);
	vault_clear(&v);

	return rc;
}

int
main(int argc, char **argv)
{
	unsigned long n = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct err e = { 0 };
	enum rc rc;

	log_init("bench-accounts", LOG_WARN);
	if (n == 0) {
		(void)fputs(
		    "usage: bench-accounts STATE KEK ACCOUNTS\n", stderr);
		return 2;
	}
	if ((rc = accounts_fill(argv[1], argv[2], n, &e)) != RC_OK)
		(void)fprintf(
		    stderr, "bench-accounts: %s: %s\n", err_text(rc), e.msg);

	return rc == RC_OK ? 0 : 1;
}
