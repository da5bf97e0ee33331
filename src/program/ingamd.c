/*
 * ingamd.c - the service.
 */
#include "daemon/daemon.h"

int
main(int argc, char **argv)
{
	return command_main(argc, argv);
}
