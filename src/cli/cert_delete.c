/*
 * cert_delete.c - ingam cert delete: away from one medium.
 *
 * Belongs here: what is lost, where else it is, the question.
 * Not here: removing the files as a whole (npki/medium.c); from a token
 * (token_delete.c).
 */
#include "cli/cert_delete.h"

#include <string.h>
#include <sys/stat.h>

static const struct person_text text_goes = { "지울 인증서",
	"The certificate to delete" };
static const struct person_text text_delete = {
	"되살릴 수 없어요. 지울까요? (예/아니요)",
	"It cannot be brought back. Delete it? (yes/no)"
};
static const struct person_text text_stops = {
	"지우면 여기 있는 이 인증서로 로그인하거나 전자서명할 수 없어요.",
	"Once deleted, no one can log in or sign with this certificate from "
	"here."
};
static const struct person_text text_keyless = {
	"개인키가 옆에 없어서 지금도 이 인증서로 로그인하거나 전자서명할 수 없어요.",
	"Its private key is not beside it, so no one can log in or sign with it "
	"as it is."
};
static const struct person_text text_sealed = {
	"이 인증서로 암호화된 문서도 여기서는 열 수 없게 돼요.",
	"Documents that are encrypted for it can no longer be opened from here, "
	"either."
};
static const struct person_text text_damaged = {
	"개인키 파일이 깨져서 지금도 이 인증서로 로그인하거나 전자서명할 수 없어요.",
	"Its key file is damaged, so no one can log in or sign with it as it is."
};
static const struct person_text text_over = {
	"만료돼서 지금도 이 인증서로 로그인하거나 전자서명할 수 없어요.",
	"It has expired, so no one can log in or sign with it as it is."
};
static const struct person_text text_last = {
	"늘 있는 곳에서는 같은 인증서를 더 찾지 못했어요.",
	"No other copy was found in the usual places."
};
static const struct person_text text_last_named = {
	"늘 있는 곳과 --root의 폴더에서는 같은 인증서를 더 찾지 못했어요.",
	"No other copy was found in the usual places, nor in the folder of "
	"--root."
};
static const struct person_text text_reissue = {
	"따로 복사해 둔 것이 없다면 다시 쓸 때 발급기관에서 재발급받아야 해요.",
	"Unless you have one elsewhere, it has to be reissued to be used again."
};
static const struct person_text text_closed = {
	"따로 복사해 둔 것이 없다면 암호화된 문서는 다시 열 수 없어요.",
	"Unless you have one elsewhere, those documents can never be opened "
	"again."
};
static const struct person_text text_copy = { "다른 곳에 있는 같은 인증서",
	"Another copy" };
static const struct person_text text_deleted = { "지웠어요", "Deleted" };

static bool
cert_delete_same_file(const struct pick_row *one, const struct pick_row *other)
{
	struct stat a, b;

	return stat(one->pair->sign_cert, &a) == 0 &&
	    stat(other->pair->sign_cert, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino;
}

/* Why no one can sign with it as it is; NULL: somebody can. */
static const struct person_text *
cert_delete_useless(const struct pick_row *row)
{
	if (row->pair->sign_key == NULL)
		return &text_keyless;
	if (!row->beside.key)
		return &text_damaged;

	return pick_age(row) == PICK_AGE_OVER ? &text_over : NULL;
}

/* Is there of this very certificate what is going to be lost here? */
static bool
cert_delete_is_other(const struct cert *c, const struct pick_row *row)
{
	bool all = cert_delete_useless(c->row) != NULL || row->beside.key;

	if (c->row->pair->km_key != NULL)
		all = all && row->beside.encryption;

	return all && strcmp(row->fingerprint, c->row->fingerprint) == 0 &&
	    !cert_delete_same_file(row, c->row);
}

/* Tells of those that were found, but not of what is in told; how many. */
static size_t
cert_delete_tell_others(
    const struct cert *c, const struct pick *found, const struct pick *told)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++) {
		const struct pick_row *row = &found->rows[i];
		size_t k = 0;

		if (!cert_delete_is_other(c, row))
			continue;
		while (
		    k < told->n && !cert_delete_same_file(row, &told->rows[k]))
			k++;
		if (k < told->n)
			continue;
		n++;
		(void)fprintf(stderr, "%s: %s\n", person_sentence(text_copy),
		    row->folder);
	}

	return n;
}

/* The other places where it can be used: below root, too, where one is named. */
static void
cert_delete_others(const struct cert *c, const char *root)
{
	struct pick usual = { 0 }, named = { 0 };
	size_t n = 0;

	if (pick_load(NULL, &usual, NULL) == RC_OK)
		n += cert_delete_tell_others(c, &usual, &named);
	if (root != NULL && pick_load(root, &named, NULL) == RC_OK)
		n += cert_delete_tell_others(c, &named, &usual);
	if (n == 0)
		(void)fprintf(stderr, "%s %s\n",
		    person_sentence(root == NULL ? text_last : text_last_named),
		    person_sentence(cert_delete_useless(c->row) == NULL
			    ? text_reissue
			    : text_closed));
	pick_clear(&usual);
	pick_clear(&named);
}

/* What is going to be lost. */
static void
cert_delete_warn(const struct cert *c, const char *root)
{
	const struct pick_row *row = c->row;
	const struct person_text *useless;

	pick_tell(
	    stderr, text_goes, row->read ? &row->info : NULL, row->folder);
	if (!row->read)
		return;
	useless = cert_delete_useless(row);
	person_say(useless != NULL ? *useless : text_stops);
	if (row->pair->km_key != NULL)
		person_say(text_sealed);
	/* Of what nobody can use, where else it is matters to nobody. */
	if (useless == NULL || row->pair->km_key != NULL)
		cert_delete_others(c, root);
}

/* What is going to be deleted: what was listed, and nothing that came since. */
static enum cert_end
cert_delete_read(struct cert *c)
{
	char now[PICK_FINGERPRINT];
	enum cert_end end = cert_written(
	    c, c->row->path, medium_read(c->row->pair, &c->medium, &c->err));

	if (end != CERT_DONE || !c->row->read)
		return end;
	pick_fingerprint(cert_file(c, FOLDER_SIGN_CERT), now);

	return strcmp(now, c->row->fingerprint) == 0 ? CERT_DONE : CERT_BUSY;
}

enum cert_end
cert_delete(struct cert *c)
{
	/* A folder that is meant takes its place. */
	const char *root = c->root;
	enum cert_end end = cert_choose(c);

	if (end == CERT_DONE)
		end = cert_written(
		    c, c->row->path, medium_check(c->row->path, &c->err));
	if (end == CERT_DONE)
		end = cert_delete_read(c);
	if (end != CERT_DONE)
		return end;
	if (!c->yes && !c->json && c->attended)
		cert_delete_warn(c, root);
	if (!c->yes)
		end = cert_confirm(c, text_delete, "--yes");
	if (end == CERT_DONE)
		end = cert_written(c, c->row->path,
		    medium_remove(c->row->pair, &c->medium, &c->err));
	if (end != CERT_DONE)
		return end;
	(void)json_object_set_new(
	    c->answer, "deleted", pick_row_json(&c->pick, c->row));
	if (!c->json)
		pick_tell(stdout, text_deleted,
		    c->row->read ? &c->row->info : NULL, c->row->folder);

	return CERT_DONE;
}
