/*
 * daemon.c - puts the rooms together and serves.
 *
 * Belongs here: what is made in which order, and taken down in the other;
 * signals; jobs that run every now and then.
 * Not here: options (config.c); the command line (command.c).
 */
#include "daemon/daemon.h"

#include "adapter/identity_portone.h"
#include "api/api.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/rnd.h"
#include "base/usage.h"
#include "daemon/notify.h"
#include "daemon/person.h"
#include "daemon/vault_child.h"
#include "db/db.h"
#include "domain/approving.h"
#include "store/approval.h"
#include "store/block.h"
#include "store/counter.h"
#include "store/join.h"
#include "store/meta.h"
#include "store/session.h"
#include "store/transfer.h"
#include "webauthn/webauthn.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define VAULT_MS    10000
#define WAITERS_MAX 200000
#define TICK_MS     100
#define LAPSE_TICKS 5   /* half a second */
#define PURGE_TICKS 600 /* a minute */
#define KEEP_MS     86400000
#define SECRET_MAX  1024
#define PEM_MAX     65536
#define LIMIT_KEYS  65536

struct daemon {
	const struct config *config;
	struct vault_child vault;
	struct db *db;
	struct keys *keys;
	struct topic_hub *hub;
	struct webpush *push;
	struct outgoing *outgoing;
	struct identity_provider *identity;
	/* Class 1 is what strangers may do: joining, signing in, asking. */
	struct limit_class classes[2];
	struct limit *limits;
	struct server_origin origins[2];
	char folders[2][CONFIG_PATH_MAX + 8];
	struct server *server;
	struct notify notify;
	struct api api;
	struct buf tls_certificate;
	struct sec tls_key;
};

/* The domain knows one argument; here it is told apart. */
static void
daemon_request(void *arg, const struct approval *a, bool ring)
{
	struct daemon *d = arg;

	notify_request(&d->notify, a, ring);
}

static void
daemon_changed(void *arg, enum domain_change what,
    const uint8_t member_id[static STORE_ID], const uint8_t id[static STORE_ID])
{
	struct daemon *d = arg;

	notify_changed(&d->notify, what, member_id, id);
}

static enum rc
daemon_identity_send(void *arg, const struct domain_person *p,
    const char *address, char transaction[static DOMAIN_TRANSACTION],
    struct err *e)
{
	struct daemon *d = arg;

	return person_send(d->identity, p, address, transaction, e);
}

static enum rc
daemon_identity_check(void *arg, const struct domain_person *p,
    const char *transaction, struct span code, struct err *e)
{
	struct daemon *d = arg;

	return person_check(d->identity, p, transaction, code, e);
}

static const struct domain_ops ops = {
	daemon_request,
	daemon_changed,
	daemon_identity_send,
	daemon_identity_check,
};

static enum rc
daemon_open_db(const struct config *c, struct db **db, struct err *e)
{
	struct db_options options = { .url = c->database };

	return db_open(db, &options, e);
}

/*
 * One process at a time works in a data folder: what one changes, another's
 * waiting phones and programs would not be told.
 */
static enum rc
daemon_lock(const struct config *c, int *fd, struct err *e)
{
	char path[CONFIG_PATH_MAX + 16];
	struct err why = { 0 };
	pid_t holder;
	enum rc rc;

	(void)snprintf(path, sizeof(path), "%s/ingamd.lock", c->data);
	rc = file_lock(path, fd, &holder, &why);
	if (rc == RC_BUSY)
		return err_set(e, rc, "data",
		    "process %d works in this folder already: end it first, or "
		    "set data to another folder",
		    (int)holder);
	if (rc == RC_ABSENT)
		return err_set(
		    e, rc, "data", "there is no such folder: run ingamd init");

	return rc == RC_OK ? rc : err_set(e, rc, "data", "%s", why.msg);
}

/* The setting that names a file or folder; which it is, the person knows. */
static enum rc
daemon_about(
    const char *setting, enum rc rc, const struct err *why, struct err *e)
{
	return rc == RC_OK ? rc : err_set(e, rc, setting, "%s", why->msg);
}

