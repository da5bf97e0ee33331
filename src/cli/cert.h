/*
 * cert.h - see cert.c.
 */
#pragma once

#include "base/buf.h"
#include "base/sec.h"
#include "cli/pick.h"
#include "client/person.h"
#include "npki/medium.h"

#include <jansson.h>

/* ingam cert VERB: argv[0] is the verb. Gives the exit code. */
int cert_main(int argc, char **argv);

/* Every way in which a verb ends that has a sentence of its own. */
enum cert_end {
	CERT_DONE,
	CERT_NONE,
	CERT_NONE_THERE, /* place, which was named */
	CERT_NO_FOLDER,  /* place */
	CERT_NOT_FOLDER, /* place, which is a file */
	CERT_UNREAD,     /* what was found is good: pick.folder.unread */
	CERT_SEVERAL,
	CERT_ALIKE,  /* fingerprints begin so */
	CERT_COPIES, /* of one fingerprint */
	CERT_NO_SUCH,
	CERT_NO_KEY,
	CERT_UNATTENDED,
	CERT_PASSWORD,
	CERT_PASSWORD_PFX,  /* or a damaged file: they cannot be told apart */
	CERT_PASSWORD_SIGN, /* one of two keys: err.field is which */
	CERT_PASSWORD_KM,
	CERT_OTHER_KEY, /* err.field: the key file */
	CERT_DIFFER,
	CERT_RULES,
	CERT_SAME,
	CERT_NOT_THEIRS,
	CERT_NO_VID,
	CERT_NO_R,
	CERT_OLD_VID,
	CERT_NUMBER,
	CERT_NOT_OURS,   /* sealed to another certificate: sealed_to */
	CERT_NONE_OPENS, /* the same of all that were found */
	CERT_NOT_OPENED,
	CERT_EXISTS,     /* a certificate */
	CERT_OUT_EXISTS, /* the file of --out */
	CERT_ALREADY,    /* what was to be copied is there */
	CERT_KM_LOST,
	CERT_DECLINED,
	CERT_STOPPED, /* the same of what changes nothing anyway */
	CERT_BUSY,
	CERT_READ_ONLY,   /* err says why, as below */
	CERT_NO_OUT,      /* --out may not be written */
	CERT_NOT_WRITTEN, /* rc and err say why */
	CERT_HALF,
	CERT_EXPIRED, /* when: moment_ms */
	CERT_NOT_YET,
	CERT_REFUSED,    /* by a rule: rc and err say which */
	CERT_OVER_LIMIT, /* rc and err say which */
	CERT_UNREADABLE,
	CERT_MALFORMED, /* read, and not what it should be */
	CERT_NO_PFX,
	CERT_OTHER,
};

/* A command line of "ingam cert", and what has become of it. */
struct cert {
	const char *root;
	const char *which;
	const char *file; /* that is imported */
	const char *to;
	const char *out;
	const char *password_file;
	const char *new_password_file;
	const char *number_file;
	const char *form;
	const char *seal_to; /* the certificate of who is to open it */
	const char *open;    /* what was sealed to us */
	const char *owner;   /* the certificate that it is about */
	bool sha1;
	bool yes;
	bool replace;
	bool json;
	bool changes;  /* certificates: else it is clear that none was */
	bool attended; /* standard input is a terminal: a person may be asked */

	struct pick pick;
	const struct pick_row *row; /* the one that is meant */
	struct medium medium;
	struct medium there;  /* what cert_copy_keep() found in its place */
	unsigned int kept;    /* 1U << file: of that, what it let stay */
	struct certinfo info; /* of its signing certificate, with its spans */
	json_t *answer;       /* what --json prints; verbs add to it */
	const char *missing;  /* of CERT_UNATTENDED: the option */
	const char *place;    /* of CERT_NO_FOLDER: as it was named */
	/* The folder that err is about, or of the file that it names; shown. */
	char beside[FOLDER_PATH];
	int64_t moment_ms; /* of CERT_EXPIRED and CERT_NOT_YET */
	/* Of CERT_NOT_OURS: certinfo_parse_named(), and how many there are. */
	struct certinfo sealed_to;
	size_t sealed_n;
	enum rc rc;
	struct err err;
};

/* Is there such a folder? Else CERT_NO_FOLDER, CERT_NOT_FOLDER. */
enum cert_end cert_is_folder(struct cert *c, const char *path);

/* The certificates that there are: CERT_NONE, CERT_OTHER, as cert_is_folder(). */
enum cert_end cert_load(struct cert *c);

/*
 * The one that is meant, of those that there are (rows of them may be out),
 * asked for on a terminal where it is not clear: CERT_NONE, CERT_SEVERAL,
 * CERT_NO_SUCH, CERT_DECLINED, CERT_OTHER.
 */
enum cert_end cert_choose(struct cert *c);

/*
 * Its files, and what the certificate says: CERT_UNREADABLE, CERT_MALFORMED,
 * CERT_OTHER.
 */
enum cert_end cert_read(struct cert *c);

/*
 * Says of a certificate that half its encryption pair is missing, empty or
 * damaged, and which of them.
 */
void cert_say_half(struct cert *c);

/* The same, where why shows otherwise: its field is the file. */
void cert_say_lacks(struct cert *c, enum rc rc, const struct err *why);

/* The same of a file that came with nothing. */
void cert_say_missing(struct cert *c, enum folder_file file);

/* The bytes of one of its files. */
struct span cert_file(const struct cert *c, enum folder_file file);

/*
 * A password: from the file, or (NULL) asked for on the terminal:
 * CERT_UNATTENDED where there is none: option would have named the file.
 * CERT_UNREADABLE, CERT_PASSWORD (empty), CERT_DECLINED, CERT_OTHER.
 */
enum cert_end cert_ask(struct cert *c, const char *file, const char *option,
    struct person_text prompt, struct sec *out);

/*
 * A password that somebody typed was wrong: is it asked for once more? Then
 * that is said, and what was typed is wiped. tries counts them, from 0; file is
 * that of cert_ask(), which has no other one to give.
 */
bool cert_ask_again(struct cert *c, const char *file, enum cert_end end,
    int *tries, struct sec *typed);

/*
 * Yes, or CERT_DECLINED; CERT_UNATTENDED where nobody can be asked and option
 * would have said it.
 */
enum cert_end cert_confirm(
    struct cert *c, struct person_text question, const char *option);

/* Keeps why; the sentence is told in the end. */
enum cert_end cert_failed(struct cert *c, enum rc rc);

/* The same; where nothing deeper is named, it is said of this file. */
enum cert_end cert_failed_in(struct cert *c, enum folder_file file, enum rc rc);

/* The same for what was written, or not: in that folder, or (NULL) as err says. */
enum cert_end cert_written(struct cert *c, const char *folder, enum rc rc);

/* Frees what it holds. */
void cert_clear(struct cert *c);
