/*
 * pick.h - see pick.c and pick_print.c.
 */
#pragma once

#include "cli/beside.h"
#include "cli/columns.h"
#include "client/person.h"
#include "npki/certinfo.h"

#include <jansson.h>
#include <stdio.h>

#define PICK_FINGERPRINT 65 /* SHA-256 as hex and a zero */

/* A certificate that was found. */
struct pick_row {
	const struct folder_pair *pair;
	char *folder; /* that it is in, fit for display */
	char *path;   /* the same, byte for byte */
	bool read;    /* else its file is no certificate, and info is empty */
	bool out;     /* of the question: neither listed nor found */
	/* Its texts and numbers; its spans must not be read. */
	struct certinfo info;
	char fingerprint[PICK_FINGERPRINT]; /* of the signing certificate */
	struct beside beside;
};

/* SHA-256 of a certificate. */
void pick_fingerprint(struct span der, char out[static PICK_FINGERPRINT]);

/* All of them, in the order of their paths: number n is rows[n - 1]. */
struct pick {
	struct folder folder;
	struct pick_row *rows;
	size_t n;
};

/*
 * Finds certificates under root, or (NULL) in the usual places, and reads what
 * they say. As folder_scan(); nothing found is RC_OK. Free with pick_clear(),
 * also after a failure.
 */
IG_CHECK enum rc pick_load(const char *root, struct pick *out, struct err *e);

void pick_clear(struct pick *p);

/*
 * Is this the form of a number or a fingerprint? Then it is no folder, whatever
 * one is called.
 */
bool pick_is_name(const char *which);

enum pick_found { PICK_ONE, PICK_NONE, PICK_SEVERAL };

/*
 * Which one is meant: a number of the list, or the first 8 to 64 hex digits of
 * a fingerprint; NULL is the only one that there is. On PICK_ONE *row is it.
 */
enum pick_found pick_find(
    const struct pick *p, const char *which, const struct pick_row **row);

/*
 * Leaves those whose fingerprint begins with start; false: these are copies of
 * one certificate, which no more digits tell apart.
 */
bool pick_narrow(struct pick *p, const char *start);

/* How far it is from its end. */
enum pick_age {
	PICK_AGE_GOOD,
	PICK_AGE_SOON, /* 30 days */
	PICK_AGE_OVER,
	PICK_AGE_EARLY,
	PICK_AGE_UNREAD, /* nobody knows */
};
enum pick_age pick_age(const struct pick_row *row);
enum pick_age pick_age_of(const struct certinfo *info);

/*
 * One line a certificate: columns for a person, else twelve fields with tabs
 * between (ingam-cert(1)), the same in every language.
 */
void pick_print(const struct pick *p, FILE *out);

/* What gives way where number, kind, owner and issuer are the first columns. */
extern const struct columns_give pick_gives[];

/*
 * The same as JSON (given), NULL without memory: an array of what
 * ingam-cert(1) says, as docs/http-api.md has them; of a file that is no
 * certificate the number and where it is alone.
 */
json_t *pick_json(const struct pick *p);

/* One of them, as it stands in that array. */
json_t *pick_row_json(const struct pick *p, const struct pick_row *row);

/*
 * Puts a path into o as member, byte for byte. JSON has Unicode only: where the
 * path is no UTF-8 member is what of it is, and member_hex its bytes in hex.
 */
void pick_json_path(json_t *o, const char *member, const char *path);

/* "valid", "expired", "not-yet", "unreadable"; and what a person reads. */
const char *pick_state(const struct pick_row *row);
const char *pick_state_name(const struct pick_row *row);

/* "disk", "removable", "phone", "folder"; and what a person reads. */
const char *pick_medium(const struct pick_row *row);
const char *pick_medium_name(const struct pick_row *row);

/* Who issued it, as people know them (npki/authority.h). */
const char *pick_issuer(const struct certinfo *info);

/* What speaks against putting one certificate in another's place. */
enum pick_careful {
	PICK_FINE,
	PICK_EARLIER,   /* the one that is there ends later */
	PICK_EARLY,     /* the one that comes is of no use yet, that one is */
	PICK_OVER,      /* the one that comes is over */
	PICK_OVER_ALONE /* it is, and the one that is there is not */
};

/* there is NULL where there is none, or where it cannot be read. */
enum pick_careful pick_careful(
    const struct certinfo *there, const struct certinfo *comes);

/* Warns a person of it; and its word in --json, "" for PICK_FINE. */
void pick_careful_say(enum pick_careful careful);
const char *pick_careful_word(enum pick_careful careful);

/*
 * Both of them for a person, each as pick_tell() has it with a line below it,
 * where that is not NULL. there is NULL where its file is no certificate.
 */
void pick_tell_there(const struct certinfo *there, const char *below);
void pick_tell_comes(const struct certinfo *comes, const char *below);

/*
 * One certificate for a person, after label: owner, issuer, serial number, end
 * and how far it is from it; info is NULL where its file is no certificate.
 * Below it folder, as it is to be shown, where that is not NULL.
 */
void pick_tell(FILE *out, struct person_text label, const struct certinfo *info,
    const char *folder);

/* A moment as 2026-11-30: here, or (utc) 2026-11-30T14:59:59Z. */
#define PICK_TIME 24
void pick_time(char out[static PICK_TIME], int64_t ms, bool utc);

/* The same to the minute, for a person: 2026-11-30 23:59, here. */
void pick_moment(char out[static PICK_TIME], int64_t ms);
