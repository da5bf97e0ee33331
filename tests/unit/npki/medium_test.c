/*
 * medium_test.c - a folder is changed as a whole, wherever the process dies.
 *
 * Each failpoint of medium.c is passed until a child that stops there is no
 * longer killed; what is then read is the old or the new, never a mixture.
 */
#include "npki/medium.h"

#include "base/file.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[] = "/tmp/ingam-medium-XXXXXX";
static char folder[128], certificate[256];
static struct folder_pair pair;

/* The same five files with a digit of their own. */
static void
fill(struct medium *m, char digit)
{
	for (size_t i = 0; i < FOLDER_FILES; i++) {
		m->files[i] = buf_init(64);
		buf_printf(&m->files[i], "%s %c",
		    folder_name((enum folder_file)i), digit);
	}
}

/* Are these the files with this digit, or (0) is there none? */
static bool
holds(char digit)
{
	struct medium want, got;
	bool same = true;
	enum rc rc = medium_read(&pair, &got, NULL);

	if (digit == 0) {
		medium_clear(&got);
		return rc == RC_ABSENT;
	}
	fill(&want, digit);
	for (size_t i = 0; i < FOLDER_FILES; i++)
		same = same &&
		    span_equal(
			buf_span(&want.files[i]), buf_span(&got.files[i]));
	medium_clear(&want);
	medium_clear(&got);

	return rc == RC_OK && same;
}

/* How many files there are in the folder: of ours and of others. */
static int
entries(void)
{
	char command[FOLDER_PATH + 64];
	FILE *list;
	int n = -1;

	(void)snprintf(
	    command, sizeof(command), "ls -A '%s' 2>/dev/null | wc -l", folder);
	list = popen(command, "r");
	if (list != NULL && fscanf(list, "%d", &n) != 1)
		n = -1;
	if (list != NULL)
		(void)pclose(list);

	return n;
}

static void
shell(const char *script)
{
	char command[FOLDER_PATH + 256];

	(void)snprintf(
	    command, sizeof(command), "cd '%s' && %s", folder, script);
	if (system(command) != 0)
		abort();
}

/* In the place of what is in the folder. */
static enum rc
place_files(const struct medium *m, struct err *e)
{
	struct medium was;
	enum rc rc = medium_read(&pair, &was, NULL);

	if (rc == RC_OK || rc == RC_ABSENT)
		rc = medium_place(folder, &was, m, e);
	medium_clear(&was);

	return rc;
}

static enum rc
place(char digit)
{
	struct medium m;
	enum rc rc;

	fill(&m, digit);
	rc = place_files(&m, NULL);
	medium_clear(&m);

	return rc;
}

static enum rc
write_keys_of(const struct medium *was, char digit)
{
	struct medium m;
	enum rc rc;

	fill(&m, digit);
	rc = medium_write_keys(&pair, was, buf_span(&m.files[FOLDER_SIGN_KEY]),
	    buf_span(&m.files[FOLDER_KM_KEY]), NULL);
	medium_clear(&m);

	return rc;
}

/* The same, and removing, of what is in the folder. */
static enum rc
write_keys(char digit)
{
	struct medium was;
	enum rc rc = medium_read(&pair, &was, NULL);

	if (rc == RC_OK)
		rc = write_keys_of(&was, digit);
	medium_clear(&was);

	return rc;
}

static enum rc
remove_all(char digit)
{
	struct medium was;
	enum rc rc = medium_read(&pair, &was, NULL);

	(void)digit;
	if (rc == RC_OK)
		rc = medium_remove(&pair, &was, NULL);
	medium_clear(&was);

	return rc;
}

static void
test_plain(void)
{
	struct stat st;

	ok(place('1') == RC_OK && holds('1') && entries() == 5,
	    "placed where no folder was, and read");
	ok(stat(certificate, &st) == 0 && (st.st_mode & 0777) == 0600 &&
		stat(folder, &st) == 0 && (st.st_mode & 0777) == 0700,
	    "for its owner alone");
	ok(place('1') == RC_OK && holds('1') && entries() == 5,
	    "the same once more");
	ok(place('2') == RC_OK && holds('2'), "replaced");
	shell("mv signPri.key SIGNPRI.KEY && mv CaPubs capubs");
	ok(place('3') == RC_OK && holds('3') && entries() == 5,
	    "names of other case stay, and are not doubled");
	shell("mv SIGNPRI.KEY signPri.key && mv capubs CaPubs");
	shell("echo mine > other.txt");
	ok(remove_all('1') == RC_OK && holds(0) && entries() == 1,
	    "removed, but not what is somebody else's");
	shell("rm other.txt");
	ok(place('1') == RC_OK && remove_all('1') == RC_OK && entries() == 0 &&
		access(folder, F_OK) != 0,
	    "removed with its folder");
	ok(remove_all('1') == RC_ABSENT, "nothing to remove");
}

