/*
 * store_test.c - what every database behind the store must do. Runs on a new
 * SQLite file; on another database where its url is the first argument (it
 * must be empty).
 */
#include "base/buf.h"
#include "base/rnd.h"
#include "db/db.h"
#include "store/approval.h"
#include "store/block.h"
#include "store/cert.h"
#include "store/counter.h"
#include "store/device.h"
#include "store/history.h"
#include "store/join.h"
#include "store/member.h"
#include "store/meta.h"
#include "store/push.h"
#include "store/session.h"
#include "store/transfer.h"
#include "tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define NOW 1800000000000

static struct db *db;

static const struct span LIST = { (const uint8_t *)"DL1 sealed", 10 };

/* A member as it is made when somebody joins. */
struct person {
	struct member m;
	struct device d;
	struct session s;
	struct history h;
};

static struct history
line(const uint8_t *member_id, int64_t at_ms, enum history_kind kind)
{
	struct history h = { .at_ms = at_ms, .kind = kind };

	store_timed_id(h.id, at_ms);
	memcpy(h.member_id, member_id, STORE_ID);

	return h;
}

static struct person
person_new(void)
{
	static uint8_t credential[8];
	struct person p = { 0 };

	store_new_id(p.m.id);
	rnd_bytes(p.m.phone_hash, STORE_HASH);
	(void)strcpy(p.m.phone_tail, "5678");
	(void)strcpy(p.m.name, "김인감");
	p.m.device_list = LIST;
	p.m.created_ms = NOW;
	store_new_id(p.d.id);
	memcpy(p.d.member_id, p.m.id, STORE_ID);
	p.d.kind = DEVICE_PASSKEY;
	(void)strcpy(p.d.name, "전화");
	rnd_bytes(credential, sizeof credential);
	p.d.credential_id = SPAN(credential);
	p.d.public_key = SPAN_LIT("public key");
	p.d.added_ms = NOW;
	rnd_bytes(p.s.token_hash, STORE_HASH);
	memcpy(p.s.member_id, p.m.id, STORE_ID);
	memcpy(p.s.device_id, p.d.id, STORE_ID);
	p.s.created_ms = NOW;
	p.s.expires_ms = NOW + 1000;
	p.h = line(p.m.id, NOW, HISTORY_JOIN);

	return p;
}

static enum rc
person_save(const struct person *p)
{
	return member_create(db, &p->m, &p->d, &p->s, &p->h, NULL, NULL);
}

static struct person
person_saved(void)
{
	struct person p = person_new();

	if (person_save(&p) != RC_OK)
		ok(false, "a member for what follows");

	return p;
}

static size_t
lines_of(const uint8_t *member_id)
{
	struct history_list l;
	bool more;
	size_t n;

	if (history_load_page(
		db, member_id, NULL, NULL, 200, &l, &more, NULL) != RC_OK)
		return SIZE_MAX;
	n = l.n;
	history_list_clear(&l);

	return n;
}

static void
members(void)
{
	struct person p = person_new(), q = person_new();
	struct member m;
	struct session s;
	struct device_list l;
	int64_t n;

	ok(person_save(&p) == RC_OK &&
		member_load(db, p.m.id, &m, NULL) == RC_OK &&
		strcmp(m.name, "김인감") == 0 &&
		strcmp(m.phone_tail, "5678") == 0 && m.created_ms == NOW &&
		span_equal(m.device_list, LIST),
	    "a member comes back as it went in");
	member_clear(&m);
	ok(member_load_by_phone(db, p.m.phone_hash, &m, NULL) == RC_OK &&
		memcmp(m.id, p.m.id, STORE_ID) == 0,
	    "by phone number");
	member_clear(&m);
	memcpy(q.m.phone_hash, p.m.phone_hash, STORE_HASH);
	ok(person_save(&q) == RC_EXISTS, "one member a phone number");
	ok(device_load_all(db, q.m.id, &l, NULL) == RC_OK && l.n == 0 &&
		session_load(db, q.s.token_hash, NOW, &s, NULL) == RC_ABSENT &&
		lines_of(q.m.id) == 0,
	    "and nothing is left of the second");
	device_list_clear(&l);
	q = person_new();
	q.d.credential_id = p.d.credential_id;
	memcpy(q.d.id, p.d.id, STORE_ID);
	ok(person_save(&q) == RC_EXISTS &&
		member_load(db, q.m.id, &m, NULL) == RC_ABSENT &&
		!store_has_id(m.id),
	    "a device that is there already undoes the member");
	ok(member_add_refusal(db, p.m.id, &n, NULL) == RC_OK && n == 1 &&
		member_add_refusal(db, p.m.id, &n, NULL) == RC_OK && n == 2 &&
		member_add_refusal(db, q.m.id, &n, NULL) == RC_ABSENT && n == 0,
	    "refusals are counted");
	ok(member_set_blocked(db, p.m.id, NOW + 5, NULL) == RC_OK &&
		member_load(db, p.m.id, &m, NULL) == RC_OK &&
		m.blocked_until_ms == NOW + 5 && m.refusals == 2 &&
		span_equal(m.device_list, LIST),
	    "a block");
	member_clear(&m);
	ok(member_set_blocked(db, p.m.id, 0, NULL) == RC_OK &&
		member_load(db, p.m.id, &m, NULL) == RC_OK &&
		m.blocked_until_ms == 0 && m.refusals == 0,
	    "and its end, which forgets refusals");
	member_clear(&m);
}

