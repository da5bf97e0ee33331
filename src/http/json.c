/*
 * json.c - reads JSON from outside, strictly, with limits at every member.
 *
 * Belongs here: parsing, getters, the one place that knows the library.
 * Not here: writing (json_put.c); what members mean (api).
 */
#include "http/json.h"

#include "base/enc.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

/*
 * The library's own ceiling is 2048 levels of recursion; ours is counted
 * before it starts. Brackets inside strings do not count.
 */
static bool
json_is_deep(struct span in)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}

	return false;
}

enum rc
json_parse(struct span in, struct json_t **out, struct err *e)
{
	json_error_t why;

	*out = NULL;
	if (in.n > JSON_BODY_MAX)
		return err_set(e, RC_LIMIT, NULL, "JSON text too long");
	if (in.n == 0)
		return err_set(e, RC_FORMAT, NULL, "JSON text expected");
	if (json_is_deep(in))
		return err_set(e, RC_LIMIT, NULL, "JSON nested too deeply");
	*out = json_loadb((const char *)in.p, in.n,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (*out != NULL)
		return RC_OK;
	if (json_error_code(&why) == json_error_out_of_memory)
		return err_set(e, RC_MEMORY, NULL, "out of memory");
	if (json_error_code(&why) == json_error_duplicate_key)
		return err_set(e, RC_FORMAT, NULL,
		    "a JSON member is there twice (line %d)", why.line);

	return err_set(e, RC_FORMAT, NULL, "not JSON (line %d, column %d)",
	    why.line, why.column);
}

void
json_free(struct json_t *v)
{
	json_decref(v);
}

bool
json_get_is_object(const struct json_t *v)
{
	return json_typeof(v) == JSON_OBJECT;
}

static const char *
json_type_name(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "a whole number";
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}

	return "a value";
}

/*
 * The member, NULL when it may be absent and is. A null counts as absent:
 * many writers of JSON put null for "nothing".
 */
static enum rc
json_member(const struct json_t *o, const char *name, enum json_need need,
    json_type type, const struct json_t **out, struct err *e)
{
	const struct json_t *v = json_object_get(o, name);

	*out = NULL;
	if (v == NULL || json_is_null(v)) {
		if (need == JSON_MAY)
			return RC_OK;
		return err_set(e, RC_FORMAT, name, "missing");
	}
	if (json_typeof(v) != type)
		return err_set(
		    e, RC_FORMAT, name, "must be %s", json_type_name(type));
	*out = v;

	return RC_OK;
}

static enum rc
json_check_text(const struct json_t *v, const char *field, size_t least,
    size_t most, const char **out, struct err *e)
{
	size_t n = json_string_length(v);

	if (n > most)
		return err_set(
		    e, RC_LIMIT, field, "longer than %zu bytes", most);
	if (n < least)
		return err_set(
		    e, RC_LIMIT, field, "shorter than %zu bytes", least);
	*out = json_string_value(v);

	return RC_OK;
}

enum rc
json_get_text(const struct json_t *o, const char *name, enum json_need need,
    size_t least, size_t most, const char **out, struct err *e)
{
	const struct json_t *v;
	enum rc rc;

	*out = NULL;
	rc = json_member(o, name, need, JSON_STRING, &v, e);
	if (rc != RC_OK || v == NULL)
		return rc;

	return json_check_text(v, name, least, most, out, e);
}

enum rc
json_get_display(const struct json_t *o, const char *name, enum json_need need,
    size_t least, size_t most, const char **out, struct err *e)
{
	enum rc rc = json_get_text(o, name, need, least, most, out, e);

	if (rc != RC_OK || *out == NULL ||
	    text_is_display(span_str(*out), most))
		return rc;
	*out = NULL;

	return err_set(
	    e, RC_FORMAT, name, "has characters that cannot be shown");
}

enum rc
json_get_uint(const struct json_t *o, const char *name, enum json_need need,
    uint64_t least, uint64_t most, uint64_t *out, struct err *e)
{
	const struct json_t *v;
	json_int_t i;
	enum rc rc;

	*out = 0;
	rc = json_member(o, name, need, JSON_INTEGER, &v, e);
	if (rc != RC_OK || v == NULL)
		return rc;
	i = json_integer_value(v);
	if (i < 0 || (uint64_t)i < least || (uint64_t)i > most)
		return err_set(e, RC_LIMIT, name, "must be from %llu to %llu",
		    (unsigned long long)least, (unsigned long long)most);
	*out = (uint64_t)i;

	return RC_OK;
}

enum rc
json_get_bool(const struct json_t *o, const char *name, enum json_need need,
    bool *out, struct err *e)
{
	const struct json_t *v = json_object_get(o, name);

	*out = v != NULL && json_is_true(v);
	if (v != NULL && json_is_boolean(v))
		return RC_OK;
	if ((v == NULL || json_is_null(v)) && need == JSON_MAY)
		return RC_OK;

	return err_set(e, RC_FORMAT, name,
	    v == NULL ? "missing" : "must be true or false");
}

enum rc
json_get_choice(const struct json_t *o, const char *name, enum json_need need,
    const char *const *words, size_t n, size_t *out, struct err *e)
{
	const struct json_t *v;
	enum rc rc;

	*out = n;
	rc = json_member(o, name, need, JSON_STRING, &v, e);
	if (rc != RC_OK || v == NULL)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], json_string_value(v)) == 0) {
			*out = i;
			return RC_OK;
		}
	}

	return err_set(e, RC_FORMAT, name, "not one of the known words");
}

static enum rc
json_decode(const struct json_t *v, const char *field, enum json_coding coding,
    size_t least, size_t most, struct buf *out, struct err *e)
{
	struct span in = { (const uint8_t *)json_string_value(v),
		json_string_length(v) };
	size_t before = out->n;
	enum rc rc = RC_BUG;

	if (in.n / 2 > most)
		return err_set(e, RC_LIMIT, field, "more than %zu bytes", most);
	switch (coding) {
	case JSON_HEX:
		rc = enc_hex_parse(out, in, NULL);
		break;
	case JSON_BASE64:
		rc = enc_base64_parse(out, in, NULL);
		break;
	case JSON_BASE64URL:
		rc = enc_base64url_parse(out, in, NULL);
		break;
	}
	if (rc != RC_OK)
		return err_set(e, rc, field, "badly encoded bytes");
	if (out->n - before > most || out->n - before < least) {
		out->n = before;
		return err_set(e, RC_LIMIT, field, "must be %zu to %zu bytes",
		    least, most);
	}

	return RC_OK;
}

enum rc
json_get_bytes(const struct json_t *o, const char *name, enum json_need need,
    enum json_coding coding, size_t least, size_t most, struct buf *out,
    struct err *e)
{
	const struct json_t *v;
	enum rc rc = json_member(o, name, need, JSON_STRING, &v, e);

	if (rc != RC_OK || v == NULL)
		return rc;

	return json_decode(v, name, coding, least, most, out, e);
}
