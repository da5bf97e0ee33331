/*
 * kept.c - many connections to our own service in one thread.
 *
 * Belongs here: as much of HTTP/1.1 as our service speaks over loopback: kept
 * connections, one call at a time on each, event streams in chunks.
 * Not here: what is asked (lane.c); calls that may block, problems as sentences
 * and TLS (client/rest.c).
 */
#include "phone/kept.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS       64
#define READ_AT_ONCE 8192

int
kept_poll(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

enum rc
kept_origin_init(
    struct kept_origin *o, int epoll, const char *name, struct err *e)
{
	static const char scheme[] = "http://";
	const char *port = strrchr(name, ':');
	unsigned long n = port == NULL ? 0 : strtoul(port + 1, NULL, 10);

	if (strncmp(name, scheme, sizeof(scheme) - 1) != 0 || n == 0 ||
	    n > UINT16_MAX || strlen(name) >= sizeof(o->name))
		return err_set(e, RC_UNKNOWN, NULL,
		    "load goes to a service on this machine, by plain HTTP");
	o->epoll = epoll;
	o->port = (uint16_t)n;
	(void)snprintf(o->name, sizeof(o->name), "%s", name);
	o->host = o->name + sizeof(scheme) - 1;

	return RC_OK;
}

void
kept_close(struct kept *k)
{
	if (k->socket > 0)
		(void)close(k->socket - 1);
	buf_clear(&k->in);
	buf_clear(&k->text);
	k->socket = 0;
	k->told = NULL;
}

static enum rc
kept_open(struct kept *k, const struct kept_origin *o, struct err *e)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = k };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(o->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    epoll_ctl(o->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return err_set(
		    e, RC_IO, NULL, "%s: %s", o->name, strerror(errno));
	}
	k->socket = fd + 1;
	k->in = buf_init(KEPT_ANSWER_MAX);
	k->text = buf_init(KEPT_ANSWER_MAX);

	return RC_OK;
}

enum rc
kept_call(struct kept *k, const struct kept_origin *o, const char *path,
    const char *header, const char *body, kept_told *told, void *arg,
    struct err *e)
{
	char text[KEPT_REQUEST_MAX];
	enum rc rc;
	int n;

	n = body == NULL
	    ? snprintf(text, sizeof(text),
		  "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, o->host,
		  header)
	    : snprintf(text, sizeof(text),
		  "POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n%s"
		  "Content-Type: application/json\r\n"
		  "Content-Length: %zu\r\n\r\n%s",
		  path, o->host, o->name, header, strlen(body), body);
	if (n < 0 || (size_t)n >= sizeof(text))
		return err_set(e, RC_LIMIT, NULL, "request too large");
	if (k->socket == 0 && (rc = kept_open(k, o, e)) != RC_OK)
		return rc;
	k->told = told;
	k->arg = arg;
	k->stream = body == NULL;
	k->begun = false;
	/* The kernel takes a request whole: the answer before it was read. */
	if (send(k->socket - 1, text, (size_t)n, MSG_NOSIGNAL) == n)
		return RC_OK;
	kept_close(k);

	return err_set(e, RC_IO, NULL, "%s: cannot send", o->name);
}

/* The bytes between the end of the head and that of what was read. */
static struct span
kept_after_head(const struct kept *k)
{
	const uint8_t *end =
	    k->in.n == 0 ? NULL : memmem(k->in.p, k->in.n, "\r\n\r\n", 4);

	if (end == NULL)
		return (struct span){ NULL, 0 };

	return (struct span){ end + 4, (size_t)(k->in.p + k->in.n - end - 4) };
}

/* The number after a text in the head; -1: it is not there. */
static long
kept_number(const struct kept *k, const char *name, size_t head)
{
	const uint8_t *end = k->in.p + head;
	const uint8_t *at = memmem(k->in.p, head, name, strlen(name));
	long n = 0;

	if (at == NULL)
		return -1;
	for (at += strlen(name); at < end && isdigit(*at) != 0; at++)
		n = n > KEPT_ANSWER_MAX ? n : n * 10 + (*at - '0');

	return n;
}