/* Low-value writes are queued before this one: when it returns, they are in. */
static void
settle(void)
{
	static const uint8_t nobody[STORE_HASH];

	if (session_delete(db, nobody, NULL) != RC_OK)
		ok(false, "a write");
}

static void
devices(void)
{
	struct person p = person_saved(), q;
	uint8_t taken[8];
	struct device got;
	struct device_list l;

	ok(device_load_by_credential(db, p.d.credential_id, &got, NULL) ==
		    RC_OK &&
		memcmp(got.id, p.d.id, STORE_ID) == 0 &&
		span_equal(got.public_key, p.d.public_key),
	    "by credential");
	device_clear(&got);
	memcpy(taken, p.d.credential_id.p, sizeof taken);
	q = person_new();
	q.d.kind = DEVICE_PIN;
	q.d.credential_id = (struct span){ NULL, 0 };
	ok(person_save(&q) == RC_OK &&
		device_load_all(db, q.m.id, &l, NULL) == RC_OK && l.n == 1 &&
		memcmp(l.at[0].id, q.d.id, STORE_ID) == 0 &&
		l.at[0].kind == DEVICE_PIN && l.at[0].credential_id.n == 0,
	    "one without a credential");
	device_list_clear(&l);
	ok(device_load(db, q.d.id, &got, NULL) == RC_OK &&
		memcmp(got.member_id, q.m.id, STORE_ID) == 0,
	    "by its id");
	device_clear(&got);
	q = person_new();
	q.d.kind = DEVICE_PIN;
	q.d.credential_id = (struct span){ NULL, 0 };
	ok(person_save(&q) == RC_OK, "several without a credential");
	q = person_new();
	q.d.credential_id = SPAN(taken);
	ok(person_save(&q) == RC_EXISTS, "a credential is one device's");
}

static void
sessions(void)
{
	struct person p = person_saved();
	struct history h = line(p.m.id, NOW + 1, HISTORY_LOGIN);
	struct session s = p.s, got;
	size_t n;

	ok(session_create(db, &p.s, NULL, NULL) == RC_EXISTS,
	    "a token is drawn once");
	rnd_bytes(s.token_hash, STORE_HASH);
	ok(session_create(db, &s, &h, NULL) == RC_OK && lines_of(p.m.id) == 2,
	    "a login with its line");
	ok(session_load(db, s.token_hash, NOW + 999, &got, NULL) == RC_OK &&
		memcmp(got.device_id, p.d.id, STORE_ID) == 0,
	    "it lives");
	ok(session_load(db, s.token_hash, NOW + 1000, &got, NULL) == RC_ABSENT,
	    "and ends on time");
	session_touch(db, s.token_hash, NOW + 10, NOW + 2000);
	settle();
	ok(session_load(db, s.token_hash, NOW + 1000, &got, NULL) == RC_OK &&
		got.last_seen_ms == NOW + 10,
	    "it is moved on");
	ok(session_delete(db, s.token_hash, NULL) == RC_OK &&
		session_load(db, s.token_hash, NOW, &got, NULL) == RC_ABSENT &&
		session_delete(db, s.token_hash, NULL) == RC_OK,
	    "deleting twice is fine");
	ok(session_purge(db, NOW, &n, NULL) == RC_OK, "purged: %d", (int)n);
}

static struct approval
request_of(const struct person *p, enum approval_kind kind)
{
	struct approval r = { .kind = kind, .state = APPROVAL_WAITING };

	store_new_id(r.id);
	memcpy(r.member_id, p->m.id, STORE_ID);
	r.mode = APPROVAL_NUMBER;
	(void)strcpy(r.program, "firefox");
	(void)strcpy(r.machine, "pc");
	(void)strcpy(r.user, "kim");
	(void)strcpy(r.address, "192.0.2.1");
	rnd_bytes(r.secret_hash, STORE_HASH);
	r.count = 10;
	r.seconds = 60;
	r.left = 10;
	r.created_ms = NOW;
	r.expires_ms = NOW + 1000;

	return r;
}

static struct approval_move
move_of(const struct approval *r, unsigned int from, enum approval_state to)
{
	struct approval_move m = { .from = from, .to = to };

	memcpy(m.id, r->id, STORE_ID);

	return m;
}

static struct cert
cert_of(const struct person *p)
{
	struct cert c = { .not_before_ms = 1, .not_after_ms = 2 };

	store_new_id(c.id);
	store_new_id(c.key_id);
	memcpy(c.member_id, p->m.id, STORE_ID);
	rnd_bytes(c.sha256, STORE_HASH);
	c.der = SPAN_LIT("der");
	c.kb1 = SPAN_LIT("kb1");
	c.km_kb1 = SPAN_LIT("km kb1");
	(void)strcpy(c.owner, "김인감()0001");
	(void)strcpy(c.serial, "0a");
	c.created_ms = NOW;

	return c;
}

