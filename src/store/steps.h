/*
 * steps.h - the schema's steps, made at build time of store/sql by
 * tools/embed-sql.sh. For store.c only.
 */
#pragma once

#include "db/migrate.h"

extern const struct migration steps_all[];
extern const size_t steps_n;
