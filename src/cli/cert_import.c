/*
 * cert_import.c - ingam cert import: a PKCS#12 file as certificates of a medium.
 *
 * Belongs here: what of the file goes where, what is left out, the password that
 * it has there, what is said.
 * Not here: into one (cert_export.c); what in it belongs together (cert_pfx.c);
 * where a certificate belongs on a medium, and what it replaces (cert_copy.c).
 */
#include "cli/cert_import.h"

#include "base/file.h"
#include "cli/answer.h"
#include "cli/cert_copy.h"
#include "cli/cert_password.h"
#include "cli/cert_pfx.h"
#include "client/reason.h"
#include "npki/capubs.h"
#include "npki/keyfile.h"
#include "npki/keyput.h"
#include "npki/password.h"
#include "npki/pbeput.h"

#include <stdlib.h>

/* What is in a file fits beside a certificate. */
_Static_assert(PFX_MAX <= CAPUBS_MAX, "CaPubs");
_Static_assert(PFX_MAX <= MEDIUM_FILE_MAX, "a certificate");

static const struct person_text text_imported = { "PFX 파일에서 가져왔어요",
	"Imported" };
static const struct person_text text_file = { "PFX 파일의 비밀번호",
	"Password of the PFX file" };
static const struct person_text text_older = {
	"더 나중에 끝나는 인증서가 같은 폴더에 들어가서 넣지 않은 인증서",
	"Left out, because one that ends later has the same folder"
};
static const struct person_text text_keyless = {
	"개인키가 PFX 파일에 없어서 넣지 않은 암호용 인증서",
	"Left out, because the PFX file has not its key for encryption"
};
static const struct person_text text_ownerless = {
	"같은 사람의 전자서명용 인증서가 PFX 파일에 없어서 넣지 않은 암호용 인증서",
	"Left out, because the PFX file has no certificate for signing of its "
	"owner"
};
static const struct person_text text_unwritten = { "넣지 못한 인증서",
	"Not put there" };
static const struct person_text text_there = { "이미 있는 인증서",
	"There already" };
static const struct person_text text_rules = {
	"인증서 비밀번호가 PFX 파일의 비밀번호와 같아졌는데, 새 비밀번호 규칙에 맞지 "
	"않아요. ingam cert change-password로 바꾸는 것이 안전해요.",
	"The certificate has the password of the PKCS#12 file now, which breaks "
	"the rules for new ones. It is safer to change it: ingam cert "
	"change-password."
};
static const struct person_text text_empty = {
	"PFX 파일의 비밀번호가 비어 있어요. 인증서에는 새 비밀번호가 필요해요.",
	"The password of the PFX file is empty. The certificate needs a new one."
};

/* A certificate of the file with what belongs to it, on its way to its place. */
struct item {
	const struct pfx_pair *pair;
	struct certinfo info;
	struct medium medium; /* what is going to be there */
	struct medium there;  /* what is there */
	unsigned int kept;    /* as in struct cert */
};

/* What the file holds, and what of it is put somewhere. */
struct import {
	struct pfx pfx;
	struct item items[PFX_PAIRS];
	size_t n;
	struct span password; /* that they have there; borrowed */
};

/* Makes it the one that c is about; and once more, that it no longer is. */
static void
cert_import_turn(struct cert *c, struct item *item)
{
	struct item was = *item;

	item->info = c->info;
	item->medium = c->medium;
	item->there = c->there;
	item->kept = c->kept;
	c->info = was.info;
	c->medium = was.medium;
	c->there = was.there;
	c->kept = was.kept;
}

/* One pair of the file as certificate and key file of the medium. */
static enum rc
cert_import_take(struct cert *c, const struct pfx_pair *pair,
    struct span password, enum folder_file certificate, enum folder_file key)
{
	enum pbe_form form = PBE_SEED_SHA1;
	uint8_t made[KEYFILE_MAX];
	struct span file;
	enum rc rc;

	if (c->form != NULL)
		(void)pbeput_form_find(c->form, &form);
	rc = keyput_seal(
	    form, 0, password, pair->info, made, sizeof(made), &file, &c->err);
	if (rc != RC_OK)
		return rc;
	buf_bytes(&c->medium.files[certificate], pair->certificate);
	buf_bytes(&c->medium.files[key], file);

