/*
 * stored_test.c - what is on a token: certificates and what belongs to them,
 * R in each way that people write it, PINs, and a module that does not say the
 * truth about lengths.
 */
#include "cryptoki/stored.h"

#include "../npki/samples.h"
#include "cryptoki/attributes.h"
#include "fake.h"
#include "npki/pkinfo.h"
#include "tap.h"

static const CK_OBJECT_CLASS certificate = CKO_CERTIFICATE, data = CKO_DATA,
			     private_key = CKO_PRIVATE_KEY;
static const CK_CERTIFICATE_TYPE x509 = CKC_X_509;
static const CK_BBOOL yes = CK_TRUE;
static const uint8_t r_zeros[PKINFO_R] = { 0, 0, 0, 0, 1, 2, 3 };

/* A certificate with this id. */
static CK_OBJECT_HANDLE
put_certificate(struct span id, struct span value, const char *label)
{
	CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(certificate)),
		attributes_row(CKA_TOKEN, ATTRIBUTES_BYTES(yes)),
		attributes_row(CKA_CERTIFICATE_TYPE, ATTRIBUTES_BYTES(x509)),
		attributes_row(CKA_ID, id),
		attributes_row(CKA_VALUE, value),
		attributes_row(CKA_LABEL, span_str(label)),
	};
	CK_OBJECT_HANDLE h = 0;

	if (fake_create(0, rows, 6, &h) != CKR_OK)
		abort();

	return h;
}

static CK_OBJECT_HANDLE
put(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type, struct span v,
    struct span value)
{
	CK_ATTRIBUTE rows[] = {
		attributes_row(CKA_CLASS, ATTRIBUTES_BYTES(class)),
		attributes_row(type, v),
		attributes_row(CKA_VALUE, value),
	};
	CK_OBJECT_HANDLE h = 0;

	if (fake_create(0, rows, 3, &h) != CKR_OK)
		abort();

	return h;
}

#define ID     SPAN_LIT("\xab\x01\xcd")
#define BITS   SPAN_LIT("\x03\x15\x00" ZEROS)
#define ZEROS  "\0\0\0\0\1\2\3\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RAW    SPAN_LIT(ZEROS)
#define RANDOM "\x2a\x83\x1a\x8c\x9a\x44\x0a\x01\x01\x03"

static const struct {
	const char *name;
	CK_ATTRIBUTE_TYPE type; /* that says whose it is */
	struct span says, value;
	enum rc rc;
} ways[] = {
	{ "by its label", CKA_LABEL, SPAN_LIT("R4VID=ab01cd"), RAW, RC_OK },
	{ "by its label in upper case", CKA_LABEL, SPAN_LIT("R4VID=AB01CD"),
	    RAW, RC_OK },
	{ "by the object id, DER", CKA_OBJECT_ID, SPAN_LIT("\x06\x0a" RANDOM),
	    RAW, RC_OK },
	{ "by the object id, contents", CKA_OBJECT_ID, SPAN_LIT(RANDOM), RAW,
	    RC_OK },
	{ "by an id", CKA_ID, ID, RAW, RC_OK },
	{ "as a BIT STRING", CKA_LABEL, SPAN_LIT("R4VID=ab01cd"), BITS, RC_OK },
	{ "of another key", CKA_LABEL, SPAN_LIT("R4VID=ab01ce"), RAW,
	    RC_ABSENT },
	{ "of another kind", CKA_OBJECT_ID, SPAN_LIT("\x06\x01\x2a"), RAW,
	    RC_ABSENT },
	{ "with zeros cut off", CKA_LABEL, SPAN_LIT("R4VID=ab01cd"),
	    SPAN_LIT("\1\2\3"), RC_FORMAT },
	{ "too long", CKA_LABEL, SPAN_LIT("R4VID=ab01cd"),
	    SPAN_LIT(ZEROS ZEROS ZEROS ZEROS), RC_LIMIT },
	{ "empty", CKA_LABEL, SPAN_LIT("R4VID=ab01cd"), SPAN_LIT(""),
	    RC_ABSENT },
};

