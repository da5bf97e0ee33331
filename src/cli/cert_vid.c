/*
 * cert_vid.c - ingam cert vid: whose number a certificate was issued for.
 *
 * Belongs here: asking for the number, which stays as secret as a password; the
 * R of the key file, or of what somebody sealed to us; sealing it to a site.
 * Not here: the computation (npki/vid.c); EncryptedVID (x509/evid.c); verifying
 * the certificate (verify.c).
 */
#include "cli/cert_vid.h"

#include "cli/cert_password.h"
#include "cli/message.h"
#include "cli/sealed.h"
#include "cli/whose.h"
#include "client/reason.h"
#include "npki/pkinfo.h"
#include "x509/evid.h"

static const struct person_text text_number = {
	"주민등록번호 또는 사업자등록번호",
	"Resident or business registration number"
};
static const struct person_text text_theirs = { "이 번호의 인증서가 맞아요",
	"This is the certificate of that number" };
static const struct person_text text_sealed = { "받는 곳만 열 수 있게 잠갔어요",
	"Sealed" };

/* What --open reads, and what was in it. */
struct opened {
	const char *path;
	struct buf der;
	struct evid evid;
};

const char *
cert_vid_misses(const struct cert *c)
{
	if ((c->open == NULL) != (c->owner == NULL))
		return c->open == NULL ? "--open" : "--owner";

	return c->seal_to == NULL &&
		(c->form != NULL || c->out != NULL || c->replace)
	    ? "--seal-to"
	    : NULL;
}

bool
cert_vid_is_shown(const struct cert *c)
{
	enum paper_form form = PAPER_DER;

	return c->seal_to != NULL && !c->json && message_is_shown(c->out) &&
	    (c->form == NULL ||
		(paper_find(c->form, &form) && form == PAPER_DER));
}

/* A certificate and R against the number. */
static enum cert_end
cert_vid_check(struct cert *c, const struct certinfo *info, struct span number,
    struct span r)
{
	enum rc rc = vid_check(info, number, r, c->sha1, &c->err);

	if (rc == RC_DENIED)
		return CERT_NOT_THEIRS;
	if (rc == RC_ABSENT)
		return CERT_NO_VID;

	return rc == RC_POLICY ? CERT_OLD_VID : cert_failed(c, rc);
}

/* The number as it is asked for, without blanks and hyphens. */
static enum cert_end
cert_vid_number(struct cert *c, const struct certinfo *info, struct sec *out)
{
	struct sec typed SEC_WIPED = { 0 };
	char room[WHOSE_TEXT];
	enum cert_end end = cert_ask(c, c->number_file, "--number-file",
	    whose_text(c, info, text_number, room), &typed);
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

/* Asks for the number, and holds it against a certificate and R. */
static enum cert_end
cert_vid_compare(struct cert *c, const struct certinfo *info, struct span r)
{
	struct sec number SEC_WIPED = { 0 };
	enum cert_end end = cert_vid_number(c, info, &number);

	return end != CERT_DONE
	    ? end
	    : cert_vid_check(c, info, span_str((const char *)number.p), r);
}

/* VID and R of ours, which are right, to whom it is sealed. */
static enum cert_end
cert_vid_give(struct cert *c, const struct certificate *to, struct span r)
{
	char fingerprint[PICK_FINGERPRINT];
	struct buf der = buf_init(EVID_MAX);
	enum paper_form form = PAPER_DER;
	enum vid_hash hash =
	    c->info.vid.n == PLATFORM_SHA1 ? VID_SHA1 : VID_SHA256;
	enum cert_end end;

	if (c->form != NULL)
		(void)paper_find(c->form, &form);
	end =
	    cert_failed(c, evid_make(to, hash, c->info.vid, r, &der, &c->err));
	if (end == CERT_DONE) {
		pick_fingerprint(certificate_der(to), fingerprint);
		(void)json_object_set_new(
		    c->answer, "recipient", json_string(fingerprint));
		end = message_give(
		    c, c->out, form, "ENCRYPTED VID", buf_span(&der));
	}
	buf_clear(&der);

	return end;
}

/* The number against our own certificate, whose key file has R; then sealed. */
static enum cert_end
cert_vid_ours(struct cert *c, const struct certificate *to)
{
	struct sec password SEC_WIPED = { 0 };
	struct sec key SEC_WIPED = { 0 };
	struct pkinfo info;
	enum cert_end end = cert_password_choose(c);
	enum rc rc;

	if (end == CERT_DONE && c->info.vid.n == 0)
		return CERT_NO_VID;
	if (end == CERT_DONE)
		end = cert_password_ask(c, &password);
	if (end != CERT_DONE)
		return end;
	rc = cert_password_open(c, FOLDER_SIGN_KEY, sec_span(&password), &key);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&key), &info, &c->err);
	if (rc != RC_OK)
		return cert_failed(c, rc);
	if (info.r.n == 0)
		return CERT_NO_R;
	end = cert_vid_compare(c, &c->info, info.r);

	return end == CERT_DONE && to != NULL ? cert_vid_give(c, to, info.r)
					      : end;
}

