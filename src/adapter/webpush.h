/*
 * webpush.h - see webpush.c.
 */
#pragma once

#include "adapter/ece.h"
#include "adapter/wire.h"
#include "base/err.h"
#include "base/span.h"

#define WEBPUSH_ENDPOINT_SIZE 1024 /* with its zero */
#define WEBPUSH_TOPIC_MAX     32   /* RFC 8030 section 5.4 */
#define WEBPUSH_PAYLOAD_MAX   ECE_PLAIN_MAX

/* Where a browser wants its messages: what PushSubscription.toJSON() says. */
struct webpush_subscription {
	char endpoint[WEBPUSH_ENDPOINT_SIZE];
	struct ece_peer peer;
};

/*
 * Reads a subscription out of its three texts (endpoint as it is, p256dh and
 * auth as base64url). It says nothing yet about whether the endpoint may be
 * used. RC_FORMAT or RC_LIMIT, naming the field.
 */
IG_CHECK enum rc webpush_subscription_parse(struct span endpoint,
    struct span p256dh, struct span auth, struct webpush_subscription *out,
    struct err *e);

struct webpush_options {
	const char *key_file; /* the VAPID key; made when absent */
	const char *contact; /* mailto: or https: of the operator (VAPID sub) */
	const char *origins; /* further origins that may be used, even if they
	                         are http or on a private network; separated by
	                         spaces, may be "" or NULL */
};

/* The sender: key, cached tokens, rules. Safe for several threads. */
struct webpush;

/* RC_FORMAT: contact or origins. Else as vapid_open(). Copies the options. */
IG_CHECK enum rc webpush_new(
    const struct webpush_options *o, struct webpush **out, struct err *e);
void webpush_free(struct webpush *w);

/* The application server key for PushManager.subscribe(), base64url. Borrowed. */
const char *webpush_public_key(const struct webpush *w);

/*
 * May this endpoint be used? It was chosen by whoever holds the session, so:
 * https, a host of the known push services without a port, or one of the
 * configured origins. RC_FORMAT: not such an address. RC_POLICY: not allowed.
 */
IG_CHECK enum rc webpush_endpoint_check(
    const struct webpush *w, const char *endpoint, struct err *e);

struct webpush_message {
	struct span payload; /* at most WEBPUSH_PAYLOAD_MAX bytes */
	int64_t ttl_ms;      /* rounded up to seconds */
	const char *topic;   /* up to 32 base64url characters, or NULL */
};

enum webpush_outcome {
	WEBPUSH_DELIVERED, /* 2xx: the push service has it */
	WEBPUSH_GONE,      /* 404, 410: forget the subscription */
	WEBPUSH_LATER, /* 429, 5xx, no answer: try again after retry_after_ms */
	WEBPUSH_REFUSED, /* anything else: trying again does not help */
};

struct webpush_result {
	enum webpush_outcome outcome;
	long status; /* 0 where there was no answer */
	int64_t
	    retry_after_ms; /* 0 where the service does not say; at most 1 h */
};

/*
 * Checks, encrypts and posts one message on this thread's wire and waits for
 * the answer, at most WIRE_TIMEOUT_MS. RC_OK with the result, also when the
 * service did not answer; RC_POLICY, RC_LIMIT, RC_FORMAT, RC_CRYPTO when
 * nothing was sent. RC_POLICY too when the host turned out to have a private
 * address.
 */
IG_CHECK enum rc webpush_send(struct webpush *w, struct wire *wire,
    const struct webpush_subscription *s, const struct webpush_message *m,
    struct webpush_result *out, struct err *e);
