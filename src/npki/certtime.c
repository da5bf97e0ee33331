/*
 * certtime.c - dates of certificates as milliseconds.
 *
 * Belongs here: UTCTime and GeneralizedTime as RFC 5280 allows them.
 * Not here: what time it is (base/clock.c).
 */
#include "npki/certtime.h"

/* n decimal digits; the document fails on anything else. */
static unsigned int
certtime_digits(struct der *r, struct span *s, size_t n)
{
	unsigned int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s->n == 0 || s->p[0] < '0' || s->p[0] > '9') {
			der_fail(r);
			return 0;
		}
		v = v * 10 + (unsigned int)(s->p[0] - '0');
		s->p++;
		s->n--;
	}

	return v;
}

/* Days from 1970-01-01 in the Gregorian calendar; year >= 1. */
static int64_t
certtime_days(unsigned int year, unsigned int month, unsigned int day)
{
	static const unsigned int before[] = { 0, 31, 59, 90, 120, 151, 181,
		212, 243, 273, 304, 334 };
	unsigned int past = year - 1;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t days = (int64_t)past * 365 + past / 4 - past / 100 + past / 400;

	days += before[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;

	return days - 719162;
}

static unsigned int
certtime_month_length(unsigned int year, unsigned int month)
{
	static const unsigned int length[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return length[month - 1] + (leap && month == 2 ? 1 : 0);
}

int64_t
certtime_take(struct der *r)
{
	bool utc = der_peek(r) == DER_UTCTIME;
	struct span s = der_take(r, utc ? DER_UTCTIME : DER_GENTIME);
	unsigned int year, month, day, hour, minute, second;

	year = certtime_digits(r, &s, utc ? 2 : 4);
	if (utc)
		year += year < 50 ? 2000 : 1900;
	month = certtime_digits(r, &s, 2);
	day = certtime_digits(r, &s, 2);
	hour = certtime_digits(r, &s, 2);
	minute = certtime_digits(r, &s, 2);
	second = certtime_digits(r, &s, 2);
	if (!span_equal(s, SPAN_LIT("Z")) || year < 1 || month < 1 ||
	    month > 12 || hour > 23 || minute > 59 || second > 59) {
		der_fail(r);
		return 0;
	}
	if (day < 1 || day > certtime_month_length(year, month)) {
		der_fail(r);
		return 0;
	}

	return 1000 *
	    (certtime_days(year, month, day) * 86400 + (int64_t)hour * 3600 +
		(int64_t)minute * 60 + second);
}
