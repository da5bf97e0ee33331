/*
 * object.h - see object.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "pkcs11/api.h"
#include "wire/tokenframe.h"

/* A certificate of the list, and the number its handles are made of. */
struct object_record {
	struct tokenframe_object o;
	CK_ULONG number;
	char unique[35]; /* 32 hex digits, '-', kind */
};

/* What is on the token. The records borrow from bytes. */
struct object_table {
	struct object_record *records;
	size_t n;
	uint8_t *bytes;
	size_t bytes_n;
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
 * before keeps its handles. On failure the old list stays. owner as
 * tokenframe_list_parse(). RC_FORMAT, RC_ABSENT, RC_MEMORY.
 */
IG_CHECK enum rc object_table_set(struct object_table *t, struct span list,
    const uint8_t *owner, struct err *e);

void object_table_clear(struct object_table *t);

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

/* The most objects that a search can find. */
size_t object_count(const struct object_table *t);

/* C_GetAttributeValue on one object: fills what it can, see its clause 5.7.5. */
CK_RV object_attributes(
    const struct object *o, CK_ATTRIBUTE *template, CK_ULONG n);
