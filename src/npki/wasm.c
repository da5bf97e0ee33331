/*
 * wasm.c - the face of this room's core towards JavaScript, and the few
 * things that the core needs and a browser lacks.
 *
 * Belongs here: exports, memory without an allocator, platform.h by imports.
 * Not here: anything native (tools/wasm.sh compiles this, meson's library
 * does not); the JavaScript half (web/core/npki.js).
 *
 * One call at a time. JavaScript writes the parts of a question into the
 * input, each behind its length (four bytes, little-endian), calls, and reads
 * the parts of the answer in the same form. An opened key never leaves: it is
 * wiped before the call returns, and so is the question.
 */
#include "npki/aria.h"
#include "npki/certjson.h"
#include "npki/certview.h"
#include "npki/des3.h"
#include "npki/jsonput.h"
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/password.h"
#include "npki/pfxput.h"
#include "npki/pkcs12kdf.h"
#include "npki/pkinfo.h"
#include "npki/vid.h"

#include <stdarg.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(name) \
	__attribute__((import_module("platform"), import_name(name)))

#define INPUT_MAX  262144
#define OUTPUT_MAX 131072
#define FORM_MAX   32     /* bytes of a form's name, and a zero */
#define SECRET_MAX 524288 /* of all secrets that live at a time */

static uint8_t input[INPUT_MAX], output[OUTPUT_MAX];
static size_t output_n;
static char json[CERTVIEW_JSON];

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
IMPORT("aesCbc")
int import_aes_cbc(int encrypt, const uint8_t *key, size_t key_n,
    const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out);
IMPORT("hmac")
int import_hmac(int hash, const uint8_t *key, size_t key_n, const uint8_t *in,
    size_t n, uint8_t *out);
IMPORT("random") int import_random(uint8_t *out, size_t n);

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

void
sec_wipe(void *p, size_t n)
{
	volatile uint8_t *byte = p;

	while (n-- > 0)
		*byte++ = 0;
}

/* base/sec.h over static memory, from its beginning to its end. */
static struct {
	uint8_t bytes[SECRET_MAX];
	size_t n, live; /* bytes given away; secrets that live */
} secrets;

enum rc
sec_new(struct sec *s, size_t n, struct err *e)
{
	if (n > sizeof(secrets.bytes) - secrets.n)
		return err_set(e, RC_LIMIT, NULL, "secret too large");
	*s = (struct sec){ secrets.bytes + secrets.n, n, n };
	secrets.n += n;
	secrets.live++;

	return RC_OK;
}

/* Memory comes back when its neighbour or the last secret goes. */
void
sec_free(struct sec *s)
{
	if (s->p == NULL)
		return;
	sec_wipe(s->p, s->size);
	if (s->p + s->size == secrets.bytes + secrets.n)
		secrets.n -= s->size;
	if (--secrets.live == 0)
		secrets.n = 0;
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
		return err_set(
		    e, RC_UNKNOWN, NULL, "a browser cannot compute this");

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
platform_hmac(enum platform_hash hash, struct span key, struct span in,
    uint8_t out[static PLATFORM_HASH_MAX], struct err *e)
{
	return wasm_answer(
	    import_hmac(wasm_hash(hash), key.p, key.n, in.p, in.n, out), e);
}

enum rc
platform_random(uint8_t *out, size_t n, struct err *e)
{
	return wasm_answer(import_random(out, n), e);
}

static enum rc
wasm_aria(
    bool encrypt, struct span key, struct span iv, struct span in, uint8_t *out)
{
	struct aria s;

	aria_init(&s, key);
	if (encrypt)
		aria_cbc_encrypt(&s, iv.p, in.p, out, in.n);
	else
		aria_cbc_decrypt(&s, iv.p, in.p, out, in.n);
	sec_wipe(&s, sizeof(s));

	return RC_OK;
}

static enum rc
wasm_des3(
    bool encrypt, struct span key, struct span iv, struct span in, uint8_t *out)
{
	struct des3 s;

	des3_init(&s, key.p);
	if (encrypt)
		des3_cbc_encrypt(&s, iv.p, in.p, out, in.n);
	else
		des3_cbc_decrypt(&s, iv.p, in.p, out, in.n);
	sec_wipe(&s, sizeof(s));

	return RC_OK;
}

/* AES is JavaScript's, the others are ours. */
static enum rc
wasm_cbc(enum platform_cipher cipher, bool encrypt, struct span key,
    struct span iv, struct span in, uint8_t *out, struct err *e)
{
	switch (cipher) {
	case PLATFORM_AES_128_CBC:
	case PLATFORM_AES_192_CBC:
	case PLATFORM_AES_256_CBC:
		return wasm_answer(import_aes_cbc(encrypt ? 1 : 0, key.p, key.n,
				       iv.p, in.p, in.n, out),
		    e);
	case PLATFORM_ARIA_128_CBC:
	case PLATFORM_ARIA_192_CBC:
	case PLATFORM_ARIA_256_CBC:
		return wasm_aria(encrypt, key, iv, in, out);
	case PLATFORM_3DES_CBC:
		return wasm_des3(encrypt, key, iv, in, out);
	case PLATFORM_SEED_CBC:
	case PLATFORM_RC2_40_CBC:
	case PLATFORM_RC2_128_CBC:
		break;
	}

	return err_set(e, RC_BUG, NULL, "a cipher that is not the platform's");
}

enum rc
platform_decrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return wasm_cbc(cipher, false, key, iv, in, out, e);
}

