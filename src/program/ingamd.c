/*
 * ingamd.c - the service.
 */
#include "base/output.h"
#include "daemon/daemon.h"

int
main(int argc, char **argv)
{
	return output_end("ingamd", command_main(argc, argv));
}