/* Between reading and changing somebody is asked, and others go on meanwhile. */
static void
test_changed_meanwhile(void)
{
	struct medium was;

	(void)place('1');
	ok(medium_read(&pair, &was, NULL) == RC_OK && place('2') == RC_OK &&
		medium_remove(&pair, &was, NULL) == RC_BUSY && holds('2'),
	    "what came meanwhile is not removed");
	ok(write_keys_of(&was, '1') == RC_BUSY && holds('2'),
	    "nor does an old key take the place of its own");
	ok(medium_place(folder, &was, &was, NULL) == RC_BUSY && holds('2'),
	    "nor is it replaced");
	ok(place('1') == RC_OK && medium_remove(&pair, &was, NULL) == RC_OK &&
		holds(0),
	    "what is as it was goes");
	medium_clear(&was);
}

static void
test_too_large(void)
{
	static const uint8_t large[100];
	struct medium m;
	struct err e = { 0 };

	(void)place('1');
	fill(&m, '2');
	buf_clear(&m.files[FOLDER_KM_KEY]);
	buf_bytes(&m.files[FOLDER_KM_KEY], SPAN(large));
	ok(place_files(&m, &e) == RC_LIMIT &&
		strcmp(e.field, "kmPri.key") == 0 && holds('1'),
	    "a file that did not fit is no file that is to go");
	medium_clear(&m);
}

static void
test_check(void)
{
	enum rc rc = medium_check("/ingam-test-none/NPKI", NULL);

	ok(rc == (access("/", W_OK) == 0 ? RC_OK : RC_POLICY),
	    "of a folder below the root the root is asked");
}

static void
test_fewer(void)
{
	struct medium m;

	(void)place('1');
	fill(&m, '2');
	buf_clear(&m.files[FOLDER_KM_CERT]);
	buf_clear(&m.files[FOLDER_KM_KEY]);
	ok(place_files(&m, NULL) == RC_OK && entries() == 3,
	    "what the new one has not goes with the old one");
	medium_clear(&m);
}

#ifdef INGAM_FAILPOINTS
static const struct {
	const char *name;
	enum rc (*run)(char digit);
	char before, after; /* what holds() is asked; 0: none */
	bool keys;          /* only the keys differ */
} changes[] = {
	{ "a new folder", place, 0, '2', false },
	{ "a folder replaced", place, '1', '2', false },
	{ "both keys", write_keys, '1', '2', true },
	{ "a removal", remove_all, '1', 0, false },
};

/* Where only the keys change, the certificates keep their digit. */
static bool
holds_keys(char digit)
{
	struct medium want, got;
	bool same;

	fill(&want, digit);
	same = medium_read(&pair, &got, NULL) == RC_OK &&
	    span_equal(buf_span(&want.files[FOLDER_SIGN_KEY]),
		buf_span(&got.files[FOLDER_SIGN_KEY])) &&
	    span_equal(buf_span(&want.files[FOLDER_KM_KEY]),
		buf_span(&got.files[FOLDER_KM_KEY]));
	medium_clear(&want);
	medium_clear(&got);

	return same;
}

/* The change in a child that dies at the n-th passing; true if it died. */
static bool
dies(size_t change, const char *point, int n)
{
	char value[64];
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)snprintf(value, sizeof(value), "%s:%d", point, n);
		(void)setenv("INGAM_FAILPOINT", value, 1);
		_exit(changes[change].run(changes[change].after == 0
			      ? '2'
			      : changes[change].after) == RC_OK
			? 0
			: 1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();

	return WIFSIGNALED(status);
}
#endif

