/*
 * module.h - the module as a program sees it, and a token to play with.
 *
 * Belongs here: loading it, a home folder with a certificate list, a session.
 * Not here: checks.
 */
#pragma once

#include "base/buf.h"
#include "base/file.h"
#include "pkcs11/pkcs11.h"
#include "wire/tokenframe.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *module_handle;
static CK_FUNCTION_LIST_3_0 *p11;

/*
 * Two keys: an RSA one of 2048 bits and a P-256 one, and a CA. The bytes are
 * made up; the module never looks inside. The fake helper sends the same.
 */
static inline void
module_list(struct buf *out, const uint8_t owner[static 16])
{
	static uint8_t modulus[256], point[67] = { 0x04, 0x41, 0x04 };
	static const uint8_t exponent[] = { 1, 0, 1 };
	static const uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	struct tokenframe_object rsa = { .id = { 1 },
		.usable = true,
		.key = TOKENFRAME_KEY_RSA,
		.key_id = { 0x11 },
		.label = SPAN_LIT("홍길동 은행"),
		.der = SPAN_LIT("certificate one"),
		.subject = SPAN_LIT("subject"),
		.issuer = SPAN_LIT("issuer"),
		.serial = SPAN_LIT("\x02\x01\x05"),
		.spki = SPAN_LIT("spki"),
		.modulus = SPAN(modulus),
		.exponent = SPAN(exponent) };
	struct tokenframe_object ec = rsa, ca = rsa, old = rsa;

	modulus[0] = 0xc0;
	ec.id[0] = 2;
	ec.key = TOKENFRAME_KEY_EC;
	ec.key_id[0] = 0x22;
	ec.label = SPAN_LIT("EC");
	ec.der = SPAN_LIT("certificate two");
	ec.modulus = ec.exponent = (struct span){ NULL, 0 };
	ec.ec_params = SPAN(p256);
	ec.ec_point = SPAN(point);
	ca.id[0] = 3;
	ca.key = TOKENFRAME_KEY_NONE;
	ca.key_id[0] = 0x33;
	ca.label = SPAN_LIT("CA");
	ca.der = SPAN_LIT("certificate of a CA");
	ca.modulus = ca.exponent = (struct span){ NULL, 0 };
	old.id[0] = 4;
	old.key_id[0] = 0x44;
	old.usable = false;
	old.label = SPAN_LIT("old");
	old.der = SPAN_LIT("expired certificate");
	tokenframe_list_begin(out, owner, 4);
	tokenframe_list_object(out, &rsa);
	tokenframe_list_object(out, &ec);
	tokenframe_list_object(out, &ca);
	tokenframe_list_object(out, &old);
}

static char module_homes[8][64];
static size_t module_homes_n;

static void
module_clean(void)
{
	static const char *const files[] = { "token.conf",
		".local/share/ingam/token-cache", ".local/share/ingam",
		".local/share", ".local", "." };
	char path[1024];

	for (size_t i = 0; i < module_homes_n; i++)
		for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++) {
			(void)snprintf(path, sizeof(path), "%s/%s",
			    module_homes[i], files[k]);
			if (k == sizeof(files) / sizeof(files[0]) - 1)
				path[strlen(path) - 2] = '\0';
			(void)remove(path);
		}
}

/* A home of its own, one server and phone, the fake helper. */
static inline void
module_home(const char *conf)
{
	char *home = module_homes[module_homes_n++];
	char path[256];
	FILE *f;

	(void)snprintf(home, 64, "/tmp/ingam-pkcs11-XXXXXX");
	if (mkdtemp(home) == NULL ||
	    (module_homes_n == 1 && atexit(module_clean) != 0))
		abort();
	(void)setenv("HOME", home, 1);
	(void)unsetenv("XDG_DATA_HOME");
	(void)unsetenv("XDG_CONFIG_HOME");
	(void)setenv("INGAM_TOKEN_HELPER", getenv("INGAM_FAKE_HELPER"), 1);
	(void)snprintf(path, sizeof(path), "%s/token.conf", home);
	(void)setenv("INGAM_TOKEN_CONF", path, 1);
	if ((f = fopen(path, "w")) == NULL || fputs(conf, f) < 0 ||
	    fclose(f) != 0)
		abort();
}

static inline void
module_load(void)
{
	CK_INTERFACE *interface = NULL;
	CK_VERSION version = { 3, 0 };
	CK_UTF8CHAR name[] = "PKCS 11";
	CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
	void *symbol;

	module_handle = dlopen(getenv("INGAM_MODULE"), RTLD_NOW | RTLD_LOCAL);
	if (module_handle == NULL) {
		printf("Bail out! %s\n", dlerror());
		exit(1);
	}
	symbol = dlsym(module_handle, "C_GetInterface");
	memcpy(&get, &symbol, sizeof(get));
	if (get == NULL || get(name, &version, &interface, 0) != CKR_OK)
		exit(1);
	p11 = interface->pFunctionList;
}

static inline CK_SESSION_HANDLE
module_session(void)
{
	CK_SESSION_HANDLE s = 0;

	if (p11->C_OpenSession(1, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
		return 0;

	return s;
}

static inline CK_RV
module_login(CK_SESSION_HANDLE s, const char *pin)
{
	CK_UTF8CHAR copy[128];

	if (pin == NULL)
		return p11->C_Login(s, CKU_USER, NULL, 0);
	(void)snprintf((char *)copy, sizeof(copy), "%s", pin);

	return p11->C_Login(s, CKU_USER, copy, strlen(pin));
}

/* The first object of a class with a CKA_ID that begins with id; 0: none. */
static inline CK_OBJECT_HANDLE
module_object(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, CK_BYTE id)
{
	CK_BYTE key_id[20] = { id };
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_ID, key_id, sizeof(key_id) },
	};
	CK_OBJECT_HANDLE o = 0;
	CK_ULONG n = 0;

	if (p11->C_FindObjectsInit(s, template, 2) != CKR_OK ||
	    p11->C_FindObjects(s, &o, 1, &n) != CKR_OK)
		return 0;
	(void)p11->C_FindObjectsFinal(s);

	return n == 1 ? o : 0;
}
