/*
 * link.h - see link.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "ipc/frame.h"

struct link_pool;

/* As keys_new(). */
IG_CHECK enum rc link_new(const char *path, unsigned int connections,
    int64_t timeout_ms, struct link_pool **out, struct err *e);
void link_free(struct link_pool *pool);

/*
 * Sends the request in frame (made by frame_request() with sequence 0, which
 * is filled in here) and reads its answer into frame; out borrows it. Returns
 * the answer's code, with its sentence in e; RC_BUSY, RC_IO as in keys.h.
 */
IG_CHECK enum rc link_call(struct link_pool *pool, struct buf *frame,
    struct frame_answer *out, struct err *e);
