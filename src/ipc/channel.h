/*
 * channel.h - see channel.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "ipc/message.h"

#include <sys/types.h>

/* Who is at the other end, as the kernel says. */
struct channel_peer {
	uid_t uid;
	pid_t pid;
};

/*
 * Listens at path, mode 0600 (0660 with shared) and gives a non-blocking
 * descriptor. A socket that nobody listens on is replaced. RC_EXISTS:
 * somebody does, or the path is something else; RC_LIMIT: path too long; RC_IO.
 */
IG_CHECK enum rc channel_listen(
    const char *path, bool shared, int *fd, struct err *e);

/* Connects and gives a blocking descriptor. RC_BUSY: nobody answers there. */
IG_CHECK enum rc channel_connect(const char *path, int *fd, struct err *e);

/*
 * Takes one waiting connection (non-blocking). RC_ABSENT: none waits; RC_IO
 * for one that broke meanwhile, RC_BUSY when descriptors ran out.
 */
IG_CHECK enum rc channel_accept(
    int listener, int *fd, struct channel_peer *peer, struct err *e);

/* Sends one frame whole. RC_BUSY: would block; RC_IO: the peer is gone. */
IG_CHECK enum rc channel_send(int fd, struct span frame, struct err *e);

/*
 * Receives one frame into p (MESSAGE_MAX bytes) and sets n. Waits only if the
 * descriptor is blocking and wait is true. RC_ABSENT: none waits; RC_IO: the
 * peer closed or broke; RC_FORMAT: the frame was cut or carried descriptors.
 */
IG_CHECK enum rc channel_receive(
    int fd, bool wait, uint8_t *p, size_t *n, struct err *e);
