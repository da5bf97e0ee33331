/*
 * whose.c - whose certificate it is.
 *
 * Belongs here: the name in a question and in an answer, and the day where a
 * name alone would not tell two certificates apart.
 * Not here: the list (pick_print.c); two that are compared (pick_tell()).
 */
#include "cli/whose.h"

#include <string.h>

#define WHOSE_CELLS 28 /* of a name: what is asked fits in 80 with it */

/* Around the day. */
static const struct person_text text_before = { ", ", ", until " };
static const struct person_text text_after = { "까지", "" };

/* Is it a certificate of that name, and another one? */
static bool
whose_is_namesake(const struct pick_row *row, const struct certinfo *info)
{
	return row->read && strcmp(row->info.name, info->name) == 0 &&
	    (strcmp(row->info.serial, info->serial) != 0 ||
		strcmp(row->info.issuer, info->issuer) != 0);
}

static bool
whose_is_alone(const struct pick *found, const struct certinfo *info)
{
	for (size_t i = 0; i < found->n; i++)
		if (whose_is_namesake(&found->rows[i], info))
			return false;

	return true;
}

static struct person_text
whose_put(const struct certinfo *info, bool with_day, struct person_text text,
    char room[static WHOSE_TEXT])
{
	char name[CERTINFO_NAME], day[PICK_TIME];
	const char *before = "", *after = "";

	columns_cut(name, sizeof(name), info->name, WHOSE_CELLS);
	day[0] = '\0';
	if (with_day) {
		pick_time(day, info->not_after_ms, false);
		before = person_sentence(text_before);
		after = person_sentence(text_after);
	}
	(void)snprintf(room, WHOSE_TEXT, "%s (%s%s%s%s)", person_sentence(text),
	    name, before, day, after);

	return (struct person_text){ room, room };
}

struct person_text
whose_text(const struct cert *c, const struct certinfo *info,
    struct person_text text, char room[static WHOSE_TEXT])
{
	return whose_put(info, !whose_is_alone(&c->pick, info), text, room);
}

struct person_text
whose_until(const struct certinfo *info, struct person_text text,
    char room[static WHOSE_TEXT])
{
	return whose_put(info, true, text, room);
}
