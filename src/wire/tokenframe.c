/*
 * tokenframe.c - the bytes between the PKCS#11 module and its helper.
 *
 * Belongs here: encode and parse of every frame, their limits.
 * Not here: sockets (pkcs11/helper.c, token/serve.c); what a frame leads to.
 */
#include "wire/tokenframe.h"

#include "base/text.h"

#include <string.h>

#define TOKENFRAME_FIELD_MAX 16384
#define TOKENFRAME_USABLE    1

size_t
tokenframe_hash_bytes(enum tokenframe_hash hash)
{
	switch (hash) {
	case TOKENFRAME_SHA256:
		return 32;
	case TOKENFRAME_SHA384:
		return 48;
	case TOKENFRAME_SHA512:
		return 64;
	}

	return 0;
}

void
tokenframe_hello(struct buf *out, struct span program)
{
	buf_u8(out, TOKENFRAME_HELLO);
	buf_u8(out, TOKENFRAME_VERSION);
	buf_lp16(out, program);
}

void
tokenframe_failed(struct buf *out, enum rc rc, uint8_t tries_left)
{
	buf_u8(out, TOKENFRAME_FAILED);
	buf_u8(out, (uint8_t)rc);
	buf_u8(out, tries_left);
}

void
tokenframe_signed(struct buf *out, struct span signature)
{
	buf_u8(out, TOKENFRAME_SIGNED);
	buf_lp16(out, signature);
}

void
tokenframe_sign(struct buf *out, const struct tokenframe_sign *s)
{
	buf_u8(out, TOKENFRAME_SIGN);
	buf_u32(out, s->wait_ms);
	buf_bytes(out, SPAN(s->certificate));
	buf_u8(out, (uint8_t)s->scheme);
	buf_u8(out, (uint8_t)s->hash);
	buf_u16(out, s->salt);
	buf_lp16(out, s->digest);
}

void
tokenframe_verify(struct buf *out, const struct tokenframe_verify *v)
{
	buf_u8(out, TOKENFRAME_VERIFY);
	buf_u8(out, (uint8_t)v->scheme);
	buf_u8(out, (uint8_t)v->hash);
	buf_u16(out, v->salt);
	buf_lp16(out, v->digest);
	buf_lp16(out, v->signature);
	buf_lp16(out, v->spki);
}

void
tokenframe_verified(struct buf *out, bool good)
{
	buf_u8(out, TOKENFRAME_VERIFIED);
	buf_u8(out, good ? 1 : 0);
}

void
tokenframe_logout(struct buf *out, uint32_t logouts)
{
	buf_u8(out, TOKENFRAME_LOGOUT);
	buf_u32(out, logouts);
}

void
tokenframe_login_head(struct buf *out, uint32_t wait_ms, uint32_t logouts,
    bool has_pin, size_t pin_bytes)
{
	buf_u8(out, TOKENFRAME_LOGIN);
	buf_u32(out, wait_ms);
	buf_u32(out, logouts);
	buf_u8(out, has_pin ? 1 : 0);
	buf_u16(out, (uint16_t)pin_bytes);
}

/* A reader behind the type byte; failed when the type is another one. */
static struct rd
tokenframe_open(struct span in, enum tokenframe_type type)
{
	struct rd r = rd_init(in);

	if (rd_u8(&r) != type)
		rd_fail(&r);

	return r;
}

static enum rc
tokenframe_close(struct rd *r, const char *what, struct err *e)
{
	return rd_done(r) ? RC_OK
			  : err_set(e, RC_FORMAT, what, "malformed frame");
}

static bool
tokenframe_bool(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		rd_fail(r);

	return v == 1;
}

static uint32_t
tokenframe_wait(struct rd *r)
{
	uint32_t wait_ms = rd_u32(r);

	if (wait_ms > TOKENFRAME_WAIT_MAX_MS)
		rd_fail(r);

	return wait_ms;
}

