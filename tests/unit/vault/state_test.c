/*
 * state_test.c - what a vault remembers: derived keys, device lists over time,
 * the clock, and that a compaction forgets nothing.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/rnd.h"
#include "tap.h"
#include "vault/account.h"
#include "vault/approval.h"
#include "vault/enrol.h"
#include "vault/evidence.h"
#include "vault/keyblob.h"
#include "vault/limits.h"
#include "vault/record.h"
#include "vault/sign.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <unistd.h>

static char folder[] = "/tmp/ingam-state-XXXXXX";
static const uint8_t root_bytes[32] = { 9, 8, 7 };
static const uint8_t account_id[16] = { 1 }, device_id[16] = { 2 };
static const uint8_t key_id[16] = { 3 };
static const uint8_t spki[65] = { 5 };
static uint64_t sign_index; /* of the intent, as it was written first */

static void
vault_start(struct vault *v)
{
	struct sec root SEC_WIPED = { 0 };
	int fds[2];

	*v = (struct vault){ .limits = vault_default_limits };
	if (sec_copy(&root, SPAN(root_bytes), NULL) != RC_OK ||
	    master_init(&v->master, &root, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	if (record_reserve(v, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	if (journal_make(folder, SPAN(v->master.keys->journal),
		SPAN(v->master.kek_id), 1, NULL) == RC_OK)
		diag("a new journal");
	if (journal_open(folder, SPAN(v->master.keys->journal),
		SPAN(v->master.kek_id), record_read, v, fds, &v->journal,
		NULL) != RC_OK ||
	    approval_wake(v, NULL) != RC_OK) {
		printf("Bail out! the journal does not open\n");
		exit(EXIT_FAILURE);
	}
}

/* HKDF-Expand by libcrypto's own EVP_KDF. */
static void
expand(const char *info, uint8_t out[static 32])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	uint8_t k[32], i[64];
	char md[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, md, 0),
		OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_KEY, k, sizeof(k)),
		OSSL_PARAM_construct_octet_string(
		    OSSL_KDF_PARAM_INFO, i, strlen(info) + 1),
		OSSL_PARAM_END,
	};

	memcpy(k, root_bytes, sizeof(k));
	memcpy(i, info, strlen(info) + 1);
	if (EVP_KDF_derive(ctx, out, 32, params) != 1)
		exit(EXIT_FAILURE);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void
test_keys(const struct vault *v)
{
	const struct {
		const char *label;
		const uint8_t *is;
	} rows[] = {
		{ "INGAM-SUB1 kek", v->master.keys->kek },
		{ "INGAM-SUB1 mac", v->master.keys->mac },
		{ "INGAM-SUB1 journal", v->master.keys->journal },
		{ "INGAM-SUB1 pepper", v->master.keys->pepper },
		{ "INGAM-SUB1 pin", v->master.keys->pin },
		{ "INGAM-SUB1 token", v->master.keys->token },
	};
	uint8_t want[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		expand(rows[i].label, want);
		ok(memcmp(want, rows[i].is, 32) == 0,
		    "%s is HKDF-Expand of the root", rows[i].label);
	}
}

static void
make_list(struct vault *v, uint32_t version, struct buf *sealed)
{
	static const uint8_t digest[32] = { 0 };
	static const uint8_t pin[DL1_PIN] = { 0 };
	struct buf answer = buf_init(16384);
	struct dl1 list = { .version = version, .n = 1 };
	struct rd r;
	struct span s;

	memcpy(list.account_id, account_id, 16);
	memcpy(list.devices[0].id, device_id, 16);
	list.devices[0].kind = DL1_PIN_DEVICE;
	list.devices[0].public_key = SPAN(spki);
	list.devices[0].pin = SPAN(pin);
	if (account_add(v, &list, digest, (struct span){ 0 }, &answer, NULL) !=
	    RC_OK)
		exit(EXIT_FAILURE);
	r = rd_init(buf_span(&answer));
	s = rd_lp16(&r, 8192);
	buf_reset(sealed);
	buf_bytes(sealed, s);
	buf_clear(&answer);
}

static void
test_rollback(struct vault *v, struct buf *one, struct buf *two)
{
	struct dl1 list;

	make_list(v, 1, one);
	ok(account_open_list(v, account_id, buf_span(one), &list, NULL) ==
		    RC_OK &&
		list.n == 1 && list.version == 1,
	    "the list opens");
	make_list(v, 2, two);
	ok(account_open_list(v, account_id, buf_span(one), &list, NULL) ==
		    RC_DENIED &&
		list.n == 0,
	    "an old list is refused once there is a newer");
	ok(account_open_list(v, account_id, buf_span(two), &list, NULL) ==
		RC_OK,
	    "the newer opens");
}

/* A window and what is left of it, put together by hand. */
static struct approval *
make_window(struct vault *v)
{
	struct buf b = buf_init(4096), params = buf_init(64), sign;
	struct ar1 ar1 = { .op = AR1_TOKEN, .mode = AR1_NUMBER };
	struct approval *a;

	buf_u16(&params, 5);
	buf_u32(&params, 60);
	for (int i = 0; i < 3; i++)
		buf_lp16(&params, SPAN_LIT("x"));
	ar1.params = buf_span(&params);
	ar1.request_id[0] = 77;
	memcpy(ar1.account_id, account_id, 16);
	memcpy(ar1.key_id, key_id, 16);
	ar1.issued_ms = clock_wall_ms();
	ar1.expires_ms = ar1.issued_ms + 60000;
	ar1_encode(&b, &ar1);
	if (approval_replay_request(v, rd_init(buf_span(&b)), 0, 1, NULL) !=
	    RC_OK)
		exit(EXIT_FAILURE);
	(void)record_write(v, RECORD_REQUEST, &b, true);
	a = approval_find(v, ar1.request_id);
	approval_set(v, a, APPROVAL_OPEN, 60000);
	a->pin_tries = 2;
	approval_write_progress(v, a, true);
	sign = buf_init(256);
	buf_bytes(&sign, SPAN(ar1.request_id));
	for (int i = 0; i < 16; i++)
		buf_u8(&sign, 0xaa);
	buf_u16(&sign, 3);
	buf_u8(&sign, 1);
	buf_u16(&sign, 0);
	buf_lp16(&sign, SPAN_LIT("0123456789abcdef0123456789abcdef"));
	buf_u16(&sign, 4);
	if (sign_replay_intent(v, rd_init(buf_span(&sign)), 0, 9, NULL) !=
	    RC_OK)
		exit(EXIT_FAILURE);
	sign_index = record_write(v, RECORD_SIGN, &sign, true);
	journal_commit(v->journal);
	buf_clear(&params);
	buf_clear(&b);
	buf_clear(&sign);

	return a;
}

static void
is_same(struct vault *v, const char *when, struct span two, struct span one)
{
	static const uint8_t request_id[16] = { 77 };
	static const uint8_t deleted[16] = { 4 };
	struct approval *a = approval_find(v, request_id);
	struct device_use *use;
	struct dl1 list;

	ok(account_open_list(v, account_id, two, &list, NULL) == RC_OK &&
		account_open_list(v, account_id, one, &list, NULL) == RC_DENIED,
	    "%s: the present list, and no other", when);
	ok(a != NULL && approval_state(a) == APPROVAL_OPEN && a->used == 1 &&
		a->pin_tries == 2 && a->ar1.count == 5 && v->signs.n == 1,
	    "%s: the window with what was used of it", when);
	ok(limits_key_check(v, account_id, deleted, NULL) == RC_ABSENT &&
		limits_key_check(v, account_id, key_id, NULL) == RC_OK,
	    "%s: the deleted key, and no other", when);
	ok(limits_device(v, account_id, device_id, &use, NULL) == RC_OK &&
		use->wrong == 3,
	    "%s: wrong PINs", when);
}

/*
 * A receipt made after a compaction is that of before: the intent is written
 * again with the index that it had, behind its digest and what was left.
 */
static bool
keeps_index(void)
{
	struct buf want = buf_init(64);
	bool found = false;

	buf_str(&want, "89abcdef");
	buf_u16(&want, 4);
	buf_u64(&want, sign_index);
	for (int i = 0; i < 2; i++) {
		struct buf bytes = buf_init(1 << 20);
		char path[64];

		(void)snprintf(path, sizeof(path), "%s/journal.%d", folder, i);
		found = found ||
		    (file_read(path, &bytes, NULL) == RC_OK && bytes.n > 0 &&
			memmem(bytes.p, bytes.n, want.p, want.n) != NULL);
		buf_clear(&bytes);
	}
	buf_clear(&want);

	return found;
}

static void
test_compaction(struct vault *v, struct span one, struct span two)
{
	static const uint8_t deleted[16] = { 4 };
	struct device_use *use;

	(void)make_window(v);
	ok(limits_key_delete(v, account_id, deleted, NULL) == RC_OK &&
		limits_device(v, account_id, device_id, &use, NULL) == RC_OK,
	    "a key is deleted");
	for (int i = 0; i < 3; i++)
		ok(limits_pin_try(v, use, NULL) == RC_OK, "a PIN is tried");
	journal_commit(v->journal);
	is_same(v, "now", two, one);
	vault_clear(v);
	vault_start(v);
	is_same(v, "after a start", two, one);
	ok(!keeps_index(), "the first intent is that of its own record");
	record_compact(v);
	is_same(v, "after a compaction", two, one);
	ok(keeps_index(), "a compaction keeps the intent's index");
	vault_clear(v);
	vault_start(v);
	is_same(v, "after a compaction and a start", two, one);
	record_compact(v);
	vault_clear(v);
	vault_start(v);
	is_same(v, "after another", two, one);
	ok(keeps_index(), "and another does");
}

static void
test_clock(struct vault *v)
{
	static const uint8_t request_id[16] = { 77 };
	const struct approval *a = approval_find(v, request_id);

	ok(vault_check_clock(v, NULL) == RC_OK, "the clock stands right");
	clock_advance_ms(-90000);
	ok(vault_check_clock(v, NULL) == RC_STATE,
	    "90 s behind the journal: no signing");
	clock_advance_ms(45000);
	ok(vault_check_clock(v, NULL) == RC_OK, "45 s behind: it goes on");
	ok(vault_now_ms(v) >= journal_last_ms(v->journal),
	    "and counters' time does not go back");
	clock_advance_ms(45000);
	clock_advance_ms(61000);
	ok(approval_state(a) == APPROVAL_EXPIRED, "a window ends");
	vault_tick(v);
	ok(approval_find(v, request_id) != NULL, "and is remembered");
	clock_advance_ms(601000);
	vault_tick(v);
	ok(approval_find(v, request_id) == NULL && v->signs.n == 0,
	    "for ten minutes, with its signatures");
}

/* The PIN's steps: 5 wrong 15 minutes, 8 a day, 10 for good. */
static void
test_locks(struct vault *v)
{
	static const uint8_t other[16] = { 6 };
	struct device_use *use;
	int tries = 0;

	if (limits_device(v, account_id, other, &use, NULL) != RC_OK)
		exit(EXIT_FAILURE);
	while (limits_pin_try(v, use, NULL) == RC_OK)
		tries++;
	ok(tries == 5, "five wrong PINs");
	clock_advance_ms(14 * 60 * 1000);
	ok(limits_pin_try(v, use, NULL) == RC_LOCKED, "locked for 15 minutes");
	clock_advance_ms(61 * 1000);
	while (limits_pin_try(v, use, NULL) == RC_OK)
		tries++;
	ok(tries == 8, "three more");
	clock_advance_ms(23 * 3600 * 1000);
	ok(limits_pin_try(v, use, NULL) == RC_LOCKED, "locked for a day");
	clock_advance_ms(3601 * 1000);
	while (limits_pin_try(v, use, NULL) == RC_OK)
		tries++;
	ok(tries == 10, "two more");
	clock_advance_ms(1000LL * 3600 * 24 * 365);
	ok(limits_pin_try(v, use, NULL) == RC_LOCKED, "locked for good");
}

static void
test_pins(void)
{
	static const struct {
		const char *pin;
		bool good;
	} rows[] = {
		{ "111111", false },
		{ "123456", false },
		{ "654321", false },
		{ "121212", false },
		{ "123123", false },
		{ "481516", true },
		{ "112233", true },
		{ "123457", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok((evidence_check_new_pin(span_str(rows[i].pin), NULL) ==
		       RC_OK) == rows[i].good,
		    "PIN %s is %s", rows[i].pin,
		    rows[i].good ? "taken" : "too simple");
}

/* So many that a journal of them alone is large. */
#define MANY 50000

static void
add_many(struct vault *v)
{
	static const uint8_t digest[32];
	struct buf answer = buf_init(4096);
	struct dl1 l = { .version = 1, .n = 1 };

	for (uint32_t i = 0; i < MANY; i++) {
		buf_reset(&answer);
		memcpy(l.account_id, "many", 4);
		memcpy(l.account_id + 4, &i, sizeof(i));
		memcpy(l.devices[0].id, l.account_id, VAULT_ID);
		l.devices[0].kind = DL1_PASSKEY;
		l.devices[0].credential_id = SPAN(l.devices[0].id);
		l.devices[0].public_key = SPAN(spki);
		if (account_add(v, &l, digest, (struct span){ 0 }, &answer,
			NULL) != RC_OK)
			exit(EXIT_FAILURE);
		if (i % 1000 == 0)
			journal_commit(v->journal);
	}
	buf_clear(&answer);
	journal_commit(v->journal);
}

static bool
count_one(void *arg, struct table_item *item)
{
	(void)item;
	++*(size_t *)arg;

	return true;
}

static void
test_many(struct vault *v)
{
	size_t before = v->accounts.n, seen = 0, sweeps = 0;

	add_many(v);
	ok(journal_is_large(v->journal), "many accounts make it large");
	record_compact(v);
	ok(!journal_is_large(v->journal), "a compaction does not");
	vault_clear(v);
	vault_start(v);
	ok(v->accounts.n == before + MANY, "all are there after a start");
	ok(!journal_is_large(v->journal), "which does not compact again");
	for (; seen < v->accounts.n && sweeps < 100; sweeps++)
		table_sweep(&v->accounts, count_one, &seen);
	ok(seen == v->accounts.n && sweeps == v->accounts.n_heads / TABLE_SWEEP,
	    "%zu sweeps see each of them once", sweeps);
}

int
main(void)
{
	struct vault v;
	struct buf one = buf_init(8192), two = buf_init(8192);
	char path[64];

	if (mkdtemp(folder) == NULL || vault_warm(NULL) != RC_OK)
		return EXIT_FAILURE;
	vault_start(&v);
	test_keys(&v);
	test_rollback(&v, &one, &two);
	test_compaction(&v, buf_span(&one), buf_span(&two));
	test_clock(&v);
	test_locks(&v);
	test_pins();
	test_many(&v);
	vault_clear(&v);
	buf_clear(&one);
	buf_clear(&two);
	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/journal.%d", folder, i);
		(void)unlink(path);
	}
	(void)rmdir(folder);

	return tap_done();
}
