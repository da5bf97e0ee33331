/*
 * command.c - the command line of ingam-vault, and the order of its start.
 *
 * Belongs here: options, opening everything, locking up, serving.
 * Not here: each of these steps (master.c, journal.c, jail.c, serve.c).
 */
#include "vault/command.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/usage.h"
#include "vault/approval.h"
#include "vault/jail.h"
#include "vault/record.h"
#include "vault/serve.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define COMMAND_EPOCH 1

struct command {
	const char *socket, *state, *kek_file, *rp_id;
	int passphrase_fd;
	bool weak;
	size_t threads;
	enum log_level level;
	struct serve serve;
	struct vault *vault;
};

/* Options with a number, and where it goes. */
enum command_number {
	COMMAND_UID = 256,
	COMMAND_PASSPHRASE_FD,
	COMMAND_TOKEN_COUNT,
	COMMAND_TOKEN_SECONDS,
	COMMAND_SIGN_MINUTE,
	COMMAND_SIGN_DAY,
	COMMAND_OPEN_KEY,
	COMMAND_THREADS,
};

static const struct option options[] = {
	{ "socket", required_argument, NULL, 's' },
	{ "state", required_argument, NULL, 'd' },
	{ "kek-file", required_argument, NULL, 'k' },
	{ "rp-id", required_argument, NULL, 'r' },
	{ "origin", required_argument, NULL, 'o' },
	{ "allow-weak-sandbox", no_argument, NULL, 'w' },
	{ "log", required_argument, NULL, 'l' },
	{ "passphrase-fd", required_argument, NULL, COMMAND_PASSPHRASE_FD },
	{ "allow-uid", required_argument, NULL, COMMAND_UID },
	{ "token-count-max", required_argument, NULL, COMMAND_TOKEN_COUNT },
	{ "token-seconds-max", required_argument, NULL, COMMAND_TOKEN_SECONDS },
	{ "sign-per-minute", required_argument, NULL, COMMAND_SIGN_MINUTE },
	{ "sign-per-day", required_argument, NULL, COMMAND_SIGN_DAY },
	{ "open-key-seconds", required_argument, NULL, COMMAND_OPEN_KEY },
	{ "threads", required_argument, NULL, COMMAND_THREADS },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	enum command_number option;
	uint64_t most;
} numbers[] = {
	{ COMMAND_UID, UINT32_MAX - 1 },
	{ COMMAND_PASSPHRASE_FD, 1023 },
	{ COMMAND_TOKEN_COUNT, UINT16_MAX },
	{ COMMAND_TOKEN_SECONDS, 86400 },
	{ COMMAND_SIGN_MINUTE, UINT16_MAX },
	{ COMMAND_SIGN_DAY, UINT16_MAX },
	{ COMMAND_OPEN_KEY, 3600 },
	{ COMMAND_THREADS, SERVE_THREADS_MAX },
};

static void
command_explain(FILE *out)
{
	(void)fputs(
	    "\n"
	    "  --state FOLDER         where the journal is\n"
	    "  --kek-file FILE        the root key, or\n"
	    "  --passphrase-fd N      the descriptor to read it from\n"
	    "  --socket PATH          where it listens\n"
	    "  --rp-id NAME           the phone app's host\n"
	    "  --origin URL           the phone app's origin\n"
	    "  --allow-uid N          a user that may connect too\n"
	    "  --token-count-max N    signatures for one approval\n"
	    "  --token-seconds-max N  how long one approval may last\n"
	    "  --sign-per-minute N    signatures of a key in a minute\n"
	    "  --sign-per-day N       and in a day\n"
	    "  --open-key-seconds N   how long a key stays open\n"
	    "  --threads N            how many signatures it makes at once\n"
	    "  --log LEVEL            debug, info, warn or error\n"
	    "  --allow-weak-sandbox   serve without Landlock or seccomp\n"
	    "\n\"man ingam-vault\" has the whole of it.\n",
	    out);
}

static const struct usage command_usage = { "ingam-vault",
	"init --state FOLDER --kek-file FILE | --passphrase-fd N\n"
	"serve --socket PATH --rp-id NAME --origin URL …\n"
	"          --state FOLDER --kek-file FILE | --passphrase-fd N "
	"[OPTION …]\n"
	"--help | --version",
	command_explain, NULL };