enum rc
platform_encrypt(enum platform_cipher cipher, struct span key, struct span iv,
    struct span in, uint8_t *out, struct err *e)
{
	return wasm_cbc(cipher, true, key, iv, in, out, e);
}

enum rc
platform_pkcs12_kdf(enum platform_hash hash, struct span password,
    struct span salt, uint8_t id, uint32_t iterations, uint8_t *out, size_t n,
    struct err *e)
{
	return pkcs12kdf_derive(
	    hash, password, salt, id, iterations, out, n, e);
}

/* Parts behind their lengths, at most max of them. */
static enum rc
wasm_list(
    struct span in, struct span *parts, size_t max, size_t *n, struct err *e)
{
	*n = 0;
	while (in.n > 0) {
		size_t size;

		if (in.n < 4 || *n == max)
			return err_set(e, RC_LIMIT, NULL, "too many parts");
		size = (size_t)in.p[0] | (size_t)in.p[1] << 8 |
		    (size_t)in.p[2] << 16 | (size_t)in.p[3] << 24;
		in.p += 4;
		in.n -= 4;
		if (size > in.n)
			return err_set(e, RC_BUG, NULL, "a part is cut off");
		parts[(*n)++] = (struct span){ in.p, size };
		in.p += size;
		in.n -= size;
	}

	return RC_OK;
}

/* The parts of a question of n bytes: exactly count of them. */
static enum rc
wasm_parts(size_t n, struct span *parts, size_t count, struct err *e)
{
	size_t found;
	enum rc rc;

	if (n > sizeof(input))
		return err_set(e, RC_LIMIT, NULL, "question too large");
	rc = wasm_list((struct span){ input, n }, parts, count, &found, e);
	if (rc == RC_OK && found != count)
		return err_set(e, RC_BUG, NULL, "a part is missing");

	return rc;
}

/* One more part of the answer. */
static enum rc
wasm_give(struct span part, struct err *e)
{
	if (sizeof(output) - output_n < 4 ||
	    part.n > sizeof(output) - output_n - 4)
		return err_set(e, RC_BUG, NULL, "answer too large");
	for (size_t i = 0; i < 4; i++)
		output[output_n++] = (uint8_t)(part.n >> 8 * i);
	if (part.n > 0)
		memcpy(output + output_n, part.p, part.n);
	output_n += part.n;

	return RC_OK;
}

/* An answer that is JSON of n bytes, 0 where it did not fit. */
static enum rc
wasm_give_json(size_t n, struct err *e)
{
	if (n == 0)
		return err_set(e, RC_BUG, NULL, "facts do not fit");

	return wasm_give((struct span){ (const uint8_t *)json, n }, e);
}

/*
 * Asks and answers. After a failure the answer is two parts, what it is about
 * and the sentence; the code is the result.
 */
#define PARTS_MAX 5
static enum rc
wasm_run(size_t n, size_t count,
    enum rc (*run)(const struct span *parts, struct err *e))
{
	struct span parts[PARTS_MAX];
	struct err e = { 0 };
	enum rc rc;

	output_n = 0;
	rc = wasm_parts(n, parts, count, &e);
	if (rc == RC_OK)
		rc = run(parts, &e);
	sec_wipe(input, n < sizeof(input) ? n : sizeof(input));
	if (rc == RC_OK)
		return rc;
	output_n = 0;
	if (wasm_give(span_str(e.field), NULL) != RC_OK ||
	    wasm_give(span_str(e.msg), NULL) != RC_OK)
		return RC_BUG;

	return rc;
}

