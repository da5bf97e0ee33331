/*
 * unit.h - the aggregates' parts in a unit of work that spans several.
 *
 * For the files of this room only: each is part of a transaction that its
 * caller, run by db_write(), makes.
 */
#pragma once

#include "db/db.h"
#include "store/approval.h"
#include "store/device.h"
#include "store/history.h"
#include "store/session.h"
#include "store/transfer.h"

/* h may be NULL. *was_new (may be NULL): it was not there yet. */
IG_CHECK enum rc history_append_in(
    struct db_conn *c, const struct history *h, bool *was_new, struct err *e);

/* RC_EXISTS. */
IG_CHECK enum rc session_create_in(
    struct db_conn *c, const struct session *s, struct err *e);
IG_CHECK enum rc device_create_in(
    struct db_conn *c, const struct device *d, struct err *e);

/* m may be NULL. RC_STATE. */
IG_CHECK enum rc approval_advance_in(
    struct db_conn *c, const struct approval_move *m, struct err *e);
IG_CHECK enum rc transfer_advance_in(
    struct db_conn *c, const struct transfer_move *m, struct err *e);

IG_CHECK enum rc join_delete_in(
    struct db_conn *c, const uint8_t id[static STORE_ID], struct err *e);
