/*
 * refuse.c - the words for what this room refuses by itself.
 *
 * Belongs here: problems of HTTP as such.
 * Not here: problems of the business (api/problem.c).
 */
#include "http/refuse.h"

static const struct response_problem problems[] = {
	[REFUSE_NOTHING] = { 500, "internal", NULL, NULL, NULL, NULL, NULL,
	    NULL },
	[REFUSE_MALFORMED] = { 400, "bad-request", "요청을 이해하지 못했어요.",
	    "The request is malformed.", NULL, NULL, NULL, NULL },
	[REFUSE_ORIGIN] = { 403, "cross-site",
	    "다른 사이트에서 온 요청이라 막았어요.",
	    "The request came from another site and was not accepted.",
	    "이 서비스 화면에서 다시 시도해 주세요.",
	    "Try again from our own page.", NULL, NULL },
	[REFUSE_ABSENT] = { 404, "not-found", "찾는 것이 없어요.",
	    "There is nothing at this address.",
	    "주소를 확인해 주세요. 휴대폰용과 PC용이 따로 있어요.",
	    "Check the address: phones have one, PCs another.", NULL, NULL },
	[REFUSE_METHOD] = { 405, "method-not-allowed",
	    "이 주소에서는 할 수 없는 일이에요.",
	    "This address does not take this method.", NULL, NULL, NULL, NULL },
	[REFUSE_BODY] = { 413, "too-large", "보낸 내용이 너무 커요.",
	    "What was sent is too large.", NULL, NULL, NULL, NULL },
	[REFUSE_TARGET] = { 414, "too-large", "주소가 너무 길어요.",
	    "The address is too long.", NULL, NULL, NULL, NULL },
	[REFUSE_RATE] = { 429, "rate-limited", "요청이 너무 많아요.",
	    "There were too many requests in a short time.",
	    "잠시 후 다시 시도해 주세요.", "Try again in a moment.", NULL,
	    NULL },
	[REFUSE_BUSY] = { 503, "busy", "서버가 바빠요.", "The service is busy.",
	    "잠시 후 다시 시도해 주세요.", "Try again in a moment.", NULL,
	    NULL },
	[REFUSE_INTERNAL] = { 500, "internal", "서버에 문제가 생겼어요.",
	    "Something went wrong inside the service.",
	    "잠시 후 다시 시도해 주세요.", "Try again in a moment.", NULL,
	    NULL },
};

void
refuse_say(struct response *r, enum refuse what, const char *detail)
{
	struct response_problem p = problems[what];

	p.detail = detail;
	(void)response_problem(r, &p);
}

static unsigned int
refuse_status(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return 200;
	case RC_FORMAT:
	case RC_LIMIT:
	case RC_UNKNOWN:
		return 400;
	case RC_POLICY:
	case RC_REFUSED:
	case RC_SECRET:
		return 403;
	case RC_DENIED:
		return 401;
	case RC_LOCKED:
	case RC_RATE:
		return 429;
	case RC_ABSENT:
		return 404;
	case RC_EXISTS:
	case RC_STATE:
		return 409;
	case RC_EXPIRED:
		return 410;
	case RC_BUSY:
		return 503;
	case RC_IO:
	case RC_MEMORY:
	case RC_CRYPTO:
	case RC_BUG:
		return 500;
	}

	return 500;
}

void
refuse_rc(struct response *r, enum rc rc, const struct err *why)
{
	struct response_problem p = { .status = refuse_status(rc),
		.slug = "failed",
		.en = err_text(rc),
		.field = why->field,
		.detail = why->msg };

	(void)response_problem(r, &p);
}
