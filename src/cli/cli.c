/*
 * cli.c - the ingam command: its subcommands.
 *
 * Belongs here: finding the subcommand, and the list of them; that nobody looks
 * into the process.
 * Not here: what a subcommand does (cert.c, cloud.c, token.c); asking and telling a person
 * (client/person.c).
 */
#include "cli/cli.h"

#include "base/language.h"
#include "base/process.h"
#include "base/usage.h"
#include "cli/cert.h"
#include "cli/cloud.h"
#include "cli/sign.h"
#include "cli/token.h"
#include "cli/tokens.h"
#include "cli/verb.h"
#include "cli/verify.h"
#include "client/person.h"

#include <openssl/crypto.h>
#include <string.h>

/* Of a locked heap for OpenSSL's private numbers: room for some RSA keys. */
#define CLI_HEAP     (256U << 10)
#define CLI_HEAP_MIN 64

#define CLI_CALLED   40 /* "ingam cert change-password" */

static const struct {
	const char *group; /* NULL: the command is its verb alone */
	const char *verb;
	int (*run)(int argc, char **argv);
	struct person_text help;
} commands[] = {
	{ "cert", "list", cert_main,
	    { "이 PC와 이동식디스크의 인증서를 보여줘요.",
		"Shows the certificates of this PC and its media." } },
	{ "cert", "show", cert_main,
	    { "인증서 하나의 내용을 보여줘요.",
		"Shows what one certificate says." } },
	{ "cert", "check-password", cert_main,
	    { "인증서 비밀번호가 맞는지 확인해요.",
		"Checks the password of a certificate." } },
	{ "cert", "change-password", cert_main,
	    { "저장매체 하나에서 인증서 비밀번호를 바꿔요.",
		"Changes its password on one medium." } },
	{ "cert", "copy", cert_main,
	    { "인증서를 다른 저장매체로 복사해요.",
		"Copies a certificate onto another medium." } },
	{ "cert", "delete", cert_main,
	    { "저장매체 하나에서 인증서를 지워요.",
		"Deletes a certificate from one medium." } },
	{ "cert", "export", cert_main,
	    { "인증서를 PFX(.p12) 파일 하나로 내보내요.",
		"Makes a PKCS#12 file of a certificate." } },
	{ "cert", "import", cert_main,
	    { "PFX(.p12) 파일에서 인증서를 가져와요.",
		"Imports what is in a PKCS#12 file." } },
	{ "cert", "vid", cert_main,
	    { "인증서 주인의 주민·사업자등록번호를 확인해요.",
		"Checks whether it is of this registration number." } },
	{ "cloud", "import", cloud_import,
	    { "PC의 인증서를 휴대폰에 보이는 번호로 등록해요.",
		"Registers a certificate of this PC in the vault." } },
	{ NULL, "sign", sign_main,
	    { "PC의 인증서로 파일에 전자서명해요.",
		"Signs a file with a certificate of this PC." } },
	{ "token", "list", tokens_main,
	    { "보안토큰과 그 안의 인증서를 보여줘요.",
		"Shows tokens and the certificates on them." } },
	{ "token", "copy", tokens_main,
	    { "이 PC의 인증서를 보안토큰에 복사해요.",
		"Copies a certificate of this PC to a token." } },
	{ "token", "delete", tokens_main,
	    { "보안토큰의 인증서를 지워요.",
		"Deletes a certificate from a token." } },
	{ "token", "register", token_register,
	    { "브라우저와 프로그램에 인감 토큰을 등록해요.",
		"Makes this PC's programs see the Ingam token." } },
	{ "token", "unregister", token_unregister,
	    { "인감 토큰의 등록을 지워요.", "Undoes ingam token register." } },
	{ NULL, "verify", verify_main,
	    { "전자서명이 맞는지, 누구의 것인지 확인해요.",
		"Says whether a signature is good, and whose it is." } },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* The commands of a group; NULL: all there are. */
static void
cli_list(FILE *out, const char *group)
{
	struct verb_line lines[COMMANDS];
	char called[COMMANDS][CLI_CALLED];
	size_t n = 0;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (group != NULL &&
		    (commands[i].group == NULL ||
			strcmp(commands[i].group, group) != 0))
			continue;
		(void)snprintf(called[n], CLI_CALLED, "ingam %s%s%s",
		    commands[i].group == NULL ? "" : commands[i].group,
		    commands[i].group == NULL ? "" : " ", commands[i].verb);
		lines[n] = (struct verb_line){ called[n], commands[i].help };
		n++;
	}
	verb_lines(out, lines, n);
	(void)fprintf(out, "\ningam %s%s%s\n", group == NULL ? "" : group,
	    group == NULL ? "" : " ",
	    person_sentence(
		(struct person_text){ "명령 --help: 그 명령의 옵션을 보여줘요.",
		    "COMMAND --help: the options of that command." }));
}

