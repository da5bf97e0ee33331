/*
 * import_test.c - ingam cloud import, run as people run it: exit codes,
 * sentences in both languages, and that nothing is sent before all is right.
 *
 * Certificates are made by openssl; the expired one is somebody else's sample.
 */
#include "base/buf.h"
#include "base/file.h"
#include "pake/code.h"
#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSWORD "Trial7!Ingam"

/*
 * Nobody answers: one listens and must not be called, one refuses. Where the
 * number is asked for somebody says that he is there, and ends what else he is
 * asked, of which he writes a byte into a pipe.
 */
static int listening, refusing, answering, asked;
static char folder[] = "/tmp/import-test-XXXXXX";
static char program[4096], sample[4096], good[16], slip[16];

static int
port_of(bool listens, char *url, size_t size)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0 ||
	    (listens && listen(fd, 8) != 0))
		abort();
	(void)snprintf(url, size, "http://127.0.0.1:%d", ntohs(a.sin_port));

	return fd;
}

/* Says that it is there, once for each connection; never returns. */
static void
answer(int pipe_in)
{
	static const char probe[] = "GET /healthz ",
			  there[] = "HTTP/1.1 503 \r\nContent-Length: 0\r\n"
				    "Connection: close\r\n\r\n";
	char request[2048];

	for (;;) {
		int fd = accept(answering, NULL, NULL);
		ssize_t n = fd < 0 ? 0 : read(fd, request, sizeof(request));

		if (n > (ssize_t)strlen(probe) &&
		    memcmp(request, probe, strlen(probe)) == 0)
			n = write(fd, there, strlen(there));
		else
			n = write(pipe_in, "", 1);
		if (n <= 0)
			_exit(EXIT_FAILURE);
		(void)close(fd);
	}
}

static pid_t
answer_start(char *url, size_t size)
{
	int ends[2];
	pid_t pid;

	answering = port_of(true, url, size);
	if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(answering, F_SETFL, 0) != 0 ||
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0)
		answer(ends[1]);
	(void)close(ends[1]);
	asked = ends[0];

	return pid;
}

