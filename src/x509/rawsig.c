/*
 * rawsig.c - a signature over a site's challenge, as the tax office takes it.
 *
 * Belongs here: logSgnt and randomEnc, which are no CMS.
 * Not here: CMS (cmsput.c); is R the certificate's (npki/vid.c).
 */
#include "x509/rawsig.h"

#include "base/enc.h"
#include "npki/pkinfo.h"
#include "x509/algorithm.h"
#include "x509/cms.h"
#include "x509/pkey.h"

#include <openssl/evp.h>
#include <time.h>

#define RAWSIG_SERIAL 8              /* hex digits at least */
#define RAWSIG_KOREA  (9 * 3600)     /* seconds before UTC; no summer time */
#define RAWSIG_RANDOM 28             /* characters: base64 of PKINFO_R bytes */
#define RAWSIG_TIME   "%Y%m%d%H%M%S" /* 14 digits */

static const struct signature_algorithm algorithm = { SIGNATURE_RSA_PKCS1,
	SIGNATURE_HASH_SHA256, 0 };

/* Characters that stand in a challenge: visible ASCII without the separator. */
static bool
rawsig_is_challenge(struct span s)
{
	if (s.n == 0 || s.n > RAWSIG_CHALLENGE)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '$')
			return false;

	return true;
}

/* Zeros before a serial number, so that it has eight digits. */
static size_t
rawsig_zeros(const struct certinfo *info)
{
	size_t n = strlen(info->serial);

	return n < RAWSIG_SERIAL ? RAWSIG_SERIAL - n : 0;
}

static enum rc
rawsig_digest(struct span challenge, uint8_t room[ALGORITHM_DIGEST_MAX],
    struct span *out, struct err *e)
{
	return algorithm_digest(algorithm.hash, &challenge, 1, room, out, e);
}

enum rc
rawsig_make(const struct certificate *c, struct span challenge, int64_t time_ms,
    cmsput_signer *sign, void *arg, struct buf *out, struct err *e)
{
	const struct certinfo *info = certificate_info(c);
	struct buf signature = buf_init(PKEY_SIGNATURE_MAX);
	struct buf text = buf_init(RAWSIG_MAX);
	time_t seconds = (time_t)(time_ms / 1000) + RAWSIG_KOREA;
	uint8_t room[ALGORITHM_DIGEST_MAX];
	struct tm tm = { 0 };
	struct span digest;
	char stamp[16];
	enum rc rc;

	if (!rawsig_is_challenge(challenge))
		return err_set(e, RC_FORMAT, "challenge",
		    "not 1 to 1024 characters without blanks and '$'");
	if ((rc = cms_check_usage(info, e)) != RC_OK ||
	    (rc = rawsig_digest(challenge, room, &digest, e)) != RC_OK)
		return rc;
	rc = sign(arg, &algorithm, digest, &signature, e);
	if (rc == RC_OK &&
	    signature_verify(certificate_key(c), &algorithm, digest,
		buf_span(&signature), NULL) != RC_OK)
		rc = err_set(e, RC_CRYPTO, "signature",
		    "the signature did not verify and was thrown away");
	if (rc == RC_OK) {
		(void)gmtime_r(&seconds, &tm);
		(void)strftime(stamp, sizeof(stamp), RAWSIG_TIME, &tm);
		buf_bytes(&text, challenge);
		buf_printf(&text, "$%.*s%s$%s$", (int)rawsig_zeros(info),
		    "00000000", info->serial, stamp);
		enc_base64(&text, buf_span(&signature));
		enc_base64(out, buf_span(&text));
	}
	if (rc == RC_OK && !(buf_ok(&text) && buf_ok(out)))
		rc = err_set(e, RC_MEMORY, NULL, "out of memory");
	buf_clear(&signature);
	buf_clear(&text);

	return rc;
}

/* The part before the next '$', or (last) all the rest, which has none. */
static bool
rawsig_part(struct span *rest, bool last, struct span *out)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] != '$')
		n++;
	*out = (struct span){ rest->p, n };
	if (n > 0 && last)
		return n == rest->n;
	if (n == 0 || n == rest->n)
		return false;
	rest->p += n + 1;
	rest->n -= n + 1;

	return true;
}

/* n decimal digits of a text that has them. */
static int
rawsig_number(const uint8_t **p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = 10 * v + *(*p)++ - '0';

	return v;
}

