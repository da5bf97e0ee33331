/*
 * marker_fuzz.c - the marker in a folder of an attacker; what is read is
 * written again.
 *
 * Belongs here: the marker's text.
 * Not here: obeying it (tests/unit/npki/medium_test.c).
 */
#include "npki/marker.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf again = buf_init(MARKER_MAX);
	struct span in = { p, n };
	struct err e = { 0 };
	struct marker m;

	if (marker_parse(in, &m, &e) != RC_OK) {
		if (m.n != 0 || e.msg[0] == '\0')
			abort();
		return 0;
	}
	for (size_t i = 0; i < m.n; i++)
		if (folder_file_of(m.steps[i].name) == FOLDER_FILES)
			abort();
	/* There is one way to write it. */
	marker_write(&m, &again);
	if (n <= MARKER_MAX &&
	    (!buf_ok(&again) || !span_equal(buf_span(&again), in)))
		abort();
	buf_clear(&again);

	return 0;
}
