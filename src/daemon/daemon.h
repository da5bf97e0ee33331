/*
 * daemon.h - see daemon.c.
 */
#pragma once

#include "daemon/config.h"

/*
 * Serves until SIGTERM or SIGINT. When it serves it writes one line of JSON
 * to standard output: where. RC_IO, RC_FORMAT … when it cannot start.
 */
IG_CHECK enum rc daemon_serve(const struct config *c, struct err *e);

/* Makes data folder, database and vault; what is there stays. */
IG_CHECK enum rc daemon_init(const struct config *c, struct err *e);

/* Brings the database up to date. */
IG_CHECK enum rc daemon_migrate(const struct config *c, struct err *e);

/* The ingamd command line; gives the exit code. */
int command_main(int argc, char **argv);
