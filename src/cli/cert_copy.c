/*
 * cert_copy.c - ingam cert copy: onto a medium.
 *
 * Belongs here: where a certificate belongs on a medium, asking before anything
 * is lost there, what stays.
 * Not here: away from one (cert_delete.c); what folders are called (npki/dn.c);
 * changing one as a whole (npki/medium.c); tokens (token_copy.c).
 */
#include "cli/cert_copy.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/answer.h"
#include "cli/cert_password.h"
#include "cli/whose.h"
#include "npki/dn.h"
#include "npki/keyfile.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <strings.h>
#include <unistd.h>

#define NPKI "NPKI"
#define USER "USER"

static const struct person_text text_copied = { "복사했어요", "Copied" };
static const struct person_text text_password = {
	"비밀번호는 원래 인증서와 같아요. 나중에 바꾸면 바꾼 저장매체에서만 달라져요.",
	"It has the same password. Changing it later changes it on that medium "
	"alone."
};
static const struct person_text text_kept = {
	"거기에 있던 암호용 인증서와 개인키(kmCert.der, kmPri.key)는 그대로 두었어요.",
	"The encryption pair that is there (kmCert.der, kmPri.key) stays."
};
static const struct person_text text_same_password = {
	"거기에 있는 암호용 개인키(kmPri.key)의 비밀번호를 --new-password-file로 알려 주면, "
	"그것은 남고 새 인증서도 그 비밀번호로 넣어요.",
	"Give the password of the kmPri.key that is there with "
	"--new-password-file: then it stays, and the new certificate gets that "
	"password, too."
};
static const struct person_text text_replace = {
	"바꾸면 되살릴 수 없어요. 바꿀까요? (예/아니요)",
	"It cannot be brought back. Replace it? (yes/no)"
};
static const struct person_text text_again = {
	"바로 이 인증서를 다시 넣는 거예요. 바꾸면 비밀번호는 지금 넣는 것의 비밀번호가 "
	"돼요.",
	"The very same certificate takes its place, and brings its password "
	"with it."
};
static const struct person_text text_unopened = {
	"개인키가 깨졌는지는 비밀번호 없이 알 수 없어요. 잘 모르면 그만두고, 지금 넣는 것을 "
	"ingam cert check-password로 먼저 확인해 주세요.",
	"Without its password nobody sees whether a key is damaged. If in "
	"doubt, stop, and try what comes with ingam cert check-password first."
};
static const struct person_text text_key_alone = {
	"거기에 인증서 없이 개인키 파일(signPri.key)만 있어요.",
	"A key file (signPri.key) without its certificate is there."
};
static const struct person_text text_sealed = {
	"주의: 거기에 있는 암호용 개인키(kmPri.key)도 바뀌어요. 거기에 있는 인증서로 "
	"암호화된 문서는 여기서는 열 수 없게 돼요.",
	"Careful: the key for encryption that is there (kmPri.key) goes, too. "
	"Documents that are encrypted for that certificate can no longer be "
	"opened from here."
};
static const struct person_text text_lacks_r = {
	"주의: 넣을 인증서의 개인키에 난수(R)가 없어요. 바꾸면 주민등록번호나 "
	"사업자등록번호를 확인하는 사이트에서 이 인증서를 쓸 수 없어요.",
	"Careful: the key that comes has no random number (R). Sites that check "
	"whose registration number it is will not take the certificate."
};

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

static enum cert_end
cert_copy_too_long(struct cert *c)
{
	return cert_failed(
	    c, err_set(&c->err, RC_LIMIT, "--to", "path too long"));
}

/*
 * NPKI above a folder that is, or is in, the one of a CA: who goes down too far
 * does not want another NPKI there.
 */
static bool
cert_copy_above(const char *to, char path[static FOLDER_PATH])
{
	char real[PATH_MAX];
	const char *at;

	if (realpath(to, real) == NULL)
		return false;
	for (at = strchr(real, '/'); at != NULL; at = strchr(at, '/')) {
		size_t n = strcspn(++at, "/"), upto;

		if (at[n] == '\0' || n != strlen(NPKI) ||
		    strncasecmp(at, NPKI, n) != 0)
			continue;
		upto = (size_t)(at - real) + n;
		n = upto + 1 + strcspn(real + upto + 1, "/");
		if (snprintf(path, FOLDER_PATH, "%.*s", (int)n, real) <
			FOLDER_PATH &&
		    cert_copy_enter(path, USER) && access(path, F_OK) == 0) {
			path[upto] = '\0';
			return true;
		}
	}

	return false;
}

