/*
 * token_driver.c - calls the PKCS#11 module as its arguments say, one step a
 * word, and prints each step's CKR in hex.
 *
 * Belongs here: steps that no tool of others can be made to do.
 * Not here: checks (token.test.mjs).
 */
#include "../unit/pkcs11/module.h"

#include <pthread.h>

static CK_SESSION_HANDLE session;

static CK_RV
driver_sign(void)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_KEY_TYPE type = CKK_EC;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) } };
	CK_MECHANISM m = { CKM_ECDSA_SHA256, NULL, 0 };
	CK_BYTE data[] = "data", signature[64];
	CK_OBJECT_HANDLE key = 0;
	CK_ULONG n = 0;
	CK_RV rv;

	(void)p11->C_FindObjectsInit(session, t, 2);
	(void)p11->C_FindObjects(session, &key, 1, &n);
	(void)p11->C_FindObjectsFinal(session);
	if ((rv = p11->C_SignInit(session, &m, key)) != CKR_OK)
		return rv;
	n = sizeof(signature);

	return p11->C_Sign(session, data, sizeof(data), signature, &n);
}

static void *
driver_login(void *arg)
{
	*(CK_RV *)arg = module_login(session, NULL);

	return NULL;
}

static CK_RV
driver_cancel_login(void)
{
	pthread_t thread;
	CK_RV rv = CKR_GENERAL_ERROR;

	if (pthread_create(&thread, NULL, driver_login, &rv) != 0)
		return CKR_HOST_MEMORY;
	(void)usleep(300000);
	(void)p11->C_SessionCancel(session, 0);
	(void)pthread_join(thread, NULL);
	/* The helper withdraws the request meanwhile. */
	(void)usleep(300000);

	return rv;
}

static CK_RV
driver_step(char *word)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	if (strcmp(word, "session") == 0)
		return (session = module_session()) == 0 ? CKR_GENERAL_ERROR
							 : CKR_OK;
	if (strcmp(word, "close") == 0)
		return p11->C_CloseSession(session);
	if (strcmp(word, "login") == 0)
		return module_login(session, value);
	if (strcmp(word, "logout") == 0)
		return p11->C_Logout(session);
	if (strcmp(word, "sign") == 0)
		return driver_sign();
	if (strcmp(word, "cancel-login") == 0)
		return driver_cancel_login();
	if (strcmp(word, "pause") == 0)
		return (CK_RV)usleep(400000);

	return CKR_ARGUMENTS_BAD;
}

int
main(int argc, char **argv)
{
	module_load();
	(void)p11->C_Initialize(NULL);
	for (int i = 1; i < argc; i++) {
		CK_RV rv = driver_step(argv[i]);

		printf("%s %lx\n", argv[i], rv);
		(void)fflush(stdout);
	}
	(void)p11->C_Finalize(NULL);

	return 0;
}
