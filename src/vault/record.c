/*
 * record.c - journal records and the state they stand for.
 *
 * Belongs here: which file reads which record; the order of a snapshot.
 * Not here: their fields (account.c, approval.c, sign.c, limits.c); bytes on
 * disk (journal.c).
 */
#include "vault/record.h"

#include "base/log.h"
#include "vault/account.h"
#include "vault/approval.h"
#include "vault/limits.h"
#include "vault/sign.h"

#include <stdlib.h>
#include <unistd.h>

typedef enum rc record_reader(struct vault *v, struct rd r, int64_t time_ms,
    uint64_t index, struct err *e);

static const struct {
	enum record_type type;
	record_reader *read;
} readers[] = {
	{ RECORD_ACCOUNT, account_replay },
	{ RECORD_REQUEST, approval_replay_request },
	{ RECORD_PROGRESS, approval_replay_progress },
	{ RECORD_SIGN, sign_replay_intent },
	{ RECORD_RESULT, sign_replay_result },
	{ RECORD_DEVICE, limits_replay_device },
	{ RECORD_KEY, limits_replay_key },
};

uint64_t
record_write(
    struct vault *v, enum record_type type, struct buf *b, bool durable)
{
	uint64_t index;

	if (!buf_ok(b)) {
		log_event(LOG_ERROR, "record-failed", "type=%d", (int)type);
		_exit(EXIT_FAILURE);
	}
	index = journal_append(v->journal, (uint8_t)type, buf_span(b), durable);
	buf_clear(b);

	return index;
}

enum rc
record_read(void *arg, uint8_t type, struct rd body, int64_t time_ms,
    uint64_t index, struct err *e)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (readers[i].type == (enum record_type)type)
			return readers[i].read(arg, body, time_ms, index, e);
	}

	return err_set(e, RC_FORMAT, "journal", "record of an unknown type");
}

void
record_compact(struct vault *v)
{
	vault_tick(v);
	journal_compact_begin(v->journal);
	account_write_all(v);
	limits_write_all(v);
	approval_write_all(v);
	sign_write_all(v);
	journal_compact_end(v->journal);
}
