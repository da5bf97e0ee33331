/*
 * pairs.c - names and values as URLs, forms and cookies write them.
 *
 * Belongs here: strict decoding of outside text.
 * Not here: which names mean what (api); JSON (json.c).
 */
#include "http/pairs.h"

#include "base/enc.h"
#include "base/text.h"

#include <stdlib.h>

enum rc
pairs_decode(struct span in, bool plus, char *out, size_t *n, struct err *e)
{
	size_t used = 0;

	*n = 0;
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (c <= 0x20 || c >= 0x7f)
			goto bad;
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			int high =
			    i + 2 < in.n ? enc_hex_digit(in.p[i + 1]) : -1;
			int low = high >= 0 ? enc_hex_digit(in.p[i + 2]) : -1;

			if (low < 0 || (high == 0 && low == 0))
				goto bad;
			c = (uint8_t)(high << 4 | low);
			i += 2;
		}
		out[used++] = (char)c;
	}
	out[used] = '\0';
	if (!text_is_utf8((struct span){ (const uint8_t *)out, used }))
		goto bad;
	*n = used;

	return RC_OK;
bad:
	out[0] = '\0';

	return err_set(e, RC_FORMAT, NULL, "malformed percent-encoding");
}

/* The bytes up to a separator; moves s behind it. */
static struct span
pairs_cut(struct span *s, char separator)
{
	const uint8_t *at = memchr(s->p, separator, s->n);
	struct span head = { s->p, at == NULL ? s->n : (size_t)(at - s->p) };
	size_t taken = head.n + (at == NULL ? 0 : 1);

	s->p += taken;
	s->n -= taken;

	return head;
}

static enum rc
pairs_fill(struct pairs *p, struct span in, struct err *e)
{
	char *to = p->text;
	size_t n;
	enum rc rc;

	for (bool more = true; more;) {
		size_t left = in.n;
		struct span value = pairs_cut(&in, '&');
		struct span name;
		char *key = to;

		more = value.n < left;
		name = pairs_cut(&value, '=');
		if (name.n == 0)
			return err_set(
			    e, RC_FORMAT, NULL, "a pair has no name");
		if (p->n == PAIRS_MAX)
			return err_set(e, RC_LIMIT, NULL, "too many pairs");
		if ((rc = pairs_decode(name, true, to, &n, e)) != RC_OK)
			return rc;
		to += n + 1;
		if (pairs_find(p, key) != NULL)
			return err_set(
			    e, RC_FORMAT, NULL, "a name is there twice");
		if ((rc = pairs_decode(value, true, to, &n, e)) != RC_OK)
			return rc;
		p->row[p->n].name = key;
		p->row[p->n].value = to;
		p->n++;
		to += n + 1;
	}

	return RC_OK;
}

enum rc
pairs_parse(struct span in, struct pairs **out, struct err *e)
{
	struct pairs *p;
	enum rc rc;

	*out = NULL;
	if (in.n == 0)
		return RC_OK;
	/* Each pair takes at most its own bytes, its '&' and two zeros. */
	p = malloc(sizeof(*p) + 2 * in.n + 2);
	if (p == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	p->n = 0;
	rc = pairs_fill(p, in, e);
	if (rc == RC_OK)
		*out = p;
	else
		free(p);

	return rc;
}

const char *
pairs_find(const struct pairs *p, const char *name)
{
	for (size_t i = 0; p != NULL && i < p->n; i++) {
		if (strcmp(p->row[i].name, name) == 0)
			return p->row[i].value;
	}

	return NULL;
}

/* cookie-octet: no control, space, quote, comma, semicolon or backslash. */
static bool
pairs_is_cookie(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == '\\')
			return false;
	}

	return true;
}

bool
pairs_cookie(struct span header, const char *name, struct span *out)
{
	struct span want = span_str(name), found = { NULL, 0 };
	bool seen = false;

	*out = found;
	while (header.n > 0) {
		struct span value = pairs_cut(&header, ';'), key;

		while (value.n > 0 && value.p[0] == ' ') {
			value.p++;
			value.n--;
		}
		key = pairs_cut(&value, '=');
		if (!span_equal(key, want))
			continue;
		if (seen || !pairs_is_cookie(value))
			return false;
		seen = true;
		found = value;
	}
	*out = found;

	return seen;
}
