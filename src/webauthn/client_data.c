/*
 * client_data.c - clientDataJSON: a strict reader, and the checks on it.
 *
 * Belongs here: the only JSON that the vault reads; type, challenge, origins.
 * Not here: JSON of the API (Jansson, http); authenticator data (auth_data.c).
 */
#include "webauthn/client_data.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/sec.h"
#include "base/text.h"

#define CLIENT_CHALLENGE_DIGITS 43 /* of base64url, for 32 bytes */

#define DEPTH_MAX               4
#define KEYS_MAX                32 /* in one object */

/*
 * A cursor over text that is known to be UTF-8. It never stands past end:
 * peek() gives 0 there, which no JSON holds.
 */
struct json {
	const uint8_t *p, *end;
};

static bool json_value(struct json *j, unsigned int depth);

static uint8_t
peek(const struct json *j)
{
	return j->p < j->end ? *j->p : 0;
}

static bool
take(struct json *j, uint8_t c)
{
	if (peek(j) != c)
		return false;
	j->p++;

	return true;
}

static void
json_space(struct json *j)
{
	while (peek(j) == ' ' || peek(j) == '\t' || peek(j) == '\n' ||
	    peek(j) == '\r')
		j->p++;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Four hex digits; -1 where there are none. */
static int
json_hex4(struct json *j)
{
	int v = 0;

	for (size_t i = 0; i < 4; i++) {
		int digit = enc_hex_digit(peek(j));

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
		j->p++;
	}

	return v;
}

/* After a backslash. Surrogates must come in pairs (RFC 8259 section 8.2). */
static bool
json_escape(struct json *j)
{
	uint8_t c = peek(j);
	int v;

	if (c == 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return false;
	j->p++;
	if (c != 'u')
		return true;
	if ((v = json_hex4(j)) < 0 || (v >= 0xdc00 && v <= 0xdfff))
		return false;
	if (v < 0xd800 || v > 0xdbff)
		return true;
	if (!take(j, '\\') || !take(j, 'u'))
		return false;
	v = json_hex4(j);

	return v >= 0xdc00 && v <= 0xdfff;
}

/* A string; out is what stands between the quotes, escapes and all. */
static bool
json_string(struct json *j, struct span *out, bool *escaped)
{
	const uint8_t *start;

	*escaped = false;
	if (!take(j, '"'))
		return false;
	start = j->p;
	while (peek(j) != '"') {
		if (peek(j) < 0x20)
			return false;
		if (*j->p++ == '\\') {
			*escaped = true;
			if (!json_escape(j))
				return false;
		}
	}
	*out = (struct span){ start, (size_t)(j->p - start) };
	j->p++;

	return true;
}

static bool
json_digits(struct json *j)
{
	const uint8_t *start = j->p;

	while (is_digit(peek(j)))
		j->p++;

	return j->p > start;
}

static bool
json_number(struct json *j)
{
	(void)take(j, '-');
	if (!take(j, '0') && !json_digits(j))
		return false;
	if (take(j, '.') && !json_digits(j))
		return false;
	if (take(j, 'e') || take(j, 'E')) {
		if (!take(j, '+'))
			(void)take(j, '-');
		return json_digits(j);
	}

	return true;
}

static bool
json_word(struct json *j, const char *word)
{
	for (; *word != '\0'; word++)
		if (!take(j, (uint8_t)*word))
			return false;

	return true;
}

/*
 * A key and its colon. Escapes in keys are refused: two spellings of one key
 * are how two readers are made to disagree.
 */
static bool
json_key(struct json *j, struct span *keys, size_t n)
{
	bool escaped;

	json_space(j);
	if (n == KEYS_MAX || !json_string(j, &keys[n], &escaped) || escaped)
		return false;
	for (size_t i = 0; i < n; i++)
		if (span_equal(keys[i], keys[n]))
			return false;
	json_space(j);

	return take(j, ':');
}

/* The depth is capped, so this recursion is too: NOLINTBEGIN(misc-no-recursion) */
static bool
json_object(struct json *j, unsigned int depth)
{
	struct span keys[KEYS_MAX];
	size_t n = 0;

	json_space(j);
	if (take(j, '}'))
		return true;
	do {
		if (!json_key(j, keys, n++) || !json_value(j, depth))
			return false;
	} while (take(j, ','));

	return take(j, '}');
}

static bool
json_array(struct json *j, unsigned int depth)
{
	json_space(j);
	if (take(j, ']'))
		return true;
	do {
		if (!json_value(j, depth))
			return false;
	} while (take(j, ','));

	return take(j, ']');
}

/* Any value with the space around it. */
static bool
json_value(struct json *j, unsigned int depth)
{
	struct span ignored;
	bool escaped, good;

	json_space(j);
	switch (peek(j)) {
	case '{':
		j->p++;
		good = depth < DEPTH_MAX && json_object(j, depth + 1);
		break;
	case '[':
		j->p++;
		good = depth < DEPTH_MAX && json_array(j, depth + 1);
		break;
	case '"':
		good = json_string(j, &ignored, &escaped);
		break;
	case 't':
		good = json_word(j, "true");
		break;
	case 'f':
		good = json_word(j, "false");
		break;
	case 'n':
		good = json_word(j, "null");
		break;
	default:
		good = json_number(j);
	}
	json_space(j);

	return good;
}

/* NOLINTEND(misc-no-recursion) */

static bool
json_bool(struct json *j, bool *out)
{
	bool good;

	json_space(j);
	*out = peek(j) == 't';
	good = json_word(j, *out ? "true" : "false");
	json_space(j);

	return good;
}

/* A string of ours: none of the five ever needs an escape. */
static bool
json_plain(struct json *j, struct span *out)
{
	bool escaped, good;

	json_space(j);
	good = json_string(j, out, &escaped) && !escaped;
	json_space(j);

	return good;
}

static bool
client_member(struct json *j, struct span key, struct client_data *out)
{
	const struct {
		struct span name;
		struct span *into;
	} texts[] = {
		{ SPAN_LIT("type"), &out->type },
		{ SPAN_LIT("challenge"), &out->challenge },
		{ SPAN_LIT("origin"), &out->origin },
		{ SPAN_LIT("topOrigin"), &out->top_origin },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (span_equal(key, texts[i].name))
			/* An empty one would pass for an absent one. */
			return json_plain(j, texts[i].into) &&
			    texts[i].into->n > 0;
	if (span_equal(key, SPAN_LIT("crossOrigin")))
		return json_bool(j, &out->cross_origin);

	return json_value(j, 1);
}

static bool
client_object(struct json *j, struct client_data *out)
{
	struct span keys[KEYS_MAX];
	size_t n = 0;

	json_space(j);
	if (!take(j, '{'))
		return false;
	do {
		if (!json_key(j, keys, n) || !client_member(j, keys[n], out))
			return false;
		n++;
	} while (take(j, ','));
	if (!take(j, '}'))
		return false;
	json_space(j);

	return j->p == j->end && out->type.n > 0 && out->challenge.n > 0 &&
	    out->origin.n > 0;
}

enum rc
client_data_parse(struct span in, struct client_data *out, struct err *e)
{
	struct json j = { in.p, in.p + in.n };

	memset(out, 0, sizeof(*out));
	if (in.n > CLIENT_DATA_MAX)
		return err_set(e, RC_LIMIT, "clientDataJSON", "too long");
	if (in.n == 0 || !text_is_utf8(in) || !client_object(&j, out)) {
		memset(out, 0, sizeof(*out));
		return err_set(e, RC_FORMAT, "clientDataJSON",
		    "not client data (WebAuthn 5.8.1)");
	}

	return RC_OK;
}

static enum rc
client_check_challenge(
    struct span text, const uint8_t want[static 32], struct err *e)
{
	struct buf b = buf_init(32);
	enum rc rc = enc_base64url_parse(&b, text, NULL);
	bool good =
	    rc == RC_OK && sec_equal(buf_span(&b), (struct span){ want, 32 });
	/* So many digits find room, where there is any. */
	bool starved = rc == RC_LIMIT && text.n <= CLIENT_CHALLENGE_DIGITS;

	buf_clear(&b);
	if (starved)
		return err_set(e, RC_MEMORY, NULL, "out of memory");

	return good ? RC_OK
		    : err_set(e, RC_DENIED, "challenge", "another challenge");
}

static bool
client_origin_is(struct span origin, const struct client_expected *want)
{
	for (size_t i = 0; i < want->n_origins; i++)
		if (span_equal(origin, want->origins[i]))
			return true;

	return false;
}

enum rc
client_data_check(struct span in, const char *type,
    const struct client_expected *want, uint8_t hash[static 32], struct err *e)
{
	struct client_data d;
	enum rc rc = client_data_parse(in, &d, e);

	memset(hash, 0, 32);
	if (rc != RC_OK)
		return rc;
	if (!span_equal(d.type, span_str(type)))
		return err_set(e, RC_DENIED, "type", "another ceremony");
	if ((rc = client_check_challenge(d.challenge, want->challenge, e)) !=
	    RC_OK)
		return rc;
	if (!client_origin_is(d.origin, want))
		return err_set(e, RC_DENIED, "origin", "foreign origin");
	if (d.cross_origin)
		return err_set(e, RC_DENIED, "crossOrigin",
		    "asked for inside another site's page");
	if (d.top_origin.n > 0 && !client_origin_is(d.top_origin, want))
		return err_set(e, RC_DENIED, "topOrigin", "foreign origin");
	digest_sha256(hash, &in, 1);

	return RC_OK;
}
