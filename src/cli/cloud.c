/*
 * cloud.c - ingam cloud import: a certificate of this PC into the vault.
 *
 * Belongs here: options, asking for the number (on a terminal only), telling how
 * far it got and how it ended.
 * Not here: which certificate, its files and its password (cert.c,
 * cert_password.c), and what is told of them (cert_tell.c); the exchange
 * (client/send.c).
 */
#include "cli/cloud.h"

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "base/usage.h"
#include "cli/answer.h"
#include "cli/cert_password.h"
#include "cli/cert_tell.h"
#include "cli/verb.h"
#include "client/send.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVER "http://localhost:8701"
#define NUMBER 4 /* digits of a number of the list; FOLDER_PAIRS has as many */

/* Every ending that has a sentence of its own. */
enum ending {
	END_DONE,
	END_NONE,
	END_SEVERAL,
	END_NUMBER,
	END_UNATTENDED,
	END_FILES, /* as ingam cert: import.end */
	END_EXPIRED,
	END_SLIP,
	END_NO_CODE,
	END_PASSWORD,
	END_WRONG_CODE,
	END_DECLINED,  /* by the person here */
	END_CANCELLED, /* on the phone */
	END_LATE,
	END_ADDRESS,
	END_OTHER, /* what the service said, or err */
};

/* word stands in --json, and stays as it is for ever. */
static const struct {
	enum person_exit code;
	const char *word;
	struct person_text text;
} endings[] = {
	[END_DONE] = { PERSON_YES, "",
	    { "등록 완료! PC의 인증서 파일은 그대로 있어요. 쓰지 않는다면 "
	      "지우는 것이 안전해요. 인감은 암호화된 문서를 열지 않고 개인키도 "
	      "돌려주지 않으니, 그런 문서를 열어야 한다면 파일이나 사본을 남겨 "
	      "두세요.",
		"Registered. The files on this PC are still there; delete them "
		"if you no longer need them. Ingam does not decrypt documents "
		"and never gives the private key back: if you have encrypted "
		"documents to open, keep the files or a copy." } },
	[END_NONE] = { PERSON_INPUT, "no-certificate",
	    { "인증서를 찾지 못했어요. 폴더가 맞는지 확인해 주세요: "
	      "ingam cloud import 폴더",
		"No certificate found. Name the folder that it is in: "
		"ingam cloud import FOLDER" } },
	[END_SEVERAL] = { PERSON_USAGE, "several-certificates",
	    { "인증서가 여러 개예요. --number로 하나를 골라 주세요.",
		"There are several certificates. Choose one with --number." } },
	[END_NUMBER] = { PERSON_USAGE, "no-such-number",
	    { "목록에 없는 번호예요. --number를 다시 골라 주세요.",
		"The list has no such number. Choose --number again." } },
	/* What is missing follows: import_missing(). */
	[END_UNATTENDED] = { PERSON_USAGE, "no-terminal",
	    { "물어볼 터미널이 없어요. 옵션으로 알려 주세요",
		"There is no terminal to ask on. Give as options" } },
	[END_FILES] = { PERSON_INPUT, "", { "", "" } },
	[END_EXPIRED] = { PERSON_REFUSED, "certificate-expired",
	    { "유효기간이 끝난 인증서예요. 발급기관에서 재발급받은 뒤 등록해 "
	      "주세요.",
		"This certificate has expired. Get a new one from its issuer "
		"first." } },
	[END_SLIP] = { PERSON_NO, "number-mistyped",
	    { "승인번호를 잘못 옮긴 것 같아요. 아직 아무것도 보내지 않았어요. "
	      "다시 확인해 주세요.",
		"There is a typo in that number. Nothing was sent. Please check "
		"it." } },
	[END_NO_CODE] = { PERSON_INPUT, "number-malformed",
	    { "승인번호는 숫자 13자리예요. 아직 아무것도 보내지 않았어요.",
		"The number has 13 digits. Nothing was sent." } },
	[END_PASSWORD] = { PERSON_NO, "wrong-password",
	    { "인증서 비밀번호가 맞지 않아요. 아무것도 보내지 않았어요.",
		"The certificate's password is wrong. Nothing was sent." } },
	[END_WRONG_CODE] = { PERSON_NO, "wrong-code",
	    { "승인번호가 맞지 않아 끝났어요. 휴대폰에서 새 번호를 받아 "
	      "주세요.",
		"The number was wrong, and this try has ended. Get a new number "
		"on the phone." } },
	[END_DECLINED] = { PERSON_REFUSED, "declined",
	    { "그만두었어요. 아무것도 보내지 않았어요.",
		"Stopped. Nothing was sent." } },
	[END_CANCELLED] = { PERSON_REFUSED, "cancelled",
	    { "휴대폰에서 등록을 끝냈어요. PC의 파일은 그대로예요.",
		"The phone ended the registration. The files on this PC are as "
		"they were." } },
	[END_LATE] = { PERSON_REFUSED, "expired",
	    { "시간이 지났어요. 휴대폰에서 새 번호를 받아 주세요.",
		"Time is over. Get a new number on the phone." } },
	[END_ADDRESS] = { PERSON_SERVICE, "wrong-address",
	    { "PC용 주소가 아니에요. 휴대폰 앱의 주소와는 달라요. 인증서는 보내지 "
	      "않았어요. --server에 PC용 주소를 적어 주세요.",
		"This is not the address for PCs; that of the phone app is "
		"another. No certificate was sent. Give the one for PCs with "
		"--server." } },
	[END_OTHER] = { PERSON_SERVICE, "failed", { "", "" } },
};

