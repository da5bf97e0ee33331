/*
 * cert_tell.c - how a verb of ingam cert ended, told to a person and as JSON.
 *
 * Belongs here: the sentence, the word and the exit code of each way of ending.
 * Not here: which way it is (cert.c, and each verb); what a verb adds to the
 * answer; how an answer is printed (answer.c).
 */
#include "cli/cert_tell.h"

#include "base/text.h"
#include "cli/answer.h"
#include "client/reason.h"

#include <errno.h>
#include <string.h>

/* word stands in --json, and stays as it is for ever. */
static const struct {
	enum person_exit code;
	const char *word;
	struct person_text text;
} endings[] = {
	[CERT_DONE] = { PERSON_YES, "", { "", "" } },
	[CERT_NONE] = { PERSON_INPUT, "no-certificate",
	    { "인증서를 찾지 못했어요. --root로 폴더를 알려 주세요.",
		"No certificate found. Name its folder with --root." } },
	[CERT_NONE_THERE] = { PERSON_INPUT, "no-certificate",
	    { "그 폴더에서 인증서를 찾지 못했어요",
		"No certificate found in that folder" } },
	[CERT_NO_FOLDER] = { PERSON_INPUT, "no-folder",
	    { "그런 폴더가 없어요", "There is no such folder" } },
	/* For programs there is no folder either way. */
	[CERT_NOT_FOLDER] = { PERSON_INPUT, "no-folder",
	    { "폴더가 아니라 파일이에요. 폴더를 적어 주세요",
		"This is a file. Name a folder" } },
	[CERT_UNREAD] = { PERSON_INPUT, "unreadable-folders",
	    { "읽지 못한 폴더가 있어요. 그 안에 있는 인증서는 목록에 없어요.",
		"There are folders that cannot be read. What is in them is not "
		"in the list." } },
	[CERT_SEVERAL] = { PERSON_USAGE, "several-certificates",
	    { "인증서가 여러 개예요. 목록의 번호나 지문의 앞 8자리로 하나를 "
	      "골라 주세요.",
		"There are several certificates. Choose one by its number in "
		"the list or the first 8 digits of its fingerprint." } },
	[CERT_ALIKE] = { PERSON_USAGE, "several-certificates",
	    { "지문이 이렇게 시작하는 인증서가 여러 개예요. 지문을 몇 자리 더 적거나 "
	      "목록의 번호로 골라 주세요.",
		"Several certificates have a fingerprint that begins so. Give "
		"more of its digits, or the number in the list." } },
	[CERT_COPIES] = { PERSON_USAGE, "several-certificates",
	    { "지문이 같은 인증서가 여러 폴더에 있어요. 폴더나 목록의 번호로 고르거나, "
	      "--root로 찾을 곳을 좁혀 주세요.",
		"Copies of this certificate are in several folders. Choose one "
		"by its folder or its number in the list, or narrow the search "
		"with --root." } },
	[CERT_NO_SUCH] = { PERSON_USAGE, "no-such-certificate",
	    { "목록에 없는 인증서예요. 목록의 번호, 지문의 앞 8자리 이상, 또는 그 "
	      "폴더로 골라 주세요.",
		"The list has no such certificate. Choose one by its number in "
		"the list, 8 or more digits of its fingerprint, or its "
		"folder." } },
	[CERT_NO_KEY] = { PERSON_INPUT, "no-key",
	    { "인증서 옆에 개인키 파일(signPri.key)이 없어요. 폴더를 통째로 "
	      "복사했는지 확인해 주세요.",
		"There is no key file (signPri.key) beside the certificate. "
		"Was the whole folder copied?" } },
	/* Which option follows. */
	[CERT_UNATTENDED] = { PERSON_USAGE, "no-terminal",
	    { "물어볼 터미널이 없어요. 옵션으로 알려 주세요",
		"There is no terminal to ask on. Give as an option" } },
	[CERT_PASSWORD] = { PERSON_NO, "wrong-password",
	    { "비밀번호가 맞지 않아요.", "The password is wrong." } },
	[CERT_PASSWORD_PFX] = { PERSON_NO, "wrong-password",
	    { "비밀번호가 맞지 않아요. 비밀번호가 확실하다면 PFX 파일이 깨진 것이니, "
	      "다시 내보낸 파일로 해 주세요.",
		"The password is wrong. If you are sure of it, the PKCS#12 "
		"file is damaged: export it again." } },
	[CERT_PASSWORD_SIGN] = { PERSON_NO, "wrong-password",
	    { "이 비밀번호로 암호용 개인키는 열리지만 전자서명용 개인키는 열리지 "
	      "않아요. 두 개인키의 비밀번호가 서로 다르다면 터미널에서 ingam cert "
	      "change-password로 같게 해 주세요",
		"This password opens the key for encryption, but not the one "
		"for signing. If the two have different passwords, ingam "
		"cert change-password on a terminal makes them one" } },
	[CERT_PASSWORD_KM] = { PERSON_NO, "wrong-password",
	    { "이 비밀번호로 전자서명용 개인키는 열리지만 암호용 개인키는 열리지 "
	      "않아요. 두 개인키의 비밀번호가 서로 다르다면 터미널에서 ingam cert "
	      "change-password로 같게 해 주세요",
		"This password opens the key for signing, but not the one for "
		"encryption. If the two have different passwords, ingam "
		"cert change-password on a terminal makes them one" } },
	[CERT_OTHER_KEY] = { PERSON_NO, "wrong-key",
	    { "비밀번호는 맞지만, 개인키가 옆에 있는 인증서의 것이 아니에요. "
	      "다른 인증서의 파일과 섞인 것 같아요",
		"The password is right, but the key belongs to another "
		"certificate. Files of two certificates seem to be mixed up" } },
	[CERT_DIFFER] = { PERSON_NO, "passwords-differ",
	    { "두 번 입력한 새 비밀번호가 서로 달라요. 아무것도 바꾸지 않았어요.",
		"The two new passwords differ. Nothing was changed." } },
	[CERT_RULES] = { PERSON_REFUSED, "password-rules",
	    { "쓸 수 없는 새 비밀번호예요. 아무것도 바꾸지 않았어요.",
		"This new password is not allowed. Nothing was changed." } },
	[CERT_SAME] = { PERSON_REFUSED, "password-same",
	    { "새 비밀번호가 지금 비밀번호와 같아요. 아무것도 바꾸지 않았어요. 다른 "
	      "비밀번호로 정해 주세요.",
		"The new password is the current one. Nothing was changed. "
		"Choose a different one." } },
	[CERT_NOT_THEIRS] = { PERSON_NO, "other-number",
	    { "이 번호의 인증서가 아니에요.",
		"This is not the certificate of that number." } },
	[CERT_NO_VID] = { PERSON_INPUT, "no-vid",
	    { "인증서에 가상식별번호(VID)가 없어요.",
		"The certificate has no virtual identifier (VID)." } },
	[CERT_NO_R] = { PERSON_INPUT, "no-random",
	    { "개인키 파일에 VID 확인에 쓰는 난수(R)가 없어요. 다른 프로그램이 "
	      "옮기면서 버린 것 같아요. 처음 받은 파일로 해 주세요.",
		"The key file has lost the random number (R) that a VID is "
		"checked with. Use the files as they were issued." } },
	[CERT_OLD_VID] = { PERSON_REFUSED, "sha1-vid",
	    { "SHA-1로 만든 옛 VID예요. 그래도 확인하려면 --sha1을 붙여 주세요.",
		"This is an old VID of SHA-1. To check it all the same, add "
		"--sha1." } },
	[CERT_NUMBER] = { PERSON_INPUT, "number-malformed",
	    { "주민등록번호는 숫자 13자리, 사업자등록번호는 10자리예요.",
		"A resident number has 13 digits, a business number has 10." } },
	/* Which one follows. */
	[CERT_NOT_OURS] = { PERSON_NO, "other-recipient",
	    { "다른 인증서로만 열 수 있어요. 받는 사람의 인증서를 골라 주세요",
		"It is sealed to another certificate. Choose the one that it "
		"is for" } },
	[CERT_NONE_OPENS] = { PERSON_NO, "other-recipient",
	    { "찾은 인증서로는 열 수 없어요. 받는 사람의 인증서가 있는 저장매체를 "
	      "연결하거나 --root로 폴더를 알려 주세요",
		"No certificate that was found opens it. Connect the medium of "
		"the one that it is for, or name its folder with --root" } },
	[CERT_NOT_OPENED] = { PERSON_NO, "not-opened",
	    { "이 인증서의 키로 열리지 않아요. 오는 동안 바뀌었을 수 있어요.",
		"The key of this certificate does not open it. It may have "
		"been changed on its way." } },
	[CERT_EXISTS] = { PERSON_REFUSED, "exists",
	    { "거기에 같은 이름의 인증서가 있어요. 바꾸려면 --replace를 붙여 주세요.",
		"A certificate of that name is there. To replace it, add "
		"--replace." } },
	[CERT_OUT_EXISTS] = { PERSON_REFUSED, "exists",
	    { "같은 이름의 파일이 있어요. 바꾸려면 --replace를 붙여 주세요.",
		"A file of that name is there. To replace it, add "
		"--replace." } },
	[CERT_ALREADY] = { PERSON_YES, "already",
	    { "그 인증서는 이미 거기에 있어요.",
		"That certificate is there already." } },
	[CERT_KM_LOST] = { PERSON_REFUSED, "encryption-lost",
	    { "거기에 있는 암호용 인증서와 개인키(kmCert.der, kmPri.key)가 "
	      "사라지게 되어 그만두었어요. 다른 곳에 복사해 두고 지운 다음에 "
	      "다시 해 주세요.",
		"The encryption pair that is there (kmCert.der, kmPri.key) "
		"would be lost, so this was not done. Copy it elsewhere and "
		"delete it there first." } },
	[CERT_DECLINED] = { PERSON_REFUSED, "declined",
	    { "그만두었어요. 아무것도 바꾸지 않았어요.",
		"Stopped. Nothing was changed." } },
	[CERT_STOPPED] = { PERSON_REFUSED, "declined",
	    { "그만두었어요.", "Stopped." } },
	[CERT_BUSY] = { PERSON_SERVICE, "busy",
	    { "다른 프로그램이 이 인증서를 바꾸고 있어요. 잠시 뒤에 다시 해 "
	      "주세요.",
		"Another program is changing this certificate. Please try "
		"again shortly." } },
	[CERT_READ_ONLY] = { PERSON_INPUT, "read-only",
	    { "이 저장매체에는 쓸 수 없어요. 원래 파일은 그대로예요",
		"This medium cannot be written. The files are as they were" } },
	[CERT_NO_OUT] = { PERSON_INPUT, "no-out",
	    { "거기에는 쓸 수 없어요. --out에 다른 곳을 적어 주세요",
		"It cannot be written there. Name another place with --out" } },
	[CERT_NOT_WRITTEN] = { PERSON_SERVICE, "not-written",
	    { "저장매체에 쓰지 못했어요. 원래 파일은 그대로예요",
		"Writing to the medium failed. The files are as they were" } },
	[CERT_HALF] = { PERSON_SERVICE, "interrupted",
	    { "저장매체가 도중에 멈췄어요. 다시 연결하고 아무 명령이나 하면 "
	      "마저 끝내요",
		"The medium stopped in between. Connect it again; the next "
		"command finishes it" } },
	/* The day, and what is to be done, follow. */
	[CERT_EXPIRED] = { PERSON_REFUSED, "certificate-expired",
	    { "유효기간이 끝난 인증서라 서명하지 않아요",
		"This certificate has expired, and does not sign" } },
	[CERT_NOT_YET] = { PERSON_REFUSED, "certificate-not-yet",
	    { "유효기간이 아직 시작되지 않은 인증서라 서명하지 않아요",
		"This certificate is not valid yet, and does not sign" } },
	[CERT_REFUSED] = { PERSON_REFUSED, "refused",
	    { "하지 않았어요", "This was not done" } },
	/* For programs it is the same: no file to go on with. */
	[CERT_OVER_LIMIT] = { PERSON_INPUT, "unreadable",
	    { "한도를 넘어요", "This is over a limit" } },
	[CERT_UNREADABLE] = { PERSON_INPUT, "unreadable",
	    { "파일을 읽지 못했어요", "A file cannot be read" } },
	/* For programs it is the same: no file to go on with. */
	[CERT_MALFORMED] = { PERSON_INPUT, "unreadable",
	    { "파일이 맞지 않거나 깨졌어요",
		"A file is not what it should be" } },
	[CERT_NO_PFX] = { PERSON_INPUT, "unreadable",
	    { "가져올 수 없는 파일이에요. PFX(.p12) 파일을 다시 내보내서 해 주세요",
		"This file cannot be imported. Export a PKCS#12 file again" } },
	[CERT_OTHER] = { PERSON_SERVICE, "failed",
	    { "하지 못했어요", "This could not be done" } },
};

