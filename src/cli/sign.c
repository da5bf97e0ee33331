/*
 * sign.c - ingam sign: a file is signed with a certificate of this PC.
 *
 * Belongs here: its options, what is read and made, what is told.
 * Not here: the key (sign_open.c); the message (x509/cmsput.c,
 * x509/rawsig.c, x509/envelope.c); where it goes (message.c).
 */
#include "cli/sign.h"

#include "base/clock.h"
#include "base/language.h"
#include "base/usage.h"
#include "cli/cert_tell.h"
#include "cli/hometax.h"
#include "cli/message.h"
#include "cli/sealed.h"
#include "cli/tokens_tell.h"
#include "cli/verb.h"
#include "cli/whose.h"
#include "x509/algorithm.h"
#include "x509/cms.h"
#include "x509/cmsput.h"
#include "x509/rawsig.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

static const char *const ciphers[] = {
	[ENVELOPE_AES_256] = "aes",
	[ENVELOPE_SEED] = "seed",
};

static const struct verb_line helps[] = {
	{ "FILE",
	    { "서명할 파일. 없거나 -이면 표준 입력",
		"what is signed; without it or with -, standard input" } },
	{ "--out FILE",
	    { "결과를 쓸 파일. 없거나 -이면 표준 출력",
		"where the result goes; without it or with -, standard "
		"output" } },
	{ "--replace",
	    { "그 이름의 파일이 있으면 바꿔요",
		"replace the file of that name" } },
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
	{ "--detached",
	    { "서명문에 내용을 넣지 않아요",
		"the content stays out of the message" } },
	{ "--form FORM",
	    { "서명문의 꼴: der, pem, base64, hex",
		"of the message: der, pem, base64, hex" } },
	{ "--json", { "결과를 JSON으로 보여줘요", "the result as JSON" } },
	{ "--token NAME",
	    { "보안토큰의 키로 서명해요. 그 이름, 일련번호나 목록의 번호",
		"sign with a key of this token, by its label, serial number or "
		"number in the list" } },
	{ "--module FILE",
	    { "보안토큰의 PKCS#11 드라이버. 없으면 p11-kit에 등록된 모두",
		"the token's PKCS#11 module; else all that p11-kit knows" } },
	{ "--pin-file FILE",
	    { "첫 줄이 보안토큰 PIN인 파일",
		"a file whose first line is the token's PIN" } },
	{ "--no-attributes",
	    { "내용에 바로 서명해요 (국내 서명 도구의 꼴)",
		"sign the content itself, as Korean programs do" } },
	{ "--pss", { "RSASSA-PSS로 서명해요", "sign with RSASSA-PSS" } },
	{ "--ca FILE",
	    { "함께 넣을 발급기관 인증서 (파일이나 폴더)",
		"certificates of CAs to put in, a file or a folder" } },
	{ "--seal-to FILE",
	    { "서명한 것을 이 인증서의 주인만 열 수 있게 잠가요. 8번까지 쓸 수 있어요",
		"seal the signed message to this certificate's owner; may be "
		"given up to 8 times" } },
	{ "--cipher CIPHER",
	    { "--seal-to에 쓰는 암호: aes, seed. 없으면 aes",
		"of --seal-to: aes, seed; else aes" } },
	{ "--hometax",
	    { "FILE은 사이트가 준 문자열. 홈택스가 받는 JSON을 만들어요",
		"FILE is a site's challenge; makes the JSON that the tax "
		"office takes" } },
	{ "--random",
	    { "--hometax에 R(randomEnc)도 넣어요. 개인키만큼 비밀이에요",
		"with --hometax: R (randomEnc) too, as secret as the key" } },
};

static void
sign_explain(FILE *out)
{
	verb_lines(out, helps, sizeof(helps) / sizeof(helps[0]));
}

static const struct person_text text_signed = { "서명했어요", "Signed" };

