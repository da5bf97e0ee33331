/*
 * db_test.c - statements, rows, batches, migrations.
 */
#include "db/db.h"
#include "db/driver.h"
#include "db/migrate.h"
#include "db/writer.h"
#include "tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];

static struct db *
open_new(const struct db_options *more)
{
	struct db_options o = more == NULL ? (struct db_options){ 0 } : *more;
	struct err e = { 0 };
	struct db *db;

	(void)snprintf(path, sizeof path, "/tmp/ingam-db-XXXXXX");
	if (mkdtemp(path) == NULL)
		exit(1);
	(void)strcat(path, "/t.db");
	o.url = path;
	if (db_open(&db, &o, &e) != RC_OK) {
		diag("%s", e.msg);
		exit(1);
	}

	return db;
}

static void
close_and_remove(struct db *db)
{
	char *slash;

	db_close(db);
	(void)unlink(path);
	slash = strrchr(path, '/');
	*slash = '\0';
	ok(rmdir(path) == 0, "closing leaves the database file alone");
}

static enum rc
make(struct db_conn *c, void *arg, struct err *e)
{
	(void)arg;

	return db_script(
	    c, "CREATE TABLE t (k BIGINT PRIMARY KEY, b BLOB, s TEXT)", e);
}

static enum rc
put(struct db_conn *c, void *arg, struct err *e)
{
	int64_t k = *(int64_t *)arg;

	return db_exec(c, "INSERT INTO t (k, b, s) VALUES ($1, $3, $2)",
	    DB_ARGS(db_int(k), db_text("열쇠"),
		db_bytes((const uint8_t *)&k, sizeof k)),
	    NULL, e);
}

/* Puts a row, then fails in another way than the database's. */
static enum rc
put_and_fail(struct db_conn *c, void *arg, struct err *e)
{
	enum rc rc = put(c, arg, e);

	return rc == RC_OK ? err_set(e, RC_POLICY, "field", "because") : rc;
}

static enum rc
count(struct db_conn *c, void *arg, struct err *e)
{
	struct db_rows rows;

	db_query(c, "SELECT COUNT(*) FROM t", DB_NO_ARGS, &rows);
	if (db_next(&rows))
		*(int64_t *)arg = db_get_int(&rows);

	return db_end(&rows, e);
}

static int64_t
rows_of(struct db *db)
{
	int64_t n = -1;

	return db_read(db, count, &n, NULL) == RC_OK ? n : -1;
}

struct seen {
	int64_t k;
	uint8_t b[8];
	char s[16];
	size_t text_size;
	size_t bytes;
	bool wrong_type;
};

static enum rc
get(struct db_conn *c, void *arg, struct err *e)
{
	struct seen *s = arg;
	struct db_rows rows;

	db_query(c, "SELECT k, b, s FROM t WHERE s = $2 AND k = $1",
	    DB_ARGS(db_int(7), db_text("열쇠")), &rows);
	while (db_next(&rows)) {
		if (s->wrong_type)
			db_get_text(&rows, s->s, sizeof s->s);
		else
			s->k = db_get_int(&rows);
		db_get_bytes(&rows, s->b, s->bytes);
		db_get_text(&rows, s->s, s->text_size);
	}

	return db_end(&rows, e);
}

static void
statements(struct db *db)
{
	int64_t k = 7;
	struct err e = { 0 };
	struct seen s = { .text_size = 16, .bytes = 8 };
	struct stat st;

	ok(db_write(db, put, &k, NULL) == RC_OK, "a unit is written");
	ok(db_read(db, get, &s, NULL) == RC_OK && s.k == 7 &&
		memcmp(s.b, &k, 8) == 0 && strcmp(s.s, "열쇠") == 0,
	    "parameters are bound by their number, not their place");
	s.bytes = 7;
	ok(db_read(db, get, &s, NULL) == RC_BUG,
	    "bytes of another length fail");
	s.bytes = 8;
	s.text_size = 6;
	ok(db_read(db, get, &s, NULL) == RC_BUG, "text too long fails");
	s.text_size = 16;
	s.wrong_type = true;
	ok(db_read(db, get, &s, NULL) == RC_BUG, "another type fails");
	ok(db_write(db, put, &k, &e) == RC_EXISTS && e.msg[0] != '\0',
	    "the same key again: RC_EXISTS with a sentence");
	ok(db_read(db, put, &k, NULL) != RC_OK && rows_of(db) == 1,
	    "a reading connection does not write");
	err_clear(&e);
	k = 8;
	ok(db_write(db, put_and_fail, &k, &e) == RC_POLICY &&
		strcmp(e.field, "field") == 0 &&
		strcmp(e.msg, "because") == 0 && rows_of(db) == 1,
	    "a unit that fails is undone; its code and sentence come back");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600,
	    "the file is its owner's only");
}

