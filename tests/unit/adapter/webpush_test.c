/*
 * webpush_test.c - the published vectors of RFC 8291 and RFC 8292, which
 * endpoints may be used, which addresses are public, the key's file.
 */
#include "adapter/vapid.h"
#include "adapter/webpush.h"
#include "base/clock.h"
#include "base/enc.h"
#include "base/file.h"
#include "tap.h"

#include <arpa/inet.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* RFC 8291 appendix A. */
#define UA_PUBLIC \
	"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define UA_AUTH    "BTBZMqHH6r4Tts7J_aSIgg"
#define AS_PRIVATE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define AS_PUBLIC \
	"BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define BODY                                                               \
	"DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml" \
	"mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT" \
	"pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"

/* RFC 8292 section 2.4. */
#define JWT_CLAIMS \
	"eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0"

static char folder[] = "/tmp/ingam-webpush-XXXXXX";
static char key_file[64];

static struct buf
from64(const char *text)
{
	struct buf b = buf_init(4096);

	if (enc_base64url_parse(&b, span_str(text), NULL) != RC_OK)
		abort();

	return b;
}

/* A key pair out of its numbers, which no production path does. */
static EVP_PKEY *
key_from(const char *private, const char *public)
{
	struct buf d = from64(private), point = from64(public);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	char group[] = "P-256";
	OSSL_PARAM params[4];

	/* Native byte order for integers. */
	for (size_t i = 0; i < d.n / 2; i++) {
		uint8_t t = d.p[i];

		d.p[i] = d.p[d.n - 1 - i];
		d.p[d.n - 1 - i] = t;
	}
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n);
	params[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, d.p, d.n);
	params[3] = OSSL_PARAM_construct_end();
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		abort();
	EVP_PKEY_CTX_free(ctx);
	buf_clear(&d);
	buf_clear(&point);

	return key;
}

static void
test_rfc8291(void)
{
	struct span plain =
	    SPAN_LIT("When I grow up, I want to be a watermelon");
	struct webpush_subscription s;
	struct buf salt = from64(SALT), body = buf_init(4096);
	struct buf text = buf_init(8192);
	EVP_PKEY *sender = key_from(AS_PRIVATE, AS_PUBLIC);
	static uint8_t big[ECE_PLAIN_MAX + 1];

	ok(webpush_subscription_parse(
	       SPAN_LIT(
		   "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt"),
	       SPAN_LIT(UA_PUBLIC), SPAN_LIT(UA_AUTH), &s, NULL) == RC_OK,
	    "RFC 8291: the subscription reads");
	ok(ece_encrypt_with(&s.peer, plain, 0, sender, salt.p, &body, NULL) ==
		RC_OK,
	    "RFC 8291: encrypts");
	enc_base64url(&text, buf_span(&body));
	ok(span_equal(buf_span(&text), SPAN_LIT(BODY)),
	    "RFC 8291 appendix A: byte for byte");
	buf_reset(&body);
	ok(ece_encrypt(&s.peer, plain, 1024, &body, NULL) == RC_OK &&
		body.n == 86 + 1024 + 1 + 16,
	    "padded to a length that says nothing");
	buf_reset(&body);
	ok(ece_encrypt(&s.peer, (struct span){ big, ECE_PLAIN_MAX }, 0, &body,
	       NULL) == RC_OK &&
		body.n == 4096,
	    "the largest message is 4096 bytes");
	ok(ece_encrypt(&s.peer, SPAN(big), 0, &body, NULL) == RC_LIMIT &&
		body.n == 4096,
	    "one byte more is refused and nothing appended");
	EVP_PKEY_free(sender);
	buf_clear(&salt);
	buf_clear(&body);
	buf_clear(&text);
}

