/*
 * address.h - see address.c.
 */
#pragma once

#include "base/span.h"

#include <stdbool.h>

#define ADDRESS_TEXT 64 /* bytes of either name, with its zero */

/*
 * One client as a name: an IPv4 address itself; of IPv6 the first 64 bits,
 * because whoever has one such address has all of them: 203.0.113.7 stays,
 * 2001:db8:1:2::3 -> 2001:db8:1:2::/64. What is no address is cut to fit.
 */
void address_client(const char *address, char out[static ADDRESS_TEXT]);

/*
 * The network of a client: 203.0.113.7 -> 203.0.113.0/24,
 * 2001:db8:1:2::3 -> 2001:db8:1::/48. What is no address is cut to fit.
 */
void address_network(const char *address, char out[static ADDRESS_TEXT]);
