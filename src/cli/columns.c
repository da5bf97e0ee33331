/*
 * columns.c - a table on a terminal, in which Hangul is two cells wide.
 *
 * Belongs here: widths, padding, colours, and whether there is a person.
 * Not here: what stands in the cells (pick_print.c, cert_list.c).
 */
#include "cli/columns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MAX     16
#define COLUMNS_USUAL   80
#define COLUMNS_LEAST   8
#define COLUMNS_BETWEEN 2
#define COLUMNS_NOTE    6    /* blanks before a note */
#define COLUMNS_CUT     ".." /* whose width all terminals agree on */

/* The blocks of wide characters, and those that take no cell, in order. */
static const struct {
	uint32_t first, last;
	size_t cells;
} blocks[] = {
	{ 0x0300, 0x036f, 0 },   /* combining marks */
	{ 0x1100, 0x115f, 2 },   /* Hangul jamo, leading */
	{ 0x1160, 0x11ff, 0 },   /* Hangul jamo that join them */
	{ 0x200b, 0x200f, 0 },   /* marks without width */
	{ 0x2e80, 0x303e, 2 },   /* radicals, CJK punctuation */
	{ 0x3041, 0x33ff, 2 },   /* kana, compatibility jamo, enclosed */
	{ 0x3400, 0x4dbf, 2 },   /* hanja */
	{ 0x4e00, 0x9fff, 2 },   /* hanja */
	{ 0xa000, 0xa4cf, 2 },   /* Yi */
	{ 0xa960, 0xa97c, 2 },   /* Hangul jamo, extended */
	{ 0xac00, 0xd7a3, 2 },   /* Hangul */
	{ 0xd7b0, 0xd7ff, 0 },   /* Hangul jamo that join, extended */
	{ 0xf900, 0xfaff, 2 },   /* hanja, compatibility */
	{ 0xfe00, 0xfe0f, 0 },   /* variation selectors */
	{ 0xfe30, 0xfe6f, 2 },   /* vertical and small forms */
	{ 0xff00, 0xff60, 2 },   /* full width */
	{ 0xffe0, 0xffe6, 2 },   /* full-width signs */
	{ 0x1f300, 0x1faff, 2 }, /* pictures */
	{ 0x20000, 0x3fffd, 2 }, /* hanja, supplementary */
};

static const char *const colours_on[] = {
	[COLUMNS_PLAIN] = "",
	[COLUMNS_STRONG] = "\033[1m",
	[COLUMNS_SOON] = "\033[33m",
	[COLUMNS_BAD] = "\033[31m",
};

bool
columns_seen(FILE *out)
{
	return isatty(fileno(out)) == 1;
}

static bool
columns_coloured(FILE *out)
{
	const char *none = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return columns_seen(out) && (none == NULL || none[0] == '\0') &&
	    terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static size_t
columns_cells(uint32_t c)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (c >= blocks[i].first && c <= blocks[i].last)
			return blocks[i].cells;

	return 1;
}

/* One character at p, which goes on behind it; what follows it is 10xxxxxx. */
static uint32_t
columns_next(const uint8_t **p)
{
	uint32_t c = *(*p)++;

	/* 110xxxxx, 1110xxxx, 11110xxx. */
	if (c >= 0xc0)
		c &= c >= 0xf0 ? 0x07 : c >= 0xe0 ? 0x0f : 0x1f;
	while ((**p & 0xc0) == 0x80)
		c = c << 6 | (*(*p)++ & 0x3f);

	return c;
}

size_t
columns_width(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t cells = 0;

	while (*p != 0)
		cells += columns_cells(columns_next(&p));

	return cells;
}

/* How wide a terminal is; nothing else has an end. */
static size_t
columns_room(FILE *out)
{
	struct winsize size;

	if (!columns_seen(out))
		return SIZE_MAX;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS_USUAL;

	return size.ws_col;
}

/* Takes as many of over cells from a column as it has above least. */
static size_t
columns_take(size_t *width, size_t least, size_t over)
{
	size_t has = *width > least ? *width - least : 0;
	size_t taken = over < has ? over : has;

	*width -= taken;

	return over - taken;
}

