/*
 * writer.c - one writes at a time: many units, one commit.
 *
 * Belongs here: the queue, the batch, the savepoint around each
 * unit, who is told what after the commit, when the log is put in its place.
 * Not here: reading (db.c); how a commit becomes durable (driver_sqlite.c).
 *
 * A sync costs the same for one unit and for a hundred, so whoever comes
 * while a commit is under way goes together into the next one, which a thread
 * of ours writes. Who comes while none is writes at once, in its own thread:
 * waking another one and being woken takes as long as a sync. A batch whose
 * transaction is lost is run again one unit at a time, so that only the guilty
 * one fails. After a failure of the disk itself nothing more is written: what
 * the kernel kept of the failed sync is unknown until the log is read again.
 */
#include "db/writer.h"

#include "db/driver.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#define TIDY_BYTES ((size_t)4 << 20) /* of log, between the keeper's turns */

/* How long the log's new beginning, meanwhile nobody writes, is waited for. */
#define PATIENCE_MS      20
#define PATIENCE_FULL_MS 1000

/* Lives on the caller's stack until done is posted, or is freed where later. */
struct unit {
	struct unit *next;
	db_fn *fn;
	void *arg;
	enum rc rc;
	struct err err;
	sem_t done;
	bool later;
	max_align_t copy[];
};

struct writer {
	const struct driver *driver;
	struct db_conn *conn;
	struct db_conn *keeper_conn;
	pthread_t thread, keeper;
	bool started, keeper_started;
	unsigned int queue_max, batch_max;
	size_t log_max_bytes, tidy_bytes;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t come;  /* for the writer: work, and nobody at it */
	pthread_cond_t grown; /* for the keeper: the log grew, or stop */
	struct unit *first, **last;
	unsigned int n; /* in the queue */
	bool writing;   /* by the one who has conn meanwhile */
	bool stop;
	bool tidy;     /* the keeper is called, or at it */
	bool anew;     /* it was: before more is written, the log begins anew */
	size_t tidied; /* the log's size when the keeper was last called */
	struct db_counts counts;
};

static void
finish(struct unit *u)
{
	if (u->later)
		free(u);
	else
		(void)sem_post(&u->done); /* u is the caller's from here on */
}

/*
 * Runs one unit under its savepoint; one that is alone needs none, the whole
 * transaction is undone with it. False: the transaction is lost.
 */
static bool
run_unit(struct writer *w, struct unit *u, bool alone)
{
	err_clear(&u->err);
	if (!alone)
		u->rc = w->driver->step(w->conn, DRIVER_SAVE, &u->err);
	if (!alone && u->rc != RC_OK)
		return false;
	u->rc = u->fn(w->conn, u->arg, &u->err);
	if (w->conn->broken || !w->driver->in_transaction(w->conn))
		return false;
	if (alone)
		return u->rc == RC_OK;

	return w->driver->step(w->conn,
		   u->rc == RC_OK ? DRIVER_RELEASE : DRIVER_UNDO,
		   NULL) == RC_OK;
}

enum outcome {
	DURABLE,
	LOST,      /* nothing of it stays; one alone may go better */
	NOT_BEGUN, /* nor would it go better alone */
};

/* One transaction of these units. */
static enum outcome
run_batch(struct writer *w, struct unit *first, struct err *e)
{
	bool good = true;

	if (w->driver->step(w->conn, DRIVER_BEGIN, e) != RC_OK)
		return NOT_BEGUN;
	for (struct unit *u = first; good && u != NULL; u = u->next)
		if (!(good = run_unit(w, u, first->next == NULL)))
			(void)err_set(e, u->rc == RC_OK ? RC_IO : u->rc,
			    u->err.field, "%s",
			    u->rc == RC_OK ? "the transaction was lost"
					   : u->err.msg);
	if (good && w->driver->step(w->conn, DRIVER_COMMIT, e) == RC_OK)
		return DURABLE;
	if (w->driver->in_transaction(w->conn))
		(void)w->driver->step(w->conn, DRIVER_ROLLBACK, NULL);

	return w->conn->broken ? NOT_BEGUN : LOST;
}

/* Nothing of it was written: says so to each. */
static void
fail_batch(struct unit *first, const struct err *e)
{
	for (struct unit *u = first; u != NULL; u = u->next) {
		err_clear(&u->err);
		u->rc = err_set(&u->err, e->rc == RC_OK ? RC_IO : e->rc,
		    e->field, "%s",
		    e->msg[0] == '\0' ? "could not be written" : e->msg);
	}
}