static enum rc
daemon_steps(const struct config *c, struct err *e)
{
	struct db *db = NULL;
	size_t done = 0;
	enum rc rc;

	if ((rc = daemon_open_db(c, &db, e)) == RC_OK &&
	    (rc = store_migrate(db, &done, e)) == RC_OK)
		log_event(LOG_INFO, "migrate", "steps=%zu", done);
	db_close(db);

	return rc;
}

enum rc
daemon_migrate(const struct config *c, struct err *e)
{
	int lock;
	enum rc rc;

	if ((rc = daemon_lock(c, &lock, e)) != RC_OK)
		return rc;
	rc = daemon_steps(c, e);
	(void)close(lock);

	return rc;
}

enum rc
daemon_init(const struct config *c, struct err *e)
{
	struct err why = { 0 };
	int lock;
	enum rc rc;

	rc = daemon_about("data", file_make_folder(c->data, &why), &why, e);
	if (rc != RC_OK || (rc = daemon_lock(c, &lock, e)) != RC_OK)
		return rc;
	/* A vault that somebody else starts has its keys elsewhere, too. */
	if (c->vault_start)
		rc = vault_child_init(c, e);
	if (rc == RC_OK)
		rc = daemon_steps(c, e);
	(void)close(lock);

	return rc;
}

/* The key of login challenges, the same on every node. */
static enum rc
daemon_login_key(struct daemon *d, struct err *e)
{
	uint8_t *key = d->api.domain.login_key;
	struct buf kept = buf_init(STORE_HASH);
	enum rc rc;

	rnd_bytes(key, STORE_HASH);
	rc = meta_save_first(
	    d->db, "login-key", (struct span){ key, STORE_HASH }, NULL);
	if (rc == RC_EXISTS) {
		rc = meta_load(d->db, "login-key", &kept, e);
		if (rc == RC_OK && kept.n == STORE_HASH)
			memcpy(key, kept.p, STORE_HASH);
	}
	buf_clear(&kept);

	return rc;
}

static enum rc
daemon_identity(struct daemon *d, struct err *e)
{
	const struct config *c = d->config;
	struct sec secret SEC_WIPED = { 0 };
	struct identity_portone_options o = {
		.base_url = c->identity_url,
		.channel_key = c->identity_channel,
		.secret = &secret,
	};
	struct err why = { 0 };
	enum rc rc;

	if (c->identity_secret[0] == '\0')
		return err_set(e, RC_FORMAT, "identity-secret",
		    "the identity provider's secret is not configured");
	rc = daemon_about("identity-secret",
	    file_read_secret(c->identity_secret, SECRET_MAX, &secret, &why),
	    &why, e);
	/* A text file ends with a newline; a secret does not. */
	while (rc == RC_OK && secret.n > 0 && secret.p[secret.n - 1] == '\n')
		secret.n--;

	return rc == RC_OK ? identity_portone_new(&o, &d->identity, e) : rc;
}

static enum rc
daemon_push(struct daemon *d, struct err *e)
{
	const struct config *c = d->config;
	char key_file[CONFIG_PATH_MAX + 16];
	struct webpush_options push = {
		.key_file = key_file,
		.contact = c->push_subject,
		.origins = c->push_extra_origin,
	};
	struct outgoing_options out = { .gone = notify_gone,
		.arg = &d->notify };
	enum rc rc;

	(void)snprintf(key_file, sizeof(key_file), "%s/vapid.pem", c->data);
	if ((rc = webpush_new(&push, &d->push, e)) != RC_OK)
		return rc;
	out.push = d->push;

	return outgoing_new(&out, &d->outgoing, e);
}

