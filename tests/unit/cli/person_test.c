/*
 * person_test.c - exit codes that scripts rely on, languages, secrets by file.
 */
#include "client/person.h"

#include "base/language.h"
#include "tap.h"

#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	const char *all, *messages, *lang;
	bool korean;
} languages[] = {
	{ "nothing set", "", "", "", false },
	{ "LANG", "", "", "ko_KR.UTF-8", true },
	{ "LC_MESSAGES before LANG", "", "en_US.UTF-8", "ko_KR.UTF-8", false },
	{ "LC_ALL before all", "ko", "en_US.UTF-8", "C", true },
};

static void
test_languages(void)
{
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		(void)setenv("LC_ALL", languages[i].all, 1);
		(void)setenv("LC_MESSAGES", languages[i].messages, 1);
		(void)setenv("LANG", languages[i].lang, 1);
		ok(language_korean() == languages[i].korean, "language: %s",
		    languages[i].name);
	}
	(void)setenv("LC_ALL", "C", 1);
}

/* ingam(1): the contract, code by code. */
static const struct {
	enum rc rc;
	int code;
} codes[] = {
	{ RC_OK, 0 },
	{ RC_SECRET, 1 },
	{ RC_DENIED, 1 },
	{ RC_FORMAT, 3 },
	{ RC_LIMIT, 3 },
	{ RC_UNKNOWN, 3 },
	{ RC_ABSENT, 3 },
	{ RC_IO, 4 },
	{ RC_BUSY, 4 },
	{ RC_RATE, 4 },
	{ RC_MEMORY, 4 },
	{ RC_CRYPTO, 4 },
	{ RC_BUG, 4 },
	{ RC_POLICY, 5 },
	{ RC_LOCKED, 5 },
	{ RC_REFUSED, 5 },
	{ RC_EXPIRED, 5 },
	{ RC_EXISTS, 5 },
	{ RC_STATE, 5 },
};

static void
test_codes(void)
{
	ok(sizeof(codes) / sizeof(codes[0]) == RC_COUNT,
	    "every code is in the table");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		ok((int)person_exit_of(codes[i].rc) == codes[i].code,
		    "%s exits with %d", err_name(codes[i].rc), codes[i].code);
}

static const struct {
	const char *slug;
	int status, code;
} problems[] = {
	{ "wrong-password", 403, 1 },
	{ "certificate-exists", 409, 5 },
	{ "vault-unavailable", 503, 4 },
	{ "rate-limited", 429, 4 },
};

static void
test_problems(void)
{
	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
		struct rest_problem p = { .status = problems[i].status,
			.title = "title",
			.tries_left = -1 };
		struct err e = { 0 };

		(void)snprintf(p.slug, sizeof(p.slug), "%s", problems[i].slug);
		ok((int)person_fail(RC_REFUSED, &p, &e) == problems[i].code,
		    "the problem %s exits with %d", problems[i].slug,
		    problems[i].code);
	}
}

static const struct {
	const char *name;
	const char *text;
	size_t n;
	enum rc rc;
	const char *want;
} files[] = {
	{ "one line", "secret\n", 7, RC_OK, "secret" },
	{ "no newline", "secret", 6, RC_OK, "secret" },
	{ "a line that ends as on Windows", "secret\r\n", 8, RC_OK, "secret" },
	{ "a byte order mark", "\xef\xbb\xbfsecret\r\n", 11, RC_OK, "secret" },
	{ "nothing but a byte order mark", "\xef\xbb\xbf", 3, RC_ABSENT, "" },
	{ "the first line only", "a b\nc\n", 6, RC_OK, "a b" },
	{ "an empty line", "\n", 1, RC_OK, "" },
	{ "an empty file", "", 0, RC_ABSENT, "" },
};

static void
test_files(const char *folder)
{
	static const struct person_text prompt = { "", "" };
	char path[256], line[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/password", folder);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct sec s SEC_WIPED = { 0 };

		f = fopen(path, "w");
		if (f == NULL ||
		    fwrite(files[i].text, 1, files[i].n, f) != files[i].n)
			abort();
		(void)fclose(f);
		ok(person_password(path, prompt, &s, NULL) == files[i].rc &&
			span_equal(sec_span(&s), span_str(files[i].want)),
		    "a password file with %s", files[i].name);
	}
	for (size_t n = 256; n <= 257; n++) {
		struct sec s SEC_WIPED = { 0 };

		memset(line, 'x', n);
		if ((f = fopen(path, "w")) == NULL ||
		    fwrite(line, 1, n, f) != n)
			abort();
		(void)fclose(f);
		ok(person_password(path, prompt, &s, NULL) ==
			(n == 256 ? RC_OK : RC_LIMIT),
		    "a password file with %zu bytes", n);
	}
	(void)unlink(path);
	{
		struct sec s SEC_WIPED = { 0 };
		struct err e = { 0 };

		ok(person_password(folder, prompt, &s, &e) == RC_IO &&
			strcmp(e.msg, "this is a folder") == 0,
		    "a folder in the place of a password file");
	}
}

int
main(void)
{
	char folder[] = "/tmp/person-test-XXXXXX";

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	test_languages();
	test_codes();
	test_problems();
	test_files(folder);
	(void)rmdir(folder);

	return tap_done();
}
