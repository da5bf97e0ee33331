/*
 * rest.c - calls to our own service from programs: JSON over HTTP.
 *
 * Belongs here: one connection, cookies, bearer, problems as sentences.
 * Not here: what the calls mean (client/send.c, phone, cli); the token's
 * helper has its own, because it waits differently (token).
 */
#include "client/rest.h"

#include "base/buf.h"
#include "base/enc.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rest {
	CURL *curl;
	char origin[256];
	char bearer[128];
	bool korean;
	long patience_s;
	struct buf body;
};

struct rest *
rest_new(const char *origin, bool korean)
{
	struct rest *r = calloc(1, sizeof(*r));

	if (r == NULL || strlen(origin) >= sizeof(r->origin) ||
	    (r->curl = curl_easy_init()) == NULL) {
		free(r);
		return NULL;
	}
	(void)snprintf(r->origin, sizeof(r->origin), "%s", origin);
	/* An origin has no path (RFC 6454); people type the slash. */
	if (r->origin[0] != '\0' && r->origin[strlen(origin) - 1] == '/')
		r->origin[strlen(origin) - 1] = '\0';
	/*
	 * Cookies are kept from here on. CURLOPT_COOKIEFILE would do the same,
	 * and lose a few bytes at each curl_easy_reset().
	 */
	(void)curl_easy_setopt(r->curl, CURLOPT_COOKIELIST, "");
	r->korean = korean;
	r->body = buf_init(REST_ANSWER_MAX);

	return r;
}

void
rest_free(struct rest *r)
{
	if (r == NULL)
		return;
	curl_easy_cleanup(r->curl);
	buf_clear(&r->body);
	free(r);
}

void
rest_set_bearer(struct rest *r, const char *bearer)
{
	(void)snprintf(
	    r->bearer, sizeof(r->bearer), "%s", bearer == NULL ? "" : bearer);
}

void
rest_set_patience(struct rest *r, long seconds)
{
	r->patience_s = seconds;
}

bool
rest_cookies(const struct rest *r, char *out, size_t size)
{
	struct curl_slist *list = NULL;
	size_t n = 0;
	int k = 0;

	(void)curl_easy_getinfo(r->curl, CURLINFO_COOKIELIST, &list);
	for (struct curl_slist *at = list; at != NULL && n < size;
	     at = at->next) {
		/* Netscape's form: name and value are the last two columns. */
		const char *value = strrchr(at->data, '\t');
		const char *name = value == NULL
		    ? NULL
		    : memrchr(at->data, '\t', (size_t)(value - at->data));

		if (name == NULL)
			continue;
		k = snprintf(out + n, size - n, "%s%.*s=%s",
		    n == 0 ? "Cookie: " : "; ", (int)(value - name - 1),
		    name + 1, value + 1);
		n += k > 0 ? (size_t)k : 0;
	}
	curl_slist_free_all(list);
	if (n == 0 || n + 2 >= size)
		return false;
	memcpy(out + n, "\r\n", 3);

	return true;
}

static size_t
rest_receive(char *bytes, size_t size, size_t n, void *arg)
{
	struct rest *r = arg;

	buf_bytes(&r->body, (struct span){ (const uint8_t *)bytes, size * n });

	return buf_ok(&r->body) ? size * n : 0;
}

static struct curl_slist *
rest_headers(const struct rest *r)
{
	struct curl_slist *list = NULL;
	char line[512];

	(void)snprintf(line, sizeof(line), "Origin: %s", r->origin);
	list = curl_slist_append(list, line);
	list = curl_slist_append(list, "Content-Type: application/json");
	if (r->bearer[0] != '\0') {
		(void)snprintf(
		    line, sizeof(line), "Authorization: Bearer %s", r->bearer);
		list = curl_slist_append(list, line);
	}

	return list;
}

