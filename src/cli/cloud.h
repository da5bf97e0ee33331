/*
 * cloud.h - see cloud.c.
 */
#pragma once

/* "ingam cloud import"; argv[0] is the verb. Gives the exit code. */
int cloud_import(int argc, char **argv);
