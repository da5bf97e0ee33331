/* server_test.c - requests over real sockets: routes, limits, rude clients. */
#include "http/server.h"

#include "client.h"
#include "tap.h"

#include "base/buf.h"
#include "base/file.h"

#include <time.h>

static enum rc
echo(struct request *q, struct response *r, struct err *e)
{
	const struct json_t *in;
	const char *name;
	struct json_out *out;
	enum rc rc;

	if ((rc = request_json(q, &in, e)) != RC_OK ||
	    (rc = json_get_display(in, "name", JSON_MUST, 1, 60, &name, e)) !=
		RC_OK)
		return rc;
	out = response_json(r, 200);
	json_put_text(out, "name", name);
	json_put_text(out, "id", request_param(q, "id"));
	json_put_text(out, "q", request_query(q, "q"));
	json_put_text(out, "from", request_address(q));
	json_put_text(out, "cookie", request_cookie(q, "session"));

	return RC_OK;
}

static enum rc
hello(struct request *q, struct response *r, struct err *e)
{
	(void)q;
	(void)e;
	response_cookie(r, "session", "abc", 60);
	response_bytes(r, 200, "text/plain", SPAN_LIT("hello"));

	return RC_OK;
}

static enum rc
size(struct request *q, struct response *r, struct err *e)
{
	(void)e;
	json_put_uint(response_json(r, 200), "n", request_body(q).n);

	return RC_OK;
}

static enum rc
nobody(struct request *q, struct response *r, struct err *e)
{
	(void)q;
	(void)r;

	return err_set(e, RC_DENIED, NULL, "no session");
}

static enum rc
injection(struct request *q, struct response *r, struct err *e)
{
	(void)e;
	response_header(r, "X-Name", "%s", request_query(q, "v"));
	response_status(r, 204);

	return RC_OK;
}

/* A stream that is told something before it begins; the app is the hub. */
static enum rc
told(struct request *q, struct response *r, struct err *e)
{
	enum rc rc = request_watch(q, "told", e);

	if (rc == RC_OK)
		rc = topic_publish(
		    request_app(q), "told", "x", SPAN_LIT("1"), e);
	if (rc == RC_OK)
		response_stream(r);

	return rc;
}

static const struct route routes[] = {
	{ ROUTE_GET, "/told", 0, 0, 0, told },
	{ ROUTE_GET, "/hello", 0, 0, 0, hello },
	{ ROUTE_GET, "/direct", 0, ROUTE_DIRECT, 0, hello },
	{ ROUTE_GET, "/limited", 0, 0, 1, hello },
	{ ROUTE_GET, "/header", 0, 0, 0, injection },
	{ ROUTE_PUT, "/things/{id}", 0, 0, 0, echo },
	{ ROUTE_POST, "/machine/{id}", 0, ROUTE_MACHINE, 0, echo },
	{ ROUTE_POST, "/size", 20000, ROUTE_MACHINE, 0, size },
	{ ROUTE_GET, "/mine", 0, ROUTE_SESSION, 0, hello },
};

#define JSON_HEAD "Content-Type: application/json\r\n"
#define OWN       "Origin: https://app.example\r\n"
#define COOKIE    "Cookie: a=b; __Host-session=s1\r\n"

