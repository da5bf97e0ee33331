/*
 * attack_test.c - a client on the vault's socket that knows everything but the
 * phone. It gets no signature that no phone approved.
 *
 * Belongs here: each attack with its name of docs/attacks.md.
 * Not here: attacks from the network (tests/attack); deaths (crash_test.c).
 */
#include "rig.h"

#include "base/rnd.h"
#include "tap.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static struct rig rig;
static struct phone alice, bob, pinned;
static struct subject hers, her_second, his;

/* The attack that is under way: one result for all that it is made of. */
static struct {
	const char *name;
	int checks, failed;
} now;

/* The one before has ended; this one begins (NULL: none). docs/attacks.md. */
static void
attack(const char *name)
{
	if (now.name != NULL)
		ok(now.failed == 0 && now.checks > 0, "%s", now.name);
	now.name = name;
	now.checks = now.failed = 0;
}

static bool
check(bool good, const char *what)
{
	if (now.name == NULL)
		return ok(good, "%s", what);
	now.checks++;
	if (!good) {
		now.failed++;
		diag("%s: not so: %s", now.name, what);
	}

	return good;
}

/* A refusal with its code, and nothing that looks like a signature. */
static void
unsigned_(
    enum rc rc, enum rc want, const struct keys_signed *out, const char *what)
{
	if (!check(rc == want && out->signature.n == 0, what))
		diag("%s", err_name(rc));
}

static void
is_rc(enum rc rc, enum rc want, const char *what)
{
	if (!check(rc == want, what))
		diag("%s", err_name(rc));
}

static enum rc
ask(struct phone *p, struct subject *s, struct grant *g)
{
	return grant_new(&rig, p, s, KEYS_OP_TOKEN, KEYS_MODE_NUMBER, 2, 60, g);
}

