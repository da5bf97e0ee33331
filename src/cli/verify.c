/*
 * verify.c - ingam verify: is that signature good, and whose is it?
 *
 * Belongs here: its options, and how it is told.
 * Not here: what is read and compared (verify_run.c); who signed and whether
 * that is believed (signer.c).
 */
#include "cli/verify.h"

#include "base/language.h"
#include "base/usage.h"
#include "cli/answer.h"
#include "cli/cert_tell.h"
#include "cli/paper.h"
#include "cli/verb.h"
#include "client/person.h"
#include "client/reason.h"

#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ending {
	const char *word; /* stands in --json, and stays as it is for ever */
	struct person_text text;
	enum person_exit code;
	bool reason; /* err has one */
};

static const struct ending endings[] = {
	[VERIFY_DONE] = { "", { "", "" }, PERSON_YES, false },
	[VERIFY_MISSING] = { "content-missing",
	    { "서명된 내용이 서명문에 없어요. 그 파일도 적어 주세요: "
	      "ingam verify 서명문 파일",
		"The signed content is not in the message. Name its file too: "
		"ingam verify MESSAGE FILE" },
	    PERSON_USAGE, false },
	[VERIFY_TWICE] = { "content-twice",
	    { "서명문에 내용이 들어 있어요. 파일을 따로 적지 마세요.",
		"The message contains its content. Leave out the second "
		"file." },
	    PERSON_USAGE, false },
	[VERIFY_NO_ROOTS] = { "no-roots",
	    { "믿을 최상위 인증서가 없어요. --trust로 알려 주거나 "
	      "/etc/ingam/trust.d 또는 ~/.config/ingam/trust.d에 두세요. "
	      "서명만 보려면 --no-chain을 쓰세요.",
		"There is no root certificate to trust. Name one with --trust "
		"or put it into /etc/ingam/trust.d or ~/.config/ingam/trust.d; "
		"to verify the signature alone, use --no-chain." },
	    PERSON_INPUT, false },
	[VERIFY_WRONG_ROOTS] = { "no-roots",
	    { "--trust로 알려 준 곳에 최상위 인증서가 없어요. PEM이나 DER 파일, 또는 "
	      "그런 파일이 있는 폴더를 알려 주세요",
		"What --trust names has no root certificate. Name a file in "
		"PEM or DER, or a folder of such files" },
	    PERSON_INPUT, true },
	[VERIFY_OUT_EXISTS] = { "exists",
	    { "같은 이름의 파일이 있어요. 바꾸려면 --replace를 붙여 주세요.",
		"A file of that name is there. To replace it, add "
		"--replace." },
	    PERSON_REFUSED, false },
	[VERIFY_NO_OUT] = { "no-out",
	    { "거기에는 쓸 수 없어요. --out에 다른 곳을 적어 주세요",
		"It cannot be written there. Name another place with --out" },
	    PERSON_INPUT, true },
	[VERIFY_SEALED] = { "", { "", "" }, PERSON_SERVICE, false },
	[VERIFY_NOT_SIGNED] = { "not-signed",
	    { "잠긴 것을 열었지만 서명한 것이 아니에요. 누가 보냈는지 알 수 없어요",
		"It was opened, but what was sealed is not signed: nobody can "
		"tell who sent it" },
	    PERSON_NO, true },
	/* For programs it is the same: no file to go on with. */
	[VERIFY_OVER_LIMIT] = { "unreadable",
	    { "한도를 넘어요", "This is over a limit" }, PERSON_INPUT, true },
	[VERIFY_UNREADABLE] = { "unreadable",
	    { "파일을 읽지 못했어요", "A file cannot be read" }, PERSON_INPUT,
	    true },
	/* For programs it is the same: no file to go on with. */
	[VERIFY_MALFORMED] = { "unreadable",
	    { "파일이 맞지 않거나 깨졌어요",
		"A file is not what it should be" },
	    PERSON_INPUT, true },
	[VERIFY_NO_MESSAGE] = { "unreadable",
	    { "서명문이 아니거나 깨졌어요",
		"This is no signed message, or a damaged one" },
	    PERSON_INPUT, true },
	/* As "ingam cert vid" says it of a key file. */
	[VERIFY_NO_R] = { "no-random",
	    { "번호를 확인할 난수(R)가 서명문에 없어요. ingam sign --hometax "
	      "--random으로 다시 서명해 주세요.",
		"The message has no random number (R) to check the number by. "
		"Have it signed again with ingam sign --hometax --random." },
	    PERSON_INPUT, false },
	[VERIFY_UNSAFE] = { "unsafe",
	    { "위조할 수 있는 서명이라 확인하지 않아요",
		"This could be forged, so it is not verified" },
	    PERSON_REFUSED, true },
	[VERIFY_DECLINED] = { "declined", { "그만두었어요.", "Stopped." },
	    PERSON_REFUSED, false },
	[VERIFY_FAILED] = { "failed",
	    { "하지 못했어요", "This could not be done" }, PERSON_SERVICE,
	    true },
};

