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
		.lacks = whole ? FOLDER_FILES : beside_lacks(m, key),
	};
}

struct beside
beside_read(const struct folder_pair *pair)
{
	const char *const paths[FOLDER_FILES] = {
		[FOLDER_SIGN_KEY] = pair->sign_key,
		[FOLDER_KM_CERT] = pair->km_cert,
		[FOLDER_KM_KEY] = pair->km_key,
	};
	struct medium m = { 0 };
	struct beside found;

	for (size_t i = 0; i < FOLDER_FILES; i++) {
		m.files[i] = buf_init(MEDIUM_FILE_MAX);
		/* One that cannot be read is as good as none. */
		if (paths[i] != NULL &&
		    file_read(paths[i], &m.files[i], NULL) != RC_OK)
			buf_clear(&m.files[i]);
	}
	found = beside_of(&m);
	medium_clear(&m);

	return found;
}
