/*
 * loop.c - a thread that waits for descriptors, and for a kick.
 *
 * Belongs here: its epoll, its eventfd, its beginning and end.
 * Not here: what is done about an event (stream.c, watch.c).
 */
#include "http/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

static enum rc
loop_thread(struct loop *l, size_t stack, void *(*run)(void *arg), void *arg,
    struct err *e)
{
	pthread_attr_t attr;
	bool good;

	(void)pthread_attr_init(&attr);
	good = (stack == 0 || pthread_attr_setstacksize(&attr, stack) == 0) &&
	    pthread_create(&l->thread, &attr, run, arg) == 0;
	(void)pthread_attr_destroy(&attr);

	return good ? RC_OK
		    : err_set(e, RC_IO, NULL, "no thread can be started");
}

enum rc
loop_start(struct loop *l, size_t stack, void *(*run)(void *arg), void *arg,
    struct err *e)
{
	struct epoll_event event = { .events = EPOLLIN };
	enum rc rc;

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll < 0 || l->kick < 0 ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->kick, &event) != 0)
		rc = err_set(e, RC_IO, NULL, "no more descriptors");
	else
		rc = loop_thread(l, stack, run, arg, e);
	if (rc != RC_OK)
		loop_close(l);

	return rc;
}

void
loop_kick(struct loop *l)
{
	(void)eventfd_write(l->kick, 1);
}

int
loop_wait(struct loop *l, struct epoll_event *events, int max, int ms)
{
	int n = epoll_wait(l->epoll, events, max, ms), kept = 0;
	eventfd_t ignored;

	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == NULL)
			(void)eventfd_read(l->kick, &ignored);
		else
			events[kept++] = events[i];
	}

	return kept;
}

void
loop_join(struct loop *l)
{
	loop_kick(l);
	(void)pthread_join(l->thread, NULL);
}

void
loop_close(struct loop *l)
{
	if (l->epoll >= 0)
		(void)close(l->epoll);
	if (l->kick >= 0)
		(void)close(l->kick);
	l->epoll = l->kick = -1;
}
