/*
 * outgoing_test.c - push messages over the real wire to the mock service
 * (which checks our VAPID token with its own code), opened again by npm's
 * http_ece; what the queue does when the service misbehaves.
 */
#include "adapter/outgoing.h"
#include "base/clock.h"

#include "mock.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char folder[] = "/tmp/ingam-outgoing-XXXXXX";
static char key_file[64];
static struct webpush *sender;
static json_t *secrets; /* of the one subscriber */
static int gone_calls;
static char gone_endpoint[WEBPUSH_ENDPOINT_SIZE];

static void
gone(void *arg, const char *endpoint)
{
	(*(int *)arg)++;
	(void)snprintf(gone_endpoint, sizeof(gone_endpoint), "%s", endpoint);
}

/* What a command prints; its exit code in *code. */
static void
command(const char *text, char *out, size_t size, int *code)
{
	FILE *f = popen(text, "r");
	size_t n = fread(out, 1, size - 1, f);
	int status = pclose(f);

	out[n] = '\0';
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *
script(void)
{
	static char path[4096];
	const char *source = getenv("INGAM_SOURCE");

	(void)snprintf(path, sizeof(path),
	    "node %s/tests/unit/adapter/decrypt.mjs",
	    source == NULL ? "." : source);

	return path;
}

/* RFC 8291's own subscriber will do where nobody reads the message. */
static void
subscriber(void)
{
	char line[4200], out[1024];
	int code;

	(void)snprintf(line, sizeof(line), "%s make", script());
	command(line, out, sizeof(out), &code);
	secrets = code == 0 ? json_loads(out, 0, NULL) : NULL;
}

static struct webpush_subscription
to(const char *id)
{
	struct webpush_subscription s;
	char url[256];
	const char *p256dh =
	    json_string_value(json_object_get(secrets, "p256dh"));
	const char *auth = json_string_value(json_object_get(secrets, "auth"));

	(void)snprintf(url, sizeof(url), "%s/push/%s", mock.url, id);
	if (webpush_subscription_parse(span_str(url),
		span_str(p256dh != NULL
			? p256dh
			: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
		span_str(auth != NULL ? auth : "BTBZMqHH6r4Tts7J_aSIgg"), &s,
		NULL) != RC_OK)
		abort();

	return s;
}

/* Messages that the service keeps for an id, and how often it was asked. */
static json_t *
kept(const char *id)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/mock/push/%s", id);

	return mock_get(path);
}

static size_t
kept_count(const char *id)
{
	json_t *j = kept(id);
	size_t n = json_array_size(json_object_get(j, "messages"));

	json_decref(j);

	return n;
}

static const struct {
	const char *id;
	enum webpush_outcome outcome;
	long status;
	int64_t retry_after_ms;
} answers[] = {
	{ "plain", WEBPUSH_DELIVERED, 201, 0 },
	{ "gone", WEBPUSH_GONE, 410, 0 },
	{ "missing", WEBPUSH_GONE, 404, 0 },
	{ "busy-1", WEBPUSH_LATER, 429, 2000 },
	{ "flaky-1", WEBPUSH_LATER, 503, 0 },
	{ "flaky-1", WEBPUSH_DELIVERED, 201, 0 },
	{ "slow", WEBPUSH_LATER, 0, 0 },
	{ "big", WEBPUSH_DELIVERED, 201, 0 },
	{ "redirect", WEBPUSH_REFUSED, 307, 0 },
	{ "refuse", WEBPUSH_REFUSED, 400, 0 },
	{ "lie", WEBPUSH_DELIVERED, 201, 0 },
};

static void
test_answers(void)
{
	struct webpush_message m = { SPAN_LIT("hello"), 60000, NULL };
	struct wire *w;

	if (wire_new(&w, NULL) != RC_OK)
		abort();
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct webpush_subscription s = to(answers[i].id);
		struct webpush_result r;
		int64_t before_ms = clock_mono_ms();
		enum rc rc = webpush_send(sender, w, &s, &m, &r, NULL);
		int64_t took_ms = clock_mono_ms() - before_ms;

		ok(rc == RC_OK && r.outcome == answers[i].outcome &&
			r.status == answers[i].status &&
			r.retry_after_ms == answers[i].retry_after_ms,
		    "%s: outcome %d, status %ld, again after %lld ms",
		    answers[i].id, (int)r.outcome, r.status,
		    (long long)r.retry_after_ms);
		ok(took_ms < 6000, "%s: took %lld ms", answers[i].id,
		    (long long)took_ms);
	}
	ok(kept_count("redirected") == 0, "redirects are not followed");
	m.topic = "a b";
	{
		struct webpush_subscription s = to("plain");
		struct webpush_result r;

		ok(webpush_send(sender, w, &s, &m, &r, NULL) == RC_FORMAT,
		    "a topic that would break the header is refused");
	}
	wire_free(w);
}

