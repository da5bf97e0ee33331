/*
 * transfer.c - the frame in which a certificate travels between devices.
 *
 * Belongs here: its fixed order, its ceilings, sealing and opening it.
 * Not here: agreeing on the key (cpace.c); what is in the files (npki).
 */
#include "pake/transfer.h"

#include "base/rd.h"
#include "base/rnd.h"
#include "pake/gcm.h"

static const struct span label = SPAN_LIT("INGAM-TR1");

/* Certificate and key of signing must be there; of encryption, both or none. */
static enum rc
transfer_check(const struct transfer_files *f, struct err *e)
{
	const struct span all[] = { f->sign_cert, f->sign_pri, f->km_cert,
		f->km_pri };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].n > TRANSFER_FILE_MAX)
			return err_set(e, RC_LIMIT, NULL, "file too long");
	if (f->sign_cert.n == 0 || f->sign_pri.n == 0 ||
	    (f->km_cert.n == 0) != (f->km_pri.n == 0))
		return err_set(e, RC_FORMAT, NULL, "a file is missing");

	return RC_OK;
}

static uint8_t *
transfer_put(uint8_t *to, struct span file)
{
	*to++ = (uint8_t)(file.n >> 8);
	*to++ = (uint8_t)file.n;
	if (file.n > 0)
		memcpy(to, file.p, file.n);

	return to + file.n;
}

enum rc
transfer_seal(const struct sec_key *key, const struct transfer_files *files,
    struct buf *frame, struct err *e)
{
	struct sec plain SEC_WIPED = { 0 };
	uint8_t *to, *out;
	enum rc rc;

	if ((rc = transfer_check(files, e)) != RC_OK ||
	    (rc = sec_new(&plain,
		 label.n + 8 + files->sign_cert.n + files->sign_pri.n +
		     files->km_cert.n + files->km_pri.n,
		 e)) != RC_OK)
		return rc;
	memcpy(plain.p, label.p, label.n);
	to = transfer_put(plain.p + label.n, files->sign_cert);
	to = transfer_put(to, files->sign_pri);
	to = transfer_put(to, files->km_cert);
	(void)transfer_put(to, files->km_pri);
	out = buf_grow(frame, GCM_NONCE_LEN + plain.n + GCM_TAG_LEN);
	if (out == NULL)
		return err_set(e, RC_LIMIT, NULL, "no room for the frame");
	rnd_bytes(out, GCM_NONCE_LEN);

	return gcm_seal(
	    SPAN(key->k), out, label, sec_span(&plain), out + GCM_NONCE_LEN, e);
}

enum rc
transfer_parse(struct span plain, struct transfer_files *files, struct err *e)
{
	struct rd r = rd_init(plain);
	enum rc rc;

	memset(files, 0, sizeof(*files));
	if (plain.n > TRANSFER_PLAIN_MAX)
		return err_set(e, RC_LIMIT, NULL, "transfer too long");
	if (!span_equal(rd_bytes(&r, label.n), label))
		rd_fail(&r);
	files->sign_cert = rd_lp16(&r, TRANSFER_FILE_MAX);
	files->sign_pri = rd_lp16(&r, TRANSFER_FILE_MAX);
	files->km_cert = rd_lp16(&r, TRANSFER_FILE_MAX);
	files->km_pri = rd_lp16(&r, TRANSFER_FILE_MAX);
	rc = rd_done(&r) ? transfer_check(files, e)
			 : err_set(e, RC_FORMAT, NULL, "not a transfer");
	if (rc != RC_OK)
		memset(files, 0, sizeof(*files));

	return rc;
}

enum rc
transfer_open(const struct sec_key *key, struct span frame, struct sec *plain,
    struct transfer_files *files, struct err *e)
{
	struct span body;
	enum rc rc;

	memset(files, 0, sizeof(*files));
	if (frame.n > TRANSFER_FRAME_MAX)
		return err_set(e, RC_LIMIT, NULL, "transfer too long");
	if (frame.n < GCM_NONCE_LEN + GCM_TAG_LEN)
		return err_set(e, RC_FORMAT, NULL, "not a transfer");
	body =
	    (struct span){ frame.p + GCM_NONCE_LEN, frame.n - GCM_NONCE_LEN };
	if ((rc = sec_new(plain, body.n - GCM_TAG_LEN, e)) != RC_OK)
		return rc;
	if ((rc = gcm_open(SPAN(key->k), frame.p, label, body, plain->p, e)) !=
		RC_OK ||
	    (rc = transfer_parse(sec_span(plain), files, e)) != RC_OK)
		sec_free(plain);

	return rc;
}