static enum rc
rest_perform(struct rest *r, const char *method, const char *path,
    const char *text, long *status, struct err *e)
{
	struct curl_slist *headers = rest_headers(r);
	char url[1024];
	CURLcode code;

	(void)snprintf(url, sizeof(url), "%s%s", r->origin, path);
	buf_reset(&r->body);
	/* Keeps the connection and the cookies, forgets the last call. */
	curl_easy_reset(r->curl);
	(void)curl_easy_setopt(r->curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(r->curl, CURLOPT_CUSTOMREQUEST, method);
	(void)curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(r->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(r->curl, CURLOPT_CONNECTTIMEOUT, 3L);
	(void)curl_easy_setopt(r->curl, CURLOPT_TIMEOUT, 10 + r->patience_s);
	(void)curl_easy_setopt(r->curl, CURLOPT_WRITEFUNCTION, rest_receive);
	(void)curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, r);
	if (text != NULL)
		(void)curl_easy_setopt(r->curl, CURLOPT_POSTFIELDS, text);
	code = curl_easy_perform(r->curl);
	curl_slist_free_all(headers);
	if (code == CURLE_WRITE_ERROR)
		return err_set(e, RC_LIMIT, NULL, "answer too large");
	if (code != CURLE_OK)
		return err_set(e, RC_IO, NULL, "%s does not answer: %s",
		    r->origin, curl_easy_strerror(code));
	(void)curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, status);

	return RC_OK;
}

static void
rest_problem_of(
    const struct rest *r, const json_t *o, long status, struct rest_problem *p)
{
	static const char prefix[] = "urn:ingam:problem:";
	const char *type = rest_text(o, "type");
	const char *title = rest_text(o, r->korean ? "title_ko" : "title");
	const char *next = rest_text(o, r->korean ? "next_ko" : "next");
	const json_t *left = json_object_get(o, "tries_left");

	memset(p, 0, sizeof(*p));
	p->status = (int)status;
	if (type != NULL && strncmp(type, prefix, sizeof(prefix) - 1) == 0)
		type += sizeof(prefix) - 1;
	(void)snprintf(
	    p->slug, sizeof(p->slug), "%s", type == NULL ? "" : type);
	(void)snprintf(
	    p->title, sizeof(p->title), "%s", title == NULL ? "" : title);
	(void)snprintf(
	    p->next, sizeof(p->next), "%s", next == NULL ? "" : next);
	p->tries_left =
	    json_is_integer(left) ? (long)json_integer_value(left) : -1;
}

enum rc
rest_reach(struct rest *r, struct err *e)
{
	long status;

	return rest_perform(r, "GET", "/healthz", NULL, &status, e);
}

enum rc
rest_call(struct rest *r, const char *method, const char *path, json_t *body,
    json_t **answer, struct rest_problem *problem, struct err *e)
{
	char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
	long status = 0;
	enum rc rc;

	*answer = NULL;
	memset(problem, 0, sizeof(*problem));
	rc = rest_perform(r, method, path, text, &status, e);
	free(text);
	json_decref(body);
	if (rc != RC_OK)
		return rc;
	if (r->body.n > 0) {
		*answer = json_loadb((const char *)r->body.p, r->body.n,
		    JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(*answer) && !json_is_array(*answer)) {
			json_decref(*answer);
			*answer = NULL;
		}
	}
	if (status >= 200 && status < 300 &&
	    (*answer != NULL || r->body.n == 0))
		return RC_OK;
	rest_problem_of(r, *answer, status, problem);
	json_decref(*answer);
	*answer = NULL;
	if (problem->slug[0] == '\0')
		return err_set(e, RC_IO, NULL,
		    "%s answers like another service (status %ld)", r->origin,
		    status);

	return err_set(e, RC_REFUSED, NULL, "%s",
	    problem->title[0] == '\0' ? problem->slug : problem->title);
}

const char *
rest_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

long long
rest_number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

enum rc
rest_bytes(
    const json_t *object, const char *name, struct buf *out, struct err *e)
{
	const char *text = rest_text(object, name);

	if (text == NULL)
		return err_set(e, RC_IO, name, "the answer lacks %s", name);
	if (enc_base64url_parse(out, span_str(text), NULL) != RC_OK)
		return err_set(e, RC_IO, name, "%s is not base64url", name);

	return RC_OK;
}

enum rc
rest_set_bytes(
    json_t *object, const char *name, struct span bytes, struct err *e)
{
	struct buf text = buf_init(2 * bytes.n + 16);
	int failed;

	enc_base64url(&text, bytes);
	failed = json_object_set_new(
	    object, name, json_stringn((const char *)text.p, text.n));
	buf_clear(&text);

	return failed != 0 ? err_set(e, RC_MEMORY, NULL, "out of memory")
			   : RC_OK;
}
