/*
 * program.c - a program with the token: logs in, signs COUNT times, and says of
 * each signature whether it has it.
 *
 *	fault-program COUNT
 *
 * INGAM_MODULE names the module. Prints "session"; reads a PIN and prints
 * "login CKR", for each line of standard input until one is right; then for
 * each signature "signed CKR HEX", over "fault 1", "fault 2", …; then "end".
 *
 * Belongs here: what a program of others does, which goes on after an error.
 * Not here: checks (actor.mjs).
 */
#include "../unit/pkcs11/module.h"

#include <errno.h>

static CK_RV
program_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG n = 0;
	CK_RV rv = p11->C_FindObjectsInit(session, &template, 1);

	if (rv != CKR_OK)
		return rv;
	rv = p11->C_FindObjects(session, key, 1, &n);
	(void)p11->C_FindObjectsFinal(session);

	return rv == CKR_OK && n == 0 ? CKR_KEY_HANDLE_INVALID : rv;
}

static void
program_sign(CK_SESSION_HANDLE session, unsigned long number)
{
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE key = 0;
	CK_BYTE signature[512];
	CK_ULONG n = sizeof(signature);
	char text[32];
	CK_RV rv;

	(void)snprintf(text, sizeof(text), "fault %lu", number);
	rv = program_key(session, &key);
	if (rv == CKR_OK)
		rv = p11->C_SignInit(session, &mechanism, key);
	if (rv == CKR_OK)
		rv = p11->C_Sign(
		    session, (CK_BYTE *)text, strlen(text), signature, &n);
	printf("signed %lx ", rv);
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++)
		printf("%02x", signature[i]);
	printf("\n");
	(void)fflush(stdout);
}

int
main(int argc, char **argv)
{
	unsigned long count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	CK_SESSION_HANDLE session;
	CK_RV rv = CKR_PIN_INCORRECT;
	char pin[64];

	module_load();
	rv = p11->C_Initialize(NULL);
	session = rv == CKR_OK ? module_session() : 0;
	printf("session\n");
	(void)fflush(stdout);
	while (session != 0 && fgets(pin, sizeof(pin), stdin) != NULL) {
		pin[strcspn(pin, "\n")] = '\0';
		rv = module_login(session, pin);
		printf("login %lx\n", rv);
		(void)fflush(stdout);
		if (rv == CKR_OK)
			break;
	}
	for (unsigned long i = 1; rv == CKR_OK && i <= count; i++) {
		program_sign(session, i);
		/* Somebody may have something to do in between. */
		(void)usleep(20000);
	}
	(void)p11->C_Finalize(NULL);
	printf("end\n");

	return 0;
}
