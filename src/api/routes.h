/*
 * routes.h - see routes.c.
 */
#pragma once

#include "http/route.h"

/* The rows of the two origins. */
extern const struct route routes_app[];
extern const size_t routes_app_count;
extern const struct route routes_pc[];
extern const size_t routes_pc_count;
