/*
 * problem.h - see problem.c.
 */
#pragma once

#include "base/err.h"

/*
 * Every way in which a request of ours can end badly, as a person meets it:
 * slug, status, one sentence and one next step, in Korean and English.
 * The slug is stable: programs rely on it.
 */
/* clang-format off */
#define PROBLEM_TABLE(X)                                                       \
	X(BAD_REQUEST, "bad-request", 400,                                     \
	    "요청을 이해하지 못했어요.", "화면을 새로 고친 뒤 다시 시도해 주세요.",     \
	    "The request was not understood.", "Reload the page and try again.")   \
	X(UNAUTHENTICATED, "signed-out", 401,                                  \
	    "로그인이 끝났어요.", "지문·얼굴이나 PIN으로 다시 로그인해 주세요.",         \
	    "You are signed out.", "Sign in again with your fingerprint, face or PIN.") \
	X(CROSS_SITE, "cross-site", 403,                                       \
	    "다른 사이트에서 온 요청이라 막았어요.", "이 서비스 화면에서 다시 시도해 주세요.", \
	    "A request from another site was blocked.", "Try again from our own page.") \
	X(NOT_FOUND, "not-found", 404,                                         \
	    "찾는 것이 없어요.", "이미 끝났거나 지워졌을 수 있어요. 처음 화면에서 다시 시작해 주세요.", \
	    "There is nothing here.", "It may have ended. Start again from the first page.") \
	X(TOO_LARGE, "too-large", 413,                                         \
	    "보낸 내용이 너무 커요.", "고른 파일이 인증서가 맞는지 확인해 주세요.",       \
	    "That is too large.", "Check that the chosen file is a certificate.")   \
	X(RATE_LIMITED, "rate-limited", 429,                                   \
	    "요청이 너무 많아요.", "잠시 후 다시 시도해 주세요.",                    \
	    "Too many requests.", "Wait a moment and try again.")                  \
	X(VAULT_UNAVAILABLE, "vault-unavailable", 503,                         \
	    "지금은 서명할 수 없어요.", "잠시 후 다시 시도해 주세요. 저장된 인증서는 안전해요.", \
	    "Signing is not possible right now.", "Try again shortly. Stored certificates are safe.") \
	X(BUSY, "busy", 503,                                                   \
	    "서버가 바빠요.", "잠시 후 다시 시도해 주세요.",                         \
	    "The server is busy.", "Try again shortly.")                           \
	X(INTERNAL, "internal", 500,                                           \
	    "서버에 문제가 생겼어요.", "잠시 후 다시 시도해 주세요. 하던 일은 저장되지 않았어요.", \
	    "Something went wrong on the server.", "Try again shortly. Nothing was changed.") \
	X(WRONG_CODE, "wrong-code", 403,                                       \
	    "번호가 맞지 않아요.", "화면에 보이는 번호를 다시 확인해 주세요.",           \
	    "The number is wrong.", "Check the number on the other screen.")        \
	X(WRONG_PIN, "wrong-pin", 403,                                         \
	    "PIN이 맞지 않아요.", "휴대폰에 보이는 번호를 다시 입력해 주세요.",          \
	    "The PIN is wrong.", "Type the number that the phone shows.")           \
	X(WEAK_PIN, "weak-pin", 409,                                           \
	    "너무 쉬운 비밀번호예요.", "되풀이되거나 연속되지 않는 숫자로 정해 주세요.",   \
	    "This PIN is too simple.", "Choose digits that do not repeat or run.")  \
	X(WRONG_PASSWORD, "wrong-password", 403,                               \
	    "인증서 비밀번호가 맞지 않아요.", "대문자와 한/영 상태를 확인하고 다시 입력해 주세요.", \
	    "The certificate's password is wrong.", "Check Caps Lock and the keyboard language, then try again.") \
	X(LOCKED, "locked", 423,                                               \
	    "여러 번 틀려서 잠겼어요.", "잠금이 풀리는 시각 뒤에 다시 시도해 주세요.",      \
	    "Locked after too many wrong tries.", "Try again after the time shown.") \
	X(IDENTITY_FAILED, "identity-failed", 403,                             \
	    "본인인증이 되지 않았어요.", "이름, 생년월일, 통신사, 번호를 확인하고 다시 시도해 주세요.", \
	    "The identity check failed.", "Check name, birth date, carrier and number, then try again.") \
	X(IDENTITY_UNAVAILABLE, "identity-unavailable", 503,                   \
	    "본인인증 기관과 연결되지 않아요.", "잠시 후 다시 시도해 주세요.",           \
	    "The identity provider does not answer.", "Try again shortly.")         \
	X(ALREADY_MEMBER, "already-member", 409,                               \
	    "이 번호로 이미 가입되어 있어요.", "쓰던 기기의 지문·얼굴이나 PIN으로 로그인해 주세요.", \
	    "This number has joined already.", "Sign in with the fingerprint, face or PIN of the device you used.") \
	X(APPROVAL_REFUSED, "approval-refused", 403,                           \
	    "승인을 확인하지 못했어요.", "등록한 기기의 지문·얼굴이나 PIN으로 다시 승인해 주세요.", \
	    "The approval could not be verified.", "Approve again with this device's fingerprint, face or PIN.") \
	X(REFUSED, "refused", 403,                                             \
	    "휴대폰에서 거절했어요.", "직접 시작한 일이라면 처음부터 다시 시도해 주세요.",  \
	    "Refused on the phone.", "If it was you, start again.")                 \
	X(EXPIRED, "expired", 410,                                             \
	    "시간이 지났어요.", "처음부터 다시 시도해 주세요.",                       \
	    "Time is over.", "Start again.")                                       \
	X(ENDED, "ended", 409,                                                 \
	    "이미 끝난 요청이에요.", "PC에서 다시 시작해 주세요.",                     \
	    "This request has ended.", "Start again on the PC.")                    \
	X(USED_UP, "used-up", 409,                                             \
	    "승인한 만큼 다 썼어요.", "휴대폰에서 한 번 더 승인해 주세요.",             \
	    "The approved number is used up.", "Approve once more on the phone.")   \
	X(CERTIFICATE_UNUSABLE, "certificate-unusable", 409,                   \
	    "이 인증서는 쓸 수 없어요.", "유효기간을 확인하고 다른 인증서를 골라 주세요.",   \
	    "This certificate cannot be used.", "Check its dates and choose another one.") \
	X(CERTIFICATE_EXPIRED, "certificate-expired", 409,                     \
	    "유효기간이 끝난 인증서예요.", "발급기관에서 재발급받은 뒤 등록해 주세요.",     \
	    "This certificate has expired.", "Get a new one from its issuer, then register it.") \
	X(CERTIFICATE_EXISTS, "certificate-exists", 409,                       \
	    "이미 등록된 인증서예요.", "인증서 목록에서 확인해 주세요.",               \
	    "This certificate is registered already.", "You find it in the list.")  \
	X(CERTIFICATE_UNREADABLE, "certificate-unreadable", 400,               \
	    "인증서 파일을 읽을 수 없어요.", "signCert.der과 signPri.key가 맞는지 확인해 주세요.", \
	    "The certificate file cannot be read.", "Check that it is signCert.der with its signPri.key.") \
	X(CERTIFICATE_LIMIT, "certificate-limit", 409,                         \
	    "더 등록할 수 없어요.", "쓰지 않는 인증서를 삭제한 뒤 등록해 주세요.",        \
	    "No more certificates can be registered.", "Delete one that you do not use.") \
	X(CONFLICT, "conflict", 409,                                           \
	    "지금 상태에서는 할 수 없어요.", "화면을 새로 고쳐 상태를 확인해 주세요.",     \
	    "Not possible in this state.", "Reload to see where it stands.")
/* clang-format on */

enum problem {
#define PROBLEM_ENUM(code, slug, status, ko, next_ko, en, next_en) \
	PROBLEM_##code,
	PROBLEM_TABLE(PROBLEM_ENUM)
#undef PROBLEM_ENUM
	    PROBLEM_COUNT
};

struct problem_text {
	const char *slug;
	int status;
	const char *ko, *next_ko;
	const char *en, *next_en;
};

/* The row of a problem; never NULL. */
const struct problem_text *problem_text(enum problem p);

/* What a failure is for a person, where the handler knows nothing better. */
enum problem problem_of(enum rc rc);
