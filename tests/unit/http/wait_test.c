/* wait_test.c - long polls and streams: news, time, peers that leave, stops. */
#include "http/server.h"

#include "client.h"
#include "tap.h"

#include "base/clock.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

#define STREAMS 2000

static struct topic_hub *hub;
static atomic_int decided;

static enum rc
poll_again(struct request *q, struct response *r, struct err *e)
{
	static const char *const words[] = { "first", "news", "timeout",
		"stop" };

	(void)e;
	json_put_text(response_json(r, 200), "why", words[request_wake(q)]);

	return RC_OK;
}

/* Watch, look, wait. */
static enum rc
poll_it(struct request *q, struct response *r, struct err *e)
{
	const char *ms = request_query(q, "ms");
	enum rc rc = request_watch(q, request_param(q, "topic"), e);

	if (rc != RC_OK)
		return rc;
	response_wait(r, ms == NULL ? 20000 : strtol(ms, NULL, 10), poll_again);

	return RC_OK;
}

/* Publishes to itself between watching and waiting. */
static enum rc
poll_early(struct request *q, struct response *r, struct err *e)
{
	enum rc rc = request_watch(q, "early", e);

	if (rc == RC_OK)
		rc = topic_publish(hub, "early", "x", SPAN_LIT("1"), e);
	response_wait(r, 20000, poll_again);

	return rc;
}

/* Waits until something is decided, however often it is woken. */
static enum rc
poll_until(struct request *q, struct response *r, struct err *e)
{
	enum rc rc = request_watch(q, "until", e);

	if (rc != RC_OK)
		return rc;
	if (atomic_load(&decided) != 0 || request_wake(q) == REQUEST_STOP)
		return poll_again(q, r, e);
	response_wait(r, 20000, poll_until);

	return RC_OK;
}

static enum rc
stream(struct request *q, struct response *r, struct err *e)
{
	enum rc rc = request_watch(q, request_param(q, "topic"), e);

	if (rc == RC_OK)
		rc = request_watch(q, "all", e);
	if (rc != RC_OK)
		return rc;
	response_stream(r);

	return RC_OK;
}

static const struct route routes[] = {
	{ ROUTE_GET, "/poll/{topic}", 0, 0, 0, poll_it },
	{ ROUTE_GET, "/early", 0, 0, 0, poll_early },
	{ ROUTE_GET, "/until", 0, 0, 0, poll_until },
	{ ROUTE_GET, "/stream/{topic}", 0, 0, 0, stream },
};

static struct server *server;
static char answer[65536];

static void
start(unsigned int heartbeat_s, unsigned int stream_s, unsigned int per_address)
{
	static struct server_origin origin;
	struct server_conf conf = { .origins = &origin,
		.origins_count = 1,
		.connections = 4096,
		.per_address = per_address,
		.queue = 2 * STREAMS, /* they come faster than workers take */
		.heartbeat_s = heartbeat_s,
		.stream_s = stream_s };
	struct err e = { 0 };

	origin = (struct server_origin){ .name = "app",
		.routes = routes,
		.routes_count = sizeof(routes) / sizeof(routes[0]) };
	if (topic_new(4096, &hub, &e) != RC_OK)
		abort();
	conf.hub = hub;
	if (server_start(&conf, &server, &e) != RC_OK) {
		diag("%s", e.msg);
		abort();
	}
}

static void
stop(void)
{
	server_stop(server);
	topic_free(hub);
}

static int
ask_so(const char *method, const char *path, const char *version)
{
	char head[200];
	int fd = client_open(server_port(server, 0));
	int n = snprintf(head, sizeof(head), "%s %s HTTP/%s\r\nHost: a\r\n\r\n",
	    method, path, version);

	(void)client_send(fd, head, (size_t)n);

	return fd;
}

static int
ask(const char *path)
{
	return ask_so("GET", path, "1.1");
}

static bool
says(int fd, const char *what, int ms)
{
	answer[0] = '\0';

	return client_read(fd, answer, sizeof(answer), what, ms);
}

/* The answer's head is there, so its topics are watched. */
static bool
begun(int fd)
{
	return says(fd, "Content-Type: text/event-stream", 3000) &&
	    (strstr(answer, "\r\n\r\n") != NULL || says(fd, "\r\n\r\n", 3000));
}

