/*
 * command.c - ingam-phone's command line.
 *
 * Belongs here: options, the commands, what they print.
 * Not here: what a phone does (phone.c, receive.c); what the mock identity
 * provider sent (outbox.c); making load (load.c).
 */
#include "phone/command.h"

#include "base/err.h"
#include "base/language.h"
#include "base/sec.h"
#include "base/text.h"
#include "base/usage.h"
#include "client/person.h"
#include "phone/load.h"
#include "phone/outbox.h"
#include "phone/phone.h"
#include "phone/receive.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APP     "http://localhost:8700"
#define LOOK_MS 200 /* between two looks at the list of requests */

struct command {
	const char *app, *state, *name, *birth, *number, *outbox;
	const char *password_file, *certificate;
	const char *operand; /* list WHAT, delete CERTIFICATE */
	bool forever, not_me;
	struct load_conf load;
	struct phone phone;
	json_t *seen; /* ids of requests that were tried */
};

static const struct person_text text_loud = {
	"ingam-phone: 시험용 휴대폰이에요. 사람에게 묻지 않고 모든 요청을 승인해요. "
	"실제 인증서에 쓰지 마세요.",
	"ingam-phone: THIS IS A TEST PHONE. It approves whatever it is asked, "
	"without a person. Never use it with a real certificate.",
};
static const struct person_text text_code = { "받은 인증번호",
	"The code that was sent" };
static const struct person_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };
static const struct person_text text_number = { "PC에 입력할 승인번호",
	"The number to type on the PC" };

static void
command_print(const json_t *o)
{
	(void)json_dumpf(o, stdout, JSON_COMPACT);
	(void)fputc('\n', stdout);
	(void)fflush(stdout);
}

static void
command_pause(unsigned int ms)
{
	(void)usleep(ms * 1000);
}

static enum rc
command_join(struct command *c, struct err *e)
{
	char join[33], code[OUTBOX_CODE];
	enum rc rc;

	rc = phone_join_start(&c->phone, c->name, c->birth, c->number, join, e);
	if (rc != RC_OK)
		return rc;
	rc = c->outbox != NULL
	    ? outbox_code(c->outbox, c->number, code, &c->phone.problem, e)
	    : person_line(text_code, code, sizeof(code), e);
	if (rc != RC_OK ||
	    (rc = phone_join_finish(&c->phone, join, code, e)) != RC_OK)
		return rc;

	return phone_save(&c->phone, c->state, e);
}

static enum rc
command_import(struct command *c, struct err *e)
{
	struct sec password SEC_WIPED = { 0 };
	struct code code CODE_WIPED = { 0 };
	json_t *certificate = NULL;
	char id[33], shown[CODE_TEXT_SIZE];
	enum rc rc;

	rc = person_password(c->password_file, text_password, &password, e);
	if (rc != RC_OK ||
	    (rc = receive_start(&c->phone, id, &code, e)) != RC_OK)
		return rc;
	code_format(&code, shown);
	(void)fprintf(stderr, "%s: %s\n", person_sentence(text_number), shown);
	(void)printf("%s\n", code.digits);
	(void)fflush(stdout);
	rc = receive_finish(
	    &c->phone, id, &code, sec_span(&password), &certificate, e);
	if (rc == RC_OK)
		command_print(certificate);
	json_decref(certificate);

	return rc;
}

static enum rc
command_list(struct command *c, struct err *e)
{
	json_t *answer = NULL;
	char path[32];
	enum rc rc;

	(void)snprintf(path, sizeof(path), "/%s", c->operand);
	if ((rc = phone_list(&c->phone, path, &answer, e)) == RC_OK)
		command_print(answer);
	json_decref(answer);

	return rc;
}

/*
 * The oldest request of a token that was not tried yet; *found stays NULL
 * where there is none. Registering and deleting are approved by the phone
 * that asked for them.
 */
