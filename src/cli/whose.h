/*
 * whose.h - see whose.c.
 */
#pragma once

#include "cli/cert.h"

/* Bytes of such a text. */
#define WHOSE_TEXT 512

/*
 * text and whose certificate it is about: "text (name)", and until when it is
 * where another one that was found has that name. For a prompt and for an
 * answer; a long name is cut, so that a prompt stays in one line. Borrows room.
 */
struct person_text whose_text(const struct cert *c, const struct certinfo *info,
    struct person_text text, char room[static WHOSE_TEXT]);

/*
 * The same, always with the day: for one that goes elsewhere, where others may
 * be that were not looked at.
 */
struct person_text whose_until(const struct certinfo *info,
    struct person_text text, char room[static WHOSE_TEXT]);
