/*
 * command.h - see command.c.
 */
#pragma once

/* The ingam-phone command line; gives the exit code. */
int command_main(int argc, char **argv);
