/*
 * evidence.c - is it the member, and did the member mean this request?
 *
 * Belongs here: passkeys' assertions, PIN devices, the app PIN.
 * Not here: WebAuthn itself (webauthn); counters (limits.c); what an approval
 * sets off (approve.c).
 */
#include "vault/evidence.h"

#include "base/failpoint.h"
#include "base/text.h"
#include "ipc/message.h"
#include "pake/hpke.h"
#include "vault/limits.h"
#include "webauthn/assertion.h"
#include "webauthn/webauthn.h"

#include <sodium.h>

/*
 * Cost of the PIN's hash. The pepper is what keeps a stolen list from being
 * searched; this only slows whoever has the vault's memory too.
 */
#define EVIDENCE_PIN_OPS   2
#define EVIDENCE_PIN_BYTES (8U << 20)

struct client_expected
evidence_expected(const struct vault *v, const uint8_t challenge[static 32])
{
	struct client_expected want = { .origins = v->origins,
		.n_origins = v->n_origins };

	memcpy(want.challenge, challenge, sizeof(want.challenge));
	memcpy(want.rp_id_hash, v->rp_id_hash, sizeof(want.rp_id_hash));

	return want;
}

static enum rc
evidence_passkey(struct vault *v, const struct dl1 *list,
    const uint8_t challenge[static 32], struct rd *r,
    struct evidence_verdict *out, struct err *e)
{
	struct span id = rd_lp16(r, MESSAGE_CREDENTIAL_MAX);
	struct span client_data = rd_lp16(r, CLIENT_DATA_MAX);
	struct span authenticator_data = rd_lp16(r, AUTH_DATA_MAX);
	struct span signature = rd_lp16(r, MESSAGE_SIGNATURE_MAX);
	struct client_expected want = evidence_expected(v, challenge);
	struct assertion_credential credential = { 0 };
	const struct dl1_device *d = NULL;
	struct device_use *use;
	struct assertion seen;
	enum rc rc;

	if (!rd_done(r))
		return err_set(e, RC_FORMAT, "evidence", "malformed");
	for (size_t i = 0; i < list->n; i++) {
		if (list->devices[i].kind == DL1_PASSKEY &&
		    span_equal(list->devices[i].credential_id, id))
			d = &list->devices[i];
	}
	if (d == NULL)
		return err_set(
		    e, RC_DENIED, "credential", "not one of this account");
	if ((rc = limits_device(v, list->account_id, d->id, &use, e)) !=
		RC_OK ||
	    (rc = limits_assertion_try(v, use, e)) != RC_OK)
		return rc;
	FAILPOINT("assertion-counted");
	credential.key = d->public_key;
	credential.sign_count = use->sign_count;
	credential.backup_eligible = d->backup;
	rc = assertion_verify(&want, &credential, client_data,
	    authenticator_data, signature, &seen, e);
	if (rc != RC_OK)
		return rc == RC_MEMORY ? rc : RC_DENIED;
	limits_assertion_right(v, use, seen.sign_count);
	memcpy(out->device_id, d->id, VAULT_ID);
	out->flags = EVIDENCE_PASSKEY;
	if ((seen.flags & AUTH_BS) != 0)
		out->flags |= EVIDENCE_BACKUP;

	return RC_OK;
}

enum rc
evidence_check_device(struct span public_key,
    const uint8_t challenge[static 32], struct span signature, struct err *e)
{
	struct buf message = buf_init(64);
	enum rc rc;

	buf_str(&message, "INGAM-DK1");
	buf_bytes(&message, (struct span){ challenge, 32 });
	rc = buf_ok(&message)
	    ? webauthn_verify(public_key, buf_span(&message), signature, e)
	    : err_set(e, RC_MEMORY, NULL, "out of memory");
	buf_clear(&message);

	return rc;
}

enum rc
evidence_open_pin(const struct vault *v, const uint8_t challenge[static 32],
    struct span sealed, struct sec *out, struct err *e)
{
	enum rc rc = hpke_open(&v->master.hpke, SPAN_LIT("INGAM-PIN1"),
	    (struct span){ challenge, 32 }, sealed, out, e);

	if (rc != RC_OK)
		return rc;
	if (out->n == EVIDENCE_PIN_DIGITS && text_is_digits(sec_span(out)))
		return RC_OK;
	sec_free(out);

	return err_set(e, RC_FORMAT, "pin", "PIN has six digits");
}

