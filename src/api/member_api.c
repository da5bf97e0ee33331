/*
 * member_api.c - a member's own things: who I am, certificates, history, push.
 *
 * Belongs here: lists and settings, straight from the store.
 * Not here: what needs an approval (approval_api.c).
 */
#include "api/handlers.h"

#include "api/render.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"
#include "domain/approving.h"
#include "store/cert.h"
#include "store/device.h"
#include "store/history.h"
#include "store/member.h"
#include "store/push.h"

#define PAGE          50
#define PUSH_KEY_TEXT 128 /* what is longer is no key in base64url */

static bool
member_has_push(const struct push_list *l, const uint8_t id[static STORE_ID])
{
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->at[i].device_id, id, STORE_ID) == 0)
			return true;

	return false;
}

static void
member_put_devices(struct json_out *o, const struct device_list *devices,
    const struct push_list *pushes)
{
	json_put_array(o, "devices");
	for (size_t i = 0; i < devices->n; i++) {
		const struct device *d = &devices->at[i];

		json_put_object(o, NULL);
		api_put_id(o, "id", d->id);
		json_put_text(
		    o, "kind", d->kind == DEVICE_PASSKEY ? "passkey" : "pin");
		json_put_text(o, "name", d->name);
		json_put_int(o, "added", d->added_ms);
		json_put_bool(o, "push", member_has_push(pushes, d->id));
		json_put_end(o);
	}
	json_put_end(o);
}

enum rc
member_api_me(struct request *q, struct response *r, struct err *e)
{
	const struct domain_session *s = api_who(q);
	struct db *db = api_of(q)->domain.db;
	struct device_list devices = { 0 };
	struct push_list pushes = { 0 };
	struct member m = { 0 };
	struct json_out *o;
	enum rc rc;

	if ((rc = member_load(db, s->member_id, &m, e)) != RC_OK ||
	    (rc = device_load_all(db, s->member_id, &devices, e)) != RC_OK ||
	    (rc = push_load_all(db, s->member_id, &pushes, e)) != RC_OK)
		goto out;
	o = response_json(r, 200);
	api_put_id(o, "id", m.id);
	json_put_text(o, "name", m.name);
	json_put_text(o, "phone_tail", m.phone_tail);
	json_put_int(o, "created", m.created_ms);
	json_put_int(o, "blocked_until",
	    m.blocked_until_ms > clock_wall_ms() ? m.blocked_until_ms : 0);
	api_put_id(o, "device", s->device_id);
	member_put_devices(o, &devices, &pushes);
out:
	push_list_clear(&pushes);
	device_list_clear(&devices);
	member_clear(&m);

	return rc;
}

enum rc
member_api_certificates(struct request *q, struct response *r, struct err *e)
{
	const struct api *api = api_of(q);
	struct cert_list l = { 0 };
	struct json_out *o;
	enum rc rc =
	    cert_load_all(api->domain.db, api_who(q)->member_id, &l, e);

	if (rc != RC_OK)
		return rc;
	o = response_json(r, 200);
	json_put_array(o, "certificates");
	for (size_t i = 0; i < l.n; i++) {
		json_put_object(o, NULL);
		render_certificate(o, &l.at[i], api, request_time_ms(q));
		json_put_end(o);
	}
	json_put_end(o);
	cert_list_clear(&l);

	return RC_OK;
}

enum rc
member_api_certificate(struct request *q, struct response *r, struct err *e)
{
	const struct api *api = api_of(q);
	uint8_t id[STORE_ID];
	struct cert c = { 0 };
	enum rc rc = api_id(q, "id", id, e);

	if (rc != RC_OK)
		return rc;
	rc = cert_load(api->domain.db, api_who(q)->member_id, id, &c, e);
	if (rc == RC_OK)
		render_certificate(
		    response_json(r, 200), &c, api, request_time_ms(q));
	cert_clear(&c);

	return rc;
}

