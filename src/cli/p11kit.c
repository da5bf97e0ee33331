/*
 * p11kit.c - the file by which p11-kit knows a module.
 *
 * Belongs here: its content, pkcs11.conf(5); whether it is there already.
 * Not here: where it lies (places.c).
 */
#include "cli/p11kit.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define P11KIT_MAX 65536

/* The line of it that matters; others may be the person's own. */
static void
p11kit_line(char *out, size_t size, const char *module)
{
	(void)snprintf(out, size, "\nmodule: %s\n", module);
}

static bool
p11kit_has(const char *path, const char *module)
{
	struct buf text = buf_init(P11KIT_MAX);
	char line[4200];
	bool has;

	p11kit_line(line, sizeof(line), module);
	buf_str(&text, "\n");
	has = file_read(path, &text, NULL) == RC_OK && buf_ok(&text) &&
	    memmem(text.p, text.n, line, strlen(line)) != NULL;
	buf_clear(&text);

	return has;
}

/*
 * Makes the folders above path. Not as file_make_folder() does: what root makes
 * here, everybody reads.
 */
static enum rc
p11kit_folders(const char *path, struct err *e)
{
	char folder[4096];
	int n = snprintf(folder, sizeof(folder), "%s", path);

	if (n < 0 || (size_t)n >= sizeof(folder))
		return err_set(e, RC_LIMIT, "path", "too long");
	for (char *p = strchr(folder + 1, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(folder, 0755) != 0 && errno != EEXIST)
			return err_set(e, RC_IO, folder, "%s", strerror(errno));
		*p = '/';
	}

	return RC_OK;
}

enum rc
p11kit_add(const char *path, const char *module, bool *changed, struct err *e)
{
	struct buf text = buf_init(P11KIT_MAX);
	char line[4200];
	enum rc rc;

	*changed = false;
	if (p11kit_has(path, module))
		return RC_OK;
	p11kit_line(line, sizeof(line), module);
	buf_str(&text,
	    "# Made by \"ingam token register\"; \"ingam token unregister\" "
	    "removes it.");
	buf_str(&text, line);
	rc = buf_ok(&text) ? p11kit_folders(path, e)
			   : err_set(e, RC_MEMORY, NULL, "out of memory");
	if (rc == RC_OK)
		rc = file_replace(path, buf_span(&text), 0644, e);
	*changed = rc == RC_OK;
	buf_clear(&text);

	return rc;
}

enum rc
p11kit_remove(const char *path, bool *changed, struct err *e)
{
	*changed = unlink(path) == 0;
	if (!*changed && errno != ENOENT && errno != ENOTDIR)
		return err_set(e, RC_IO, path, "%s", strerror(errno));

	return RC_OK;
}
