/*
 * request.c - what a handler may know of its request.
 *
 * Belongs here: reading values of a request, decoded and checked.
 * Not here: bringing it in (serve.c); what values mean (api).
 */
#include "http/inner.h"
#include "http/json.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

void *
request_app(const struct request *q)
{
	return q->at->server->conf.app;
}

const char *
request_param(const struct request *q, const char *name)
{
	return route_param(&q->match, name);
}

const char *
request_query(const struct request *q, const char *name)
{
	return pairs_find(q->query, name);
}

const char *
request_header(const struct request *q, const char *name)
{
	return MHD_lookup_connection_value(q->mhd, MHD_HEADER_KIND, name);
}

bool
request_is_type(const struct request *q, const char *type)
{
	const char *have = request_header(q, "Content-Type");
	size_t n = strlen(type);

	return have != NULL && strncasecmp(have, type, n) == 0 &&
	    (have[n] == '\0' || have[n] == ';' || have[n] == ' ');
}

const char *
request_bearer(const struct request *q)
{
	const char *value = request_header(q, "Authorization");

	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0)
		return NULL;
	value += 7;
	while (*value == ' ')
		value++;

	return *value == '\0' || strchr(value, ' ') != NULL ? NULL : value;
}

const char *
request_cookie(struct request *q, const char *name)
{
	const char *header = request_header(q, "Cookie");
	struct span found;
	char full[80];
	int n;

	if (header == NULL ||
	    (q->match.route != NULL &&
		(q->match.route->flags & ROUTE_MACHINE) != 0))
		return NULL;
	n = snprintf(
	    full, sizeof(full), "%s%s", q->at->secure ? "__Host-" : "", name);
	if (n < 0 || (size_t)n >= sizeof(full) ||
	    !pairs_cookie(span_str(header), full, &found))
		return NULL;
	free(q->cookie);
	q->cookie = strndup((const char *)found.p, found.n);

	return q->cookie;
}

struct span
request_body(const struct request *q)
{
	return buf_span(&q->body);
}

enum rc
request_json(struct request *q, const struct json_t **out, struct err *e)
{
	enum rc rc;

	*out = NULL;
	if (!request_is_type(q, "application/json"))
		return err_set(
		    e, RC_FORMAT, NULL, "application/json is expected");
	if (q->json == NULL &&
	    (rc = json_parse(buf_span(&q->body), &q->json, e)) != RC_OK)
		return rc;
	if (!json_get_is_object(q->json))
		return err_set(e, RC_FORMAT, NULL, "a JSON object is expected");
	*out = q->json;

	return RC_OK;
}

const char *
request_address(const struct request *q)
{
	return q->address;
}

int64_t
request_time_ms(const struct request *q)
{
	return q->time_ms;
}

void
request_set_slot(struct request *q, void *slot, void (*drop)(void *))
{
	if (q->slot != NULL && q->drop != NULL && q->slot != slot)
		q->drop(q->slot);
	q->slot = slot;
	q->drop = drop;
}

void *
request_slot(const struct request *q)
{
	return q->slot;
}

enum request_wake
request_wake(const struct request *q)
{
	return q->wake;
}

enum rc
request_watch(struct request *q, const char *topic, struct err *e)
{
	enum rc rc;

	if (q->waiter == NULL &&
	    (rc = topic_waiter_new(q->at->server->conf.hub, serve_woken, q,
		 &q->waiter, e)) != RC_OK)
		return rc;

	return topic_watch(q->waiter, topic, e);
}

/* An address in the only spelling that we use; "" when it is none. */
static void
request_set_address(struct request *q, const void *ip, int family)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	/* ::ffff:192.0.2.1 is 192.0.2.1. */
	if (family == AF_INET6 && memcmp(ip, mapped, sizeof(mapped)) == 0) {
		ip = (const uint8_t *)ip + sizeof(mapped);
		family = AF_INET;
	}
	if (inet_ntop(family, ip, q->address, sizeof(q->address)) == NULL)
		q->address[0] = '\0';
}

/* Remembers the last value that this name has. */
static enum MHD_Result
request_last(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	const char **last = arg;

	(void)kind;
	if (strcasecmp(name, "X-Forwarded-For") == 0)
		*last = value;

	return MHD_YES;
}

/*
 * The last entry of the last X-Forwarded-For: the one that our own proxy
 * wrote, in a field of its own or at the end of the client's. What stands
 * before it was sent by the client and may say anything.
 */
static void
request_believe_proxy(struct request *q)
{
	const char *list = NULL;
	const char *last;
	uint8_t ip[16];

	(void)MHD_get_connection_values(
	    q->mhd, MHD_HEADER_KIND, request_last, &list);
	if (list == NULL)
		return;
	last = strrchr(list, ',');
	last = last == NULL ? list : last + 1;
	while (*last == ' ')
		last++;
	if (inet_pton(AF_INET, last, ip) == 1)
		request_set_address(q, ip, AF_INET);
	else if (inet_pton(AF_INET6, last, ip) == 1)
		request_set_address(q, ip, AF_INET6);
}

void
request_find_address(struct request *q)
{
	const char *proxy = q->at->server->conf.proxy;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(q->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (info == NULL || info->client_addr == NULL)
		return;
	/* Copied, because a sockaddr may stand where its kind may not. */
	if (info->client_addr->sa_family == AF_INET) {
		memcpy(&v4, info->client_addr, sizeof(v4));
		request_set_address(q, &v4.sin_addr, AF_INET);
	} else if (info->client_addr->sa_family == AF_INET6) {
		memcpy(&v6, info->client_addr, sizeof(v6));
		request_set_address(q, &v6.sin6_addr, AF_INET6);
	}
	if (proxy != NULL && strcmp(proxy, q->address) == 0)
		request_believe_proxy(q);
}

void
request_clear(struct request *q)
{
	request_set_slot(q, NULL, NULL);
	json_free(q->json);
	free(q->query);
	free(q->cookie);
	buf_clear(&q->body);
	topic_waiter_free(q->waiter);
	static_drop(q->files);
}