/* How it ended for the first signer who is not good. */
static const struct ending states[] = {
	[SIGNER_UNKNOWN] = { "failed", { "", "" }, PERSON_SERVICE, true },
	[SIGNER_GOOD] = { "", { "서명이 맞아요.", "The signature is good." },
	    PERSON_YES, false },
	[SIGNER_ABSENT] = { "no-certificate",
	    { "서명한 사람의 인증서가 서명문에 없어요. --certificate로 알려 "
	      "주세요.",
		"The signer's certificate is not in the message. Name it with "
		"--certificate." },
	    PERSON_INPUT, false },
	[SIGNER_OTHER] = { "other-signer",
	    { "이 인증서로 한 서명이 아니에요.",
		"This was not signed with that certificate." },
	    PERSON_NO, false },
	[SIGNER_BAD] = { "bad-signature",
	    { "서명이 맞지 않아요", "The signature is bad" }, PERSON_NO, true },
	[SIGNER_UNSAFE] = { "unsafe",
	    { "위조할 수 있는 서명이라 확인하지 않아요",
		"This could be forged, so it is not verified" },
	    PERSON_REFUSED, true },
	[SIGNER_CHAIN] = { "untrusted",
	    { "서명은 맞지만 믿을 수 있는 인증서가 아니에요",
		"The signature is good, but its certificate is not trusted" },
	    PERSON_NO, true },
	[SIGNER_EXPIRED] = { "expired",
	    { "서명은 맞지만 유효기간이 지난 인증서예요",
		"The signature is good, but a certificate is not valid now" },
	    PERSON_NO, true },
	[SIGNER_REVOKED] = { "revoked",
	    { "서명은 맞지만 폐지된 인증서예요",
		"The signature is good, but a certificate was revoked" },
	    PERSON_NO, true },
	[SIGNER_STATUS] = { "status-unknown",
	    { "서명은 맞지만 인증서가 폐지되었는지 알 수 없어요. --crl로 "
	      "폐지목록을 주거나 --online으로 물어보거나, 보지 않으려면 "
	      "--no-revocation을 쓰세요",
		"The signature is good, but nobody knows whether its "
		"certificate was revoked. Give lists with --crl, ask with "
		"--online, or leave it out with --no-revocation" },
	    PERSON_NO, true },
	[SIGNER_STATUS_ASKED] = { "status-unknown",
	    { "서명은 맞지만 인증서가 폐지되었는지 알 수 없어요. 물어본 곳에서 쓸 수 "
	      "있는 답이 오지 않았어요. 나중에 다시 하거나, --crl로 폐지목록을 "
	      "주거나, 보지 않으려면 --no-revocation을 쓰세요",
		"The signature is good, but nobody knows whether its "
		"certificate was revoked: no usable answer came from where it "
		"was asked. Try again later, give lists with --crl, or leave "
		"it out with --no-revocation" },
	    PERSON_NO, true },
	[SIGNER_STATUS_NOWHERE] = { "status-unknown",
	    { "서명은 맞지만 인증서가 폐지되었는지 알 수 없어요. 인증서에 물어볼 곳이 "
	      "적혀 있지 않아요. --crl로 폐지목록을 주거나, 보지 않으려면 "
	      "--no-revocation을 쓰세요",
		"The signature is good, but nobody knows whether its "
		"certificate was revoked: it names no place to ask. Give lists "
		"with --crl, or leave it out with --no-revocation" },
	    PERSON_NO, true },
	[SIGNER_OWNER] = { "other-owner",
	    { "서명은 맞지만 이 번호의 사람이 한 것이 아니에요",
		"The signature is good, but it was not made by the owner of "
		"that number" },
	    PERSON_NO, true },
	[SIGNER_FAILED] = { "failed",
	    { "하지 못했어요", "This could not be done" }, PERSON_SERVICE,
	    true },
};

