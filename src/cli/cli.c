/*
 * cli.c - the ingam command: its subcommands.
 *
 * Belongs here: finding the subcommand, and the list of them.
 * Not here: what a subcommand does (cloud.c, token.c); asking and telling a person
 * (client/person.c).
 */
#include "cli/cli.h"

#include "base/language.h"
#include "base/usage.h"
#include "cli/cloud.h"
#include "cli/token.h"
#include "client/person.h"

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
	{ "token", "register", token_register,
	    { "브라우저와 프로그램에 인감 보안토큰을 등록해요.",
		"Makes browsers and other programs see the Ingam token." } },
	{ "token", "unregister", token_unregister,
	    { "그 등록을 지워요.", "Undoes that." } },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
cli_explain(FILE *out)
{
	for (size_t i = 0; i < COMMANDS; i++)
		(void)fprintf(out, "\n  ingam %s %s\n      %s\n",
		    commands[i].group, commands[i].verb,
		    person_sentence(commands[i].help));
	(void)fprintf(out, "\n%s\n",
	    person_sentence((struct person_text){
		"ingam GROUP VERB --help: 그 명령의 옵션을 보여줘요.",
		"ingam GROUP VERB --help: the options of that command." }));
}

static const struct usage cli_usage = { "ingam",
	"GROUP VERB [OPTION …]\n--help | --version", cli_explain,
	language_korean };

static bool
cli_has_group(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].group) == 0)
			return true;

	return false;
}

int
cli_main(int argc, char **argv)
{
	bool group = argc > 1 && cli_has_group(argv[1]);
	const char *what = argc > 2 && group ? argv[2]
	    : argc > 1 && !group             ? argv[1]
					     : NULL;

	for (size_t i = 0; argc > 2 && i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].group) == 0 &&
		    strcmp(argv[2], commands[i].verb) == 0)
			return commands[i].run(argc - 2, argv + 2);
	if (usage_asked(&cli_usage, argc, argv))
		return PERSON_YES;

	return usage_wrong(&cli_usage,
	    what == NULL         ? USAGE_NOTHING
		: what[0] == '-' ? USAGE_OPTION
				 : USAGE_COMMAND,
	    what);
}
