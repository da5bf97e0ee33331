/*
 * names_fuzz.c - a Name of an attacker, shown and as a folder: always text
 * that may be shown, never a way out of the folder.
 */
#include "base/text.h"
#include "npki/dn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct span name = { p, n };
	char text[DN_TEXT], folder[DN_FOLDER];
	size_t written = dn_text(name, text, sizeof(text));
	bool named = dn_folder(name, folder);

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