static const struct verb_line helps[] = {
	{ "MESSAGE",
	    { "서명문. der, pem, base64, hex. -이면 표준 입력",
		"the message: der, pem, base64 or hex; with -, standard "
		"input" } },
	{ "FILE",
	    { "서명된 내용이 서명문 밖에 있으면 그 파일",
		"the signed content where it is not in the message" } },
	{ "--certificate FILE",
	    { "이 인증서로 한 서명이어야 해요",
		"the certificate that must have signed" } },
	{ "--out FILE",
	    { "맞으면 서명된 내용을 여기에 써요",
		"where the signed content goes, if it is good" } },
	{ "--replace",
	    { "그 이름의 파일이 있으면 바꿔요",
		"replace the file of that name" } },
	{ "--trust PATH",
	    { "믿을 최상위 인증서의 파일이나 폴더. 없으면 /etc/ingam/trust.d와 "
	      "~/.config/ingam/trust.d",
		"root certificates to trust, a file or a folder; else "
		"/etc/ingam/trust.d and ~/.config/ingam/trust.d" } },
	{ "--ca PATH",
	    { "그 사이 발급기관의 인증서. 믿지는 않아요",
		"certificates of CAs between, which are not trusted by "
		"this" } },
	{ "--online",
	    { "인증서가 가리키는 곳에 폐지되었는지 물어봐요 (OCSP, 폐지목록)",
		"ask the places that the certificates name whether they were "
		"revoked (OCSP, lists)" } },
	{ "--no-revocation",
	    { "폐지되었는지 보지 않아요",
		"do not ask whether it was revoked" } },
	{ "--no-chain", { "서명만 확인해요", "verify the signature alone" } },
	{ "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
	{ "--recipient CERTIFICATE",
	    { "잠긴 서명문을 여는 내 인증서. 목록의 번호, 지문의 앞 8자리 이상, "
	      "또는 그 폴더",
		"what opens a sealed message: the number of a certificate in "
		"ingam cert list, 8 or more digits of its fingerprint, or its "
		"folder" } },
	{ "--root FOLDER",
	    { "그 인증서를 찾을 폴더. 없으면 늘 있는 곳에서 찾아요",
		"where to look for it; else the usual places" } },
	{ "--password-file FILE",
	    { "첫 줄이 그 인증서 비밀번호인 파일",
		"a file whose first line is its password" } },
	{ "--crl FILE",
	    { "폐지목록. 여러 번 쓸 수 있어요",
		"a list of revoked certificates; may be repeated" } },
	{ "--ocsp FILE",
	    { "온라인 상태 확인의 답. 여러 번 쓸 수 있어요",
		"an answer of OCSP; may be repeated" } },
	{ "--hometax",
	    { "ingam sign --hometax가 만든 JSON을 확인해요",
		"verify the JSON that ingam sign --hometax makes" } },
	{ "--number-file FILE",
	    { "--hometax의 R로 이 주민·사업자등록번호의 사람인지도 봐요",
		"with --hometax: a file whose first line is the resident or "
		"business number that the signer must have, which R shows" } },
};

static const struct person_text text_no_chain = {
	"인증서를 믿을 수 있는지는 확인하지 않았어요.",
	"Whether its certificate can be trusted was not asked."
};
static const struct person_text text_sealed_to = { "받는 사람", "Sealed to" };
static const struct person_text text_no_revocation = {
	"인증서가 폐지되었는지는 확인하지 않았어요.",
	"Whether its certificate was revoked was not asked."
};

static void
verify_explain(FILE *out)
{
	verb_lines(out, helps, sizeof(helps) / sizeof(helps[0]));
}

static const struct usage verify_usage = { "ingam verify",
	"[OPTION …] MESSAGE [FILE]\n--hometax [OPTION …] MESSAGE",
	verify_explain, language_korean };

static const struct option options[] = {
	{ "certificate", required_argument, NULL, 'c' },
	{ "trust", required_argument, NULL, 't' },
	{ "ca", required_argument, NULL, 'a' },
	{ "crl", required_argument, NULL, 'l' },
	{ "ocsp", required_argument, NULL, 's' },
	{ "number-file", required_argument, NULL, 'u' },
	{ "online", no_argument, NULL, 'i' },
	{ "no-revocation", no_argument, NULL, 'r' },
	{ "no-chain", no_argument, NULL, 'n' },
	{ "recipient", required_argument, NULL, 'w' },
	{ "root", required_argument, NULL, 'f' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "hometax", no_argument, NULL, 'h' },
	{ "out", required_argument, NULL, 'o' },
	{ "replace", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

/* One more of what may be given again. */
static bool
verify_add(const char *paths[static VERIFY_CRLS], size_t *n)
{
	if (*n == VERIFY_CRLS)
		return false;
	paths[(*n)++] = optarg;

	return true;
}

/* Takes one option; false where there are too many of it. */
static bool
verify_option(struct verify *v, int letter)
{
	struct {
		int letter;
		const char **text;
		bool *flag;
	} rows[] = {
		{ 'c', &v->certificate_path, NULL },
		{ 't', &v->trust_path, NULL },
		{ 'a', &v->ca_path, NULL },
		{ 'u', &v->number_file, NULL },
		{ 'w', &v->own.which, NULL },
		{ 'f', &v->own.root, NULL },
		{ 'p', &v->own.password_file, NULL },
		{ 'i', NULL, &v->online },
		{ 'r', NULL, &v->no_revocation },
		{ 'n', NULL, &v->no_chain },
		{ 'h', NULL, &v->hometax },
		{ 'o', &v->out, NULL },
		{ 'e', NULL, &v->own.replace },
		{ 'j', NULL, &v->own.json },
	};

	if (letter == 'l')
		return verify_add(v->crl_paths, &v->crl_paths_n);
	if (letter == 's')
		return verify_add(v->ocsp_paths, &v->ocsp_paths_n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].letter != letter)
			continue;
		if (rows[i].text != NULL)
			*rows[i].text = optarg;
		else
			*rows[i].flag = true;
	}

	return true;
}

/* Is standard input to be two things? */
static bool
verify_shares(const struct verify *v)
{
	const char *contents[] = { v->message_path, v->content_path };

	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		if (contents[i] != NULL &&
		    (paper_shares(contents[i], v->own.password_file) ||
			paper_shares(contents[i], v->number_file)))
			return true;
	}

	return paper_shares(v->message_path, v->content_path);
}

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
verify_options(struct verify *v, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return usage_getopt(
			    &verify_usage, options, argv, letter);
		if (!verify_option(v, letter))
			return usage_wrong(&verify_usage, USAGE_EXTRA,
			    letter == 'l' ? "--crl" : "--ocsp");
	}
	if (v->number_file != NULL && !v->hometax)
		return usage_wrong(&verify_usage, USAGE_MISSING, "--hometax");
	if (v->hometax && v->out != NULL)
		return usage_wrong(&verify_usage, USAGE_EXTRA, "--out");
	if (v->hometax &&
	    (v->own.which != NULL || v->own.root != NULL ||
		v->own.password_file != NULL))
		return usage_wrong(&verify_usage, USAGE_EXTRA, "--hometax");
	if (optind == argc)
		return usage_wrong(&verify_usage, USAGE_MISSING, "MESSAGE");
	v->message_path = argv[optind++];
	if (optind < argc && !v->hometax)
		v->content_path = argv[optind++];
	if (optind < argc)
		return usage_wrong(&verify_usage, USAGE_EXTRA, argv[optind]);

	return verify_shares(v)
	    ? usage_wrong(&verify_usage, USAGE_SHARED, "MESSAGE")
	    : PERSON_YES;
}

