/*
 * tokens.h - see tokens.c.
 */
#pragma once

#include "cli/cert.h"
#include "cli/tokens_found.h"
#include "cryptoki/stored.h"

/* ingam token list, copy, delete: argv[0] is the verb. Gives the exit code. */
int tokens_main(int argc, char **argv);

/* Every way in which a verb ends that has a sentence of its own. */
enum tokens_end {
	TOKENS_DONE,
	TOKENS_ALREADY, /* the certificate is on the token */
	TOKENS_LABEL,   /* done, but for the label */
	TOKENS_FILES,   /* files.end says what */
	TOKENS_MODULE,  /* of --module: err */
	TOKENS_NO_TOKEN,
	TOKENS_CHOOSE_TOKEN,
	TOKENS_NO_SUCH_TOKEN,
	TOKENS_EMPTY, /* no certificate on it */
	TOKENS_CHOOSE,
	TOKENS_NO_SUCH,
	TOKENS_UNATTENDED,
	TOKENS_PIN,
	TOKENS_LOCKED,
	TOKENS_NO_PIN,
	TOKENS_NO,     /* by a person: here, or at the token */
	TOKENS_UNSURE, /* nobody said yes */
	TOKENS_OLD,    /* its predecessor is there, and may not go */
	TOKENS_OTHER,  /* the same, of one that is not older */
	TOKENS_FULL,
	TOKENS_FULL_OLD,  /* and the predecessor may not go first */
	TOKENS_UNFIT,     /* the token takes no such key: err */
	TOKENS_FORBIDDEN, /* the token refuses: err */
	TOKENS_PROOF,     /* the new key does not do what it should: err */
	TOKENS_OLD_LEFT, /* copied, and the old one could not be removed: err */
	TOKENS_OLD_GONE, /* removed first, and not copied: err */
	TOKENS_FAILED,   /* the token did: err */
};

/* A command line of "ingam token", and what has become of it. */
struct tokens {
	struct cert files; /* of this PC; json, attended and answer too */
	enum cert_end end; /* of TOKENS_FILES */
	const char *module;
	const char *p11_kit;
	const char *name; /* of a token */
	const char *pin_file;
	bool login, first; /* --yes and --replace are in files */

	struct tokens_found found;
	const struct tokens_found_row *row; /* the one that is meant */
	struct login session;
	struct stored_list list; /* what is on it */
	enum rc rc;
	struct err err;
};

/* Keeps why, and gives the ending that it means. */
enum tokens_end tokens_failed(struct tokens *t, enum rc rc);

/* The same of what became of a certificate's files; a person's no is one. */
enum tokens_end tokens_files(struct tokens *t, enum cert_end end);

/* All tokens: TOKENS_MODULE, TOKENS_NO_TOKEN, TOKENS_FAILED. */
enum tokens_end tokens_load(struct tokens *t);

/*
 * The one that is meant, asked for where it is not clear: TOKENS_CHOOSE_TOKEN, TOKENS_NO_SUCH_TOKEN, or as
 * tokens_load().
 */
enum tokens_end tokens_choose(struct tokens *t, bool write);

/* Opens a session with it. */
enum tokens_end tokens_open(struct tokens *t, bool write);

/*
 * Enters that session with the PIN: from its file, asked for, or at the token.
 * TOKENS_PIN, TOKENS_LOCKED …
 */
enum tokens_end tokens_login(struct tokens *t);

/* Both of them. */
enum tokens_end tokens_enter(struct tokens *t, bool write);

/* Reads anew what is on it. */
enum tokens_end tokens_read(struct tokens *t);

/*
 * Is the answer yes? Given beforehand, or by a person who is asked, else
 * TOKENS_NO; unasked where there is nobody to ask.
 */
enum tokens_end tokens_agree(struct tokens *t, bool given,
    struct person_text question, enum tokens_end unasked);

/* Has it an encryption key: does its keyUsage say so, and not signatures? */
bool tokens_is_km(const struct certinfo *info);

/* What a certificate is for, as a person reads it. */
const char *tokens_purpose(const struct certinfo *info);

/* A certificate of the token as ingam(1) has it; NULL without memory. */
json_t *tokens_json(const struct stored *s, size_t number, bool entered);

/*
 * Those of a list whose bit is set in which, each with its number of the list:
 * columns for a person, else lines with tabs.
 */
#define TOKENS_ALL UINT64_MAX
void tokens_print(
    const struct stored_list *list, uint64_t which, bool entered, FILE *out);