/* {certificate}: its facts as JSON. */
static enum rc
wasm_do_certificate(const struct span *parts, struct err *e)
{
	struct certinfo c;
	enum rc rc = certinfo_parse(parts[0], &c, e);

	if (rc != RC_OK)
		return rc;

	return wasm_give_json(certjson_write(&c, json, sizeof(json)), e);
}

/* {certificate}: all of it as JSON. */
static enum rc
wasm_do_view(const struct span *parts, struct err *e)
{
	struct certview v;
	enum rc rc = certview_parse(parts[0], &v, e);

	if (rc != RC_OK)
		return rc;

	return wasm_give_json(certview_write(&v, json, sizeof(json)), e);
}

/* {certificate}: {"ca", "subject"}, the names of its folders. */
static enum rc
wasm_do_folder(const struct span *parts, struct err *e)
{
	struct jsonput w = jsonput_init(json, sizeof(json));
	char ca[DN_FOLDER], subject[DN_FOLDER];
	struct certinfo c;
	enum rc rc = certinfo_parse(parts[0], &c, e);

	if (rc != RC_OK)
		return rc;
	if (!dn_ca_folder(&c, ca) || !dn_folder(c.subject_der, subject))
		return err_set(e, RC_FORMAT, "subject",
		    "a certificate without names has no folder");
	jsonput_raw(&w, "{\"ca\":");
	jsonput_string(&w, ca);
	jsonput_raw(&w, ",\"subject\":");
	jsonput_string(&w, subject);
	jsonput_raw(&w, "}");

	return wasm_give_json(jsonput_end(&w), e);
}

/* The modulus that the key of a certificate must have; none without one. */
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

/* {key file, password, certificate or nothing}: does it open? */
static enum rc
wasm_do_key_file(const struct span *parts, struct err *e)
{
	struct sec opened SEC_WIPED = { 0 };
	struct span modulus;
	enum rc rc = wasm_modulus(parts[2], &modulus, e);

	if (rc != RC_OK)
		return rc;

	return keyfile_open(parts[0], parts[1], modulus, &opened, e);
}

/* The form with this name; no name leaves it as it is. */
static enum rc
wasm_form(struct span name, enum pbe_form *form, struct err *e)
{
	char text[FORM_MAX] = "";

	if (name.n < sizeof(text))
		memcpy(text, name.p, name.n);
	if (name.n > 0 && !pbeput_form_find(text, form))
		return err_set(
		    e, RC_UNKNOWN, "form", "no such form of key file");

	return RC_OK;
}

/* A password that is set keeps the rules; the sentence is that of the first. */
static enum rc
wasm_new_password(struct span password, struct err *e)
{
	unsigned int broken = password_broken(password);

	for (size_t i = 0; password_rule(i) != NULL; i++) {
		if ((broken & 1U << i) != 0)
			return err_set(e, RC_POLICY, "password", "%s",
			    password_rule(i)->en);
	}

	return RC_OK;
}

/*
 * {key file, old password, new password, form or nothing, certificate or
 * nothing}: the file under the new password, which is seen to open it.
 */
static enum rc
wasm_do_change(const struct span *parts, struct err *e)
{
	static uint8_t made[KEYFILE_MAX];
	struct span modulus, file;
	enum pbe_form form = PBE_SEED_SHA1;
	enum rc rc = wasm_form(parts[3], &form, e);

	if (rc == RC_OK)
		rc = wasm_new_password(parts[2], e);
	if (rc == RC_OK)
		rc = wasm_modulus(parts[4], &modulus, e);
	if (rc == RC_OK)
		rc = keyput_change(parts[0], parts[1], modulus,
		    parts[3].n > 0 ? &form : NULL, parts[2], made, sizeof(made),
		    &file, e);
	if (rc != RC_OK)
		return rc;

	return wasm_give(file, e);
}

/* A key of a PKCS#12 file as a key file. */
static enum rc
wasm_give_key(
    struct span info, struct span password, enum pbe_form form, struct err *e)
{
	static uint8_t made[KEYFILE_MAX];
	struct span file;
	enum rc rc =
	    keyput_seal(form, 0, password, info, made, sizeof(made), &file, e);

	if (rc != RC_OK)
		return rc;

	return wasm_give(file, e);
}