/* Takes cells from the columns that give way, until all fits; 0: it is left out. */
static void
columns_fit(
    size_t *widths, size_t n, const struct columns_give *gives, size_t room)
{
	size_t all = COLUMNS_BETWEEN * (n - 1), over;

	for (size_t i = 0; i < n; i++)
		all += widths[i];
	over = all > room ? all - room : 0;
	for (const struct columns_give *g = gives; g->least > 0; g++)
		over = columns_take(&widths[g->column], g->least, over);
	for (const struct columns_give *g = gives; g->least > 0; g++)
		over = columns_take(&widths[g->column], COLUMNS_LEAST, over);
	/* All but the last of them can be done without. */
	for (const struct columns_give *g = gives;
	     over > 0 && g->least > 0 && g[1].least > 0; g++) {
		size_t gone = widths[g->column] + COLUMNS_BETWEEN;

		widths[g->column] = 0;
		over = over > gone ? over - gone : 0;
	}
}

/* How much of a text is in width cells, with the mark of the cut where it is. */
static size_t
columns_fits(const char *text, size_t width, size_t *cells)
{
	const uint8_t *p = (const uint8_t *)text, *end = p;

	*cells = 0;
	while (*p != 0) {
		size_t more = columns_cells(columns_next(&p));

		if (*cells + more + strlen(COLUMNS_CUT) > width)
			break;
		*cells += more;
		end = p;
	}

	return (size_t)(end - (const uint8_t *)text);
}

/* A text in at most width cells; gives how many it took. */
static size_t
columns_put(FILE *out, const char *text, size_t width)
{
	size_t all = columns_width(text), cells, n;

	if (all <= width) {
		(void)fputs(text, out);
		return all;
	}
	n = columns_fits(text, width, &cells);
	(void)fprintf(out, "%.*s" COLUMNS_CUT, (int)n, text);

	return cells + strlen(COLUMNS_CUT);
}

void
columns_cut(char *out, size_t size, const char *text, size_t width)
{
	bool cut = columns_width(text) > width;
	size_t cells,
	    n = cut ? columns_fits(text, width, &cells) : strlen(text);

	(void)snprintf(
	    out, size, "%.*s%s", (int)n, text, cut ? COLUMNS_CUT : "");
}

void
columns_print(FILE *out, const char *const *texts,
    const enum columns_colour *colours, size_t rows, size_t n,
    const struct columns_give *gives, char *const *notes)
{
	size_t widths[COLUMNS_MAX] = { 0 };
	bool coloured = columns_coloured(out);

	n = n > COLUMNS_MAX ? COLUMNS_MAX : n;
	for (size_t i = 0; i < rows * n; i++) {
		size_t cells = columns_width(texts[i]);

		widths[i % n] = cells > widths[i % n] ? cells : widths[i % n];
	}
	if (gives != NULL)
		columns_fit(widths, n, gives, columns_room(out));
	for (size_t row = 0; row < rows; row++) {
		bool colour = coloured && colours[row] != COLUMNS_PLAIN;
		const char *const *cells = texts + row * n;
		size_t last = n;

		if (colour)
			(void)fputs(colours_on[colours[row]], out);
		/* No blanks at the end of a line. */
		while (last > 0 &&
		    (cells[last - 1][0] == '\0' || widths[last - 1] == 0))
			last--;
		for (size_t i = 0; i < last; i++) {
			size_t took;

			if (widths[i] == 0)
				continue;
			took = columns_put(out, cells[i], widths[i]);
			if (i + 1 < last)
				(void)fprintf(out, "%*s",
				    (int)(widths[i] - took + COLUMNS_BETWEEN),
				    "");
		}
		(void)fprintf(out, "%s\n", colour ? "\033[0m" : "");
		if (notes != NULL && notes[row] != NULL)
			(void)fprintf(
			    out, "%*s%s\n", COLUMNS_NOTE, "", notes[row]);
	}
}