static void
certs(void)
{
	struct person p = person_saved(), q = person_saved();
	struct approval r = request_of(&p, APPROVAL_IMPORT);
	struct approval_move m = move_of(&r, APPROVAL_OPENED, APPROVAL_DONE);
	struct history h = line(p.m.id, NOW, HISTORY_IMPORT);
	struct transfer t = { .step = 4,
		.state = TRANSFER_SENT,
		.created_ms = NOW,
		.expires_ms = NOW + 100 };
	struct transfer_move tm = {
		.from = 4, .to = 5, .state = TRANSFER_DONE, .now_ms = NOW + 1
	};
	struct cert c = cert_of(&p), again, got;
	struct cert_list l;
	struct approval rgot;

	store_new_id(t.id);
	memcpy(t.member_id, p.m.id, STORE_ID);
	memcpy(tm.id, t.id, STORE_ID);
	(void)strcpy(t.channel, "90001");
	ok(approval_create(db, &r, NULL) == RC_OK &&
		transfer_create(db, &t, NULL) == RC_OK,
	    "an import waits");
	ok(cert_add(db, &c, &m, &tm, &h, NULL) == RC_STATE &&
		cert_load(db, p.m.id, c.id, &got, NULL) == RC_ABSENT &&
		lines_of(p.m.id) == 1,
	    "no certificate without its request in the right state");
	m.from = APPROVAL_WAITING | APPROVAL_OPENED;
	tm.from = 3;
	ok(cert_add(db, &c, &m, &tm, &h, NULL) == RC_STATE &&
		approval_load(db, r.id, &rgot, NULL) == RC_OK &&
		rgot.state == APPROVAL_WAITING,
	    "nor without its transfer: nothing has moved");
	approval_clear(&rgot);
	tm.from = 4;
	ok(cert_add(db, &c, &m, &tm, &h, NULL) == RC_OK &&
		cert_load(db, p.m.id, c.id, &got, NULL) == RC_OK &&
		span_equal(got.kb1, c.kb1) && span_equal(got.der, c.der) &&
		got.km_der.n == 0 && span_equal(got.km_kb1, c.km_kb1) &&
		strcmp(got.owner, c.owner) == 0 && got.uses == 0 &&
		got.not_after_ms == 2 && lines_of(p.m.id) == 2,
	    "a certificate comes in whole");
	cert_clear(&got);
	ok(cert_load(db, q.m.id, c.id, &got, NULL) == RC_ABSENT,
	    "another member does not see it");
	again = c;
	store_new_id(again.id);
	ok(cert_add(db, &again, NULL, NULL, NULL, NULL) == RC_EXISTS &&
		cert_load_by_hash(db, p.m.id, c.sha256, &got, NULL) == RC_OK &&
		memcmp(got.id, c.id, STORE_ID) == 0,
	    "the same certificate comes in once");
	cert_clear(&got);
	memcpy(again.member_id, q.m.id, STORE_ID);
	ok(cert_add(db, &again, NULL, NULL, NULL, NULL) == RC_OK,
	    "to each member");
	ok(cert_delete(db, q.m.id, c.id, NOW, NULL, NULL, NULL) == RC_ABSENT,
	    "only its member deletes it");
	ok(cert_delete(db, p.m.id, c.id, NOW, &m, NULL, NULL) == RC_STATE &&
		cert_load(db, p.m.id, c.id, &got, NULL) == RC_OK,
	    "not without its request");
	cert_clear(&got);
	h = line(p.m.id, NOW + 1, HISTORY_DELETE);
	ok(cert_delete(db, p.m.id, c.id, NOW, NULL, &h, NULL) == RC_OK &&
		cert_load(db, p.m.id, c.id, &got, NULL) == RC_ABSENT &&
		cert_load_all(db, p.m.id, &l, NULL) == RC_OK && l.n == 0 &&
		lines_of(p.m.id) == 3,
	    "it goes");
	cert_list_clear(&l);
	store_new_id(again.id);
	memcpy(again.member_id, p.m.id, STORE_ID);
	ok(cert_add(db, &again, NULL, NULL, NULL, NULL) == RC_OK &&
		cert_load_all(db, p.m.id, &l, NULL) == RC_OK && l.n == 1,
	    "and may come back");
	cert_list_clear(&l);
}

