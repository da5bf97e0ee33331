/*
 * cert_list.c - ingam cert list: every certificate that there is.
 *
 * Belongs here: when the list is printed, and as what.
 * Not here: the list itself (pick_print.c); one certificate (cert_show.c).
 */
#include "cli/cert_list.h"

enum cert_end
cert_list(struct cert *c)
{
	enum cert_end end = cert_load(c);

	bool found = end == CERT_DONE || end == CERT_UNREAD;

	if (found && !c->json)
		pick_print(&c->pick, stdout);
	if (c->json && (found || end == CERT_NONE || end == CERT_NONE_THERE)) {
		(void)json_object_set_new(
		    c->answer, "certificates", pick_json(&c->pick));
		(void)json_object_set_new(
		    c->answer, "cut", json_boolean(c->pick.folder.cut));
		(void)json_object_set_new(c->answer, "unread", json_array());
	}

	/* What was found is told; that there may be more, too. */
	return found && c->pick.folder.unread_n > 0 ? CERT_UNREAD : end;
}
