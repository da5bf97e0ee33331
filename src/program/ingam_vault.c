/*
 * ingam_vault.c - the only program that holds private keys.
 */
#include "base/output.h"
#include "vault/command.h"

int
main(int argc, char **argv)
{
	return output_end("ingam-vault", command_vault(argc, argv));
}
