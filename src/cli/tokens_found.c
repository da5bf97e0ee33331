/*
 * tokens_found.c - the tokens of this PC, and which of them is meant.
 *
 * Belongs here: all modules, all their tokens.
 * Not here: one module (cryptoki); where our own is registered (places.c).
 */
#include "cli/tokens_found.h"

#include "base/text.h"

#include <string.h>

static enum rc
tokens_found_add(struct tokens_found *f, size_t i, struct err *e)
{
	struct slot_info slots[SLOTS_MAX];
	size_t n = 0;
	enum rc rc = module_load(f->known.path[i], &f->modules[i], e);

	if (rc == RC_OK)
		rc = slots_list(f->modules[i], slots, SLOTS_MAX, &n, e);
	if (rc != RC_OK)
		return rc;
	for (size_t j = 0; j < n; j++) {
		if (!slots[j].initialised)
			continue;
		if (f->n == TOKENS_FOUND_MAX)
			return err_set(e, RC_LIMIT, "tokens", "too many");
		f->rows[f->n++] = (struct tokens_found_row){ f->known.path[i],
			f->modules[i], slots[j] };
	}

	return RC_OK;
}

enum rc
tokens_found_load(struct tokens_found *out, const char *module,
    const char *folder, struct err *e)
{
	size_t n;
	enum rc rc;

	out->n = 0;
	if (module == NULL) {
		rc = known_find(&out->known, folder, e);
		for (size_t i = 0; rc == RC_OK && i < out->known.n; i++)
			(void)!tokens_found_add(out, i, NULL);
		return rc;
	}
	n = strlen(module);
	if (n >= KNOWN_PATH)
		return err_set(e, RC_LIMIT, "module", "a path too long");
	memcpy(out->known.path[0], module, n + 1);
	out->known.n = 1;

	return tokens_found_add(out, 0, e);
}

void
tokens_found_clear(struct tokens_found *f)
{
	for (size_t i = 0; i < f->known.n; i++) {
		module_free(f->modules[i]);
		f->modules[i] = NULL;
	}
	f->known.n = f->n = 0;
}

/* What is no name may be a number of the list. */
static enum tokens_found_which
tokens_found_number(const struct tokens_found *f, const char *text,
    const struct tokens_found_row **row)
{
	uint64_t number = 0;

	if (text_uint(span_str(text), f->n, &number, NULL) != RC_OK ||
	    number == 0)
		return TOKENS_NONE;
	*row = &f->rows[number - 1];

	return TOKENS_ONE;
}

enum tokens_found_which
tokens_found_find(const struct tokens_found *f, const char *name, bool write,
    const struct tokens_found_row **row)
{
	size_t found = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct slot_info *s = &f->rows[i].slot;

		if (name != NULL ? strcmp(name, s->label) != 0 &&
			    strcmp(name, s->serial) != 0
				 : write && s->write_protected)
			continue;
		*row = &f->rows[i];
		found++;
	}

	if (found == 0 && name != NULL)
		return tokens_found_number(f, name, row);

	return found == 0 ? TOKENS_NONE
	    : found == 1  ? TOKENS_ONE
			  : TOKENS_SEVERAL;
}
