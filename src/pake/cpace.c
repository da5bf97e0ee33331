/*
 * cpace.c - CPace: a strong key out of a short code, one guess a run.
 *
 * Belongs here: the draft's functions over libsodium's ristretto255, our three
 * messages, key confirmation.
 * Not here: the code (code.c); what is sent under the key (transfer.c);
 * carrying messages (client, domain).
 */
#include "pake/cpace.h"

#include "base/rd.h"
#include "base/rnd.h"

#include <sodium.h>

#define POINT_LEN  32
#define TAG_LEN    64
#define HASH_BLOCK 128 /* s_in_bytes of SHA-512 */

enum message { FIRST = 1, ANSWER = 2, CONFIRM = 3 };
enum step { STEP_NEW, STEP_STARTED, STEP_ANSWERED, STEP_DONE, STEP_DEAD };

static const struct span dsi = SPAN_LIT("CPaceRistretto255");

/* What must not be seen, in struct cpace's locked memory. */
struct cpace_secret {
	uint8_t scalar[32];
	uint8_t isk[64];
	uint8_t mac_key[64];
};

static struct cpace_secret *
secret_of(const struct cpace *c)
{
	return (struct cpace_secret *)(void *)c->secret.p;
}

/* prepend_len(): LEB128 length, then the bytes (the draft, notation). */
static uint8_t *
put_lv(uint8_t *to, struct span s)
{
	size_t n = s.n;

	for (; n >= 128; n >>= 7)
		*to++ = (uint8_t)(n | 128);
	*to++ = (uint8_t)n;
	if (s.n > 0)
		memcpy(to, s.p, s.n);

	return to + s.n;
}

enum rc
cpace_draft_generator(uint8_t g[static 32], struct span prs, struct span ci,
    struct span sid, struct err *e)
{
	static const uint8_t zeros[HASH_BLOCK];
	uint8_t in[2 * HASH_BLOCK + CPACE_CI_MAX + CPACE_SID_MAX + 8];
	uint8_t hash[64], *to;
	size_t used = 1 + prs.n + 1 + dsi.n;
	bool good;

	memset(g, 0, POINT_LEN);
	if (prs.n > CPACE_CODE_MAX || ci.n > CPACE_CI_MAX ||
	    sid.n > CPACE_SID_MAX)
		return err_set(e, RC_LIMIT, NULL, "CPace input too long");
	/* len_zpad (the draft, generators): code and label alone fill the first block. */
	to = put_lv(in, dsi);
	to = put_lv(to, prs);
	to = put_lv(to, (struct span){ zeros, HASH_BLOCK - 1 - used });
	to = put_lv(to, ci);
	to = put_lv(to, sid);
	(void)crypto_hash_sha512(hash, in, (size_t)(to - in));
	good = crypto_core_ristretto255_from_hash(g, hash) == 0;
	sec_wipe(in, sizeof(in));
	sec_wipe(hash, sizeof(hash));

	return good ? RC_OK : err_set(e, RC_CRYPTO, NULL, "no generator");
}

enum rc
cpace_draft_isk(uint8_t isk[static 64], const uint8_t scalar[static 32],
    const uint8_t peer[static 32], struct span sid, struct span transcript,
    struct err *e)
{
	static const struct span isk_dsi = SPAN_LIT("CPaceRistretto255_ISK");
	uint8_t k[POINT_LEN], in[32 + CPACE_SID_MAX + POINT_LEN + 4], *to;
	crypto_hash_sha512_state hash;

	memset(isk, 0, 64);
	if (sid.n > CPACE_SID_MAX)
		return err_set(e, RC_LIMIT, NULL, "CPace input too long");
	/* Refuses what does not decode and the neutral element alike. */
	if (crypto_scalarmult_ristretto255(k, scalar, peer) != 0) {
		sec_wipe(k, sizeof(k));
		return err_set(e, RC_FORMAT, "Y", "no element of ristretto255");
	}
	to = put_lv(in, isk_dsi);
	to = put_lv(to, sid);
	to = put_lv(to, SPAN(k));
	(void)crypto_hash_sha512_init(&hash);
	(void)crypto_hash_sha512_update(&hash, in, (size_t)(to - in));
	(void)crypto_hash_sha512_update(&hash, transcript.p, transcript.n);
	(void)crypto_hash_sha512_final(&hash, isk);
	sec_wipe(k, sizeof(k));
	sec_wipe(in, sizeof(in));
	sec_wipe(&hash, sizeof(hash));

