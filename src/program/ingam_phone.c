/*
 * ingam_phone.c - a phone without a screen and without a person, for tests.
 */
#include "phone/command.h"

int
main(int argc, char **argv)
{
	return command_main(argc, argv);
}
