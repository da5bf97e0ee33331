/*
 * cert.c - ingam cert: the certificates of this PC.
 *
 * Belongs here: the verbs and their options, which certificate is meant, how it
 * is told how a verb ended.
 * Not here: what a verb does (cert_list.c, cert_password.c, cert_copy.c,
 * cert_pfx.c, cert_show.c, cert_vid.c);
 * finding and changing folders (npki/folder.c, npki/medium.c).
 */
#include "cli/cert.h"

#include "base/language.h"
#include "base/text.h"
#include "base/usage.h"
#include "cli/answer.h"
#include "cli/cert_copy.h"
#include "cli/cert_list.h"
#include "cli/cert_password.h"
#include "cli/cert_pfx.h"
#include "cli/cert_show.h"
#include "cli/cert_vid.h"
#include "cli/message.h"
#include "cli/paper.h"
#include "cli/verb.h"

#include <errno.h>
#include <getopt.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* word stands in --json, and stays as it is for ever. */
static const struct {
	enum person_exit code;
	const char *word;
	struct person_text text;
} endings[] = {
	[CERT_DONE] = { PERSON_YES, "", { "", "" } },
	[CERT_NONE] = { PERSON_INPUT, "no-certificate",
	    { "인증서를 찾지 못했어요. --root로 폴더를 알려 주세요.",
		"No certificate found. Name its folder with --root." } },
	[CERT_NO_FOLDER] = { PERSON_INPUT, "no-folder",
	    { "그런 폴더가 없어요", "There is no such folder" } },
	[CERT_UNREAD] = { PERSON_INPUT, "unreadable-folders",
	    { "읽지 못한 폴더가 있어요. 그 안에 있는 인증서는 목록에 없어요.",
		"There are folders that cannot be read. What is in them is not "
		"in the list." } },
	[CERT_SEVERAL] = { PERSON_USAGE, "several-certificates",
	    { "인증서가 여러 개예요. 목록의 번호나 지문의 앞 8자리로 하나를 "
	      "골라 주세요.",
		"There are several certificates. Choose one by its number in "
		"the list or the first 8 digits of its fingerprint." } },
	[CERT_COPIES] = { PERSON_USAGE, "several-certificates",
	    { "지문이 이렇게 시작하는 인증서가 여러 폴더에 있어요. 폴더나 목록의 "
	      "번호로 고르거나, --root로 찾을 곳을 좁혀 주세요.",
		"Certificates whose fingerprint begins so are in several "
		"folders. Choose one by its folder or its number in the list, "
		"or narrow the search with --root." } },
	[CERT_NO_SUCH] = { PERSON_USAGE, "no-such-certificate",
	    { "목록에 없는 인증서예요.",
		"The list has no such certificate." } },
	[CERT_NO_KEY] = { PERSON_INPUT, "no-key",
	    { "인증서 옆에 개인키 파일(signPri.key)이 없어요. 폴더를 통째로 "
	      "복사했는지 확인해 주세요.",
		"There is no key file (signPri.key) beside the certificate. "
		"Was the whole folder copied?" } },
	/* Which option follows. */
	[CERT_UNATTENDED] = { PERSON_USAGE, "no-terminal",
	    { "물어볼 터미널이 없어요. 옵션으로 알려 주세요",
		"There is no terminal to ask on. Give as an option" } },
	[CERT_PASSWORD] = { PERSON_NO, "wrong-password",
	    { "비밀번호가 맞지 않습니다.", "The password is wrong." } },
	[CERT_PASSWORD_SIGN] = { PERSON_NO, "wrong-password",
	    { "이 비밀번호로 암호용 개인키는 열리지만 전자서명용 개인키는 열리지 "
	      "않아요. 두 개인키의 비밀번호가 서로 다른 것 같아요",
		"This password opens the key for encryption, but not the one "
		"for signing. The two seem to have different passwords" } },
	[CERT_PASSWORD_KM] = { PERSON_NO, "wrong-password",
	    { "이 비밀번호로 전자서명용 개인키는 열리지만 암호용 개인키는 열리지 "
	      "않아요. 두 개인키의 비밀번호가 서로 다른 것 같아요",
		"This password opens the key for signing, but not the one for "
		"encryption. The two seem to have different passwords" } },
	[CERT_OTHER_KEY] = { PERSON_NO, "wrong-key",
	    { "비밀번호는 맞지만, 개인키가 옆에 있는 인증서의 것이 아니에요. "
	      "다른 인증서의 파일과 섞인 것 같아요",
		"The password is right, but the key is not that of the "
		"certificate beside it. Were files of two certificates mixed "
		"up?" } },
	[CERT_DIFFER] = { PERSON_NO, "passwords-differ",
	    { "두 번 입력한 새 비밀번호가 서로 달라요. 아무것도 바꾸지 않았어요.",
		"The two new passwords differ. Nothing was changed." } },
	[CERT_RULES] = { PERSON_REFUSED, "password-rules",
	    { "쓸 수 없는 새 비밀번호예요. 아무것도 바꾸지 않았어요.",
		"This new password is not allowed. Nothing was changed." } },
	[CERT_NOT_THEIRS] = { PERSON_NO, "other-number",
	    { "이 번호의 인증서가 아니에요.",
		"This is not the certificate of that number." } },
	[CERT_NO_VID] = { PERSON_INPUT, "no-vid",
	    { "인증서에 가상식별번호(VID)가 없어요.",
		"The certificate has no virtual identifier (VID)." } },
	[CERT_NO_R] = { PERSON_INPUT, "no-random",
	    { "개인키 파일에 VID 확인에 쓰는 난수(R)가 없어요. 다른 프로그램이 "
	      "옮기면서 버린 것 같아요. 처음 받은 파일로 해 주세요.",
		"The key file has lost the random number (R) that a VID is "
		"checked with. Use the files as they were issued." } },
	[CERT_OLD_VID] = { PERSON_REFUSED, "sha1-vid",
	    { "SHA-1로 만든 옛 VID예요. 그래도 확인하려면 --sha1을 붙여 주세요.",
		"This is an old VID of SHA-1. To check it all the same, add "
		"--sha1." } },
	[CERT_NUMBER] = { PERSON_INPUT, "number-malformed",
	    { "주민등록번호는 숫자 13자리, 사업자등록번호는 10자리예요.",
		"A resident number has 13 digits, a business number has 10." } },
	[CERT_NOT_OURS] = { PERSON_NO, "other-recipient",
	    { "다른 인증서로만 열 수 있어요. 받는 사람의 인증서를 골라 주세요.",
		"It is sealed to another certificate. Choose the one that it "
		"is for." } },
	[CERT_NOT_OPENED] = { PERSON_NO, "not-opened",
	    { "이 인증서의 키로 열리지 않아요. 오는 동안 바뀌었을 수 있어요.",
		"The key of this certificate does not open it. It may have "
		"been changed on its way." } },
	[CERT_EXISTS] = { PERSON_REFUSED, "exists",
	    { "거기에 같은 이름의 인증서나 파일이 있어요. 바꾸려면 --replace를 붙여 "
	      "주세요.",
		"A certificate or file of that name is there. To replace it, "
		"add "
		"--replace." } },
	[CERT_KM_LOST] = { PERSON_REFUSED, "encryption-lost",
	    { "거기에 있는 암호용 인증서와 개인키(kmCert.der, kmPri.key)가 "
	      "사라지게 되어 그만두었어요. 다른 곳에 복사해 두고 지운 다음에 "
	      "다시 해 주세요.",
		"The encryption pair that is there (kmCert.der, kmPri.key) "
		"would be lost: nothing was changed. Copy it elsewhere and "
		"delete it there first." } },
	[CERT_DECLINED] = { PERSON_REFUSED, "declined",
	    { "그만두었어요. 아무것도 바꾸지 않았어요.",
		"Stopped. Nothing was changed." } },
	[CERT_BUSY] = { PERSON_SERVICE, "busy",
	    { "다른 프로그램이 이 인증서를 바꾸고 있어요. 잠시 뒤에 다시 해 "
	      "주세요.",
		"Another program is changing this certificate. Please try "
		"again shortly." } },
	[CERT_READ_ONLY] = { PERSON_INPUT, "read-only",
	    { "이 저장매체에는 쓸 수 없어요. 원래 파일은 그대로예요",
		"This medium cannot be written. The files are as they were" } },
	[CERT_NOT_WRITTEN] = { PERSON_SERVICE, "not-written",
	    { "저장매체에 쓰지 못했어요. 원래 파일은 그대로예요",
		"Writing to the medium failed. The files are as they were" } },
	[CERT_HALF] = { PERSON_SERVICE, "interrupted",
	    { "저장매체가 도중에 멈췄어요. 다시 연결하고 아무 명령이나 하면 "
	      "마저 끝내요",
		"The medium stopped in between. Connect it again; the next "
		"command finishes it" } },
	[CERT_EXPIRED] = { PERSON_REFUSED, "certificate-expired",
	    { "유효기간이 끝났거나 아직 시작되지 않은 인증서예요. 발급기관에서 "
	      "확인해 주세요.",
		"This certificate has expired, or is not valid yet. Ask its "
		"issuer." } },
	[CERT_REFUSED] = { PERSON_REFUSED, "refused",
	    { "하지 않았어요", "This was not done" } },
	[CERT_UNREADABLE] = { PERSON_INPUT, "unreadable",
	    { "파일을 읽지 못했어요", "A file cannot be read" } },
	[CERT_OTHER] = { PERSON_SERVICE, "failed",
	    { "하지 못했어요", "This could not be done" } },
};