/* NPKI on the medium, which must be there. */
static enum cert_end
cert_copy_npki(struct cert *c, char path[static FOLDER_PATH])
{
	const char *last;
	enum cert_end end = cert_is_folder(c, c->to);
	int n;

	if (end != CERT_DONE || cert_copy_above(c->to, path))
		return end;
	n = snprintf(path, FOLDER_PATH, "%s", c->to);
	if (n < 0 || n >= FOLDER_PATH)
		return cert_copy_too_long(c);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	last = strrchr(path, '/');
	last = last == NULL ? path : last + 1;

	return strcasecmp(last, NPKI) == 0 || cert_copy_enter(path, NPKI)
	    ? CERT_DONE
	    : cert_copy_too_long(c);
}

/* NPKI/<CA>/USER/<subject> on the medium. */
static enum cert_end
cert_copy_folder(struct cert *c, char path[static FOLDER_PATH])
{
	char authority[DN_FOLDER], subject[DN_FOLDER];
	enum cert_end end = cert_copy_npki(c, path);

	if (end != CERT_DONE)
		return end;
	if (!dn_ca_folder(&c->info, authority) ||
	    !dn_folder(c->info.subject_der, subject))
		return cert_failed(c,
		    err_set(&c->err, RC_FORMAT, "subject",
			"no name to call its folder by"));

	return cert_copy_enter(path, authority) &&
		cert_copy_enter(path, USER) && cert_copy_enter(path, subject)
	    ? CERT_DONE
	    : cert_copy_too_long(c);
}

enum cert_end
cert_copy_check(struct cert *c)
{
	char path[FOLDER_PATH];
	enum cert_end end = cert_copy_npki(c, path);

	/* What is below one of somebody else's may be this person's. */
	if (end != CERT_DONE || (access(path, W_OK) != 0 && errno == EACCES))
		return end;

	return cert_written(c, path, medium_check(path, &c->err));
}

/* What is in the very folder, not in one below it; NULL: nothing. */
static const struct pick_row *
cert_copy_there(const char *folder, struct pick *there)
{
	size_t n = strlen(folder);

	if (pick_load(folder, there, NULL) != RC_OK)
		return NULL;
	for (size_t i = 0; i < there->n; i++)
		if (strchr(there->rows[i].pair->sign_cert + n + 1, '/') == NULL)
			return &there->rows[i];

	return NULL;
}

/* Without a key the one that is there is of no more use than one that is over. */
static enum pick_careful
cert_copy_careful(const struct cert *c, const struct pick_row *row)
{
	enum pick_careful careful = pick_careful(&row->info, &c->info);

	if (row->beside.key)
		return careful;

	return careful == PICK_OVER_ALONE ? PICK_EARLIER
	    : careful == PICK_EARLY       ? PICK_FINE
					  : careful;
}

/* Both certificates, and what speaks against the exchange. */
static void
cert_copy_compare(const struct cert *c, const struct pick_row *row, bool opened)
{
	const struct certinfo *there = row->read ? &row->info : NULL;
	char comes[PICK_FINGERPRINT];

	pick_fingerprint(cert_file(c, FOLDER_SIGN_CERT), comes);
	pick_tell_there(there, row->folder);
	if (strcmp(comes, row->fingerprint) == 0) {
		person_say(text_again);
		if (!opened)
			person_say(text_unopened);
		return;
	}
	pick_tell_comes(&c->info, NULL);
	if (there != NULL)
		pick_careful_say(cert_copy_careful(c, row));
}

/* The files that are at its place on the medium now; none is good, too. */
static enum cert_end
cert_copy_read(struct cert *c, struct medium *there)
{
	char folder[FOLDER_PATH], path[FOLDER_PATH];
	struct folder_pair pair = { .sign_cert = path };
	enum cert_end end = cert_copy_folder(c, folder);
	enum rc rc;
	int n;

	if (end != CERT_DONE)
		return end;
	n = snprintf(
	    path, sizeof(path), "%s/%s", folder, folder_name(FOLDER_SIGN_CERT));
	if (n < 0 || (size_t)n >= sizeof(path))
		return cert_copy_too_long(c);
	rc = medium_read(&pair, there, &c->err);
	/* Without a signing certificate the other files are still there. */
	if (rc == RC_ABSENT) {
		err_clear(&c->err);
		rc = RC_OK;
	}

	return cert_failed(c, rc);
}

