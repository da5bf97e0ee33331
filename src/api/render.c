/*
 * render.c - the objects of the interface, as docs/http-api.md names them.
 *
 * Belongs here: rows into JSON.
 * Not here: who may see them (handlers, domain).
 */
#include "api/render.h"

#include "npki/authority.h"
#include "npki/nametext.h"
#include "npki/policy.h"
#include "store/approval.h"
#include "store/cert.h"
#include "store/history.h"
#include "store/transfer.h"

static const char *
render_certificate_state(
    const struct cert *c, const struct api *api, int64_t now)
{
	if (c->not_after_ms < now)
		return "expired";

	return c->not_after_ms < now + api->expiring_ms ? "expiring" : "valid";
}

/* Whose a certificate is: its common name, and the name in that. */
static void
render_owner(struct json_out *o, const char *owner)
{
	char name[STORE_TEXT];

	nametext_person(owner, name, sizeof(name));
	json_put_text(o, "owner", owner);
	json_put_text(o, "name", name);
}

void
render_certificate(struct json_out *o, const struct cert *c,
    const struct api *api, int64_t now)
{
	const struct policy *p = policy_find(c->policy_oid);
	const struct authority_text issuer =
	    authority_text(c->issuer_organisation, c->issuer);

	api_put_id(o, "id", c->id);
	render_owner(o, c->owner);
	json_put_text(o, "issuer", c->issuer);
	json_put_text(o, "issuer_organisation", c->issuer_organisation);
	json_put_object(o, "issuer_text");
	json_put_text(o, "ko", issuer.ko);
	json_put_text(o, "en", issuer.en);
	json_put_end(o);
	json_put_object(o, "kind");
	json_put_text(o, "ko", p->ko);
	json_put_text(o, "en", p->en);
	json_put_end(o);
	json_put_text(o, "policy", c->policy_oid);
	json_put_text(o, "serial", c->serial);
	json_put_int(o, "not_before", c->not_before_ms);
	json_put_int(o, "not_after", c->not_after_ms);
	json_put_text(o, "state", render_certificate_state(c, api, now));
	json_put_bytes(o, "der", JSON_BASE64URL, c->der);
	json_put_int(o, "created", c->created_ms);
	json_put_int(o, "last_used", c->last_used_ms);
	json_put_int(o, "uses", c->uses);
	json_put_bool(o, "has_km", c->km_der.n > 0);
}

const char *
render_request_state(const struct approval *a)
{
	switch (a->state) {
	case APPROVAL_WAITING:
		return "waiting";
	case APPROVAL_OPENED:
		return "opened";
	case APPROVAL_APPROVED:
		return "approved";
	case APPROVAL_OPEN:
		return "open";
	case APPROVAL_DONE:
		return "done";
	case APPROVAL_REFUSED:
		return "refused";
	case APPROVAL_NOT_ME:
		return "not-me";
	case APPROVAL_EXPIRED:
		return "expired";
	case APPROVAL_LOCKED:
		return "locked";
	case APPROVAL_ENDED:
		break;
	}

	return "ended";
}

static const char *
render_kind(const struct approval *a)
{
	switch (a->kind) {
	case APPROVAL_TOKEN:
		return "token";
	case APPROVAL_IMPORT:
		return "import";
	case APPROVAL_DELETE:
		return "delete";
	}

	return "token";
}

void
render_request(struct json_out *o, const struct approval *a)
{
	api_put_id(o, "id", a->id);
	json_put_text(o, "kind", render_kind(a));
	json_put_text(o, "state", render_request_state(a));
	json_put_text(
	    o, "mode", a->mode == APPROVAL_NUMBER ? "number" : "push");
	json_put_text(o, "program", a->program);
	json_put_text(o, "machine", a->machine);
	json_put_text(o, "user", a->user);
	json_put_text(o, "address", a->address);
	api_put_id(o, "certificate", a->certificate_id);
	json_put_int(o, "count", a->count);
	json_put_int(o, "seconds", a->seconds);
	json_put_int(o, "left", a->left);
	json_put_bool(o, "again", store_has_id(a->continues_id));
	json_put_int(o, "created", a->created_ms);
	json_put_int(o, "expires", a->expires_ms);
}

void
render_event(struct json_out *o, const struct history *h)
{
	static const char *const kinds[] = {
		[HISTORY_JOIN] = "join",
		[HISTORY_LOGIN] = "login",
		[HISTORY_IMPORT] = "import",
		[HISTORY_DELETE] = "delete",
		[HISTORY_TOKEN_LOGIN] = "token-login",
		[HISTORY_TOKEN_SIGN] = "token-sign",
		[HISTORY_REFUSED] = "refused",
		[HISTORY_NOT_ME] = "not-me",
		[HISTORY_LOCKED] = "locked",
		[HISTORY_EXPIRED] = "expired",
	};

	api_put_id(o, "id", h->id);
	json_put_int(o, "at", h->at_ms);
	json_put_text(o, "kind", kinds[h->kind]);
	api_put_id(o, "certificate", h->certificate_id);
	render_owner(o, h->owner);
	json_put_text(o, "program", h->program);
	json_put_text(o, "machine", h->machine);
	json_put_int(o, "count", h->count);
}

static const char *
render_transfer_state(const struct transfer *t)
{
	switch (t->state) {
	case TRANSFER_WAITING:
		return "waiting";
	case TRANSFER_ASKED:
		return "asked";
	case TRANSFER_ANSWERED:
		return "answered";
	case TRANSFER_SENT:
		return "sent";
	case TRANSFER_DONE:
		return "done";
	case TRANSFER_WRONG_CODE:
		return "wrong-code";
	case TRANSFER_CANCELLED:
		return "cancelled";
	case TRANSFER_EXPIRED:
		return "expired";
	case TRANSFER_FAILED:
		return "failed";
	}

	return "failed";
}

void
render_transfer(struct json_out *o, const struct transfer *t, bool with_message)
{
	api_put_id(o, "id", t->id);
	json_put_int(o, "step", t->step);
	json_put_text(o, "state", render_transfer_state(t));
	json_put_text(o, "channel", t->channel);
	json_put_int(o, "expires", t->expires_ms);
	if (with_message && t->message.n > 0)
		json_put_bytes(o, "message", JSON_BASE64URL, t->message);
}