static const struct person_text text_which = { "번호", "Number" };
static const struct person_text text_forbidden = { "읽을 권한이 없어요",
	"no permission to read it" };
static const struct person_text text_cut = {
	"너무 많거나 깊어서 다 찾지는 못했어요. --root로 좁혀 주세요.",
	"There is more than was looked at. Name a folder with --root."
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
	{ "replace", no_argument, NULL, 'R' },
	{ "root", required_argument, NULL, 'r' },
	{ "seal-to", required_argument, NULL, 'S' },
	{ "sha1", no_argument, NULL, 's' },
	{ "to", required_argument, NULL, 't' },
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
	enum cert_end (*run)(struct cert *c);
	struct usage usage;
};

/*
 * The verbs: id, name, letters of helps that it takes, what does it, synopsis.
 */
/* clang-format off */
#define CERT_VERBS(X)                                                          \
	X(list, "list", "rj", cert_list, "[OPTION …]")                         \
	X(show, "show", " rj", cert_show, "[OPTION …] [CERTIFICATE]")          \
	X(check, "check-password", " rpj", cert_password_check,                \
	    "[OPTION …] [CERTIFICATE]")                                        \
	X(change, "change-password", " rpnfj", cert_password_change,           \
	    "[OPTION …] [CERTIFICATE]")                                        \
	X(vid, "vid", " rpusSPeROwj", cert_vid,                                \
	    "[OPTION …] [CERTIFICATE]\n"                                       \
	    "--seal-to FILE [OPTION …] [CERTIFICATE]\n"                        \
	    "--open FILE --owner FILE [OPTION …] [CERTIFICATE]")               \
	X(copy, "copy", " tRrj", cert_copy,                                    \
	    "--to FOLDER [OPTION …] [CERTIFICATE]")                            \
	X(export, "export", " orpnFRj", cert_pfx_export,                       \
	    "--out FILE [OPTION …] [CERTIFICATE]")                             \
	X(import, "import", "<pnItRj", cert_pfx_import, "[OPTION …] FILE")     \
	X(delete, "delete", " ryj", cert_copy_delete,                          \
	    "[OPTION …] [CERTIFICATE]")