/* Each in a transaction of its own. Gives how many became durable. */
static unsigned int
run_alone(struct writer *w, struct unit *first)
{
	unsigned int commits = 0;

	for (struct unit *u = first, *next; u != NULL; u = next) {
		struct err e = { 0 };

		next = u->next;
		u->next = NULL;
		if (!w->conn->broken && run_batch(w, u, &e) == DURABLE)
			commits++;
		else
			fail_batch(u, &e);
		u->next = next;
	}

	return commits;
}

/*
 * Each turn of the keeper costs syncs of log and database, and the pages that
 * nearly every unit changes: a turn for much of the log, not for what grew
 * during the last one. lock is held.
 */
static void
call_keeper(struct writer *w)
{
	size_t n = w->conn->log_bytes;

	if (n < w->tidied) /* it began anew */
		w->tidied = 0;
	if (n < w->tidied + w->tidy_bytes || w->tidy || w->anew)
		return;
	w->tidied = n;
	w->tidy = true;
	w->counts.tidied++;
	(void)pthread_cond_signal(&w->grown);
}

static void
answer_batch(struct writer *w, struct unit *first, unsigned int commits)
{
	struct unit *next;

	(void)pthread_mutex_lock(&w->lock);
	w->counts.commits += commits;
	w->counts.broken = w->conn->broken;
	for (struct unit *u = first; u != NULL; u = u->next) {
		if (u->rc == RC_OK)
			w->counts.units++;
		else
			w->counts.failed++;
	}
	call_keeper(w);
	(void)pthread_mutex_unlock(&w->lock);
	for (struct unit *u = first; u != NULL; u = next) {
		next = u->next;
		finish(u);
	}
}

static void
write_batch(struct writer *w, struct unit *first)
{
	enum outcome outcome = NOT_BEGUN;
	unsigned int commits = 0;
	struct err e = { 0 };

	if (w->conn->broken)
		(void)err_set(&e, RC_IO, "database",
		    "the disk failed; nothing is written until a restart");
	else
		outcome = run_batch(w, first, &e);
	if (outcome == DURABLE)
		commits = 1;
	else if (outcome == LOST && first->next != NULL)
		commits = run_alone(w, first);
	else
		fail_batch(first, &e);
	answer_batch(w, first, commits);
}

/* Takes up to batch_max units from the queue. lock is held. */
static struct unit *
take_batch(struct writer *w)
{
	struct unit *first = w->first, **end = &w->first;
	unsigned int n;

	for (n = 0; *end != NULL && n < w->batch_max; n++)
		end = &(*end)->next;
	w->first = *end;
	if (w->first == NULL)
		w->last = &w->first;
	*end = NULL;
	w->n -= n;

	return first;
}

/* Writes what waits, as the only one. lock is held, but not meanwhile. */
static void
write_now(struct writer *w)
{
	struct unit *first = take_batch(w);

	w->writing = true;
	(void)pthread_mutex_unlock(&w->lock);
	write_batch(w, first);
	(void)pthread_mutex_lock(&w->lock);
	w->writing = false;
}

/*
 * What the keeper left is little, so this is soon done; but it waits for
 * readers, too: not in a thread whose caller was written already. Where one
 * of them does not end, the log grows on until after the keeper's next turn.
 */
static void
begin_anew(struct writer *w)
{
	bool full = w->conn->log_bytes > w->log_max_bytes;

	w->writing = true;
	(void)pthread_mutex_unlock(&w->lock);
	w->driver->begin_anew(w->conn, full ? PATIENCE_FULL_MS : PATIENCE_MS);
	(void)pthread_mutex_lock(&w->lock);
	w->writing = false;
	w->anew = false;
}

static void *
write_on(void *arg)
{
	struct writer *w = arg;

	(void)pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->writing || (w->first == NULL && !w->anew && !w->stop))
			(void)pthread_cond_wait(&w->come, &w->lock);
		if (w->anew)
			begin_anew(w);
		else if (w->first != NULL)
			write_now(w);
		else
			break;
	}
	(void)pthread_mutex_unlock(&w->lock);

	return NULL;
}

/*
 * Puts the log in its place beside the writer, on a connection of its own.
 * Only where there is some to put, and never while the log begins anew: before
 * 3.51.3 SQLite could take the new log for one that is in its place already
 * (https://sqlite.org/wal.html#walresetbug), and Debian 12 has 3.40.1.
 */
