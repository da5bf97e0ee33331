/*
 * counter.c - how often something was tried within a window of time.
 *
 * Belongs here: the table counter. A hit is durable before it is answered.
 * Not here: the limits, what they guard (the domain room); blocks (block.c).
 */
#include "store/counter.h"

#include "store/row.h"

struct hit {
	const char *scope;
	const uint8_t *key;
	int64_t window_ms;
	int64_t now_ms;
	struct counted {
		int64_t hits;
		int64_t start_ms;
	} counted;
};

static void
read_row(struct db_rows *rows, void *out)
{
	struct counted *n = out;

	n->hits = db_get_int(rows);
	n->start_ms = db_get_int(rows);
}

static enum rc
hit(struct db_conn *c, void *arg, struct err *e)
{
	static const struct row_kind kind = { sizeof(struct counted), read_row,
		ROW_KEEPS_NONE };
	struct hit *h = arg;

	return row_find(c,
	    "INSERT INTO counter (scope, subject, window_start_ms, hits)"
	    " VALUES ($1, $2, $3, 1) ON CONFLICT (scope, subject) DO UPDATE"
	    " SET hits = CASE WHEN counter.window_start_ms <= $4 THEN 1"
	    " ELSE counter.hits + 1 END,"
	    " window_start_ms = CASE WHEN counter.window_start_ms <= $4"
	    " THEN excluded.window_start_ms ELSE counter.window_start_ms END"
	    " RETURNING hits, window_start_ms",
	    DB_ARGS(db_text(h->scope), db_bytes(h->key, STORE_HASH),
		db_int(h->now_ms), db_int(h->now_ms - h->window_ms)),
	    &kind, &h->counted, e);
}

struct hits {
	struct hit *at;
	size_t n;
};

static enum rc
hit_all(struct db_conn *c, void *arg, struct err *e)
{
	struct hits *all = arg;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < all->n && rc == RC_OK; i++)
		rc = hit(c, &all->at[i], e);

	return rc;
}

/* The strictest answer of several: the one that waits longest, else least left. */
static void
counter_merge(struct counter_answer *out, const struct hit *h, int64_t limit)
{
	int64_t retry = h->counted.start_ms + h->window_ms - h->now_ms;

	if (h->counted.hits > limit) {
		out->allowed = false;
		out->left = 0;
		if (retry > out->retry_after_ms)
			out->retry_after_ms = retry;
	} else if (limit - h->counted.hits < out->left) {
		out->left = limit - h->counted.hits;
	}
}

enum rc
counter_hit_all(struct db *db, const struct counter_rule *rules, size_t n,
    int64_t now_ms, struct counter_answer *out, struct err *e)
{
	struct hit hits[COUNTER_RULES_MAX];
	struct hits all = { hits, n };
	enum rc rc;

	*out = (struct counter_answer){ 0 };
	if (n > COUNTER_RULES_MAX)
		return err_set(e, RC_BUG, NULL, "too many counters at once");
	for (size_t i = 0; i < n; i++)
		hits[i] = (struct hit){ rules[i].scope, rules[i].key,
			rules[i].window_ms, now_ms, { 0, 0 } };
	if ((rc = db_write(db, hit_all, &all, e)) != RC_OK)
		return rc;
	*out = (struct counter_answer){ .allowed = true, .left = INT64_MAX };
	for (size_t i = 0; i < n; i++)
		counter_merge(out, &hits[i], rules[i].limit);

	return RC_OK;
}

enum rc
counter_hit(struct db *db, const char *scope,
    const uint8_t key[static STORE_HASH], int64_t window_ms, int64_t limit,
    int64_t now_ms, struct counter_answer *out, struct err *e)
{
	const struct counter_rule rule = { scope, key, window_ms, limit };

	return counter_hit_all(db, &rule, 1, now_ms, out, e);
}

enum rc
counter_purge(struct db *db, int64_t before_ms, size_t *n, struct err *e)
{
	return row_purge(db,
	    "DELETE FROM counter WHERE (scope, subject) IN (SELECT scope,"
	    " subject FROM counter WHERE window_start_ms < $1 LIMIT 500)",
	    before_ms, n, e);
}