static void
attack_no_approval(void)
{
	struct keys_signed out = { 0 };
	struct grant g = { 0 };

	attack("a signature for a request that was invented");
	rnd_bytes(g.id, sizeof(g.id));
	unsigned_(grant_sign(&rig, &g, &hers, 1, "x", &out), RC_ABSENT, &out,
	    "no approval: an invented request");
	attack("a signature while the phone has not answered yet");
	is_rc(ask(&alice, &hers, &g), RC_OK, "no approval: a request");
	unsigned_(grant_sign(&rig, &g, &hers, 1, "x", &out), RC_STATE, &out,
	    "no approval: it waits for the phone");
	is_rc(grant_open(&rig, &g, "123456", NULL), RC_STATE,
	    "no approval: it does not open");
	attack("a signature after the approval, without the PIN");
	is_rc(grant_approve(
		  &rig, &alice, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "no approval: approved now");
	unsigned_(grant_sign(&rig, &g, &hers, 1, "x", &out), RC_STATE, &out,
	    "no approval: approved, but the PIN was not typed");
	grant_free(&g);
}

static void
attack_other_account(void)
{
	struct keys_signed out = { 0 };
	struct subject mixed = hers;
	struct grant g;

	attack("another's key in a window of one's own");
	is_rc(grant_window(&rig, &bob, &hers, 2, 60, &g), RC_OK,
	    "another account: bob approves for the id of alice's key");
	unsigned_(grant_sign(&rig, &g, &hers, 1, "x", &out), RC_DENIED, &out,
	    "another account: alice's key is not his");
	attack("one's own key in place of the approved one");
	mixed.kb1 = his.kb1;
	unsigned_(grant_sign(&rig, &g, &mixed, 2, "x", &out), RC_DENIED, &out,
	    "another account: nor is his own key the approved one");
	grant_free(&g);
	attack("another's request, approved by one's own phone and list");
	is_rc(
	    ask(&alice, &hers, &g), RC_OK, "another account: alice's request");
	is_rc(grant_approve(
		  &rig, &bob, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_DENIED,
	    "another account: bob's phone and list do not approve it");
	attack("another's request and list, approved by one's own phone");
	{
		struct phone both = bob;

		both.list = alice.list;
		is_rc(grant_approve(&rig, &both, &g, KEYS_OP_TOKEN, "",
			  SPOIL_NOTHING, NULL),
		    RC_DENIED,
		    "another account: nor bob's phone, alice's list");
		bob.count = both.count;
		bob.client_data = both.client_data;
		bob.auth_data = both.auth_data;
		bob.signature = both.signature;
	}
	grant_free(&g);
}

static void
attack_other_key(void)
{
	struct keys_signed out = { 0 };
	struct subject mixed = hers;
	struct grant g;

	attack(
	    "another key of the same member, with its certificate or without");
	is_rc(grant_window(&rig, &alice, &hers, 2, 60, &g), RC_OK,
	    "another key: a window for the first key");
	unsigned_(grant_sign(&rig, &g, &her_second, 1, "x", &out), RC_DENIED,
	    &out, "another key: the second key and certificate");
	mixed.kb1 = her_second.kb1;
	unsigned_(grant_sign(&rig, &g, &mixed, 2, "x", &out), RC_DENIED, &out,
	    "another key: the second key with the approved certificate");
	attack("the approved key with another certificate");
	mixed = hers;
	mixed.km_kb1 = (struct buf){ 0 };
	mixed.certificate = her_second.certificate;
	unsigned_(grant_sign(&rig, &g, &mixed, 3, "x", &out), RC_DENIED, &out,
	    "another certificate: with the approved key");
	attack("the approved certificate, imported again as another key");
	mixed.certificate = hers.certificate;
	mixed.file = hers.file;
	mixed.key = hers.key;
	mixed.kb1 = buf_init(8192);
	is_rc(subject_import(&rig, &alice, &mixed, (struct span){ 0 },
		  SUBJECT_PASSWORD, NULL),
	    RC_OK, "another key: the same certificate, imported again");
	unsigned_(grant_sign(&rig, &g, &mixed, 6, "x", &out), RC_DENIED, &out,
	    "another key: is another key");
	buf_clear(&mixed.kb1);
	attack("the approved key without a certificate");
	mixed.certificate.n = 0;
	unsigned_(grant_sign(&rig, &g, &mixed, 4, "x", &out), RC_DENIED, &out,
	    "another certificate: none");
	is_rc(grant_sign(&rig, &g, &hers, 5, "x", &out), RC_OK,
	    "another key: the approved one still signs");
	keys_signed_clear(&out);
	grant_free(&g);
}

static void
attack_replay(void)
{
	struct keys_evidence evidence;
	struct grant one, two;
	uint8_t challenge[32];
	char pin[7];

	attack("evidence for one request, shown for another");
	is_rc(ask(&alice, &hers, &one), RC_OK, "replay: one request");
	is_rc(ask(&alice, &hers, &two), RC_OK, "replay: and another");
	keys_ar1_challenge(buf_span(&one.ar1), challenge);
	evidence = phone_answer(&rig, &alice, challenge, "", SPOIL_NOTHING);
	is_rc(grant_show(&rig, &alice, &two, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_DENIED,
	    "replay: evidence for the one does not approve the other");
	attack(
	    "evidence again after its use: the same answer, and nothing new");
	is_rc(grant_show(&rig, &alice, &one, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_OK, "replay: but its own");
	memcpy(pin, one.pin, sizeof(pin));
	is_rc(grant_show(&rig, &alice, &two, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_DENIED, "replay: nor after its use");
	is_rc(grant_show(&rig, &alice, &one, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_OK, "replay: the same again");
	check(strcmp(pin, one.pin) == 0, "replay: gives the same PIN");
	is_rc(grant_approve(
		  &rig, &alice, &one, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_STATE, "replay: other evidence after the use");
	attack("evidence for one request, shown for another after kill -9");
	rig_restart(&rig);
	is_rc(grant_show(&rig, &alice, &two, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_DENIED, "replay: nor after kill -9");
	grant_free(&one);
	grant_free(&two);
}

/* The phone is shown another AR1 than the vault made. */
static void
attack_altered_request(void)
{
	struct phone p;
	struct grant g;
	size_t wrong = 0;

	attack("a request altered in any byte before the phone sees it");
	/* A PIN device: what it did not sign costs none of its tries. */
	is_rc(phone_new(&rig, &p, true, "902817"), RC_OK,
	    "altered AR1: a new phone");
	is_rc(ask(&p, &hers, &g), RC_OK, "altered AR1: a request");
	for (size_t i = 0; i < g.ar1.n; i++) {
		g.ar1.p[i] ^= 1;
		wrong += grant_approve(&rig, &p, &g, KEYS_OP_TOKEN, "902817",
			     SPOIL_NOTHING, NULL) != RC_DENIED;
		g.ar1.p[i] ^= 1;
	}
	check(wrong == 0,
	    "altered AR1: what the phone did not see is not approved");
	is_rc(grant_approve(
		  &rig, &p, &g, KEYS_OP_TOKEN, "902817", SPOIL_NOTHING, NULL),
	    RC_OK, "altered AR1: and the true one is");
	grant_free(&g);
	phone_free(&p);
}

static void
attack_time(void)
{
	struct keys_signed out = { 0 };
	struct keys_status status;
	struct keys_request q = { .op = KEYS_OP_TOKEN,
		.ttl_ms = 100,
		.mode = KEYS_MODE_NUMBER,
		.token = { 2, 60, SPAN_LIT("p"), SPAN_LIT("m"), SPAN_LIT("u") },
		.dl1_sealed = buf_span(&bob.list) };
	struct grant g = { .ar1 = buf_init(4096) };

	attack("an approval after the request's time");
	memcpy(q.account_id, bob.account, 16);
	memcpy(q.key_id, his.key_id, 16);
	memcpy(q.cert_sha256, his.sha256, 32);
	is_rc(keys_approval_new(rig.keys, &q, g.id, &g.ar1, g.signature, NULL),
	    RC_OK, "time: a request of 100 ms");
	(void)usleep(150000);
	is_rc(grant_approve(
		  &rig, &bob, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_EXPIRED, "time: approved too late");
	grant_free(&g);
	attack("a window made longer by a restart");
	is_rc(grant_window(&rig, &bob, &his, 9, 1, &g), RC_OK,
	    "time: a window of one second");
	is_rc(grant_sign(&rig, &g, &his, 1, "x", &out), RC_OK,
	    "time: signs inside it");
	rig_restart(&rig);
	(void)usleep(1050000);
	unsigned_(grant_sign(&rig, &g, &his, 2, "x", &out), RC_EXPIRED, &out,
	    "time: a restart did not make it longer");
	check(keys_status(rig.keys, g.id, &status, NULL) == RC_OK &&
		status.state == KEYS_EXPIRED,
	    "time: and it says so");
	attack("a request or a window of a day, or for 5,000 signatures");
	q.ttl_ms = 24 * 3600 * 1000;
	is_rc(keys_approval_new(rig.keys, &q, g.id, &g.ar1, g.signature, NULL),
	    RC_LIMIT, "time: a request of a day");
	q.ttl_ms = 1000;
	q.token.seconds = 86400;
	is_rc(keys_approval_new(rig.keys, &q, g.id, &g.ar1, g.signature, NULL),
	    RC_LIMIT, "time: a window of a day");
	q.token.seconds = 60;
	q.token.count = 5000;
	is_rc(keys_approval_new(rig.keys, &q, g.id, &g.ar1, g.signature, NULL),
	    RC_LIMIT, "count: a window for 5000");
	grant_free(&g);
}

static void
attack_count(void)
{
	struct keys_signed out = { 0 };
	struct grant g;
	uint8_t digest[32] = { 7 };

	attack("one sign_id for two texts");
	is_rc(grant_window(&rig, &bob, &his, 2, 60, &g), RC_OK,
	    "count: a window for two");
	is_rc(grant_sign(&rig, &g, &his, 1, "a", &out), RC_OK, "count: one");
	unsigned_(grant_sign_with(&rig, &g, &his, 1, KEYS_ECDSA, KEYS_SHA256, 0,
		      SPAN(digest), &out),
	    RC_STATE, &out, "count: the same sign_id for something else");
	is_rc(grant_sign(&rig, &g, &his, 1, "a", &out), RC_OK,
	    "count: the same sign_id again");
	attack("more signatures than were approved");
	is_rc(grant_sign(&rig, &g, &his, 2, "b", &out), RC_OK, "count: two");
	unsigned_(grant_sign(&rig, &g, &his, 3, "c", &out), RC_STATE, &out,
	    "count: not three");
	attack("more signatures than were approved, after kill -9");
	rig_restart(&rig);
	unsigned_(grant_sign(&rig, &g, &his, 4, "d", &out), RC_STATE, &out,
	    "count: nor after kill -9");
	is_rc(grant_open(&rig, &g, g.pin, NULL), RC_STATE,
	    "count: nor does it open again");
	grant_free(&g);
}

static void
attack_lists(void)
{
	struct phone copy = bob;
	struct grant g;
	size_t wrong = 0;
	uint8_t *p;

	attack("a device list forged in any byte, or without its seal");
	is_rc(ask(&bob, &his, &g), RC_OK, "device list: a request");
	/* Each byte, the MAC's included; made requests and approvals both. */
	copy.list = buf_init(16384);
	buf_bytes(&copy.list, buf_span(&bob.list));
	p = copy.list.p;
	for (size_t i = 0; i < copy.list.n; i++) {
		struct grant other;

		p[i] ^= 1;
		wrong += ask(&copy, &his, &other) == RC_OK;
		grant_free(&other);
		if (i % 16 == 0)
			wrong += grant_approve(&rig, &copy, &g, KEYS_OP_TOKEN,
				     "", SPOIL_NOTHING, NULL) == RC_OK;
		p[i] ^= 1;
	}
	check(wrong == 0, "device list: forged in each byte, never taken");
	copy.list.n -= 32;
	check(ask(&copy, &his, &(struct grant){ 0 }) == RC_DENIED,
	    "device list: without its MAC");
	attack("another account's device list");
	buf_reset(&copy.list);
	buf_bytes(&copy.list, buf_span(&alice.list));
	is_rc(ask(&copy, &his, &(struct grant){ 0 }), RC_DENIED,
	    "device list: another account's");
	buf_clear(&copy.list);
	bob.count = copy.count;
	bob.client_data = copy.client_data;
	bob.auth_data = copy.auth_data;
	bob.signature = copy.signature;
	grant_free(&g);
}

static void
attack_evidence(void)
{
	static const struct {
		enum spoil spoil;
		const char *name;
	} rows[] = {
		{ SPOIL_TYPE, "evidence made for a registration" },
		{ SPOIL_CHALLENGE, "evidence for another challenge" },
		{ SPOIL_ORIGIN, "evidence from another origin" },
		{ SPOIL_CROSS_ORIGIN,
		    "evidence from a frame of another origin" },
		{ SPOIL_TOP_ORIGIN, "evidence under a foreign page" },
		{ SPOIL_RP_ID, "evidence for another rp id" },
		{ SPOIL_NO_UP, "evidence without a person" },
		{ SPOIL_NO_UV, "evidence without verifying the person" },
		{ SPOIL_BACKUP,
		    "evidence from a passkey that became syncable" },
		{ SPOIL_COUNT, "evidence with a counter that stood still" },
		{ SPOIL_SIGNATURE, "evidence with a wrong signature" },
		{ SPOIL_OTHER_KEY, "evidence signed by another key" },
		{ SPOIL_CREDENTIAL, "evidence naming another credential" },
	};
	struct keys_evidence evidence = { .kind = (enum keys_device)3 };
	struct phone p;
	struct grant g;

	attack(NULL);
	is_rc(phone_new(&rig, &p, false, NULL), RC_OK, "evidence: a new phone");
	is_rc(ask(&p, &hers, &g), RC_OK, "evidence: a request");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		attack(rows[i].name);
		is_rc(grant_approve(
			  &rig, &p, &g, KEYS_OP_TOKEN, "", rows[i].spoil, NULL),
		    RC_DENIED, "not accepted");
	}
	attack("evidence of no kind, or of a kind that the device is not");
	is_rc(grant_show(&rig, &p, &g, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_FORMAT, "evidence of no kind");
	evidence.kind = KEYS_DEVICE_PIN;
	memcpy(evidence.device_id, p.device, 16);
	is_rc(grant_show(&rig, &p, &g, KEYS_OP_TOKEN, &evidence, NULL),
	    RC_DENIED, "evidence of a PIN device where there is a passkey");
	is_rc(
	    grant_approve(&rig, &p, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "evidence that is right, after all of these");
	grant_free(&g);
	attack(
	    "assertions that fail, until one fits: the credential closes, over kill -9 too");
	is_rc(ask(&p, &hers, &g), RC_OK, "evidence: one more request");
	for (int i = 0; i < 20; i++)
		(void)grant_approve(
		    &rig, &p, &g, KEYS_OP_TOKEN, "", SPOIL_SIGNATURE, NULL);
	is_rc(
	    grant_approve(&rig, &p, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_LOCKED, "too many failed assertions close the credential");
	rig_restart(&rig);
	is_rc(
	    grant_approve(&rig, &p, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_LOCKED, "over a kill -9 too");
	grant_free(&g);
	phone_free(&p);
}

static void
attack_app_pin(void)
{
	struct phone p;
	struct grant g;
	uint8_t left = 9;

	attack("an app PIN that is a run or a pattern");
	is_rc(phone_new(&rig, &p, true, "123456"), RC_POLICY,
	    "app PIN: a run is refused");
	phone_free(&p);
	is_rc(phone_new(&rig, &p, true, "121212"), RC_POLICY,
	    "app PIN: a pattern is refused");
	phone_free(&p);
	attack(
	    "the right app PIN without the device's key, from another device, for another request");
	is_rc(ask(&pinned, &hers, &g), RC_OK, "app PIN: a request");
	is_rc(grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN, "481516",
		  SPOIL_OTHER_KEY, &left),
	    RC_DENIED, "app PIN: right, without the device's key");
	is_rc(grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN, "481516",
		  SPOIL_CREDENTIAL, &left),
	    RC_DENIED, "app PIN: right, from another device");
	is_rc(grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN, "481516",
		  SPOIL_CHALLENGE, &left),
	    RC_DENIED, "app PIN: right, for another challenge");
	attack("guessing the app PIN: five tries, over kill -9 too");
	for (uint8_t i = 1; i <= 4; i++) {
		enum rc rc = grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN,
		    "000111", SPOIL_NOTHING, &left);

		check(rc == RC_SECRET && left == 5 - i,
		    "app PIN: wrong, one try less");
		if (i == 2)
			rig_restart(&rig);
	}
	is_rc(grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN, "000111",
		  SPOIL_NOTHING, &left),
	    RC_SECRET, "app PIN: the fifth");
	is_rc(grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN, "481516",
		  SPOIL_NOTHING, &left),
	    RC_LOCKED, "app PIN: locked, the right one too");
	rig_restart(&rig);
	is_rc(grant_approve(&rig, &pinned, &g, KEYS_OP_TOKEN, "481516",
		  SPOIL_NOTHING, &left),
	    RC_LOCKED, "app PIN: locked after kill -9 too");
	grant_free(&g);
}

static void
attack_token_pin(void)
{
	struct grant g, newer;
	uint8_t left = 9;
	char wrong[7];

	attack("guessing the token PIN: three tries, over kill -9 too");
	is_rc(ask(&bob, &his, &g), RC_OK, "token PIN: a request");
	is_rc(grant_approve(
		  &rig, &bob, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "token PIN: approved");
	memcpy(wrong, g.pin, sizeof(wrong));
	wrong[5] = (char)(wrong[5] == '9' ? '0' : wrong[5] + 1);
	is_rc(grant_open(&rig, &g, "", &left), RC_FORMAT, "token PIN: none");
	is_rc(
	    grant_open(&rig, &g, wrong, &left), RC_SECRET, "token PIN: wrong");
	check(left == 2, "token PIN: two left");
	rig_restart(&rig);
	is_rc(grant_open(&rig, &g, wrong, &left), RC_SECRET,
	    "token PIN: wrong after kill -9");
	check(left == 1, "token PIN: one left");
	is_rc(grant_open(&rig, &g, wrong, &left), RC_LOCKED,
	    "token PIN: wrong for the third time");
	is_rc(grant_open(&rig, &g, g.pin, &left), RC_STATE,
	    "token PIN: the right one is too late");
	grant_free(&g);
	attack("an older PIN after a newer one was approved");
	is_rc(ask(&bob, &his, &g), RC_OK, "one PIN: a request");
	is_rc(ask(&bob, &his, &newer), RC_OK, "one PIN: a newer one");
	is_rc(grant_approve(
		  &rig, &bob, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "one PIN: the first approved");
	is_rc(grant_approve(
		  &rig, &bob, &newer, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "one PIN: the newer approved");
	is_rc(grant_open(&rig, &g, g.pin, NULL), RC_STATE,
	    "one PIN: the first is worth nothing now");
	is_rc(grant_open(&rig, &newer, newer.pin, NULL), RC_OK,
	    "one PIN: the newer opens");
	grant_free(&g);
	grant_free(&newer);
}

/* What an account has waiting is known after a kill -9 as before. */
static void
attack_places(void)
{
	struct grant g, newer, more[16];
	size_t n = 0;

	attack(
	    "an older PIN after a newer one was approved and the vault killed between");
	is_rc(ask(&bob, &his, &g), RC_OK, "kill -9: a request");
	is_rc(ask(&bob, &his, &newer), RC_OK, "kill -9: a newer one");
	is_rc(grant_approve(
		  &rig, &bob, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "kill -9: the first approved");
	rig_restart(&rig);
	is_rc(grant_approve(
		  &rig, &bob, &newer, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_OK, "kill -9: the newer approved after it");
	is_rc(grant_open(&rig, &g, g.pin, NULL), RC_STATE,
	    "kill -9: the first PIN is worth nothing now");
	grant_free(&g);
	attack("more requests than may wait, after kill -9");
	while (n < 16 && ask(&bob, &his, &more[n]) == RC_OK)
		n++;
	rig_restart(&rig);
	is_rc(ask(&bob, &his, &g), RC_RATE,
	    "kill -9: as many requests as may wait still wait");
	while (n > 0) {
		is_rc(keys_refuse(rig.keys, more[--n].id, NULL), RC_OK,
		    "kill -9: and can be refused");
		grant_free(&more[n]);
	}
	grant_free(&newer);
}

static void
attack_after_end(void)
{
	struct keys_signed out = { 0 };
	struct subject s;
	struct grant g, deletion;

	attack("a request that was refused, approved after kill -9");
	is_rc(ask(&bob, &his, &g), RC_OK, "refused: a request");
	is_rc(
	    keys_refuse(rig.keys, g.id, NULL), RC_OK, "refused: by the phone");
	rig_restart(&rig);
	is_rc(grant_approve(
		  &rig, &bob, &g, KEYS_OP_TOKEN, "", SPOIL_NOTHING, NULL),
	    RC_STATE, "refused: cannot be approved, after kill -9 neither");
	grant_free(&g);
	attack("a signature in a window that was ended");
	is_rc(grant_window(&rig, &bob, &his, 2, 60, &g), RC_OK,
	    "refused: a window");
	is_rc(keys_refuse(rig.keys, g.id, NULL), RC_OK, "refused: while open");
	unsigned_(grant_sign(&rig, &g, &his, 1, "x", &out), RC_STATE, &out,
	    "refused: it signs no more");
	grant_free(&g);

	attack("deleting another's key");
	subject_new(&s, "P-256", 30);
	is_rc(subject_import(
		  &rig, &bob, &s, (struct span){ 0 }, SUBJECT_PASSWORD, NULL),
	    RC_OK, "deleted: a key");
	is_rc(grant_window(&rig, &bob, &s, 2, 60, &g), RC_OK,
	    "deleted: a window is open");
	is_rc(grant_new(&rig, &alice, &s, KEYS_OP_DELETE, KEYS_MODE_NONE, 0, 0,
		  &deletion),
	    RC_OK, "deleted: alice asks to delete bob's");
	is_rc(grant_approve(&rig, &alice, &deletion, KEYS_OP_DELETE, "",
		  SPOIL_NOTHING, NULL),
	    RC_OK, "deleted: and approves");
	is_rc(grant_sign(&rig, &g, &s, 1, "x", &out), RC_OK,
	    "deleted: which does nothing to bob's key");
	grant_free(&deletion);
	attack(
	    "a signature with a key that was deleted, in a window that was open, over kill -9 too");
	is_rc(grant_new(&rig, &bob, &s, KEYS_OP_DELETE, KEYS_MODE_NONE, 0, 0,
		  &deletion),
	    RC_OK, "deleted: bob asks");
	is_rc(grant_approve(&rig, &bob, &deletion, KEYS_OP_DELETE, "",
		  SPOIL_NOTHING, NULL),
	    RC_OK, "deleted: bob approves");
	unsigned_(grant_sign(&rig, &g, &s, 2, "x", &out), RC_ABSENT, &out,
	    "deleted: the open window is worth nothing");
	rig_restart(&rig);
	unsigned_(grant_sign(&rig, &g, &s, 3, "x", &out), RC_ABSENT, &out,
	    "deleted: nor after kill -9");
	attack("a new request for a key that was deleted");
	is_rc(ask(&bob, &s, &(struct grant){ 0 }), RC_ABSENT,
	    "deleted: no new request for it");
	grant_free(&g);
	grant_free(&deletion);
	subject_free(&s);
}

static void
attack_blob(void)
{
	struct keys_signed out = { 0 };
	struct subject s = his;
	struct grant g;
	size_t wrong = 0, n = his.kb1.n;

	attack("a key blob with any one bit turned");
	is_rc(grant_window(&rig, &bob, &his, 2, 60, &g), RC_OK,
	    "key blob: a window");
	s.kb1 = buf_init(8192);
	buf_bytes(&s.kb1, buf_span(&his.kb1));
	for (uint32_t i = 0; i < n * 8; i++) {
		s.kb1.p[i / 8] ^= (uint8_t)(1 << i % 8);
		wrong += grant_sign(&rig, &g, &s, 1000 + i, "x", &out) == RC_OK;
		s.kb1.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	check(wrong == 0, "key blob: no bit turned, and it signs");
	attack("a key blob cut at any length");
	for (s.kb1.n = 0; s.kb1.n < n; s.kb1.n++)
		wrong += grant_sign(&rig, &g, &s, 1, "x", &out) == RC_OK;
	check(wrong == 0, "key blob: cut at each length, none signs");
	is_rc(grant_sign(&rig, &g, &his, 1, "x", &out), RC_OK,
	    "key blob: whole, it signs");
	buf_clear(&s.kb1);
	keys_signed_clear(&out);
	grant_free(&g);
}

static void
attack_shapes(void)
{
	static const size_t lengths[] = { 0, 1, 20, 28, 31, 33, 47, 49, 63 };
	struct keys_signed out = { 0 };
	uint8_t digest[64] = { 0 };
	struct grant g;

	attack("a digest of a wrong length");
	is_rc(grant_window(&rig, &bob, &his, 9, 60, &g), RC_OK,
	    "shapes: a window");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		unsigned_(
		    grant_sign_with(&rig, &g, &his, 1, KEYS_ECDSA, KEYS_SHA256,
			0, (struct span){ digest, lengths[i] }, &out),
		    RC_FORMAT, &out, "shapes: a digest of a wrong length");
	attack("a salt, a mechanism or a hash that does not belong");
	unsigned_(grant_sign_with(&rig, &g, &his, 2, KEYS_ECDSA, KEYS_SHA256, 8,
		      (struct span){ digest, 32 }, &out),
	    RC_FORMAT, &out, "shapes: a salt for ECDSA");
	unsigned_(grant_sign_with(&rig, &g, &his, 3, (enum keys_mechanism)9,
		      KEYS_SHA256, 0, (struct span){ digest, 32 }, &out),
	    RC_UNKNOWN, &out, "shapes: no such mechanism");
	unsigned_(grant_sign_with(&rig, &g, &his, 4, KEYS_ECDSA,
		      (enum keys_hash)0, 0, (struct span){ digest, 32 }, &out),
	    RC_UNKNOWN, &out, "shapes: no hash");
	grant_free(&g);
}

static void
attack_frames(void)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t n;
		bool answered;
	} rows[] = {
		{ "HELLO", "\0\1\0\1\0\0\0\0\0\0\0\7", 12, true },
		{ "a byte", "\0", 1, false },
		{ "another version", "\0\1\0\2\0\0\0\0\0\0\0\7", 12, false },
		{ "no such verb", "\0\x63\0\1\0\0\0\0\0\0\0\7", 12, false },
		{ "an answer", "\x80\1\0\1\0\0\0\0\0\0\0\7", 12, false },
		{ "a byte too many", "\0\1\0\1\0\0\0\0\0\0\0\7x", 13, false },
		{ "a length over the end",
		    "\0\2\0\1\0\0\0\0\0\0\0\7\0\1x\0\x09", 17, false },
		{ "bytes behind the fields",
		    "\0\2\0\1\0\0\0\0\0\0\0\7\0\1x\0\1yz", 19, false },
	};
	static uint8_t big[MESSAGE_MAX + 100], answer[MESSAGE_MAX];

	attack("frames that are malformed");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = rig_raw(&rig,
		    (struct span){ (const uint8_t *)rows[i].bytes, rows[i].n },
		    answer, sizeof(answer));

		check((n > 0) == rows[i].answered, rows[i].name);
	}
	attack("a frame over 64 KiB");
	memcpy(big, "\0\6\0\1", 4);
	check(rig_raw(&rig, SPAN(big), answer, sizeof(answer)) == 0,
	    "frame: over 64 KiB is hung up on");
	check(keys_hello(rig.keys, &rig.hello, NULL) == RC_OK,
	    "frame: and the vault serves on");
}

static void
attack_enrolment(void)
{
	struct keys_enrol q = { .kind = KEYS_DEVICE_PASSKEY };
	struct buf list = buf_init(8192), id = buf_init(1024);
	uint8_t challenge[32];
	struct grant g;

	attack("a second device list over an account's own");
	memcpy(q.account_id, alice.account, 16);
	is_rc(keys_enrol_begin(rig.keys, alice.account, challenge, NULL),
	    RC_EXISTS, "enrol: alice has her devices");
	is_rc(keys_enrol(rig.keys, &q, &list, &id, NULL), RC_EXISTS,
	    "enrol: no list is made over hers");
	attack("enrolment without a challenge, or without a proof");
	rnd_bytes(q.account_id, 16);
	is_rc(keys_enrol(rig.keys, &q, &list, &id, NULL), RC_DENIED,
	    "enrol: without a challenge");
	is_rc(keys_enrol_begin(rig.keys, q.account_id, challenge, NULL), RC_OK,
	    "enrol: with one");
	check(
	    keys_enrol(rig.keys, &q, &list, &id, NULL) != RC_OK && list.n == 0,
	    "enrol: but without a proof");
	attack("an operation that is not there yet");
	is_rc(grant_new(&rig, &alice, &hers, (enum keys_op)2, KEYS_MODE_NONE, 0,
		  0, &g),
	    RC_UNKNOWN, "operations of relying parties are not there yet");
	buf_clear(&list);
	buf_clear(&id);
	grant_free(&g);
}

/* Threads that all do one thing at the same moment. */
struct racer {
	pthread_t thread;
	pthread_barrier_t *start;
	struct grant *grant;
	const char *pin;
	struct keys_signed out;
	enum rc rc;
};

static void *
race_sign(void *arg)
{
	struct racer *r = arg;

	(void)pthread_barrier_wait(r->start);
	r->rc = grant_sign(&rig, r->grant, &his, 42, "same", &r->out);

	return NULL;
}

static void *
race_open(void *arg)
{
	struct racer *r = arg;

	(void)pthread_barrier_wait(r->start);
	r->rc = grant_open(&rig, r->grant, r->pin, NULL);

	return NULL;
}

static void
race(struct racer *racers, size_t n, void *(*run)(void *))
{
	pthread_barrier_t start;

	(void)pthread_barrier_init(&start, NULL, (unsigned int)n);
	for (size_t i = 0; i < n; i++) {
		racers[i].start = &start;
		if (pthread_create(&racers[i].thread, NULL, run, &racers[i]) !=
		    0)
			exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(racers[i].thread, NULL);
	(void)pthread_barrier_destroy(&start);
}

#define RACERS 200

/*
 * A key that is open in the vault's memory is nobody's but its owner's, and
 * opens nothing that is not approved.
 */
static void
attack_open_key(void)
{
	struct keys_signed out = { 0 };
	struct subject mixed = hers;
	struct grant owner, thief;

	attack("another's key that is still open in the vault's memory");
	is_rc(grant_window(&rig, &alice, &hers, 2, 60, &owner), RC_OK,
	    "open key: alice's window");
	is_rc(grant_sign(&rig, &owner, &hers, 1, "x", &out), RC_OK,
	    "open key: her signature leaves her key open");
	is_rc(grant_window(&rig, &bob, &hers, 2, 60, &thief), RC_OK,
	    "open key: bob approves for the id of her key");
	unsigned_(grant_sign(&rig, &thief, &hers, 1, "x", &out), RC_DENIED,
	    &out, "open key: her blob, as it is, in his window");
	mixed.kb1 = buf_init(8192);
	buf_bytes(&mixed.kb1, buf_span(&hers.kb1));
	memcpy(mixed.kb1.p + 9, bob.account, 16);
	unsigned_(grant_sign(&rig, &thief, &mixed, 2, "x", &out), RC_DENIED,
	    &out, "open key: her blob with his name on it");
	grant_free(&thief);
	attack("an open key after its window was ended");
	is_rc(keys_refuse(rig.keys, owner.id, NULL), RC_OK,
	    "open key: alice ends her window");
	unsigned_(grant_sign(&rig, &owner, &hers, 2, "x", &out), RC_STATE, &out,
	    "open key: it signs no more");
	buf_clear(&mixed.kb1);
	keys_signed_clear(&out);
	grant_free(&owner);
}

static void
attack_races(void)
{
	static struct racer racers[RACERS];
	struct keys_status status;
	struct grant g;
	char wrong[7];
	size_t good = 0, tries = 0;

	attack("one sign_id from 16 sides at once, counted once");
	is_rc(grant_window(&rig, &bob, &his, 5, 60, &g), RC_OK,
	    "race: a window for five");
	for (size_t i = 0; i < 16; i++)
		racers[i] = (struct racer){ .grant = &g };
	race(racers, 16, race_sign);
	for (size_t i = 0; i < 16; i++) {
		good += racers[i].rc == RC_OK &&
		    span_equal(buf_span(&racers[i].out.signature),
			buf_span(&racers[0].out.signature));
	}
	for (size_t i = 0; i < 16; i++)
		keys_signed_clear(&racers[i].out);
	check(good == 16, "race: one sign_id from 16 sides, one signature");
	check(keys_status(rig.keys, g.id, &status, NULL) == RC_OK &&
		status.left == 4,
	    "race: counted once");
	grant_free(&g);

	for (int round = 0; round < 2; round++) {
		attack(round == 0 ? "200 right PINs at once"
				  : "a right PIN among 199 wrong ones at once");
		good = tries = 0;
		if (ask(&bob, &his, &g) != RC_OK ||
		    grant_approve(&rig, &bob, &g, KEYS_OP_TOKEN, "",
			SPOIL_NOTHING, NULL) != RC_OK)
			check(false, "race: a request");
		memcpy(wrong, g.pin, sizeof(wrong));
		wrong[0] = (char)(wrong[0] == '9' ? '0' : wrong[0] + 1);
		for (size_t i = 0; i < RACERS; i++)
			racers[i] = (struct racer){ .grant = &g,
				.pin = round == 0 || i == 100 ? g.pin : wrong };
		race(racers, RACERS, race_open);
		for (size_t i = 0; i < RACERS; i++) {
			good += racers[i].rc == RC_OK;
			tries += racers[i].rc == RC_SECRET ||
			    racers[i].rc == RC_LOCKED;
		}
		if (!check(round == 0 ? good == 1 && tries == 0
				      : good <= 1 && tries <= 3,
			"race: PINs"))
			diag("%zu opened, %zu wrong tries", good, tries);
		grant_free(&g);
	}
}

int
main(void)
{
	rig_new(&rig);
	subject_new(&hers, "P-256", 30);
	subject_new(&her_second, "P-256", 30);
	subject_new(&his, "P-256", 30);
	ok(phone_new(&rig, &alice, false, NULL) == RC_OK &&
		phone_new(&rig, &bob, false, NULL) == RC_OK &&
		phone_new(&rig, &pinned, true, "481516") == RC_OK,
	    "three members");
	ok(subject_import(&rig, &alice, &hers, (struct span){ 0 },
	       SUBJECT_PASSWORD, NULL) == RC_OK &&
		subject_import(&rig, &alice, &her_second, (struct span){ 0 },
		    SUBJECT_PASSWORD, NULL) == RC_OK &&
		subject_import(&rig, &bob, &his, (struct span){ 0 },
		    SUBJECT_PASSWORD, NULL) == RC_OK,
	    "three keys");
	attack_no_approval();
	attack_other_account();
	attack_other_key();
	attack_open_key();
	attack_replay();
	attack_time();
	attack_count();
	attack_lists();
	attack_evidence();
	attack_app_pin();
	attack_token_pin();
	attack_places();
	attack_after_end();
	attack_blob();
	attack_shapes();
	attack_frames();
	attack_enrolment();
	attack_races();
	attack_altered_request();
	attack(NULL);
	subject_free(&hers);
	subject_free(&her_second);
	subject_free(&his);
	phone_free(&alice);
	phone_free(&bob);
	phone_free(&pinned);
	rig_free(&rig);

	return tap_done();
}
