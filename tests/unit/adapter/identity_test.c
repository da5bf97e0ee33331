/*
 * identity_test.c - the identity check over the real wire against the mock
 * provider: each way in which it, or somebody in between, goes wrong.
 */
#include "adapter/identity_portone.h"
#include "base/clock.h"

#include "mock.h"

#include <pthread.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define AUDIENCE \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct identity_provider *provider;

struct row {
	const char *what, *phone;
	enum rc start, confirm, look_up;
	const char *field; /* of the last failure */
};

static const struct row rows[] = {
	{ "all is well", "01012345678", RC_OK, RC_OK, RC_OK, "" },
	{ "ten-digit number", "0161234567", RC_OK, RC_OK, RC_OK, "" },
	{ "another person", "01000000001", RC_OK, RC_OK, RC_DENIED, "name" },
	{ "code refused", "01000000002", RC_OK, RC_SECRET, RC_STATE,
	    "identity" },
	{ "send is silent", "01000000003", RC_BUSY, RC_STATE, RC_STATE, "tx" },
	{ "confirm is silent but counts", "01000000004", RC_OK, RC_BUSY, RC_OK,
	    "" },
	{ "look-up is silent", "01000000005", RC_OK, RC_OK, RC_BUSY,
	    "identity" },
	{ "failed for good", "01000000006", RC_OK, RC_SECRET, RC_REFUSED,
	    "identity" },
	{ "provider is down", "01000000007", RC_BUSY, RC_STATE, RC_STATE,
	    "tx" },
	{ "not JSON", "01000000008", RC_IO, RC_STATE, RC_STATE, "tx" },
	{ "too many tries", "01000000009", RC_RATE, RC_STATE, RC_STATE, "tx" },
	{ "answer of 1 MiB", "01000000010", RC_OK, RC_OK, RC_LIMIT,
	    "identity" },
	{ "another transaction", "01000000011", RC_OK, RC_OK, RC_DENIED, "tx" },
	{ "proved an hour ago", "01000000012", RC_OK, RC_OK, RC_EXPIRED,
	    "identity" },
	{ "confirm lies", "01000000013", RC_OK, RC_OK, RC_STATE, "identity" },
	{ "answer to send is lost", "01000000014", RC_OK, RC_OK, RC_OK, "" },
	{ "another phone", "01000000015", RC_OK, RC_OK, RC_DENIED, "phone" },
	{ "another audience", "01000000016", RC_OK, RC_OK, RC_DENIED,
	    "audience" },
	{ "unknown to the carrier", "01000000017", RC_REFUSED, RC_STATE,
	    RC_STATE, "tx" },
};

struct run {
	const struct row *row;
	enum rc start, confirm, look_up;
	struct err e;
	struct identity_asked asked;
	struct identity_found found;
	pthread_t thread;
};

static struct identity_asked
claim(const char *phone)
{
	struct identity_asked a = { .name = "홍길동",
		.seven = "0002293",
		.carrier = IDENTITY_KT_MVNO,
		.audience = AUDIENCE };

	(void)snprintf(a.phone, sizeof(a.phone), "%s", phone);

	return a;
}

/* The code that the mock "sent" under this transaction, "000000" if none. */
static void
otp_of(const char *tx, char otp[static 7])
{
	json_t *list = mock_get("/mock/outbox"), *one;
	size_t i;

	(void)snprintf(otp, 7, "000000");
	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "id")), tx) ==
		    0)
			(void)snprintf(otp, 7, "%s",
			    json_string_value(json_object_get(one, "otp")));
	}
	json_decref(list);
}

static void *
run(void *arg)
{
	struct run *r = arg;
	char otp[7];

	r->asked = claim(r->row->phone);
	r->start = identity_start(provider, &r->asked, "192.0.2.1", &r->e);
	otp_of(r->asked.tx, otp);
	err_clear(&r->e);
	r->confirm =
	    identity_confirm(provider, &r->asked, span_str(otp), &r->e);
	err_clear(&r->e);
	r->look_up = identity_look_up(provider, &r->asked, &r->found, &r->e);

	return NULL;
}