	return RC_OK;
}

/*
 * A key file that is there and holds the same key under the same password stays
 * as it is: a new one would differ in its salt alone.
 */
static void
cert_import_stay(struct cert *c, const struct pfx_pair *pair,
    struct span password, enum folder_file certificate, enum folder_file key)
{
	struct sec held SEC_WIPED = { 0 };
	const struct span unknown = { NULL, 0 };
	struct span file = buf_span(&c->there.files[key]);

	if (c->form != NULL ||
	    !span_equal(buf_span(&c->there.files[certificate]),
		cert_file(c, certificate)) ||
	    keyfile_open(file, password, unknown, &held, NULL) != RC_OK ||
	    !sec_equal(sec_span(&held), pair->info))
		return;
	buf_reset(&c->medium.files[key]);
	buf_bytes(&c->medium.files[key], file);
}

/* A certificate of the file into a list of the answer. */
static void
cert_import_list(struct cert *c, const char *list, struct span der)
{
	char fingerprint[PICK_FINGERPRINT];

	pick_fingerprint(der, fingerprint);
	answer_append(c->answer, list, json_string(fingerprint));
}

/* It stays in the file alone, and that is said with why. */
static void
cert_import_leave(struct cert *c, struct span der, struct person_text why)
{
	struct certinfo info;
	bool read = certinfo_parse(der, &info, NULL) == RC_OK;

	cert_import_list(c, "left_out", der);
	if (!c->json)
		pick_tell(stderr, why, read ? &info : NULL, NULL);
}

/* Why a pair for encryption goes beside no certificate; NULL: it does. */
static const struct person_text *
cert_import_spare(const struct pfx *pfx, const struct pfx_pair *km)
{
	const struct person_text *why = &text_ownerless;
	struct certinfo info, sign;

	if (certinfo_parse(km->certificate, &info, NULL) != RC_OK)
		return why;
	for (size_t i = 0; i < pfx->n; i++) {
		if (pfx->pairs[i].encryption ||
		    certinfo_parse(pfx->pairs[i].certificate, &sign, NULL) !=
			RC_OK ||
		    !span_equal(sign.subject_der, info.subject_der))
			continue;
		if (cert_pfx_encryption(pfx, &sign) == km)
			return NULL;
		why = &text_older;
	}

	return why;
}

/*
 * What is for encryption and not put there. One without its key is told of
 * here only where its owner has a pair: else cert_import_put() does.
 */
static void
cert_import_leave_encryption(struct cert *c, const struct pfx *pfx)
{
	const struct person_text *why;
	const struct pfx_pair *km;
	struct certinfo info;

	for (size_t i = 0; i < pfx->n; i++) {
		km = &pfx->pairs[i];
		why = km->encryption ? cert_import_spare(pfx, km) : NULL;
		if (why != NULL)
			cert_import_leave(c, km->certificate, *why);
	}
	for (size_t i = 0; i < pfx->chain_n; i++) {
		if (!pfx_is_keyless(pfx->chain[i], &info))
			continue;
		km = cert_pfx_encryption(pfx, &info);
		if (km != NULL && !span_equal(km->certificate, pfx->chain[i]))
			cert_import_leave(c, pfx->chain[i], text_keyless);
	}
}

/* Every certificate for signing, but those whose place another one has. */
static enum cert_end
cert_import_find(struct cert *c, struct import *m)
{
	const struct pfx *pfx = &m->pfx;
	enum rc rc = RC_ABSENT;

	for (size_t i = 0; i < pfx->n; i++) {
		struct item *item = &m->items[m->n];

		if (pfx->pairs[i].encryption)
			continue;
		item->pair = &pfx->pairs[i];
		rc = certinfo_parse(
		    item->pair->certificate, &item->info, &c->err);
		if (rc != RC_OK)
			break;
		if (cert_pfx_is_older(pfx, i, &item->info))
			cert_import_leave(
			    c, item->pair->certificate, text_older);
		else
			m->n++;
	}
	if (rc == RC_ABSENT)
		rc = err_set(
		    &c->err, rc, NULL, "no certificate for signing is in it");
	if (rc == RC_OK)
		cert_import_leave_encryption(c, pfx);

	return cert_failed(c, reason_named(c->file, rc, &c->err));
}