static void
daemon_fill(struct daemon *d)
{
	const struct config *c = d->config;

	d->api.domain.db = d->db;
	d->api.domain.keys = d->keys;
	d->api.domain.ops = &ops;
	d->api.domain.arg = d;
	d->api.domain.rp_id = c->rp_id;
	d->api.domain.app_origin = c->app_origin;
	d->api.domain.limits = (struct domain_limits){
		.token_count = (int64_t)c->token_count,
		.token_life_ms = c->token_life_ms,
		.request_life_ms = c->request_life_ms,
		.transfer_life_ms = c->transfer_life_ms,
		.session_life_ms = c->session_life_ms,
		.request_hour = (int64_t)c->request_hour_limit,
		.request_day = (int64_t)c->request_day_limit,
		.wrong_codes_hour = (int64_t)c->wrong_code_hour_limit,
		.wrong_pins_hour = (int64_t)c->wrong_pin_hour_limit,
		.transfers_hour = (int64_t)c->transfer_hour_limit,
		.certificates = (int64_t)c->certificate_limit,
	};
	d->api.hub = d->hub;
	d->api.name = c->name;
	d->api.version = usage_version;
	d->api.pc_origin = c->pc_origin;
	d->api.identity = c->identity;
	d->api.expiring_ms = c->expiring_ms;
	d->api.test_phones = c->allow_test_phones;
	d->api.push_key = webpush_public_key(d->push);
	d->api.push_parse = notify_push_parse;
	d->api.push_test = notify_push_test;
	d->api.arg = &d->notify;
	d->notify = (struct notify){ &d->api, d->outgoing, d->push,
		c->request_life_ms };
}

static enum rc
daemon_tls(struct daemon *d, struct err *e)
{
	const struct config *c = d->config;
	struct err why = { 0 };
	enum rc rc;

	d->tls_certificate = buf_init(PEM_MAX);
	if (c->tls_certificate[0] == '\0')
		return RC_OK;
	rc = daemon_about("tls-certificate",
	    file_read(c->tls_certificate, &d->tls_certificate, &why), &why, e);
	if (rc != RC_OK)
		return rc;
	buf_u8(&d->tls_certificate, 0);

	/* sec_new() gives zeros, so that the PEM text ends. */
	return daemon_about("tls-key",
	    file_read_secret(c->tls_key, PEM_MAX, &d->tls_key, &why), &why, e);
}

static void
daemon_origin(const struct daemon *d, struct server_origin *o, const char *name,
    uint64_t port, const char *url, const char *folder)
{
	bool tls = d->config->tls_certificate[0] != '\0';

	o->name = name;
	o->address = d->config->bind;
	o->port = (uint16_t)port;
	o->public_url = url;
	o->folder = folder;
	if (tls) {
		o->tls_cert = (const char *)d->tls_certificate.p;
		o->tls_key = (const char *)d->tls_key.p;
	}
}

static enum rc
daemon_listen(struct daemon *d, struct err *e)
{
	const struct config *c = d->config;
	struct server_origin *app = &d->origins[0], *pc = &d->origins[1];
	struct server_conf conf = {
		.origins = d->origins,
		.origins_count = 2,
		.hub = d->hub,
		.app = &d->api,
		.session = api_session,
		.problem = api_problem,
		.limits = d->limits,
		.proxy = c->trusted_proxy ? "127.0.0.1" : NULL,
		.workers = (unsigned int)c->workers,
		.connections = (unsigned int)c->connections,
		.per_address = (unsigned int)c->connections_per_address,
	};

	(void)snprintf(d->folders[0], sizeof(d->folders[0]), "%s/app", c->web);
	(void)snprintf(d->folders[1], sizeof(d->folders[1]), "%s/pc", c->web);
	daemon_origin(
	    d, app, "app", c->port_base, c->app_origin, d->folders[0]);
	daemon_origin(
	    d, pc, "pc", c->port_base + 1, c->pc_origin, d->folders[1]);
	app->routes = routes_app;
	app->routes_count = routes_app_count;
	app->page = "/index.html";
	pc->page = "/index.html";
	pc->routes = routes_pc;
	pc->routes_count = routes_pc_count;

	return server_start(&conf, &d->server, e);
}

static enum rc
daemon_limits(struct daemon *d, struct err *e)
{
	d->classes[0] = (struct limit_class){ "none", UINT32_MAX, UINT32_MAX };
	d->classes[1] = (struct limit_class){ "stranger",
		(uint32_t)d->config->address_burst,
		(uint32_t)d->config->address_per_minute };

	return limit_new(d->classes, 2, LIMIT_KEYS, &d->limits, e);
}

