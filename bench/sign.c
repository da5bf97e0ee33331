/*
 * sign.c - how long C_Sign takes in a PKCS#11 module, as a program sees it.
 *
 *	bench-sign MODULE COUNT
 *
 * Opens the first token, prints "session", reads the PIN from standard input,
 * signs COUNT times in one thread and COUNT times in each of two, RSA PKCS#1
 * over a SHA-256 DigestInfo, with the first private key. Prints JSON.
 *
 * Belongs here: what any module can be asked for.
 * Not here: who approves, and other modules' keys (run.mjs); what a module must
 * answer (tests/unit/pkcs11).
 */
#include "pkcs11/pkcs11.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT_MAX 100000
#define WARM      3

static CK_FUNCTION_LIST *p11;
static CK_OBJECT_HANDLE key;

/* One thread's work. */
struct work {
	CK_SESSION_HANDLE session;
	size_t count;
	double *took_ms; /* NULL: not asked for */
};

static void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	(void)fprintf(stderr, "%s: %#lx\n", what, rv);
	exit(1);
}

static double
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);

	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static CK_SESSION_HANDLE
session_open(CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE session = 0;

	must(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session),
	    "C_OpenSession");

	return session;
}

static void
module_open(const char *path, CK_SLOT_ID *slot)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *symbol =
	    module == NULL ? NULL : dlsym(module, "C_GetFunctionList");
	CK_SLOT_ID slots[16];
	CK_ULONG n = 16;
	CK_C_GetFunctionList get;

	memcpy(&get, &symbol, sizeof(get));
	must(get == NULL ? CKR_GENERAL_ERROR : get(&p11), path);
	must(p11->C_Initialize(&args), "C_Initialize");
	must(p11->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	must(n == 0 ? CKR_TOKEN_NOT_PRESENT : CKR_OK, "C_GetSlotList");
	*slot = slots[0];
}

static void
login(CK_SESSION_HANDLE session)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG n = 0;
	char pin[64];

	(void)printf("session\n");
	(void)fflush(stdout);
	if (fgets(pin, sizeof(pin), stdin) == NULL)
		exit(1);
	pin[strcspn(pin, "\n")] = '\0';
	must(p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)),
	    "C_Login");
	must(p11->C_FindObjectsInit(session, &template, 1), "C_FindObjects");
	must(p11->C_FindObjects(session, &key, 1, &n), "C_FindObjects");
	must(p11->C_FindObjectsFinal(session), "C_FindObjects");
	must(n == 1 ? CKR_OK : CKR_KEY_HANDLE_INVALID, "no private key");
}

static void *
work(void *arg)
{
	/* DigestInfo of SHA-256, RFC 8017 9.2 note 1; the digest follows. */
	CK_BYTE info[51] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
		0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
		0x20 };
	CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 };
	struct work *w = arg;

	for (size_t i = 0; i < w->count; i++) {
		double from = now_ms();
		CK_BYTE signature[512];
		CK_ULONG n = sizeof(signature);

		memcpy(info + 19, &i, sizeof(i));
		memcpy(info + 27, &w->session, sizeof(w->session));
		must(p11->C_SignInit(w->session, &rsa, key), "C_SignInit");
		must(p11->C_Sign(w->session, info, sizeof(info), signature, &n),
		    "C_Sign");
		if (w->took_ms != NULL)
			w->took_ms[i] = now_ms() - from;
	}

	return NULL;
}

/* Signatures a second of two threads, each with a session of its own. */
static double
two(CK_SLOT_ID slot, size_t count)
{
	struct work w[2] = { { .count = count }, { .count = count } };
	pthread_t thread[2];
	double from;

	for (size_t i = 0; i < 2; i++)
		w[i].session = session_open(slot);
	from = now_ms();
	for (size_t i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, work, &w[i]) != 0)
			exit(1);
	for (size_t i = 0; i < 2; i++)
		(void)pthread_join(thread[i], NULL);

	return (double)(2 * count) / (now_ms() - from) * 1e3;
}

static int
earlier(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct work one = { .count = WARM };
	CK_SLOT_ID slot = 0;
	double *took_ms, from, lasted;

	if (count == 0 || count > COUNT_MAX ||
	    (took_ms = calloc(count, sizeof(*took_ms))) == NULL) {
		(void)fputs("usage: bench-sign MODULE COUNT\n", stderr);
		return 2;
	}
	module_open(argv[1], &slot);
	one.session = session_open(slot);
	login(one.session);
	(void)work(&one);
	one.count = count;
	one.took_ms = took_ms;
	from = now_ms();
	(void)work(&one);
	lasted = now_ms() - from;
	qsort(took_ms, count, sizeof(*took_ms), earlier);
	(void)printf("{\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
		     "\"per_second\":%.1f,\"two_per_second\":%.1f}\n",
	    took_ms[(count - 1) / 2], took_ms[(count - 1) * 99 / 100],
	    (double)count / lasted * 1e3, two(slot, count));
	(void)p11->C_Finalize(NULL);
	free(took_ms);

	return 0;
}