static void
test_random(void)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct login l = fake_begin();
		struct stored_list list = { 0 };
		struct sec r SEC_WIPED = { 0 };
		enum rc rc;

		(void)put_certificate(ID, SPAN_LIT("x"), "x");
		(void)put(data, ways[i].type, ways[i].says, ways[i].value);
		rc = stored_list(&l, &list, NULL);
		if (rc == RC_OK)
			rc = stored_r(&l, &list.at[0], &r, NULL);
		ok(rc == ways[i].rc &&
			(rc != RC_OK ||
			    span_equal(sec_span(&r), SPAN(r_zeros))) &&
			(rc == RC_OK || r.n == 0),
		    "R %s: %s", ways[i].name, err_name(ways[i].rc));
		stored_clear(&list);
	}
}

static void
test_random_choice(void)
{
	struct login l = fake_begin();
	struct stored_list list = { 0 };
	CK_OBJECT_HANDLE upper, exact;

	(void)put_certificate(ID, SPAN_LIT("x"), "x");
	(void)put(data, CKA_OBJECT_ID, SPAN_LIT(RANDOM), RAW);
	(void)put(data, CKA_OBJECT_ID, SPAN_LIT(RANDOM), RAW);
	ok(stored_list(&l, &list, NULL) == RC_OK &&
		list.at[0].object[STORED_RANDOM] == 0,
	    "two that only say what they are: neither is taken");
	stored_clear(&list);
	upper = put(data, CKA_LABEL, SPAN_LIT("r4vid=AB01cd"), RAW);
	ok(stored_list(&l, &list, NULL) == RC_OK &&
		list.at[0].object[STORED_RANDOM] == upper,
	    "a label that is nearly right goes before them");
	stored_clear(&list);
	exact = put(data, CKA_LABEL, SPAN_LIT("R4VID=ab01cd"), RAW);
	ok(stored_list(&l, &list, NULL) == RC_OK &&
		list.at[0].object[STORED_RANDOM] == exact,
	    "a label that is right goes before that");
	stored_clear(&list);
	l = fake_begin();
	fake.refuse_data_id = true;
	(void)put_certificate(ID, SPAN_LIT("x"), "x");
	ok(stored_list(&l, &list, NULL) == RC_OK &&
		list.at[0].object[STORED_RANDOM] == 0,
	    "a module that takes no such template: none, and no failure");
	stored_clear(&list);
}

static void
test_list(void)
{
	struct login l = fake_begin();
	struct stored_list list = { 0 };
	struct buf der = sample("pypinksign/signCert.der");
	static uint8_t large[FAKE_VALUE];
	CK_OBJECT_HANDLE key;

	ok(stored_list(&l, &list, NULL) == RC_OK && list.n == 0,
	    "an empty token");
	(void)put_certificate(ID, buf_span(&der), "one\x1b[31m");
	(void)put_certificate(SPAN_LIT(""), SPAN_LIT("no DER"), "two");
	(void)put_certificate(SPAN(large), SPAN_LIT(""), "three");
	key = put(private_key, CKA_ID, ID, SPAN_LIT(""));
	ok(stored_list(&l, &list, NULL) == RC_OK && list.n == 3 && !list.cut,
	    "three certificates");
	ok(list.at[0].readable && strcmp(list.at[0].label, "one[31m") == 0 &&
		list.at[0].object[STORED_PRIVATE] == key &&
		list.at[0].info.key == CERTINFO_KEY_RSA,
	    "one with a key; its label cannot steer a terminal");
	ok(!list.at[1].readable && list.at[1].id_n == 0 &&
		list.at[1].object[STORED_PRIVATE] == 0,
	    "one that is no certificate, without an id");
	ok(!list.at[2].readable && list.at[2].id_n == 0,
	    "one with an id too long, and no value");
	stored_clear(&list);
	fake.lie = CKA_VALUE;
	ok(stored_list(&l, &list, NULL) == RC_IO,
	    "a module that says two lengths");
	stored_clear(&list);
	fake.lie = 0;
	for (size_t i = 0; i < 2; i++)
		(void)put_certificate(SPAN_LIT("q"), SPAN_LIT("x"), "x");
	(void)!stored_list(&l, &list, NULL);
	ok(stored_remove(&l, &list, &list.at[0], NULL) == RC_OK &&
		fake_count() == 4,
	    "a certificate goes with its key");
	stored_clear(&list);
	(void)put(private_key, CKA_ID, SPAN_LIT("q"), SPAN_LIT(""));
	(void)!stored_list(&l, &list, NULL);
	ok(list.n == 4 &&
		stored_remove(&l, &list, &list.at[3], NULL) == RC_OK &&
		fake_count() == 4,
	    "a key that another certificate needs stays");
	fake.fail_destroy = true;
	ok(stored_remove(&l, &list, &list.at[1], NULL) == RC_POLICY,
	    "a token that forbids it");
	stored_clear(&list);
	buf_clear(&der);
}

