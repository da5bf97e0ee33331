/*
 * enc.h - see enc.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Appends in's lower-case hex. */
void enc_hex(struct buf *out, struct span in);

/* What a hex digit in either case is worth; -1 for what is none. */
int enc_hex_digit(uint8_t c);

/* Appends in's base64 with padding (RFC 4648 section 4). */
void enc_base64(struct buf *out, struct span in);

/* Appends in's base64url without padding (RFC 4648 section 5). */
void enc_base64url(struct buf *out, struct span in);

/*
 * The other way. Strict: no white space, no foreign character, no missing or
 * needless padding, unused bits zero. RC_FORMAT, RC_LIMIT (out's ceiling) or
 * RC_MEMORY; on failure out is as long as before.
 */
IG_CHECK enum rc enc_hex_parse(struct buf *out, struct span in, struct err *e);
IG_CHECK enum rc enc_base64_parse(
    struct buf *out, struct span in, struct err *e);
IG_CHECK enum rc enc_base64url_parse(
    struct buf *out, struct span in, struct err *e);
