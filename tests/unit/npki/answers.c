/*
 * answers.c - the native build's answers, for the test that compares the
 * WebAssembly build with it (wasm.test.mjs).
 *
 *	npki-answers CERTIFICATE                 the facts as JSON
 *	npki-answers KEY PASSWORD [CERTIFICATE]  the name of the code
 *	npki-answers --view CERTIFICATE          all of it as JSON
 *	npki-answers --folder CERTIFICATE        its folders' names
 *	npki-answers --change KEY OLD NEW FORM   the new file to standard output
 *	npki-answers --broken PASSWORD           words of the rules it breaks
 *	npki-answers --opened KEY PASSWORD       the PrivateKeyInfo
 *	npki-answers --pfx FILE PASSWORD         certificates and PrivateKeyInfos
 *
 * Belongs here: one call of npki a form of the command line.
 * Not here: comparing (wasm.test.mjs).
 */
#include "base/file.h"
#include "npki/certjson.h"
#include "npki/certview.h"
#include "npki/keyfile.h"
#include "npki/keymatch.h"
#include "npki/keyput.h"
#include "npki/password.h"
#include "npki/pfx.h"

#include <stdio.h>
#include <stdlib.h>

static void
put(struct span s)
{
	(void)fwrite(s.p, 1, s.n, stdout);
}

static enum rc
answer_certificate(const char *path)
{
	struct buf der = buf_init(1 << 20);
	char json[CERTJSON_MAX];
	struct certinfo c;
	enum rc rc = file_read(path, &der, NULL);

	if (rc == RC_OK)
		rc = certinfo_parse(buf_span(&der), &c, NULL);
	if (rc == RC_OK && certjson_write(&c, json, sizeof(json)) > 0)
		puts(json);
	buf_clear(&der);

	return rc;
}

static enum rc
answer_key(const char *path, const char *password, const char *certificate)
{
	struct buf file = buf_init(1 << 20), der = buf_init(1 << 20);
	struct sec key SEC_WIPED = { 0 };
	struct certinfo c = { 0 };
	struct pkinfo numbers;
	enum rc rc = file_read(path, &file, NULL);

	if (rc == RC_OK && certificate != NULL)
		rc = file_read(certificate, &der, NULL);
	if (rc == RC_OK && certificate != NULL)
		rc = certinfo_parse(buf_span(&der), &c, NULL);
	if (rc == RC_OK)
		rc = keyfile_open_beside(
		    buf_span(&file), span_str(password), c.modulus, &key, NULL);
	if (rc == RC_OK && certificate != NULL)
		rc = pkinfo_parse(sec_span(&key), &numbers, NULL);
	if (rc == RC_OK && certificate != NULL)
		rc = keymatch_check(&c, &numbers, NULL);
	buf_clear(&file);
	buf_clear(&der);

	return rc;
}

static enum rc
answer_view(char **argv)
{
	struct buf der = buf_init(1 << 20);
	static char json[CERTVIEW_JSON];
	struct certview v;
	enum rc rc = file_read(argv[0], &der, NULL);

	if (rc == RC_OK)
		rc = certview_parse(buf_span(&der), &v, NULL);
	if (rc == RC_OK && certview_write(&v, json, sizeof(json)) > 0)
		puts(json);
	buf_clear(&der);

	return rc;
}

static enum rc
answer_folder(char **argv)
{
	struct buf der = buf_init(1 << 20);
	char ca[DN_FOLDER], subject[DN_FOLDER];
	struct certinfo c;
	enum rc rc = file_read(argv[0], &der, NULL);

	if (rc == RC_OK)
		rc = certinfo_parse(buf_span(&der), &c, NULL);
	if (rc == RC_OK && dn_ca_folder(&c, ca) &&
	    dn_folder(c.subject_der, subject))
		printf("%s/USER/%s\n", ca, subject);
	buf_clear(&der);

	return rc;
}

static enum rc
answer_change(char **argv)
{
	struct buf file = buf_init(1 << 20);
	struct sec key SEC_WIPED = { 0 };
	uint8_t out[KEYFILE_MAX];
	struct span made, none = { NULL, 0 };
	enum pbe_form form;
	enum rc rc = file_read(argv[0], &file, NULL);

	if (rc == RC_OK)
		rc = keyfile_open(
		    buf_span(&file), span_str(argv[1]), none, &key, NULL);
	if (rc == RC_OK && !pbeput_form_find(argv[3], &form))
		rc = RC_UNKNOWN;
	if (rc == RC_OK)
		rc = keyput_seal(form, 0, span_str(argv[2]), sec_span(&key),
		    out, sizeof(out), &made, NULL);
	if (rc == RC_OK)
		put(made);
	buf_clear(&file);

	return rc;
}

static enum rc
answer_broken(char **argv)
{
	unsigned int broken = password_broken(span_str(argv[0]));

	for (size_t i = 0; password_rule(i) != NULL; i++) {
		if ((broken & 1U << i) != 0)
			puts(password_rule(i)->word);
	}

	return RC_OK;
}

static enum rc
answer_opened(char **argv)
{
	struct buf file = buf_init(1 << 20);
	struct sec key SEC_WIPED = { 0 };
	struct span none = { NULL, 0 };
	enum rc rc = file_read(argv[0], &file, NULL);

	if (rc == RC_OK)
		rc = keyfile_open(
		    buf_span(&file), span_str(argv[1]), none, &key, NULL);
	put(sec_span(&key));
	buf_clear(&file);

	return rc;
}

static enum rc
answer_pfx(char **argv)
{
	struct buf file = buf_init(1 << 20);
	struct pfx p = { 0 };
	enum rc rc = file_read(argv[0], &file, NULL);

	if (rc == RC_OK)
		rc = pfx_open(buf_span(&file), span_str(argv[1]), &p, NULL);
	for (size_t i = 0; i < p.n; i++) {
		put(p.pairs[i].certificate);
		put(p.pairs[i].info);
	}
	for (size_t i = 0; i < p.chain_n; i++)
		put(p.chain[i]);
	pfx_clear(&p);
	buf_clear(&file);

	return rc;
}

static const struct {
	const char *name;
	int arguments;
	enum rc (*run)(char **argv);
} verbs[] = {
	{ "--view", 1, answer_view },
	{ "--folder", 1, answer_folder },
	{ "--change", 4, answer_change },
	{ "--broken", 1, answer_broken },
	{ "--opened", 2, answer_opened },
	{ "--pfx", 2, answer_pfx },
};

int
main(int argc, char **argv)
{
	enum rc rc;

	if (argc < 2)
		return EXIT_FAILURE;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (argc != 2 + verbs[i].arguments)
			return EXIT_FAILURE;
		rc = verbs[i].run(argv + 2);
		if (rc != RC_OK)
			puts(err_name(rc));
		return EXIT_SUCCESS;
	}
	rc = argc == 2
	    ? answer_certificate(argv[1])
	    : answer_key(argv[1], argv[2], argc > 3 ? argv[3] : NULL);
	if (argc > 2 || rc != RC_OK)
		puts(err_name(rc));

	return EXIT_SUCCESS;
}
