/*
 * journal.h - see journal.c.
 */
#pragma once

#include "base/err.h"
#include "base/rd.h"
#include "base/span.h"

#define JOURNAL_KEK_ID     8
#define JOURNAL_BODY_MAX   65536
#define JOURNAL_FREE_TYPES 16 /* types below are the journal's own */

struct journal;

/*
 * Shown each record at start, in order: the latest says how things stand.
 * Anything but RC_OK ends the replay with it.
 */
typedef enum rc journal_reader(void *arg, uint8_t type, struct rd body,
    int64_t time_ms, uint64_t index, struct err *e);

/* RC_EXISTS where a journal is in a folder, even half of one. */
IG_CHECK enum rc journal_none(const char *folder, struct err *e);

/* Makes an empty journal in a folder, with epoch. RC_EXISTS; RC_IO. */
IG_CHECK enum rc journal_make(const char *folder, struct span mac_key,
    struct span kek_id, uint32_t epoch, struct err *e);

/*
 * Opens and replays. A torn tail, which nothing acknowledged can be in, is cut
 * off. RC_ABSENT: none there; RC_BUSY: another vault has it; RC_DENIED: made
 * under another root key, or altered; RC_FORMAT: damaged inside. The two
 * descriptors, all that is written to later, are in fds.
 */
IG_CHECK enum rc journal_open(const char *folder, struct span mac_key,
    struct span kek_id, journal_reader *reader, void *arg, int fds[static 2],
    struct journal **out, struct err *e);

/* A journal that is not kept anywhere: for tests of what is above. */
IG_CHECK enum rc journal_open_nowhere(struct journal **out, struct err *e);

void journal_free(struct journal *j);

/*
 * Adds a record and gives its index. It reaches the disk with the next
 * journal_commit(), or before, and survives loss of power after that if
 * durable. Its room was made at the start. A failure to write ends the process:
 * what was promised before stands in the file, and a new start reads it.
 */
uint64_t journal_append(
    struct journal *j, uint8_t type, struct span body, bool durable);

/* Writes what was added; one sync for all of it where any is durable. */
void journal_commit(struct journal *j);

/* The time of the latest record, by the wall clock then. */
int64_t journal_last_ms(const struct journal *j);
uint32_t journal_epoch(const struct journal *j);

/*
 * Compaction: when journal_is_large(), begin, append everything that still
 * matters, end. A crash at any point leaves one whole journal.
 */
bool journal_is_large(const struct journal *j);
void journal_compact_begin(struct journal *j);
void journal_compact_end(struct journal *j);

/*
 * Reads one file's bytes and checks every record; with a reader (may be NULL)
 * the chain as well, and shows it those after the heading. RC_FORMAT,
 * RC_DENIED as journal_open(). For the fuzz target; journal_open() is made of
 * it.
 */
struct journal_scan {
	uint64_t generation;
	uint32_t epoch;
	bool whole;      /* the snapshot at its start ends */
	size_t snapshot; /* its bytes */
	size_t good;     /* bytes up to the torn tail */
	uint64_t next;   /* index after the last record */
	int64_t last_ms;
	uint8_t chain[32];
};
IG_CHECK enum rc journal_scan(struct span bytes, struct span mac_key,
    struct span kek_id, journal_reader *reader, void *arg,
    struct journal_scan *out, struct err *e);
