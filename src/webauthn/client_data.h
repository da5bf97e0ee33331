/*
 * client_data.h - see client_data.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define CLIENT_DATA_MAX 2048

/* What clientDataJSON says (WebAuthn level 3, 5.8.1). Spans are borrowed. */
struct client_data {
	struct span type;
	struct span challenge; /* base64url as it stands */
	struct span origin;
	struct span top_origin; /* empty where absent */
	bool cross_origin;
};

/*
 * Reads it strictly: at most CLIENT_DATA_MAX bytes, one JSON object, UTF-8, no
 * key twice at any level, no escape in a key or in one of the five values
 * above, depth 4. Other members are parsed and left out.
 */
IG_CHECK enum rc client_data_parse(
    struct span in, struct client_data *out, struct err *e);

/* What a ceremony must show, at registration and at every assertion. */
struct client_expected {
	uint8_t challenge[32];
	const struct span *origins; /* exact: "https://a.example" */
	size_t n_origins;
	uint8_t rp_id_hash[32];
};

/*
 * Parses and checks: type, challenge (in constant time), origin on the list,
 * crossOrigin absent or false, topOrigin absent or on the list. Hash is
 * SHA-256 of the JSON as it came. RC_FORMAT, RC_LIMIT; RC_DENIED names the
 * member that is wrong.
 */
IG_CHECK enum rc client_data_check(struct span in, const char *type,
    const struct client_expected *want, uint8_t hash[static 32], struct err *e);
