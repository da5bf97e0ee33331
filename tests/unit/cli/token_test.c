/*
 * token_test.c - ingam token register and unregister, run as people run them,
 * in a home with and without browsers; modutil is a double that keeps its list
 * as NSS does (the real one: tests/clients/register.test.mjs).
 */
#include "base/buf.h"
#include "base/file.h"
#include "tap.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/token-test-XXXXXX";
static char program[4096];

static int
shell(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Homes: none has programs, all has them; done has an old registration. */
static const char *const preparations[] = {
	"mkdir -p bin none/.config/ingam broken/.config/ingam",
	"cd none/.config/ingam && printf '[default]\\nphone = 010\\n' "
	">token.conf",
	"cd broken/.config/ingam && printf 'phone\\n' >token.conf",
	"for h in all done fails; do mkdir -p $h/.pki/nssdb "
	"$h/.mozilla/firefox/a.default $h/.mozilla/firefox/Pending "
	"$h/.thunderbird/b $h/snap/firefox/common/.mozilla/firefox/c && "
	"for d in .pki/nssdb .mozilla/firefox/a.default .thunderbird/b; do "
	"printf 'library=\\nname=NSS\\n\\n' >$h/$d/pkcs11.txt; done && "
	": >$h/snap/firefox/common/.mozilla/firefox/c/cert9.db; done",
	"printf 'library=/old.so\\nname=Ingam\\n\\n' "
	">>done/.pki/nssdb/pkcs11.txt",
	"mkdir done/p11 && printf 'module: /old.so\\n' >done/p11/ingam.module",
	": >module.so; : >file",
	/* -dbdir sql:DIR -force -add|-delete NAME -libfile FILE */
	"printf '%s\\n' '#!/bin/sh' 'd=${2#sql:}/pkcs11.txt' "
	"'case $2 in */fails/.thund*) exit 1;; esac' 'case $4 in' "
	"'-add) printf \"library=%s\\nname=%s\\n\\n\" \"$7\" \"$5\" >>\"$d\";;' "
	"'-delete) printf \"library=\\nname=NSS\\n\\n\" >\"$d\";;' 'esac' "
	">bin/modutil && chmod +x bin/modutil",
};

/* @ is the test's folder. */
static const struct {
	const char *name, *lang, *home, *args;
	int code;
	const char *says;  /* on standard output or error */
	const char *holds; /* afterwards: a shell test, or NULL */
} rows[] = {
	{ "how it is called", "en", "none", "token register --help", 0,
	    "usage: ingam token register [OPTION", NULL },
	{ "how it is called", "ko", "none", "token unregister --help", 0,
	    "usage: ingam token unregister", NULL },
	{ "an argument too many", "en", "none", "token register x", 2,
	    "usage: ingam token register", NULL },
	{ "a folder that depends on where one is", "en", "none",
	    "token register --p11-kit-dir p11", 2,
	    "usage: ingam token register", NULL },
	{ "no such module", "en", "none",
	    "token register --module nowhere.so --p11-kit-dir @/none/p11", 3,
	    "The module is not there. Name it with --module: nowhere.so",
	    "! -e none/p11" },
	{ "no such module", "ko", "none",
	    "token register --json --module nowhere.so --p11-kit-dir @/none/p11",
	    3, "{\"done\":false,\"problem\":\"no-module\",\"places\":[]}\n",
	    "! -e none/p11" },
	{ "no browser: p11-kit only", "en", "none",
	    "token register --module module.so --p11-kit-dir @/none/p11", 0,
	    "p11-kit: registered (@/none/p11/ingam.module)\n"
	    "Restart browsers",
	    "\"$(tail -n 1 none/p11/ingam.module)\" = 'module: @/module.so'" },
	{ "once more: nothing changes", "en", "none",
	    "token register --module module.so --p11-kit-dir @/none/p11", 0,
	    "p11-kit: registered already (@/none/p11/ingam.module)\n", NULL },
	{ "the person's own lines stay", "ko", "none",
	    "token register --module module.so --p11-kit-dir @/none/p11", 0,
	    "p11-kit: 이미 등록되어 있어요",
	    "\"$(grep -c '^priority: 2' none/p11/ingam.module)\" = 1" },
	{ "every place", "en", "all",
	    "token register --module module.so --p11-kit-dir @/all/p11", 0,
	    "p11-kit: registered (@/all/p11/ingam.module)\n"
	    "NSS: registered (@/all/.pki/nssdb)\n"
	    "Firefox: registered (@/all/.mozilla/firefox/a.default)\n"
	    "Thunderbird: registered (@/all/.thunderbird/b)\n"
	    "Firefox: left out: the program runs in a sandbox and cannot see "
	    "the token (@/all/snap/firefox/common/.mozilla/firefox/c)\n"
	    "Say whose phone to ask, in ~/.config/ingam/token.conf:\n"
	    "    [default]\n    phone = 01012345678\nRestart browsers",
	    "\"$(grep -lx library=@/module.so $(find all -name pkcs11.txt) | "
	    "wc -l)\" = 3" },
	{ "every place, once more, in JSON", "en", "all",
	    "token register --json --module module.so --p11-kit-dir @/all/p11",
	    0,
	    "{\"done\":true,\"problem\":\"\",\"places\":["
	    "{\"kind\":\"p11-kit\",\"path\":\"@/all/p11/ingam.module\","
	    "\"state\":\"already\"},"
	    "{\"kind\":\"nss\",\"path\":\"@/all/.pki/nssdb\","
	    "\"state\":\"already\"},"
	    "{\"kind\":\"firefox\","
	    "\"path\":\"@/all/.mozilla/firefox/a.default\","
	    "\"state\":\"already\"},"
	    "{\"kind\":\"thunderbird\",\"path\":\"@/all/.thunderbird/b\","
	    "\"state\":\"already\"},"
	    "{\"kind\":\"firefox\",\"path\":"
	    "\"@/all/snap/firefox/common/.mozilla/firefox/c\","
	    "\"state\":\"sandboxed\"}]}\n",
	    "\"$(grep -c Ingam all/.pki/nssdb/pkcs11.txt)\" = 1" },
	{ "another module before", "ko", "done",
	    "token register --module module.so --p11-kit-dir @/done/p11", 0,
	    "NSS: 등록했어요 (@/done/.pki/nssdb)\n",
	    "-z \"$(cat done/p11/* $(find done -name pkcs11.txt) | "
	    "grep old)\"" },
	{ "taken back", "en", "all", "token unregister --p11-kit-dir @/all/p11",
	    0,
	    "p11-kit: removed (@/all/p11/ingam.module)\n"
	    "NSS: removed (@/all/.pki/nssdb)\n"
	    "Firefox: removed (@/all/.mozilla/firefox/a.default)\n"
	    "Thunderbird: removed (@/all/.thunderbird/b)\n",
	    "-z \"$(grep -r Ingam all)\" -a ! -e all/p11/ingam.module" },
	{ "taken back once more", "ko", "all",
	    "token unregister --p11-kit-dir @/all/p11", 0,
	    "NSS: 등록되어 있지 않아요 (@/all/.pki/nssdb)\n", NULL },
	{ "one place fails, the others do not", "en", "fails",
	    "token register --module module.so --p11-kit-dir @/fails/p11", 3,
	    "Thunderbird: not changed (@/fails/.thunderbird/b): modutil: did "
	    "not do it\n",
	    "\"$(grep -c Ingam fails/.pki/nssdb/pkcs11.txt)\" = 1" },
	{ "a folder that cannot be", "en", "none",
	    "token register --module module.so --p11-kit-dir @/file/p11", 3,
	    "Not everything could be done.", NULL },
	{ "settings that cannot be read", "en", "broken",
	    "token register --module module.so --p11-kit-dir @/broken/new/p11",
	    0, "token.conf cannot be read: ", NULL },
	{ "everybody may read what was made", "en", "broken",
	    "token register --module module.so --p11-kit-dir @/broken/new/p11",
	    0, "registered already",
	    "\"$(stat -c %a broken/new broken/new/p11 "
	    "broken/new/p11/ingam.module | tr '\\n' ' ')\" = '755 755 644 '" },
	/* From here on there is no modutil. */
	{ "no modutil", "en", "all",
	    "token register --module module.so --p11-kit-dir @/all/p11", 3,
	    "Install modutil, then run this again: apt install libnss3-tools",
	    "-e all/p11/ingam.module" },
	{ "no modutil", "ko", "all",
	    "token register --json --module module.so --p11-kit-dir @/all/p11",
	    3, "\"problem\":\"no-modutil\"", NULL },
	{ "no modutil, and no need for it", "en", "none",
	    "token register --module module.so --p11-kit-dir @/none/p11", 0,
	    "registered already", NULL },
	{ "no modutil, and nothing to take back", "en", "all",
	    "token unregister --p11-kit-dir @/all/p11", 0,
	    "NSS: was not registered", NULL },
};

static void
fill(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '@')
			buf_str(out, folder);
		else
			buf_u8(out, (uint8_t)*text);
	}
}

