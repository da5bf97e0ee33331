/*
 * durable_test.c - what was acknowledged is there: after kill -9 in the middle
 * of the load, and never where the disk refused a sync.
 */
#include "base/err.h"
#include "db/db.h"
#include "tap.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS  6

static char folder[32];
static char path[64];

static struct db *
open_it(void)
{
	struct db_options o = { .url = path };
	struct err e = { 0 };
	struct db *db;

	if (db_open(&db, &o, &e) != RC_OK) {
		diag("%s", e.msg);
		exit(1);
	}

	return db;
}

static enum rc
make(struct db_conn *c, void *arg, struct err *e)
{
	(void)arg;

	return db_script(c, "CREATE TABLE t (k BIGINT PRIMARY KEY)", e);
}

static enum rc
put(struct db_conn *c, void *arg, struct err *e)
{
	return db_exec(c, "INSERT INTO t (k) VALUES ($1)",
	    DB_ARGS(db_int(*(int64_t *)arg)), NULL, e);
}

static enum rc
find(struct db_conn *c, void *arg, struct err *e)
{
	struct db_rows rows;
	bool found;
	enum rc rc;

	db_query(c, "SELECT k FROM t WHERE k = $1",
	    DB_ARGS(db_int(*(int64_t *)arg)), &rows);
	found = db_next(&rows);
	if ((rc = db_end(&rows, e)) != RC_OK)
		return rc;

	return found ? RC_OK : err_set(e, RC_ABSENT, NULL, "no");
}

struct writer_arg {
	struct db *db;
	int64_t k;
	int fd;
};

static void *
write_for_ever(void *arg)
{
	struct writer_arg *w = arg;

	for (;; w->k++)
		if (db_write(w->db, put, &w->k, NULL) == RC_OK &&
		    write(w->fd, &w->k, sizeof w->k) != sizeof w->k)
			_exit(1);

	return NULL;
}

static void
child(int fd, int64_t round)
{
	struct writer_arg w[THREADS];
	struct db *db = open_it();
	pthread_t t;

	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct writer_arg){ db,
			(round << 40) + ((int64_t)i << 32), fd };
		if (pthread_create(&t, NULL, write_for_ever, &w[i]) != 0)
			_exit(1);
	}
	for (;;)
		(void)pause();
}

static void
kill_in_the_middle(int round)
{
	static int64_t acked[1 << 16];
	size_t n = 0, lost = 0;
	struct db *db;
	int fds[2];
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		(void)close(fds[0]);
		child(fds[1], round + 1);
	}
	(void)close(fds[1]);
	while (n < 200 + (size_t)round * 333 &&
	    read(fds[0], &acked[n], sizeof *acked) == sizeof *acked)
		n++;
	(void)kill(pid, SIGKILL);
	while (n < sizeof acked / sizeof *acked &&
	    read(fds[0], &acked[n], sizeof *acked) == sizeof *acked)
		n++;
	(void)waitpid(pid, NULL, 0);
	(void)close(fds[0]);
	db = open_it();
	for (size_t i = 0; i < n; i++)
		if (db_read(db, find, &acked[i], NULL) != RC_OK)
			lost++;
	ok(n >= 200 && lost == 0, "kill -9: %d acknowledged, %d lost", (int)n,
	    (int)lost);
	db_close(db);
}

/*
 * A file system whose log cannot be synced while `refuse` is set: SQLite's own
 * with one method in front of it.
 */
static sqlite3_vfs shim;
static sqlite3_vfs *real_vfs;
static atomic_int refuse, syncs;
static const sqlite3_io_methods *real_methods;
static sqlite3_io_methods methods;

static int
shim_sync(sqlite3_file *f, int flags)
{
	atomic_fetch_add(&syncs, 1);
	if (atomic_load(&refuse) != 0)
		return SQLITE_IOERR_FSYNC;

	return real_methods->xSync(f, flags);
}

static int
shim_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	int code = real_vfs->xOpen(real_vfs, name, f, flags, out);

	(void)vfs;
	if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
		real_methods = f->pMethods;
		methods = *f->pMethods;
		methods.xSync = shim_sync;
		f->pMethods = &methods;
	}

	return code;
}

static void
sync_fails(void)
{
	int64_t k = 1, k2 = 2, k3 = 3;
	struct err e = { 0 };
	struct db_counts n;
	struct db *db;
	int before;

	real_vfs = sqlite3_vfs_find(NULL);
	shim = *real_vfs;
	shim.zName = "shim";
	shim.xOpen = shim_open;
	(void)sqlite3_vfs_register(&shim, 1);
	db = open_it();
	before = atomic_load(&syncs);
	ok(db_write(db, put, &k, NULL) == RC_OK && syncs > before,
	    "a commit is synced before it is acknowledged");
	atomic_store(&refuse, 1);
	ok(db_write(db, put, &k2, &e) == RC_IO && e.msg[0] != '\0',
	    "a sync that fails is no acknowledgement: %s", e.msg);
	db_count(db, &n);
	ok(n.broken && n.units == 1, "the database says that it is broken");
	atomic_store(&refuse, 0);
	err_clear(&e);
	ok(db_write(db, put, &k3, &e) == RC_IO,
	    "nothing is written after that: %s", e.msg);
	ok(db_read(db, find, &k, NULL) == RC_OK, "reading goes on");
	db_close(db);
	(void)sqlite3_vfs_unregister(&shim);
	db = open_it();
	ok(db_read(db, find, &k, NULL) == RC_OK,
	    "what was acknowledged before is there");
	ok(db_read(db, find, &k3, NULL) == RC_ABSENT &&
		db_write(db, put, &k3, NULL) == RC_OK,
	    "and it writes again");
	db_close(db);
}

int
main(void)
{
	struct db *db;

	(void)snprintf(folder, sizeof folder, "/tmp/ingam-db-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof path, "%s/t.db", folder);
	db = open_it();
	ok(db_write(db, make, NULL, NULL) == RC_OK, "a table");
	db_close(db);
	for (int i = 0; i < ROUNDS; i++)
		kill_in_the_middle(i);
	sync_fails();
	(void)unlink(path);
	ok(rmdir(folder) == 0, "closing leaves the database file alone");

	return tap_done();
}
