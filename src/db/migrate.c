/*
 * migrate.c - brings the schema forward, one numbered step after the other.
 *
 * Belongs here: the table of steps carried out, their hashes.
 * Not here: the steps themselves (store/sql).
 */
#include "db/migrate.h"

#include "base/clock.h"
#include "base/digest.h"

struct job {
	const struct migration *steps;
	size_t n;
	size_t applied; /* how many of them are in the database */
};

static const char make_table[] =
    "CREATE TABLE IF NOT EXISTS schema_step ("
    " number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL,"
    " applied_ms BIGINT NOT NULL)";

static enum rc
begin(struct db_conn *c, void *arg, struct err *e)
{
	(void)arg;

	return db_script(c, make_table, e);
}

/* Compares what was carried out with what we would carry out. */
static enum rc
compare(struct db_conn *c, void *arg, struct err *e)
{
	struct job *job = arg;
	struct db_rows rows;
	enum rc rc = RC_OK, end;

	job->applied = 0;
	db_query(c, "SELECT number, sha256 FROM schema_step ORDER BY number",
	    DB_NO_ARGS, &rows);
	while (rc == RC_OK && db_next(&rows)) {
		uint8_t was[DIGEST_SHA256], is[DIGEST_SHA256];
		int64_t number = db_get_int(&rows);
		struct span sql;

		db_get_bytes(&rows, was, sizeof was);
		if (job->applied >= job->n) {
			rc = err_set(e, RC_STATE, "schema",
			    "the database is newer than this program");
			break;
		}
		sql = span_str(job->steps[job->applied].sql);
		digest_sha256(is, &sql, 1);
		if (number != job->steps[job->applied].number ||
		    memcmp(was, is, sizeof is) != 0)
			rc = err_set(e, RC_STATE, "schema",
			    "step %d was carried out with another text",
			    job->steps[job->applied].number);
		job->applied++;
	}
	end = db_end(&rows, e);

	return rc == RC_OK ? end : rc;
}

static enum rc
carry_out(struct db_conn *c, void *arg, struct err *e)
{
	struct job *job = arg;
	const struct migration *m;
	uint8_t hash[DIGEST_SHA256];
	struct span sql;
	enum rc rc;

	/* Another process may have been here first: look again. */
	if ((rc = compare(c, job, e)) != RC_OK || job->applied == job->n)
		return rc;
	m = &job->steps[job->applied];
	sql = span_str(m->sql);
	digest_sha256(hash, &sql, 1);
	if ((rc = db_script(c, m->sql, e)) != RC_OK)
		return rc;

	return db_exec(c, "INSERT INTO schema_step VALUES ($1, $2, $3, $4)",
	    DB_ARGS(db_int(m->number), db_text(m->name),
		db_bytes(hash, sizeof hash), db_int(clock_wall_ms())),
	    NULL, e);
}

enum rc
migrate_check(struct db *db, const struct migration *steps, size_t n,
    size_t *missing, struct err *e)
{
	struct job job = { .steps = steps, .n = n };
	enum rc rc;

	*missing = 0;
	/* The table of steps itself changes nothing that anybody reads. */
	if ((rc = db_write(db, begin, NULL, e)) != RC_OK ||
	    (rc = db_read(db, compare, &job, e)) != RC_OK)
		return rc;
	*missing = n - job.applied;

	return RC_OK;
}

enum rc
migrate_run(struct db *db, const struct migration *steps, size_t n,
    size_t *done, struct err *e)
{
	struct job job = { .steps = steps, .n = n };
	size_t missing;
	enum rc rc;

	if (done != NULL)
		*done = 0;
	if ((rc = migrate_check(db, steps, n, &missing, e)) != RC_OK)
		return rc;
	for (size_t i = 0; i < missing; i++) {
		if ((rc = db_write(db, carry_out, &job, e)) != RC_OK)
			return rc;
		if (done != NULL)
			++*done;
	}

	return RC_OK;
}