static void
requests(void)
{
	struct person p = person_saved();
	struct approval r = request_of(&p, APPROVAL_TOKEN), got;
	struct approval_made a = { .ar1 = SPAN_LIT("AR1 bytes"),
		.expires_ms = NOW + 500 };
	struct approval_move m;
	struct approval_list l;

	ok(approval_create(db, &r, NULL) == RC_OK &&
		approval_create(db, &r, NULL) == RC_EXISTS &&
		approval_load(db, r.id, &got, NULL) == RC_OK &&
		strcmp(got.program, "firefox") == 0 &&
		strcmp(got.machine, "pc") == 0 &&
		strcmp(got.user, "kim") == 0 &&
		strcmp(got.address, "192.0.2.1") == 0 && got.left == 10 &&
		got.seconds == 60 && got.mode == APPROVAL_NUMBER &&
		!store_has_id(got.certificate_id) &&
		memcmp(got.secret_hash, r.secret_hash, STORE_HASH) == 0,
	    "a request comes back as it went in");
	approval_clear(&got);
	ok(approval_load_all(db, p.m.id, APPROVAL_WAITING, NOW, &l, NULL) ==
		    RC_OK &&
		l.n == 1,
	    "those that wait");
	approval_list_clear(&l);
	ok(approval_load_all(db, p.m.id, APPROVAL_OPEN, NOW, &l, NULL) ==
		    RC_OK &&
		l.n == 0,
	    "in other states: none");
	approval_list_clear(&l);
	ok(approval_load_all(
	       db, p.m.id, APPROVAL_WAITING, NOW + 1000, &l, NULL) == RC_OK &&
		l.n == 0,
	    "none whose time is over");
	approval_list_clear(&l);
	memcpy(a.id, r.id, STORE_ID);
	store_new_id(a.certificate_id);
	store_new_id(a.vault_request_id);
	rnd_bytes(a.ar1_signature, STORE_SIGN);
	ok(approval_set_made(db, &a, NULL) == RC_OK &&
		approval_set_made(db, &a, NULL) == RC_OK &&
		approval_load(db, r.id, &got, NULL) == RC_OK &&
		got.state == APPROVAL_OPENED && span_equal(got.ar1, a.ar1) &&
		got.expires_ms == NOW + 500 &&
		memcmp(got.ar1_signature, a.ar1_signature, STORE_SIGN) == 0 &&
		memcmp(got.vault_request_id, a.vault_request_id, STORE_ID) == 0,
	    "what the vault made of it");
	approval_clear(&got);
	m = move_of(&r, APPROVAL_WAITING | APPROVAL_OPENED, APPROVAL_APPROVED);
	m.expires_ms = NOW + 700;
	m.sets_left = true;
	m.left = 2;
	ok(approval_advance(db, &m, NULL, NULL) == RC_OK &&
		approval_load(db, r.id, &got, NULL) == RC_OK &&
		got.state == APPROVAL_APPROVED && got.expires_ms == NOW + 700 &&
		got.left == 2,
	    "a move with a new time and number");
	approval_clear(&got);
	ok(approval_set_made(db, &a, NULL) == RC_STATE &&
		approval_advance(db, &m, NULL, NULL) == RC_STATE,
	    "no way back");
	m = move_of(&r, APPROVAL_APPROVED, APPROVAL_OPEN);
	ok(approval_advance(db, &m, NULL, NULL) == RC_OK &&
		approval_load(db, r.id, &got, NULL) == RC_OK &&
		got.expires_ms == NOW + 700 && got.left == 2,
	    "a move that leaves both alone");
	approval_clear(&got);
	ok(approval_load_lapsed(db, NOW + 699, &l, NULL) == RC_OK, "lapsed");
	for (size_t i = 0; i < l.n; i++)
		ok(memcmp(l.at[i].id, r.id, STORE_ID) != 0,
		    "a living one is not among the lapsed");
	approval_list_clear(&l);
	memset(r.member_id, 0, STORE_ID);
	store_timed_id(r.id, NOW - 2000000);
	r.expires_ms = NOW - 1000000;
	ok(approval_create(db, &r, NULL) == RC_OK &&
		approval_load_lapsed(db, NOW - 1000000, &l, NULL) == RC_OK &&
		l.n == 1 && memcmp(l.at[0].id, r.id, STORE_ID) == 0 &&
		!store_has_id(l.at[0].member_id),
	    "a request for an unknown phone number lapses like others");
	approval_list_clear(&l);
	{
		size_t n;

		ok(approval_purge(db, NOW - 999999, &n, NULL) == RC_OK &&
			n == 1 &&
			approval_load(db, r.id, &got, NULL) == RC_ABSENT,
		    "old ones are removed");
	}
}

