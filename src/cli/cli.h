/*
 * cli.h - see cli.c.
 */
#pragma once

/* Runs a command line; argv[0] is the program. Gives the exit code. */
int cli_main(int argc, char **argv);
