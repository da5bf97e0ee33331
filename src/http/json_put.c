/*
 * json_put.c - writes JSON straight into a buffer; what comes out is valid.
 *
 * Belongs here: commas, quotes, nesting, escapes, numbers.
 * Not here: reading (json.c).
 */
#include "http/json.h"

#include "base/enc.h"
#include "base/text.h"

struct json_out
json_put_init(struct buf *to)
{
	return (struct json_out){ .to = to };
}

static void
put_quoted(struct json_out *w, struct span s)
{
	size_t from = 0;

	if (!text_is_utf8(s)) {
		w->failed = true;
		return;
	}
	buf_u8(w->to, '"');
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		/* '<' too: the text may end up inside a page by somebody's error. */
		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && c != '<')
			continue;
		buf_bytes(w->to, (struct span){ s.p + from, i - from });
		if (c == '"' || c == '\\')
			buf_printf(w->to, "\\%c", c);
		else
			buf_printf(w->to, "\\u%04x", c);
		from = i + 1;
	}
	buf_bytes(w->to, (struct span){ s.p + from, s.n - from });
	buf_u8(w->to, '"');
}

/* Everything before a value: is one allowed here, comma, name. */
static bool
put_before(struct json_out *w, const char *name)
{
	if (w->failed || w->done) {
		w->failed = true;
		return false;
	}
	if (w->depth == 0) {
		w->failed = name != NULL;
		return !w->failed;
	}
	if ((w->kind[w->depth - 1] == '}') != (name != NULL)) {
		w->failed = true;
		return false;
	}
	if (w->begun[w->depth - 1])
		buf_u8(w->to, ',');
	w->begun[w->depth - 1] = true;
	if (name != NULL) {
		put_quoted(w, span_str(name));
		buf_u8(w->to, ':');
	}

	return !w->failed;
}

static void
put_after(struct json_out *w)
{
	if (w->depth == 0)
		w->done = true;
	if (!buf_ok(w->to))
		w->failed = true;
}

static void
put_open(struct json_out *w, const char *name, char open, char close)
{
	if (w->depth == JSON_DEPTH_MAX) {
		w->failed = true;
		return;
	}
	if (!put_before(w, name))
		return;
	buf_u8(w->to, (uint8_t)open);
	w->kind[w->depth] = close;
	w->begun[w->depth] = false;
	w->depth++;
}

void
json_put_object(struct json_out *w, const char *name)
{
	put_open(w, name, '{', '}');
}

void
json_put_array(struct json_out *w, const char *name)
{
	put_open(w, name, '[', ']');
}

void
json_put_end(struct json_out *w)
{
	if (w->failed || w->depth == 0) {
		w->failed = true;
		return;
	}
	w->depth--;
	buf_u8(w->to, (uint8_t)w->kind[w->depth]);
	put_after(w);
}

void
json_put_span(struct json_out *w, const char *name, struct span s)
{
	if (!put_before(w, name))
		return;
	put_quoted(w, s);
	put_after(w);
}

void
json_put_text(struct json_out *w, const char *name, const char *s)
{
	if (s == NULL)
		json_put_null(w, name);
	else
		json_put_span(w, name, span_str(s));
}

static void
put_digits(struct json_out *w, uint64_t v)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	buf_bytes(w->to, (struct span){ digits + at, sizeof(digits) - at });
}

void
json_put_uint(struct json_out *w, const char *name, uint64_t v)
{
	if (!put_before(w, name))
		return;
	put_digits(w, v);
	put_after(w);
}

void
json_put_int(struct json_out *w, const char *name, int64_t v)
{
	if (!put_before(w, name))
		return;
	if (v < 0)
		buf_u8(w->to, '-');
	put_digits(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
	put_after(w);
}

void
json_put_bool(struct json_out *w, const char *name, bool v)
{
	if (!put_before(w, name))
		return;
	buf_str(w->to, v ? "true" : "false");
	put_after(w);
}

void
json_put_null(struct json_out *w, const char *name)
{
	if (!put_before(w, name))
		return;
	buf_str(w->to, "null");
	put_after(w);
}

void
json_put_bytes(struct json_out *w, const char *name, enum json_coding coding,
    struct span s)
{
	if (!put_before(w, name))
		return;
	buf_u8(w->to, '"');
	switch (coding) {
	case JSON_HEX:
		enc_hex(w->to, s);
		break;
	case JSON_BASE64:
		enc_base64(w->to, s);
		break;
	case JSON_BASE64URL:
		enc_base64url(w->to, s);
		break;
	}
	buf_u8(w->to, '"');
	put_after(w);
}

bool
json_put_done(struct json_out *w)
{
	while (w->depth > 0 && !w->failed)
		json_put_end(w);

	return w->done && !w->failed && buf_ok(w->to);
}
