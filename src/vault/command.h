/*
 * command.h - see command.c.
 */
#pragma once

/* The ingam-vault command line; gives the exit code. */
int command_vault(int argc, char **argv);