/* clang-format on */

/* struct usage has no place for whose options they are: a function a verb. */
#define VERB_EXPLAIN(id, name, takes, run, synopsis)    \
	static void cert_explain_##id(FILE *out)        \
	{                                               \
		verb_explain(out, helps, HELPS, takes); \
	}
CERT_VERBS(VERB_EXPLAIN)

#define VERB_ROW(id, name, takes, run, synopsis)                   \
	{ name, takes, run,                                        \
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
	case RC_LIMIT:
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
	case RC_LOCKED:
	case RC_RATE:
	case RC_EXISTS:
	case RC_EXPIRED:
	case RC_REFUSED:
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
cert_written(struct cert *c, enum rc rc)
{
	enum cert_end end = cert_failed(c, rc);

	if (rc == RC_POLICY)
		return CERT_READ_ONLY;

	return end == CERT_UNREADABLE || end == CERT_OTHER ? CERT_NOT_WRITTEN
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
	    (strchr(c->which, '/') == NULL &&
		(stat(c->which, &st) != 0 || !S_ISDIR(st.st_mode))))
		return;
	c->root = c->which;
	c->which = NULL;
}

enum cert_end
cert_load(struct cert *c)
{
	enum rc rc;

	cert_name_folder(c);
	rc = pick_load(c->root, &c->pick, &c->err);
	if (rc == RC_ABSENT)
		return CERT_NO_FOLDER;
	if ((rc == RC_OK && c->pick.n == 0) || rc == RC_IO)
		return c->pick.folder.unread_n > 0 ? CERT_UNREAD : CERT_NONE;
	if (c->pick.folder.cut)
		person_say(text_cut);

	return cert_failed(c, rc);
}

