/*
 * query_fuzz.c - a target as a client sends it: path, parameters, query.
 *
 * Belongs here: routes with every kind of hole, and the parameters after '?'.
 * Not here: header fields (cookie_fuzz.c).
 */
#include "http/pairs.h"
#include "http/route.h"

#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum rc
nothing(struct request *q, struct response *r, struct err *e)
{
	(void)q;
	(void)r;
	(void)e;

	return RC_OK;
}

static const struct route routes[] = {
	{ ROUTE_GET, "/a", 0, 0, 0, nothing },
	{ ROUTE_GET, "/a/{id}", 0, 0, 0, nothing },
	{ ROUTE_GET, "/a/{id}/b/{x}/{y}/{z}", 0, 0, 0, nothing },
	{ ROUTE_POST, "/f/{id*}", 0, 0, 0, nothing },
	{ ROUTE_GET, "/{id}/{rest*}", 0, 0, 0, nothing },
};

static void
check(const char *s, size_t max)
{
	if (strlen(s) > max || !text_is_utf8(span_str(s)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	/* On the heap, exactly as large as promised, for the sanitizer. */
	char *text = malloc(n + ROUTE_PARAMS_MAX);
	struct span path = { p, n };
	struct route_match m;
	unsigned int allowed;
	struct pairs *pairs;

	if (text == NULL)
		return 0;
	for (unsigned int method = 0; method <= ROUTE_METHODS; method++) {
		if (route_find(routes, 5, (enum route_method)method, path, &m,
			text, &allowed, NULL) != RC_OK)
			continue;
		for (size_t i = 0; i < m.n; i++)
			check(m.values[i], ROUTE_PARAM_MAX);
	}
	if (pairs_parse(path, &pairs, NULL) == RC_OK) {
		for (size_t i = 0; pairs != NULL && i < pairs->n; i++) {
			check(pairs->row[i].name, n);
			check(pairs->row[i].value, n);
			if (pairs_find(pairs, pairs->row[i].name) !=
			    pairs->row[i].value)
				abort();
		}
	} else if (pairs != NULL) {
		abort();
	}
	free(pairs);
	free(text);

	return 0;
}
