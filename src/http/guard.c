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

static enum MHD_Result
guard_count(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	unsigned int *seen = arg;

	(void)kind;
	(void)value;
	for (size_t i = 0; i < ONCE; i++) {
		if (strcasecmp(once[i], name) == 0)
			seen[i]++;
	}

	return MHD_YES;
}

bool
guard_is_head(struct MHD_Connection *mhd)
{
	unsigned int seen[ONCE] = { 0 };

	(void)MHD_get_connection_values(
	    mhd, MHD_HEADER_KIND, guard_count, seen);
	for (size_t i = 0; i < ONCE; i++) {
		if (seen[i] > 1)
			return false;
	}

	/* RFC 9112 section 6.3: length and encoding together are an attack. */
	return seen[1] == 0 || seen[2] == 0;
}

bool
guard_is_same_origin(const struct request *q)
{
	const char *origin = request_header(q, "Origin");
	const char *site = request_header(q, "Sec-Fetch-Site");

	if (origin != NULL && strcmp(origin, q->at->url) != 0)
		return false;
	if (site != NULL && strcmp(site, "same-origin") != 0 &&
	    strcmp(site, "none") != 0)
		return false;

	return origin != NULL || site != NULL;
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
