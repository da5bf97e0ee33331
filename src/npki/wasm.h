/*
 * wasm.h - what the files behind JavaScript's questions share; see wasm.c.
 */
#pragma once

#include "npki/certview.h"
#include "npki/pbeput.h"

#define WASM_PARTS 5  /* of a question, at most */
#define WASM_TEXT  32 /* bytes of a name in a question, and a zero */

/* Where an answer in JSON is written before it is given. */
extern char wasm_json[CERTVIEW_JSON];

/*
 * Parts behind their lengths, at most max of them; they are borrowed from in.
 * RC_LIMIT: there are more. RC_BUG: one is cut off.
 */
IG_CHECK enum rc wasm_list(
    struct span in, struct span *parts, size_t max, size_t *n, struct err *e);

/* A part as text; "" where it is longer than any name. */
void wasm_text(struct span part, char out[WASM_TEXT]);

/* One more part of the answer, copied. RC_BUG: no room. */
IG_CHECK enum rc wasm_give(struct span part, struct err *e);

/* The n bytes of wasm_json as one more part. RC_BUG: n is 0, it did not fit. */
IG_CHECK enum rc wasm_give_json(size_t n, struct err *e);

/*
 * The modulus that the key of this certificate must have, borrowed from it;
 * none without a certificate (no bytes) or for another kind of key.
 */
IG_CHECK enum rc wasm_key_modulus(
    struct span certificate, struct span *modulus, struct err *e);

/*
 * The form of key file with this name; no name leaves it as it is.
 * RC_UNKNOWN: there is none.
 */
IG_CHECK enum rc wasm_key_form(
    struct span name, enum pbe_form *form, struct err *e);

/* RC_POLICY: a password that may not be set; says the first rule it breaks. */
IG_CHECK enum rc wasm_password_check(struct span password, struct err *e);

/* Those that answer: each gets as many parts as its row says. */
#define QUESTION(function, name, count) \
	IG_CHECK enum rc function(const struct span *parts, struct err *e);
#include "npki/wasm.def"
#undef QUESTION
