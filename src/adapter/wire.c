/*
 * wire.c - the one place that speaks HTTP to others.
 *
 * Belongs here: limits of every outgoing call (time, size, no redirects, no
 * proxy or cookies from the surroundings) and the check of the address that a
 * name turned out to have.
 * Not here: which hosts may be asked (webpush.c, identity_portone.c); what an
 * answer means (theirs too).
 */
#include "adapter/wire.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct wire {
	CURL *curl;
	bool private_allowed; /* of the call under way */
	bool address_refused;
	bool cut;
	struct buf *into;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
wire_global(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
}

enum rc
wire_new(struct wire **out, struct err *e)
{
	struct wire *w;

	*out = NULL;
	(void)pthread_once(&once, wire_global);
	if ((w = calloc(1, sizeof(*w))) == NULL ||
	    (w->curl = curl_easy_init()) == NULL) {
		free(w);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	*out = w;

	return RC_OK;
}

void
wire_free(struct wire *w)
{
	if (w == NULL)
		return;
	curl_easy_cleanup(w->curl);
	free(w);
}

struct wire_range {
	uint32_t start;
	unsigned int bits;
};

/* RFC 6890 and its registry: not globally reachable, or not for unicast. */
static const struct wire_range reserved[] = {
	{ 0x00000000, 8 },  /* this network */
	{ 0x0a000000, 8 },  /* private */
	{ 0x64400000, 10 }, /* shared, RFC 6598 */
	{ 0x7f000000, 8 },  /* loopback */
	{ 0xa9fe0000, 16 }, /* link-local; clouds keep their keys here */
	{ 0xac100000, 12 }, /* private */
	{ 0xc0000000, 24 }, /* protocol assignments */
	{ 0xc0000200, 24 }, /* documentation */
	{ 0xc0586300, 24 }, /* 6to4 relays */
	{ 0xc0a80000, 16 }, /* private */
	{ 0xc6120000, 15 }, /* benchmarks */
	{ 0xc6336400, 24 }, /* documentation */
	{ 0xcb007100, 24 }, /* documentation */
	{ 0xe0000000, 3 },  /* multicast, reserved, broadcast */
};

static bool
wire_v4_is_public(uint32_t a)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if ((a ^ reserved[i].start) >> (32 - reserved[i].bits) == 0)
			return false;
	}

	return true;
}

static uint32_t
wire_v4_inside(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static bool
wire_v6_is_public(const uint8_t a[static 16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
		return wire_v4_is_public(wire_v4_inside(a + 12));
	if (a[0] >> 5 != 1) /* global unicast is 2000::/3 */
		return false;
	if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
		return wire_v4_is_public(wire_v4_inside(a + 2));
	if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xfe) == 0) /* 2001::/23 */
		return false;
	if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8)
		return false; /* documentation */
	if (a[0] == 0x3f && a[1] == 0xff && a[2] >> 4 == 0)
		return false; /* documentation */

	return true;
}

