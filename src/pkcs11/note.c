/*
 * note.c - the one line that a person can find where only a code is returned.
 *
 * Belongs here: the form of the line; when the host's standard error may be
 * written to.
 * Not here: what is wrong (helper.c, state.c); whether the person wants it
 * (token.conf, wire/tokenconf.c).
 */
#include "pkcs11/note.h"

#include "base/language.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Under systemd standard error is the journal's socket, and it says which. */
static bool
note_is_journal(const struct stat *st)
{
	const char *stream = secure_getenv("JOURNAL_STREAM");
	char want[64];

	(void)snprintf(want, sizeof(want), "%llu:%llu",
	    (unsigned long long)st->st_dev, (unsigned long long)st->st_ino);

	return stream != NULL && strcmp(stream, want) == 0;
}

/*
 * A host may have closed it and opened something of its own in its place: a
 * client's connection, a database. Nor may it be waited for.
 */
static bool
note_may(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	int flags = fcntl(STDERR_FILENO, F_GETFL);
	struct stat st;

	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY ||
	    fstat(STDERR_FILENO, &st) != 0)
		return false;
	if (S_ISREG(st.st_mode))
		return (flags & O_ACCMODE) == O_WRONLY;
	if (!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode) &&
	    !(S_ISSOCK(st.st_mode) && note_is_journal(&st)))
		return false;

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

/* A reader that has gone must not cost the host its life. */
static void
note_write(const char *line, size_t n)
{
	const struct timespec now = { 0, 0 };
	sigset_t pipe_only, before, waiting;

	(void)sigemptyset(&pipe_only);
	(void)sigaddset(&pipe_only, SIGPIPE);
	if (sigpending(&waiting) != 0 ||
	    pthread_sigmask(SIG_BLOCK, &pipe_only, &before) != 0)
		return;
	/* Ours is taken back; one that waited before stays. */
	if (write(STDERR_FILENO, line, n) < 0 &&
	    sigismember(&waiting, SIGPIPE) == 0)
		(void)sigtimedwait(&pipe_only, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
note_say(const struct note *note, const char *what, const char *why)
{
	bool korean = language_korean();
	char line[512];
	size_t n;
	int k;

	if (!note_may())
		return;
	k = snprintf(line, sizeof(line) - 1, "ingam-pkcs11: %s (%s%s%s). %s",
	    korean ? note->ko : note->en, what == NULL ? "" : what,
	    what == NULL ? "" : ": ", why,
	    korean ? note->next_ko : note->next_en);
	if (k < 0)
		return;
	n = (size_t)k < sizeof(line) - 1 ? (size_t)k : sizeof(line) - 2;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[n++] = '\n';
	note_write(line, n);
}
