/*
 * inner.h - what the files of this room know of each other; nobody else
 * includes it. The HTTP library's types end here.
 */
#pragma once

#include "base/buf.h"
#include "http/pairs.h"
#include "http/server.h"
#include "http/static.h"
#include "http/stream.h"
#include "http/topic.h"
#include "http/watch.h"
#include "http/work.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

struct response {
	struct request *q;
	unsigned int status; /* 0: nothing was said yet */
	const char *type;
	struct buf body;
	struct buf headers; /* "Name\0value\0"… */
	struct json_out json;
	bool is_json, failed;
	route_handler *again;
	int64_t until_ms; /* clock_mono_ms() */
	bool stream;
};

enum inner_state {
	INNER_HEAD, /* the head was read */
	INNER_BODY, /* the body comes */
	INNER_WORK, /* a worker or the hub has it; the connection is suspended */
	INNER_READY,  /* the response is to be queued */
	INNER_LEFT,   /* the peer left */
	INNER_QUEUED, /* the library has the response */
};

/*
 * One request. In INNER_WORK it belongs to a worker or to the hub, else to
 * its listener's event thread; suspending and resuming hands it over.
 */
struct request {
	struct work_item work; /* first: an item is its request */
	struct inner_listener *at;
	struct MHD_Connection *mhd;
	struct watch_peer *peer;
	enum inner_state state;
	const char *method, *version; /* in the connection's memory */
	struct route_match match;
	struct pairs *query;
	struct buf body;
	size_t discarded; /* bytes of a body that nobody wants */
	struct json_t *json;
	struct topic_waiter *waiter;
	enum request_wake wake;
	route_handler *next; /* what runs when it wakes */
	void *slot;
	void (*drop)(void *);
	char *cookie; /* the last value asked for */
	int64_t time_ms;
	struct response r;
	struct static_set *files; /* held while one of them is sent */
	const struct static_file *file;
	unsigned int refusal; /* of refuse.h, 0: none */
	unsigned int allowed;
	int64_t retry_ms;
	char why[80]; /* what is malformed */
	char address[REQUEST_ADDRESS_MAX];
	size_t path_len;
	char *text; /* decoded path parameters */
	char target[];
};

/* One origin that listens. */
struct inner_listener {
	const struct server_origin *origin;
	struct server *server;
	struct MHD_Daemon *daemon;
	uint16_t port;
	char url[256]; /* the public address */
	bool secure;   /* it is https */
	pthread_mutex_t lock;
	struct static_set *files; /* lock */
};

struct server {
	struct server_conf conf;
	struct inner_listener *listeners;
	size_t n;
	struct work *work;
	struct watch *watch;
	struct stream_set *given; /* the streams that the library gave away */
	pthread_mutex_t lock;
	pthread_cond_t none_held;
	size_t held; /* connections suspended for a worker or a long poll */
	bool stopping;
	atomic_size_t open; /* requests that are not over */
	atomic_ulong requests, refused, streams, waiting;
};

/* serve.c, for server.c: the library's callbacks. */
enum MHD_Result serve_request(void *arg, struct MHD_Connection *mhd,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **slot);
void *serve_target(void *arg, const char *target, struct MHD_Connection *mhd);
void serve_completed(void *arg, struct MHD_Connection *mhd, void **slot,
    enum MHD_RequestTerminationCode how);
void serve_connection(void *arg, struct MHD_Connection *mhd, void **slot,
    enum MHD_ConnectionNotificationCode what);

/* For request.c: the hub gives a request back. */
void serve_woken(void *arg);

/* response.c, for serve.c. */
void response_init(struct response *r, struct request *q);
void response_clear(struct response *r);

/* Ends an open JSON body; turns what went wrong into a plain 500. */
void response_finish(struct response *r);

/* request.c, for serve.c: the address, believing the proxy where told to. */
void request_find_address(struct request *q);
void request_clear(struct request *q);
