/*
 * cert_show.c - ingam cert show: what one certificate says.
 *
 * Belongs here: its facts as lines for a person and for scripts, and as JSON.
 * Not here: the list (cert_list.c, pick_print.c); reading certificates (npki).
 */
#include "cli/cert_show.h"

#include "base/clock.h"
#include "base/enc.h"
#include "cli/columns.h"
#include "client/reason.h"
#include "npki/certview.h"
#include "npki/keyfile.h"

#include <sys/stat.h>

#define SHOW_ROWS   32
#define SHOW_CELLS  2
#define SHOW_USAGES 256
#define SHOW_HEX    129
#define SHOW_UNREAD 256
#define SHOW_ISSUER (2 * CERTINFO_NAME + 4)
#define SHOW_AGE_MS (183LL * 86400 * 1000) /* half a year: R-PWD-5 */

/* What stands in a row of "show", as a person reads it and as scripts do. */
struct show {
	const char *texts[SHOW_ROWS * SHOW_CELLS];
	enum columns_colour colours[SHOW_ROWS];
	size_t n;
	bool person;
	FILE *out;
};

static const struct {
	unsigned int bit;
	const char *word;
	struct person_text text;
} usages[] = {
	{ CERTINFO_DIGITAL_SIGNATURE, "digital-signature",
	    { "전자서명", "signatures" } },
	{ CERTINFO_NON_REPUDIATION, "non-repudiation",
	    { "부인방지", "non-repudiation" } },
	{ CERTINFO_KEY_ENCIPHERMENT, "key-encipherment",
	    { "키 암호화", "encrypting keys" } },
	{ CERTINFO_DATA_ENCIPHERMENT, "data-encipherment",
	    { "데이터 암호화", "encrypting data" } },
	{ CERTINFO_KEY_AGREEMENT, "key-agreement",
	    { "키 합의", "key agreement" } },
	{ CERTINFO_CERT_SIGN, "certificate-signing",
	    { "인증서 발급", "issuing certificates" } },
	{ CERTINFO_CRL_SIGN, "crl-signing",
	    { "폐지목록 발급", "issuing CRLs" } },
};
#define USAGES (sizeof(usages) / sizeof(usages[0]))

static const char *const key_words[] = {
	[CERTINFO_KEY_OTHER] = "other",
	[CERTINFO_KEY_RSA] = "RSA",
	[CERTINFO_KEY_P256] = "P-256",
	[CERTINFO_KEY_P384] = "P-384",
};

static const char *const cipher_words[] = {
	[PLATFORM_AES_128_CBC] = "AES-128",
	[PLATFORM_AES_192_CBC] = "AES-192",
	[PLATFORM_AES_256_CBC] = "AES-256",
	[PLATFORM_ARIA_128_CBC] = "ARIA-128",
	[PLATFORM_ARIA_192_CBC] = "ARIA-192",
	[PLATFORM_ARIA_256_CBC] = "ARIA-256",
	[PLATFORM_3DES_CBC] = "3DES",
	[PLATFORM_SEED_CBC] = "SEED",
	[PLATFORM_RC2_40_CBC] = "RC2-40",
	[PLATFORM_RC2_128_CBC] = "RC2-128",
};
static const char *const scheme_words[] = {
	[PBE_SCHEME_SEED_SHA1] = "PBKDF1-SHA1",
	[PBE_SCHEME_SEED_FIXED_IV] = "PBKDF1-SHA1, fixed IV",
	[PBE_SCHEME_PBES2] = "PBKDF2-",
	[PBE_SCHEME_PKCS12] = "PKCS12-SHA1",
};
static const char *const hash_words[] = {
	[PLATFORM_HASH_SHA1] = "SHA1",
	[PLATFORM_HASH_SHA256] = "SHA256",
	[PLATFORM_HASH_SHA384] = "SHA384",
	[PLATFORM_HASH_SHA512] = "SHA512",
};

static void
show_row(struct show *s, const char *word, struct person_text name,
    const char *value)
{
	if (value[0] == '\0' || s->n == SHOW_ROWS)
		return;
	s->texts[s->n * SHOW_CELLS] = s->person ? person_sentence(name) : word;
	s->texts[s->n * SHOW_CELLS + 1] = value;
	s->n++;
}

