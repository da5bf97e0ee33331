/*
 * cert_export.c - ingam cert export: a certificate with its keys as a PKCS#12
 * file.
 *
 * Belongs here: what of a certificate goes into the file, its password and form.
 * Not here: out of one (cert_import.c); how a file is written (message.c); the
 * format (npki/pfxput.c).
 */
#include "cli/cert_export.h"

#include "base/text.h"
#include "cli/cert_password.h"
#include "cli/message.h"
#include "cli/whose.h"
#include "npki/capubs.h"
#include "npki/pfxput.h"

static const struct person_text text_exported = { "PFX 파일로 내보냈어요",
	"Exported" };
static const struct person_text text_same = {
	"파일의 비밀번호는 인증서 비밀번호와 같아요.",
	"The file has the password of the certificate."
};
static const struct person_text text_other = {
	"파일의 비밀번호는 --new-password-file로 정한 것이에요. 원래 인증서의 비밀번호는 "
	"그대로예요.",
	"The file has the password of --new-password-file. That of the "
	"certificate stays."
};

const char *
cert_export_form(size_t i)
{
	return i <= PFXPUT_MODERN ? pfxput_form_name((enum pfxput_form)i)
				  : NULL;
}

/* The pairs that are open, and the certificates of CAs beside them. */
static enum rc
cert_export_gather(struct cert *c, const struct sec *sign, const struct sec *km,
    struct pfx *out)
{
	struct span authorities = cert_file(c, FOLDER_CA_PUBS);

	out->pairs[out->n++] =
	    (struct pfx_pair){ .certificate = cert_file(c, FOLDER_SIGN_CERT),
		    .info = sec_span(sign) };
	if (km->n > 0 && cert_file(c, FOLDER_KM_CERT).n > 0)
		out->pairs[out->n++] =
		    (struct pfx_pair){ .certificate =
					   cert_file(c, FOLDER_KM_CERT),
			    .info = sec_span(km),
			    .encryption = true };

	return authorities.n == 0 ? RC_OK
				  : capubs_parse(authorities, out->chain,
					PFX_CHAIN, &out->chain_n, &c->err);
}

static enum cert_end
cert_export_save(struct cert *c, struct span file)
{
	char shown[FOLDER_PATH], room[WHOSE_TEXT];
	enum cert_end end = message_write(c, c->out, file, true);

	if (end != CERT_DONE || strcmp(c->out, "-") == 0)
		return end;
	text_sanitise(shown, sizeof(shown), span_str(c->out));
	pick_json_path(c->answer, "file", c->out);
	if (!c->json)
		(void)printf("%s: %s\n%s\n",
		    person_sentence(whose_until(&c->info, text_exported, room)),
		    shown,
		    person_sentence(
			c->new_password_file == NULL ? text_same : text_other));

	return CERT_DONE;
}

/* Its keys, opened with the password, under the file's own one. */
static enum cert_end
cert_export_make(struct cert *c, struct span password, struct span own)
{
	struct sec sign SEC_WIPED = { 0 };
	struct sec km SEC_WIPED = { 0 };
	struct pfx pfx = { 0 };
	enum pfxput_form form = PFXPUT_MODERN;
	uint8_t made[PFX_MAX];
	struct span file;
	enum rc rc = cert_password_open(c, FOLDER_SIGN_KEY, password, &sign);

	if (c->form != NULL)
		(void)pfxput_form_find(c->form, &form);
	if (rc == RC_OK)
		rc = cert_password_open(c, FOLDER_KM_KEY, password, &km);
	if (rc == RC_OK)
		rc = cert_export_gather(c, &sign, &km, &pfx);
	if (rc == RC_OK)
		rc = pfxput_make(
		    form, own, &pfx, made, sizeof(made), &file, &c->err);

	return rc == RC_OK ? cert_export_save(c, file) : cert_failed(c, rc);
}

enum cert_end
cert_export(struct cert *c)
{
	struct sec password SEC_WIPED = { 0 };
	struct sec own SEC_WIPED = { 0 };
	const struct span none = { NULL, 0 };
	/* Before a password is asked for that is of no use then. */
	enum cert_end end = message_check(c, c->out);

	if (end == CERT_DONE)
		end = cert_password_choose(c);
	if (end == CERT_DONE)
		cert_say_half(c);
	if (end == CERT_DONE)
		end = cert_password_ask(c, &password);
	/* Another password only where it is asked for. */
	if (end == CERT_DONE && c->new_password_file != NULL)
		end = cert_password_new(c, none, &own);
	if (end != CERT_DONE)
		return end;

	return cert_export_make(
	    c, sec_span(&password), sec_span(own.n > 0 ? &own : &password));
}