static enum rc
command_next(struct command *c, json_t **found, struct err *e)
{
	json_t *answer = NULL;
	const json_t *list;
	enum rc rc = phone_list(&c->phone, "/requests", &answer, e);

	if (rc == RC_REFUSED && c->phone.problem.status == 401) {
		err_clear(e);
		return phone_login(&c->phone, e);
	}
	list = json_object_get(answer, "requests");
	for (size_t i = json_array_size(list); i > 0; i--) {
		json_t *request = json_array_get(list, i - 1);
		const char *id = rest_text(request, "id");
		const char *kind = rest_text(request, "kind");

		if (id == NULL || kind == NULL || strcmp(kind, "token") != 0 ||
		    json_object_get(c->seen, id) != NULL)
			continue;
		(void)json_object_set_new(c->seen, id, json_true());
		*found = json_incref(request);
		break;
	}
	json_decref(answer);

	return rc;
}

/* Waits for a request; with --forever also through a service that is away. */
static enum rc
command_wait(struct command *c, json_t **request, struct err *e)
{
	*request = NULL;
	for (;;) {
		enum rc rc = command_next(c, request, e);

		if (rc == RC_IO && c->forever)
			err_clear(e);
		else if (rc != RC_OK || *request != NULL)
			return rc;
		command_pause(LOOK_MS);
	}
}

/* Which certificate: the one named, the request's own, or the newest. */
static enum rc
command_certificate(
    struct command *c, const json_t *request, char id[static 33], struct err *e)
{
	const char *named = c->certificate, *own;
	json_t *answer = NULL;
	enum rc rc = RC_OK;

	own = rest_text(request, "certificate");
	if (named == NULL && own != NULL && own[0] != '\0')
		named = own;
	if (named == NULL) {
		rc = phone_list(&c->phone, "/certificates", &answer, e);
		named = rest_text(
		    json_array_get(json_object_get(answer, "certificates"), 0),
		    "id");
	}
	if (rc == RC_OK && named == NULL)
		rc = err_set(e, RC_ABSENT, NULL, "there is no certificate");
	(void)snprintf(id, 33, "%s", rc == RC_OK ? named : "");
	json_decref(answer);

	return rc;
}

static enum rc
command_approve_one(struct command *c, const json_t *request, struct err *e)
{
	const char *id = rest_text(request, "id");
	const char *program = rest_text(request, "program");
	const char *machine = rest_text(request, "machine");
	char certificate[33], pin[7];
	json_t *line;
	enum rc rc = command_certificate(c, request, certificate, e);

	if (rc == RC_OK)
		rc = phone_approve(&c->phone, id, certificate, pin, e);
	if (rc != RC_OK)
		return rc;
	line = json_pack("{s:s s:s s:s s:s}", "request", id, "pin", pin,
	    "program", program == NULL ? "" : program, "machine",
	    machine == NULL ? "" : machine);
	command_print(line);
	json_decref(line);

	return RC_OK;
}

static enum rc
command_approve(struct command *c, struct err *e)
{
	enum rc rc;

	do {
		json_t *request = NULL;

		rc = command_wait(c, &request, e);
		if (rc == RC_OK)
			rc = command_approve_one(c, request, e);
		json_decref(request);
		/* One that failed is told; the next may go well. */
		if (rc != RC_OK && c->forever) {
			(void)person_fail(rc, &c->phone.problem, e);
			memset(&c->phone.problem, 0, sizeof(c->phone.problem));
			err_clear(e);
			command_pause(LOOK_MS);
		}
	} while (c->forever);

	return rc;
}

static enum rc
command_refuse(struct command *c, struct err *e)
{
	json_t *request = NULL, *line;
	enum rc rc = command_wait(c, &request, e);

	if (rc == RC_OK)
		rc = phone_refuse(
		    &c->phone, rest_text(request, "id"), c->not_me, e);
	if (rc == RC_OK) {
		line = json_pack("{s:s s:b}", "request",
		    rest_text(request, "id"), "not_me", (int)c->not_me);
		command_print(line);
		json_decref(line);
	}
	json_decref(request);

	return rc;
}

static enum rc
command_delete(struct command *c, struct err *e)
{
	return phone_delete(&c->phone, c->operand, e);
}

static enum rc
command_load(struct command *c, struct err *e)
{
	c->load.app = c->app;
	c->load.outbox = c->outbox;
	c->load.password_file = c->password_file;

	return load_run(&c->load, &c->phone.problem, e);
}

