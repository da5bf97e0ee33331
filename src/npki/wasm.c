/*
 * wasm.c - the face of this room's core towards JavaScript, and the few
 * things that the core needs and a browser lacks.
 *
 * Belongs here: exports, memory without an allocator, platform.h by imports.
 * Not here: anything native (tools/wasm.sh compiles this, meson's library
 * does not); the JavaScript half (web/core/npki.js).
 *
 * One call at a time: JavaScript writes into the input, calls, reads the
 * output. An opened key never leaves: it is wiped before the call returns.
 */
#include "npki/certjson.h"
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/password.h"

#include <stdarg.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(name) \
	__attribute__((import_module("platform"), import_name(name)))

#define INPUT_MAX \
	(KEYFILE_MAX + 2 * KEYFILE_PASSWORD_MAX + CERTINFO_MAX + FORM_MAX)
#define FORM_MAX   32
#define OUTPUT_MAX KEYFILE_MAX
#define SECRETS    4
#define SECRET_MAX 65536

static uint8_t input[INPUT_MAX];
static char output[OUTPUT_MAX];
static size_t output_n;
static uint8_t secrets[SECRETS][SECRET_MAX];
static bool secret_taken[SECRETS];

/* Zero: done. Else the platform has no such thing. */
IMPORT("pbkdf1")
int import_pbkdf1(const uint8_t *password, size_t password_n,
    const uint8_t *salt, size_t salt_n, uint32_t iterations, uint8_t *out);
IMPORT("pbkdf2")
int import_pbkdf2(int hash, const uint8_t *password, size_t password_n,
    const uint8_t *salt, size_t salt_n, uint32_t iterations, uint8_t *out,
    size_t n);
IMPORT("digest")
int import_digest(int hash, const struct span *parts, size_t n, uint8_t *out);
IMPORT("random")
int import_random(uint8_t *out, size_t n);
IMPORT("aesCbc")
int import_aes_cbc(int encrypt, const uint8_t *key, size_t key_n,
    const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out);

static void
wasm_copy(char *out, size_t size, const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	if (n > size - 1)
		n = size - 1;
	if (n > 0)
		memcpy(out, s, n);
	out[n] = '\0';
}

/* base/err.h with a small formatter: the core's sentences have "%s" alone. */
void
err_record(struct err *e, enum rc rc, const char *field, const char *fmt, ...)
{
	char text[sizeof(e->msg)];
	size_t n = 0;
	va_list ap;

	if (e == NULL || e->msg[0] != '\0')
		return;
	e->rc = rc;
	wasm_copy(e->field, sizeof(e->field), field);
	va_start(ap, fmt);
	for (; *fmt != '\0' && n < sizeof(text) - 1; fmt++) {
		text[n] = *fmt;
		if (fmt[0] != '%' || fmt[1] != 's') {
			n++;
			continue;
		}
		wasm_copy(text + n, sizeof(text) - n, va_arg(ap, const char *));
		n += strlen(text + n);
		fmt++;
	}
	va_end(ap);
	text[n] = '\0';
	wasm_copy(e->msg, sizeof(e->msg), text);
}

/* base/sec.h over a few static buffers, as many as live at a time. */
void
sec_wipe(void *p, size_t n)
{
	volatile uint8_t *byte = p;

	while (n-- > 0)
		*byte++ = 0;
}

enum rc
sec_new(struct sec *s, size_t n, struct err *e)
{
	for (size_t i = 0; n <= SECRET_MAX && i < SECRETS; i++) {
		if (secret_taken[i])
			continue;
		secret_taken[i] = true;
		*s = (struct sec){ secrets[i], n, SECRET_MAX };
		return RC_OK;
	}

	return err_set(e, RC_LIMIT, NULL, "secret too large");
}

void
sec_free(struct sec *s)
{
	for (size_t i = 0; i < SECRETS; i++) {
		if (s->p != secrets[i])
			continue;
		sec_wipe(secrets[i], SECRET_MAX);
		secret_taken[i] = false;
	}
	*s = (struct sec){ 0 };
}

bool
sec_equal(struct span a, struct span b)
{
	volatile uint8_t diff = 0;

	for (size_t i = 0; a.n == b.n && i < a.n; i++)
		diff = (uint8_t)(diff | (a.p[i] ^ b.p[i]));

	return a.n == b.n && diff == 0;
}

