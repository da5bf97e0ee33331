/*
 * ingam_token.c - ingam-token(8), the helper of the PKCS#11 module.
 *
 * Belongs here: nothing.
 * Not here: everything (token/serve.c).
 */
#include "base/output.h"
#include "token/serve.h"

int
main(int argc, char **argv)
{
	return output_end("ingam-token", serve_main(argc, argv));
}
