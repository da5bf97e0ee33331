/*
 * link_test.c - the client against a vault of the test's own, which is late,
 * gone, or speaks nonsense.
 */
#include "base/clock.h"
#include "ipc/channel.h"
#include "ipc/frame.h"
#include "keys/keys.h"
#include "tap.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum habit {
	ANSWER,
	SILENT,
	HANG_UP,      /* instead of each answer */
	HANG_UP_ONCE, /* then answer */
	OTHER_SEQUENCE,
	OTHER_VERB,
	NONSENSE,
	REFUSE,
	REFUSE_APP_PIN,
};

static _Atomic enum habit habit;
static _Atomic int asked, connections, most, at_once;
static _Atomic bool stopping;
static int listener;

static void
answer(struct buf *b, const struct frame_request *f, enum habit how)
{
	struct err why = { 0 };

	err_set(&why, RC_SECRET, "pin", "%s",
	    how == REFUSE ? "wrong PIN" : MESSAGE_WRONG_PIN);
	if (how == REFUSE || how == REFUSE_APP_PIN) {
		frame_failure(b, (enum message_verb)f->message->verb,
		    f->sequence, &why, RC_SECRET, 2);
		return;
	}
	frame_answer(b,
	    how == OTHER_VERB ? MESSAGE_PSEUDONYM
			      : (enum message_verb)f->message->verb,
	    f->sequence + (how == OTHER_SEQUENCE ? 1 : 0));
	for (size_t i = 0; i < f->message->answer_min; i++)
		buf_u8(b, 1);
	if (how == OTHER_VERB)
		b->n = MESSAGE_ANSWER_HEAD + 32;
	if (how == NONSENSE)
		b->n -= 5;
}

/* One connection's side of the vault. */
static void *
serve(void *arg)
{
	static _Thread_local uint8_t bytes[MESSAGE_MAX];
	int fd = *(int *)arg;
	struct buf b = buf_init(MESSAGE_MAX);
	size_t n;

	free(arg);
	while (!stopping) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		struct frame_request f;
		enum habit how;
		int now;

		if (poll(&p, 1, 50) <= 0)
			continue;
		if (channel_receive(fd, false, bytes, &n, NULL) != RC_OK ||
		    frame_parse_request((struct span){ bytes, n }, &f, NULL) !=
			RC_OK)
			break;
		asked++;
		how = habit;
		now = ++at_once;
		if (now > most)
			most = now;
		if (how == ANSWER)
			(void)usleep(2000);
		at_once--;
		if (how == SILENT)
			continue;
		if (how == HANG_UP_ONCE)
			habit = ANSWER;
		if (how == HANG_UP || how == HANG_UP_ONCE)
			break;
		answer(&b, &f, how);
		if (channel_send(fd, buf_span(&b), NULL) != RC_OK)
			break;
	}
	(void)close(fd);
	buf_clear(&b);

	return NULL;
}

static void *
accept_all(void *arg)
{
	(void)arg;
	while (!stopping) {
		struct pollfd p = { .fd = listener, .events = POLLIN };
		struct channel_peer peer;
		int *fd = malloc(sizeof(*fd));
		pthread_t thread;

		if (poll(&p, 1, 50) <= 0 ||
		    channel_accept(listener, fd, &peer, NULL) != RC_OK ||
		    pthread_create(&thread, NULL, serve, fd) != 0) {
			free(fd);
			continue;
		}
		connections++;
		(void)pthread_detach(thread);
	}

	return NULL;
}

static void *
hello_often(void *arg)
{
	struct keys_hello out;
	size_t good = 0;

	for (int i = 0; i < 20; i++)
		good += keys_hello(arg, &out, NULL) == RC_OK &&
		    out.epoch == 0x01010101;

	return good == 20 ? arg : NULL;
}

