/*
 * tokens_tell.c - how a verb about a token ended, and what is on one.
 *
 * Belongs here: sentences, exit codes, words; a certificate as a line and as
 * JSON.
 * Not here: when which ending comes (token_copy.c, token_place.c and the others).
 */
#include "cli/tokens_tell.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "cli/answer.h"
#include "cli/cert_tell.h"
#include "cli/columns.h"
#include "cli/token_list.h"
#include "client/reason.h"

/* word stands in --json, and stays as it is for ever. */
static const struct {
	enum person_exit code;
	bool detail; /* err says more */
	const char *word;
	struct person_text text;
} endings[] = {
	[TOKENS_DONE] = { PERSON_YES, false, "", { "", "" } },
	[TOKENS_ALREADY] = { PERSON_YES, false, "already",
	    { "그 인증서는 이미 보안토큰에 있어요.",
		"That certificate is on the token already." } },
	[TOKENS_LABEL] = { PERSON_YES, true, "label",
	    { "복사했어요. 보안토큰이 이름을 바꾸지 못하게 해서, 복사 중이라는 "
	      "이름이 남아 있어요. 쓰는 데는 문제없어요",
		"Copied. The token lets no label be changed, so that it still "
		"says that it is being copied; it works all the same" } },
	[TOKENS_FILES] = { PERSON_INPUT, false, "", { "", "" } },
	[TOKENS_MODULE] = { PERSON_INPUT, true, "no-module",
	    { "보안토큰 드라이버를 쓸 수 없어요. --module의 파일을 확인해 주세요",
		"The token's module cannot be used. Check the file of "
		"--module" } },
	[TOKENS_NO_TOKEN] = { PERSON_INPUT, false, "no-token",
	    { "보안토큰을 찾지 못했어요. 꽂혀 있는지, 드라이버가 설치됐는지 "
	      "확인하고, 드라이버 파일을 --module로 알려 주세요.",
		"No token found. Is it plugged in, and its driver installed? "
		"Name the driver's module with --module." } },
	[TOKENS_CHOOSE_TOKEN] = { PERSON_USAGE, false, "several-tokens",
	    { "보안토큰이 여러 개예요. --token으로 하나를 골라 주세요.",
		"There are several tokens. Choose one with --token." } },
	[TOKENS_NO_SUCH_TOKEN] = { PERSON_USAGE, false, "no-such-token",
	    { "그런 보안토큰이 없어요. ingam token list로 확인해 주세요.",
		"There is no such token. See ingam token list." } },
	[TOKENS_EMPTY] = { PERSON_INPUT, false, "no-certificate",
	    { "보안토큰에 인증서가 없어요.",
		"There is no certificate on the token." } },
	[TOKENS_CHOOSE] = { PERSON_USAGE, false, "several-certificates",
	    { "보안토큰에 인증서가 여러 개예요. 목록의 번호나 일련번호로 하나를 "
	      "골라 주세요.",
		"There are several certificates on the token. Choose one by "
		"its number in the list or its serial number." } },
	[TOKENS_NO_SUCH] = { PERSON_USAGE, false, "no-such-certificate",
	    { "보안토큰에 그런 인증서가 없어요.",
		"The token has no such certificate." } },
	[TOKENS_UNATTENDED] = { PERSON_USAGE, false, "no-terminal",
	    { "물어볼 터미널이 없어요. --pin-file로 보안토큰 PIN을, 복사할 때는 "
	      "--password-file로 인증서 비밀번호도 알려 주세요.",
		"There is no terminal to ask on. Give the token's PIN with "
		"--pin-file and, to copy, the certificate's password with "
		"--password-file." } },
	[TOKENS_PIN] = { PERSON_NO, false, "wrong-pin",
	    { "보안토큰의 PIN이 맞지 않아요.", "The token's PIN is wrong." } },
	[TOKENS_LOCKED] = { PERSON_REFUSED, false, "locked",
	    { "PIN을 여러 번 틀려 보안토큰이 잠겼어요. 보안토큰을 만든 곳에 "
	      "풀어 달라고 해 주세요.",
		"The token is locked after too many wrong PINs. Its maker can "
		"unlock it." } },
	[TOKENS_NO_PIN] = { PERSON_REFUSED, true, "pin-not-set",
	    { "보안토큰의 PIN을 먼저 정하거나 바꿔야 해요. 보안토큰을 만든 곳의 "
	      "프로그램을 써 주세요",
		"The token's PIN must be set or changed first, with its "
		"maker's program" } },
	[TOKENS_NO] = { PERSON_REFUSED, false, "refused",
	    { "그만두었어요. 아무것도 바꾸지 않았어요.",
		"Stopped. Nothing was changed." } },
	[TOKENS_UNSURE] = { PERSON_USAGE, false, "not-confirmed",
	    { "지우지 않았어요. 묻지 않고 지우려면 --yes를 함께 적어 주세요.",
		"Nothing was deleted. To delete without being asked: --yes." } },
	[TOKENS_OLD] = { PERSON_REFUSED, false, "old-certificate",
	    { "보안토큰에 이전 인증서가 있어서 복사하지 않았어요. 이전 것을 지워야 "
	      "새 것을 복사할 수 있어요: 둘 다 하려면 --replace.",
		"Not copied: the token has this certificate's predecessor, "
		"which has to be deleted. To do both: --replace." } },
	[TOKENS_OTHER] = { PERSON_REFUSED, false, "old-certificate",
	    { "보안토큰에 같은 사람의 다른 인증서가 있어서 복사하지 않았어요. 그것이 "
	      "더 새것일 수 있어요. 그래도 지우고 복사하려면 --replace.",
		"Not copied: the token has another certificate of the same "
		"owner, which may be the newer one. To delete it and copy all "
		"the same: --replace." } },
	[TOKENS_FULL] = { PERSON_INPUT, false, "token-full",
	    { "보안토큰에 자리가 없어요. 바뀐 것은 없어요. 쓰지 않는 인증서를 "
	      "지우고 다시 해 주세요: ingam token delete",
		"The token has no room. Nothing was changed. Delete a "
		"certificate that is no longer used: ingam token delete" } },
	[TOKENS_FULL_OLD] = { PERSON_REFUSED, false, "token-full",
	    { "거기에 있는 인증서와 복사할 인증서를 함께 둘 자리가 보안토큰에 "
	      "없어요. 거기에 있는 것은 그대로예요. 먼저 지우고 복사하려면 --delete-first.",
		"The token has no room for the certificate that is there and "
		"the one to be copied. The one that is there is as it was. To "
		"delete it first: "
		"--delete-first." } },
	[TOKENS_UNFIT] = { PERSON_INPUT, true, "not-supported",
	    { "이 보안토큰은 그런 인증서나 키를 받지 않아요. 바뀐 것은 없어요",
		"This token does not take such a certificate or key. Nothing "
		"was changed" } },
	[TOKENS_FORBIDDEN] = { PERSON_REFUSED, true, "forbidden",
	    { "보안토큰이 허락하지 않아요", "The token does not allow it" } },
	[TOKENS_PROOF] = { PERSON_NO, true, "bad-signature",
	    { "보안토큰에 넣은 키를 시험했는데 맞지 않아요. 새로 넣은 것은 다시 "
	      "지웠고, 거기에 있던 인증서는 그대로예요",
		"The key on the token was tried, and is not right. What was "
		"put there was taken away again; a certificate that was there "
		"is as it was" } },
	[TOKENS_OLD_LEFT] = { PERSON_REFUSED, true, "old-not-deleted",
	    { "인증서를 복사했지만 거기에 있던 인증서를 다 지우지 못했어요",
		"The certificate is copied, but the one that was there could "
		"not be deleted completely" } },
	[TOKENS_OLD_GONE] = { PERSON_INPUT, true, "old-deleted",
	    { "거기에 있던 인증서는 지웠지만 인증서를 복사하지 못했어요. 이 PC의 파일은 "
	      "그대로예요. 지금 보안토큰에 있는 것은 ingam token list로 볼 수 "
	      "있어요",
		"The certificate that was there is deleted, but the other one "
		"could not be copied. The files on this PC are as they were. See ingam "
		"token list for what is on the token now" } },
	[TOKENS_FAILED] = { PERSON_INPUT, true, "token-failed",
	    { "보안토큰이 제대로 답하지 않아요. 뺐다가 다시 꽂아 보세요",
		"The token does not answer as it should. Unplug it and plug "
		"it in again" } },
};

