/*
 * load.c - many members and their PCs in one process, to measure a service.
 *
 * Belongs here: members joining and registering the one certificate, the runs,
 * what is printed about them.
 * Not here: the steps of an approved signature (lane.c); what the service uses
 * meanwhile (bench/run.mjs).
 */
#include "phone/load.h"

#include "base/enc.h"
#include "base/file.h"
#include "base/language.h"
#include "base/sec.h"
#include "client/person.h"
#include "npki/folder.h"
#include "phone/lane.h"
#include "phone/outbox.h"
#include "phone/receive.h"
#include "x509/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const struct person_text text_password = { "인증서 비밀번호",
	"Password of the certificate" };

struct load {
	const struct load_conf *conf;
	struct lanes lanes;
	struct buf der, key, base64;
	struct certificate *certificate;
	struct sec password;
};

/* A moment, in seconds, for differences. */
struct load_clock {
	double wall, cpu;
};

static struct load_clock
load_clock(void)
{
	struct rusage used = { 0 };
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)getrusage(RUSAGE_SELF, &used);

	return (struct load_clock){
		.wall = (double)now.tv_sec + (double)now.tv_nsec / 1e9,
		.cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) /
			1e6,
	};
}

static enum rc
load_certificate(struct load *o, struct err *e)
{
	struct folder folder = { 0 };
	enum rc rc;

	if ((rc = folder_scan(o->conf->folder, &folder, e)) != RC_OK)
		goto out;
	if (folder.n != 1 || folder.pairs[0].sign_key == NULL) {
		rc = err_set(e, RC_ABSENT, "certificate-folder",
		    "holds not exactly one certificate with its key");
		goto out;
	}
	if ((rc = file_read(folder.pairs[0].sign_cert, &o->der, e)) != RC_OK ||
	    (rc = file_read(folder.pairs[0].sign_key, &o->key, e)) != RC_OK ||
	    (rc = certificate_parse(buf_span(&o->der), &o->certificate, e)) !=
		RC_OK)
		goto out;
	enc_base64(&o->base64, buf_span(&o->der));
	o->lanes.key = certificate_key(o->certificate);
	o->lanes.certificate = buf_cstr(&o->base64);
	if (o->lanes.certificate == NULL)
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	else
		rc = person_password(
		    o->conf->password_file, text_password, &o->password, e);
out:
	folder_clear(&folder);

	return rc;
}

/* A new member with a passkey, a session and the certificate. */
static enum rc
load_join(struct load *o, struct lane_phone *p, struct err *e)
{
	struct transfer_files files = { .sign_cert = buf_span(&o->der),
		.sign_pri = buf_span(&o->key) };
	struct phone *phone = &p->phone;
	char join[33], code[OUTBOX_CODE];
	json_t *certificate = NULL;
	const char *id;
	enum rc rc;

	if ((rc = phone_open(phone, o->conf->app, language_korean(), e)) !=
		RC_OK ||
	    (rc = phone_join_start(
		 phone, "김부하", "9001011", p->number, join, e)) != RC_OK ||
	    (rc = outbox_code(o->conf->outbox, p->number, code, &phone->problem,
		 e)) != RC_OK ||
	    (rc = phone_join_finish(phone, join, code, e)) != RC_OK ||
	    (rc = receive_store(phone, NULL, &files, sec_span(&o->password),
		 &certificate, e)) != RC_OK)
		return rc;
	id = rest_text(certificate, "id");
	(void)snprintf(
	    p->certificate, sizeof(p->certificate), "%s", id == NULL ? "" : id);
	json_decref(certificate);
	if (!rest_cookies(phone->rest, p->cookie, sizeof(p->cookie)))
		return err_set(e, RC_IO, NULL, "there is no session cookie");
	/* From here on the lanes' own connections speak. */
	rest_free(phone->rest);
	phone->rest = NULL;

	return RC_OK;
}

static enum rc
load_members(struct load *o, struct rest_problem *problem, struct err *e)
{
	unsigned long long first = strtoull(o->conf->number, NULL, 10);
	struct lanes *l = &o->lanes;

	for (size_t i = 0; i < o->conf->members; i++) {
		struct lane_phone *p = &l->phones[i];
		enum rc rc;

		p->all = l;
		l->n = i + 1;
		(void)snprintf(
		    p->number, sizeof(p->number), "0%llu", first + i);
		if ((rc = load_join(o, p, e)) != RC_OK) {
			*problem = p->phone.problem;
			return rc;
		}
	}

	return RC_OK;
}

