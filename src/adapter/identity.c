/*
 * identity.c - the identity check (본인인증), whoever provides it.
 *
 * Belongs here: checking the claim before it goes out, and that what comes
 * back is about the same transaction, purpose and person.
 * Not here: the wire of a provider (identity_portone.c); what a proved person
 * may do, one use, tries (domain).
 */
#include "adapter/identity.h"

#include "base/clock.h"
#include "base/rnd.h"
#include "base/text.h"

#include <stdio.h>

/* Clocks of others may be this much ahead of ours. */
#define IDENTITY_SKEW_MS 60000

static const struct {
	enum identity_carrier carrier;
	const char *text;
} carriers[] = {
#define IDENTITY_ROW(code, text) { code, text },
	IDENTITY_CARRIERS(IDENTITY_ROW)
#undef IDENTITY_ROW
};

const char *
identity_carrier_text(enum identity_carrier c)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (carriers[i].carrier == c)
			return carriers[i].text;
	}

	return NULL;
}

enum identity_carrier
identity_carrier_find(struct span text)
{
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (span_equal(text, span_str(carriers[i].text)))
			return carriers[i].carrier;
	}

	return IDENTITY_CARRIER_UNKNOWN;
}

static bool
identity_is_date(unsigned int year, unsigned int month, unsigned int day)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12 || day < 1)
		return false;

	return day <= days[month - 1] || (leap && month == 2 && day == 29);
}

static unsigned int
identity_two(struct span s, size_t at)
{
	return (unsigned int)(s.p[at] - '0') * 10 +
	    (unsigned int)(s.p[at + 1] - '0');
}

enum rc
identity_seven_parse(struct span seven, char birth[static IDENTITY_BIRTH_SIZE],
    enum identity_sex *sex, bool *foreigner, struct err *e)
{
	/* By the digit after the hyphen: 9 0 | 1 2 | 3 4 | 5 6 | 7 8. */
	static const unsigned int century[10] = { 18, 19, 19, 20, 20, 19, 19,
		20, 20, 18 };
	unsigned int kind, year, month, day;

	birth[0] = '\0';
	*sex = IDENTITY_SEX_UNKNOWN;
	*foreigner = false;
	if (seven.n != 7 || !text_is_digits(seven))
		return err_set(e, RC_FORMAT, "seven", "must be seven digits");
	kind = (unsigned int)(seven.p[6] - '0');
	year = century[kind] * 100 + identity_two(seven, 0);
	month = identity_two(seven, 2);
	day = identity_two(seven, 4);
	if (!identity_is_date(year, month, day))
		return err_set(e, RC_FORMAT, "seven", "no such birth date");
	(void)snprintf(birth, IDENTITY_BIRTH_SIZE, "%04u-%02u-%02u",
	    year % 10000, month % 100, day % 100);
	*sex = kind % 2 == 1 ? IDENTITY_MALE : IDENTITY_FEMALE;
	*foreigner = kind >= 5 && kind <= 8;

	return RC_OK;
}

static bool
identity_is_phone(const char *s)
{
	size_t n = strlen(s);

	return (n == 10 || n == 11) && s[0] == '0' && s[1] == '1' &&
	    text_is_digits(span_str(s));
}

