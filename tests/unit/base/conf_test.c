/* conf_test.c - configuration text into a struct, and back. */
#include "base/conf.h"
#include "tap.h"

struct settings {
	char name[16];
	uint64_t port;
	bool loud;
	int64_t life;
};

static const struct conf_option options[] = {
	{ "name", CONF_TEXT, offsetof(struct settings, name), 16, 0, 0, "ingam",
	    "" },
	{ "port", CONF_UINT, offsetof(struct settings, port), 0, 1, 65535,
	    "8700", "" },
	{ "loud", CONF_BOOL, offsetof(struct settings, loud), 0, 0, 0, "no",
	    "" },
	{ "life", CONF_SECONDS, offsetof(struct settings, life), 0, 1, 86400,
	    "3m", "" },
};
#define N (sizeof(options) / sizeof(options[0]))

static enum rc
take(void *arg, struct span section, struct span name, struct span value,
    struct err *e)
{
	if (section.n > 0)
		return RC_OK;

	return conf_set(options, N, arg, name, value, e);
}

/* What is said of a wrong line, and of the same that stands in no file. */
static const struct {
	const char *what, *text, *line, *setting;
} sentences[] = {
	{ "an option that there is not", "colour=red", "no such setting",
	    "no such setting" },
	{ "a number that is none", "port=8O", "port: not a number",
	    "not a number" },
	{ "a number out of range", "port=0", "port: not between 1 and 65535",
	    "not between 1 and 65535" },
	{ "a time out of range", "life=2d", "life: not between 1s and 86400s",
	    "not between 1s and 86400s" },
	{ "a time without a unit", "life=3", "life: not like 30s, 5m, 2h, 7d",
	    "not like 30s, 5m, 2h, 7d" },
	{ "a flag", "loud=true", "loud: not yes or no", "not yes or no" },
	{ "no name", "=1", "not name = value", "not name = value" },
};

static void
test_sentences(void)
{
	struct settings s = { 0 };

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		struct err e = { 0 };
		char text[64], want[64];

		(void)snprintf(
		    text, sizeof(text), "# x\n\n%s\n", sentences[i].text);
		(void)snprintf(
		    want, sizeof(want), "line 3: %s", sentences[i].line);
		ok(conf_parse(span_str(text), take, &s, &e) != RC_OK &&
			strcmp(e.msg, want) == 0,
		    "%s: the line and the option are named", sentences[i].what);
		err_clear(&e);
		ok(conf_setting(span_str(sentences[i].text), take, &s, &e) !=
			    RC_OK &&
			strcmp(e.msg, sentences[i].setting) == 0,
		    "%s: nothing of lines where there is no file",
		    sentences[i].what);
	}
}

/* What a file may hold, and one setting may not. */
static void
test_settings(void)
{
	static const char *const refused[] = { "", "# port=1", "[x]", "port",
		"port=1\nport=2", "name=\xff" };
	struct settings s = { .port = 7 };

	ok(conf_setting(span_str("port=9"), take, &s, NULL) == RC_OK &&
		s.port == 9,
	    "one setting is set");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		ok(conf_setting(span_str(refused[i]), take, &s, NULL) ==
			    RC_FORMAT &&
			s.port == 9,
		    "not one setting: %zu", i);
}

int
main(void)
{
	static const struct {
		const char *what, *text;
		enum rc want;
	} rows[] = {
		{ "comment, blank, CRLF", "# x\n\r\nport = 1\r\n", RC_OK },
		{ "no newline at the end", "port=2", RC_OK },
		{ "unknown option", "colour = red\n", RC_ABSENT },
		{ "no equals sign", "port\n", RC_FORMAT },
		{ "out of range", "port = 70000\n", RC_LIMIT },
		{ "not a number", "port = 8O\n", RC_FORMAT },
		{ "too long", "name = abcdefghijklmnop\n", RC_LIMIT },
		{ "bad time", "life = 3\n", RC_FORMAT },
		{ "bad flag", "loud = true\n", RC_FORMAT },
		{ "bad section", "[x\n", RC_FORMAT },
		{ "other section", "[x]\ncolour = red\n", RC_OK },
		{ "not UTF-8", "name = \xff\n", RC_FORMAT },
	};
	struct settings s = { 0 };
	struct err e = { 0 };
	char out[64];

	ok(conf_presets(options, N, &s, &e) == RC_OK && s.port == 8700 &&
		!s.loud && s.life == 180000,
	    "presets");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err_clear(&e);
		ok(conf_parse(span_str(rows[i].text), take, &s, &e) ==
			rows[i].want,
		    "%s", rows[i].what);
		ok((rows[i].want == RC_OK) == (e.msg[0] == '\0'),
		    "%s: says why", rows[i].what);
	}
	ok(s.port == 2, "a refused value changes nothing");
	conf_show(&options[3], &s, out, sizeof(out));
	ok(strcmp(out, "3m") == 0, "shown as it would be written");
	test_sentences();
	test_settings();

	return tap_done();
}
