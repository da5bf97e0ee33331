/*
 * tokenconf.c - the settings of the PKCS#11 token for one program.
 *
 * Belongs here: the table of options, where they come from, what browsers get.
 * Not here: the syntax of the file (base/conf.c).
 */
#include "wire/tokenconf.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/file.h"
#include "base/text.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define TOKENCONF_SYSTEM "/etc/ingam/token.conf"

#define AT(field)        offsetof(struct tokenconf, field)

static const struct conf_option tokenconf_options[] = {
	{ "server", CONF_TEXT, AT(server), 256, 0, 0, "http://localhost:8701",
	    "Address of the Ingam service." },
	{ "phone", CONF_TEXT, AT(phone), 32, 0, 0, "",
	    "Phone number of the member; asked in a dialog when empty." },
	{ "label", CONF_TEXT, AT(label), 33, 0, 0, "Ingam",
	    "Name of the token, at most 32 bytes." },
	{ "login", CONF_TEXT, AT(login_name), 16, 0, 0, "number",
	    "number: the phone shows a PIN; push: the phone asks." },
	{ "ask-at", CONF_TEXT, AT(ask_at_name), 16, 0, 0, "session",
	    "When the phone is told first: session or login." },
	{ "stderr", CONF_BOOL, AT(notes), 0, 0, 0, "yes",
	    "Say on the program's standard error why the token fails." },
};
#define TOKENCONF_COUNT \
	(sizeof(tokenconf_options) / sizeof(tokenconf_options[0]))

/*
 * Browsers open sessions at every start, so that a session says nothing; and
 * Firefox stands still while its PIN box is open. pdfsig asks nobody for a PIN,
 * ssh-add before ssh-agent's helper opens the token.
 *
 * While a push is waited for, Firefox and Thunderbird open a window, which a
 * login that is over before it is there leaves open for good: with a service
 * that cannot be reached, or an approval that still lives.
 */
#define TOKENCONF_WINDOW_MS 1500
static const struct {
	const char *program, *login, *ask_at;
	int push_least_ms;
} tokenconf_known[] = {
	{ "firefox", "push", "login", TOKENCONF_WINDOW_MS },
	{ "thunderbird", "push", "login", TOKENCONF_WINDOW_MS },
	{ "chromium", "number", "login", 0 },
	{ "chrome", "number", "login", 0 },
	{ "msedge", "number", "login", 0 },
	{ "brave", "number", "login", 0 },
	{ "opera", "number", "login", 0 },
	{ "vivaldi", "number", "login", 0 },
	{ "pdfsig", "push", "login", 0 },
	{ "ssh-pkcs11-helper", "push", "login", 0 },
};

struct tokenconf_pass {
	struct tokenconf *out;
	const char *program;
	bool app; /* this pass takes [app.NAME], else [default] */
};

/* firefox is firefox, firefox-esr and firefox-bin. */
static bool
tokenconf_is_program(const char *program, struct span name)
{
	return name.n > 0 &&
	    strncmp(program, (const char *)name.p, name.n) == 0 &&
	    (program[name.n] == '\0' || program[name.n] == '-');
}

/* Without TLS only to this very machine: the PIN goes over this line. */
static bool
tokenconf_is_server(const char *server)
{
	static const char *const here[] = { "http://localhost",
		"http://127.0.0.1", "http://[::1]" };

	if (strncmp(server, "https://", 8) == 0)
		return server[8] != '\0';
	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
		size_t n = strlen(here[i]);

		if (strncmp(server, here[i], n) == 0 &&
		    (server[n] == '\0' || server[n] == ':' || server[n] == '/'))
			return true;
	}

	return false;
}

static enum rc
tokenconf_check(struct tokenconf *c, struct err *e)
{
	if (strcmp(c->login_name, "number") == 0)
		c->login = TOKENCONF_NUMBER;
	else if (strcmp(c->login_name, "push") == 0)
		c->login = TOKENCONF_PUSH;
	else
		return err_set(e, RC_FORMAT, "login", "not number or push");
	if (strcmp(c->ask_at_name, "session") != 0 &&
	    strcmp(c->ask_at_name, "login") != 0)
		return err_set(e, RC_FORMAT, "ask-at", "not session or login");
	c->ask_at_session = c->ask_at_name[0] == 's';
	if (c->phone[0] != '\0' &&
	    !text_digits(span_str(c->phone), c->phone, sizeof(c->phone)))
		return err_set(e, RC_FORMAT, "phone", "not digits only");
	if (c->label[0] == '\0' || !text_is_display(span_str(c->label), 32))
		return err_set(
		    e, RC_FORMAT, "label", "not 1 to 32 bytes of text");
	if (!tokenconf_is_server(c->server))
		return err_set(e, RC_FORMAT, "server", "not https://");

	return RC_OK;
}

static enum rc
tokenconf_line(void *arg, struct span section, struct span name,
    struct span value, struct err *e)
{
	struct tokenconf_pass *pass = arg;
	struct tokenconf scratch;
	struct span app = section;
	bool is_app = section.n > 4 && memcmp(section.p, "app.", 4) == 0;