/* clang-format off */
static const struct {
	const char *rule;
	const char *method, *path, *headers, *body;
	int status;
	const char *has;
} rows[] = {
	{ "a handler answers", "GET", "/hello", "", NULL, 200, "\r\n\r\nhello" },
	{ "on the event thread, too", "GET", "/direct", "", NULL, 200, "\r\n\r\nhello" },
	{ "HEAD has GET's length", "HEAD", "/hello", "", NULL, 200, "Content-Length: 5" },
	{ "cookies are safe", "GET", "/hello", "", NULL, 200,
	    "Set-Cookie: __Host-session=abc; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=60" },
	{ "data is not kept", "GET", "/hello", "", NULL, 200, "Cache-Control: no-store" },
	{ "nothing there", "GET", "/nothing", "", NULL, 404, ":problem:not-found\"" },
	{ "another method", "POST", "/hello", OWN, "", 405, "Allow: GET, HEAD" },
	{ "an unknown method", "BREW", "/hello", "", NULL, 405, "Allow:" },
	{ "path, query and address", "PUT", "/things/a%20b?q=%EA%B0%80+1", OWN JSON_HEAD COOKIE, "{\"name\":\"x\"}", 200,
	    "{\"name\":\"x\",\"id\":\"a b\",\"q\":\"가 1\",\"from\":\"127.0.0.1\",\"cookie\":\"s1\"}" },
	{ "no origin", "PUT", "/things/a", JSON_HEAD, "{\"name\":\"x\"}", 403, "cross-site" },
	{ "another origin", "PUT", "/things/a", JSON_HEAD "Origin: https://app.example.evil\r\n", "{\"name\":\"x\"}", 403, "cross-site" },
	{ "the null origin", "PUT", "/things/a", JSON_HEAD "Origin: null\r\n", "{\"name\":\"x\"}", 403, "cross-site" },
	{ "same-origin by fetch metadata", "PUT", "/things/a", JSON_HEAD "Sec-Fetch-Site: same-origin\r\n", "{\"name\":\"x\"}", 200, "x" },
	{ "cross-site by fetch metadata", "PUT", "/things/a", JSON_HEAD OWN "Sec-Fetch-Site: cross-site\r\n", "{\"name\":\"x\"}", 403, "cross-site" },
	{ "same-site is not same-origin", "PUT", "/things/a", JSON_HEAD "Sec-Fetch-Site: same-site\r\n", "{\"name\":\"x\"}", 403, "cross-site" },
	{ "programs need none, and have no cookies", "POST", "/machine/a", JSON_HEAD COOKIE, "{\"name\":\"x\"}", 200, "\"cookie\":null" },
	{ "two Origin headers", "PUT", "/things/a", OWN OWN JSON_HEAD, "{\"name\":\"x\"}", 400, "bad-request" },
	{ "a cookie twice is none", "PUT", "/things/a", OWN JSON_HEAD "Cookie: __Host-session=1; __Host-session=2\r\n", "{\"name\":\"x\"}", 200, "\"cookie\":null" },
	{ "a member twice", "PUT", "/things/a", OWN JSON_HEAD, "{\"name\":\"x\",\"name\":\"y\"}", 400, "twice" },
	{ "not JSON", "PUT", "/things/a", OWN JSON_HEAD, "{\"name\":", 400, "not JSON" },
	{ "not called JSON", "PUT", "/things/a", OWN "Content-Type: text/plain\r\n", "{\"name\":\"x\"}", 400, "application/json" },
	{ "nobody's proxy is believed", "PUT", "/things/a", OWN JSON_HEAD "X-Forwarded-For: 192.0.2.1\r\n", "{\"name\":\"x\"}", 200, "\"from\":\"127.0.0.1\"" },
	{ "no body", "PUT", "/things/a", OWN JSON_HEAD, NULL, 400, "JSON text expected" },
	{ "a field is named", "PUT", "/things/a", OWN JSON_HEAD, "{\"name\":5}", 400, "\"field\":\"name\"" },
	{ "a name that redraws the line", "PUT", "/things/a", OWN JSON_HEAD, "{\"name\":\"a\\u202eb\"}", 400, "\"field\":\"name\"" },
	{ "bad percent in the path", "PUT", "/things/%zz", OWN JSON_HEAD, "{\"name\":\"x\"}", 400, "bad-request" },
	{ "NUL in the path", "PUT", "/things/a%00b", OWN JSON_HEAD, "{\"name\":\"x\"}", 400, "bad-request" },
	{ "a slash inside a parameter stays inside", "PUT", "/things/a%2fb", OWN JSON_HEAD, "{\"name\":\"x\"}", 200, "\"id\":\"a/b\"" },
	{ "a name twice in the query", "GET", "/hello?a=1&a=2", "", NULL, 400, "bad-request" },
	{ "length and chunks together", "POST", "/size", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", NULL, 400, "" },
	{ "nobody is logged in", "GET", "/mine", "", NULL, 401, "no session" },
	{ "a header cannot be split", "GET", "/header?v=a%0d%0aSet-Cookie:x=y", "", NULL, 500, "internal error" },
	{ "a file", "GET", "/app.js", "", NULL, 200, "let x" },
	{ "pages have the policy", "GET", "/", "", NULL, 200,
	    "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'" },
	{ "pages may use the camera", "GET", "/", "", NULL, 200, "Permissions-Policy: camera=(self)" },
	{ "no sniffing", "GET", "/", "", NULL, 200, "X-Content-Type-Options: nosniff" },
	{ "a page without its suffix", "GET", "/page", "", NULL, 200, "<p>page" },
	{ "packed", "GET", "/big.css", "Accept-Encoding: gzip, br\r\n", NULL, 200, "Content-Encoding: gzip" },
	{ "plain where packed is not taken", "GET", "/big.css", "", NULL, 200, "b { } b { }" },
	{ "named with a hash: kept", "GET", "/app.0a1b2c3d.js", "", NULL, 200, "immutable" },
	{ "files are only read", "POST", "/app.js", OWN, "", 405, "Allow: GET, HEAD" },
	{ "an app's own path, for a browser", "GET", "/r/42", "Accept: text/html,*/*\r\n", NULL, 200, "<p>index" },
	{ "an app's own path, for a program", "GET", "/r/42", "Accept: application/json\r\n", NULL, 404, "not-found" },
	{ "no way up", "GET", "/../secret.txt", "", NULL, 404, "not-found" },
	{ "no way up, encoded", "GET", "/%2e%2e/secret.txt", "", NULL, 404, "not-found" },
	{ "no way up, slashes encoded", "GET", "/..%2fsecret.txt", "", NULL, 404, "not-found" },
	{ "no way up from a folder", "GET", "/sub/../../secret.txt", "", NULL, 404, "not-found" },
	{ "hidden files are not there", "GET", "/.hidden", "", NULL, 404, "not-found" },
	{ "links are not followed", "GET", "/link.txt", "", NULL, 404, "not-found" },
};
/* clang-format on */

static char folder[] = "/tmp/ingam-http-XXXXXX";

static void
put(const char *name, struct span bytes)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (file_replace(path, bytes, 0600, NULL) != RC_OK)
		abort();
}

