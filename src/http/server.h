/*
 * server.h - see server.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "http/limit.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "http/static.h"
#include "http/topic.h"

#include <stdint.h>

/* One listening address with what is served there. Borrowed until server_stop(). */
struct server_origin {
	const char *name;    /* "app" */
	const char *address; /* "127.0.0.1", "::"; NULL: 127.0.0.1 */
	uint16_t port;       /* 0: a free one, see server_port() */
	const char *
	    public_url; /* "https://app.example", no slash; NULL: http://localhost:<port> */

	const struct route *routes;
	size_t routes_count;
	const char *folder; /* static files, NULL: none */
	/*
	 * The page of an app that shows all its own paths ("/index.html"):
	 * served to a GET that asks for HTML where nothing else is. NULL: 404.
	 */
	const char *page;

	/* NULL: the strict presets of guard.c; "" leaves the header out. */
	const char *csp;
	const char *opener_policy;   /* Cross-Origin-Opener-Policy */
	const char *resource_policy; /* Cross-Origin-Resource-Policy */

	const char *tls_cert; /* PEM chain, NULL: plain HTTP */
	const char *tls_key;  /* PEM */
};

struct server_conf {
	const struct server_origin *origins;
	size_t origins_count;
	struct topic_hub *hub; /* borrowed */
	void *app;             /* for request_app() */

	/*
	 * For rows with ROUTE_SESSION, before the handler, on the worker:
	 * finds out who it is and keeps it with request_set_slot(). RC_DENIED
	 * when nobody.
	 */
	route_handler *session;

	/*
	 * Puts a failure into words: fills r with response_problem(). NULL: a
	 * plain table of status and err_text() is used.
	 */
	void (*problem)(const struct request *q, struct response *r, enum rc rc,
	    const struct err *e);

	struct limit *limits; /* for the rows' `limit`; borrowed, may be NULL */
	const char *
	    proxy; /* this peer's X-Forwarded-For is believed; NULL: nobody's */
	unsigned int workers;     /* threads; 0: 4 */
	unsigned int queue;       /* requests waiting for a worker; 0: 512 */
	unsigned int connections; /* at most, per origin; 0: 4096 */
	unsigned int per_address; /* at most from one address; 0: 256 */
	unsigned int idle_s;      /* unused kept connections; 0: 60 */
	unsigned int read_s; /* time to send head or body of a request; 0: 15 */
	unsigned int heartbeat_s; /* silence before a stream's comment; 0: 25 */
	unsigned int stream_s;    /* a stream's longest life; 0: 900 */
};

struct server;

/*
 * A request's head may have 4 KiB; from there to 5 KiB the connection may be
 * closed without an answer, beyond it 431 is said: what waits is kept small.
 *
 * Listens on every origin and serves until server_stop(). RC_BUSY: a port
 * is in use, RC_IO, RC_FORMAT: it or the address cannot be had (err.field is
 * the origin's name). RC_BUG: a table is wrong. Its threads have the signal
 * mask of the caller, who blocks what only the main thread is to get.
 */
IG_CHECK enum rc server_start(
    const struct server_conf *conf, struct server **out, struct err *e);

/* The port of an origin by its place, in host order. */
uint16_t server_port(const struct server *s, size_t origin);

/* Reads the static files of all origins anew; on failure the old ones stay. */
IG_CHECK enum rc server_reload(struct server *s, struct err *e);

/*
 * Stops: no new connections, handlers that run finish and are answered, those
 * that wait run once more (REQUEST_STOP) and are answered, streams end. Then
 * frees s. NULL is fine.
 */
void server_stop(struct server *s);

/* Figures for /metrics: since the start. */
struct server_stats {
	uint64_t requests;
	uint64_t refused;     /* for want of a worker */
	uint64_t streams;     /* open now */
	uint64_t waiting;     /* long polls now */
	uint64_t connections; /* open now */
};

void server_stats(struct server *s, struct server_stats *out);
