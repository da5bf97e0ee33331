/*
 * pick.c - the certificates that were found, and which of them is meant.
 *
 * Belongs here: a number, counted from 1, or a fingerprint that names one; how
 * far one is from its end; what speaks against putting one in another's place.
 * Not here: finding folders (npki/folder.c); how they are told (pick_print.c);
 * what is done with one (cert.c, cloud.c).
 */
#include "cli/pick.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <strings.h>

#define PICK_DIGITS 4 /* of a number; FOLDER_PAIRS has as many */
#define PICK_HEX    8 /* digits of a fingerprint that are enough */
#define PICK_SOON_S (30LL * 86400)

void
pick_fingerprint(struct span der, char out[static PICK_FINGERPRINT])
{
	struct buf hex = buf_init(PICK_FINGERPRINT);
	uint8_t digest[DIGEST_SHA256];

	digest_sha256(digest, &der, 1);
	enc_hex(&hex, SPAN(digest));
	if (buf_cstr(&hex) != NULL)
		memcpy(out, hex.p, PICK_FINGERPRINT);
	buf_clear(&hex);
}

/* The folder of a file. */
static char *
pick_path(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return strdup(".");

	return slash == file ? strdup("/")
			     : strndup(file, (size_t)(slash - file));
}

/* A path without what would redraw a terminal. */
static char *
pick_shown(const char *path)
{
	char *out = malloc(strlen(path) + 1);

	if (out != NULL)
		text_sanitise(out, strlen(path) + 1, span_str(path));

	return out;
}

/* False without memory. */
static bool
pick_read(struct pick_row *row)
{
	struct buf der = buf_init(CERTINFO_MAX);

	row->path = pick_path(row->pair->sign_cert);
	row->folder = row->path == NULL ? NULL : pick_shown(row->path);
	row->read = file_read(row->pair->sign_cert, &der, NULL) == RC_OK &&
	    certinfo_parse(buf_span(&der), &row->info, NULL) == RC_OK;
	if (row->read)
		pick_fingerprint(buf_span(&der), row->fingerprint);
	row->beside = beside_read(row->pair);
	/* Of what follows only texts are read, which info holds itself. */
	buf_clear(&der);

	return row->folder != NULL;
}

enum rc
pick_load(const char *root, struct pick *out, struct err *e)
{
	enum rc rc = root != NULL ? folder_scan(root, &out->folder, e)
				  : folder_scan_usual(&out->folder, e);

	if (rc != RC_OK || out->folder.n == 0)
		return rc;
	out->rows = calloc(out->folder.n, sizeof(*out->rows));
	if (out->rows == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory for the list");
	while (out->n < out->folder.n) {
		struct pick_row *row = &out->rows[out->n];

		row->pair = &out->folder.pairs[out->n++];
		if (!pick_read(row))
			return err_set(
			    e, RC_MEMORY, NULL, "no memory for the list");
	}

	return RC_OK;
}

void
pick_clear(struct pick *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->rows[i].folder);
		free(p->rows[i].path);
	}
	free(p->rows);
	folder_clear(&p->folder);
	*p = (struct pick){ 0 };
}

static bool
pick_is_hex(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	return text[n] == '\0' && n >= PICK_HEX && n < PICK_FINGERPRINT;
}

/* Never that of one that cannot be read. */
static bool
pick_begins(const struct pick_row *row, const char *start)
{
	return row->read &&
	    strncasecmp(row->fingerprint, start, strlen(start)) == 0;
}

/* The only one that there is. */
static enum pick_found
pick_alone(const struct pick *p, const struct pick_row **row)
{
	const struct pick_row *alone = NULL;

	for (size_t i = 0; i < p->n; i++) {
		if (p->rows[i].out)
			continue;
		if (alone != NULL)
			return PICK_SEVERAL;
		alone = &p->rows[i];
	}
	if (alone == NULL)
		return PICK_NONE;
	*row = alone;

	return PICK_ONE;
}

static enum pick_found
pick_by_fingerprint(
    const struct pick *p, const char *start, const struct pick_row **row)
{
	size_t found = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->rows[i].out || !pick_begins(&p->rows[i], start))
			continue;
		*row = &p->rows[i];
		found++;
	}

	return found == 0 ? PICK_NONE : found == 1 ? PICK_ONE : PICK_SEVERAL;
}

bool
pick_narrow(struct pick *p, const char *start)
{
	const char *first = NULL;
	bool differ = false;

	for (size_t i = 0; i < p->n; i++) {
		struct pick_row *row = &p->rows[i];

		row->out = row->out || !pick_begins(row, start);
		if (row->out)
			continue;
		if (first == NULL)
			first = row->fingerprint;
		differ = differ || strcmp(first, row->fingerprint) != 0;
	}

	return differ;
}

bool
pick_is_name(const char *which)
{
	return pick_is_hex(which) ||
	    (strlen(which) <= PICK_DIGITS && text_is_digits(span_str(which)));
}

enum pick_found
pick_find(const struct pick *p, const char *which, const struct pick_row **row)
{
	uint64_t number;

	if (which == NULL)
		return pick_alone(p, row);
	if (pick_is_hex(which))
		return pick_by_fingerprint(p, which, row);
	if (strlen(which) > PICK_DIGITS ||
	    text_uint(span_str(which), p->n, &number, NULL) != RC_OK ||
	    number == 0 || p->rows[number - 1].out)
		return PICK_NONE;
	*row = &p->rows[number - 1];

	return PICK_ONE;
}

enum pick_age
pick_age_of(const struct certinfo *info)
{
	int64_t now = clock_wall_ms();

	if (info->not_after_ms < now)
		return PICK_AGE_OVER;
	if (info->not_before_ms > now)
		return PICK_AGE_EARLY;

	return info->not_after_ms - now < PICK_SOON_S * 1000 ? PICK_AGE_SOON
							     : PICK_AGE_GOOD;
}

enum pick_age
pick_age(const struct pick_row *row)
{
	return row->read ? pick_age_of(&row->info) : PICK_AGE_UNREAD;
}

/* Does one end on a later day than another? The day is what people are shown. */
static bool
pick_ends_later(const struct certinfo *one, const struct certinfo *other)
{
	char days[2][PICK_TIME];

	pick_time(days[0], one->not_after_ms, false);
	pick_time(days[1], other->not_after_ms, false);

	return strcmp(days[0], days[1]) > 0;
}

enum pick_careful
pick_careful(const struct certinfo *there, const struct certinfo *comes)
{
	bool over = pick_age_of(comes) == PICK_AGE_OVER;

	if (over && there != NULL && pick_age_of(there) != PICK_AGE_OVER)
		return PICK_OVER_ALONE;
	if (there != NULL && pick_ends_later(there, comes))
		return PICK_EARLIER;
	if (there != NULL && pick_age_of(comes) == PICK_AGE_EARLY &&
	    pick_age_of(there) < PICK_AGE_OVER)
		return PICK_EARLY;

	return over ? PICK_OVER : PICK_FINE;
}