/* All at once: several take as long as an answer may take. */
static void
test_rows(void)
{
	static const struct identity_found nothing;
	static struct run runs[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++) {
		runs[i].row = &rows[i];
		if (pthread_create(&runs[i].thread, NULL, run, &runs[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct run *r = &runs[i];

		(void)pthread_join(runs[i].thread, NULL);
		ok(r->start == r->row->start, "%s: start (%s)", r->row->what,
		    err_name(r->start));
		ok(r->confirm == r->row->confirm, "%s: confirm (%s)",
		    r->row->what, err_name(r->confirm));
		ok(r->look_up == r->row->look_up &&
			strcmp(r->e.field, r->row->field) == 0,
		    "%s: look-up (%s %s)", r->row->what, err_name(r->look_up),
		    r->e.field);
		if (r->look_up != RC_OK)
			ok(memcmp(&r->found, &nothing, sizeof(nothing)) == 0,
			    "%s: nothing is told about the person",
			    r->row->what);
		if (r->look_up != RC_OK && r->start == RC_OK)
			ok(strncmp(r->e.msg, "portone: ", 9) == 0,
			    "%s: says who failed (%s)", r->row->what, r->e.msg);
	}
	ok(strcmp(runs[0].found.name, "홍길동") == 0 &&
		strcmp(runs[0].found.birth, "2000-02-29") == 0 &&
		strcmp(runs[0].found.phone, "01012345678") == 0 &&
		strlen(runs[0].found.ci) == 88 &&
		strlen(runs[0].found.di) == 64 &&
		runs[0].found.carrier == IDENTITY_KT_MVNO &&
		runs[0].found.sex == IDENTITY_MALE &&
		runs[0].found.foreigner_said && !runs[0].found.foreigner,
	    "what is told about the person");
	ok(strcmp(runs[0].found.ci, runs[1].found.ci) == 0,
	    "the same person has the same CI on another phone");
}

/* T12: each field of the claim swapped between start and look-up. */
static void
test_swaps(void)
{
	static const char *const fields[] = { "name", "phone", "birth", "sex",
		"foreigner", "carrier", "audience", "tx" };
	struct identity_asked a = claim("01055556666"), b = a, other;
	struct identity_found f;
	char otp[7];

	if (identity_start(provider, &a, "192.0.2.1", NULL) != RC_OK ||
	    identity_start(provider, &b, "192.0.2.1", NULL) != RC_OK)
		abort();
	ok(strcmp(a.tx, b.tx) != 0, "each start has its own transaction");
	otp_of(a.tx, otp);
	ok(identity_confirm(provider, &b, span_str(otp), NULL) == RC_SECRET,
	    "one transaction's code does not open another");
	ok(identity_confirm(provider, &a, span_str(otp), NULL) == RC_OK &&
		identity_confirm(provider, &a, span_str(otp), NULL) == RC_OK,
	    "the code twice is fine");
	ok(identity_look_up(provider, &b, &f, NULL) == RC_STATE,
	    "the other transaction is still open");
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct err e = { 0 };

		other = a;
		if (i == 0)
			(void)snprintf(
			    other.name, sizeof(other.name), "임꺽정");
		other.phone[10] = i == 1 ? '7' : other.phone[10];
		other.seven[5] = i == 2 ? '8' : other.seven[5];
		other.seven[6] = i == 3 ? '4' : i == 4 ? '7' : other.seven[6];
		other.carrier = i == 5 ? IDENTITY_KT : other.carrier;
		other.audience[0] = i == 6 ? 'f' : other.audience[0];
		if (i == 7)
			(void)snprintf(other.tx, sizeof(other.tx), "ingam-0");
		ok(identity_look_up(provider, &other, &f, &e) ==
			    (i == 7 ? RC_ABSENT : RC_DENIED) &&
			(i == 7 || strcmp(e.field, fields[i]) == 0) &&
			f.ci[0] == '\0',
		    "swapped %s is noticed (%s)", fields[i], e.field);
	}
	ok(identity_look_up(provider, &a, &f, NULL) == RC_OK, "unswapped");
	clock_advance_ms(IDENTITY_FRESH_MS + 1000);
	ok(identity_look_up(provider, &a, &f, NULL) == RC_EXPIRED,
	    "and not five minutes later");
	clock_advance_ms(-IDENTITY_FRESH_MS - 1000);
}

static void
test_claims(void)
{
	struct identity_asked a;
	struct err e;

#define REFUSED(change, what)                                            \
	a = claim("01012345678");                                        \
	err_clear(&e);                                                   \
	change;                                                          \
	ok(identity_start(provider, &a, "192.0.2.1", &e) == RC_FORMAT && \
		strcmp(e.field, what) == 0 && a.tx[0] == '\0',           \
	    "refused before it is sent: %s (%s)", #change, e.field)
	REFUSED(a.name[0] = '\0', "name");
	REFUSED(a.name[0] = '\n', "name");
	REFUSED(a.phone[1] = '2', "phone");
	REFUSED(a.phone[5] = '-', "phone");
	REFUSED(a.phone[9] = '\0', "phone");
	REFUSED(a.seven[6] = '\0', "seven");
	REFUSED(a.seven[6] = '1', "seven"); /* 1900 was no leap year */
	REFUSED(a.seven[2] = '2', "seven");
	REFUSED(a.carrier = IDENTITY_CARRIER_UNKNOWN, "carrier");
	REFUSED(a.audience[0] = '"', "audience");
	REFUSED(a.audience[8] = '\0', "audience");
#undef REFUSED
	a = claim("01012345678");
	ok(identity_confirm(provider, &a, SPAN_LIT("123456"), NULL) == RC_STATE,
	    "no code before it was sent");
	(void)snprintf(a.tx, sizeof(a.tx), "ingam-1");
	ok(identity_confirm(provider, &a, SPAN_LIT("12\"456"), NULL) ==
		    RC_FORMAT &&
		identity_confirm(provider, &a, SPAN_LIT("123"), NULL) ==
		    RC_FORMAT,
	    "a code is digits");
}

static const struct {
	const char *what, *url, *channel, *store, *secret;
	const char *field;
} options[] = {
	{ "plain http elsewhere", "http://api.example", "c", NULL, "s",
	    "identity url" },
	{ "host that only begins like ours", "http://localhost.evil", "c", NULL,
	    "s", "identity url" },
	{ "user in the address", "https://a@b", "c", NULL, "s",
	    "identity url" },
	{ "slash at the end", "https://a/", "c", NULL, "s", "identity url" },
	{ "no channel", "https://a", "", NULL, "s", "identity channel" },
	{ "store with a quote", "https://a", "c", "\"", "s",
	    "identity channel" },
	{ "no secret", "https://a", "c", NULL, "", "identity secret" },
	{ "secret of two lines", "https://a", "c", NULL, "a\r\nHost: b",
	    "identity secret" },
};

static void
test_options(void)
{
	for (size_t i = 0; i < COUNT(options); i++) {
		struct sec secret SEC_WIPED = { 0 };
		struct identity_portone_options o = { options[i].url,
			options[i].store, options[i].channel, &secret };
		struct identity_provider *p;
		struct err e = { 0 };

		if (sec_copy(&secret, span_str(options[i].secret), NULL) !=
		    RC_OK)
			abort();
		ok(identity_portone_new(&o, &p, &e) == RC_FORMAT && p == NULL &&
			strcmp(e.field, options[i].field) == 0,
		    "options: %s (%s)", options[i].what, e.field);
	}
}

/* A wrong secret and a provider that is not there. */
static void
test_broken(void)
{
	struct sec secret SEC_WIPED = { 0 };
	struct identity_portone_options o = { mock.url, "store-1", mock.channel,
		&secret };
	struct identity_asked a = claim("01012345678");
	struct identity_provider *p;
	struct err e = { 0 };

	if (sec_copy(&secret, SPAN_LIT("wrong"), NULL) != RC_OK ||
	    identity_portone_new(&o, &p, NULL) != RC_OK)
		abort();
	ok(identity_start(p, &a, "192.0.2.1", &e) == RC_IO &&
		strcmp(e.msg, "portone: our secret is not accepted") == 0,
	    "a wrong secret is our fault, not the person's");
	identity_free(p);
	o.base_url = "http://127.0.0.1:1";
	if (identity_portone_new(&o, &p, NULL) != RC_OK)
		abort();
	err_clear(&e);
	ok(identity_start(p, &a, "192.0.2.1", &e) == RC_IO &&
		strncmp(e.msg, "portone: ", 9) == 0,
	    "nobody there: %s", e.msg);
	identity_free(p);
}

int
main(void)
{
	struct sec secret SEC_WIPED = { 0 };
	struct identity_portone_options o = { .secret = &secret };

	if (!mock_start()) {
		skip("identity over the wire", "no node");
		return tap_done();
	}
	o.base_url = mock.url;
	o.channel_key = mock.channel;
	if (sec_copy(&secret, span_str(mock.secret), NULL) != RC_OK ||
	    identity_portone_new(&o, &provider, NULL) != RC_OK)
		abort();
	test_rows();
	test_swaps();
	test_claims();
	test_options();
	test_broken();
	identity_free(provider);
	mock_stop();

	return tap_done();
}
