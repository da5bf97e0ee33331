/*
 * verb.c - verbs of one group that share a table of arguments.
 *
 * Belongs here: which arguments a verb takes, their help, where values go.
 * Not here: the arguments of a group (cert.c, tokens.c); what is wrong with
 * them (base/usage.c); commands with a table of their own (sign.c, verify.c).
 */
#include "cli/verb.h"

#include "cli/columns.h"

#include <string.h>

#define VERB_WIDTH 80  /* cells of a terminal */
#define VERB_WORD  128 /* bytes of one word */

/* One text from its column on, in as many lines as it needs. */
static void
verb_wrap(FILE *out, const char *text, size_t column)
{
	size_t at = column;

	while (*text != '\0') {
		char word[VERB_WORD];
		size_t n = strcspn(text, " "), cells;

		(void)snprintf(word, sizeof(word), "%.*s", (int)n, text);
		cells = columns_width(word);
		if (at > column && at + 1 + cells > VERB_WIDTH) {
			(void)fprintf(out, "\n%*s", (int)column, "");
			at = column;
		}
		if (at > column)
			(void)fputc(' ', out);
		at += cells + (at > column ? 1 : 0);
		(void)fputs(word, out);
		text += n + strspn(text + n, " ");
	}
	(void)fputc('\n', out);
}

void
verb_lines(FILE *out, const struct verb_line *lines, size_t n)
{
	size_t longest = 0;

	for (size_t i = 0; i < n; i++)
		if (strlen(lines[i].shown) > longest)
			longest = strlen(lines[i].shown);
	(void)fputc('\n', out);
	for (size_t i = 0; i < n; i++) {
		(void)fprintf(out, "  %-*s  ", (int)longest, lines[i].shown);
		verb_wrap(out, person_sentence(lines[i].text), longest + 4);
	}
}

void
verb_explain(
    FILE *out, const struct verb_help *helps, size_t n, const char *takes)
{
	struct verb_line lines[VERB_LINES];
	size_t taken = 0;

	for (size_t i = 0; i < n && taken < VERB_LINES; i++)
		if (strchr(takes, helps[i].letter) != NULL)
			lines[taken++] =
			    (struct verb_line){ helps[i].shown, helps[i].text };
	verb_lines(out, lines, taken);
}

void
verb_options(const struct option *options, size_t n, const char *takes,
    struct option *out)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(takes, options[i].val) != NULL)
			*out++ = options[i];
	*out = (struct option){ 0 };
}

bool
verb_set(const struct verb_slot *slots, size_t n, int letter, const char *value)
{
	for (size_t i = 0; i < n; i++) {
		if (slots[i].letter != letter)
			continue;
		if (slots[i].text != NULL)
			*slots[i].text = value;
		if (slots[i].flag != NULL)
			*slots[i].flag = true;
		return true;
	}

	return false;
}
