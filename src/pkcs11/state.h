/*
 * state.h - see state.c.
 */
#pragma once

#include "pkcs11/api.h"
#include "pkcs11/helper.h"
#include "pkcs11/object.h"
#include "pkcs11/session.h"
#include "wire/tokenconf.h"

#define STATE_SLOT 1UL

/* Everything the module knows, guarded by one lock that is held shortly. */
struct state {
	bool ready;  /* between C_Initialize and C_Finalize */
	bool ending; /* C_Finalize waits for the waiting calls to leave */
	bool
	    present; /* the configuration is readable: a token is in the slot */
	bool logged_in;
	uint32_t logouts; /* C_Logout calls, which the helper must keep apart */
	bool announced;   /* the first session of this process was told */
	bool noted;       /* that there is no helper was said */
	bool pin_low, pin_final, pin_locked;
	char program[64];
	uint8_t owner[32]; /* whose certificates: SHA-256 of server and phone */
	struct tokenconf conf;
	struct object_table objects;
	struct session *sessions;
	CK_SESSION_HANDLE last_session;
	unsigned int busy; /* calls that work outside of the lock */
	struct helper helper;
};

/*
 * The gate of every C_ function: CKR_CRYPTOKI_NOT_INITIALIZED, or CKR_OK with
 * the lock held and the state lent until state_leave().
 */
CK_RV state_enter(struct state **out);

void state_leave(struct state *st);

/*
 * Around work that may take long: gives the lock back, and takes it again.
 * While it is away C_Finalize waits. state_leave() is still to be called.
 */
void state_pause(struct state *st);
void state_resume(struct state *st);

/* C_Initialize and C_Finalize. */
CK_RV state_start(const CK_C_INITIALIZE_ARGS *args);
CK_RV state_stop(void);

/* As state_enter(), then the session. CKR_SESSION_HANDLE_INVALID. */
CK_RV state_enter_session(
    CK_SESSION_HANDLE handle, struct state **st, struct session **s);

/* Reads the list that the last run left; nothing is there: nothing happens. */
void state_load_objects(struct state *st);
