/*
 * push_endpoint_fuzz.c - which addresses the server may be made to ask.
 *
 * What is let through is read once more by libcurl's own reader, which is the
 * one that decides where the connection goes: it must see the same host.
 *
 * Belongs here: an endpoint's text.
 * Not here: the two keys beside it (push_subscription_fuzz.c).
 */
#include "adapter/webpush.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct webpush *sender;

static void
start(void)
{
	char path[] = "/tmp/ingam-fuzz-XXXXXX", file[64];
	struct webpush_options o = { file, "mailto:a@b",
		"http://127.0.0.1:4711 https://push.example.net" };

	if (mkdtemp(path) == NULL)
		abort();
	(void)snprintf(file, sizeof(file), "%s/key.pem", path);
	if (webpush_new(&o, &sender, NULL) != RC_OK)
		abort();
	(void)unlink(file);
	(void)rmdir(path);
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

static void
check(const char *endpoint)
{
	CURLU *u = curl_url();
	char *host = NULL, *user = NULL, *scheme = NULL;
	bool good = curl_url_set(u, CURLUPART_URL, endpoint, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;

	if (!good)
		abort();
	if (strcmp(host, "127.0.0.1") != 0 &&
	    (strcmp(scheme, "https") != 0 ||
		(strcmp(host, "fcm.googleapis.com") != 0 &&
		    strcmp(host, "push.example.net") != 0 &&
		    !ends_with(host, ".push.apple.com") &&
		    !ends_with(host, ".push.services.mozilla.com") &&
		    !ends_with(host, ".notify.windows.com"))))
		abort();
	curl_free(host);
	curl_free(user);
	curl_free(scheme);
	curl_url_cleanup(u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char endpoint[2048];

	if (sender == NULL)
		start();
	if (n >= sizeof(endpoint))
		return 0;
	memcpy(endpoint, p, n);
	endpoint[n] = '\0';
	if (webpush_endpoint_check(sender, endpoint, NULL) == RC_OK)
		check(endpoint);

	return 0;
}
