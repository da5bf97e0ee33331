/* parse_test.c - queries, cookies and paths as outsiders write them. */
#include "http/pairs.h"
#include "http/route.h"

#include "tap.h"

/* clang-format off */
static const struct {
	const char *rule;
	const char *in;
	enum rc rc;
	const char *a;
} queries[] = {
	{ "a value", "a=1", RC_OK, "1" },
	{ "among others", "b=2&a=1&c=3", RC_OK, "1" },
	{ "no value", "a", RC_OK, "" },
	{ "an empty value", "a=", RC_OK, "" },
	{ "an equals sign in the value", "a=b=c", RC_OK, "b=c" },
	{ "plus is a space, %2B a plus", "a=1+%2B", RC_OK, "1 +" },
	{ "the name is encoded", "%61=1", RC_OK, "1" },
	{ "Korean", "a=%EA%B0%80", RC_OK, "가" },
	{ "twice", "a=1&a=2", RC_FORMAT, NULL },
	{ "twice, spelled otherwise", "a=1&%61=2", RC_FORMAT, NULL },
	{ "no name", "=1", RC_FORMAT, NULL },
	{ "an empty pair", "a=1&&b=2", RC_FORMAT, NULL },
	{ "an empty pair at the end", "a=1&", RC_FORMAT, NULL },
	{ "percent at the end", "a=%", RC_FORMAT, NULL },
	{ "one digit", "a=%4", RC_FORMAT, NULL },
	{ "no digits", "a=%g0", RC_FORMAT, NULL },
	{ "NUL", "a=%00", RC_FORMAT, NULL },
	{ "overlong", "a=%c0%af", RC_FORMAT, NULL },
	{ "raw bytes", "a=\xea\xb0\x80", RC_FORMAT, NULL },
	{ "a raw space", "a=1 2", RC_FORMAT, NULL },
	{ "33 pairs", "a=1&b1&b2&b3&b4&b5&b6&b7&b8&b9&c1&c2&c3&c4&c5&c6&c7&c8&c9&d1&d2&d3&d4&d5&d6&d7&d8&d9&e1&e2&e3&e4&e5", RC_LIMIT, NULL },
};

static const struct {
	const char *rule;
	const char *in;
	const char *value; /* of "s", NULL: none */
} cookies[] = {
	{ "alone", "s=1", "1" },
	{ "among others", "a=2; s=1; b=3", "1" },
	{ "an empty value", "s=", "" },
	{ "another name that ends so", "__s=1", NULL },
	{ "another name that begins so", "sx=1", NULL },
	{ "another case", "S=1", NULL },
	{ "absent", "", NULL },
	{ "twice", "s=1; s=2", NULL },
	{ "a quoted value", "s=\"1\"", NULL },
	{ "a space in the value", "s=1 2", NULL },
	{ "a comma in the value", "s=1,s=2", NULL },
	{ "garbage around", ";;; =; s=1;;", "1" },
};

static const struct {
	const char *rule;
	enum route_method method;
	const char *path;
	enum rc rc;
	const char *found; /* the row's path */
	const char *id;
} paths[] = {
	{ "exact", ROUTE_GET, "/a", RC_OK, "/a", NULL },
	{ "a parameter", ROUTE_GET, "/a/x", RC_OK, "/a/{id}", "x" },
	{ "decoded", ROUTE_GET, "/a/%41%2f", RC_OK, "/a/{id}", "A/" },
	{ "the first row wins", ROUTE_GET, "/a/me", RC_OK, "/a/me", NULL },
	{ "in the middle", ROUTE_GET, "/a/x/b", RC_OK, "/a/{id}/b", "x" },
	{ "the rest", ROUTE_GET, "/f/x/y/z", RC_OK, "/f/{id*}", "x/y/z" },
	{ "the rest is not nothing", ROUTE_GET, "/f/", RC_ABSENT, NULL, NULL },
	{ "an empty parameter", ROUTE_GET, "/a/", RC_ABSENT, NULL, NULL },
	{ "a slash at the end", ROUTE_GET, "/a/x/b/", RC_ABSENT, NULL, NULL },
	{ "two slashes", ROUTE_GET, "//a", RC_ABSENT, NULL, NULL },
	{ "an encoded letter is another path", ROUTE_GET, "/%61", RC_ABSENT, NULL, NULL },
	{ "another method", ROUTE_POST, "/a", RC_POLICY, NULL, NULL },
	{ "another method of two rows", ROUTE_PUT, "/a/x", RC_POLICY, NULL, NULL },
	{ "by method", ROUTE_DELETE, "/a/x", RC_OK, "/a/{id}", "x" },
	{ "bad encoding", ROUTE_GET, "/a/%4", RC_FORMAT, NULL, NULL },
	{ "too long", ROUTE_GET, "/a/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	    RC_LIMIT, NULL, NULL },
};
/* clang-format on */

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
	{ ROUTE_GET, "/a/me", 0, 0, 0, nothing },
	{ ROUTE_GET, "/a/{id}", 0, 0, 0, nothing },
	{ ROUTE_DELETE, "/a/{id}", 0, 0, 0, nothing },
	{ ROUTE_GET, "/a/{id}/b", 0, 0, 0, nothing },
	{ ROUTE_GET, "/f/{id*}", 0, 0, 0, nothing },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

static void
test_tables(void)
{
	static const struct route twice[] = {
		{ ROUTE_GET, "/a", 0, 0, 0, nothing },
		{ ROUTE_GET, "/a", 0, 0, 0, nothing },
	};
	static const struct route empty[] = {
		{ ROUTE_GET, "/a", 0, 0, 0, NULL },
	};
	static const struct route bare[] = {
		{ ROUTE_GET, "a", 0, 0, 0, nothing },
	};

	ok(route_check(routes, ROUTES, NULL) == RC_OK, "a sound table");
	ok(route_check(twice, 2, NULL) == RC_BUG, "a row twice");
	ok(route_check(empty, 1, NULL) == RC_BUG, "no handler");
	ok(route_check(bare, 1, NULL) == RC_BUG, "no slash");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct pairs *p;
		enum rc rc = pairs_parse(span_str(queries[i].in), &p, NULL);
		const char *a = pairs_find(p, "a");

		ok(rc == queries[i].rc &&
			(rc != RC_OK || strcmp(a, queries[i].a) == 0) &&
			(rc == RC_OK || p == NULL),
		    "query: %s", queries[i].rule);
		free(p);
	}
	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
		struct span value;
		bool found = pairs_cookie(span_str(cookies[i].in), "s", &value);

		ok(found == (cookies[i].value != NULL) &&
			(!found ||
			    span_equal(value, span_str(cookies[i].value))),
		    "cookie: %s", cookies[i].rule);
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct route_match m;
		char text[300];
		unsigned int allowed;
		enum rc rc = route_find(routes, ROUTES, paths[i].method,
		    span_str(paths[i].path), &m, text, &allowed, NULL);
		const char *id = rc == RC_OK ? route_param(&m, "id") : NULL;

		ok(rc == paths[i].rc &&
			(rc != RC_OK ||
			    strcmp(m.route->path, paths[i].found) == 0) &&
			(id == NULL) == (paths[i].id == NULL) &&
			(id == NULL || strcmp(id, paths[i].id) == 0) &&
			(allowed != 0) == (rc == RC_POLICY),
		    "path: %s", paths[i].rule);
	}
	test_tables();

	return tap_done();
}
