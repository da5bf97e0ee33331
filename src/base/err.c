/*
 * err.c - the one list of failures, and the record that explains one.
 *
 * Belongs here: codes, their texts, the record of the deepest failure.
 * Not here: what a person is told in Korean or English (api/problem.c); what
 * a PKCS#11 program is told (pkcs11/rv.c).
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	const char *text;
} texts[RC_COUNT] = {
#define ERR_ROW(code, text) [code] = { #code, text },
	ERR_TABLE(ERR_ROW)
#undef ERR_ROW
};

void
err_record(struct err *e, enum rc rc, const char *field, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL || e->msg[0] != '\0')
		return;
	e->rc = rc;
	e->is_file = false;
	(void)snprintf(
	    e->field, sizeof(e->field), "%s", field == NULL ? "" : field);
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
}

void
err_record_larger(struct err *e, const char *field, size_t max_bytes)
{
	static const struct {
		size_t bytes;
		const char *name;
	} units[] = { { 1U << 20, "MiB" }, { 1U << 10, "KiB" },
		{ 1, "bytes" } };
	size_t i = 0;

	while (max_bytes % units[i].bytes != 0)
		i++;

	err_record(e, RC_LIMIT, field, "larger than %zu %s",
	    max_bytes / units[i].bytes, units[i].name);
}

void
err_clear(struct err *e)
{
	if (e != NULL)
		memset(e, 0, sizeof(*e));
}

const char *
err_name(enum rc rc)
{
	return (unsigned int)rc < RC_COUNT ? texts[rc].name : "RC_?";
}

const char *
err_text(enum rc rc)
{
	return (unsigned int)rc < RC_COUNT ? texts[rc].text : "internal error";
}
