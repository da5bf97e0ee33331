/*
 * usage.c - --help, --version and wrong command lines, the same in every
 * program.
 *
 * Belongs here: the forms of usage and version, one sentence a fault, 2.
 * Not here: what a program's options are (each program's table).
 */
#include "base/usage.h"

#include <getopt.h>
#include <string.h>

const char usage_version[] = INGAM_VERSION;

static const struct {
	const char *ko, *en;
} faults[] = {
	[USAGE_NOTHING] = { "무엇을 할지 적어 주세요",
	    "Say what is to be done" },
	[USAGE_COMMAND] = { "없는 명령이에요", "There is no such command" },
	[USAGE_OPTION] = { "없는 옵션이에요", "There is no such option" },
	[USAGE_NEEDS] = { "이 옵션에는 값이 있어야 해요",
	    "This option needs a value" },
	[USAGE_ALONE] = { "이 옵션은 값을 받지 않아요",
	    "This option takes no value" },
	[USAGE_VALUE] = { "이 옵션의 값이 맞지 않아요",
	    "The value of this option is not right" },
	[USAGE_EXTRA] = { "여기에 올 수 없는 말이에요",
	    "This does not belong here" },
	[USAGE_TERMINAL] = { "글자가 아닌 내용이라 터미널 화면에는 쓰지 않아요. 쓸 파일을 적어 주세요",
	    "This is binary, and is not written to a terminal. Name a file" },
	[USAGE_SHARED] = { "표준 입력에서 두 가지를 함께 읽을 수는 없어요. 파일을 적어 주세요",
	    "Standard input cannot be two things at once. Name a file" },
	[USAGE_MISSING] = { "이것이 빠졌어요", "This is missing" },
};

/* The ways to call it. */
static void
usage_forms(const struct usage *u, FILE *out)
{
	const char *line = u->synopsis;

	/* Each line of the synopsis is a way to call it, or goes on (' '). */
	for (bool first = true; *line != '\0'; first = false) {
		size_t n = strcspn(line, "\n");

		(void)fprintf(out, "%s ", first ? "usage:" : "      ");
		if (*line != ' ')
			(void)fprintf(out, "%s ", u->program);
		(void)fprintf(out, "%.*s\n", (int)n, line);
		line += n + (line[n] == '\n' ? 1 : 0);
	}
}

static void
usage_print(const struct usage *u, FILE *out)
{
	usage_forms(u, out);
	if (u->explain != NULL)
		u->explain(out);
}

static bool
usage_asks_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

bool
usage_is_help(int argc, char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (usage_asks_help(argv[i]))
			return true;
		if (strcmp(argv[i], "--version") == 0)
			return false;
	}

	return false;
}

bool
usage_asked(const struct usage *u, int argc, char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (usage_asks_help(argv[i])) {
			usage_print(u, stdout);
			return true;
		}
		if (strcmp(argv[i], "--version") == 0) {
			(void)printf("%.*s %s\n", (int)strcspn(u->program, " "),
			    u->program, usage_version);
			return true;
		}
	}

	return false;
}

static bool
usage_korean(const struct usage *u)
{
	return u->korean != NULL && u->korean();
}

/* What is wrong, and with what; the sentence goes on. */
static void
usage_say(const struct usage *u, enum usage_fault fault, const char *what)
{
	(void)fprintf(stderr, "%s: %s", u->program,
	    usage_korean(u) ? faults[fault].ko : faults[fault].en);
	if (what != NULL)
		(void)fprintf(stderr, ": %.*s", (int)strcspn(what, "="), what);
}

/* The end of the sentence, and where more is told. Gives the exit code. */
static int
usage_end(const struct usage *u)
{
	(void)fprintf(stderr, ".\n");
	usage_forms(u, stderr);
	(void)fprintf(stderr, "%s: %s --help\n",
	    usage_korean(u) ? "옵션 보기" : "For its options", u->program);

	return 2;
}

int
usage_wrong(const struct usage *u, enum usage_fault fault, const char *what)
{
	usage_say(u, fault, what);
	if (fault != USAGE_NOTHING)
		return usage_end(u);
	(void)fprintf(stderr, ".\n");
	usage_print(u, stderr);

	return 2;
}

int
usage_word(const struct usage *u, const char *option, usage_words *words,
    const char *value)
{
	bool korean = usage_korean(u);

	for (size_t i = 0; words(i) != NULL; i++)
		if (strcmp(words(i), value) == 0)
			return 0;
	usage_say(u, USAGE_VALUE, option);
	for (size_t i = 0; words(i) != NULL; i++)
		(void)fprintf(stderr, "%s%s",
		    i > 0        ? ", "
			: korean ? " ("
				 : " (one of ",
		    words(i));
	(void)fprintf(stderr, korean ? " 가운데 하나)" : ")");

	return usage_end(u);
}

/* Is this argument the option without a value that getopt stands at? */
static bool
usage_is_alone(const struct option *options, const char *argument)
{
	const char *name = argument + 2;
	size_t n = strcspn(name, "=");

	for (; options->name != NULL; options++)
		if (options->val == optopt && options->has_arg == no_argument &&
		    strncmp(argument, "--", 2) == 0 && name[n] == '=' &&
		    strncmp(options->name, name, n) == 0)
			return true;

	return false;
}

int
usage_getopt(const struct usage *u, const struct option *options,
    char *const *argv, int letter)
{
	const char *argument = argv[optind - 1];
	char name[] = { '-', (char)optopt, '\0' };

	if (letter == ':')
		return usage_wrong(u, USAGE_NEEDS, argument);
	if (optopt == 0)
		return usage_wrong(u, USAGE_OPTION, argument);
	if (usage_is_alone(options, argument))
		return usage_wrong(u, USAGE_ALONE, argument);

	/* A letter, perhaps in the middle of several. */
	return usage_wrong(
	    u, USAGE_OPTION, optopt > ' ' && optopt < 0x7f ? name : NULL);
}