static void
signatures(void)
{
	struct person p = person_saved();
	struct approval r = request_of(&p, APPROVAL_TOKEN), got;
	struct cert c = cert_of(&p), cgot;
	struct approval_signature s = { .left = 1, .now_ms = NOW + 5 };
	struct history h = line(p.m.id, NOW + 5, HISTORY_TOKEN_SIGN);
	struct history_list l;
	bool more;

	r.state = APPROVAL_OPEN;
	r.left = 2;
	memcpy(s.approval_id, r.id, STORE_ID);
	memcpy(s.certificate_id, c.id, STORE_ID);
	memcpy(h.certificate_id, c.id, STORE_ID);
	history_id(h.id, NOW + 5, SPAN_LIT("receipt one"));
	h.receipt = SPAN_LIT("receipt one");
	rnd_bytes(h.receipt_signature, STORE_SIGN);
	ok(approval_create(db, &r, NULL) == RC_OK &&
		cert_add(db, &c, NULL, NULL, NULL, NULL) == RC_OK &&
		approval_record_signature(db, &s, &h, NULL) == RC_OK &&
		approval_record_signature(db, &s, &h, NULL) == RC_OK &&
		cert_load(db, p.m.id, c.id, &cgot, NULL) == RC_OK &&
		cgot.uses == 1 && cgot.last_used_ms == NOW + 5 &&
		lines_of(p.m.id) == 2,
	    "a signature recorded twice counts once");
	cert_clear(&cgot);
	ok(cert_load_bare(db, c.id, c.id, &cgot, NULL) == RC_ABSENT &&
		cert_load_bare(db, p.m.id, c.id, &cgot, NULL) == RC_OK &&
		span_equal(cgot.kb1, c.kb1) && cgot.uses == 0,
	    "a certificate without its use, of its member only");
	cert_clear(&cgot);
	ok(history_load_page(db, p.m.id, NULL, NULL, 1, &l, &more, NULL) ==
		    RC_OK &&
		l.n == 1 && memcmp(l.at[0].id, h.id, STORE_ID) == 0 &&
		span_equal(l.at[0].receipt, h.receipt) &&
		memcmp(l.at[0].receipt_signature, h.receipt_signature,
		    STORE_SIGN) == 0,
	    "its receipt is kept");
	history_list_clear(&l);
	h.receipt = SPAN_LIT("receipt two");
	history_id(h.id, NOW + 6, h.receipt);
	s.left = 0;
	ok(approval_record_signature(db, &s, &h, NULL) == RC_OK &&
		approval_load(db, r.id, &got, NULL) == RC_OK && got.left == 0 &&
		got.state == APPROVAL_DONE,
	    "the last one ends the request");
	approval_clear(&got);
	h.receipt = SPAN_LIT("receipt three");
	history_id(h.id, NOW + 7, h.receipt);
	s.left = 1;
	ok(approval_record_signature(db, &s, &h, NULL) == RC_OK &&
		approval_load(db, r.id, &got, NULL) == RC_OK && got.left == 0 &&
		got.state == APPROVAL_DONE && lines_of(p.m.id) == 4,
	    "one that comes late is written down and raises nothing");
	approval_clear(&got);
}

static void
histories(void)
{
	struct person p = person_saved();
	uint8_t cert[STORE_ID], before[STORE_ID], a[STORE_ID], b[STORE_ID];
	struct history_list l;
	bool more, sorted = true;
	size_t n = 0;

	store_new_id(cert);
	for (int i = 0; i < 120; i++) {
		struct history h =
		    line(p.m.id, NOW + 1 + i / 2, HISTORY_TOKEN_SIGN);

		if (i % 10 == 0)
			memcpy(h.certificate_id, cert, STORE_ID);
		if (history_append(db, &h, NULL) != RC_OK)
			ok(false, "a line");
	}
	memset(before, 0xff, sizeof before);
	do {
		if (history_load_page(db, p.m.id, before, NULL, 50, &l, &more,
			NULL) != RC_OK) {
			ok(false, "a page");
			break;
		}
		for (size_t i = 0; i < l.n; i++) {
			sorted =
			    sorted && memcmp(l.at[i].id, before, STORE_ID) < 0;
			memcpy(before, l.at[i].id, STORE_ID);
		}
		n += l.n;
		history_list_clear(&l);
	} while (more);
	ok(n == 121 && sorted, "pages hold each line once, newest first");
	ok(history_load_page(db, p.m.id, NULL, cert, 50, &l, &more, NULL) ==
		    RC_OK &&
		l.n == 12 && !more,
	    "of one certificate");
	history_list_clear(&l);
	history_id(a, NOW, SPAN_LIT("seed"));
	history_id(b, NOW, SPAN_LIT("seed"));
	ok(memcmp(a, b, STORE_ID) == 0, "an identifier follows its seed");
	history_id(b, NOW + 1, SPAN_LIT("other"));
	ok(memcmp(a, b, STORE_ID) < 0, "and sorts by time");
}

