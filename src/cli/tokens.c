/*
 * tokens.c - ingam token list, copy, delete: the tokens of other makers.
 *
 * Belongs here: the verbs and their options, which token is meant, its PIN, how
 * it is told how a verb ended.
 * Not here: what a verb does (token_list.c, token_copy.c, token_delete.c); our
 * own token (token.c); files of certificates (cert.c).
 */
#include "cli/tokens.h"

#include "base/language.h"
#include "base/usage.h"
#include "cli/token_copy.h"
#include "cli/token_delete.h"
#include "cli/token_list.h"
#include "cli/tokens_tell.h"
#include "cli/verb.h"
#include "client/reason.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

static const struct person_text text_token = { "보안토큰의 번호나 이름",
	"Number or name of the token" };
static const struct person_text text_pin = { "보안토큰 PIN",
	"PIN of the token" };
static const struct person_text text_itself = {
	"보안토큰에서 확인해 주세요: 지문을 대거나 토큰의 PIN을 눌러 주세요…",
	"Please confirm at the token: put your finger on it, or type its PIN "
	"there…"
};
static const struct person_text text_low = {
	"PIN을 틀린 적이 있어요. 계속 틀리면 보안토큰이 잠겨요.",
	"A wrong PIN was given before. The token locks after some more."
};
static const struct person_text text_final = {
	"마지막 기회예요. 한 번 더 틀리면 보안토큰이 잠겨요.",
	"This is the last try. One more wrong PIN locks the token."
};