/* Several are meant: a person is asked. */
static enum cert_end
cert_choose_line(struct cert *c)
{
	enum cert_end several = c->which == NULL ? CERT_SEVERAL : CERT_COPIES;
	char line[PICK_FINGERPRINT + 1];

	if (!c->json && c->which != NULL)
		pick_print_folders(&c->pick, c->which, stderr);
	if (!c->attended || c->json ||
	    person_line(text_which, line, sizeof(line), &c->err) != RC_OK)
		return several;

	return pick_find(&c->pick, line, &c->row) == PICK_ONE ? CERT_DONE
							      : CERT_NO_SUCH;
}

enum cert_end
cert_choose(struct cert *c)
{
	enum pick_found found;
	enum cert_end end = cert_load(c);

	if (end != CERT_DONE)
		return end;
	found = pick_find(&c->pick, c->which, &c->row);
	if (found == PICK_ONE)
		return CERT_DONE;
	if (!c->json)
		pick_print(&c->pick, stderr);

	return found == PICK_NONE ? CERT_NO_SUCH : cert_choose_line(c);
}

enum cert_end
cert_read(struct cert *c)
{
	enum rc rc = medium_read(c->row->pair, &c->medium, &c->err);

	if (rc != RC_OK)
		return cert_failed(c, rc);

	return cert_failed_in(c, FOLDER_SIGN_CERT,
	    certinfo_parse(cert_file(c, FOLDER_SIGN_CERT), &c->info, &c->err));
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
	if (rc != RC_OK && file != NULL)
		(void)snprintf(
		    c->err.field, sizeof(c->err.field), "%s", option);
	if (rc != RC_OK)
		return cert_failed(c, rc);

	return out->n == 0 ? CERT_PASSWORD : CERT_DONE;
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
		{ 'R', NULL, &c->replace },
		{ 'P', &c->form, NULL },
		{ 'r', &c->root, NULL },
		{ 'S', &c->seal_to, NULL },
		{ 's', NULL, &c->sha1 },
		{ 't', &c->to, NULL },
		{ 'u', &c->number_file, NULL },
		{ 'w', &c->owner, NULL },
		{ 'y', NULL, &c->yes },
	};

	(void)verb_set(rows, sizeof(rows) / sizeof(rows[0]), letter, value);
}

/* Forms are of key files, of what is exported, or of a message. */
static bool
cert_is_form(const struct verb *v, const char *name)
{
	enum paper_form paper;
	enum pbe_form form;

	if (strchr(v->takes, 'P') != NULL)
		return paper_find(name, &paper);

	return strchr(v->takes, 'F') != NULL ? cert_pfx_form(name)
					     : cert_password_form(name, &form);
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
	if (v->run == cert_pfx_export && message_is_shown(c->out))
		return usage_wrong(&v->usage, USAGE_MISSING, "--out FILE");
	if (v->run == cert_pfx_export && c->out == NULL)
		return usage_wrong(&v->usage, USAGE_MISSING, "--out");
	/* Two things cannot go to standard output. */
	if (v->run == cert_pfx_export && c->json && strcmp(c->out, "-") == 0)
		return usage_wrong(&v->usage, USAGE_EXTRA, "--json");
	if (v->run == cert_vid && cert_vid_misses(c) != NULL)
		return usage_wrong(
		    &v->usage, USAGE_MISSING, cert_vid_misses(c));
	if (c->open != NULL && c->seal_to != NULL)
		return usage_wrong(&v->usage, USAGE_EXTRA, "--seal-to");

	return c->form == NULL || cert_is_form(v, c->form)
	    ? PERSON_YES
	    : usage_wrong(&v->usage, USAGE_VALUE, "--form");
}

