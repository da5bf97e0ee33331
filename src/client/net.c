/*
 * net.c - fetching what a certificate points to, from anywhere.
 *
 * Belongs here: one request to a stranger, bounded in size and time.
 * Not here: our own service (rest.c); what the bytes mean (x509).
 */
#include "client/net.h"

#include "base/enc.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#define NET_CONNECT_S 5L

static size_t
net_receive(char *bytes, size_t size, size_t n, void *arg)
{
	struct buf *out = arg;

	buf_bytes(out, (struct span){ (const uint8_t *)bytes, size * n });

	return buf_ok(out) ? size * n : 0;
}

static bool
net_is_ldap(const char *url)
{
	return strncasecmp(url, "ldap", 4) == 0;
}

/*
 * libcurl writes an entry as lines, a binary value as "\tattribute:: base64"
 * on one. The first of them is kept in place of the text.
 */
static enum rc
net_take_value(struct buf *text, struct buf *out, struct err *e)
{
	const uint8_t *at = memmem(text->p, text->n, ":: ", 3), *end;
	struct span value;

	if (at == NULL)
		return err_set(e, RC_ABSENT, NULL, "the directory has none");
	value.p = at + 3;
	end = memchr(value.p, '\n', text->n - (size_t)(value.p - text->p));
	value.n = end == NULL ? text->n - (size_t)(value.p - text->p)
			      : (size_t)(end - value.p);
	if (enc_base64_parse(out, value, NULL) != RC_OK)
		return err_set(e, RC_IO, NULL, "no sense in the directory");

	return RC_OK;
}

static enum rc
net_ended(CURL *curl, CURLcode code, bool http, struct err *e)
{
	long status = 0;

	if (code == CURLE_WRITE_ERROR)
		return err_set(e, RC_LIMIT, NULL, "answer too large");
	if (code == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(
		    e, RC_UNKNOWN, NULL, "libcurl does not speak that");
	if (code != CURLE_OK)
		return err_set(
		    e, RC_IO, NULL, "no answer: %s", curl_easy_strerror(code));
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (http && status != 200)
		return err_set(e, status == 404 ? RC_ABSENT : RC_IO, NULL,
		    "answered with status %ld", status);

	return RC_OK;
}

static enum rc
net_ask(const char *url, struct curl_slist *headers, struct span body,
    long seconds, struct buf *out, struct err *e)
{
	CURL *curl = curl_easy_init();
	CURLcode code;
	enum rc rc;

	if (curl == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
	    body.n == 0 ? "http,https,ldap" : "http,https");
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, NET_CONNECT_S);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, net_receive);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	if (headers != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (body.n > 0) {
		(void)curl_easy_setopt(
		    curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
	}
	code = curl_easy_perform(curl);
	rc = net_ended(curl, code, !net_is_ldap(url), e);
	curl_easy_cleanup(curl);

	return rc;
}

enum rc
net_get(const char *url, long seconds, struct buf *out, struct err *e)
{
	struct buf text;
	enum rc rc;

	if (!net_is_ldap(url))
		return net_ask(
		    url, NULL, (struct span){ NULL, 0 }, seconds, out, e);
	/* Base64, and the entry's name. */
	text = buf_init(out->max / 3 * 4 + 4096);
	rc = net_ask(url, NULL, (struct span){ NULL, 0 }, seconds, &text, e);
	if (rc == RC_OK)
		rc = net_take_value(&text, out, e);
	buf_clear(&text);

	return rc;
}

enum rc
net_post(const char *url, const char *type, struct span body, long seconds,
    struct buf *out, struct err *e)
{
	struct curl_slist *headers = NULL;
	char line[128];
	enum rc rc;

	(void)snprintf(line, sizeof(line), "Content-Type: %s", type);
	if ((headers = curl_slist_append(NULL, line)) == NULL)
		return err_set(e, RC_MEMORY, NULL, "no memory");
	rc = net_ask(url, headers, body, seconds, out, e);
	curl_slist_free_all(headers);

	return rc;
}