static void
verify_say(const struct ending *how, enum rc rc, const struct err *e)
{
	(void)fprintf(stderr, "%s", person_sentence(how->text));
	if (how->reason) {
		(void)fputs(" (", stderr);
		reason_print(stderr, rc, e);
		(void)fputs(").", stderr);
	}
	(void)fputc('\n', stderr);
}

static void
verify_print(const struct verify *v, const struct ending *how)
{
	/* The content may be going to standard output. */
	bool busy = v->out != NULL && strcmp(v->out, "-") == 0;

	if (v->recipient[0] != '\0')
		(void)fprintf(busy ? stderr : stdout, "%s: %s\n",
		    person_sentence(text_sealed_to), v->own.info.owner);
	for (size_t i = 0; i < v->signers_n; i++)
		signer_print(&v->signers[i], busy ? stderr : stdout);
	if (how->code != PERSON_YES)
		return;
	(void)fprintf(
	    busy ? stderr : stdout, "%s\n", person_sentence(how->text));
	if (v->no_chain)
		person_say(text_no_chain);
	else if (v->no_revocation)
		person_say(text_no_revocation);
}

static void
verify_print_json(const struct verify *v, const struct ending *how, enum rc rc,
    const struct err *e)
{
	json_t *list = json_array();
	json_t *o = json_pack("{s:b s:s}", "good",
	    (int)(how->code == PERSON_YES), "problem", how->word);

	if (v->recipient[0] != '\0')
		(void)json_object_set_new(
		    o, "recipient", json_string(v->recipient));

	if (how->reason) {
		(void)json_object_set_new(o, "field", json_string(e->field));
		(void)json_object_set_new(o, "reason",
		    json_string(e->msg[0] == '\0' ? err_text(rc) : e->msg));
	}
	for (size_t i = 0; i < v->signers_n; i++)
		(void)json_array_append_new(
		    list, signer_json(&v->signers[i], &v->ask));
	(void)json_object_set_new(o, "signers", list);
	answer_print(o);
	json_decref(o);
}

