/*
 * keys.h - see keys.c. docs/vault-protocol.md is the contract behind it.
 *
 * Every call may be made from many threads at once and takes at most the
 * time-out. Beside the codes that the vault answers with, each gives RC_BUSY
 * when the vault is not there or does not answer in time (err: "the vault is
 * not available"), RC_IO when it speaks nonsense. After RC_BUSY nobody knows
 * whether the request was carried out: ask again with the same values, or,
 * after keys_token_open(), ask keys_status().
 *
 * Buffers that an answer is written to are emptied first; the caller owns and
 * clears them. On failure they are empty.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "ipc/message.h"

#define KEYS_ID      16
#define KEYS_DIGEST  32
#define KEYS_ED25519 64
#define KEYS_HPKE    65
#define KEYS_PIN     7 /* six digits and a zero */

/* AR1's numbers, as in docs/vault-protocol.md. */
enum keys_op {
	KEYS_OP_TOKEN = 9,
	KEYS_OP_IMPORT = 10,
	KEYS_OP_DELETE = 11,
};
enum keys_mode { KEYS_MODE_NONE = 0, KEYS_MODE_NUMBER = 1, KEYS_MODE_PUSH = 2 };
enum keys_device { KEYS_DEVICE_PASSKEY = 1, KEYS_DEVICE_PIN = 2 };
enum keys_mechanism {
	KEYS_RSA_PKCS1 = 1,
	KEYS_RSA_PSS = 2,
	KEYS_ECDSA = 3,
};
enum keys_hash { KEYS_SHA256 = 1, KEYS_SHA384 = 2, KEYS_SHA512 = 3 };
enum keys_state {
	KEYS_WAITING = 1,
	KEYS_APPROVED = 2,
	KEYS_OPEN = 3,
	KEYS_USED_UP = 4,
	KEYS_ENDED = 5,
	KEYS_EXPIRED = 6,
};

struct keys;

/*
 * A client of the vault that listens at path, with at most connections calls
 * on their way at once (more wait their turn). Nothing is connected yet: the
 * vault may be started later, or again.
 */
IG_CHECK enum rc keys_new(const char *path, unsigned int connections,
    int64_t timeout_ms, struct keys **out, struct err *e);
void keys_free(struct keys *k);

struct keys_hello {
	uint32_t epoch;
	uint8_t display_key[32]; /* Ed25519, of AR1 and SR1 */
	uint8_t
	    hpke_key[KEYS_HPKE]; /* P-256 point, for sealed PINs and imports */
	bool open;
	bool weak_sandbox;
};
IG_CHECK enum rc keys_hello(
    struct keys *k, struct keys_hello *out, struct err *e);

/* A lasting pseudonym of value (<= 256 bytes) for one use, label (<= 64). */
IG_CHECK enum rc keys_pseudonym(struct keys *k, struct span label,
    struct span value, uint8_t out[static KEYS_DIGEST], struct err *e);

/* RC_EXISTS: the account has its devices already. */
IG_CHECK enum rc keys_enrol_begin(struct keys *k,
    const uint8_t account_id[static KEYS_ID],
    uint8_t challenge[static KEYS_DIGEST], struct err *e);

struct keys_enrol {
	uint8_t account_id[KEYS_ID];
	uint8_t device_id[KEYS_ID];
	enum keys_device kind;
	struct span client_data; /* passkey */
	struct span attestation;
	struct span public_key; /* PIN device: 65-byte point */
	struct span signature;
	struct span sealed_pin;
};
/*
 * Makes the account's first device list. RC_DENIED: no challenge lives or the
 * proof is wrong; RC_POLICY: a PIN that is too simple; RC_EXISTS.
 */
IG_CHECK enum rc keys_enrol(struct keys *k, const struct keys_enrol *in,
    struct buf *dl1_sealed, struct buf *credential_id, struct err *e);

struct keys_token {
	uint16_t count;
	uint32_t seconds;
	struct span program, machine, user; /* <= 256 bytes, as shown */
};
struct keys_request {
	enum keys_op op;
	uint32_t ttl_ms; /* how long the phone may take; <= 10 minutes */
	uint8_t account_id[KEYS_ID];
	uint8_t key_id[KEYS_ID]; /* zeros for KEYS_OP_IMPORT */
	uint8_t cert_sha256[KEYS_DIGEST];
	enum keys_mode mode;     /* KEYS_OP_TOKEN only, else KEYS_MODE_NONE */
	struct keys_token token; /* KEYS_OP_TOKEN */
	struct span label;       /* the other two */
	struct span dl1_sealed;
};
/*
 * The vault makes an approval request. RC_DENIED: not the account's present
 * device list; RC_ABSENT: the key was deleted; RC_RATE: too many wait.
 * The key_id of an import is read from ar1 by keys_ar1_key_id().
 */
