/*
 * journal.c - what must not be forgotten, on disk before it is promised.
 *
 * Belongs here: records chained by a MAC, one sync for many, replay,
 * compaction between two files that are opened once.
 * Not here: what the records mean (record.c); when to commit (serve.c).
 *
 * A record: length(4) check(4) | index(8) synced(8) time_ms(8) type(1) body
 * mac(32). length is the body's. check is the start of SHA-256 over all but
 * the first eight bytes: it tells a torn write. mac chains to the record
 * before: it tells an altered one. synced is the last index known to be
 * durable when the record was written: a bad record at or below a later one's
 * synced is damage, not a torn tail, and the vault does not start over it.
 *
 * The file is longer than its records: zeros are written ahead, so that a sync
 * has bytes to bring to the disk and no new length. Zeros are no record.
 *
 * Two files, because after the start no file can be opened or renamed any
 * more: a snapshot is written to the one not in use, and counts from the
 * moment its end record is durable; then the other is emptied.
 */
#include "vault/journal.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_HEAD    8
#define JOURNAL_FIXED   25 /* index, synced, time, type */
#define JOURNAL_MAC     32
#define JOURNAL_OVER    (JOURNAL_HEAD + JOURNAL_FIXED + JOURNAL_MAC)
#define JOURNAL_LARGE   (8U << 20)
#define JOURNAL_PENDING (128U << 10) /* one record and more */
#define JOURNAL_AHEAD   (256U << 10) /* zeros written at once */

enum { JOURNAL_HEADING = 1, JOURNAL_END = 2 };

struct journal {
	int fd[2];
	int in_use;
	bool compacting;
	uint64_t generation;
	uint32_t epoch;
	uint8_t kek_id[JOURNAL_KEK_ID];
	uint8_t mac_key[32];
	uint8_t chain[JOURNAL_MAC];
	uint64_t next;   /* index of the next record */
	uint64_t synced; /* last index that is durable */
	int64_t last_ms;
	size_t size;     /* of the records in the file in use */
	size_t room;     /* of that file, with the zeros ahead */
	size_t snapshot; /* of that, what the last compaction wrote */
	struct buf pending;
	bool must_sync;
};

/* What was promised can not be kept, or not be known: stop here. */
static void
journal_die(const char *what)
{
	log_event(LOG_ERROR, "journal-failed", "at=%s errno=%d", what, errno);
	_exit(EXIT_FAILURE);
}

static void
journal_mac(struct span key, const uint8_t chain[static JOURNAL_MAC],
    struct span record, uint8_t out[static JOURNAL_MAC])
{
	uint8_t inner[DIGEST_SHA256];
	struct span parts[2] = { { chain, JOURNAL_MAC }, record };

	digest_sha256(inner, parts, 2);
	digest_hmac_labelled(out, key, "INGAM-JM1", SPAN(inner));
}

/* The record at the start of in; body.p is NULL when it is none. */
struct journal_record {
	uint64_t index, synced;
	int64_t time_ms;
	uint8_t type;
	struct span body, macced, mac;
	size_t size;
};

static bool
journal_parse(struct span in, struct journal_record *out)
{
	struct rd r = rd_init(in);
	uint32_t length = rd_u32(&r);
	struct span check = rd_bytes(&r, 4), rest;
	uint8_t sum[DIGEST_SHA256];

	*out = (struct journal_record){ 0 };
	if (r.failed || length > JOURNAL_BODY_MAX)
		return false;
	rest = rd_bytes(&r, JOURNAL_FIXED + length + JOURNAL_MAC);
	if (r.failed)
		return false;
	digest_sha256(sum, &rest, 1);
	if (memcmp(sum, check.p, 4) != 0)
		return false;
	r = rd_init(rest);
	out->index = rd_u64(&r);
	out->synced = rd_u64(&r);
	out->time_ms = (int64_t)rd_u64(&r);
	out->type = rd_u8(&r);
	out->body = rd_bytes(&r, length);
	out->mac = rd_bytes(&r, JOURNAL_MAC);
	out->macced = (struct span){ rest.p, JOURNAL_FIXED + length };
	out->size = JOURNAL_OVER + length;

	return !r.failed;
}

