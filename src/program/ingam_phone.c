/*
 * ingam_phone.c - a phone without a screen and without a person, for tests.
 */
#include "base/output.h"
#include "phone/command.h"

int
main(int argc, char **argv)
{
	return output_end("ingam-phone", command_main(argc, argv));
}
