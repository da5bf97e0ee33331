/*
 * wasm_password.c - JavaScript's questions about a password that is set.
 *
 * Belongs here: the rules as JSON, and which of them a password breaks.
 * Not here: the rules (password.def).
 */
#include "npki/jsonput.h"
#include "npki/password.h"
#include "npki/wasm.h"

/* A password that is set keeps the rules; the sentence is that of the first. */
enum rc
wasm_password_check(struct span password, struct err *e)
{
	unsigned int broken = password_broken(password);

	for (size_t i = 0; password_rule(i) != NULL; i++) {
		if ((broken & 1U << i) != 0)
			return err_set(e, RC_POLICY, "password", "%s",
			    password_rule(i)->en);
	}

	return RC_OK;
}

/* {password}: the words of the rules that it breaks. */
enum rc
wasm_password_words(const struct span *parts, struct err *e)
{
	struct jsonput w = jsonput_init(wasm_json, sizeof(wasm_json));
	unsigned int broken = password_broken(parts[0]);
	const char *before = "[";

	for (size_t i = 0; password_rule(i) != NULL; i++) {
		if ((broken & 1U << i) == 0)
			continue;
		jsonput_raw(&w, before);
		jsonput_string(&w, password_rule(i)->word);
		before = ",";
	}
	jsonput_raw(&w, before[0] == '[' ? "[]" : "]");

	return wasm_give_json(jsonput_end(&w), e);
}

/* {}: the rules as [{"word", "ko", "en"}]. */
enum rc
wasm_password_rules(const struct span *parts, struct err *e)
{
	struct jsonput w = jsonput_init(wasm_json, sizeof(wasm_json));
	const struct password_rule *rule;

	(void)parts;
	for (size_t i = 0; (rule = password_rule(i)) != NULL; i++) {
		jsonput_raw(&w, i == 0 ? "[{\"word\":" : ",{\"word\":");
		jsonput_string(&w, rule->word);
		jsonput_raw(&w, ",\"ko\":");
		jsonput_string(&w, rule->ko);
		jsonput_raw(&w, ",\"en\":");
		jsonput_string(&w, rule->en);
		jsonput_raw(&w, "}");
	}
	jsonput_raw(&w, "]");

	return wasm_give_json(jsonput_end(&w), e);
}
