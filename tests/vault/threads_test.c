/*
 * threads_test.c - a vault that makes several signatures at once: each
 * question gets its own answer, and what ends an approval ends it for all.
 *
 * Belongs here: what only goes wrong where calls overlap.
 * Not here: what the vault is for (path_test.c); races that nobody notices,
 * which ./dev memcheck looks for in this same test.
 */
#include "rig.h"

#include "tap.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLERS 6
#define EACH    16
#define CLIENTS 200

/* What all callers share. */
struct scene {
	struct rig *rig;
	const struct subject *subject;
	const struct grant *grant;
	enum keys_mechanism mechanism;
	bool same; /* all ask the same questions, by the same names */
	atomic_bool refused, go;
};

struct caller {
	struct scene *scene;
	pthread_t thread;
	uint32_t from;
	enum rc rc; /* the first that was not RC_OK */
	size_t signatures, bad, late;
	uint16_t left[EACH];
	struct buf made[EACH];
};

static enum rc
ask(struct scene *s, uint32_t number, struct keys_signed *out)
{
	uint8_t digest[32] = { 0 };

	memcpy(digest, &number, sizeof(number));

	return grant_sign_with(s->rig, s->grant, s->subject, number,
	    s->mechanism, KEYS_SHA256, s->mechanism == KEYS_RSA_PSS ? 32 : 0,
	    SPAN(digest), out);
}

static bool
verifies(const struct scene *s, uint32_t number, struct span signature)
{
	uint8_t digest[32] = { 0 };

	memcpy(digest, &number, sizeof(number));

	return subject_verifies(
	    s->subject, s->mechanism, KEYS_SHA256, 32, SPAN(digest), signature);
}

static void *
call(void *arg)
{
	struct caller *c = arg;

	while (!c->scene->go)
		;
	for (size_t i = 0; i < EACH && c->rc == RC_OK; i++) {
		uint32_t number = c->from + (uint32_t)i;
		bool too_late = c->scene->refused;
		struct keys_signed out = { 0 };

		if ((c->rc = ask(c->scene, number, &out)) == RC_OK) {
			struct span signature = buf_span(&out.signature);

			c->made[i] = buf_init(1024);
			buf_bytes(&c->made[i], signature);
			c->left[i] = out.left;
			c->signatures++;
			c->late += too_late;
			c->bad += !verifies(c->scene, number, signature);
		}
		keys_signed_clear(&out);
	}

	return NULL;
}

static void
start(struct scene *s, struct caller callers[static CALLERS])
{
	memset(callers, 0, CALLERS * sizeof(*callers));
	s->go = s->refused = false;
	for (uint32_t i = 0; i < CALLERS; i++) {
		callers[i].scene = s;
		callers[i].from = s->same ? 1 : 1 + i * EACH;
		if (pthread_create(
			&callers[i].thread, NULL, call, &callers[i]) != 0)
			abort();
	}
	s->go = true;
}

static void
end(struct caller callers[static CALLERS])
{
	for (size_t i = 0; i < CALLERS; i++)
		(void)pthread_join(callers[i].thread, NULL);
}

static void
clear(struct caller callers[static CALLERS])
{
	for (size_t i = 0; i < CALLERS; i++) {
		for (size_t k = 0; k < EACH; k++)
			buf_clear(&callers[i].made[k]);
	}
}

/* Did each get all of its signatures, and right ones? */
static bool
all_made(const struct caller callers[static CALLERS])
{
	bool good = true;

	for (size_t i = 0; i < CALLERS; i++)
		good = good && callers[i].signatures == EACH &&
		    callers[i].bad == 0;

	return good;
}

/* Was each place in the window given away once? */
static bool
counted(struct caller callers[static CALLERS])
{
	bool seen[CALLERS * EACH] = { false };
	bool good = true;

	for (size_t i = 0; i < CALLERS; i++) {
		for (size_t k = 0; k < EACH; k++) {
			uint16_t left = callers[i].left[k];

			good = good && left < CALLERS * EACH && !seen[left];
			if (good)
				seen[left] = true;
		}
	}

	return good;
}

static void
test_many(struct rig *r, struct phone *p, struct subject *s, const char *name,
    enum keys_mechanism mechanism)
{
	struct caller callers[CALLERS];
	struct scene scene = { .rig = r, .subject = s, .mechanism = mechanism };
	struct grant g;

