/*
 * identity_portone.h - see identity_portone.c.
 */
#pragma once

#include "adapter/identity.h"

struct identity_portone_options {
	const char *base_url;     /* https://api.portone.io; http only to
	                             127.0.0.1 and localhost */
	const char *store_id;     /* may be NULL: the secret's own */
	const char *channel_key;  /* which contract */
	const struct sec *secret; /* V2 API secret; copied */
};

/* RC_FORMAT names the option. RC_MEMORY. Give it to identity_free(). */
IG_CHECK enum rc identity_portone_new(const struct identity_portone_options *o,
    struct identity_provider **out, struct err *e);
