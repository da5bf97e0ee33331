/*
 * cpace.h - see cpace.c.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/sec.h"
#include "base/span.h"

/*
 * CPace in the initiator-responder setting with explicit key confirmation:
 * draft-irtf-cfrg-cpace-21, CPACE-RISTR255-SHA512. Three messages:
 *
 *	first   initiator → responder  suite(1) 1(1) Ya(32) ADa(lp16)
 *	answer  responder → initiator  suite(1) 2(1) Yb(32) ADb(lp16) Tb(64)
 *	confirm initiator → responder  suite(1) 3(1) Ta(64)
 *
 * PRS is the code's digits, all of them; CI is label ‖ channel.
 */
#define CPACE_SUITE       1
#define CPACE_SID_MIN     16
#define CPACE_SID_MAX     64
#define CPACE_AD_MAX      256
#define CPACE_CI_MAX      127
#define CPACE_CODE_MAX    64
#define CPACE_FIRST_MAX   (2 + 32 + 2 + CPACE_AD_MAX)
#define CPACE_ANSWER_MAX  (CPACE_FIRST_MAX + 64)
#define CPACE_CONFIRM_LEN (2 + 64)

/* What both sides must have alike, but for ad, which each says for itself. */
struct cpace_in {
	struct span code;    /* digits */
	struct span label;   /* "INGAM-IMPORT1", "INGAM-TRANSFER1" */
	struct span channel; /* the code's public digits */
	struct span sid;     /* the transfer's id */
	struct span ad;      /* may be empty; goes in clear, is authenticated */
	const uint8_t
	    *scalar; /* NULL: drawn. 32 bytes: published vectors only */
};

/* One key a direction; each seals one frame (transfer.h). */
struct cpace_keys {
	struct sec_key to_responder;
	struct sec_key to_initiator;
};

/* One run of one side. Start from { 0 }; end with cpace_clear(). */
struct cpace {
	struct sec secret;
	unsigned int step;
	uint8_t sid[CPACE_SID_MAX];
	size_t sid_n;
	uint8_t own[32 + CPACE_AD_MAX], peer[32 + CPACE_AD_MAX]; /* Y ‖ AD */
	size_t own_n, peer_n;
};

#define CPACE_WIPED __attribute__((__cleanup__(cpace_clear)))

/*
 * Initiator: makes the first message; then takes the answer and makes the
 * confirmation. The keys may be used at once.
 */
IG_CHECK enum rc cpace_start(struct cpace *c, const struct cpace_in *in,
    struct buf *first, struct err *e);
IG_CHECK enum rc cpace_finish(struct cpace *c, struct span answer,
    struct buf *confirm, struct cpace_keys *out, struct err *e);

/*
 * Responder: takes the first message and makes the answer; then takes the
 * confirmation. No keys before that.
 *
 * All four: RC_FORMAT for a message that is none (or a point that is none),
 * RC_UNKNOWN for another suite, RC_LIMIT for inputs over the figures above,
 * RC_SECRET when the confirmation does not fit: another code, or somebody in
 * between; both ends count it as the one wrong guess. RC_STATE out of order
 * and after any failure.
 */
IG_CHECK enum rc cpace_answer(struct cpace *c, const struct cpace_in *in,
    struct span first, struct buf *answer, struct err *e);
IG_CHECK enum rc cpace_confirm(struct cpace *c, struct span confirm,
    struct cpace_keys *out, struct err *e);

void cpace_clear(struct cpace *c);
void cpace_keys_wipe(struct cpace_keys *k);

/*
 * The draft's own functions, for its vectors: the generator,
 * and ISK of the initiator-responder setting. RC_FORMAT for points that are
 * none or the neutral element.
 */
IG_CHECK enum rc cpace_draft_generator(uint8_t g[static 32], struct span prs,
    struct span ci, struct span sid, struct err *e);
IG_CHECK enum rc cpace_draft_isk(uint8_t isk[static 64],
    const uint8_t scalar[static 32], const uint8_t peer[static 32],
    struct span sid, struct span transcript, struct err *e);
