/*
 * columns.h - see columns.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum columns_colour {
	COLUMNS_PLAIN,
	COLUMNS_STRONG,
	COLUMNS_SOON,
	COLUMNS_BAD
};

/* A column that gives way on a narrow terminal, and how far; 0: the last. */
struct columns_give {
	size_t column, least;
};

/* Does a person look at out? Then columns and colours, else stable text. */
bool columns_seen(FILE *out);

/*
 * The cells that a UTF-8 text takes on a terminal: two for Hangul, hanja and
 * other wide characters (Unicode's East Asian Width W and F), none for
 * combining ones. By a table, so that it is the same in every locale.
 */
size_t columns_width(const char *text);

/* Copies a text, cut as a cell is where it is wider than that. */
void columns_cut(char *out, size_t size, const char *text, size_t width);

/*
 * rows of n texts each, one after the other: columns with two blanks between,
 * each row in its colour where out is a terminal that has colours and
 * NO_COLOR (no-color.org) is not set. Texts must be fit for display.
 *
 * Where a terminal is narrower than that, the columns of gives (NULL: none) are
 * cut until it fits: one after the other, each to its least, and where that is
 * not enough to 8 cells each; ".." is at the end of what was cut. Where that is
 * not enough either, all but the last of them are left out, in that order.
 *
 * notes, where not NULL: under each row, a few cells in, its note; NULL: none.
 */
void columns_print(FILE *out, const char *const *texts,
    const enum columns_colour *colours, size_t rows, size_t n,
    const struct columns_give *gives, char *const *notes);
