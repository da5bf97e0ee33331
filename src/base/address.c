/*
 * address.c - who is one client, and which clients are neighbours, by address.
 *
 * Belongs here: addresses as text into the names that limits count by.
 * Not here: counting (http/limit.c, store/counter.c); where an address comes
 * from (http/request.c).
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>

/* What is left of an address when only so many bytes of it count. */
static void
address_cut(
    const char *address, size_t four, size_t six, char out[static ADDRESS_TEXT])
{
	uint8_t a[16];
	char text[INET6_ADDRSTRLEN];
	int family = AF_INET;
	size_t n = sizeof(struct in_addr), keep = four;

	if (inet_pton(AF_INET6, address, a) == 1) {
		family = AF_INET6;
		n = sizeof(struct in6_addr);
		keep = six;
	} else if (inet_pton(AF_INET, address, a) != 1) {
		(void)snprintf(out, ADDRESS_TEXT, "%.63s", address);
		return;
	}
	memset(a + keep, 0, n - keep);
	(void)inet_ntop(family, a, text, sizeof(text));
	if (keep == n)
		(void)snprintf(out, ADDRESS_TEXT, "%s", text);
	else
		(void)snprintf(out, ADDRESS_TEXT, "%s/%zu", text, 8 * keep);
}

void
address_client(const char *address, char out[static ADDRESS_TEXT])
{
	address_cut(address, 4, 8, out);
}

void
address_network(const char *address, char out[static ADDRESS_TEXT])
{
	address_cut(address, 3, 6, out);
}
