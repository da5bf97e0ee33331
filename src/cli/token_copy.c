/*
 * token_copy.c - ingam token copy: a certificate of this PC onto a token.
 *
 * Belongs here: the order in which nothing is lost: the new one is put beside
 * the old, tried, and only then the old one goes, if a person has said so.
 * Not here: the objects (cryptoki/stage.c); trying a key (token_proof.c).
 */
#include "cli/token_copy.h"

#include "cli/token_proof.h"
#include "cryptoki/stage.h"
#include "npki/keyfile.h"

#include <string.h>

#define PAIRS 2 /* one to sign, one to encrypt */

static const struct person_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };
static const struct person_text text_old = {
	"보안토큰에 이전 인증서가 있어요. 지우고 새 인증서를 복사할까요? 새 것을 "
	"먼저 넣어 시험해 본 뒤에 이전 것을 지워요. (예/아니요)",
	"The token has this certificate's predecessor. Delete it and copy the "
	"new one? The new one is put there and tried before the old one goes. (yes/no)"
};
static const struct person_text text_first = {
	"둘을 함께 둘 자리가 보안토큰에 없어요. 이전 인증서를 먼저 지우고 "
	"복사할까요? 그 다음에 복사가 안 되면 보안토큰에는 둘 다 없어요. 이 PC의 "
	"파일은 그대로예요. (예/아니요)",
	"The token has no room for both. Delete the old certificate first, then "
	"copy? If the copy then fails, the token has neither. The files on this "
	"PC stay as they are. (yes/no)"
};
static const struct person_text text_done = {
	"보안토큰에 복사했어요. PC의 인증서 파일은 그대로 있어요.",
	"Copied to the token. The files on this PC are still there."
};

/* One of the two, from its files onto the token. */
struct copy_pair {
	struct certificate *certificate;
	struct sec secret;
	struct pkinfo key;
	unsigned long there; /* it is on the token already, as this object */
	struct stage stage;
};

struct copy {
	struct tokens *t;
	struct copy_pair pairs[PAIRS];
	size_t n;
	bool removed; /* its predecessors, before it was put there */
};

static enum tokens_end
copy_unreadable(struct tokens *t, enum rc rc)
{
	t->end = cert_failed(&t->files, rc);

	return rc == RC_OK ? TOKENS_DONE : TOKENS_FILES;
}

static enum tokens_end
copy_open(struct copy *c, enum folder_file certificate, enum folder_file key,
    struct span password)
{
	struct cert *f = &c->t->files;
	struct copy_pair *p = &c->pairs[c->n];
	const struct certinfo *info;
	enum rc rc = certificate_parse(
	    cert_file(f, certificate), &p->certificate, &f->err);

	if (rc != RC_OK)
		return copy_unreadable(c->t, rc);
	c->n++;
	info = certificate_info(p->certificate);
	rc = keyfile_open(
	    cert_file(f, key), password, info->modulus, &p->secret, &f->err);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&p->secret), &p->key, &f->err);
	if (rc != RC_OK)
		return copy_unreadable(c->t, rc);
	rc = certificate_key_matches(p->certificate, &p->key, &c->t->err);

	return rc == RC_OK ? TOKENS_DONE : TOKENS_MISMATCH;
}

/* Both pairs, if there are two, with the one password that they have. */
static enum tokens_end
copy_open_all(struct copy *c)
{
	struct sec password SEC_WIPED = { 0 };
	struct cert *f = &c->t->files;
	bool km = cert_file(f, FOLDER_KM_CERT).n > 0 &&
	    cert_file(f, FOLDER_KM_KEY).n > 0;
	enum tokens_end end;

	c->t->end = cert_ask(
	    f, f->password_file, "--password-file", text_password, &password);
	if (c->t->end != CERT_DONE)
		return TOKENS_FILES;
	end = copy_open(
	    c, FOLDER_SIGN_CERT, FOLDER_SIGN_KEY, sec_span(&password));
	if (end == TOKENS_DONE && km)
		end = copy_open(
		    c, FOLDER_KM_CERT, FOLDER_KM_KEY, sec_span(&password));

	return end;
}

/* Which certificate and which token; nothing secret is asked for yet. */
static enum tokens_end
copy_choose(struct copy *c)
{
	struct tokens *t = c->t;
	enum tokens_end end;

	t->end = cert_choose(&t->files);
	if (t->end == CERT_DONE)
		t->end = cert_read(&t->files);
	if (t->end == CERT_DONE && cert_file(&t->files, FOLDER_SIGN_KEY).n == 0)
		t->end = CERT_NO_KEY;
	if (t->end != CERT_DONE)
		return TOKENS_FILES;
	end = tokens_choose(t, true);
	if (end != TOKENS_DONE || t->files.attended)
		return end;

	return t->files.password_file == NULL ||
		(t->pin_file == NULL && !t->row->slot.protected_path &&
		    t->row->slot.login_required)
	    ? TOKENS_UNATTENDED
	    : TOKENS_DONE;
}

