/*
 * reason.c - why something failed, for a person.
 *
 * Belongs here: the Korean of what err.h's records say in English; the file that
 * one is about.
 * Not here: the records (whoever failed); sentences of a command (cli); what
 * --json says, which is English in every language.
 */
#include "client/reason.h"

#include "base/language.h"
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

/* What a code means where nothing better is known. */
static const char *const codes[RC_COUNT] = {
	[RC_OK] = "문제없어요",
	[RC_FORMAT] = "형식이 맞지 않아요",
	[RC_LIMIT] = "너무 크거나 많아요",
	[RC_UNKNOWN] = "지원하지 않는 방식이에요",
	[RC_POLICY] = "규칙에 어긋나요",
	[RC_DENIED] = "증명이 없거나 맞지 않아요",
	[RC_SECRET] = "비밀번호가 맞지 않아요",
	[RC_LOCKED] = "여러 번 틀려서 잠겼어요",
	[RC_RATE] = "요청이 너무 많아요",
	[RC_ABSENT] = "찾지 못했어요",
	[RC_EXISTS] = "이미 있어요",
	[RC_STATE] = "지금은 할 수 없어요",
	[RC_EXPIRED] = "시간이 지났어요",
	[RC_REFUSED] = "거절했어요",
	[RC_BUSY] = "다른 프로그램이 쓰고 있어요",
	[RC_IO] = "읽거나 쓰지 못했어요",
	[RC_MEMORY] = "메모리가 모자라요",
	[RC_CRYPTO] = "암호 계산을 하지 못했어요",
	[RC_BUG] = "프로그램에 잘못이 있어요",
};

struct reason {
	const char *en, *ko;
};

/*
 * What a record is about, where that is a word of ours; names of files, options
 * and of a standard's fields stay.
 */
static const struct reason fields[] = {
	{ "certificate", "인증서" },
	{ "content", "내용" },
	{ "curve", "타원곡선" },
	{ "file", "파일" },
	{ "folder", "폴더" },
	{ "issuer", "발급자" },
	{ "key", "개인키" },
	{ "key file", "개인키 파일" },
	{ "message", "서명문" },
	{ "module", "드라이버" },
	{ "number", "번호" },
	{ "password", "비밀번호" },
	{ "path", "경로" },
	{ "recipient", "받는 사람" },
	{ "signature", "서명 값" },
	{ "status", "폐지 확인" },
	{ "subject", "주인 이름" },
	{ "token", "보안토큰" },
	{ "tokens", "보안토큰" },
	{ "trust", "최상위 인증서" },
	{ "validity", "유효기간" },
};

/* Of what on a path (chain_field()), before what of it. */
static const struct {
	const char *begins, *en, *ko;
} places[] = {
	{ "leaf.", "certificate", "인증서" },
	{ "ca[", "certificate of a CA", "발급기관 인증서" },
	{ "root.", "root certificate", "최상위 인증서" },
};