static const struct person_text text_code = { "휴대폰에 보이는 승인번호 13자리",
	"The 13-digit number that the phone shows" };
static const struct person_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };
static const struct person_text text_steps[] = {
	[SEND_CONNECTING] = { "휴대폰을 찾고 있어요…",
	    "Looking for the phone…" },
	[SEND_PROVING] = { "휴대폰과 번호를 확인하고 있어요…",
	    "Checking the number with the phone…" },
	[SEND_WAITING] = { "보냈어요. 휴대폰에서 비밀번호를 입력하고 승인해 주세요…",
	    "Sent. Type the password on the phone and approve…" },
};

struct import {
	const char *server;
	const char *code_text;
	struct cert cert;    /* what is sent; which is its number in the list */
	enum cert_end end;   /* of END_FILES */
	bool several;        /* certificates, of which none was chosen */
	enum send_step step; /* how far it got */
	struct rest *rest;
	struct code code;
	enum rc rc; /* of END_OTHER; cert.err says more */
	struct rest_problem problem;
};

static enum ending
import_other(struct import *m, enum rc rc)
{
	m->rc = rc;

	return END_OTHER;
}

/* What has a sentence of its own here; all else is told as ingam cert does. */
static enum ending
import_files(struct import *m, enum cert_end end)
{
	static const struct {
		enum cert_end end;
		enum ending ending;
	} rows[] = {
		{ CERT_DONE, END_DONE },
		{ CERT_NONE, END_NONE },
		{ CERT_NONE_THERE, END_NONE },
		{ CERT_SEVERAL, END_SEVERAL },
		{ CERT_NO_SUCH, END_NUMBER },
		{ CERT_PASSWORD, END_PASSWORD },
		{ CERT_DECLINED, END_DECLINED },
	};

	m->end = end;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].end == end)
			return rows[i].ending;

	return END_FILES;
}

