/*
 * config.c - the options of ingamd: one row each.
 *
 * Belongs here: names, types, ranges, presets, one sentence of help.
 * Not here: the syntax of the file (base/conf.c); what the values do.
 */
#include "daemon/config.h"

#include "base/buf.h"
#include "base/file.h"

#include <stdio.h>

#define AT(field) offsetof(struct config, field)
#define TEXT(name, field, preset, help)                                     \
	{                                                                   \
		name, CONF_TEXT, AT(field),                                 \
		    sizeof(((struct config *)0)->field), 0, 0, preset, help \
	}
#define FLAG(name, field, preset, help)                           \
	{                                                         \
		name, CONF_BOOL, AT(field), 0, 0, 0, preset, help \
	}
#define COUNT(name, field, least, most, preset, help)                    \
	{                                                                \
		name, CONF_UINT, AT(field), 0, least, most, preset, help \
	}
#define LIFE(name, field, least, most, preset, help)                        \
	{                                                                   \
		name, CONF_SECONDS, AT(field), 0, least, most, preset, help \
	}

/* clang-format off */
const struct conf_option config_options[] = {
	TEXT("name", name, "Ingam", "What the service is called on screens."),
	TEXT("bind", bind, "127.0.0.1", "Address to listen on."),
	COUNT("port-base", port_base, 1, 65530, "8700", "First port: the app; the next one is for PCs."),
	TEXT("app-origin", app_origin, "", "Public origin of the phone app; empty: http://localhost and the port."),
	TEXT("pc-origin", pc_origin, "", "Public origin of the PC pages and programs; empty: as above."),
	TEXT("rp-id", rp_id, "", "WebAuthn relying party id; empty: the host of app-origin. Never change it later."),
	TEXT("data", data, "/var/lib/ingam", "Folder of the database, the vault's journal and keys."),
	TEXT("web", web, INGAM_WEB, "Folder of the pages."),
	TEXT("database", database, "", "SQLite file; empty: ingam.db in the data folder."),
	TEXT("tls-certificate", tls_certificate, "", "PEM chain, where there is no proxy in front of ingamd."),
	TEXT("tls-key", tls_key, "", "PEM key of tls-certificate."),
	FLAG("trusted-proxy", trusted_proxy, "no", "Take the client's address from X-Forwarded-For."),
	TEXT("vault-program", vault_program, INGAM_VAULT, "Program that vault-start starts."),
	TEXT("vault-socket", vault_socket, "", "The vault's socket; empty: vault.sock in the data folder."),
	FLAG("vault-start", vault_start, "yes", "Start the vault and start it again when it ends."),
	FLAG("vault-weak-sandbox", vault_weak_sandbox, "no", "Let the vault run where the kernel lacks a part of its sandbox."),
	LIFE("vault-open-key", open_key_ms, 0, 3600, "60s", "How long the vault keeps a key open after its last signature."),
	TEXT("identity", identity, "portone", "Identity check: portone, or mock for trials."),
	TEXT("identity-url", identity_url, "https://api.portone.io", "Where the identity provider answers."),
	TEXT("identity-secret", identity_secret, "", "File with the provider's API secret."),
	TEXT("identity-channel", identity_channel, "", "The provider's channel key."),
	TEXT("push-subject", push_subject, "mailto:operator@localhost", "Contact given to push services (RFC 8292)."),
	TEXT("push-extra-origin", push_extra_origin, "", "One push origin besides the known services."),
	FLAG("allow-test-phones", allow_test_phones, "no", "Accept ingam-phone, which approves without a person."),
	COUNT("workers", workers, 1, 64, "16", "Threads that answer requests."),
	COUNT("connections", connections, 16, 1000000, "16384", "Connections at once, of each origin."),
	COUNT("connections-per-address", connections_per_address, 1, 1000000, "256", "Of those, from one address."),
	COUNT("address-burst", address_burst, 1, 1000000, "20", "What a stranger may ask at once, from one address."),
	COUNT("address-per-minute", address_per_minute, 1, 1000000, "60", "And then in each minute."),
	COUNT("token-count", token_count, 1, 1000, "10", "Signatures that one approval at login covers."),
	LIFE("token-life", token_life_ms, 1, 3600, "60s", "How long that approval lasts."),
	LIFE("request-life", request_life_ms, 30, 600, "3m", "How long a request waits for the phone."),
	LIFE("transfer-life", transfer_life_ms, 60, 900, "5m", "How long an approval number lives."),
	LIFE("session-life", session_life_ms, 300, 31536000, "90d", "How long the app stays signed in unused."),
	COUNT("request-hour-limit", request_hour_limit, 1, 100000, "10", "Requests by phone number an hour and account."),
	COUNT("request-day-limit", request_day_limit, 1, 1000000, "20", "Requests by phone number a day and account."),
	COUNT("wrong-code-hour-limit", wrong_code_hour_limit, 1, 1000000, "300", "Wrong identity codes an hour, of everybody."),
	COUNT("wrong-pin-hour-limit", wrong_pin_hour_limit, 1, 1000000, "300", "Wrong token PINs an hour, from where members never were."),
	COUNT("transfer-hour-limit", transfer_hour_limit, 1, 1000000, "1500", "Registrations from a PC an hour, of everybody."),
	COUNT("certificate-limit", certificate_limit, 1, 10000, "20", "Certificates that a member may keep."),
	LIFE("expiring", expiring_ms, 86400, 31536000, "30d", "How long before its end a certificate is shown as expiring."),
	TEXT("log", log, "info", "debug, info, warn or error."),
};
/* clang-format on */
const size_t config_option_count =
    sizeof(config_options) / sizeof(config_options[0]);

