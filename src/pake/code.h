/*
 * code.h - see code.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

/* channel ‖ 7 secret digits ‖ check digit (ISO/IEC 7064 MOD 11,10). */
enum code_kind {
	CODE_TRANSFER, /* 12: 4 + 7 + 1, shown 4-4-4 */
	CODE_IMPORT,   /* 13: 5 + 7 + 1, shown 5-4-4 */
};

#define CODE_TEXT_SIZE 18 /* longest text with its hyphens and zero */

/* A code; a secret while it lives, wiped by code_wipe(). */
struct code {
	enum code_kind kind;
	char digits[14];
};

#define CODE_WIPED __attribute__((__cleanup__(code_wipe)))

/* Draws a code for a channel. RC_FORMAT unless channel is its digits. */
IG_CHECK enum rc code_new(
    enum code_kind kind, struct span channel, struct code *out, struct err *e);

/*
 * Reads what a person typed: digits, with spaces and hyphens anywhere (ASCII).
 * RC_FORMAT: other characters or another length. RC_SECRET: the check digit is
 * wrong, a slip of the finger; nothing has been sent yet.
 */
IG_CHECK enum rc code_parse(
    enum code_kind kind, struct span text, struct code *out, struct err *e);

/* Writes it as people read it: groups with hyphens. */
void code_format(const struct code *c, char out[static CODE_TEXT_SIZE]);

/* All digits (CPace's PRS), and those that are the channel; borrowed. */
struct span code_digits(const struct code *c);
struct span code_channel(const struct code *c);

void code_wipe(struct code *c);
