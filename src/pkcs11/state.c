/*
 * state.c - the one state of the module in this process, and its lock.
 *
 * Belongs here: starting, ending, forking, locking.
 * Not here: what the C_ functions mean (slot.c, session.c, object.c, sign.c).
 */
#include "pkcs11/state.h"

#include "base/file.h"
#include "base/text.h"
#include "pkcs11/hash.h"
#include "pkcs11/note.h"
#include "wire/tokenframe.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * PKCS#11 has no handle for the library, so its state must be a global. It is
 * reached through state_enter() alone.
 */
static struct state state_now;
static pthread_mutex_t state_mutex = PTHREAD_MUTEX_INITIALIZER;

/* Which process the above belongs to: pid * 2 + 1, or pid * 2 while it is made. */
static _Atomic uint64_t state_owner;

/* The host's own mutex, where it insists (no CKF_OS_LOCKING_OK). */
static CK_C_INITIALIZE_ARGS state_calls;
static void *state_host_mutex;

static bool
state_is_ours(void)
{
	return atomic_load(&state_owner) == (uint64_t)getpid() * 2 + 1;
}

/*
 * After fork the parent's lock may be held by a thread that does not exist
 * here, and its tables may be half written: the child starts with new ones
 * and only closes its copies of the sockets. Two threads may arrive at once.
 */
static void
state_own(void)
{
	uint64_t me = (uint64_t)getpid() * 2;
	uint64_t seen = atomic_load(&state_owner);

	while (seen != me + 1) {
		if (seen == me) {
			(void)sched_yield();
			seen = atomic_load(&state_owner);
			continue;
		}
		if (!atomic_compare_exchange_strong(&state_owner, &seen, me))
			continue;
		if (seen != 0) {
			helper_forget(&state_now.helper);
			memset(&state_now, 0, sizeof(state_now));
			memset(&state_calls, 0, sizeof(state_calls));
			state_host_mutex = NULL;
			(void)pthread_mutex_init(&state_mutex, NULL);
		}
		helper_init(&state_now.helper);
		atomic_store(&state_owner, me + 1);
		return;
	}
}

static CK_RV
state_lock(void)
{
	(void)pthread_mutex_lock(&state_mutex);
	if (state_calls.LockMutex == NULL)
		return CKR_OK;
	if (state_calls.LockMutex(state_host_mutex) == CKR_OK)
		return CKR_OK;
	(void)pthread_mutex_unlock(&state_mutex);

	return CKR_GENERAL_ERROR;
}

static void
state_unlock(void)
{
	if (state_calls.UnlockMutex != NULL)
		(void)state_calls.UnlockMutex(state_host_mutex);
	(void)pthread_mutex_unlock(&state_mutex);
}

CK_RV
state_enter(struct state **out)
{
	CK_RV rv;

	if (!state_is_ours())
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	if ((rv = state_lock()) != CKR_OK)
		return rv;
	if (!state_now.ready || state_now.ending) {
		state_unlock();
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	}
	*out = &state_now;

	return CKR_OK;
}

void
state_leave(struct state *st)
{
	(void)st;
	state_unlock();
}

void
state_pause(struct state *st)
{
	st->busy++;
	state_unlock();
}

void
state_resume(struct state *st)
{
	/* The host's mutex failing now would leave no way back; go on with ours. */
	(void)pthread_mutex_lock(&state_mutex);
	if (state_calls.LockMutex != NULL)
		(void)state_calls.LockMutex(state_host_mutex);
	st->busy--;
}

CK_RV
state_enter_session(
    CK_SESSION_HANDLE handle, struct state **st, struct session **s)
{
	CK_RV rv = state_enter(st);

	if (rv != CKR_OK)
		return rv;
	if ((*s = session_find(*st, handle)) == NULL) {
		state_leave(*st);
		return CKR_SESSION_HANDLE_INVALID;
	}

	return CKR_OK;
}

static CK_RV
state_check_args(const CK_C_INITIALIZE_ARGS *a)
{
	int calls;

	if (a->pReserved != NULL)
		return CKR_ARGUMENTS_BAD;
	calls = (a->CreateMutex != NULL) + (a->DestroyMutex != NULL) +
	    (a->LockMutex != NULL) + (a->UnlockMutex != NULL);

	return calls == 0 || calls == 4 ? CKR_OK : CKR_ARGUMENTS_BAD;
}