	scene.grant = &g;
	ok(grant_window(r, p, s, CALLERS * EACH, 60, &g) == RC_OK,
	    "%s: a window", name);
	start(&scene, callers);
	end(callers);
	ok(all_made(callers),
	    "%s: %d callers at once, and each gets its own signatures", name,
	    CALLERS);
	ok(counted(callers), "%s: each is counted once", name);
	clear(callers);
	grant_free(&g);
}

/* One sign_id has one signature, also where chance makes each another one. */
static void
test_same(struct rig *r, struct phone *p, struct subject *s)
{
	struct caller callers[CALLERS];
	struct scene scene = {
		.rig = r, .subject = s, .mechanism = KEYS_RSA_PSS, .same = true
	};
	struct keys_status status = { 0 };
	bool same = true;
	struct grant g;

	scene.grant = &g;
	ok(grant_window(r, p, s, EACH + 1, 60, &g) == RC_OK, "a window");
	start(&scene, callers);
	end(callers);
	for (size_t i = 0; i < CALLERS; i++) {
		same = same && callers[i].rc == RC_OK;
		for (size_t k = 0; k < EACH; k++)
			same = same &&
			    span_equal(buf_span(&callers[i].made[k]),
				buf_span(&callers[0].made[k]));
	}
	ok(same, "asked by %d at once, a sign_id has one signature", CALLERS);
	ok(keys_status(r->keys, g.id, &status, NULL) == RC_OK &&
		status.left == 1,
	    "and counts once");
	clear(callers);
	grant_free(&g);
}

static void
test_refused(struct rig *r, struct phone *p, struct subject *s)
{
	struct caller callers[CALLERS];
	struct scene scene = {
		.rig = r, .subject = s, .mechanism = KEYS_RSA_PKCS1
	};
	size_t late = 0, bad = 0, ended = 0;
	struct grant g;
	enum rc rc;

	scene.grant = &g;
	ok(grant_window(r, p, s, CALLERS * EACH, 60, &g) == RC_OK, "a window");
	start(&scene, callers);
	rc = keys_refuse(r->keys, g.id, NULL);
	scene.refused = true;
	end(callers);
	for (size_t i = 0; i < CALLERS; i++) {
		late += callers[i].late;
		bad += callers[i].bad;
		ended += callers[i].rc == RC_STATE;
	}
	ok(rc == RC_OK && ended == CALLERS && late == 0 && bad == 0,
	    "an approval that ends while it is used ends for every caller");
	clear(callers);
	grant_free(&g);
}

/* Signs on a connection of its own until it is killed. */
static void
be_client(const struct scene *s, uint32_t from)
{
	struct keys_signed out = { 0 };
	struct rig apart = *s->rig;
	struct scene mine = *s;

	mine.rig = &apart;
	if (keys_new(s->rig->socket, 1, 15000, &apart.keys, NULL) != RC_OK)
		_exit(1);
	for (uint32_t i = 0;; i++)
		(void)ask(&mine, from + i % (EACH / 2), &out);
}

/* Does whoever connects now hear what he asked, and nothing else? */
static bool
is_answered(const struct rig *r)
{
	struct keys_hello hello;
	struct keys *k = NULL;
	bool good = keys_new(r->socket, 1, 15000, &k, NULL) == RC_OK;

	for (int i = 0; good && i < 3; i++)
		good = keys_hello(k, &hello, NULL) == RC_OK;
	keys_free(k);

	return good;
}

/*
 * A client that dies while its signature is made, or while that is written
 * down: nobody gets its answer.
 */
static void
test_dead_clients(struct rig *r, struct phone *p, struct subject *s)
{
	struct caller callers[CALLERS];
	struct scene scene = {
		.rig = r, .subject = s, .mechanism = KEYS_RSA_PSS
	};
	size_t answered = 0;
	struct grant g;

	scene.grant = &g;
	for (uint32_t i = 0; i < CLIENTS; i++) {
		pid_t pid;

		if (i % 8 == 0 && grant_window(r, p, s, 100, 60, &g) != RC_OK)
			abort();
		if ((pid = fork()) == 0)
			be_client(&scene, 1 + i % 8 * EACH / 2);
		(void)usleep(1500 + i % 16 * 150);
		(void)kill(pid, SIGKILL);
		answered += is_answered(r);
		(void)waitpid(pid, NULL, 0);
		if (i % 8 == 7) {
			if (keys_refuse(r->keys, g.id, NULL) != RC_OK)
				abort();
			grant_free(&g);
		}
	}
	ok(answered == CLIENTS,
	    "%d clients die, and whoever comes next hears nothing of it",
	    CLIENTS);
	ok(grant_window(r, p, s, CALLERS * EACH, 60, &g) == RC_OK, "a window");
	start(&scene, callers);
	end(callers);
	ok(all_made(callers), "and signatures are made");
	clear(callers);
	grant_free(&g);
}

