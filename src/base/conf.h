/*
 * conf.h - see conf.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define CONF_FILE_MAX  65536
#define CONF_VALUE_MAX 1024

enum conf_type {
	CONF_TEXT,    /* char[size], UTF-8, ended with a zero */
	CONF_UINT,    /* uint64_t between least and most */
	CONF_BOOL,    /* bool: yes, no */
	CONF_SECONDS, /* int64_t milliseconds, written as 30s, 5m, 2h, 7d */
};

/* One option: what it is called, what it may be, where it goes. */
struct conf_option {
	const char *name;
	enum conf_type type;
	size_t offset;        /* in the struct that conf_* are given */
	size_t size;          /* of a CONF_TEXT */
	uint64_t least, most; /* of a CONF_UINT; of CONF_SECONDS in seconds */
	const char *preset;   /* as it would stand in the file */
	const char *help; /* one sentence, for check-config and the man page */
};

/* Sets every option to its preset. A preset that does not parse is RC_BUG. */
IG_CHECK enum rc conf_presets(
    const struct conf_option *options, size_t n, void *into, struct err *e);

/*
 * Sets one option. RC_ABSENT: no such option. RC_FORMAT, RC_LIMIT: its value;
 * e's field is then the option.
 */
IG_CHECK enum rc conf_set(const struct conf_option *options, size_t n,
    void *into, struct span name, struct span value, struct err *e);

/*
 * Called for each line "name = value"; section is the text inside the last
 * "[…]" line, "" before the first.
 */
typedef enum rc conf_line(void *arg, struct span section, struct span name,
    struct span value, struct err *e);

/*
 * Reads one setting "name=value" that stands in no file: as a line of one, but
 * nothing is said of lines.
 */
IG_CHECK enum rc conf_setting(
    struct span text, conf_line *line, void *arg, struct err *e);

/*
 * Reads a whole configuration text: lines "name = value", "[section]",
 * "# comment". Failures name the line and the option. RC_LIMIT: over CONF_FILE_MAX.
 */
IG_CHECK enum rc conf_parse(
    struct span text, conf_line *line, void *arg, struct err *e);

/* Writes an option's value as it would stand in the file. */
void conf_show(
    const struct conf_option *option, const void *from, char *out, size_t size);
