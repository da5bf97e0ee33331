/*
 * policy.c - what a certificate is for, by its policy OID.
 *
 * Belongs here: finding a row of policy.def.
 * Not here: the rows (policy.def); whether a service accepts a policy
 * (domain).
 */
#include "npki/policy.h"

#include <stddef.h>
#include <string.h>

static const struct policy rows[] = {
#define ROW(...) { __VA_ARGS__ },
#include "npki/policy.def"
#undef ROW
};

static const struct policy unknown = { "", "", POLICY_HOLDER_UNKNOWN,
	POLICY_USE_UNKNOWN, "인증서", "Certificate" };

const struct policy *
policy_find(const char *oid)
{
	const struct policy *below = &unknown;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = strlen(rows[i].oid);

		if (strcmp(rows[i].oid, oid) == 0)
			return &rows[i];
		if (rows[i].oid[n - 1] == '.' &&
		    strncmp(rows[i].oid, oid, n) == 0)
			below = &rows[i];
	}

	return below;
}

const char *
policy_use_name(enum policy_use use)
{
	switch (use) {
	case POLICY_USE_UNKNOWN:
		break;
	case POLICY_GENERAL:
		return "general";
	case POLICY_LIMITED:
		return "limited";
	case POLICY_ENCRYPTION:
		return "encryption";
	}

	return "unknown";
}

const char *
policy_holder_name(enum policy_holder holder)
{
	switch (holder) {
	case POLICY_HOLDER_UNKNOWN:
		break;
	case POLICY_PERSON:
		return "person";
	case POLICY_BUSINESS:
		return "business";
	case POLICY_SERVER:
		return "server";
	}

	return "unknown";
}
