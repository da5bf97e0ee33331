/*
 * cert_password.c - ingam cert check-password, change-password: the password of
 * a certificate on one medium.
 *
 * Belongs here: which key files it has to open, what is asked and said.
 * Not here: opening and making key files (npki/keyfile.c, npki/keyput.c); the
 * rules (npki/password.c); putting files in their place (npki/medium.c).
 */
#include "cli/cert_password.h"

#include "cli/answer.h"
#include "cli/cert_show.h"
#include "cli/whose.h"
#include "npki/keyfile.h"
#include "npki/keymatch.h"
#include "npki/keyput.h"
#include "npki/password.h"
#include "npki/pbeput.h"
#include "npki/vid.h"

static const struct person_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };
static const struct person_text text_new = { "새 인증서 비밀번호",
	"New password of the certificate" };
static const struct person_text text_again = { "새 인증서 비밀번호 한 번 더",
	"New password once more" };
static const struct person_text text_differ = {
	"두 번 입력한 새 비밀번호가 서로 달라요. 다시 정해 주세요.",
	"The two new passwords differ. Choose one again."
};
static const struct person_text text_two = {
	"두 개인키의 비밀번호가 서로 달라요. 나머지 하나의 비밀번호도 입력하면 둘 다 새 "
	"비밀번호로 바꿔요.",
	"The two keys have different passwords. With that of the other one, too, "
	"both get the new password."
};
static const struct person_text text_same = {
	"지금 비밀번호와 같아요. 다른 비밀번호로 정해 주세요.",
	"This is the current password. Choose a different one."
};
static const struct person_text text_right = { "비밀번호가 맞아요",
	"The password is right" };
static const struct person_text text_changed = { "비밀번호를 바꿨어요",
	"The password is changed" };
static const struct person_text text_elsewhere = {
	"다른 저장매체에 복사해 둔 인증서의 비밀번호는 그대로예요.",
	"Copies of the certificate on other media keep theirs."
};
/* After the name of the key file. */
static const struct person_text text_form = { "암호 형식", "is encrypted by" };

static const struct person_text text_lacks_r = {
	"개인키에 난수(R)가 없어서, 주민등록번호나 사업자등록번호를 확인하는 "
	"사이트에서는 쓸 수 없어요. 처음 받은 파일이 있으면 그것을 써 주세요.",
	"Its key has no random number (R), so sites that check whose "
	"registration number it is will not take it. Use the files as they were "
	"issued, if there are any."
};

static const enum folder_file keys[] = { FOLDER_SIGN_KEY, FOLDER_KM_KEY };
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct person_text text_key[KEYS] = {
	{ "전자서명용 개인키(signPri.key)의 비밀번호",
	    "Password of the key for signing (signPri.key)" },
	{ "암호용 개인키(kmPri.key)의 비밀번호",
	    "Password of the key for encryption (kmPri.key)" },
};

/* What --json calls how each of them is encrypted. */
static const char *const form_members[KEYS] = { "key_file", "km_key_file" };

const char *
cert_password_form(size_t i)
{
	/* The last one is none of key files. */
	return i < PBE_PKCS12_3DES ? pbeput_form_name((enum pbe_form)i) : NULL;
}

/* The modulus that a key file must have: that of its own certificate. */
static struct span
cert_password_modulus(struct cert *c, enum folder_file key)
{
	struct span none = { NULL, 0 };
	struct certinfo km;

	if (key == FOLDER_SIGN_KEY)
		return c->info.modulus;
	if (certinfo_parse(cert_file(c, FOLDER_KM_CERT), &km, NULL) != RC_OK)
		return none;

	return km.modulus;
}

enum rc
cert_password_open(struct cert *c, enum folder_file file, struct span password,
    struct sec *key)
{
	if (cert_file(c, file).n == 0)
		return RC_OK;

	return keyfile_open_beside(cert_file(c, file), password,
	    cert_password_modulus(c, file), key, &c->err);
}

/*
 * A damaged key file opens now and then, and a key on a curve has no modulus to
 * be known by: the numbers are held against the certificate.
 */
