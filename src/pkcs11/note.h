/*
 * note.h - see note.c.
 */
#pragma once

/*
 * One line on the host's standard error, in the person's language:
 * "ingam-pkcs11: SENTENCE (WHAT: WHY). NEXT". what may be NULL. Nothing is
 * written where that could harm the host, or make it wait. Any thread, with
 * the lock or without.
 */
struct note {
	const char *ko, *en;
	const char *next_ko, *next_en;
};

void note_say(const struct note *note, const char *what, const char *why);
