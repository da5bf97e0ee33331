/*
 * identity.h - see identity.c.
 */
#pragma once

#include "base/err.h"
#include "base/sec.h"
#include "base/span.h"

#define IDENTITY_TX_SIZE       40  /* "ingam-" and 32 hex digits, zero */
#define IDENTITY_NAME_SIZE     128 /* UTF-8 with its zero */
#define IDENTITY_PHONE_SIZE    12  /* 01x and 7 or 8 digits, zero */
#define IDENTITY_BIRTH_SIZE    11  /* YYYY-MM-DD, zero */
#define IDENTITY_AUDIENCE_SIZE 65
#define IDENTITY_TOKEN_SIZE    129 /* CI has 88 characters, DI 64 */

/* A look-up counts for this long after the person proved who it is. */
#define IDENTITY_FRESH_MS 300000

/* clang-format off */
#define IDENTITY_CARRIERS(X)                                                   \
	X(IDENTITY_SKT,      "SKT")                                            \
	X(IDENTITY_KT,       "KT")                                             \
	X(IDENTITY_LGU,      "LGU")                                            \
	X(IDENTITY_SKT_MVNO, "SKT_MVNO")                                       \
	X(IDENTITY_KT_MVNO,  "KT_MVNO")                                        \
	X(IDENTITY_LGU_MVNO, "LGU_MVNO")
/* clang-format on */

enum identity_carrier {
	IDENTITY_CARRIER_UNKNOWN,
#define IDENTITY_ENUM(code, text) code,
	IDENTITY_CARRIERS(IDENTITY_ENUM)
#undef IDENTITY_ENUM
};

/*
 * Who somebody claims to be, and for what. The caller keeps it, unchanged,
 * from start to look-up, and only for the transaction's life: `seven` is part
 * of a resident number and is not to be stored beyond.
 */
struct identity_asked {
	char tx[IDENTITY_TX_SIZE]; /* set by identity_start() */
	char name[IDENTITY_NAME_SIZE];
	char phone[IDENTITY_PHONE_SIZE]; /* digits only */
	char seven[8]; /* YYMMDD and the digit after the hyphen */
	enum identity_carrier carrier;
	/*
	 * What the result may be used for: a digest, in hex or base64url, over
	 * account and new credential. It goes through the provider and must
	 * come back, so that a result cannot be used elsewhere (T12).
	 */
	char audience[IDENTITY_AUDIENCE_SIZE];
};

enum identity_sex { IDENTITY_SEX_UNKNOWN, IDENTITY_MALE, IDENTITY_FEMALE };

/* What the provider says, server to server. "" and UNKNOWN: it did not say. */
struct identity_found {
	char tx[IDENTITY_TX_SIZE];
	char audience[IDENTITY_AUDIENCE_SIZE];
	char name[IDENTITY_NAME_SIZE];
	char birth[IDENTITY_BIRTH_SIZE];
	char phone[IDENTITY_PHONE_SIZE];
	char ci[IDENTITY_TOKEN_SIZE];
	char di[IDENTITY_TOKEN_SIZE];
	enum identity_carrier carrier;
	enum identity_sex sex;
	bool foreigner_said, foreigner;
	int64_t verified_ms; /* when the person proved it */
};

/* A provider: its name for messages, and what it can do. */
struct identity_provider {
	const char *name;
	const struct identity_ops *ops;
};

/*
 * Each answers within WIRE_TIMEOUT_MS (send: twice that where a connection
 * breaks). Called from several threads.
 */
struct identity_ops {
	enum rc (*send)(struct identity_provider *p,
	    const struct identity_asked *asked, const char *ip, struct err *e);
	enum rc (*confirm)(struct identity_provider *p, const char *tx,
	    struct span otp, struct err *e);
	enum rc (*look_up)(struct identity_provider *p, const char *tx,
	    struct identity_found *found, struct err *e);
	void (*free)(struct identity_provider *p);
};

/*
 * Begins a transaction: checks the claim, makes asked->tx, has the code sent
 * to the phone. ip: the person's address, for the provider's limits.
 * RC_FORMAT names the field. RC_RATE: the provider has had enough of this
 * number. RC_BUSY: no answer in time. RC_IO: provider or our contract with it
 * is broken. RC_REFUSED: it does not know such a person. Every message of a
 * provider's failure begins with its name.
 */
IG_CHECK enum rc identity_start(struct identity_provider *p,
    struct identity_asked *asked, const char *ip, struct err *e);

/*
 * Hands in the code. RC_SECRET: not the right one. RC_STATE: nothing was sent
 * under this transaction. RC_OK says nothing about the person yet, and comes
 * again for a transaction that is proved already (an answer may get lost).
 */
IG_CHECK enum rc identity_confirm(struct identity_provider *p,
    const struct identity_asked *asked, struct span otp, struct err *e);

/*
 * Asks the provider who it was. RC_OK only if transaction, audience, name,
 * birth date, phone, and sex, nationality and carrier where the provider says
 * them, are those asked about, and the proof is younger than
 * IDENTITY_FRESH_MS. RC_DENIED: somebody or something else. RC_EXPIRED.
 * RC_STATE: not proved yet. RC_REFUSED: failed for good. On failure *found is
 * empty. One use: the caller burns asked->tx in its store.
 */
IG_CHECK enum rc identity_look_up(struct identity_provider *p,
    const struct identity_asked *asked, struct identity_found *found,
    struct err *e);

/* Frees the provider; NULL is fine. */
void identity_free(struct identity_provider *p);

/* "SKT" … , NULL for unknown; and back, unknown for anything else. */
const char *identity_carrier_text(enum identity_carrier c);
enum identity_carrier identity_carrier_find(struct span text);

/*
 * What the seven digits of a resident number say: birth date, sex, foreigner.
 * RC_FORMAT: no such date or digit.
 */
IG_CHECK enum rc identity_seven_parse(struct span seven,
    char birth[static IDENTITY_BIRTH_SIZE], enum identity_sex *sex,
    bool *foreigner, struct err *e);
