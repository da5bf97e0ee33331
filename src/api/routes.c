/*
 * routes.c - which path is whose: the rows of docs/http-api.md.
 *
 * Belongs here: method, path, proof, size, handler; one row each.
 * Not here: what they do (…_api.c).
 */
#include "api/routes.h"

#include "api/handlers.h"
#include "keys/keys.h"

#define API     "/api/v1"
#define RP      "/rp/v1"
#define MESSAGE (80 << 10) /* a transfer's largest message in base64url */

/* clang-format off */
const struct route routes_app[] = {
	{ ROUTE_GET, "/healthz", 0, ROUTE_MACHINE, 0, routes_health },
	{ ROUTE_GET, API "/server", 0, 0, 0, join_api_server },
	{ ROUTE_POST, API "/join", 0, 0, 1, join_api_start },
	{ ROUTE_POST, API "/join/{join}/code", 0, 0, 1, join_api_code },
	{ ROUTE_POST, API "/join/{join}/device", 0, 0, 1, join_api_device },
	{ ROUTE_POST, API "/session/challenge", 0, 0, 1, join_api_challenge },
	{ ROUTE_POST, API "/session", 0, 0, 1, join_api_login },
	{ ROUTE_DELETE, API "/session", 0, ROUTE_SESSION, 0, join_api_logout },
	{ ROUTE_GET, API "/me", 0, ROUTE_SESSION, 0, member_api_me },
	{ ROUTE_GET, API "/certificates", 0, ROUTE_SESSION, 0, member_api_certificates },
	{ ROUTE_GET, API "/certificates/{id}", 0, ROUTE_SESSION, 0, member_api_certificate },
	{ ROUTE_POST, API "/certificates/{id}/deletion", 0, ROUTE_SESSION, 0, approval_api_delete_certificate },
	{ ROUTE_GET, API "/requests", 0, ROUTE_SESSION, 0, approval_api_list },
	{ ROUTE_GET, API "/requests/{id}", 0, ROUTE_SESSION, 0, approval_api_get },
	{ ROUTE_POST, API "/requests/{id}/approval", 0, ROUTE_SESSION, 0, approval_api_prepare },
	{ ROUTE_POST, API "/requests/{id}/approve", 128 << 10, ROUTE_SESSION, 0, approval_api_approve },
	{ ROUTE_POST, API "/requests/{id}/refuse", 0, ROUTE_SESSION, 0, approval_api_refuse },
	{ ROUTE_POST, API "/unblock", 0, ROUTE_SESSION, 0, member_api_unblock },
	{ ROUTE_GET, API "/history", 0, ROUTE_SESSION, 0, member_api_history },
	{ ROUTE_POST, API "/imports", 64 << 10, ROUTE_SESSION, 0, approval_api_import },
	{ ROUTE_POST, API "/transfers", 0, ROUTE_SESSION, 0, transfer_api_open },
	{ ROUTE_GET, API "/transfers/{id}", 0, ROUTE_SESSION, 0, transfer_api_get },
	{ ROUTE_POST, API "/transfers/{id}/answer", MESSAGE, ROUTE_SESSION, 0, transfer_api_answer },
	{ ROUTE_POST, API "/transfers/{id}/end", 0, ROUTE_SESSION, 0, transfer_api_end },
	{ ROUTE_PUT, API "/push", 0, ROUTE_SESSION, 0, member_api_push_set },
	{ ROUTE_DELETE, API "/push", 0, ROUTE_SESSION, 0, member_api_push_delete },
	{ ROUTE_POST, API "/push/test", 0, ROUTE_SESSION, 1, member_api_push_test },
	{ ROUTE_GET, API "/events", 0, ROUTE_SESSION, 0, member_api_events },
};

const struct route routes_pc[] = {
	{ ROUTE_GET, "/healthz", 0, ROUTE_MACHINE, 0, routes_health },
	{ ROUTE_POST, RP "/transfers/{channel}", 0, ROUTE_MACHINE, 1, transfer_api_claim },
	{ ROUTE_GET, RP "/transfers/{id}", 0, ROUTE_MACHINE, 0, transfer_api_pc_get },
	{ ROUTE_POST, RP "/transfers/{id}/ask", 0, ROUTE_MACHINE, 0, transfer_api_pc_ask },
	{ ROUTE_POST, RP "/transfers/{id}/payload", MESSAGE, ROUTE_MACHINE, 0, transfer_api_pc_payload },
	{ ROUTE_POST, RP "/transfers/{id}/end", 0, ROUTE_MACHINE, 0, transfer_api_pc_end },
	{ ROUTE_POST, RP "/token/requests", 0, ROUTE_MACHINE, 1, token_api_request },
	{ ROUTE_GET, RP "/token/requests/{id}", 0, ROUTE_MACHINE, 0, token_api_state },
	{ ROUTE_DELETE, RP "/token/requests/{id}", 0, ROUTE_MACHINE, 0, token_api_withdraw },
	{ ROUTE_POST, RP "/token/requests/{id}/login", 0, ROUTE_MACHINE, 0, token_api_login },
	{ ROUTE_POST, RP "/token/requests/{id}/signatures", 0, ROUTE_MACHINE, 0, token_api_sign },
};
/* clang-format on */
const size_t routes_app_count = sizeof(routes_app) / sizeof(routes_app[0]);
const size_t routes_pc_count = sizeof(routes_pc) / sizeof(routes_pc[0]);

enum rc
routes_health(struct request *q, struct response *r, struct err *e)
{
	struct keys_hello hello = { 0 };
	bool ready = keys_hello(api_of(q)->domain.keys, &hello, NULL) == RC_OK;
	struct json_out *o;

	(void)e;
	o = response_json(r, ready && hello.open ? 200 : 503);
	json_put_text(o, "vault",
	    !ready                   ? "unavailable"
		: !hello.open        ? "sealed"
		: hello.weak_sandbox ? "weak-sandbox"
				     : "ready");

	return RC_OK;
}