/* A date that there is, at which clocks in Korea showed it. */
static bool
rawsig_time(struct span s, int64_t *ms)
{
	const uint8_t *p = s.p;
	struct tm tm = { 0 }, again;
	time_t seconds;

	if (s.n != 14)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	tm.tm_year = rawsig_number(&p, 4) - 1900;
	tm.tm_mon = rawsig_number(&p, 2) - 1;
	tm.tm_mday = rawsig_number(&p, 2);
	tm.tm_hour = rawsig_number(&p, 2);
	tm.tm_min = rawsig_number(&p, 2);
	tm.tm_sec = rawsig_number(&p, 2);
	again = tm;
	seconds = timegm(&again);
	*ms = 1000 * ((int64_t)seconds - RAWSIG_KOREA);

	/* timegm() makes March 2 of February 30. */
	return again.tm_mon == tm.tm_mon && again.tm_mday == tm.tm_mday &&
	    again.tm_hour == tm.tm_hour && again.tm_min == tm.tm_min &&
	    again.tm_sec == tm.tm_sec;
}

enum rc
rawsig_parse(
    struct span text, struct buf *room, struct rawsig *out, struct err *e)
{
	struct span rest, time;
	enum rc rc;

	*out = (struct rawsig){ 0 };
	if (text.n > RAWSIG_MAX)
		return err_set(e, RC_LIMIT, "logSgnt", "too long");
	if ((rc = enc_base64_parse(room, text, e)) != RC_OK)
		return rc;
	rest = buf_span(room);
	if (rawsig_part(&rest, false, &out->challenge) &&
	    rawsig_part(&rest, false, &out->serial) &&
	    rawsig_part(&rest, false, &time) &&
	    rawsig_part(&rest, true, &out->signature) &&
	    rawsig_is_challenge(out->challenge) &&
	    rawsig_time(time, &out->time_ms))
		return RC_OK;
	*out = (struct rawsig){ 0 };

	return err_set(
	    e, RC_FORMAT, "logSgnt", "not challenge$serial$time$signature");
}

/* The same number in hex, whatever zeros and letters stand there. */
static bool
rawsig_is_serial(struct span hex, const struct certinfo *info)
{
	struct span want = span_str(info->serial);

	while (hex.n > 0 && hex.p[0] == '0') {
		hex.p++;
		hex.n--;
	}
	while (want.n > 0 && want.p[0] == '0') {
		want.p++;
		want.n--;
	}
	if (hex.n != want.n)
		return false;
	for (size_t i = 0; i < hex.n; i++) {
		uint8_t c = hex.p[i];

		if (c >= 'A' && c <= 'F')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != want.p[i])
			return false;
	}

	return true;
}

enum rc
rawsig_verify(
    const struct rawsig *s, const struct certificate *c, struct err *e)
{
	struct buf signature = buf_init(PKEY_SIGNATURE_MAX);
	const struct certinfo *info = certificate_info(c);
	uint8_t room[ALGORITHM_DIGEST_MAX];
	struct span digest;
	enum rc rc;

	if (!rawsig_is_serial(s->serial, info))
		return err_set(e, RC_ABSENT, "serial", "another certificate's");
	if ((rc = cms_check_usage(info, e)) != RC_OK ||
	    (rc = rawsig_digest(s->challenge, room, &digest, e)) != RC_OK)
		return rc;
	rc = enc_base64_parse(&signature, s->signature, e);
	if (rc == RC_OK &&
	    signature_verify(certificate_key(c), &algorithm, digest,
		buf_span(&signature), NULL) != RC_OK)
		rc = err_set(e, RC_DENIED, "signature",
		    "not one of this certificate's key");
	buf_clear(&signature);

	return rc;
}

enum rc
rawsig_random(struct span r, struct sec *out, struct err *e)
{
	enum rc rc;

	if (r.n != PKINFO_R)
		return err_set(e, RC_FORMAT, "R", "not 20 bytes");
	/* With the zero that EVP_EncodeBlock() puts after it. */
	if ((rc = sec_new(out, RAWSIG_RANDOM + 1, e)) != RC_OK)
		return rc;
	out->n = (size_t)EVP_EncodeBlock(out->p, r.p, PKINFO_R);

	return RC_OK;
}

enum rc
rawsig_random_parse(struct span text, struct sec *out, struct err *e)
{
	struct sec bytes SEC_WIPED = { 0 }, again SEC_WIPED = { 0 };
	enum rc rc;

	/* Three bytes of four characters, the last one of padding. */
	if ((rc = sec_new(&bytes, RAWSIG_RANDOM / 4 * 3, e)) != RC_OK)
		return rc;
	if (text.n == RAWSIG_RANDOM &&
	    EVP_DecodeBlock(bytes.p, text.p, RAWSIG_RANDOM) ==
		RAWSIG_RANDOM / 4 * 3 &&
	    (rc = rawsig_random(
		 (struct span){ bytes.p, PKINFO_R }, &again, e)) == RC_OK &&
	    sec_equal(sec_span(&again), text))
		return sec_copy(out, (struct span){ bytes.p, PKINFO_R }, e);

	return rc != RC_OK
	    ? rc
	    : err_set(e, RC_FORMAT, "randomEnc", "not the base64 of 20 bytes");
}