/* Both answers, where the second one is to be said. */
static void
cert_vid_say_sealed(const struct cert *c)
{
	char whose[WHOSE_TEXT], both[2 * WHOSE_TEXT];

	(void)snprintf(both, sizeof(both), "%s. %s",
	    person_sentence(whose_text(c, &c->info, text_theirs, whose)),
	    person_sentence(text_sealed));
	message_say(c, c->out, (struct person_text){ both, both });
}

static enum cert_end
cert_vid_seal(struct cert *c)
{
	struct certificate *to;
	enum rc rc = sealed_recipient(c->seal_to, &to, &c->err);
	enum cert_end end = cert_failed(c, rc);

	if (rc == RC_DENIED)
		return CERT_REFUSED;
	if (end == CERT_DONE)
		end = message_check(c, c->out);
	if (end == CERT_DONE)
		end = cert_vid_ours(c, to);
	if (end == CERT_DONE)
		cert_vid_say_sealed(c);
	certificate_free(to);

	return end;
}

static void
cert_vid_say(const struct cert *c, const struct certinfo *info)
{
	char room[WHOSE_TEXT];

	if (!c->json)
		(void)printf("%s.\n",
		    person_sentence(whose_text(c, info, text_theirs, room)));
}

/* A sealed_opener; arg is a struct opened. */
static enum rc
cert_vid_opener(
    void *arg, const struct certificate *ours, EVP_PKEY *key, struct err *e)
{
	struct opened *o = arg;
	struct span der = buf_span(&o->der);

	return reason_named(o->path,
	    key == NULL ? evid_check(der, ours, e)
			: evid_open(der, ours, key, &o->evid, e),
	    e);
}

/* A sealed_namer; arg is a struct opened. */
static enum rc
cert_vid_namer(void *arg, struct certinfo *first, size_t *n, struct err *e)
{
	struct opened *o = arg;

	*n = 1;

	return reason_named(
	    o->path, evid_recipient(buf_span(&o->der), first, e), e);
}

/*
 * The number against somebody's certificate, by the R that was sealed to us.
 * The VID beside R is only what its sender says: some send one of a number
 * that nobody has. It is told to programs, and decides nothing.
 */
static enum cert_end
cert_vid_theirs(
    struct cert *c, const struct certinfo *info, struct opened *opened)
{
	const struct sealed sealed = { cert_vid_opener, cert_vid_namer,
		opened };
	enum cert_end end;

	if (info->vid.n == 0)
		return CERT_NO_VID;
	end = sealed_open(c, &sealed);
	if (end == CERT_DONE)
		end = cert_vid_compare(c, info, opened->evid.r);
	if (end == CERT_DONE)
		(void)json_object_set_new(c->answer, "sent_vid",
		    json_boolean(span_equal(opened->evid.vid, info->vid)));
	sec_free(&opened->evid.content);

	return end;
}

static enum cert_end
cert_vid_open(struct cert *c)
{
	struct opened opened = { .path = c->open, .der = buf_init(EVID_MAX) };
	struct buf der = buf_init(CERTINFO_MAX);
	struct certinfo info;
	enum cert_end end;
	enum rc rc = paper_load(c->open, &opened.der, &c->err);

	if (rc == RC_OK)
		rc = paper_load(c->owner, &der, &c->err);
	if (rc == RC_OK)
		rc = reason_named(c->owner,
		    certinfo_parse(buf_span(&der), &info, &c->err), &c->err);
	end = cert_failed(c, rc);
	if (rc == RC_OK)
		end = cert_vid_theirs(c, &info, &opened);
	if (end == CERT_DONE)
		cert_vid_say(c, &info);
	buf_clear(&opened.der);
	buf_clear(&der);

	return end;
}

enum cert_end
cert_vid(struct cert *c)
{
	enum cert_end end;

	if (c->seal_to != NULL)
		return cert_vid_seal(c);
	if (c->open != NULL)
		return cert_vid_open(c);
	end = cert_vid_ours(c, NULL);
	if (end == CERT_DONE)
		cert_vid_say(c, &c->info);

	return end;
}
