/*
 * person.c - joins the domain's identity check to the adapter's.
 *
 * Belongs here: the one's words into the other's.
 * Not here: the steps (domain/joining.c); the provider (adapter).
 */
#include "daemon/person.h"

#include <stdio.h>

static enum rc
person_asked(struct identity_asked *a, const struct domain_person *p,
    const char *transaction, struct err *e)
{
	memset(a, 0, sizeof(*a));
	(void)snprintf(a->name, sizeof(a->name), "%s", p->name);
	(void)snprintf(a->phone, sizeof(a->phone), "%s", p->phone);
	(void)snprintf(a->seven, sizeof(a->seven), "%s", p->birth);
	(void)snprintf(a->audience, sizeof(a->audience), "%s", p->audience);
	(void)snprintf(a->tx, sizeof(a->tx), "%s", transaction);
	a->carrier = identity_carrier_find(span_str(p->carrier));

	return a->carrier == IDENTITY_CARRIER_UNKNOWN
	    ? err_set(e, RC_FORMAT, "carrier", "no such carrier")
	    : RC_OK;
}

enum rc
person_send(struct identity_provider *provider, const struct domain_person *p,
    const char *address, char transaction[static DOMAIN_TRANSACTION],
    struct err *e)
{
	struct identity_asked a;
	enum rc rc = person_asked(&a, p, "", e);

	if (rc == RC_OK &&
	    (rc = identity_start(provider, &a, address, e)) == RC_OK)
		(void)snprintf(transaction, DOMAIN_TRANSACTION, "%s", a.tx);
	explicit_bzero(&a, sizeof(a));

	return rc;
}

enum rc
person_check(struct identity_provider *provider, const struct domain_person *p,
    const char *transaction, struct span code, struct err *e)
{
	struct identity_found found;
	struct identity_asked a;
	enum rc rc = person_asked(&a, p, transaction, e);

	if (rc == RC_OK &&
	    (rc = identity_confirm(provider, &a, code, e)) == RC_OK) {
		rc = identity_look_up(provider, &a, &found, e);
		explicit_bzero(&found, sizeof(found));
	}
	explicit_bzero(&a, sizeof(a));

	return rc;
}
