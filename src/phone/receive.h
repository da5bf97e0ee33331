/*
 * receive.h - see receive.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "pake/code.h"
#include "pake/transfer.h"
#include "phone/phone.h"

/*
 * Opens a transfer and gives the number that the PC must be given. id is 33
 * bytes.
 */
IG_CHECK enum rc receive_start(
    struct phone *p, char id[static 33], struct code *code, struct err *e);

/*
 * Waits for the PC, proves the number, opens what it sends and registers it,
 * the password sealed to the vault. *certificate is the new one (given).
 * RC_SECRET: the PC knows another number. RC_REFUSED: the service said no
 * (p->problem), or the PC ended it.
 */
IG_CHECK enum rc receive_finish(struct phone *p, const char *id,
    const struct code *code, struct span password, json_t **certificate,
    struct err *e);

/*
 * The last step alone, for files that are here already: registers them, the
 * password sealed to the vault. transfer is NULL where there was none.
 * RC_REFUSED: p->problem.
 */
IG_CHECK enum rc receive_store(struct phone *p, const char *transfer,
    const struct transfer_files *files, struct span password,
    json_t **certificate, struct err *e);