/* Two rows and one that fails: what each step saw, for the caller. */
struct several {
	struct db *outside;
	int64_t first, second;
	int64_t seen; /* rows, from inside */
	enum rc failed, end;
};

static enum rc
put_several(struct db *in, void *arg, struct err *e)
{
	struct several *s = arg;
	enum rc rc = db_write(in, put, &s->first, e);

	if (rc != RC_OK)
		return rc;
	s->failed = db_write(in, put_and_fail, &s->second, NULL);
	s->seen = rows_of(in);
	db_write_later(in, put, &s->second, sizeof s->second);

	return s->end == RC_OK ? RC_OK : err_set(e, s->end, NULL, "undone");
}

static enum rc
look_twice(struct db *in, void *arg, struct err *e)
{
	struct several *s = arg;
	enum rc rc;

	s->seen = rows_of(in);
	if ((rc = db_write(s->outside, put, &s->first, e)) != RC_OK)
		return rc;
	s->failed = db_write(in, put, &s->second, NULL);

	return s->seen == rows_of(in) ? RC_OK : RC_STATE;
}

static void
units(struct db *db)
{
	int64_t before = rows_of(db);
	struct several s = { .first = 101, .second = 102 };

	ok(db_unit(db, put_several, &s, NULL) == RC_OK &&
		s.failed == RC_POLICY && s.seen == before + 1 &&
		rows_of(db) == before + 2,
	    "a write that fails inside a unit is undone alone");
	s = (struct several){ .first = 103, .second = 104, .end = RC_LIMIT };
	ok(db_unit(db, put_several, &s, NULL) == RC_LIMIT &&
		rows_of(db) == before + 2,
	    "a unit that fails is undone with all its writes");
	s = (struct several){ .outside = db, .first = 105, .second = 106 };
	ok(db_view(db, look_twice, &s, NULL) == RC_OK &&
		rows_of(db) == before + 3,
	    "a view stays at its moment while others write");
	ok(s.failed == RC_BUG, "a view does not write");
}

#define THREADS 32
#define EACH    40

struct worker {
	struct db *db;
	int64_t base;
	atomic_int *good, *bad;
};

/* Every fifth unit fails: by its own wish, or by a key that is taken. */
static void *
work(void *arg)
{
	struct worker *w = arg;

	for (int64_t i = 0; i < EACH; i++) {
		int64_t k = w->base + i;
		bool fails = i % 5 == 4;

		if (fails && i % 2 == 0)
			k = 7;
		if (db_write(w->db, fails ? put_and_fail : put, &k, NULL) ==
		    RC_OK)
			atomic_fetch_add(w->good, 1);
		else
			atomic_fetch_add(w->bad, 1);
		(void)rows_of(w->db);
	}

	return NULL;
}

static void
batches(struct db *db)
{
	pthread_t t[THREADS];
	struct worker w[THREADS];
	struct db_counts before, after;
	atomic_int good = 0, bad = 0;

	db_count(db, &before);
	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ db, 1000 * (i + 1), &good, &bad };
		if (pthread_create(&t[i], NULL, work, &w[i]) != 0)
			exit(1);
	}
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	db_count(db, &after);
	ok(good == THREADS * EACH * 4 / 5 && bad == THREADS * EACH / 5,
	    "failing units leave their neighbours (%d good, %d failed)", good,
	    bad);
	ok(rows_of(db) == 1 + good, "each acknowledged row is there, no other");
	ok(after.units - before.units == (uint64_t)good &&
		after.failed - before.failed == (uint64_t)bad,
	    "the counts agree");
	ok((after.commits - before.commits) * 4 < (uint64_t)(good + bad),
	    "units go together: %d units in %d commits", good + bad,
	    (int)(after.commits - before.commits));
}

