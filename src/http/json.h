/*
 * json.h - see json.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A parsed value. Its inside is json.c's own business; values inside a
 * document are borrowed from it. Names here start with json_get_, json_at_
 * and json_put_, so that they never meet those of the library below.
 */
struct json_t;

#define JSON_DEPTH_MAX 16
#define JSON_BODY_MAX  (1 << 20) /* bytes */

/*
 * Reads one strict JSON text (RFC 8259): UTF-8 without NUL, no member twice,
 * depth at most JSON_DEPTH_MAX, nothing after it. *out is given to the caller
 * (json_free()). RC_FORMAT, RC_LIMIT (size or depth), RC_MEMORY.
 */
IG_CHECK enum rc json_parse(struct span in, struct json_t **out, struct err *e);

void json_free(struct json_t *v);

bool json_get_is_object(const struct json_t *v);

/*
 * A member that must be there, or may be absent or null. Absent: *out is
 * NULL, 0 or false.
 */
enum json_need { JSON_MUST, JSON_MAY };

/*
 * The getters: one member of an object, by name, with its type and its limits
 * checked. RC_FORMAT: absent, of another type, or malformed; RC_LIMIT: too
 * long, too short, too large, too small. err.field is the name.
 */

/* UTF-8 of least to most bytes, ended with a zero; borrowed from o. */
IG_CHECK enum rc json_get_text(const struct json_t *o, const char *name,
    enum json_need need, size_t least, size_t most, const char **out,
    struct err *e);

/* The same, and fit to be shown to a person (text_is_display()). */
IG_CHECK enum rc json_get_display(const struct json_t *o, const char *name,
    enum json_need need, size_t least, size_t most, const char **out,
    struct err *e);

IG_CHECK enum rc json_get_uint(const struct json_t *o, const char *name,
    enum json_need need, uint64_t least, uint64_t most, uint64_t *out,
    struct err *e);

IG_CHECK enum rc json_get_bool(const struct json_t *o, const char *name,
    enum json_need need, bool *out, struct err *e);

/* One of n words; *out is its place in the table, n when absent. */
IG_CHECK enum rc json_get_choice(const struct json_t *o, const char *name,
    enum json_need need, const char *const *words, size_t n, size_t *out,
    struct err *e);

enum json_coding { JSON_HEX, JSON_BASE64, JSON_BASE64URL };

/* Coded bytes, appended to out: least to most of them after decoding. */
IG_CHECK enum rc json_get_bytes(const struct json_t *o, const char *name,
    enum json_need need, enum json_coding coding, size_t least, size_t most,
    struct buf *out, struct err *e);

/*
 * The builder: writes straight into a buf and cannot make invalid JSON. Its
 * failure sticks (bad UTF-8, a member without a name in an object or with one
 * in an array, depth, the buf's ceiling): ask json_put_done() at the end.
 * name is NULL inside an array.
 */
struct json_out {
	struct buf *to;
	size_t depth;
	bool failed;
	bool done;                  /* the outermost value is complete */
	char kind[JSON_DEPTH_MAX];  /* '}' or ']' */
	bool begun[JSON_DEPTH_MAX]; /* something is in it already */
};

struct json_out json_put_init(struct buf *to);

void json_put_object(struct json_out *w, const char *name);
void json_put_array(struct json_out *w, const char *name);
void json_put_end(struct json_out *w);

/* A string; NULL writes null. */
void json_put_text(struct json_out *w, const char *name, const char *s);
void json_put_span(struct json_out *w, const char *name, struct span s);
void json_put_uint(struct json_out *w, const char *name, uint64_t v);
void json_put_int(struct json_out *w, const char *name, int64_t v);
void json_put_bool(struct json_out *w, const char *name, bool v);
void json_put_null(struct json_out *w, const char *name);
void json_put_bytes(struct json_out *w, const char *name,
    enum json_coding coding, struct span s);

/* Closes what is open; true when to holds one whole, valid JSON text. */
bool json_put_done(struct json_out *w);