static void
show_print(const struct show *s)
{
	if (s->person)
		columns_print(
		    s->out, s->texts, s->colours, s->n, SHOW_CELLS, NULL, NULL);
	for (size_t i = 0; !s->person && i < s->n; i++)
		(void)fprintf(s->out, "%s\t%s\n", s->texts[i * SHOW_CELLS],
		    s->texts[i * SHOW_CELLS + 1]);
}

static void
show_usages(unsigned int usage, bool person, char out[SHOW_USAGES])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < USAGES; i++) {
		if ((usage & usages[i].bit) == 0)
			continue;
		n += (size_t)snprintf(out + n, SHOW_USAGES - n, "%s%s",
		    n == 0 ? "" : ", ",
		    person ? person_sentence(usages[i].text) : usages[i].word);
	}
}

void
cert_show_key_file(struct span file, char *out, size_t size)
{
	struct keyfile k;
	const struct pbe *p = &k.pbe;

	out[0] = '\0';
	if (file.n == 0 || keyfile_parse(file, &k, NULL) != RC_OK)
		return;
	(void)snprintf(out, size, "%s-CBC, %s%s, %u", cipher_words[p->cipher],
	    scheme_words[p->scheme],
	    p->scheme == PBE_SCHEME_PBES2 ? hash_words[p->prf] : "",
	    (unsigned int)p->iterations);
}

/* When the key file was last written: a password is set by writing it. */
static int64_t
show_changed(const struct pick_row *row)
{
	struct stat st;

	if (row->pair->sign_key == NULL || stat(row->pair->sign_key, &st) != 0)
		return 0;

	return (int64_t)st.st_mtime * 1000;
}

/* Facts that are the same text for everybody; "" is left out of the lines. */
struct show_extra {
	const char *word, *member;
	struct person_text name;
	const char *value;
};
#define EXTRAS 9

static void
show_hex(struct span bytes, char out[SHOW_HEX])
{
	struct buf hex = buf_init(SHOW_HEX);

	out[0] = '\0';
	enc_hex(&hex, bytes);
	if (buf_cstr(&hex) != NULL)
		memcpy(out, hex.p, hex.n + 1);
	buf_clear(&hex);
}

static void
show_json(struct cert *c, const char *key, const char *key_file,
    const struct show_extra extras[EXTRAS])
{
	json_t *list = json_array();
	json_t *o = pick_row_json(&c->pick, c->row);

	for (size_t i = 0; i < USAGES; i++)
		if ((c->info.usage & usages[i].bit) != 0)
			(void)json_array_append_new(
			    list, json_string(usages[i].word));
	(void)json_object_set_new(o, "usage", list);
	(void)json_object_set_new(o, "key_type", json_string(key));
	(void)json_object_set_new(o, "key_file", json_string(key_file));
	(void)json_object_set_new(
	    o, "owner_name", json_string(c->info.owner_name));
	(void)json_object_set_new(
	    o, "issuer_organization", json_string(c->info.issuer_org));
	for (size_t i = 0; i < EXTRAS; i++)
		(void)json_object_set_new(
		    o, extras[i].member, json_string(extras[i].value));
	if (c->row->pair->sign_key != NULL)
		(void)json_object_set_new(
		    o, "key_changed", json_integer(show_changed(c->row)));
	(void)json_object_set_new(c->answer, "certificate", o);
}

static const char *
show_yes(bool yes, bool person)
{
	if (!person)
		return yes ? "yes" : "no";

	return person_sentence(yes ? (struct person_text){ "있음", "yes" }
				   : (struct person_text){ "없음", "no" });
}

/* After what it means for a person: why a file is of no use. */
static void
show_unread(struct person_text text, enum rc rc, const struct err *e,
    char out[static SHOW_UNREAD])
{
	FILE *f = fmemopen(out, SHOW_UNREAD, "w");

	out[0] = '\0';
	if (f == NULL)
		return;
	(void)fprintf(f, "%s: ", person_sentence(text));
	reason_print(f, rc, e);
	(void)fclose(f);
}

