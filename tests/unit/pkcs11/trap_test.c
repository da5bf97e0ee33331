/* trap_test.c - eleven ways in which modules of others failed their users. */
#include "module.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static CK_BYTE digest[32], signature[256];

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t
count_entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		(void)closedir(d);

	return n;
}

static void
trap_threads(void)
{
	CK_C_INITIALIZE_ARGS args = {
		.flags = CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK
	};
	CK_SESSION_HANDLE s;

	ok(p11->C_Initialize(&args) == CKR_OK, "1: no threads: accepted");
	s = module_session();
	(void)module_login(s, "123456");
	ok(count_entries("/proc/self/task") == 3 && s != 0,
	    "1: no threads: none is made, not even by a login");
	(void)p11->C_Finalize(NULL);
}

static CK_RV
sign_ec(CK_SESSION_HANDLE s, CK_ULONG room, CK_BYTE *out)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_RV rv =
	    p11->C_SignInit(s, &m, module_object(s, CKO_PRIVATE_KEY, 0x22));

	return rv == CKR_OK ? p11->C_Sign(s, digest, sizeof(digest), out, &room)
			    : rv;
}

static void
trap_waiting(void)
{
	CK_SESSION_HANDLE s = module_session();
	int64_t start = now_ms();

	(void)module_login(s, "slow");
	ok(now_ms() - start >= 250, "2: a person is waited for in C_Login");
	start = now_ms();
	for (int i = 0; i < 10; i++)
		(void)sign_ec(s, 64, signature);
	ok(now_ms() - start < 250, "2: C_Sign is at once within the approval");
	(void)p11->C_CloseAllSessions(1);
}

static CK_ULONG
count_profiles(CK_ULONG id)
{
	CK_OBJECT_CLASS class = CKO_PROFILE;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
		{ CKA_PROFILE_ID, &id, sizeof(id) } };
	CK_SESSION_HANDLE s = module_session();
	CK_OBJECT_HANDLE found[8];
	CK_ULONG n = 0;

	(void)p11->C_FindObjectsInit(s, t, 2);
	(void)p11->C_FindObjects(s, found, 8, &n);
	(void)p11->C_CloseSession(s);

	return n;
}

static void
trap_profile(void)
{
	CK_TOKEN_INFO info;

	(void)p11->C_Initialize(NULL);
	ok(count_profiles(CKP_PUBLIC_CERTIFICATES_TOKEN) == 0 &&
		count_profiles(CKP_BASELINE_PROVIDER) == 1,
	    "3: no certificates known: no promise of public ones");
	(void)p11->C_Finalize(NULL);
	(void)setenv("INGAM_LOGIN", "push", 1);
	(void)p11->C_Initialize(NULL);
	(void)module_login(module_session(), NULL);
	ok(p11->C_GetTokenInfo(1, &info) == CKR_OK &&
		(info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0 &&
		count_profiles(CKP_PUBLIC_CERTIFICATES_TOKEN) == 1,
	    "3: push: protected path and public certificates go together");
	(void)p11->C_Logout(module_session());
	ok(module_login(module_session(), "0") == CKR_OK,
	    "3: push: a PIN that is typed all the same is not looked at");
	(void)unsetenv("INGAM_LOGIN");
	(void)p11->C_Finalize(NULL);
}

static void
trap_number_again(void)
{
	CK_SESSION_HANDLE s;
	bool good = true;

	for (int i = 0; i < 4; i++) {
		s = module_session();
		good = good && module_login(s, "123456") == CKR_OK &&
		    module_login(s, "123456") == CKR_USER_ALREADY_LOGGED_IN;
		(void)p11->C_CloseSession(s);
	}
	ok(good, "4: the same number four times, as GnuTLS does");
}

static void
trap_always_authenticate(void)
{
	CK_SESSION_HANDLE s = module_session();
	CK_BBOOL always = CK_TRUE;
	CK_ATTRIBUTE t = { CKA_ALWAYS_AUTHENTICATE, &always, 1 };

	(void)module_login(s, "123456");
	ok(p11->C_GetAttributeValue(
	       s, module_object(s, CKO_PRIVATE_KEY, 0x22), &t, 1) == CKR_OK &&
		always == CK_FALSE,
	    "5: no key wants to be asked for each time");
	(void)p11->C_CloseAllSessions(1);
}

static void
trap_length_query(void)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_SESSION_HANDLE s = module_session();
	CK_ULONG n = 0;
	CK_BYTE before;

	(void)module_login(s, "123456");
	(void)sign_ec(s, 64, signature);
	before = signature[0];
	(void)p11->C_SignInit(s, &m, module_object(s, CKO_PRIVATE_KEY, 0x22));
	ok(p11->C_Sign(s, digest, 32, NULL, &n) == CKR_OK && n == 64,
	    "6: length asked");
	n = 1;
	ok(p11->C_Sign(s, digest, 32, signature, &n) == CKR_BUFFER_TOO_SMALL &&
		n == 64,
	    "6: room for one byte");
	ok(p11->C_Sign(s, digest, 32, signature, &n) == CKR_OK &&
		signature[0] == (CK_BYTE)(before + 1),
	    "6: one signature was asked for in all of this");
	(void)p11->C_CloseAllSessions(1);
}