/* The host's executable: its thread's or script's name would say less. */
static void
state_program(char out[static 64])
{
	char path[1024];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *name = program_invocation_short_name;

	if (n > 0) {
		path[n] = '\0';
		name =
		    strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
	}
	text_sanitise(out, 64, span_str(name));
}

void
state_load_objects(struct state *st)
{
	struct buf list = buf_init(TOKENFRAME_MAX);
	struct err e = { 0 };
	char path[1024];

	/* A list that is damaged or another member's is no list. */
	if (!tokenconf_cache_path(path, sizeof(path)) ||
	    file_read(path, &list, &e) != RC_OK ||
	    object_table_set(&st->objects, buf_span(&list), st->owner, &e) !=
		RC_OK)
		object_table_clear(&st->objects);
	buf_clear(&list);
}

static void
state_unreadable(const struct err *e)
{
	char ko[256], en[256];
	const struct note note = { "설정을 읽지 못해 토큰이 없어요",
		"there is no token, for its settings cannot be read", ko, en };

	(void)snprintf(ko, sizeof(ko),
	    "token.conf(5)와 \"%.150s --settings\"를 보세요.", helper_path());
	(void)snprintf(en, sizeof(en),
	    "See token.conf(5) and \"%.150s --settings\".", helper_path());
	note_say(&note, e->field[0] == '\0' ? NULL : e->field, e->msg);
}

static void
state_fill(struct state *st)
{
	struct err e = { 0 };
	char owner[320];
	size_t n;

	state_program(st->program);
	st->present = tokenconf_load(&st->conf, st->program, &e) == RC_OK;
	if (!st->present && st->conf.notes)
		state_unreadable(&e);
	if (!st->present)
		return;
	n = tokenconf_owner_text(&st->conf, owner);
	hash_once(HASH_SHA256, owner, n, st->owner);
	state_load_objects(st);
}

CK_RV
state_start(const CK_C_INITIALIZE_ARGS *args)
{
	CK_RV rv;

	if (args != NULL && (rv = state_check_args(args)) != CKR_OK)
		return rv;
	state_own();
	(void)pthread_mutex_lock(&state_mutex);
	if (state_now.ready) {
		(void)pthread_mutex_unlock(&state_mutex);
		return CKR_CRYPTOKI_ALREADY_INITIALIZED;
	}
	if (args != NULL && args->CreateMutex != NULL &&
	    (args->flags & CKF_OS_LOCKING_OK) == 0) {
		rv = args->CreateMutex(&state_host_mutex);
		if (rv != CKR_OK) {
			(void)pthread_mutex_unlock(&state_mutex);
			return CKR_CANT_LOCK;
		}
		state_calls = *args;
	}
	state_fill(&state_now);
	state_now.ready = true;
	(void)pthread_mutex_unlock(&state_mutex);

	return CKR_OK;
}

CK_RV
state_stop(void)
{
	static const struct timespec tick = { 0, 1000000 };
	struct helper helper;
	struct state *st;
	CK_RV rv = state_enter(&st);

	if (rv != CKR_OK)
		return rv;
	/*
	 * Those who wait are woken and leave first: after this function the
	 * host may unload the code they run.
	 */
	st->ending = true;
	session_close_all(st);
	while (st->busy > 0) {
		helper_wake_all(&st->helper);
		state_unlock();
		(void)nanosleep(&tick, NULL);
		(void)pthread_mutex_lock(&state_mutex);
		if (state_calls.LockMutex != NULL)
			(void)state_calls.LockMutex(state_host_mutex);
	}
	helper_stop(&st->helper);
	object_table_clear(&st->objects);
	helper = st->helper;
	if (state_calls.UnlockMutex != NULL) {
		(void)state_calls.UnlockMutex(state_host_mutex);
		(void)state_calls.DestroyMutex(state_host_mutex);
	}
	memset(&state_calls, 0, sizeof(state_calls));
	state_host_mutex = NULL;
	memset(st, 0, sizeof(*st));
	st->helper = helper;
	(void)pthread_mutex_unlock(&state_mutex);

	return CKR_OK;
}
