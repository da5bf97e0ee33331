/*
 * outbox.c - the codes that the mock identity provider "sent".
 *
 * Belongs here: reading them where a person would read a text message.
 * Not here: handing them in (phone.c); asking a person (command.c).
 */
#include "phone/outbox.h"

#include "base/language.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_MS 100
#define TRIES    50

static enum rc
outbox_look(struct rest *r, const char *number, char code[static OUTBOX_CODE],
    struct rest_problem *problem, struct err *e)
{
	json_t *list = NULL;
	enum rc rc =
	    rest_call(r, "GET", "/mock/outbox", NULL, &list, problem, e);

	code[0] = '\0';
	for (size_t i = json_array_size(list); rc == RC_OK && i > 0; i--) {
		const json_t *sms = json_array_get(list, i - 1);
		const char *to = rest_text(sms, "phone");
		const char *otp = rest_text(sms, "otp");

		if (to == NULL || otp == NULL || strcmp(to, number) != 0)
			continue;
		(void)snprintf(code, OUTBOX_CODE, "%s", otp);
		break;
	}
	json_decref(list);

	return rc;
}

enum rc
outbox_code(const char *url, const char *number, char code[static OUTBOX_CODE],
    struct rest_problem *problem, struct err *e)
{
	struct rest *r = rest_new(url, language_korean());
	enum rc rc = RC_OK;

	if (r == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	code[0] = '\0';
	for (int i = 0; i < TRIES && rc == RC_OK && code[0] == '\0'; i++) {
		if (i > 0)
			(void)usleep(PAUSE_MS * 1000);
		rc = outbox_look(r, number, code, problem, e);
	}
	rest_free(r);
	if (rc == RC_OK && code[0] == '\0')
		rc = err_set(e, RC_IO, "outbox", "no code was sent");

	return rc;
}
