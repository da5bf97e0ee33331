/*
 * certjson.c - a certificate's facts as JSON: one form for the browser and
 * for the command line.
 *
 * Belongs here: members and their names.
 * Not here: the facts (certinfo.c); JSON that comes in.
 */
#include "npki/certjson.h"

#include "npki/authority.h"

static void
certjson_usage(struct jsonput *w, unsigned int usage)
{
	static const char *const names[] = { "digitalSignature",
		"nonRepudiation", "keyEncipherment", "dataEncipherment",
		"keyAgreement", "keyCertSign", "cRLSign", "encipherOnly",
		"decipherOnly" };
	bool first = true;

	jsonput_raw(w, "[");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((usage & 1U << i) == 0)
			continue;
		if (!first)
			jsonput_raw(w, ",");
		jsonput_string(w, names[i]);
		first = false;
	}
	jsonput_raw(w, "]");
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

void
certjson_members(struct jsonput *w, const struct certinfo *c)
{
	const struct authority_text issuer =
	    authority_text(c->issuer_org, c->issuer);
	const struct {
		const char *name, *value;
	} strings[] = {
		{ "\"owner\":", c->owner },
		{ ",\"name\":", c->name },
		{ ",\"realName\":", c->owner_name },
		{ ",\"issuer\":", c->issuer },
		{ ",\"issuerOrganisation\":", c->issuer_org },
		{ ",\"issuerText\":{\"ko\":", issuer.ko },
		{ ",\"en\":", issuer.en },
		{ "},\"serial\":", c->serial },
		{ ",\"policy\":", c->policy_oid },
		{ ",\"kind\":", policy_use_name(c->policy->use) },
		{ ",\"holder\":", policy_holder_name(c->policy->holder) },
		{ ",\"kindText\":{\"ko\":", c->policy->ko },
		{ ",\"en\":", c->policy->en },
		{ "},\"key\":", certjson_key(c->key) },
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		jsonput_raw(w, strings[i].name);
		jsonput_string(w, strings[i].value);
	}
	jsonput_raw(w, ",\"keyBits\":");
	jsonput_number(w,
	    (int64_t)(c->modulus.n > 0 ? c->modulus.n * 8
				       : c->point.n / 2 * 8));
	jsonput_raw(w, ",\"notBefore\":");
	jsonput_number(w, c->not_before_ms);
	jsonput_raw(w, ",\"notAfter\":");
	jsonput_number(w, c->not_after_ms);
	jsonput_raw(w, ",\"keyUsage\":");
	certjson_usage(w, c->usage);
}

size_t
certjson_write(const struct certinfo *c, char *out, size_t size)
{
	struct jsonput w = jsonput_init(out, size);

	jsonput_raw(&w, "{");
	certjson_members(&w, c);
	jsonput_raw(&w, "}");

	return jsonput_end(&w);
}
