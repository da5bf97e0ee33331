/*
 * serve.h - see serve.c.
 */
#pragma once

/*
 * The whole of ingam-token(8): --serve for the module, --settings [PROGRAM]
 * for people. Returns the exit code.
 */
int serve_main(int argc, char **argv);
