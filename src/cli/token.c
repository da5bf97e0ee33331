/*
 * token.c - ingam token register, unregister: the PKCS#11 module where
 * programs look for such.
 *
 * Belongs here: options, what was done at each place, what is to be done next.
 * Not here: the places (places.c); what is written there (p11kit.c, nssdb.c).
 */
#include "cli/token.h"

#include "base/language.h"
#include "base/usage.h"
#include "cli/answer.h"
#include "cli/nssdb.h"
#include "cli/p11kit.h"
#include "cli/places.h"
#include "cli/verb.h"
#include "client/person.h"
#include "client/reason.h"
#include "wire/tokenconf.h"

#include <getopt.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What became of a place. */
enum token_state {
	STATE_REGISTERED,
	STATE_ALREADY,
	STATE_REMOVED,
	STATE_NOT_THERE,
	STATE_SANDBOXED,
	STATE_NO_MODUTIL,
	STATE_FAILED,
};

/* word stands in --json, and stays as it is for ever; so in kinds, endings. */
static const struct {
	const char *word;
	struct person_text text;
} states[] = {
	[STATE_REGISTERED] = { "registered", { "등록했어요", "registered" } },
	[STATE_ALREADY] = { "already",
	    { "이미 등록되어 있어요", "registered already" } },
	[STATE_REMOVED] = { "removed", { "등록을 지웠어요", "removed" } },
	[STATE_NOT_THERE] = { "not-there",
	    { "등록되어 있지 않아요", "was not registered" } },
	[STATE_SANDBOXED] = { "sandboxed",
	    { "샌드박스 안의 프로그램이라 보안토큰을 쓸 수 없어요",
		"left out: the program runs in a sandbox and cannot see the "
		"token" } },
	[STATE_NO_MODUTIL] = { "no-modutil",
	    { "modutil이 없어 바꾸지 못했어요",
		"not changed: there is no modutil" } },
	[STATE_FAILED] = { "failed", { "바꾸지 못했어요", "not changed" } },
};

static const struct {
	const char *word, *name;
} kinds[] = {
	[PLACES_P11_KIT] = { "p11-kit", "p11-kit" },
	[PLACES_NSS] = { "nss", "NSS" },
	[PLACES_FIREFOX] = { "firefox", "Firefox" },
	[PLACES_THUNDERBIRD] = { "thunderbird", "Thunderbird" },
};

enum token_end { END_DONE, END_NO_MODULE, END_NO_MODUTIL, END_FAILED };

static const struct {
	enum person_exit code;
	const char *word;
	struct person_text text;
} endings[] = {
	[END_DONE] = { PERSON_YES, "", { "", "" } },
	[END_NO_MODULE] = { PERSON_INPUT, "no-module",
	    { "보안토큰 모듈 파일이 없어요. --module로 알려 주세요",
		"The module is not there. Name it with --module" } },
	[END_NO_MODUTIL] = { PERSON_INPUT, "no-modutil",
	    { "modutil을 설치한 뒤 다시 실행해 주세요: "
	      "apt install libnss3-tools",
		"Install modutil, then run this again: "
		"apt install libnss3-tools" } },
	[END_FAILED] = { PERSON_INPUT, "failed",
	    { "하지 못한 것이 있어요. 위에 적힌 이유를 확인해 주세요.",
		"Not everything could be done. The reasons are above." } },
};

static const struct person_text text_removed = {
	"이제 프로그램에 인감 보안토큰이 보이지 않아요. 켜져 있던 프로그램은 다시 "
	"시작해 주세요.",
	"Programs no longer see the Ingam token. Restart those that were "
	"running."
};
static const struct person_text text_restart = {
	"켜져 있던 브라우저와 프로그램은 다시 시작해 주세요. 보안토큰 목록에 "
	"인감이 보여요.",
	"Restart browsers and other programs that were running. They list "
	"Ingam among their security devices."
};
static const struct person_text text_phone = {
	"휴대폰 번호를 적어 주세요. ~/.config/ingam/token.conf에",
	"Say whose phone to ask, in ~/.config/ingam/token.conf:"
};
static const struct person_text text_settings = { "token.conf를 읽을 수 없어요",
	"token.conf cannot be read" };

struct token {
	bool remove;
	const char *module;  /* as named, or where it is installed */
	const char *p11_kit; /* folder, or NULL */
	bool json;
	char path[PATH_MAX]; /* of the module, absolute */
	struct places places;
	enum token_state state[PLACES_MAX];
	struct err err[PLACES_MAX]; /* of STATE_FAILED */
	struct err why;             /* nothing was begun */
};

