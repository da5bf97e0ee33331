/*
 * rig.c - a real vault, and phones, certificates and requests to try it with.
 *
 * Belongs here: starting and killing; a software authenticator; certificates.
 * Not here: what is expected (the tests).
 */
#include "rig.h"

#include "base/enc.h"
#include "base/file.h"
#include "base/rnd.h"
#include "pake/hpke.h"
#include "webauthn/webauthn.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORIGIN "http://localhost:8700"
#define RP_ID  "localhost"

static void
rig_must(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! rig: %s\n", what);
	exit(EXIT_FAILURE);
}

/* Runs ingam-vault with these arguments in a child. */
static pid_t
rig_spawn(struct rig *r, const char *const *args, int out)
{
	pid_t pid = fork();

	rig_must(pid >= 0, "fork");
	if (pid > 0)
		return pid;
	if (r->failpoint != NULL)
		(void)setenv("INGAM_FAILPOINT", r->failpoint, 1);
	if (r->fault != NULL)
		(void)setenv("INGAM_FAULT", r->fault, 1);
	if (out >= 0)
		(void)dup2(out, STDOUT_FILENO);
	if (getenv("INGAM_NOISY") == NULL)
		(void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	{
		/* execv() takes char * and writes to none of them. */
		union {
			const char *const *in;
			char *const *out;
		} p = { .in = args };

		(void)execv(args[0], p.out);
	}
	_exit(127);
}

bool
rig_start(struct rig *r)
{
	const char *args[32] = { getenv("INGAM_VAULT"), "serve", "--socket",
		r->socket, "--state", r->state, "--kek-file", r->kek, "--rp-id",
		RP_ID, "--origin", ORIGIN, "--sign-per-minute", "60000",
		"--sign-per-day", "60000" };
	size_t n = 16;
	int pipes[2];
	char line[6] = { 0 };
	struct pollfd p;
	bool good;

	if (getenv("INGAM_WEAK") != NULL)
		args[n++] = "--allow-weak-sandbox";
	for (size_t i = 0; r->more[i] != NULL; i++)
		args[n++] = r->more[i];
	rig_must(pipe2(pipes, O_CLOEXEC) == 0, "pipe");
	r->pid = rig_spawn(r, args, pipes[1]);
	(void)close(pipes[1]);
	p = (struct pollfd){ .fd = pipes[0], .events = POLLIN };
	good = poll(&p, 1, 20000) == 1 &&
	    read(pipes[0], line, sizeof(line)) == (ssize_t)sizeof(line) &&
	    memcmp(line, "ready\n", 6) == 0;
	(void)close(pipes[0]);
	if (good && r->failpoint == NULL)
		good = keys_hello(r->keys, &r->hello, NULL) == RC_OK;

	return good;
}

void
rig_new(struct rig *r)
{
	const char *args[] = { getenv("INGAM_VAULT"), "init", "--state", NULL,
		"--kek-file", NULL, NULL };
	int status = 0;
	pid_t pid;

	(void)snprintf(r->folder, sizeof(r->folder), "/tmp/ingam-rig-XXXXXX");
	rig_must(args[0] != NULL, "INGAM_VAULT names no program");
	rig_must(mkdtemp(r->folder) != NULL, "folder");
	(void)snprintf(r->socket, sizeof(r->socket), "%s/sock", r->folder);
	(void)snprintf(r->state, sizeof(r->state), "%s/state", r->folder);
	(void)snprintf(r->kek, sizeof(r->kek), "%s/kek", r->folder);
	args[3] = r->state;
	args[5] = r->kek;
	pid = rig_spawn(r, args, -1);
	rig_must(waitpid(pid, &status, 0) == pid && status == 0, "init");
	rig_must(keys_new(r->socket, 32, 15000, &r->keys, NULL) == RC_OK &&
		hpke_init(NULL) == RC_OK,
	    "client");
	rig_must(rig_start(r), "start");
}

bool
rig_is_dead(struct rig *r)
{
	for (int i = 0; i < 200 && r->pid > 0; i++) {
		if (waitpid(r->pid, NULL, WNOHANG) == r->pid)
			r->pid = 0;
		else
			(void)usleep(10000);
	}

	return r->pid == 0;
}

void
rig_kill(struct rig *r)
{
	if (r->pid <= 0)
		return;
	(void)kill(r->pid, SIGKILL);
	(void)waitpid(r->pid, NULL, 0);
	r->pid = 0;
}

int
rig_stop(struct rig *r)
{
	int status = -1;

	if (r->pid > 0) {
		(void)kill(r->pid, SIGTERM);
		(void)waitpid(r->pid, &status, 0);
	}
	r->pid = 0;

	return status;
}

void
rig_restart(struct rig *r)
{
	rig_kill(r);
	r->failpoint = NULL;
	rig_must(rig_start(r), "start again");
}

bool
rig_revived(struct rig *r, enum rc rc)
{
	if (rc != RC_BUSY || r->failpoint == NULL || !rig_is_dead(r))
		return false;
	r->deaths++;
	rig_restart(r);

	return true;
}

void
rig_free(struct rig *r)
{
	char command[96];

	/* A clean end: what watches the vault's memory has its say then. */
	if (r->pid > 0)
		rig_must(rig_stop(r) == 0, "the vault's end");
	keys_free(r->keys);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", r->folder);
	rig_must(system(command) == 0, "remove");
}

size_t
rig_raw(struct rig *r, struct span frame, uint8_t *answer, size_t size)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 5 };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ssize_t n = -1;

	memcpy(a.sun_path, r->socket, strlen(r->socket));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    send(fd, frame.p, frame.n, MSG_NOSIGNAL) == (ssize_t)frame.n)
		n = recv(fd, answer, size, 0);
	(void)close(fd);

	return n < 0 ? 0 : (size_t)n;
}

