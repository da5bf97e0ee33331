/*
 * slots.c - the tokens of a module.
 *
 * Belongs here: what a token says of itself, made fit for display.
 * Not here: sessions and PINs (login.c); objects (stored.c).
 */
#include "cryptoki/slots.h"

#include "base/text.h"
#include "cryptoki/inner.h"

/* A text of fixed width, filled with blanks (PKCS#11 2.40 section 3.2). */
static void
slots_text(char out[static SLOTS_TEXT], const CK_UTF8CHAR *p, size_t n)
{
	/* Some modules write C strings. */
	const CK_UTF8CHAR *zero = memchr(p, '\0', n);

	n = zero == NULL ? n : (size_t)(zero - p);
	while (n > 0 && p[n - 1] == ' ')
		n--;
	text_sanitise(out, SLOTS_TEXT, (struct span){ p, n });
}

static void
slots_read(const CK_TOKEN_INFO *info, unsigned long id, struct slot_info *out)
{
	CK_FLAGS f = info->flags;

	*out = (struct slot_info){
		.id = id,
		.initialised = (f & CKF_TOKEN_INITIALIZED) != 0 &&
		    (f & CKF_USER_PIN_INITIALIZED) != 0,
		.protected_path = (f & CKF_PROTECTED_AUTHENTICATION_PATH) != 0,
		.login_required = (f & CKF_LOGIN_REQUIRED) != 0,
		.write_protected = (f & CKF_WRITE_PROTECTED) != 0,
		.pin_low = (f & CKF_USER_PIN_COUNT_LOW) != 0,
		.pin_final = (f & CKF_USER_PIN_FINAL_TRY) != 0,
		.pin_locked = (f & CKF_USER_PIN_LOCKED) != 0,
	};
	slots_text(out->label, info->label, sizeof(info->label));
	slots_text(
	    out->maker, info->manufacturerID, sizeof(info->manufacturerID));
	slots_text(out->model, info->model, sizeof(info->model));
	slots_text(out->serial, info->serialNumber, sizeof(info->serialNumber));
}

enum rc
slots_refresh(struct module *m, struct slot_info *slot, struct err *e)
{
	CK_TOKEN_INFO info = { 0 };
	CK_RV rv = m->call->C_GetTokenInfo(slot->id, &info);

	if (rv == CKR_OK)
		slots_read(&info, slot->id, slot);

	return module_answer(rv, "C_GetTokenInfo", e);
}

enum rc
slots_list(struct module *m, struct slot_info *out, size_t max, size_t *n,
    struct err *e)
{
	CK_SLOT_ID ids[SLOTS_MAX];
	CK_ULONG found = SLOTS_MAX;
	CK_RV rv = m->call->C_GetSlotList(CK_TRUE, ids, &found);

	*n = 0;
	if (rv == CKR_BUFFER_TOO_SMALL || (rv == CKR_OK && found > SLOTS_MAX))
		return err_set(e, RC_LIMIT, "C_GetSlotList", "too many slots");
	if (rv != CKR_OK)
		return module_answer(rv, "C_GetSlotList", e);
	for (CK_ULONG i = 0; i < found; i++) {
		struct slot_info slot = { .id = ids[i] };

		if (slots_refresh(m, &slot, NULL) != RC_OK)
			continue;
		if (*n == max)
			return err_set(
			    e, RC_LIMIT, "C_GetSlotList", "too many slots");
		out[(*n)++] = slot;
	}

	return RC_OK;
}
