/*
 * policy.h - see policy.c.
 */
#pragma once

enum policy_use {
	POLICY_USE_UNKNOWN,
	POLICY_GENERAL, /* 범용: usable anywhere */
	POLICY_LIMITED, /* 용도제한: where its sentence says */
	POLICY_ENCRYPTION,
};

enum policy_holder {
	POLICY_HOLDER_UNKNOWN,
	POLICY_PERSON,
	POLICY_BUSINESS,
	POLICY_SERVER,
};

/* One row of policy.def: what a certificate of this policy is for. */
struct policy {
	const char *oid; /* "1.2.410…"; "1.2.410…." is all below it */
	const char *ca;  /* the CA's name as people know it */
	enum policy_holder holder;
	enum policy_use use;
	const char *ko; /* what a list shows: 범용 개인 */
	const char *en;
};

/*
 * The row for a policy OID, compared whole, else the one for all below it.
 * Never NULL: an unknown OID gives the row whose oid is "".
 */
const struct policy *policy_find(const char *oid);

/* "general", "limited", "encryption", "unknown"; and "person", "business", "server", "unknown". */
const char *policy_use_name(enum policy_use use);
const char *policy_holder_name(enum policy_holder holder);
