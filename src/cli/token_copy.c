/*
 * token_copy.c - ingam token copy: a certificate of this PC onto a token.
 *
 * Belongs here: its files and their password, the token and its PIN, the answer.
 * Not here: what is done on the token, and in which order (token_place.c).
 */
#include "cli/token_copy.h"

#include "cli/cert_password.h"
#include "cli/token_place.h"

static const struct person_text text_done = {
	"보안토큰에 복사했어요. PC의 인증서 파일은 그대로 있어요.",
	"Copied to the token. The files on this PC are still there."
};

static enum tokens_end
copy_unreadable(struct tokens *t, enum rc rc)
{
	return tokens_files(t, cert_failed(&t->files, rc));
}

static enum tokens_end
copy_open(struct token_place *c, enum folder_file certificate,
    enum folder_file key, struct span password)
{
	struct cert *f = &c->t->files;
	struct token_place_pair *p = &c->pairs[c->n];
	enum rc rc = certificate_parse(
	    cert_file(f, certificate), &p->certificate, &f->err);

	if (rc != RC_OK)
		return copy_unreadable(c->t, rc);
	c->n++;
	rc = cert_password_open(f, key, password, &p->secret);
	if (rc == RC_OK)
		rc = pkinfo_parse(sec_span(&p->secret), &p->key, &f->err);

	return copy_unreadable(c->t, rc);
}

/* Both pairs, if there are two, with the one password that they have. */
static enum tokens_end
copy_open_all(struct token_place *c)
{
	struct sec password SEC_WIPED = { 0 };
	struct cert *f = &c->t->files;
	bool km = cert_file(f, FOLDER_KM_CERT).n > 0 &&
	    cert_file(f, FOLDER_KM_KEY).n > 0;
	enum tokens_end end =
	    tokens_files(c->t, cert_password_ask(f, &password));

	if (end == TOKENS_DONE)
		end = copy_open(
		    c, FOLDER_SIGN_CERT, FOLDER_SIGN_KEY, sec_span(&password));
	/* Before the PIN: a person may still find the files with R. */
	if (end == TOKENS_DONE &&
	    cert_password_note_r(f, sec_span(&c->pairs[0].secret)))
		cert_password_say_r(f, sec_span(&c->pairs[0].secret));
	if (end == TOKENS_DONE && km)
		end = copy_open(
		    c, FOLDER_KM_CERT, FOLDER_KM_KEY, sec_span(&password));

	return end;
}

/* Which certificate and which token; nothing secret is asked for yet. */
static enum tokens_end
copy_choose(struct token_place *c)
{
	struct tokens *t = c->t;
	enum tokens_end end = tokens_files(t, cert_password_choose(&t->files));

	if (end == TOKENS_DONE)
		cert_say_half(&t->files);
	if (end == TOKENS_DONE)
		end = tokens_choose(t, true);
	if (end != TOKENS_DONE || t->files.attended)
		return end;

	return t->files.password_file == NULL ||
		(t->pin_file == NULL && !t->row->slot.protected_path &&
		    t->row->slot.login_required)
	    ? TOKENS_UNATTENDED
	    : TOKENS_DONE;
}

/* What is on the token now, for --json. */
static void
copy_answer(struct token_place *c)
{
	json_t *copied = json_array();

	(void)json_object_set_new(c->t->files.answer, "copied", copied);
	if (tokens_read(c->t) != TOKENS_DONE)
		return;
	for (size_t i = 0; i < c->n; i++) {
		const struct stored *s;

		if (token_place_find(c, &c->pairs[i], &s))
			(void)json_array_append_new(copied,
			    tokens_json(
				s, (size_t)(s - c->t->list.at) + 1, true));
	}
}

static enum tokens_end
copy_all(struct token_place *c)
{
	static enum tokens_end (*const steps[])(struct token_place *) = {
		copy_choose,
		copy_open_all,
	};
	enum tokens_end end = TOKENS_DONE;
	bool there = true;

	for (size_t i = 0; end == TOKENS_DONE && i < 2; i++)
		end = steps[i](c);
	if (end == TOKENS_DONE)
		end = tokens_enter(c->t, true);
	if (end == TOKENS_DONE)
		end = token_place(c);
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
	struct token_place c = { .t = t };
	enum tokens_end end = copy_all(&c);

	for (size_t i = 0; i < c.n; i++) {
		certificate_free(c.pairs[i].certificate);
		sec_free(&c.pairs[i].secret);
	}

	return end;
}
