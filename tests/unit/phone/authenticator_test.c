/*
 * authenticator_test.c - what the test phone's passkey says, judged by the
 * webauthn room, which shares no code with it.
 */
#include "phone/authenticator.h"

#include "base/digest.h"
#include "tap.h"
#include "webauthn/assertion.h"
#include "webauthn/registration.h"
#include "webauthn/webauthn.h"

#define ORIGIN "https://app.ingam.example"
#define RP_ID  "app.ingam.example"

/* "fmt": "none" may change: any other format's statement is left alone. */
#define FMT_FROM 6
#define FMT_TO   10

static const struct span origins[] = { SPAN_LIT(ORIGIN) };
static const uint8_t challenge[32] = { 1, 2, 3, 4, 250, 251, 252 };
static struct client_expected want;
static struct authenticator phone;
static struct registration made;

static bool
same_registration(const struct registration *a, const struct registration *b)
{
	return a->credential_id_n == b->credential_id_n &&
	    memcmp(a->credential_id, b->credential_id, a->credential_id_n) ==
	    0 &&
	    a->key.n == b->key.n &&
	    memcmp(a->key.bytes, b->key.bytes, a->key.n) == 0 &&
	    memcmp(a->aaguid, b->aaguid, 16) == 0 && a->flags == b->flags &&
	    a->sign_count == b->sign_count;
}

/* Bytes whose change goes unseen: accepted, and nothing is different. */
static size_t
unseen_in_registration(
    const struct authenticator_answer *a, struct buf *b, size_t from, size_t to)
{
	struct registration other;
	size_t unseen = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (i >= from && i < to)
			continue;
		b->p[i] ^= 1;
		if (registration_verify(&want, buf_span(&a->client_data),
			buf_span(&a->attestation), &other, NULL) == RC_OK &&
		    same_registration(&made, &other))
			unseen++;
		b->p[i] ^= 1;
	}

	return unseen;
}

static void
test_registration(void)
{
	struct authenticator_answer a;
	struct err e = { 0 };
	ptrdiff_t cross;

	authenticator_answer_init(&a);
	ok(authenticator_create(
	       &phone, SPAN(challenge), ORIGIN, RP_ID, &a, &e) == RC_OK,
	    "a registration is made");
	ok(registration_verify(&want, buf_span(&a.client_data),
	       buf_span(&a.attestation), &made, &e) == RC_OK,
	    "and accepted (%s %s)", e.field, e.msg);
	ok(made.credential_id_n == AUTHENTICATOR_CREDENTIAL &&
		memcmp(made.credential_id, phone.credential_id,
		    AUTHENTICATOR_CREDENTIAL) == 0,
	    "with the phone's credential id");
	ok(made.key.bytes[0] == COSE_ES256 && made.key.n == 65 &&
		memcmp(made.key.bytes + 1, phone.point + 1, 64) == 0,
	    "with the phone's public key");
	ok((made.flags & (AUTH_UP | AUTH_UV)) == (AUTH_UP | AUTH_UV),
	    "with a person present and verified");
	/* Under another name crossOrigin is absent, which means false too. */
	cross = (const uint8_t *)memmem(
		    a.client_data.p, a.client_data.n, "crossOrigin", 11) -
	    a.client_data.p;
	ok(unseen_in_registration(
	       &a, &a.client_data, (size_t)cross, (size_t)cross + 11) == 0,
	    "no byte of its client data changes unseen");
	ok(unseen_in_registration(&a, &a.attestation, FMT_FROM, FMT_TO) == 0,
	    "no byte of its attestation changes unseen");
	authenticator_answer_clear(&a);
}

static enum rc
judge(const struct authenticator_answer *a, const struct registration *key)
{
	struct assertion_credential credential = { .key = { key->key.bytes,
						       key->key.n } };
	struct assertion out;

	return assertion_verify(&want, &credential, buf_span(&a->client_data),
	    buf_span(&a->authenticator_data), buf_span(&a->signature), &out,
	    NULL);
}

static size_t
accepted_when_flipped(const struct authenticator_answer *a, struct buf *b)
{
	size_t accepted = 0;

	for (size_t i = 0; i < b->n; i++) {
		b->p[i] ^= 1;
		accepted += judge(a, &made) == RC_OK;
		b->p[i] ^= 1;
	}

	return accepted;
}

static void
test_assertion(void)
{
	struct authenticator_answer a;

	authenticator_answer_init(&a);
	ok(authenticator_get(
	       &phone, SPAN(challenge), ORIGIN, RP_ID, &a, NULL) == RC_OK,
	    "an assertion is made");
	ok(judge(&a, &made) == RC_OK, "and accepted");
	ok(accepted_when_flipped(&a, &a.client_data) == 0,
	    "not with one byte of the client data flipped");
	ok(accepted_when_flipped(&a, &a.authenticator_data) == 0,
	    "not with one byte of the authenticator data flipped");
	ok(accepted_when_flipped(&a, &a.signature) == 0,
	    "not with one byte of the signature flipped");
	ok(judge(&a, &made) == RC_OK, "and still as it was");
	authenticator_answer_clear(&a);
}

static const struct {
	const char *name;
	const char *origin, *rp_id;
	uint8_t first; /* of the challenge */
} others[] = {
	{ "another origin", "https://app.ingam.example:1", RP_ID, 1 },
	{ "another relying party", ORIGIN, "ingam.example", 1 },
	{ "another challenge", ORIGIN, RP_ID, 9 },
};

static void
test_others(void)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		uint8_t asked[32];
		struct authenticator_answer a;

		memcpy(asked, challenge, sizeof(asked));
		asked[0] = others[i].first;
		authenticator_answer_init(&a);
		ok(authenticator_get(&phone, SPAN(asked), others[i].origin,
		       others[i].rp_id, &a, NULL) == RC_OK &&
			judge(&a, &made) == RC_DENIED,
		    "an assertion for %s is refused", others[i].name);
		authenticator_answer_clear(&a);
	}
}

static void
test_load(void)
{
	struct authenticator again = { 0 }, other = { 0 };
	struct authenticator_answer a;

	authenticator_answer_init(&a);
	ok(authenticator_load(
	       &again, phone.scalar, phone.credential_id, NULL) == RC_OK &&
		memcmp(again.point, phone.point, sizeof(again.point)) == 0,
	    "a passkey that was kept is the same passkey");
	ok(authenticator_get(
	       &again, SPAN(challenge), ORIGIN, RP_ID, &a, NULL) == RC_OK &&
		judge(&a, &made) == RC_OK,
	    "and signs as before");
	authenticator_answer_clear(&a);
	authenticator_answer_init(&a);
	ok(authenticator_new(&other, NULL) == RC_OK &&
		authenticator_get(&other, SPAN(challenge), ORIGIN, RP_ID, &a,
		    NULL) == RC_OK &&
		judge(&a, &made) == RC_DENIED,
	    "another passkey is refused");
	authenticator_answer_clear(&a);
	authenticator_clear(&other);
	authenticator_clear(&again);
}

int
main(void)
{
	struct span rp = SPAN_LIT(RP_ID);

	memcpy(want.challenge, challenge, sizeof(challenge));
	want.origins = origins;
	want.n_origins = 1;
	digest_sha256(want.rp_id_hash, &rp, 1);
	if (webauthn_init(NULL) != RC_OK ||
	    authenticator_new(&phone, NULL) != RC_OK)
		return EXIT_FAILURE;
	test_registration();
	test_assertion();
	test_others();
	test_load();
	authenticator_clear(&phone);

	return tap_done();
}
