/*
 * channel.c - Unix SOCK_SEQPACKET sockets: one frame a packet.
 *
 * Belongs here: listening, connecting, who the peer is, packets whole.
 * Not here: what is in a packet (frame.c); when to read (vault/serve.c).
 */
#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static enum rc
channel_address(const char *path, struct sockaddr_un *out, struct err *e)
{
	size_t n = strlen(path);

	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (n == 0 || n >= sizeof(out->sun_path))
		return err_set(e, RC_LIMIT, "socket", "path of a wrong length");
	memcpy(out->sun_path, path, n);

	return RC_OK;
}

static enum rc
channel_socket(int flags, int *fd, struct err *e)
{
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);

	return *fd >= 0 ? RC_OK
			: err_set(e, RC_IO, "socket", "%s", strerror(errno));
}

enum rc
channel_connect(const char *path, int *fd, struct err *e)
{
	struct sockaddr_un address;
	enum rc rc;

	*fd = -1;
	if ((rc = channel_address(path, &address, e)) != RC_OK ||
	    (rc = channel_socket(0, fd, e)) != RC_OK)
		return rc;
	if (connect(*fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return RC_OK;
	(void)close(*fd);
	*fd = -1;

	return err_set(e, RC_BUSY, "socket", "nobody answers there");
}

/* Makes the path free, if what is there is a socket that nobody listens on. */
static enum rc
channel_clear_stale(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0)
		return RC_OK;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, RC_EXISTS, "socket", "not a socket");
	if (channel_connect(path, &fd, NULL) == RC_OK) {
		(void)close(fd);
		return err_set(e, RC_EXISTS, "socket", "already being served");
	}
	if (unlink(path) != 0)
		return err_set(e, RC_IO, "socket", "%s", strerror(errno));

	return RC_OK;
}

enum rc
channel_listen(const char *path, bool shared, int *fd, struct err *e)
{
	struct sockaddr_un address;
	mode_t before;
	int bound;
	enum rc rc;

	*fd = -1;
	if ((rc = channel_address(path, &address, e)) != RC_OK ||
	    (rc = channel_clear_stale(path, e)) != RC_OK ||
	    (rc = channel_socket(SOCK_NONBLOCK, fd, e)) != RC_OK)
		return rc;
	before = umask(shared ? 0117 : 0177);
	bound = bind(*fd, (struct sockaddr *)&address, sizeof(address));
	(void)umask(before);
	if (bound == 0 && listen(*fd, 128) == 0)
		return RC_OK;
	rc = err_set(e, RC_IO, "socket", "%s", strerror(errno));
	(void)close(*fd);
	*fd = -1;

	return rc;
}

enum rc
channel_accept(int listener, int *fd, struct channel_peer *peer, struct err *e)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	*fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (*fd < 0 && (errno == EAGAIN))
		return err_set(e, RC_ABSENT, "socket", "nobody waits");
	if (*fd < 0)
		return err_set(e,
		    errno == EMFILE || errno == ENFILE ? RC_BUSY : RC_IO,
		    "socket", "%s", strerror(errno));
	if (getsockopt(*fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0) {
		(void)close(*fd);
		*fd = -1;
		return err_set(e, RC_IO, "socket", "peer without a name");
	}
	*peer = (struct channel_peer){ .uid = cred.uid, .pid = cred.pid };

	return RC_OK;
}

enum rc
channel_send(int fd, struct span frame, struct err *e)
{
	/* sendmsg(2) takes writable vectors and does not write to them. */
	union {
		const uint8_t *in;
		void *out;
	} p = { .in = frame.p };
	struct iovec part = { p.out, frame.n };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	do {
		sent = sendmsg(fd, &m, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return err_set(e, errno == EAGAIN ? RC_BUSY : RC_IO, "socket",
		    "%s", strerror(errno));

	return (size_t)sent == frame.n
	    ? RC_OK
	    : err_set(e, RC_IO, "socket", "frame sent in part");
}

enum rc
channel_receive(int fd, bool wait, uint8_t *p, size_t *n, struct err *e)
{
	struct iovec part = { p, MESSAGE_MAX };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t got;

	*n = 0;
	do {
		got = recvmsg(fd, &m, wait ? 0 : MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN))
		return err_set(e, RC_ABSENT, "socket", "nothing waits");
	if (got <= 0)
		return err_set(e, RC_IO, "socket", "the peer is gone");
	/* Descriptors sent along have no place to go: the kernel says CTRUNC. */
	if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return err_set(e, RC_FORMAT, "frame", "frame was cut");
	*n = (size_t)got;

	return RC_OK;
}