static enum rc
wasm_answer(int failed, struct err *e)
{
	if (failed != 0)
		return err_set(e, RC_UNKNOWN, "cipher",
		    "this key file cannot be opened in a browser");

	return RC_OK;
}

enum rc
platform_pbkdf1(struct span password, struct span salt, uint32_t iterations,
    uint8_t out[static PLATFORM_SHA1], struct err *e)
{
	return wasm_answer(import_pbkdf1(password.p, password.n, salt.p, salt.n,
			       iterations, out),
	    e);
}

/* A hash as JavaScript is told which. */
static int
wasm_hash(enum platform_hash hash)
{
	static const int bits[] = {
		[PLATFORM_HASH_SHA1] = 1,
		[PLATFORM_HASH_SHA256] = 256,
		[PLATFORM_HASH_SHA384] = 384,
		[PLATFORM_HASH_SHA512] = 512,
	};

	return bits[hash];
}

enum rc
platform_pbkdf2(enum platform_hash hash, struct span password, struct span salt,
    uint32_t iterations, uint8_t *out, size_t n, struct err *e)
{
	return wasm_answer(import_pbkdf2(wasm_hash(hash), password.p,
			       password.n, salt.p, salt.n, iterations, out, n),
	    e);
}

enum rc
platform_digest(enum platform_hash hash, const struct span *parts, size_t n,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	return wasm_answer(import_digest(wasm_hash(hash), parts, n, out), e);
}

enum rc
platform_random(uint8_t *out, size_t n, struct err *e)
{
	return wasm_answer(import_random(out, n), e);
}

static enum rc
wasm_cbc(enum platform_cipher cipher, int encrypt, struct span key,
    struct span iv, struct span in, uint8_t *out, struct err *e)
{
	if (cipher != PLATFORM_AES_128_CBC && cipher != PLATFORM_AES_192_CBC &&
	    cipher != PLATFORM_AES_256_CBC)
		return wasm_answer(1, e);

	return wasm_answer(
	    import_aes_cbc(encrypt, key.p, key.n, iv.p, in.p, in.n, out), e);
}

enum rc
platform_decrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return wasm_cbc(cipher, 0, key, iv, in, out, e);
}

enum rc
platform_encrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return wasm_cbc(cipher, 1, key, iv, in, out, e);
}

enum rc
platform_pkcs12_kdf(enum platform_hash hash, struct span password,
    struct span salt, uint8_t id, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e)
{
	(void)hash, (void)password, (void)salt, (void)id, (void)iterations;
	(void)out, (void)n;

	return wasm_answer(1, e);
}

/* A failure is its sentence in the output; its code is the result. */
static enum rc
wasm_end(enum rc rc, const struct err *e)
{
	if (rc != RC_OK)
		memcpy(output, e->msg, sizeof(e->msg));

	return rc;
}

/* The name of a code, for the error that JavaScript throws. */
EXPORT("errorName") const char *wasm_error_name(int rc);
EXPORT("input") uint8_t *wasm_input(void);
EXPORT("inputMax") size_t wasm_input_max(void);
EXPORT("output") const char *wasm_output(void);
EXPORT("outputLength") size_t wasm_output_length(void);
EXPORT("certificate") enum rc wasm_certificate(size_t n);
EXPORT("keyFile")
enum rc wasm_key_file(size_t key_n, size_t password_n, size_t certificate_n);
EXPORT("change")
enum rc wasm_change(size_t key_n, size_t old_n, size_t next_n, size_t form_n,
    size_t certificate_n);
EXPORT("passwordBroken") unsigned int wasm_password_broken(size_t n);
EXPORT("ruleText") const char *wasm_rule_text(size_t n, unsigned int which);

const char *
wasm_error_name(int rc)
{
	static const char *const names[RC_COUNT] = {
#define ERR_NAME(code, text) #code,
		ERR_TABLE(ERR_NAME)
#undef ERR_NAME
	};

	return rc >= 0 && rc < RC_COUNT ? names[rc] : "RC_BUG";
}

uint8_t *
wasm_input(void)
{
	return input;
}

size_t
wasm_input_max(void)
{
	return sizeof(input);
}

const char *
wasm_output(void)
{
	return output;
}

/* How many bytes of the output are a file. */
size_t
wasm_output_length(void)
{
	return output_n;
}

