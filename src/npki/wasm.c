/*
 * wasm.c - the face of this room's core towards JavaScript.
 *
 * Belongs here: exports, how a question comes in and its answer goes out.
 * Not here: the answers (wasm_*.c, by subject); which questions there are
 * (wasm.def); anything native (tools/wasm.sh compiles this, meson's library
 * does not); the JavaScript half (web/core/npki.js).
 *
 * One call at a time. JavaScript writes the parts of a question into the
 * input, each behind its length (four bytes, little-endian), calls, and reads
 * the parts of the answer in the same form. An opened key never leaves: it is
 * wiped before the call returns, and so is the question.
 */
#include "npki/wasm.h"

#include <assert.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(name)))

#define INPUT_MAX    262144
#define OUTPUT_MAX   196608

static uint8_t input[INPUT_MAX], output[OUTPUT_MAX];
static size_t output_n;
char wasm_json[CERTVIEW_JSON];

enum rc
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

void
wasm_text(struct span part, char out[WASM_TEXT])
{
	size_t n = part.n < WASM_TEXT ? part.n : 0;

	if (n > 0)
		memcpy(out, part.p, n);
	out[n] = '\0';
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

enum rc
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

enum rc
wasm_give_json(size_t n, struct err *e)
{
	if (n == 0)
		return err_set(e, RC_BUG, NULL, "facts do not fit");

	return wasm_give((struct span){ (const uint8_t *)wasm_json, n }, e);
}

/*
 * Asks and answers. After a failure the answer is two parts, what it is about
 * and the sentence; the code is the result.
 */
static enum rc
wasm_run(size_t n, size_t count,
    enum rc (*run)(const struct span *parts, struct err *e))
{
	struct span parts[WASM_PARTS];
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

/* The name of a code, for the error that JavaScript throws. */
EXPORT("errorName") const char *wasm_error_name(int rc);
EXPORT("input") uint8_t *wasm_input(void);
EXPORT("inputMax") size_t wasm_input_max(void);
EXPORT("output") const uint8_t *wasm_output(void);
EXPORT("outputLength") size_t wasm_output_length(void);

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

/* Each question is an export: JavaScript calls it with the input's length. */
#define QUESTION(function, name, count)                       \
	EXPORT(#name) enum rc wasm_ask_##name(size_t n);      \
	enum rc wasm_ask_##name(size_t n)                     \
	{                                                     \
		static_assert((count) <= WASM_PARTS, "room"); \
		return wasm_run(n, count, function);          \
	}
#include "npki/wasm.def"
#undef QUESTION
