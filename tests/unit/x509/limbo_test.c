/*
 * limbo_test.c - the 135 cases of C2SP's x509-limbo: none that must fail is
 * accepted, and what we refuse beyond them is explained in
 * tests/golden/limbo-deviations.txt.
 */
#include "limbo.h"

#include "lib/explained.h"
#include "lib/vectors.h"

#define CASES 135
#define AGREE 132

/* Cases of the web's rules by their names; the others are of RFC 5280. */
static enum chain_profile
profile_of(const char *id)
{
	return strncmp(id, "webpki::", 8) == 0 ||
		strncmp(id, "online::", 8) == 0
	    ? CHAIN_WEB
	    : CHAIN_SERVER;
}

static void
run(const json_t *tests, struct explained *known)
{
	size_t n = 0, agree = 0, wrong = 0, mute = 0, i;
	json_t *test;

	json_array_foreach(tests, i, test)
	{
		struct limbo_case c = limbo_run(test,
		    profile_of(json_string_value(json_object_get(test, "id"))));

		n++;
		agree += c.accepted == c.expected;
		wrong += c.accepted && !c.expected;
		mute += !c.accepted && c.e.msg[0] == '\0';
		if (c.accepted == c.expected)
			continue;
		diag("%s: %s %s: %s", c.id, err_name(c.rc), c.e.field, c.e.msg);
		if (!c.accepted)
			explained_take(known, c.id);
	}
	diag("%zu cases: %zu agree, %zu differ, %zu wrong accepts", n, agree,
	    n - agree, wrong);
	ok(wrong == 0, "nothing that must fail is accepted");
	ok(n == CASES && agree == AGREE, "%d of %d cases agree", AGREE, CASES);
	ok(mute == 0, "every refusal says what it is about");
}

int
main(void)
{
	static char path[4096];
	struct explained known = explained_read("limbo-deviations.txt");
	json_t *root;

	if (!vectors_path(path, sizeof(path), "x509-limbo/limbo.json")) {
		skip("x509-limbo", "no vectors here");
		return tap_done();
	}
	root = json_load_file(path, 0, NULL);
	run(json_object_get(root, "testcases"), &known);
	ok(explained_is_exact(&known), "every other one is explained");
	json_decref(root);

	return tap_done();
}