/* Something of ours that goes through the provider and comes back. */
static bool
identity_is_plain(const char *s)
{
	size_t n = strlen(s);

	return n >= 32 &&
	    strspn(s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-_") == n;
}

static enum rc
identity_claim_check(const struct identity_asked *a, struct err *e)
{
	char birth[IDENTITY_BIRTH_SIZE];
	enum identity_sex sex;
	bool foreigner;

	if (a->name[0] == '\0' ||
	    !text_is_display(span_str(a->name), IDENTITY_NAME_SIZE - 1))
		return err_set(e, RC_FORMAT, "name", "not a name");
	if (!identity_is_phone(a->phone))
		return err_set(e, RC_FORMAT, "phone",
		    "must be a mobile number, digits only");
	if (identity_carrier_text(a->carrier) == NULL)
		return err_set(e, RC_FORMAT, "carrier", "not a known carrier");
	if (!identity_is_plain(a->audience))
		return err_set(e, RC_FORMAT, "audience",
		    "must be a digest in hex or base64url");

	return identity_seven_parse(
	    span_str(a->seven), birth, &sex, &foreigner, e);
}

enum rc
identity_start(struct identity_provider *p, struct identity_asked *asked,
    const char *ip, struct err *e)
{
	uint8_t id[16];
	enum rc rc;

	asked->tx[0] = '\0';
	if ((rc = identity_claim_check(asked, e)) != RC_OK)
		return rc;
	rnd_bytes(id, sizeof(id));
	(void)snprintf(asked->tx, sizeof(asked->tx), "ingam-");
	for (size_t i = 0; i < sizeof(id); i++)
		(void)snprintf(asked->tx + 6 + 2 * i, 3, "%02x", id[i]);
	if ((rc = p->ops->send(p, asked, ip, e)) != RC_OK)
		asked->tx[0] = '\0';

	return rc;
}

enum rc
identity_confirm(struct identity_provider *p,
    const struct identity_asked *asked, struct span otp, struct err *e)
{
	if (asked->tx[0] == '\0')
		return err_set(e, RC_STATE, "tx", "nothing was sent yet");
	if (otp.n < 4 || otp.n > 8 || !text_is_digits(otp))
		return err_set(e, RC_FORMAT, "otp", "must be 4 to 8 digits");

	return p->ops->confirm(p, asked->tx, otp, e);
}

/* T12: names the first thing that is not as asked, "" where all is. */
static const char *
identity_mismatch(
    const struct identity_asked *asked, const struct identity_found *found)
{
	char birth[IDENTITY_BIRTH_SIZE];
	enum identity_sex sex;
	bool foreigner;

	if (identity_seven_parse(
		span_str(asked->seven), birth, &sex, &foreigner, NULL) != RC_OK)
		return "seven";
	if (strcmp(asked->tx, found->tx) != 0)
		return "tx";
	if (strcmp(asked->audience, found->audience) != 0)
		return "audience";
	if (strcmp(asked->name, found->name) != 0)
		return "name";
	if (strcmp(birth, found->birth) != 0)
		return "birth";
	/* Where the contract leaves it out, the SMS went to what was asked. */
	if (found->phone[0] != '\0' && strcmp(asked->phone, found->phone) != 0)
		return "phone";
	if (found->sex != IDENTITY_SEX_UNKNOWN && found->sex != sex)
		return "sex";
	if (found->foreigner_said && found->foreigner != foreigner)
		return "foreigner";
	if (found->carrier != IDENTITY_CARRIER_UNKNOWN &&
	    found->carrier != asked->carrier)
		return "carrier";

	return "";
}

enum rc
identity_look_up(struct identity_provider *p,
    const struct identity_asked *asked, struct identity_found *found,
    struct err *e)
{
	const char *other;
	int64_t age_ms;
	enum rc rc;

	memset(found, 0, sizeof(*found));
	if (asked->tx[0] == '\0')
		return err_set(e, RC_STATE, "tx", "nothing was sent yet");
	if ((rc = p->ops->look_up(p, asked->tx, found, e)) != RC_OK)
		goto out;
	other = identity_mismatch(asked, found);
	age_ms = clock_wall_ms() - found->verified_ms;
	if (other[0] != '\0')
		rc = err_set(e, RC_DENIED, other,
		    "%s: the identity check is about somebody or something "
		    "else",
		    p->name);
	else if (found->ci[0] == '\0')
		rc = err_set(e, RC_DENIED, "ci",
		    "%s: says nothing that identifies the person", p->name);
	else if (age_ms > IDENTITY_FRESH_MS || age_ms < -IDENTITY_SKEW_MS)
		rc = err_set(e, RC_EXPIRED, "identity",
		    "%s: the identity check is too old", p->name);
out:
	if (rc != RC_OK)
		sec_wipe(found, sizeof(*found));

	return rc;
}

void
identity_free(struct identity_provider *p)
{
	if (p != NULL)
		p->ops->free(p);
}
