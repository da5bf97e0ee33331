/*
 * loop.h - see loop.c.
 */
#pragma once

#include "base/err.h"

#include <pthread.h>
#include <sys/epoll.h>

struct loop {
	pthread_t thread;
	int epoll; /* for epoll_ctl(); data.ptr of an event is never NULL */
	int kick;
};

/*
 * Starts a thread with a stack of so many bytes (0: the system's usual) that
 * runs run(arg) and takes its events from loop_wait(). RC_IO, and nothing is
 * left to close.
 */
IG_CHECK enum rc loop_start(struct loop *l, size_t stack,
    void *(*run)(void *arg), void *arg, struct err *e);

/* Has loop_wait() return soon, now or the next time. From any thread. */
void loop_kick(struct loop *l);

/*
 * On the thread: waits at most ms (-1: for ever) and gives how many events
 * there are, none when it was only kicked.
 */
int loop_wait(struct loop *l, struct epoll_event *events, int max, int ms);

/* Kicks the thread, whose run() must now return, and waits for that. */
void loop_join(struct loop *l);

/* After loop_join(): no descriptor can be watched any more. */
void loop_close(struct loop *l);