/* Its files under the password, and what of its place stays beside them. */
static enum cert_end
cert_import_make(
    struct cert *c, const struct import *m, const struct pfx_pair *pair)
{
	const struct pfx_pair *km = cert_pfx_encryption(&m->pfx, &c->info);
	struct span authorities[PFX_CHAIN];
	size_t n = pfx_authorities(&m->pfx, authorities);
	uint8_t made[CAPUBS_MAX];
	struct derput w = derput_init(made, sizeof(made));
	enum cert_end end;
	enum rc rc;

	for (size_t i = 0; i < FOLDER_FILES; i++)
		c->medium.files[i] = buf_init(MEDIUM_FILE_MAX);
	rc = cert_import_take(
	    c, pair, m->password, FOLDER_SIGN_CERT, FOLDER_SIGN_KEY);
	if (rc == RC_OK && km != NULL)
		rc = cert_import_take(
		    c, km, m->password, FOLDER_KM_CERT, FOLDER_KM_KEY);
	if (n > 0) {
		capubs_put(&w, authorities, n);
		buf_bytes(&c->medium.files[FOLDER_CA_PUBS], derput_span(&w));
	}

	end = rc == RC_OK ? cert_copy_keep(c, m->password) : cert_failed(c, rc);
	if (end == CERT_DONE)
		cert_import_stay(
		    c, pair, m->password, FOLDER_SIGN_CERT, FOLDER_SIGN_KEY);
	if (end == CERT_DONE && km != NULL)
		cert_import_stay(
		    c, km, m->password, FOLDER_KM_CERT, FOLDER_KM_KEY);

	return end;
}

static enum cert_end
cert_import_ask(
    struct cert *c, const struct import *m, const struct pfx_pair *pair)
{
	(void)m;
	if (cert_copy_same(c))
		return CERT_DONE;

	return cert_copy_ask(c, true, cert_password_note_r(c, pair->info));
}

/* Each folder into the list of them, and its bytes where it has a list, too. */
static void
cert_import_placed(struct cert *c)
{
	static const char *const members[][2] = { { "folder", "folders" },
		{ "folder_hex", "folders_hex" } };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *one = json_object_get(c->answer, members[i][0]);

		if (one == NULL)
			continue;
		answer_append(c->answer, members[i][1], json_incref(one));
		(void)json_object_del(c->answer, members[i][0]);
	}
}

/* Nothing is written; among others it is told of which. */
static enum cert_end
cert_import_there(struct cert *c, const struct import *m)
{
	enum cert_end end = cert_copy_already(c);

	if (end != CERT_ALREADY)
		return end;
	cert_import_placed(c);
	if (m->n > 1 && !c->json)
		pick_tell(stderr, text_there, &c->info, NULL);

	return end;
}

static enum cert_end
cert_import_put(
    struct cert *c, const struct import *m, const struct pfx_pair *pair)
{
	enum cert_end end;

	if (cert_copy_same(c))
		return cert_import_there(c, m);
	if (cert_file(c, FOLDER_KM_KEY).n == 0 &&
	    cert_pfx_is_half(&m->pfx, &c->info))
		cert_say_missing(c, FOLDER_KM_KEY);
	end = cert_copy_put(c, text_imported);
	if (end == CERT_DONE) {
		cert_import_placed(c);
		cert_password_say_r(c, pair->info);
	}

	return end;
}

/* Where one of several was not written, which of them were not. */
static void
cert_import_say_unwritten(struct cert *c, const struct import *m, size_t from)
{
	for (size_t i = from; m->n > 1 && i < m->n; i++) {
		cert_import_list(c, "unwritten", m->items[i].pair->certificate);
		if (!c->json)
			pick_tell(
			    stderr, text_unwritten, &m->items[i].info, NULL);
	}
}

/* One step of each, as far as none is refused: how many. */
static size_t
cert_import_step(struct cert *c, struct import *m,
    enum cert_end (*step)(
	struct cert *, const struct import *, const struct pfx_pair *),
    enum cert_end *end)
{
	size_t n = 0;

