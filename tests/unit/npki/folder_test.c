/* folder_test.c - certificates are found as other programs lay them out. */
#include "npki/folder.h"

#include "samples.h"

#include <unistd.h>

static char root[] = "/tmp/ingam-folder-XXXXXX";

static void
run(const char *script)
{
	struct buf cmd = buf_init(8192);

	buf_printf(&cmd, "cd '%s' && %s", root, script);
	if (system(buf_cstr(&cmd)) != 0)
		abort();
	buf_clear(&cmd);
}

static bool
ends(const char *path, const char *with)
{
	size_t n = path == NULL ? 0 : strlen(path), m = strlen(with);

	return n >= m && strcmp(path + n - m, with) == 0;
}

static void
test_tree(void)
{
	struct folder f = { 0 };

	run("mkdir -p 'NPKI/yessign/USER/cn=a()1,ou=x,o=yessign,c=kr' "
	    "NPKI/KICA/User/b NPKI/KICA/User/nothing NPKI/CrossCert/user/c && "
	    "cd NPKI/yessign && touch root.der && cd USER/* && "
	    "touch signCert.der signPri.key kmCert.der kmPri.key CaPubs && "
	    "cd ../../../KICA/User && touch b/SIGNCERT.DER nothing/signPri.key "
	    "&& ln -s b link && cd ../../CrossCert/user/c && "
	    "touch SignCert.der SignPri.key && ln -s SignCert.der kmCert.der");
	ok(folder_scan(root, &f, NULL) == RC_OK && f.n == 3 && !f.cut,
	    "three certificates from above the root");
	ok(ends(f.pairs[0].sign_cert, "/CrossCert/user/c/SignCert.der") &&
		ends(f.pairs[0].sign_key, "/c/SignPri.key") &&
		f.pairs[0].km_cert == NULL,
	    "other case; a link is no file");
	ok(ends(f.pairs[1].sign_cert, "/KICA/User/b/SIGNCERT.DER") &&
		f.pairs[1].sign_key == NULL,
	    "certificate without its key");
	ok(ends(f.pairs[2].sign_cert, "c=kr/signCert.der") &&
		ends(f.pairs[2].km_cert, "kmCert.der") &&
		ends(f.pairs[2].km_key, "kmPri.key") &&
		ends(f.pairs[2].ca_pubs, "CaPubs"),
	    "all five files");
	ok(f.pairs[2].medium == FOLDER_NAMED, "in the folder that was named");
	folder_clear(&f);
}

/* Whoever reads them says of the file that it is none. */
static void
test_folders(void)
{
	struct folder f = { 0 };

	run("mkdir -p named/a/signPri.key named/a/KMPRI.KEY named/a/CaPubs "
	    "named/b/signCert.der/c && cd named && touch a/signCert.der "
	    "b/signPri.key b/signCert.der/c/signCert.der");
	ok(chdir(root) == 0 && folder_scan("named", &f, NULL) == RC_OK &&
		f.n == 3,
	    "a certificate whose file is a folder is one");
	ok(ends(f.pairs[0].sign_key, "/a/signPri.key") &&
		ends(f.pairs[0].km_key, "/a/KMPRI.KEY") &&
		f.pairs[0].ca_pubs == NULL,
	    "a folder in a key's place is not nothing");
	ok(ends(f.pairs[1].sign_cert, "/b/signCert.der") &&
		ends(f.pairs[1].sign_key, "/b/signPri.key") &&
		ends(f.pairs[2].sign_cert, "/b/signCert.der/c/signCert.der"),
	    "and what is in it is found all the same");
	folder_clear(&f);
}

static void
test_usual(void)
{
	struct folder f = { 0 };
	const char *was = getenv("HOME");
	char *home = was == NULL ? NULL : strdup(was);

	run("mkdir Documents && ln -s ../NPKI Documents/NPKI");
	(void)setenv("HOME", root, 1);
	ok(folder_scan_usual(&f, NULL) == RC_OK && f.n >= 3, "~/NPKI");
	for (size_t i = 0, disk = 0; i < f.n; i++) {
		if (strncmp(f.pairs[i].sign_cert, root, strlen(root)) == 0)
			disk += f.pairs[i].medium == FOLDER_DISK ? 1 : 100;
		if (i + 1 == f.n)
			ok(disk == 3,
			    "a second way to the same place adds nothing; it "
			    "is on the disk");
	}
	folder_clear(&f);
	(void)setenv("HOME", "/nonexistent", 1);
	ok(folder_scan_usual(&f, NULL) == RC_OK, "no ~/NPKI is no error");
	folder_clear(&f);
	if (home != NULL)
		(void)setenv("HOME", home, 1);
	free(home);
}

static void
test_caps(void)
{
	struct folder f = { 0 };

	run("mkdir -p deep/1/2/3/4/5/6/7 && touch deep/1/2/3/4/5/6/7/signCert.der");
	run("mkdir many && cd many && seq 0 4096 | xargs mkdir && "
	    "seq 0 4096 | sed 's,$,/signCert.der,' | xargs touch");
	ok(chdir(root) == 0 && folder_scan("deep", &f, NULL) == RC_OK &&
		f.n == 0 && f.cut,
	    "deeper than six is said, not searched");
	folder_clear(&f);
	ok(folder_scan("many", &f, NULL) == RC_OK && f.n == FOLDER_PAIRS &&
		f.cut,
	    "more than 4,096 are cut, and it is said");
	folder_clear(&f);
	ok(folder_scan("none", &f, NULL) == RC_ABSENT, "no such folder");
	ok(folder_scan("many/0/signCert.der", &f, NULL) == RC_ABSENT,
	    "a file is no folder");
	folder_clear(&f);
}

int
main(void)
{
	struct buf cmd = buf_init(256);

	if (mkdtemp(root) == NULL)
		return EXIT_FAILURE;
	test_tree();
	test_folders();
	test_usual();
	test_caps();
	buf_printf(&cmd, "rm -rf '%s'", root);
	ok(system(buf_cstr(&cmd)) == 0, "cleaned up");
	buf_clear(&cmd);

	return tap_done();
}
