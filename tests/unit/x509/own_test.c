/*
 * own_test.c - our own chains in x509-limbo's schema, made while we are built
 * (tests/lib/limbo_make.c): each is judged as its row says.
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

int
main(int argc, char **argv)
{
	size_t n = 0, yes = 0, agree = 0, wrong = 0, mute = 0, i;
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
		mute += !c.accepted && c.e.msg[0] == '\0';
		if (c.accepted != c.expected)
			diag("%s, not as expected: %s %s: %s", c.id,
			    err_name(c.rc), c.e.field, c.e.msg);
	}
	diag("%zu cases, %zu of them yes: %zu agree, %zu wrong accepts", n, yes,
	    agree, wrong);
	ok(wrong == 0, "nothing that must fail is accepted");
	ok(n == CASES && agree == CASES, "all %d agree", CASES);
	ok(mute == 0, "every refusal says what it is about");
	json_decref(root);

	return tap_done();
}
