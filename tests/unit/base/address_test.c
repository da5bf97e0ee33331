/* address_test.c - one client, one network: what counts of an address. */
#include "base/address.h"

#include "tap.h"

/* clang-format off */
static const struct {
	const char *address, *client, *network;
} rows[] = {
	{ "203.0.113.7", "203.0.113.7", "203.0.113.0/24" },
	{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48" },
	{ "2001:db8:1:2::3", "2001:db8:1:2::/64", "2001:db8:1::/48" },
	{ "::1", "::/64", "::/48" },
	{ "", "", "" },
	{ "203.0.113", "203.0.113", "203.0.113" },
	{ "localhost", "localhost", "localhost" },
};
/* clang-format on */

int
main(void)
{
	char out[ADDRESS_TEXT], long_name[100];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		address_client(rows[i].address, out);
		ok(strcmp(out, rows[i].client) == 0, "the client of \"%s\": %s",
		    rows[i].address, out);
		address_network(rows[i].address, out);
		ok(strcmp(out, rows[i].network) == 0,
		    "the network of \"%s\": %s", rows[i].address, out);
	}
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	address_client(long_name, out);
	ok(strlen(out) == ADDRESS_TEXT - 1, "what is no address is cut");

	return tap_done();
}
