/*
 * cert_copy.h - see cert_copy.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert copy: a certificate with all its files onto another medium. */
enum cert_end cert_copy(struct cert *c);

/* ingam cert delete: away from one medium. */
enum cert_end cert_copy_delete(struct cert *c);

/*
 * Puts what c->medium holds where it belongs under c->to, and says where; asks
 * before it replaces another: CERT_EXISTS, CERT_NOT_WRITTEN and its neighbours.
 * done is what it says then, before the folder.
 */
enum cert_end cert_copy_place(struct cert *c, struct person_text done);
