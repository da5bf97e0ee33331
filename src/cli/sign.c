/*
 * sign.c - ingam sign: a file is signed with a certificate of this PC.
 *
 * Belongs here: its options, what is read and written, what is told.
 * Not here: the key (sign_open.c); the message (x509/cmsput.c,
 * x509/rawsig.c); files and their forms (paper.c).
 */
#include "cli/sign.h"

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "base/usage.h"
#include "cli/hometax.h"
#include "cli/tokens_tell.h"
#include "x509/algorithm.h"
#include "x509/cms.h"
#include "x509/cmsput.h"
#include "x509/rawsig.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *option;
	struct person_text text;
} helps[] = {
	{ "FILE",
	    { "서명할 파일. 없거나 -이면 표준 입력",
		"what is signed; without it or with -, standard input" } },
	{ "--certificate CERTIFICATE",
	    { "목록의 번호, SHA-256 지문의 앞 8자리 이상, 또는 그 폴더",
		"its number in ingam cert list, the first 8 or more digits of "
		"its SHA-256 fingerprint, or its folder" } },
	{ "--root FOLDER",
	    { "인증서를 찾을 폴더. 없으면 늘 있는 곳에서 찾아요",
		"where to look for certificates; else the usual places" } },
	{ "--password-file FILE",
	    { "첫 줄이 인증서 비밀번호인 파일",
		"a file whose first line is the certificate's password" } },
	{ "--token NAME",
	    { "보안토큰의 키로 서명해요. 그 이름이나 일련번호",
		"sign with a key of this token, by its label or serial "
		"number" } },
	{ "--module FILE",
	    { "보안토큰의 PKCS#11 드라이버. 없으면 p11-kit에 등록된 모두",
		"the token's PKCS#11 module; else all that p11-kit knows" } },
	{ "--pin-file FILE",
	    { "첫 줄이 보안토큰 PIN인 파일",
		"a file whose first line is the token's PIN" } },
	{ "--detached",
	    { "서명문에 내용을 넣지 않아요",
		"the content stays out of the message" } },
	{ "--no-attributes",
	    { "내용에 바로 서명해요 (국내 서명 도구의 꼴)",
		"sign the content itself, as Korean programs do" } },
	{ "--pss", { "RSASSA-PSS로 서명해요", "sign with RSASSA-PSS" } },
	{ "--ca FILE",
	    { "함께 넣을 발급기관 인증서 (파일이나 폴더)",
		"certificates of CAs to put in, a file or a folder" } },
	{ "--form FORM",
	    { "서명문의 꼴: der, pem, base64, hex",
		"of the message: der, pem, base64 or hex" } },
	{ "--hometax",
	    { "FILE은 사이트가 준 문자열. 홈택스가 받는 JSON을 만들어요",
		"FILE is a site's challenge; makes the JSON that the tax "
		"office takes" } },
	{ "--random",
	    { "--hometax에 R(randomEnc)도 넣어요. 개인키만큼 비밀이에요",
		"with --hometax: R (randomEnc) too, as secret as the key" } },
	{ "--out FILE",
	    { "결과를 쓸 파일. 없거나 -이면 표준 출력",
		"where the result goes; without it or with -, standard "
		"output" } },
	{ "--replace",
	    { "그 이름의 파일이 있으면 바꿔요",
		"replace the file of that name" } },
	{ "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
};

static void
sign_explain(FILE *out)
{
	(void)fputc('\n', out);
	for (size_t i = 0; i < sizeof(helps) / sizeof(helps[0]); i++)
		(void)fprintf(out, "  %-26s %s\n", helps[i].option,
		    person_sentence(helps[i].text));
}

static const struct usage sign_usage = { "ingam sign",
	"[--certificate CERTIFICATE] [--root FOLDER] [--password-file FILE]\n"
	"          [--token NAME] [--module FILE] [--pin-file FILE] [--detached]\n"
	"          [--no-attributes] [--pss] [--ca FILE] [--form FORM]\n"
	"          [--out FILE] [--replace] [--json] [FILE]\n"
	"--hometax [--random] [--certificate CERTIFICATE] [--root FOLDER]\n"
	"          [--password-file FILE] [--token NAME] [--module FILE]\n"
	"          [--pin-file FILE] [--out FILE] [--replace] [--json] [FILE]\n"
	"--help | --version",
	sign_explain, language_korean };

static const struct option options[] = {
	{ "certificate", required_argument, NULL, 'c' },
	{ "root", required_argument, NULL, 'r' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "token", required_argument, NULL, 't' },
	{ "module", required_argument, NULL, 'm' },
	{ "pin-file", required_argument, NULL, 'i' },
	{ "detached", no_argument, NULL, 'd' },
	{ "no-attributes", no_argument, NULL, 'n' },
	{ "pss", no_argument, NULL, 's' },
	{ "ca", required_argument, NULL, 'a' },
	{ "form", required_argument, NULL, 'f' },
	{ "hometax", no_argument, NULL, 'h' },
	{ "random", no_argument, NULL, 'R' },
	{ "out", required_argument, NULL, 'o' },
	{ "replace", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

/* Takes one option; false where its value is not right. */
static bool
sign_option(struct sign *s, int letter)
{
	struct {
		int letter;
		const char **text;
		bool *flag;
	} rows[] = {
		{ 'c', &s->cert->which, NULL },
		{ 'r', &s->cert->root, NULL },
		{ 'p', &s->cert->password_file, NULL },
		{ 't', &s->token.tokens.name, &s->on_token },
		{ 'm', &s->token.tokens.module, &s->on_token },
		{ 'i', &s->token.tokens.pin_file, &s->on_token },
		{ 'd', NULL, &s->detached },
		{ 'n', NULL, &s->bare },
		{ 's', NULL, &s->pss },
		{ 'a', &s->ca, NULL },
		{ 'h', NULL, &s->hometax },
		{ 'R', NULL, &s->random },
		{ 'o', &s->out, NULL },
		{ 'e', NULL, &s->cert->replace },
		{ 'j', NULL, &s->cert->json },
	};

	if (letter == 'f')
		return paper_find(optarg, &s->form);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].letter != letter)
			continue;
		if (rows[i].text != NULL)
			*rows[i].text = optarg;
		if (rows[i].flag != NULL)
			*rows[i].flag = true;
	}

	return true;
}