/* Says how it ended; gives the exit code. */
static int
verify_tell(struct verify *v, enum verify_end end)
{
	const struct signer *worst = verify_worst(v);
	bool about = end == VERIFY_DONE;
	const struct ending *how =
	    about ? &states[worst->state] : &endings[end];
	const struct err *e = about ? &worst->err : &v->err;
	enum rc rc = about ? worst->rc : v->rc;

	if (end == VERIFY_SEALED) {
		(void)json_object_set_new(v->own.answer, "good", json_false());
		(void)json_object_set_new(
		    v->own.answer, "signers", json_array());
		return cert_tell(&v->own, v->own_end);
	}
	if (!v->own.json)
		verify_print(v, how);
	if (how->code != PERSON_YES)
		verify_say(how, rc, e);
	if (v->own.json)
		verify_print_json(v, how, rc, e);

	return (int)how->code;
}

int
verify_main(int argc, char **argv)
{
	struct verify v = { .content = buf_init(CMS_CONTENT_MAX) };
	int code;

	if (usage_asked(&verify_usage, argc, argv))
		return PERSON_YES;
	v.own.answer = json_object();
	v.own.attended = isatty(STDIN_FILENO) == 1;
	code = verify_options(&v, argc, argv);
	if (code == PERSON_YES)
		code = verify_tell(&v, verify_run(&v));
	verify_clear(&v);

	return code;
}
