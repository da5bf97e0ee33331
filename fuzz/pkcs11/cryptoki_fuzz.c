/*
 * cryptoki_fuzz.c - programs that call the module in any order, with any
 * templates, lengths and handles. There is no helper; a list of certificates
 * is in place, and the login is set from inside.
 *
 * Belongs here: a little machine whose instructions are C_ calls.
 * Not here: what a helper answers (tokenframe_fuzz.c).
 */
#include "base/file.h"
#include "base/rd.h"
#include "pkcs11/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define STEPS_MAX    64
#define TEMPLATE_MAX 6
#define ROOM         512

static CK_BYTE room[ROOM];

/* The same made-up objects as the unit tests have, in short. */
static void
fuzz_objects(struct state *st)
{
	static uint8_t modulus[256] = { 0xc0 };
	static uint8_t point[67] = { 0x04, 0x41, 0x04 };
	static const uint8_t owner[16], e[] = { 1, 0, 1 }, oid[] = { 6, 1, 1 };
	struct tokenframe_object o = { .id = { 1 },
		.usable = true,
		.key = TOKENFRAME_KEY_RSA,
		.label = SPAN_LIT("rsa"),
		.der = SPAN_LIT("one"),
		.modulus = SPAN(modulus),
		.exponent = SPAN(e) };
	struct buf list = buf_init(TOKENFRAME_MAX);

	tokenframe_list_begin(&list, owner, 2);
	tokenframe_list_object(&list, &o);
	o.id[0] = 2;
	o.key = TOKENFRAME_KEY_EC;
	o.modulus = o.exponent = (struct span){ NULL, 0 };
	o.ec_params = SPAN(oid);
	o.ec_point = SPAN(point);
	tokenframe_list_object(&list, &o);
	if (object_table_set(&st->objects, buf_span(&list), NULL, NULL) !=
	    RC_OK)
		abort();
	buf_clear(&list);
}

static void
fuzz_login(void)
{
	struct state *st;

	if (state_enter(&st) != CKR_OK)
		return;
	fuzz_objects(st);
	st->logged_in = true;
	state_leave(st);
}

/* A value that is small most of the time, and wild now and then. */
static CK_ULONG
fuzz_number(struct rd *r)
{
	uint8_t b = rd_u8(r);

	return b < 0xf0 ? b : b == 0xff ? ~0UL : (CK_ULONG)rd_u32(r) << 16;
}

/* Lengths are true for what the module may write, or silly with no place. */
static CK_ULONG
fuzz_template(struct rd *r, CK_ATTRIBUTE t[static TEMPLATE_MAX])
{
	CK_ULONG n = rd_u8(r) % (TEMPLATE_MAX + 1);

	for (CK_ULONG i = 0; i < n; i++) {
		uint8_t kind = rd_u8(r);

		t[i].type = kind % 3 == 0 ? fuzz_number(r) : rd_u16(r);
		t[i].pValue = kind % 2 == 0 ? NULL : room;
		t[i].ulValueLen = t[i].pValue == NULL ? fuzz_number(r)
						      : rd_u16(r) % (ROOM + 1);
	}

	return n;
}

/*
 * A template that makes a key, RSA or P-256, but for one attribute that is cut
 * short, or one bit of it: nobody guesses one of these.
 */