/* Is there a name for the file? Standard output may be a person's screen. */
static bool
sign_is_shown(const struct sign *s)
{
	return !s->cert->json && !s->hometax && s->form == PAPER_DER &&
	    (s->out == NULL || strcmp(s->out, "-") == 0) &&
	    isatty(STDOUT_FILENO) == 1;
}

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
sign_options(struct sign *s, int argc, char **argv)
{
	int letter;

	while ((letter = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return usage_getopt(&sign_usage, options, argv, letter);
		if (!sign_option(s, letter))
			return usage_wrong(&sign_usage, USAGE_VALUE, "--form");
	}
	if (s->random && !s->hometax)
		return usage_wrong(&sign_usage, USAGE_MISSING, "--hometax");
	if (s->hometax &&
	    (s->detached || s->bare || s->pss || s->ca != NULL ||
		s->form != PAPER_DER))
		return usage_wrong(&sign_usage, USAGE_EXTRA, "--hometax");
	if (s->pss && s->on_token)
		return usage_wrong(&sign_usage, USAGE_EXTRA, "--pss");
	if (optind < argc)
		s->path = argv[optind++];
	if (optind < argc)
		return usage_wrong(&sign_usage, USAGE_EXTRA, argv[optind]);
	if (s->path == NULL && isatty(STDIN_FILENO) == 1)
		return usage_wrong(&sign_usage, USAGE_MISSING, "FILE");

	return sign_is_shown(s)
	    ? usage_wrong(&sign_usage, USAGE_MISSING, "--out FILE")
	    : PERSON_YES;
}

/* What is signed, and the certificates that go with it. */
static enum cert_end
sign_read(struct sign *s)
{
	enum rc rc = paper_read(s->path, &s->content, &s->cert->err);

	if (rc == RC_OK && s->ca != NULL)
		rc = trust_load(s->ca, &s->chain, &s->cert->err);

	return cert_failed(s->cert, rc);
}

/* A rule that forbids it is no damage of the certificate. */
static enum cert_end
sign_ended(struct sign *s, enum rc rc)
{
	if (rc != RC_DENIED && rc != RC_POLICY)
		return cert_failed(s->cert, rc);
	s->cert->rc = rc;

	return CERT_REFUSED;
}

static enum cert_end
sign_write(struct sign *s, struct span bytes)
{
	enum rc rc = paper_write(s->out, bytes,
	    (s->random ? PAPER_SECRET : 0) |
		(s->cert->replace ? PAPER_REPLACES : 0),
	    &s->cert->err);

	if (rc == RC_OK)
		return CERT_DONE;
	if (rc == RC_EXISTS)
		return CERT_EXISTS;
	/* Whatever it is, the message was not at fault. */
	s->cert->rc = RC_IO;

	return CERT_OTHER;
}

/* To a person, whom a silent end would puzzle. */
static void
sign_say(const struct sign *s)
{
	static const struct person_text text = { "서명했어요", "Signed" };
	char shown[FOLDER_PATH];

	if (s->cert->json || s->out == NULL || strcmp(s->out, "-") == 0 ||
	    isatty(STDERR_FILENO) != 1)
		return;
	text_sanitise(shown, sizeof(shown), span_str(s->out));
	(void)fprintf(stderr, "%s: %s\n", person_sentence(text), shown);
}

/* What --json says of it beside "problem". */
static void
sign_answer(struct sign *s, struct span der)
{
	char fingerprint[PICK_FINGERPRINT];
	json_t *o = s->cert->answer;

	(void)json_object_set_new(o, "scheme",
	    json_string(algorithm_scheme_name(s->algorithm.scheme)));
	(void)json_object_set_new(
	    o, "hash", json_string(algorithm_hash_name(s->algorithm.hash)));
	(void)json_object_set_new(o, "bytes", json_integer((json_int_t)der.n));
	pick_fingerprint(certificate_der(s->certificate), fingerprint);
	(void)json_object_set_new(o, "fingerprint", json_string(fingerprint));
}

/* A message in CMS, into the file or, with --json and no file, into the answer. */
static enum cert_end
sign_cms(struct sign *s)
{
	struct span chain[CMSPUT_CHAIN];
	struct cmsput_in in = {
		.content = buf_span(&s->content),
		.detached = s->detached,
		.attributes = !s->bare,
		.time_ms = clock_wall_ms(),
		.algorithm = s->algorithm,
		.certificate = s->certificate,
		.chain = chain,
	};
	struct buf der = buf_init(CMS_MAX), out = buf_init(2 * CMS_MAX);
	enum cert_end end;

	if (s->chain != NULL && trust_count(s->chain) > CMSPUT_CHAIN)
		return cert_failed(s->cert,
		    err_set(&s->cert->err, RC_LIMIT, "--ca",
			"more than 7 certificates"));
	for (size_t i = 0; s->chain != NULL && i < trust_count(s->chain); i++)
		chain[in.chain_n++] = certificate_der(trust_at(s->chain, i));
	end = sign_ended(
	    s, cmsput_signed(&in, sign_digest, s, &der, &s->cert->err));
	if (end == CERT_DONE) {
		bool inside = s->cert->json && s->out == NULL;

		paper_encode(&out, inside ? PAPER_BASE64 : s->form, "CMS",
		    buf_span(&der));
		sign_answer(s, buf_span(&der));
		if (!buf_ok(&out))
			end = cert_failed(s->cert, RC_MEMORY);
		else if (inside)
			(void)json_object_set_new(s->cert->answer, "message",
			    json_stringn((const char *)out.p, out.n - 1));
		else
			end = sign_write(s, buf_span(&out));
	}
	buf_clear(&der);
	buf_clear(&out);

	return end;
}

/* A site's challenge: the one line that the file has. */
static enum cert_end
sign_hometax(struct sign *s)
{
	struct sec answer SEC_WIPED = { 0 };
	struct buf log_sgnt = buf_init(RAWSIG_MAX);
	struct span challenge = buf_span(&s->content);
	enum cert_end end;
	enum rc rc;

	while (challenge.n > 0 &&
	    (challenge.p[challenge.n - 1] == '\n' ||
		challenge.p[challenge.n - 1] == '\r'))
		challenge.n--;
	rc = rawsig_make(s->certificate, challenge, clock_wall_ms(),
	    sign_digest, s, &log_sgnt, &s->cert->err);
	if (rc == RC_OK)
		rc = hometax_write(s->certificate, buf_span(&log_sgnt),
		    sec_span(&s->r), &answer, &s->cert->err);
	end = sign_ended(s, rc);
	if (end == CERT_DONE)
		end = sign_write(s, sec_span(&answer));
	buf_clear(&log_sgnt);

	return end;
}

/* The steps; nothing is asked of the person before all files were read. */
static enum cert_end
sign_run(struct sign *s)
{
	enum cert_end end = sign_read(s);

	if (end == CERT_DONE && !s->cert->replace && paper_is_there(s->out))
		return CERT_EXISTS;
	if (end == CERT_DONE)
		end = sign_open(s);
	if (end == CERT_DONE)
		end = s->hometax ? sign_hometax(s) : sign_cms(s);
	if (end == CERT_DONE)
		sign_say(s);

	return end;
}

int
sign_main(int argc, char **argv)
{
	static struct sign s; /* large */
	enum cert_end end;
	int code;

	if (usage_asked(&sign_usage, argc, argv))
		return PERSON_YES;
	s.content = buf_init(CMS_CONTENT_MAX);
	s.cert = &s.token.tokens.files;
	s.cert->answer = json_object();
	s.cert->attended = isatty(STDIN_FILENO) == 1;
	code = sign_options(&s, argc, argv);
	if (code == PERSON_YES) {
		end = sign_run(&s);
		/* The site's JSON is the answer, not a member of ours. */
		if (s.hometax && end == CERT_DONE && s.out == NULL)
			s.cert->json = false;
		(void)json_object_set_new(
		    s.cert->answer, "signed", json_boolean(end == CERT_DONE));
		code = s.token_end == TOKENS_DONE
		    ? cert_tell(s.cert, end)
		    : tokens_tell(&s.token.tokens, s.token_end);
	}
	EVP_PKEY_free(s.key);
	certificate_free(s.certificate);
	trust_free(s.chain);
	sec_free(&s.r);
	buf_clear(&s.content);
	sign_token_close(&s.token);
	cert_clear(s.cert);

	return code;
}