/* ECDSA with SHA-256, DER. */
static void
phone_sign(EVP_PKEY *key, struct span message, struct buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[128];
	size_t n = sizeof(der);

	rig_must(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestSign(ctx, der, &n, message.p, message.n) == 1,
	    "phone signs");
	EVP_MD_CTX_free(ctx);
	buf_reset(out);
	buf_bytes(out, (struct span){ der, n });
}

static void
phone_point(EVP_PKEY *key, uint8_t point[static 65])
{
	size_t n = 0;

	rig_must(EVP_PKEY_get_octet_string_param(
		     key, "encoded-pub-key", point, 65, &n) == 1 &&
		n == 65,
	    "point");
}

static void
phone_client_data(struct buf *out, const char *type,
    const uint8_t challenge[static 32], const char *origin, const char *more)
{
	buf_reset(out);
	buf_printf(out, "{\"type\":\"%s\",\"challenge\":\"", type);
	enc_base64url(out, (struct span){ challenge, 32 });
	buf_printf(out, "\",\"origin\":\"%s\"%s}", origin, more);
}

static void
phone_auth_data(
    struct buf *out, const char *rp_id, uint8_t flags, uint32_t count)
{
	struct span id = span_str(rp_id);
	uint8_t hash[32];

	digest_sha256(hash, &id, 1);
	buf_reset(out);
	buf_bytes(out, SPAN(hash));
	buf_u8(out, flags);
	buf_u32(out, count);
}

