/*
 * send.h - see send.c.
 */
#pragma once

#include "base/err.h"
#include "client/rest.h"
#include "pake/code.h"
#include "pake/transfer.h"

/* How far a transfer got; SEND_STEPS texts stand in the caller's tongue. */
enum send_step {
	SEND_CONNECTING, /* looking for the phone behind the number */
	SEND_PROVING,    /* both sides prove that they know it */
	SEND_WAITING, /* sent; the phone asks for the password and approval */
	SEND_DONE,
};

typedef void send_progress(void *arg, enum send_step step);

/*
 * The PC's side of registering a certificate: shows the phone behind code
 * that we know it, sends the files sealed, waits until the phone has
 * registered them. r is the PC origin. progress may be NULL.
 * RC_SECRET: the number is wrong or was used; RC_REFUSED: the phone's side
 * ended it; RC_EXPIRED; RC_IO.
 */
IG_CHECK enum rc send_files(struct rest *r, const struct code *code,
    const struct transfer_files *files, send_progress *progress, void *arg,
    struct rest_problem *problem, struct err *e);