static const struct usage sign_usage = { "ingam sign",
	"[OPTION …] [FILE]\n--hometax [OPTION …] [FILE]", sign_explain,
	language_korean };

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
	{ "seal-to", required_argument, NULL, 'S' },
	{ "cipher", required_argument, NULL, 'C' },
	{ "form", required_argument, NULL, 'f' },
	{ "hometax", no_argument, NULL, 'h' },
	{ "random", no_argument, NULL, 'R' },
	{ "out", required_argument, NULL, 'o' },
	{ "replace", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static const char *
sign_cipher_name(size_t i)
{
	return i < sizeof(ciphers) / sizeof(ciphers[0]) ? ciphers[i] : NULL;
}

static int
sign_cipher(struct sign *s, const char *name)
{
	s->ciphered = true;
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (strcmp(name, ciphers[i]) == 0)
			s->cipher = (enum envelope_cipher)i;

	return usage_word(&sign_usage, "--cipher", sign_cipher_name, name);
}

/* One more to whom it is sealed, where there are not too many. */
static int
sign_seal_to(struct sign *s, const char *path)
{
	if (s->seal_n == ENVELOPE_RECIPIENTS)
		return usage_wrong(&sign_usage, USAGE_EXTRA, "--seal-to");
	s->seal_paths[s->seal_n++] = path;

	return PERSON_YES;
}

static int
sign_form(struct sign *s, const char *name)
{
	(void)paper_find(name, &s->form);

	return usage_word(&sign_usage, "--form", paper_form_name, name);
}

/* Takes one option: as sign_options(). */
static int
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
		return sign_form(s, optarg);
	if (letter == 'C')
		return sign_cipher(s, optarg);
	if (letter == 'S')
		return sign_seal_to(s, optarg);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].letter != letter)
			continue;
		if (rows[i].text != NULL)
			*rows[i].text = optarg;
		if (rows[i].flag != NULL)
			*rows[i].flag = true;
	}

	return PERSON_YES;
}

/* Do the options that were given go together? As sign_options(). */
static int
sign_check(const struct sign *s)
{
	bool shaped = s->detached || s->bare || s->pss || s->ca != NULL ||
	    s->seal_n > 0 || s->form != PAPER_DER;

	if (s->random && !s->hometax)
		return usage_wrong(&sign_usage, USAGE_MISSING, "--hometax");
	if (s->hometax && shaped)
		return usage_wrong(&sign_usage, USAGE_EXTRA, "--hometax");
	if (s->pss && s->on_token)
		return usage_wrong(&sign_usage, USAGE_EXTRA, "--pss");
	if (s->detached && s->seal_n > 0)
		return usage_wrong(&sign_usage, USAGE_EXTRA, "--detached");
	if (s->ciphered && s->seal_n == 0)
		return usage_wrong(&sign_usage, USAGE_MISSING, "--seal-to");
	if (paper_shares(s->path, s->cert->password_file))
		return usage_wrong(
		    &sign_usage, USAGE_SHARED, "--password-file FILE");
	if (paper_shares(s->path, s->token.tokens.pin_file))
		return usage_wrong(
		    &sign_usage, USAGE_SHARED, "--pin-file FILE");
	if (s->path == NULL && isatty(STDIN_FILENO) == 1)
		return usage_wrong(&sign_usage, USAGE_MISSING, "FILE");

	return !s->cert->json && !s->hometax && s->form == PAPER_DER &&
		message_is_shown(s->out)
	    ? usage_wrong(&sign_usage, USAGE_TERMINAL, "--out FILE")
	    : PERSON_YES;
}