static void
make_files(void)
{
	char path[128], other[128];
	struct buf big = buf_init(10000);

	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/www", folder);
	if (file_make_folder(path, NULL) != RC_OK)
		abort();
	put("secret.txt", SPAN_LIT("secret"));
	put("www/index.html", SPAN_LIT("<p>index"));
	put("www/page.html", SPAN_LIT("<p>page"));
	put("www/app.js", SPAN_LIT("let x;"));
	put("www/app.0a1b2c3d.js", SPAN_LIT("let y;"));
	put("www/.hidden", SPAN_LIT("hidden"));
	for (int i = 0; i < 1000; i++)
		buf_str(&big, "b { } ");
	put("www/big.css", buf_span(&big));
	buf_clear(&big);
	(void)snprintf(path, sizeof(path), "%s/www/link.txt", folder);
	(void)snprintf(other, sizeof(other), "%s/secret.txt", folder);
	if (symlink(other, path) != 0)
		abort();
	(void)snprintf(path, sizeof(path), "%s/www", folder);
}

static void
remove_files(void)
{
	static const char *const names[] = { "www/index.html", "www/page.html",
		"www/app.js", "www/app.0a1b2c3d.js", "www/.hidden",
		"www/big.css", "www/link.txt", "www", "secret.txt", "key",
		"cert", "" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)remove(path);
	}
}

static char answer[65536];