static const struct verb_line helps[] = {
	{ "FOLDER",
	    { "인증서가 있는 폴더. 없으면 늘 있는 곳에서 찾아요",
		"where the certificate is; else the usual places" } },
	{ "--server URL",
	    { "서비스의 PC 주소. 없으면 INGAM_SERVER",
		"PC address of the service; else INGAM_SERVER" } },
	{ "--number N",
	    { "인증서가 여러 개일 때 목록의 번호",
		"which of several certificates, as listed" } },
	{ "--code NUMBER",
	    { "휴대폰에 보이는 승인번호 13자리. -이면 표준 입력에서 읽어요",
		"the 13-digit number that the phone shows; - to read it "
		"from standard input" } },
	{ "--password-file FILE",
	    { "첫 줄이 인증서 비밀번호인 파일",
		"a file whose first line is the certificate's password" } },
	{ "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
};
static const struct person_text text_script = {
	"터미널이 없으면 묻지 않아요. --code와 --password-file이 있어야 해요.",
	"Without a terminal nothing is asked: --code and --password-file are "
	"needed."
};

static void
import_explain(FILE *out)
{
	verb_lines(out, helps, sizeof(helps) / sizeof(helps[0]));
	(void)fprintf(out, "\n%s\n", person_sentence(text_script));
}

static const struct usage import_usage = { "ingam cloud import",
	"[OPTION …] [FOLDER]", import_explain, language_korean };

static const struct option options[] = {
	{ "server", required_argument, NULL, 's' },
	{ "number", required_argument, NULL, 'n' },
	{ "code", required_argument, NULL, 'c' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

/* Counted from 1, and nothing that could be a fingerprint. */
static bool
import_is_number(const char *text)
{
	return text_is_digits(span_str(text)) && strlen(text) <= NUMBER &&
	    strspn(text, "0") < strlen(text);
}

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
import_options(struct import *m, int argc, char **argv)
{
	const char *named = "INGAM_SERVER";
	int c;

	m->server = getenv("INGAM_SERVER");
	if (m->server == NULL || m->server[0] == '\0')
		m->server = SERVER;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == 's') {
			m->server = optarg;
			named = "--server";
		} else if (c == 'c')
			m->code_text = optarg;
		else if (c == 'p')
			m->cert.password_file = optarg;
		else if (c == 'j')
			m->cert.json = true;
		else if (c == 'n')
			m->cert.which = optarg;
		if (c == '?' || c == ':')
			return usage_getopt(&import_usage, options, argv, c);
		if (c == 'n' && !import_is_number(optarg))
			return usage_wrong(
			    &import_usage, USAGE_VALUE, "--number");
	}
	/* libcurl would take a bare host for HTTP without TLS. */
	if (strncmp(m->server, "https://", 8) != 0 &&
	    strncmp(m->server, "http://", 7) != 0)
		return usage_wrong(&import_usage, USAGE_VALUE, named);
	if (optind < argc)
		m->cert.root = argv[optind++];

	return optind == argc
	    ? PERSON_YES
	    : usage_wrong(&import_usage, USAGE_EXTRA, argv[optind]);
}

static enum ending
import_choose(struct import *m)
{
	enum cert_end end = cert_password_choose(&m->cert);

	m->several = end == CERT_SEVERAL;
	if (end != CERT_DONE)
		return import_files(m, end);
	cert_say_half(&m->cert);

	return m->cert.info.not_after_ms < clock_wall_ms() ? END_EXPIRED
							   : END_DONE;
}

static enum ending
import_code_ending(enum rc rc)
{
	return rc == RC_OK    ? END_DONE
	    : rc == RC_SECRET ? END_SLIP
			      : END_NO_CODE;
}

/* What is asked for here lives for minutes: not where nobody would take it. */
static enum ending
import_reach(struct import *m)
{
	enum rc rc;

	m->rest = rest_new(m->server, language_korean());
	if (m->rest == NULL)
		return import_other(m, RC_MEMORY);
	if (m->code_text != NULL)
		return END_DONE;
	rc = rest_reach(m->rest, &m->cert.err);

	return rc == RC_OK ? END_DONE : import_other(m, rc);
}

/* The number: from the option, or asked; a slip is told, and asked again. */
static enum ending
import_code(struct import *m)
{
	enum ending end = END_NO_CODE;
	char line[64];
	enum rc rc;

	if (m->code_text != NULL && strcmp(m->code_text, "-") != 0)
		return import_code_ending(code_parse(
		    CODE_IMPORT, span_str(m->code_text), &m->code, NULL));
	for (int i = 0;
	     i < (m->cert.attended ? PERSON_TRIES : 1) && end != END_DONE;
	     i++) {
		if (i > 0)
			person_say(endings[end].text);
		rc = person_line(text_code, line, sizeof(line), &m->cert.err);
		if (rc == RC_ABSENT || rc == RC_REFUSED)
			return rc == RC_REFUSED ? END_DECLINED
						: import_other(m, rc);
		if (rc == RC_OK)
			rc = code_parse(
			    CODE_IMPORT, span_str(line), &m->code, NULL);
		err_clear(&m->cert.err);
		end = import_code_ending(rc);
		sec_wipe(line, sizeof(line));
	}

	return end;
}

/* The right password opens the key files here: a wrong one goes nowhere. */
static enum ending
import_password(struct import *m)
{
	struct cert *c = &m->cert;
	struct sec password SEC_WIPED = { 0 }, key SEC_WIPED = { 0 };
	enum cert_end end = cert_password_ask(c, &password);

	if (end == CERT_DONE)
		end = cert_failed(c,
		    cert_password_open(
			c, FOLDER_SIGN_KEY, sec_span(&password), &key));
	if (end == CERT_DONE && cert_password_note_r(c, sec_span(&key)))
		cert_password_say_r(c, sec_span(&key));

	return import_files(m, end);
}

static void
import_progress(void *arg, enum send_step step)
{
	struct import *m = arg;

	m->step = step;
	if (!m->cert.json && step != SEND_DONE)
		person_say(text_steps[step]);
}

static enum ending
import_send(struct import *m)
{
	const struct cert *c = &m->cert;
	const struct span none = { NULL, 0 };
	/* The encryption pair is whole, or stays. */
	bool km = cert_file(c, FOLDER_KM_CERT).n > 0 &&
	    cert_file(c, FOLDER_KM_KEY).n > 0;
	const struct transfer_files files = {
		cert_file(c, FOLDER_SIGN_CERT),
		cert_file(c, FOLDER_SIGN_KEY),
		km ? cert_file(c, FOLDER_KM_CERT) : none,
		km ? cert_file(c, FOLDER_KM_KEY) : none,
	};
	enum rc rc = send_files(m->rest, &m->code, &files, import_progress, m,
	    &m->problem, &m->cert.err);

	if (rc == RC_OK)
		return END_DONE;
	if (rc == RC_SECRET)
		return END_WRONG_CODE;
	/* Ours, and it knows nothing of PCs: the phone app's address. */
	if (m->step == SEND_CONNECTING &&
	    strcmp(m->problem.slug, "not-found") == 0)
		return END_ADDRESS;
	if (m->problem.title[0] == '\0' && rc == RC_REFUSED)
		return END_CANCELLED;
	if (m->problem.title[0] == '\0' && rc == RC_EXPIRED)
		return END_LATE;

	return import_other(m, rc);
}

/* What would have to be asked where nobody can be: option, and what it is. */
static size_t
import_missing(const struct import *m, bool say)
{
	const struct {
		bool missing;
		const char *option;
		struct person_text text;
	} rows[] = {
		{ m->several, "--number N",
		    { "위 목록의 번호", "which certificate of the list" } },
		{ m->code_text == NULL, "--code NUMBER", text_code },
		{ m->cert.password_file == NULL, "--password-file FILE",
		    text_password },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].missing)
			continue;
		if (say)
			(void)fprintf(stderr, "%s %s (%s)", n > 0 ? "," : ":",
			    rows[i].option, person_sentence(rows[i].text));
		n++;
	}

	return n;
}

