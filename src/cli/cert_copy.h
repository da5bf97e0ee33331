/*
 * cert_copy.h - see cert_copy.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert copy: a certificate with all its files onto another medium. */
enum cert_end cert_copy(struct cert *c);

/*
 * Can anything come to be below c->to, as far as shows before it is known what?
 * As cert_is_folder(); CERT_READ_ONLY.
 */
enum cert_end cert_copy_check(struct cert *c);

/*
 * A certificate comes to where it belongs under c->to in three steps; c->info
 * and c->medium are its. Each may end as cert_is_folder() does, and as
 * CERT_UNREADABLE: no name to call the certificate's folder by.
 *
 * Looks at its place first, and adds to c->medium what it has not and what would
 * be lost there: the encryption pair of the same owner where password opens it,
 * the certificates of the same CA. CERT_KM_LOST: an encryption pair that cannot
 * stay. Where the very same files are there nothing is added.
 */
enum cert_end cert_copy_keep(struct cert *c, struct span password);

/* Has cert_copy_keep() seen the very same files there, byte for byte? */
bool cert_copy_same(const struct cert *c);

/* Ends as CERT_ALREADY then, with the answer of cert_copy_put(). */
enum cert_end cert_copy_already(struct cert *c);

/*
 * Asks before another is replaced, after showing both and what speaks against
 * it: CERT_EXISTS, CERT_DECLINED; CERT_READ_ONLY. opened: its keys were, and are
 * whole; lacks_r: vid_lacks_r() then.
 */
enum cert_end cert_copy_ask(struct cert *c, bool opened, bool lacks_r);

/*
 * Puts what c->medium holds into its place, and says whose and where:
 * CERT_NOT_WRITTEN and its neighbours; CERT_BUSY where something else is there
 * by now than cert_copy_keep() saw. done is what it says then, before both.
 */
enum cert_end cert_copy_put(struct cert *c, struct person_text done);