/* {"pairs": [is it for encryption?, …]}; what follows them are others. */
static enum rc
wasm_give_pairs(const struct pfx *p, struct err *e)
{
	struct jsonput w = jsonput_init(json, sizeof(json));

	jsonput_raw(&w, "{\"pairs\":[");
	for (size_t i = 0; i < p->n; i++) {
		jsonput_raw(&w, i == 0 ? "" : ",");
		jsonput_raw(&w, p->pairs[i].encryption ? "true" : "false");
	}
	jsonput_raw(&w, "]}");

	return wasm_give_json(jsonput_end(&w), e);
}

/*
 * {PKCS#12 file, its password, password for the keys or nothing, form or
 * nothing}: JSON that says which pairs there are, then of each the
 * certificate and its key as a key file, then the certificates of others. The
 * keys keep the file's password, whatever it is, unless another is given.
 */
static enum rc
wasm_do_pfx_open(const struct span *parts, struct err *e)
{
	struct span password = parts[2].n > 0 ? parts[2] : parts[1];
	enum pbe_form form = PBE_SEED_SHA1;
	struct pfx p = { 0 };
	enum rc rc = wasm_form(parts[3], &form, e);

	if (rc == RC_OK && parts[2].n > 0)
		rc = wasm_new_password(parts[2], e);
	if (rc == RC_OK)
		rc = pfx_open(parts[0], parts[1], &p, e);
	if (rc == RC_OK)
		rc = wasm_give_pairs(&p, e);
	for (size_t i = 0; rc == RC_OK && i < p.n; i++) {
		rc = wasm_give(p.pairs[i].certificate, e);
		if (rc == RC_OK)
			rc = wasm_give_key(p.pairs[i].info, password, form, e);
	}
	for (size_t i = 0; rc == RC_OK && i < p.chain_n; i++)
		rc = wasm_give(p.chain[i], e);
	pfx_clear(&p);

	return rc;
}

/* Certificates and key files, in turn, to pairs with opened keys. */
static enum rc
wasm_pairs(struct span list, struct span password, struct pfx *out,
    struct sec keys[PFX_PAIRS], struct err *e)
{
	struct span parts[2 * PFX_PAIRS], modulus;
	size_t n;
	enum rc rc = wasm_list(list, parts, 2 * PFX_PAIRS, &n, e);

	if (rc == RC_OK && n % 2 != 0)
		return err_set(e, RC_BUG, NULL, "a key is missing");
	for (size_t i = 0; rc == RC_OK && i < n / 2; i++) {
		rc = wasm_modulus(parts[2 * i], &modulus, e);
		if (rc == RC_OK)
			rc = keyfile_open(
			    parts[2 * i + 1], password, modulus, &keys[i], e);
		if (rc != RC_OK)
			return rc;
		out->pairs[out->n++] = (struct pfx_pair){
			.certificate = parts[2 * i],
			.info = sec_span(&keys[i]),
		};
	}

	return rc;
}

/*
 * {form, password of the file to make, password of the keys, certificates and
 * key files in turn, certificates of others}: the PKCS#12 file. The password
 * may be that of the keys, whatever it is; another keeps the rules.
 */
static enum rc
wasm_do_pfx_make(const struct span *parts, struct err *e)
{
	static uint8_t made[PFX_MAX];
	struct sec keys[PFX_PAIRS] = { { 0 } };
	enum pfxput_form form = PFXPUT_MODERN;
	char name[FORM_MAX] = "";
	struct pfx in = { 0 };
	struct span file;
	enum rc rc = RC_OK;

	if (parts[0].n < sizeof(name))
		memcpy(name, parts[0].p, parts[0].n);
	if (!pfxput_form_find(name, &form))
		return err_set(
		    e, RC_UNKNOWN, "form", "no such form of PKCS#12 file");
	if (!sec_equal(parts[1], parts[2]))
		rc = wasm_new_password(parts[1], e);
	if (rc == RC_OK)
		rc = wasm_list(parts[4], in.chain, PFX_CHAIN, &in.chain_n, e);
	if (rc == RC_OK)
		rc = wasm_pairs(parts[3], parts[2], &in, keys, e);
	if (rc == RC_OK)
		rc = pfxput_make(
		    form, parts[1], &in, made, sizeof(made), &file, e);
	for (size_t i = PFX_PAIRS; i-- > 0;)
		sec_free(&keys[i]);
	if (rc != RC_OK)
		return rc;

	return wasm_give(file, e);
}

/*
 * {key file, password, certificate, number as typed}: is the certificate that
 * of this person or company (vid_check)?
 */
