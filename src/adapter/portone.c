/*
 * portone.c - reading what PortOne V2 answers.
 *
 * Belongs here: its JSON, its states, its error types and what they mean.
 * Not here: asking (identity_portone.c); whether the result is about the
 * right person (identity.c).
 */
#include "adapter/portone.h"

#include "base/text.h"

#include <jansson.h>

#define PORTONE_DEPTH_MAX 16

/* Jansson recurses; how deep is decided before it starts. */
static bool
portone_is_shallow(struct span s)
{
	size_t depth = 0;
	bool string = false;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > PORTONE_DEPTH_MAX)
			return false;
	}

	return true;
}

static json_t *
portone_json(struct span body)
{
	json_t *j;

	if (body.n > PORTONE_ANSWER_MAX || !portone_is_shallow(body))
		return NULL;
	j = json_loadb(
	    (const char *)body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(j)) {
		json_decref(j);
		return NULL;
	}

	return j;
}

/* Copies a string member; absent and null leave "". False: unfit. */
static bool
portone_text(const json_t *j, const char *name, char *out, size_t size)
{
	const json_t *v = json_object_get(j, name);
	size_t n = json_string_length(v);

	out[0] = '\0';
	if (v == NULL || json_is_null(v))
		return true;
	if (!json_is_string(v) || n >= size ||
	    !text_is_display(
		(struct span){ (const uint8_t *)json_string_value(v), n },
		size - 1))
		return false;
	memcpy(out, json_string_value(v), n + 1);

	return true;
}

/* Days since 1970 of a date in the Gregorian calendar. */
static int64_t
portone_days(int64_t year, int64_t month, int64_t day)
{
	/* Years that begin in March, so that leap days come last. */
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    1 - 719468;
}

static bool
portone_number(const char **at, size_t digits, char end, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		*out = *out * 10 + (c - '0');
	}
	*at += digits;
	if (end == '\0')
		return true;
	if (**at != end)
		return false;
	(*at)++;

	return true;
}

/* RFC 3339 date-time to milliseconds since 1970. */
static bool
portone_time(const char *s, int64_t *out)
{
	int64_t year, month, day, hour, minute, second, ms = 0, scale = 100;
	int64_t zone_h, zone_m, zone = 0;

	if (!portone_number(&s, 4, '-', &year) ||
	    !portone_number(&s, 2, '-', &month) ||
	    !portone_number(&s, 2, 'T', &day) ||
	    !portone_number(&s, 2, ':', &hour) ||
	    !portone_number(&s, 2, ':', &minute) ||
	    !portone_number(&s, 2, '\0', &second))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
	    minute > 59 || second > 60 || year < 1970)
		return false;
	if (*s == '.' && (s[1] < '0' || s[1] > '9'))
		return false;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++, scale /= 10)
			ms += (*s - '0') * scale;
	}
	if (*s == '+' || *s == '-') {
		int64_t sign = *s++ == '-' ? -1 : 1;

		if (!portone_number(&s, 2, ':', &zone_h) ||
		    !portone_number(&s, 2, '\0', &zone_m) || zone_h > 23 ||
		    zone_m > 59)
			return false;
		zone = sign * (zone_h * 60 + zone_m);
	} else if (*s++ != 'Z') {
		return false;
	}
	*out = ((portone_days(year, month, day) * 24 + hour) * 60 + minute -
		   zone) *
		60000 +
	    second * 1000 + ms;

	return *s == '\0';
}

static bool
portone_customer(const json_t *c, struct identity_found *f)
{
	const json_t *foreigner = json_object_get(c, "isForeigner");
	char operator[16], sex[16];

	if (!json_is_object(c) ||
	    !portone_text(c, "name", f->name, sizeof(f->name)) ||
	    !portone_text(c, "birthDate", f->birth, sizeof(f->birth)) ||
	    !portone_text(c, "phoneNumber", f->phone, sizeof(f->phone)) ||
	    !portone_text(c, "ci", f->ci, sizeof(f->ci)) ||
	    !portone_text(c, "di", f->di, sizeof(f->di)) ||
	    !portone_text(c, "operator", operator, sizeof(operator)) ||
	    !portone_text(c, "gender", sex, sizeof(sex)))
		return false;
	f->carrier = identity_carrier_find(span_str(operator));
	if (strcmp(sex, "MALE") == 0)
		f->sex = IDENTITY_MALE;
	else if (strcmp(sex, "FEMALE") == 0)
		f->sex = IDENTITY_FEMALE;
	f->foreigner_said = json_is_boolean(foreigner);
	f->foreigner = json_is_true(foreigner);

	return f->name[0] != '\0' && f->birth[0] != '\0';
}

