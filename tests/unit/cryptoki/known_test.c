/*
 * known_test.c - p11-kit's files of modules, as pkcs11.conf(5) has them.
 */
#include "cryptoki/known.h"
#include "tap.h"

static const struct {
	const char *name, *text, *path; /* path NULL: none for us */
} rows[] = {
	{ "a path", "module: /usr/lib/a.so\n", "/usr/lib/a.so" },
	{ "no end of line", "module: /usr/lib/a.so", "/usr/lib/a.so" },
	{ "other keys, comments, blanks",
	    "# module: /no.so\npriority: 5\r\nmodule:\t /a b.so \r\n",
	    "/a b.so" },
	{ "a name in p11-kit's folder", "module: a.so\n", "a.so" },
	{ "a key that only begins so", "module-name: a\n", NULL },
	{ "a remote one", "remote: |ssh host\n", NULL },
	{ "nothing", "", NULL },
	{ "an empty value", "module:\n", NULL },
	{ "trust alone", "module: /a.so\ntrust-policy: yes\n", NULL },
	{ "no trust", "module: /a.so\ntrust-policy: no\n", "/a.so" },
	{ "for another program", "module: /a.so\nenable-in: ingam2, ssh\n",
	    NULL },
	{ "for this program too", "module: /a.so\nenable-in: ssh, ingam\n",
	    "/a.so" },
	{ "not for this program", "module: /a.so\ndisable-in: ingam\n", NULL },
	{ "not for another", "module: /a.so\ndisable-in: ssh\n", "/a.so" },
};

int
main(void)
{
	char out[KNOWN_PATH], folder[] = "/tmp/known-test-XXXXXX";
	char command[256], lines[KNOWN_PATH + 16];
	struct known known;
	bool good;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		good = known_parse(span_str(rows[i].text), out);
		ok(good == (rows[i].path != NULL) &&
			strcmp(out, good ? rows[i].path : "") == 0,
		    "%s", rows[i].name);
	}
	memset(lines, 'x', sizeof(lines));
	memcpy(lines, "module: /", 9);
	ok(!known_parse(SPAN(lines), out) && out[0] == '\0', "a path too long");

	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(command, sizeof(command),
	    "cd %s && touch a.so b.so && ln -s a.so c.so && "
	    "for i in a b c gone; do echo module: $PWD/$i.so >$i.module; done;"
	    "echo module: $PWD/b.so >b.conf",
	    folder);
	ok(system(command) == 0 && known_find(&known, folder, NULL) == RC_OK &&
		known.n == 2 && strstr(known.path[0], "/a.so") != NULL &&
		strstr(known.path[1], "/b.so") != NULL,
	    "a folder: what is there, once each");
	(void)snprintf(command, sizeof(command),
	    "cd %s && for i in $(seq 40); do touch $i.so; "
	    "echo module: $PWD/$i.so >$i.module; done",
	    folder);
	ok(system(command) == 0 && known_find(&known, folder, NULL) == RC_LIMIT,
	    "too many");
	ok(known_find(&known, "/nowhere", NULL) == RC_OK && known.n == 0,
	    "no such folder");
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);

	return system(command) == 0 ? tap_done() : EXIT_FAILURE;
}