static void *
keep_on(void *arg)
{
	struct writer *w = arg;

	(void)pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		if (!w->tidy) {
			(void)pthread_cond_wait(&w->grown, &w->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&w->lock);
		w->driver->tidy(w->keeper_conn);
		(void)pthread_mutex_lock(&w->lock);
		w->tidy = false;
		w->anew = true;
		(void)pthread_cond_signal(&w->come);
	}
	(void)pthread_mutex_unlock(&w->lock);

	return NULL;
}

enum rc
writer_start(struct writer **out, const struct driver *driver,
    const char *where, const struct db_options *o, struct err *e)
{
	struct writer *w;
	enum rc rc;

	*out = NULL;
	if ((w = calloc(1, sizeof *w)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	w->driver = driver;
	w->queue_max = o->queue == 0 ? 4096 : o->queue;
	w->batch_max = o->batch == 0 ? 256 : o->batch;
	w->log_max_bytes = (size_t)(o->log_max_mib == 0 ? 64 : o->log_max_mib)
	    << 20;
	w->tidy_bytes =
	    w->log_max_bytes < TIDY_BYTES ? w->log_max_bytes : TIDY_BYTES;
	w->last = &w->first;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->come, NULL);
	(void)pthread_cond_init(&w->grown, NULL);
	rc = driver->open(where, true, &w->conn, e);
	if (rc == RC_OK)
		rc = driver->open(where, true, &w->keeper_conn, e);
	if (rc == RC_OK) {
		w->started = pthread_create(&w->thread, NULL, write_on, w) == 0;
		w->keeper_started = w->started &&
		    pthread_create(&w->keeper, NULL, keep_on, w) == 0;
		if (!w->keeper_started)
			rc = err_set(
			    e, RC_MEMORY, NULL, "cannot start a thread");
	}
	if (rc != RC_OK) {
		writer_stop(w);
		return rc;
	}
	*out = w;

	return RC_OK;
}

void
writer_stop(struct writer *w)
{
	if (w == NULL)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_cond_signal(&w->come);
	(void)pthread_cond_signal(&w->grown);
	(void)pthread_mutex_unlock(&w->lock);
	if (w->started)
		(void)pthread_join(w->thread, NULL);
	if (w->keeper_started)
		(void)pthread_join(w->keeper, NULL);
	if (w->keeper_conn != NULL)
		w->driver->close(w->keeper_conn);
	if (w->conn != NULL)
		w->driver->close(w->conn);
	(void)pthread_cond_destroy(&w->come);
	(void)pthread_cond_destroy(&w->grown);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

/*
 * Puts u behind the others. One who will wait for it writes at once what is
 * there, where nobody does. False: no room below max.
 */
static bool
enqueue(struct writer *w, struct unit *u, unsigned int max)
{
	bool waits = !u->later, room;

	(void)pthread_mutex_lock(&w->lock);
	room = w->n < max && !w->stop;
	if (room) {
		*w->last = u;
		w->last = &u->next;
		w->n++;
		if (waits && !w->writing && !w->anew)
			write_now(w);
		if (!w->writing && (w->first != NULL || w->anew || w->stop))
			(void)pthread_cond_signal(&w->come);
	} else {
		w->counts.refused++;
	}
	(void)pthread_mutex_unlock(&w->lock);

	return room;
}

enum rc
writer_run(struct writer *w, db_fn *fn, void *arg, struct err *e)
{
	struct unit u = { .fn = fn, .arg = arg };

	(void)sem_init(&u.done, 0, 0);
	if (!enqueue(w, &u, w->queue_max)) {
		(void)sem_destroy(&u.done);
		return err_set(e, RC_BUSY, "database", "too many writes wait");
	}
	while (sem_wait(&u.done) != 0) /* a signal came */
		;
	(void)sem_destroy(&u.done);

	return u.rc == RC_OK
	    ? RC_OK
	    : err_set(e, u.rc, u.err.field, "%s",
		  u.err.msg[0] == '\0' ? err_text(u.rc) : u.err.msg);
}

void
writer_later(struct writer *w, db_fn *fn, const void *arg, size_t n)
{
	struct unit *u = n > DB_LATER_MAX ? NULL : calloc(1, sizeof *u + n);

	if (u == NULL)
		return;
	u->fn = fn;
	u->arg = u->copy;
	u->later = true;
	if (n > 0)
		memcpy(u->copy, arg, n);
	if (!enqueue(w, u, w->queue_max / 2))
		free(u);
}

void
writer_count(struct writer *w, struct db_counts *out)
{
	(void)pthread_mutex_lock(&w->lock);
	*out = w->counts;
	(void)pthread_mutex_unlock(&w->lock);
}