/* The same person's from the same issuer, for the same use. */
static bool
copy_is_kin(const struct certinfo *a, const struct certinfo *b)
{
	return span_equal(a->subject_der, b->subject_der) &&
	    strcmp(a->issuer_org, b->issuer_org) == 0 &&
	    tokens_is_km(a) == tokens_is_km(b);
}

/*
 * Must it go for what is copied? That is a predecessor, and the same
 * certificate without all that belongs to it.
 */
static bool
copy_is_old(const struct copy *c, const struct stored *s, bool other_serial)
{
	for (size_t i = 0; s->readable && i < c->n; i++) {
		const struct copy_pair *p = &c->pairs[i];
		const struct certinfo *info = certificate_info(p->certificate);
		unsigned long object = s->object[STORED_CERTIFICATE];

		if (copy_is_kin(info, &s->info) && object != p->there &&
		    object != p->stage.object[STORED_CERTIFICATE] &&
		    (!other_serial ||
			strcmp(info->serial, s->info.serial) != 0))
			return true;
	}

	return false;
}

static size_t
copy_count_old(const struct copy *c, bool other_serial)
{
	size_t n = 0;

	for (size_t i = 0; i < c->t->list.n; i++)
		n += copy_is_old(c, &c->t->list.at[i], other_serial);

	return n;
}

/* The certificate as it is on the token; false: it is not. */
static bool
copy_find(
    const struct copy *c, const struct copy_pair *p, const struct stored **out)
{
	const struct stored_list *list = &c->t->list;
	unsigned long made = p->stage.object[STORED_CERTIFICATE];

	for (size_t i = 0; i < list->n; i++) {
		const struct stored *s = &list->at[i];

		if (!span_equal(
			buf_span(&s->der), certificate_der(p->certificate)) ||
		    (made != 0 && s->object[STORED_CERTIFICATE] != made))
			continue;
		*out = s;
		return true;
	}

	return false;
}

/* Reads what is on the token, after what an interrupted copy left is settled. */
static enum tokens_end
copy_look(struct copy *c)
{
	struct tokens *t = c->t;
	bool changed = false;
	enum tokens_end end = tokens_read(t);

	if (end == TOKENS_DONE)
		end = tokens_failed(
		    t, stage_settle(&t->session, &t->list, &changed, &t->err));
	if (end == TOKENS_DONE && changed)
		end = tokens_read(t);
	for (size_t i = 0; end == TOKENS_DONE && i < c->n; i++) {
		struct copy_pair *p = &c->pairs[i];
		const struct stored *s;

		if (copy_find(c, p, &s) && s->object[STORED_PRIVATE] != 0 &&
		    (p->key.r.n == 0 || s->object[STORED_RANDOM] != 0))
			p->there = s->object[STORED_CERTIFICATE];
	}

	return end;
}

/* May its predecessors go? */
static enum tokens_end
copy_ask(struct copy *c)
{
	const struct stored_list *list = &c->t->list;
	bool person = c->t->files.attended && !c->t->files.json;
	uint64_t old = 0;

	if (copy_count_old(c, true) == 0)
		return TOKENS_DONE;
	for (size_t i = 0; i < list->n; i++)
		if (copy_is_old(c, &list->at[i], true))
			old |= UINT64_C(1) << i;
	if (person && !c->t->files.replace)
		tokens_print(list, old, true, stderr);
	if (tokens_agree(c->t, c->t->files.replace, text_old))
		return TOKENS_DONE;

	return person ? TOKENS_NO : TOKENS_OLD;
}

/* Takes back what was put there; what went wrong before is what is told. */
static void
copy_undo(struct copy *c)
{
	for (size_t i = 0; i < c->n; i++) {
		(void)!stage_undo(&c->t->session, &c->pairs[i].stage, NULL);
		c->pairs[i].stage = (struct stage){ 0 };
	}
}

static enum rc
copy_put(struct copy *c)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < c->n; i++) {
		struct copy_pair *p = &c->pairs[i];
		const struct stage_pair pair = { certificate_der(
						     p->certificate),
			certificate_info(p->certificate), &p->key };

		if (p->there == 0)
			rc = stage_put(
			    &c->t->session, &pair, &p->stage, &c->t->err);
	}
	if (rc != RC_OK)
		copy_undo(c);

	return rc;
}

/* Takes them from the token, and says so in the answer. */
static enum rc
copy_remove_old(struct copy *c)
{
	struct tokens *t = c->t;
	json_t *gone = json_array();
	enum rc rc = RC_OK;
	size_t i = 0;

	(void)json_object_set_new(t->files.answer, "deleted", gone);
	while (rc == RC_OK && i < t->list.n) {
		const struct stored *s = &t->list.at[i];

		if (!copy_is_old(c, s, false)) {
			i++;
			continue;
		}
		rc = stored_remove(&t->session, &t->list, s, &t->err);
		if (rc == RC_OK)
			(void)json_array_append_new(
			    gone, tokens_json(s, i + 1, true));
		/* What belongs to whom is seen anew: two may share a key. */
		if (rc == RC_OK && tokens_read(t) != TOKENS_DONE)
			rc = t->rc;
		i = 0;
	}

	return rc;
}