/*
 * What stands beside "Key file": how it is encrypted, that there is none, or
 * why it cannot be read, for which unread has room.
 */
static const char *
show_key_file(const struct cert *c, const char *key_file, bool person,
    char unread[static SHOW_UNREAD])
{
	static const struct person_text text = { "읽지 못했어요",
		"cannot be read" };
	struct keyfile k;
	struct err e = { 0 };
	enum rc rc;

	if (c->row->pair->sign_key == NULL)
		return show_yes(false, person);
	if (key_file[0] != '\0')
		return key_file;
	if (!person)
		return "unreadable";
	rc = keyfile_parse(cert_file(c, FOLDER_SIGN_KEY), &k, &e);
	show_unread(text, rc, &e, unread);

	return unread;
}

/*
 * What stands beside "Encryption pair": that there is one or not, whose it is
 * where it is another's, or what half of one lacks, for which half has room.
 */
static const char *
show_pair(const struct cert *c, bool person, char half[static SHOW_UNREAD])
{
	static const struct person_text no = { "없음", "no" };
	static const struct person_text other = { "있음, 다른 사람의 것",
		"yes, of another owner" };
	struct beside found = beside_of(&c->medium);
	struct err e = { 0 };
	enum rc rc;

	if (!person)
		return beside_word(&found);
	if (found.other)
		return person_sentence(other);
	if (found.lacks == FOLDER_FILES)
		return show_yes(found.encryption, person);
	rc = beside_why(&c->medium, c->row->pair, found.lacks, &e);
	show_unread(no, rc, &e, half);

	return half;
}

/* Who people know, and which of its names it is, where that is another. */
static const char *
show_issuer(const struct certinfo *info, char out[static SHOW_ISSUER])
{
	const char *known = pick_issuer(info);
	bool other =
	    info->issuer[0] != '\0' && strcmp(known, info->issuer) != 0;

	(void)snprintf(out, SHOW_ISSUER, "%s%s%s%s", known, other ? " (" : "",
	    other ? info->issuer : "", other ? ")" : "");

	return out;
}

static void
show_facts(struct cert *c, const char *key, const char *key_file,
    const struct show_extra extras[EXTRAS])
{
	struct show s = { .out = stdout, .person = columns_seen(stdout) };
	const struct certinfo *info = &c->info;
	const struct policy *policy = info->policy;
	char from[PICK_TIME], until[PICK_TIME], changed[PICK_TIME] = "";
	char used[SHOW_USAGES], unread[SHOW_UNREAD], half[SHOW_UNREAD];
	char issuer[SHOW_ISSUER];
	int64_t changed_ms = show_changed(c->row);

	pick_time(from, info->not_before_ms, !s.person);
	pick_time(until, info->not_after_ms, !s.person);
	if (changed_ms != 0)
		pick_time(changed, changed_ms, !s.person);
	show_usages(info->usage, s.person, used);
	show_row(&s, "owner", (struct person_text){ "이름", "Owner" },
	    s.person ? info->name : info->owner);
	show_row(&s, "owner-name", (struct person_text){ "실명", "Real name" },
	    info->owner_name);
	show_row(&s, "kind", (struct person_text){ "종류", "Kind" },
	    s.person ? person_sentence(
			   (struct person_text){ policy->ko, policy->en })
		     : policy_use_name(policy->use));
	show_row(&s, "policy", (struct person_text){ "인증서 정책", "Policy" },
	    info->policy_oid);
	show_row(&s, "issuer", (struct person_text){ "발급자", "Issuer" },
	    s.person ? show_issuer(info, issuer) : info->issuer);
	show_row(&s, "serial", (struct person_text){ "일련번호", "Serial" },
	    info->serial);
	show_row(&s, "not-before",
	    (struct person_text){ "시작하는 날", "From" }, from);
	show_row(&s, "not-after", (struct person_text){ "끝나는 날", "Until" },
	    until);
	show_row(&s, "state", (struct person_text){ "상태", "State" },
	    s.person ? pick_state_name(c->row) : pick_state(c->row));
	show_row(&s, "usage", (struct person_text){ "용도", "Usage" }, used);
	show_row(&s, "key", (struct person_text){ "키", "Key" }, key);
	show_row(&s, "key-file",
	    (struct person_text){ "개인키 파일", "Key file" },
	    show_key_file(c, key_file, s.person, unread));
	show_row(&s, "key-changed",
	    (struct person_text){ "비밀번호를 정한 날", "Password set" },
	    changed);
	show_row(&s, "encryption",
	    (struct person_text){ "암호용 인증서(kmCert)", "Encryption pair" },
	    show_pair(c, s.person, half));
	show_row(&s, "fingerprint",
	    (struct person_text){ "SHA-256 지문", "SHA-256 fingerprint" },
	    c->row->fingerprint);
	for (size_t i = 0; i < EXTRAS; i++)
		show_row(&s, extras[i].word, extras[i].name, extras[i].value);
	show_row(&s, "medium", (struct person_text){ "저장매체", "Medium" },
	    s.person ? pick_medium_name(c->row) : pick_medium(c->row));
	show_row(&s, "folder", (struct person_text){ "폴더", "Folder" },
	    c->row->folder);
	show_print(&s);
	if (s.person && changed_ms != 0 &&
	    clock_wall_ms() - changed_ms > SHOW_AGE_MS)
		(void)printf("\n%s\n",
		    person_sentence((struct person_text){
			"비밀번호를 6개월 넘게 바꾸지 않았어요. 바꾸는 것을 권해요.",
			"The password has not been changed for 6 months. "
			"Consider changing it." }));
}