static void
nap(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* Waits until n requests wait in the hub. */
static bool
settled(size_t n)
{
	for (int i = 0; i < 2000; i++) {
		if (topic_waiting(hub) == n)
			return true;
		nap(5);
	}
	diag("%zu wait, not %zu", topic_waiting(hub), n);

	return false;
}

static void
say(const char *topic, const char *type, const char *data)
{
	if (topic_publish(hub, topic, type, span_str(data), NULL) != RC_OK)
		abort();
}

static void
test_poll(void)
{
	int64_t begin;
	int fd, two[2];

	fd = ask("/poll/a");
	(void)settled(1);
	nap(50);
	say("b", "x", "1");
	ok(!says(fd, "why", 100), "another topic wakes nobody");
	say("a", "x", "1");
	ok(says(fd, "{\"why\":\"news\"}", 3000), "a publish wakes a long poll");
	(void)client_send(fd, "GET /poll/a?ms=300 HTTP/1.1\r\nHost: a\r\n\r\n",
	    strlen("GET /poll/a?ms=300 HTTP/1.1\r\nHost: a\r\n\r\n"));
	begin = clock_mono_ms();
	ok(says(fd, "{\"why\":\"timeout\"}", 3000) &&
		clock_mono_ms() - begin >= 290 &&
		clock_mono_ms() - begin < 1000,
	    "time is over after 300 ms, on the same connection");
	(void)close(fd);
	fd = ask("/early");
	ok(says(fd, "{\"why\":\"news\"}", 3000),
	    "news between watching and waiting is not lost");
	(void)close(fd);
	fd = ask("/poll/a%20b");
	ok(says(fd, " 400 ", 3000), "a topic has a name without spaces");
	(void)close(fd);
	two[0] = ask("/until");
	two[1] = ask("/until");
	(void)settled(2);
	for (int i = 0; i < 20; i++)
		say("until", "x", "1");
	ok(!says(two[0], "why", 100), "a handler may wait again and again");
	atomic_store(&decided, 1);
	say("until", "x", "1");
	ok(says(two[0], "news", 3000) && says(two[1], "news", 3000),
	    "all who wait on a topic are answered");
	(void)close(two[0]);
	(void)close(two[1]);
	ok(settled(0), "nobody waits any more");
}

static void
test_stream(void)
{
	int fd = ask("/stream/s"), at = 0, good = 0;
	bool order = true;
	const char *p;

	ok(begun(fd), "a stream begins");
	say("s", "hello", "{\"a\":\n1}");
	ok(says(fd, "event: hello\ndata: {\"a\":\ndata: 1}\n\n", 3000),
	    "each line of what is told is one of the stream");
	answer[0] = '\0';
	for (int i = 0; i < 200; i++) {
		char data[20];

		(void)snprintf(data, sizeof(data), "n=%d;", i);
		say(i % 2 == 0 ? "s" : "all", "count", data);
		/* Read before TOPIC_QUEUE_MAX are there, however slow we are. */
		if (i % 10 == 9)
			good +=
			    client_read(fd, answer, sizeof(answer), data, 3000)
			    ? 1
			    : 0;
	}
	ok(good == 20, "200 events arrive");
	for (p = answer; (p = strstr(p, "n=")) != NULL; p++, at++)
		order = order && strtol(p + 2, NULL, 10) == at;
	ok(order && at == 200, "in the order of publishing, from two topics");
	topic_end(hub, "s");
	ok(says(fd, "0\r\n\r\n", 3000), "topic_end() ends the stream");
	(void)close(fd);
	ok(settled(0), "and frees it");
	ok(topic_publish(hub, "s", "x\ny", SPAN_LIT("1"), NULL) == RC_FORMAT &&
		topic_publish(hub, "s", "x", SPAN_LIT("a\rid: 1"), NULL) ==
		    RC_FORMAT,
	    "an event cannot smuggle a field in");
}

/* Those who know no chunks get none; HEAD gets no stream at all. */
static void
test_old(void)
{
	int old = ask_so("GET", "/stream/old", "1.0");
	int head = ask_so("HEAD", "/stream/old", "1.1");

	ok(begun(old), "a stream of HTTP/1.0 begins");
	ok(begun(head) && strcmp(strstr(answer, "\r\n\r\n"), "\r\n\r\n") == 0,
	    "HEAD of a stream has its head");
	say("old", "hello", "x");
	ok(says(old, "event: hello\ndata: x\n\n", 3000) &&
		strncmp(answer, "id: ", 4) == 0,
	    "it is told, without chunks");
	ok(!says(head, "\n", 200), "HEAD is told nothing");
	topic_end(hub, "old");
	answer[0] = '\0';
	ok(client_read(old, answer, sizeof(answer), NULL, 3000) &&
		answer[0] == '\0',
	    "and its end is that of the connection");
	(void)close(old);
	(void)close(head);
	ok(settled(0), "nobody waits any more");
}

/* One address has only so many streams; who leaves makes room. */
static void
test_crowd(void)
{
	int fds[8], more;

	start(25, 900, 8);
	for (int i = 0; i < 8; i++) {
		fds[i] = ask("/stream/crowd");
		(void)begun(fds[i]);
	}
	more = ask("/stream/crowd");
	ok(says(more, "\"status\":503", 3000),
	    "the ninth stream of eight is refused in words");
	(void)close(more);
	ok(settled(8), "the others stay");
	(void)close(fds[3]);
	(void)settled(7);
	fds[3] = ask("/stream/crowd");
	ok(begun(fds[3]), "there is room when one has left");
	for (int i = 0; i < 8; i++)
		(void)close(fds[i]);
	stop();
}

static void
say_soon(const char *topic, const char *data)
{
	if (topic_publish_soon(hub, topic, "x", span_str(data), NULL) != RC_OK)
		abort();
}

/* What is not urgent waits for company, but not for long. */
static void
test_soon(void)
{
	int fd = ask("/stream/soon"), poll = ask("/poll/soon");
	int64_t begin;

	(void)begun(fd);
	(void)settled(2);
	begin = clock_mono_ms();
	say_soon("soon", "first");
	ok(says(poll, "news", 3000), "a long poll runs at once");
	say_soon("soon", "second");
	answer[0] = '\0';
	ok(client_read(fd, answer, sizeof(answer), "data: second\n\n", 3000) &&
		clock_mono_ms() - begin >= TOPIC_SOON_MS - 10 &&
		strstr(answer, "data: first\n") != NULL,
	    "a stream is told of both at once, some time later");
	ok(strstr(answer, ":\n\n") == NULL, "without a heartbeat");
	nap(20); /* it is parked again */
	begin = clock_mono_ms();
	say_soon("soon", "third");
	say("soon", "x", "fourth");
	answer[0] = '\0';
	ok(client_read(fd, answer, sizeof(answer), "data: fourth\n\n", 3000) &&
		clock_mono_ms() - begin < TOPIC_SOON_MS &&
		strstr(answer, "data: third\n") != NULL,
	    "what is urgent takes it along, in order");
	(void)close(poll);
	(void)close(fd);
	ok(settled(0), "nobody waits any more");
}

/* A stream that nobody reads loses events, and says so. */
static void
test_resync(void)
{
	static char big[4001];
	int fd = ask("/stream/r");
	bool told = false;

	memset(big, 'x', sizeof(big) - 1);
	(void)begun(fd);
	for (int i = 0; i < 4000; i++)
		say("r", "big", big);
	for (int i = 0; i < 20000 && !told; i++) {
		size_t keep = strlen(answer);

		/* The last bytes stay, for a word that is cut in two. */
		if (keep > 40) {
			memmove(answer, answer + keep - 40, 41);
		}
		if (!client_read(fd, answer, 8192, "event: resync", 2000) &&
		    strlen(answer) < 8191)
			break;
		told = strstr(answer, "event: resync") != NULL;
	}
	ok(told, "who reads too slowly is told to read all anew");
	(void)close(fd);
	say("r", "big", big);
	ok(settled(0), "and is forgotten when it leaves");
}

static void
test_leave(void)
{
	struct server_stats stats;
	int fds[50];

	for (int i = 0; i < 50; i++)
		fds[i] = ask(i % 2 == 0 ? "/stream/l" : "/poll/l");
	ok(settled(50), "25 streams and 25 long polls wait");
	for (int i = 0; i < 50; i++)
		(void)close(fds[i]);
	ok(settled(0), "all are forgotten when their peers leave, unpublished");
	server_stats(server, &stats);
	ok(stats.waiting == 0 && stats.streams == 0, "the figures say so");
}

static void
test_memory(void)
{
	static int fds[STREAMS];
	struct mallinfo2 before = mallinfo2(), after;
	static const char head[] =
	    "GET /stream/m HTTP/1.1\r\nHost: app.example\r\n"
	    "User-Agent: Mozilla/5.0 (Linux; Android 14; SM-S921N) "
	    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile "
	    "Safari/537.36\r\nAccept: text/event-stream\r\n"
	    "Cache-Control: no-cache\r\nSec-Fetch-Site: same-origin\r\n"
	    "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
	    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: ko-KR\r\n"
	    "Cookie: __Host-session=0123456789abcdef0123456789abcdef\r\n\r\n";
	int heard = 0;

	for (int i = 0; i < STREAMS; i++) {
		fds[i] = client_open(server_port(server, 0));
		(void)client_send(fds[i], head, sizeof(head) - 1);
	}
	ok(settled(STREAMS), "%d streams wait", STREAMS);
	nap(100);
	after = mallinfo2();
	diag("%.2f KiB of heap a waiting stream",
	    (double)(after.uordblks - before.uordblks) / 1024 / STREAMS);
	say("all", "news", "to everybody");
	for (int i = 0; i < STREAMS; i++)
		heard += says(fds[i], "to everybody", 5000) ? 1 : 0;
	ok(heard == STREAMS, "all of them hear of it");
	for (int i = 0; i < STREAMS; i++)
		(void)close(fds[i]);
	ok(settled(0), "all are gone");
}

static void *
publisher(void *arg)
{
	const atomic_bool *end = arg;

	for (int i = 0; !atomic_load(end); i++) {
		say(i % 3 == 0 ? "all" : "storm", "x", "{\"n\":1}");
		if (i % 50 == 0)
			topic_end(hub, "storm");
		if (i % 20 == 0)
			nap(1);
	}

	return NULL;
}

static void *
visitor(void *arg)
{
	const atomic_bool *end = arg;
	char text[4096];
	unsigned int seed = (unsigned int)(uintptr_t)&text;

	while (!atomic_load(end)) {
		int kind = rand_r(&seed) % 4;
		int fd = ask(kind == 0 ? "/poll/storm?ms=5"
			: kind == 1    ? "/poll/storm"
				       : "/stream/storm");

		text[0] = '\0';
		if (kind != 3)
			(void)client_read(
			    fd, text, sizeof(text), "HTTP", rand_r(&seed) % 20);
		(void)close(fd);
	}

	return NULL;
}

/* Everything at once, and the stop in the middle of it. */
static void
test_storm(long ms)
{
	pthread_t threads[8];
	atomic_bool end = false;
	int fds[20];

	for (int i = 0; i < 20; i++)
		fds[i] = ask("/stream/never");
	(void)settled(20);
	for (int i = 0; i < 8; i++)
		(void)pthread_create(
		    &threads[i], NULL, i < 3 ? publisher : visitor, &end);
	nap(ms);
	atomic_store(&end, true);
	for (int i = 3; i < 8; i++)
		(void)pthread_join(threads[i], NULL);
	for (int i = 0; i < 3; i++)
		(void)pthread_join(threads[i], NULL);
	ok(settled(20), "after the storm only the patient wait");
	for (int i = 0; i < 20; i++)
		(void)close(fds[i]);
}

static void
test_stop(void)
{
	pthread_t threads[4];
	atomic_bool end = false;
	int poll = ask("/poll/stop"), list = ask("/stream/stop");
	int64_t begin;

	(void)settled(2);
	for (int i = 0; i < 4; i++)
		(void)pthread_create(&threads[i], NULL, visitor, &end);
	nap(100);
	begin = clock_mono_ms();
	atomic_store(&end, true);
	server_stop(server);
	ok(clock_mono_ms() - begin < 5000, "stopping takes no wait's time");
	ok(says(poll, "{\"why\":\"stop\"}", 1000),
	    "a long poll is answered when the server stops");
	answer[0] = '\0';
	ok(client_read(list, answer, sizeof(answer), NULL, 1000) &&
		strstr(answer, "0\r\n\r\n") != NULL,
	    "a stream ends properly");
	for (int i = 0; i < 4; i++)
		(void)pthread_join(threads[i], NULL);
	(void)close(poll);
	(void)close(list);
	ok(topic_waiting(hub) == 0, "nobody is left in the hub");
	topic_free(hub);
}

static void
test_clock(void)
{
	int fd;

	start(1, 2, 4096);
	fd = ask("/stream/c");
	(void)begun(fd);
	ok(says(fd, "\n:\n\n", 3000), "silence is filled with a heartbeat");
	ok(says(fd, "0\r\n\r\n", 4000), "a stream ends after its time");
	(void)close(fd);
	stop();
}

int
main(void)
{
	const struct rlimit files = { 8192, 8192 };

	(void)setrlimit(RLIMIT_NOFILE, &files);
	start(25, 900, 4096);
	test_poll();
	test_stream();
	test_old();
	test_soon();
	test_resync();
	test_leave();
	test_memory();
	test_storm(2000);
	(void)settled(0);
	test_stop();
	test_clock();
	test_crowd();

	return tap_done();
}