static int
command_fail(const char *what, enum rc rc, const struct err *e)
{
	(void)fprintf(stderr, "ingam-vault: %s: %s%s%s\n", what, e->field,
	    e->field[0] == '\0' ? "" : ": ",
	    e->msg[0] == '\0' ? err_text(rc) : e->msg);

	/* Whoever started this one may wait for the other. */
	return rc == RC_BUSY ? EX_TEMPFAIL : EXIT_FAILURE;
}

static bool
command_set_number(struct command *c, int option, const char *text)
{
	struct vault_limits *limits = &c->vault->limits;
	uint64_t n = 0, most = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if ((int)numbers[i].option == option)
			most = numbers[i].most;
	}
	if (text_uint(span_str(text), most, &n, NULL) != RC_OK)
		return false;
	switch ((enum command_number)option) {
	case COMMAND_UID:
		return serve_allow(&c->serve, (uid_t)n);
	case COMMAND_PASSPHRASE_FD:
		c->passphrase_fd = (int)n;
		return true;
	case COMMAND_TOKEN_COUNT:
		limits->token_count = (uint16_t)n;
		return true;
	case COMMAND_TOKEN_SECONDS:
		limits->token_seconds = (uint32_t)n;
		return true;
	case COMMAND_SIGN_MINUTE:
		limits->sign_per_minute = (uint16_t)n;
		return true;
	case COMMAND_SIGN_DAY:
		limits->sign_per_day = (uint16_t)n;
		return true;
	case COMMAND_OPEN_KEY:
		limits->open_key_ms = (int64_t)n * 1000;
		return true;
	case COMMAND_THREADS:
		c->threads = (size_t)n;
		return n > 0;
	}

	return false;
}

static bool
command_set(struct command *c, int option, char *text)
{
	struct vault *v = c->vault;

	switch (option) {
	case 's':
		c->socket = text;
		return true;
	case 'd':
		c->state = text;
		return true;
	case 'k':
		c->kek_file = text;
		return true;
	case 'r':
		c->rp_id = text;
		return true;
	case 'o':
		if (v->n_origins == VAULT_ORIGINS_MAX)
			return false;
		v->origins[v->n_origins++] = span_str(text);
		return true;
	case 'l':
		return log_level_of(text, &c->level);
	case 'w':
		c->weak = true;
		return true;
	default:
		return option >= COMMAND_UID &&
		    command_set_number(c, option, text);
	}
}

static enum rc
command_root(
    const struct command *c, bool make, struct sec *root, struct err *e)
{
	if (c->kek_file == NULL)
		return master_read_passphrase(
		    c->state, c->passphrase_fd, make, root, e);
	if (make && access(c->kek_file, F_OK) != 0) {
		enum rc rc = master_make_file(c->kek_file, e);

		if (rc != RC_OK)
			return rc;
	}

	return master_read_file(c->kek_file, root, e);
}

/* Root key, algorithms, derived keys. */
static enum rc
command_open_master(struct command *c, bool make, struct err *e)
{
	struct sec root SEC_WIPED = { 0 };
	enum rc rc;

	if ((rc = jail_memory(e)) != RC_OK || (rc = vault_warm(e)) != RC_OK ||
	    (rc = command_root(c, make, &root, e)) != RC_OK)
		return rc;

	return master_init(&c->vault->master, &root, e);
}

static int
command_init(struct command *c)
{
	const struct master *m = &c->vault->master;
	struct err e = { 0 };
	enum rc rc;

	/* A journal's key that is gone must not be followed by another one. */
	if ((rc = file_make_folder(c->state, &e)) != RC_OK ||
	    (rc = journal_none(c->state, &e)) != RC_OK ||
	    (rc = command_open_master(c, true, &e)) != RC_OK ||
	    (rc = journal_make(c->state, SPAN(m->keys->journal),
		 SPAN(m->kek_id), COMMAND_EPOCH, &e)) != RC_OK)
		return command_fail("init", rc, &e);

	return EXIT_SUCCESS;
}