/* A unit that holds the writer until it is let go. */
static enum rc
hold(struct db_conn *c, void *arg, struct err *e)
{
	atomic_int *state = *(atomic_int **)arg;

	(void)c;
	(void)e;
	atomic_store(state, 1);
	while (atomic_load(state) != 2)
		(void)usleep(1000);

	return RC_OK;
}

static void
queue_is_bounded(void)
{
	struct db_options o = { .queue = 4 };
	struct db *db = open_new(&o);
	atomic_int state = 0, *p = &state;
	struct err e = { 0 };
	int64_t k[4] = { 1, 2, 3, 4 };
	struct db_counts n;

	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	db_write_later(db, hold, &p, sizeof p);
	while (atomic_load(&state) != 1)
		(void)usleep(1000);
	for (int i = 0; i < 4; i++)
		db_write_later(db, put, &k[i], sizeof k[i]);
	db_count(db, &n);
	ok(n.refused == 2, "low-value writes take half of the queue at most");
	/* The other half, by hands that wait. */
	{
		pthread_t t[2];
		atomic_int good = 0, bad = 0;
		struct worker w[2] = { { db, 100, &good, &bad },
			{ db, 200, &good, &bad } };

		for (int i = 0; i < 2; i++)
			if (pthread_create(&t[i], NULL, work, &w[i]) != 0)
				exit(1);
		(void)usleep(100000);
		ok(db_write(db, put, &k[3], &e) == RC_BUSY,
		    "a full queue: RC_BUSY at once");
		atomic_store(&state, 2);
		for (int i = 0; i < 2; i++)
			(void)pthread_join(t[i], NULL);
		ok(bad == 2 * EACH / 5, "those who waited were served");
	}
	ok(rows_of(db) >= 2 + 2 * EACH * 4 / 5, "with their rows");
	close_and_remove(db);
}

/* A batch whose transaction breaks is run again one by one. */
static enum rc
break_transaction(struct db_conn *c, void *arg, struct err *e)
{
	(void)arg;

	return db_script(c, "ROLLBACK", e);
}

static void
lost_transaction(void)
{
	struct db *db = open_new(NULL);
	atomic_int state = 0, *p = &state;
	int64_t k[2] = { 1, 2 };
	struct db_counts n;
	int unused = 0;

	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	db_write_later(db, hold, &p, sizeof p);
	while (atomic_load(&state) != 1)
		(void)usleep(1000);
	db_write_later(db, put, &k[0], sizeof k[0]);
	db_write_later(db, break_transaction, &unused, sizeof unused);
	db_write_later(db, put, &k[1], sizeof k[1]);
	atomic_store(&state, 2);
	do {
		(void)usleep(1000);
		db_count(db, &n);
	} while (n.units + n.failed < 5);
	ok(n.units == 4 && n.failed == 1 && rows_of(db) == 2,
	    "only the guilty unit of a lost batch fails");
	ok(db_write(db, break_transaction, NULL, NULL) == RC_IO,
	    "a unit that lost its transaction is never acknowledged");
	close_and_remove(db);
}

static int
log_kib(void)
{
	char wal[80];
	struct stat st;

	(void)snprintf(wal, sizeof wal, "%s-wal", path);

	return stat(wal, &st) == 0 ? (int)(st.st_size >> 10) : 0;
}

static void
log_is_tidied(void)
{
	struct db_options o = { .log_max_mib = 1 };
	struct db *db = open_new(&o);
	int kib;

	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	for (int64_t k = 0; k < 1500; k++)
		if (db_write(db, put, &k, NULL) != RC_OK)
			ok(false, "row %d", (int)k);
	kib = log_kib();
	ok(kib > 512 && kib <= 2048, "the log keeps near its cap (%d KiB)",
	    kib);
	close_and_remove(db);
}

