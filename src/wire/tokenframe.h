/*
 * tokenframe.h - see tokenframe.c.
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
 *           LOGOUT    logouts u32
 * channel   u32 length, then one of
 *           LOGIN     wait_ms u32, logouts u32, has_pin u8, pin lp16
 *           SIGN      wait_ms u32, certificate 16 bytes, scheme u8, hash u8,
 *                     salt u16, digest lp16
 *           VERIFY    scheme u8, hash u8, salt u16, digest lp16,
 *                     signature lp16 (ECDSA as r ‖ s), spki lp16
 *           FAILED    rc u8 (enum rc), tries_left u8 (255: not told)
 *           OBJECTS   list (tokenframe_list_parse())
 *           SIGNED    signature lp16: RSA as it is, ECDSA as r ‖ s
 *           VERIFIED  good u8: 1, or 0
 *
 * logouts counts C_Logout calls so far: the two lines do not keep their order,
 * and a LOGIN must not be answered out of what was logged out before it.
 *
 * Each frame begins with its type, u8. Integers are big-endian.
 */
enum tokenframe_type {
	TOKENFRAME_HELLO = 1,
	TOKENFRAME_CHANNEL,
	TOKENFRAME_ANNOUNCE,
	TOKENFRAME_LOGOUT,
	TOKENFRAME_LOGIN,
	TOKENFRAME_SIGN,
	TOKENFRAME_FAILED,
	TOKENFRAME_OBJECTS,
	TOKENFRAME_SIGNED,
	TOKENFRAME_VERIFY,
	TOKENFRAME_VERIFIED,
};

#define TOKENFRAME_VERSION       1
#define TOKENFRAME_MAX           (1u << 20)
#define TOKENFRAME_CONTROL_MAX   256
#define TOKENFRAME_REQUEST_MAX   4096
#define TOKENFRAME_PROGRAM_MAX   63
#define TOKENFRAME_PIN_MAX       64
#define TOKENFRAME_DIGEST_MAX    64
#define TOKENFRAME_SIGNATURE_MAX 1024
#define TOKENFRAME_SPKI_MAX      2048
#define TOKENFRAME_OBJECTS_MAX   256
#define TOKENFRAME_WAIT_MAX_MS   120000
#define TOKENFRAME_TRIES_UNTOLD  255

enum tokenframe_scheme {
	TOKENFRAME_RSA_PKCS1 = 1,
	TOKENFRAME_RSA_PSS,
	TOKENFRAME_ECDSA
};
enum tokenframe_hash {
	TOKENFRAME_SHA256 = 1,
	TOKENFRAME_SHA384,
	TOKENFRAME_SHA512
};

/* 32, 48 or 64. */
size_t tokenframe_hash_bytes(enum tokenframe_hash hash);

struct tokenframe_login {
	uint32_t wait_ms;
	uint32_t logouts;
	bool has_pin;
	struct span pin; /* borrowed */
};

struct tokenframe_sign {
	uint32_t wait_ms;
	uint8_t certificate[16];
	enum tokenframe_scheme scheme;
	enum tokenframe_hash hash;
	uint16_t salt; /* bytes, PSS only */
	struct span digest;
};

/* Asks nobody: the public key is in the request. Spans borrow from it. */
struct tokenframe_verify {
	enum tokenframe_scheme scheme;
	enum tokenframe_hash hash;
	uint16_t salt;
	struct span digest, signature, spki;
};

struct tokenframe_failed {
	enum rc rc;
	uint8_t tries_left;
};

/*
 * A certificate and what PKCS#11 wants to know of it, all computed by the
 * helper so that the module reads no DER. Spans borrow from the frame.
 */
enum tokenframe_key {
	TOKENFRAME_KEY_NONE,
	TOKENFRAME_KEY_RSA,
	TOKENFRAME_KEY_EC
};
struct tokenframe_object {
	uint8_t id[16];
	bool usable;             /* the service would sign with it now */
	enum tokenframe_key key; /* NONE: a CA's, no key objects */
	uint8_t key_id[20];      /* SHA-1 of the subjectPublicKey bits */
	struct span label, der, subject, issuer, serial, spki;
	struct span modulus, exponent;   /* RSA, without leading zeros */
	struct span ec_params, ec_point; /* EC: DER OID, DER OCTET STRING */
};

/* Each appends one whole frame without the length that a channel adds. */
void tokenframe_hello(struct buf *out, struct span program);
void tokenframe_logout(struct buf *out, uint32_t logouts);
void tokenframe_failed(struct buf *out, enum rc rc, uint8_t tries_left);
void tokenframe_signed(struct buf *out, struct span signature);
void tokenframe_sign(struct buf *out, const struct tokenframe_sign *s);
void tokenframe_verify(struct buf *out, const struct tokenframe_verify *v);
void tokenframe_verified(struct buf *out, bool good);

/*
 * Everything of a LOGIN frame but the PIN's bytes, which the caller sends
 * behind it: a secret is never in a buf.
 */
void tokenframe_login_head(struct buf *out, uint32_t wait_ms, uint32_t logouts,
    bool has_pin, size_t pin_bytes);

/* Each reads a whole frame, its type included. RC_FORMAT. */
IG_CHECK enum rc tokenframe_hello_parse(
    struct span in, char program[TOKENFRAME_PROGRAM_MAX + 1], struct err *e);
IG_CHECK enum rc tokenframe_logout_parse(
    struct span in, uint32_t *logouts, struct err *e);
IG_CHECK enum rc tokenframe_login_parse(
    struct span in, struct tokenframe_login *out, struct err *e);
IG_CHECK enum rc tokenframe_sign_parse(
    struct span in, struct tokenframe_sign *out, struct err *e);
IG_CHECK enum rc tokenframe_failed_parse(
    struct span in, struct tokenframe_failed *out, struct err *e);
IG_CHECK enum rc tokenframe_signed_parse(
    struct span in, struct span *signature, struct err *e);
IG_CHECK enum rc tokenframe_verify_parse(
    struct span in, struct tokenframe_verify *out, struct err *e);
IG_CHECK enum rc tokenframe_verified_parse(
    struct span in, bool *good, struct err *e);

/*
 * An OBJECTS frame: owner 16 bytes, count u16, objects. The file that keeps
 * the list for the next start (token-cache) is such a frame. owner tells
 * whose list it is: tokenframe_list_parse() with another owner is RC_ABSENT; NULL
 * asks for none. Of each object: id, flags u8 (1 usable), key u8, key_id,
 * then label … exponent, ec_params, ec_point as lp16. At most
 * TOKENFRAME_OBJECTS_MAX, and out must have room for max.
 */
void tokenframe_list_begin(
    struct buf *out, const uint8_t owner[static 16], uint16_t count);
void tokenframe_list_object(struct buf *out, const struct tokenframe_object *o);
IG_CHECK enum rc tokenframe_list_parse(struct span in, const uint8_t *owner,
    struct tokenframe_object *out, size_t max, size_t *n, struct err *e);
