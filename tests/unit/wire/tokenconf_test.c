/* tokenconf_test.c - token.conf(5) for one program. */
#include "tap.h"
#include "wire/tokenconf.h"

#include <string.h>

#define PUSH   TOKENCONF_PUSH
#define NUMBER TOKENCONF_NUMBER

static const struct {
	const char *what, *program, *text;
	enum rc rc;
	enum tokenconf_login login;
	bool at_session;
	const char *phone;
} rows[] = {
	{ "nothing said", "ssh", "", RC_OK, NUMBER, true, "" },
	{ "Firefox by itself", "firefox-esr", "", RC_OK, PUSH, false, "" },
	{ "Chromium by itself", "chromium", "", RC_OK, NUMBER, false, "" },
	{ "pdfsig by itself", "pdfsig", "", RC_OK, PUSH, false, "" },
	{ "ssh-agent's helper by itself", "ssh-pkcs11-helper", "", RC_OK, PUSH,
	    false, "" },
	{ "not every name that begins so", "firefoxes", "", RC_OK, NUMBER, true,
	    "" },
	{ "default", "ssh", "[default]\nlogin = push\nphone = 01012345678\n",
	    RC_OK, PUSH, true, "01012345678" },
	{ "default also for browsers", "firefox", "[default]\nlogin = number\n",
	    RC_OK, NUMBER, false, "" },
	{ "the program's own wins, wherever it stands", "ssh-add",
	    "[app.ssh]\nlogin = push\n[default]\nlogin = number\n", RC_OK, PUSH,
	    true, "" },
	{ "another program's is passed over", "ssh",
	    "[app.curl]\nlogin = push\n", RC_OK, NUMBER, true, "" },
	{ "another program's must be right", "ssh", "[app.curl]\ncolour = 1\n",
	    RC_ABSENT, NUMBER, true, "" },
	{ "ask-at", "ssh", "[default]\nask-at = login\n", RC_OK, NUMBER, false,
	    "" },
	{ "unknown login", "ssh", "[default]\nlogin = shout\n", RC_FORMAT,
	    NUMBER, true, "" },
	{ "unknown section", "ssh", "[defaults]\n\nlogin = push\n", RC_ABSENT,
	    NUMBER, true, "" },
	{ "no section", "ssh", "login = push\n", RC_ABSENT, NUMBER, true, "" },
	{ "phone with letters", "ssh", "[default]\nphone = 010x1\n", RC_FORMAT,
	    NUMBER, true, "" },
	{ "phone of hyphens", "ssh", "[default]\nphone = -\n", RC_FORMAT,
	    NUMBER, true, "" },
	{ "phone as people write it", "ssh",
	    "[default]\nphone = 010-1234 5678\n", RC_OK, NUMBER, true,
	    "01012345678" },
	{ "label of 33 bytes", "ssh",
	    "[default]\nlabel = 012345678901234567890123456789012\n", RC_LIMIT,
	    NUMBER, true, "" },
	{ "no label", "ssh", "[default]\nlabel =\n", RC_FORMAT, NUMBER, true,
	    "" },
	{ "TLS", "ssh", "[default]\nserver = https://a.example\n", RC_OK,
	    NUMBER, true, "" },
	{ "no TLS to elsewhere", "ssh",
	    "[default]\nserver = http://a.example\n", RC_FORMAT, NUMBER, true,
	    "" },
	{ "no TLS to a name that only begins like here", "ssh",
	    "[default]\nserver = http://localhost.example\n", RC_FORMAT, NUMBER,
	    true, "" },
	{ "no TLS to here", "ssh", "[default]\nserver = http://[::1]:8701\n",
	    RC_OK, NUMBER, true, "" },
	{ "not a web address", "ssh", "[default]\nserver = ftp://a\n",
	    RC_FORMAT, NUMBER, true, "" },
};

int
main(void)
{
	struct tokenconf c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum rc rc = tokenconf_presets(&c, rows[i].program, NULL);

		if (rc == RC_OK)
			rc = tokenconf_read(&c, rows[i].program, rows[i].text,
			    strlen(rows[i].text), NULL);
		ok(rc == rows[i].rc &&
			(rc != RC_OK ||
			    (c.login == rows[i].login &&
				c.ask_at_session == rows[i].at_session &&
				strcmp(c.phone, rows[i].phone) == 0)),
		    "%s", rows[i].what);
	}
	ok(tokenconf_presets(&c, "firefox-esr", NULL) == RC_OK &&
		c.push_least_ms == 1500 &&
		tokenconf_presets(&c, "ssh", NULL) == RC_OK &&
		c.push_least_ms == 0,
	    "a login by push is not over before Firefox's window is there");
	(void)setenv("INGAM_TOKEN_CONF", "/nonexistent", 1);
	(void)setenv("INGAM_PHONE", "01099998888", 1);
	(void)setenv("INGAM_LOGIN", "push", 1);
	ok(tokenconf_load(&c, "ssh", NULL) == RC_OK && c.login == PUSH &&
		strcmp(c.phone, "01099998888") == 0,
	    "the environment comes last");
	(void)setenv("INGAM_LOGIN", "shout", 1);
	ok(tokenconf_load(&c, "ssh", NULL) == RC_FORMAT,
	    "the environment must be right as well");

	return tap_done();
}
