/*
 * names_fuzz.c - a Name of an attacker, shown and as a folder: always text
 * that may be shown, never a way out of the folder. The same bytes as CP949:
 * what is text of it is UTF-8, and comes back as the same bytes.
 *
 * Belongs here: dn.c and cp949.c.
 * Not here: the certificate around a Name (certinfo_fuzz.c).
 */
#include "base/text.h"
#include "npki/cp949.h"
#include "npki/dn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
cp949(struct span in)
{
	static uint8_t utf8[1 << 14], back[1 << 14];
	struct span text = { utf8, cp949_decode(in, utf8, sizeof(utf8)) };
	struct span again = { back, cp949_encode(text, back, sizeof(back)) };

	if (text.n > 0 && (!text_is_utf8(text) || !span_equal(again, in)))
		abort();
	/* And the other way, where it is UTF-8 itself. */
	again.n = cp949_encode(in, back, sizeof(back));
	text.n = cp949_decode(again, utf8, sizeof(utf8));
	if (again.n > 0 && !span_equal(text, in))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span name = { p, n };
	char text[DN_TEXT], folder[DN_FOLDER];
	size_t written = dn_text(name, text, sizeof(text));
	bool named = dn_folder(name, folder);

	cp949(name);
	if (written != strlen(text) ||
	    !text_is_display(span_str(text), sizeof(text)) ||
	    !text_is_display(span_str(folder), sizeof(folder)))
		abort();
	if (named != (folder[0] != '\0') || (written > 0 && !named))
		abort();
	if (strpbrk(folder, "\\/:*?\"<>|") != NULL ||
	    strcmp(folder, ".") == 0 || strcmp(folder, "..") == 0)
		abort();

	return 0;
}
