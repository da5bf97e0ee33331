/*
 * frame.c - the bytes between the PKCS#11 module and its helper.
 *
 * Belongs here: encode and parse of every frame, their limits.
 * Not here: sockets (pkcs11/helper.c, token/serve.c); what a frame leads to.
 */
#include "wire/frame.h"

#include "base/text.h"

#include <string.h>

#define FRAME_FIELD_MAX 16384
#define FRAME_USABLE    1

size_t
frame_hash_bytes(enum frame_hash hash)
{
	switch (hash) {
	case FRAME_SHA256:
		return 32;
	case FRAME_SHA384:
		return 48;
	case FRAME_SHA512:
		return 64;
	}

	return 0;
}

void
frame_hello(struct buf *out, struct span program)
{
	buf_u8(out, FRAME_HELLO);
	buf_u8(out, FRAME_VERSION);
	buf_lp16(out, program);
}

void
frame_failed(struct buf *out, enum rc rc, uint8_t tries_left)
{
	buf_u8(out, FRAME_FAILED);
	buf_u8(out, (uint8_t)rc);
	buf_u8(out, tries_left);
}

void
frame_signed(struct buf *out, struct span signature)
{
	buf_u8(out, FRAME_SIGNED);
	buf_lp16(out, signature);
}

void
frame_sign(struct buf *out, const struct frame_sign *s)
{
	buf_u8(out, FRAME_SIGN);
	buf_u32(out, s->wait_ms);
	buf_bytes(out, SPAN(s->certificate));
	buf_u8(out, (uint8_t)s->scheme);
	buf_u8(out, (uint8_t)s->hash);
	buf_u16(out, s->salt);
	buf_lp16(out, s->digest);
}

void
frame_login_head(
    struct buf *out, uint32_t wait_ms, bool has_pin, size_t pin_bytes)
{
	buf_u8(out, FRAME_LOGIN);
	buf_u32(out, wait_ms);
	buf_u8(out, has_pin ? 1 : 0);
	buf_u16(out, (uint16_t)pin_bytes);
}

/* A reader behind the type byte; failed when the type is another one. */
static struct rd
frame_open(struct span in, enum frame_type type)
{
	struct rd r = rd_init(in);

	if (rd_u8(&r) != type)
		rd_fail(&r);

	return r;
}

static enum rc
frame_close(struct rd *r, const char *what, struct err *e)
{
	return rd_done(r) ? RC_OK
			  : err_set(e, RC_FORMAT, what, "malformed frame");
}

static bool
frame_bool(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		rd_fail(r);

	return v == 1;
}

static uint32_t
frame_wait(struct rd *r)
{
	uint32_t wait_ms = rd_u32(r);

	if (wait_ms > FRAME_WAIT_MAX_MS)
		rd_fail(r);

	return wait_ms;
}

enum rc
frame_hello_parse(
    struct span in, char program[FRAME_PROGRAM_MAX + 1], struct err *e)
{
	struct rd r = frame_open(in, FRAME_HELLO);
	struct span name;

	if (rd_u8(&r) != FRAME_VERSION)
		rd_fail(&r);
	name = rd_lp16(&r, FRAME_PROGRAM_MAX);
	program[0] = '\0';
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, "hello", "malformed frame");
	text_sanitise(program, FRAME_PROGRAM_MAX + 1, name);

	return RC_OK;
}

enum rc
frame_login_parse(struct span in, struct frame_login *out, struct err *e)
{
	struct rd r = frame_open(in, FRAME_LOGIN);

	out->wait_ms = frame_wait(&r);
	out->has_pin = frame_bool(&r);
	out->pin = rd_lp16(&r, FRAME_PIN_MAX);
	if (out->has_pin == (out->pin.n == 0))
		rd_fail(&r);

	return frame_close(&r, "login", e);
}

enum rc
frame_sign_parse(struct span in, struct frame_sign *out, struct err *e)
{
	struct rd r = frame_open(in, FRAME_SIGN);
	uint8_t scheme, hash;

	out->wait_ms = frame_wait(&r);
	rd_copy(&r, out->certificate, sizeof(out->certificate));
	scheme = rd_u8(&r);
	hash = rd_u8(&r);
	out->salt = rd_u16(&r);
	out->digest = rd_lp16(&r, FRAME_DIGEST_MAX);
	if (scheme < FRAME_RSA_PKCS1 || scheme > FRAME_ECDSA ||
	    hash < FRAME_SHA256 || hash > FRAME_SHA512 ||
	    out->digest.n != frame_hash_bytes((enum frame_hash)hash))
		rd_fail(&r);
	out->scheme = (enum frame_scheme)scheme;
	out->hash = (enum frame_hash)hash;

	return frame_close(&r, "sign", e);
}