	if (!is_app && !span_equal(section, SPAN_LIT("default")))
		return err_set(e, RC_ABSENT, NULL, "no such section");
	if (is_app) {
		app.p += 4;
		app.n -= 4;
	}
	/* Lines of other programs must be right as well. */
	if (is_app != pass->app ||
	    (is_app && !tokenconf_is_program(pass->program, app)))
		return conf_set(tokenconf_options, TOKENCONF_COUNT, &scratch,
		    name, value, e);

	return conf_set(
	    tokenconf_options, TOKENCONF_COUNT, pass->out, name, value, e);
}

enum rc
tokenconf_read(struct tokenconf *out, const char *program, const char *text,
    size_t n, struct err *e)
{
	struct tokenconf_pass pass = { out, program, false };
	struct span s = { (const uint8_t *)text, n };
	enum rc rc;

	if ((rc = conf_parse(s, tokenconf_line, &pass, e)) != RC_OK)
		return rc;
	pass.app = true;
	if ((rc = conf_parse(s, tokenconf_line, &pass, e)) != RC_OK)
		return rc;

	return tokenconf_check(out, e);
}

enum rc
tokenconf_presets(struct tokenconf *out, const char *program, struct err *e)
{
	enum rc rc;

	memset(out, 0, sizeof(*out));
	rc = conf_presets(tokenconf_options, TOKENCONF_COUNT, out, e);
	for (size_t i = 0; rc == RC_OK &&
	     i < sizeof(tokenconf_known) / sizeof(tokenconf_known[0]);
	     i++)
		if (tokenconf_is_program(
			program, span_str(tokenconf_known[i].program))) {
			(void)snprintf(out->login_name, sizeof(out->login_name),
			    "%s", tokenconf_known[i].login);
			(void)snprintf(out->ask_at_name,
			    sizeof(out->ask_at_name), "%s",
			    tokenconf_known[i].ask_at);
			out->push_least_ms = tokenconf_known[i].push_least_ms;
		}

	return rc == RC_OK ? tokenconf_check(out, e) : rc;
}

static enum rc
tokenconf_file(
    struct tokenconf *out, const char *program, const char *path, struct err *e)
{
	struct buf text = buf_init(CONF_FILE_MAX);
	enum rc rc = file_read(path, &text, e);

	if (rc == RC_ABSENT) {
		err_clear(e);
		rc = RC_OK;
	} else if (rc == RC_OK) {
		rc = tokenconf_read(
		    out, program, (const char *)text.p, text.n, e);
	}
	buf_clear(&text);

	return rc;
}

static enum rc
tokenconf_environment(struct tokenconf *out, struct err *e)
{
	static const struct {
		const char *variable, *option;
	} rows[] = {
		{ "INGAM_SERVER", "server" },
		{ "INGAM_PHONE", "phone" },
		{ "INGAM_LOGIN", "login" },
	};
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		const char *v = secure_getenv(rows[i].variable);

		if (v != NULL)
			rc = conf_set(tokenconf_options, TOKENCONF_COUNT, out,
			    span_str(rows[i].option), span_str(v), e);
	}

	return rc == RC_OK ? tokenconf_check(out, e) : rc;
}

/* $variable/tail, or ~/preset/tail. */
static bool
tokenconf_home(char *out, size_t size, const char *variable, const char *preset,
    const char *tail)
{
	const char *base = secure_getenv(variable);
	const char *home = secure_getenv("HOME");
	int n;

	if (base != NULL && base[0] == '/')
		n = snprintf(out, size, "%s/%s", base, tail);
	else if (home != NULL && home[0] == '/')
		n = snprintf(out, size, "%s/%s/%s", home, preset, tail);
	else
		return false;

	return n > 0 && (size_t)n < size;
}

enum rc
tokenconf_load(struct tokenconf *out, const char *program, struct err *e)
{
	const char *only = secure_getenv("INGAM_TOKEN_CONF");
	char path[1024];
	enum rc rc;

	if ((rc = tokenconf_presets(out, program, e)) != RC_OK)
		return rc;
	if (only != NULL) {
		rc = tokenconf_file(out, program, only, e);
	} else {
		rc = tokenconf_file(out, program, TOKENCONF_SYSTEM, e);
		if (rc == RC_OK &&
		    tokenconf_home(path, sizeof(path), "XDG_CONFIG_HOME",
			".config", "ingam/token.conf"))
			rc = tokenconf_file(out, program, path, e);
	}

	return rc == RC_OK ? tokenconf_environment(out, e) : rc;
}

void
tokenconf_print(const struct tokenconf *c)
{
	char value[CONF_VALUE_MAX];

	for (size_t i = 0; i < TOKENCONF_COUNT; i++) {
		conf_show(&tokenconf_options[i], c, value, sizeof(value));
		(void)printf("%s = %s\n", tokenconf_options[i].name, value);
	}
}

bool
tokenconf_cache_path(char *out, size_t size)
{
	return tokenconf_home(
	    out, size, "XDG_DATA_HOME", ".local/share", "ingam/token-cache");
}

size_t
tokenconf_owner_text(const struct tokenconf *c, char out[static 320])
{
	int n = snprintf(out, 320, "%s%c%s", c->server, 0, c->phone);

	return (size_t)n;
}
