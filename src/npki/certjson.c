/*
 * certjson.c - a certificate's facts as JSON: one form for the browser and
 * for the command line.
 *
 * Belongs here: members and their names.
 * Not here: the facts (certinfo.c); JSON that comes in.
 */
#include "npki/certjson.h"

struct text {
	char *p;
	size_t n, size;
	bool failed;
};

static void
certjson_raw(struct text *t, struct span s)
{
	if (t->failed || s.n >= t->size - t->n) {
		t->failed = true;
		return;
	}
	memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
	t->p[t->n] = '\0';
}

/* Strings of certinfo hold no control characters (text_sanitise). */
static void
certjson_string(struct text *t, const char *s)
{
	certjson_raw(t, SPAN_LIT("\""));
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			certjson_raw(t, SPAN_LIT("\\"));
		certjson_raw(t, (struct span){ (const uint8_t *)s, 1 });
	}
	certjson_raw(t, SPAN_LIT("\""));
}

static void
certjson_number(struct text *t, int64_t v)
{
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char digits[21];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (v < 0)
		digits[--i] = '-';
	certjson_raw(t,
	    (struct span){ (const uint8_t *)digits + i, sizeof(digits) - i });
}

static void
certjson_usage(struct text *t, unsigned int usage)
{
	static const char *const names[] = { "digitalSignature",
		"nonRepudiation", "keyEncipherment", "dataEncipherment",
		"keyAgreement", "keyCertSign", "cRLSign", "encipherOnly",
		"decipherOnly" };
	bool first = true;

	certjson_raw(t, SPAN_LIT("["));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((usage & 1U << i) == 0)
			continue;
		if (!first)
			certjson_raw(t, SPAN_LIT(","));
		certjson_string(t, names[i]);
		first = false;
	}
	certjson_raw(t, SPAN_LIT("]"));
}

static const char *
certjson_key(enum certinfo_key key)
{
	switch (key) {
	case CERTINFO_KEY_OTHER:
		break;
	case CERTINFO_KEY_RSA:
		return "RSA";
	case CERTINFO_KEY_P256:
		return "P-256";
	case CERTINFO_KEY_P384:
		return "P-384";
	}

	return "other";
}

size_t
certjson_write(const struct certinfo *c, char *out, size_t size)
{
	const struct {
		const char *name, *value;
	} strings[] = {
		{ "{\"owner\":", c->owner },
		{ ",\"realName\":", c->owner_name },
		{ ",\"issuer\":", c->issuer },
		{ ",\"issuerOrganisation\":", c->issuer_org },
		{ ",\"serial\":", c->serial },
		{ ",\"policy\":", c->policy_oid },
		{ ",\"kind\":", policy_use_name(c->policy->use) },
		{ ",\"holder\":", policy_holder_name(c->policy->holder) },
		{ ",\"kindText\":{\"ko\":", c->policy->ko },
		{ ",\"en\":", c->policy->en },
		{ "},\"key\":", certjson_key(c->key) },
	};
	struct text t = { .p = out, .size = size, .failed = size == 0 };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		certjson_raw(&t, span_str(strings[i].name));
		certjson_string(&t, strings[i].value);
	}
	certjson_raw(&t, SPAN_LIT(",\"keyBits\":"));
	certjson_number(&t,
	    (int64_t)(c->modulus.n > 0 ? c->modulus.n * 8
				       : c->point.n / 2 * 8));
	certjson_raw(&t, SPAN_LIT(",\"notBefore\":"));
	certjson_number(&t, c->not_before_ms);
	certjson_raw(&t, SPAN_LIT(",\"notAfter\":"));
	certjson_number(&t, c->not_after_ms);
	certjson_raw(&t, SPAN_LIT(",\"keyUsage\":"));
	certjson_usage(&t, c->usage);
	certjson_raw(&t, SPAN_LIT("}"));
	if (t.failed && size > 0)
		out[0] = '\0';

	return t.failed ? 0 : t.n;
}
