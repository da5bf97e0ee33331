/*
 * route.c - which handler answers this method and path.
 *
 * Belongs here: matching, path parameters, soundness of a table.
 * Not here: running handlers (serve.c); files (static.c).
 */
#include "http/route.h"

#include "http/pairs.h"

static const char *const names[ROUTE_METHODS] = {
	[ROUTE_GET] = "GET",
	[ROUTE_POST] = "POST",
	[ROUTE_PUT] = "PUT",
	[ROUTE_PATCH] = "PATCH",
	[ROUTE_DELETE] = "DELETE",
	[ROUTE_OPTIONS] = "OPTIONS",
};

const char *
route_method_name(enum route_method method)
{
	return (unsigned int)method < ROUTE_METHODS ? names[method] : "?";
}

bool
route_method_find(const char *name, enum route_method *out)
{
	for (unsigned int i = 0; i < ROUTE_METHODS; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum route_method)i;
			return true;
		}
	}

	return false;
}

/* The segment at *at, which stands on a '/'; moves *at to the next '/'. */
static struct span
route_segment(const char **at, const char *end)
{
	const char *from = *at + 1;
	const char *to = from;

	while (to < end && *to != '/')
		to++;
	*at = to;

	return (struct span){ (const uint8_t *)from, (size_t)(to - from) };
}

static bool
route_is_param(struct span s)
{
	return s.n > 2 && s.p[0] == '{' && s.p[s.n - 1] == '}';
}

static void
route_take(struct route_match *m, struct span name, struct span raw)
{
	if (m->n == ROUTE_PARAMS_MAX)
		return;
	m->names[m->n] = (struct span){ name.p + 1, name.n - 2 };
	m->raw[m->n++] = raw;
}

/* Does the pattern fit the path? Notes the raw parameters. */
static bool
route_fits(const char *pattern, struct span path, struct route_match *m)
{
	const char *at = pattern, *end = pattern + strlen(pattern);
	const char *p = (const char *)path.p, *p_end = p + path.n;

	m->n = 0;
	while (at < end && p < p_end) {
		struct span want, got;

		if (*at != '/' || *p != '/')
			return false;
		want = route_segment(&at, end);
		if (route_is_param(want) && want.p[want.n - 2] == '*') {
			got = (struct span){ (const uint8_t *)p + 1,
				(size_t)(p_end - p) - 1 };
			want.n--;
			route_take(m, want, got);
			m->names[m->n - 1].n = want.n - 2;
			return got.n > 0;
		}
		got = route_segment(&p, p_end);
		if (route_is_param(want)) {
			if (got.n == 0)
				return false;
			route_take(m, want, got);
		} else if (!span_equal(want, got)) {
			return false;
		}
	}

	return at == end && p == p_end;
}

static enum rc
route_decode(struct route_match *m, char *text, struct err *e)
{
	enum rc rc;
	size_t n;

	for (size_t i = 0; i < m->n; i++) {
		rc = pairs_decode(m->raw[i], false, text, &n, e);
		if (rc != RC_OK)
			return rc;
		if (n > ROUTE_PARAM_MAX)
			return err_set(e, RC_LIMIT, NULL,
			    "a part of the path is too long");
		m->values[i] = text;
		text += n + 1;
	}

	return RC_OK;
}

enum rc
route_find(const struct route *routes, size_t n, enum route_method method,
    struct span path, struct route_match *m, char *text, unsigned int *allowed,
    struct err *e)
{
	*allowed = 0;
	m->route = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!route_fits(routes[i].path, path, m))
			continue;
		if (routes[i].method == method) {
			m->route = &routes[i];
			*allowed = 0;
			return route_decode(m, text, e);
		}
		*allowed |= 1U << routes[i].method;
	}
	m->n = 0;

	return err_set(e, *allowed == 0 ? RC_ABSENT : RC_POLICY, NULL,
	    *allowed == 0 ? "no such address" : "not with this method");
}

const char *
route_param(const struct route_match *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++) {
		if (span_equal(m->names[i], span_str(name)))
			return m->values[i];
	}

	return NULL;
}

static bool
route_is_path(const char *path)
{
	size_t params = 0;

	for (const char *c = path; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || *c == '?' || *c == '%')
			return false;
		params += *c == '{' ? 1 : 0;
	}

	return path[0] == '/' && params <= ROUTE_PARAMS_MAX;
}

enum rc
route_check(const struct route *routes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct route *r = &routes[i];

		if (r->path == NULL || r->handler == NULL ||
		    (unsigned int)r->method >= ROUTE_METHODS ||
		    !route_is_path(r->path))
			return err_set(e, RC_BUG, NULL,
			    "row %zu of the routes is wrong", i);
		for (size_t j = 0; j < i; j++) {
			if (routes[j].method == r->method &&
			    strcmp(routes[j].path, r->path) == 0)
				return err_set(e, RC_BUG, NULL,
				    "%s is there twice", r->path);
		}
	}

	return RC_OK;
}
