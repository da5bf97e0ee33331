/*
 * command.h - see command.c.
 */
#pragma once

/* ingam-vault(8): the exit status of main(). */
int command_vault(int argc, char **argv);