/* A key that has lost its certificate is in no list, and may be the last one. */
static enum cert_end
cert_copy_ask_key(struct cert *c)
{
	struct medium there = { 0 };
	enum cert_end end = cert_copy_read(c, &there);
	bool key = there.files[FOLDER_SIGN_KEY].n > 0;

	medium_clear(&there);
	if (end != CERT_DONE || !key)
		return end;
	if (!c->json)
		person_say(text_key_alone);
	if (!c->replace)
		end = cert_confirm(c, text_replace, "--replace");

	return end == CERT_UNATTENDED ? CERT_OUT_EXISTS : end;
}

/* Does another pair for encryption take the place of the one that is there? */
static bool
cert_copy_seals(const struct cert *c, const struct pick_row *row)
{
	struct span km = cert_file(c, FOLDER_KM_CERT);
	struct buf there = buf_init(MEDIUM_FILE_MAX);
	bool other = km.n > 0 && row->beside.encryption &&
	    file_read(row->pair->km_cert, &there, NULL) == RC_OK &&
	    !span_equal(buf_span(&there), km);

	buf_clear(&there);

	return other;
}

/* A certificate that is there. */
static enum cert_end
cert_copy_ask_row(struct cert *c, const struct pick *there,
    const struct pick_row *row, bool opened, bool lacks_r)
{
	enum cert_end end = CERT_DONE;

	if (!c->json)
		cert_copy_compare(c, row, opened);
	if (!c->json && cert_copy_seals(c, row))
		person_say(text_sealed);
	if (!c->json && lacks_r)
		person_say(text_lacks_r);
	if (!c->replace)
		end = cert_confirm(c, text_replace, "--replace");
	if (end != CERT_UNATTENDED)
		return end;
	(void)json_object_set_new(
	    c->answer, "there", pick_row_json(there, row));

	return CERT_EXISTS;
}

enum cert_end
cert_copy_ask(struct cert *c, bool opened, bool lacks_r)
{
	char folder[FOLDER_PATH];
	struct pick there = { 0 };
	const struct pick_row *row;
	enum cert_end end = cert_copy_folder(c, folder);

	if (end == CERT_DONE)
		end = cert_written(c, folder, medium_check(folder, &c->err));
	if (end != CERT_DONE)
		return end;
	row = cert_copy_there(folder, &there);
	end = row == NULL ? cert_copy_ask_key(c)
			  : cert_copy_ask_row(c, &there, row, opened, lacks_r);
	pick_clear(&there);

	return end;
}

/* A file that is there stays, where there is one. */
static void
cert_copy_stay(
    struct cert *c, const struct medium *there, enum folder_file file)
{
	if (there->files[file].n == 0)
		return;
	buf_bytes(&c->medium.files[file], buf_span(&there->files[file]));
	c->kept |= 1U << file;
}

/* What a certificate that is there says; false: none is, or it is damaged. */
static bool
cert_copy_info(
    const struct medium *there, enum folder_file file, struct certinfo *info)
{
	return certinfo_parse(buf_span(&there->files[file]), info, NULL) ==
	    RC_OK;
}

/* Does the password open the key for encryption that is there, if one is? */
static bool
cert_copy_opens(
    const struct medium *there, const struct certinfo *km, struct span password)
{
	struct sec key SEC_WIPED = { 0 };

	return there->files[FOLDER_KM_KEY].n == 0 ||
	    keyfile_open(buf_span(&there->files[FOLDER_KM_KEY]), password,
		km->modulus, &key, NULL) == RC_OK;
}

/* Are the certificates of a CA that are there those of the one that comes? */
static bool
cert_copy_same_issuer(const struct cert *c, const struct medium *there)
{
	struct certinfo sign;

	return cert_copy_info(there, FOLDER_SIGN_CERT, &sign) &&
	    span_equal(sign.issuer_der, c->info.issuer_der);
}

/* The encryption pair of the same owner stays, where its password is the one. */
static enum cert_end
cert_copy_keep_pair(
    struct cert *c, const struct medium *there, struct span password)
{
	struct certinfo km;

	if (!cert_copy_info(there, FOLDER_KM_CERT, &km) ||
	    !span_equal(km.subject_der, c->info.subject_der))
		return CERT_KM_LOST;
	if (!cert_copy_opens(there, &km, password)) {
		if (password.n > 0 && !c->json)
			person_say(text_same_password);
		return CERT_KM_LOST;
	}
	cert_copy_stay(c, there, FOLDER_KM_CERT);
	cert_copy_stay(c, there, FOLDER_KM_KEY);

