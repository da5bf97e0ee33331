/*
 * password.c - is this good enough for a new password of a certificate?
 *
 * Belongs here: the checks that password.def names.
 * Not here: their numbers and sentences (password.def); whether a password
 * opens a file (keyfile.c); the service's own PIN (web/core/device.js).
 */
#include "npki/password.h"

static const struct password_rule rules[] = {
#define ROW(word, least, most, ko, en) { #word, ko, en },
#include "npki/password.def"
#undef ROW
};

#define COUNT (sizeof(rules) / sizeof(rules[0]))

enum password_kind { PASSWORD_LETTER, PASSWORD_DIGIT, PASSWORD_OTHER };

static enum password_kind
password_kind(uint8_t c)
{
	uint8_t lower = c | 0x20;

	if (c >= '0' && c <= '9')
		return PASSWORD_DIGIT;

	return lower >= 'a' && lower <= 'z' ? PASSWORD_LETTER : PASSWORD_OTHER;
}

static bool
password_good_length(struct span s, unsigned int least, unsigned int most)
{
	return s.n >= least && s.n <= most;
}

static bool
password_good_kinds(struct span s, unsigned int least, unsigned int most)
{
	unsigned int seen[3] = { 0 };

	(void)most;
	for (size_t i = 0; i < s.n; i++)
		seen[password_kind(s.p[i])]++;

	return seen[PASSWORD_LETTER] >= least &&
	    seen[PASSWORD_DIGIT] >= least && seen[PASSWORD_OTHER] >= least;
}

static bool
password_good_characters(struct span s, unsigned int least, unsigned int most)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < least || s.p[i] > most || s.p[i] == '\'' ||
		    s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '|')
			return false;
	}

	return true;
}

/* The step from one character to the next: 2 where they are no sequence. */
static int
password_step(uint8_t from, uint8_t to)
{
	enum password_kind kind = password_kind(from);
	int step;

	if (kind != password_kind(to) || kind == PASSWORD_OTHER)
		return 2;
	if (kind == PASSWORD_LETTER)
		step = (to | 0x20) - (from | 0x20);
	else
		step = to - from;

	return step == 1 || step == -1 ? step : 2;
}

static bool
password_good_run(struct span s, unsigned int least, unsigned int most)
{
	unsigned int length = 1;
	int last = 2;

	(void)least;
	for (size_t i = 1; i < s.n; i++) {
		int step = password_step(s.p[i - 1], s.p[i]);

		if (step == 2)
			length = 1;
		else
			length = step == last ? length + 1 : 2;
		last = step;
		if (length >= most)
			return false;
	}

	return true;
}

static bool
password_good_repeat(struct span s, unsigned int least, unsigned int most)
{
	unsigned int length = 1;

	(void)least;
	for (size_t i = 1; i < s.n; i++) {
		length = s.p[i] == s.p[i - 1] ? length + 1 : 1;
		if (length >= most)
			return false;
	}

	return true;
}

unsigned int
password_broken(struct span password)
{
	const bool good[] = {
#define ROW(word, least, most, ko, en) \
	password_good_##word(password, least, most),
#include "npki/password.def"
#undef ROW
	};
	unsigned int broken = 0;

	for (unsigned int i = 0; i < COUNT; i++)
		broken |= good[i] ? 0 : 1U << i;

	return broken;
}

const struct password_rule *
password_rule(size_t n)
{
	return n < COUNT ? &rules[n] : NULL;
}