/* Before anything is asked: can everything be asked, or is it known? */
static enum ending
import_attended(struct import *m)
{
	return m->cert.attended || import_missing(m, false) == 0
	    ? END_DONE
	    : END_UNATTENDED;
}

/* The steps, in the order of the phone's screens: number, then password. */
static enum ending
import_run(struct import *m)
{
	static enum ending (*const steps[])(struct import *) = {
		import_choose,
		import_attended,
		import_reach,
		import_code,
		import_password,
		import_send,
	};
	enum ending end = END_DONE;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if ((end = steps[i](m)) != END_DONE)
			break;
	/* All that is missing is told at once. */
	if (end == END_SEVERAL && !m->cert.attended)
		end = END_UNATTENDED;

	return end;
}

/* Says how it ended; gives the exit code. */
static int
import_tell(struct import *m, enum ending end)
{
	struct cert *c = &m->cert;
	enum person_exit code = endings[end].code;
	const char *word = endings[end].word;

	(void)json_object_set_new(
	    c->answer, "registered", json_boolean(end == END_DONE));
	if (end == END_FILES)
		return cert_tell(c, m->end);
	if (end == END_OTHER) {
		code = person_fail(m->rc, &m->problem, &c->err);
		if (m->problem.slug[0] != '\0')
			word = m->problem.slug;
	} else if (end == END_UNATTENDED) {
		(void)fprintf(stderr, "%s", person_sentence(endings[end].text));
		(void)import_missing(m, true);
		(void)fprintf(stderr, ".\n");
	} else if (end != END_DONE || !c->json) {
		person_say(endings[end].text);
	}
	if (!c->json)
		return (int)code;
	(void)json_object_set_new(c->answer, "problem", json_string(word));
	if (m->several || end == END_NUMBER)
		(void)json_object_set_new(
		    c->answer, "certificates", pick_json(&c->pick));
	answer_print(c->answer);

	return (int)code;
}

int
cloud_import(int argc, char **argv)
{
	struct import m = { .cert.answer = json_object() };
	int code;

	m.cert.attended = isatty(STDIN_FILENO) == 1;
	if (usage_asked(&import_usage, argc, argv))
		return PERSON_YES;
	code = import_options(&m, argc, argv);
	if (code == PERSON_YES)
		code = import_tell(&m, import_run(&m));
	rest_free(m.rest);
	cert_clear(&m.cert);
	code_wipe(&m.code);

	return code;
}
