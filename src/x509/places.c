/*
 * places.c - where a certificate says that its status can be learnt.
 *
 * Belongs here: the URIs in its extensions, which of them we use.
 * Not here: going there (client/net.c); what comes back (crl.c, ocsp.c).
 */
#include "x509/places.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <strings.h>

#define PLACES_ATTRIBUTE "?certificateRevocationList;binary"

static bool
places_is_usable(struct span uri)
{
	static const char *const schemes[] = { "http://", "https://",
		"ldap://" };
	bool known = false;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);

		known = known ||
		    (uri.n > n &&
			strncasecmp((const char *)uri.p, schemes[i], n) == 0);
	}
	for (size_t i = 0; i < uri.n; i++) {
		if (uri.p[i] <= ' ' || uri.p[i] >= 0x7f)
			return false;
	}

	return known && uri.n + sizeof(PLACES_ATTRIBUTE) <= PLACES_URL;
}

static void
places_add(const GENERAL_NAME *name, struct places *out)
{
	struct span uri;
	bool bare;

	if (name->type != GEN_URI || out->n == PLACES_MAX)
		return;
	uri.p = ASN1_STRING_get0_data(name->d.ia5);
	uri.n = (size_t)ASN1_STRING_length(name->d.ia5);
	if (!places_is_usable(uri))
		return;
	bare = strncasecmp((const char *)uri.p, "ldap", 4) == 0 &&
	    memchr(uri.p, '?', uri.n) == NULL;
	(void)snprintf(out->url[out->n], PLACES_URL, "%.*s%s", (int)uri.n,
	    (const char *)uri.p, bare ? PLACES_ATTRIBUTE : "");
	out->n++;
}

void
places_crl(const struct certificate *c, struct places *out)
{
	CRL_DIST_POINTS *list = X509_get_ext_d2i(
	    certificate_x509(c), NID_crl_distribution_points, NULL, NULL);

	*out = (struct places){ .n = 0 };
	for (int i = 0; i < sk_DIST_POINT_num(list); i++) {
		const DIST_POINT_NAME *where =
		    sk_DIST_POINT_value(list, i)->distpoint;
		const GENERAL_NAMES *names = where == NULL || where->type != 0
		    ? NULL
		    : where->name.fullname;

		for (int k = 0; k < sk_GENERAL_NAME_num(names); k++)
			places_add(sk_GENERAL_NAME_value(names, k), out);
	}
	CRL_DIST_POINTS_free(list);
	ERR_clear_error();
}

void
places_ocsp(const struct certificate *c, struct places *out)
{
	AUTHORITY_INFO_ACCESS *list =
	    X509_get_ext_d2i(certificate_x509(c), NID_info_access, NULL, NULL);

	*out = (struct places){ .n = 0 };
	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(list); i++) {
		const ACCESS_DESCRIPTION *one =
		    sk_ACCESS_DESCRIPTION_value(list, i);

		if (OBJ_obj2nid(one->method) == NID_ad_OCSP)
			places_add(one->location, out);
	}
	AUTHORITY_INFO_ACCESS_free(list);
	ERR_clear_error();
}