	return RC_OK;
}

/* lv_cat(Y, AD) of one side, out of Y ‖ AD. */
static size_t
side_lv(uint8_t *out, const uint8_t *side, size_t n)
{
	uint8_t *to = put_lv(out, (struct span){ side, POINT_LEN });

	to = put_lv(to, (struct span){ side + POINT_LEN, n - POINT_LEN });

	return (size_t)(to - out);
}

#define SIDE_LV_MAX (1 + POINT_LEN + 2 + CPACE_AD_MAX)

/* T = HMAC-SHA-512(mac_key, lv_cat(Y, AD)) (the draft, key confirmation). */
static void
side_tag(uint8_t tag[static TAG_LEN], const struct cpace *c,
    const uint8_t *side, size_t n)
{
	uint8_t in[SIDE_LV_MAX];
	size_t in_n = side_lv(in, side, n);
	crypto_auth_hmacsha512_state mac;

	(void)crypto_auth_hmacsha512_init(
	    &mac, secret_of(c)->mac_key, sizeof(secret_of(c)->mac_key));
	(void)crypto_auth_hmacsha512_update(&mac, in, in_n);
	(void)crypto_auth_hmacsha512_final(&mac, tag);
	sec_wipe(&mac, sizeof(mac));
}

static enum rc
cpace_fresh(const struct cpace *c, struct err *e)
{
	return c->step == STEP_NEW && c->secret.p == NULL
	    ? RC_OK
	    : err_set(e, RC_STATE, NULL, "CPace is under way");
}

/* Draws the scalar, makes Y, and keeps Y ‖ AD. */
static enum rc
cpace_share(struct cpace *c, const struct cpace_in *in, struct err *e)
{
	uint8_t ci[CPACE_CI_MAX], g[POINT_LEN];
	struct cpace_secret *s;
	enum rc rc;

	if (sodium_init() < 0)
		return err_set(e, RC_CRYPTO, NULL, "libsodium does not start");
	if (in->label.n + in->channel.n > sizeof(ci) ||
	    in->ad.n > CPACE_AD_MAX || in->code.n == 0 ||
	    in->sid.n < CPACE_SID_MIN || in->sid.n > CPACE_SID_MAX)
		return err_set(e, RC_LIMIT, NULL, "CPace input of wrong size");
	if ((rc = sec_new(&c->secret, sizeof(*s), e)) != RC_OK)
		return rc;
	s = secret_of(c);
	memcpy(ci, in->label.p, in->label.n);
	memcpy(ci + in->label.n, in->channel.p, in->channel.n);
	memcpy(c->sid, in->sid.p, in->sid.n);
	c->sid_n = in->sid.n;
	rc = cpace_draft_generator(g, in->code,
	    (struct span){ ci, in->label.n + in->channel.n }, in->sid, e);
	if (rc != RC_OK)
		return rc;
	/* sample_scalar() (the draft, group objects): 252 bits. */
	rnd_bytes(s->scalar, sizeof(s->scalar));
	s->scalar[31] &= 0x0f;
	if (in->scalar != NULL)
		memcpy(s->scalar, in->scalar, sizeof(s->scalar));
	if (crypto_scalarmult_ristretto255(c->own, s->scalar, g) != 0)
		rc = err_set(e, RC_CRYPTO, NULL, "no share");
	if (in->ad.n > 0)
		memcpy(c->own + POINT_LEN, in->ad.p, in->ad.n);
	c->own_n = POINT_LEN + in->ad.n;
	sec_wipe(g, sizeof(g));

	return rc;
}

/* Reads the head of a first or answer message into c->peer. */
static enum rc
cpace_read(struct cpace *c, struct rd *r, enum message type, struct err *e)
{
	struct span ad;

	if (rd_u8(r) != CPACE_SUITE && !r->failed)
		return err_set(
		    e, RC_UNKNOWN, "suite", "another version of the transfer");
	if (rd_u8(r) != type)
		rd_fail(r);
	rd_copy(r, c->peer, POINT_LEN);
	ad = rd_lp16(r, CPACE_AD_MAX);
	if (r->failed)
		return err_set(e, RC_FORMAT, NULL, "not a CPace message");
	if (ad.n > 0)
		memcpy(c->peer + POINT_LEN, ad.p, ad.n);
	c->peer_n = POINT_LEN + ad.n;

	return RC_OK;
}

