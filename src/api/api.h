/*
 * api.h - what all of this room shares.
 */
#pragma once

#include "api/problem.h"
#include "domain/domain.h"
#include "http/server.h"

struct push;

/* What handlers find behind request_app(). */
struct api {
	struct domain domain;
	struct topic_hub *hub;
	const char *name; /* of the service */
	const char *version;
	const char *pc_origin;
	const char *identity; /* "portone", "mock" */
	int64_t expiring_ms;
	bool test_phones;
	const char *push_key; /* VAPID, base64url, for subscribing */
	/*
	 * Reads a subscription's three texts into out; messages may go there.
	 * RC_FORMAT, RC_LIMIT, RC_POLICY.
	 */
	enum rc (*push_parse)(void *arg, struct span endpoint,
	    struct span p256dh, struct span auth, struct push *out,
	    struct err *e);
	/* A push message to one device of a member: the self-test. */
	void (*push_test)(void *arg, const uint8_t device_id[static STORE_ID]);
	void *arg;
};

/* The server's hooks: who is behind the cookie, and failures in words. */
route_handler api_session;
void api_problem(const struct request *q, struct response *r, enum rc rc,
    const struct err *e);

#define API_COOKIE "ingam"

/* Topics of the hub; out has TOPIC_NAME_MAX + 1 bytes. */
void api_topic_member(char *out, const uint8_t id[static STORE_ID]);
void api_topic_request(char *out, const uint8_t id[static STORE_ID]);
void api_topic_transfer(char *out, const uint8_t id[static STORE_ID]);
/* What ends with a session; id: the first bytes of its token's hash. */
void api_topic_session(char *out, const uint8_t id[static STORE_ID]);

/* Of a handler of a ROUTE_SESSION row; never NULL. */
const struct domain_session *api_who(const struct request *q);
struct api *api_of(const struct request *q);

/*
 * Answers with a problem that the handler knows better than the hook; its
 * further members may be put into what is returned.
 */
struct json_out *api_answer_problem(struct response *r, enum problem p);

/* An identifier of 32 hex digits out of the path. RC_ABSENT otherwise. */
IG_CHECK enum rc api_id(const struct request *q, const char *name,
    uint8_t id[static STORE_ID], struct err *e);
void api_put_id(
    struct json_out *o, const char *name, const uint8_t id[static STORE_ID]);

/* SHA-256 of the bearer's 32 bytes. RC_ABSENT where there is none. */
IG_CHECK enum rc api_bearer(
    const struct request *q, uint8_t hash[static STORE_HASH], struct err *e);

/* ?wait=seconds as milliseconds, at most 25,000; 0 where absent. */
int64_t api_wait_ms(const struct request *q);
