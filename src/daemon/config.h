/*
 * config.h - see config.c.
 */
#pragma once

#include "base/conf.h"
#include "base/err.h"
#include "base/log.h"

#define CONFIG_PATH_MAX 512

/* Every value of ingamd.conf(5), as the rest of the daemon reads it. */
struct config {
	char name[64];
	char bind[64];
	uint64_t port_base;
	char app_origin[256];
	char pc_origin[256];
	char rp_id[128];
	char data[CONFIG_PATH_MAX];
	char web[CONFIG_PATH_MAX];
	char database[CONFIG_PATH_MAX];
	char tls_certificate[CONFIG_PATH_MAX];
	char tls_key[CONFIG_PATH_MAX];
	bool trusted_proxy;
	char vault_program[CONFIG_PATH_MAX];
	char vault_socket[CONFIG_PATH_MAX];
	bool vault_start;
	bool vault_weak_sandbox;
	char identity[16];
	char identity_url[256];
	char identity_secret[CONFIG_PATH_MAX];
	char identity_channel[128];
	char push_subject[128];
	char push_extra_origin[256];
	bool allow_test_phones;
	uint64_t workers;
	uint64_t connections, connections_per_address;
	uint64_t address_burst, address_per_minute;
	uint64_t token_count;
	int64_t open_key_ms;
	int64_t token_life_ms;
	int64_t request_life_ms;
	int64_t transfer_life_ms;
	int64_t session_life_ms;
	uint64_t request_hour_limit;
	uint64_t request_day_limit;
	uint64_t wrong_code_hour_limit, wrong_pin_hour_limit;
	uint64_t transfer_hour_limit;
	uint64_t certificate_limit;
	int64_t expiring_ms;
	char log[16];
	enum log_level level; /* what log says */
};

extern const struct conf_option config_options[];
extern const size_t config_option_count;

/*
 * Presets, then the file (where path is not NULL), then name=value arguments.
 * RC_FORMAT, RC_LIMIT, RC_ABSENT; *where is then path, the argument (borrowed),
 * or NULL where only all of it together is wrong. RC_ABSENT with the field
 * "file": there is no such file.
 */
IG_CHECK enum rc config_load(struct config *c, const char *path,
    const char *const *settings, size_t n, const char **where, struct err *e);

/* Origins and paths that follow from other values where they were left empty. */
IG_CHECK enum rc config_complete(struct config *c, struct err *e);

/* Prints every value as it stands in a file. */
void config_print(const struct config *c);
