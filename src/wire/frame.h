/*
 * frame.h - see frame.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"
#include "base/span.h"

/*
 * The module (ingam-pkcs11.so, inside somebody else's process) starts the
 * helper (ingam-token) and holds one end of a SEQPACKET socket, the control
 * line; it is the helper's descriptor 3. Nothing is ever answered on it.
 * For each call that is answered the module makes a STREAM socket pair and
 * passes one end over the control line: a channel. On a channel one request
 * is followed by one answer; whoever closes it gives the call up. So no
 * thread of the host ever waits for another one's answer.
 *
 * control   HELLO     version u8, program lp16 (UTF-8 name of the host)
 *           CHANNEL   (nothing; one descriptor comes along)
 *           ANNOUNCE  (nothing: tell the phone that a session was opened)
 *           LOGOUT    (nothing: C_Logout)
 * channel   u32 length, then one of
 *           LOGIN     wait_ms u32, has_pin u8, pin lp16
 *           SIGN      wait_ms u32, certificate 16 bytes, scheme u8, hash u8,
 *                     salt u16, digest lp16
 *           FAILED    rc u8 (enum rc), tries_left u8 (255: not told)
 *           OBJECTS   list (frame_list_parse())
 *           SIGNED    signature lp16: RSA as it is, ECDSA as r ‖ s
 *
 * Each frame begins with its type, u8. Integers are big-endian.
 */
enum frame_type {
	FRAME_HELLO = 1,
	FRAME_CHANNEL,
	FRAME_ANNOUNCE,
	FRAME_LOGOUT,
	FRAME_LOGIN,
	FRAME_SIGN,
	FRAME_FAILED,
	FRAME_OBJECTS,
	FRAME_SIGNED,
};

#define FRAME_VERSION       1
#define FRAME_MAX           (1u << 20)
#define FRAME_CONTROL_MAX   256
#define FRAME_REQUEST_MAX   256
#define FRAME_PROGRAM_MAX   63
#define FRAME_PIN_MAX       64
#define FRAME_DIGEST_MAX    64
#define FRAME_SIGNATURE_MAX 1024
#define FRAME_OBJECTS_MAX   256
#define FRAME_WAIT_MAX_MS   120000
#define FRAME_TRIES_UNTOLD  255

enum frame_scheme { FRAME_RSA_PKCS1 = 1, FRAME_RSA_PSS, FRAME_ECDSA };
enum frame_hash { FRAME_SHA256 = 1, FRAME_SHA384, FRAME_SHA512 };

/* 32, 48 or 64. */
size_t frame_hash_bytes(enum frame_hash hash);

struct frame_login {
	uint32_t wait_ms;
	bool has_pin;
	struct span pin; /* borrowed */
};

struct frame_sign {
	uint32_t wait_ms;
	uint8_t certificate[16];
	enum frame_scheme scheme;
	enum frame_hash hash;
	uint16_t salt; /* bytes, PSS only */
	struct span digest;
};

struct frame_failed {
	enum rc rc;
	uint8_t tries_left;
};

/*
 * A certificate and what PKCS#11 wants to know of it, all computed by the
 * helper so that the module reads no DER. Spans borrow from the frame.
 */
enum frame_key { FRAME_KEY_NONE, FRAME_KEY_RSA, FRAME_KEY_EC };
struct frame_object {
	uint8_t id[16];
	bool usable;        /* the service would sign with it now */
	enum frame_key key; /* NONE: a CA's, no key objects */
	uint8_t key_id[20]; /* SHA-1 of the subjectPublicKey bits */
	struct span label, der, subject, issuer, serial, spki;
	struct span modulus, exponent;   /* RSA, without leading zeros */
	struct span ec_params, ec_point; /* EC: DER OID, DER OCTET STRING */
};

/* Each appends one whole frame without the length that a channel adds. */
void frame_hello(struct buf *out, struct span program);
void frame_failed(struct buf *out, enum rc rc, uint8_t tries_left);
void frame_signed(struct buf *out, struct span signature);
void frame_sign(struct buf *out, const struct frame_sign *s);

/*
 * Everything of a LOGIN frame but the PIN's bytes, which the caller sends
 * behind it: a secret is never in a buf.
 */
void frame_login_head(
    struct buf *out, uint32_t wait_ms, bool has_pin, size_t pin_bytes);

/* Each reads a whole frame, its type included. RC_FORMAT. */
IG_CHECK enum rc frame_hello_parse(
    struct span in, char program[FRAME_PROGRAM_MAX + 1], struct err *e);
IG_CHECK enum rc frame_login_parse(
    struct span in, struct frame_login *out, struct err *e);
IG_CHECK enum rc frame_sign_parse(
    struct span in, struct frame_sign *out, struct err *e);
IG_CHECK enum rc frame_failed_parse(
    struct span in, struct frame_failed *out, struct err *e);
IG_CHECK enum rc frame_signed_parse(
    struct span in, struct span *signature, struct err *e);

/*
 * An OBJECTS frame: owner 16 bytes, count u16, objects. The file that keeps
 * the list for the next start (token-cache) is such a frame. owner tells
 * whose list it is: frame_list_parse() with another owner is RC_ABSENT; NULL
 * asks for none. Of each object: id, flags u8 (1 usable), key u8, key_id,
 * then label … exponent, ec_params, ec_point as lp16. At most
 * FRAME_OBJECTS_MAX, and out must have room for max.
 */
void frame_list_begin(
    struct buf *out, const uint8_t owner[static 16], uint16_t count);
void frame_list_object(struct buf *out, const struct frame_object *o);
IG_CHECK enum rc frame_list_parse(struct span in, const uint8_t *owner,
    struct frame_object *out, size_t max, size_t *n, struct err *e);
