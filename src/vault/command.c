/*
 * command.c - ingam-vault's command line: from arguments to a locked process.
 *
 * Belongs here: options, the order in which things are opened before the jail.
 * Not here: serving (serve.c); what the jail allows (jail.c).
 */
#include "vault/command.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/rnd.h"
#include "base/text.h"
#include "ipc/channel.h"
#include "vault/approval.h"
#include "vault/jail.h"
#include "vault/record.h"
#include "vault/serve.h"

#include <fcntl.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECURE_HEAP (1 << 20)

struct command {
	const char *socket, *state, *kek_file, *rp_id;
	int passphrase_fd;
	bool allow_weak;
	struct serve_options serve;
	struct vault vault;
	uint64_t sign_per_minute, sign_per_day;
};

static int
command_usage(void)
{
	(void)fprintf(stderr,
	    "usage: ingam-vault init  --state DIR --kek-file FILE\n"
	    "       ingam-vault init  --state DIR --passphrase-fd N\n"
	    "       ingam-vault serve --socket PATH --state DIR\n"
	    "           --kek-file FILE | --passphrase-fd N\n"
	    "           --rp-id NAME --origin ORIGIN […] [--allow-uid UID]\n"
	    "           [--sign-per-minute N] [--sign-per-day N]\n"
	    "           [--allow-weak-sandbox]\n");

	return 2;
}

static int
command_fail(enum rc rc, const struct err *e)
{
	(void)fprintf(stderr, "ingam-vault: %s%s%s\n", e->field,
	    e->field[0] == '\0' ? "" : ": ",
	    e->msg[0] == '\0' ? err_text(rc) : e->msg);

	return rc == RC_FORMAT || rc == RC_ABSENT || rc == RC_DENIED ? 3 : 4;
}

static bool
command_number(const char *text, uint64_t most, uint64_t *out)
{
	return text_uint(span_str(text), most, out, NULL) == RC_OK;
}

static bool
command_option(struct command *c, int option, const char *value)
{
	uint64_t n = 0;

	switch (option) {
	case 's':
		c->socket = value;
		return true;
	case 'd':
		c->state = value;
		return true;
	case 'k':
		c->kek_file = value;
		return true;
	case 'r':
		c->rp_id = value;
		return true;
	case 'o':
		if (c->vault.n_origins == VAULT_ORIGINS_MAX)
			return false;
		c->vault.origins[c->vault.n_origins++] = span_str(value);
		return true;
	case 'w':
		c->allow_weak = true;
		return true;
	case 'm':
		return command_number(value, UINT16_MAX, &c->sign_per_minute);
	case 'y':
		return command_number(value, UINT16_MAX, &c->sign_per_day);
	case 'p':
		if (!command_number(value, 1024, &n))
			return false;
		c->passphrase_fd = (int)n;
		return true;
	case 'u':
		if (c->serve.n_uids == SERVE_UIDS_MAX ||
		    !command_number(value, UINT32_MAX - 1, &n))
			return false;
		c->serve.uids[c->serve.n_uids++] = (uid_t)n;
		return true;
	default:
		return false;
	}
}

static bool
command_options(struct command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "state", required_argument, NULL, 'd' },
		{ "kek-file", required_argument, NULL, 'k' },
		{ "passphrase-fd", required_argument, NULL, 'p' },
		{ "rp-id", required_argument, NULL, 'r' },
		{ "origin", required_argument, NULL, 'o' },
		{ "allow-uid", required_argument, NULL, 'u' },
		{ "allow-weak-sandbox", no_argument, NULL, 'w' },
		{ "sign-per-minute", required_argument, NULL, 'm' },
		{ "sign-per-day", required_argument, NULL, 'y' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!command_option(c, option, optarg))
			return false;

	return optind == argc && c->state != NULL &&
	    (c->kek_file == NULL) != (c->passphrase_fd < 0);
}

static enum rc
command_master(struct command *c, bool make, struct err *e)
{
	struct sec root SEC_WIPED = { 0 };
	enum rc rc;

	rc = c->kek_file != NULL ? master_read_file(c->kek_file, &root, e)
				 : master_read_passphrase(c->state,
				       c->passphrase_fd, make, &root, e);

	return rc == RC_OK ? master_init(&c->vault.master, &root, e) : rc;
}