static bool
journal_is_zero(struct span s)
{
	static const uint8_t zeros[4096];

	for (; s.n > sizeof(zeros); s.p += sizeof(zeros), s.n -= sizeof(zeros))
		if (memcmp(s.p, zeros, sizeof(zeros)) != 0)
			return false;

	return memcmp(s.p, zeros, s.n) == 0;
}

/* Is there, after a bad place, a record that knew the bad one as durable? */
static bool
journal_is_damage(struct span after, uint64_t missing)
{
	struct journal_record record;

	for (; after.n >= JOURNAL_OVER; after.p++, after.n--) {
		/* Of the zeros ahead there are many. */
		if (journal_is_zero((struct span){ after.p, JOURNAL_HEAD }))
			continue;
		if (journal_parse(after, &record) && record.index > missing &&
		    record.synced >= missing)
			return true;
	}

	return false;
}

static enum rc
journal_heading(const struct journal_record *record, struct span kek_id,
    struct journal_scan *out, struct err *e)
{
	struct rd r = rd_init(record->body);
	bool good = span_equal(rd_bytes(&r, 9), SPAN_LIT("INGAM-VJ1"));
	struct span kek;

	out->generation = rd_u64(&r);
	kek = rd_bytes(&r, JOURNAL_KEK_ID);
	out->epoch = rd_u32(&r);
	if (record->type != JOURNAL_HEADING || !good || !rd_done(&r))
		return err_set(e, RC_FORMAT, "journal", "not a journal");
	if (!span_equal(kek, kek_id))
		return err_set(
		    e, RC_DENIED, "journal", "was made under another root key");

	return RC_OK;
}

enum rc
journal_scan(struct span bytes, struct span mac_key, struct span kek_id,
    journal_reader *reader, void *arg, struct journal_scan *out, struct err *e)
{
	struct journal_record record;
	uint8_t mac[JOURNAL_MAC];
	struct span left = bytes;
	enum rc rc = RC_OK;

	*out = (struct journal_scan){ 0 };
	for (; left.n > 0; left.p += record.size, left.n -= record.size) {
		bool first = left.p == bytes.p;

		if (!journal_parse(left, &record) ||
		    (!first && record.index != out->next)) {
			if (!journal_is_zero(left) &&
			    journal_is_damage(left, out->next))
				return err_set(e, RC_FORMAT, "journal",
				    "damaged before its end");
			break;
		}
		if (first &&
		    (rc = journal_heading(&record, kek_id, out, e)) != RC_OK)
			return rc;
		/* Who reads believes the chain; who only looks need not. */
		if (reader != NULL) {
			journal_mac(mac_key, out->chain, record.macced, mac);
			if (!sec_equal(record.mac, SPAN(mac)))
				return err_set(e, RC_DENIED, "journal",
				    "a record was altered");
			memcpy(out->chain, mac, sizeof(mac));
		}
		out->next = record.index + 1;
		out->good += record.size;
		if (record.time_ms > out->last_ms)
			out->last_ms = record.time_ms;
		if (record.type == JOURNAL_END && !out->whole) {
			out->whole = true;
			out->snapshot = out->good;
		}
		if (reader != NULL && record.type >= JOURNAL_FREE_TYPES)
			rc = reader(arg, record.type, rd_init(record.body),
			    record.time_ms, record.index, e);
		if (rc != RC_OK)
			return rc;
	}

	return RC_OK;
}

/* Where the disk has no room for zeros, the records may still fit. */
static void
journal_write_ahead(struct journal *j)
{
	static const uint8_t zeros[64U << 10];

	for (size_t n = 0; n < JOURNAL_AHEAD; n += sizeof(zeros)) {
		ssize_t put = pwrite(
		    j->fd[j->in_use], zeros, sizeof(zeros), (off_t)j->room);

		if (put <= 0)
			return;
		j->room += (size_t)put;
	}
}

