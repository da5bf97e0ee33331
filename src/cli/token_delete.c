/*
 * token_delete.c - ingam token delete: a certificate and its key, from a token.
 *
 * Belongs here: which one, and the question.
 * Not here: removing it (cryptoki/stored.c).
 */
#include "cli/token_delete.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

static const struct person_text text_which = { "번호", "Number" };
static const struct person_text text_meant = { "보안토큰에서 지울 인증서:",
	"To be deleted from the token:" };
static const struct person_text text_sure = {
	"이 인증서와 개인키를 보안토큰에서 지울까요? 지우면 이 보안토큰으로는 이 "
	"인증서를 쓸 수 없고, 되돌릴 수 없어요. (예/아니요)",
	"Delete this certificate and its key from the token? The token can "
	"then no longer sign with it, and there is no way back. (yes/no)"
};
static const struct person_text text_sure_km = {
	"이 암호용 인증서와 개인키를 보안토큰에서 지울까요? 지우면 이 인증서로 "
	"암호화된 문서를 이 보안토큰으로는 열 수 없고, 되돌릴 수 없어요. (예/아니요)",
	"Delete this certificate for encryption and its key from the token? "
	"Documents that are encrypted for it can then no longer be opened with "
	"the token, and there is no way back. (yes/no)"
};
static const struct person_text text_done = { "보안토큰에서 지웠어요.",
	"Deleted from the token." };

/* Each issuer counts for itself: two certificates may have one number. */
static enum tokens_end
token_delete_by_serial(const struct stored_list *list, const char *serial,
    const struct stored **out)
{
	size_t found = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!list->at[i].readable ||
		    strcasecmp(list->at[i].info.serial, serial) != 0)
			continue;
		*out = &list->at[i];
		found++;
	}

	return found == 0 ? TOKENS_NO_SUCH
	    : found == 1  ? TOKENS_DONE
			  : TOKENS_CHOOSE;
}

/* May it be a number of the list? Serial numbers are longer. */
static bool
token_delete_is_number(const char *which)
{
	return strlen(which) <= 2;
}

enum tokens_end
token_delete_choose(const struct stored_list *list, const char *which,
    const struct stored **out)
{
	uint64_t number = 0;

	if (list->n == 0)
		return TOKENS_EMPTY;
	if (which == NULL && list->n > 1)
		return TOKENS_CHOOSE;
	if (which == NULL)
		which = "1";
	if (token_delete_is_number(which) &&
	    text_uint(span_str(which), list->n, &number, NULL) == RC_OK &&
	    number > 0) {
		*out = &list->at[number - 1];
		return TOKENS_DONE;
	}
	return token_delete_by_serial(list, which, out);
}

/* What a person_finder looks for a certificate in, and where it goes. */
struct asked {
	const struct stored_list *list;
	const struct stored **out;
};

static bool
token_delete_finds(void *arg, const char *line)
{
	struct asked *a = arg;

	return token_delete_choose(a->list, line, a->out) == TOKENS_DONE;
}

enum tokens_end
token_delete_ask(struct tokens *t, const struct stored **out)
{
	struct asked asked = { &t->list, out };
	enum tokens_end end =
	    token_delete_choose(&t->list, t->files.which, out);
	enum rc rc;

	if (end != TOKENS_CHOOSE && end != TOKENS_NO_SUCH)
		return end;
	if (!t->files.json)
		tokens_print(&t->list, TOKENS_ALL, t->session.entered, stderr);
	if (end == TOKENS_NO_SUCH || !t->files.attended || t->files.json)
		return end;
	rc = person_choose(text_which, token_delete_finds, &asked, &t->err);

	return rc == RC_UNKNOWN ? TOKENS_NO_SUCH : tokens_failed(t, rc);
}

/* The one that was chosen before the PIN. */
struct meant {
	unsigned long object; /* 0: none */
	char fingerprint[PICK_FINGERPRINT];
};

/*
 * A person chooses, and sees what will go, before the PIN is asked for; a number
 * that the list has not is refused. A token that shows none may hide all until
 * then, and what it hides of several has its serial number: these are chosen
 * after it. So is what nobody is asked about, because a number may be another
 * one's while some are hidden.
 */
static enum tokens_end
token_delete_before(struct tokens *t, struct meant *out)
{
	const struct stored *s = NULL;
	enum tokens_end end;

	if (!t->files.attended || t->files.json || t->files.yes)
		return TOKENS_DONE;
	if (tokens_read(t) != TOKENS_DONE) {
		err_clear(&t->err);
		return TOKENS_DONE;
	}
	end = token_delete_choose(&t->list, t->files.which, &s);
	if (end == TOKENS_EMPTY ||
	    (end == TOKENS_NO_SUCH && !token_delete_is_number(t->files.which)))
		return TOKENS_DONE;
	if (end == TOKENS_CHOOSE || end == TOKENS_NO_SUCH)
		end = token_delete_ask(t, &s);
	if (end != TOKENS_DONE)
		return end;
	person_say(text_meant);
	tokens_print(&t->list, UINT64_C(1) << (s - t->list.at), false, stderr);
	out->object = s->object[STORED_CERTIFICATE];
	pick_fingerprint(buf_span(&s->der), out->fingerprint);

	return TOKENS_DONE;
}

/* The same one, in the list that the PIN has shown. */
static enum tokens_end
token_delete_after(
    struct tokens *t, const struct meant *meant, const struct stored **out)
{
	for (size_t i = 0; meant->object != 0 && i < t->list.n; i++) {
		const struct stored *s = &t->list.at[i];
		char fingerprint[PICK_FINGERPRINT];

		pick_fingerprint(buf_span(&s->der), fingerprint);
		if (s->object[STORED_CERTIFICATE] != meant->object ||
		    strcmp(fingerprint, meant->fingerprint) != 0)
			continue;
		*out = s;
		return TOKENS_DONE;
	}

	return token_delete_ask(t, out);
}

/* Which one, and that the token lets it be deleted. */
static enum tokens_end
token_delete_find(struct tokens *t, const struct stored **out)
{
	struct meant meant = { 0 };
	enum tokens_end end = tokens_choose(t, true);

	if (end == TOKENS_DONE)
		end = tokens_open(t, true);
	if (end == TOKENS_DONE)
		end = token_delete_before(t, &meant);
	if (end == TOKENS_DONE)
		end = tokens_login(t);
	if (end == TOKENS_DONE)
		end = tokens_read(t);

	return end == TOKENS_DONE ? token_delete_after(t, &meant, out) : end;
}

enum tokens_end
token_delete(struct tokens *t)
{
	const struct stored *s = NULL;
	enum tokens_end end = token_delete_find(t, &s);
	json_t *gone;
	size_t at;
	enum rc rc;

	if (end != TOKENS_DONE)
		return end;
	at = (size_t)(s - t->list.at);
	gone = tokens_json(s, at + 1, true);
	if (!t->files.json)
		tokens_print(&t->list, UINT64_C(1) << at, true, stderr);
	end = tokens_agree(t, t->files.yes,
	    tokens_is_km(&s->info) ? text_sure_km : text_sure, TOKENS_UNSURE);
	if (end != TOKENS_DONE) {
		json_decref(gone);
		return end;
	}
	rc = stored_remove(&t->session, &t->list, s, &t->err);
	if (rc != RC_OK) {
		json_decref(gone);
		return tokens_failed(t, rc);
	}
	(void)json_object_set_new(t->files.answer, "deleted", gone);
	if (!t->files.json)
		(void)printf("%s\n", person_sentence(text_done));

	return TOKENS_DONE;
}
