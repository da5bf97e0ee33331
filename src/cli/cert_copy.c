/*
 * cert_copy.c - ingam cert copy, delete: onto a medium, and away from one.
 *
 * Belongs here: where a certificate belongs on a medium, asking before anything
 * is lost, what is said of it.
 * Not here: what folders are called (npki/dn.c); changing one as a whole
 * (npki/medium.c); tokens (token_copy.c).
 */
#include "cli/cert_copy.h"

#include "base/text.h"
#include "npki/dn.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define NPKI "NPKI"
#define USER "USER"

static const struct person_text text_copied = {
	"복사했어요. 비밀번호는 원래 것과 같고, 저장매체마다 따로 바꿔요",
	"Copied. The password is the same, and is changed on each medium apart"
};
static const struct person_text text_there = { "거기에 있는 인증서",
	"The certificate that is there" };
static const struct person_text text_replace = {
	"바꾸면 되살릴 수 없어요. 바꿀까요? (예/아니요)",
	"It cannot be brought back. Replace it? (yes/no)"
};
static const struct person_text text_delete = {
	"되살릴 수 없어요. 지울까요? (예/아니요)",
	"It cannot be brought back. Delete it? (yes/no)"
};
static const struct person_text text_stops = {
	"지우면 여기 있는 이 인증서로 로그인하거나 전자서명할 수 없어요",
	"Once deleted, no one can log in or sign with this certificate from "
	"here"
};
static const struct person_text text_sealed = {
	"이 인증서로 암호화된 문서도 여기서는 열 수 없게 돼요.",
	"Documents that are encrypted for it can no longer be opened from here, "
	"either."
};
static const struct person_text text_last = {
	"다른 곳에서는 같은 인증서를 찾지 못했어요. 다시 쓰려면 발급기관에서 "
	"재발급받아야 해요.",
	"No other copy was found. To use it again it has to be reissued."
};
static const struct person_text text_copy = { "다른 곳에 있는 같은 인증서",
	"Another copy" };
static const struct person_text text_deleted = { "지웠어요.", "Deleted." };

/*
 * Goes into a folder: adds name to path, or the entry that is called so in
 * other case (USER and User both occur). False when the path is too long.
 */
static bool
cert_copy_enter(char path[static FOLDER_PATH], const char *name)
{
	size_t n = strlen(path);
	char found[NAME_MAX + 1];
	DIR *d = opendir(path);
	struct dirent *entry;
	int more;

	(void)snprintf(found, sizeof(found), "%s", name);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strcasecmp(entry->d_name, name) != 0)
			continue;
		(void)snprintf(found, sizeof(found), "%s", entry->d_name);
		/* The very name goes before one of other case. */
		if (strcmp(entry->d_name, name) == 0)
			break;
	}
	if (d != NULL)
		(void)closedir(d);
	more = snprintf(path + n, FOLDER_PATH - n, "%s%s",
	    n > 0 && path[n - 1] == '/' ? "" : "/", found);

	return more > 0 && (size_t)more < FOLDER_PATH - n;
}

/* NPKI/<CA>/USER/<subject> on the medium; what is there must be there. */
static enum cert_end
cert_copy_folder(struct cert *c, char path[static FOLDER_PATH])
{
	char authority[DN_FOLDER], subject[DN_FOLDER];
	const char *last;
	struct stat st;
	int n = snprintf(path, FOLDER_PATH, "%s", c->to);
	bool good = n > 0 && n < FOLDER_PATH;

	if (stat(c->to, &st) != 0 || !S_ISDIR(st.st_mode))
		return cert_failed(
		    c, err_set(&c->err, RC_ABSENT, "--to", "no such folder"));
	if (!dn_ca_folder(&c->info, authority) ||
	    !dn_folder(c->info.subject_der, subject))
		return cert_failed(c,
		    err_set(&c->err, RC_FORMAT, "subject",
			"no name to call its folder by"));
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	last = strrchr(path, '/');
	last = last == NULL ? path : last + 1;
	if (strcasecmp(last, NPKI) != 0)
		good = good && cert_copy_enter(path, NPKI);
	good = good && cert_copy_enter(path, authority) &&
	    cert_copy_enter(path, USER) && cert_copy_enter(path, subject);

	return good ? CERT_DONE
		    : cert_failed(c,
			  err_set(&c->err, RC_LIMIT, "--to", "path too long"));
}