static void
test_pipeline(uint16_t port)
{
	static const char two[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
				  "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
				  "GET /app.js HTTP/1.1\r\nHost: a\r\n\r\n";
	const char *first, *second, *third;
	int fd = client_open(port);

	answer[0] = '\0';
	(void)client_send(fd, two, sizeof(two) - 1);
	(void)client_read(fd, answer, sizeof(answer), "let x;", 5000);
	first = strstr(answer, "hello");
	second = strstr(answer, "404");
	third = strstr(answer, "let x;");
	ok(first != NULL && second != NULL && third != NULL && first < second &&
		second < third,
	    "pipelined requests are answered in order on one connection");
	(void)close(fd);
}

static void
test_kept(uint16_t port)
{
	static const char ask[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
	int fd = client_open(port), good = 0;

	for (int i = 0; i < 50; i++) {
		answer[0] = '\0';
		(void)client_send(fd, ask, sizeof(ask) - 1);
		good += client_read(
			    fd, answer, sizeof(answer), "\r\n\r\nhello", 5000)
		    ? 1
		    : 0;
	}
	ok(good == 50, "a connection is kept: 50 requests on one");
	(void)close(fd);
}

static void
test_large(uint16_t port)
{
	static char body[20002];
	char head[200];
	int fd, n;

	memset(body, 'x', sizeof(body) - 1);
	for (int extra = 0; extra < 2; extra++) {
		n = snprintf(head, sizeof(head),
		    "POST /size HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
		    "Content-Length: %d\r\n\r\n",
		    20000 + extra);
		fd = client_open(port);
		answer[0] = '\0';
		(void)client_send(fd, head, (size_t)n);
		(void)client_send(fd, body, (size_t)(20000 + extra));
		(void)client_read(
		    fd, answer, sizeof(answer), "\r\n\r\n{", 5000);
		ok(strstr(answer, extra == 0 ? " 200 " : " 413 ") != NULL,
		    "a body %s its limit",
		    extra == 0 ? "as large as" : "one byte over");
		(void)close(fd);
	}
	fd = client_open(port);
	answer[0] = '\0';
	n = snprintf(head, sizeof(head),
	    "POST /size HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n4e21\r\n");
	(void)client_send(fd, head, (size_t)n);
	(void)client_send(fd, body, 20001);
	(void)client_send(fd, "\r\n0\r\n\r\n", 7);
	(void)client_read(fd, answer, sizeof(answer), "\r\n\r\n{", 5000);
	ok(strstr(answer, " 413 ") != NULL, "chunks over the limit");
	(void)close(fd);
}

static void
test_huge_head(uint16_t port)
{
	static char value[9000];
	char *ask = malloc(10000);
	int fd = client_open(port);

	memset(value, 'a', sizeof(value) - 1);
	(void)snprintf(ask, 10000,
	    "GET /hello HTTP/1.1\r\nHost: a\r\nX-Long: %s\r\n\r\n", value);
	answer[0] = '\0';
	(void)client_send(fd, ask, strlen(ask));
	(void)client_read(fd, answer, sizeof(answer), NULL, 5000);
	ok(strstr(answer, " 431 ") != NULL, "a head of 9 KB is refused");
	(void)close(fd);
	value[3000] = '\0';
	(void)snprintf(ask, 10000, "/hello?a=%s", value);
	ok(client_ask(port, "GET", ask, "", NULL, answer, sizeof(answer)) ==
		414,
	    "an address of 3 KB is too long");
	value[2000] = '\0';
	(void)snprintf(ask, 10000, "X-Long: %s\r\n", value);
	ok(client_ask(
	       port, "GET", "/hello", ask, NULL, answer, sizeof(answer)) == 200,
	    "a head of 2 KB is fine");
	free(ask);
}

static void
test_slow(uint16_t port)
{
	static const char head[] = "POST /size HTTP/1.1\r\nHost: a\r\n"
				   "Content-Length: 100\r\n\r\n";
	struct timespec begin, end;
	int body = client_open(port), idle = client_open(port);
	bool cut = false;

	(void)client_send(body, head, sizeof(head) - 1);
	(void)client_send(idle, "GET", 3);
	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	/* A byte each 0.3 s keeps it from ever being idle. */
	for (int i = 0; i < 12 && !cut; i++) {
		struct pollfd p = { .fd = body, .events = POLLIN };

		(void)client_send(body, "x", 1);
		(void)client_send(idle, " ", 1);
		cut = poll(&p, 1, 300) == 1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	ok(cut && end.tv_sec - begin.tv_sec <= 3,
	    "a body that drips is cut off after read_s");
	answer[0] = '\0';
	ok(client_read(idle, answer, sizeof(answer), NULL, 2000),
	    "a head that drips is cut off after read_s");
	(void)close(body);
	(void)close(idle);
}

static void
test_etag(uint16_t port)
{
	char header[80], etag[20] = "";
	const char *at;

	(void)client_ask(
	    port, "GET", "/app.js", "", NULL, answer, sizeof(answer));
	if ((at = strstr(answer, "ETag: ")) != NULL)
		(void)snprintf(etag, sizeof(etag), "%.18s", at + 6);
	(void)snprintf(header, sizeof(header), "If-None-Match: %s\r\n", etag);
	ok(client_ask(port, "GET", "/app.js", header, NULL, answer,
	       sizeof(answer)) == 304,
	    "a file that the client has is not sent");
}

static void
test_limit(uint16_t port)
{
	int good = 0, refused = 0;

	for (int i = 0; i < 8; i++) {
		int status = client_ask(
		    port, "GET", "/limited", "", NULL, answer, sizeof(answer));

		good += status == 200 ? 1 : 0;
		refused += status == 429 ? 1 : 0;
	}
	ok(good == 5 && refused == 3, "5 at once, then 429");
	ok(client_has(answer, "Retry-After: "), "429 says when");
}

/* A command's standard output; false when the command fails. */
static bool
run(const char *command, char *out, size_t size)
{
	FILE *f = popen(command, "r");
	size_t n = f == NULL ? 0 : fread(out, 1, size - 1, f);

	out[n] = '\0';

	return f != NULL && pclose(f) == 0;
}

/* Checked with curl's own TLS, which knows nothing of ours. */
static void
test_tls(void)
{
	static char cert[4096], key[4096], command[1024];
	struct server_origin origin = { .name = "tls",
		.routes = routes,
		.routes_count = sizeof(routes) / sizeof(routes[0]),
		.public_url = "https://localhost",
		.tls_cert = cert,
		.tls_key = key };
	struct server_conf conf = {
		.origins = &origin, .origins_count = 1, .stream_s = 1
	};
	struct err e = { 0 };
	struct server *s;

	(void)snprintf(command, sizeof(command),
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
	    "-nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost "
	    "-days 2 -keyout %s/key -out %s/cert 2>/dev/null && cat %s/key",
	    folder, folder, folder);
	if (!run(command, key, sizeof(key))) {
		skip("TLS", "no openssl program");
		return;
	}
	(void)snprintf(command, sizeof(command), "cat %s/cert", folder);
	(void)run(command, cert, sizeof(cert));
	if (topic_new(16, &conf.hub, &e) == RC_OK)
		conf.app = conf.hub;
	if (conf.hub == NULL || server_start(&conf, &s, &e) != RC_OK) {
		ok(false, "TLS: %s", e.msg);
		return;
	}
	(void)snprintf(command, sizeof(command),
	    "curl -s -i --max-time 10 --cacert %s/cert "
	    "https://localhost:%u/hello",
	    folder, server_port(s, 0));
	ok(run(command, answer, sizeof(answer)) &&
		strstr(answer, "\r\n\r\nhello") != NULL &&
		client_has(answer, "Strict-Transport-Security: "),
	    "TLS: curl trusts and reads");
	(void)snprintf(command, sizeof(command),
	    "curl -s -i --max-time 10 --cacert %s/cert "
	    "https://localhost:%u/told && echo ended",
	    folder, server_port(s, 0));
	ok(run(command, answer, sizeof(answer)) &&
		client_has(answer, "Content-Type: text/event-stream") &&
		strstr(answer, "event: x\ndata: 1\n\nended") != NULL,
	    "TLS: a stream is told, and ends");
	ok(client_ask(server_port(s, 0), "GET", "/hello", "", NULL, answer,
	       sizeof(answer)) == -1,
	    "TLS: nothing is said in the clear");
	origin.tls_key = "not a key";
	server_stop(s);
	ok(server_start(&conf, &s, &e) == RC_IO && strcmp(e.field, "tls") == 0,
	    "TLS: a bad key is told at the start");
	topic_free(conf.hub);
}

static void
test_proxy(void)
{
	struct server_origin origin = { .name = "app",
		.routes = routes,
		.routes_count = sizeof(routes) / sizeof(routes[0]) };
	struct server_conf conf = {
		.origins = &origin, .origins_count = 1, .proxy = "127.0.0.1"
	};
	struct server *s;

	if (topic_new(16, &conf.hub, NULL) != RC_OK ||
	    server_start(&conf, &s, NULL) != RC_OK)
		abort();
	(void)client_ask(server_port(s, 0), "POST", "/machine/a",
	    JSON_HEAD "X-Forwarded-For: 192.0.2.1, ::ffff:203.0.113.9\r\n",
	    "{\"name\":\"x\"}", answer, sizeof(answer));
	ok(strstr(answer, "\"from\":\"203.0.113.9\"") != NULL,
	    "behind the trusted proxy its own entry is believed, no other");
	(void)client_ask(server_port(s, 0), "POST", "/machine/a",
	    JSON_HEAD "X-Forwarded-For: 192.0.2.1, unknown\r\n",
	    "{\"name\":\"x\"}", answer, sizeof(answer));
	ok(strstr(answer, "\"from\":\"127.0.0.1\"") != NULL,
	    "what is no address is not believed");
	server_stop(s);
	topic_free(conf.hub);
}

static void
test_reload(struct server *s, uint16_t port)
{
	put("www/app.js", SPAN_LIT("let z;"));
	ok(server_reload(s, NULL) == RC_OK &&
		client_ask(port, "GET", "/app.js", "", NULL, answer,
		    sizeof(answer)) == 200 &&
		strstr(answer, "let z;") != NULL,
	    "files are read anew");
}

int
main(void)
{
	static const struct limit_class classes[] = { { "none", 1, 1 },
		{ "login", 5, 1 } };
	char www[128];
	struct server_origin origins[2] = {
		{ .name = "app",
		    .public_url = "https://app.example",
		    .routes = routes,
		    .routes_count = sizeof(routes) / sizeof(routes[0]),
		    .folder = www,
		    .page = "/index.html" },
		{ .name = "plain",
		    .routes = routes,
		    .routes_count = sizeof(routes) / sizeof(routes[0]) },
	};
	struct server_conf conf = { .origins = origins,
		.origins_count = 2,
		.session = nobody,
		.read_s = 2 };
	struct err e = { 0 };
	struct server *s;
	uint16_t port;

	make_files();
	(void)snprintf(www, sizeof(www), "%s/www", folder);
	if (topic_new(16, &conf.hub, &e) != RC_OK ||
	    limit_new(classes, 2, 64, &conf.limits, &e) != RC_OK ||
	    server_start(&conf, &s, &e) != RC_OK) {
		ok(false, "start: %s", e.msg);
		return tap_done();
	}
	port = server_port(s, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = client_ask(port, rows[i].method, rows[i].path,
		    rows[i].headers, rows[i].body, answer, sizeof(answer));

		if (!ok(status == rows[i].status &&
			    strstr(answer, rows[i].has) != NULL,
			"%s", rows[i].rule))
			diag("%d %s", status, answer);
	}
	ok(client_ask(server_port(s, 1), "GET", "/hello", "", NULL, answer,
	       sizeof(answer)) == 200 &&
		strstr(answer,
		    "Set-Cookie: session=abc; Path=/; HttpOnly; "
		    "SameSite=Strict; Max-Age=60") != NULL,
	    "on plain http a cookie has neither prefix nor Secure");
	test_etag(port);
	test_pipeline(port);
	test_kept(port);
	test_large(port);
	test_huge_head(port);
	test_limit(port);
	test_reload(s, port);
	test_slow(port);
	server_stop(s);
	topic_free(conf.hub);
	limit_free(conf.limits);
	test_proxy();
	test_tls();
	remove_files();

	return tap_done();
}