static void
kept_tell(struct kept *k, int status, struct span body)
{
	kept_told *told = k->told;

	if (!k->stream)
		k->told = NULL;
	if (status == 0)
		kept_close(k);
	if (told != NULL)
		told(k->arg, status, body);
}

/* Chunks (RFC 9112, 7.1) from the front of `in` to `text`. */
static bool
kept_chunks(struct kept *k)
{
	for (;;) {
		const uint8_t *line =
		    k->in.n == 0 ? NULL : memmem(k->in.p, k->in.n, "\r\n", 2);
		size_t head, size;

		if (line == NULL)
			return true;
		head = (size_t)(line - k->in.p) + 2;
		/* White space would be skipped, past the line's end. */
		size = isxdigit(k->in.p[0]) == 0
		    ? 0
		    : strtoul((const char *)k->in.p, NULL, 16);
		if (size == 0 || size > KEPT_ANSWER_MAX)
			return false;
		if (k->in.n < head + size + 2)
			return true;
		buf_bytes(&k->text, (struct span){ line + 2, size });
		if (!buf_ok(&k->text) ||
		    memcmp(line + 2 + size, "\r\n", 2) != 0)
			return false;
		k->in.n -= head + size + 2;
		memmove(k->in.p, line + 2 + size + 2, k->in.n);
	}
}

/* Events and comments end with an empty line; the rest of one is left. */
static void
kept_events(struct kept *k)
{
	const uint8_t *end;
	size_t n;

	while (k->text.n > 0 &&
	    (end = memmem(k->text.p, k->text.n, "\n\n", 2)) != NULL) {
		n = (size_t)(end - k->text.p) + 2;
		kept_tell(k, 200, (struct span){ k->text.p, n });
		k->text.n -= n;
		memmove(k->text.p, k->text.p + n, k->text.n);
	}
}

/* The head was read whole. False: it is none of ours. */
static bool
kept_head(struct kept *k, struct span body)
{
	size_t head = k->in.n - body.n;
	long status = kept_number(k, "HTTP/1.1 ", head);
	long length = kept_number(k, "\r\nContent-Length: ", head);

	if (memcmp(k->in.p, "HTTP/1.1 ", 9) != 0 || status < 200 ||
	    status > 599 || (length < 0 && status != 204 && !k->stream))
		return false;
	if (k->stream && status == 200) {
		k->begun = true;
		k->in.n = body.n;
		memmove(k->in.p, body.p, body.n);
		kept_tell(k, 200, (struct span){ NULL, 0 });
	} else if (length <= 0 || body.n >= (size_t)length) {
		buf_reset(&k->in); /* its bytes stay where they are */
		kept_tell(k, (int)status, body);
	}

	return true;
}

void
kept_parse(struct kept *k)
{
	struct span body = kept_after_head(k);
	bool good = true;

	if (!k->begun && body.p != NULL)
		good = kept_head(k, body);
	if (good && k->begun && (good = kept_chunks(k)))
		kept_events(k);
	if (!good)
		kept_tell(k, 0, (struct span){ NULL, 0 });
}

static void
kept_read(struct kept *k)
{
	uint8_t *room = k->socket == 0 ? NULL : buf_grow(&k->in, READ_AT_ONCE);
	ssize_t n = 0;

	if (k->socket == 0)
		return;
	if (room != NULL) {
		n = recv(k->socket - 1, room, READ_AT_ONCE, MSG_DONTWAIT);
		k->in.n -= READ_AT_ONCE - (n > 0 ? (size_t)n : 0);
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* Bytes that nobody asked for, too, end a connection. */
	if (n <= 0 || k->told == NULL)
		kept_tell(k, 0, (struct span){ NULL, 0 });
	else
		kept_parse(k);
}

bool
kept_turn(int epoll, int ms)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll, events, EVENTS, ms);

	for (int i = 0; i < n; i++)
		kept_read(events[i].data.ptr);

	return n > 0;
}