static void
journal_flush(struct journal *j)
{
	struct span left = buf_span(&j->pending);

	while (j->fd[j->in_use] >= 0 && left.n > 0) {
		ssize_t put;

		/* A snapshot is written once, and synced once. */
		if (j->room < j->size)
			j->room = j->size;
		if (!j->compacting && j->size + left.n > j->room)
			journal_write_ahead(j);
		put = pwrite(j->fd[j->in_use], left.p, left.n, (off_t)j->size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			journal_die("write");
		left.p += put;
		left.n -= (size_t)put;
		j->size += (size_t)put;
	}
	buf_reset(&j->pending);
}

/* Writes a record in front of nothing: what journal_append() adds. */
static void
journal_write_record(struct journal *j, uint8_t type, struct span body)
{
	uint8_t sum[DIGEST_SHA256];
	int64_t now = clock_wall_ms();
	struct span rest;
	size_t at;

	/* Written early is no harm: whoever waits is told after the sync. */
	if (j->pending.n + JOURNAL_OVER + body.n > JOURNAL_PENDING)
		journal_flush(j);
	at = j->pending.n;
	buf_u32(&j->pending, (uint32_t)body.n);
	buf_u32(&j->pending, 0);
	buf_u64(&j->pending, j->next);
	buf_u64(&j->pending, j->synced);
	buf_u64(&j->pending, (uint64_t)now);
	buf_u8(&j->pending, type);
	buf_bytes(&j->pending, body);
	if (body.n > JOURNAL_BODY_MAX ||
	    buf_grow(&j->pending, JOURNAL_MAC) == NULL)
		journal_die("append");
	rest = (struct span){ j->pending.p + at + JOURNAL_HEAD,
		JOURNAL_FIXED + body.n };
	journal_mac(SPAN(j->mac_key), j->chain, rest, j->chain);
	memcpy(
	    j->pending.p + at + JOURNAL_HEAD + rest.n, j->chain, JOURNAL_MAC);
	rest.n += JOURNAL_MAC;
	digest_sha256(sum, &rest, 1);
	memcpy(j->pending.p + at + 4, sum, 4);
	if (now > j->last_ms)
		j->last_ms = now;
	j->next++;
}

static void
journal_write_heading(struct journal *j)
{
	struct buf b = buf_init(64);

	buf_str(&b, "INGAM-VJ1");
	buf_u64(&b, j->generation);
	buf_bytes(&b, SPAN(j->kek_id));
	buf_u32(&b, j->epoch);
	if (!buf_ok(&b))
		journal_die("heading");
	journal_write_record(j, JOURNAL_HEADING, buf_span(&b));
	buf_clear(&b);
}

static void
journal_sync(struct journal *j, int which)
{
	if (j->fd[which] >= 0 && fdatasync(j->fd[which]) != 0)
		journal_die("sync");
}

uint64_t
journal_append(struct journal *j, uint8_t type, struct span body, bool durable)
{
	uint64_t index = j->next;

	journal_write_record(j, type, body);
	j->must_sync = j->must_sync || durable;

	return index;
}

void
journal_commit(struct journal *j)
{
	if (j->pending.n == 0)
		return;
	FAILPOINT("journal-before-write");
	journal_flush(j);
	FAILPOINT("journal-before-sync");
	if (j->must_sync) {
		/* Where it is not, tests/fault has to find it out. */
		if (!FAULT("journal-no-sync"))
			journal_sync(j, j->in_use);
		j->synced = j->next - 1;
	}
	FAILPOINT("journal-after-sync");
	j->must_sync = false;
}

bool
journal_is_large(const struct journal *j)
{
	return j->size > JOURNAL_LARGE && j->size > 4 * j->snapshot;
}

void
journal_compact_begin(struct journal *j)
{
	journal_commit(j);
	j->in_use = 1 - j->in_use;
	j->compacting = true;
	j->generation++;
	j->size = j->room = 0;
	memset(j->chain, 0, sizeof(j->chain));
	if (j->fd[j->in_use] >= 0 && ftruncate(j->fd[j->in_use], 0) != 0)
		journal_die("truncate");
	journal_write_heading(j);
}

void
journal_compact_end(struct journal *j)
{
	FAILPOINT("compact-before-end");
	journal_write_record(j, JOURNAL_END, (struct span){ 0 });
	journal_flush(j);
	FAILPOINT("compact-before-sync");
	journal_sync(j, j->in_use);
	FAILPOINT("compact-before-empty");
	j->synced = j->next - 1;
	j->snapshot = j->size;
	j->compacting = j->must_sync = false;
	/* A stale journal must never look like the present one. */
	if (j->fd[1 - j->in_use] >= 0 &&
	    ftruncate(j->fd[1 - j->in_use], 0) != 0)
		journal_die("truncate");
	journal_sync(j, 1 - j->in_use);
	FAILPOINT("compact-after-empty");
}

int64_t
journal_last_ms(const struct journal *j)
{
	return j->last_ms;
}

uint32_t
journal_epoch(const struct journal *j)
{
	return j->epoch;
}

static enum rc
journal_new(struct span mac_key, struct span kek_id, uint32_t epoch,
    struct journal **out, struct err *e)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	j->fd[0] = j->fd[1] = -1;
	/* All that it will ever take: nothing lacks memory later. */
	j->pending = buf_init(JOURNAL_PENDING);
	if (buf_grow(&j->pending, JOURNAL_PENDING) == NULL) {
		free(j);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	buf_reset(&j->pending);
	j->next = 1;
	j->epoch = epoch;
	if (mac_key.n > 0)
		memcpy(j->mac_key, mac_key.p, sizeof(j->mac_key));
	if (kek_id.n > 0)
		memcpy(j->kek_id, kek_id.p, sizeof(j->kek_id));
	*out = j;

	return RC_OK;
}

void
journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	for (int i = 0; i < 2; i++) {
		if (j->fd[i] >= 0)
			(void)close(j->fd[i]);
	}
	buf_clear(&j->pending);
	sec_wipe(j, sizeof(*j));
	free(j);
}

