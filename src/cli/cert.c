/*
 * cert.c - ingam cert: the certificates of this PC.
 *
 * Belongs here: the verbs and their options, which certificate is meant, which
 * way of ending a failure is.
 * Not here: what a verb does (cert_list.c, cert_password.c, cert_copy.c,
 * cert_delete.c, cert_export.c, cert_import.c, cert_show.c, cert_vid.c); how it is
 * told how it ended (cert_tell.c); finding and changing folders (npki/folder.c,
 * npki/medium.c).
 */
#include "cli/cert.h"

#include "base/language.h"
#include "base/text.h"
#include "base/usage.h"
#include "cli/cert_copy.h"
#include "cli/cert_delete.h"
#include "cli/cert_export.h"
#include "cli/cert_import.h"
#include "cli/cert_list.h"
#include "cli/cert_password.h"
#include "cli/cert_show.h"
#include "cli/cert_tell.h"
#include "cli/cert_vid.h"
#include "cli/message.h"
#include "cli/paper.h"
#include "cli/verb.h"
#include "client/reason.h"

#include <errno.h>
#include <getopt.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct person_text text_again = {
	"비밀번호가 맞지 않아요. 다시 입력해 주세요.",
	"The password is wrong. Type it again."
};
static const struct person_text text_which = { "번호", "Number" };
static const struct person_text text_cut = {
	"너무 많거나 깊어서 다 찾지는 못했어요. --root로 좁혀 주세요.",
	"There is more than was looked at. Name a folder with --root."
};

/* What is the matter with the file follows. */
static const struct person_text text_half = {
	"암호화된 문서는 이 사본으로 열 수 없어요",
	"Encrypted documents cannot be opened with this copy"
};