static void
test_habits(struct keys *k)
{
	static const struct {
		const char *name;
		enum habit habit;
		enum rc want;
		int asked; /* how often the vault sees it */
	} rows[] = {
		{ "answers", ANSWER, RC_OK, 1 },
		{ "says nothing", SILENT, RC_BUSY, 1 },
		{ "answers again", ANSWER, RC_OK, 1 },
		{ "hangs up once", HANG_UP_ONCE, RC_OK, 2 },
		{ "always hangs up", HANG_UP, RC_BUSY, 2 },
		{ "answers another number", OTHER_SEQUENCE, RC_IO, 1 },
		{ "answers something else", OTHER_VERB, RC_IO, 1 },
		{ "is cut short", NONSENSE, RC_IO, 1 },
		{ "answers after all", ANSWER, RC_OK, 1 },
	};
	uint8_t challenge[32], id[16] = { 1 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { 0 };
		int before = asked;
		enum rc rc;

		habit = rows[i].habit;
		rc = keys_enrol_begin(k, id, challenge, &e);
		ok(rc == rows[i].want && asked - before == rows[i].asked &&
			(rc == RC_OK) == (challenge[0] != 0) &&
			(rc == RC_OK) == (e.msg[0] == '\0'),
		    "a vault that %s: %s, asked %d times", rows[i].name,
		    err_name(rc), asked - before);
	}
}

static void
test_not_again(struct keys *k)
{
	uint8_t id[16] = { 1 }, tries = 9;
	int64_t expires;
	uint16_t left;
	int before;

	habit = REFUSE;
	ok(keys_token_open(k, id, SPAN_LIT("123456"), &left, &expires, &tries,
	       NULL) == RC_SECRET &&
		tries == 2 && left == 0,
	    "a refusal comes with the tries left");
	for (int app = 0; app < 2; app++) {
		struct err e = { 0 };

		habit = app == 1 ? REFUSE_APP_PIN : REFUSE;
		ok(keys_token_open(k, id, SPAN_LIT("123456"), &left, &expires,
		       &tries, &e) == RC_SECRET &&
			strcmp(e.field, app == 1 ? "pin" : "vault") == 0,
		    "only the app PIN is told from other secrets: %s", e.field);
	}
	habit = HANG_UP_ONCE;
	before = asked;
	ok(keys_token_open(k, id, SPAN_LIT("123456"), &left, &expires, &tries,
	       NULL) == RC_BUSY &&
		asked - before == 1,
	    "a PIN is never sent twice by itself");
}

static void
test_many(struct keys *k)
{
	pthread_t threads[12];
	void *good;
	int all = 0;

	habit = ANSWER;
	most = 0;
	for (int i = 0; i < 12; i++)
		(void)pthread_create(&threads[i], NULL, hello_often, k);
	for (int i = 0; i < 12; i++) {
		(void)pthread_join(threads[i], &good);
		all += good != NULL;
	}
	ok(all == 12, "twelve threads, 240 calls");
	ok(most <= 4 && most > 1, "at most four at once: %d", most);
}

int
main(void)
{
	char folder[] = "/tmp/ingam-link-XXXXXX", path[64];
	struct keys_hello out;
	struct keys *k;
	pthread_t thread;
	int64_t start;

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/s", folder);
	ok(keys_new(path, 4, 500, &k, NULL) == RC_OK, "a client, no vault");
	start = clock_mono_ms();
	ok(keys_hello(k, &out, NULL) == RC_BUSY &&
		clock_mono_ms() - start < 400,
	    "no vault is known at once");
	if (channel_listen(path, false, &listener, NULL) != RC_OK ||
	    pthread_create(&thread, NULL, accept_all, NULL) != 0)
		return EXIT_FAILURE;
	test_habits(k);
	test_not_again(k);
	test_many(k);
	keys_free(k);
	stopping = true;
	(void)pthread_join(thread, NULL);
	(void)usleep(200000);
	(void)close(listener);
	(void)unlink(path);
	(void)rmdir(folder);

	return tap_done();
}
