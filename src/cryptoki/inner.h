/*
 * inner.h - what the files of this room share, and nobody else sees.
 *
 * Belongs here: the module's function list, its answers as our errors.
 * Not here: what other rooms call (module.h, slots.h, login.h, stored.h).
 */
#pragma once

#include "base/err.h"
#include "cryptoki/module.h"
#include "pkcs11/pkcs11.h"

#include <stdbool.h>

struct module {
	const CK_FUNCTION_LIST *call;
	bool ours; /* we have initialised it */
};

/*
 * RC_OK for CKR_OK; else what the answer means, with its name and the call's
 * in the sentence.
 */
IG_CHECK enum rc module_answer(CK_RV rv, const char *call, struct err *e);