/*
 * Cuts the input into parts that stand one after the other, and forgets the
 * last output.
 */
static bool
wasm_parts(const size_t *lengths, struct span *parts, size_t n)
{
	size_t at = 0;

	output[0] = '\0';
	output_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (lengths[i] > sizeof(input) - at)
			return false;
		parts[i] = (struct span){ input + at, lengths[i] };
		at += lengths[i];
	}

	return true;
}

/* The certificate's n bytes are in the input; its facts as JSON come out. */
enum rc
wasm_certificate(size_t n)
{
	struct err e = { 0 };
	struct span der;
	struct certinfo c;
	enum rc rc;

	if (!wasm_parts(&n, &der, 1))
		return RC_LIMIT;
	rc = certinfo_parse(der, &c, &e);
	if (rc == RC_OK && certjson_write(&c, output, sizeof(output)) == 0)
		rc = err_set(&e, RC_BUG, NULL, "facts do not fit");

	return wasm_end(rc, &e);
}

/* The modulus of a certificate; empty where there is none. */
static enum rc
wasm_modulus(struct span certificate, struct span *modulus, struct err *e)
{
	struct certinfo c = { 0 };
	enum rc rc = RC_OK;

	if (certificate.n > 0)
		rc = certinfo_parse(certificate, &c, e);
	*modulus = c.modulus;

	return rc;
}

/*
 * Key file, password and certificate (which may be empty). Says whether the
 * password opens the file.
 */
enum rc
wasm_key_file(size_t key_n, size_t password_n, size_t certificate_n)
{
	const size_t lengths[] = { key_n, password_n, certificate_n };
	struct span in[3], modulus;
	struct err e = { 0 };
	struct sec opened;
	enum rc rc;

	if (!wasm_parts(lengths, in, 3))
		return RC_LIMIT;
	rc = wasm_modulus(in[2], &modulus, &e);
	if (rc == RC_OK)
		rc = keyfile_open(in[0], in[1], modulus, &opened, &e);
	if (rc == RC_OK)
		sec_free(&opened);
	sec_wipe(input, sizeof(input));

	return wasm_end(rc, &e);
}

/*
 * Key file, its password, the next one, the name of a form (empty: as it is)
 * and certificate (may be empty). The new key file comes out.
 */
enum rc
wasm_change(size_t key_n, size_t old_n, size_t next_n, size_t form_n,
    size_t certificate_n)
{
	const size_t lengths[] = { key_n, old_n, next_n, form_n,
		certificate_n };
	struct span in[5], modulus, changed = { NULL, 0 };
	static uint8_t file[KEYFILE_MAX];
	char name[FORM_MAX] = "";
	struct err e = { 0 };
	enum pbe_form form;
	enum rc rc;

	if (!wasm_parts(lengths, in, 5) || form_n >= sizeof(name))
		return RC_LIMIT;
	memcpy(name, in[3].p, form_n);
	if (form_n > 0 && !pbeput_form_find(name, &form))
		return wasm_end(
		    err_set(&e, RC_UNKNOWN, "form", "no such form of key file"),
		    &e);
	if (password_broken(in[2]) != 0)
		return wasm_end(err_set(&e, RC_POLICY, "password",
				    "the new password breaks a rule"),
		    &e);
	rc = wasm_modulus(in[4], &modulus, &e);
	if (rc == RC_OK)
		rc = keyput_change(in[0], in[1], modulus,
		    form_n > 0 ? &form : NULL, in[2], file, sizeof(file),
		    &changed, &e);
	sec_wipe(input, sizeof(input));
	if (changed.n > 0)
		memcpy(output, changed.p, changed.n);
	output_n = changed.n;

	return wasm_end(rc, &e);
}

/* Which rules the n bytes of the input break: bit i is rule i. */
unsigned int
wasm_password_broken(size_t n)
{
	struct span password = { NULL, 0 };
	unsigned int broken;

	if (!wasm_parts(&n, &password, 1))
		password.n = 0;
	broken = password_broken(password);
	sec_wipe(input, sizeof(input));

	return broken;
}

/* Rule n: its word (0), Korean (1) or English (2); NULL after the last. */
const char *
wasm_rule_text(size_t n, unsigned int which)
{
	const struct password_rule *rule = password_rule(n);

	if (rule == NULL)
		return NULL;

	return which == 0 ? rule->word : which == 1 ? rule->ko : rule->en;
}
