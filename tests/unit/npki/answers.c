/*
 * answers.c - the native build's answers, for the test that compares the
 * WebAssembly build with it (wasm.test.mjs).
 *
 *	npki-answers CERTIFICATE                the facts as JSON
 *	npki-answers KEY PASSWORD [CERTIFICATE] the name of the code
 */
#include "base/file.h"
#include "npki/certjson.h"
#include "npki/keyfile.h"

#include <stdio.h>
#include <stdlib.h>

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
	enum rc rc = file_read(path, &file, NULL);

	if (rc == RC_OK && certificate != NULL)
		rc = file_read(certificate, &der, NULL);
	if (rc == RC_OK && certificate != NULL)
		rc = certinfo_parse(buf_span(&der), &c, NULL);
	if (rc == RC_OK)
		rc = keyfile_open(
		    buf_span(&file), span_str(password), c.modulus, &key, NULL);
	buf_clear(&file);
	buf_clear(&der);

	return rc;
}

int
main(int argc, char **argv)
{
	enum rc rc;

	if (argc < 2)
		return EXIT_FAILURE;
	rc = argc == 2
	    ? answer_certificate(argv[1])
	    : answer_key(argv[1], argv[2], argc > 3 ? argv[3] : NULL);
	if (argc > 2 || rc != RC_OK)
		puts(err_name(rc));

	return EXIT_SUCCESS;
}