static const struct option options[] = {
	{ "form", required_argument, NULL, 'f' },
	{ "form", required_argument, NULL, 'F' },
	{ "form", required_argument, NULL, 'I' },
	{ "form", required_argument, NULL, 'P' },
	{ "json", no_argument, NULL, 'j' },
	{ "new-password-file", required_argument, NULL, 'n' },
	{ "number-file", required_argument, NULL, 'u' },
	{ "open", required_argument, NULL, 'O' },
	{ "out", required_argument, NULL, 'o' },
	{ "out", required_argument, NULL, 'e' },
	{ "owner", required_argument, NULL, 'w' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "password-file", required_argument, NULL, 'x' },
	{ "replace", no_argument, NULL, 'R' },
	{ "root", required_argument, NULL, 'r' },
	{ "seal-to", required_argument, NULL, 'S' },
	{ "sha1", no_argument, NULL, 's' },
	{ "to", required_argument, NULL, 't' },
	{ "to", required_argument, NULL, 'T' },
	{ "yes", no_argument, NULL, 'y' },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* Letters as in options; ' ' is the certificate that is meant. */
static const struct verb_help helps[] = {
	{ ' ', "CERTIFICATE",
	    { "목록의 번호, SHA-256 지문의 앞 8자리 이상, 또는 그 폴더",
		"its number in the list, the first 8 or more digits of its "
		"SHA-256 fingerprint, or its folder" } },
	{ '<', "FILE", { "PFX(.p12) 파일", "a PKCS#12 file" } },
	{ 'o', "--out FILE",
	    { "내보낼 PFX(.p12) 파일. -이면 표준 출력",
		"the PKCS#12 file to make; - is standard output" } },
	{ 'r', "--root FOLDER",
	    { "인증서를 찾을 폴더. 없으면 늘 있는 곳에서 찾아요",
		"where to look for certificates; else the usual places" } },
	{ 'p', "--password-file FILE",
	    { "첫 줄이 인증서 비밀번호인 파일",
		"a file whose first line is the certificate's password" } },
	{ 'x', "--password-file FILE",
	    { "첫 줄이 PFX 파일의 비밀번호인 파일",
		"a file whose first line is the PKCS#12 file's password" } },
	{ 'n', "--new-password-file FILE",
	    { "첫 줄이 새 비밀번호인 파일",
		"a file whose first line is the new password" } },
	{ 'f', "--form FORM",
	    { "개인키 파일의 암호 형식: seed-sha1, pbes2-seed, "
	      "pbes2-seed-sha256, pbes2-aes, pbes2-aria. 없으면 쓰던 형식",
		"how the key file is encrypted: seed-sha1, pbes2-seed, "
		"pbes2-seed-sha256, pbes2-aes, pbes2-aria; else as it is" } },
	{ 'I', "--form FORM",
	    { "개인키 파일의 암호 형식: seed-sha1, pbes2-seed, "
	      "pbes2-seed-sha256, pbes2-aes, pbes2-aria. 없으면 seed-sha1",
		"how the key file is encrypted: seed-sha1, pbes2-seed, "
		"pbes2-seed-sha256, pbes2-aes, pbes2-aria; else seed-sha1" } },
	{ 'F', "--form FORM",
	    { "PFX 파일의 형식: modern, compatible. 없으면 modern",
		"form of the file: modern, compatible; else modern" } },
	{ 'u', "--number-file FILE",
	    { "첫 줄이 주민등록번호나 사업자등록번호인 파일",
		"a file whose first line is the resident or business "
		"registration number" } },
	{ 's', "--sha1",
	    { "SHA-1로 만든 옛 VID도 확인해요",
		"check an old VID of SHA-1, too" } },
	{ 'S', "--seal-to FILE",
	    { "번호가 맞으면 VID와 R을 이 인증서의 주인만 열 수 있게 잠가요 "
	      "(EncryptedVID)",
		"if the number is right, seal VID and R to this certificate's "
		"owner (EncryptedVID)" } },
	{ 'P', "--form FORM",
	    { "그 꼴: der, pem, base64, hex",
		"form of that: der, pem, base64, hex" } },
	{ 'e', "--out FILE",
	    { "그것을 쓸 파일. 없거나 -이면 표준 출력",
		"where it goes; without it or with -, standard output" } },
	{ 'O', "--open FILE",
	    { "CERTIFICATE에 잠근 EncryptedVID. 그 R로 --owner의 번호를 확인해요",
		"an EncryptedVID sealed to CERTIFICATE: check the number of "
		"--owner by the R in it" } },
	{ 'w', "--owner FILE",
	    { "그 번호여야 할 사람의 인증서",
		"the certificate of whom the number must be" } },
	{ 't', "--to FOLDER",
	    { "저장매체나 그 NPKI 폴더", "a medium, or its NPKI folder" } },
	{ 'T', "--to FOLDER",
	    { "저장매체나 그 NPKI 폴더. 없으면 ~/NPKI",
		"a medium, or its NPKI folder; else ~/NPKI" } },
	{ 'R', "--replace",
	    { "거기 있는 같은 이름의 인증서나 파일을 바꿔요",
		"replace the certificate or file of the same name there" } },
	{ 'y', "--yes", { "묻지 않고 지워요", "delete without asking" } },
	{ 'j', "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
};
#define HELPS (sizeof(helps) / sizeof(helps[0]))

struct verb {
	const char *name;
	const char *takes; /* letters of helps */
	bool changes;      /* certificates */
	enum cert_end (*run)(struct cert *c);
	struct usage usage;
};

/*
 * The verbs: id, name, letters of helps that it takes, whether it changes
 * certificates, what does it, synopsis.
 */
/* clang-format off */
#define CERT_VERBS(X)                                                          \
	X(list, "list", "rj", false, cert_list, "[OPTION …]")                  \
	X(show, "show", " rj", false, cert_show, "[OPTION …] [CERTIFICATE]")   \
	X(check, "check-password", " rpj", false, cert_password_check,         \
	    "[OPTION …] [CERTIFICATE]")                                        \
	X(change, "change-password", " rpnfj", true, cert_password_change,     \
	    "[OPTION …] [CERTIFICATE]")                                        \
	X(vid, "vid", " rpusSPeROwj", false, cert_vid,                         \
	    "[OPTION …] [CERTIFICATE]\n"                                       \
	    "--seal-to FILE [OPTION …] [CERTIFICATE]\n"                        \
	    "--open FILE --owner FILE [OPTION …] [CERTIFICATE]")               \
	X(copy, "copy", " tRrj", true, cert_copy,                              \
	    "--to FOLDER [OPTION …] [CERTIFICATE]")                            \
	X(export, "export", " orpnFRj", false, cert_export,                    \
	    "--out FILE [OPTION …] [CERTIFICATE]")                             \
	X(import, "import", "<xnITRj", true, cert_import, "[OPTION …] FILE")   \
	X(delete, "delete", " ryj", true, cert_delete,                         \
	    "[OPTION …] [CERTIFICATE]")
/* clang-format on */

/* struct usage has no place for whose options they are: a function a verb. */
#define VERB_EXPLAIN(id, name, takes, changes, run, synopsis) \
	static void cert_explain_##id(FILE *out)              \
	{                                                     \
		verb_explain(out, helps, HELPS, takes);       \
	}
CERT_VERBS(VERB_EXPLAIN)

#define VERB_ROW(id, name, takes, changes, run, synopsis)          \
	{ name, takes, changes, run,                               \
		{ "ingam cert " name, synopsis, cert_explain_##id, \
		    language_korean } },
static const struct verb verbs[] = { CERT_VERBS(VERB_ROW) };
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

enum cert_end
cert_failed(struct cert *c, enum rc rc)
{
	c->rc = rc;
	switch (rc) { /* no default: a new code must not compile here */
	case RC_OK:
		return CERT_DONE;
	case RC_SECRET:
		return CERT_PASSWORD;
	case RC_FORMAT:
		return CERT_MALFORMED;
	case RC_LIMIT:
		return CERT_OVER_LIMIT;
	case RC_UNKNOWN:
	case RC_ABSENT:
	case RC_IO:
	case RC_POLICY:
	case RC_DENIED:
		return CERT_UNREADABLE;
	case RC_BUSY:
		return CERT_BUSY;
	case RC_STATE:
		return CERT_HALF;
	case RC_REFUSED:
		return CERT_DECLINED;
	case RC_LOCKED:
	case RC_RATE:
	case RC_EXISTS:
	case RC_EXPIRED:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return CERT_OTHER;
	}

	return CERT_OTHER;
}

enum cert_end
cert_failed_in(struct cert *c, enum folder_file file, enum rc rc)
{
	if (rc != RC_OK && c->err.field[0] == '\0')
		(void)snprintf(c->err.field, sizeof(c->err.field), "%s",
		    folder_name(file));

	return cert_failed(c, rc);
}

enum cert_end
cert_written(struct cert *c, const char *folder, enum rc rc)
{
	enum cert_end end = cert_failed(c, rc);

	if (rc != RC_OK && folder != NULL)
		text_sanitise(c->beside, sizeof(c->beside), span_str(folder));
	if (rc == RC_POLICY)
		return CERT_READ_ONLY;

	return end == CERT_OVER_LIMIT || end == CERT_UNREADABLE ||
		end == CERT_MALFORMED || end == CERT_OTHER
	    ? CERT_NOT_WRITTEN
	    : end;
}

struct span
cert_file(const struct cert *c, enum folder_file file)
{
	return buf_span(&c->medium.files[file]);
}

/* A folder that is named is where to look, whatever --root says. */
static void
cert_name_folder(struct cert *c)
{
	struct stat st;

	if (c->which == NULL || pick_is_name(c->which) ||
	    (strchr(c->which, '/') == NULL && stat(c->which, &st) != 0))
		return;
	c->root = c->which;
	c->which = NULL;
}

enum cert_end
cert_is_folder(struct cert *c, const char *path)
{
	struct stat st;

	c->place = path;
	if (stat(path, &st) == 0)
		return S_ISDIR(st.st_mode) ? CERT_DONE : CERT_NOT_FOLDER;

	/* Where it may not be looked, whoever opens it says so. */
	return errno == ENOENT || errno == ENOTDIR ? CERT_NO_FOLDER : CERT_DONE;
}

enum cert_end
cert_load(struct cert *c)
{
	enum cert_end end = CERT_DONE;
	enum rc rc;

	cert_name_folder(c);
	if (c->root != NULL)
		end = cert_is_folder(c, c->root);
	if (end != CERT_DONE)
		return end;
	rc = pick_load(c->root, &c->pick, &c->err);
	if ((rc == RC_OK && c->pick.n == 0) || rc == RC_IO)
		return c->pick.folder.unread_n > 0 ? CERT_UNREAD
		    : c->root == NULL              ? CERT_NONE
						   : CERT_NONE_THERE;
	if (c->pick.folder.cut)
		person_say(text_cut);

	return cert_failed(c, rc);
}

/* A person_finder; arg is the command. */
static bool
cert_finds(void *arg, const char *line)
{
	struct cert *c = arg;

	return pick_find(&c->pick, line, &c->row) == PICK_ONE;
}

/* Several are meant: they are shown, and a person is asked. */
static enum cert_end
cert_choose_line(struct cert *c)
{
	enum cert_end end = CERT_SEVERAL;
	enum rc rc;

	if (c->which != NULL)
		end =
		    pick_narrow(&c->pick, c->which) ? CERT_ALIKE : CERT_COPIES;
	if (!c->json)
		pick_print(&c->pick, stderr);
	if (!c->attended || c->json)
		return end;
	rc = person_choose(text_which, cert_finds, c, &c->err);

	return rc == RC_UNKNOWN ? CERT_NO_SUCH : cert_failed(c, rc);
}

enum cert_end
cert_choose(struct cert *c)
{
	enum cert_end end = c->pick.n > 0 ? CERT_DONE : cert_load(c);

	if (end != CERT_DONE)
		return end;
	switch (pick_find(&c->pick, c->which, &c->row)) {
	case PICK_ONE:
		return CERT_DONE;
	case PICK_SEVERAL:
		return cert_choose_line(c);
	case PICK_NONE:
		break;
	}
	if (!c->json)
		pick_print(&c->pick, stderr);

	return CERT_NO_SUCH;
}

enum cert_end
cert_read(struct cert *c)
{
	enum rc rc = medium_read(c->row->pair, &c->medium, &c->err);
	enum cert_end end = cert_failed(c, rc);

	if (rc == RC_OK)
		end = cert_failed_in(c, FOLDER_SIGN_CERT,
		    certinfo_parse(
			cert_file(c, FOLDER_SIGN_CERT), &c->info, &c->err));
	if (end != CERT_DONE)
		text_sanitise(
		    c->beside, sizeof(c->beside), span_str(c->row->path));

	return end;
}

void
cert_say_lacks(struct cert *c, enum rc rc, const struct err *why)
{
	(void)json_object_set_new(
	    c->answer, "missing", json_string(why->field));
	if (c->json)
		return;
	(void)fprintf(stderr, "%s (", person_sentence(text_half));
	reason_print(stderr, rc, why);
	(void)fputs(").\n", stderr);
}

void
cert_say_missing(struct cert *c, enum folder_file file)
{
	struct err why = { 0 };
	enum rc rc =
	    err_set(&why, RC_ABSENT, folder_name(file), "it is missing");

	cert_say_lacks(c, rc, &why);
}

void
cert_say_half(struct cert *c)
{
	struct beside found = beside_of(&c->medium);
	struct err why = { 0 };

	if (found.lacks != FOLDER_FILES)
		cert_say_lacks(c,
		    beside_why(&c->medium, c->row->pair, found.lacks, &why),
		    &why);
}

enum cert_end
cert_ask(struct cert *c, const char *file, const char *option,
    struct person_text prompt, struct sec *out)
{
	enum rc rc;

	c->missing = option;
	if (file == NULL && !c->attended)
		return CERT_UNATTENDED;
	rc = person_password(file, prompt, out, &c->err);
	/* Standard input has no name but its option. */
	if (rc != RC_OK && file != NULL && strcmp(file, "-") == 0)
		(void)snprintf(
		    c->err.field, sizeof(c->err.field), "%s", option);
	if (rc != RC_OK)
		return cert_failed(c, rc);

	return out->n == 0 ? CERT_PASSWORD : CERT_DONE;
}

bool
cert_ask_again(struct cert *c, const char *file, enum cert_end end, int *tries,
    struct sec *typed)
{
	if ((end != CERT_PASSWORD && end != CERT_PASSWORD_PFX) ||
	    file != NULL || ++*tries == PERSON_TRIES)
		return false;
	person_say(text_again);
	err_clear(&c->err);
	sec_free(typed);

	return true;
}

enum cert_end
cert_confirm(struct cert *c, struct person_text question, const char *option)
{
	static const char *const words[] = { "y", "yes", "네", "예" };
	char line[16];

	c->missing = option;
	if (!c->attended || c->json)
		return CERT_UNATTENDED;
	if (person_line(question, line, sizeof(line), NULL) != RC_OK)
		return CERT_DECLINED;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(line, words[i]) == 0)
			return CERT_DONE;

	return CERT_DECLINED;
}

static void
cert_option(struct cert *c, int letter, const char *value)
{
	const struct verb_slot rows[] = {
		{ 'f', &c->form, NULL },
		{ 'F', &c->form, NULL },
		{ 'I', &c->form, NULL },
		{ 'j', NULL, &c->json },
		{ 'n', &c->new_password_file, NULL },
		{ 'e', &c->out, NULL },
		{ 'O', &c->open, NULL },
		{ 'o', &c->out, NULL },
		{ 'p', &c->password_file, NULL },
		{ 'x', &c->password_file, NULL },
		{ 'R', NULL, &c->replace },
		{ 'P', &c->form, NULL },
		{ 'r', &c->root, NULL },
		{ 'S', &c->seal_to, NULL },
		{ 's', NULL, &c->sha1 },
		{ 't', &c->to, NULL },
		{ 'T', &c->to, NULL },
		{ 'u', &c->number_file, NULL },
		{ 'w', &c->owner, NULL },
		{ 'y', NULL, &c->yes },
	};

	(void)verb_set(rows, sizeof(rows) / sizeof(rows[0]), letter, value);
}

/* What --form may be, by its letter: of key files, files and messages. */
static const struct {
	char letter;
	usage_words *words;
} forms[] = {
	{ 'f', cert_password_form },
	{ 'I', cert_password_form },
	{ 'F', cert_export_form },
	{ 'P', paper_form_name },
};

/* As cert_options(). */
static int
cert_check_form(const struct cert *c, const struct verb *v)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (c->form != NULL &&
		    strchr(v->takes, forms[i].letter) != NULL)
			return usage_word(
			    &v->usage, "--form", forms[i].words, c->form);

	return PERSON_YES;
}

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
cert_options(struct cert *c, const struct verb *v, int argc, char **argv)
{
	struct option taken[OPTIONS + 1];
	bool one = strchr(v->takes, ' ') != NULL;
	int letter;

	verb_options(options, OPTIONS, v->takes, taken);
	while ((letter = getopt_long(argc, argv, ":", taken, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return usage_getopt(&v->usage, taken, argv, letter);
		cert_option(c, letter, optarg);
	}
	if (one && optind < argc)
		c->which = argv[optind++];
	if (strchr(v->takes, '<') != NULL && optind < argc)
		c->file = argv[optind++];

	if (optind < argc)
		return usage_wrong(&v->usage, USAGE_EXTRA, argv[optind]);
	if (strchr(v->takes, '<') != NULL && c->file == NULL)
		return usage_wrong(&v->usage, USAGE_MISSING, "FILE");
	if (v->run == cert_copy && c->to == NULL)
		return usage_wrong(&v->usage, USAGE_MISSING, "--to");
	if ((v->run == cert_export && message_is_shown(c->out)) ||
	    (v->run == cert_vid && cert_vid_is_shown(c)))
		return usage_wrong(&v->usage, USAGE_TERMINAL, "--out FILE");
	if (v->run == cert_export && c->out == NULL)
		return usage_wrong(&v->usage, USAGE_MISSING, "--out");
	/* Two things cannot go to standard output. */
	if (v->run == cert_export && c->json && strcmp(c->out, "-") == 0)
		return usage_wrong(&v->usage, USAGE_EXTRA, "--json");
	if (v->run == cert_vid && cert_vid_misses(c) != NULL)
		return usage_wrong(
		    &v->usage, USAGE_MISSING, cert_vid_misses(c));
	if (c->open != NULL && c->seal_to != NULL)
		return usage_wrong(&v->usage, USAGE_EXTRA, "--seal-to");
	if (c->open != NULL &&
	    (paper_shares(c->open, c->password_file) ||
		paper_shares(c->open, c->number_file)))
		return usage_wrong(&v->usage, USAGE_SHARED, "--open FILE");

	return cert_check_form(c, v);
}

void
cert_clear(struct cert *c)
{
	medium_clear(&c->medium);
	medium_clear(&c->there);
	pick_clear(&c->pick);
	json_decref(c->answer);
}

static int
cert_run(const struct verb *v, int argc, char **argv)
{
	struct cert c = { .answer = json_object(), .changes = v->changes };
	int code;

	c.attended = isatty(STDIN_FILENO) == 1;
	code = cert_options(&c, v, argc, argv);
	if (code == PERSON_YES)
		code = cert_tell(&c, v->run(&c));
	cert_clear(&c);

	return code;
}

int
cert_main(int argc, char **argv)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(argv[0], verbs[i].name) != 0)
			continue;
		if (usage_asked(&verbs[i].usage, argc, argv))
			return PERSON_YES;
		return cert_run(&verbs[i], argc, argv);
	}

	/* cli.c calls with a verb that stands there. */
	return PERSON_USAGE;
}