static void
phone_attestation(struct phone *p, struct buf *out)
{
	uint8_t point[65];

	phone_point(p->key, point);
	phone_auth_data(&p->auth_data, RP_ID, 0x45, p->count);
	for (int i = 0; i < 16; i++)
		buf_u8(&p->auth_data, 0);
	buf_lp16(&p->auth_data, SPAN(p->credential));
	buf_bytes(&p->auth_data,
	    SPAN_LIT("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
	buf_bytes(&p->auth_data, (struct span){ point + 1, 32 });
	buf_bytes(&p->auth_data, SPAN_LIT("\x22\x58\x20"));
	buf_bytes(&p->auth_data, (struct span){ point + 33, 32 });
	buf_bytes(out,
	    SPAN_LIT("\xa3\x63"
		     "fmt\x64none\x67"
		     "attStmt\xa0\x68"
		     "authData\x58"));
	buf_u8(out, (uint8_t)p->auth_data.n);
	buf_bytes(out, buf_span(&p->auth_data));
}

static void
phone_seal_pin(struct rig *r, struct phone *p,
    const uint8_t challenge[static 32], const char *pin)
{
	buf_reset(&p->sealed_pin);
	rig_must(hpke_seal(SPAN(r->hello.hpke_key), SPAN_LIT("INGAM-PIN1"),
		     (struct span){ challenge, 32 }, span_str(pin),
		     &p->sealed_pin, NULL) == RC_OK,
	    "seal");
}

static void
phone_prove(struct phone *p, const uint8_t challenge[static 32])
{
	uint8_t message[9 + 32];

	memcpy(message, "INGAM-DK1", 9);
	memcpy(message + 9, challenge, 32);
	phone_sign(p->key, SPAN(message), &p->signature);
}

/* Begins, proves, and asks again with the same words where it died. */
static enum rc
phone_enrol(struct rig *r, struct phone *p, const char *pin)
{
	struct buf attestation = buf_init(4096);
	struct buf credential = buf_init(1024);
	uint8_t challenge[32], point[65];
	struct keys_enrol q = { 0 };
	enum rc rc;

	do
		rc = keys_enrol_begin(r->keys, p->account, challenge, NULL);
	while (rig_revived(r, rc));
	if (rc != RC_OK)
		return rc;
	memcpy(q.account_id, p->account, 16);
	memcpy(q.device_id, p->device, 16);
	q.kind = p->is_pin ? KEYS_DEVICE_PIN : KEYS_DEVICE_PASSKEY;
	if (p->is_pin) {
		phone_point(p->key, point);
		phone_prove(p, challenge);
		phone_seal_pin(r, p, challenge, pin);
		q.public_key = SPAN(point);
		q.signature = buf_span(&p->signature);
		q.sealed_pin = buf_span(&p->sealed_pin);
	} else {
		phone_client_data(&p->client_data, "webauthn.create", challenge,
		    ORIGIN, ",\"crossOrigin\":false");
		phone_attestation(p, &attestation);
		q.client_data = buf_span(&p->client_data);
		q.attestation = buf_span(&attestation);
	}
	do
		rc = keys_enrol(r->keys, &q, &p->list, &credential, NULL);
	while (rig_revived(r, rc));
	buf_clear(&attestation);
	buf_clear(&credential);

	return rc;
}

enum rc
phone_new(struct rig *r, struct phone *p, bool is_pin, const char *pin)
{
	int deaths = r->deaths;
	enum rc rc;

	*p = (struct phone){ .is_pin = is_pin, .count = 1 };
	p->list = p->client_data = p->auth_data = p->signature = p->sealed_pin =
	    buf_init(16384);
	rnd_bytes(p->account, 16);
	rnd_bytes(p->device, 16);
	rnd_bytes(p->credential, 16);
	p->key = EVP_EC_gen("P-256");
	rc = phone_enrol(r, p, pin);
	/* A challenge does not outlive the vault: one begins again. */
	if (rc == RC_DENIED && r->deaths > deaths)
		rc = phone_enrol(r, p, pin);

	return rc;
}

void
phone_free(struct phone *p)
{
	EVP_PKEY_free(p->key);
	buf_clear(&p->list);
	buf_clear(&p->client_data);
	buf_clear(&p->auth_data);
	buf_clear(&p->signature);
	buf_clear(&p->sealed_pin);
}

struct keys_evidence
phone_answer(struct rig *r, struct phone *p, const uint8_t challenge[static 32],
    const char *pin, enum spoil spoil)
{
	struct keys_evidence e = { .kind = KEYS_DEVICE_PASSKEY };
	uint8_t other[32], hash[32], message[37 + 32];
	struct span client;
	EVP_PKEY *wrong = NULL;

	memcpy(other, challenge, 32);
	other[31] ^= spoil == SPOIL_CHALLENGE;
	if (spoil == SPOIL_OTHER_KEY)
		wrong = EVP_EC_gen("P-256");
	if (p->is_pin) {
		EVP_PKEY *key = p->key;

		p->key = wrong != NULL ? wrong : key;
		phone_prove(p, other);
		p->key = key;
		phone_seal_pin(r, p, challenge, pin);
		e.kind = KEYS_DEVICE_PIN;
		memcpy(e.device_id, p->device, 16);
		e.device_id[0] ^= spoil == SPOIL_CREDENTIAL;
		e.sealed_pin = buf_span(&p->sealed_pin);
		e.signature = buf_span(&p->signature);
		EVP_PKEY_free(wrong);
		return e;
	}
	phone_client_data(&p->client_data,
	    spoil == SPOIL_TYPE ? "webauthn.create" : "webauthn.get", other,
	    spoil == SPOIL_ORIGIN ? "http://localhost:8703" : ORIGIN,
	    spoil == SPOIL_CROSS_ORIGIN     ? ",\"crossOrigin\":true"
		: spoil == SPOIL_TOP_ORIGIN ? ",\"topOrigin\":\"https://a.b\""
					    : "");
	p->count++;
	phone_auth_data(&p->auth_data,
	    spoil == SPOIL_RP_ID ? "localhost.evil.example" : RP_ID,
	    (uint8_t)((spoil == SPOIL_NO_UP ? 0 : 1) |
		(spoil == SPOIL_NO_UV ? 0 : 4) |
		(spoil == SPOIL_BACKUP ? 8 : 0)),
	    spoil == SPOIL_COUNT ? 1 : p->count);
	client = buf_span(&p->client_data);
	digest_sha256(hash, &client, 1);
	memcpy(message, p->auth_data.p, 37);
	memcpy(message + 37, hash, 32);
	phone_sign(
	    wrong != NULL ? wrong : p->key, SPAN(message), &p->signature);
	EVP_PKEY_free(wrong);
	p->signature.p[p->signature.n - 1] ^= spoil == SPOIL_SIGNATURE;
	p->credential[0] ^= spoil == SPOIL_CREDENTIAL;
	e.credential_id = SPAN(p->credential);
	e.client_data = client;
	e.authenticator_data = buf_span(&p->auth_data);
	e.signature = buf_span(&p->signature);

	return e;
}

void
subject_read(const char *name, struct buf *out)
{
	char path[4096];

	(void)snprintf(
	    path, sizeof(path), "%s/%s", getenv("INGAM_SOURCE"), name);
	buf_reset(out);
	rig_must(file_read(path, out, NULL) == RC_OK, name);
}

static void
subject_certify(struct subject *s, long days)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	int n;
	uint8_t *p;

	(void)X509_set_version(x, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	(void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)"Hong Gildong", -1, -1, 0);
	(void)X509_set_issuer_name(x, name);
	(void)X509_gmtime_adj(
	    X509_getm_notBefore(x), days < 0 ? days * 2 * 86400 : -3600);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), days * 86400);
	(void)X509_set_pubkey(x, s->key);
	rig_must(X509_sign(x, s->key, EVP_sha256()) > 0, "certificate");
	n = i2d_X509(x, NULL);
	buf_reset(&s->certificate);
	p = buf_grow(&s->certificate, (size_t)n);
	(void)i2d_X509(x, &p);
	X509_free(x);
}

