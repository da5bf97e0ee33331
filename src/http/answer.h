/*
 * answer.h - see answer.c. Only for this room.
 */
#pragma once

#include "http/inner.h"

/* Gives the next text of a stream, as the library asks for it. */
typedef ssize_t answer_reader(void *arg, uint64_t at, char *out, size_t n);

/*
 * What q->file or q->r says, with all headers, and q->r.status set for a file.
 * A stream's text comes from read(q). The caller's to destroy; NULL: no memory.
 */
struct MHD_Response *answer_new(struct request *q, answer_reader *read);

/* The head of a stream that is not the library's to send, for stream_take(). */
void answer_head(struct MHD_Response *response, bool chunked, struct buf *out);