static int
shell(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What openssl and a copy are told, in the test's folder. */
static const char *const preparations[] = {
	"mkdir -p empty home/NPKI/CA/USER/one several/a several/b nokey bad "
	"other ec km half",
	"openssl req -x509 -newkey rsa:2048 -noenc -keyout k.pem -outform DER "
	"-out one.der -days 30 -subj '/C=kr/O=Test/CN=Hong Gildong' 2>&1",
	"openssl pkcs8 -topk8 -in k.pem -v2 aes-256-cbc -v2prf hmacWithSHA256 "
	"-outform DER -out one.key -passout pass:" PASSWORD,
	"openssl pkcs8 -topk8 -in k.pem -v2 aes-256-cbc -outform DER "
	"-out km.key -passout pass:another",
	"openssl genrsa -out k2.pem 2048 2>&1",
	"openssl pkcs8 -topk8 -in k2.pem -v2 aes-256-cbc -outform DER "
	"-out two.key -passout pass:" PASSWORD,
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc "
	"-keyout e.pem -outform DER -out ec/signCert.der -days 30 "
	"-subj /CN=ec 2>&1",
	"openssl pkcs8 -topk8 -in e.pem -v2 aes-256-cbc -outform DER "
	"-out ec/signPri.key -passout pass:" PASSWORD,
	"for d in home/NPKI/CA/USER/one several/a several/b nokey other km "
	"half; "
	"do cp one.der $d/signCert.der; done",
	"for d in home/NPKI/CA/USER/one several/a several/b bad km half; "
	"do cp one.key $d/signPri.key; done",
	"cp two.key other/signPri.key",
	"cp one.der km/kmCert.der && cp km.key km/kmPri.key",
	"cp one.der half/kmCert.der",
	"printf 'no certificate' >bad/signCert.der",
	"printf '%s\\n' '" PASSWORD "' >right; printf 'Wrong!123\\n' >wrong; "
	"printf '\\n' >blank",
};

static bool
prepare(void)
{
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return false;
	for (size_t i = 0; i < sizeof(preparations) / sizeof(preparations[0]);
	     i++) {
		char command[1024];

		(void)snprintf(command, sizeof(command), "{ %s; } >log 2>&1",
		    preparations[i]);
		if (shell(command) != 0) {
			diag("cannot prepare: %s", preparations[i]);
			return false;
		}
	}

	return true;
}

/* A number with a right check digit, and the same with a slip in it. */
static bool
numbers(void)
{
	struct code c;

	if (code_new(CODE_IMPORT, SPAN_LIT("12345"), &c, NULL) != RC_OK)
		return false;
	(void)snprintf(good, sizeof(good), "%s", c.digits);
	(void)snprintf(slip, sizeof(slip), "%s", c.digits);
	slip[7] = (char)('0' + (slip[7] - '0' + 1) % 10);

	return true;
}

/* Before an input that is typed on a terminal, not piped in. */
#define TYPED "typed:"
/* Longer than any answer, three times over. */
#define LONG                                                 \
	"11111111111111111111111111111111111111111111111111" \
	"11111111111111111111111111111111111111111111111111" \
	"11111111111111111111111111111111111111111111111111" \
	"11111111111111111111111111111111111111111111111111"

/* @ good number, ! one with a slip, % the expired sample. */
static const struct {
	const char *name;
	const char *lang;
	const char *args;
	int code;
	const char *says;  /* on standard error */
	const char *json;  /* on standard output, NULL: not looked at */
	const char *input; /* printf's argument, NULL: none */
	bool calls;
} rows[] = {
	{ "no arguments", "en", "", 2, "usage: ingam", NULL, NULL, false },
	{ "an unknown verb", "en", "cloud explode", 2, "usage: ingam", NULL,
	    NULL, false },
	{ "an unknown option", "en", "cloud import --pin 1", 2,
	    "usage: ingam cloud import", NULL, NULL, false },
	{ "an option without its value", "en", "cloud import --code", 2,
	    "usage: ingam cloud import", NULL, NULL, false },
	{ "number 0", "en", "cloud import --number 0 several", 2,
	    "usage: ingam cloud import", NULL, NULL, false },
	{ "a number that is none", "en", "cloud import --number 1x several", 2,
	    "usage: ingam cloud import", NULL, NULL, false },
	{ "a number that could be a fingerprint", "en",
	    "cloud import --number 12345678 several", 2,
	    "usage: ingam cloud import", NULL, NULL, false },
	{ "two folders", "en", "cloud import several nokey", 2,
	    "usage: ingam cloud import", NULL, NULL, false },
	{ "no certificate in an empty folder", "en", "cloud import empty", 3,
	    "No certificate found.", NULL, NULL, false },
	{ "no certificate in an empty folder", "ko", "cloud import empty", 3,
	    "인증서를 찾지 못했어요.", NULL, NULL, false },
	{ "no such folder", "en", "cloud import --json nowhere", 3,
	    "There is no such folder: nowhere\n",
	    "{\"registered\":false,\"problem\":\"no-folder\","
	    "\"folder\":\"nowhere\"}\n",
	    NULL, false },
	{ "a file in the place of a folder", "en", "cloud import one.der", 3,
	    "This is a file. Name a folder: one.der\n", NULL, NULL, false },
	{ "a file in the place of a folder", "ko", "cloud import one.der", 3,
	    "폴더가 아니라 파일이에요. 폴더를 적어 주세요: one.der\n", NULL,
	    NULL, false },
	{ "several, and no list to look at", "en",
	    "cloud import --json several", 2, "There are several certificates.",
	    NULL, TYPED, false },
	{ "several, and no list to look at", "ko",
	    "cloud import --json several", 2, "인증서가 여러 개예요.", NULL,
	    TYPED, false },
	{ "several, and a number that is typed wrong three times", "en",
	    "cloud import several", 2, "The list has no such number.", NULL,
	    TYPED "0\\n3\\nx\\n", false },
	{ "several, and no terminal: all that is missing at once", "en",
	    "cloud import several", 2,
	    "There is no terminal to ask on. Give as options: --number N (which "
	    "certificate of the list), --code NUMBER (The 13-digit number that "
	    "the phone shows), --password-file FILE (Password of the "
	    "certificate).\n",
	    NULL, NULL, false },
	{ "several, and no terminal: all that is missing at once", "ko",
	    "cloud import several", 2,
	    "물어볼 터미널이 없어요. 옵션으로 알려 주세요: --number N (위 목록의 "
	    "번호), --code NUMBER (휴대폰에 보이는 승인번호 13자리), "
	    "--password-file FILE (인증서 비밀번호).\n",
	    NULL, NULL, false },
	{ "no terminal, the certificate is clear", "en", "cloud import ec", 2,
	    "options: --code NUMBER (The 13-digit number that the phone shows), "
	    "--password-file FILE (Password of the certificate).\n",
	    NULL, NULL, false },
	{ "no terminal, only the password is missing", "en",
	    "cloud import --json --code @ ec", 2,
	    "options: --password-file FILE (Password of the certificate).\n",
	    "{\"registered\":false,\"problem\":\"no-terminal\"}\n", NULL,
	    false },
	{ "no terminal, only the number is missing, though one is on its way",
	    "en", "cloud import --password-file right ec", 2,
	    "options: --code NUMBER (The 13-digit number that the phone "
	    "shows).\n",
	    NULL, "@\\n", false },
	{ "no terminal, the list was chosen from", "en",
	    "cloud import --number 2 several", 2, "options: --code NUMBER",
	    NULL, NULL, false },
	{ "several are listed", "en", "cloud import several", 2, "Hong Gildong",
	    NULL, NULL, false },
	{ "one that cannot be read is listed as JSON, too", "en",
	    "cloud import --json --number 2 bad", 2, "no such number",
	    "{\"registered\":false,\"problem\":\"no-such-number\","
	    "\"certificates\":[{\"number\":1,"
	    "\"medium\":\"folder\",\"key\":true,\"encryption\":false,"
	    "\"ca_certificates\":false,\"folder\":\"bad\"}]}\n",
	    NULL, false },
	{ "a number that the list has not", "en",
	    "cloud import --number 3 several", 2, "no such number", NULL, NULL,
	    false },
	{ "a certificate without its key", "en", "cloud import nokey", 3,
	    "no key file", NULL, NULL, false },
	{ "a certificate without its key", "ko", "cloud import nokey", 3,
	    "개인키 파일", NULL, NULL, false },
	{ "a file that is no certificate", "en", "cloud import bad", 3,
	    "A file is not what it should be (", NULL, NULL, false },
	{ "a file that is no certificate", "ko", "cloud import bad", 3,
	    "파일이 맞지 않거나 깨졌어요 (", NULL, NULL, false },
	{ "an expired certificate", "en", "cloud import --json %", 5,
	    "has expired",
	    "{\"registered\":false,\"problem\":\"certificate-expired\"}\n",
	    NULL, false },
	{ "an expired certificate", "ko", "cloud import %", 5,
	    "유효기간이 끝난", NULL, NULL, false },
	{ "a slip in the number", "en",
	    "cloud import --code ! --password-file right ec", 1,
	    "typo in that number. Nothing was sent.", NULL, NULL, false },
	{ "a slip in the number", "ko",
	    "cloud import --code ! --password-file right --json ec", 1,
	    "아무것도 보내지 않았어요",
	    "{\"registered\":false,\"problem\":\"number-mistyped\"}\n", NULL,
	    false },
	{ "a number of another length", "en",
	    "cloud import --code 123 --password-file right ec", 3,
	    "has 13 digits", NULL, NULL, false },
	{ "a number that is typed wrong three times", "en",
	    "cloud import --password-file right ec", 1, "typo", NULL,
	    TYPED "!\\n!\\n!\\n", false },
	{ "Ctrl-D at the number", "en",
	    "cloud import --json --password-file right ec", 5,
	    "Stopped. Nothing was sent.",
	    "{\"registered\":false,\"problem\":\"declined\"}\n", TYPED, false },
	{ "Ctrl-D at the number", "ko", "cloud import --password-file right ec",
	    5, "그만두었어요. 아무것도 보내지 않았어요.", NULL, TYPED, false },
	{ "Ctrl-D at which of several", "en", "cloud import several", 5,
	    "Stopped. Nothing was sent.", NULL, TYPED, false },
	{ "a slip in the number on standard input", "en",
	    "cloud import --code - --password-file right ec", 1, "typo", NULL,
	    "!\\n@\\n", false },
	{ "no number on standard input", "en",
	    "cloud import --code - --password-file right ec", 3,
	    "nothing was entered", NULL, NULL, false },
	{ "a wrong password", "en",
	    "cloud import --code @ --password-file wrong --json "
	    "home/NPKI",
	    1, "password is wrong. Nothing was sent.",
	    "{\"registered\":false,\"problem\":\"wrong-password\"}\n", NULL,
	    false },
	{ "a wrong password", "ko",
	    "cloud import --code @ --password-file wrong home/NPKI", 1,
	    "비밀번호가 맞지 않아요. 아무것도 보내지 않았어요.", NULL, NULL,
	    false },
	{ "a wrong password of an elliptic key", "en",
	    "cloud import --code @ --password-file wrong ec", 1,
	    "password is wrong", NULL, NULL, false },
	{ "an empty password", "en",
	    "cloud import --code @ --password-file blank ec", 1,
	    "password is wrong", NULL, NULL, false },
	{ "no password file", "en",
	    "cloud import --code @ --password-file nowhere ec", 3,
	    "(nowhere: No such file or directory)", NULL, NULL, false },
	{ "the key of another certificate", "en",
	    "cloud import --json --code @ --password-file right other", 1,
	    "The password is right, but the key belongs to another certificate.",
	    "{\"registered\":false,\"problem\":\"wrong-key\","
	    "\"field\":\"signPri.key\"}\n",
	    NULL, false },
	{ "a second key under another password", "en",
	    "cloud import --code @ --password-file right km", 1,
	    "but not the one for encryption", NULL, NULL, false },
	{ "half an encryption pair stays, and that is said", "en",
	    "cloud import --code @ --password-file right half", 4,
	    "Encrypted documents cannot be opened with this copy "
	    "(kmPri.key: no such file).\n",
	    NULL, NULL, true },
	{ "half an encryption pair stays, and that is said", "ko",
	    "cloud import --json --code @ --password-file right half", 4, "",
	    "{\"missing\":\"kmPri.key\",\"registered\":false,"
	    "\"problem\":\"failed\"}\n",
	    NULL, true },
	{ "all right and no service", "en",
	    "cloud import --code @ --password-file right home/NPKI", 4,
	    "Cannot talk to the service", NULL, NULL, true },
	{ "all right and no service", "ko",
	    "cloud import --code @ --password-file right --json ec", 4,
	    "서버와 이야기하지 못했어요",
	    "{\"registered\":false,\"problem\":\"failed\"}\n", NULL, true },
	{ "found at home, the number typed right the second time", "en",
	    "cloud import --password-file right", 4,
	    "Cannot talk to the service", NULL, TYPED "!\\n@\\n", true },
	{ "a number in a line that is too long is one wrong answer", "en",
	    "cloud import --password-file right", 4,
	    "Cannot talk to the service", NULL, TYPED LONG "\\n@\\n", true },
	{ "all by options, the number on standard input", "en",
	    "cloud import --code - --password-file right ec", 4,
	    "Cannot talk to the service", NULL, "@\\n", true },
	{ "one of several, chosen by what is typed the second time", "en",
	    "cloud import --code @ --password-file right several", 4,
	    "Cannot talk to the service", NULL, TYPED "7\\n2\\n", true },
	{ "one chosen of several", "en",
	    "cloud import --number 2 --code @ --password-file right several", 4,
	    "Cannot talk to the service", NULL, NULL, true },
};

/* Writes text with @, ! and % filled in. */
static void
fill(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '@')
			buf_str(out, good);
		else if (*text == '!')
			buf_str(out, slip);
		else if (*text == '%')
			buf_str(out, sample);
		else
			buf_u8(out, (uint8_t)*text);
	}
}

