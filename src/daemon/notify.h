/*
 * notify.h - see notify.c.
 */
#pragma once

#include "adapter/outgoing.h"
#include "api/api.h"

struct notify {
	struct api *api;
	struct outgoing *outgoing;
	struct webpush *push;
	int64_t push_ttl_ms;
};

/*
 * domain_ops.request and .changed, api.push_test, api.push_parse,
 * outgoing_options.gone.
 */
void notify_request(void *arg, const struct approval *a, bool ring);
void notify_changed(void *arg, enum domain_change what,
    const uint8_t member_id[static STORE_ID],
    const uint8_t id[static STORE_ID]);
void notify_push_test(void *arg, const uint8_t device_id[static STORE_ID]);
enum rc notify_push_parse(void *arg, struct span endpoint, struct span p256dh,
    struct span auth, struct push *out, struct err *e);
void notify_gone(void *arg, const char *endpoint);
