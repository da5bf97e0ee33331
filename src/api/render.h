/*
 * render.h - see render.c.
 */
#pragma once

#include "api/api.h"

struct approval;
struct cert;
struct history;
struct transfer;

/* The objects of docs/http-api.md: their members, into an open object. */
void render_certificate(struct json_out *o, const struct cert *c,
    const struct api *api, int64_t now);
void render_request(struct json_out *o, const struct approval *a);
void render_event(struct json_out *o, const struct history *h);
void render_transfer(
    struct json_out *o, const struct transfer *t, bool with_message);
const char *render_request_state(const struct approval *a);