/* Does a line of this kind stand in the state of each of its threads? */
static size_t
threads_with(const struct rig *r, const char *line, size_t *threads)
{
	char path[128], text[256];
	const struct dirent *entry;
	size_t n = 0;
	DIR *folder;

	*threads = 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)r->pid);
	if ((folder = opendir(path)) == NULL)
		return 0;
	while ((entry = readdir(folder)) != NULL) {
		FILE *f;

		if (entry->d_name[0] == '.')
			continue;
		(*threads)++;
		(void)snprintf(path, sizeof(path), "/proc/%d/task/%.16s/status",
		    (int)r->pid, entry->d_name);
		f = fopen(path, "r");
		while (f != NULL && fgets(text, sizeof(text), f) != NULL)
			n += strcmp(text, line) == 0;
		if (f != NULL)
			(void)fclose(f);
	}
	(void)closedir(folder);

	return n;
}

static void
test_jail(const struct rig *r)
{
	size_t threads, calls, privileges;

	calls = threads_with(r, "Seccomp:\t2\n", &threads);
	privileges = threads_with(r, "NoNewPrivs:\t1\n", &threads);
	if (getenv("INGAM_WEAK") != NULL)
		skip("four threads in the jail", "a sanitizer needs more");
	else
		ok(threads == 4 && calls == 4 && privileges == 4,
		    "four threads, and each is in the jail");
}

static void
test_stop(struct rig *r, struct phone *p, struct subject *s)
{
	struct caller callers[CALLERS];
	struct scene scene = {
		.rig = r, .subject = s, .mechanism = KEYS_RSA_PSS
	};
	struct keys_signed again = { 0 };
	size_t lost = 0, made = 0;
	struct grant g;

	scene.grant = &g;
	ok(grant_window(r, p, s, CALLERS * EACH, 60, &g) == RC_OK, "a window");
	start(&scene, callers);
	(void)usleep(20000);
	ok(rig_stop(r) == 0, "it stops in the middle of signatures");
	end(callers);
	if (!rig_start(r))
		abort();
	for (size_t i = 0; i < CALLERS; i++) {
		for (size_t k = 0; k < callers[i].signatures; k++) {
			made++;
			keys_signed_clear(&again);
			lost += ask(&scene, callers[i].from + (uint32_t)k,
				    &again) != RC_OK ||
			    !span_equal(buf_span(&again.signature),
				buf_span(&callers[i].made[k]));
		}
	}
	ok(lost == 0, "what was answered is there afterwards (%zu signatures)",
	    made);
	keys_signed_clear(&again);
	clear(callers);
	grant_free(&g);
}

int
main(void)
{
	struct rig r = { .more = { "--threads", "4" } };
	struct subject rsa, p256;
	struct phone phone;

	rig_new(&r);
	if (phone_new(&r, &phone, false, NULL) != RC_OK)
		abort();
	subject_new(&rsa, "RSA", 30);
	subject_new(&p256, "P-256", 30);
	ok(subject_import(&r, &phone, &rsa, (struct span){ 0 },
	       SUBJECT_PASSWORD, NULL) == RC_OK &&
		subject_import(&r, &phone, &p256, (struct span){ 0 },
		    SUBJECT_PASSWORD, NULL) == RC_OK,
	    "two certificates");
	test_jail(&r);
	test_many(&r, &phone, &rsa, "RSA", KEYS_RSA_PKCS1);
	test_many(&r, &phone, &p256, "P-256", KEYS_ECDSA);
	test_same(&r, &phone, &rsa);
	test_refused(&r, &phone, &rsa);
	test_dead_clients(&r, &phone, &rsa);
	test_stop(&r, &phone, &rsa);
	subject_free(&rsa);
	subject_free(&p256);
	phone_free(&phone);
	rig_free(&r);

	return tap_done();
}
