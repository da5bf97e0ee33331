/*
 * pick_print.c - the certificates that were found, as they are told.
 *
 * Belongs here: the list as columns, as lines and as JSON; one of them, or two
 * that are compared, for a person; the words of states, media and moments.
 * Not here: finding them, and what speaks against an exchange (pick.c); columns
 * themselves (columns.c); one with all that it says (cert_show.c).
 */
#include "cli/pick.h"

#include "base/buf.h"
#include "base/enc.h"
#include "base/text.h"
#include "npki/authority.h"

#include <stdlib.h>
#include <time.h>

#define PICK_CELLS      7
#define PICK_TOLD       1  /* kind, owner, issuer and end are from here */
#define PICK_TOLD_END   5  /* to before here */
#define PICK_MEMBER     32 /* of a name in JSON */
#define PICK_ENCRYPTION 64 /* what is said of a pair */

static const struct {
	const char *word;
	struct person_text text;
} media[] = {
	[FOLDER_NAMED] = { "folder", { "폴더", "folder" } },
	[FOLDER_DISK] = { "disk", { "하드디스크", "hard disk" } },
	[FOLDER_REMOVABLE] = { "removable", { "이동식디스크", "removable" } },
	[FOLDER_PHONE] = { "phone", { "휴대폰", "phone" } },
};

static const struct person_text heads[PICK_CELLS] = {
	{ "번호", "No." },
	{ "종류", "Kind" },
	{ "이름", "Owner" },
	{ "발급자", "Issuer" },
	{ "끝나는 날", "Until" },
	{ "저장매체", "Medium" },
	{ "", "" },
};

/*
 * The kind keeps what tells people from companies, the issuer the beginning of
 * its name, and all else is the owner's.
 */
const struct columns_give pick_gives[] = {
	{ 1, 15 },
	{ 3, 8 },
	{ 2, 12 },
	{ 0, 0 },
};

static const struct {
	const char *word;
	enum columns_colour colour;
	struct person_text text;
} ages[] = {
	[PICK_AGE_GOOD] = { "valid", COLUMNS_PLAIN, { "유효", "valid" } },
	[PICK_AGE_SOON] = { "valid", COLUMNS_SOON,
	    { "곧 만료", "expires soon" } },
	[PICK_AGE_OVER] = { "expired", COLUMNS_BAD, { "만료됨", "expired" } },
	[PICK_AGE_EARLY] = { "not-yet", COLUMNS_SOON,
	    { "아직 시작 전", "not valid yet" } },
	[PICK_AGE_UNREAD] = { "unreadable", COLUMNS_BAD,
	    { "읽을 수 없음", "unreadable" } },
};
/* word stands in --json, and stays as it is for ever. */
static const struct {
	const char *word;
	struct person_text text;
} carefuls[] = {
	[PICK_FINE] = { "", { "", "" } },
	[PICK_EARLIER] = { "newer",
	    { "주의: 거기에 있는 인증서가 더 나중에 끝나요. 새로 발급받은 인증서일 "
	      "수 있어요.",
		"Careful: the one that is there ends later, so it may be the "
		"newer one." } },
	[PICK_EARLY] = { "not-yet",
	    { "주의: 넣을 인증서는 아직 시작 전이고, 거기에 있는 인증서는 지금 쓸 수 "
	      "있어요.",
		"Careful: the one that takes its place is not valid yet, the "
		"one that is there is." } },
	[PICK_OVER] = { "expired",
	    { "주의: 넣을 인증서는 이미 만료됐어요.",
		"Careful: the certificate to be copied has expired." } },
	[PICK_OVER_ALONE] = { "expired",
	    { "주의: 넣을 인증서는 이미 만료됐고, 거기에 있는 인증서는 아직 쓸 수 "
	      "있어요.",
		"Careful: the one that takes its place has expired, the one "
		"that is there has not." } },
};
static const struct person_text text_there = { "거기에 있는 인증서",
	"The certificate that is there" };
static const struct person_text text_comes = { "그 자리에 넣을 인증서",
	"The certificate that takes its place" };
