/*
 * module.c - loads somebody else's PKCS#11 module.
 *
 * Belongs here: dlopen, C_Initialize, C_Finalize; what their answers mean.
 * Not here: finding modules (known.c); slots (slots.c), sessions (login.c).
 */
#include "cryptoki/module.h"

#include "cryptoki/inner.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Answers that mean something to a person; all others are RC_IO. */
static const struct {
	CK_RV rv;
	enum rc rc;
	const char *name;
} answers[] = {
#define ANSWER(name, rc)                     \
	{                                    \
		CKR_##name, rc, "CKR_" #name \
	}
	ANSWER(CANCEL, RC_REFUSED),
	ANSWER(HOST_MEMORY, RC_MEMORY),
	ANSWER(SLOT_ID_INVALID, RC_ABSENT),
	ANSWER(GENERAL_ERROR, RC_IO),
	ANSWER(FUNCTION_FAILED, RC_IO),
	ANSWER(ATTRIBUTE_READ_ONLY, RC_POLICY),
	ANSWER(ATTRIBUTE_SENSITIVE, RC_POLICY),
	ANSWER(ATTRIBUTE_TYPE_INVALID, RC_UNKNOWN),
	ANSWER(ATTRIBUTE_VALUE_INVALID, RC_UNKNOWN),
	ANSWER(ACTION_PROHIBITED, RC_POLICY),
	ANSWER(DEVICE_ERROR, RC_IO),
	ANSWER(DEVICE_MEMORY, RC_LIMIT),
	ANSWER(DEVICE_REMOVED, RC_ABSENT),
	ANSWER(FUNCTION_CANCELED, RC_REFUSED),
	ANSWER(FUNCTION_NOT_SUPPORTED, RC_UNKNOWN),
	ANSWER(KEY_SIZE_RANGE, RC_UNKNOWN),
	ANSWER(MECHANISM_INVALID, RC_UNKNOWN),
	ANSWER(PIN_INCORRECT, RC_SECRET),
	ANSWER(PIN_INVALID, RC_SECRET),
	ANSWER(PIN_LEN_RANGE, RC_SECRET),
	ANSWER(PIN_EXPIRED, RC_EXPIRED),
	ANSWER(PIN_LOCKED, RC_LOCKED),
	ANSWER(SESSION_READ_ONLY, RC_POLICY),
	ANSWER(TEMPLATE_INCOMPLETE, RC_UNKNOWN),
	ANSWER(TEMPLATE_INCONSISTENT, RC_UNKNOWN),
	ANSWER(TOKEN_NOT_PRESENT, RC_ABSENT),
	ANSWER(TOKEN_NOT_RECOGNIZED, RC_ABSENT),
	ANSWER(TOKEN_WRITE_PROTECTED, RC_POLICY),
	ANSWER(USER_NOT_LOGGED_IN, RC_DENIED),
	ANSWER(USER_PIN_NOT_INITIALIZED, RC_STATE),
	ANSWER(CURVE_NOT_SUPPORTED, RC_UNKNOWN),
	ANSWER(FUNCTION_REJECTED, RC_REFUSED),
	ANSWER(TOKEN_RESOURCE_EXCEEDED, RC_LIMIT),
#undef ANSWER
};

enum rc
module_answer(CK_RV rv, const char *call, struct err *e)
{
	if (rv == CKR_OK)
		return RC_OK;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (answers[i].rv == rv)
			return err_set(
			    e, answers[i].rc, call, "%s", answers[i].name);

	return err_set(e, RC_IO, call, "0x%lx", rv);
}

/* The function list of a loaded library; NULL where it has none. */
static const CK_FUNCTION_LIST *
module_functions(void *library)
{
	void *symbol = dlsym(library, "C_GetFunctionList");
	CK_FUNCTION_LIST *list = NULL;
	CK_C_GetFunctionList get;

	/* ISO C has no conversion from an object's pointer to a function's. */
	memcpy(&get, &symbol, sizeof(get));
	if (get == NULL || get(&list) != CKR_OK || list == NULL)
		return NULL;

	return list->version.major >= 2 ? list : NULL;
}

enum rc
module_load(const char *path, struct module **out, struct err *e)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	const CK_FUNCTION_LIST *call;
	void *library;
	char real[PATH_MAX];
	CK_RV rv;

	*out = NULL;
	/* A name without a folder would be looked for elsewhere. */
	if (realpath(path, real) == NULL || access(real, R_OK) != 0)
		return err_set(e, RC_ABSENT, "file", "%s", strerror(errno));
	/*
	 * There is no dlclose() beside this: modules of vendors have threads
	 * and exit handlers of their own.
	 */
	library = dlopen(real, RTLD_NOW | RTLD_LOCAL);
	call = library == NULL ? NULL : module_functions(library);
	if (call == NULL)
		return err_set(e, RC_FORMAT, "file",
		    "is no PKCS#11 module that works here");
	rv = call->C_Initialize(&args);
	if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return module_answer(rv, "C_Initialize", e);
	*out = malloc(sizeof(**out));
	if (*out == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory for a module");
	**out = (struct module){ call, rv == CKR_OK };

	return RC_OK;
}

void
module_free(struct module *m)
{
	if (m != NULL && m->ours)
		(void)m->call->C_Finalize(NULL);
	free(m);
}