static const struct option options[] = {
	{ "delete-first", no_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'j' },
	{ "login", no_argument, NULL, 'l' },
	{ "module", required_argument, NULL, 'm' },
	{ "p11-kit-dir", required_argument, NULL, 'k' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "pin-file", required_argument, NULL, 'i' },
	{ "replace", no_argument, NULL, 'x' },
	{ "root", required_argument, NULL, 'r' },
	{ "token", required_argument, NULL, 't' },
	{ "yes", no_argument, NULL, 'y' },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* Letters as in options; ' ' and '#' are a certificate of PC and token. */
static const struct verb_help helps[] = {
	{ ' ', "CERTIFICATE",
	    { "이 PC의 인증서: 목록의 번호, SHA-256 지문의 앞 8자리 이상, 또는 "
	      "그 폴더",
		"one of this PC: its number in the list, the first 8 or more "
		"digits of its SHA-256 fingerprint, or its folder" } },
	{ '#', "NUMBER",
	    { "보안토큰에 있는 인증서: 목록의 번호나 일련번호",
		"one of the token: its number in the list, or its serial "
		"number" } },
	{ 'm', "--module FILE",
	    { "보안토큰의 PKCS#11 드라이버. 없으면 p11-kit에 등록된 모두",
		"the token's PKCS#11 module; else all that p11-kit knows" } },
	{ 'k', "--p11-kit-dir FOLDER",
	    { "p11-kit가 모듈 파일을 찾는 폴더",
		"where p11-kit looks for files of modules" } },
	{ 't', "--token NAME",
	    { "보안토큰이 여러 개일 때 그 이름, 일련번호나 목록의 번호",
		"which of several tokens: its label, serial number or number "
		"in the list" } },
	{ 'i', "--pin-file FILE",
	    { "첫 줄이 보안토큰 PIN인 파일",
		"a file whose first line is the token's PIN" } },
	{ 'l', "--login",
	    { "PIN을 넣고, 개인키와 R이 있는지도 보여줘요",
		"enter the PIN, and show whether keys and R are there" } },
	{ 'r', "--root FOLDER",
	    { "인증서를 찾을 폴더. 없으면 늘 있는 곳에서 찾아요",
		"where to look for certificates; else the usual places" } },
	{ 'p', "--password-file FILE",
	    { "첫 줄이 인증서 비밀번호인 파일",
		"a file whose first line is the certificate's password" } },
	{ 'x', "--replace",
	    { "같은 사람의 같은 용도 인증서가 있으면 복사한 뒤 지워요",
		"if another certificate of the same owner and purpose is "
		"there, remove that after the copy" } },
	{ 'd', "--delete-first",
	    { "둘을 함께 둘 자리가 없으면 거기에 있는 것을 먼저 지워요",
		"if there is no room for both, remove the one that is there "
		"first" } },
	{ 'y', "--yes",
	    { "지울지 묻지 않아요", "do not ask before it is deleted" } },
	{ 'j', "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
};
#define HELPS (sizeof(helps) / sizeof(helps[0]))

struct verb {
	const char *name;
	const char *takes; /* letters of helps */
	enum tokens_end (*run)(struct tokens *t);
	struct usage usage;
};

/* The verbs: id, name, letters of helps, what does it, synopsis. */
/* clang-format off */
#define TOKENS_VERBS(X)                                                        \
	X(list, "list", "mktilj", token_list, "[OPTION …]")                    \
	X(copy, "copy", " mktirpxdj", token_copy, "[OPTION …] [CERTIFICATE]")  \
	X(delete, "delete", "#mktiyj", token_delete, "[OPTION …] [NUMBER]")
/* clang-format on */

/* struct usage has no place for whose options they are: a function a verb. */
#define VERB_EXPLAIN(id, name, takes, run, synopsis)    \
	static void tokens_explain_##id(FILE *out)      \
	{                                               \
		verb_explain(out, helps, HELPS, takes); \
	}
TOKENS_VERBS(VERB_EXPLAIN)

#define VERB_ROW(id, name, takes, run, synopsis)                      \
	{ name, takes, run,                                           \
		{ "ingam token " name, synopsis, tokens_explain_##id, \
		    language_korean } },
static const struct verb verbs[] = { TOKENS_VERBS(VERB_ROW) };
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

enum tokens_end
tokens_failed(struct tokens *t, enum rc rc)
{
	t->rc = rc;
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		return TOKENS_DONE;
	case RC_SECRET:
		return TOKENS_PIN;
	case RC_LOCKED:
		return TOKENS_LOCKED;
	case RC_STATE:
	case RC_EXPIRED:
		return TOKENS_NO_PIN;
	case RC_REFUSED:
		return TOKENS_NO;
	case RC_LIMIT:
		return TOKENS_FULL;
	case RC_UNKNOWN:
		return TOKENS_UNFIT;
	case RC_POLICY:
		return TOKENS_FORBIDDEN;
	case RC_DENIED:
	case RC_FORMAT:
	case RC_ABSENT:
	case RC_EXISTS:
	case RC_RATE:
	case RC_BUSY:
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return TOKENS_FAILED;
	}

	return TOKENS_FAILED;
}

enum tokens_end
tokens_files(struct tokens *t, enum cert_end end)
{
	t->end = end;

	return end == CERT_DONE    ? TOKENS_DONE
	    : end == CERT_DECLINED ? TOKENS_NO
				   : TOKENS_FILES;
}

enum tokens_end
tokens_load(struct tokens *t)
{
	enum tokens_end end = t->p11_kit == NULL
	    ? TOKENS_DONE
	    : tokens_files(t, cert_is_folder(&t->files, t->p11_kit));
	enum rc rc;

	if (end != TOKENS_DONE)
		return end;
	rc = tokens_found_load(&t->found, t->module, t->p11_kit, &t->err);
	if (rc != RC_OK && t->module != NULL) {
		t->rc = reason_named(t->module, rc, &t->err);
		return TOKENS_MODULE;
	}
	if (rc != RC_OK)
		return tokens_failed(t, rc);

	return t->found.n == 0 ? TOKENS_NO_TOKEN : TOKENS_DONE;
}

/* What a person_finder looks for a token in. */
struct asked {
	struct tokens *tokens;
	bool write;
};

static bool
tokens_finds(void *arg, const char *line)
{
	struct asked *a = arg;
	struct tokens *t = a->tokens;

	return tokens_found_find(&t->found, line, a->write, &t->row) ==
	    TOKENS_ONE;
}

enum tokens_end
tokens_choose(struct tokens *t, bool write)
{
	struct asked asked = { t, write };
	enum tokens_end end = tokens_load(t);
	enum rc rc;

	if (end != TOKENS_DONE)
		return end;
	switch (tokens_found_find(&t->found, t->name, write, &t->row)) {
	case TOKENS_ONE:
		return TOKENS_DONE;
	case TOKENS_NONE:
		return t->name == NULL ? TOKENS_NO_TOKEN : TOKENS_NO_SUCH_TOKEN;
	case TOKENS_SEVERAL:
		break;
	}
	if (!t->files.json)
		token_list_tokens(t, stderr);
	if (!t->files.attended || t->files.json)
		return TOKENS_CHOOSE_TOKEN;
	rc = person_choose(text_token, tokens_finds, &asked, &t->err);

	return rc == RC_UNKNOWN ? TOKENS_NO_SUCH_TOKEN : tokens_failed(t, rc);
}

/* The PIN, if one is to be given here: empty where the token asks itself. */
static enum tokens_end
tokens_ask_pin(struct tokens *t, struct sec *pin)
{
	const struct slot_info *slot = &t->row->slot;
	enum cert_end end;

	if (!slot->login_required || slot->pin_locked)
		return TOKENS_DONE;
	if (slot->pin_final || slot->pin_low)
		person_say(slot->pin_final ? text_final : text_low);
	if (slot->protected_path) {
		person_say(text_itself);
		return TOKENS_DONE;
	}
	end = cert_ask(&t->files, t->pin_file, "--pin-file", text_pin, pin);

	return end == CERT_PASSWORD  ? TOKENS_PIN
	    : end == CERT_UNATTENDED ? TOKENS_UNATTENDED
				     : tokens_files(t, end);
}

/* How many tries are left, as far as the token says. */
static enum tokens_end
tokens_wrong_pin(struct tokens *t)
{
	struct slot_info slot = t->row->slot;
	enum rc rc = slots_refresh(t->row->module, &slot, NULL);

	if (rc == RC_OK && slot.pin_locked)
		return TOKENS_LOCKED;
	if (rc == RC_OK && slot.pin_final)
		person_say(text_final);

	return TOKENS_PIN;
}

enum tokens_end
tokens_open(struct tokens *t, bool write)
{
	return tokens_failed(t,
	    login_open(
		t->row->module, &t->row->slot, write, &t->session, &t->err));
}

enum tokens_end
tokens_login(struct tokens *t)
{
	struct sec pin SEC_WIPED = { 0 };
	enum tokens_end end = tokens_ask_pin(t, &pin);
	enum rc rc;

	if (end != TOKENS_DONE)
		return end;

	rc = login_enter(&t->session, sec_span(&pin), &t->err);
	if (rc == RC_SECRET)
		return tokens_wrong_pin(t);

	return tokens_failed(t, rc);
}

enum tokens_end
tokens_enter(struct tokens *t, bool write)
{
	enum tokens_end end = tokens_open(t, write);

	return end == TOKENS_DONE ? tokens_login(t) : end;
}

enum tokens_end
tokens_read(struct tokens *t)
{
	stored_clear(&t->list);

	return tokens_failed(t, stored_list(&t->session, &t->list, &t->err));
}

enum tokens_end
tokens_agree(struct tokens *t, bool given, struct person_text question,
    enum tokens_end unasked)
{
	enum cert_end end =
	    given ? CERT_DONE : cert_confirm(&t->files, question, NULL);

	return end == CERT_UNATTENDED ? unasked : tokens_files(t, end);
}

bool
tokens_is_km(const struct certinfo *info)
{
	return info->usage != 0 &&
	    (info->usage &
		(CERTINFO_DIGITAL_SIGNATURE | CERTINFO_NON_REPUDIATION)) == 0;
}

/* False for a letter that is none of ours. */
static bool
tokens_option(struct tokens *t, int letter)
{
	const struct verb_slot rows[] = {
		{ 'd', NULL, &t->first },
		{ 'i', &t->pin_file, NULL },
		{ 'j', NULL, &t->files.json },
		{ 'k', &t->p11_kit, NULL },
		{ 'l', NULL, &t->login },
		{ 'm', &t->module, NULL },
		{ 'p', &t->files.password_file, NULL },
		{ 'r', &t->files.root, NULL },
		{ 't', &t->name, NULL },
		{ 'x', NULL, &t->files.replace },
		{ 'y', NULL, &t->files.yes },
	};

	return verb_set(rows, sizeof(rows) / sizeof(rows[0]), letter, optarg);
}

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
tokens_options(struct tokens *t, const struct verb *v, int argc, char **argv)
{
	struct option taken[OPTIONS + 1];
	bool one = strpbrk(v->takes, " #") != NULL;
	int letter;

	verb_options(options, OPTIONS, v->takes, taken);
	while ((letter = getopt_long(argc, argv, ":", taken, NULL)) != -1)
		if (!tokens_option(t, letter))
			return usage_getopt(&v->usage, taken, argv, letter);
	if (one && optind < argc)
		t->files.which = argv[optind++];

	return optind == argc
	    ? PERSON_YES
	    : usage_wrong(&v->usage, USAGE_EXTRA, argv[optind]);
}

static int
tokens_run(const struct verb *v, int argc, char **argv)
{
	static struct tokens t; /* large */
	int code;

	t.files.answer = json_object();
	t.files.attended = isatty(STDIN_FILENO) == 1;
	code = tokens_options(&t, v, argc, argv);
	if (code == PERSON_YES)
		code = tokens_tell(&t, v->run(&t));
	stored_clear(&t.list);
	login_close(&t.session);
	tokens_found_clear(&t.found);
	cert_clear(&t.files);

	return code;
}

int
tokens_main(int argc, char **argv)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(argv[0], verbs[i].name) != 0)
			continue;
		if (usage_asked(&verbs[i].usage, argc, argv))
			return PERSON_YES;
		return tokens_run(&verbs[i], argc, argv);
	}

	/* cli.c calls with a verb that stands there. */
	return PERSON_USAGE;
}