/* As `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256`. */
static void
subject_encrypt(struct subject *s)
{
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(s->key);
	X509_SIG *sig = PKCS8_encrypt(
	    -1, EVP_aes_256_cbc(), SUBJECT_PASSWORD, -1, NULL, 8, 2048, p8);
	uint8_t *p;

	rig_must(sig != NULL, "key file");
	p = buf_grow(&s->file, (size_t)i2d_X509_SIG(sig, NULL));
	(void)i2d_X509_SIG(sig, &p);
	X509_SIG_free(sig);
	PKCS8_PRIV_KEY_INFO_free(p8);
}

void
subject_new(struct subject *s, const char *kind, long days)
{
	struct span certificate;

	*s = (struct subject){ 0 };
	s->certificate = s->file = s->kb1 = s->km_kb1 = buf_init(65536);
	if (strcmp(kind, "RSA") == 0) {
		s->key = EVP_RSA_gen(2048);
	} else if (kind[0] == 'P') {
		s->key = EVP_EC_gen(kind);
	} else {
		const uint8_t *p;

		subject_read(kind, &s->file);
		p = s->file.p;
		s->key = d2i_AutoPrivateKey(NULL, &p, (long)s->file.n);
		buf_reset(&s->file);
	}
	rig_must(s->key != NULL, "subject's key");
	subject_certify(s, days);
	subject_encrypt(s);
	certificate = buf_span(&s->certificate);
	digest_sha256(s->sha256, &certificate, 1);
}