enum rc
evidence_check_new_pin(struct span pin, struct err *e)
{
	bool period = false;
	int steps[EVIDENCE_PIN_DIGITS - 1];
	bool run = true;

	for (size_t n = 1; n <= pin.n / 2; n++) {
		if (pin.n % n == 0 && memcmp(pin.p, pin.p + n, pin.n - n) == 0)
			period = true; /* 111111, 121212, 123123 */
	}
	for (size_t i = 0; i + 1 < pin.n; i++) {
		steps[i] = pin.p[i + 1] - pin.p[i];
		run = run && steps[i] == steps[0] && steps[0] >= -1 &&
		    steps[0] <= 1; /* 123456, 654321 */
	}

	return period || run
	    ? err_set(e, RC_POLICY, "pin", "this PIN is too simple")
	    : RC_OK;
}

enum rc
evidence_hash_pin(const struct vault *v, const uint8_t salt[static 16],
    struct span pin, uint8_t out[static 32], struct err *e)
{
	struct sec peppered SEC_WIPED = { 0 };
	enum rc rc;

	if ((rc = sec_new(&peppered, MASTER_KEY + pin.n, e)) != RC_OK)
		return rc;
	memcpy(peppered.p, v->master.keys->pin, MASTER_KEY);
	memcpy(peppered.p + MASTER_KEY, pin.p, pin.n);
	if (crypto_pwhash(out, 32, (const char *)peppered.p, peppered.n, salt,
		EVIDENCE_PIN_OPS, EVIDENCE_PIN_BYTES,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, RC_MEMORY, NULL, "no memory to check a PIN");

	return RC_OK;
}

static enum rc
evidence_pin(struct vault *v, const struct dl1 *list,
    const uint8_t challenge[static 32], struct rd *r,
    struct evidence_verdict *out, uint8_t *tries_left, struct err *e)
{
	struct span id = rd_bytes(r, VAULT_ID);
	struct span signature = rd_lp16(r, MESSAGE_SIGNATURE_MAX);
	struct span sealed = rd_lp16(r, MESSAGE_TEXT_MAX);
	struct sec pin SEC_WIPED = { 0 };
	const struct dl1_device *d = NULL;
	struct device_use *use;
	uint8_t hash[32];
	enum rc rc;

	if (!rd_done(r))
		return err_set(e, RC_FORMAT, "evidence", "malformed");
	for (size_t i = 0; i < list->n; i++) {
		if (list->devices[i].kind == DL1_PIN_DEVICE &&
		    span_equal(SPAN(list->devices[i].id), id))
			d = &list->devices[i];
	}
	if (d == NULL)
		return err_set(
		    e, RC_DENIED, "device", "not one of this account");
	/* Who has not the device may not even wear out its PIN's tries. */
	if ((rc = evidence_check_device(
		 d->public_key, challenge, signature, e)) != RC_OK)
		return rc == RC_MEMORY ? rc : RC_DENIED;
	if ((rc = evidence_open_pin(v, challenge, sealed, &pin, e)) != RC_OK ||
	    (rc = limits_device(v, list->account_id, d->id, &use, e)) !=
		RC_OK ||
	    (rc = limits_pin_try(v, use, e)) != RC_OK)
		return rc;
	FAILPOINT("pin-counted");
	if ((rc = evidence_hash_pin(v, d->pin.p, sec_span(&pin), hash, e)) !=
	    RC_OK)
		return rc;
	if (!sec_equal(SPAN(hash), (struct span){ d->pin.p + 16, 32 })) {
		*tries_left = limits_pin_left(use);
		return err_set(e, RC_SECRET, "pin", MESSAGE_WRONG_PIN);
	}
	limits_pin_right(v, use);
	memcpy(out->device_id, d->id, VAULT_ID);
	out->flags = EVIDENCE_PIN;

	return RC_OK;
}

enum rc
evidence_check(struct vault *v, const struct dl1 *list,
    const uint8_t challenge[static 32], struct span evidence,
    struct evidence_verdict *out, uint8_t *tries_left, struct err *e)
{
	struct rd r = rd_init(evidence);
	uint8_t kind = rd_u8(&r);

	*out = (struct evidence_verdict){ 0 };
	if (kind == DL1_PASSKEY)
		return evidence_passkey(v, list, challenge, &r, out, e);
	if (kind == DL1_PIN_DEVICE)
		return evidence_pin(v, list, challenge, &r, out, tries_left, e);

	return err_set(e, RC_FORMAT, "evidence", "no such kind");
}
