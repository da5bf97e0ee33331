/*
 * wasm_certificate.c - JavaScript's questions about a certificate.
 *
 * Belongs here: its facts, all of it, and its folders, as JSON.
 * Not here: its key (wasm_key.c).
 */
#include "npki/certjson.h"
#include "npki/certview.h"
#include "npki/jsonput.h"
#include "npki/wasm.h"

/* {certificate}: its facts as JSON. */
enum rc
wasm_certificate_facts(const struct span *parts, struct err *e)
{
	struct certinfo c;
	enum rc rc = certinfo_parse(parts[0], &c, e);

	if (rc != RC_OK)
		return rc;

	return wasm_give_json(
	    certjson_write(&c, wasm_json, sizeof(wasm_json)), e);
}

/* {certificate}: all of it as JSON. */
enum rc
wasm_certificate_view(const struct span *parts, struct err *e)
{
	struct certview v;
	enum rc rc = certview_parse(parts[0], &v, e);

	if (rc != RC_OK)
		return rc;

	return wasm_give_json(
	    certview_write(&v, wasm_json, sizeof(wasm_json)), e);
}

/* {certificate}: {"ca", "subject"}, the names of its folders. */
enum rc
wasm_certificate_folder(const struct span *parts, struct err *e)
{
	struct jsonput w = jsonput_init(wasm_json, sizeof(wasm_json));
	char ca[DN_FOLDER], subject[DN_FOLDER];
	struct certinfo c;
	enum rc rc = certinfo_parse(parts[0], &c, e);

	if (rc != RC_OK)
		return rc;
	if (!dn_ca_folder(&c, ca) || !dn_folder(c.subject_der, subject))
		return err_set(e, RC_FORMAT, "subject",
		    "a certificate without names has no folder");
	jsonput_raw(&w, "{\"ca\":");
	jsonput_string(&w, ca);
	jsonput_raw(&w, ",\"subject\":");
	jsonput_string(&w, subject);
	jsonput_raw(&w, "}");

	return wasm_give_json(jsonput_end(&w), e);
}