/* PERSON_YES, or PERSON_USAGE after it was said what is wrong. */
static int
sign_options(struct sign *s, int argc, char **argv)
{
	int letter, code;

	while ((letter = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return usage_getopt(&sign_usage, options, argv, letter);
		if ((code = sign_option(s, letter)) != PERSON_YES)
			return code;
	}
	if (optind < argc)
		s->path = argv[optind++];
	if (optind < argc)
		return usage_wrong(&sign_usage, USAGE_EXTRA, argv[optind]);

	return sign_check(s);
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

/* What is signed, and the certificates that go with it. */
static enum cert_end
sign_read(struct sign *s)
{
	enum rc rc = paper_read(s->path, &s->content, &s->cert->err);

	if (rc == RC_OK && s->ca != NULL)
		rc = trust_load(s->ca, &s->chain, &s->cert->err);
	/* The envelope counts the signature too; this is before it is asked. */
	if (rc == RC_OK && s->seal_n > 0 && s->content.n > ENVELOPE_CONTENT)
		rc = err_set(&s->cert->err, RC_LIMIT, "content",
		    "more than 1 MiB with its signature is not sealed");
	if (rc != RC_OK)
		return cert_failed(s->cert, rc);
	for (size_t i = 0; i < s->seal_n && rc == RC_OK; i++)
		rc = sealed_recipient(
		    s->seal_paths[i], &s->recipients[i], &s->cert->err);

	return sign_ended(s, rc);
}

/* What --json says of it beside "problem" and the message. */
static void
sign_answer(struct sign *s)
{
	char fingerprint[PICK_FINGERPRINT];
	json_t *o = s->cert->answer, *sealed = json_array();

	(void)json_object_set_new(o, "scheme",
	    json_string(algorithm_scheme_name(s->algorithm.scheme)));
	(void)json_object_set_new(
	    o, "hash", json_string(algorithm_hash_name(s->algorithm.hash)));
	pick_fingerprint(certificate_der(s->certificate), fingerprint);
	(void)json_object_set_new(o, "fingerprint", json_string(fingerprint));
	for (size_t i = 0; i < s->seal_n; i++) {
		pick_fingerprint(
		    certificate_der(s->recipients[i]), fingerprint);
		(void)json_array_append_new(sealed, json_string(fingerprint));
	}
	(void)json_object_set_new(o, "recipients", sealed);
}

/* The signed message, and around it the envelope where it is for somebody. */
static enum cert_end
sign_seal(struct sign *s, struct span signed_der)
{
	struct buf der = buf_init(ENVELOPE_MAX);
	const struct certificate *to[ENVELOPE_RECIPIENTS];
	enum cert_end end;

	if (s->seal_n == 0)
		return message_give(
		    s->cert, s->out, s->form, "CMS", signed_der);
	for (size_t i = 0; i < s->seal_n; i++)
		to[i] = s->recipients[i];
	end = cert_failed(s->cert,
	    envelope_seal(
		s->cipher, to, s->seal_n, signed_der, &der, &s->cert->err));
	if (end == CERT_DONE)
		end = message_give(
		    s->cert, s->out, s->form, "CMS", buf_span(&der));
	buf_clear(&der);

	return end;
}

/* A message in CMS. */
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
	struct buf der = buf_init(CMS_MAX);
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
		sign_answer(s);
		end = sign_seal(s, buf_span(&der));
	}
	buf_clear(&der);

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
		end = message_write(
		    s->cert, s->out, sec_span(&answer), s->random);
	buf_clear(&log_sgnt);

	return end;
}

/* The steps; nothing is asked of the person before all files were read. */
static enum cert_end
sign_run(struct sign *s)
{
	char room[WHOSE_TEXT];
	enum cert_end end = sign_read(s);

	if (end == CERT_DONE)
		end = message_check(s->cert, s->out);
	if (end == CERT_DONE)
		end = sign_open(s);
	if (end == CERT_DONE)
		end = s->hometax ? sign_hometax(s) : sign_cms(s);
	if (end == CERT_DONE)
		message_say(s->cert, s->out,
		    whose_text(s->cert, certificate_info(s->certificate),
			text_signed, room));

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
	s.cipher = ENVELOPE_AES_256;
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
	for (size_t i = 0; i < s.seal_n; i++)
		certificate_free(s.recipients[i]);
	sec_free(&s.r);
	buf_clear(&s.content);
	sign_token_close(&s.token);
	cert_clear(s.cert);

	return code;
}