static enum rc
portone_state(const json_t *j, struct identity_found *f, struct err *e)
{
	char status[16], when[40];

	if (portone_text(j, "status", status, sizeof(status)) &&
	    portone_text(j, "id", f->tx, sizeof(f->tx)) &&
	    portone_text(j, "customData", f->audience, sizeof(f->audience))) {
		if (strcmp(status, "READY") == 0)
			return err_set(e, RC_STATE, "identity",
			    PORTONE_NAME ": the person has not answered yet");
		if (strcmp(status, "FAILED") == 0)
			return err_set(e, RC_REFUSED, "identity",
			    PORTONE_NAME ": the identity check failed");
		if (strcmp(status, "VERIFIED") == 0 &&
		    portone_text(j, "verifiedAt", when, sizeof(when)) &&
		    portone_time(when, &f->verified_ms) &&
		    portone_customer(json_object_get(j, "verifiedCustomer"), f))
			return RC_OK;
	}

	return err_set(e, RC_FORMAT, "identity",
	    PORTONE_NAME ": its answer cannot be understood");
}

enum rc
portone_parse(struct span body, struct identity_found *out, struct err *e)
{
	json_t *j = portone_json(body);
	enum rc rc;

	memset(out, 0, sizeof(*out));
	if (j == NULL)
		return err_set(e, RC_FORMAT, "identity",
		    PORTONE_NAME ": its answer is not JSON as expected");
	rc = portone_state(j, out, e);
	json_decref(j);
	if (rc != RC_OK)
		sec_wipe(out, sizeof(*out));

	return rc;
}

enum rc
portone_sent_check(struct span body, struct err *e)
{
	json_t *j = portone_json(body);
	bool good = j != NULL;

	json_decref(j);

	return good ? RC_OK
		    : err_set(e, RC_IO, "identity",
			  PORTONE_NAME ": its answer cannot be understood");
}

/* Its error types that mean more to us than "broken". */
static const struct {
	const char *type;
	enum rc rc;
	const char *text;
} types[] = {
	{ "IDENTITY_VERIFICATION_ALREADY_VERIFIED", RC_EXISTS,
	    "is verified already" },
	{ "IDENTITY_VERIFICATION_ALREADY_SENT", RC_EXISTS, "is sent already" },
	{ "IDENTITY_VERIFICATION_NOT_SENT", RC_STATE, "nothing was sent yet" },
	{ "IDENTITY_VERIFICATION_NOT_FOUND", RC_ABSENT,
	    "knows no such transaction" },
	{ "MAX_TRANSACTION_COUNT_REACHED", RC_RATE, "too many tries" },
	{ "INVALID_REQUEST", RC_FORMAT, "does not take these particulars" },
	{ "PG_PROVIDER", RC_REFUSED, "the carrier refused" },
	{ "UNAUTHORIZED", RC_IO, "our secret is not accepted" },
	{ "FORBIDDEN", RC_IO, "our contract does not allow this" },
	{ "CHANNEL_NOT_FOUND", RC_IO, "our channel key is not known" },
};

enum rc
portone_error(long status, struct span body, struct err *e)
{
	json_t *j = portone_json(body);
	char type[64] = "";
	size_t i = 0;

	if (j != NULL && !portone_text(j, "type", type, sizeof(type)))
		type[0] = '\0';
	json_decref(j);
	while (i < sizeof(types) / sizeof(types[0]) &&
	    strcmp(type, types[i].type) != 0)
		i++;
	if (i < sizeof(types) / sizeof(types[0]))
		return err_set(e, types[i].rc, "identity", PORTONE_NAME ": %s",
		    types[i].text);
	if (status == 429)
		return err_set(
		    e, RC_RATE, "identity", PORTONE_NAME ": too many requests");

	return err_set(e, status >= 500 ? RC_BUSY : RC_IO, "identity",
	    PORTONE_NAME ": answers with status %ld", status);
}
