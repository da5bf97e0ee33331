/*
 * own_test.c - our own chains in x509-limbo's schema, made while we are built
 * (tests/lib/limbo_make.c): each is judged, and refused by name, as its row says.
 */
#include "limbo.h"

#define CASES 365

static enum chain_profile
profile_of(const char *name)
{
	static const char *const names[] = {
		[CHAIN_PATH] = "path",
		[CHAIN_SIGN] = "sign",
		[CHAIN_ENCRYPT] = "encrypt",
		[CHAIN_SERVER] = "server",
		[CHAIN_WEB] = "web",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return (enum chain_profile)i;
	}
	abort();
}

/* Is it the field and the clause, which is in brackets, of the row? */
static bool
is_named(const struct limbo_case *c, const json_t *refused)
{
	const char *clause = strstr(c->e.msg, " (");
	char got[sizeof(c->e.field) + sizeof(c->e.msg)];

	(void)snprintf(
	    got, sizeof(got), "%s%s", c->e.field, clause == NULL ? "" : clause);
	if (strcmp(got, json_string_value(refused)) == 0)
		return true;
	diag("%s, not as expected: %s", c->id, got);

	return false;
}

int
main(int argc, char **argv)
{
	size_t n = 0, yes = 0, agree = 0, wrong = 0, named = 0, i;
	json_t *root, *test;

	if (argc != 2 || (root = json_load_file(argv[1], 0, NULL)) == NULL)
		abort();
	json_array_foreach(json_object_get(root, "testcases"), i, test)
	{
		struct limbo_case c = limbo_run(test,
		    profile_of(
			json_string_value(json_object_get(test, "profile"))));

		n++;
		yes += c.expected;
		agree += c.accepted == c.expected;
		wrong += c.accepted && !c.expected;
		named += !c.accepted && !c.expected &&
		    is_named(&c, json_object_get(test, "refused"));
		if (c.accepted != c.expected)
			diag("%s, not as expected: %s %s: %s", c.id,
			    err_name(c.rc), c.e.field, c.e.msg);
	}
	diag("%zu cases, %zu of them yes: %zu agree, %zu wrong accepts", n, yes,
	    agree, wrong);
	ok(wrong == 0, "nothing that must fail is accepted");
	ok(n == CASES && agree == CASES, "all %d agree", CASES);
	ok(named == n - yes,
	    "each of %zu refusals names field and clause of its row (%zu)",
	    n - yes, named);
	json_decref(root);

	return tap_done();
}
