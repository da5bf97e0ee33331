/*
 * code.c - the codes that people carry from one screen to another.
 *
 * Belongs here: drawing, reading and writing 12 and 13 digits, their check
 * digit.
 * Not here: what a code protects (cpace.c); who gets which channel (domain);
 * one-time PINs (vault).
 */
#include "pake/code.h"

#include "base/rnd.h"
#include "base/sec.h"
#include "base/text.h"

#define SECRET_DIGITS 7

static const struct {
	size_t channel, digits;
	size_t groups[3]; /* as shown */
} kinds[] = {
	[CODE_TRANSFER] = { 4, 12, { 4, 4, 4 } },
	[CODE_IMPORT] = { 5, 13, { 5, 4, 4 } },
};

/* ISO/IEC 7064 MOD 11,10 (hybrid) over n digits. */
static char
code_check_digit(const char *digits, size_t n)
{
	unsigned int p = 10;

	for (size_t i = 0; i < n; i++) {
		unsigned int s = (p + (unsigned int)(digits[i] - '0')) % 10;

		p = (s == 0 ? 10 : s) * 2 % 11;
	}

	return (char)('0' + (11 - p) % 10);
}

enum rc
code_new(
    enum code_kind kind, struct span channel, struct code *out, struct err *e)
{
	size_t n = kinds[kind].digits;

	memset(out, 0, sizeof(*out));
	if (channel.n != kinds[kind].channel || !text_is_digits(channel))
		return err_set(e, RC_FORMAT, "channel", "not %zu digits",
		    kinds[kind].channel);
	out->kind = kind;
	memcpy(out->digits, channel.p, channel.n);
	rnd_digits(out->digits + channel.n, SECRET_DIGITS);
	out->digits[n - 1] = code_check_digit(out->digits, n - 1);

	return RC_OK;
}

enum rc
code_parse(
    enum code_kind kind, struct span text, struct code *out, struct err *e)
{
	size_t n = 0, digits = kinds[kind].digits;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == ' ' || text.p[i] == '-')
			continue;
		if (text.p[i] < '0' || text.p[i] > '9' || n == digits) {
			code_wipe(out);
			return err_set(
			    e, RC_FORMAT, "code", "not %zu digits", digits);
		}
		out->digits[n++] = (char)text.p[i];
	}
	if (n != digits ||
	    out->digits[n - 1] != code_check_digit(out->digits, n - 1)) {
		code_wipe(out);
		return n != digits
		    ? err_set(e, RC_FORMAT, "code", "not %zu digits", digits)
		    : err_set(e, RC_SECRET, "code", "a digit is mistyped");
	}
	out->kind = kind;

	return RC_OK;
}

void
code_format(const struct code *c, char out[static CODE_TEXT_SIZE])
{
	const char *from = c->digits;

	for (size_t g = 0; g < 3; g++) {
		if (g > 0)
			*out++ = '-';
		memcpy(out, from, kinds[c->kind].groups[g]);
		out += kinds[c->kind].groups[g];
		from += kinds[c->kind].groups[g];
	}
	*out = '\0';
}

struct span
code_digits(const struct code *c)
{
	return span_str(c->digits);
}

struct span
code_channel(const struct code *c)
{
	return (
	    struct span){ (const uint8_t *)c->digits, kinds[c->kind].channel };
}

void
code_wipe(struct code *c)
{
	sec_wipe(c, sizeof(*c));
}
