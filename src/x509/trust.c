/*
 * trust.c - whom we trust: the roots that an operator or a person put there.
 *
 * Belongs here: reading roots from files and folders, keeping them parsed.
 * Not here: paths up to them (chain.c); which roots there are in Korea, which
 * docs/trust.md says. We ship none.
 */
#include "x509/trust.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRUST_SYSTEM "/etc/ingam/trust.d"
#define TRUST_OWN    "ingam/trust.d"

struct trust {
	X509_STORE *store;
	struct certificate *roots[TRUST_MAX];
	size_t n;
};

enum rc
trust_new(struct trust **out, struct err *e)
{
	struct trust *t = calloc(1, sizeof(*t));

	*out = NULL;
	if (t == NULL || (t->store = X509_STORE_new()) == NULL) {
		free(t);
		return err_set(e, RC_MEMORY, NULL, "no memory");
	}
	*out = t;

	return RC_OK;
}

void
trust_free(struct trust *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		certificate_free(t->roots[i]);
	X509_STORE_free(t->store);
	free(t);
}

size_t
trust_count(const struct trust *t)
{
	return t->n;
}

const struct certificate *
trust_at(const struct trust *t, size_t i)
{
	return t->roots[i];
}

X509_STORE *
trust_store(const struct trust *t)
{
	return t->store;
}

enum rc
trust_add(struct trust *t, struct span der, struct err *e)
{
	struct certificate *c;
	enum rc rc;

	for (size_t i = 0; i < t->n; i++) {
		if (span_equal(certificate_der(t->roots[i]), der))
			return RC_OK;
	}
	if (t->n == TRUST_MAX)
		return err_set(e, RC_LIMIT, NULL, "too many trusted roots");
	if ((rc = certificate_parse(der, &c, e)) != RC_OK)
		return rc;
	if (X509_STORE_add_cert(t->store, certificate_x509(c)) != 1) {
		ERR_clear_error();
		certificate_free(c);
		return err_set(e, RC_MEMORY, NULL, "no memory");
	}
	t->roots[t->n++] = c;

	return RC_OK;
}

/* Every certificate of a PEM file. Other things in it are passed over. */
static enum rc
trust_add_pem(struct trust *t, struct span text, struct err *e)
{
	BIO *in = BIO_new_mem_buf(text.p, (int)text.n);
	char *name = NULL, *header = NULL;
	uint8_t *der = NULL;
	size_t found = 0;
	enum rc rc = RC_OK;
	long n = 0;

	if (in == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	while (rc == RC_OK && PEM_read_bio(in, &name, &header, &der, &n) == 1) {
		if (strcmp(name, PEM_STRING_X509) == 0 ||
		    strcmp(name, PEM_STRING_X509_OLD) == 0) {
			rc = trust_add(t, (struct span){ der, (size_t)n }, e);
			found++;
		}
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
		name = header = NULL;
		der = NULL;
	}
	BIO_free(in);
	ERR_clear_error();
	if (rc == RC_OK && found == 0)
		return err_set(e, RC_ABSENT, NULL, "no certificate in it");

	return rc;
}

static enum rc
trust_add_bytes(struct trust *t, struct span in, struct err *e)
{
	/* A SEQUENCE of more than 127 bytes; PEM is text. */
	if (in.n > 1 && in.p[0] == DER_SEQUENCE && in.p[1] >= 0x80)
		return trust_add(t, in, e);

	return trust_add_pem(t, in, e);
}

/* The field is its name: whose it is has to find it. */
static enum rc
trust_wrong(const char *path, enum rc rc, const char *why, struct err *e)
{
	const char *last = strrchr(path, '/');
	char name[NAME_MAX + 1];

	text_sanitise(
	    name, sizeof(name), span_str(last == NULL ? path : last + 1));
	rc = err_set(e, rc, name, "%s", why);
	if (e != NULL)
		e->is_file = true;

	return rc;
}

static enum rc
trust_add_file(struct trust *t, const char *path, struct err *e)
{
	struct buf bytes = buf_init(TRUST_FILE_MAX);
	struct err why = { 0 };
	enum rc rc;

	rc = file_read(path, &bytes, &why);
	if (rc == RC_OK)
		rc = trust_add_bytes(t, buf_span(&bytes), &why);
	buf_clear(&bytes);
	if (rc == RC_OK)
		return RC_OK;

	return trust_wrong(path, rc, why.msg, e);
}

static bool
trust_is_named(const char *name)
{
	static const char *const ends[] = { ".pem", ".crt", ".cer", ".der" };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (n > 4 && name[0] != '.' &&
		    strcasecmp(name + n - 4, ends[i]) == 0)
			return true;
	}

	return false;
}

/* In the order of their names, so that two runs say the same. */
static enum rc
trust_add_folder(struct trust *t, const char *path, struct err *e)
{
	struct dirent **entries = NULL;
	char file[PATH_MAX];
	enum rc rc = RC_OK;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0)
		return trust_wrong(path,
		    errno == ENOMEM ? RC_MEMORY : RC_ABSENT, "no such folder",
		    e);
	for (int i = 0; i < n; i++) {
		int size = snprintf(
		    file, sizeof(file), "%s/%s", path, entries[i]->d_name);

		if (rc == RC_OK && trust_is_named(entries[i]->d_name) &&
		    size > 0 && (size_t)size < sizeof(file))
			rc = trust_add_file(t, file, e);
		free(entries[i]);
	}
	free(entries);

	return rc;
}

static enum rc
trust_add_path(struct trust *t, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return trust_wrong(path, errno == ENOENT ? RC_ABSENT : RC_IO,
		    "no such file", e);

	return S_ISDIR(st.st_mode) ? trust_add_folder(t, path, e)
				   : trust_add_file(t, path, e);
}

/* The operator's folder, then the person's own; either may be missing. */
static enum rc
trust_add_usual(struct trust *t, struct err *e)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char own[PATH_MAX] = "";
	enum rc rc;

	if (config != NULL && config[0] == '/')
		(void)snprintf(own, sizeof(own), "%s/%s", config, TRUST_OWN);
	else if (home != NULL && home[0] == '/')
		(void)snprintf(
		    own, sizeof(own), "%s/.config/%s", home, TRUST_OWN);
	rc = access(TRUST_SYSTEM, F_OK) == 0
	    ? trust_add_folder(t, TRUST_SYSTEM, e)
	    : RC_OK;
	if (rc == RC_OK && own[0] != '\0' && access(own, F_OK) == 0)
		rc = trust_add_folder(t, own, e);

	return rc;
}

enum rc
trust_load(const char *path, struct trust **out, struct err *e)
{
	struct trust *t;
	enum rc rc;

	*out = NULL;
	if ((rc = trust_new(&t, e)) != RC_OK)
		return rc;
	rc = path == NULL ? trust_add_usual(t, e) : trust_add_path(t, path, e);
	if (rc == RC_OK && t->n == 0)
		rc = path == NULL
		    ? err_set(e, RC_ABSENT, NULL, "no certificate in it")
		    : trust_wrong(path, RC_ABSENT, "no certificate in it", e);
	if (rc == RC_OK)
		*out = t;
	else
		trust_free(t);

	return rc;
}