static void
trap_refusing(void)
{
	static const CK_MECHANISM_TYPE needed[] = { CKM_RSA_PKCS,
		CKM_RSA_PKCS_PSS, CKM_ECDSA, CKM_SHA256_RSA_PKCS,
		CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKM_SHA_1 };
	CK_MECHANISM_INFO info;
	CK_SESSION_HANDLE s;
	CK_SLOT_INFO slot;
	bool good = true;

	ok(p11->C_OpenSession(1, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
	       NULL, &s) == CKR_OK,
	    "7: a session to write, though nothing is written (OpenSSH)");
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		good = good &&
		    p11->C_GetMechanismInfo(1, needed[i], &info) == CKR_OK;
	ok(good, "7: raw, PSS, hashing and digest mechanisms");
	ok(p11->C_GetSlotInfo(1, &slot) == CKR_OK &&
		(slot.flags & CKF_REMOVABLE_DEVICE) != 0,
	    "7: a removable device");
	(void)module_login(s, "123456");
	ok(module_object(s, CKO_PUBLIC_KEY, 0x11) != 0 &&
		module_object(s, CKO_PUBLIC_KEY, 0x22) != 0,
	    "7: a public key for each private one");
	(void)p11->C_CloseAllSessions(1);
}

static int
in_child(int (*f)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)alarm(20);
		_exit(f());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;

	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

static int
child_life(void)
{
	CK_SESSION_HANDLE s;
	CK_INFO info;

	if (p11->C_GetInfo(&info) != CKR_CRYPTOKI_NOT_INITIALIZED ||
	    p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (p11->C_Initialize(NULL) != CKR_OK)
		return 2;
	s = module_session();
	if (module_login(s, "123456") != CKR_OK ||
	    sign_ec(s, 64, signature) != CKR_OK)
		return 3;

	return p11->C_Finalize(NULL) == CKR_OK ? 0 : 4;
}

/* A child that closed what it did not know, and opened sockets of its own. */
static int
child_closed(void)
{
	int fds[16];

	for (int fd = 3; fd < 64; fd++)
		(void)close(fd);
	for (size_t i = 0; i < 16; i += 2)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, &fds[i]) != 0)
			return 3;
	if (p11->C_Initialize(NULL) != CKR_OK)
		return 1;
	for (size_t i = 0; i < 16; i++)
		if (fcntl(fds[i], F_GETFD) < 0)
			return 2;

	return 0;
}

static _Atomic bool stop, hammers;

static void *
hammer(void *arg)
{
	CK_TOKEN_INFO info;

	(void)arg;
	while (!stop)
		hammers = p11->C_GetTokenInfo(1, &info) == CKR_OK;

	return NULL;
}

static void
trap_fork(void)
{
	CK_SESSION_HANDLE s = module_session();
	pthread_t thread;
	int bad = 0;

	(void)module_login(s, "123456");
	ok(in_child(child_life) == 0, "8: fork: a child begins anew");
	ok(sign_ec(s, 64, signature) == CKR_OK,
	    "8: fork: the parent signs on as if nothing had been");
	ok(in_child(child_closed) == 0,
	    "8: fork: descriptors that are not ours any more are left alone");
	if (pthread_create(&thread, NULL, hammer, NULL) != 0)
		abort();
	/* Not while it starts: a sanitizer's allocator has no fork in mind. */
	while (!hammers)
		(void)usleep(1000);
	for (int i = 0; i < 30; i++)
		bad += in_child(child_life) != 0 ? 1 : 0;
	stop = true;
	(void)pthread_join(thread, NULL);
	ok(bad == 0, "8: fork: while another thread holds the lock");
	ok(sign_ec(s, 64, signature) == CKR_OK,
	    "8: fork: the parent still signs");
	(void)p11->C_CloseAllSessions(1);
}

static _Atomic unsigned int first, again, other;