static const struct {
	const char *word;
	struct person_text text;
} purposes[] = {
	{ "sign", { "전자서명용", "signing" } },
	{ "encrypt", { "암호용", "encryption" } },
};
static const struct person_text heads[] = {
	{ "번호", "No." },
	{ "종류", "Kind" },
	{ "이름", "Owner" },
	{ "발급자", "Issuer" },
	{ "끝나는 날", "Until" },
	{ "용도", "Purpose" },
	{ "", "" },
};
#define CELLS (sizeof(heads) / sizeof(heads[0]))

static const struct person_text text_key = { "개인키", "key" };
static const struct person_text text_no_key = { "개인키 없음", "no key" };
static const struct person_text text_expired = { "만료됨", "expired" };
static const struct person_text text_staged = { "복사하다 멈춤",
	"not copied whole" };

/* "valid", "expired", "not-yet", "unreadable", as ingam cert list has them. */
static const char *
tokens_tell_state(const struct stored *s)
{
	int64_t now = clock_wall_ms();

	return !s->readable               ? "unreadable"
	    : s->info.not_after_ms < now  ? "expired"
	    : s->info.not_before_ms > now ? "not-yet"
					  : "valid";
}

const char *
tokens_purpose(const struct certinfo *info)
{
	return person_sentence(purposes[tokens_is_km(info)].text);
}

