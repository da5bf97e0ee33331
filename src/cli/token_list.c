/*
 * token_list.c - ingam token list: the tokens there are, and what is on them.
 *
 * Belongs here: the list, for a person, for pipes, as JSON.
 * Not here: a certificate's line (tokens_tell.c).
 */
#include "cli/token_list.h"

#include "cli/columns.h"

static const struct person_text text_itself = { "지문이나 PIN을 토큰에서 확인",
	"asks for finger or PIN by itself" };
static const struct person_text text_locked = { "잠김", "locked" };
static const struct person_text text_protected = { "쓰기 금지",
	"write-protected" };
static const struct person_text text_cut = {
	"인증서가 너무 많아 다 보여주지 못해요.",
	"There are more certificates than are shown."
};

static void
token_list_person(const struct tokens_found_row *row, size_t number, FILE *out)
{
	const struct slot_info *s = &row->slot;

	(void)fprintf(out, "%zu. %s  (%s %s, %s)", number, s->label, s->maker,
	    s->model, s->serial);
	if (s->protected_path)
		(void)fprintf(out, ", %s", person_sentence(text_itself));
	if (s->write_protected)
		(void)fprintf(out, ", %s", person_sentence(text_protected));
	if (s->pin_locked)
		(void)fprintf(out, ", %s", person_sentence(text_locked));
	(void)fputc('\n', out);
}

/* Tokens are numbered from 1, in the order in which they were found. */
static size_t
token_list_number(const struct tokens *t, const struct tokens_found_row *row)
{
	return (size_t)(row - t->found.rows) + 1;
}

static void
token_list_one(
    const struct tokens *t, const struct tokens_found_row *row, FILE *out)
{
	const struct slot_info *s = &row->slot;

	if (columns_seen(out))
		token_list_person(row, token_list_number(t, row), out);
	else
		(void)fprintf(out, "token\t%s\t%s\t%s\t%s\t%s%s%s\t%s\n",
		    s->label, s->serial, s->maker, s->model,
		    s->protected_path ? "P" : "", s->write_protected ? "W" : "",
		    s->pin_locked ? "L" : "", row->path);
}

void
token_list_tokens(const struct tokens *t, FILE *out)
{
	for (size_t i = 0; i < t->found.n; i++)
		token_list_one(t, &t->found.rows[i], out);
}

static json_t *
token_list_row(const struct tokens *t, const struct tokens_found_row *row)
{
	const struct slot_info *s = &row->slot;

	return json_pack("{s:I s:s s:s s:s s:s s:s s:b s:b s:b}", "number",
	    (json_int_t)token_list_number(t, row), "label", s->label, "serial",
	    s->serial, "maker", s->maker, "model", s->model, "module",
	    row->path, "protected_path", (int)s->protected_path,
	    "write_protected", (int)s->write_protected, "locked",
	    (int)s->pin_locked);
}

json_t *
token_list_json(const struct tokens *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->found.n; i++)
		(void)json_array_append_new(
		    list, token_list_row(t, &t->found.rows[i]));

	return list;
}

/* What is on the token that was read. */
static void
token_list_put(struct tokens *t, json_t *tokens)
{
	json_t *o = token_list_row(t, t->row), *list = json_array();
	bool entered = t->session.entered;

	for (size_t i = 0; i < t->list.n; i++)
		(void)json_array_append_new(
		    list, tokens_json(&t->list.at[i], i + 1, entered));
	if (!t->files.json)
		tokens_print(&t->list, TOKENS_ALL, entered, stdout);
	(void)json_object_set_new(o, "certificates", list);
	(void)json_array_append_new(tokens, o);
	if (t->list.cut)
		person_say(text_cut);
}

/* One token, with a session that ends. */
static enum tokens_end
token_list_look(struct tokens *t, json_t *tokens)
{
	enum tokens_end end;

	if (!t->files.json)
		token_list_one(t, t->row, stdout);
	end = t->login ? tokens_enter(t, false) : tokens_open(t, false);
	if (end == TOKENS_DONE)
		end = tokens_read(t);
	if (end == TOKENS_DONE)
		token_list_put(t, tokens);
	login_close(&t->session);

	return end;
}

enum tokens_end
token_list(struct tokens *t)
{
	/* A PIN is of one token. */
	bool one = t->login || t->name != NULL;
	enum tokens_end end = one ? tokens_choose(t, false) : tokens_load(t);
	json_t *tokens;

	if (end != TOKENS_DONE)
		return end;
	tokens = json_array();
	/* One that does not answer hides no other. */
	for (size_t i = 0; !one && i < t->found.n; i++) {
		enum tokens_end this;

		t->row = &t->found.rows[i];
		this = token_list_look(t, tokens);
		end = this == TOKENS_DONE ? end : this;
	}
	if (one)
		end = token_list_look(t, tokens);
	(void)json_object_set_new(t->files.answer, "tokens", tokens);

	return end;
}