static bool
command_has_load(const struct command *c)
{
	size_t n = strlen(c->load.number);

	return c->outbox != NULL && c->load.folder != NULL &&
	    c->operand == NULL && text_is_digits(span_str(c->load.number)) &&
	    c->load.number[0] == '0' && n >= 10 && n <= 11 &&
	    c->load.lanes <= c->load.members;
}

static bool
command_has_person(const struct command *c)
{
	return c->name != NULL && c->birth != NULL && c->number != NULL &&
	    c->operand == NULL;
}

static bool
command_has_list(const struct command *c)
{
	static const char *const lists[] = { "certificates", "requests",
		"history" };

	for (size_t i = 0; i < 3 && c->operand != NULL; i++)
		if (strcmp(c->operand, lists[i]) == 0)
			return true;

	return false;
}

static bool
command_has_id(const struct command *c)
{
	return c->operand != NULL && strlen(c->operand) == 32;
}

static bool
command_has_none(const struct command *c)
{
	return c->operand == NULL;
}

static const struct {
	const char *verb;
	enum rc (*run)(struct command *c, struct err *e);
	bool (*fits)(const struct command *c);
	bool state;  /* has a phone of its own, in a file */
	bool joined; /* and it has joined */
	const char *usage;
} verbs[] = {
	{ "join", command_join, command_has_person, true, false,
	    "--name NAME --birth YYMMDDX --phone NUMBER [--outbox URL]" },
	{ "import", command_import, command_has_none, true, true,
	    "[--password-file FILE]" },
	{ "list", command_list, command_has_list, true, true,
	    "certificates|requests|history" },
	{ "approve", command_approve, command_has_none, true, true,
	    "[--once|--forever] [--certificate ID]" },
	{ "refuse", command_refuse, command_has_none, true, true,
	    "[--not-me]" },
	{ "delete", command_delete, command_has_id, true, true, "CERTIFICATE" },
	{ "load", command_load, command_has_load, false, false,
	    "--outbox URL --certificate-folder DIR [--password-file FILE]\n"
	    "           [--members N] [--phone-first NUMBER] [--lanes N] "
	    "[--rounds N]\n"
	    "           [--signatures N] [--no-events] [--wait]" },
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void
command_explain(FILE *out)
{
	(void)fputc('\n', out);
	for (size_t i = 0; i < VERBS; i++)
		(void)fprintf(
		    out, "  %-8s %s\n", verbs[i].verb, verbs[i].usage);
	(void)fprintf(out, "\n%s\n", person_sentence(text_loud));
}

static const struct usage command_usage = { "ingam-phone",
	"[--app URL] [--state FILE] COMMAND …\n--help | --version",
	command_explain, language_korean };

static const struct option options[] = {
	{ "app", required_argument, NULL, 'a' },
	{ "state", required_argument, NULL, 's' },
	{ "name", required_argument, NULL, 'n' },
	{ "birth", required_argument, NULL, 'b' },
	{ "phone", required_argument, NULL, 'p' },
	{ "outbox", required_argument, NULL, 'o' },
	{ "password-file", required_argument, NULL, 'w' },
	{ "certificate", required_argument, NULL, 'c' },
	{ "once", no_argument, NULL, '1' },
	{ "forever", no_argument, NULL, 'f' },
	{ "not-me", no_argument, NULL, 'm' },
	{ "certificate-folder", required_argument, NULL, 'F' },
	{ "phone-first", required_argument, NULL, 'P' },
	{ "members", required_argument, NULL, 'M' },
	{ "lanes", required_argument, NULL, 'L' },
	{ "rounds", required_argument, NULL, 'R' },
	{ "signatures", required_argument, NULL, 'S' },
	{ "no-events", no_argument, NULL, 'E' },
	{ "wait", no_argument, NULL, 'W' },
	{ NULL, 0, NULL, 0 },
};

/* The options with a value: where it goes as a text, or as a number. */
static bool
command_value(struct command *c, int letter, const char *value)
{
	const struct {
		int letter;
		const char **text;
		uint64_t *number;
	} rows[] = {
		{ 'a', &c->app, NULL },
		{ 's', &c->state, NULL },
		{ 'n', &c->name, NULL },
		{ 'b', &c->birth, NULL },
		{ 'p', &c->number, NULL },
		{ 'o', &c->outbox, NULL },
		{ 'w', &c->password_file, NULL },
		{ 'c', &c->certificate, NULL },
		{ 'F', &c->load.folder, NULL },
		{ 'P', &c->load.number, NULL },
		{ 'M', NULL, &c->load.members },
		{ 'L', NULL, &c->load.lanes },
		{ 'R', NULL, &c->load.rounds },
		{ 'S', NULL, &c->load.signatures },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].letter != letter)
			continue;
		if (rows[i].text != NULL)
			*rows[i].text = value;
		else
			return text_uint(span_str(value), LOAD_MAX,
				   rows[i].number, NULL) == RC_OK &&
			    *rows[i].number > 0;
	}

	return true;
}

