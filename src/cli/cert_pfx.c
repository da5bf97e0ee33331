/*
 * cert_pfx.c - what of a PKCS#12 file belongs together, and into which folder.
 *
 * Belongs here: which encryption pair is whose, which certificates come without
 * a key, which of several has a folder.
 * Not here: what is done with them and said (cert_import.c); the format
 * (npki/pfx.c).
 */
#include "cli/cert_pfx.h"

#include "npki/dn.h"

#include <strings.h>

const struct pfx_pair *
cert_pfx_encryption(const struct pfx *pfx, const struct certinfo *sign)
{
	const struct pfx_pair *newest = NULL;
	struct certinfo info;
	int64_t end_ms = INT64_MIN;

	for (size_t i = 0; i < pfx->n; i++) {
		const struct pfx_pair *pair = &pfx->pairs[i];

		if (!pair->encryption ||
		    certinfo_parse(pair->certificate, &info, NULL) != RC_OK ||
		    !span_equal(info.subject_der, sign->subject_der) ||
		    info.not_after_ms <= end_ms)
			continue;
		end_ms = info.not_after_ms;
		newest = pair;
	}

	return newest;
}

/* Do both belong into one folder? Names of one text may be encoded in two ways. */
static bool
cert_pfx_same_folder(const struct certinfo *a, const struct certinfo *b)
{
	char of_a[DN_FOLDER], of_b[DN_FOLDER];

	if (!dn_ca_folder(a, of_a) || !dn_ca_folder(b, of_b) ||
	    strcasecmp(of_a, of_b) != 0)
		return false;

	return dn_folder(a->subject_der, of_a) &&
	    dn_folder(b->subject_der, of_b) && strcasecmp(of_a, of_b) == 0;
}

bool
cert_pfx_is_older(const struct pfx *pfx, size_t at, const struct certinfo *info)
{
	struct certinfo other;

	for (size_t i = 0; i < pfx->n; i++) {
		if (i == at || pfx->pairs[i].encryption ||
		    certinfo_parse(pfx->pairs[i].certificate, &other, NULL) !=
			RC_OK ||
		    !cert_pfx_same_folder(&other, info))
			continue;
		if (other.not_after_ms > info->not_after_ms ||
		    (other.not_after_ms == info->not_after_ms && i < at))
			return true;
	}

	return false;
}

bool
cert_pfx_is_half(const struct pfx *pfx, const struct certinfo *sign)
{
	struct certinfo info;

	for (size_t i = 0; i < pfx->chain_n; i++)
		if (pfx_is_keyless(pfx->chain[i], &info) &&
		    span_equal(info.subject_der, sign->subject_der))
			return true;

	return false;
}
