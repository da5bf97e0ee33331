/*
 * hometax.h - see hometax.c.
 */
#pragma once

#include "base/buf.h"
#include "base/sec.h"
#include "x509/certificate.h"

#define HOMETAX_MAX 32768 /* bytes of such an answer */

/* The fields that the site takes, out of JSON. */
struct hometax {
	struct certificate *certificate;
	struct buf log_sgnt;
	struct sec r; /* empty where there is no randomEnc */
};

/*
 * Makes out the JSON {"cert","logSgnt","randomEnc"} and a newline; random, in
 * base64, may be empty: then it has no randomEnc. RC_MEMORY.
 */
IG_CHECK enum rc hometax_write(const struct certificate *c,
    struct span log_sgnt, struct span random, struct sec *out, struct err *e);

/*
 * Reads it. out is zero before; hometax_clear() it, also after a failure.
 * RC_FORMAT, the field named; else as certificate_parse().
 */
IG_CHECK enum rc hometax_read(
    struct span json, struct hometax *out, struct err *e);
void hometax_clear(struct hometax *h);