static enum rc
cert_password_fits(struct cert *c, enum folder_file file, struct span key)
{
	enum folder_file beside =
	    file == FOLDER_SIGN_KEY ? FOLDER_SIGN_CERT : FOLDER_KM_CERT;
	struct certinfo certificate;
	struct pkinfo info;
	enum rc rc;

	/* What nobody could sign with is still looked at and copied. */
	if (certinfo_parse(cert_file(c, beside), &certificate, NULL) != RC_OK)
		return RC_OK;
	rc = pkinfo_parse(key, &info, &c->err);
	if (rc == RC_OK)
		return keymatch_check(&certificate, &info, &c->err);
	if (rc != RC_UNKNOWN)
		return rc;
	err_clear(&c->err);

	return RC_OK;
}

/* As cert_password_open(), for keys of every kind. */
static enum rc
cert_password_opens(struct cert *c, enum folder_file file, struct span password)
{
	struct sec key SEC_WIPED = { 0 };
	enum rc rc = cert_password_open(c, file, password, &key);

	return rc == RC_OK && key.n > 0
	    ? cert_password_fits(c, file, sec_span(&key))
	    : rc;
}

bool
cert_password_note_r(struct cert *c, struct span key)
{
	char fingerprint[PICK_FINGERPRINT];

	if (!vid_lacks_r(&c->info, key))
		return false;
	pick_fingerprint(cert_file(c, FOLDER_SIGN_CERT), fingerprint);
	answer_append(c->answer, "without_r", json_string(fingerprint));

	return true;
}

void
cert_password_say_r(const struct cert *c, struct span key)
{
	if (!c->json && vid_lacks_r(&c->info, key))
		person_say(text_lacks_r);
}

enum cert_end
cert_password_of(struct cert *c, enum folder_file file, enum cert_end end)
{
	err_clear(&c->err);
	(void)snprintf(
	    c->err.field, sizeof(c->err.field), "%s", folder_name(file));

	return end;
}

/* What a key that is not opened means for the person. */
static enum cert_end
cert_password_failed(struct cert *c, enum folder_file file, enum rc rc)
{
	return rc == RC_STATE ? cert_password_of(c, file, CERT_OTHER_KEY)
			      : cert_failed_in(c, file, rc);
}

/* Every key that there is; where it opens one of two, which of them not. */
static enum cert_end
cert_password_try(struct cert *c, struct span password)
{
	static const enum cert_end one[KEYS] = { CERT_PASSWORD_SIGN,
		CERT_PASSWORD_KM };
	size_t there = 0, closed = 0, which = 0;

	for (size_t i = 0; i < KEYS; i++) {
		enum rc rc = cert_password_opens(c, keys[i], password);

		there += cert_file(c, keys[i]).n > 0 ? 1 : 0;
		if (rc != RC_OK && rc != RC_SECRET)
			return cert_password_failed(c, keys[i], rc);
		if (rc == RC_OK)
			continue;
		err_clear(&c->err);
		which = i;
		closed++;
	}
	if (closed == 0)
		return CERT_DONE;

	return closed == there ? CERT_PASSWORD
			       : cert_password_of(c, keys[which], one[which]);
}

enum cert_end
cert_password_choose_sign(struct cert *c)
{
	enum cert_end end = cert_choose(c);

	if (end == CERT_DONE)
		end = cert_read(c);
	if (end != CERT_DONE)
		return end;
	/* An empty file is there, and damaged. */
	if (cert_file(c, FOLDER_SIGN_KEY).n == 0 &&
	    c->row->pair->sign_key == NULL)
		return CERT_NO_KEY;

	return cert_failed(
	    c, beside_check(&c->medium, FOLDER_SIGN_KEY, &c->err));
}

enum cert_end
cert_password_choose(struct cert *c)
{
	enum cert_end end = cert_password_choose_sign(c);

	return end == CERT_DONE && cert_file(c, FOLDER_KM_KEY).n > 0
	    ? cert_failed(c, beside_check(&c->medium, FOLDER_KM_KEY, &c->err))
	    : end;
}

enum cert_end
cert_password_type(struct cert *c, struct sec *password)
{
	char room[WHOSE_TEXT];

	return cert_ask(c, c->password_file, "--password-file",
	    whose_text(c, &c->info, text_password, room), password);
}