/* After the day on which it ended, or begins. */
static const struct person_text text_renew = {
	"발급기관에서 갱신하거나 새로 발급받은 인증서를 --certificate로 골라 주세요.",
	"Have it renewed or a new one issued, and choose that with "
	"--certificate."
};
static const struct person_text text_wait = {
	"그날부터 쓸 수 있어요. 다른 인증서로 서명하려면 --certificate로 골라 주세요.",
	"It can be used from that day on. To sign with another one now, choose "
	"it with --certificate."
};

static const struct person_text text_forbidden = { "읽을 권한이 없어요",
	"no permission to read it" };

/* Of whom it is sealed to. */
static const struct person_text text_found = { "찾은 인증서", "found" };
static const struct person_text text_count = { "개", "" };
static const struct person_text text_recipient = { "받는 사람의 인증서",
	"it is for" };
static const struct person_text text_serial = { "일련번호", "serial number" };
static const struct person_text text_others = { "그 밖에", "others:" };

/* Does its sentence go on with what rc and err say? */
static bool
cert_has_reason(enum cert_end end)
{
	return end == CERT_REFUSED || end == CERT_OVER_LIMIT ||
	    end == CERT_UNREADABLE || end == CERT_MALFORMED ||
	    end == CERT_NO_PFX || end == CERT_OTHER || end == CERT_READ_ONLY ||
	    end == CERT_NO_OUT || end == CERT_NOT_WRITTEN || end == CERT_HALF;
}

