/*
 * cert_password.h - see cert_password.c.
 */
#pragma once

#include "cli/cert.h"
#include "npki/pbe.h"

/* ingam cert check-password: does the password open every key file? */
enum cert_end cert_password_check(struct cert *c);

/* ingam cert change-password: the key files under another one. */
enum cert_end cert_password_change(struct cert *c);

/*
 * Chooses a certificate with whole key files, as far as shows without their
 * password: as cert_choose(), cert_read(); CERT_NO_KEY, CERT_MALFORMED.
 */
enum cert_end cert_password_choose(struct cert *c);

/* The same for who needs nothing but signPri.key. */
enum cert_end cert_password_choose_sign(struct cert *c);

/* Asks for the password of the one that was chosen: as cert_ask(). */
enum cert_end cert_password_type(struct cert *c, struct sec *password);

/*
 * Asks for the password of the one that was chosen, and tries it on both key
 * files: as cert_ask(); CERT_PASSWORD and those of one key, CERT_OTHER_KEY.
 */
enum cert_end cert_password_ask(struct cert *c, struct sec *password);

/*
 * Opens one of its key files, as keyfile_open(); key stays empty where there is
 * no such file. RC_STATE: the password is right, and it is the key of another
 * certificate, as far as that shows without opening (RSA).
 */
IG_CHECK enum rc cert_password_open(struct cert *c, enum folder_file file,
    struct span password, struct sec *key);

/*
 * Has a key (a PrivateKeyInfo) that goes elsewhere no R for the VID of its
 * certificate? Then that is noted in the answer, as "without_r".
 */
bool cert_password_note_r(struct cert *c, struct span key);

/* Says the same to a person; with --json nothing is said. */
void cert_password_say_r(const struct cert *c, struct span key);

/* Gives that end, and says in c->err of which file it is. */
enum cert_end cert_password_of(
    struct cert *c, enum folder_file file, enum cert_end end);

/* The forms of a key file, each by its number; NULL after the last. */
const char *cert_password_form(size_t i);

/*
 * Asks for a new password, twice on a terminal, and holds it against the rules:
 * CERT_DIFFER, CERT_RULES (each broken one is told), CERT_SAME where it is old,
 * which is empty where there is none, or as cert_ask().
 */
enum cert_end cert_password_new(
    struct cert *c, struct span old, struct sec *out);
