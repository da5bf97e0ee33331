/*
 * places.h - see places.c.
 */
#pragma once

#include "base/buf.h"
#include "x509/certificate.h"

#define PLACES_MAX 4    /* of one kind that are looked at */
#define PLACES_URL 1024 /* bytes of one, with its zero */

struct places {
	char url[PLACES_MAX][PLACES_URL];
	size_t n;
};

/*
 * Where a certificate says that its list is (cRLDistributionPoints, RFC 5280
 * 4.2.1.13) or that its status can be asked (authorityInfoAccess with
 * id-ad-ocsp, 4.2.2.1): URIs in its order, http, https and ldap alone, without
 * blanks and control characters. Nobody has verified them. An ldap URI without
 * an attribute, as SignKorea's, gets certificateRevocationList;binary.
 */
void places_crl(const struct certificate *c, struct places *out);
void places_ocsp(const struct certificate *c, struct places *out);