static enum rc
command_open(struct command *c, struct err *e)
{
	struct vault *v = c->vault;
	struct span rp_id = span_str(c->rp_id);
	bool *weak = c->weak ? &v->weak_sandbox : NULL;
	int journal[2];
	enum rc rc;

	if ((rc = command_open_master(c, false, e)) != RC_OK)
		return rc;
	digest_sha256(v->rp_id_hash, &rp_id, 1);
	if ((rc = record_reserve(v, e)) != RC_OK ||
	    (rc = journal_open(c->state, SPAN(v->master.keys->journal),
		 SPAN(v->master.kek_id), record_read, v, journal, &v->journal,
		 e)) != RC_OK ||
	    (rc = approval_wake(v, e)) != RC_OK)
		return rc;
	vault_tick(v);
	if ((rc = serve_open(
		 &c->serve, v, c->socket, c->serve.n_uids > 1, e)) != RC_OK)
		return rc;
	/* Time zone and locale are read now, while files can be. */
	log_event(LOG_INFO, "vault-start", "accounts=%zu requests=%zu",
	    v->accounts.n, v->approvals.n);

	if ((rc = jail_files(weak, e)) != RC_OK ||
	    (rc = serve_start_threads(&c->serve, c->threads, e)) != RC_OK)
		return rc;

	return jail_calls(journal, weak, e);
}

static int
command_serve(struct command *c)
{
	struct err e = { 0 };
	enum rc rc;

	if ((rc = command_open(c, &e)) != RC_OK) {
		serve_close(&c->serve);
		return command_fail("serve", rc, &e);
	}
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		log_event(LOG_WARN, "nobody-reads-ready", "fd=1");
	serve_run(&c->serve);
	serve_close(&c->serve);

	return EXIT_SUCCESS;
}

/* What a command line lacks; NULL: nothing. */
static const char *
command_missing(const struct command *c, bool init)
{
	if (c->state == NULL)
		return "--state";
	if (c->kek_file == NULL && c->passphrase_fd < 0)
		return "--kek-file or --passphrase-fd";
	if (init)
		return NULL;

	return c->socket == NULL       ? "--socket"
	    : c->rp_id == NULL         ? "--rp-id"
	    : c->vault->n_origins == 0 ? "--origin"
				       : NULL;
}

/* 0, or 2 after it was said what is wrong. */
static int
command_options(struct command *c, bool init, int argc, char **argv)
{
	const char *missing;
	char name[32];
	int option, at = 0;

	optind = 2;
	while ((option = getopt_long(argc, argv, ":", options, &at)) != -1) {
		if (option == '?' || option == ':')
			return usage_getopt(
			    &command_usage, options, argv, option);
		(void)snprintf(name, sizeof(name), "--%s", options[at].name);
		if (!command_set(c, option, optarg))
			return usage_wrong(&command_usage, USAGE_VALUE, name);
	}
	if (optind != argc)
		return usage_wrong(&command_usage, USAGE_EXTRA, argv[optind]);
	if (c->kek_file != NULL && c->passphrase_fd >= 0)
		return usage_wrong(
		    &command_usage, USAGE_EXTRA, "--passphrase-fd");
	missing = command_missing(c, init);

	return missing == NULL
	    ? 0
	    : usage_wrong(&command_usage, USAGE_MISSING, missing);
}

int
command_vault(int argc, char **argv)
{
	/* Threads may look at either until the process is gone. */
	static struct vault vault;
	static struct command c = { .passphrase_fd = -1,
		.level = LOG_INFO,
		.serve = { .listener = -1, .epoll = -1 },
		.vault = &vault };
	const char *verb = argc < 2 ? "" : argv[1];
	bool init = strcmp(verb, "init") == 0;
	int status;

	log_init("ingam-vault", LOG_INFO);
	vault.limits = vault_default_limits;
	c.threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN) / 2;
	(void)serve_allow(&c.serve, geteuid());
	if (usage_asked(&command_usage, argc, argv))
		return EXIT_SUCCESS;
	if (!init && strcmp(verb, "serve") != 0)
		return usage_wrong(&command_usage,
		    verb[0] == '\0'      ? USAGE_NOTHING
			: verb[0] == '-' ? USAGE_OPTION
					 : USAGE_COMMAND,
		    verb[0] == '\0' ? NULL : verb);
	if ((status = command_options(&c, init, argc, argv)) != 0)
		return status;
	log_init("ingam-vault", c.level);
	status = init ? command_init(&c) : command_serve(&c);
	vault_clear(&vault);

	return status;
}
