/*
 * choose.c - the certificates that were found, for somebody to choose one.
 *
 * Belongs here: the list as lines and as JSON, counted from 1.
 * Not here: finding them (npki/folder.c); what is done with one (cloud.c).
 */
#include "cli/choose.h"

#include "base/buf.h"
#include "base/file.h"
#include "client/person.h"
#include "npki/certinfo.h"

#include <stdio.h>
#include <time.h>

static bool
choose_read(const struct folder_pair *pair, struct certinfo *info)
{
	struct buf der = buf_init(CERTINFO_MAX);
	bool good = file_read(pair->sign_cert, &der, NULL) == RC_OK &&
	    certinfo_parse(buf_span(&der), info, NULL) == RC_OK;

	/* Of what follows only texts are read, which info holds itself. */
	buf_clear(&der);

	return good;
}

static void
choose_day(char *out, size_t size, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	(void)localtime_r(&seconds, &tm);
	(void)strftime(out, size, "%Y-%m-%d", &tm);
}

void
choose_print(const struct folder *f)
{
	struct certinfo info;
	char day[16];

	for (size_t i = 0; i < f->n; i++) {
		if (!choose_read(&f->pairs[i], &info)) {
			(void)fprintf(stderr, "%3zu  ?\n", i + 1);
			continue;
		}
		choose_day(day, sizeof(day), info.not_after_ms);
		(void)fprintf(stderr, "%3zu  %s  %s  %s  %s\n", i + 1,
		    person_sentence((struct person_text){
			info.policy->ko, info.policy->en }),
		    info.owner, day, info.issuer);
	}
}

json_t *
choose_json(const struct folder *f)
{
	json_t *list = json_array();
	struct certinfo info;

	for (size_t i = 0; i < f->n; i++) {
		json_t *o = choose_read(&f->pairs[i], &info)
		    ? json_pack("{s:I s:{s:s s:s} s:s s:s s:I}", "number",
			  (json_int_t)i + 1, "kind", "ko", info.policy->ko,
			  "en", info.policy->en, "owner", info.owner, "issuer",
			  info.issuer, "not_after",
			  (json_int_t)info.not_after_ms)
		    : json_pack("{s:I}", "number", (json_int_t)i + 1);

		if (json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}

	return list;
}