enum rc
tokenframe_hello_parse(
    struct span in, char program[TOKENFRAME_PROGRAM_MAX + 1], struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_HELLO);
	struct span name;

	if (rd_u8(&r) != TOKENFRAME_VERSION)
		rd_fail(&r);
	name = rd_lp16(&r, TOKENFRAME_PROGRAM_MAX);
	program[0] = '\0';
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, "hello", "malformed frame");
	text_sanitise(program, TOKENFRAME_PROGRAM_MAX + 1, name);

	return RC_OK;
}

enum rc
tokenframe_logout_parse(struct span in, uint32_t *logouts, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_LOGOUT);

	*logouts = rd_u32(&r);

	return tokenframe_close(&r, "logout", e);
}

enum rc
tokenframe_login_parse(
    struct span in, struct tokenframe_login *out, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_LOGIN);

	out->wait_ms = tokenframe_wait(&r);
	out->logouts = rd_u32(&r);
	out->has_pin = tokenframe_bool(&r);
	out->pin = rd_lp16(&r, TOKENFRAME_PIN_MAX);
	if (out->has_pin == (out->pin.n == 0))
		rd_fail(&r);

	return tokenframe_close(&r, "login", e);
}

/* What a signature is over, and how: the same in SIGN and VERIFY. */
static void
tokenframe_subject(struct rd *r, enum tokenframe_scheme *scheme,
    enum tokenframe_hash *hash, uint16_t *salt, struct span *digest)
{
	uint8_t s = rd_u8(r), h = rd_u8(r);

	*salt = rd_u16(r);
	*digest = rd_lp16(r, TOKENFRAME_DIGEST_MAX);
	if (s < TOKENFRAME_RSA_PKCS1 || s > TOKENFRAME_ECDSA ||
	    h < TOKENFRAME_SHA256 || h > TOKENFRAME_SHA512 ||
	    digest->n != tokenframe_hash_bytes((enum tokenframe_hash)h))
		rd_fail(r);
	*scheme = (enum tokenframe_scheme)s;
	*hash = (enum tokenframe_hash)h;
}

enum rc
tokenframe_sign_parse(
    struct span in, struct tokenframe_sign *out, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_SIGN);

	out->wait_ms = tokenframe_wait(&r);
	rd_copy(&r, out->certificate, sizeof(out->certificate));
	tokenframe_subject(
	    &r, &out->scheme, &out->hash, &out->salt, &out->digest);

	return tokenframe_close(&r, "sign", e);
}

enum rc
tokenframe_verify_parse(
    struct span in, struct tokenframe_verify *out, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_VERIFY);

	tokenframe_subject(
	    &r, &out->scheme, &out->hash, &out->salt, &out->digest);
	out->signature = rd_lp16(&r, TOKENFRAME_SIGNATURE_MAX);
	out->spki = rd_lp16(&r, TOKENFRAME_SPKI_MAX);

	return tokenframe_close(&r, "verify", e);
}

enum rc
tokenframe_verified_parse(struct span in, bool *good, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_VERIFIED);

	*good = tokenframe_bool(&r);

	return tokenframe_close(&r, "verified", e);
}

enum rc
tokenframe_failed_parse(
    struct span in, struct tokenframe_failed *out, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_FAILED);
	uint8_t rc = rd_u8(&r);

	out->tries_left = rd_u8(&r);
	if (rc == RC_OK || rc >= RC_COUNT)
		rd_fail(&r);
	out->rc = (enum rc)rc;

	return tokenframe_close(&r, "failed", e);
}

enum rc
tokenframe_signed_parse(struct span in, struct span *signature, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_SIGNED);

	*signature = rd_lp16(&r, TOKENFRAME_SIGNATURE_MAX);

	return tokenframe_close(&r, "signed", e);
}