enum rc
journal_open_nowhere(struct journal **out, struct err *e)
{
	return journal_new((struct span){ 0 }, (struct span){ 0 }, 1, out, e);
}

static void
journal_path(char *out, size_t size, const char *folder, int which)
{
	(void)snprintf(out, size, "%s/journal.%d", folder, which);
}

enum rc
journal_none(const char *folder, struct err *e)
{
	char path[4096];

	for (int i = 0; i < 2; i++) {
		journal_path(path, sizeof(path), folder, i);
		if (access(path, F_OK) == 0)
			return err_set(
			    e, RC_EXISTS, "state", "a journal is there");
	}

	return RC_OK;
}

enum rc
journal_make(const char *folder, struct span mac_key, struct span kek_id,
    uint32_t epoch, struct err *e)
{
	char path[4096];
	struct journal *j = NULL;
	enum rc rc;

	if ((rc = journal_none(folder, e)) != RC_OK)
		return rc;
	rc = journal_new(mac_key, kek_id, epoch, &j, e);
	if (rc != RC_OK || j == NULL)
		return rc;
	j->generation = 1;
	journal_write_heading(j);
	journal_write_record(j, JOURNAL_END, (struct span){ 0 });
	journal_path(path, sizeof(path), folder, 1);
	rc = file_replace(path, (struct span){ 0 }, 0600, e);
	journal_path(path, sizeof(path), folder, 0);
	if (rc == RC_OK)
		rc = file_replace(path, buf_span(&j->pending), 0600, e);
	journal_free(j);

	return rc;
}

struct journal_file {
	struct span bytes;
	struct journal_scan scan;
};

static enum rc
journal_map(int fd, struct span *out, struct err *e)
{
	struct stat st;
	void *p;

	*out = (struct span){ 0 };
	if (fstat(fd, &st) != 0)
		return err_set(e, RC_IO, "journal", "%s", strerror(errno));
	if (st.st_size == 0)
		return RC_OK;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_set(e, RC_IO, "journal", "%s", strerror(errno));
	*out = (struct span){ p, (size_t)st.st_size };

	return RC_OK;
}

static void
journal_unmap(struct span s)
{
	union {
		const uint8_t *in;
		void *out;
	} p = { .in = s.p };

	if (s.n > 0)
		(void)munmap(p.out, s.n);
}