/* All of it, to whoever looks. */
static void
show_all(struct cert *c, const struct certview *v)
{
	char key[16], key_file[96], sha1[SHOW_HEX], authority[SHOW_HEX];
	const struct show_extra extras[EXTRAS] = {
		{ "subject", "subject", { "주체", "Subject" }, v->subject },
		{ "issuer-name", "issuer_name", { "발급자", "Issuer name" },
		    v->issuer },
		{ "signature-algorithm", "signature_algorithm",
		    { "서명 알고리즘", "Signature algorithm" }, v->signature },
		{ "notice", "notice", { "이용자 고지", "Notice" }, v->notice },
		{ "cps", "cps", { "인증업무준칙", "Practice statement" },
		    v->cps },
		{ "crl", "crl", { "폐지목록", "Revocation list" }, v->crl },
		{ "ocsp", "ocsp", { "실시간 확인(OCSP)", "OCSP" }, v->ocsp },
		{ "authority-key", "authority_key_id",
		    { "발급기관 키", "Issuer's key" }, authority },
		{ "fingerprint-sha1", "fingerprint_sha1",
		    { "SHA-1 지문", "SHA-1 fingerprint" }, sha1 },
	};

	show_hex((struct span){ v->sha1, PLATFORM_SHA1 }, sha1);
	show_hex(v->aki.n * 2 < SHOW_HEX ? v->aki : (struct span){ NULL, 0 },
	    authority);
	(void)snprintf(key, sizeof(key), "%s", key_words[c->info.key]);
	if (c->info.key == CERTINFO_KEY_RSA)
		(void)snprintf(
		    key, sizeof(key), "RSA-%zu", c->info.modulus.n * 8);
	cert_show_key_file(
	    cert_file(c, FOLDER_SIGN_KEY), key_file, sizeof(key_file));
	if (c->json)
		show_json(c, key, key_file, extras);
	else
		show_facts(c, key, key_file, extras);
}

enum cert_end
cert_show(struct cert *c)
{
	struct certview view;
	enum cert_end end = cert_choose(c);
	enum rc rc;

	if (end == CERT_DONE)
		end = cert_read(c);
	if (end != CERT_DONE)
		return end;
	rc = certview_parse(cert_file(c, FOLDER_SIGN_CERT), &view, &c->err);
	if (rc == RC_OK)
		show_all(c, &view);

	return cert_failed_in(c, FOLDER_SIGN_CERT, rc);
}