/* Does it go on with the file that it is about? */
static bool
cert_has_field(enum cert_end end)
{
	return end == CERT_PASSWORD_SIGN || end == CERT_PASSWORD_KM ||
	    end == CERT_OTHER_KEY;
}

/* Or with the folder that was named? */
static bool
cert_has_place(enum cert_end end)
{
	return end == CERT_NONE_THERE || end == CERT_NO_FOLDER ||
	    end == CERT_NOT_FOLDER;
}

static const char *
cert_reason(const struct cert *c)
{
	return c->err.msg[0] == '\0' ? err_text(c->rc) : c->err.msg;
}

/* The folders in which it could not be looked, and why. */
static void
cert_say_unread(const struct folder *f)
{
	for (size_t i = 0; i < f->unread_n; i++) {
		const struct folder_unread *u = &f->unread[i];
		char shown[FOLDER_PATH];

		text_sanitise(shown, sizeof(shown), span_str(u->path));
		(void)fprintf(stderr, "%s: %s\n", shown,
		    u->error == EACCES || u->error == EPERM
			? person_sentence(text_forbidden)
			: strerror(u->error));
	}
}

/* The same as JSON. */
static json_t *
cert_unread_json(const struct folder *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->unread_n; i++) {
		json_t *o =
		    json_pack("{s:s}", "reason", strerror(f->unread[i].error));

		pick_json_path(o, "folder", f->unread[i].path);
		(void)json_array_append_new(list, o);
	}

	return list;
}

