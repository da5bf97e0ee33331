/*
 * admit.h - see admit.c.
 */
#pragma once

#include "http/refuse.h"

struct request;

/*
 * Sets what a request is for: its row and parameters, or its file. On a
 * refusal q->allowed, q->retry_ms and q->why say what belongs to it. A refusal
 * that was there before stays. Once for each request, on its event thread.
 */
enum refuse admit_request(struct request *q);
