/* file_test.c - whole files, in a folder of the test's own. */
#include "base/file.h"
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

int
main(void)
{
	char folder[] = "/tmp/ingam-file-XXXXXX", path[128], deep[128];
	struct buf b = buf_init(8);
	struct sec s = { 0 };
	struct stat st;

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/f", folder);
	(void)snprintf(deep, sizeof(deep), "%s/a/b", folder);
	ok(file_read(path, &b, NULL) == RC_ABSENT, "no file");
	ok(file_replace(path, SPAN_LIT("one"), 0600, NULL) == RC_OK &&
		file_replace(path, SPAN_LIT("second"), 0400, NULL) == RC_OK,
	    "written, and replaced");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0400,
	    "with its mode");
	ok(file_read(path, &b, NULL) == RC_OK &&
		span_equal(buf_span(&b), SPAN_LIT("second")),
	    "read back");
	ok(file_read(path, &b, NULL) == RC_LIMIT && b.n == 6,
	    "over the ceiling");
	ok(file_read_secret(path, 6, &s, NULL) == RC_OK && s.n == 6,
	    "read as a secret");
	ok(file_read(folder, &b, NULL) == RC_IO, "a folder is not a file");
	ok(file_make_folder(deep, NULL) == RC_OK &&
		file_make_folder(deep, NULL) == RC_OK,
	    "folders are made, once");
	sec_free(&s);
	buf_clear(&b);
	(void)unlink(path);
	(void)rmdir(deep);
	deep[strlen(deep) - 2] = '\0';
	(void)rmdir(deep);
	(void)rmdir(folder);

	return tap_done();
}