static bool
says(const char *want)
{
	struct buf said = buf_init(65536), text = buf_init(65536);
	const char *s, *w;
	bool found;

	fill(&text, want);
	found = file_read("out", &said, NULL) == RC_OK &&
	    (s = buf_cstr(&said)) != NULL && (w = buf_cstr(&text)) != NULL &&
	    strstr(s, w) != NULL;
	buf_clear(&said);
	buf_clear(&text);

	return found;
}

static void
test_row(size_t i, const char *path)
{
	struct buf command = buf_init(16384);
	int code;

	buf_printf(&command, "env -i HOME='%s/%s' LC_ALL=%s PATH=%s '%s' ",
	    folder, rows[i].home, rows[i].lang, path, program);
	fill(&command, rows[i].args);
	buf_str(&command, " >out 2>&1 </dev/null");
	code = shell(buf_cstr(&command));
	if (!ok(code == rows[i].code && says(rows[i].says),
		"%s: exit %d, says so (%s)", rows[i].name, rows[i].code,
		rows[i].lang)) {
		diag("exit %d", code);
		(void)shell("sed 's/^/# /' out");
	}
	if (rows[i].holds != NULL) {
		buf_reset(&command);
		buf_str(&command, "test ");
		fill(&command, rows[i].holds);
		ok(shell(buf_cstr(&command)) == 0, "%s: done so (%s)",
		    rows[i].name, rows[i].lang);
	}
	buf_clear(&command);
}

int
main(void)
{
	char self[4000] = "", command[64], path[64];
	char *slash;

	/* build/tests/unit/<this> stands beside build/src/program. */
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    (slash = strrchr(self, '/')) == NULL || mkdtemp(folder) == NULL ||
	    chdir(folder) != 0)
		return EXIT_FAILURE;
	*slash = '\0';
	(void)snprintf(
	    program, sizeof(program), "%s/../../src/program/ingam", self);
	(void)umask(022);
	for (size_t i = 0; i < sizeof(preparations) / sizeof(preparations[0]);
	     i++)
		if (shell(preparations[i]) != 0) {
			printf("Bail out! cannot %s\n", preparations[i]);
			return EXIT_FAILURE;
		}
	(void)snprintf(path, sizeof(path), "%s/bin:/usr/bin:/bin", folder);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strncmp(rows[i].name, "the person's own", 16) == 0)
			(void)shell(
			    "echo 'priority: 2' >>none/p11/ingam.module");
		test_row(i,
		    strncmp(rows[i].name, "no modutil", 10) == 0 ? "/nowhere"
								 : path);
	}
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);

	return chdir("/") == 0 && shell(command) == 0 ? tap_done()
						      : EXIT_FAILURE;
}
