/*
 * tokens_found.h - see tokens_found.c.
 */
#pragma once

#include "base/err.h"
#include "cryptoki/known.h"
#include "cryptoki/slots.h"

#define TOKENS_FOUND_MAX 32

struct tokens_found_row {
	const char *path; /* of its module */
	struct module *module;
	struct slot_info slot;
};

/* All of them; the strings and modules belong to it. */
struct tokens_found {
	struct known known;
	struct module *modules[KNOWN_MAX];
	struct tokens_found_row rows[TOKENS_FOUND_MAX];
	size_t n;
};

/*
 * Loads a module, or (NULL) those that p11-kit knows (folder: as known_find()),
 * and lists the tokens that are there and have a PIN. Of the latter, modules
 * that do not start are left out. As module_load() and slots_list(). Free with
 * tokens_found_clear(), also after a failure.
 */
IG_CHECK enum rc tokens_found_load(struct tokens_found *out, const char *module,
    const char *folder, struct err *e);

void tokens_found_clear(struct tokens_found *f);

enum tokens_found_which { TOKENS_ONE, TOKENS_NONE, TOKENS_SEVERAL };

/*
 * Which token is meant: the one with this label or serial number, or where
 * there is none, of this number in the list, counted from 1; without a name the
 * only one, of those that can be written to where that is wanted.
 */
enum tokens_found_which tokens_found_find(const struct tokens_found *f,
    const char *name, bool write, const struct tokens_found_row **row);