/* The command and what it is for: *verb, or it was said what is wrong. */
static int
command_operands(struct command *c, size_t *verb, int n, char **argv)
{
	if (n == 0)
		return usage_wrong(&command_usage, USAGE_NOTHING, NULL);
	for (*verb = 0; *verb < VERBS; (*verb)++)
		if (strcmp(argv[0], verbs[*verb].verb) == 0)
			break;
	if (*verb == VERBS)
		return usage_wrong(&command_usage, USAGE_COMMAND, argv[0]);
	if (verbs[*verb].state && c->state == NULL)
		return usage_wrong(&command_usage, USAGE_MISSING, "--state");
	if (n > 2)
		return usage_wrong(&command_usage, USAGE_EXTRA, argv[2]);
	c->operand = n == 2 ? argv[1] : NULL;
	if (verbs[*verb].fits(c))
		return PERSON_YES;

	return c->operand != NULL
	    ? usage_wrong(&command_usage, USAGE_EXTRA, c->operand)
	    : usage_wrong(&command_usage, USAGE_MISSING, verbs[*verb].usage);
}

/* PERSON_YES and *verb, or PERSON_USAGE after it was said what is wrong. */
static int
command_options(struct command *c, size_t *verb, int argc, char **argv)
{
	char name[32];
	int letter, at = 0;

	while ((letter = getopt_long(argc, argv, ":", options, &at)) != -1) {
		if (letter == '?' || letter == ':')
			return usage_getopt(
			    &command_usage, options, argv, letter);
		(void)snprintf(name, sizeof(name), "--%s", options[at].name);
		if (!command_value(c, letter, optarg))
			return usage_wrong(&command_usage, USAGE_VALUE, name);
		c->forever = letter == 'f' || (c->forever && letter != '1');
		c->not_me = c->not_me || letter == 'm';
		c->load.events = c->load.events && letter != 'E';
		c->load.wait = c->load.wait || letter == 'W';
	}

	return command_operands(c, verb, argc - optind, argv + optind);
}

int
command_main(int argc, char **argv)
{
	struct command c = { .app = APP,
		.load = { .number = "01055550000",
		    .members = 16,
		    .lanes = 4,
		    .rounds = 64,
		    .signatures = 1,
		    .events = true } };
	struct err e = { 0 };
	enum rc rc;
	int code;
	size_t verb = VERBS;

	if (usage_asked(&command_usage, argc, argv))
		return PERSON_YES;
	if ((code = command_options(&c, &verb, argc, argv)) != PERSON_YES)
		return code;
	person_say(text_loud);
	c.seen = json_object();
	if ((rc = phone_open(&c.phone, c.app, language_korean(), &e)) ==
		RC_OK &&
	    verbs[verb].joined &&
	    (rc = phone_load(&c.phone, c.state, &e)) == RC_OK)
		rc = phone_login(&c.phone, &e);
	if (rc == RC_OK)
		rc = verbs[verb].run(&c, &e);
	code = rc == RC_OK ? (int)PERSON_YES
			   : (int)person_fail(rc, &c.phone.problem, &e);
	json_decref(c.seen);
	phone_close(&c.phone);

	return code;
}