static void
cert_say_day(const struct cert *c, enum cert_end end)
{
	char day[PICK_TIME];

	pick_time(day, c->moment_ms, false);
	(void)fprintf(stderr, "%s (%s). %s\n",
	    person_sentence(endings[end].text), day,
	    person_sentence(end == CERT_EXPIRED ? text_renew : text_wait));
}

/* What it is sealed to, as far as that is told: some name a key alone. */
static void
cert_say_sealed(const struct cert *c, enum cert_end end)
{
	const struct certinfo *to = &c->sealed_to;
	bool all = end == CERT_NONE_OPENS, named = to->serial[0] != '\0';
	const char *count = person_sentence(text_count);

	(void)fprintf(stderr, "%s%s", person_sentence(endings[end].text),
	    all || named ? " (" : "");
	if (all)
		(void)fprintf(stderr, "%s: %zu%s%s",
		    person_sentence(text_found), c->pick.n, count,
		    named ? "; " : "");
	if (named)
		(void)fprintf(stderr, "%s: %s, %s %s",
		    person_sentence(text_recipient), pick_issuer(to),
		    person_sentence(text_serial), to->serial);
	if (named && c->sealed_n > 1)
		(void)fprintf(stderr, ", %s %zu%s",
		    person_sentence(text_others), c->sealed_n - 1, count);
	(void)fputs(all || named ? ").\n" : ".\n", stderr);
}