static void
test_many(void)
{
	struct login l = fake_begin();
	struct stored_list list = { 0 };

	for (size_t i = 0; i < FAKE_OBJECTS; i++)
		(void)put_certificate(SPAN_LIT("q"), SPAN_LIT("x"), "x");
	ok(stored_list(&l, &list, NULL) == RC_OK && list.n == STORED_MAX &&
		!list.cut,
	    "as many as the list takes");
	stored_clear(&list);
}

static const struct {
	const char *name;
	CK_RV rv;
	enum rc rc;
} logins[] = {
	{ "a right PIN", CKR_OK, RC_OK },
	{ "a wrong PIN", CKR_PIN_INCORRECT, RC_SECRET },
	{ "a PIN of a length that none has", CKR_PIN_LEN_RANGE, RC_SECRET },
	{ "too many wrong ones", CKR_PIN_LOCKED, RC_LOCKED },
	{ "a finger that is taken away", CKR_FUNCTION_CANCELED, RC_REFUSED },
	{ "a no at the token", CKR_FUNCTION_REJECTED, RC_REFUSED },
	{ "no PIN was set", CKR_USER_PIN_NOT_INITIALIZED, RC_STATE },
	{ "a PIN that is too old", CKR_PIN_EXPIRED, RC_EXPIRED },
	{ "the token was pulled", CKR_DEVICE_REMOVED, RC_ABSENT },
	{ "something of the vendor's own", CKR_VENDOR_DEFINED | 9, RC_IO },
};

static void
test_login(void)
{
	struct slot_info slot = { .login_required = true };
	struct login l;

	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		(void)fake_begin();
		fake.login = logins[i].rv;
		ok(login_open(&fake_module, &slot, true, &l, NULL) == RC_OK &&
			login_enter(&l, SPAN_LIT("1234"), NULL) ==
			    logins[i].rc &&
			!fake.asked_itself,
		    "login: %s", logins[i].name);
		login_close(&l);
	}
	slot.protected_path = true;
	(void)fake_begin();
	ok(login_open(&fake_module, &slot, true, &l, NULL) == RC_OK &&
		login_enter(&l, SPAN_LIT("1234"), NULL) == RC_OK &&
		fake.asked_itself,
	    "login: a token that asks by itself gets no PIN");
	login_close(&l);
	slot.pin_locked = true;
	(void)fake_begin();
	ok(login_open(&fake_module, &slot, true, &l, NULL) == RC_OK &&
		login_enter(&l, SPAN_LIT(""), NULL) == RC_LOCKED &&
		!fake.asked_itself,
	    "login: one that says it is locked is not asked");
	login_close(&l);
	slot.write_protected = true;
	ok(login_open(&fake_module, &slot, true, &l, NULL) == RC_POLICY,
	    "a write-protected token is not written to");
	login_close(&l);
	ok(login_open(&fake_module, &slot, false, &l, NULL) == RC_OK,
	    "it can be read");
	login_close(&l);
}

int
main(void)
{
	test_random();
	test_random_choice();
	test_list();
	test_many();
	test_login();

	return tap_done();
}
