/*
 * jsonput.h - see jsonput.c.
 */
#pragma once

#include "base/span.h"

/*
 * JSON into the caller's memory, ended with a zero. Its failure (no room)
 * sticks; ask once, with jsonput_end().
 */
struct jsonput {
	char *p;
	size_t n, size;
	bool failed;
};

struct jsonput jsonput_init(char *p, size_t size);

/* Text as it is: braces, names of members. */
void jsonput_raw(struct jsonput *w, const char *s);

/* A string: UTF-8 without control characters, as text_sanitise() leaves it. */
void jsonput_string(struct jsonput *w, const char *s);

/* Bytes as a string of lower-case hex. */
void jsonput_hex(struct jsonput *w, struct span s);

void jsonput_number(struct jsonput *w, int64_t v);

/* How much was written; 0, and "" in the memory, after a failure. */
size_t jsonput_end(struct jsonput *w);
