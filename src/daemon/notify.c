/*
 * notify.c - who is told when something changed: open pages, and push.
 *
 * Belongs here: a change into topics and push messages.
 * Not here: what changed (domain); delivering (http/topic.c,
 * adapter/outgoing.c).
 */
#include "daemon/notify.h"

#include "api/render.h"
#include "base/buf.h"
#include "base/log.h"
#include "store/approval.h"
#include "store/push.h"
#include "store/transfer.h"

#define EVENT_MAX   4096
#define PAYLOAD_MAX 2048

/* The store's copy of a subscription is as large as the sender's. */
_Static_assert(PUSH_ENDPOINT == WEBPUSH_ENDPOINT_SIZE, "endpoints");

/* Does somebody look at the page and wait for this? */
enum notify_haste { NOTIFY_NOW, NOTIFY_SOON };

static void
notify_publish(struct notify *n, const char *topic, const char *type,
    struct span data, enum notify_haste haste)
{
	struct topic_hub *hub = n->api->hub;
	struct err e = { 0 };
	enum rc rc = haste == NOTIFY_NOW
	    ? topic_publish(hub, topic, type, data, &e)
	    : topic_publish_soon(hub, topic, type, data, &e);

	if (rc != RC_OK)
		log_event(LOG_WARN, "topic", "why=%s", e.msg);
}

static void
notify_member(struct notify *n, const uint8_t member_id[static STORE_ID],
    const char *type, struct span data, enum notify_haste haste)
{
	char topic[TOPIC_NAME_MAX + 1];

	if (!store_has_id(member_id))
		return;
	api_topic_member(topic, member_id);
	notify_publish(n, topic, type, data, haste);
}

static void
notify_send(struct notify *n, const struct push *p, struct span payload,
    const char *topic)
{
	struct webpush_subscription s = { 0 };
	struct err e = { 0 };

	memcpy(s.endpoint, p->endpoint, sizeof(p->endpoint));
	memcpy(s.peer.point, p->p256dh, sizeof(p->p256dh));
	memcpy(s.peer.auth, p->auth, sizeof(p->auth));
	if (outgoing_push(
		n->outgoing, &s, payload, n->push_ttl_ms, topic, &e) != RC_OK)
		log_event(LOG_WARN, "push", "not sent why=%s", e.msg);
}

/* Lock screens show it: who asks, never what is in it. */
static void
notify_ring(struct notify *n, const struct approval *a)
{
	struct buf text = buf_init(PAYLOAD_MAX);
	struct json_out o = json_put_init(&text);
	struct push_list l = { 0 };

	json_put_object(&o, NULL);
	json_put_text(&o, "type", "request");
	api_put_id(&o, "id", a->id);
	json_put_text(&o, "kind", "token");
	json_put_text(&o, "program", a->program);
	json_put_text(&o, "machine", a->machine);
	if (json_put_done(&o) &&
	    push_load_all(n->api->domain.db, a->member_id, &l, NULL) == RC_OK)
		for (size_t i = 0; i < l.n; i++)
			notify_send(n, &l.at[i], buf_span(&text), "request");
	push_list_clear(&l);
	buf_clear(&text);
}

void
notify_request(void *arg, const struct approval *a, bool ring)
{
	struct notify *n = arg;
	struct buf text = buf_init(EVENT_MAX);
	struct json_out o = json_put_init(&text);
	char topic[TOPIC_NAME_MAX + 1];

	api_topic_request(topic, a->id);
	notify_publish(n, topic, "request", SPAN_LIT("{}"), NOTIFY_NOW);
	if (!store_has_id(a->member_id))
		return;
	json_put_object(&o, NULL);
	render_request(&o, a);
	if (json_put_done(&o))
		notify_member(n, a->member_id, "request", buf_span(&text),
		    ring ? NOTIFY_NOW : NOTIFY_SOON);
	if (ring)
		notify_ring(n, a);
	buf_clear(&text);
}

static void
notify_transfer(struct notify *n, const uint8_t id[static STORE_ID])
{
	struct buf text = buf_init(EVENT_MAX);
	struct json_out o = json_put_init(&text);
	char topic[TOPIC_NAME_MAX + 1];
	struct transfer t = { 0 };

	api_topic_transfer(topic, id);
	notify_publish(n, topic, "transfer", SPAN_LIT("{}"), NOTIFY_NOW);
	if (transfer_load(n->api->domain.db, id, &t, NULL) != RC_OK)
		return;
	/* Without its message: that is larger than an event may be. */
	json_put_object(&o, NULL);
	render_transfer(&o, &t, false);
	if (json_put_done(&o))
		notify_member(
		    n, t.member_id, "transfer", buf_span(&text), NOTIFY_NOW);
	transfer_clear(&t);
	buf_clear(&text);
}

void
notify_changed(void *arg, enum domain_change what,
    const uint8_t member_id[static STORE_ID], const uint8_t id[static STORE_ID])
{
	struct notify *n = arg;
	char topic[TOPIC_NAME_MAX + 1];

	switch (what) {
	case DOMAIN_TRANSFER:
		notify_transfer(n, id);
		return;
	case DOMAIN_CERTIFICATES:
		notify_member(
		    n, member_id, "certificates", SPAN_LIT("{}"), NOTIFY_NOW);
		return;
	case DOMAIN_HISTORY:
		notify_member(
		    n, member_id, "history", SPAN_LIT("{}"), NOTIFY_SOON);
		return;
	case DOMAIN_SESSION_ENDED:
		/* Each page asks who it is, and learns that it is nobody. */
		api_topic_member(topic, member_id);
		notify_publish(n, topic, "session", SPAN_LIT("{}"), NOTIFY_NOW);
		api_topic_session(topic, id);
		topic_end(n->api->hub, topic);
		return;
	}
}

void
notify_push_test(void *arg, const uint8_t device_id[static STORE_ID])
{
	struct notify *n = arg;
	struct push p = { 0 };

	if (push_load(n->api->domain.db, device_id, &p, NULL) == RC_OK)
		notify_send(n, &p, SPAN_LIT("{\"type\":\"test\"}"), "test");
}

enum rc
notify_push_parse(void *arg, struct span endpoint, struct span p256dh,
    struct span auth, struct push *out, struct err *e)
{
	struct notify *n = arg;
	struct webpush_subscription s;
	enum rc rc;

	if ((rc = webpush_subscription_parse(endpoint, p256dh, auth, &s, e)) !=
		RC_OK ||
	    (rc = webpush_endpoint_check(n->push, s.endpoint, e)) != RC_OK)
		return rc;
	memcpy(out->endpoint, s.endpoint, sizeof(s.endpoint));
	memcpy(out->p256dh, s.peer.point, sizeof(s.peer.point));
	memcpy(out->auth, s.peer.auth, sizeof(s.peer.auth));

	return RC_OK;
}

void
notify_gone(void *arg, const char *endpoint)
{
	struct notify *n = arg;

	if (push_delete_by_endpoint(n->api->domain.db, endpoint, NULL) != RC_OK)
		log_event(LOG_WARN, "push", "gone, and not forgotten");
}
