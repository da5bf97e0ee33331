/*
 * token_place.c - the order in which nothing is lost when a certificate comes to
 * a token: the new one is put beside the old, tried, and only then the old one
 * goes, if a person has said so.
 *
 * Belongs here: that order; which certificate is another's predecessor.
 * Not here: the objects (cryptoki/stage.c); trying a key (token_proof.c); where
 * the certificate comes from (token_copy.c).
 */
#include "cli/token_place.h"

#include "cli/token_proof.h"

#include <string.h>

static const struct person_text text_old = {
	"보안토큰에 이전 인증서가 있어요. 새 것을 먼저 넣어 시험해 본 뒤에 이전 "
	"것을 지워요. 지우고 새 인증서를 복사할까요? (예/아니요)",
	"The token has this certificate's predecessor. The new one is put there "
	"and tried before the old one goes. Delete it and copy the new one? (yes/no)"
};
static const struct person_text text_other = {
	"보안토큰에 같은 사람의 다른 인증서가 있는데, 복사할 것보다 오래된 것이 "
	"아니에요. 복사할 것을 먼저 넣어 시험해 본 뒤에 그것을 지워요. 그것을 "
	"지우고 복사할까요? (예/아니요)",
	"The token has another certificate of the same owner, which is not "
	"older than the one to be copied. What is copied is put there and "
	"tried before the other one goes. Delete it and copy? (yes/no)"
};
static const struct person_text text_first = {
	"둘을 함께 둘 자리가 보안토큰에 없어요. 먼저 지운 다음에 복사가 안 되면 "
	"보안토큰에는 둘 다 없어요. 이 PC의 파일은 그대로예요. 거기에 있는 인증서를 "
	"먼저 지우고 복사할까요? (예/아니요)",
	"The token has no room for both. If the copy fails after the one that is "
	"there was deleted, the token has neither. The files on this PC stay as "
	"they are. Delete the one that is there first, then copy? (yes/no)"
};
/* The same person's from the same issuer, for the same use. */
static bool
place_is_kin(const struct certinfo *a, const struct certinfo *b)
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
place_is_old(
    const struct token_place *c, const struct stored *s, bool other_serial)
{
	for (size_t i = 0; s->readable && i < c->n; i++) {
		const struct token_place_pair *p = &c->pairs[i];
		const struct certinfo *info = certificate_info(p->certificate);
		unsigned long object = s->object[STORED_CERTIFICATE];

		if (place_is_kin(info, &s->info) && object != p->there &&
		    object != p->stage.object[STORED_CERTIFICATE] &&
		    (!other_serial ||
			strcmp(info->serial, s->info.serial) != 0))
			return true;
	}

	return false;
}

static size_t
place_count_old(const struct token_place *c, bool other_serial)
{
	size_t n = 0;

	for (size_t i = 0; i < c->t->list.n; i++)
		n += place_is_old(c, &c->t->list.at[i], other_serial);

	return n;
}

bool
token_place_find(const struct token_place *c, const struct token_place_pair *p,
    const struct stored **out)
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
place_look(struct token_place *c)
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
		struct token_place_pair *p = &c->pairs[i];
		const struct stored *s;

		if (token_place_find(c, p, &s) &&
		    s->object[STORED_PRIVATE] != 0 &&
		    (p->key.r.n == 0 || s->object[STORED_RANDOM] != 0))
			p->there = s->object[STORED_CERTIFICATE];
	}

	return end;
}

/* Both may end on one day: a certificate that is reissued keeps its end. */
static bool
place_is_older(const struct certinfo *a, const struct certinfo *b)
{
	return a->not_after_ms <= b->not_after_ms &&
	    a->not_before_ms <= b->not_before_ms;
}

/* What is known of the exchange, before a person is asked. */
struct place_exchange {
	bool any;   /* something would go */
	bool newer; /* and not all of it is older than what comes for it */
	enum pick_careful careful;
};

/* One pair, and all that it would drive out. */
static void
place_weigh(const struct token_place *c, const struct token_place_pair *p,
    struct place_exchange *x)
{
	const struct certinfo *comes = certificate_info(p->certificate);

	for (size_t i = 0; i < c->t->list.n; i++) {
		const struct stored *s = &c->t->list.at[i];
		enum pick_careful careful;

		if (!place_is_old(c, s, true) || !place_is_kin(comes, &s->info))
			continue;
		x->any = true;
		x->newer = x->newer || !place_is_older(&s->info, comes);
		careful = pick_careful(&s->info, comes);
		x->careful = careful > x->careful ? careful : x->careful;
	}
	if (p->there == 0 && x->careful == PICK_FINE)
		x->careful = pick_careful(NULL, comes);
}

/* What is there, what comes, and what speaks against it. */
static void
place_show(const struct token_place *c, const struct place_exchange *x)
{
	for (size_t i = 0; i < c->t->list.n; i++) {
		const struct stored *s = &c->t->list.at[i];

		if (place_is_old(c, s, true))
			pick_tell_there(&s->info, tokens_purpose(&s->info));
	}
	for (size_t i = 0; x->any && i < c->n; i++) {
		const struct certinfo *comes =
		    certificate_info(c->pairs[i].certificate);

		pick_tell_comes(comes, tokens_purpose(comes));
	}
	pick_careful_say(x->careful);
}

