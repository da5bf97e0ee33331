/*
 * paper.c - what messages are written on: files and pipes, DER, PEM, base64
 * and hex.
 *
 * Belongs here: reading and writing them whole, telling the forms apart.
 * Not here: what is in a message (x509); files that are replaced safely
 * (base/file.c).
 */
#include "cli/paper.h"

#include "base/enc.h"
#include "base/file.h"
#include "client/reason.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAPER_LINE 64 /* characters of a line of PEM (RFC 7468 section 2) */

static const char *const forms[] = {
	[PAPER_DER] = "der",
	[PAPER_PEM] = "pem",
	[PAPER_BASE64] = "base64",
	[PAPER_HEX] = "hex",
};

const char *
paper_form_name(size_t i)
{
	return i < sizeof(forms) / sizeof(forms[0]) ? forms[i] : NULL;
}

bool
paper_find(const char *name, enum paper_form *out)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(name, forms[i]) != 0)
			continue;
		*out = (enum paper_form)i;
		return true;
	}

	return false;
}

static bool
paper_is_pipe(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

bool
paper_shares(const char *content, const char *secret_file)
{
	/* No file of a secret: it is asked for on the terminal. */
	return paper_is_pipe(content) && secret_file != NULL &&
	    paper_is_pipe(secret_file);
}

enum rc
paper_read(const char *path, struct buf *out, struct err *e)
{
	uint8_t part[65536];
	ssize_t n;

	if (!paper_is_pipe(path))
		return reason_named(path, file_read(path, out, e), e);
	do {
		n = read(STDIN_FILENO, part, sizeof(part));
		if (n > 0)
			buf_bytes(out, (struct span){ part, (size_t)n });
	} while ((n > 0 && buf_ok(out)) || (n < 0 && errno == EINTR));
	if (n < 0)
		return err_set(e, RC_IO, NULL, "%s", strerror(errno));
	if (!buf_ok(out))
		return err_larger(e, NULL, out->max);

	return RC_OK;
}

/* What is no file of its own is written to and stays what it is. */
static enum rc
paper_write_to(const char *path, struct span bytes, struct err *e)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	enum rc rc;

	if (fd < 0)
		return err_set(e, RC_IO, "--out", "%s", strerror(errno));
	rc = file_write_all(fd, bytes, e);
	(void)close(fd);

	return rc;
}

/* The folder that a file is in. */
static enum rc
paper_check_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	enum rc rc;

	if (slash == NULL)
		return file_check_folder(".", e);
	folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (folder == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	rc = file_check_folder(folder, e);
	free(folder);

	return rc;
}

enum rc
paper_check(const char *path, unsigned int how, struct err *e)
{
	struct stat st;
	bool there, file;
	enum rc rc = RC_OK;

	if (paper_is_pipe(path))
		return RC_OK;
	there = stat(path, &st) == 0;
	file = there && S_ISREG(st.st_mode);
	if (!there || file)
		rc = paper_check_folder(path, e);
	else if (S_ISDIR(st.st_mode))
		rc = err_set(e, RC_FORMAT, NULL, "this is a folder");
	else if (access(path, W_OK) != 0)
		rc = err_set(
		    e, file_refusal(errno), NULL, "%s", strerror(errno));
	if (rc == RC_OK && file && (how & PAPER_REPLACES) == 0)
		rc =
		    err_set(e, RC_EXISTS, NULL, "a file of this name is there");

	return reason_named(path, rc, e);
}

/* The signals that end a program wait until the file is whole. */
static enum rc
paper_replace(
    const char *path, struct span bytes, unsigned int mode, struct err *e)
{
	sigset_t ending, was;
	enum rc rc;

	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGINT);
	(void)sigaddset(&ending, SIGQUIT);
	(void)sigaddset(&ending, SIGTERM);
	(void)sigaddset(&ending, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &ending, &was);
	rc = file_replace(path, bytes, mode, e);
	(void)sigprocmask(SIG_SETMASK, &was, NULL);

	return rc;
}

