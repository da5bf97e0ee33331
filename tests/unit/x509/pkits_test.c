/*
 * pkits_test.c - NIST's Public Key Interoperability Test Suite, all 247 rows of
 * tests/golden/pkits.txt: nothing is accepted that must not be, and what we
 * refuse beyond that is explained in tests/golden/pkits-deviations.txt.
 */
#include "x509/chain.h"

#include "base/file.h"
#include "lib/explained.h"
#include "lib/vectors.h"
#include "tap.h"

#include <time.h>

#define ROWS  247
#define YES   113
#define AGREE 244
#define PARTS 8 /* certificates or lists of one row */

/* PKITS is valid from 2010 to 2030; its lists' nextUpdate is there as well. */
#define NOW_MS (1704067200LL * 1000) /* 2024-01-01 */

struct row {
	char *test, *leaf, *cas, *lists, *inputs, *expected;
};

/* What a row is made of, and lives as long as it is asked. */
struct parts {
	struct certificate *leaf;
	struct buf ca[PARTS];
	struct span pool[PARTS];
	size_t pool_n;
	struct crl *list[PARTS];
	size_t lists_n;
	char policy[PARTS][40];
	const char *policies[PARTS];
};

static struct buf
take(const char *folder, const char *name, const char *ending)
{
	char file[256], path[4096];
	struct buf out = buf_init(1 << 20);

	(void)snprintf(file, sizeof(file), "%s/%s.%s", folder, name, ending);
	if (!vectors_pkits(path, sizeof(path), file) ||
	    file_read(path, &out, NULL) != RC_OK)
		abort();

	return out;
}

/* The words of a column; "-" is none. */
static size_t
words(char *column, const char *apart, char *out[PARTS])
{
	size_t n = 0;
	char *rest = NULL;

	if (strcmp(column, "-") == 0)
		return 0;
	for (char *w = strtok_r(column, apart, &rest); w != NULL;
	     w = strtok_r(NULL, apart, &rest)) {
		if (n == PARTS)
			abort();
		out[n++] = w;
	}

	return n;
}

static bool
columns(char *line, struct row *r)
{
	char **const column[] = { &r->test, &r->leaf, &r->cas, &r->lists,
		&r->inputs, &r->expected };
	char *at = line;

	for (size_t i = 0; i < sizeof(column) / sizeof(column[0]); i++) {
		char *end = strstr(at, " | ");

		*column[i] = at;
		if (end == NULL)
			return i == 5;
		*end = '\0';
		at = end + 3;
	}

	return false;
}

static void
take_list(struct parts *p, const char *name)
{
	struct buf der = take("crls", name, "crl");

	/* A list that we refuse is as none. */
	if (crl_parse(buf_span(&der), &p->list[p->lists_n], NULL) == RC_OK)
		p->lists_n++;
	buf_clear(&der);
}

static void
read_inputs(struct parts *p, char *column, struct chain_in *in)
{
	char *word[PARTS], *number[PARTS];
	size_t n = words(column, " ", word);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(word[i], "explicit") == 0) {
			in->require_policy = true;
			continue;
		}
		if (strcmp(word[i], "no-mapping") == 0) {
			in->no_mapping = true;
			continue;
		}
		if (strcmp(word[i], "no-any") == 0) {
			in->no_any = true;
			continue;
		}
		in->policies_n = words(word[i], ",", number);
		for (size_t k = 0; k < in->policies_n; k++) {
			(void)snprintf(p->policy[k], sizeof(p->policy[k]),
			    "2.16.840.1.101.3.2.1.48.%d", atoi(number[k]));
			p->policies[k] = p->policy[k];
		}
		in->policies = p->policies;
	}
}

static enum rc
ask(const struct row *r, const struct trust *trust, struct err *e)
{
	struct parts p = { 0 };
	struct chain_status status = { 0 };
	struct chain_in in = { .pool = p.pool,
		.trust = trust,
		.status = &status,
		.at_ms = NOW_MS,
		.profile = CHAIN_PATH };
	struct buf leaf = take("certs", r->leaf, "crt");
	struct chain out;
	char *word[PARTS];
	enum rc rc;

	p.pool_n = words(r->cas, " ", word);
	for (size_t i = 0; i < p.pool_n; i++) {
		p.ca[i] = take("certs", word[i], "crt");
		p.pool[i] = buf_span(&p.ca[i]);
	}
	take_list(&p, "TrustAnchorRootCRL");
	for (size_t i = 0, n = words(r->lists, " ", word); i < n; i++)
		take_list(&p, word[i]);
	read_inputs(&p, r->inputs, &in);
	status.crls = (const struct crl *const *)p.list;
	status.crls_n = p.lists_n;
	in.pool_n = p.pool_n;
	if ((rc = certificate_parse(buf_span(&leaf), &p.leaf, e)) == RC_OK) {
		in.leaf = p.leaf;
		rc = chain_verify(&in, &out, e);
	}
	certificate_free(p.leaf);
	buf_clear(&leaf);
	for (size_t i = 0; i < p.pool_n; i++)
		buf_clear(&p.ca[i]);
	for (size_t i = 0; i < p.lists_n; i++)
		crl_free(p.list[i]);

	return rc;
}

struct counts {
	size_t rows, yes, agree, wrong;
};

static void
run(FILE *in, const struct trust *trust, struct explained *known,
    struct counts *c)
{
	static char line[2048];

	while (fgets(line, sizeof(line), in) != NULL) {
		struct err e = { 0 };
		struct row r;
		bool expected;
		enum rc rc;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (!columns(line, &r))
			abort();
		expected = strcmp(r.expected, "yes") == 0;
		rc = ask(&r, trust, &e);
		c->rows++;
		c->yes += expected;
		c->agree += (rc == RC_OK) == expected;
		c->wrong += rc == RC_OK && !expected;
		if ((rc == RC_OK) == expected)
			continue;
		diag("%s: %s %s: %s", r.test, err_name(rc), e.field, e.msg);
		if (rc != RC_OK)
			explained_take(known, r.test);
	}
}

int
main(void)
{
	static char path[4096];
	struct explained known = explained_read("pkits-deviations.txt");
	const char *source = getenv("INGAM_SOURCE");
	struct counts c = { 0 };
	clock_t start = clock();
	struct trust *trust;
	struct buf root;
	FILE *in;

	if (!vectors_pkits(path, sizeof(path), "certs/GoodCACert.crt")) {
		skip("PKITS", "no python3-cryptography-vectors here");
		return tap_done();
	}
	root = take("certs", "TrustAnchorRootCertificate", "crt");
	(void)snprintf(path, sizeof(path), "%s/tests/golden/pkits.txt",
	    source == NULL ? "." : source);
	if (trust_new(&trust, NULL) != RC_OK ||
	    trust_add(trust, buf_span(&root), NULL) != RC_OK ||
	    (in = fopen(path, "r")) == NULL)
		abort();
	run(in, trust, &known, &c);
	(void)fclose(in);
	diag("%zu rows: %zu agree, %zu differ, %zu wrong accepts, %.2f s",
	    c.rows, c.agree, c.rows - c.agree, c.wrong,
	    (double)(clock() - start) / CLOCKS_PER_SEC);
	ok(c.wrong == 0, "nothing that must fail is accepted");
	ok(c.rows == ROWS && c.yes == YES, "%d rows, %d of them yes", ROWS,
	    YES);
	ok(c.agree == AGREE, "%d agree", AGREE);
	ok(explained_is_exact(&known), "every other one is explained");
	trust_free(trust);
	buf_clear(&root);

	return tap_done();
}
