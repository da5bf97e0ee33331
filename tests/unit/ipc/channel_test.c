/* channel_test.c - real sockets in a folder of the test's own. */
#include "ipc/channel.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static uint8_t bytes[MESSAGE_MAX + 1], in[MESSAGE_MAX];

int
main(void)
{
	char folder[] = "/tmp/ingam-channel-XXXXXX", path[64], other[64];
	struct channel_peer peer = { 0 };
	int listener, client, server, again, pipes[2];
	struct stat st;
	size_t n;

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/s", folder);
	(void)snprintf(other, sizeof(other), "%s/f", folder);
	ok(channel_connect(path, &client, NULL) == RC_BUSY, "nobody there");
	ok(channel_listen(path, false, &listener, NULL) == RC_OK, "listens");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600,
	    "for its owner only");
	ok(channel_accept(listener, &server, &peer, NULL) == RC_ABSENT,
	    "nobody waits");
	ok(channel_listen(path, false, &again, NULL) == RC_EXISTS,
	    "not twice at one path");
	/* The look whether somebody listens is itself a connection. */
	if (channel_accept(listener, &server, &peer, NULL) == RC_OK)
		(void)close(server);
	ok(channel_connect(path, &client, NULL) == RC_OK &&
		channel_accept(listener, &server, &peer, NULL) == RC_OK &&
		peer.uid == getuid() && peer.pid == getpid(),
	    "connected, and the kernel says who it is");
	ok(channel_receive(server, false, in, &n, NULL) == RC_ABSENT,
	    "nothing waits");
	ok(channel_send(client, SPAN_LIT("one"), NULL) == RC_OK &&
		channel_send(client, SPAN_LIT("two!"), NULL) == RC_OK &&
		channel_receive(server, false, in, &n, NULL) == RC_OK &&
		n == 3 && memcmp(in, "one", 3) == 0 &&
		channel_receive(server, false, in, &n, NULL) == RC_OK && n == 4,
	    "frames keep their borders");
	memset(bytes, 'x', sizeof(bytes));
	ok(channel_send(client, (struct span){ bytes, MESSAGE_MAX }, NULL) ==
		    RC_OK &&
		channel_receive(server, false, in, &n, NULL) == RC_OK &&
		n == MESSAGE_MAX,
	    "the longest frame");
	ok(channel_send(client, SPAN(bytes), NULL) == RC_OK &&
		channel_receive(server, false, in, &n, NULL) == RC_FORMAT &&
		n == 0,
	    "a longer one is a broken peer");
	if (pipe(pipes) == 0) {
		char space[CMSG_SPACE(sizeof(int))] = { 0 };
		struct iovec part = { bytes, 3 };
		struct msghdr m = { .msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = space,
			.msg_controllen = sizeof(space) };
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pipes[0], sizeof(int));
		ok(sendmsg(client, &m, 0) == 3 &&
			channel_receive(server, false, in, &n, NULL) ==
			    RC_FORMAT,
		    "descriptors are not taken");
		(void)close(pipes[0]);
		(void)close(pipes[1]);
	}
	(void)close(client);
	ok(channel_receive(server, false, in, &n, NULL) == RC_IO,
	    "the peer closed");
	ok(channel_send(server, SPAN_LIT("x"), NULL) == RC_IO,
	    "sending to nobody is an error, not a signal");
	(void)close(server);
	(void)close(listener);
	ok(channel_listen(path, true, &listener, NULL) == RC_OK &&
		stat(path, &st) == 0 && (st.st_mode & 0777) == 0660,
	    "a stale socket is replaced");
	(void)close(listener);
	(void)close(open(other, O_CREAT | O_WRONLY, 0600));
	ok(channel_listen(other, false, &listener, NULL) == RC_EXISTS,
	    "a file is not replaced");
	ok(channel_listen("", false, &listener, NULL) == RC_LIMIT,
	    "no path at all");
	(void)unlink(path);
	(void)unlink(other);
	(void)rmdir(folder);

	return tap_done();
}