static const struct person_text text_until = { "끝나는 날", "until" };
static const struct person_text text_serial = { "일련번호", "serial number" };
static const struct person_text text_no_key = { "개인키 없음", "no key" };
static const struct person_text text_bad_key = { "개인키 읽을 수 없음",
	"unreadable key" };
static const struct person_text text_encryption = { "암호용 인증서",
	"encryption pair" };
static const struct person_text text_missing = { "없음", "missing" };
static const struct person_text text_unreadable = { "읽을 수 없음",
	"unreadable" };
static const struct person_text text_another = { "다른 사람의 것",
	"of another owner" };

void
pick_careful_say(enum pick_careful careful)
{
	if (careful != PICK_FINE)
		person_say(carefuls[careful].text);
}

const char *
pick_careful_word(enum pick_careful careful)
{
	return carefuls[careful].word;
}

const char *
pick_state(const struct pick_row *row)
{
	return ages[pick_age(row)].word;
}

const char *
pick_state_name(const struct pick_row *row)
{
	return person_sentence(ages[pick_age(row)].text);
}

const char *
pick_issuer(const struct certinfo *info)
{
	struct authority_text text =
	    authority_text(info->issuer_org, info->issuer);

	return person_sentence((struct person_text){ text.ko, text.en });
}

const char *
pick_medium(const struct pick_row *row)
{
	return media[row->pair->medium].word;
}

const char *
pick_medium_name(const struct pick_row *row)
{
	return person_sentence(media[row->pair->medium].text);
}

void
pick_time(char out[static PICK_TIME], int64_t ms, bool utc)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	if (utc)
		(void)gmtime_r(&seconds, &tm);
	else
		(void)localtime_r(&seconds, &tm);
	out[0] = '\0';
	(void)strftime(
	    out, PICK_TIME, utc ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%d", &tm);
}

void
pick_moment(char out[static PICK_TIME], int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	(void)localtime_r(&seconds, &tm);
	out[0] = '\0';
	(void)strftime(out, PICK_TIME, "%Y-%m-%d %H:%M", &tm);
}

void
pick_tell(FILE *out, struct person_text label, const struct certinfo *info,
    const char *folder)
{
	const char *more = folder == NULL ? "" : folder;
	const char *between = folder == NULL ? "" : "\n  ";
	char until[PICK_TIME];

	if (info == NULL) {
		(void)fprintf(out, "%s: %s%s%s\n", person_sentence(label),
		    person_sentence(ages[PICK_AGE_UNREAD].text), between, more);
		return;
	}
	pick_time(until, info->not_after_ms, false);
	(void)fprintf(out, "%s: %s, %s, %s %s, %s %s (%s)%s%s\n",
	    person_sentence(label), info->name, pick_issuer(info),
	    person_sentence(text_serial), info->serial,
	    person_sentence(text_until), until,
	    person_sentence(ages[pick_age_of(info)].text), between, more);
}

void
pick_tell_there(const struct certinfo *there, const char *below)
{
	pick_tell(stderr, text_there, there, below);
}

void
pick_tell_comes(const struct certinfo *comes, const char *below)
{
	pick_tell(stderr, text_comes, comes, below);
}

/*
 * What is to be known of a row at a glance. Without a key that can be read it
 * can be used on no day, and with one it is over all the same.
 */
static const char *
pick_remark(const struct pick_row *row)
{
	enum pick_age age = pick_age(row);
	bool can_be = age != PICK_AGE_OVER && age != PICK_AGE_UNREAD;

	if (can_be && !row->beside.key)
		return person_sentence(
		    row->pair->sign_key == NULL ? text_no_key : text_bad_key);

	return age == PICK_AGE_GOOD ? "" : person_sentence(ages[age].text);
}

