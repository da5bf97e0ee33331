/*
 * marker.c - the file that says that a change of a folder is complete.
 *
 * Belongs here: its text, and the hashes in it.
 * Not here: writing and obeying it (medium.c).
 *
 *	ingam-change 1
 *	kmPri.key AFTER BEFORE
 *	signPri.key AFTER BEFORE
 *	end
 *
 * AFTER and BEFORE are SHA-256 in lower-case hex, or "-" for no file. A folder
 * may come from anybody, on a stick: a marker can do no more than rename and
 * remove files of our names in its own folder.
 */
#include "npki/marker.h"

#include "base/digest.h"
#include "base/enc.h"

#define HEAD "ingam-change 1"
#define END  "end"
#define NONE "-"

enum rc
marker_hash(struct span bytes, char out[static MARKER_HASH], struct err *e)
{
	struct buf hex = buf_init(MARKER_HASH);
	uint8_t digest[DIGEST_SHA256];
	enum rc rc = RC_OK;

	digest_sha256(digest, &bytes, 1);
	enc_hex(&hex, SPAN(digest));
	if (buf_cstr(&hex) == NULL)
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else
		memcpy(out, hex.p, MARKER_HASH);
	buf_clear(&hex);

	return rc;
}

void
marker_write(const struct marker *m, struct buf *out)
{
	buf_str(out, HEAD "\n");
	for (size_t i = 0; i < m->n; i++)
		buf_printf(out, "%s %s %s\n", m->steps[i].name,
		    m->steps[i].after, m->steps[i].before);
	buf_str(out, END "\n");
}

/* What stands before the next of these bytes, which is taken away; false: none. */
static bool
marker_until(struct span *rest, uint8_t byte, struct span *part)
{
	const uint8_t *end =
	    rest->n == 0 ? NULL : memchr(rest->p, byte, rest->n);

	if (end == NULL)
		return false;
	part->p = rest->p;
	part->n = (size_t)(end - rest->p);
	rest->p = end + 1;
	rest->n -= part->n + 1;

	return true;
}

/* A hash or "-", as a string. */
static bool
marker_take_hash(struct span s, char out[MARKER_HASH])
{
	struct buf bytes = buf_init(DIGEST_SHA256);
	bool good = span_equal(s, SPAN_LIT(NONE)) ||
	    (s.n == MARKER_HASH - 1 && enc_hex_parse(&bytes, s, NULL) == RC_OK);

	buf_clear(&bytes);
	if (!good)
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';

	return true;
}

/* One of our names, which no step before has. */
static bool
marker_take_name(struct span s, struct marker *m)
{
	struct marker_step *step = &m->steps[m->n];
	enum folder_file file;

	if (s.n == 0 || s.n >= MARKER_FILE)
		return false;
	memcpy(step->name, s.p, s.n);
	step->name[s.n] = '\0';
	file = folder_file_of(step->name);
	for (size_t i = 0; i < m->n; i++)
		if (folder_file_of(m->steps[i].name) == file)
			return false;

	return file != FOLDER_FILES && strlen(step->name) == s.n;
}

/* "NAME AFTER BEFORE" */
static bool
marker_take_step(struct span line, struct marker *m)
{
	struct span name, after;
	struct marker_step *step = &m->steps[m->n];

	if (m->n == FOLDER_FILES || !marker_until(&line, ' ', &name) ||
	    !marker_until(&line, ' ', &after) || !marker_take_name(name, m) ||
	    !marker_take_hash(after, step->after) ||
	    !marker_take_hash(line, step->before))
		return false;
	m->n++;

	return true;
}

enum rc
marker_parse(struct span in, struct marker *out, struct err *e)
{
	struct span line;
	bool good =
	    marker_until(&in, '\n', &line) && span_equal(line, SPAN_LIT(HEAD));

	*out = (struct marker){ .n = 0 };
	while (good && (good = marker_until(&in, '\n', &line)) &&
	    !span_equal(line, SPAN_LIT(END)))
		good = marker_take_step(line, out);
	if (good && in.n == 0)
		return RC_OK;
	*out = (struct marker){ .n = 0 };

	return err_set(e, RC_FORMAT, MARKER_NAME, "torn, or not ours");
}
