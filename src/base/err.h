/*
 * err.h - see err.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define IG_CHECK             __attribute__((warn_unused_result))
#define IG_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* A large array that is written before it is read: not zeroed at each call. */
#if __has_attribute(uninitialized)
#	define IG_UNINITIALIZED __attribute__((uninitialized))
#else
#	define IG_UNINITIALIZED
#endif

/*
 * Every way in which a function of ours can fail, with the sentence used when
 * nobody wrote a better one. Each outer surface (HTTP, PKCS#11, exit code,
 * IPC) maps the whole table with a switch that has no default, so that a new
 * code does not compile until every surface knows it.
 *
 * FORMAT  the bytes are not what they claim to be
 * POLICY  well-formed, and forbidden
 * DENIED  not you: no session, no proof, wrong person
 * SECRET  the password, PIN or code is wrong
 * STATE   not now: the thing is in another state than this needs
 */
/* clang-format off */
#define ERR_TABLE(X)                                                           \
	X(RC_OK,        "success")                                             \
	X(RC_FORMAT,    "input is malformed")                                  \
	X(RC_LIMIT,     "input is larger than allowed")                        \
	X(RC_UNKNOWN,   "not supported")                                       \
	X(RC_POLICY,    "not allowed")                                         \
	X(RC_DENIED,    "proof is missing or wrong")                           \
	X(RC_SECRET,    "wrong password, PIN or code")                         \
	X(RC_LOCKED,    "locked after too many wrong tries")                   \
	X(RC_RATE,      "too many requests")                                   \
	X(RC_ABSENT,    "no such thing")                                       \
	X(RC_EXISTS,    "is there already")                                    \
	X(RC_STATE,     "not possible in this state")                          \
	X(RC_EXPIRED,   "time is over")                                        \
	X(RC_REFUSED,   "refused by the person asked")                         \
	X(RC_BUSY,      "try again shortly")                                   \
	X(RC_IO,        "input or output failed")                              \
	X(RC_MEMORY,    "out of memory")                                       \
	X(RC_CRYPTO,    "cryptographic operation failed")                      \
	X(RC_BUG,       "internal error")
/* clang-format on */

enum rc {
#define ERR_ENUM(code, text) code,
	ERR_TABLE(ERR_ENUM)
#undef ERR_ENUM
};

#define RC_COUNT (RC_BUG + 1)

/*
 * The human side of a failure. The sentence may reach a client: it holds no
 * secret, no raw input and no path. The deepest failure writes it.
 */
struct err {
	enum rc rc;
	char field[48]; /* what the complaint is about, "" where nothing is */
	bool is_file;   /* field is what somebody called a file, and no word */
	char msg[192];
};

/*
 * Records a failure and is rc, so that it can stand in a return. e may be
 * NULL; a failure that is already recorded is kept. field may be NULL. A
 * macro, so that compilers and analysers see which code comes back.
 */
#define err_set(e, code, ...)                         \
	__extension__({                               \
		const enum rc err_code = (code);      \
                                                      \
		err_record(e, err_code, __VA_ARGS__); \
		err_code;                             \
	})

/* What err_set() does. */
void err_record(struct err *e, enum rc rc, const char *field, const char *fmt,
    ...) IG_PRINTF(4, 5);

/* What err_larger() does. */
void err_record_larger(struct err *e, const char *field, size_t max_bytes);

/* Records that something is larger than so many bytes, and is RC_LIMIT. */
static inline enum rc
err_larger(struct err *e, const char *field, size_t max_bytes)
{
	err_record_larger(e, field, max_bytes);

	return RC_LIMIT;
}

/* Forgets what was recorded. e may be NULL. */
void err_clear(struct err *e);

/* The name of a code, "RC_OK" …; never NULL. */
const char *err_name(enum rc rc);

/* The table's sentence for a code; never NULL. */
const char *err_text(enum rc rc);