/* Do two lines differ in nothing that tells certificates apart? */
static bool
pick_alike(const char *const *a, const char *const *b)
{
	for (size_t i = PICK_TOLD; i < PICK_TOLD_END; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;

	return true;
}

/* Is there no other line of n that looks like this one? */
static bool
pick_is_alone(const char *const *texts, size_t n, size_t line)
{
	const char *const *cells = texts + line * PICK_CELLS;

	for (size_t k = 1; k < n; k++)
		if (k != line && pick_alike(cells, texts + k * PICK_CELLS))
			return false;

	return true;
}

/* What is wrong with the pair for encryption; "" where nothing is. */
static void
pick_encryption(const struct pick_row *row, char out[static PICK_ENCRYPTION])
{
	enum folder_file file =
	    row->beside.other ? FOLDER_KM_CERT : row->beside.lacks;
	struct person_text what = text_another;

	out[0] = '\0';
	if (file == FOLDER_FILES)
		return;
	if (!row->beside.other)
		what = beside_there(row->pair, file) ? text_unreadable
						     : text_missing;
	(void)snprintf(out, PICK_ENCRYPTION, "%s: %s %s",
	    person_sentence(text_encryption), folder_name(file),
	    person_sentence(what));
}

/*
 * What is wrong with the pair for encryption, what tells apart the lines that
 * look alike, and where a file is that tells nothing of itself; NULL where there
 * is nothing to say. The caller's, from malloc.
 */
static char *
pick_note(const struct pick_row *row, bool alone)
{
	char encryption[PICK_ENCRYPTION];
	char *note = NULL;

	if (!row->read)
		return strdup(row->folder);
	pick_encryption(row, encryption);
	if (alone)
		return encryption[0] == '\0' ? NULL : strdup(encryption);
	if (asprintf(&note, "%s%s%s %s, %s", encryption,
		encryption[0] == '\0' ? "" : "; ", person_sentence(text_serial),
		row->info.serial, row->folder) < 0)
		note = NULL;

	return note;
}

static void
pick_notes(const struct pick_row *const *rows, size_t n,
    const char *const *texts, char **notes)
{
	for (size_t line = 1; line < n; line++)
		notes[line] =
		    pick_note(rows[line], pick_is_alone(texts, n, line));
}

static void
pick_columns(const struct pick *p, FILE *out)
{
	const char **texts = calloc((p->n + 1) * PICK_CELLS, sizeof(*texts));
	enum columns_colour *colours = calloc(p->n + 1, sizeof(*colours));
	/* Beside each row what is not kept elsewhere: its number and its day. */
	char(*made)[2][PICK_TIME] = calloc(p->n + 1, sizeof(*made));
	char **notes = calloc(p->n + 1, sizeof(*notes));
	/* Line 0 is the heading. */
	const struct pick_row **rows = calloc(p->n + 1, sizeof(const void *));
	size_t n = 1;

	if (texts == NULL || colours == NULL || made == NULL || notes == NULL ||
	    rows == NULL)
		goto out;
	for (size_t i = 0; i < PICK_CELLS; i++)
		texts[i] = person_sentence(heads[i]);
	colours[0] = COLUMNS_STRONG;
	for (size_t i = 0; i < p->n; i++)
		if (!p->rows[i].out)
			rows[n++] = &p->rows[i];
	for (size_t line = 1; line < n; line++) {
		const struct pick_row *row = rows[line];
		const char **cells = texts + line * PICK_CELLS;

		(void)snprintf(made[line][0], PICK_TIME, "%4zu",
		    (size_t)(row - p->rows) + 1);
		if (row->read)
			pick_time(made[line][1], row->info.not_after_ms, false);
		colours[line] = ages[pick_age(row)].colour;
		cells[0] = made[line][0];
		cells[1] = row->read
		    ? person_sentence((struct person_text){
			  row->info.policy->ko, row->info.policy->en })
		    : "?";
		cells[2] = row->info.name;
		cells[3] = pick_issuer(&row->info);
		cells[4] = made[line][1];
		cells[5] = pick_medium_name(row);
		cells[6] = pick_remark(row);
	}
	pick_notes(rows, n, texts, notes);
	columns_print(out, texts, colours, n, PICK_CELLS, pick_gives, notes);
out:
	for (size_t i = 0; notes != NULL && i < p->n + 1; i++)
		free(notes[i]);
	free(rows);
	free(notes);
	free(made);
	free(colours);
	free(texts);
}

/* Can its key be used, as scripts read it? */
static const char *
pick_key(const struct pick_row *row)
{
	if (row->beside.key)
		return "yes";

	return row->pair->sign_key == NULL ? "no" : "unreadable";
}

void
pick_print(const struct pick *p, FILE *out)
{
	char until[PICK_TIME];

	/* No heading of nothing. */
	if (p->n > 0 && columns_seen(out)) {
		pick_columns(p, out);
		return;
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct pick_row *row = &p->rows[i];

		if (row->out)
			continue;
		if (!row->read) {
			(void)fprintf(out,
			    "%zu\t\t%s\t\t\t\t\t\t%s\t%s\t%s\t%s\n", i + 1,
			    pick_state(row), pick_medium(row), row->folder,
			    pick_key(row), beside_word(&row->beside));
			continue;
		}
		pick_time(until, row->info.not_after_ms, true);
		(void)fprintf(out,
		    "%zu\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", i + 1,
		    row->fingerprint, pick_state(row), until,
		    policy_use_name(row->info.policy->use),
		    policy_holder_name(row->info.policy->holder),
		    row->info.owner, row->info.issuer, pick_medium(row),
		    row->folder, pick_key(row), beside_word(&row->beside));
	}
}

void
pick_json_path(json_t *o, const char *member, const char *path)
{
	char name[PICK_MEMBER], shown[FOLDER_PATH];
	struct buf hex = buf_init(2 * FOLDER_PATH + 1);

	if (text_is_utf8(span_str(path))) {
		(void)json_object_set_new(o, member, json_string(path));
		return;
	}
	text_sanitise(shown, sizeof(shown), span_str(path));
	enc_hex(&hex, span_str(path));
	(void)snprintf(name, sizeof(name), "%s_hex", member);
	(void)json_object_set_new(o, member, json_string(shown));
	(void)json_object_set_new(
	    o, name, json_string(buf_cstr(&hex) == NULL ? "" : buf_cstr(&hex)));
	buf_clear(&hex);
}

json_t *
pick_row_json(const struct pick *p, const struct pick_row *row)
{
	const struct folder_pair *pair = row->pair;
	const struct certinfo *info = &row->info;
	json_t *o = json_pack("{s:I s:s s:b s:b s:b}", "number",
	    (json_int_t)(row - p->rows) + 1, "medium", pick_medium(row), "key",
	    (int)row->beside.key, "encryption", (int)row->beside.encryption,
	    "ca_certificates", (int)(pair->ca_pubs != NULL));
	json_t *more = !row->read
	    ? json_object()
	    : json_pack("{s:s s:s s:{s:s s:s} s:s s:s s:s s:s s:s s:s s:I s:I}",
		  "fingerprint", row->fingerprint, "state", pick_state(row),
		  "kind", "ko", info->policy->ko, "en", info->policy->en, "use",
		  policy_use_name(info->policy->use), "holder",
		  policy_holder_name(info->policy->holder), "policy",
		  info->policy_oid, "owner", info->owner, "issuer",
		  info->issuer, "serial", info->serial, "not_before",
		  (json_int_t)info->not_before_ms, "not_after",
		  (json_int_t)info->not_after_ms);
	bool good =
	    o != NULL && more != NULL && json_object_update(o, more) == 0;

	json_decref(more);
	if (!good) {
		json_decref(o);
		return NULL;
	}
	if (row->beside.lacks != FOLDER_FILES)
		(void)json_object_set_new(
		    o, "missing", json_string(folder_name(row->beside.lacks)));
	if (row->beside.other)
		(void)json_object_set_new(
		    o, "other_owner", json_string(folder_name(FOLDER_KM_CERT)));
	pick_json_path(o, "folder", row->path);

	return o;
}

json_t *
pick_json(const struct pick *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n; i++) {
		if (p->rows[i].out)
			continue;
		if (json_array_append_new(
			list, pick_row_json(p, &p->rows[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	}

	return list;
}
