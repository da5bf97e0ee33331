/*
 * wasm_base.c - what the core needs of base where there is no system.
 *
 * Belongs here: errors with a small formatter, secrets without an allocator.
 * Not here: what they promise (base/err.h, base/sec.h); anything native
 * (tools/wasm.sh compiles this, meson's library does not).
 */
#include "base/err.h"
#include "base/sec.h"

#include <stdarg.h>
#include <string.h>

#define SECRET_MAX 524288 /* bytes of all secrets that live at a time */

static void
wasm_base_copy(char *out, size_t size, const char *s)
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
	wasm_base_copy(e->field, sizeof(e->field), field);
	va_start(ap, fmt);
	for (; *fmt != '\0' && n < sizeof(text) - 1; fmt++) {
		text[n] = *fmt;
		if (fmt[0] != '%' || fmt[1] != 's') {
			n++;
			continue;
		}
		wasm_base_copy(
		    text + n, sizeof(text) - n, va_arg(ap, const char *));
		n += strlen(text + n);
		fmt++;
	}
	va_end(ap);
	text[n] = '\0';
	wasm_base_copy(e->msg, sizeof(e->msg), text);
}

/* How much is too much the page says. */
void
err_record_larger(struct err *e, const char *field, size_t max_bytes)
{
	(void)max_bytes;
	err_record(e, RC_LIMIT, field, "too large");
}

void
err_clear(struct err *e)
{
	if (e != NULL)
		*e = (struct err){ 0 };
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
