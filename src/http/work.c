/*
 * work.c - a few threads that run what is queued for them, in order.
 *
 * Belongs here: the queue, the threads.
 * Not here: requests (serve.c); waiting for a notice (topic.c).
 */
#include "http/work.h"

#include <pthread.h>
#include <stdlib.h>

#define WORK_THREADS_MAX 64
#define WORK_STACK       (512 * 1024)

struct work {
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct work_item *first, *last;
	size_t n, max;
	bool ending;
	unsigned int threads;
	pthread_t thread[WORK_THREADS_MAX];
};

static void *
work_run(void *arg)
{
	struct work *w = arg;
	struct work_item *item;

	(void)pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->first == NULL && !w->ending)
			(void)pthread_cond_wait(&w->some, &w->lock);
		if ((item = w->first) == NULL)
			break;
		w->first = item->next;
		w->n--;
		(void)pthread_mutex_unlock(&w->lock);
		item->run(item);
		(void)pthread_mutex_lock(&w->lock);
	}
	(void)pthread_mutex_unlock(&w->lock);

	return NULL;
}

enum rc
work_new(unsigned int threads, size_t max, struct work **out, struct err *e)
{
	struct work *w = calloc(1, sizeof(*w));
	pthread_attr_t attr;

	*out = NULL;
	if (w == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->some, NULL);
	w->max = max;
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, WORK_STACK);
	for (; w->threads < threads && w->threads < WORK_THREADS_MAX;
	     w->threads++) {
		if (pthread_create(
			&w->thread[w->threads], &attr, work_run, w) != 0)
			break;
	}
	(void)pthread_attr_destroy(&attr);
	if (w->threads == 0) {
		work_free(w);
		return err_set(e, RC_MEMORY, NULL, "no thread can be started");
	}
	*out = w;

	return RC_OK;
}

bool
work_push(struct work *w, struct work_item *item, bool force)
{
	bool fits;

	item->next = NULL;
	(void)pthread_mutex_lock(&w->lock);
	fits = force || w->n < w->max;
	if (fits) {
		if (w->first == NULL)
			w->first = item;
		else
			w->last->next = item;
		w->last = item;
		w->n++;
		(void)pthread_cond_signal(&w->some);
	}
	(void)pthread_mutex_unlock(&w->lock);

	return fits;
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->ending = true;
	(void)pthread_cond_broadcast(&w->some);
	(void)pthread_mutex_unlock(&w->lock);
	for (unsigned int i = 0; i < w->threads; i++)
		(void)pthread_join(w->thread[i], NULL);
	(void)pthread_cond_destroy(&w->some);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}
