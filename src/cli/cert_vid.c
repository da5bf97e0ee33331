/*
 * cert_vid.c - ingam cert vid: whose number a certificate was issued for.
 *
 * Belongs here: asking for the number, which stays as secret as a password; the
 * R of the key file.
 * Not here: the computation (npki/vid.c); verifying the certificate (verify.c).
 */
#include "cli/cert_vid.h"

#include "cli/cert_password.h"
#include "npki/pkinfo.h"
#include "npki/vid.h"

static const struct person_text text_number = {
	"주민등록번호 또는 사업자등록번호",
	"Resident or business registration number"
};
static const struct person_text text_theirs = { "이 번호의 인증서가 맞아요.",
	"This is the certificate of that number." };

/* The certificate and R against the number. */
static enum cert_end
cert_vid_check(struct cert *c, struct span number, struct span r)
{
	enum rc rc = vid_check(&c->info, number, r, c->sha1, &c->err);

	if (rc == RC_DENIED)
		return CERT_NOT_THEIRS;
	if (rc == RC_ABSENT)
		return CERT_NO_VID;

	return rc == RC_POLICY ? CERT_OLD_VID : cert_failed(c, rc);
}

/* The number as it is asked for, without blanks and hyphens. */
static enum cert_end
cert_vid_number(struct cert *c, struct sec *out)
{
	struct sec typed SEC_WIPED = { 0 };
	enum cert_end end =
	    cert_ask(c, c->number_file, "--number-file", text_number, &typed);
	enum rc rc;

	if (end == CERT_PASSWORD)
		return CERT_NUMBER;
	if (end != CERT_DONE)
		return end;
	if ((rc = sec_new(out, VID_NUMBER_SIZE, &c->err)) != RC_OK)
		return cert_failed(c, rc);

	return vid_number(sec_span(&typed), (char *)out->p, NULL) == RC_OK
	    ? CERT_DONE
	    : CERT_NUMBER;
}

enum cert_end
cert_vid(struct cert *c)
{
	struct sec password SEC_WIPED = { 0 };
	struct sec number SEC_WIPED = { 0 };
	struct sec key SEC_WIPED = { 0 };
	struct pkinfo info;
	enum cert_end end = cert_password_old(c, &password);
	enum rc rc;

	if (end == CERT_DONE && c->info.vid.n == 0)
		return CERT_NO_VID;
	if (end != CERT_DONE)
		return end;
	rc = cert_password_open(c, FOLDER_SIGN_KEY, sec_span(&password), &key);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&key), &info, &c->err);
	if (rc != RC_OK)
		return cert_failed(c, rc);
	if (info.r.n == 0)
		return CERT_NO_R;
	end = cert_vid_number(c, &number);
	if (end == CERT_DONE)
		end =
		    cert_vid_check(c, span_str((const char *)number.p), info.r);
	if (end == CERT_DONE && !c->json)
		(void)printf("%s\n", person_sentence(text_theirs));

	return end;
}