	return CERT_DONE;
}

bool
cert_copy_same(const struct cert *c)
{
	for (size_t i = 0; i < FOLDER_FILES; i++)
		if (!span_equal(buf_span(&c->medium.files[i]),
			buf_span(&c->there.files[i])))
			return false;

	return true;
}

/* As cert_copy_keep(), of what was read there. */
static enum cert_end
cert_copy_keep_of(
    struct cert *c, const struct medium *there, struct span password)
{
	bool certificate = cert_file(c, FOLDER_KM_CERT).n > 0;
	bool key = cert_file(c, FOLDER_KM_KEY).n > 0;
	bool comes = certificate || key;
	bool lost = !(certificate && key) &&
	    (there->files[FOLDER_KM_KEY].n > 0 ||
		(!certificate && there->files[FOLDER_KM_CERT].n > 0));
	enum cert_end end = CERT_DONE;

	if (cert_copy_same(c))
		return end;
	/* Half a pair drives out no key. */
	if (lost)
		end = comes ? CERT_KM_LOST
			    : cert_copy_keep_pair(c, there, password);
	if (end != CERT_DONE)
		return end;
	if (cert_file(c, FOLDER_CA_PUBS).n == 0 &&
	    cert_copy_same_issuer(c, there))
		cert_copy_stay(c, there, FOLDER_CA_PUBS);

	return CERT_DONE;
}

enum cert_end
cert_copy_keep(struct cert *c, struct span password)
{
	enum cert_end end;

	medium_clear(&c->there);
	c->kept = 0;
	end = cert_copy_read(c, &c->there);

	return end == CERT_DONE ? cert_copy_keep_of(c, &c->there, password)
				: end;
}

/* What stayed, into the answer; of the pair a person is told. */
static void
cert_copy_say_kept(const struct cert *c)
{
	answer_append(c->answer, "kept", NULL);
	for (size_t i = 0; i < FOLDER_FILES; i++)
		if ((c->kept & 1U << i) != 0)
			answer_append(c->answer, "kept",
			    json_string(folder_name((enum folder_file)i)));
	if (!c->json && (c->kept & 1U << FOLDER_KM_CERT) != 0)
		person_say(text_kept);
}

enum cert_end
cert_copy_already(struct cert *c)
{
	char folder[FOLDER_PATH];
	enum cert_end end = cert_copy_folder(c, folder);

	answer_append(c->answer, "replaced", NULL);
	cert_copy_say_kept(c);
	pick_json_path(c->answer, "folder", folder);

	return end == CERT_DONE ? CERT_ALREADY : end;
}

enum cert_end
cert_copy_put(struct cert *c, struct person_text done)
{
	char folder[FOLDER_PATH], shown[FOLDER_PATH], room[WHOSE_TEXT];
	struct pick there = { 0 };
	const struct pick_row *row;
	json_t *was;
	enum cert_end end = cert_copy_folder(c, folder);

	if (end != CERT_DONE)
		return end;
	row = cert_copy_there(folder, &there);
	was = row == NULL ? NULL : pick_row_json(&there, row);
	(void)json_object_del(was, "number");
	pick_clear(&there);
	end = cert_written(
	    c, folder, medium_place(folder, &c->there, &c->medium, &c->err));
	if (end != CERT_DONE) {
		json_decref(was);
		return end;
	}
	answer_append(c->answer, "replaced", was);
	cert_copy_say_kept(c);
	text_sanitise(shown, sizeof(shown), span_str(folder));
	pick_json_path(c->answer, "folder", folder);
	if (!c->json)
		(void)printf("%s: %s\n",
		    person_sentence(whose_until(&c->info, done, room)), shown);

	return CERT_DONE;
}

enum cert_end
cert_copy(struct cert *c)
{
	const struct span unknown = { NULL, 0 };
	/* Without a whole key it would take the place of one that has it. */
	enum cert_end end = cert_password_choose(c);

	if (end == CERT_DONE)
		end = cert_copy_keep(c, unknown);
	if (end == CERT_DONE && cert_copy_same(c))
		return cert_copy_already(c);
	if (end == CERT_DONE)
		end = cert_copy_ask(c, false, false);
	if (end == CERT_DONE)
		cert_say_half(c);
	if (end == CERT_DONE)
		end = cert_copy_put(c, text_copied);
	if (end == CERT_DONE && !c->json)
		(void)printf("%s\n", person_sentence(text_password));

	return end;
}
