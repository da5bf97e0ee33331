/*
 * nssdb.c - modules in a database of NSS, by modutil(1).
 *
 * Belongs here: starting modutil; whether there is something to do for it.
 * Not here: where databases are (places.c).
 */
#include "cli/nssdb.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NSSDB_NAME "Ingam"
#define NSSDB_LIST 1048576

/* Does the database's list of modules hold this text? */
static bool
nssdb_lists(const char *folder, const char *text)
{
	struct buf list = buf_init(NSSDB_LIST);
	char path[4200];
	bool has;

	(void)snprintf(path, sizeof(path), "%s/pkcs11.txt", folder);
	has = file_read(path, &list, NULL) == RC_OK && buf_ok(&list) &&
	    memmem(list.p, list.n, text, strlen(text)) != NULL;
	buf_clear(&list);

	return has;
}

static enum rc
nssdb_start(pid_t *pid, char *const *argv, struct err *e)
{
	posix_spawn_file_actions_t actions;
	int bad = posix_spawn_file_actions_init(&actions);

	if (bad != 0)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	/* What it says is for who knows NSS; the exit status tells us. */
	for (int fd = 0; bad == 0 && fd < 3; fd++)
		bad = posix_spawn_file_actions_addopen(
		    &actions, fd, "/dev/null", O_RDWR, 0);
	if (bad == 0)
		bad = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (bad == ENOENT)
		return err_set(e, RC_ABSENT, "modutil", "not installed");

	return bad == 0 ? RC_OK
			: err_set(e, RC_IO, "modutil", "%s", strerror(bad));
}

/* modutil on folder; module is NULL to delete ours. */
static enum rc
nssdb_modutil(const char *folder, const char *module, struct err *e)
{
	char database[4200], path[4096], program[] = "modutil";
	char dbdir[] = "-dbdir", force[] = "-force", name[] = NSSDB_NAME;
	char add[] = "-add", delete[] = "-delete", libfile[] = "-libfile";
	char *argv[] = { program, dbdir, database, force,
		module == NULL ? delete : add, name,
		module == NULL ? NULL : libfile, path, NULL };
	int status = 0;
	enum rc rc;
	pid_t pid;

	(void)snprintf(database, sizeof(database), "sql:%s", folder);
	(void)snprintf(path, sizeof(path), "%s", module == NULL ? "" : module);
	if ((rc = nssdb_start(&pid, argv, e)) != RC_OK)
		return rc;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, RC_IO, "modutil", "did not do it");

	return RC_OK;
}

enum rc
nssdb_remove(const char *folder, bool *changed, struct err *e)
{
	enum rc rc = RC_OK;

	*changed = nssdb_lists(folder, "\nname=" NSSDB_NAME "\n");
	if (*changed)
		rc = nssdb_modutil(folder, NULL, e);
	*changed = *changed && rc == RC_OK;

	return rc;
}

enum rc
nssdb_add(const char *folder, const char *module, bool *changed, struct err *e)
{
	char stanza[4200];
	enum rc rc;

	(void)snprintf(stanza, sizeof(stanza),
	    "library=%s\nname=" NSSDB_NAME "\n", module);
	*changed = false;
	if (nssdb_lists(folder, stanza))
		return RC_OK;
	if ((rc = nssdb_remove(folder, changed, e)) == RC_OK)
		rc = nssdb_modutil(folder, module, e);
	*changed = rc == RC_OK;

	return rc;
}