static int
load_earlier(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double
load_percentile_ms(const struct lanes *l, size_t percent)
{
	size_t at = l->done == 0 ? 0 : (l->done - 1) * percent / 100;

	return (double)l->took_us[at] / 1e3;
}

static enum rc
load_once(struct load *o, size_t approvals, struct err *e)
{
	struct load_clock from = load_clock(), to;
	struct lanes *l = &o->lanes;
	enum rc rc = lane_run(l, approvals, e);

	if (rc != RC_OK)
		return rc;
	to = load_clock();
	qsort(l->took_us, l->done, sizeof(l->took_us[0]), load_earlier);
	(void)printf("{\"phase\":\"done\",\"signatures\":%zu,\"errors\":%zu,"
		     "\"seconds\":%.3f,\"cpu_seconds\":%.3f,"
		     "\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n",
	    l->done * l->signatures, l->failed, to.wall - from.wall,
	    to.cpu - from.cpu, load_percentile_ms(l, 50),
	    load_percentile_ms(l, 99));
	(void)fflush(stdout);

	return l->failed == 0
	    ? RC_OK
	    : err_set(e, RC_DENIED, NULL, "%zu of %zu approvals failed",
		  l->failed, approvals);
}

/* Standard input's next line, whatever it says. */
static bool
load_line(void)
{
	int c;

	while ((c = getchar()) != '\n' && c != EOF)
		;

	return c != EOF;
}

/* A member has two connections, a lane has one. */
static void
load_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Everything before the first run. */
static enum rc
load_begin(struct load *o, struct rest_problem *problem, struct err *e)
{
	struct load_clock from = load_clock(), to;
	const struct load_conf *c = o->conf;
	struct lanes *l = &o->lanes;
	const struct phone *first;
	int epoll = kept_poll();
	enum rc rc;

	load_descriptors();
	l->phones = calloc(c->members, sizeof(*l->phones));
	l->took_us = calloc(c->rounds, sizeof(*l->took_us));
	if (epoll < 0 || l->phones == NULL || l->took_us == NULL)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	first = &l->phones[0].phone;
	l->lanes = c->lanes;
	l->signatures = (unsigned int)c->signatures;
	l->events = c->events;
	if ((rc = load_certificate(o, e)) != RC_OK ||
	    (rc = load_members(o, problem, e)) != RC_OK ||
	    (rc = kept_origin_init(&l->app, epoll, first->origin, e)) !=
		RC_OK ||
	    (rc = kept_origin_init(&l->pc, epoll, first->pc_origin, e)) !=
		RC_OK ||
	    (c->events && (rc = lane_listen(l, e)) != RC_OK))
		return rc;
	to = load_clock();
	(void)printf("{\"phase\":\"joined\",\"members\":%zu,"
		     "\"seconds\":%.3f,\"cpu_seconds\":%.3f}\n",
	    l->n, to.wall - from.wall, to.cpu - from.cpu);
	(void)fflush(stdout);

	return RC_OK;
}

enum rc
load_run(const struct load_conf *c, struct rest_problem *problem, struct err *e)
{
	struct load o = { .conf = c,
		.der = buf_init(TRANSFER_FILE_MAX),
		.key = buf_init(TRANSFER_FILE_MAX),
		.base64 = buf_init(2 * TRANSFER_FILE_MAX) };
	size_t approvals = (c->rounds + c->signatures - 1) / c->signatures;
	enum rc rc = load_begin(&o, problem, e);

	if (rc == RC_OK && !c->wait)
		rc = load_once(&o, approvals, e);
	while (rc == RC_OK && c->wait && load_line())
		rc = load_once(&o, approvals, e);
	lane_clear(&o.lanes);
	free(o.lanes.took_us);
	free(o.lanes.phones);
	certificate_free(o.certificate);
	sec_free(&o.password);
	buf_clear(&o.base64);
	buf_clear(&o.key);
	buf_clear(&o.der);

	return rc;
}
