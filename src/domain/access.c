/*
 * access.c - sessions of the app: opened by a device's proof, found by a
 * cookie.
 *
 * Belongs here: login challenges and sessions.
 * Not here: approving anything: a session alone signs nothing (approval.c,
 * the vault).
 */
#include "domain/access.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/rd.h"
#include "base/rnd.h"
#include "base/sec.h"
#include "db/db.h"
#include "store/counter.h"
#include "store/device.h"
#include "store/history.h"
#include "store/session.h"
#include "webauthn/assertion.h"
#include "webauthn/webauthn.h"

#define CHALLENGE_LIFE_MS 300000
#define TOUCH_MS          60000
#define HOUR_MS           3600000
#define FAILED_HOUR       20

/*
 * nonce(16) expires(8) mac(8): the server remembers nothing until the
 * challenge comes back, and then only that it was used.
 */
static void
access_mac(const struct domain *d, const uint8_t head[static 24],
    uint8_t mac[static 8])
{
	uint8_t full[DIGEST_SHA256];

	digest_hmac_labelled(full, SPAN(d->login_key), "INGAM-LOGIN1",
	    (struct span){ head, 24 });
	memcpy(mac, full, 8);
}

void
access_challenge(const struct domain *d, uint8_t challenge[static STORE_HASH])
{
	int64_t expires = clock_wall_ms() + CHALLENGE_LIFE_MS;

	rnd_bytes(challenge, 16);
	for (int i = 0; i < 8; i++)
		challenge[16 + i] = (uint8_t)(expires >> (56 - 8 * i));
	access_mac(d, challenge, challenge + 24);
}

static enum rc
access_check_challenge(const struct domain *d,
    const uint8_t challenge[static STORE_HASH], int64_t now, struct err *e)
{
	struct rd r = rd_init((struct span){ challenge + 16, 8 });
	int64_t expires = (int64_t)rd_u64(&r);
	uint8_t mac[8];

	access_mac(d, challenge, mac);
	if (!sec_equal(SPAN(mac), (struct span){ challenge + 24, 8 }) ||
	    expires < now)
		return err_set(
		    e, RC_DENIED, NULL, "the challenge is over or not ours");

	return RC_OK;
}

static enum rc
access_check_passkey(const struct domain *d, const struct access_proof *p,
    const struct device *device, struct err *e)
{
	struct span origin = span_str(d->app_origin);
	struct span rp_id = span_str(d->rp_id);
	struct client_expected want = { .origins = &origin, .n_origins = 1 };
	struct assertion_credential credential = {
		.key = device->public_key,
		/* Of authenticatorData itself: BE is the vault's to hold. */
		.backup_eligible = p->authenticator_data.n > 32 &&
		    (p->authenticator_data.p[32] & 0x08) != 0,
	};
	struct assertion out;

	memcpy(want.challenge, p->challenge, sizeof(want.challenge));
	digest_sha256(want.rp_id_hash, &rp_id, 1);

	return assertion_verify(&want, &credential, p->client_data,
	    p->authenticator_data, p->signature, &out, e);
}

static enum rc
access_check_pin_device(
    const struct access_proof *p, const struct device *device, struct err *e)
{
	struct buf message = buf_init(64);
	enum rc rc;

	buf_str(&message, "INGAM-DK1");
	buf_bytes(&message, SPAN(p->challenge));
	rc = webauthn_verify(
	    device->public_key, buf_span(&message), p->signature, e);
	buf_clear(&message);

	return rc;
}

/*
 * Whatever was wrong, and whether there is such a device: one answer. At most
 * 20 an hour for what was claimed; a right proof is not stopped.
 */
static enum rc
access_failed(struct domain *d, const struct access_proof *p, int64_t now,
    enum rc rc, struct err *e)
{
	uint8_t key[STORE_HASH];
	struct counter_answer a;

	if (rc == RC_IO || rc == RC_MEMORY || rc == RC_BUSY)
		return rc;
	err_clear(e);
	digest_sha256_labelled(key, "INGAM-DEVICE1",
	    p->credential_id.n > 0 ? p->credential_id : SPAN(p->device_id));
	if (counter_hit(d->db, "login-failed", key, HOUR_MS, FAILED_HOUR, now,
		&a, NULL) == RC_OK &&
	    !a.allowed)
		return err_set(e, RC_RATE, NULL, "too many failed tries");

	return err_set(e, RC_DENIED, NULL, "the proof was not accepted");
}

static void
access_fill(const struct domain *d, const uint8_t member_id[static STORE_ID],
    const uint8_t device_id[static STORE_ID],
    const uint8_t token[static STORE_HASH], struct session *out)
{
	int64_t now = clock_wall_ms();
	struct span t = { token, STORE_HASH };

	memset(out, 0, sizeof(*out));
	digest_sha256(out->token_hash, &t, 1);
	memcpy(out->member_id, member_id, STORE_ID);
	memcpy(out->device_id, device_id, STORE_ID);
	out->created_ms = out->last_seen_ms = now;
	out->expires_ms = now + d->limits.session_life_ms;
}