bool
wire_address_is_public(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return wire_v4_is_public(ntohl(v4.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		return wire_v6_is_public(v6.sin6_addr.s6_addr);
	}

	return false;
}

/*
 * Looks at the very address that is about to be connected to, so that a name
 * that resolves differently the second time gains nothing.
 */
static curl_socket_t
wire_open(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct wire *w = arg;

	(void)purpose;
	if (!w->private_allowed && !wire_address_is_public(&a->addr)) {
		w->address_refused = true;
		return CURL_SOCKET_BAD;
	}

	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t
wire_receive(char *p, size_t one, size_t n, void *arg)
{
	struct wire *w = arg;
	size_t left = w->into->max - w->into->n;

	(void)one; /* always 1 */
	if (n > left) {
		w->cut = true;
		n = left;
	}
	buf_bytes(w->into, (struct span){ (const uint8_t *)p, n });

	return w->cut || !buf_ok(w->into) ? CURL_WRITEFUNC_ERROR : n;
}

static bool
wire_options(struct wire *w, const struct wire_request *r)
{
	CURL *c = w->curl;
	bool good = true;

#define WIRE_SET(option, value) \
	good = curl_easy_setopt(c, option, value) == CURLE_OK && good
	WIRE_SET(CURLOPT_URL, r->url);
	WIRE_SET(CURLOPT_PROTOCOLS_STR, "http,https");
	WIRE_SET(CURLOPT_FOLLOWLOCATION, 0L);
	WIRE_SET(CURLOPT_PROXY, ""); /* else the environment decides */
	WIRE_SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	WIRE_SET(CURLOPT_NOSIGNAL, 1L);
	WIRE_SET(CURLOPT_TIMEOUT_MS, (long)WIRE_TIMEOUT_MS);
	WIRE_SET(CURLOPT_CONNECTTIMEOUT_MS, (long)WIRE_TIMEOUT_MS);
	WIRE_SET(CURLOPT_OPENSOCKETFUNCTION, wire_open);
	WIRE_SET(CURLOPT_OPENSOCKETDATA, w);
	WIRE_SET(CURLOPT_WRITEFUNCTION, wire_receive);
	WIRE_SET(CURLOPT_WRITEDATA, w);
	if (strcmp(r->method, "POST") == 0) {
		WIRE_SET(CURLOPT_POST, 1L);
		WIRE_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		WIRE_SET(CURLOPT_POSTFIELDS,
		    r->body.n == 0 ? "" : (const char *)r->body.p);
	} else {
		WIRE_SET(CURLOPT_HTTPGET, 1L);
	}
#undef WIRE_SET

	return good;
}

static bool
wire_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;

	return longer != NULL;
}

/* The authorization line is built in locked memory; libcurl's copy is wiped. */
static bool
wire_authority(struct curl_slist **list, const struct sec *authority)
{
	static const char name[] = "Authorization: ";
	struct sec line SEC_WIPED = { 0 };
	size_t n = sizeof(name) - 1;

	if (sec_new(&line, n + authority->n + 1, NULL) != RC_OK)
		return false;
	memcpy(line.p, name, n);
	memcpy(line.p + n, authority->p, authority->n);

	return wire_header(list, (const char *)line.p);
}

static struct curl_slist *
wire_headers(const struct wire_request *r)
{
	struct curl_slist *list = NULL;
	/* No waiting for "100 Continue"; libcurl's own type is wrong for us. */
	bool good = wire_header(&list, "Expect:") &&
	    wire_header(&list, "User-Agent: ingam");

	for (const char *const *h = r->headers; good && h != NULL && *h; h++)
		good = wire_header(&list, *h);
	if (good && r->authority != NULL)
		good = wire_authority(&list, r->authority);
	if (!good) {
		curl_slist_free_all(list);
		return NULL;
	}

	return list;
}

static void
wire_headers_free(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l != NULL; l = l->next)
		sec_wipe(l->data, strlen(l->data));
	curl_slist_free_all(list);
}

static enum rc
wire_judge(struct wire *w, CURLcode code, const struct wire_request *r,
    const struct wire_answer *a, struct err *e)
{
	if (code == CURLE_OK)
		return RC_OK;
	if (w->address_refused)
		return err_set(e, RC_POLICY, "address",
		    "the host is on a private network");
	if (w->cut && r->cut_allowed)
		return RC_OK;
	if (w->cut)
		return err_set(e, RC_LIMIT, NULL, "the answer is too large");
	if (!buf_ok(&a->body) || code == CURLE_OUT_OF_MEMORY)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, RC_BUSY, NULL, "no answer within %d s",
		    WIRE_TIMEOUT_MS / 1000);

	return err_set(e, RC_IO, NULL, "%s", curl_easy_strerror(code));
}

enum rc
wire_call(struct wire *w, const struct wire_request *r, struct wire_answer *a,
    struct err *e)
{
	struct curl_slist *headers;
	curl_off_t retry = 0;
	CURLcode code;
	enum rc rc;

	a->status = 0;
	a->retry_after_ms = 0;
	buf_reset(&a->body);
	curl_easy_reset(w->curl); /* keeps the connections */
	w->private_allowed = r->private_allowed;
	w->address_refused = w->cut = false;
	w->into = &a->body;
	headers = wire_headers(r);
	if (headers == NULL || !wire_options(w, r) ||
	    curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, headers) !=
		CURLE_OK) {
		wire_headers_free(headers);
		return err_set(e, RC_MEMORY, NULL, "cannot prepare a request");
	}
	code = curl_easy_perform(w->curl);
	rc = wire_judge(w, code, r, a, e);
	if (rc == RC_OK) {
		(void)curl_easy_getinfo(
		    w->curl, CURLINFO_RESPONSE_CODE, &a->status);
		if (curl_easy_getinfo(w->curl, CURLINFO_RETRY_AFTER, &retry) ==
			CURLE_OK &&
		    retry > 0)
			a->retry_after_ms =
			    retry > 86400 ? 86400000 : (int64_t)retry * 1000;
	} else {
		buf_reset(&a->body);
	}
	curl_easy_reset(w->curl);
	wire_headers_free(headers);

	return rc;
}
