/*
 * message.h - see message.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest frame, and what stands before its fields. */
#define MESSAGE_MAX          65536
#define MESSAGE_REQUEST_HEAD 12
#define MESSAGE_ANSWER_HEAD  14
#define MESSAGE_VERSION      1
#define MESSAGE_ANSWER_BIT   0x8000

/*
 * The message of RC_SECRET, word for word, where the app PIN was wrong: an
 * import may fail over its password, too.
 */
#define MESSAGE_WRONG_PIN "wrong app PIN"

/* Ceilings of single fields. */
#define MESSAGE_TEXT_MAX        256
#define MESSAGE_PARAMS_MAX      1024
#define MESSAGE_DL1_MAX         8192
#define MESSAGE_EVIDENCE_MAX    8192
#define MESSAGE_SEALED_MAX      49152
#define MESSAGE_CERTIFICATE_MAX 16384
#define MESSAGE_AR1_MAX         2048
#define MESSAGE_KB1_MAX         4096
#define MESSAGE_SIGNATURE_MAX   512
#define MESSAGE_RECEIPT_MAX     256
#define MESSAGE_DIGEST_MAX      64
#define MESSAGE_PIN_MAX         12
#define MESSAGE_CREDENTIAL_MAX  1023

/*
 * Every verb: its number, the least and most bytes of the fields of a request
 * and of an answer that says RC_OK, and whether a client whose connection
 * broke may simply ask again. docs/vault-protocol.md says what they mean.
 */
/* clang-format off */
#define MESSAGE_TABLE(X)                                                       \
	X(HELLO,        1,   0,     0, 103,   103, true)                       \
	X(PSEUDONYM,    2,   4,   324,  32,    32, true)                       \
	X(ENROL_BEGIN,  3,  16,    16,  32,    32, true)                       \
	X(ENROL,        4,  43, 21000,   4,  9300, true)                       \
	X(APPROVAL_NEW, 5,  74,  9400,  82,  2200, false)                      \
	X(APPROVE,      6,  34, 65524,  16,  8300, true)                       \
	X(REFUSE,       7,  16,    16,   0,     0, true)                       \
	X(TOKEN_OPEN,   8,  18,    30,  10,    10, false)                      \
	X(SIGN,         9,  45, 20700,  78,   900, true)                       \
	X(STATUS,      10,  16,    16,  11,    11, true)
/* clang-format on */

enum message_verb {
#define MESSAGE_ENUM(name, number, ...) MESSAGE_##name = number,
	MESSAGE_TABLE(MESSAGE_ENUM)
#undef MESSAGE_ENUM
};

struct message {
	uint16_t verb;
	const char *name;
	size_t request_min, request_max;
	size_t answer_min, answer_max;
	bool again;
};

/* The row of a verb; NULL: there is none. */
const struct message *message_find(uint16_t verb);