void
access_new(const struct domain *d, const uint8_t member_id[static STORE_ID],
    const uint8_t device_id[static STORE_ID], uint8_t token[static STORE_HASH],
    struct session *out)
{
	rnd_bytes(token, STORE_HASH);
	access_fill(d, member_id, device_id, token, out);
}

static enum rc
access_load_device(struct domain *d, const struct access_proof *p,
    struct device *out, struct err *e)
{
	enum rc rc = p->credential_id.n > 0
	    ? device_load_by_credential(d->db, p->credential_id, out, e)
	    : device_load(d->db, p->device_id, out, e);

	if (rc == RC_OK &&
	    (out->kind == DEVICE_PASSKEY) != (p->credential_id.n > 0))
		rc = err_set(e, RC_DENIED, NULL, "another kind of device");

	return rc;
}

/*
 * The token of a proof: who asks again, because the answer got lost, gets the
 * same. The proof's signature is kept nowhere, so that nobody who reads the
 * database, its login key and its used challenges can make the token.
 */
static void
access_token(const struct domain *d, const struct access_proof *p,
    uint8_t token[static STORE_HASH])
{
	struct span parts[2] = { SPAN(p->challenge), p->signature };
	uint8_t hash[DIGEST_SHA256];

	digest_sha256(hash, parts, 2);
	digest_hmac_labelled(
	    token, SPAN(d->login_key), "INGAM-SESSION1", SPAN(hash));
}

struct access_opening {
	const uint8_t *challenge;
	const struct session *session;
	const struct history *history;
	bool again; /* it is open already */
};

/* A challenge opens one session, and no other once that one was closed. */
static enum rc
access_open_unit(struct db *in, void *arg, struct err *e)
{
	struct access_opening *o = arg;
	const struct session *s = o->session;
	struct counter_answer used;
	struct session there;
	enum rc rc = counter_hit(in, "login-once", o->challenge,
	    CHALLENGE_LIFE_MS * 2, 1, s->created_ms, &used, e);

	o->again = rc == RC_OK && !used.allowed;
	if (rc != RC_OK || used.allowed)
		return rc != RC_OK ? rc : session_create(in, s, o->history, e);
	rc = session_load(in, s->token_hash, s->created_ms, &there, e);

	return rc == RC_ABSENT
	    ? err_set(e, RC_DENIED, NULL, "the challenge was used")
	    : rc;
}

static enum rc
access_open(struct domain *d, const struct access_proof *p,
    const struct device *device, uint8_t token[static STORE_HASH],
    struct err *e)
{
	struct session s;
	struct history h = { .kind = HISTORY_LOGIN };
	struct access_opening o = { p->challenge, &s, &h, false };
	enum rc rc;

	access_token(d, p, token);
	access_fill(d, device->member_id, device->id, token, &s);
	h.at_ms = s.created_ms;
	store_timed_id(h.id, h.at_ms);
	memcpy(h.member_id, device->member_id, STORE_ID);
	rc = db_unit(d->db, access_open_unit, &o, e);
	if (rc == RC_OK && !o.again)
		domain_changed(d, DOMAIN_HISTORY, device->member_id, h.id);

	return rc;
}

enum rc
access_login(struct domain *d, const struct access_proof *p,
    uint8_t token[static STORE_HASH], uint8_t member_id[static STORE_ID],
    struct err *e)
{
	int64_t now = clock_wall_ms();
	struct device device = { 0 };
	enum rc rc;

	if ((rc = access_check_challenge(d, p->challenge, now, e)) != RC_OK)
		return rc;
	rc = access_load_device(d, p, &device, e);
	if (rc == RC_OK)
		rc = device.kind == DEVICE_PASSKEY
		    ? access_check_passkey(d, p, &device, e)
		    : access_check_pin_device(p, &device, e);
	if (rc != RC_OK) {
		rc = access_failed(d, p, now, rc, e);
		goto out;
	}
	memcpy(member_id, device.member_id, STORE_ID);
	rc = access_open(d, p, &device, token, e);
out:
	device_clear(&device);

	return rc;
}

enum rc
access_find(struct domain *d, struct span token, struct domain_session *out,
    struct err *e)
{
	int64_t now = clock_wall_ms();
	struct session s = { 0 };
	enum rc rc;

	if (token.n != STORE_HASH)
		return err_set(e, RC_ABSENT, NULL, "no session");
	digest_sha256(out->token_hash, &token, 1);
	if ((rc = session_load(d->db, out->token_hash, now, &s, e)) != RC_OK)
		return rc;
	memcpy(out->member_id, s.member_id, STORE_ID);
	memcpy(out->device_id, s.device_id, STORE_ID);
	if (s.last_seen_ms + TOUCH_MS < now)
		session_touch(d->db, out->token_hash, now,
		    now + d->limits.session_life_ms);

	return RC_OK;
}

enum rc
access_logout(struct domain *d, const struct domain_session *s, struct err *e)
{
	enum rc rc = session_delete(d->db, s->token_hash, e);

	if (rc == RC_OK)
		domain_changed(
		    d, DOMAIN_SESSION_ENDED, s->member_id, s->token_hash);

	return rc;
}
