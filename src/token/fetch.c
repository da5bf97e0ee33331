/*
 * fetch.c - HTTP to the service, given up when nobody waits any more.
 *
 * Belongs here: libcurl, its limits, cancelling.
 * Not here: what is asked and answered (approval.c, answer.c).
 */
#include "token/fetch.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#define FETCH_CONNECT_MS 3000L
#define FETCH_SLICE_MS   1000

struct fetch {
	CURLM *multi;
	CURL *easy;
	int cancel;
	struct buf *into;
	bool too_long;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
fetch_global(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
}

enum rc
fetch_new(struct fetch **out, int cancel, struct err *e)
{
	struct fetch *f = calloc(1, sizeof(*f));

	(void)pthread_once(&once, fetch_global);
	*out = NULL;
	if (f == NULL || (f->multi = curl_multi_init()) == NULL ||
	    (f->easy = curl_easy_init()) == NULL) {
		fetch_free(f);
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	}
	f->cancel = cancel;
	*out = f;

	return RC_OK;
}

void
fetch_free(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->easy);
	(void)curl_multi_cleanup(f->multi);
	free(f);
}

bool
fetch_cancelled(const struct fetch *f)
{
	struct pollfd p = { .fd = f->cancel, .events = POLLRDHUP };

	return f->cancel >= 0 && poll(&p, 1, 0) > 0 &&
	    (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static size_t
fetch_take(char *p, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;

	buf_bytes(f->into, (struct span){ (const uint8_t *)p, size * n });
	f->too_long = !buf_ok(f->into);

	return f->too_long ? 0 : size * n;
}

static enum rc
fetch_result(struct fetch *f, CURLcode code, long *status, struct err *e)
{
	if (code == CURLE_OK) {
		(void)curl_easy_getinfo(
		    f->easy, CURLINFO_RESPONSE_CODE, status);
		return RC_OK;
	}
	if (f->too_long)
		return err_set(e, RC_LIMIT, "service", "answer too long");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, RC_EXPIRED, "service", "no answer in time");

	return err_set(e, RC_IO, "service", "%s", curl_easy_strerror(code));
}

static enum rc
fetch_run(struct fetch *f, bool to_the_end, long *status, struct err *e)
{
	struct curl_waitfd hangup = { .fd = f->cancel,
		.events = CURL_WAIT_POLLPRI };
	unsigned int extra = f->cancel >= 0 && !to_the_end ? 1 : 0;
	int running = 1, left;
	CURLMsg *m;

	for (;;) {
		if (curl_multi_perform(f->multi, &running) != CURLM_OK)
			return err_set(e, RC_IO, "service", "cannot ask");
		if (running == 0)
			break;
		/* POLLHUP comes unasked. */
		if (curl_multi_poll(f->multi, &hangup, extra, FETCH_SLICE_MS,
			NULL) != CURLM_OK)
			return err_set(e, RC_IO, "service", "cannot wait");
		if (!to_the_end && fetch_cancelled(f))
			return err_set(e, RC_STATE, "service", "given up");
	}
	while ((m = curl_multi_info_read(f->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			return fetch_result(f, m->data.result, status, e);

	return err_set(e, RC_IO, "service", "no answer");
}

static bool
fetch_set(struct fetch *f, const struct fetch_request *q,
    const struct curl_slist *headers)
{
	CURL *c = f->easy;

	curl_easy_reset(c);
	if (curl_easy_setopt(c, CURLOPT_URL, q->url) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") !=
		CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, FETCH_CONNECT_MS) !=
		CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms) !=
		CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, fetch_take) !=
		CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_WRITEDATA, f) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) != CURLE_OK)
		return false;
	if (q->body.n == 0)
		return true;

	return curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)q->body.n) ==
	    CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body.p) == CURLE_OK;
}

enum rc
fetch_call(struct fetch *f, const struct fetch_request *q, long *status,
    struct buf *answer, struct err *e)
{
	struct curl_slist *headers = NULL, *longer;
	const char *lines[] = { "Content-Type: application/json",
		"Accept: application/json, application/problem+json",
		q->authority };
	enum rc rc = RC_MEMORY;

	*status = 0;
	f->into = answer;
	f->too_long = false;
	for (size_t i = 0; i < 3 && lines[i] != NULL; i++) {
		if ((longer = curl_slist_append(headers, lines[i])) == NULL)
			goto out;
		headers = longer;
	}
	if (!fetch_set(f, q, headers) ||
	    curl_multi_add_handle(f->multi, f->easy) != CURLM_OK)
		goto out;
	rc = fetch_run(f, q->to_the_end, status, e);
	(void)curl_multi_remove_handle(f->multi, f->easy);
out:
	if (rc == RC_MEMORY)
		err_set(e, rc, NULL, "out of memory");
	curl_slist_free_all(headers);

	return rc;
}