void
subject_free(struct subject *s)
{
	EVP_PKEY_free(s->key);
	buf_clear(&s->certificate);
	buf_clear(&s->file);
	buf_clear(&s->kb1);
	buf_clear(&s->km_kb1);
}

enum rc
grant_new(struct rig *r, struct phone *p, struct subject *s, enum keys_op op,
    enum keys_mode mode, uint16_t count, uint32_t seconds, struct grant *out)
{
	struct keys_request q = { .op = op,
		.ttl_ms = 60000,
		.mode = mode,
		.token = { count, seconds, SPAN_LIT("firefox"),
		    SPAN_LIT("desk"), SPAN_LIT("hong") },
		.label = SPAN_LIT("홍길동"),
		.dl1_sealed = buf_span(&p->list) };

	*out = (struct grant){ .ar1 = buf_init(4096) };
	memcpy(q.account_id, p->account, 16);
	memcpy(q.cert_sha256, s->sha256, 32);
	if (op != KEYS_OP_IMPORT)
		memcpy(q.key_id, s->key_id, 16);

	return keys_approval_new(
	    r->keys, &q, out->id, &out->ar1, out->signature, NULL);
}

void
grant_free(struct grant *g)
{
	buf_clear(&g->ar1);
}

enum rc
grant_show(struct rig *r, struct phone *p, struct grant *g, enum keys_op op,
    const struct keys_evidence *evidence, uint8_t *tries_left)
{
	struct keys_approve q = { .op = op,
		.dl1_sealed = buf_span(&p->list),
		.evidence = *evidence };
	struct keys_approved out = { 0 };
	uint8_t left = 0;
	enum rc rc;

	memcpy(q.request_id, g->id, 16);
	rc = keys_approve(
	    r->keys, &q, &out, tries_left != NULL ? tries_left : &left, NULL);
	if (rc == RC_OK)
		memcpy(g->pin, out.pin, sizeof(g->pin));
	keys_approved_clear(&out);

	return rc;
}

enum rc
grant_approve(struct rig *r, struct phone *p, struct grant *g, enum keys_op op,
    const char *pin, enum spoil spoil, uint8_t *tries_left)
{
	uint8_t challenge[32];
	struct keys_evidence e;
	enum rc rc;

	keys_ar1_challenge(buf_span(&g->ar1), challenge);
	e = phone_answer(r, p, challenge, pin, spoil);
	rc = grant_show(r, p, g, op, &e, tries_left);
	if (spoil == SPOIL_CREDENTIAL && !p->is_pin)
		p->credential[0] ^= 1;

	return rc;
}

enum rc
grant_open(struct rig *r, struct grant *g, const char *pin, uint8_t *tries_left)
{
	uint8_t left_tries;
	int64_t expires;
	uint16_t left;

	return keys_token_open(r->keys, g->id, span_str(pin), &left, &expires,
	    tries_left != NULL ? tries_left : &left_tries, NULL);
}

enum rc
grant_window(struct rig *r, struct phone *p, struct subject *s, uint16_t count,
    uint32_t seconds, struct grant *out)
{
	enum rc rc = grant_new(
	    r, p, s, KEYS_OP_TOKEN, KEYS_MODE_NUMBER, count, seconds, out);

	if (rc == RC_OK)
		rc = grant_approve(
		    r, p, out, KEYS_OP_TOKEN, "481516", SPOIL_NOTHING, NULL);

	return rc == RC_OK ? grant_open(r, out, out->pin, NULL) : rc;
}

enum rc
subject_import(struct rig *r, struct phone *p, struct subject *s,
    struct span file, const char *password, uint8_t *tries_left)
{
	struct buf plain = buf_init(65536), sealed = buf_init(65536);
	struct keys_approve q = { .op = KEYS_OP_IMPORT,
		.certificate = buf_span(&s->certificate),
		.dl1_sealed = buf_span(&p->list) };
	struct keys_approved out = { 0 };
	uint8_t challenge[32], hash[32], left = 0;
	struct grant g;
	struct span ar1;
	enum rc rc;

