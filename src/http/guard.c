/*
 * guard.c - what protects browsers' users: same origin, security headers.
 *
 * Belongs here: checks on the head alone, headers of every answer.
 * Not here: sessions (api); limits (limit.c).
 */
#include "http/guard.h"

#include <strings.h>

/* Two of these would let two programs read one request in two ways. */
static const char *const once[] = { "Host", "Content-Length",
	"Transfer-Encoding", "Content-Type", "Origin", "Authorization",
	"Sec-Fetch-Site", "Cookie" };

#define ONCE (sizeof(once) / sizeof(once[0]))

struct guard_head {
	unsigned int seen[ONCE];
	bool bad;
};

/* A field's name (RFC 9110 section 5.1): what is none, another may read as one. */
static bool
guard_is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c <= ' ' || c >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", c) != NULL)
			return false;
	}

	return s.n > 0;
}

/*
 * libmicrohttpd before 0.9.77 appends a folded line (RFC 9112 section 5.2) to
 * the field's name. Where that hides how the body ends, it is an attack.
 */
static bool
guard_is_folded(struct span name)
{
	static const char *const framing[] = { "Content-Length",
		"Transfer-Encoding" };

	for (size_t i = 0; i < sizeof(framing) / sizeof(framing[0]); i++) {
		size_t n = strlen(framing[i]);

		if (name.n > n &&
		    strncasecmp((const char *)name.p, framing[i], n) == 0)
			return true;
	}

	return false;
}

/* A field's value may have no control character but the tab. */
static bool
guard_is_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	}

	return true;
}

static enum MHD_Result
guard_field(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n,
    const char *value, size_t value_n)
{
	struct guard_head *h = arg;
	struct span n = { (const uint8_t *)name, name_n };
	struct span v = { (const uint8_t *)value, value_n };

	(void)kind;
	if (!guard_is_token(n) || guard_is_folded(n) || !guard_is_value(v)) {
		h->bad = true;
		return MHD_NO;
	}
	for (size_t i = 0; i < ONCE; i++) {
		if (strcasecmp(once[i], name) == 0)
			h->seen[i]++;
	}

	return MHD_YES;
}

bool
guard_is_head(struct MHD_Connection *mhd, const char *version)
{
	struct guard_head h = { 0 };
	const char *encoding = MHD_lookup_connection_value(
	    mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);

	(void)MHD_get_connection_values_n(
	    mhd, MHD_HEADER_KIND, guard_field, &h);
	for (size_t i = 0; i < ONCE; i++) {
		if (h.seen[i] > 1)
			return false;
	}
	/* RFC 9112 section 6.1: where a body ends must not be guessed. */
	if (encoding != NULL &&
	    (strcasecmp(encoding, "chunked") != 0 ||
		strcmp(version, MHD_HTTP_VERSION_1_1) != 0))
		return false;

	/* RFC 9112 section 6.3: length and encoding together are an attack. */
	return !h.bad && (h.seen[1] == 0 || h.seen[2] == 0);
}

bool
guard_is_foreign(const struct request *q)
{
	const char *origin = request_header(q, "Origin");
	const char *site = request_header(q, "Sec-Fetch-Site");

	if (origin != NULL && strcmp(origin, q->at->url) != 0)
		return true;

	return site != NULL && strcmp(site, "same-origin") != 0 &&
	    strcmp(site, "none") != 0;
}

bool
guard_is_same_origin(const struct request *q)
{
	return !guard_is_foreign(q) &&
	    (request_header(q, "Origin") != NULL ||
		request_header(q, "Sec-Fetch-Site") != NULL);
}

static const char page_csp[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; "
    "trusted-types lit-html ingam";

static const char data_csp[] = "default-src 'none'; frame-ancestors 'none'";

static void
guard_add(struct MHD_Response *response, const char *name, const char *value)
{
	if (value[0] != '\0')
		(void)MHD_add_response_header(response, name, value);
}

void
guard_headers(const struct request *q, bool page, struct MHD_Response *response)
{
	const struct server_origin *o = q->at->origin;

	guard_add(response, "X-Content-Type-Options", "nosniff");
	guard_add(response, "Referrer-Policy", "no-referrer");
	guard_add(response, "Cross-Origin-Resource-Policy",
	    o->resource_policy != NULL ? o->resource_policy : "same-origin");
	if (q->at->secure)
		guard_add(
		    response, "Strict-Transport-Security", "max-age=31536000");
	if (!page) {
		guard_add(response, "Content-Security-Policy", data_csp);
		return;
	}
	guard_add(response, "Content-Security-Policy",
	    o->csp != NULL ? o->csp : page_csp);
	guard_add(response, "Cross-Origin-Opener-Policy",
	    o->opener_policy != NULL ? o->opener_policy : "same-origin");
	guard_add(response, "Permissions-Policy",
	    "camera=(self), publickey-credentials-get=(self), "
	    "publickey-credentials-create=(self)");
}
