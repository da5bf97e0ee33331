/*
 * ar1.c - the approval request as bytes.
 *
 * Belongs here: its fields in their order, what its params may be.
 * Not here: making and keeping one (approval.c).
 */
#include "vault/ar1.h"

#include "base/text.h"
#include "ipc/message.h"

/* Fields that stay zero until relying parties exist. */
static const uint8_t zeros[32];

bool
ar1_is_possible(uint8_t op, uint8_t mode)
{
	static const struct {
		uint8_t op, mode;
	} rows[] = {
		{ AR1_TOKEN, AR1_NUMBER },
		{ AR1_TOKEN, AR1_PUSH },
		{ AR1_IMPORT, AR1_NONE },
		{ AR1_DELETE, AR1_NONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].op == op && rows[i].mode == mode)
			return true;
	}

	return false;
}

enum rc
ar1_parse_params(
    enum ar1_op op, struct span params, struct ar1 *out, struct err *e)
{
	struct rd r = rd_init(params);
	int texts = op == AR1_TOKEN ? 3 : 1;

	out->count = op == AR1_TOKEN ? rd_u16(&r) : 0;
	out->seconds = op == AR1_TOKEN ? rd_u32(&r) : 0;
	for (int i = 0; i < texts; i++) {
		struct span s = rd_lp16(&r, MESSAGE_TEXT_MAX);

		if (!text_is_display(s, MESSAGE_TEXT_MAX))
			rd_fail(&r);
	}
	if (op == AR1_TOKEN && (out->count == 0 || out->seconds == 0))
		rd_fail(&r);

	return rd_done(&r) ? RC_OK
			   : err_set(e, RC_FORMAT, "params", "malformed");
}

void
ar1_encode(struct buf *out, const struct ar1 *in)
{
	buf_str(out, "INGAM-AR1");
	buf_u8(out, (uint8_t)in->op);
	buf_bytes(out, SPAN(in->request_id));
	buf_u32(out, in->epoch);
	buf_u64(out, (uint64_t)in->issued_ms);
	buf_u64(out, (uint64_t)in->expires_ms);
	buf_bytes(out, SPAN(in->account_id));
	buf_bytes(out, SPAN(in->key_id));
	buf_bytes(out, SPAN(in->cert_sha256));
	buf_u32(out, in->list_version);
	buf_bytes(out, SPAN(in->list_head));
	buf_bytes(out, (struct span){ zeros, 16 }); /* rp_id */
	buf_bytes(out, (struct span){ zeros, 32 }); /* rp_key_sha256 */
	buf_lp16(out, (struct span){ 0 });          /* rp_origin */
	buf_lp16(out, (struct span){ 0 });          /* rp_display_name */
	buf_u8(out, (uint8_t)in->mode);
	buf_u16(out, 0); /* mechanism */
	buf_lp16(out, in->params);
	buf_u16(out, 0);                            /* n */
	buf_bytes(out, (struct span){ zeros, 32 }); /* display_sha256 */
	buf_bytes(out, (struct span){ zeros, 32 }); /* browser_binding */
	buf_bytes(out, (struct span){ zeros, 32 }); /* code_commit */
}

static void
ar1_zeros(struct rd *r, size_t n)
{
	if (!span_equal(rd_bytes(r, n), (struct span){ zeros, n }))
		rd_fail(r);
}

enum rc
ar1_parse(struct span in, struct ar1 *out, struct err *e)
{
	struct rd r = rd_init(in);
	uint8_t op, mode;

	*out = (struct ar1){ 0 };
	if (!span_equal(rd_bytes(&r, 9), SPAN_LIT("INGAM-AR1")))
		rd_fail(&r);
	op = rd_u8(&r);
	rd_copy(&r, out->request_id, sizeof(out->request_id));
	out->epoch = rd_u32(&r);
	out->issued_ms = (int64_t)rd_u64(&r);
	out->expires_ms = (int64_t)rd_u64(&r);
	rd_copy(&r, out->account_id, sizeof(out->account_id));
	rd_copy(&r, out->key_id, sizeof(out->key_id));
	rd_copy(&r, out->cert_sha256, sizeof(out->cert_sha256));
	out->list_version = rd_u32(&r);
	rd_copy(&r, out->list_head, sizeof(out->list_head));
	ar1_zeros(&r, 16);
	ar1_zeros(&r, 32);
	ar1_zeros(&r, 4);
	mode = rd_u8(&r);
	ar1_zeros(&r, 2);
	out->params = rd_lp16(&r, MESSAGE_PARAMS_MAX);
	ar1_zeros(&r, 2);
	for (int i = 0; i < 3; i++)
		ar1_zeros(&r, 32);
	if (!rd_done(&r) || !ar1_is_possible(op, mode)) {
		*out = (struct ar1){ 0 };
		return err_set(e, RC_FORMAT, "AR1", "malformed");
	}
	out->op = (enum ar1_op)op;
	out->mode = (enum ar1_mode)mode;

	return ar1_parse_params(out->op, out->params, out, e);
}
