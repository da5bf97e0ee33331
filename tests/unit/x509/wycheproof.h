/*
 * wycheproof.h - what the runners of Wycheproof's files share.
 *
 * Belongs here: hex members, the shape of a runner.
 * Not here: runners (wycheproof_signature.h, _password.h, _cipher.h, _key.h);
 * which file goes through which (wycheproof_test.c).
 */
#pragma once

#include "base/buf.h"
#include "base/enc.h"
#include "tap.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WYCHEPROOF_BYTES 65536

/*
 * One vector through our code: does it say yes, that is, verify the signature
 * or give the bytes that the vector gives? group is what the vectors of a
 * group share.
 */
typedef bool wycheproof_runner(const json_t *group, const json_t *test);

/* A member as bytes, in storage that the next eight calls leave alone. */
static inline struct span
wycheproof_hex(const json_t *from, const char *name)
{
	static struct buf kept[8];
	static size_t next;
	struct buf *b = &kept[next++ % (sizeof(kept) / sizeof(kept[0]))];
	const char *hex = json_string_value(json_object_get(from, name));

	if (b->max == 0)
		*b = buf_init(WYCHEPROOF_BYTES);
	buf_reset(b);
	/* A number may begin with half an octet. */
	if (hex == NULL || strlen(hex) % 2 != 0 ||
	    enc_hex_parse(b, span_str(hex), NULL) != RC_OK)
		abort();

	return buf_span(b);
}

static inline long long
wycheproof_number(const json_t *from, const char *name)
{
	const json_t *n = json_object_get(from, name);

	if (!json_is_integer(n))
		abort();

	return json_integer_value(n);
}

static inline const char *
wycheproof_text(const json_t *from, const char *name)
{
	const char *text = json_string_value(json_object_get(from, name));

	return text == NULL ? "" : text;
}