enum cert_end
cert_password_ask(struct cert *c, struct sec *password)
{
	enum cert_end end;
	int tries = 0;

	do {
		end = cert_password_type(c, password);
		if (end == CERT_DONE)
			end = cert_password_try(c, sec_span(password));
	} while (cert_ask_again(c, c->password_file, end, &tries, password));

	return end;
}

enum cert_end
cert_password_check(struct cert *c)
{
	struct sec password SEC_WIPED = { 0 };
	char room[WHOSE_TEXT];
	enum cert_end end = cert_password_choose(c);

	if (end == CERT_DONE)
		cert_say_half(c);
	if (end == CERT_DONE)
		end = cert_password_ask(c, &password);
	if (end == CERT_DONE && !c->json)
		(void)printf("%s.\n",
		    person_sentence(whose_text(c, &c->info, text_right, room)));

	return end;
}

/* Tells each rule that is broken. */
static enum cert_end
cert_password_rules(struct cert *c, struct span password)
{
	unsigned int broken = password_broken(password);
	json_t *words = json_array();

	for (size_t i = 0; password_rule(i) != NULL; i++) {
		const struct password_rule *rule = password_rule(i);

		if ((broken & 1U << i) == 0)
			continue;
		person_say((struct person_text){ rule->ko, rule->en });
		(void)json_array_append_new(words, json_string(rule->word));
	}
	(void)json_object_set_new(c->answer, "rules", words);
	if (broken != 0)
		return CERT_RULES;
	/* Nor those that an earlier one broke. */
	(void)json_object_del(c->answer, "rules");

	return CERT_DONE;
}

/* From its file, or asked for twice. */
static enum cert_end
cert_password_once(struct cert *c, struct span old, struct sec *out)
{
	struct sec twice SEC_WIPED = { 0 };
	enum cert_end end = cert_ask(
	    c, c->new_password_file, "--new-password-file", text_new, out);

	if (end == CERT_DONE || end == CERT_PASSWORD)
		end = cert_password_rules(c, sec_span(out));
	if (end == CERT_DONE && sec_equal(sec_span(out), old))
		end = CERT_SAME;
	if (end != CERT_DONE || c->new_password_file != NULL)
		return end;
	end = cert_ask(c, NULL, "--new-password-file", text_again, &twice);
	if (end == CERT_PASSWORD ||
	    (end == CERT_DONE && !sec_equal(sec_span(out), sec_span(&twice))))
		return CERT_DIFFER;

	return end;
}

enum cert_end
cert_password_new(struct cert *c, struct span old, struct sec *out)
{
	/* A file has no other one to give. */
	int tries = c->new_password_file != NULL ? 1 : PERSON_TRIES;
	enum cert_end end = cert_password_once(c, old, out);

	while (--tries > 0 &&
	    (end == CERT_RULES || end == CERT_SAME || end == CERT_DIFFER)) {
		if (end != CERT_RULES)
			person_say(end == CERT_SAME ? text_same : text_differ);
		sec_free(out);
		end = cert_password_once(c, old, out);
	}

	return end;
}

/* How a key file was encrypted, and is. */
struct forms {
	char was[96], is[96];
};

/* For a person: where it is not the one form that was there before. */
static void
cert_password_say_forms(const struct cert *c, const struct forms forms[KEYS])
{
	bool two = forms[0].is[0] != '\0' && forms[1].is[0] != '\0';
	bool news =
	    c->form != NULL || (two && strcmp(forms[0].is, forms[1].is) != 0);

	for (size_t i = 0; i < KEYS; i++)
		news = news || strcmp(forms[i].was, forms[i].is) != 0;
	for (size_t i = 0; news && i < KEYS; i++) {
		const struct forms *f = &forms[i];
		bool same = strcmp(f->was, f->is) == 0;

		if (f->is[0] != '\0')
			(void)printf("%s %s: %s%s%s.\n", folder_name(keys[i]),
			    person_sentence(text_form), same ? "" : f->was,
			    same ? "" : " -> ", f->is);
	}
}