enum rc
frame_failed_parse(struct span in, struct frame_failed *out, struct err *e)
{
	struct rd r = frame_open(in, FRAME_FAILED);
	uint8_t rc = rd_u8(&r);

	out->tries_left = rd_u8(&r);
	if (rc == RC_OK || rc >= RC_COUNT)
		rd_fail(&r);
	out->rc = (enum rc)rc;

	return frame_close(&r, "failed", e);
}

enum rc
frame_signed_parse(struct span in, struct span *signature, struct err *e)
{
	struct rd r = frame_open(in, FRAME_SIGNED);

	*signature = rd_lp16(&r, FRAME_SIGNATURE_MAX);

	return frame_close(&r, "signed", e);
}

void
frame_list_begin(
    struct buf *out, const uint8_t owner[static 16], uint16_t count)
{
	buf_u8(out, FRAME_OBJECTS);
	buf_bytes(out, (struct span){ owner, 16 });
	buf_u16(out, count);
}

void
frame_list_object(struct buf *out, const struct frame_object *o)
{
	buf_bytes(out, SPAN(o->id));
	buf_u8(out, o->usable ? FRAME_USABLE : 0);
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
frame_object_read(struct rd *r, struct frame_object *o)
{
	uint8_t flags, key;

	rd_copy(r, o->id, sizeof(o->id));
	flags = rd_u8(r);
	key = rd_u8(r);
	rd_copy(r, o->key_id, sizeof(o->key_id));
	o->label = rd_lp16(r, 255);
	o->der = rd_lp16(r, FRAME_FIELD_MAX);
	o->subject = rd_lp16(r, FRAME_FIELD_MAX);
	o->issuer = rd_lp16(r, FRAME_FIELD_MAX);
	o->serial = rd_lp16(r, 64);
	o->spki = rd_lp16(r, FRAME_FIELD_MAX);
	o->modulus = rd_lp16(r, FRAME_SIGNATURE_MAX);
	o->exponent = rd_lp16(r, FRAME_SIGNATURE_MAX);
	o->ec_params = rd_lp16(r, 64);
	o->ec_point = rd_lp16(r, 256);
	if (flags > FRAME_USABLE || key > FRAME_KEY_EC || o->der.n == 0)
		rd_fail(r);
	o->usable = flags == FRAME_USABLE;
	o->key = (enum frame_key)key;
	if ((o->key == FRAME_KEY_RSA) != (o->modulus.n > 0) ||
	    (o->key == FRAME_KEY_RSA) != (o->exponent.n > 0) ||
	    (o->key == FRAME_KEY_EC) != (o->ec_params.n > 0) ||
	    (o->key == FRAME_KEY_EC) != (o->ec_point.n > 0))
		rd_fail(r);
	/* Key sizes are buffer sizes of the host later on. */
	if ((o->key == FRAME_KEY_RSA && o->modulus.n < 128) ||
	    (o->key == FRAME_KEY_EC && o->ec_point.n < 35) ||
	    !text_is_utf8(o->label))
		rd_fail(r);
}

enum rc
frame_list_parse(struct span in, const uint8_t *owner, struct frame_object *out,
    size_t max, size_t *n, struct err *e)
{
	struct rd r = frame_open(in, FRAME_OBJECTS);
	uint8_t whose[16];
	uint16_t count;

	*n = 0;
	rd_copy(&r, whose, sizeof(whose));
	count = rd_u16(&r);
	if (count > FRAME_OBJECTS_MAX || count > max)
		rd_fail(&r);
	for (size_t i = 0; i < count && !r.failed; i++)
		frame_object_read(&r, &out[i]);
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, "objects", "malformed list");
	if (owner != NULL && memcmp(owner, whose, sizeof(whose)) != 0)
		return err_set(e, RC_ABSENT, "objects", "somebody else's list");
	*n = count;

	return RC_OK;
}