/* Who would be replaced in that folder, and may it be? */
static enum cert_end
cert_copy_ask(struct cert *c, const char *folder)
{
	struct pick there = { 0 };
	enum cert_end end = CERT_DONE;
	enum rc rc = pick_load(folder, &there, NULL);

	if (rc == RC_OK && there.n > 0 && !c->replace) {
		if (!c->json) {
			(void)fprintf(
			    stderr, "%s:\n", person_sentence(text_there));
			pick_print(&there, stderr);
		}
		end = cert_confirm(c, text_replace, "--replace");
		if (end == CERT_UNATTENDED)
			end = CERT_EXISTS;
	}
	pick_clear(&there);

	return end;
}

enum cert_end
cert_copy_place(struct cert *c, struct person_text done)
{
	char folder[FOLDER_PATH], shown[FOLDER_PATH];
	enum cert_end end = cert_copy_folder(c, folder);

	if (end == CERT_DONE)
		end = cert_copy_ask(c, folder);
	if (end == CERT_DONE)
		end =
		    cert_written(c, medium_place(folder, &c->medium, &c->err));
	if (end == CERT_DONE) {
		text_sanitise(shown, sizeof(shown), span_str(folder));
		(void)json_object_set_new(
		    c->answer, "folder", json_string(shown));
		if (!c->json)
			(void)printf("%s: %s\n", person_sentence(done), shown);
	}

	return end;
}

enum cert_end
cert_copy(struct cert *c)
{
	enum cert_end end = cert_choose(c);

	if (end == CERT_DONE)
		end = cert_read(c);
	/* It would take the place of one that has its key. */
	if (end == CERT_DONE && cert_file(c, FOLDER_SIGN_KEY).n == 0)
		return CERT_NO_KEY;

	return end == CERT_DONE ? cert_copy_place(c, text_copied) : end;
}

/* The other places where this very certificate can be used. */
static void
cert_copy_others(const struct cert *c)
{
	struct pick usual = { 0 };
	size_t others = 0;

	if (pick_load(NULL, &usual, NULL) == RC_OK)
		for (size_t i = 0; i < usual.n; i++) {
			const struct pick_row *row = &usual.rows[i];
			struct stat a, b;

			if (row->pair->sign_key == NULL ||
			    strcmp(row->fingerprint, c->row->fingerprint) !=
				0 ||
			    (stat(row->pair->sign_cert, &a) == 0 &&
				stat(c->row->pair->sign_cert, &b) == 0 &&
				a.st_dev == b.st_dev && a.st_ino == b.st_ino))
				continue;
			others++;
			(void)fprintf(stderr, "%s: %s\n",
			    person_sentence(text_copy), row->folder);
		}
	if (others == 0)
		person_say(text_last);
	pick_clear(&usual);
}

/* What is going to be lost. */
static void
cert_copy_warn(const struct cert *c)
{
	const struct certinfo *info = &c->row->info;
	char until[PICK_TIME];

	pick_time(until, info->not_after_ms, false);
	(void)fprintf(stderr, "%s (%s, %s)\n  %s\n", info->owner,
	    person_sentence(
		(struct person_text){ info->policy->ko, info->policy->en }),
	    until, c->row->folder);
	(void)fprintf(stderr, "%s (%s).\n", person_sentence(text_stops),
	    pick_medium_name(c->row));
	if (c->row->pair->km_key != NULL)
		person_say(text_sealed);
	cert_copy_others(c);
}

enum cert_end
cert_copy_delete(struct cert *c)
{
	enum cert_end end = cert_choose(c);

	if (end != CERT_DONE)
		return end;
	if (!c->yes && !c->json && c->attended && c->row->read)
		cert_copy_warn(c);
	if (!c->yes)
		end = cert_confirm(c, text_delete, "--yes");
	if (end == CERT_DONE)
		end = cert_written(c, medium_remove(c->row->pair, &c->err));
	if (end == CERT_DONE && !c->json)
		(void)printf("%s\n", person_sentence(text_deleted));

	return end;
}
