/*
 * rig.h - see rig.c.
 */
#pragma once

#include "base/buf.h"
#include "base/digest.h"
#include "keys/keys.h"

#include <openssl/types.h>
#include <sys/types.h>

/* A real ingam-vault on a socket in a folder of its own. */
struct rig {
	char folder[40], socket[64], state[64], kek[64];
	const char *more[8]; /* options beside the usual ones, ended by NULL */
	const char *failpoint, *fault;
	int deaths;
	pid_t pid;
	struct keys *keys;
	struct keys_hello hello;
};

void rig_new(struct rig *r);     /* init, and rig_start() */
bool rig_start(struct rig *r);   /* waits until it is ready */
int rig_stop(struct rig *r);     /* SIGTERM; the exit status */
void rig_kill(struct rig *r);    /* kill -9 */
bool rig_is_dead(struct rig *r); /* waits up to two seconds for its end */
void rig_restart(struct rig *r); /* rig_kill(), rig_start() */
/* Did it die of its failpoint on the way? Then it is started without one. */
bool rig_revived(struct rig *r, enum rc rc);
void rig_free(struct rig *r); /* stops it and removes the folder */

/* How evidence is spoilt, one thing at a time. */
enum spoil {
	SPOIL_NOTHING,
	SPOIL_TYPE,
	SPOIL_CHALLENGE,
	SPOIL_ORIGIN,
	SPOIL_CROSS_ORIGIN,
	SPOIL_TOP_ORIGIN,
	SPOIL_RP_ID,
	SPOIL_NO_UP,
	SPOIL_NO_UV,
	SPOIL_BACKUP,
	SPOIL_COUNT,
	SPOIL_SIGNATURE,
	SPOIL_OTHER_KEY,
	SPOIL_CREDENTIAL,
};

/* A phone in software: a passkey, or a device key with an app PIN. */
struct phone {
	uint8_t account[16], device[16], credential[16];
	bool is_pin;
	uint32_t count;
	EVP_PKEY *key;
	struct buf list; /* DL1 sealed */
	/* The last evidence that was made. */
	struct buf client_data, auth_data, signature, sealed_pin;
};

/* Draws keys and enrols. */
enum rc phone_new(struct rig *r, struct phone *p, bool is_pin, const char *pin);
void phone_free(struct phone *p);

/* Answers a challenge; the spans last until the next one. */
struct keys_evidence phone_answer(struct rig *r, struct phone *p,
    const uint8_t challenge[static 32], const char *pin, enum spoil spoil);

/* A key, its certificate and its key file, made by libcrypto. */
struct subject {
	EVP_PKEY *key;
	struct buf certificate, file;
	uint8_t sha256[32], key_id[16];
	struct buf kb1, km_kb1;
	bool has_r;
	struct subject *km; /* the pair for encryption, or NULL */
};

#define SUBJECT_PASSWORD "Passw0rd!!"

/*
 * kind: "RSA", "P-256", "P-384"; or a file in tests/npki-samples whose key is
 * used, with days of validity from now (negative: over).
 */
void subject_new(struct subject *s, const char *kind, long days);
void subject_free(struct subject *s);

/* Reads a file of the source tree. */
void subject_read(const char *name, struct buf *out);

/* Imports it, whole; sample is a file for it, or NULL for its own. */
enum rc subject_import(struct rig *r, struct phone *p, struct subject *s,
    struct span file, const char *password, uint8_t *tries_left);

/* One approval request and what became of it. */
struct grant {
	uint8_t id[16];
	struct buf ar1;
	uint8_t signature[64];
	char pin[7];
};

enum rc grant_new(struct rig *r, struct phone *p, struct subject *s,
    enum keys_op op, enum keys_mode mode, uint16_t count, uint32_t seconds,
    struct grant *out);
void grant_free(struct grant *g);

/* Approves with evidence of p for this request. */
enum rc grant_approve(struct rig *r, struct phone *p, struct grant *g,
    enum keys_op op, const char *pin, enum spoil spoil, uint8_t *tries_left);
enum rc grant_show(struct rig *r, struct phone *p, struct grant *g,
    enum keys_op op, const struct keys_evidence *evidence, uint8_t *tries_left);
enum rc grant_open(
    struct rig *r, struct grant *g, const char *pin, uint8_t *tries_left);

/* All three: a window for count signatures. */
enum rc grant_window(struct rig *r, struct phone *p, struct subject *s,
    uint16_t count, uint32_t seconds, struct grant *out);

/* Asks for a signature over SHA-256 of text; number tells the sign_id. */
enum rc grant_sign(struct rig *r, const struct grant *g,
    const struct subject *s, uint32_t number, const char *text,
    struct keys_signed *out);
/* The same with everything free to be wrong. */
enum rc grant_sign_with(struct rig *r, const struct grant *g,
    const struct subject *s, uint32_t number, enum keys_mechanism mechanism,
    enum keys_hash hash, uint16_t salt, struct span digest,
    struct keys_signed *out);

/* Asks libcrypto alone whether that is the subject's signature. */
bool subject_verifies(const struct subject *s, enum keys_mechanism mechanism,
    enum keys_hash hash, int salt, struct span digest, struct span signature);
bool rig_verifies(const struct rig *r, const char *label, struct span message,
    struct span signature);

/* Sends a frame on a connection of its own; gives the answer's bytes. */
size_t rig_raw(struct rig *r, struct span frame, uint8_t *answer, size_t size);
