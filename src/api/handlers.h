/*
 * handlers.h - every handler, for the table in routes.c.
 */
#pragma once

#include "api/api.h"

route_handler join_api_server;
route_handler join_api_start;
route_handler join_api_code;
route_handler join_api_device;
route_handler join_api_challenge;
route_handler join_api_login;
route_handler join_api_logout;

route_handler member_api_me;
route_handler member_api_certificates;
route_handler member_api_certificate;
route_handler member_api_history;
route_handler member_api_unblock;
route_handler member_api_push_set;
route_handler member_api_push_delete;
route_handler member_api_push_test;
route_handler member_api_events;

route_handler approval_api_list;
route_handler approval_api_get;
route_handler approval_api_delete_certificate;
route_handler approval_api_import;
route_handler approval_api_prepare;
route_handler approval_api_approve;
route_handler approval_api_refuse;

route_handler transfer_api_open;
route_handler transfer_api_get;
route_handler transfer_api_answer;
route_handler transfer_api_end;
route_handler transfer_api_claim;
route_handler transfer_api_pc_get;
route_handler transfer_api_pc_ask;
route_handler transfer_api_pc_payload;
route_handler transfer_api_pc_end;

route_handler token_api_request;
route_handler token_api_state;
route_handler token_api_login;
route_handler token_api_sign;
route_handler token_api_withdraw;

route_handler routes_health;
