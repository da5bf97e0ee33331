/*
 * known.c - the modules that p11-kit knows on this machine.
 *
 * Belongs here: folders of .module files, and the few of their keys that matter.
 * Not here: loading a module (module.c); writing such files (cli/p11kit.c).
 */
#include "cryptoki/known.h"

#include "base/file.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KNOWN_FILE    65536
#define KNOWN_PROGRAM "ingam"

/* What is after "key:" on its line, without blanks around it; else empty. */
static struct span
known_value(struct span text, const char *key)
{
	size_t key_n = strlen(key);
	const char *p = (const char *)text.p;
	const char *end = p + text.n;

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		const char *line = p;

		stop = stop == NULL ? end : stop;
		p = stop == end ? end : stop + 1;
		if ((size_t)(stop - line) <= key_n ||
		    memcmp(line, key, key_n) != 0 || line[key_n] != ':')
			continue;
		line += key_n + 1;
		while (line < stop && (*line == ' ' || *line == '\t'))
			line++;
		while (stop > line &&
		    (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r'))
			stop--;
		return (struct span){ (const uint8_t *)line,
			(size_t)(stop - line) };
	}

	return (struct span){ NULL, 0 };
}

/* Is this program in a list of names? */
static bool
known_names_us(struct span list)
{
	struct span word = { list.p, 0 };

	for (size_t i = 0; i <= list.n; i++) {
		if (i < list.n && list.p[i] != ',' && list.p[i] != ' ') {
			word.n++;
			continue;
		}
		if (span_equal(word, SPAN_LIT(KNOWN_PROGRAM)))
			return true;
		word = (struct span){ list.p + i + 1, 0 };
	}

	return false;
}

bool
known_parse(struct span text, char *out)
{
	struct span path = known_value(text, "module");
	struct span only = known_value(text, "enable-in");
	struct span never = known_value(text, "disable-in");

	out[0] = '\0';
	if (path.n == 0 || path.n >= KNOWN_PATH ||
	    memchr(path.p, '\0', path.n) != NULL ||
	    span_equal(known_value(text, "trust-policy"), SPAN_LIT("yes")) ||
	    (only.n > 0 && !known_names_us(only)) ||
	    (never.n > 0 && known_names_us(never)))
		return false;
	memcpy(out, path.p, path.n);
	out[path.n] = '\0';

	return true;
}

/* Where a module is that a file names; false: nowhere. */
static bool
known_resolve(const char *name, char real[static PATH_MAX])
{
	static const char *const folders[] = { INGAM_PKCS11_DIR,
		INGAM_PKCS11_SYSTEM };
	char path[KNOWN_PATH];

	if (name[0] == '/')
		return realpath(name, real) != NULL;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", folders[i], name);

		if (n > 0 && n < KNOWN_PATH && realpath(path, real) != NULL)
			return true;
	}

	return false;
}

static enum rc
known_add(struct known *k, const char *name, struct err *e)
{
	char real[PATH_MAX];
	size_t n;

	/* One module under two names would be asked for its tokens twice. */
	if (!known_resolve(name, real) || (n = strlen(real)) >= KNOWN_PATH)
		return RC_OK;
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->path[i], real) == 0)
			return RC_OK;
	if (k->n == KNOWN_MAX)
		return err_set(e, RC_LIMIT, "modules", "too many");
	memcpy(k->path[k->n++], real, n + 1);

	return RC_OK;
}

static enum rc
known_file(struct known *k, const char *folder, const char *name, struct err *e)
{
	struct buf text = buf_init(KNOWN_FILE);
	char path[KNOWN_PATH], module[KNOWN_PATH];
	size_t length = strlen(name);
	enum rc rc = RC_OK;
	int n;

	n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path) || length < 7 ||
	    strcmp(name + length - 7, ".module") != 0)
		return RC_OK;
	if (file_read(path, &text, NULL) == RC_OK &&
	    known_parse(buf_span(&text), module))
		rc = known_add(k, module, e);
	buf_clear(&text);

	return rc;
}

static enum rc
known_folder(struct known *k, const char *folder, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, alphasort);
	enum rc rc = RC_OK;

	for (int i = 0; i < n; i++) {
		if (rc == RC_OK)
			rc = known_file(k, folder, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);

	return rc;
}

enum rc
known_find(struct known *out, const char *folder, struct err *e)
{
	static const char *const system[] = { "/etc/pkcs11/modules",
		"/usr/share/p11-kit/modules" };
	const char *config = secure_getenv("XDG_CONFIG_HOME");
	const char *home = secure_getenv("HOME");
	bool named = config != NULL && config[0] == '/';
	char own[KNOWN_PATH];
	enum rc rc = RC_OK;
	int n;

	out->n = 0;
	if (folder != NULL)
		return known_folder(out, folder, e);
	n = snprintf(own, sizeof(own), "%s%s/pkcs11/modules",
	    named              ? config
		: home != NULL ? home
			       : "",
	    named ? "" : "/.config");
	/* p11-kit reads no file of a user's who is root; nor do we. */
	if (n > 0 && (size_t)n < sizeof(own) && geteuid() != 0)
		rc = known_folder(out, own, e);
	for (size_t i = 0;
	     rc == RC_OK && i < sizeof(system) / sizeof(system[0]); i++)
		rc = known_folder(out, system[i], e);

	return rc;
}