/* Opens both files, for this process alone. */
static enum rc
journal_open_files(const char *folder, int fd[static 2], struct err *e)
{
	char path[4096];

	for (int i = 0; i < 2; i++) {
		journal_path(path, sizeof(path), folder, i);
		fd[i] = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		if (fd[i] < 0)
			return errno == ENOENT
			    ? err_set(e, RC_ABSENT, "state",
				  "no journal: run ingam-vault init")
			    : err_set(e, RC_IO, "state", "%s", strerror(errno));
		if (flock(fd[i], LOCK_EX | LOCK_NB) != 0)
			return err_set(e, RC_BUSY, "state",
			    "another vault has this state");
	}

	return RC_OK;
}

/* Which file counts: the one whose snapshot ends, of the later generation. */
static enum rc
journal_choose(struct journal_file file[static 2], struct span mac_key,
    struct span kek_id, int *which, struct err *e)
{
	struct err why[2] = { 0 };
	enum rc rc[2];

	for (int i = 0; i < 2; i++)
		rc[i] = journal_scan(file[i].bytes, mac_key, kek_id, NULL, NULL,
		    &file[i].scan, &why[i]);
	*which = file[1].scan.generation > file[0].scan.generation ? 1 : 0;
	/* A snapshot that was being written is torn; the other is whole. */
	if (!file[*which].scan.whole && rc[*which] == RC_OK)
		*which = 1 - *which;
	if (rc[*which] != RC_OK)
		return err_set(
		    e, rc[*which], why[*which].field, "%s", why[*which].msg);
	if (!file[*which].scan.whole)
		return err_set(e, RC_FORMAT, "journal", "no whole journal");

	return RC_OK;
}

/* What was torn must not be left among what is written from now on. */
static enum rc
journal_cut_tail(
    struct journal *j, struct span bytes, size_t good, struct err *e)
{
	struct span tail = { bytes.p + good, bytes.n - good };

	j->room = bytes.n;
	if (journal_is_zero(tail))
		return RC_OK;
	log_event(LOG_WARN, "journal-tail-cut", "at=%zu", good);
	if (ftruncate(j->fd[j->in_use], (off_t)good) != 0)
		return err_set(e, RC_IO, "journal", "%s", strerror(errno));
	j->room = good;

	return RC_OK;
}

static enum rc
journal_replay(struct journal *j, struct span mac_key, struct span kek_id,
    journal_reader *reader, void *arg, struct err *e)
{
	struct journal_file file[2] = { 0 };
	struct journal_scan *scan;
	enum rc rc;

	if ((rc = journal_map(j->fd[0], &file[0].bytes, e)) == RC_OK)
		rc = journal_map(j->fd[1], &file[1].bytes, e);
	if (rc == RC_OK)
		rc = journal_choose(file, mac_key, kek_id, &j->in_use, e);
	scan = &file[j->in_use].scan;
	if (rc == RC_OK)
		rc = journal_scan(file[j->in_use].bytes, mac_key, kek_id,
		    reader, arg, scan, e);
	if (rc == RC_OK)
		rc = journal_cut_tail(j, file[j->in_use].bytes, scan->good, e);
	if (rc == RC_OK && fdatasync(j->fd[j->in_use]) != 0)
		rc = err_set(e, RC_IO, "journal", "%s", strerror(errno));
	j->generation = scan->generation;
	j->epoch = scan->epoch;
	j->next = scan->next;
	j->synced = scan->next - 1;
	j->last_ms = scan->last_ms;
	j->size = scan->good;
	j->snapshot = scan->snapshot;
	memcpy(j->chain, scan->chain, sizeof(j->chain));
	journal_unmap(file[0].bytes);
	journal_unmap(file[1].bytes);

	return rc;
}

enum rc
journal_open(const char *folder, struct span mac_key, struct span kek_id,
    journal_reader *reader, void *arg, int fds[static 2], struct journal **out,
    struct err *e)
{
	struct journal *j = NULL;
	enum rc rc;

	*out = NULL;
	rc = journal_new(mac_key, kek_id, 0, &j, e);
	if (rc != RC_OK || j == NULL)
		return rc;
	if ((rc = journal_open_files(folder, j->fd, e)) == RC_OK)
		rc = journal_replay(j, mac_key, kek_id, reader, arg, e);
	if (rc != RC_OK) {
		journal_free(j);
		return rc;
	}
	fds[0] = j->fd[0];
	fds[1] = j->fd[1];
	*out = j;

	return RC_OK;
}
