/*
 * liar.c - a resolver that lies, put before the C library's: names of push
 * services have the addresses that LIAR_HOSTS gives them ("name=address …").
 *
 * Belongs here: what the network of an attacker would answer; a note in
 * LIAR_NOTES of every connection to port 443, which is not made.
 * Not here: anything of the service. Only tests/attack/endpoints.test.mjs
 * loads it.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int resolver(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);
typedef int connector(int, const struct sockaddr *, socklen_t);

/* dlsym() gives an object pointer for a function. */
static void
liar_real(const char *name, void *out)
{
	void *p = dlsym(RTLD_NEXT, name);

	memcpy(out, &p, sizeof(p));
}

__attribute__((visibility("default"))) int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **res)
{
	const char *hosts = getenv("LIAR_HOSTS");
	size_t n = node == NULL ? 0 : strlen(node);
	char address[64];
	resolver *real;

	liar_real("getaddrinfo", &real);
	for (const char *h = hosts; n > 0 && h != NULL && *h != '\0';) {
		size_t len = strcspn(h, " ");

		if (len > n && strncmp(h, node, n) == 0 && h[n] == '=') {
			(void)snprintf(address, sizeof(address), "%.*s",
			    (int)(len - n - 1), h + n + 1);
			return real(address, service, hints, res);
		}
		h += len + strspn(h + len, " ");
	}

	return real(node, service, hints, res);
}

__attribute__((visibility("default"))) int
connect(int fd, const struct sockaddr *to, socklen_t n)
{
	const char *notes = getenv("LIAR_NOTES");
	char text[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in v4 = { 0 };
	struct sockaddr_in6 v6 = { 0 };
	connector *real;
	FILE *f;

	if (to->sa_family == AF_INET && n >= sizeof(v4)) {
		memcpy(&v4, to, sizeof(v4));
		(void)inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
	} else if (to->sa_family == AF_INET6 && n >= sizeof(v6)) {
		memcpy(&v6, to, sizeof(v6));
		(void)inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
	}
	liar_real("connect", &real);
	if (notes == NULL || text[0] == '\0' ||
	    (ntohs(v4.sin_port) != 443 && ntohs(v6.sin6_port) != 443))
		return real(fd, to, n);
	if ((f = fopen(notes, "ae")) != NULL) {
		(void)fprintf(f, "%s\n", text);
		(void)fclose(f);
	}
	errno = ECONNREFUSED;

	return -1;
}