enum rc
paper_write(
    const char *path, struct span bytes, unsigned int how, struct err *e)
{
	struct stat st;
	enum rc rc = paper_check(path, how, e);

	if (rc != RC_OK)
		return rc;
	if (paper_is_pipe(path)) {
		(void)fflush(stdout);
		return file_write_all(STDOUT_FILENO, bytes, e);
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return paper_write_to(path, bytes, e);

	return reason_named(path,
	    paper_replace(
		path, bytes, (how & PAPER_SECRET) != 0 ? 0600 : 0644, e),
	    e);
}

/* The lines between the two of PEM; false where it does not begin as PEM. */
static bool
paper_pem(struct span in, struct span *body)
{
	static const struct span begin = SPAN_LIT("-----BEGIN "),
				 end = SPAN_LIT("-----END ");
	const uint8_t *line, *last;

	if (in.n < begin.n || memcmp(in.p, begin.p, begin.n) != 0)
		return false;
	line = memchr(in.p, '\n', in.n);
	*body = (struct span){ NULL, 0 };
	if (line == NULL)
		return true;
	line++;
	last = memmem(line, in.n - (size_t)(line - in.p), end.p, end.n);
	if (last != NULL)
		*body = (struct span){ line, (size_t)(last - line) };

	return true;
}

static bool
paper_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without blanks and ends of lines. */
static void
paper_squeeze(struct span in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++)
		if (!paper_is_blank(in.p[i]))
			buf_u8(out, in.p[i]);
}

static bool
paper_is_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (isxdigit(s.p[i]) == 0)
			return false;

	return s.n > 0;
}

/* What is too large is so by what may be in it, in whatever form that stands. */
static enum rc
paper_limit(enum rc rc, const struct buf *out, struct err *e)
{
	if (rc != RC_LIMIT)
		return rc;
	err_clear(e);

	return err_larger(e, NULL, out->max);
}

enum rc
paper_decode(struct span in, struct buf *out, struct err *e)
{
	struct buf text = buf_init(in.n + 1);
	struct span body = in;
	bool pem = paper_pem(in, &body);
	enum rc rc;

	/* A SEQUENCE begins with '0', and no text goes on with a length. */
	if (!pem && in.n > 1 && in.p[0] == 0x30 &&
	    (in.p[1] >= 0x80 || in.p[1] < ' ')) {
		buf_bytes(out, in);
		return buf_ok(out) ? RC_OK : err_larger(e, NULL, out->max);
	}
	paper_squeeze(body, &text);
	if (!buf_ok(&text))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else if (!pem && paper_is_hex(buf_span(&text)))
		rc = enc_hex_parse(out, buf_span(&text), e);
	else if (text.n > 0)
		rc = enc_base64_parse(out, buf_span(&text), e);
	else
		rc = err_set(e, RC_FORMAT, NULL, "nothing in it");
	buf_clear(&text);

	return paper_limit(rc, out, e);
}

enum rc
paper_load(const char *path, struct buf *out, struct err *e)
{
	struct buf file = buf_init(2 * out->max + 4096);
	enum rc rc = paper_read(path, &file, e);

	if (rc == RC_OK)
		rc = reason_named(
		    path, paper_decode(buf_span(&file), out, e), e);
	else if (rc == RC_LIMIT)
		rc = reason_named(path, paper_limit(rc, out, e), e);
	buf_clear(&file);

	return rc;
}

void
paper_encode(
    struct buf *out, enum paper_form form, const char *label, struct span der)
{
	struct buf text = buf_init(2 * der.n + 8);

	if (form == PAPER_DER) {
		buf_bytes(out, der);
		return;
	}
	if (form == PAPER_HEX)
		enc_hex(&text, der);
	else
		enc_base64(&text, der);
	if (form == PAPER_PEM) {
		buf_printf(out, "-----BEGIN %s-----\n", label);
		for (size_t i = 0; i < text.n; i += PAPER_LINE) {
			size_t n = text.n - i;

			buf_bytes(out,
			    (struct span){
				text.p + i, n < PAPER_LINE ? n : PAPER_LINE });
			buf_u8(out, '\n');
		}
		buf_printf(out, "-----END %s-----\n", label);
	} else {
		buf_bytes(out, buf_span(&text));
		buf_u8(out, '\n');
	}
	if (!buf_ok(&text))
		out->failed = true;
	buf_clear(&text);
}