static void
transfers(void)
{
	static uint8_t long_message[TRANSFER_MESSAGE_MAX + 1];
	struct person p = person_saved();
	struct transfer t = { .step = 1,
		.state = TRANSFER_WAITING,
		.created_ms = NOW,
		.expires_ms = NOW + 100 };
	struct transfer u, got;
	struct transfer_move m = {
		.from = 1, .to = 2, .state = TRANSFER_ASKED, .now_ms = NOW + 1
	};
	uint8_t id[STORE_ID], secret[STORE_HASH], other[STORE_HASH];
	size_t n;

	store_new_id(t.id);
	memcpy(t.member_id, p.m.id, STORE_ID);
	(void)strcpy(t.channel, "12345");
	rnd_bytes(secret, sizeof secret);
	rnd_bytes(other, sizeof other);
	u = t;
	store_new_id(u.id);
	ok(transfer_create(db, &t, NULL) == RC_OK &&
		transfer_create(db, &u, NULL) == RC_EXISTS,
	    "a channel has one living transfer");
	ok(transfer_claim(db, "99999", secret, NOW, id, NULL) == RC_ABSENT &&
		transfer_claim(db, "12345", secret, NOW + 100, id, NULL) ==
		    RC_ABSENT &&
		!store_has_id(id),
	    "no transfer: another channel, or too late");
	ok(transfer_claim(db, "12345", secret, NOW, id, NULL) == RC_OK &&
		memcmp(id, t.id, STORE_ID) == 0 &&
		transfer_claim(db, "12345", other, NOW, id, NULL) == RC_ABSENT,
	    "the first PC gets it, no second");
	memcpy(m.id, t.id, STORE_ID);
	m.message = (struct span){ long_message, sizeof long_message };
	ok(transfer_advance(db, &m, NULL) == RC_LIMIT, "a message too long");
	m.message.n--;
	ok(transfer_advance(db, &m, NULL) == RC_OK &&
		transfer_load(db, t.id, &got, NULL) == RC_OK && got.step == 2 &&
		got.state == TRANSFER_ASKED &&
		got.message.n == TRANSFER_MESSAGE_MAX &&
		memcmp(got.secret_hash, secret, STORE_HASH) == 0,
	    "a step with its message");
	transfer_clear(&got);
	ok(transfer_advance(db, &m, NULL) == RC_STATE, "each step once");
	m.from = 2;
	m.to = 3;
	m.now_ms = NOW + 100;
	ok(transfer_advance(db, &m, NULL) == RC_STATE, "not when time is over");
	ok(transfer_end(db, t.id, TRANSFER_WRONG_CODE, NULL) == RC_OK &&
		transfer_end(db, t.id, TRANSFER_CANCELLED, NULL) == RC_STATE &&
		transfer_load(db, t.id, &got, NULL) == RC_OK &&
		got.state == TRANSFER_WRONG_CODE && got.step == 3 &&
		got.message.n == 0,
	    "it ends once, its message goes");
	transfer_clear(&got);
	ok(transfer_create(db, &u, NULL) == RC_OK, "the channel is free again");
	store_new_id(t.id);
	t.created_ms = NOW + 100;
	t.expires_ms = NOW + 200;
	ok(transfer_create(db, &t, NULL) == RC_OK,
	    "so is one whose transfer ran out");
	ok(transfer_purge(db, NOW + 101, &n, NULL) == RC_OK && n >= 2 &&
		transfer_load(db, u.id, &got, NULL) == RC_ABSENT &&
		transfer_load(db, t.id, &got, NULL) == RC_OK,
	    "old ones are removed");
	transfer_clear(&got);
}

static void
joins(void)
{
	struct join j = { .state = JOIN_SENT,
		.expires_ms = NOW + 100,
		.phone = "01012345678",
		.birth = "19900101",
		.name = "김인감",
		.transaction = "tx-1" };
	struct person p = person_new();
	struct join got;
	int64_t left;
	size_t n;

	store_new_id(j.id);
	rnd_bytes(j.phone_hash, STORE_HASH);
	rnd_bytes(j.challenge, STORE_HASH);
	ok(join_create(db, &j, NULL) == RC_OK &&
		join_load(db, j.id, NOW + 99, &got, NULL) == RC_OK &&
		strcmp(got.phone, "01012345678") == 0 &&
		strcmp(got.birth, "19900101") == 0 &&
		strcmp(got.transaction, "tx-1") == 0,
	    "a join comes back as it went in");
	ok(join_load(db, j.id, NOW + 100, &got, NULL) == RC_ABSENT,
	    "until its time is over");
	ok(join_try(db, j.id, 2, NOW, &left, NULL) == RC_OK && left == 1 &&
		join_try(db, j.id, 2, NOW, &left, NULL) == RC_OK && left == 0 &&
		join_try(db, j.id, 2, NOW, &left, NULL) == RC_LOCKED,
	    "tries are counted before they are looked at");
	ok(join_confirm(db, j.id, p.m.id, j.challenge, NOW + 500, NOW + 100,
	       NULL) == RC_STATE,
	    "too late to confirm");
	ok(join_confirm(db, j.id, p.m.id, j.challenge, NOW + 500, NOW, NULL) ==
		    RC_OK &&
		join_confirm(db, j.id, p.m.id, j.challenge, NOW + 500, NOW,
		    NULL) == RC_STATE,
	    "confirmed once");
	ok(join_load(db, j.id, NOW + 400, &got, NULL) == RC_OK &&
		got.state == JOIN_CONFIRMED && got.phone[0] == '\0' &&
		got.birth[0] == '\0' &&
		memcmp(got.account_id, p.m.id, STORE_ID) == 0 &&
		memcmp(got.challenge, j.challenge, STORE_HASH) == 0,
	    "phone number and birthday are forgotten");
	ok(join_try(db, j.id, 9, NOW, &left, NULL) == RC_STATE,
	    "no try after that");
	ok(member_create(db, &p.m, &p.d, &p.s, &p.h, j.id, NULL) == RC_OK &&
		join_load(db, j.id, NOW, &got, NULL) == RC_ABSENT,
	    "the member takes the join's place");
	store_new_id(j.id);
	ok(join_create(db, &j, NULL) == RC_OK &&
		join_purge(db, NOW + 101, &n, NULL) == RC_OK && n >= 1 &&
		join_load(db, j.id, NOW, &got, NULL) == RC_ABSENT,
	    "old ones are removed");
}

