/*
 * login.c - a session with a token, and its PIN.
 *
 * Belongs here: C_OpenSession, C_Login, and their ends.
 * Not here: asking a person for the PIN (cli); objects (stored.c).
 */
#include "cryptoki/login.h"

#include "cryptoki/inner.h"

#include <string.h>

enum rc
login_open(struct module *m, const struct slot_info *slot, bool write,
    struct login *out, struct err *e)
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | (write ? CKF_RW_SESSION : 0);
	CK_RV rv;

	*out = (struct login){ .module = m, .slot = *slot };
	if (write && slot->write_protected)
		return err_set(
		    e, RC_POLICY, "C_GetTokenInfo", "CKF_WRITE_PROTECTED");
	rv = m->call->C_OpenSession(slot->id, flags, NULL, NULL, &out->session);
	out->open = rv == CKR_OK;

	return module_answer(rv, "C_OpenSession", e);
}

enum rc
login_enter(struct login *l, struct span pin, struct err *e)
{
	CK_UTF8CHAR *p = NULL;
	CK_RV rv;

	/* A try more would only be counted. */
	if (l->slot.pin_locked)
		return err_set(
		    e, RC_LOCKED, "C_GetTokenInfo", "CKF_USER_PIN_LOCKED");
	if (!l->slot.login_required)
		return RC_OK;
	if (l->slot.protected_path)
		pin.n = 0;
	else /* C_Login() reads it only; its type has no const. */
		memcpy(&p, &pin.p, sizeof(p));
	rv = l->module->call->C_Login(l->session, CKU_USER, p, pin.n);
	l->entered = rv == CKR_OK;

	return rv == CKR_USER_ALREADY_LOGGED_IN
	    ? RC_OK
	    : module_answer(rv, "C_Login", e);
}

void
login_close(struct login *l)
{
	if (l->entered)
		(void)l->module->call->C_Logout(l->session);
	if (l->open)
		(void)l->module->call->C_CloseSession(l->session);
	*l = (struct login){ 0 };
}
