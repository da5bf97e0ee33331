/*
 * conf.c - options as a table: preset, read, checked, shown.
 *
 * Belongs here: the syntax of our configuration files and option types.
 * Not here: the options themselves (daemon/config.c, pkcs11, cli).
 */
#include "base/conf.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	char unit;
	uint64_t seconds;
} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

static enum rc
conf_seconds(struct span v, uint64_t *out, struct err *e)
{
	uint64_t count, seconds = 0;
	enum rc rc;

	for (size_t i = 0; v.n > 1 && i < sizeof(units) / sizeof(units[0]); i++)
		if (v.p[v.n - 1] == (uint8_t)units[i].unit)
			seconds = units[i].seconds;
	if (seconds == 0)
		return err_set(e, RC_FORMAT, NULL, "not like 30s, 5m, 2h, 7d");
	v.n--;
	if ((rc = text_uint(v, INT32_MAX, &count, e)) == RC_OK)
		*out = count * seconds;

	return rc;
}

static enum rc
conf_value_set(
    const struct conf_option *o, uint8_t *at, struct span v, struct err *e)
{
	const char *unit = o->type == CONF_SECONDS ? "s" : "";
	uint64_t number = 0;
	enum rc rc = RC_OK;

	switch (o->type) {
	case CONF_TEXT:
		if (v.n >= o->size)
			return err_set(e, RC_LIMIT, o->name, "too long");
		memcpy(at, v.p, v.n);
		at[v.n] = '\0';
		return RC_OK;
	case CONF_BOOL:
		if (!span_equal(v, SPAN_LIT("yes")) &&
		    !span_equal(v, SPAN_LIT("no")))
			return err_set(e, RC_FORMAT, o->name, "not yes or no");
		*(bool *)(void *)at = v.p[0] == 'y';
		return RC_OK;
	case CONF_UINT:
		rc = text_uint(v, UINT64_MAX, &number, e);
		break;
	case CONF_SECONDS:
		rc = conf_seconds(v, &number, e);
		break;
	}
	if (rc != RC_OK)
		return rc;
	if (number < o->least || number > o->most)
		return err_set(e, RC_LIMIT, o->name,
		    "not between %" PRIu64 "%s and %" PRIu64 "%s", o->least,
		    unit, o->most, unit);
	if (o->type == CONF_SECONDS)
		*(int64_t *)(void *)at = (int64_t)number * 1000;
	else
		*(uint64_t *)(void *)at = number;

	return RC_OK;
}

/* As above; the complaint, however deep it was made, names the option. */
static enum rc
conf_value(
    const struct conf_option *o, uint8_t *at, struct span v, struct err *e)
{
	enum rc rc = conf_value_set(o, at, v, e);

	if (rc != RC_OK && e != NULL && e->field[0] == '\0')
		(void)snprintf(e->field, sizeof(e->field), "%s", o->name);

	return rc;
}

enum rc
conf_set(const struct conf_option *options, size_t n, void *into,
    struct span name, struct span value, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (span_equal(span_str(options[i].name), name))
			return conf_value(&options[i],
			    (uint8_t *)into + options[i].offset, value, e);

	return err_set(e, RC_ABSENT, NULL, "no such setting");
}

enum rc
conf_presets(
    const struct conf_option *options, size_t n, void *into, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (conf_value(&options[i], (uint8_t *)into + options[i].offset,
			span_str(options[i].preset), e) != RC_OK)
			return RC_BUG;

	return RC_OK;
}

static struct span
conf_trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 &&
	    (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' ||
		s.p[s.n - 1] == '\r'))
		s.n--;

	return s;
}

static enum rc
conf_read_line(struct span s, struct span *section, conf_line *line, void *arg,
    struct err *e)
{
	const uint8_t *equals;
	struct span name, value;

	if (s.n == 0 || s.p[0] == '#')
		return RC_OK;
	if (s.p[0] == '[') {
		if (s.p[s.n - 1] != ']')
			return err_set(e, RC_FORMAT, NULL, "unclosed [");
		*section = conf_trim((struct span){ s.p + 1, s.n - 2 });
		return RC_OK;
	}
	if ((equals = memchr(s.p, '=', s.n)) == NULL)
		return err_set(e, RC_FORMAT, NULL, "not name = value");
	name = conf_trim((struct span){ s.p, (size_t)(equals - s.p) });
	value = conf_trim(
	    (struct span){ equals + 1, s.n - (size_t)(equals - s.p) - 1 });
	if (name.n == 0 || value.n > CONF_VALUE_MAX)
		return err_set(e, RC_FORMAT, NULL, "not name = value");

	return line(arg, *section, name, value, e);
}

enum rc
conf_setting(struct span text, conf_line *line, void *arg, struct err *e)
{
	struct span section = { NULL, 0 };

	if (!text_is_utf8(text) || memchr(text.p, '\n', text.n) != NULL)
		return err_set(e, RC_FORMAT, NULL, "not one line of UTF-8");
	if (text.n == 0 || text.p[0] == '#' || text.p[0] == '[')
		return err_set(e, RC_FORMAT, NULL, "not name=value");

	return conf_read_line(text, &section, line, arg, e);
}

/* Puts the number of the line, and the option, before what is wrong. */
static enum rc
conf_wrong_line(unsigned int number, enum rc rc, struct err *e)
{
	struct err was;

	if (e == NULL)
		return rc;
	was = *e;
	err_clear(e);

	return err_set(e, rc, NULL, "line %u: %s%s%.130s", number, was.field,
	    was.field[0] == '\0' ? "" : ": ", was.msg);
}

enum rc
conf_parse(struct span text, conf_line *line, void *arg, struct err *e)
{
	struct span section = { NULL, 0 };
	unsigned int number = 1;
	enum rc rc;

	if (text.n > CONF_FILE_MAX)
		return err_set(e, RC_LIMIT, NULL, "configuration too long");
	if (!text_is_utf8(text))
		return err_set(e, RC_FORMAT, NULL, "configuration not UTF-8");
	for (; text.n > 0; number++) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end == NULL ? text.n : (size_t)(end - text.p);
		struct span s = conf_trim((struct span){ text.p, n });

		rc = conf_read_line(s, &section, line, arg, e);
		if (rc != RC_OK)
			return conf_wrong_line(number, rc, e);
		n += end == NULL ? 0 : 1;
		text.p += n;
		text.n -= n;
	}

	return RC_OK;
}

void
conf_show(const struct conf_option *o, const void *from, char *out, size_t size)
{
	const uint8_t *at = (const uint8_t *)from + o->offset;
	uint64_t v;

	switch (o->type) {
	case CONF_TEXT:
		(void)snprintf(out, size, "%s", (const char *)at);
		return;
	case CONF_BOOL:
		(void)snprintf(out, size, "%s",
		    *(const bool *)(const void *)at ? "yes" : "no");
		return;
	case CONF_UINT:
		(void)snprintf(
		    out, size, "%" PRIu64, *(const uint64_t *)(const void *)at);
		return;
	case CONF_SECONDS:
		v = (uint64_t)(*(const int64_t *)(const void *)at / 1000);
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (v % units[i].seconds == 0) {
				(void)snprintf(out, size, "%" PRIu64 "%c",
				    v / units[i].seconds, units[i].unit);
				return;
			}
		return;
	}
}
