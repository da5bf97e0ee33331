/*
 * beside.c - are the key file and the encryption pair of a certificate there?
 *
 * Belongs here: the one answer to it, which lists, "show" and all that need a
 * key give.
 * Not here: finding the files (npki/folder.c); what else is in them
 * (npki/keyfile.c, npki/certinfo.c); how it is told (pick_print.c, cert_show.c,
 * cert.c).
 */
#include "cli/beside.h"

#include "base/file.h"
#include "client/reason.h"
#include "npki/certinfo.h"
#include "npki/keyfile.h"

enum rc
beside_check(const struct medium *m, enum folder_file file, struct err *e)
{
	struct span bytes = buf_span(&m->files[file]);
	struct certinfo info;

	return reason_named(folder_name(file),
	    file == FOLDER_KM_CERT ? certinfo_parse(bytes, &info, e)
				   : keyfile_check(bytes, e),
	    e);
}

static const char *
beside_path(const struct folder_pair *pair, enum folder_file file)
{
	const char *const paths[FOLDER_FILES] = {
		[FOLDER_SIGN_CERT] = pair->sign_cert,
		[FOLDER_SIGN_KEY] = pair->sign_key,
		[FOLDER_KM_CERT] = pair->km_cert,
		[FOLDER_KM_KEY] = pair->km_key,
	};

	return paths[file];
}

bool
beside_there(const struct folder_pair *pair, enum folder_file file)
{
	return beside_path(pair, file) != NULL;
}

enum rc
beside_why(const struct medium *m, const struct folder_pair *pair,
    enum folder_file file, struct err *e)
{
	return beside_there(pair, file)
	    ? beside_check(m, file, e)
	    : err_set(e, RC_ABSENT, folder_name(file), "no such file");
}

/*
 * Is the pair for encryption another subject's? The two certificates of one are
 * issued together. A key shows whose it is to its password alone.
 */
static bool
beside_is_other(const struct medium *m)
{
	struct certinfo sign, km;

	return certinfo_parse(buf_span(&m->files[FOLDER_SIGN_CERT]), &sign,
		   NULL) == RC_OK &&
	    certinfo_parse(buf_span(&m->files[FOLDER_KM_CERT]), &km, NULL) ==
	    RC_OK &&
	    !span_equal(sign.subject_der, km.subject_der);
}

/* Of a pair that is not whole the file that it lacks; the key goes first. */
static enum folder_file
beside_lacks(const struct medium *m, bool key)
{
	if (m->files[FOLDER_KM_CERT].n == 0 && m->files[FOLDER_KM_KEY].n == 0)
		return FOLDER_FILES;

	return key ? FOLDER_KM_CERT : FOLDER_KM_KEY;
}

struct beside
beside_of(const struct medium *m)
{
	bool certificate = beside_check(m, FOLDER_KM_CERT, NULL) == RC_OK;
	bool key = beside_check(m, FOLDER_KM_KEY, NULL) == RC_OK;
	bool whole = certificate && key;

	return (struct beside){
		.key = beside_check(m, FOLDER_SIGN_KEY, NULL) == RC_OK,
		.encryption = whole,
		.other = whole && beside_is_other(m),
		.lacks = whole ? FOLDER_FILES : beside_lacks(m, key),
	};
}

const char *
beside_word(const struct beside *b)
{
	if (b->lacks != FOLDER_FILES)
		return "half";
	if (!b->encryption)
		return "no";

	return b->other ? "other" : "yes";
}

struct beside
beside_read(const struct folder_pair *pair)
{
	struct medium m = { 0 };
	struct beside found;

	for (size_t i = 0; i < FOLDER_FILES; i++) {
		const char *path = beside_path(pair, (enum folder_file)i);

		m.files[i] = buf_init(MEDIUM_FILE_MAX);
		/* One that cannot be read is as good as none. */
		if (path != NULL && file_read(path, &m.files[i], NULL) != RC_OK)
			buf_clear(&m.files[i]);
	}
	found = beside_of(&m);
	medium_clear(&m);

	return found;
}
