/* authority_test.c - the CAs by their names, and what people call them. */
#include "npki/authority.h"

#include "tap.h"

int
main(void)
{
	static const struct {
		const char *rule, *organisation, *common_name, *ko, *en;
	} cases[] = {
		{ "a CA that is known has its Korean name", "yessign",
		    "yessignCA Class 2", "금융결제원", "yessign" },
		{ "in letters of either case", "SIGNKOREA", "SignKorea CA4",
		    "코스콤", "SIGNKOREA" },
		{ "another is its organisation", "인감상사", "Root 1",
		    "인감상사", "인감상사" },
		{ "or its common name where it has none", "", "My own CA",
		    "My own CA", "My own CA" },
		{ "what only begins like a known one is another", "yessign2",
		    "yessign", "yessign2", "yessign2" },
		{ "what has no name has none", "", "", "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct authority_text got =
		    authority_text(cases[i].organisation, cases[i].common_name);

		ok(strcmp(got.ko, cases[i].ko) == 0 &&
			strcmp(got.en, cases[i].en) == 0,
		    "%s: %s, %s", cases[i].rule, got.ko, got.en);
	}
	ok(authority_find("KICA") != NULL &&
		strcmp(authority_find("signgate")->folder, "KICA") == 0,
	    "SignGATE is in KICA's folder");
	ok(authority_find("") == NULL, "no name is no CA");

	return tap_done();
}
