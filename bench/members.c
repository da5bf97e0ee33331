/*
 * members.c - members who are there and do nothing: their rows in ingamd's
 * database.
 *
 * Belongs here: what a member leaves behind who joined, brought a certificate
 * and signed once, as often as asked, while ingamd does not run.
 * Not here: their accounts in the vault (accounts.c); members who do something
 * (ingam-phone load); what it costs those (run.mjs).
 *
 * Identifiers rise, so that a million rows are written in a minute; they say
 * nothing, and nobody can sign in with them.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/rnd.h"
#include "db/db.h"
#include "store/approval.h"
#include "store/cert.h"
#include "store/device.h"
#include "store/history.h"
#include "store/member.h"
#include "store/session.h"

#include <stdio.h>
#include <stdlib.h>

#define FILL_UNIT 500 /* members in one transaction */
#define FILL_DAY  INT64_C(86400000)

/* Sizes as of a member with one RSA-2048 certificate. */
static uint8_t filler[2048];
static const struct span der = { filler, 1400 }, kb1 = { filler, 1700 },
			 key = { filler, 65 }, list = { filler, 260 },
			 receipt = { filler, 170 };

struct fill {
	uint64_t from, to, of;
	int64_t now;
};

/* The i-th of `of` in n bytes: rising, spread over all there could be. */
static void
fill_id(uint8_t *out, size_t n, uint64_t i, uint64_t of)
{
	uint64_t at = i * (UINT64_MAX / of);

	rnd_bytes(out, n);
	for (size_t k = 0; k < 8; k++)
		out[k] = (uint8_t)(at >> (56 - 8 * k));
}

static enum rc
fill_joined(struct db *in, const struct fill *f, uint64_t i, struct member *m,
    struct device *d, struct err *e)
{
	struct history h = { .kind = HISTORY_JOIN,
		.at_ms = f->now - 30 * FILL_DAY };
	struct session s = { .created_ms = h.at_ms,
		.last_seen_ms = h.at_ms,
		.expires_ms = f->now + 60 * FILL_DAY };

	*m = (struct member){ .phone_tail = "0000",
		.name = "김아무",
		.device_list = list,
		.created_ms = h.at_ms };
	*d = (struct device){ .kind = DEVICE_PASSKEY,
		.name = "phone",
		.public_key = key,
		.added_ms = h.at_ms };
	fill_id(m->id, STORE_ID, i, f->of);
	fill_id(m->phone_hash, STORE_HASH, i, f->of);
	fill_id(d->id, STORE_ID, i, f->of);
	d->credential_id = SPAN(d->id);
	memcpy(d->member_id, m->id, STORE_ID);
	fill_id(s.token_hash, STORE_HASH, i, f->of);
	memcpy(s.member_id, m->id, STORE_ID);
	memcpy(s.device_id, d->id, STORE_ID);
	store_timed_id(h.id, h.at_ms);
	memcpy(h.member_id, m->id, STORE_ID);

	return member_create(in, m, d, &s, &h, NULL, e);
}

/* The import of a certificate, and the one signature with it. */
static enum rc
fill_signed(struct db *in, const struct fill *f, uint64_t i,
    const uint8_t *member_id, struct err *e)
{
	int64_t then = f->now - 20 * FILL_DAY;
	struct approval a = { .kind = APPROVAL_IMPORT,
		.state = APPROVAL_OPENED,
		.ar1 = { filler, 300 },
		.created_ms = then,
		.expires_ms = then + 180000 };
	struct approval_move move = { .from = APPROVAL_OPENED,
		.to = APPROVAL_DONE };
	struct history h = { .kind = HISTORY_IMPORT, .at_ms = then };
	struct cert c = { .der = der,
		.kb1 = kb1,
		.owner = "김아무()0000",
		.issuer = "yessignCA Class 2",
		.issuer_organisation = "yessign",
		.policy_oid = "1.2.410.200005.1.1.4",
		.serial = "0123456789",
		.not_before_ms = then,
		.not_after_ms = then + 365 * FILL_DAY,
		.created_ms = then };
	enum rc rc;

	store_timed_id(a.id, then);
	memcpy(a.member_id, member_id, STORE_ID);
	memcpy(move.id, a.id, STORE_ID);
	fill_id(c.id, STORE_ID, i, f->of);
	memcpy(c.member_id, member_id, STORE_ID);
	rnd_bytes(c.key_id, STORE_ID);
	fill_id(c.sha256, STORE_HASH, i, f->of);
	store_timed_id(h.id, then);
	memcpy(h.member_id, member_id, STORE_ID);
	if ((rc = approval_create(in, &a, e)) != RC_OK ||
	    (rc = cert_add(in, &c, &move, NULL, &h, e)) != RC_OK)
		return rc;
	h.kind = HISTORY_TOKEN_SIGN;
	h.receipt = receipt;
	store_timed_id(h.id, then);

	return history_append(in, &h, e);
}

static enum rc
fill_unit(struct db *in, void *arg, struct err *e)
{
	const struct fill *f = arg;
	enum rc rc = RC_OK;

	for (uint64_t i = f->from; i < f->to && rc == RC_OK; i++) {
		struct member m;
		struct device d;

		if ((rc = fill_joined(in, f, i, &m, &d, e)) == RC_OK)
			rc = fill_signed(in, f, i, m.id, e);
	}

	return rc;
}

static enum rc
fill_database(const char *path, struct fill *f, struct err *e)
{
	struct db_options options = { .url = path };
	struct db *db = NULL;
	enum rc rc = db_open(&db, &options, e);

	for (; rc == RC_OK && f->from < f->of; f->from = f->to) {
		f->to =
		    f->from + FILL_UNIT < f->of ? f->from + FILL_UNIT : f->of;
		rc = db_unit(db, fill_unit, f, e);
	}
	db_close(db);

	return rc;
}

int
main(int argc, char **argv)
{
	struct fill f = { .now = clock_wall_ms() };
	struct err e = { 0 };
	enum rc rc;

	log_init("bench-members", LOG_WARN);
	if (argc != 3 || (f.of = strtoull(argv[2], NULL, 10)) == 0) {
		(void)fputs("usage: bench-members DATABASE MEMBERS\n", stderr);
		return 2;
	}
	rnd_bytes(filler, sizeof(filler));
	if ((rc = fill_database(argv[1], &f, &e)) != RC_OK)
		(void)fprintf(
		    stderr, "bench-members: %s: %s\n", err_text(rc), e.msg);

	return rc == RC_OK ? 0 : 1;
}