json_t *
tokens_json(const struct stored *s, size_t number, bool entered)
{
	const struct certinfo *i = &s->info;
	char fingerprint[PICK_FINGERPRINT];
	json_t *o = json_pack("{s:I s:s s:s s:b}", "number", (json_int_t)number,
	    "label", s->label, "state", tokens_tell_state(s), "unfinished",
	    (int)s->staged);
	json_t *more = json_object();

	if (s->readable) {
		pick_fingerprint(buf_span(&s->der), fingerprint);
		json_decref(more);
		more = json_pack(
		    "{s:s s:s s:{s:s s:s} s:s s:s s:s s:s s:I s:I}",
		    "fingerprint", fingerprint, "purpose",
		    purposes[tokens_is_km(i)].word, "kind", "ko", i->policy->ko,
		    "en", i->policy->en, "policy", i->policy_oid, "owner",
		    i->owner, "issuer", i->issuer, "serial", i->serial,
		    "not_before", (json_int_t)i->not_before_ms, "not_after",
		    (json_int_t)i->not_after_ms);
	}
	if (entered && more != NULL) {
		(void)json_object_set_new(
		    more, "key", json_boolean(s->object[STORED_PRIVATE] != 0));
		(void)json_object_set_new(
		    more, "r", json_boolean(s->object[STORED_RANDOM] != 0));
	}
	(void)json_object_update(o, more);
	json_decref(more);

	return o;
}

static const char *
tokens_tell_there(const struct stored *s, enum stored_part part, bool entered)
{
	return !entered ? "" : s->object[part] != 0 ? "yes" : "no";
}

/* What a person wants to know beside the facts. */
static void
tokens_tell_remark(const struct stored *s, bool entered, char *out, size_t size)
{
	const bool key = s->object[STORED_PRIVATE] != 0;
	const struct {
		bool said;
		const char *text;
	} remarks[] = {
		{ s->readable && s->info.not_after_ms < clock_wall_ms(),
		    person_sentence(text_expired) },
		{ s->staged, person_sentence(text_staged) },
		{ entered && key, person_sentence(text_key) },
		{ entered && !key, person_sentence(text_no_key) },
		{ entered && s->object[STORED_RANDOM] != 0, "R" },
	};
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++) {
		if (!remarks[i].said || n >= size)
			continue;
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    n > 0 ? ", " : "", remarks[i].text);
	}
}

/* One certificate's cells; what is made for them stays in made. */
struct tokens_tell_row {
	char number[24], day[PICK_TIME], remark[128];
};

static enum columns_colour
tokens_tell_cells(const struct stored *s, size_t number, bool entered,
    struct tokens_tell_row *made, const char **cells)
{
	const struct certinfo *i = &s->info;