static const struct {
	const char *what, *endpoint, *p256dh, *auth;
	enum rc rc;
	const char *field;
} subscriptions[] = {
	{ "auth one byte short", "https://a/x", UA_PUBLIC,
	    "BTBZMqHH6r4Tts7J_aSI", RC_FORMAT, "auth" },
	{ "auth in plain base64", "https://a/x", UA_PUBLIC,
	    "BTBZMqHH6r4Tts7J/aSIgg==", RC_FORMAT, "auth" },
	{ "auth empty", "https://a/x", UA_PUBLIC, "", RC_FORMAT, "auth" },
	{ "point cut", "https://a/x", "BCVxsr7N_eNgVRqvHtD0", UA_AUTH,
	    RC_FORMAT, "p256dh" },
	{ "point not on the curve", "https://a/x",
	    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw8",
	    UA_AUTH, RC_FORMAT, "p256dh" },
	{ "point with a hybrid form", "https://a/x",
	    "BiVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
	    UA_AUTH, RC_FORMAT, "p256dh" },
	{ "point at infinity", "https://a/x",
	    "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    UA_AUTH, RC_FORMAT, "p256dh" },
	{ "endpoint without path", "https://a", UA_PUBLIC, UA_AUTH, RC_FORMAT,
	    "endpoint" },
	{ "endpoint is a script", "javascript:alert(1)", UA_PUBLIC, UA_AUTH,
	    RC_FORMAT, "endpoint" },
};

static void
test_subscriptions(void)
{
	struct webpush_subscription s;
	char longer[WEBPUSH_ENDPOINT_SIZE + 1];

	for (size_t i = 0; i < COUNT(subscriptions); i++) {
		struct err e = { 0 };
		enum rc rc = webpush_subscription_parse(
		    span_str(subscriptions[i].endpoint),
		    span_str(subscriptions[i].p256dh),
		    span_str(subscriptions[i].auth), &s, &e);

		ok(rc == subscriptions[i].rc &&
			strcmp(e.field, subscriptions[i].field) == 0 &&
			s.endpoint[0] == '\0',
		    "subscription: %s (%s %s)", subscriptions[i].what,
		    err_name(rc), e.field);
	}
	memset(longer, 'x', sizeof(longer));
	memcpy(longer, "https://a/", 10);
	ok(webpush_subscription_parse(
	       (struct span){ (uint8_t *)longer, WEBPUSH_ENDPOINT_SIZE },
	       SPAN_LIT(UA_PUBLIC), SPAN_LIT(UA_AUTH), &s, NULL) == RC_LIMIT,
	    "subscription: endpoint too long");
	ok(webpush_subscription_parse(SPAN_LIT("https://a/x\0y"),
	       SPAN_LIT(UA_PUBLIC), SPAN_LIT(UA_AUTH), &s, NULL) == RC_FORMAT,
	    "subscription: endpoint with a zero inside");
}

static const struct {
	const char *endpoint;
	enum rc rc;
} endpoints[] = {
	{ "https://fcm.googleapis.com/fcm/send/abc:APA91", RC_OK },
	{ "https://updates.push.services.mozilla.com/wpush/v2/gAAA", RC_OK },
	{ "https://web.push.apple.com/QABC?x=1", RC_OK },
	{ "https://wns2-by3p.notify.windows.com/w/?token=A%2bB", RC_OK },
	{ "http://127.0.0.1:4711/push/1", RC_OK },
	{ "https://push.example.net/p/1", RC_OK },
	{ "http://fcm.googleapis.com/x", RC_POLICY },
	{ "https://fcm.googleapis.com:8443/x", RC_POLICY },
	{ "https://fcm.googleapis.com.evil.example/x", RC_POLICY },
	{ "https://evil-fcm.googleapis.com/x", RC_POLICY },
	{ "https://push.apple.com/x", RC_POLICY },
	{ "https://evilpush.apple.com/x", RC_POLICY },
	{ "https://169.254.169.254/latest/meta-data", RC_POLICY },
	{ "https://127.0.0.1/x", RC_POLICY },
	{ "https://localhost/x", RC_POLICY },
	{ "http://127.0.0.1:47110/x", RC_POLICY },
	{ "http://127.0.0.1:471/x", RC_POLICY },
	{ "http://127.0.0.1/x", RC_POLICY },
	{ "https://push.example.net:443/p/1", RC_POLICY },
	{ "https://fcm.googleapis.com@evil.example/x", RC_FORMAT },
	{ "https://evil.example\\@fcm.googleapis.com/x", RC_FORMAT },
	{ "https://evil.example#.push.apple.com/x", RC_FORMAT },
	{ "https://fcm.googleapis.com?x", RC_FORMAT },
	{ "https://fcm.googleapis.com", RC_FORMAT },
	{ "https://FCM.googleapis.com/x", RC_FORMAT },
	{ "https://fcm.googleapis.com%00.evil/x", RC_FORMAT },
	{ "https://.push.apple.com/x", RC_FORMAT },
	{ "https://[::1]/x", RC_FORMAT },
	{ "https://fcm.googleapis.com/x\r\nHost: evil", RC_FORMAT },
	{ "https://fcm.googleapis.com/x y", RC_FORMAT },
	{ "https://fcm.googleapis.com/\xed\x99\x8d", RC_FORMAT },
	{ "https://fcm.googleapis.com:/x", RC_FORMAT },
	{ "https://fcm.googleapis.com:123456/x", RC_FORMAT },
	{ "HTTPS://fcm.googleapis.com/x", RC_FORMAT },
	{ "file:///etc/passwd", RC_FORMAT },
	{ "https:///x", RC_FORMAT },
	{ "", RC_FORMAT },
};

static void
test_endpoints(const struct webpush *w)
{
	for (size_t i = 0; i < COUNT(endpoints); i++) {
		enum rc rc =
		    webpush_endpoint_check(w, endpoints[i].endpoint, NULL);

		ok(rc == endpoints[i].rc, "endpoint row %zu: %s", i,
		    err_name(rc));
	}
}

static const struct {
	const char *address;
	bool public;
} addresses[] = {
	{ "8.8.8.8", true },
	{ "172.15.255.255", true },
	{ "172.16.0.0", false },
	{ "172.31.255.255", false },
	{ "172.32.0.0", true },
	{ "10.1.2.3", false },
	{ "192.168.1.1", false },
	{ "127.0.0.1", false },
	{ "127.255.255.255", false },
	{ "0.0.0.0", false },
	{ "100.64.0.1", false },
	{ "100.63.255.255", true },
	{ "100.127.255.255", false },
	{ "169.254.169.254", false },
	{ "198.18.0.1", false },
	{ "198.20.0.1", true },
	{ "223.255.255.255", true },
	{ "224.0.0.1", false },
	{ "255.255.255.255", false },
	{ "2606:4700::1111", true },
	{ "::1", false },
	{ "::", false },
	{ "fe80::1", false },
	{ "fc00::1", false },
	{ "fd12::1", false },
	{ "ff02::1", false },
	{ "::ffff:127.0.0.1", false },
	{ "::ffff:8.8.8.8", true },
	{ "64:ff9b::10.0.0.1", false },
	{ "64:ff9b::8.8.8.8", true },
	{ "64:ff9b:1::8.8.8.8", false },
	{ "2002:7f00:1::", false },
	{ "2002:808:808::", true },
	{ "2001:db8::1", false },
	{ "2001::1", false },
	{ "2001:200::1", true },
	{ "3fff::1", false },
};

static void
test_addresses(void)
{
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct sockaddr_in v4 = { .sin_family = AF_INET };
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
		const char *text = addresses[i].address;
		bool public;

		if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		public = wire_address_is_public((struct sockaddr *)&v4);
		else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) public =
		    wire_address_is_public((struct sockaddr *)&v6);
		else abort();
		ok(public == addresses[i].public, "%s is%s public", text,
		    addresses[i].public ? "" : " not");
	}
}