/* What a record says, up to a clause in parentheses. */
static const struct reason reasons[] = {
	/* Files, and what the system says of them. */
	{ "No such file or directory", "그런 파일이나 폴더가 없어요" },
	{ "no such file", "그런 파일이 없어요" },
	{ "no such folder", "그런 폴더가 없어요" },
	{ "Permission denied", "권한이 없어요" },
	{ "Operation not permitted", "허용되지 않은 일이에요" },
	{ "Read-only file system", "쓸 수 없는 저장매체예요" },
	{ "No space left on device", "남은 공간이 없어요" },
	{ "Not a directory", "폴더가 아니에요" },
	{ "Is a directory", "파일이 아니라 폴더예요" },
	{ "this is a folder", "파일이 아니라 폴더예요" },
	{ "a file is there, where a folder must be",
	    "폴더가 있어야 할 자리에 파일이 있어요" },
	{ "Input/output error", "저장매체에 문제가 있어요" },
	{ "not a regular file", "보통 파일이 아니에요" },
	{ "cannot read file", "파일을 읽지 못했어요" },
	{ "cannot be read", "읽지 못했어요" },
	{ "folder cannot be read", "폴더를 읽지 못했어요" },
	{ "larger than allowed", "너무 커요" },
	{ "path too long", "경로가 너무 길어요" },
	{ "a path too long", "경로가 너무 길어요" },
	{ "a file of this name is there", "같은 이름의 파일이 있어요" },
	{ "another process has it", "다른 프로그램이 쓰고 있어요" },
	{ "another program is changing it", "다른 프로그램이 바꾸고 있어요" },
	{ "the medium gives back other bytes",
	    "저장매체가 쓴 것과 다르게 돌려줘요" },
	{ "interrupted after its first step: the next command finishes it",
	    "도중에 멈췄고, 다음 명령이 마저 끝내요" },
	/* What a person typed, or put into a file. */
	{ "nothing was entered", "비어 있어요" },
	{ "nothing in it", "비어 있어요" },
	{ "line too long", "줄이 너무 길어요" },
	{ "stopped", "그만두었어요" },
	{ "the list has no such number", "목록에 없는 번호예요" },
	{ "no terminal to ask for the password: use --password-file",
	    "물어볼 터미널이 없어요. --password-file을 써 주세요" },
	{ "not a number", "숫자가 아니에요" },
	{ "number too large", "숫자가 너무 커요" },
	{ "not a registration number of 10 or 13 digits",
	    "숫자 10자리나 13자리가 아니에요" },
	{ "too long", "너무 길어요" },
	{ "not UTF-8", "UTF-8 글자가 아니에요" },
	/* Key files and PFX files. */
	{ "not one DER element", "DER 형식이 아니에요" },
	{ "not DER", "DER 형식이 아니에요" },
	{ "not a private-key file", "개인키 파일이 아니에요" },
	{ "private-key file too large", "개인키 파일이 너무 커요" },
	{ "wrong password or damaged file",
	    "비밀번호가 틀렸거나 파일이 깨졌어요" },
	{ "password not 1 to 256 bytes",
	    "비밀번호는 1바이트에서 256바이트예요" },
	{ "password over 256 bytes", "비밀번호가 256바이트를 넘어요" },
	{ "no password-based encryption", "비밀번호로 잠근 파일이 아니에요" },
	{ "iteration count not 1 to 10,000,000",
	    "반복 횟수가 1에서 10,000,000 사이가 아니에요" },
	{ "iteration counts of the file over 10,000,000 together",
	    "반복 횟수를 더하면 10,000,000을 넘어요" },
	{ "indefinite lengths",
	    "길이를 적지 않은 파일은 읽지 않아요. 다른 "
	    "프로그램으로 다시 내보내 주세요" },
	{ "not a PKCS#12 file", "PFX(.p12) 파일이 아니에요" },
	{ "a PKCS#12 file without a MAC",
	    "누가 고쳤는지 알 수 없는 파일(MAC 없음)은 읽지 않아요" },
	{ "file with too much in it", "파일에 든 것이 너무 많아요" },
	{ "more than 16 certificates and keys in the file",
	    "인증서와 개인키가 16개보다 많아요" },
	{ "the certificate of a key in it is missing",
	    "개인키의 인증서가 들어 있지 않아요" },
	{ "there is no private key in it", "개인키가 들어 있지 않아요" },
	{ "no certificate for signing is in it",
	    "서명용 인증서가 들어 있지 않아요" },
	{ "the key is another certificate's", "다른 인증서의 개인키예요" },
	{ "the key is not that of its certificate",
	    "다른 인증서의 개인키예요" },
	{ "not the certificate's key", "다른 인증서의 개인키예요" },
	{ "the key's numbers do not fit", "개인키의 값이 서로 맞지 않아요" },
	{ "not a PrivateKeyInfo", "개인키의 형식이 아니에요" },
	{ "kind of private key", "지원하지 않는 종류의 개인키예요" },
	{ "elliptic curve", "지원하지 않는 타원곡선이에요" },
	{ "has not 20 bytes", "20바이트가 아니에요" },
	{ "not 20 bytes", "20바이트가 아니에요" },
	{ "virtual identifier of SHA-1, which is not allowed",
	    "SHA-1로 만든 가상식별번호는 쓰지 않아요" },
	{ "the certificate is not of this number",
	    "이 번호의 인증서가 아니에요" },
	/* Certificates, and the path to a root. */
	{ "not a certificate in DER", "DER 형식의 인증서가 아니에요" },
	{ "not a list of certificates", "인증서 목록이 아니에요" },
	{ "certificate too large", "인증서가 너무 커요" },
	{ "no certificate in it", "인증서가 들어 있지 않아요" },
	{ "no path to a trusted root",
	    "믿는 최상위 인증서까지 이어지지 않아요" },
	{ "it names another certificate of its issuer",
	    "발급기관의 다른 인증서를 가리켜요" },
	{ "more than 7 certificates", "인증서가 7개보다 많아요" },
	{ "more than 8 certificates", "인증서가 8개보다 많아요" },
	{ "more than 32 certificates", "인증서가 32개보다 많아요" },
	{ "revoked", "폐지됐어요" },
	{ "not valid yet", "유효기간이 아직 시작되지 않았어요" },
	{ "not valid any more", "유효기간이 끝났어요" },
	{ "not signed by its issuer", "적힌 발급기관이 서명하지 않았어요" },
	{ "it issues and is no CA", "발급기관이 아닌 인증서가 발급했어요" },
	{ "it issues without keyCertSign",
	    "인증서를 발급할 수 없는 키로 발급했어요" },
	{ "weaker than SHA-256", "SHA-256보다 약한 방식이에요" },
	{ "key too small", "키가 너무 짧아요" },
	{ "no usable list or answer says whether it is revoked",
	    "폐지됐는지 알려 주는 폐지목록이나 답이 없어요" },
	{ "unknown critical extension",
	    "꼭 알아야 하는데 모르는 항목이 있어요" },
	{ "not a key that signs documents", "문서에 서명하는 키가 아니에요" },
	/* Signatures and what is sealed. */
	{ "bad signature", "서명 값이 맞지 않아요" },
	{ "not this content", "서명된 내용과 달라요" },
	{ "not the signer's certificate", "서명한 사람의 인증서가 아니에요" },
	{ "signed for another certificate", "다른 인증서로 한 서명이에요" },
	{ "SHA-1 can be forged", "SHA-1은 위조할 수 있어요" },
	{ "a hash that is not SHA-2", "SHA-2가 아닌 해시예요" },
	{ "not RSA, RSA-PSS or ECDSA", "지원하지 않는 서명 방식이에요" },
	{ "it is missing", "빠져 있어요" },
	{ "not JSON with cert and logSgnt",
	    "cert와 logSgnt가 있는 JSON이 아니에요" },
	{ "nothing may be encrypted to it: use its owner's kmCert.der",
	    "암호용 인증서가 아니에요. 받는 사람의 kmCert.der를 써 주세요" },
	{ "a certificate without RSA",
	    "RSA 인증서가 아니에요. RSA 인증서에만 잠글 수 있어요" },
	{ "more than its key encrypts", "받는 사람의 키가 너무 짧아요" },
	{ "more than 1 MiB with its signature is not sealed",
	    "서명까지 1 MiB가 넘는 내용은 잠그지 않아요" },
	{ "not for this certificate", "이 인증서로 열 수 없어요" },
	{ "not for this key, or changed",
	    "이 개인키로 열 수 없거나 바뀐 것이에요" },
	{ "not for this key", "이 개인키로 열 수 없어요" },
	{ "for another certificate", "다른 인증서의 것이에요" },
	/* Servers and tokens. */
	{ "the other side does not answer", "휴대폰이 답하지 않아요" },
	{ "is no PKCS#11 module that works here",
	    "여기서 쓸 수 있는 보안토큰 드라이버가 아니에요" },
	{ "the token has the certificate without its key",
	    "보안토큰에 개인키가 없어요" },
	{ "is not on the token", "보안토큰에 없어요" },
	{ "not installed", "설치되어 있지 않아요" },
	{ "did not do it", "하지 못했어요" },
	{ "is not set", "정해지지 않았어요" },
};

