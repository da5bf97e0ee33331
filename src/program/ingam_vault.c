/*
 * ingam_vault.c - the only program that holds private keys.
 */
#include "vault/command.h"

int
main(int argc, char **argv)
{
	return command_vault(argc, argv);
}
