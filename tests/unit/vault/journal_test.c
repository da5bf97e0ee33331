/*
 * journal_test.c - records there and back: torn, damaged, altered, compacted,
 * and a death at each step of a compaction.
 */
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "tap.h"
#include "vault/journal.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define TYPE 20

static const uint8_t key[32] = { 1 }, other_key[32] = { 2 };
static const uint8_t kek[8] = { 3 }, other_kek[8] = { 4 };
static char folder[] = "/tmp/ingam-journal-XXXXXX";

/* What a replay showed: the bodies one after the other. */
static struct buf seen;

static enum rc
see(void *arg, uint8_t type, struct rd body, int64_t time_ms, uint64_t index,
    struct err *e)
{
	(void)arg;
	(void)time_ms;
	(void)index;
	if (type != TYPE)
		return err_set(e, RC_FORMAT, "type", "another type");
	buf_bytes(&seen, rd_bytes(&body, rd_left(&body)));

	return RC_OK;
}

static enum rc
open_with(const uint8_t *k, const uint8_t *id, struct journal **out)
{
	int fds[2];

	buf_reset(&seen);

	return journal_open(folder, (struct span){ k, 32 },
	    (struct span){ id, 8 }, see, NULL, fds, out, NULL);
}

static bool
saw(const char *text)
{
	return span_equal(buf_span(&seen), span_str(text));
}

static void
path_of(int which, char out[static 64])
{
	(void)snprintf(out, 64, "%s/journal.%d", folder, which);
}

static void
remake(void)
{
	char path[64];

	for (int i = 0; i < 2; i++) {
		path_of(i, path);
		(void)unlink(path);
	}
	ok(journal_make(folder, SPAN(key), SPAN(kek), 7, NULL) == RC_OK,
	    "made");
}

static void
append(struct journal *j, const char *text)
{
	(void)journal_append(j, TYPE, span_str(text), true);
	journal_commit(j);
}

static void
test_there_and_back(void)
{
	struct journal *j, *again;

	remake();
	ok(journal_make(folder, SPAN(key), SPAN(kek), 7, NULL) == RC_EXISTS,
	    "not made twice");
	ok(open_with(key, kek, &j) == RC_OK && saw("") && journal_epoch(j) == 7,
	    "empty, with its epoch");
	ok(open_with(key, kek, &again) == RC_BUSY, "one vault at a time");
	append(j, "one ");
	(void)journal_append(j, TYPE, SPAN_LIT("two "), false);
	(void)journal_append(j, TYPE, SPAN_LIT("three"), true);
	journal_commit(j);
	journal_free(j);
	ok(open_with(key, kek, &j) == RC_OK && saw("one two three"),
	    "what was written is read, in order");
	append(j, "!");
	journal_free(j);
	ok(open_with(key, kek, &j) == RC_OK && saw("one two three!"),
	    "and added to");
	journal_free(j);
	ok(open_with(other_key, kek, &j) == RC_DENIED, "with another MAC key");
	ok(open_with(key, other_kek, &j) == RC_DENIED, "with another root");
}

static void
slurp(const char *path, struct buf *out)
{
	buf_reset(out);
	if (file_read(path, out, NULL) != RC_OK)
		exit(EXIT_FAILURE);
}

/* How much of a file are records; zeros follow. */
static size_t
records(const struct buf *file)
{
	struct journal_scan scan;

	if (journal_scan(buf_span(file), SPAN(key), SPAN(kek), NULL, NULL,
		&scan, NULL) != RC_OK)
		exit(EXIT_FAILURE);

	return scan.good;
}

/* A file of these bytes: what is read of it, and whether it goes on. */
static bool
goes_on(const char *path, struct span bytes, const char *want)
{
	struct journal *j;
	bool good;

	if (file_replace(path, bytes, 0600, NULL) != RC_OK ||
	    open_with(key, kek, &j) != RC_OK)
		return false;
	good = saw(want);
	append(j, "c");
	journal_free(j);
	if (open_with(key, kek, &j) != RC_OK)
		return false;
	journal_free(j);

	return good && seen.n == strlen(want) + 1;
}

/* Two records, each of one letter, with or without a sync between. */
static void
make_two(const char *path, bool between, struct buf *whole, size_t *start)
{
	struct journal *j;

	remake();
	slurp(path, whole);
	*start = whole->n;
	(void)open_with(key, kek, &j);
	(void)journal_append(j, TYPE, SPAN_LIT("a"), true);
	if (between)
		journal_commit(j);
	append(j, "b");
	journal_free(j);
	slurp(path, whole);
}

/* A record whose last bytes are zeros is whole without them: one of 256 is. */
static bool
only_zeros(const struct buf *file, size_t from, size_t until)
{
	while (from < until && file->p[from] == 0)
		from++;

	return from >= until;
}

