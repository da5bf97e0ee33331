/*
 * enc.c - bytes as text: hex, base64, base64url.
 *
 * Belongs here: the three alphabets, written and strictly read.
 * Not here: PEM (x509), percent-encoding (http).
 */
#include "base/enc.h"

static const char hex_digits[] = "0123456789abcdef";
static const char b64_std[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b64_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
enc_hex(struct buf *out, struct span in)
{
	uint8_t *p = in.n > SIZE_MAX / 2 ? NULL : buf_grow(out, 2 * in.n);

	for (size_t i = 0; p != NULL && i < in.n; i++) {
		*p++ = (uint8_t)hex_digits[in.p[i] >> 4];
		*p++ = (uint8_t)hex_digits[in.p[i] & 15];
	}
}

static void
enc_b64(struct buf *out, struct span in, const char *digits, bool pad)
{
	size_t whole = in.n / 3 * 3, left = in.n - whole;
	size_t n = whole / 3 * 4 + (left == 0 ? 0 : pad ? 4 : left + 1);
	uint8_t *p = in.n > SIZE_MAX / 2 ? NULL : buf_grow(out, n);
	uint32_t v;

	if (p == NULL)
		return;
	for (size_t i = 0; i < whole; i += 3) {
		v = (uint32_t)in.p[i] << 16 | (uint32_t)in.p[i + 1] << 8 |
		    in.p[i + 2];
		*p++ = (uint8_t)digits[v >> 18];
		*p++ = (uint8_t)digits[v >> 12 & 63];
		*p++ = (uint8_t)digits[v >> 6 & 63];
		*p++ = (uint8_t)digits[v & 63];
	}
	if (left == 0)
		return;
	v = (uint32_t)in.p[whole] << 16;
	if (left == 2)
		v |= (uint32_t)in.p[whole + 1] << 8;
	*p++ = (uint8_t)digits[v >> 18];
	*p++ = (uint8_t)digits[v >> 12 & 63];
	if (left == 2)
		*p++ = (uint8_t)digits[v >> 6 & 63];
	for (size_t i = left; pad && i < 3; i++)
		*p++ = '=';
}

void
enc_base64(struct buf *out, struct span in)
{
	enc_b64(out, in, b64_std, true);
}

void
enc_base64url(struct buf *out, struct span in)
{
	enc_b64(out, in, b64_url, false);
}

int
enc_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	return -1;
}

static enum rc
enc_end(struct buf *out, size_t start, struct err *e)
{
	if (buf_ok(out))
		return RC_OK;
	out->failed = false;
	out->n = start;

	return err_set(e, RC_LIMIT, NULL, "decoded data too long");
}

enum rc
enc_hex_parse(struct buf *out, struct span in, struct err *e)
{
	size_t start = out->n;

	if (in.n % 2 != 0)
		return err_set(e, RC_FORMAT, NULL, "odd number of hex digits");
	for (size_t i = 0; i < in.n; i += 2) {
		int high = enc_hex_digit(in.p[i]);
		int low = enc_hex_digit(in.p[i + 1]);

		if (high < 0 || low < 0) {
			out->n = start;
			return err_set(e, RC_FORMAT, NULL, "not a hex digit");
		}
		buf_u8(out, (uint8_t)(high << 4 | low));
	}

	return enc_end(out, start, e);
}

static int
b64_value(uint8_t c, const char *digits)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (uint8_t)digits[62])
		return 62;
	if (c == (uint8_t)digits[63])
		return 63;

	return -1;
}

static enum rc
enc_b64_parse(
    struct buf *out, struct span in, const char *digits, struct err *e)
{
	size_t start = out->n;
	uint32_t v = 0;
	unsigned int bits = 0;

	for (size_t i = 0; i < in.n; i++) {
		int d = b64_value(in.p[i], digits);

		if (d < 0) {
			out->n = start;
			return err_set(e, RC_FORMAT, NULL, "not base64");
		}
		v = (v << 6 | (uint32_t)d) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_u8(out, (uint8_t)(v >> bits));
		}
	}
	/* A lone digit, or bits that no encoder would have set. */
	if (bits == 6 || (v & ((1U << bits) - 1)) != 0) {
		out->n = start;
		return err_set(e, RC_FORMAT, NULL, "base64 ends wrongly");
	}

	return enc_end(out, start, e);
}

enum rc
enc_base64_parse(struct buf *out, struct span in, struct err *e)
{
	size_t pad = 0;

	if (in.n % 4 != 0)
		return err_set(e, RC_FORMAT, NULL, "base64 length");
	while (pad < 2 && pad < in.n && in.p[in.n - 1 - pad] == '=')
		pad++;
	in.n -= pad;

	return enc_b64_parse(out, in, b64_std, e);
}

enum rc
enc_base64url_parse(struct buf *out, struct span in, struct err *e)
{
	return enc_b64_parse(out, in, b64_url, e);
}