/* Where and why; a folder that is known by its path is not called one again. */
static void
cert_say_reason(const struct cert *c)
{
	struct err e = c->err;

	if (c->beside[0] != '\0')
		(void)fprintf(stderr, "%s: ", c->beside);
	if (c->beside[0] != '\0' && strcmp(e.field, "folder") == 0)
		e.field[0] = '\0';
	reason_print(stderr, c->rc, &e);
}

static void
cert_say(const struct cert *c, enum cert_end end)
{
	const char *text = person_sentence(endings[end].text);
	char shown[FOLDER_PATH];

	if (end == CERT_UNREAD || end == CERT_NO_SUCH || end == CERT_NONE_OPENS)
		cert_say_unread(&c->pick.folder);
	if (cert_has_place(end)) {
		text_sanitise(shown, sizeof(shown), span_str(c->place));
		(void)fprintf(stderr, "%s: %s\n", text, shown);
	} else if (end == CERT_UNATTENDED)
		(void)fprintf(stderr, "%s: %s.\n", text, c->missing);
	else if (end == CERT_EXPIRED || end == CERT_NOT_YET)
		cert_say_day(c, end);
	else if (end == CERT_NOT_OURS || end == CERT_NONE_OPENS)
		cert_say_sealed(c, end);
	else if (cert_has_reason(end)) {
		(void)fprintf(stderr, "%s (", text);
		cert_say_reason(c);
		(void)fputs(").\n", stderr);
	} else if (cert_has_field(end))
		(void)fprintf(stderr, "%s (%s).\n", text, c->err.field);
	else
		(void)fprintf(stderr, "%s\n", text);
}

int
cert_tell(struct cert *c, enum cert_end end)
{
	if (end == CERT_DECLINED && !c->changes)
		end = CERT_STOPPED;
	if (end != CERT_DONE)
		cert_say(c, end);
	if (!c->json)
		return (int)endings[end].code;
	(void)json_object_set_new(
	    c->answer, "problem", json_string(endings[end].word));
	if (end == CERT_UNATTENDED)
		(void)json_object_set_new(
		    c->answer, "option", json_string(c->missing));
	if (end == CERT_EXPIRED || end == CERT_NOT_YET)
		(void)json_object_set_new(c->answer,
		    end == CERT_EXPIRED ? "not_after" : "not_before",
		    json_integer((json_int_t)c->moment_ms));
	if (cert_has_reason(end) || cert_has_field(end))
		(void)json_object_set_new(
		    c->answer, "field", json_string(c->err.field));
	if (cert_has_reason(end))
		(void)json_object_set_new(
		    c->answer, "reason", json_string(cert_reason(c)));
	if (end == CERT_NOT_OURS || end == CERT_NONE_OPENS)
		(void)json_object_set_new(c->answer, "sealed_to",
		    json_pack("{s:s s:s}", "issuer", c->sealed_to.issuer,
			"serial", c->sealed_to.serial));
	if (cert_has_place(end))
		pick_json_path(c->answer, "folder", c->place);
	if (c->pick.folder.unread_n > 0)
		(void)json_object_set_new(
		    c->answer, "unread", cert_unread_json(&c->pick.folder));
	if (end == CERT_SEVERAL || end == CERT_ALIKE || end == CERT_COPIES ||
	    end == CERT_NO_SUCH)
		(void)json_object_set_new(
		    c->answer, "certificates", pick_json(&c->pick));
	answer_print(c->answer);

	return (int)endings[end].code;
}
