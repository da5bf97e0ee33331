/*
 * answer.c - an answer as the HTTP library takes it.
 *
 * Belongs here: its head and its body, of a file, of bytes or of a stream.
 * Not here: when it is sent, and by whom (serve.c); what a handler says
 * (response.c).
 */
#include "http/answer.h"

#include "base/clock.h"
#include "http/guard.h"
#include "http/refuse.h"

#include <stdlib.h>
#include <time.h>

/* The file, or 304 when the client has it. */
static struct MHD_Response *
answer_file(struct request *q)
{
	const struct static_file *f = q->file;
	const char *have = request_header(q, "If-None-Match");
	const char *takes = request_header(q, "Accept-Encoding");
	bool gzip = f->gzip.n > 0 && takes != NULL &&
	    strstr(takes, "gzip") != NULL && strstr(takes, "gzip;q=0") == NULL;
	struct span body = gzip ? f->gzip : f->body;
	struct MHD_Response *response;

	q->r.status = 200;
	if (have != NULL && strstr(have, f->etag) != NULL) {
		q->r.status = 304;
		body.n = 0;
	}
	/* Taken writable, and not written: PERSISTENT. */
	response = MHD_create_response_from_buffer(body.n,
	    (void *)(uintptr_t)body.p, /* NOLINT(performance-no-int-to-ptr) */
	    MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return NULL;
	(void)MHD_add_response_header(response, "Content-Type", f->type);
	(void)MHD_add_response_header(response, "ETag", f->etag);
	(void)MHD_add_response_header(response, "Vary", "Accept-Encoding");
	(void)MHD_add_response_header(response, "Cache-Control",
	    f->forever ? "public, max-age=31536000, immutable" : "no-cache");
	if (gzip && q->r.status == 200)
		(void)MHD_add_response_header(
		    response, "Content-Encoding", "gzip");

	return response;
}

static struct MHD_Response *
answer_stream(struct request *q, answer_reader *read)
{
	struct MHD_Response *response = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, 64, read, q, NULL);

	if (response == NULL)
		return NULL;
	(void)MHD_add_response_header(
	    response, "Content-Type", "text/event-stream");
	/* For a proxy before us (nginx): do not gather. */
	(void)MHD_add_response_header(response, "X-Accel-Buffering", "no");

	return response;
}

static struct MHD_Response *
answer_body(struct request *q)
{
	struct MHD_Response *response;
	size_t n;
	uint8_t *p = buf_take(&q->r.body, &n);

	response = MHD_create_response_from_buffer(
	    n, p, p == NULL ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);
	if (response == NULL) {
		free(p);
		return NULL;
	}
	if (q->r.type != NULL)
		(void)MHD_add_response_header(
		    response, "Content-Type", q->r.type);

	return response;
}

static void
answer_headers(struct request *q, struct MHD_Response *response)
{
	struct span h = buf_span(&q->r.headers);
	const char *at = (const char *)h.p, *end = at + h.n;

	while (at < end) {
		const char *value = at + strlen(at) + 1;

		(void)MHD_add_response_header(response, at, value);
		at = value + strlen(value) + 1;
	}
	if (q->file == NULL &&
	    (q->match.route == NULL || q->refusal != REFUSE_NOTHING ||
		(q->match.route->flags & ROUTE_CACHED) == 0))
		(void)MHD_add_response_header(
		    response, "Cache-Control", "no-store");
	guard_headers(q, q->file != NULL, response);
}

struct MHD_Response *
answer_new(struct request *q, answer_reader *read)
{
	struct MHD_Response *response;

	if (q->file != NULL)
		response = answer_file(q);
	else if (q->r.stream)
		response = answer_stream(q, read);
	else
		response = answer_body(q);
	if (response != NULL)
		answer_headers(q, response);

	return response;
}

static enum MHD_Result
answer_line(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	if (kind == MHD_HEADER_KIND)
		buf_printf(arg, "%s: %s\r\n", name, value);

	return MHD_YES;
}

/* RFC 9110 section 5.6.7, in English everywhere. */
static void
answer_date(struct buf *out)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm tm = { 0 };

	(void)gmtime_r(&now, &tm);
	buf_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], 1900 + tm.tm_year,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void
answer_head(struct MHD_Response *response, bool chunked, struct buf *out)
{
	buf_str(out, "HTTP/1.1 200 OK\r\n");
	answer_date(out);
	(void)MHD_get_response_headers(response, answer_line, out);
	if (chunked)
		buf_str(out, "Transfer-Encoding: chunked\r\n");
	buf_str(out, "Connection: close\r\n\r\n");
}