static void
test_killed(void)
{
#ifdef INGAM_FAILPOINTS
	static const char *const points[] = { "medium-temporary",
		"medium-written", "medium-marked", "medium-moved",
		"medium-finished" };

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		size_t killed = 0, old = 0;
		bool good = true;

		for (size_t j = 0; j < sizeof(points) / sizeof(points[0]); j++)
			for (int n = 1; n <= 10; n++) {
				bool was, is;

				(void)mkdir(folder, 0700);
				shell("rm -f *");
				if (changes[i].before != 0)
					(void)place(changes[i].before);
				if (!dies(i, points[j], n))
					break;
				killed++;
				was = changes[i].keys
				    ? holds_keys(changes[i].before)
				    : holds(changes[i].before);
				is = changes[i].keys
				    ? holds_keys(changes[i].after)
				    : holds(changes[i].after);
				old += was ? 1 : 0;
				if (was == is)
					diag("killed at %s:%d: %s", points[j],
					    n, was ? "both" : "neither");
				/* Nothing is left over, either. */
				good = good && was != is &&
				    entries() ==
					((was ? changes[i].before
					      : changes[i].after) == 0
						? 0
						: 5);
			}
		ok(good && killed >= 4 && old > 0 && old < killed,
		    "%s: %zu kills, %zu leave the old, the rest the new",
		    changes[i].name, killed, old);
	}
#else
	skip("kills", "a build without failpoints");
#endif
}

static void
test_foreign(void)
{
#ifdef INGAM_FAILPOINTS
	(void)mkdir(folder, 0700);
	(void)place('1');
	/* One key is renamed; then another program writes both. */
	(void)dies(2, "medium-moved", 1);
	shell("printf 'signPri.key 9' > signPri.key && printf 'kmPri.key 9' > "
	      "kmPri.key");
	ok(holds_keys('9') && entries() == 5,
	    "what another program wrote since is not overwritten");
	(void)place('1');
	(void)dies(2, "medium-marked", 1);
	shell("printf 'ingam-change 1\\nsignPri.key ' > ingam-change");
	ok(holds('1') && entries() == 5, "a torn marker decides nothing");
	(void)dies(2, "medium-marked", 1);
	shell("sed -i 's,^signPri.key,../signPri.key,' ingam-change");
	ok(holds('1') && entries() == 5, "nor one that names another folder");
	(void)dies(2, "medium-marked", 1);
	shell("printf x >> kmPri.key.ingam-new");
	ok(holds('1') && entries() == 5,
	    "nor one whose new file is not what it says");
	shell("head -c 5000 /dev/zero > ingam-change");
	ok(holds('1') && entries() == 5, "nor one that is too large");
#else
	skip("another program", "a build without failpoints");
#endif
}

static void
test_refused(void)
{
	struct err e = { 0 };
	struct medium m;

	(void)place('1');
#ifdef INGAM_FAILPOINTS
	(void)setenv("INGAM_FAULT", "medium-full", 1);
	fill(&m, '2');
	ok(place_files(&m, &e) == RC_IO &&
		strcmp(e.msg, "No space left on device") == 0,
	    "a full medium is said");
	(void)unsetenv("INGAM_FAULT");
	ok(holds('1') && entries() == 5, "and leaves all as it was");
	medium_clear(&m);
#else
	skip("a full medium", "a build without failpoints");
#endif
	if (geteuid() == 0) {
		skip("a folder that may not be written", "root may");
	} else {
		shell("chmod 500 .");
		ok(write_keys('2') == RC_POLICY && holds('1'),
		    "a folder that may not be written is said");
		shell("chmod 700 .");
	}
	err_clear(&e);
	shell("head -c 70000 /dev/zero > CaPubs");
	ok(medium_read(&pair, &m, &e) == RC_LIMIT &&
		strcmp(e.field, "CaPubs") == 0,
	    "a file that is too large is named");
	medium_clear(&m);
}

int
main(void)
{
	char command[FOLDER_PATH + 16];

	if (mkdtemp(root) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(folder, sizeof(folder), "%s/NPKI/CA/USER/cn=a", root);
	(void)snprintf(
	    certificate, sizeof(certificate), "%s/signCert.der", folder);
	pair.sign_cert = certificate;
	test_plain();
	test_changed_meanwhile();
	test_too_large();
	test_check();
	test_fewer();
	test_killed();
	test_foreign();
	test_refused();
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", root);
	ok(system(command) == 0, "cleaned up");

	return tap_done();
}
