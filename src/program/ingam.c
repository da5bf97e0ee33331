/*
 * ingam.c - the command line of people.
 */
#include "base/output.h"
#include "cli/cli.h"

int
main(int argc, char **argv)
{
	return output_end("ingam", cli_main(argc, argv));
}