/* The address is judged where it is connected to, whatever the name was. */
static void
test_private(void)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "127.1",
		"2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0" };
	struct wire *w;

	if (wire_new(&w, NULL) != RC_OK)
		abort();
	for (size_t i = 0; i < COUNT(hosts); i++) {
		char url[256];
		struct wire_request r = { .method = "GET", .url = url };
		struct wire_answer a = { .body = buf_init(4096) };
		struct err e = { 0 };

		(void)snprintf(url, sizeof(url), "http://%s%s/mock/outbox",
		    hosts[i], strrchr(mock.url, ':'));
		ok(wire_call(w, &r, &a, &e) == RC_POLICY, "%s: %s", url, e.msg);
		buf_clear(&a.body);
	}
	wire_free(w);
}

static void
test_decrypt(void)
{
	static const char text[] =
	    "{\"request\":\"r-1\",\"name\":\"홍길동 주식회사\"}";
	struct webpush_subscription s = to("sealed");
	struct webpush_message m = { SPAN_LIT(text), 59001, "slot-1" };
	struct webpush_result r;
	struct wire *w;
	json_t *j, *message, *headers;
	char line[16384], out[4096], *hidden;
	int code;

	if (wire_new(&w, NULL) != RC_OK ||
	    webpush_send(sender, w, &s, &m, &r, NULL) != RC_OK)
		abort();
	wire_free(w);
	j = kept("sealed");
	message = json_array_get(json_object_get(j, "messages"), 0);
	headers = json_object_get(message, "headers");
#define HEADER(name) json_string_value(json_object_get(headers, name))
	ok(strcmp(HEADER("ttl"), "60") == 0, "TTL in seconds, rounded up");
	ok(strcmp(HEADER("urgency"), "high") == 0, "urgency");
	ok(strcmp(HEADER("topic"), "slot-1") == 0, "topic");
#undef HEADER
	if (secrets == NULL) {
		skip("opened by http_ece", "npm http_ece is not installed");
	} else {
		hidden = json_dumps(secrets, JSON_COMPACT);
		(void)snprintf(line, sizeof(line), "echo %s | %s open '%s'",
		    json_string_value(json_object_get(message, "body")),
		    script(), hidden);
		command(line, out, sizeof(out), &code);
		ok(code == 0 && strcmp(out, text) == 0,
		    "opened by http_ece: %s", out);
		free(hidden);
	}
	json_decref(j);
}

/* Waits until the queue's counts are so; 20 s at most. */
static struct outgoing_counts
settle(struct outgoing *q, uint64_t ended)
{
	struct outgoing_counts c;

	for (int i = 0; i < 2000; i++) {
		outgoing_count(q, &c);
		if (c.delivered + c.gone + c.refused + c.expired >= ended)
			break;
		(void)usleep(10000);
	}

	return c;
}