/* Each growth costs a sync more; SQLite finds the end of what is in there. */
static void
log_grows_seldom(void)
{
	struct db *db = open_new(NULL);
	int first, last, sizes = 1;

	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	first = last = log_kib();
	for (int64_t k = 0; k < 400; k++) {
		if (db_write(db, put, &k, NULL) != RC_OK)
			ok(false, "row %d", (int)k);
		if (log_kib() != last)
			sizes++;
		last = log_kib();
	}
	ok(first >= 1024 && sizes <= 5,
	    "the log's file has %d sizes in 400 commits, from %d to %d KiB",
	    sizes, first, last);
	close_and_remove(db);
}

#define LARGE ((size_t)256 << 10)

static enum rc
put_large(struct db_conn *c, void *arg, struct err *e)
{
	static const uint8_t bytes[LARGE];

	return db_exec(c, "INSERT INTO t (k, b) VALUES ($1, $2)",
	    DB_ARGS(db_int(*(int64_t *)arg), db_bytes(bytes, sizeof bytes)),
	    NULL, e);
}

/* A turn of the keeper for some MiB of log, and not one for each commit. */
static void
log_is_tidied_seldom(void)
{
	struct db *db = open_new(NULL);
	struct db_counts n;
	int64_t k;

	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	for (k = 0; k < 96; k++)
		if (db_write(db, put_large, &k, NULL) != RC_OK)
			ok(false, "row %d", (int)k);
	db_count(db, &n);
	ok(n.tidied >= 1 && n.tidied <= LARGE * 96 / (4 << 20),
	    "%d MiB of log are tidied in few turns (%d)",
	    (int)(LARGE * 96 >> 20), (int)n.tidied);
	close_and_remove(db);
}

static enum rc
read_until_told(struct db_conn *c, void *arg, struct err *e)
{
	atomic_int *state = arg;
	struct db_rows rows;

	db_query(c, "SELECT k FROM t", DB_NO_ARGS, &rows);
	(void)db_next(&rows);
	atomic_store(state, 1);
	while (atomic_load(state) == 1)
		(void)usleep(1000);

	return db_end(&rows, e);
}

struct reader {
	struct db *db;
	atomic_int state; /* 1: has begun to read; 2: is to end */
	bool again;
};

static void *
read_on(void *arg)
{
	struct reader *r = arg;

	do {
		if (r->again ? rows_of(r->db) < 0
			     : db_read(r->db, read_until_told, &r->state,
				   NULL) != RC_OK)
			ok(false, "read");
	} while (atomic_load(&r->state) != 2);

	return NULL;
}

/* The log's size in KiB after mib were written while others read. */
static int
log_beside_reader(bool again, int mib)
{
	struct db *db = open_new(NULL);
	struct reader r = { .db = db, .again = again };
	int64_t k = 0, last = (int64_t)mib * (1 << 20) / (int64_t)LARGE;
	pthread_t thread;
	int kib;

	ok(db_write(db, make, NULL, NULL) == RC_OK &&
		db_write(db, put_large, &k, NULL) == RC_OK,
	    "a table with a row");
	(void)pthread_create(&thread, NULL, read_on, &r);
	while (!again && atomic_load(&r.state) != 1)
		(void)usleep(1000);
	while (++k < last && db_write(db, put_large, &k, NULL) == RC_OK)
		;
	ok(k == last, "%d MiB are written while others read", mib);
	kib = log_kib();
	atomic_store(&r.state, 2);
	(void)pthread_join(thread, NULL);
	close_and_remove(db);

	return kib;
}

static void
log_begins_anew(void)
{
	int kib = log_beside_reader(true, 48);

	ok(kib <= 16 << 10,
	    "the log begins anew between readers that come and go (%d KiB)",
	    kib);
	kib = log_beside_reader(false, 72);
	ok(kib > 64 << 10, "and waits for none that stays (%d KiB)", kib);
}

/*
 * SQLite before 3.51.3 may lose what was written where the log begins anew
 * while another connection tidies it that had nothing to tidy.
 */
static struct {
	atomic_int tidying, beginning, wrong, turns;
	atomic_bool fresh; /* nothing was written since the log began anew */
} watch;