/* What would go, for --json. */
static void
place_answer(const struct token_place *c)
{
	json_t *there = json_array();

	for (size_t i = 0; i < c->t->list.n; i++)
		if (place_is_old(c, &c->t->list.at[i], true))
			(void)json_array_append_new(
			    there, tokens_json(&c->t->list.at[i], i + 1, true));
	(void)json_object_set_new(c->t->files.answer, "there", there);
}

/* May what is there go for what comes? */
static enum tokens_end
place_ask(struct token_place *c)
{
	struct cert *f = &c->t->files;
	struct place_exchange x = { 0 };
	enum tokens_end end;

	for (size_t i = 0; i < c->n; i++)
		place_weigh(c, &c->pairs[i], &x);
	(void)json_object_set_new(
	    f->answer, "careful", json_string(pick_careful_word(x.careful)));
	if (!f->json)
		place_show(c, &x);
	if (!x.any)
		return TOKENS_DONE;
	end = tokens_agree(c->t, f->replace, x.newer ? text_other : text_old,
	    x.newer ? TOKENS_OTHER : TOKENS_OLD);
	if (end != TOKENS_DONE)
		place_answer(c);

	return end;
}

/* Takes back what was put there; what went wrong before is what is told. */
static void
place_undo(struct token_place *c)
{
	for (size_t i = 0; i < c->n; i++) {
		(void)!stage_undo(&c->t->session, &c->pairs[i].stage, NULL);
		c->pairs[i].stage = (struct stage){ 0 };
	}
}

static enum rc
place_put(struct token_place *c)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < c->n; i++) {
		struct token_place_pair *p = &c->pairs[i];
		const struct stage_pair pair = { certificate_der(
						     p->certificate),
			certificate_info(p->certificate), &p->key };

		if (p->there == 0)
			rc = stage_put(
			    &c->t->session, &pair, &p->stage, &c->t->err);
	}
	if (rc != RC_OK)
		place_undo(c);

	return rc;
}

/* Takes them from the token, and says so in the answer. */
static enum rc
place_remove_old(struct token_place *c)
{
	struct tokens *t = c->t;
	json_t *gone = json_array();
	enum rc rc = RC_OK;
	size_t i = 0;

	(void)json_object_set_new(t->files.answer, "deleted", gone);
	while (rc == RC_OK && i < t->list.n) {
		const struct stored *s = &t->list.at[i];

		if (!place_is_old(c, s, false)) {
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

/* Predecessors that still have their key. */
static size_t
place_count_whole(const struct token_place *c)
{
	const struct stored_list *list = &c->t->list;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->at[i].object[STORED_PRIVATE] != 0 &&
		    place_is_old(c, &list->at[i], true);

	return n;
}

/* There is no room for both: the old ones first, if a person wants that. */
static enum tokens_end
place_first(struct token_place *c)
{
	struct tokens *t = c->t;
	enum tokens_end end =
	    tokens_agree(t, t->first, text_first, TOKENS_FULL_OLD);
	size_t whole;
	enum rc rc;

	if (end != TOKENS_DONE)
		return end;
	err_clear(&t->err);
	whole = place_count_whole(c);
	rc = place_remove_old(c);
	if (rc != RC_OK) {
		c->removed = tokens_read(t) != TOKENS_DONE ||
		    place_count_whole(c) < whole;
		return c->removed ? TOKENS_OLD_GONE : tokens_failed(t, rc);
	}
	c->removed = true;
	rc = place_put(c);
	t->rc = rc;

	return rc == RC_OK ? TOKENS_DONE : TOKENS_OLD_GONE;
}

static enum tokens_end
place_stage(struct token_place *c)
{
	enum rc rc = place_put(c);

	if (rc == RC_LIMIT && place_count_old(c, true) > 0)
		return place_first(c);

	return tokens_failed(c->t, rc);
}

/* Every new key is tried before anything is removed for it. */
static enum tokens_end
place_prove(struct token_place *c)
{
	struct tokens *t = c->t;
	enum tokens_end end = tokens_read(t);
	enum rc rc = end == TOKENS_DONE ? RC_OK : t->rc;

	for (size_t i = 0; rc == RC_OK && i < c->n; i++) {
		const struct token_place_pair *p = &c->pairs[i];
		const struct stored *s;

		rc = token_place_find(c, p, &s)
		    ? token_proof(
			  &t->session, s, p->certificate, &p->key, &t->err)
		    : err_set(&t->err, RC_DENIED, "C_FindObjects",
			  "the certificate is not there as it was");
	}
	if (rc == RC_OK)
		return TOKENS_DONE;
	place_undo(c);
	end = tokens_failed(t, rc);

	return c->removed     ? TOKENS_OLD_GONE
	    : rc == RC_DENIED ? TOKENS_PROOF
			      : end;
}

/* The old ones go, and the new ones are called what they are. */
static enum tokens_end
place_finish(struct token_place *c)
{
	struct tokens *t = c->t;
	struct err why = { 0 };
	enum rc rc = c->removed ? RC_OK : place_remove_old(c), named = RC_OK;

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

enum tokens_end
token_place(struct token_place *c)
{
	static enum tokens_end (*const steps[])(struct token_place *) = {
		place_look,
		place_ask,
		place_stage,
		place_prove,
		place_finish,
	};
	enum tokens_end end = TOKENS_DONE;

	for (size_t i = 0; end == TOKENS_DONE && i < 5; i++)
		end = steps[i](c);

	return end;
}
