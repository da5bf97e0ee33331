/*
 * enrol.h - see enrol.c.
 */
#pragma once

#include "vault/call.h"

enum rc enrol_verb_begin(struct call *c);
enum rc enrol_verb(struct call *c);

/* Forgets challenges whose time is over. */
void enrol_tick(struct vault *v);
void enrol_clear(struct vault *v);
