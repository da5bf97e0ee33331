/* password_test.c - which rule each password breaks (R-PWD-1 to 4). */
#include "npki/password.h"

#include "tap.h"

#include <stdio.h>

/* The words of the rules that it breaks, in order, with a blank after each. */
static const char *
broken(const char *password, size_t n)
{
	static char words[128];
	unsigned int bits =
	    password_broken((struct span){ (const uint8_t *)password, n });
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; password_rule(i) != NULL; i++) {
		if ((bits & 1U << i) != 0)
			at += (size_t)snprintf(words + at, sizeof(words) - at,
			    "%s ", password_rule(i)->word);
	}

	return words;
}

static void
test_rows(void)
{
	static const struct {
		const char *password, *want;
	} rows[] = {
		{ "Correct-7Horse", "" },
		{ "Wonderful#7", "" },
		/* Length. */
		{ "", "length kinds " },
		{ "abx1!yzq5", "length " },
		{ "abx1!yzq5w", "" },
		{ "abx1!yzq5wabx1!yzq5wabx1!yzq5w", "" },
		{ "abx1!yzq5wabx1!yzq5wabx1!yzq5wk", "length " },
		/* Kinds. */
		{ "nodigitshere!", "kinds " },
		{ "1928374655!", "kinds " },
		{ "n0specials9here", "kinds " },
		{ "onlyletters", "kinds " },
		{ "NOLOWERCAS3-", "" },
		/* Characters. */
		{ "abx1!yzq 5w", "characters " },
		{ "abx1'yzq5w", "characters " },
		{ "abx1\"yzq5w", "characters " },
		{ "abx1\\yzq5w", "characters " },
		{ "abx1|yzq5w", "characters " },
		{ "abx1!yzq5w\x7f", "characters " },
		{ "abx1!yzq5w\t", "characters " },
		{ "abx1!yz비번5w", "characters " },
		{ "a1!#$%&()*+,-./:;<=>?@[]^_`{}~", "" },
		/* Runs. */
		{ "x123-yzqMNQ", "run " },
		{ "x321-yzqMNQ", "run " },
		{ "7abc-yzqMNQ", "run " },
		{ "7cba-yzqMNQ", "run " },
		{ "7AbC-yzqMNQ", "run " },
		{ "7xYz-qqMNQ5", "run " },
		{ "x12-23-34ab", "" },
		{ "x121212-yzq", "" },
		{ "x1235-yzqMN", "run " },
		{ "x135-yzqMNQ", "" },
		{ "x890-yzqMNQ", "" },
		{ "xyza-7yzqMN", "run " },
		{ "89:-yzqMNQ1", "" },
		{ "9:;<=>-yqMN", "" },
		{ "YZ[-yqq1MNX", "" },
		{ "@AB-yqq1MNX", "" },
		{ "7ace-yzqMNQ", "" },
		/* The same. */
		{ "x111-yzqMNQ", "repeat " },
		{ "xaaa-yzqMN1", "repeat " },
		{ "x1!!!yzqMNQ", "repeat " },
		{ "x11-1yzqMNQ", "" },
		{ "xaAa-yzqMN1", "" },
		/* Several at once. */
		{ "abc", "length kinds run " },
		{ "111", "length kinds repeat " },
		{ "1111'abc", "length characters run repeat " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got =
		    broken(rows[i].password, strlen(rows[i].password));

		if (!ok(strcmp(got, rows[i].want) == 0, "%s", rows[i].password))
			diag("got %s, want %s", got, rows[i].want);
	}
	ok(strcmp(broken("abx1!y\0q5w", 10), "characters ") == 0, "a NUL");
}

static void
test_sentences(void)
{
	size_t n = 0;

	for (; password_rule(n) != NULL; n++)
		ok(password_rule(n)->word[0] != '\0' &&
			password_rule(n)->ko[0] != '\0' &&
			password_rule(n)->en[0] != '\0',
		    "%s has its sentences", password_rule(n)->word);
	ok(n == 5, "five rules");
}

int
main(void)
{
	test_rows();
	test_sentences();

	return tap_done();
}