/* The same where an address or the system's own words stand beside it. */
static const struct reason inside[] = {
	{ " does not answer: ", "답하지 않아요" },
	{ " answers like another service", "인감이 아닌 다른 서비스가 답해요" },
	{ "no answer: ", "답이 없어요" },
	{ "answered with status ", "서버가 거절했어요" },
};

/* Before a measure: what err_larger() says. */
static const char larger[] = "larger than ";

/* What it was about in the file goes on being said. */
static void
reason_deepen(enum rc rc, struct err *e)
{
	const struct err deep = *e;

	if (deep.field[0] == '\0' || strcmp(deep.field, "file") == 0 ||
	    strcmp(deep.field, "folder") == 0)
		return;
	err_clear(e);
	err_record(e, rc, NULL, "%s: %s", deep.field,
	    deep.msg[0] == '\0' ? err_text(rc) : deep.msg);
}

/* The end of a path that is longer, from a folder's edge on where it has one. */
static const char *
reason_tail(const char *path, size_t size)
{
	const char *tail = path + strlen(path) - size;
	const char *edge = strchr(tail, '/');

	if (edge != NULL && edge[1] != '\0')
		return edge;
	/* Of a long name the end, from the beginning of a character on. */
	while (((uint8_t)*tail & 0xc0) == 0x80)
		tail++;

	return tail;
}