/* ISK over both sides in their order, and the key of the confirmation. */
static enum rc
cpace_agree(struct cpace *c, bool initiator, struct err *e)
{
	static const struct span label = SPAN_LIT("CPaceMac");
	struct cpace_secret *s = secret_of(c);
	uint8_t transcript[2 * SIDE_LV_MAX];
	crypto_hash_sha512_state hash;
	size_t n;
	enum rc rc;

	if (s == NULL)
		return err_set(e, RC_BUG, NULL, "CPace without its secret");
	if (initiator) {
		n = side_lv(transcript, c->own, c->own_n);
		n += side_lv(transcript + n, c->peer, c->peer_n);
	} else {
		n = side_lv(transcript, c->peer, c->peer_n);
		n += side_lv(transcript + n, c->own, c->own_n);
	}
	rc = cpace_draft_isk(s->isk, s->scalar, c->peer,
	    (struct span){ c->sid, c->sid_n }, (struct span){ transcript, n },
	    e);
	if (rc != RC_OK)
		return rc;
	(void)crypto_hash_sha512_init(&hash);
	(void)crypto_hash_sha512_update(&hash, label.p, label.n);
	(void)crypto_hash_sha512_update(&hash, c->sid, c->sid_n);
	(void)crypto_hash_sha512_update(&hash, s->isk, sizeof(s->isk));
	(void)crypto_hash_sha512_final(&hash, s->mac_key);
	sec_wipe(&hash, sizeof(hash));

	return RC_OK;
}

static enum rc
check_peer_tag(const struct cpace *c, struct span tag, struct err *e)
{
	uint8_t want[TAG_LEN];
	bool good;

	side_tag(want, c, c->peer, c->peer_n);
	good = sec_equal(tag, SPAN(want));
	sec_wipe(want, sizeof(want));

	return good
	    ? RC_OK
	    : err_set(e, RC_SECRET, "code", "the other side has another code");
}

/* HKDF-SHA-512 (RFC 5869) of ISK, without salt, one block. */
static void
cpace_derive(const struct cpace *c, struct cpace_keys *out)
{
	static const uint8_t no_salt[64];
	static const struct span info = SPAN_LIT("INGAM-CP1 keys\x01");
	uint8_t prk[64], okm[64];
	crypto_auth_hmacsha512_state mac;

	(void)crypto_auth_hmacsha512_init(&mac, no_salt, sizeof(no_salt));
	(void)crypto_auth_hmacsha512_update(
	    &mac, secret_of(c)->isk, sizeof(secret_of(c)->isk));
	(void)crypto_auth_hmacsha512_final(&mac, prk);
	(void)crypto_auth_hmacsha512_init(&mac, prk, sizeof(prk));
	(void)crypto_auth_hmacsha512_update(&mac, info.p, info.n);
	(void)crypto_auth_hmacsha512_final(&mac, okm);
	memcpy(out->to_responder.k, okm, 32);
	memcpy(out->to_initiator.k, okm + 32, 32);
	sec_wipe(prk, sizeof(prk));
	sec_wipe(okm, sizeof(okm));
	sec_wipe(&mac, sizeof(mac));
}

/* One failure ends a run: there is one guess in it. */
static enum rc
cpace_end(struct cpace *c, enum rc rc, enum step step)
{
	c->step = rc == RC_OK ? step : STEP_DEAD;
	if (c->step == STEP_DEAD || c->step == STEP_DONE)
		sec_free(&c->secret);

	return rc;
}

static void
put_head(struct buf *out, const struct cpace *c, enum message type)
{
	buf_u8(out, CPACE_SUITE);
	buf_u8(out, (uint8_t)type);
	buf_bytes(out, (struct span){ c->own, POINT_LEN });
	buf_lp16(
	    out, (struct span){ c->own + POINT_LEN, c->own_n - POINT_LEN });
}