static CK_ULONG
fuzz_key(struct rd *r, CK_ATTRIBUTE t[static TEMPLATE_MAX])
{
	static CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	static CK_KEY_TYPE types[] = { CKK_RSA, CKK_EC };
	static const CK_BYTE params[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	static CK_BYTE values[4][256];
	static const CK_ULONG lengths[] = { 128, 3, sizeof(params), 67 };
	bool ec = rd_u8(r) % 2 == 1;
	uint8_t which = rd_u8(r), bit = rd_u8(r);
	CK_ULONG n = 0;

	memset(values[0], 0xff, sizeof(values[0]));
	memcpy(values[1], "\x01\x00\x01", 3);
	memcpy(values[2], params, sizeof(params));
	memcpy(values[3], "\x04\x41\x04", 3);
	t[n++] = (CK_ATTRIBUTE){ CKA_CLASS, &class, sizeof(class) };
	t[n++] = (CK_ATTRIBUTE){ CKA_KEY_TYPE, &types[ec], sizeof(types[0]) };
	for (size_t i = ec ? 2 : 0; n < 4; i++)
		t[n++] = (CK_ATTRIBUTE){ i == 0 ? CKA_MODULUS
			    : i == 1            ? CKA_PUBLIC_EXPONENT
			    : i == 2            ? CKA_EC_PARAMS
						: CKA_EC_POINT,
			values[i], lengths[i] };
	if (which % 8 < 4)
		t[which % 8].ulValueLen -= which / 8 % 4;
	else if (which % 8 < 6)
		((CK_BYTE *)t[which % 8 - 2].pValue)[bit / 8 % 3] ^=
		    (CK_BYTE)(1 << bit % 8);
	t[n++] = (CK_ATTRIBUTE){ rd_u16(r), room, rd_u16(r) % (ROOM + 1) };

	return rd_u8(r) % 2 == 0 ? n : n - 1;
}

/* What can be done with a key that was made. */
static void
fuzz_made(struct rd *r, CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = { mech_at(rd_u8(r) % 16)->type, NULL, 0 };
	CK_ATTRIBUTE t[TEMPLATE_MAX];
	CK_ULONG n = fuzz_template(r, t);

	(void)C_GetAttributeValue(s, key, t, n);
	(void)C_VerifyInit(s, &m, key);
	(void)C_SetAttributeValue(s, key, t, n);
	if (rd_u8(r) % 2 == 0)
		(void)C_DestroyObject(s, key);
}

static CK_MECHANISM
fuzz_mechanism(struct rd *r, CK_RSA_PKCS_PSS_PARAMS *pss)
{
	const struct mech *m = mech_at(rd_u8(r) % 17);
	CK_MECHANISM out = { m == NULL ? rd_u16(r) : m->type, NULL, 0 };

	if (rd_u8(r) % 2 == 0)
		return out;
	pss->hashAlg = CKM_SHA256 + (CK_ULONG)(rd_u8(r) % 4) * 16;
	pss->mgf = rd_u8(r) % 6;
	pss->sLen = fuzz_number(r);
	out.pParameter = pss;
	out.ulParameterLen = rd_u8(r) % 8 == 0 ? rd_u8(r) : sizeof(*pss);
	if (out.ulParameterLen > sizeof(*pss))
		out.pParameter = NULL;

	return out;
}

static void
fuzz_objects_step(struct rd *r, uint8_t op, CK_SESSION_HANDLE s)
{
	CK_ATTRIBUTE t[TEMPLATE_MAX];
	CK_OBJECT_HANDLE found[8], o;
	CK_ULONG n;

	switch (op) {
	case 0:
		n = fuzz_template(r, t);
		(void)C_FindObjectsInit(s, rd_u8(r) == 0 ? NULL : t, n);
		return;
	case 1:
		(void)C_FindObjects(s, found, rd_u8(r) % 9, &n);
		return;
	case 2:
		(void)C_FindObjectsFinal(s);
		return;
	case 3:
		o = fuzz_number(r);
		n = fuzz_template(r, t);
		(void)C_GetAttributeValue(s, o, t, n);
		return;
	case 4:
		if ((n = fuzz_template(r, t)) == 0)
			n = fuzz_key(r, t);
		if (C_CreateObject(s, t, n, &o) == CKR_OK)
			fuzz_made(r, s, o);
		return;
	default:
		(void)C_GetObjectSize(s, fuzz_number(r), &n);
		(void)C_DestroyObject(s, fuzz_number(r));
		return;
	}
}

static void
fuzz_operation_step(struct rd *r, uint8_t op, CK_SESSION_HANDLE s)
{
	CK_RSA_PKCS_PSS_PARAMS pss;
	CK_MECHANISM m;
	CK_BYTE out[ROOM];
	CK_ULONG n = rd_u16(r) % (ROOM + 1), data = rd_u16(r) % (ROOM + 1);
	CK_BYTE *in = rd_u8(r) == 0 ? NULL : room;
	CK_BYTE *to = rd_u8(r) % 4 == 0 ? NULL : out;

	switch (op) {
	case 0:
		m = fuzz_mechanism(r, &pss);
		(void)C_SignInit(s, rd_u8(r) == 0 ? NULL : &m, fuzz_number(r));
		return;
	case 1:
		(void)C_SignUpdate(s, in, data);
		return;
	case 2:
		(void)C_Sign(s, in, data, to, &n);
		return;
	case 3:
		(void)C_SignFinal(s, to, &n);
		return;
	case 4:
		m = fuzz_mechanism(r, &pss);
		(void)C_DigestInit(s, rd_u8(r) == 0 ? NULL : &m);
		return;
	case 5:
		(void)C_DigestUpdate(s, in, data);
		return;
	case 6:
		(void)C_Digest(s, in, data, to, &n);
		return;
	default:
		(void)C_DigestFinal(s, to, &n);
		return;
	}
}

static void
fuzz_session_step(struct rd *r, uint8_t op, CK_SESSION_HANDLE s)
{
	CK_SESSION_INFO info;
	CK_SESSION_HANDLE made;

	switch (op) {
	case 0:
		(void)C_OpenSession(
		    fuzz_number(r), rd_u8(r), NULL, NULL, &made);
		return;
	case 1:
		(void)C_CloseSession(s);
		return;
	case 2:
		(void)C_GetSessionInfo(s, &info);
		return;
	case 3:
		(void)C_SessionCancel(s, rd_u32(r));
		return;
	case 4:
		(void)C_Logout(s);
		return;
	case 5:
		(void)C_Login(s, fuzz_number(r), room, rd_u8(r) % 3);
		return;
	case 6:
		fuzz_login();
		return;
	default:
		(void)C_CloseAllSessions(fuzz_number(r));
		return;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct rd r = rd_init((struct span){ p, n });
	CK_SESSION_HANDLE s;
	struct state *st;

	/* Whatever stands on this machine must not matter; nobody makes these. */
	(void)setenv("INGAM_TOKEN_CONF", "/proc/nonexistent", 1);
	(void)setenv("XDG_DATA_HOME", "/proc/nonexistent", 1);
	(void)setenv("INGAM_TOKEN_HELPER", "/proc/nonexistent", 1);
	if (C_Initialize(NULL) != CKR_OK || state_enter(&st) != CKR_OK)
		abort();
	st->announced = true; /* no helper is to be started for that */
	st->conf.notes = false;
	state_leave(st);
	if (C_OpenSession(1, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
		abort();
	fuzz_login();
	for (int i = 0; i < STEPS_MAX && rd_left(&r) > 0; i++) {
		uint8_t step = rd_u8(&r);

		if (rd_u8(&r) % 8 == 0)
			s = fuzz_number(&r);
		if (step % 3 == 0)
			fuzz_objects_step(&r, step / 3 % 6, s);
		else if (step % 3 == 1)
			fuzz_operation_step(&r, step / 3 % 8, s);
		else
			fuzz_session_step(&r, step / 3 % 8, s);
	}
	if (C_Finalize(NULL) != CKR_OK)
		abort();

	return 0;
}
