/*
 * authority.c - the CAs that Korean programs know.
 *
 * Belongs here: finding one by its name, what people call it.
 * Not here: whether it is to be trusted (x509), what its policies mean
 * (policy.c).
 */
#include "npki/authority.h"

static const struct authority authorities[] = {
#define ROW(...) { __VA_ARGS__ },
#include "npki/authority.def"
#undef ROW
};

/* ASCII letters without case: what the table's names consist of. */
static bool
authority_same(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
		char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;

		if (x != y)
			return false;
	}

	return *a == *b;
}

const struct authority *
authority_find(const char *name)
{
	for (size_t i = 0; i < sizeof(authorities) / sizeof(authorities[0]);
	     i++) {
		if (authority_same(authorities[i].name, name))
			return &authorities[i];
	}

	return NULL;
}

struct authority_text
authority_text(const char *organisation, const char *common_name)
{
	const struct authority *known = authority_find(organisation);
	const char *own = organisation[0] != '\0' ? organisation : common_name;

	return (struct authority_text){ known == NULL ? own : known->ko, own };
}