static void *
initialize(void *arg)
{
	CK_RV rv = p11->C_Initialize(arg);

	if (rv == CKR_OK)
		first++;
	else if (rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
		again++;
	else
		other++;

	return NULL;
}

static void
trap_life(void)
{
	pthread_t threads[8];
	bool good = true;
	CK_INFO info;

	(void)p11->C_Finalize(NULL);
	for (int round = 0; round < 100; round++) {
		first = again = other = 0;
		for (size_t i = 0; i < 8; i++)
			if (pthread_create(
				&threads[i], NULL, initialize, NULL) != 0)
				abort();
		for (size_t i = 0; i < 8; i++)
			(void)pthread_join(threads[i], NULL);
		good = good && first == 1 && again == 7 && other == 0 &&
		    p11->C_Finalize(NULL) == CKR_OK;
	}
	ok(good, "9: eight threads initialize: one succeeds, a hundred times");
	for (int i = 0; i < 20; i++) {
		(void)p11->C_Initialize(NULL);
		(void)module_login(module_session(), "123456");
		(void)p11->C_Finalize(NULL);
		(void)dlclose(module_handle);
		module_load();
	}
	ok(p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED,
	    "9: loaded and unloaded twenty times");
}

static void
trap_network(void)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE o;
	size_t before = count_entries("/proc/self/fd");
	CK_ULONG n;
	int64_t start;

	(void)p11->C_Initialize(NULL);
	s = module_session();
	start = now_ms();
	for (int i = 0; i < 1000; i++) {
		(void)p11->C_FindObjectsInit(s, NULL, 0);
		(void)p11->C_FindObjects(s, &o, 1, &n);
		(void)p11->C_FindObjectsFinal(s);
	}
	ok(now_ms() - start < 1000, "10: a thousand searches from memory");
	ok(count_entries("/proc/self/fd") == before,
	    "10: no helper and no socket until a login");
	(void)p11->C_Finalize(NULL);
	(void)setenv("INGAM_TOKEN_HELPER", "/nonexistent", 1);
	(void)p11->C_Initialize(NULL);
	s = module_session();
	ok(s != 0 && module_login(s, "123456") == CKR_DEVICE_ERROR,
	    "10: no helper at all: only the login fails");
	(void)p11->C_Finalize(NULL);
	(void)setenv("INGAM_TOKEN_HELPER", getenv("INGAM_FAKE_HELPER"), 1);
	module_home("[default]\nask-at = session\n");
	(void)p11->C_Initialize(NULL);
	start = now_ms();
	s = module_session();
	ok(now_ms() - start < 100, "10: a session is opened at once");
	ok(module_login(s, "told") == CKR_PIN_LOCKED,
	    "10: and the helper was told of it");
	(void)p11->C_Finalize(NULL);
	ok(waitpid(-1, NULL, WNOHANG) < 0, "10: no child is left to the host");
}

static void
reap_all(int sig)
{
	int was = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = was;
}

/* A host that has children of its own, and its own way to wait for them. */
static bool
host_signs(void (*on_child)(int))
{
	struct sigaction act = { .sa_handler = on_child }, old;
	CK_SESSION_HANDLE s;
	bool good;

	(void)sigaction(SIGCHLD, &act, &old);
	(void)p11->C_Initialize(NULL);
	s = module_session();
	good = module_login(s, "123456") == CKR_OK &&
	    sign_ec(s, 64, signature) == CKR_OK;
	/* Before C_Finalize: the host may wait for any child at any time. */
	if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
		good = false;
	good = p11->C_Finalize(NULL) == CKR_OK && good;
	(void)sigaction(SIGCHLD, &old, NULL);

	return good;
}

static void
trap_children(void)
{
	pid_t own;
	int status = 0;

	ok(host_signs(SIG_DFL), "11: children: none of ours is the host's");
	ok(host_signs(SIG_IGN), "11: children: a host deaf to SIGCHLD");
	ok(host_signs(reap_all), "11: children: a host that takes them all");
	if ((own = fork()) == 0)
		_exit(7);
	(void)p11->C_Initialize(NULL);
	(void)module_login(module_session(), "123456");
	(void)p11->C_Finalize(NULL);
	ok(waitpid(own, &status, 0) == own && WIFEXITED(status) &&
		WEXITSTATUS(status) == 7,
	    "11: children: the host's own is still there to be waited for");
}

int
main(void)
{
	module_home("[default]\nask-at = login\n");
	module_load();
	trap_threads();
	trap_profile();
	(void)p11->C_Initialize(NULL);
	trap_waiting();
	trap_number_again();
	trap_always_authenticate();
	trap_length_query();
	trap_refusing();
	trap_fork();
	trap_life();
	trap_network();
	trap_children();

	return tap_done();
}
