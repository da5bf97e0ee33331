/*
 * object.h - see object.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "pkcs11/api.h"
#include "wire/tokenframe.h"

/* What a public key says that it may: object_record.may. */
#define OBJECT_ENCRYPT        1u
#define OBJECT_VERIFY         2u
#define OBJECT_VERIFY_RECOVER 4u
#define OBJECT_WRAP           8u
#define OBJECT_DERIVE         16u

/* As many keys can programs make at the same time: some MiB at the most. */
#define OBJECT_MADE_MAX 4096

/*
 * A certificate of the list, or a public key that a program made, and the
 * number its handles are made of.
 */
struct object_record {
	struct tokenframe_object o;
	CK_ULONG number;
	CK_SESSION_HANDLE session; /* that made it; 0: the token's own */
	unsigned int may;          /* OBJECT_VERIFY … */
	struct span id;            /* CKA_ID */
	char unique[35];           /* 32 characters, '-', kind */
};

/* A public key that a program made, in one piece: the record borrows from it. */
struct object_made {
	struct object_made *next;
	struct object_record record;
	uint8_t bytes[];
};

/* What there is. The records borrow from bytes. */
struct object_table {
	struct object_record *records;
	size_t n;
	uint8_t *bytes;
	size_t bytes_n;
	struct object_made *made;
	size_t made_n;
	CK_ULONG last_number;
};

/* One object, looked at: a profile (record is empty) or a part of a record. */
struct object {
	CK_OBJECT_HANDLE handle;
	CK_OBJECT_CLASS class;
	const struct object_record *record;
	CK_ULONG profile;
};

/*
 * Takes over a list (a TOKENFRAME_OBJECTS frame). A certificate that was there
 * before keeps its handles; what programs made stays. On failure the old list
 * stays. owner as tokenframe_list_parse(). RC_FORMAT, RC_ABSENT, RC_MEMORY.
 */
IG_CHECK enum rc object_table_set(struct object_table *t, struct span list,
    const uint8_t *owner, struct err *e);

/* Forgets the list. What programs made is its sessions' to end. */
void object_table_clear(struct object_table *t);

/*
 * Takes a key that a program made (malloc) and gives the handle. Where there
 * is no room for it, CKR_DEVICE_MEMORY, it stays the caller's.
 */
CK_RV object_add(
    struct object_table *t, struct object_made *made, CK_OBJECT_HANDLE *handle);

/* Frees one key that a program made; an object of the token stays. */
void object_remove(struct object_table *t, const struct object *o);

/* Frees all keys that a session made. */
void object_remove_session(struct object_table *t, CK_SESSION_HANDLE session);

/* Finds an object by handle; private ones only for those who are logged in. */
bool object_find(const struct object_table *t, CK_OBJECT_HANDLE handle,
    bool logged_in, struct object *out);

/*
 * Writes the handles of the objects that match a template, at most max, and
 * returns how many they are.
 */
size_t object_search(const struct object_table *t, bool logged_in,
    const CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *out,
    size_t max);

/* The object of a key before it is added, without a handle. */
struct object object_of(const struct object_made *made);

/* The most objects that a search can find. */
size_t object_count(const struct object_table *t);
