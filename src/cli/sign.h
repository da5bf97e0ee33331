/*
 * sign.h - see sign.c.
 */
#pragma once

/* ingam sign; argv[0] is the verb. Gives the exit code. */
int sign_main(int argc, char **argv);