/* How the key files that were made are encrypted. */
static void
cert_password_forms(struct cert *c, const struct span files[KEYS])
{
	struct forms forms[KEYS];

	for (size_t i = 0; i < KEYS; i++) {
		struct forms *f = &forms[i];

		cert_show_key_file(
		    cert_file(c, keys[i]), f->was, sizeof(f->was));
		cert_show_key_file(files[i], f->is, sizeof(f->is));
		if (f->is[0] != '\0')
			(void)json_object_set_new(
			    c->answer, form_members[i], json_string(f->is));
	}
	if (!c->json)
		cert_password_say_forms(c, forms);
}

/* That of a key which the first one has not opened. */
static enum cert_end
cert_password_ask_key(struct cert *c, size_t key, struct sec *password)
{
	enum cert_end end;
	int tries = 0;

	do {
		end = cert_ask(
		    c, NULL, "--password-file", text_key[key], password);
		if (end == CERT_DONE)
			end = cert_password_failed(c, keys[key],
			    cert_password_opens(
				c, keys[key], sec_span(password)));
	} while (cert_ask_again(c, NULL, end, &tries, password));

	return end;
}

/*
 * The password that each key file has now. Where they have two, the other one
 * is asked for: nothing else makes them one again.
 */
static enum cert_end
cert_password_olds(struct cert *c, struct sec *password, struct sec *other,
    struct span olds[static KEYS])
{
	enum cert_end end = cert_password_ask(c, password);
	size_t closed = end == CERT_PASSWORD_SIGN ? 0 : 1;
	bool two = end == CERT_PASSWORD_SIGN || end == CERT_PASSWORD_KM;

	for (size_t i = 0; i < KEYS; i++)
		olds[i] = sec_span(password);
	if (!two || c->password_file != NULL)
		return end;
	err_clear(&c->err);
	person_say(text_two);
	end = cert_password_ask_key(c, closed, other);
	olds[closed] = sec_span(other);

	return end;
}

/* The key files under the new password, then both into their place. */
static enum cert_end
cert_password_put(
    struct cert *c, const struct span olds[static KEYS], struct span password)
{
	uint8_t made[KEYS][KEYFILE_MAX];
	struct span files[KEYS] = { { NULL, 0 } };
	enum pbe_form form;
	const enum pbe_form *wanted =
	    c->form != NULL && pbeput_form_find(c->form, &form) ? &form : NULL;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < KEYS && rc == RC_OK; i++)
		if (cert_file(c, keys[i]).n > 0)
			rc = keyput_change(cert_file(c, keys[i]), olds[i],
			    cert_password_modulus(c, keys[i]), wanted, password,
			    made[i], KEYFILE_MAX, &files[i], &c->err);
	if (rc != RC_OK)
		return cert_failed(c, rc);
	rc = medium_write_keys(
	    c->row->pair, &c->medium, files[0], files[1], &c->err);
	if (rc != RC_OK)
		return cert_written(c, c->row->path, rc);
	cert_password_forms(c, files);

	return CERT_DONE;
}

enum cert_end
cert_password_change(struct cert *c)
{
	struct sec old SEC_WIPED = { 0 }, other SEC_WIPED = { 0 };
	struct sec password SEC_WIPED = { 0 };
	const struct span none = { NULL, 0 };
	struct span olds[KEYS];
	char room[WHOSE_TEXT];
	enum cert_end end = cert_password_choose(c);

	if (end == CERT_DONE)
		cert_say_half(c);
	/* Before passwords are asked for that are of no use then. */
	if (end == CERT_DONE)
		end = cert_written(
		    c, c->row->path, medium_check(c->row->path, &c->err));
	if (end == CERT_DONE)
		end = cert_password_olds(c, &old, &other, olds);
	/* Another form of the files needs no other password, nor do two of them. */
	if (end == CERT_DONE)
		end = cert_password_new(c,
		    c->form != NULL || other.n > 0 ? none : sec_span(&old),
		    &password);
	if (end == CERT_DONE)
		end = cert_password_put(c, olds, sec_span(&password));
	if (end == CERT_DONE && !c->json)
		(void)printf("%s. %s\n",
		    person_sentence(
			whose_text(c, &c->info, text_changed, room)),
		    person_sentence(text_elsewhere));

	return end;
}