IG_CHECK enum rc keys_approval_new(struct keys *k,
    const struct keys_request *in, uint8_t request_id[static KEYS_ID],
    struct buf *ar1, uint8_t signature[static KEYS_ED25519], struct err *e);

/* The key that AR1 is for; false when it is none. */
bool keys_ar1_key_id(struct span ar1, uint8_t key_id[static KEYS_ID]);

/* SHA-256("INGAM-WA1" ‖ SHA-256(AR1)): what a phone answers. */
void keys_ar1_challenge(struct span ar1, uint8_t challenge[static KEYS_DIGEST]);

struct keys_evidence {
	enum keys_device kind;
	struct span credential_id; /* passkey */
	struct span client_data;
	struct span authenticator_data;
	struct span signature;      /* both */
	uint8_t device_id[KEYS_ID]; /* PIN device */
	struct span sealed_pin;
};
struct keys_approve {
	uint8_t request_id[KEYS_ID];
	enum keys_op op; /* the request's: tells how the answer reads */
	struct span dl1_sealed;
	struct keys_evidence evidence;
	struct span sealed;         /* KEYS_OP_IMPORT, else empty */
	struct span certificate;    /* KEYS_OP_IMPORT, else empty */
	struct span km_certificate; /* KEYS_OP_IMPORT, or empty */
};
struct keys_approved {
	uint8_t device_id[KEYS_ID];
	char pin[KEYS_PIN]; /* mode number; wipe it when it was delivered */
	struct buf kb1;     /* import */
	struct buf km_kb1;  /* import with km_certificate */
	bool has_r;
};
void keys_approved_clear(struct keys_approved *a);
/*
 * Shows the phone's evidence. Start with an empty out; clear it in any case.
 * RC_SECRET with tries_left: app PIN, field "pin", or an import's password;
 * RC_LOCKED: device locked; RC_DENIED: evidence not accepted; RC_STATE: approved with
 * other evidence, or ended; RC_EXPIRED; RC_POLICY, RC_FORMAT: an import's key
 * or certificate, field says which.
 */
IG_CHECK enum rc keys_approve(struct keys *k, const struct keys_approve *in,
    struct keys_approved *out, uint8_t *tries_left, struct err *e);

/* Ends a request that waits, is approved or open. */
IG_CHECK enum rc keys_refuse(
    struct keys *k, const uint8_t request_id[static KEYS_ID], struct err *e);

/*
 * Opens the window of an approved token request; pin is empty in mode push.
 * RC_SECRET with tries_left; RC_LOCKED: that was the last try.
 */
IG_CHECK enum rc keys_token_open(struct keys *k,
    const uint8_t request_id[static KEYS_ID], struct span pin, uint16_t *left,
    int64_t *expires_ms, uint8_t *tries_left, struct err *e);

struct keys_sign {
	uint8_t request_id[KEYS_ID];
	uint8_t sign_id[KEYS_ID]; /* the same again gives the same again */
	enum keys_mechanism mechanism;
	enum keys_hash hash;
	uint16_t salt_length; /* RSA-PSS, else 0 */
	struct span digest;
	struct span kb1;
	struct span certificate;
};
struct keys_signed {
	struct buf signature;
	struct buf sr1;
	uint8_t sr1_signature[KEYS_ED25519];
	int64_t time_ms; /* SR1's: when it was made first */
	uint16_t left;
	int64_t expires_ms;
};
void keys_signed_clear(struct keys_signed *s);
/*
 * Start with an empty out; clear it in any case. RC_STATE: no open window,
 * used up, or the sign_id was used for something else; RC_EXPIRED: window or
 * certificate; RC_RATE: the key's limit; RC_ABSENT: no such request, or the
 * key was deleted; RC_DENIED: key or certificate are not the approved ones.
 */
IG_CHECK enum rc keys_sign(struct keys *k, const struct keys_sign *in,
    struct keys_signed *out, struct err *e);

struct keys_status {
	enum keys_state state;
	uint16_t left;
	int64_t expires_ms;
};
/* RC_ABSENT: no such request, or its end is over ten minutes ago. */
IG_CHECK enum rc keys_status(struct keys *k,
    const uint8_t request_id[static KEYS_ID], struct keys_status *out,
    struct err *e);
