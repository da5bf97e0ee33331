/*
 * client.h - a client on a bare socket, for tests: says what it is told, byte
 * for byte, so that it can be rude.
 *
 * Belongs here: connecting, sending, reading until something is there.
 * Not here: checks (each test's own).
 */
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int
client_open(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)(void *)&a, sizeof(a)) != 0) {
		(void)close(fd);
		return -1;
	}

	return fd;
}

static inline bool
client_send(int fd, const char *bytes, size_t n)
{
	return send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* Appends what comes to out until it holds `until` (NULL: until the end). */
static inline bool
client_read(int fd, char *out, size_t size, const char *until, int ms)
{
	size_t n = strlen(out);

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (until != NULL && strstr(out, until) != NULL)
			return true;
		if (n + 1 >= size || poll(&p, 1, ms) <= 0)
			return false;
		got = recv(fd, out + n, size - n - 1, 0);
		if (got <= 0)
			return until == NULL;
		n += (size_t)got;
		out[n] = '\0';
	}
}

/* One request with "Connection: close"; the whole answer in out. */
static inline int
client_ask(uint16_t port, const char *method, const char *path,
    const char *headers, const char *body, char *out, size_t size)
{
	char head[8192];
	int fd = client_open(port), n, status = -1;

	n = snprintf(head, sizeof(head),
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s",
	    method, path, headers);
	if (body != NULL)
		n += snprintf(head + n, sizeof(head) - (size_t)n,
		    "Content-Length: %zu\r\n", strlen(body));
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n%s",
	    body != NULL ? body : "");
	out[0] = '\0';
	if (fd >= 0 && client_send(fd, head, (size_t)n) &&
	    client_read(fd, out, size, NULL, 10000) &&
	    sscanf(out, "HTTP/1.1 %d", &status) != 1)
		status = -1;
	if (fd >= 0)
		(void)close(fd);

	return status;
}

/* A header's line is there, whatever the case of its name? */
static inline bool
client_has(const char *answer, const char *line)
{
	const char *end = strstr(answer, "\r\n\r\n");
	const char *at = strcasestr(answer, line);

	return at != NULL && (end == NULL || at < end);
}