static void
cli_explain(FILE *out)
{
	cli_list(out, NULL);
}

/* struct usage has no place for whose commands they are: a function a group. */
/* clang-format off */
#define CLI_GROUPS(X) X(cert) X(cloud) X(token)
#define GROUP_EXPLAIN(id)                       \
	static void cli_explain_##id(FILE *out) \
	{                                       \
		cli_list(out, #id);             \
	}
CLI_GROUPS(GROUP_EXPLAIN)

#define CLI_SYNOPSIS "COMMAND [OPTION …]\n--help | --version"
#define GROUP_ROW(id)                                               \
	{ #id,                                                      \
		{ "ingam " #id, CLI_SYNOPSIS, cli_explain_##id,     \
		    language_korean } },
/* The first is of what is in no group. */
static const struct {
	const char *name;
	struct usage usage;
} groups[] = {
	{ NULL,
	    { "ingam", CLI_SYNOPSIS, cli_explain, language_korean } },
	CLI_GROUPS(GROUP_ROW)
};
/* clang-format on */
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/*
 * Keys and passwords pass through: no core, no tracer, a locked heap. Where
 * the system does not let us lock so much it serves all the same.
 */
static int
cli_private(void)
{
	struct err e = { 0 };
	enum rc rc = process_hide(&e);

	(void)CRYPTO_secure_malloc_init(CLI_HEAP, CLI_HEAP_MIN);

	return rc == RC_OK ? PERSON_YES : (int)person_fail(rc, NULL, &e);
}

/* The group that a word names, or the first one. */
static size_t
cli_group(const char *name)
{
	for (size_t i = 1; i < GROUPS; i++)
		if (name != NULL && strcmp(name, groups[i].name) == 0)
			return i;

	return 0;
}

/* Is this row meant, and by how many words? 0: it is not. */
static int
cli_words(size_t row, int argc, char **argv)
{
	const char *group = commands[row].group;
	int words = group == NULL ? 1 : 2;

	if (argc <= words || strcmp(argv[words], commands[row].verb) != 0 ||
	    (group != NULL && strcmp(argv[1], group) != 0))
		return 0;

	return words;
}

/* "help cert list" is "cert list --help". */
static void
cli_turn_help(int argc, char **argv)
{
	static char asks[] = "--help";

	if (argc < 2 || strcmp(argv[1], "help") != 0)
		return;
	for (int i = 1; i < argc - 1; i++)
		argv[i] = argv[i + 1];
	argv[argc - 1] = asks;
}

/* argv has been turned. */
static int
cli_run(int argc, char **argv)
{
	size_t group = cli_group(argc > 1 ? argv[1] : NULL);
	const struct usage *u = &groups[group].usage;
	/* Behind the program, or the group. */
	int at = group == 0 ? 1 : 2;
	const char *what = argc > at ? argv[at] : NULL;
	int code = cli_private();

	if (code != PERSON_YES)
		return code;
	for (size_t i = 0; i < COMMANDS; i++) {
		int words = cli_words(i, argc, argv);

		if (words == 0)
			continue;
		/* What it does, before its options. */
		if (usage_is_help(argc - words, argv + words))
			(void)printf(
			    "%s\n\n", person_sentence(commands[i].help));
		return commands[i].run(argc - words, argv + words);
	}
	if (usage_asked(u, argc, argv))
		return PERSON_YES;

	return usage_wrong(u,
	    what == NULL         ? USAGE_NOTHING
		: what[0] == '-' ? USAGE_OPTION
				 : USAGE_COMMAND,
	    what);
}

int
cli_main(int argc, char **argv)
{
	cli_turn_help(argc, argv);

	return cli_run(argc, argv);
}