	(void)snprintf(made->number, sizeof(made->number), "%4zu", number);
	made->day[0] = '\0';
	if (s->readable)
		pick_time(made->day, i->not_after_ms, false);
	tokens_tell_remark(s, entered, made->remark, sizeof(made->remark));
	cells[0] = made->number;
	cells[1] = s->readable ? person_sentence((struct person_text){
				     i->policy->ko, i->policy->en })
			       : "?";
	cells[2] = s->readable ? i->name : s->label;
	cells[3] = s->readable ? pick_issuer(i) : "";
	cells[4] = made->day;
	cells[5] = s->readable ? tokens_purpose(i) : "";
	cells[6] = made->remark;

	return !s->readable || i->not_after_ms < clock_wall_ms() ? COLUMNS_BAD
	    : s->staged                                          ? COLUMNS_SOON
			: COLUMNS_PLAIN;
}

static void
tokens_tell_columns(
    const struct stored_list *list, uint64_t which, bool entered, FILE *out)
{
	enum columns_colour colours[1 + STORED_MAX] = { COLUMNS_STRONG };
	const char *texts[(1 + STORED_MAX) * CELLS];
	struct tokens_tell_row made[STORED_MAX];
	size_t n = 1;

	for (size_t i = 0; i < CELLS; i++)
		texts[i] = person_sentence(heads[i]);
	for (size_t i = 0; i < list->n; i++) {
		if ((which >> i & 1) == 0)
			continue;
		colours[n] = tokens_tell_cells(
		    &list->at[i], i + 1, entered, &made[i], texts + n * CELLS);
		n++;
	}
	columns_print(out, texts, colours, n, CELLS, pick_gives, NULL);
}

static void
tokens_tell_line(const struct stored *s, size_t number, bool entered, FILE *out)
{
	const struct certinfo *i = &s->info;
	char until[PICK_TIME] = "";

	if (s->readable)
		pick_time(until, i->not_after_ms, true);
	(void)fprintf(out, "%zu\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", number,
	    s->readable ? i->serial : "", tokens_tell_state(s), until,
	    s->readable ? purposes[tokens_is_km(i)].word : "",
	    s->readable ? i->owner : s->label, s->readable ? i->issuer : "",
	    tokens_tell_there(s, STORED_PRIVATE, entered),
	    tokens_tell_there(s, STORED_RANDOM, entered));
}

void
tokens_print(
    const struct stored_list *list, uint64_t which, bool entered, FILE *out)
{
	if (columns_seen(out) && list->n > 0) {
		tokens_tell_columns(list, which, entered, out);
		return;
	}
	for (size_t i = 0; i < list->n; i++)
		if ((which >> i & 1) != 0)
			tokens_tell_line(&list->at[i], i + 1, entered, out);
}

static void
tokens_tell_say(const struct tokens *t, enum tokens_end end)
{
	const struct err *e = &t->err;

	(void)fprintf(stderr, "%s", person_sentence(endings[end].text));
	if (endings[end].detail) {
		(void)fputs(" (", stderr);
		reason_print(stderr, t->rc, e);
		(void)fputs(").", stderr);
	}
	(void)fputc('\n', stderr);
}

int
tokens_tell(struct tokens *t, enum tokens_end end)
{
	json_t *answer = t->files.answer;

	(void)json_object_set_new(answer, "done",
	    json_boolean(
		endings[end].code == PERSON_YES && end != TOKENS_FILES));
	if (end == TOKENS_FILES)
		return cert_tell(&t->files, t->end);
	if (end != TOKENS_DONE)
		tokens_tell_say(t, end);
	if (!t->files.json)
		return (int)endings[end].code;
	(void)json_object_set_new(
	    answer, "problem", json_string(endings[end].word));
	if (endings[end].detail) {
		(void)json_object_set_new(
		    answer, "field", json_string(t->err.field));
		(void)json_object_set_new(answer, "reason",
		    json_string(
			t->err.msg[0] == '\0' ? err_text(t->rc) : t->err.msg));
	}
	if (end == TOKENS_CHOOSE_TOKEN || end == TOKENS_NO_SUCH_TOKEN)
		(void)json_object_set_new(answer, "tokens", token_list_json(t));
	answer_print(answer);

	return (int)endings[end].code;
}