static enum rc
command_init(struct command *c, struct err *e)
{
	uint32_t epoch;
	enum rc rc;

	rnd_bytes(&epoch, sizeof(epoch));
	if ((rc = file_make_folder(c->state, e)) != RC_OK ||
	    (c->kek_file != NULL &&
		(rc = master_make_file(c->kek_file, e)) != RC_OK) ||
	    (rc = command_master(c, true, e)) != RC_OK)
		return rc;

	return journal_make(c->state, SPAN(c->vault.master.keys->journal),
	    SPAN(c->vault.master.kek_id), epoch, e);
}

static void
command_signal(int number)
{
	(void)number;
	serve_stop();
}

/*
 * Whoever started us reads this line when we listen, and finds us locked up
 * when we answer. Descriptor 1 is then nobody's, so that no connection gets it.
 */
static enum rc
command_ready(struct err *e)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	enum rc rc = file_write_all(STDOUT_FILENO, SPAN_LIT("ready\n"), e);

	if (rc == RC_OK && (fd < 0 || dup2(fd, STDOUT_FILENO) < 0))
		rc = err_set(e, RC_IO, NULL, "cannot let go of the terminal");
	if (fd >= 0)
		(void)close(fd);

	return rc;
}

/* Everything that needs a file, in this order; then nothing does any more. */
static enum rc
command_open(struct command *c, struct serve **s, struct err *e)
{
	struct sigaction action = { .sa_handler = command_signal };
	struct vault *v = &c->vault;
	int fds[2];
	enum rc rc;

	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if ((rc = vault_warm(e)) != RC_OK ||
	    (rc = command_master(c, false, e)) != RC_OK ||
	    (rc = journal_open(c->state, SPAN(v->master.keys->journal),
		 SPAN(v->master.kek_id), record_read, v, fds, &v->journal,
		 e)) != RC_OK)
		return rc;
	approval_wake(v);
	if ((rc = channel_listen(c->socket, c->serve.n_uids > 0,
		 &c->serve.listener, e)) != RC_OK ||
	    (rc = serve_new(v, &c->serve, s, e)) != RC_OK)
		return rc;

	if ((rc = command_ready(e)) != RC_OK)
		return rc;

	return jail_lock(fds, c->allow_weak, &v->weak_sandbox, e);
}

static enum rc
command_serve(struct command *c, struct err *e)
{
	struct span rp_id = span_str(c->rp_id);
	struct serve *s = NULL;
	enum rc rc;

	digest_sha256(c->vault.rp_id_hash, &rp_id, 1);
	if ((rc = command_open(c, &s, e)) == RC_OK)
		serve_run(s);
	serve_free(s);

	return rc;
}

int
command_vault(int argc, char **argv)
{
	static struct command c = { .passphrase_fd = -1 };
	struct err e = { 0 };
	bool serve = argc > 1 && strcmp(argv[1], "serve") == 0;
	enum rc rc;

	if (argc < 2 || (!serve && strcmp(argv[1], "init") != 0))
		return command_usage();
	c.vault.limits = vault_default_limits;
	c.sign_per_minute = c.vault.limits.sign_per_minute;
	c.sign_per_day = c.vault.limits.sign_per_day;
	if (!command_options(&c, argc - 1, argv + 1) ||
	    (serve &&
		(c.socket == NULL || c.rp_id == NULL ||
		    c.vault.n_origins == 0)))
		return command_usage();
	c.vault.limits.sign_per_minute = (uint16_t)c.sign_per_minute;
	c.vault.limits.sign_per_day = (uint16_t)c.sign_per_day;
	log_init("ingam-vault", LOG_INFO);
	if ((rc = jail_prepare(&e)) != RC_OK)
		return command_fail(rc, &e);
	if (CRYPTO_secure_malloc_init(SECURE_HEAP, 32) != 1)
		return command_fail(
		    err_set(&e, RC_MEMORY, NULL, "no lockable memory"), &e);
	rc = serve ? command_serve(&c, &e) : command_init(&c, &e);
	vault_clear(&c.vault);

	return rc == RC_OK ? 0 : command_fail(rc, &e);
}
