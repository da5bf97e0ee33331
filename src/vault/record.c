/*
 * record.c - journal records and the state they stand for.
 *
 * Belongs here: which file reads which record; the order of a snapshot, and
 * that its records are written many at a time: a chain of a million small ones
 * takes longer to compute than what stands in them.
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

#define RECORD_MANY_BYTES 32768

static void
record_die(enum record_type type)
{
	log_event(LOG_ERROR, "record-failed", "type=%d", (int)type);
	_exit(EXIT_FAILURE);
}

/* Records of a snapshot that wait for company. */
static void
record_write_many(struct vault *v)
{
	if (v->many.n == 0)
		return;
	if (!buf_ok(&v->many))
		record_die(RECORD_MANY);
	(void)journal_append(v->journal, RECORD_MANY, buf_span(&v->many), true);
	buf_reset(&v->many);
}

static uint64_t
record_write_one(
    struct vault *v, enum record_type type, struct span body, bool durable)
{
	if (!v->snapshot)
		return journal_append(v->journal, (uint8_t)type, body, durable);
	buf_u8(&v->many, (uint8_t)type);
	buf_lp32(&v->many, body);
	if (v->many.n >= RECORD_MANY_BYTES)
		record_write_many(v);

	return 0;
}

enum rc
record_reserve(struct vault *v, struct err *e)
{
	v->record = buf_init(JOURNAL_BODY_MAX);
	(void)buf_grow(&v->record, JOURNAL_BODY_MAX);

	return buf_ok(&v->record)
	    ? RC_OK
	    : err_set(e, RC_MEMORY, NULL, "no memory for records");
}

struct buf *
record_begin(struct vault *v)
{
	buf_reset(&v->record);

	return &v->record;
}

uint64_t
record_write(
    struct vault *v, enum record_type type, struct buf *b, bool durable)
{
	uint64_t index;

	if (!buf_ok(b))
		record_die(type);
	index = record_write_one(v, type, buf_span(b), durable);
	buf_reset(b);

	return index;
}

static enum rc
record_read_one(struct vault *v, uint8_t type, struct rd body, int64_t time_ms,
    uint64_t index, struct err *e)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (readers[i].type == (enum record_type)type)
			return readers[i].read(v, body, time_ms, index, e);
	}

	return err_set(e, RC_FORMAT, "journal", "record of an unknown type");
}

enum rc
record_read(void *arg, uint8_t type, struct rd body, int64_t time_ms,
    uint64_t index, struct err *e)
{
	enum rc rc = RC_OK;

	if (type != RECORD_MANY)
		return record_read_one(arg, type, body, time_ms, index, e);
	while (rc == RC_OK && rd_left(&body) > 0) {
		uint8_t one = rd_u8(&body);
		struct span in = rd_lp32(&body, JOURNAL_BODY_MAX);

		rc = body.failed
		    ? err_set(
			  e, RC_FORMAT, "journal", "several records, cut short")
		    : record_read_one(arg, one, rd_init(in), time_ms, index, e);
	}

	return rc;
}

void
record_compact(struct vault *v)
{
	vault_tick(v);
	journal_compact_begin(v->journal);
	v->snapshot = true;
	v->many = buf_init(JOURNAL_BODY_MAX);
	account_write_all(v);
	limits_write_all(v);
	approval_write_all(v);
	sign_write_all(v);
	record_write_many(v);
	buf_clear(&v->many);
	v->snapshot = false;
	journal_compact_end(v->journal);
}