static void
pushes(void)
{
	struct push p = { .created_ms = NOW, .endpoint = "https://a" }, got;
	struct push_list l;

	store_new_id(p.device_id);
	store_new_id(p.member_id);
	rnd_bytes(p.p256dh, sizeof p.p256dh);
	rnd_bytes(p.auth, sizeof p.auth);
	ok(push_set(db, &p, NULL) == RC_OK &&
		push_load(db, p.device_id, &got, NULL) == RC_OK &&
		memcmp(got.p256dh, p.p256dh, sizeof p.p256dh) == 0 &&
		memcmp(got.auth, p.auth, sizeof p.auth) == 0,
	    "a subscription comes back as it went in");
	(void)strcpy(p.endpoint, "https://b");
	ok(push_set(db, &p, NULL) == RC_OK &&
		push_delete_by_endpoint(db, "https://a", NULL) == RC_OK &&
		push_load_all(db, p.member_id, &l, NULL) == RC_OK && l.n == 1 &&
		strcmp(l.at[0].endpoint, "https://b") == 0,
	    "a new one takes its place, and outlives news of the old");
	push_list_clear(&l);
	ok(push_delete_by_endpoint(db, "https://b", NULL) == RC_OK &&
		push_load(db, p.device_id, &got, NULL) == RC_ABSENT &&
		push_delete(db, p.device_id, NULL) == RC_OK,
	    "it goes");
}

static void
counters(void)
{
	struct counter_answer a;
	uint8_t key[STORE_HASH];
	int64_t until;
	size_t n;

	rnd_bytes(key, sizeof key);
	ok(counter_hit(db, "s", key, 100, 2, NOW, &a, NULL) == RC_OK &&
		a.allowed && a.left == 1 &&
		counter_hit(db, "s", key, 100, 2, NOW + 60, &a, NULL) ==
		    RC_OK &&
		a.allowed && a.left == 0,
	    "hits up to the limit");
	ok(counter_hit(db, "s", key, 100, 2, NOW + 70, &a, NULL) == RC_OK &&
		!a.allowed && a.retry_after_ms == 30,
	    "and no more, until the window's end");
	ok(counter_hit(db, "t", key, 100, 2, NOW + 70, &a, NULL) == RC_OK &&
		a.allowed,
	    "another scope counts by itself");
	ok(counter_hit(db, "s", key, 100, 2, NOW + 100, &a, NULL) == RC_OK &&
		a.allowed && a.left == 1,
	    "a new window");
	ok(counter_hit(db, "s", key, 100, 2, NOW + 199, &a, NULL) == RC_OK &&
		a.allowed && a.left == 0,
	    "begins with its first hit");
	ok(counter_purge(db, NOW + 200, &n, NULL) == RC_OK && n == 2,
	    "old ones are removed");

	ok(block_find(db, "s", key, NOW, &until, NULL) == RC_OK && until == 0,
	    "not blocked");
	ok(block_set(db, "s", key, NOW + 10, NULL) == RC_OK &&
		block_set(db, "s", key, NOW + 5, NULL) == RC_OK &&
		block_find(db, "s", key, NOW + 9, &until, NULL) == RC_OK &&
		until == NOW + 10,
	    "the later end of two stays");
	ok(block_find(db, "s", key, NOW + 10, &until, NULL) == RC_OK &&
		until == 0,
	    "a block ends");
	ok(block_purge(db, NOW + 11, &n, NULL) == RC_OK && n == 1,
	    "and is removed");
}

static void
metas(void)
{
	struct buf b = buf_init(16);

	ok(meta_load(db, "none", &b, NULL) == RC_ABSENT && b.n == 0, "absent");
	ok(meta_save_first(db, "m", SPAN_LIT("one"), NULL) == RC_OK &&
		meta_save_first(db, "m", SPAN_LIT("two"), NULL) == RC_EXISTS &&
		meta_load(db, "m", &b, NULL) == RC_OK &&
		span_equal(buf_span(&b), SPAN_LIT("one")),
	    "the first value stays");
	buf_clear(&b);
}

/* Many at once, of whom one may win. */
#define RACERS 200

struct race {
	pthread_barrier_t start;
	struct approval_move request;
	struct transfer_move transfer;
	uint8_t key[STORE_HASH];
	uint8_t join[STORE_ID];
	const struct approval_signature *s;
	const struct history *h;
	atomic_int moved, lost, claimed, stepped, hits, tries, recorded;
};

