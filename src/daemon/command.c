/*
 * command.c - ingamd's command line.
 *
 * Belongs here: verbs, the configuration file, exit codes.
 * Not here: what the verbs do (daemon.c).
 */
#include "base/log.h"
#include "base/usage.h"
#include "daemon/daemon.h"

#include <stdio.h>
#include <stdlib.h>

#define CONFIG_FILE "/etc/ingam/ingamd.conf"
#define SETTINGS    64

static const struct {
	const char *verb;
	enum rc (*run)(const struct config *c, struct err *e);
	const char *help;
} verbs[] = {
	{ "serve", daemon_serve, "serve until SIGTERM" },
	{ "init", daemon_init, "make data folder, vault and database" },
	{ "migrate", daemon_migrate, "bring the database up to date" },
	{ "check-config", NULL, "print every value, and stop" },
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void
command_explain(FILE *out)
{
	(void)fputc('\n', out);
	for (size_t i = 0; i < VERBS; i++)
		(void)fprintf(
		    out, "  %-13s %s\n", verbs[i].verb, verbs[i].help);
	(void)fprintf(out,
	    "\n  -f FILE       read FILE instead of " CONFIG_FILE "\n"
	    "  NAME=VALUE    a setting of ingamd.conf(5), over the file's\n"
	    "\n\"ingamd check-config\" prints every NAME, what it is for, and "
	    "its VALUE.\n");
}

static const struct usage command_usage = { "ingamd",
	"VERB [-f FILE] [NAME=VALUE …]\n--help | --version", command_explain,
	NULL };

#define NEXT_PATH(setting) \
	"Set " setting     \
	" to a path that is there and can be read: ingamd.conf(5)."

/* What to do about a failure, by what it is about. */
static const struct {
	const char *field;
	enum rc rc;
	const char *next;
} nexts[] = {
	{ "data", RC_IO,
	    "Set data to a folder that can be made and written to." },
	{ "vault-program", RC_IO,
	    "Set vault-program to where ingam-vault is: ingamd.conf(5)." },
	{ "web", RC_ABSENT, NEXT_PATH("web") },
	{ "web", RC_IO, NEXT_PATH("web") },
	{ "tls-certificate", RC_ABSENT, NEXT_PATH("tls-certificate") },
	{ "tls-certificate", RC_IO, NEXT_PATH("tls-certificate") },
	{ "tls-key", RC_ABSENT, NEXT_PATH("tls-key") },
	{ "tls-key", RC_IO, NEXT_PATH("tls-key") },
	{ "identity-secret", RC_ABSENT, NEXT_PATH("identity-secret") },
	{ "identity-secret", RC_IO, NEXT_PATH("identity-secret") },
	{ "app", RC_BUSY,
	    "It is port-base. End the other program, or set port-base." },
	{ "pc", RC_BUSY,
	    "It is the one after port-base. End the other program, or set "
	    "port-base." },
	{ "identity-secret", RC_FORMAT,
	    "Write the provider's secret to a file and set identity-secret to "
	    "its path: ingamd.conf(5)." },
};

static int
command_fail(enum rc rc, const struct err *e)
{
	(void)fprintf(stderr, "ingamd: %s%s%s.\n", e->field,
	    e->field[0] == '\0' ? "" : ": ",
	    e->msg[0] == '\0' ? err_text(rc) : e->msg);
	for (size_t i = 0; i < sizeof(nexts) / sizeof(nexts[0]); i++)
		if (rc == nexts[i].rc && strcmp(e->field, nexts[i].field) == 0)
			(void)fprintf(stderr, "%s\n", nexts[i].next);

	return rc == RC_FORMAT || rc == RC_LIMIT || rc == RC_ABSENT ? 3 : 4;
}

/*
 * A value or a file that is wrong: where it stands, what is wrong, what to do.
 * A setting's name is the person's own, and may be none of ours.
 */
static int
command_wrong(
    enum rc rc, const char *where, const char *file, const struct err *e)
{
	if (where != NULL && where == file)
		(void)fprintf(stderr, "ingamd: %s: %s.\n", file, e->msg);
	else if (where != NULL)
		(void)fprintf(stderr, "ingamd: command line: %.*s: %s.\n",
		    (int)strcspn(where, "="), where, e->msg);
	else
		(void)fprintf(stderr, "ingamd: %s%s%s.\n", e->field,
		    e->field[0] == '\0' ? "" : ": ", e->msg);
	(void)fprintf(stderr,
	    rc == RC_ABSENT && strcmp(e->field, "file") == 0
		? "Name the file after -f.\n"
		: "\"ingamd check-config\" prints every setting; ingamd.conf(5) "
		  "says what it may be.\n");

	return where != NULL && where != file ? 2 : 3;
}

int
command_main(int argc, char **argv)
{
	static struct config c;
	const char *settings[SETTINGS], *named = NULL, *file, *where;
	struct err e = { 0 };
	size_t n = 0, verb = 0;
	enum rc rc;

	while (
	    argc > 1 && verb < VERBS && strcmp(argv[1], verbs[verb].verb) != 0)
		verb++;
	if (usage_asked(&command_usage, argc, argv))
		return 0;
	if (argc < 2)
		return usage_wrong(&command_usage, USAGE_NOTHING, NULL);
	if (verb == VERBS)
		return usage_wrong(&command_usage,
		    argv[1][0] == '-' ? USAGE_OPTION : USAGE_COMMAND, argv[1]);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "-f") == 0 && i + 1 < argc)
			named = argv[++i];
		else if (strcmp(argv[i], "-f") == 0)
			return usage_wrong(&command_usage, USAGE_NEEDS, "-f");
		else if (argv[i][0] == '-')
			return usage_wrong(
			    &command_usage, USAGE_OPTION, argv[i]);
		else if (strchr(argv[i], '=') != NULL && n < SETTINGS)
			settings[n++] = argv[i];
		else
			return usage_wrong(
			    &command_usage, USAGE_EXTRA, argv[i]);
	}
	/* The usual file need not be there; one that was named must. */
	file = named == NULL ? CONFIG_FILE : named;
	rc = config_load(&c, file, settings, n, &where, &e);
	if (rc == RC_ABSENT && named == NULL && strcmp(e.field, "file") == 0) {
		err_clear(&e);
		rc = config_load(&c, NULL, settings, n, &where, &e);
	}
	if (rc != RC_OK)
		return command_wrong(rc, where, file, &e);
	if (verbs[verb].run == NULL) {
		config_print(&c);
		return 0;
	}
	log_init("ingamd", c.level);
	rc = verbs[verb].run(&c, &e);

	return rc == RC_OK ? 0 : command_fail(rc, &e);
}