static enum rc
daemon_start(struct daemon *d, struct err *e)
{
	const struct config *c = d->config;
	size_t missing = 0;
	enum rc rc;

	if ((rc = webauthn_init(e)) != RC_OK ||
	    (c->vault_start &&
		(rc = vault_child_start(&d->vault, c, e)) != RC_OK) ||
	    (rc = daemon_open_db(c, &d->db, e)) != RC_OK ||
	    (rc = store_migrate_check(d->db, &missing, e)) != RC_OK)
		return rc;
	if (missing > 0)
		return err_set(e, RC_STATE, NULL,
		    "the database is not set up or is of an older version: "
		    "run ingamd init, or ingamd migrate");
	if ((rc = keys_new(c->vault_socket, (unsigned int)c->workers, VAULT_MS,
		 &d->keys, e)) != RC_OK ||
	    (rc = topic_new(WAITERS_MAX, &d->hub, e)) != RC_OK ||
	    (rc = daemon_limits(d, e)) != RC_OK ||
	    (rc = daemon_push(d, e)) != RC_OK ||
	    (rc = daemon_identity(d, e)) != RC_OK ||
	    (rc = daemon_login_key(d, e)) != RC_OK ||
	    (rc = daemon_tls(d, e)) != RC_OK)
		return rc;
	daemon_fill(d);

	return daemon_listen(d, e);
}

static void
daemon_stop(struct daemon *d)
{
	server_stop(d->server);
	outgoing_free(d->outgoing);
	webpush_free(d->push);
	identity_free(d->identity);
	limit_free(d->limits);
	topic_free(d->hub);
	keys_free(d->keys);
	db_close(d->db);
	vault_child_stop(&d->vault);
	buf_clear(&d->tls_certificate);
	sec_free(&d->tls_key);
}

typedef enum rc purge_job(struct db *, int64_t, size_t *, struct err *);

/* Rows that nobody will ask for again. */
static void
daemon_purge(struct db *db)
{
	int64_t before = clock_wall_ms() - KEEP_MS;
	static purge_job *const jobs[] = { approval_purge, block_purge,
		counter_purge, join_purge, session_purge, transfer_purge };

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		struct err e = { 0 };

		if (jobs[i](db, before, NULL, &e) != RC_OK)
			log_event(LOG_WARN, "purge", "why=%s", e.msg);
	}
}

static void
daemon_loop(struct daemon *d, const sigset_t *signals)
{
	const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	struct err e = { 0 };

	for (unsigned int n = 1;; n++) {
		int signal = sigtimedwait(signals, NULL, &tick);

		if (signal == SIGTERM || signal == SIGINT)
			return;
		if (signal == SIGHUP && server_reload(d->server, &e) != RC_OK)
			log_event(LOG_ERROR, "reload", "why=%s", e.msg);
		vault_child_watch(&d->vault);
		if (n % LAPSE_TICKS == 0)
			approving_lapse_all(&d->api.domain);
		if (n % PURGE_TICKS == 0)
			daemon_purge(d->db);
	}
}

enum rc
daemon_serve(const struct config *c, struct err *e)
{
	struct daemon d = { .config = c };
	sigset_t signals;
	int lock;
	enum rc rc;

	if ((rc = daemon_lock(c, &lock, e)) != RC_OK)
		return rc;
	(void)signal(SIGPIPE, SIG_IGN);
	/* Before the first thread: they inherit it, and only we listen. */
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	/* The vault's end: it is started again at once. */
	(void)sigaddset(&signals, SIGCHLD);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (c->allow_test_phones)
		log_event(LOG_WARN, "test-phones",
		    "accepted: they approve without a person");
	if (strcmp(c->identity, "mock") == 0)
		log_event(LOG_WARN, "identity",
		    "the identity check is a MOCK: it proves nobody's identity");
	if ((rc = daemon_start(&d, e)) == RC_OK) {
		printf("{\"app\":\"%s\",\"pc\":\"%s\",\"vault_pid\":%d}\n",
		    c->app_origin, c->pc_origin, (int)d.vault.pid);
		(void)fflush(stdout);
		log_event(LOG_INFO, "serving", "app=%s pc=%s", c->app_origin,
		    c->pc_origin);
		daemon_loop(&d, &signals);
		log_event(LOG_INFO, "stopping", "pid=%d", (int)getpid());
	}
	daemon_stop(&d);
	(void)close(lock);

	return rc;
}
