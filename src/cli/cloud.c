/*
 * cloud.c - ingam cloud import: a certificate of this PC into the vault.
 *
 * Belongs here: options, choosing a certificate, asking for number and
 * password, telling how far it got.
 * Not here: reading folders and key files (npki); the exchange (client/send.c).
 */
#include "cli/cloud.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/cli.h"
#include "client/send.h"
#include "npki/certinfo.h"
#include "npki/folder.h"
#include "npki/keyfile.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SERVER "http://localhost:8701"

struct import {
	const char *server;
	const char *code_text;
	const char *password_file;
	const char *path;
	unsigned long number; /* of the list, from 1; 0: not chosen */
	bool json;
	struct folder folder;
	const struct folder_pair *pair;
	struct buf files[4]; /* as struct transfer_files */
	struct certinfo info;
	struct code code;
};

static const struct cli_text text_none = {
	"인증서를 찾지 못했어요. 폴더를 지정해 주세요: ingam cloud import 폴더",
	"No certificate found. Name its folder: ingam cloud import FOLDER",
};
static const struct cli_text text_choose = {
	"인증서가 여러 개예요. --number로 하나를 골라 주세요.",
	"There are several certificates. Choose one with --number.",
};
static const struct cli_text text_code = { "휴대폰에 보이는 승인번호 13자리",
	"The 13-digit number that the phone shows" };
static const struct cli_text text_slip = {
	"승인번호를 잘못 옮긴 것 같아요. 아직 아무것도 보내지 않았어요. 다시 "
	"확인해 주세요.",
	"That number has a typing slip. Nothing was sent. Please check it."
};
static const struct cli_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };
static const struct cli_text text_wrong = {
	"인증서 비밀번호가 맞지 않아요. 아무것도 보내지 않았어요.",
	"The certificate's password is wrong. Nothing was sent."
};
static const struct cli_text text_expired = {
	"유효기간이 끝난 인증서예요. 발급기관에서 재발급받은 뒤 등록해 주세요.",
	"This certificate has expired. Get a new one from its issuer first."
};
static const struct cli_text text_wrong_code = {
	"승인번호가 맞지 않아 끝났어요. 휴대폰에서 새 번호를 받아 주세요.",
	"The number was wrong, and this try has ended. Get a new number on the "
	"phone."
};
static const struct cli_text text_steps[] = {
	[SEND_CONNECTING] = { "휴대폰을 찾고 있어요…",
	    "Looking for the phone…" },
	[SEND_PROVING] = { "휴대폰과 번호를 확인하고 있어요…",
	    "Checking the number with the phone…" },
	[SEND_WAITING] = { "보냈어요. 휴대폰에서 비밀번호를 입력하고 승인해 주세요…",
	    "Sent. Type the password on the phone and approve…" },
	[SEND_DONE] = { "등록 완료! PC의 인증서 파일은 그대로 있어요. 쓰지 않는다면 "
			"지우는 것이 안전해요.",
	    "Registered. The files on this PC are still there; delete them if "
	    "you no longer need them." },
};

static int
import_usage(void)
{
	(void)fprintf(stderr,
	    "usage: ingam cloud import [--server URL] [--number N] "
	    "[--code NUMBER]\n"
	    "           [--password-file FILE] [--json] [FOLDER]\n");

	return CLI_USAGE;
}

static bool
import_options(struct import *m, int argc, char **argv)
{
	static const struct option options[] = {
		{ "server", required_argument, NULL, 's' },
		{ "number", required_argument, NULL, 'n' },
		{ "code", required_argument, NULL, 'c' },
		{ "password-file", required_argument, NULL, 'p' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	char *end = NULL;
	int c;

	m->server = getenv("INGAM_SERVER");
	if (m->server == NULL)
		m->server = SERVER;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			m->server = optarg;
		else if (c == 'c')
			m->code_text = optarg;
		else if (c == 'p')
			m->password_file = optarg;
		else if (c == 'j')
			m->json = true;
		else if (c == 'n')
			m->number = strtoul(optarg, &end, 10);
		if (c == '?' || (c == 'n' && (*end != '\0' || m->number == 0)))
			return false;
	}
	if (optind < argc)
		m->path = argv[optind++];

	return optind == argc;
}

/* Finds certificates in the named folder, or where systems keep them. */
static enum rc
import_find(struct import *m, struct err *e)
{
	char root[FOLDER_PATH];
	enum rc rc;

	if (m->path != NULL)
		return folder_scan(m->path, &m->folder, e);
	for (size_t i = 0; folder_root(i, root); i++) {
		err_clear(e);
		rc = folder_scan(root, &m->folder, e);
		if (rc == RC_OK && m->folder.n > 0)
			return RC_OK;
		folder_clear(&m->folder);
	}
	err_clear(e);

	return RC_OK;
}

static void
import_day(char *out, size_t size, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	(void)localtime_r(&seconds, &tm);
	(void)strftime(out, size, "%Y-%m-%d", &tm);
}

static void
import_list(const struct folder *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct buf der = buf_init(CERTINFO_MAX);
		struct certinfo info;
		char day[16];

		if (file_read(f->pairs[i].sign_cert, &der, NULL) == RC_OK &&
		    certinfo_parse(buf_span(&der), &info, NULL) == RC_OK) {
			import_day(day, sizeof(day), info.not_after_ms);
			(void)fprintf(stderr, "%3zu  %s  %s  %s  %s\n", i + 1,
			    cli_korean() ? info.policy->ko : info.policy->en,
			    info.owner, day, info.issuer);
		}
		buf_clear(&der);
	}
}

