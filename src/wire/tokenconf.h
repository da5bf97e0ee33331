/*
 * tokenconf.h - see tokenconf.c.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum tokenconf_login {
	TOKENCONF_NUMBER, /* the phone shows a number; it is the PIN */
	TOKENCONF_PUSH,   /* C_Login waits for the phone */
};

/* What token.conf(5) says for one program. */
struct tokenconf {
	char server[256];
	char phone[32]; /* digits, or "" */
	char label[33]; /* UTF-8, at most 32 bytes */
	char login_name[16];
	char ask_at_name[16];
	enum tokenconf_login login;
	bool ask_at_session;
	bool notes;        /* module and helper may write to standard error */
	int push_least_ms; /* a login by push is not over sooner; built in */
};

/*
 * Presets, then the built-in preferences for the program (browsers), then
 * /etc/ingam/token.conf, then the user's; INGAM_TOKEN_CONF names a file that
 * is read instead of both. Last INGAM_SERVER, INGAM_PHONE and INGAM_LOGIN.
 * A program with more rights than its user reads no environment. A missing
 * file is fine. RC_FORMAT, RC_LIMIT, RC_ABSENT (no such option), RC_IO.
 */
IG_CHECK enum rc tokenconf_load(
    struct tokenconf *out, const char *program, struct err *e);

/*
 * One text on top of what out holds: [default] and [app.NAME] sections, the
 * latter for programs called NAME or NAME-anything. RC_FORMAT, RC_LIMIT,
 * RC_ABSENT.
 */
IG_CHECK enum rc tokenconf_read(struct tokenconf *out, const char *program,
    const char *text, size_t n, struct err *e);

/* The presets alone. */
IG_CHECK enum rc tokenconf_presets(
    struct tokenconf *out, const char *program, struct err *e);

/* Prints every value as it would stand in the file. */
void tokenconf_print(const struct tokenconf *c);

/*
 * The path of the certificate list that the helper leaves for the next start,
 * $XDG_DATA_HOME or ~/.local/share, then /ingam/token-cache. false: no home.
 */
bool tokenconf_cache_path(char *out, size_t size);

/* The bytes that say whose list it is: server and phone, with a zero between. */
size_t tokenconf_owner_text(const struct tokenconf *c, char out[static 320]);