void
tokenframe_list_begin(
    struct buf *out, const uint8_t owner[static 16], uint16_t count)
{
	buf_u8(out, TOKENFRAME_OBJECTS);
	buf_bytes(out, (struct span){ owner, 16 });
	buf_u16(out, count);
}

void
tokenframe_list_object(struct buf *out, const struct tokenframe_object *o)
{
	buf_bytes(out, SPAN(o->id));
	buf_u8(out, o->usable ? TOKENFRAME_USABLE : 0);
	buf_u8(out, (uint8_t)o->key);
	buf_bytes(out, SPAN(o->key_id));
	buf_lp16(out, o->label);
	buf_lp16(out, o->der);
	buf_lp16(out, o->subject);
	buf_lp16(out, o->issuer);
	buf_lp16(out, o->serial);
	buf_lp16(out, o->spki);
	buf_lp16(out, o->modulus);
	buf_lp16(out, o->exponent);
	buf_lp16(out, o->ec_params);
	buf_lp16(out, o->ec_point);
}

static void
tokenframe_object_read(struct rd *r, struct tokenframe_object *o)
{
	uint8_t flags, key;

	rd_copy(r, o->id, sizeof(o->id));
	flags = rd_u8(r);
	key = rd_u8(r);
	rd_copy(r, o->key_id, sizeof(o->key_id));
	o->label = rd_lp16(r, 255);
	o->der = rd_lp16(r, TOKENFRAME_FIELD_MAX);
	o->subject = rd_lp16(r, TOKENFRAME_FIELD_MAX);
	o->issuer = rd_lp16(r, TOKENFRAME_FIELD_MAX);
	o->serial = rd_lp16(r, 64);
	o->spki = rd_lp16(r, TOKENFRAME_FIELD_MAX);
	o->modulus = rd_lp16(r, TOKENFRAME_SIGNATURE_MAX);
	o->exponent = rd_lp16(r, TOKENFRAME_SIGNATURE_MAX);
	o->ec_params = rd_lp16(r, 64);
	o->ec_point = rd_lp16(r, 256);
	if (flags > TOKENFRAME_USABLE || key > TOKENFRAME_KEY_EC ||
	    o->der.n == 0)
		rd_fail(r);
	o->usable = flags == TOKENFRAME_USABLE;
	o->key = (enum tokenframe_key)key;
	if ((o->key == TOKENFRAME_KEY_RSA) != (o->modulus.n > 0) ||
	    (o->key == TOKENFRAME_KEY_RSA) != (o->exponent.n > 0) ||
	    (o->key == TOKENFRAME_KEY_EC) != (o->ec_params.n > 0) ||
	    (o->key == TOKENFRAME_KEY_EC) != (o->ec_point.n > 0))
		rd_fail(r);
	/* Key sizes are buffer sizes of the host later on. */
	if ((o->key == TOKENFRAME_KEY_RSA && o->modulus.n < 128) ||
	    (o->key == TOKENFRAME_KEY_EC && o->ec_point.n < 35) ||
	    !text_is_utf8(o->label))
		rd_fail(r);
}

enum rc
tokenframe_list_parse(struct span in, const uint8_t *owner,
    struct tokenframe_object *out, size_t max, size_t *n, struct err *e)
{
	struct rd r = tokenframe_open(in, TOKENFRAME_OBJECTS);
	uint8_t whose[16];
	uint16_t count;

	*n = 0;
	rd_copy(&r, whose, sizeof(whose));
	count = rd_u16(&r);
	if (count > TOKENFRAME_OBJECTS_MAX || count > max)
		rd_fail(&r);
	for (size_t i = 0; i < count && !r.failed; i++)
		tokenframe_object_read(&r, &out[i]);
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, "objects", "malformed list");
	if (owner != NULL && memcmp(owner, whose, sizeof(whose)) != 0)
		return err_set(e, RC_ABSENT, "objects", "somebody else's list");
	*n = count;

	return RC_OK;
}