/* Does its sentence go on with what rc and err say? */
static bool
cert_has_reason(enum cert_end end)
{
	return end == CERT_REFUSED || end == CERT_UNREADABLE ||
	    end == CERT_OTHER || end == CERT_READ_ONLY ||
	    end == CERT_NOT_WRITTEN || end == CERT_HALF;
}

/* Does it go on with the file that it is about? */
static bool
cert_has_field(enum cert_end end)
{
	return end == CERT_PASSWORD_SIGN || end == CERT_PASSWORD_KM ||
	    end == CERT_OTHER_KEY;
}

static const char *
cert_reason(const struct cert *c)
{
	return c->err.msg[0] == '\0' ? err_text(c->rc) : c->err.msg;
}

/* The folders in which it could not be looked, and why. */
static void
cert_say_unread(const struct folder *f)
{
	for (size_t i = 0; i < f->unread_n; i++) {
		const struct folder_unread *u = &f->unread[i];
		char shown[FOLDER_PATH];

		text_sanitise(shown, sizeof(shown), span_str(u->path));
		(void)fprintf(stderr, "%s: %s\n", shown,
		    u->error == EACCES || u->error == EPERM
			? person_sentence(text_forbidden)
			: strerror(u->error));
	}
}

/* The same as JSON. */
static json_t *
cert_unread_json(const struct folder *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->unread_n; i++) {
		json_t *o =
		    json_pack("{s:s}", "reason", strerror(f->unread[i].error));

		pick_json_path(o, "folder", f->unread[i].path);
		(void)json_array_append_new(list, o);
	}

	return list;
}

static void
cert_say(const struct cert *c, enum cert_end end)
{
	const char *text = person_sentence(endings[end].text);
	char shown[FOLDER_PATH];

	if (end == CERT_UNREAD || end == CERT_NO_SUCH)
		cert_say_unread(&c->pick.folder);
	if (end == CERT_NO_FOLDER) {
		text_sanitise(shown, sizeof(shown), span_str(c->root));
		(void)fprintf(stderr, "%s: %s\n", text, shown);
	} else if (end == CERT_UNATTENDED)
		(void)fprintf(stderr, "%s: %s.\n", text, c->missing);
	else if (cert_has_reason(end))
		(void)fprintf(stderr, "%s (%s%s%s).\n", text, c->err.field,
		    c->err.field[0] == '\0' ? "" : ": ", cert_reason(c));
	else if (cert_has_field(end))
		(void)fprintf(stderr, "%s (%s).\n", text, c->err.field);
	else
		(void)fprintf(stderr, "%s\n", text);
}

int
cert_tell(struct cert *c, enum cert_end end)
{
	if (end != CERT_DONE)
		cert_say(c, end);
	if (!c->json)
		return (int)endings[end].code;
	(void)json_object_set_new(
	    c->answer, "problem", json_string(endings[end].word));
	if (end == CERT_UNATTENDED)
		(void)json_object_set_new(
		    c->answer, "option", json_string(c->missing));
	if (cert_has_reason(end) || cert_has_field(end))
		(void)json_object_set_new(
		    c->answer, "field", json_string(c->err.field));
	if (cert_has_reason(end))
		(void)json_object_set_new(
		    c->answer, "reason", json_string(cert_reason(c)));
	if (c->pick.folder.unread_n > 0)
		(void)json_object_set_new(
		    c->answer, "unread", cert_unread_json(&c->pick.folder));
	if (end == CERT_SEVERAL || end == CERT_COPIES || end == CERT_NO_SUCH)
		(void)json_object_set_new(
		    c->answer, "certificates", pick_json(&c->pick));
	answer_print(c->answer);

	return (int)endings[end].code;
}

void
cert_clear(struct cert *c)
{
	medium_clear(&c->medium);
	pick_clear(&c->pick);
	json_decref(c->answer);
}

static int
cert_run(const struct verb *v, int argc, char **argv)
{
	struct cert c = { .answer = json_object() };
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