enum rc
reason_named(const char *path, enum rc rc, struct err *e)
{
	static const char cut[] = "…";
	char shown[sizeof(e->field)] = "";
	size_t n = 0;

	if (rc == RC_OK || e == NULL || path == NULL || strcmp(path, "-") == 0)
		return rc;
	reason_deepen(rc, e);
	if (strlen(path) >= sizeof(shown)) {
		n = strlen(cut);
		path = reason_tail(path, sizeof(shown) - sizeof(cut));
		memcpy(shown, cut, n);
	}
	text_sanitise(shown + n, sizeof(shown) - n, span_str(path));
	memcpy(e->field, shown, sizeof(shown));
	e->is_file = true;

	return rc;
}

/* A standard's clause is the same in every language. */
static bool
reason_is_clause(const char *text)
{
	static const char *const standards[] = { " (RFC ", " (X.690 ",
		" (KCAC.", " (SP ", " (FIPS " };
	size_t n = strlen(text);

	for (size_t i = 0; i < sizeof(standards) / sizeof(standards[0]); i++)
		if (strncmp(text, standards[i], strlen(standards[i])) == 0)
			return text[n - 1] == ')';

	return false;
}

static bool
reason_inside(FILE *out, const char *text)
{
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		const char *at = strstr(text, inside[i].en);

		if (at == NULL)
			continue;
		(void)fprintf(out, "%.*s%s%s", (int)(at - text), text,
		    at > text ? ": " : "", inside[i].ko);
		return true;
	}

	return false;
}

static const char *
reason_field(const char *name)
{
	if (!language_korean())
		return name;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].en, name) == 0)
			return fields[i].ko;

	return name;
}

/* What stands in a file: a part of it, a colon, and what is said of that. */
static const char *
reason_part(FILE *out, const char *text)
{
	const char *colon = strstr(text, ": ");
	char part[sizeof(((struct err *)0)->field)];
	size_t n = colon == NULL ? 0 : (size_t)(colon - text);

	if (n == 0 || n >= sizeof(part))
		return text;
	(void)snprintf(part, sizeof(part), "%.*s", (int)n, text);
	/* A sentence may have a colon, too. */
	if (strchr(part, ' ') != NULL && reason_field(part) == part)
		return text;
	(void)fprintf(out, "%s: ", reason_field(part));

	return colon + 2;
}

static void
reason_korean(FILE *out, enum rc rc, const char *text)
{
	const char *clause = strstr(text, " (");
	size_t n = clause == NULL ? strlen(text) : (size_t)(clause - text);

	if (reason_inside(out, text))
		return;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strlen(reasons[i].en) != n ||
		    memcmp(reasons[i].en, text, n) != 0)
			continue;
		(void)fprintf(out, "%s%s", reasons[i].ko,
		    reason_is_clause(text + n) ? text + n : "");
		return;
	}
	if (strncmp(text, larger, strlen(larger)) == 0)
		(void)fprintf(out, "%s보다 커요", text + strlen(larger));
	else
		(void)fputs(
		    codes[(unsigned int)rc < RC_COUNT ? rc : RC_BUG], out);
}

/* What a record is about. */
static void
reason_about(FILE *out, const char *field)
{
	const char *dot = strchr(field, '.');

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (dot == NULL ||
		    strncmp(
			field, places[i].begins, strlen(places[i].begins)) != 0)
			continue;
		(void)fprintf(out, "%s, ",
		    language_korean() ? places[i].ko : places[i].en);
		field = dot + 1;
		break;
	}
	(void)fprintf(out, "%s: ", reason_field(field));
}

void
reason_print(FILE *out, enum rc rc, const struct err *e)
{
	const char *text = e->msg[0] == '\0' ? err_text(rc) : e->msg;

	if (e->is_file)
		(void)fprintf(out, "%s: ", e->field);
	else if (e->field[0] != '\0')
		reason_about(out, e->field);
	if (language_korean())
		reason_korean(out, rc, reason_part(out, text));
	else
		(void)fputs(text, out);
}
