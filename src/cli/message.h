/*
 * message.h - see message.c.
 */
#pragma once

#include "cli/cert.h"
#include "cli/paper.h"

/* Is it standard output, and that a person's screen? */
bool message_is_shown(const char *out);

/*
 * A file of that name is there: asks whether it may be replaced, and notes a yes
 * as --replace does. CERT_DECLINED; CERT_OUT_EXISTS: nobody can be asked.
 */
enum cert_end message_replace(struct cert *c);

/*
 * May that be written, as far as shows before anything is asked? CERT_NO_OUT;
 * where a file is there without --replace, as message_replace().
 */
enum cert_end message_check(struct cert *c, const char *out);

/*
 * Writes what was made to out, or (NULL and "-") to standard output; a secret
 * file is its owner's alone. CERT_NO_OUT, CERT_OUT_EXISTS, CERT_NOT_WRITTEN.
 */
enum cert_end message_write(
    struct cert *c, const char *out, struct span bytes, bool secret);

/*
 * The same of a message in that form; with --json and no out it is "message",
 * in base64, of the answer. "bytes" is its size as DER.
 */
enum cert_end message_give(struct cert *c, const char *out,
    enum paper_form form, const char *label, struct span der);

/* That it was done, to a person whom a silent end would puzzle. */
void message_say(
    const struct cert *c, const char *out, struct person_text text);