static const struct verb_line helps[] = {
	{ "--module FILE",
	    { "보안토큰 모듈. 없으면 설치된 것",
		"the module; else the one that is installed" } },
	{ "--p11-kit-dir FOLDER",
	    { "p11-kit가 모듈 파일을 찾는 폴더",
		"where p11-kit looks for files of modules" } },
	{ "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
};

static void
token_explain(FILE *out)
{
	verb_lines(out, helps, sizeof(helps) / sizeof(helps[0]));
}

static const struct usage usages[] = {
	{ "ingam token register", "[OPTION …]", token_explain,
	    language_korean },
	{ "ingam token unregister", "[OPTION …]", token_explain,
	    language_korean },
};

static const struct option options[] = {
	{ "module", required_argument, NULL, 'm' },
	{ "p11-kit-dir", required_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
token_options(struct token *t, int argc, char **argv)
{
	const struct usage *u = &usages[t->remove];
	int c;

	t->module = INGAM_MODULE;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == 'm')
			t->module = optarg;
		else if (c == 'p')
			t->p11_kit = optarg;
		else if (c == 'j')
			t->json = true;
		if (c == '?' || c == ':')
			return usage_getopt(u, options, argv, c);
		/* p11-kit and NSS would take it from where they are. */
		if (c == 'p' && optarg[0] != '/')
			return usage_wrong(u, USAGE_VALUE, "--p11-kit-dir");
	}

	return optind == argc ? PERSON_YES
			      : usage_wrong(u, USAGE_EXTRA, argv[optind]);
}

static enum token_state
token_change(const struct token *t, const struct place *p, struct err *e)
{
	bool file = p->kind == PLACES_P11_KIT, changed = false;
	enum rc rc;

	if (p->sandboxed)
		return STATE_SANDBOXED;
	if (t->remove)
		rc = file ? p11kit_remove(p->path, &changed, e)
			  : nssdb_remove(p->path, &changed, e);
	else
		rc = file ? p11kit_add(p->path, t->path, &changed, e)
			  : nssdb_add(p->path, t->path, &changed, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT && !file ? STATE_NO_MODUTIL
						: STATE_FAILED;
	if (t->remove)
		return changed ? STATE_REMOVED : STATE_NOT_THERE;

	return changed ? STATE_REGISTERED : STATE_ALREADY;
}

static enum token_end
token_run(struct token *t)
{
	enum token_end end = END_DONE;

	if (!t->remove &&
	    (realpath(t->module, t->path) == NULL ||
		access(t->path, R_OK) != 0))
		return END_NO_MODULE;
	if (places_find(&t->places, t->p11_kit, &t->why) != RC_OK)
		return END_FAILED;
	for (size_t i = 0; i < t->places.n; i++) {
		t->state[i] = token_change(t, &t->places.at[i], &t->err[i]);
		if (t->state[i] == STATE_FAILED)
			end = END_FAILED;
		else if (t->state[i] == STATE_NO_MODUTIL && end == END_DONE)
			end = END_NO_MODUTIL;
	}

	return end;
}

static void
token_say_why(FILE *out, const struct err *e)
{
	(void)fputs(": ", out);
	reason_print(out, e->rc, e);
}

static void
token_say_places(const struct token *t)
{
	for (size_t i = 0; i < t->places.n; i++) {
		const struct place *p = &t->places.at[i];

		(void)printf("%s: %s (%s)", kinds[p->kind].name,
		    person_sentence(states[t->state[i]].text), p->path);
		if (t->state[i] == STATE_FAILED)
			token_say_why(stdout, &t->err[i]);
		(void)putchar('\n');
	}
}

static void
token_say_next(void)
{
	struct tokenconf conf;
	struct err e = { 0 };

	if (tokenconf_load(&conf, "ingam", &e) != RC_OK) {
		(void)fputs(person_sentence(text_settings), stdout);
		token_say_why(stdout, &e);
		(void)putchar('\n');
	} else if (conf.phone[0] == '\0')
		(void)printf("%s\n    [default]\n    phone = 01012345678\n",
		    person_sentence(text_phone));
	(void)printf("%s\n", person_sentence(text_restart));
}

static void
token_put_json(const struct token *t, enum token_end end)
{
	json_t *places = json_array();
	json_t *o;

	for (size_t i = 0; i < t->places.n; i++) {
		const struct place *p = &t->places.at[i];

		(void)json_array_append_new(places,
		    json_pack("{s:s s:s s:s}", "kind", kinds[p->kind].word,
			"path", p->path, "state", states[t->state[i]].word));
	}
	o = json_pack("{s:b s:s s:o}", "done", (int)(end == END_DONE),
	    "problem", endings[end].word, "places", places);
	answer_print(o);
	json_decref(o);
}

static void
token_say_failed(const struct err *e)
{
	reason_print(stderr, e->rc, e);
	(void)fputc('\n', stderr);
}

/* Says what was done; gives the exit code. */
static int
token_tell(const struct token *t, enum token_end end)
{
	if (t->json)
		token_put_json(t, end);
	else
		token_say_places(t);
	if (end == END_NO_MODULE)
		(void)fprintf(stderr, "%s: %s\n",
		    person_sentence(endings[end].text), t->module);
	else if (end == END_FAILED && t->why.msg[0] != '\0')
		token_say_failed(&t->why);
	else if (end != END_DONE)
		person_say(endings[end].text);
	else if (!t->json && t->remove)
		(void)printf("%s\n", person_sentence(text_removed));
	else if (!t->json)
		token_say_next();

	return (int)endings[end].code;
}

static int
token_main(bool remove, int argc, char **argv)
{
	static struct token t;
	int code;

	t.remove = remove;
	if (usage_asked(&usages[remove], argc, argv))
		return PERSON_YES;
	if ((code = token_options(&t, argc, argv)) != PERSON_YES)
		return code;

	return token_tell(&t, token_run(&t));
}

int
token_register(int argc, char **argv)
{
	return token_main(false, argc, argv);
}

int
token_unregister(int argc, char **argv)
{
	return token_main(true, argc, argv);
}
