/*
 * cert_password.c - ingam cert check-password: the password of a certificate on
 * one medium.
 *
 * Belongs here: which key files it has to open, what is said of it.
 * Not here: opening them (npki/keyfile.c).
 */
#include "cli/cert_password.h"

#include "npki/keyfile.h"

static const struct person_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };
static const struct person_text text_right = { "비밀번호가 맞아요.",
	"The password is right." };

/* The modulus that a key file must have: that of its own certificate. */
static struct span
cert_password_modulus(struct cert *c, enum folder_file key)
{
	struct span none = { NULL, 0 };
	struct certinfo km;

	if (key == FOLDER_SIGN_KEY)
		return c->info.modulus;
	if (c->files[FOLDER_KM_CERT].n == 0 ||
	    certinfo_parse(buf_span(&c->files[FOLDER_KM_CERT]), &km, NULL) !=
		RC_OK)
		return none;

	return km.modulus;
}

/* Opens one key file, if it is there. */
static enum rc
cert_password_opens(struct cert *c, enum folder_file file, struct span password,
    struct sec *key)
{
	return c->files[file].n == 0
	    ? RC_OK
	    : keyfile_open(buf_span(&c->files[file]), password,
		  cert_password_modulus(c, file), key, &c->err);
}

/* Opens those that there are with the password. */
static enum cert_end
cert_password_open(
    struct cert *c, struct span password, struct sec *sign, struct sec *km)
{
	enum rc rc = cert_password_opens(c, FOLDER_SIGN_KEY, password, sign);

	if (rc == RC_OK)
		rc = cert_password_opens(c, FOLDER_KM_KEY, password, km);

	return cert_failed(c, rc);
}

enum cert_end
cert_password_check(struct cert *c)
{
	struct sec password SEC_WIPED = { 0 };
	struct sec sign SEC_WIPED = { 0 };
	struct sec km SEC_WIPED = { 0 };
	enum cert_end end = cert_choose(c);

	if (end == CERT_DONE)
		end = cert_read(c);
	if (end == CERT_DONE && c->files[FOLDER_SIGN_KEY].n == 0)
		return CERT_NO_KEY;
	if (end == CERT_DONE)
		end = cert_ask(c, c->password_file, text_password, &password);
	if (end != CERT_DONE)
		return end;
	end = cert_password_open(c, sec_span(&password), &sign, &km);
	if (end == CERT_DONE && !c->json)
		(void)printf("%s\n", person_sentence(text_right));

	return end;
}