/* Verifies with libcrypto's own verifier, from the published point. */
static bool
token_verifies(const char *token, const char *public)
{
	const char *dot = strrchr(token, '.');
	struct buf raw = from64(dot + 1);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *der = NULL;
	EVP_PKEY *key = key_from(AS_PRIVATE, AS_PUBLIC);
	struct buf point = from64(public);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char group[] = "P-256";
	OSSL_PARAM params[3];
	int n;
	bool good;

	EVP_PKEY_free(key);
	key = NULL;
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n);
	params[2] = OSSL_PARAM_construct_end();
	good = raw.n == 64 && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1 &&
	    ECDSA_SIG_set0(sig, BN_bin2bn(raw.p, 32, NULL),
		BN_bin2bn(raw.p + 32, 32, NULL)) == 1 &&
	    (n = i2d_ECDSA_SIG(sig, &der)) > 0 &&
	    EVP_DigestVerifyInit_ex(
		md, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(md, der, (size_t)n, (const uint8_t *)token,
		(size_t)(dot - token)) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
	EVP_MD_CTX_free(md);
	buf_clear(&raw);
	buf_clear(&point);

	return good;
}

static void
test_vapid(void)
{
	static const char rfc_token[] = JWT_CLAIMS
	    ".i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
	struct buf out = buf_init(2048);
	struct vapid *v, *again;
	int64_t now_s = clock_wall_ms() / 1000;
	struct stat st;

	ok(vapid_token_claims("https://push.example.net",
	       "mailto:push@example.com", 1453523768, &out, NULL) == RC_OK &&
		span_equal(buf_span(&out), SPAN_LIT(JWT_CLAIMS)),
	    "RFC 8292 section 2.4: the signed part, byte for byte");
	ok(token_verifies(rfc_token,
	       "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"),
	    "RFC 8292 section 2.4: its signature, by our test's verifier");
	ok(!token_verifies(rfc_token, AS_PUBLIC), "and not by another key");
	buf_reset(&out);
	ok(vapid_token_claims("https://a\"", "mailto:x", 1, &out, NULL) ==
		RC_FORMAT,
	    "nothing that would end the JSON string");
	ok(vapid_open(key_file, &v, NULL) == RC_OK, "makes a key");
	ok(stat(key_file, &st) == 0 && (st.st_mode & 0777) == 0600,
	    "for our eyes only");
	ok(vapid_open(key_file, &again, NULL) == RC_OK &&
		strcmp(vapid_public(v), vapid_public(again)) == 0 &&
		strlen(vapid_public(v)) == 87,
	    "and finds it again");
	ok(vapid_token(v, "https://a", "mailto:x@y", now_s + 3600, &out,
	       NULL) == RC_OK &&
		token_verifies(buf_cstr(&out), vapid_public(v)),
	    "our token verifies");
	buf_reset(&out);
	ok(vapid_token(v, "https://a", "mailto:x@y",
	       now_s + VAPID_LIFE_MAX_S + 60, &out, NULL) == RC_LIMIT &&
		out.n == 0,
	    "no token for longer than 12 h");
	vapid_free(v);
	vapid_free(again);
	(void)chmod(key_file, 0640);
	ok(vapid_open(key_file, &v, NULL) == RC_POLICY && v == NULL,
	    "refuses a key that others can read");
	(void)chmod(key_file, 0600);
	buf_clear(&out);
}