static enum rc
put_done(const struct buf *out, struct err *e)
{
	return buf_ok(out)
	    ? RC_OK
	    : err_set(e, RC_LIMIT, NULL, "no room for a message");
}

enum rc
cpace_start(struct cpace *c, const struct cpace_in *in, struct buf *first,
    struct err *e)
{
	enum rc rc = cpace_fresh(c, e);

	if (rc == RC_OK && (rc = cpace_share(c, in, e)) == RC_OK) {
		put_head(first, c, FIRST);
		rc = put_done(first, e);
	}

	return cpace_end(c, rc, STEP_STARTED);
}

static enum rc
answer(struct cpace *c, const struct cpace_in *in, struct span first,
    struct buf *out, struct err *e)
{
	struct rd r = rd_init(first);
	uint8_t tag[TAG_LEN];
	enum rc rc;

	/* Read first: what is no message costs nobody a multiplication. */
	if ((rc = cpace_fresh(c, e)) != RC_OK ||
	    (rc = cpace_read(c, &r, FIRST, e)) != RC_OK)
		return rc;
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, NULL, "not a CPace message");
	if ((rc = cpace_share(c, in, e)) != RC_OK ||
	    (rc = cpace_agree(c, false, e)) != RC_OK)
		return rc;
	side_tag(tag, c, c->own, c->own_n);
	put_head(out, c, ANSWER);
	buf_bytes(out, SPAN(tag));

	return put_done(out, e);
}

enum rc
cpace_answer(struct cpace *c, const struct cpace_in *in, struct span first,
    struct buf *out, struct err *e)
{
	return cpace_end(c, answer(c, in, first, out, e), STEP_ANSWERED);
}

static enum rc
finish(struct cpace *c, struct span message, struct buf *confirm,
    struct cpace_keys *out, struct err *e)
{
	struct rd r = rd_init(message);
	struct span peer_tag;
	uint8_t tag[TAG_LEN];
	enum rc rc;

	if (c->step != STEP_STARTED)
		return err_set(e, RC_STATE, NULL, "CPace has not started");
	if ((rc = cpace_read(c, &r, ANSWER, e)) != RC_OK)
		return rc;
	peer_tag = rd_bytes(&r, TAG_LEN);
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, NULL, "not a CPace message");
	if ((rc = cpace_agree(c, true, e)) != RC_OK ||
	    (rc = check_peer_tag(c, peer_tag, e)) != RC_OK)
		return rc;
	side_tag(tag, c, c->own, c->own_n);
	buf_u8(confirm, CPACE_SUITE);
	buf_u8(confirm, CONFIRM);
	buf_bytes(confirm, SPAN(tag));
	if ((rc = put_done(confirm, e)) == RC_OK)
		cpace_derive(c, out);

	return rc;
}

enum rc
cpace_finish(struct cpace *c, struct span message, struct buf *confirm,
    struct cpace_keys *out, struct err *e)
{
	cpace_keys_wipe(out);

	return cpace_end(c, finish(c, message, confirm, out, e), STEP_DONE);
}

static enum rc
confirmed(
    struct cpace *c, struct span message, struct cpace_keys *out, struct err *e)
{
	struct rd r = rd_init(message);
	struct span tag;
	enum rc rc;

	if (c->step != STEP_ANSWERED)
		return err_set(e, RC_STATE, NULL, "CPace has not answered");
	if (rd_u8(&r) != CPACE_SUITE || rd_u8(&r) != CONFIRM)
		rd_fail(&r);
	tag = rd_bytes(&r, TAG_LEN);
	if (!rd_done(&r))
		return err_set(e, RC_FORMAT, NULL, "not a CPace message");
	if ((rc = check_peer_tag(c, tag, e)) == RC_OK)
		cpace_derive(c, out);

	return rc;
}

enum rc
cpace_confirm(
    struct cpace *c, struct span message, struct cpace_keys *out, struct err *e)
{
	cpace_keys_wipe(out);

	return cpace_end(c, confirmed(c, message, out, e), STEP_DONE);
}

void
cpace_clear(struct cpace *c)
{
	sec_free(&c->secret);
	memset(c, 0, sizeof(*c));
}

void
cpace_keys_wipe(struct cpace_keys *k)
{
	sec_wipe(k, sizeof(*k));
}