/* The chosen pair, or NULL after a sentence that says why. */
static const struct folder_pair *
import_choose(const struct import *m)
{
	const struct folder *f = &m->folder;

	if (f->n == 0 || m->number > f->n) {
		cli_say(text_none);
		return NULL;
	}
	if (m->number == 0 && f->n > 1) {
		cli_say(text_choose);
		import_list(f);
		return NULL;
	}

	return &f->pairs[m->number == 0 ? 0 : m->number - 1];
}

static enum rc
import_read(struct import *m, struct err *e)
{
	const struct folder_pair *p = m->pair;
	const char *const paths[4] = { p->sign_cert, p->sign_key, p->km_cert,
		p->km_key };
	bool km = p->km_cert[0] != '\0' && p->km_key[0] != '\0';
	enum rc rc = RC_OK;

	if (p->sign_key[0] == '\0')
		return err_set(e, RC_ABSENT, "signPri.key",
		    "the certificate has no key file beside it");
	for (int i = 0; i < (km ? 4 : 2) && rc == RC_OK; i++)
		rc = file_read(paths[i], &m->files[i], e);

	return rc == RC_OK ? certinfo_parse(buf_span(&m->files[0]), &m->info, e)
			   : rc;
}

/* The number: from the option, or asked; a slip is told, and asked again. */
static enum rc
import_code(struct import *m, struct err *e)
{
	char line[64];
	enum rc rc;

	if (m->code_text != NULL) {
		rc = code_parse(
		    CODE_IMPORT, span_str(m->code_text), &m->code, e);
		if (rc == RC_SECRET)
			cli_say(text_slip);
		return rc;
	}
	for (int i = 0; i < 3; i++) {
		if ((rc = cli_line(text_code, line, sizeof(line), e)) != RC_OK)
			return rc;
		err_clear(e);
		rc = code_parse(CODE_IMPORT, span_str(line), &m->code, e);
		sec_wipe(line, sizeof(line));
		if (rc == RC_OK)
			return rc;
		cli_say(text_slip);
	}

	return rc;
}

/* The right password opens the key file here, so that a wrong one goes nowhere. */
static enum rc
import_password(struct import *m, struct err *e)
{
	struct sec password SEC_WIPED = { 0 }, key SEC_WIPED = { 0 };
	enum rc rc;

	rc = cli_password(m->password_file, text_password, &password, e);
	if (rc != RC_OK)
		return rc;
	rc = keyfile_open(buf_span(&m->files[1]), sec_span(&password),
	    m->info.modulus, &key, e);
	if (rc == RC_SECRET)
		cli_say(text_wrong);

	return rc;
}

static void
import_progress(void *arg, enum send_step step)
{
	const struct import *m = arg;

	if (!m->json)
		cli_say(text_steps[step]);
}

static int
import_send(struct import *m, struct err *e)
{
	struct transfer_files files = {
		buf_span(&m->files[0]),
		buf_span(&m->files[1]),
		buf_span(&m->files[2]),
		buf_span(&m->files[3]),
	};
	struct rest *rest = rest_new(m->server, cli_korean());
	struct rest_problem problem = { 0 };
	enum rc rc;

	if (rest == NULL)
		return cli_fail(RC_MEMORY, e);
	rc =
	    send_files(rest, &m->code, &files, import_progress, m, &problem, e);
	rest_free(rest);
	if (m->json)
		printf("{\"registered\":%s,\"problem\":\"%s\"}\n",
		    rc == RC_OK ? "true" : "false",
		    rc == RC_OK ? "" : err_name(rc));
	if (rc == RC_SECRET)
		cli_say(text_wrong_code);
	else if (rc == RC_REFUSED && problem.title[0] != '\0')
		(void)fprintf(stderr, "%s\n%s\n", problem.title, problem.next);
	else if (rc != RC_OK)
		return cli_fail(rc, e);

	return cli_exit_of(rc);
}

static int
import_run(struct import *m)
{
	struct err e = { 0 };
	enum rc rc;

	if ((rc = import_find(m, &e)) != RC_OK)
		return cli_fail(rc, &e);
	if ((m->pair = import_choose(m)) == NULL)
		return m->folder.n > 1 ? CLI_USAGE : CLI_INPUT;
	if ((rc = import_read(m, &e)) != RC_OK)
		return cli_fail(rc, &e);
	if (m->info.not_after_ms < clock_wall_ms()) {
		cli_say(text_expired);
		return CLI_REFUSED;
	}
	if ((rc = import_code(m, &e)) != RC_OK)
		return rc == RC_SECRET ? CLI_NO : cli_fail(rc, &e);
	if ((rc = import_password(m, &e)) != RC_OK)
		return rc == RC_SECRET ? CLI_NO : cli_fail(rc, &e);

	return import_send(m, &e);
}

int
cloud_import(int argc, char **argv)
{
	struct import m = { 0 };
	int code;

	for (int i = 0; i < 4; i++)
		m.files[i] = buf_init(TRANSFER_FILE_MAX);
	if (!import_options(&m, argc, argv))
		return import_usage();
	code = import_run(&m);
	folder_clear(&m.folder);
	for (int i = 0; i < 4; i++)
		buf_clear(&m.files[i]);
	code_wipe(&m.code);

	return code;
}
