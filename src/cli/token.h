/*
 * token.h - see token.c.
 */
#pragma once

/* "ingam token register"; argv[0] is the verb. Gives the exit code. */
int token_register(int argc, char **argv);

/* "ingam token unregister". */
int token_unregister(int argc, char **argv);