/* An identifier of the query; *out is NULL where it is absent. */
static enum rc
member_query_id(const struct request *q, const char *name,
    uint8_t id[static STORE_ID], const uint8_t **out, struct err *e)
{
	const char *text = request_query(q, name);
	struct buf b = buf_init(STORE_ID);
	enum rc rc = RC_OK;

	*out = NULL;
	if (text == NULL)
		return RC_OK;
	if (enc_hex_parse(&b, span_str(text), NULL) != RC_OK ||
	    b.n != STORE_ID) {
		rc = err_set(e, RC_FORMAT, name, "not an identifier");
	} else {
		memcpy(id, b.p, STORE_ID);
		*out = id;
	}
	buf_clear(&b);

	return rc;
}

enum rc
member_api_history(struct request *q, struct response *r, struct err *e)
{
	uint8_t before_id[STORE_ID], certificate_id[STORE_ID];
	const uint8_t *before, *certificate;
	struct history_list l = { 0 };
	bool more = false;
	struct json_out *o;
	enum rc rc;

	if ((rc = member_query_id(q, "before", before_id, &before, e)) !=
		RC_OK ||
	    (rc = member_query_id(
		 q, "certificate", certificate_id, &certificate, e)) != RC_OK ||
	    (rc = history_load_page(api_of(q)->domain.db, api_who(q)->member_id,
		 before, certificate, PAGE, &l, &more, e)) != RC_OK)
		return rc;
	o = response_json(r, 200);
	json_put_array(o, "events");
	for (size_t i = 0; i < l.n; i++) {
		json_put_object(o, NULL);
		render_event(o, &l.at[i]);
		json_put_end(o);
	}
	json_put_end(o);
	json_put_bool(o, "more", more);
	history_list_clear(&l);

	return RC_OK;
}

enum rc
member_api_unblock(struct request *q, struct response *r, struct err *e)
{
	enum rc rc = approving_unblock(&api_of(q)->domain, api_who(q), e);

	if (rc == RC_OK)
		response_status(r, 204);

	return rc;
}

enum rc
member_api_push_set(struct request *q, struct response *r, struct err *e)
{
	const struct domain_session *s = api_who(q);
	struct api *api = api_of(q);
	struct push p = { .created_ms = request_time_ms(q) };
	const char *endpoint, *p256dh, *auth;
	const struct json_t *in;
	enum rc rc;

	if ((rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_text(in, "endpoint", JSON_MUST, 10,
		 PUSH_ENDPOINT - 1, &endpoint, e)) != RC_OK ||
	    (rc = json_get_text(in, "p256dh", JSON_MUST, 0, PUSH_KEY_TEXT,
		 &p256dh, e)) != RC_OK ||
	    (rc = json_get_text(
		 in, "auth", JSON_MUST, 0, PUSH_KEY_TEXT, &auth, e)) != RC_OK ||
	    (rc = api->push_parse(api->arg, span_str(endpoint),
		 span_str(p256dh), span_str(auth), &p, e)) != RC_OK)
		return rc;
	memcpy(p.device_id, s->device_id, STORE_ID);
	memcpy(p.member_id, s->member_id, STORE_ID);
	if ((rc = push_set(api->domain.db, &p, e)) == RC_OK)
		response_status(r, 204);

	return rc;
}

enum rc
member_api_push_delete(struct request *q, struct response *r, struct err *e)
{
	enum rc rc =
	    push_delete(api_of(q)->domain.db, api_who(q)->device_id, e);

	if (rc == RC_OK)
		response_status(r, 204);

	return rc;
}

enum rc
member_api_push_test(struct request *q, struct response *r, struct err *e)
{
	struct api *api = api_of(q);
	struct push p;
	enum rc rc = push_load(api->domain.db, api_who(q)->device_id, &p, e);

	if (rc != RC_OK)
		return rc;
	api->push_test(api->arg, api_who(q)->device_id);
	response_status(r, 202);

	return RC_OK;
}

enum rc
member_api_events(struct request *q, struct response *r, struct err *e)
{
	char topic[TOPIC_NAME_MAX + 1];
	enum rc rc;

	/* The second one tells nothing: it ends the stream with its session. */
	api_topic_member(topic, api_who(q)->member_id);
	if ((rc = request_watch(q, topic, e)) != RC_OK)
		return rc;
	api_topic_session(topic, api_who(q)->token_hash);
	if ((rc = request_watch(q, topic, e)) != RC_OK)
		return rc;
	response_stream(r);

	return RC_OK;
}
