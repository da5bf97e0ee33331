/*
 * verb.c - verbs of one group that share a table of arguments.
 *
 * Belongs here: which arguments a verb takes, their help, where values go.
 * Not here: the arguments of a group (cert.c, tokens.c); what is wrong with
 * them (base/usage.c); commands with a table of their own (sign.c, verify.c).
 */
#include "cli/verb.h"

#include <string.h>

void
verb_explain(FILE *out, const struct verb_help *helps, size_t n,
    const char *takes, int width)
{
	(void)fputc('\n', out);
	for (size_t i = 0; i < n; i++)
		if (strchr(takes, helps[i].letter) != NULL)
			(void)fprintf(out, "  %-*s %s\n", width, helps[i].shown,
			    person_sentence(helps[i].text));
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
