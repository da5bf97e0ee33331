/*
 * message.c - a message that was made, and where it goes.
 *
 * Belongs here: a file, a pipe, or the answer of --json; that no file is
 * replaced without a yes.
 * Not here: its forms (paper.c); what is in it (sign.c, cert_vid.c).
 */
#include "cli/message.h"

#include "base/text.h"

#include <string.h>
#include <unistd.h>

static const struct person_text text_replace = {
	"같은 이름의 파일이 있어요. 바꿀까요? (예/아니요)",
	"A file of this name is there. Replace it? (yes/no)"
};

bool
message_is_shown(const char *out)
{
	return (out == NULL || strcmp(out, "-") == 0) &&
	    isatty(STDOUT_FILENO) == 1;
}

static enum cert_end
message_ended(struct cert *c, enum rc rc)
{
	enum cert_end end = cert_written(c, NULL, rc);

	/* Whoever is asked may let it be replaced: nothing has failed. */
	if (rc == RC_EXISTS) {
		err_clear(&c->err);
		return CERT_OUT_EXISTS;
	}

	return rc == RC_ABSENT || rc == RC_FORMAT || rc == RC_POLICY
	    ? CERT_NO_OUT
	    : end;
}

enum cert_end
message_replace(struct cert *c)
{
	enum cert_end end = cert_confirm(c, text_replace, "--replace");

	c->replace = end == CERT_DONE;

	return end == CERT_UNATTENDED ? CERT_OUT_EXISTS : end;
}

enum cert_end
message_check(struct cert *c, const char *out)
{
	enum cert_end end = message_ended(
	    c, paper_check(out, c->replace ? PAPER_REPLACES : 0, &c->err));

	return end == CERT_OUT_EXISTS ? message_replace(c) : end;
}

enum cert_end
message_write(struct cert *c, const char *out, struct span bytes, bool secret)
{
	unsigned int how =
	    (secret ? PAPER_SECRET : 0) | (c->replace ? PAPER_REPLACES : 0);

	return message_ended(c, paper_write(out, bytes, how, &c->err));
}

enum cert_end
message_give(struct cert *c, const char *out, enum paper_form form,
    const char *label, struct span der)
{
	bool inside = c->json && out == NULL;
	struct buf room = buf_init(2 * der.n + 256);
	enum cert_end end = CERT_DONE;

	paper_encode(&room, inside ? PAPER_BASE64 : form, label, der);
	(void)json_object_set_new(
	    c->answer, "bytes", json_integer((json_int_t)der.n));
	if (!buf_ok(&room))
		end = cert_failed(c, RC_MEMORY);
	else if (inside)
		(void)json_object_set_new(c->answer, "message",
		    json_stringn((const char *)room.p, room.n - 1));
	else
		end = message_write(c, out, buf_span(&room), false);
	buf_clear(&room);

	return end;
}

void
message_say(const struct cert *c, const char *out, struct person_text text)
{
	char shown[FOLDER_PATH];

	if (c->json || out == NULL || strcmp(out, "-") == 0 ||
	    isatty(STDERR_FILENO) != 1)
		return;
	text_sanitise(shown, sizeof(shown), span_str(out));
	(void)fprintf(stderr, "%s: %s\n", person_sentence(text), shown);
}
