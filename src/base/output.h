/*
 * output.h - see output.c.
 */
#pragma once

/* The exit code of output that was lost, the same in all our programs. */
#define OUTPUT_LOST 4

/*
 * The last call of a program: writes what standard output still holds. Gives
 * the code that main() returns: code, or OUTPUT_LOST where code is 0 and not
 * all of the output was taken; that is said on standard error. A program that
 * had failed keeps its code.
 */
int output_end(const char *program, int code);