/* Each line as a comment of TAP. */
static void
quote(const char *path, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		diag("%s: %.*s", path, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static bool
has(const char *path, const char *want, bool whole)
{
	struct buf b = buf_init(65536);
	const char *text;
	bool found;

	if (file_read(path, &b, NULL) != RC_OK || (text = buf_cstr(&b)) == NULL)
		return false;
	found = whole ? strcmp(text, want) == 0 : strstr(text, want) != NULL;
	if (!found)
		quote(path, text);
	buf_clear(&b);

	return found;
}

/* Was nobody told anything? */
static bool
silent(bool asks)
{
	char byte;

	return asks ? read(asked, &byte, 1) < 0 && errno == EAGAIN
		    : accept(listening, NULL, NULL) < 0 && errno == EAGAIN;
}

static void
test_row(
    size_t i, const char *called, const char *refused, const char *answered)
{
	struct buf command = buf_init(16384);
	const char *input = rows[i].input;
	bool typed = input != NULL && strncmp(input, TYPED, strlen(TYPED)) == 0;
	bool asks = typed && strstr(rows[i].args, "--code") == NULL;
	int code;

	if (input != NULL) {
		buf_str(&command, "printf '");
		fill(&command, typed ? input + strlen(TYPED) : input);
		buf_str(&command, "' | ");
	}
	if (typed)
		buf_str(&command, "script -qec \"");
	buf_printf(&command,
	    "env -i HOME='%s/home' LC_ALL=%s INGAM_SERVER=%s '%s' ", folder,
	    rows[i].lang,
	    asks                ? answered
		: rows[i].calls ? refused
				: called,
	    program);
	fill(&command, rows[i].args);
	buf_str(&command, " >out 2>err ");
	if (typed)
		buf_str(&command, "\" /dev/null >typed ");
	buf_str(&command, input == NULL ? "</dev/null" : "");
	code = shell(buf_cstr(&command));
	ok(code == rows[i].code && has("err", rows[i].says, false),
	    "%s: exit %d, says so (%s)", rows[i].name, rows[i].code,
	    rows[i].lang);
	if (code != rows[i].code)
		diag("exit %d", code);
	if (rows[i].json != NULL)
		ok(has("out", rows[i].json, true), "%s: says so in JSON",
		    rows[i].name);
	if (!rows[i].calls)
		ok(silent(asks), "%s: nothing was sent", rows[i].name);
	else if (asks)
		ok(!silent(asks), "%s: it is sent", rows[i].name);
	buf_clear(&command);
}

int
main(void)
{
	char called[64], refused[64], answered[64], self[4000] = "",
						    command[64];
	const char *source = getenv("INGAM_SOURCE");
	char *slash;
	pid_t pid;

	/* build/tests/unit/<this> stands beside build/src/program. */
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 ||
	    (slash = strrchr(self, '/')) == NULL)
		return EXIT_FAILURE;
	*slash = '\0';
	(void)snprintf(
	    program, sizeof(program), "%s/../../src/program/ingam", self);
	(void)snprintf(sample, sizeof(sample),
	    "%s/tests/npki-samples/pypinksign", source == NULL ? "." : source);
	listening = port_of(true, called, sizeof(called));
	refusing = port_of(false, refused, sizeof(refused));
	pid = answer_start(answered, sizeof(answered));
	if (!prepare() || !numbers()) {
		(void)kill(pid, SIGTERM);
		printf("Bail out! cannot prepare\n");
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i, called, refused, answered);
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
	(void)close(listening);
	(void)close(refusing);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);

	return chdir("/") == 0 && shell(command) == 0 ? tap_done()
						      : EXIT_FAILURE;
}
