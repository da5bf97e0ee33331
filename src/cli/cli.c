/*
 * cli.c - the ingam command: its subcommands.
 *
 * Belongs here: finding the subcommand, and the list of them.
 * Not here: what a subcommand does (cloud.c); asking and telling a person
 * (client/person.c).
 */
#include "cli/cli.h"

#include "cli/cloud.h"
#include "client/person.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *group, *verb;
	int (*run)(int argc, char **argv);
	struct person_text help;
} commands[] = {
	{ "cloud", "import", cloud_import,
	    { "PC의 인증서를 휴대폰의 승인번호로 클라우드에 등록해요.",
		"Registers a certificate of this PC in the cloud, by the "
		"number that the phone shows." } },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int
cli_usage(FILE *out, int code)
{
	(void)fprintf(out, "usage: ingam GROUP VERB …\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		(void)fprintf(out, "  ingam %s %s\n      %s\n",
		    commands[i].group, commands[i].verb,
		    person_sentence(commands[i].help));

	return code;
}

int
cli_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return cli_usage(stdout, PERSON_YES);
	for (size_t i = 0; argc > 2 && i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].group) == 0 &&
		    strcmp(argv[2], commands[i].verb) == 0)
			return commands[i].run(argc - 2, argv + 2);

	return cli_usage(stderr, PERSON_USAGE);
}