	*end = CERT_DONE;
	while (n < m->n && (*end == CERT_DONE || *end == CERT_ALREADY)) {
		enum cert_end was = *end;

		cert_import_turn(c, &m->items[n]);
		*end = step(c, m, m->items[n].pair);
		cert_import_turn(c, &m->items[n]);
		/* All were there already, or something was done. */
		if (*end == CERT_ALREADY && n > 0)
			*end = was;
		n += *end == CERT_DONE || *end == CERT_ALREADY ? 1 : 0;
	}

	return n;
}

/* What would end one of them ends it before the first is written. */
static enum cert_end
cert_import_all(struct cert *c, struct import *m)
{
	enum cert_end end;
	size_t written;

	(void)cert_import_step(c, m, cert_import_make, &end);
	if (end == CERT_DONE)
		(void)cert_import_step(c, m, cert_import_ask, &end);
	if (end != CERT_DONE)
		return end;
	written = cert_import_step(c, m, cert_import_put, &end);
	cert_import_say_unwritten(c, m, written);

	return end;
}

/* The certificate's password: a new one, or that of the file where it has one. */
static enum cert_end
cert_import_password(struct cert *c, struct import *m, struct sec *password)
{
	struct sec own SEC_WIPED = { 0 };
	const struct span none = { NULL, 0 };
	bool another = c->new_password_file != NULL || password->n == 0;
	enum cert_end end = CERT_DONE;

	if (c->new_password_file == NULL && another)
		person_say(text_empty);
	if (another)
		end = cert_password_new(c, none, &own);

	m->password = sec_span(another ? &own : password);
	if (end == CERT_DONE)
		end = cert_import_all(c, m);
	if (end == CERT_DONE && !c->json && password_broken(m->password) != 0)
		person_say(text_rules);

	return end;
}

/* What the file itself is told by. */
static enum cert_end
cert_import_unread(struct cert *c, enum rc rc)
{
	enum cert_end end = cert_failed(c, reason_named(c->file, rc, &c->err));

	if (end == CERT_PASSWORD)
		return CERT_PASSWORD_PFX;

	return end == CERT_MALFORMED ? CERT_NO_PFX : end;
}

/* The file with the password, which may be empty. */
static enum cert_end
cert_import_open(
    struct cert *c, struct span file, struct sec *password, struct pfx *pfx)
{
	enum cert_end end;
	int tries = 0;

	do {
		end = cert_ask(c, c->password_file, "--password-file",
		    text_file, password);
		if (end == CERT_DONE || end == CERT_PASSWORD)
			end = cert_import_unread(c,
			    pfx_open(file, sec_span(password), pfx, &c->err));
	} while (cert_ask_again(c, c->password_file, end, &tries, password));

	return end;
}

/* Wipes it, and frees what it holds. */
static void
cert_import_clear(struct import *m)
{
	for (size_t i = 0; i < m->n; i++) {
		medium_clear(&m->items[i].medium);
		medium_clear(&m->items[i].there);
	}
	pfx_clear(&m->pfx);
}

enum cert_end
cert_import(struct cert *c)
{
	struct sec password SEC_WIPED = { 0 };
	struct buf file = buf_init(PFX_MAX);
	struct import m = { 0 };
	enum cert_end end;
	enum rc rc = file_read(c->file, &file, &c->err);

	/* Before a password is asked for that is of no use then. */
	if (rc == RC_OK)
		rc = pfx_check(buf_span(&file), &c->err);
	end = cert_import_unread(c, rc);
	if (c->to == NULL)
		c->to = getenv("HOME");
	if (end == CERT_DONE)
		end = c->to != NULL ? cert_copy_check(c)
				    : cert_failed(c,
					  err_set(&c->err, RC_ABSENT, "--to",
					      "no home folder"));
	if (end != CERT_DONE)
		goto out;
	end = cert_import_open(c, buf_span(&file), &password, &m.pfx);
	(void)json_object_set_new(c->answer, "folders", json_array());
	if (end == CERT_DONE)
		end = cert_import_find(c, &m);
	if (end == CERT_DONE)
		end = cert_import_password(c, &m, &password);
out:
	cert_import_clear(&m);
	buf_clear(&file);

	return end;
}