static void
test_key_files(void)
{
	static const char *const commands[] = {
		"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024",
		"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
		"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes128 -pass pass:x",
		"echo nonsense",
	};
	char command[512], path[64];
	struct vapid *v;

	(void)snprintf(path, sizeof(path), "%s/other.pem", folder);
	for (size_t i = 0; i < COUNT(commands); i++) {
		(void)snprintf(command, sizeof(command),
		    "(umask 077; %s >%s 2>/dev/null)", commands[i], path);
		ok(system(command) == 0 &&
			vapid_open(path, &v, NULL) == RC_FORMAT && v == NULL,
		    "not a key for us: %s", commands[i]);
		(void)unlink(path);
	}
	(void)snprintf(command, sizeof(command),
	    "(umask 077; openssl genpkey -algorithm EC -pkeyopt "
	    "ec_paramgen_curve:P-256 -out %s 2>/dev/null)",
	    path);
	ok(system(command) == 0 && vapid_open(path, &v, NULL) == RC_OK,
	    "a key that openssl made will do");
	vapid_free(v);
	(void)unlink(path);
}

static const struct {
	const char *what, *contact, *origins;
	enum rc rc;
} options[] = {
	{ "no further origins", "mailto:a@b", NULL, RC_OK },
	{ "web contact", "https://a/b", "", RC_OK },
	{ "bare contact", "a@b", "", RC_FORMAT },
	{ "contact with a quote", "mailto:a\"@b", "", RC_FORMAT },
	{ "origin with a path", "mailto:a@b", "https://a/b", RC_FORMAT },
	{ "origin of another kind", "mailto:a@b", "ftp://a", RC_FORMAT },
	{ "star", "mailto:a@b", "https://*", RC_FORMAT },
};

int
main(void)
{
	struct webpush_options o = { key_file, "mailto:ops@example.net",
		" http://127.0.0.1:4711  https://push.example.net " };
	struct webpush *w;

	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(key_file, sizeof(key_file), "%s/key.pem", folder);
	test_rfc8291();
	test_subscriptions();
	test_vapid();
	test_key_files();
	ok(webpush_new(&o, &w, NULL) == RC_OK, "a sender");
	test_endpoints(w);
	webpush_free(w);
	for (size_t i = 0; i < COUNT(options); i++) {
		o.contact = options[i].contact;
		o.origins = options[i].origins;
		ok(webpush_new(&o, &w, NULL) == options[i].rc, "options: %s",
		    options[i].what);
		webpush_free(w);
	}
	test_addresses();
	(void)unlink(key_file);
	(void)rmdir(folder);

	return tap_done();
}