/* There is no room for both: the old ones first, if a person wants that. */
static enum tokens_end
copy_first(struct copy *c)
{
	struct tokens *t = c->t;
	enum rc rc;

	if (!tokens_agree(t, t->first, text_first))
		return TOKENS_FULL_OLD;
	err_clear(&t->err);
	rc = copy_remove_old(c);
	if (rc != RC_OK)
		return tokens_failed(t, rc);
	c->removed = true;
	rc = copy_put(c);
	t->rc = rc;

	return rc == RC_OK ? TOKENS_DONE : TOKENS_OLD_GONE;
}

static enum tokens_end
copy_stage(struct copy *c)
{
	enum rc rc = copy_put(c);

	if (rc == RC_LIMIT && copy_count_old(c, true) > 0)
		return copy_first(c);

	return tokens_failed(c->t, rc);
}

/* Every new key is tried before anything is removed for it. */
static enum tokens_end
copy_prove(struct copy *c)
{
	struct tokens *t = c->t;
	enum tokens_end end = tokens_read(t);
	enum rc rc = end == TOKENS_DONE ? RC_OK : t->rc;

	for (size_t i = 0; rc == RC_OK && i < c->n; i++) {
		const struct copy_pair *p = &c->pairs[i];
		const struct stored *s;

		rc = copy_find(c, p, &s)
		    ? token_proof(
			  &t->session, s, p->certificate, &p->key, &t->err)
		    : err_set(&t->err, RC_DENIED, "C_FindObjects",
			  "the certificate is not there as it was");
	}
	if (rc == RC_OK)
		return TOKENS_DONE;
	copy_undo(c);
	end = tokens_failed(t, rc);

	return c->removed     ? TOKENS_OLD_GONE
	    : rc == RC_DENIED ? TOKENS_PROOF
			      : end;
}

/* The old ones go, and the new ones are called what they are. */
static enum tokens_end
copy_finish(struct copy *c)
{
	struct tokens *t = c->t;
	struct err why = { 0 };
	enum rc rc = c->removed ? RC_OK : copy_remove_old(c), named = RC_OK;

	for (size_t i = 0; i < c->n; i++)
		if (c->pairs[i].there == 0 && named == RC_OK)
			named = stage_finish(&t->session,
			    c->pairs[i].stage.object,
			    certificate_info(c->pairs[i].certificate), &why);
	if (rc != RC_OK || named == RC_OK) {
		t->rc = rc;
		return rc == RC_OK ? TOKENS_DONE : TOKENS_OLD_LEFT;
	}
	t->err = why;
	t->rc = named;

	return TOKENS_LABEL;
}

/* What is on the token now, for --json. */
static void
copy_answer(struct copy *c)
{
	json_t *copied = json_array();

	(void)json_object_set_new(c->t->files.answer, "copied", copied);
	if (tokens_read(c->t) != TOKENS_DONE)
		return;
	for (size_t i = 0; i < c->n; i++) {
		const struct stored *s;

		if (copy_find(c, &c->pairs[i], &s))
			(void)json_array_append_new(copied,
			    tokens_json(
				s, (size_t)(s - c->t->list.at) + 1, true));
	}
}

static enum tokens_end
copy_all(struct copy *c)
{
	static enum tokens_end (*const steps[])(struct copy *) = {
		copy_choose,
		copy_open_all,
	};
	static enum tokens_end (*const more[])(struct copy *) = {
		copy_look,
		copy_ask,
		copy_stage,
		copy_prove,
		copy_finish,
	};
	enum tokens_end end = TOKENS_DONE;
	bool there = true;

	for (size_t i = 0; end == TOKENS_DONE && i < 2; i++)
		end = steps[i](c);
	if (end == TOKENS_DONE)
		end = tokens_enter(c->t, true);
	for (size_t i = 0; end == TOKENS_DONE && i < 5; i++)
		end = more[i](c);
	if (end != TOKENS_DONE && end != TOKENS_LABEL)
		return end;
	for (size_t i = 0; i < c->n; i++)
		there = there && c->pairs[i].there != 0;
	copy_answer(c);
	if (there)
		return TOKENS_ALREADY;
	if (!c->t->files.json && end == TOKENS_DONE)
		(void)printf("%s\n", person_sentence(text_done));

	return end;
}

enum tokens_end
token_copy(struct tokens *t)
{
	struct copy c = { .t = t };
	enum tokens_end end = copy_all(&c);

	for (size_t i = 0; i < c.n; i++) {
		certificate_free(c.pairs[i].certificate);
		sec_free(&c.pairs[i].secret);
	}

	return end;
}