static void
test_queue(void)
{
	struct outgoing_options o = {
		.push = sender, .limit = 8, .gone = gone, .arg = &gone_calls
	};
	struct outgoing *q;
	struct outgoing_counts c;
	struct webpush_subscription slow = to("slow-1"), one = to("one"),
				    dead = to("gone-2"), soon = to("flaky-2"),
				    later = to("busy-1-q"), odd = one;
	int64_t before_ms = clock_mono_ms();

	if (outgoing_new(&o, &q, NULL) != RC_OK)
		abort();
	ok(outgoing_push(q, &slow, SPAN_LIT("x"), 60000, NULL, NULL) == RC_OK &&
		outgoing_push(q, &slow, SPAN_LIT("y"), 60000, "t", NULL) ==
		    RC_OK &&
		outgoing_push(q, &slow, SPAN_LIT("z"), 60000, "t", NULL) ==
		    RC_OK,
	    "three for an endpoint that hangs");
	ok(outgoing_push(q, &one, SPAN_LIT("x"), 60000, "t", NULL) == RC_OK,
	    "one for an endpoint that works");
	ok(clock_mono_ms() - before_ms < 500, "nobody waited");
	c = settle(q, 1);
	ok(c.delivered == 1 && clock_mono_ms() - before_ms < 3000,
	    "delivered beside the one that hangs");
	ok(c.waiting == 1 && c.replaced == 1,
	    "the newer of a topic replaced the waiting one");
	ok(outgoing_push(q, &dead, SPAN_LIT("x"), 60000, NULL, NULL) == RC_OK,
	    "one for an endpoint that is gone");
	c = settle(q, 2);
	ok(c.gone == 1 && gone_calls == 1 &&
		strcmp(gone_endpoint, dead.endpoint) == 0,
	    "its owner is told");
	ok(outgoing_push(q, &soon, SPAN_LIT("x"), 60000, NULL, NULL) == RC_OK &&
		outgoing_push(q, &later, SPAN_LIT("x"), 60000, NULL, NULL) ==
		    RC_OK,
	    "two that will do later");
	before_ms = clock_mono_ms();
	c = settle(q, 4);
	ok(c.delivered == 3 && c.retried >= 3, "delivered after %llu retries",
	    (unsigned long long)c.retried);
	ok(clock_mono_ms() - before_ms >= 2900,
	    "with rest in between: 1 s, then 2 s");
	(void)snprintf(
	    odd.endpoint, sizeof(odd.endpoint), "http://127.0.0.1:1/x");
	ok(outgoing_push(q, &odd, SPAN_LIT("x"), 60000, NULL, NULL) ==
		RC_POLICY,
	    "an endpoint elsewhere is refused at once");
	for (int i = 0; i < 8; i++)
		(void)!outgoing_push(
		    q, &slow, SPAN_LIT("x"), 60000, NULL, NULL);
	ok(outgoing_push(q, &slow, SPAN_LIT("x"), 60000, NULL, NULL) == RC_BUSY,
	    "a full queue says so");
	before_ms = clock_mono_ms();
	outgoing_free(q);
	ok(clock_mono_ms() - before_ms < 6000, "ends while one hangs");
}

/* Nothing is tried beyond its life. */
static void
test_expiry(void)
{
	struct outgoing_options o = { .push = sender, .threads = 1 };
	struct outgoing *q;
	struct outgoing_counts c;
	struct webpush_subscription s = to("flaky-9");
	json_t *j;

	if (outgoing_new(&o, &q, NULL) != RC_OK)
		abort();
	ok(outgoing_push(q, &s, SPAN_LIT("x"), 2000, NULL, NULL) == RC_OK,
	    "two seconds to live");
	c = settle(q, 1);
	j = kept("flaky-9");
	ok(c.expired == 1 && c.delivered == 0 &&
		json_integer_value(json_object_get(j, "attempts")) == 2,
	    "tried twice, then let go");
	json_decref(j);
	outgoing_free(q);
}

int
main(void)
{
	struct webpush_options o = { key_file, "mailto:ops@example.net",
		mock.url };

	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(key_file, sizeof(key_file), "%s/key.pem", folder);
	if (!mock_start()) {
		skip("push over the wire", "no node");
		return tap_done();
	}
	if (webpush_new(&o, &sender, NULL) != RC_OK)
		abort();
	subscriber();
	test_private();
	test_decrypt();
	test_answers();
	test_queue();
	test_expiry();
	json_decref(secrets);
	webpush_free(sender);
	mock_stop();
	(void)unlink(key_file);
	(void)rmdir(folder);

	return tap_done();
}
