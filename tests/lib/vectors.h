/*
 * vectors.h - where other people's test vectors are, for C tests.
 *
 * Belongs here: the folders, and asking whether a file is in them.
 * Not here: what is in the files (each test's own).
 */
#pragma once

#include "tap.h"

#include <unistd.h>

/* A folder that an environment variable names, or one beside the source. */
static inline bool
vectors_file(char *out, size_t size, const char *variable, const char *usual,
    const char *file)
{
	const char *given = getenv(variable);
	const char *source = getenv("INGAM_SOURCE");

	if (given != NULL)
		(void)snprintf(out, size, "%s/%s", given, file);
	else
		(void)snprintf(out, size, "%s/%s/%s",
		    source == NULL ? "." : source, usual, file);

	return access(out, R_OK) == 0;
}

/*
 * A file of wycheproof/ or x509-limbo/: in INGAM_VECTORS, or in
 * shared/vectors beside the checkout. False: not there, which is a skip.
 */
__attribute__((unused)) static inline bool
vectors_path(char *out, size_t size, const char *file)
{
	return vectors_file(
	    out, size, "INGAM_VECTORS", "../shared/vectors", file);
}

/*
 * A file of NIST's PKITS: in INGAM_PKITS, or where ./dev unpacks Debian's
 * python3-cryptography-vectors.
 */
__attribute__((unused)) static inline bool
vectors_pkits(char *out, size_t size, const char *file)
{
	return vectors_file(out, size, "INGAM_PKITS",
	    "build/servers/usr/lib/python3/dist-packages/"
	    "cryptography_vectors/x509/PKITS_data",
	    file);
}