static enum rc
wasm_do_vid(const struct span *parts, struct err *e)
{
	struct sec key SEC_WIPED = { 0 };
	char number[VID_NUMBER_SIZE];
	struct certinfo c;
	struct pkinfo k;
	enum rc rc = certinfo_parse(parts[2], &c, e);

	if (rc == RC_OK)
		rc = vid_number(parts[3], number, e);
	if (rc == RC_OK)
		rc = keyfile_open(parts[0], parts[1], c.modulus, &key, e);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&key), &k, e);
	if (rc == RC_OK && k.r.n == 0)
		rc = err_set(e, RC_ABSENT, "randomNum",
		    "the key has no R, with which alone the number is checked");
	if (rc == RC_OK)
		rc = vid_check(&c, span_str(number), k.r, false, e);
	sec_wipe(number, sizeof(number));

	return rc;
}

/* {password}: the words of the rules that it breaks. */
static enum rc
wasm_do_broken(const struct span *parts, struct err *e)
{
	struct jsonput w = jsonput_init(json, sizeof(json));
	unsigned int broken = password_broken(parts[0]);
	const char *before = "[";

	for (size_t i = 0; password_rule(i) != NULL; i++) {
		if ((broken & 1U << i) == 0)
			continue;
		jsonput_raw(&w, before);
		jsonput_string(&w, password_rule(i)->word);
		before = ",";
	}
	jsonput_raw(&w, before[0] == '[' ? "[]" : "]");

	return wasm_give_json(jsonput_end(&w), e);
}

/* {}: the rules as [{"word", "ko", "en"}]. */
static enum rc
wasm_do_rules(const struct span *parts, struct err *e)
{
	struct jsonput w = jsonput_init(json, sizeof(json));
	const struct password_rule *rule;

	(void)parts;
	for (size_t i = 0; (rule = password_rule(i)) != NULL; i++) {
		jsonput_raw(&w, i == 0 ? "[{\"word\":" : ",{\"word\":");
		jsonput_string(&w, rule->word);
		jsonput_raw(&w, ",\"ko\":");
		jsonput_string(&w, rule->ko);
		jsonput_raw(&w, ",\"en\":");
		jsonput_string(&w, rule->en);
		jsonput_raw(&w, "}");
	}
	jsonput_raw(&w, "]");

	return wasm_give_json(jsonput_end(&w), e);
}

/* The name of a code, for the error that JavaScript throws. */
EXPORT("errorName") const char *wasm_error_name(int rc);
EXPORT("input") uint8_t *wasm_input(void);
EXPORT("inputMax") size_t wasm_input_max(void);
EXPORT("output") const uint8_t *wasm_output(void);
EXPORT("outputLength") size_t wasm_output_length(void);
EXPORT("certificate") enum rc wasm_certificate(size_t n);
EXPORT("view") enum rc wasm_view(size_t n);
EXPORT("folder") enum rc wasm_folder(size_t n);
EXPORT("keyFile") enum rc wasm_key_file(size_t n);
EXPORT("change") enum rc wasm_change(size_t n);
EXPORT("pfxOpen") enum rc wasm_pfx_open(size_t n);
EXPORT("pfxMake") enum rc wasm_pfx_make(size_t n);
EXPORT("vid") enum rc wasm_vid(size_t n);
EXPORT("passwordBroken") enum rc wasm_password_broken(size_t n);
EXPORT("passwordRules") enum rc wasm_password_rules(size_t n);

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

const uint8_t *
wasm_output(void)
{
	return output;
}

size_t
wasm_output_length(void)
{
	return output_n;
}

enum rc
wasm_certificate(size_t n)
{
	return wasm_run(n, 1, wasm_do_certificate);
}

enum rc
wasm_view(size_t n)
{
	return wasm_run(n, 1, wasm_do_view);
}

enum rc
wasm_folder(size_t n)
{
	return wasm_run(n, 1, wasm_do_folder);
}

enum rc
wasm_key_file(size_t n)
{
	return wasm_run(n, 3, wasm_do_key_file);
}

enum rc
wasm_change(size_t n)
{
	return wasm_run(n, 5, wasm_do_change);
}

enum rc
wasm_pfx_open(size_t n)
{
	return wasm_run(n, 4, wasm_do_pfx_open);
}

enum rc
wasm_pfx_make(size_t n)
{
	return wasm_run(n, 5, wasm_do_pfx_make);
}

enum rc
wasm_vid(size_t n)
{
	return wasm_run(n, 4, wasm_do_vid);
}

enum rc
wasm_password_broken(size_t n)
{
	return wasm_run(n, 1, wasm_do_broken);
}

enum rc
wasm_password_rules(size_t n)
{
	return wasm_run(n, 0, wasm_do_rules);
}