static void *
race(void *arg)
{
	struct race *r = arg;
	struct counter_answer a;
	uint8_t secret[STORE_HASH], id[STORE_ID];
	int64_t left;
	enum rc rc;

	rnd_bytes(secret, sizeof secret);
	(void)pthread_barrier_wait(&r->start);
	rc = approval_advance(db, &r->request, NULL, NULL);
	if (rc == RC_OK)
		atomic_fetch_add(&r->moved, 1);
	else if (rc == RC_STATE)
		atomic_fetch_add(&r->lost, 1);
	if (transfer_claim(db, "55555", secret, NOW, id, NULL) == RC_OK)
		atomic_fetch_add(&r->claimed, 1);
	if (transfer_advance(db, &r->transfer, NULL) == RC_OK)
		atomic_fetch_add(&r->stepped, 1);
	if (counter_hit(db, "race", r->key, 1000, 3, NOW, &a, NULL) == RC_OK &&
	    a.allowed)
		atomic_fetch_add(&r->hits, 1);
	if (join_try(db, r->join, 5, NOW, &left, NULL) == RC_OK)
		atomic_fetch_add(&r->tries, 1);
	if (approval_record_signature(db, r->s, r->h, NULL) == RC_OK)
		atomic_fetch_add(&r->recorded, 1);

	return NULL;
}

static void
races(void)
{
	struct person p = person_saved();
	struct approval r = request_of(&p, APPROVAL_TOKEN);
	struct cert c = cert_of(&p);
	struct history h = line(p.m.id, NOW + 5, HISTORY_TOKEN_SIGN);
	struct approval_signature s = { .left = 1, .now_ms = NOW };
	struct join j = { .state = JOIN_SENT, .expires_ms = NOW + 100 };
	struct transfer t = { .step = 1,
		.state = TRANSFER_WAITING,
		.created_ms = NOW,
		.expires_ms = NOW + 100,
		.channel = "55555" };
	struct race g = { .s = &s, .h = &h };
	struct cert got;
	pthread_t thread[RACERS];

	store_new_id(t.id);
	store_new_id(t.member_id);
	store_new_id(j.id);
	rnd_bytes(j.phone_hash, STORE_HASH);
	memcpy(g.join, j.id, STORE_ID);
	rnd_bytes(g.key, sizeof g.key);
	memcpy(s.approval_id, r.id, STORE_ID);
	memcpy(s.certificate_id, c.id, STORE_ID);
	g.request = move_of(&r, APPROVAL_WAITING, APPROVAL_APPROVED);
	g.transfer = (struct transfer_move){
		.from = 1, .to = 2, .state = TRANSFER_ASKED, .now_ms = NOW
	};
	memcpy(g.transfer.id, t.id, STORE_ID);
	if (approval_create(db, &r, NULL) != RC_OK ||
	    transfer_create(db, &t, NULL) != RC_OK ||
	    join_create(db, &j, NULL) != RC_OK ||
	    cert_add(db, &c, NULL, NULL, NULL, NULL) != RC_OK)
		ok(false, "what they race for");
	(void)pthread_barrier_init(&g.start, NULL, RACERS);
	for (int i = 0; i < RACERS; i++)
		if (pthread_create(&thread[i], NULL, race, &g) != 0)
			exit(1);
	for (int i = 0; i < RACERS; i++)
		(void)pthread_join(thread[i], NULL);
	(void)pthread_barrier_destroy(&g.start);
	ok(g.moved == 1 && g.lost == RACERS - 1,
	    "%d move a request: one wins, all others are told", RACERS);
	ok(g.claimed == 1, "one claims a transfer");
	ok(g.stepped == 1, "one takes its step");
	ok(g.hits == 3, "a counter lets as many through as it may");
	ok(g.tries == 5, "a code is tried as often as it may be");
	ok(g.recorded == RACERS &&
		cert_load(db, p.m.id, c.id, &got, NULL) == RC_OK &&
		got.uses == 1,
	    "one signature recorded by all counts once");
	cert_clear(&got);
}

int
main(int argc, char **argv)
{
	char folder[] = "/tmp/ingam-store-XXXXXX", path[64];
	struct db_options o = { .url = argc > 1 ? argv[1] : path };
	struct err e = { 0 };
	size_t n;

	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(path, sizeof path, "%s/t.db", folder);
	if (db_open(&db, &o, &e) != RC_OK) {
		diag("%s", e.msg);
		return 1;
	}
	ok(store_migrate_check(db, &n, NULL) == RC_OK && n > 0,
	    "a new database lacks the schema");
	ok(store_migrate(db, &n, &e) == RC_OK && n > 0, "the schema %s", e.msg);
	ok(store_migrate(db, &n, NULL) == RC_OK && n == 0, "once");
	members();
	devices();
	sessions();
	certs();
	requests();
	signatures();
	histories();
	transfers();
	joins();
	pushes();
	counters();
	metas();
	races();
	db_close(db);
	(void)unlink(path);
	(void)rmdir(folder);

	return tap_done();
}