static enum rc
config_line(void *arg, struct span section, struct span name, struct span value,
    struct err *e)
{
	if (section.n > 0)
		return err_set(e, RC_FORMAT, NULL, "sections have no use here");

	return conf_set(
	    config_options, config_option_count, arg, name, value, e);
}

static enum rc
config_file(struct config *c, const char *path, struct err *e)
{
	struct buf text = buf_init(CONF_FILE_MAX);
	enum rc rc = file_read(path, &text, e);

	if (rc == RC_OK)
		rc = conf_parse(buf_span(&text), config_line, c, e);
	buf_clear(&text);

	return rc;
}

enum rc
config_load(struct config *c, const char *path, const char *const *settings,
    size_t n, const char **where, struct err *e)
{
	enum rc rc = conf_presets(config_options, config_option_count, c, e);

	*where = NULL;
	if (rc == RC_OK && path != NULL) {
		*where = path;
		rc = config_file(c, path, e);
	}
	for (size_t i = 0; rc == RC_OK && i < n; i++) {
		*where = settings[i];
		rc = conf_setting(span_str(settings[i]), config_line, c, e);
	}
	if (rc != RC_OK)
		return rc;
	*where = NULL;
	rc = config_complete(c, e);
	for (size_t i = 0; rc != RC_OK && i < n; i++) {
		size_t length = strlen(e->field);

		if (length > 0 && strncmp(settings[i], e->field, length) == 0 &&
		    settings[i][length] == '=')
			*where = settings[i];
	}

	return rc;
}

/* Fills an empty value with head and tail. */
static enum rc
config_default(
    char *out, size_t size, const char *head, const char *tail, struct err *e)
{
	int n;

	if (out[0] != '\0')
		return RC_OK;
	n = snprintf(out, size, "%s%s", head, tail);

	return n < 0 || (size_t)n >= size
	    ? err_set(e, RC_LIMIT, NULL, "configured path too long")
	    : RC_OK;
}

/* The host of an origin: between "://" and the port or the end. */
static void
config_host(char *out, size_t size, const char *origin)
{
	const char *p = strstr(origin, "://");
	size_t n;

	p = p == NULL ? origin : p + 3;
	n = strcspn(p, ":/");
	(void)snprintf(out, size, "%.*s", (int)n, p);
}

/*
 * As browsers write an origin (RFC 6454 6.2), for it is compared with what they
 * send: small letters, nothing after the port. A name, as passkeys want it.
 */
static enum rc
config_origin(const char *value, const char *option, struct err *e)
{
	const char *p = strncmp(value, "https://", 8) == 0 ? value + 8
	    : strncmp(value, "http://", 7) == 0            ? value + 7
							   : NULL;
	size_t host, port;

	if (p != NULL) {
		host = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789.-");
		p += host;
		port = p[0] == ':' ? strspn(p + 1, "0123456789") : 0;
		if (host > 0 &&
		    (p[0] == '\0' ||
			(port > 0 && port < 6 && p[1 + port] == '\0')))
			return RC_OK;
	}

	return err_set(e, RC_FORMAT, option,
	    "not an origin such as https://app.example.org");
}

/* A passkey's domain is the app's host or one above it (WebAuthn 5.1.3). */
static enum rc
config_rp_id(const struct config *c, struct err *e)
{
	char host[sizeof(c->app_origin)];
	size_t n = strlen(c->rp_id), of;

	config_host(host, sizeof(host), c->app_origin);
	of = strlen(host);
	if (n <= of && strcmp(host + of - n, c->rp_id) == 0 &&
	    (n == of || host[of - n - 1] == '.'))
		return RC_OK;

	return err_set(e, RC_FORMAT, "rp-id",
	    "neither the host of app-origin nor a domain above it");
}

enum rc
config_complete(struct config *c, struct err *e)
{
	const char *host = c->tls_certificate[0] == '\0' ? "http://localhost:"
							 : "https://localhost:";
	char app[8], pc[8];
	enum rc rc;

	(void)snprintf(app, sizeof(app), "%u", (unsigned int)c->port_base);
	(void)snprintf(pc, sizeof(pc), "%u", (unsigned int)c->port_base + 1);
	if ((rc = config_default(c->app_origin, sizeof(c->app_origin), host,
		 app, e)) != RC_OK ||
	    (rc = config_default(
		 c->pc_origin, sizeof(c->pc_origin), host, pc, e)) != RC_OK ||
	    (rc = config_default(c->database, sizeof(c->database), c->data,
		 "/ingam.db", e)) != RC_OK ||
	    (rc = config_default(c->vault_socket, sizeof(c->vault_socket),
		 c->data, "/vault.sock", e)) != RC_OK)
		return rc;
	if (c->rp_id[0] == '\0')
		config_host(c->rp_id, sizeof(c->rp_id), c->app_origin);
	if ((rc = config_origin(c->app_origin, "app-origin", e)) != RC_OK ||
	    (rc = config_origin(c->pc_origin, "pc-origin", e)) != RC_OK ||
	    (rc = config_rp_id(c, e)) != RC_OK)
		return rc;
	if (strcmp(c->identity, "mock") != 0 &&
	    strcmp(c->identity, "portone") != 0)
		return err_set(e, RC_FORMAT, "identity", "not portone or mock");

	return log_level_of(c->log, &c->level)
	    ? RC_OK
	    : err_set(e, RC_FORMAT, "log", "not debug, info, warn or error");
}

void
config_print(const struct config *c)
{
	char value[CONF_VALUE_MAX];

	for (size_t i = 0; i < config_option_count; i++) {
		conf_show(&config_options[i], c, value, sizeof(value));
		printf("# %s\n%s = %s\n", config_options[i].help,
		    config_options[i].name, value);
	}
}