	do
		rc = grant_new(
		    r, p, s, KEYS_OP_IMPORT, KEYS_MODE_NONE, 0, 0, &g);
	while (rig_revived(r, rc));
	if (rc != RC_OK)
		return rc;
	ar1 = buf_span(&g.ar1);
	digest_sha256(hash, &ar1, 1);
	buf_str(&plain, "INGAM-IM1");
	buf_lp16(&plain, span_str(password));
	buf_lp16(&plain, file.n > 0 ? file : buf_span(&s->file));
	buf_lp16(&plain,
	    s->km != NULL ? buf_span(&s->km->file) : (struct span){ 0 });
	rig_must(hpke_seal(SPAN(r->hello.hpke_key), SPAN_LIT("INGAM-IM1"),
		     SPAN(hash), buf_span(&plain), &sealed, NULL) == RC_OK,
	    "seal");
	q.sealed = buf_span(&sealed);
	memcpy(q.request_id, g.id, 16);
	keys_ar1_challenge(ar1, challenge);
	q.evidence = phone_answer(r, p, challenge, "481516", SPOIL_NOTHING);
	if (s->km != NULL)
		q.km_certificate = buf_span(&s->km->certificate);
	do
		rc = keys_approve(r->keys, &q, &out,
		    tries_left != NULL ? tries_left : &left, NULL);
	while (rig_revived(r, rc));
	if (rc == RC_OK) {
		buf_reset(&s->km_kb1);
		buf_bytes(&s->km_kb1, buf_span(&out.km_kb1));
		(void)keys_ar1_key_id(ar1, s->key_id);
		buf_reset(&s->kb1);
		buf_bytes(&s->kb1, buf_span(&out.kb1));
		s->has_r = out.has_r;
	}
	keys_approved_clear(&out);
	grant_free(&g);
	buf_clear(&plain);
	buf_clear(&sealed);

	return rc;
}

enum rc
grant_sign_with(struct rig *r, const struct grant *g, const struct subject *s,
    uint32_t number, enum keys_mechanism mechanism, enum keys_hash hash,
    uint16_t salt, struct span digest, struct keys_signed *out)
{
	struct keys_sign q = { .mechanism = mechanism,
		.hash = hash,
		.salt_length = salt,
		.digest = digest,
		.kb1 = buf_span(&s->kb1),
		.certificate = buf_span(&s->certificate) };

	memcpy(q.request_id, g->id, 16);
	memcpy(q.sign_id, &number, sizeof(number));

	return keys_sign(r->keys, &q, out, NULL);
}

enum rc
grant_sign(struct rig *r, const struct grant *g, const struct subject *s,
    uint32_t number, const char *text, struct keys_signed *out)
{
	struct span in = span_str(text);
	uint8_t digest[32];

	digest_sha256(digest, &in, 1);

	return grant_sign_with(r, g, s, number,
	    EVP_PKEY_is_a(s->key, "RSA") == 1 ? KEYS_RSA_PKCS1 : KEYS_ECDSA,
	    KEYS_SHA256, 0, SPAN(digest), out);
}

bool
subject_verifies(const struct subject *s, enum keys_mechanism mechanism,
    enum keys_hash hash, int salt, struct span digest, struct span signature)
{
	const EVP_MD *mds[] = { NULL, EVP_sha256(), EVP_sha384(),
		EVP_sha512() };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(s->key, NULL);
	bool good = EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, mds[hash]) == 1;

	if (mechanism == KEYS_RSA_PSS)
		good = good &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) == 1;
	good = good &&
	    EVP_PKEY_verify(
		ctx, signature.p, signature.n, digest.p, digest.n) == 1;
	EVP_PKEY_CTX_free(ctx);

	return good;
}

bool
rig_verifies(const struct rig *r, const char *label, struct span message,
    struct span signature)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, r->hello.display_key, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf b = buf_init(8192);
	bool good;

	buf_str(&b, label);
	buf_bytes(&b, message);
	good = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, signature.p, signature.n, b.p, b.n) == 1;
	buf_clear(&b);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);

	return good;
}
