/*
 * cert_password.h - see cert_password.c.
 */
#pragma once

#include "cli/cert.h"

/* ingam cert check-password: does the password open every key file? */
enum cert_end cert_password_check(struct cert *c);
