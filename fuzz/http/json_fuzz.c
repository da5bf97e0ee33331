/*
 * json_fuzz.c - any text: read, asked for everything, never trusted.
 *
 * Belongs here: the reader with its limits and every getter; the writer, read
 * back.
 * Not here: what a resource makes of it (api).
 */
#include "http/json.h"

#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a getter gives keeps its promise. */
static void
check_object(const struct json_t *o)
{
	static const char *const names[] = { "a", "b", "name", "" };
	struct buf bytes = buf_init(64);
	const char *text;
	uint64_t u;
	size_t i;
	bool b;

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		const char *name = names[k];

		if (json_get_display(o, name, JSON_MAY, 1, 20, &text, NULL) ==
			RC_OK &&
		    text != NULL &&
		    (strlen(text) > 20 || !text_is_utf8(span_str(text))))
			abort();
		if (json_get_uint(o, name, JSON_MAY, 0, 9, &u, NULL) == RC_OK &&
		    u > 9)
			abort();
		(void)!json_get_bool(o, name, JSON_MUST, &b, NULL);
		(void)!json_get_choice(o, name, JSON_MUST, names, 4, &i, NULL);
		for (unsigned int c = JSON_HEX; c <= JSON_BASE64URL; c++) {
			if (json_get_bytes(o, name, JSON_MUST,
				(enum json_coding)c, 0, 8, &bytes,
				NULL) == RC_OK &&
			    bytes.n > 8)
				abort();
			buf_reset(&bytes);
		}
	}
	buf_clear(&bytes);
}

/* Whatever bytes a writer is given, what it calls done reads back. */
static void
check_put(struct span in)
{
	struct buf b = buf_init(1 << 20);
	struct json_out w = json_put_init(&b);
	struct json_t *back;

	json_put_object(&w, NULL);
	for (size_t i = 0; i < in.n; i++) {
		struct span rest = { in.p + i, in.n - i < 8 ? in.n - i : 8 };
		char name[3] = { 'n', (char)('a' + i % 26), '\0' };
		bool array = w.depth > 0 && w.kind[w.depth - 1] == ']';

		switch (in.p[i] % 6) {
		case 0:
			json_put_object(&w, array ? NULL : name);
			break;
		case 1:
			json_put_array(&w, array ? NULL : name);
			break;
		case 2:
			json_put_end(&w);
			break;
		case 3:
			json_put_span(&w, array ? NULL : name, rest);
			break;
		case 4:
			json_put_uint(&w, array ? NULL : name, in.p[i]);
			break;
		case 5:
			json_put_int(&w, NULL, -(int64_t)in.p[i]);
			break;
		}
	}
	if (json_put_done(&w)) {
		struct err e = { 0 };
		enum rc rc = json_parse(buf_span(&b), &back, &e);

		/* The same name twice is the caller's to avoid. */
		if (rc != RC_OK && strstr(e.msg, "twice") == NULL)
			abort();
		json_free(back);
	}
	buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct json_t *v;

	if (json_parse((struct span){ p, n }, &v, NULL) == RC_OK) {
		if (json_get_is_object(v))
			check_object(v);
		json_free(v);
	} else if (v != NULL) {
		abort();
	}
	check_put((struct span){ p, n });

	return 0;
}