/* Cut at each length: whole records in front of the cut stay. */
static void
test_torn(void)
{
	struct buf whole = buf_init(1 << 20), zeroed = buf_init(1 << 20);
	struct journal *j;
	char path[64];
	size_t wrong = 0, start, each, n;

	path_of(0, path);
	make_two(path, true, &whole, &start);
	n = records(&whole);
	each = (n - start) / 2;
	ok(whole.n > n + 65536, "zeros stand ahead");
	for (size_t at = start; at <= n; at++) {
		const char *want = at == n ? "ab"
		    : at >= start + each   ? "a"
					   : "";

		wrong += !goes_on(path, (struct span){ whole.p, at }, want);
		buf_reset(&zeroed);
		buf_bytes(&zeroed, buf_span(&whole));
		memset(zeroed.p + at, 0, zeroed.n - at);
		want = only_zeros(&whole, at, n)           ? "ab"
		    : only_zeros(&whole, at, start + each) ? "a"
							   : "";
		wrong += !goes_on(path, buf_span(&zeroed), want);
	}
	ok(wrong == 0, "torn at each byte: whole records stay, and it goes on");
	for (size_t at = 0; at < start; at++)
		wrong += file_replace(path, (struct span){ whole.p, at }, 0600,
			     NULL) == RC_OK &&
		    open_with(key, kek, &j) == RC_OK;
	ok(wrong == 0, "cut inside its snapshot: refused");
	memset(whole.p + start, 0, each);
	ok(file_replace(path, buf_span(&whole), 0600, NULL) == RC_OK &&
		open_with(key, kek, &j) == RC_FORMAT,
	    "zeros where a promised record was: damage");
	make_two(path, false, &whole, &start);
	memset(whole.p + start, 0, each);
	ok(goes_on(path, buf_span(&whole), ""),
	    "a later one came to the disk before: both were not promised");
	buf_clear(&whole);
	buf_clear(&zeroed);
}

/* Each bit of a record that later ones knew to be durable. */
static void
test_damage(void)
{
	struct buf whole = buf_init(1 << 20);
	struct journal *j;
	char path[64];
	size_t wrong = 0, start;

	remake();
	path_of(0, path);
	slurp(path, &whole);
	start = whole.n;
	(void)open_with(key, kek, &j);
	append(j, "first");
	append(j, "second");
	append(j, "third");
	journal_free(j);
	slurp(path, &whole);
	for (size_t i = 0; i < start + 70; i++) {
		whole.p[i] ^= 1;
		if (file_replace(path, buf_span(&whole), 0600, NULL) != RC_OK ||
		    open_with(key, kek, &j) == RC_OK)
			wrong++;
		whole.p[i] ^= 1;
	}
	ok(wrong == 0, "a bit turned before the end: refused");
	buf_clear(&whole);
}

static void
test_compaction(void)
{
	static const struct {
		const char *point, *want;
	} rows[] = {
		{ "compact-before-end", "old old2 " },
		{ "compact-before-sync", "new" },
		{ "compact-before-empty", "new" },
		{ "compact-after-empty", "new" },
		{ "none", "new after" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct journal *j;
		int status = 0;
		pid_t pid;
		bool read;

		remake();
		(void)open_with(key, kek, &j);
		append(j, "old ");
		append(j, "old2 ");
		journal_free(j);
		pid = fork();
		if (pid == 0) {
			(void)setenv("INGAM_FAILPOINT", rows[i].point, 1);
			if (open_with(key, kek, &j) != RC_OK)
				_exit(3);
			journal_compact_begin(j);
			(void)journal_append(j, TYPE, SPAN_LIT("new"), true);
			journal_compact_end(j);
			append(j, " after");
			_exit(0);
		}
		(void)waitpid(pid, &status, 0);
		read = open_with(key, kek, &j) == RC_OK;
		ok(read && saw(rows[i].want) &&
			(WIFSIGNALED(status)
				? WTERMSIG(status) == SIGKILL
				: strcmp(rows[i].point, "none") == 0),
		    "compaction that dies at %s leaves \"%s\"", rows[i].point,
		    rows[i].want);
		if (!read)
			continue;
		/* The next one goes to the other file, over what was left. */
		journal_compact_begin(j);
		(void)journal_append(j, TYPE, SPAN_LIT("2nd"), true);
		journal_compact_end(j);
		append(j, "!");
		ok(journal_epoch(j) == 7, "epoch kept");
		journal_free(j);
		ok(open_with(key, kek, &j) == RC_OK && saw("2nd!"),
		    "and the next compaction holds");
		journal_free(j);
	}
}

int
main(void)
{
	char path[64];

	log_init("journal-test", LOG_ERROR);
	seen = buf_init(65536);
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	test_there_and_back();
	test_torn();
	test_damage();
	test_compaction();
	for (int i = 0; i < 2; i++) {
		path_of(i, path);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	buf_clear(&seen);

	return tap_done();
}