static void
watched_tidy(struct db_conn *c)
{
	(void)usleep(2000);
	atomic_store(&watch.tidying, 1);
	if (atomic_load(&watch.beginning) || atomic_load(&watch.fresh))
		atomic_fetch_add(&watch.wrong, 1);
	driver_sqlite.tidy(c);
	(void)usleep(2000);
	atomic_store(&watch.tidying, 0);
	atomic_fetch_add(&watch.turns, 1);
}

static void
watched_begin_anew(struct db_conn *c, int patience_ms)
{
	atomic_store(&watch.beginning, 1);
	if (atomic_load(&watch.tidying))
		atomic_fetch_add(&watch.wrong, 1);
	driver_sqlite.begin_anew(c, patience_ms);
	atomic_store(&watch.fresh, true);
	atomic_store(&watch.beginning, 0);
}

static enum rc
watched_step(struct db_conn *c, enum driver_step step, struct err *e)
{
	enum rc rc = driver_sqlite.step(c, step, e);

	if (step == DRIVER_COMMIT)
		atomic_store(&watch.fresh, false);

	return rc;
}

static void
keeper_and_writer_take_turns(void)
{
	struct db_options o = { .log_max_mib = 1 };
	struct db *db = open_new(NULL);
	struct driver watched = driver_sqlite;
	struct writer *w = NULL;
	bool good;

	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	watched.tidy = watched_tidy;
	watched.begin_anew = watched_begin_anew;
	watched.step = watched_step;
	good = writer_start(&w, &watched, path, &o, NULL) == RC_OK;
	for (int64_t k = 0; good && k < 128; k++)
		good = writer_run(w, put_large, &k, NULL) == RC_OK;
	writer_stop(w);
	ok(good && watch.turns >= 4 && watch.wrong == 0,
	    "the keeper tidies %d times, never while the log begins anew",
	    (int)watch.turns);
	close_and_remove(db);
}

static void
migrations(void)
{
	static const struct migration steps[] = {
		{ 1, "one", "CREATE TABLE a (x BIGINT);" },
		{ 2, "two",
		    "CREATE TABLE b (x BIGINT); CREATE INDEX bx ON b (x);" },
		{ 3, "bad", "CREATE TABLE c (x BIGINT); CREATE TABEL d;" },
	};
	static const struct migration other[] = {
		{ 1, "one", "CREATE TABLE a (x BIGINT, y BIGINT);" },
		{ 2, "two",
		    "CREATE TABLE b (x BIGINT); CREATE INDEX bx ON b (x);" },
	};
	struct db *db = open_new(NULL);
	size_t n;

	ok(migrate_check(db, steps, 2, &n, NULL) == RC_OK && n == 2,
	    "two steps are missing");
	ok(migrate_run(db, steps, 2, &n, NULL) == RC_OK && n == 2,
	    "two steps are carried out");
	ok(migrate_run(db, steps, 2, &n, NULL) == RC_OK && n == 0, "once");
	ok(migrate_run(db, other, 2, &n, NULL) == RC_STATE,
	    "a step that reads differently now: RC_STATE");
	ok(migrate_run(db, steps, 1, &n, NULL) == RC_STATE,
	    "a database newer than the program: RC_STATE");
	ok(migrate_run(db, steps, 3, &n, NULL) == RC_BUG && n == 0,
	    "a step that fails");
	ok(migrate_check(db, steps, 3, &n, NULL) == RC_OK && n == 1,
	    "is undone as a whole");
	close_and_remove(db);
}

int
main(void)
{
	struct db_options pg = { .url = "postgresql://localhost/ingam" };
	struct db *db;

	ok(db_open(&db, &pg, NULL) == RC_UNKNOWN && db == NULL,
	    "a kind of database that is not built in: RC_UNKNOWN");
	db = open_new(NULL);
	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	statements(db);
	batches(db);
	units(db);
	close_and_remove(db);
	queue_is_bounded();
	lost_transaction();
	log_is_tidied();
	log_grows_seldom();
	log_is_tidied_seldom();
	log_begins_anew();
	keeper_and_writer_take_turns();
	migrations();

	return tap_done();
}
