/*
 * fake_helper.c - a test double of ingam-token: no network, no person. What a
 * PIN or the first byte of a digest says is what it does.
 *
 * Belongs here: the frames' protocol, seen from the other side.
 * Not here: anything the real helper decides (token/).
 */
#include "module.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* Signatures asked of this process; a signature begins with the count. */
static _Atomic unsigned int signs;
static _Atomic unsigned int announced;

static bool
fake_read(int fd, uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}

	return true;
}

static void
fake_send(int fd, struct buf *frame)
{
	struct buf all = buf_init(TOKENFRAME_MAX + 4);
	struct err e = { 0 };

	buf_lp32(&all, buf_span(frame));
	if (file_write_all(fd, buf_span(&all), &e) != RC_OK)
		pthread_exit(NULL);
	buf_clear(&all);
}

/* 'w': waits until the other side gives up. */
static void
fake_hang(int fd)
{
	uint8_t c;

	(void)!read(fd, &c, 1);
	pthread_exit(NULL);
}

/*
 * PINs: 123456 is right. rcNN: fails with enum rc NN; last: one try left;
 * wait: no answer; dies: the process ends; junk: bytes that are no frame;
 * long: a length beyond all limits; slow: right after 300 ms.
 */
static void
fake_login(int fd, const struct tokenframe_login *q, struct buf *out)
{
	char pin[TOKENFRAME_PIN_MAX + 1] = { 0 };
	uint8_t owner[16] = { 0 };

	memcpy(
	    pin, q->pin.p == NULL ? (const uint8_t *)"" : q->pin.p, q->pin.n);
	if (strcmp(pin, "wait") == 0)
		fake_hang(fd);
	if (strcmp(pin, "dies") == 0)
		_exit(1);
	if (strcmp(pin, "slow") == 0)
		(void)usleep(300000);
	if (strcmp(pin, "long") == 0) {
		(void)!write(fd, "\xff\xff\xff\xff", 4);
		pthread_exit(NULL);
	}
	if (strcmp(pin, "junk") == 0)
		buf_str(out, "junk");
	else if (strncmp(pin, "rc", 2) == 0)
		tokenframe_failed(out, (enum rc)atoi(pin + 2), 2);
	else if (strcmp(pin, "last") == 0)
		tokenframe_failed(out, RC_SECRET, 1);
	else if (strcmp(pin, "told") == 0)
		tokenframe_failed(
		    out, announced > 0 ? RC_LOCKED : RC_SECRET, 3);
	else if (q->has_pin && strcmp(pin, "123456") != 0 &&
	    strcmp(pin, "slow") != 0)
		tokenframe_failed(out, RC_SECRET, 2);
	else
		module_list(out, owner);
}

/* A digest that begins with an enum rc fails so; 0xf0 waits, 0xf1 dies. */
static void
fake_sign(int fd, const struct tokenframe_sign *q, struct buf *out)
{
	uint8_t signature[256] = { 0 };
	size_t n = q->scheme == TOKENFRAME_ECDSA ? 64 : 256;

	if (q->digest.p[0] == 0xf0)
		fake_hang(fd);
	if (q->digest.p[0] == 0xf1)
		_exit(1);
	signature[0] = (uint8_t)++signs;
	signature[1] = (uint8_t)q->scheme;
	signature[2] = (uint8_t)q->hash;
	signature[3] = (uint8_t)q->salt;
	memcpy(signature + 4, q->digest.p, 32);
	if (q->digest.p[0] == 0xf2)
		n--;
	if (q->digest.p[0] > 0 && q->digest.p[0] < RC_COUNT)
		tokenframe_failed(out, (enum rc)q->digest.p[0], 255);
	else
		tokenframe_signed(out, (struct span){ signature, n });
}

/* Of the key of module_list(); of a made one, its end is in the signature. */
static bool
fake_is_key(const struct tokenframe_verify *v)
{
	return span_equal(v->spki, SPAN_LIT("spki")) ||
	    (v->spki.n > 8 &&
		memcmp(v->signature.p + 36, v->spki.p + v->spki.n - 8, 8) == 0);
}

/* Good is what fake_sign() made. */
static void
fake_verify(const struct tokenframe_verify *v, struct buf *out)
{
	const uint8_t *s = v->signature.p;
	uint8_t first = v->digest.p[0];

	if (first == 0xf1)
		_exit(1);
	if (first > 0 && first < RC_COUNT)
		tokenframe_failed(out, (enum rc)first, 255);
	else
		tokenframe_verified(out,
		    v->signature.n >= 64 && s[1] == (uint8_t)v->scheme &&
			s[2] == (uint8_t)v->hash && s[3] == (uint8_t)v->salt &&
			memcmp(s + 4, v->digest.p, 32) == 0 && fake_is_key(v));
}

static void *
fake_channel(void *arg)
{
	int fd = (int)(intptr_t)arg;
	uint8_t head[4], frame[TOKENFRAME_REQUEST_MAX];
	struct tokenframe_login login;
	struct tokenframe_sign sign;
	struct tokenframe_verify verify;
	struct err e = { 0 };

	while (fake_read(fd, head, sizeof(head))) {
		struct rd r = rd_init(SPAN(head));
		struct span in = { frame, rd_u32(&r) };
		struct buf out = buf_init(TOKENFRAME_MAX);

		if (in.n > sizeof(frame) || !fake_read(fd, frame, in.n))
			break;
		if (tokenframe_login_parse(in, &login, &e) == RC_OK)
			fake_login(fd, &login, &out);
		else if (tokenframe_sign_parse(in, &sign, &e) == RC_OK)
			fake_sign(fd, &sign, &out);
		else if (tokenframe_verify_parse(in, &verify, &e) == RC_OK)
			fake_verify(&verify, &out);
		else
			_exit(2);
		fake_send(fd, &out);
		buf_clear(&out);
	}
	(void)close(fd);

	return NULL;
}

static int
fake_receive(uint8_t *frame, size_t size, int *fd)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { frame, size };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space) };
	ssize_t n = recvmsg(3, &m, 0);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	*fd = -1;
	if (c != NULL)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));

	return (int)n;
}

int
main(void)
{
	uint8_t frame[TOKENFRAME_CONTROL_MAX];
	pthread_t thread;
	int fd;

	if (fork() > 0)
		return 0;
	while (fake_receive(frame, sizeof(frame), &fd) > 0) {
		if (frame[0] == TOKENFRAME_ANNOUNCE)
			announced++;
		if (frame[0] == TOKENFRAME_CHANNEL &&
		    pthread_create(
			&thread, NULL, fake_channel, (void *)(intptr_t)fd) == 0)
			(void)pthread_detach(thread);
	}

	return 0;
}
