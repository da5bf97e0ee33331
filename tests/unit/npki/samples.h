/*
 * samples.h - the sample files, and what other people's programs say of them.
 *
 * Belongs here: reading them, running openssl(1), hex.
 * Not here: certificates that are made (tests/unit/x509/workshop.h).
 */
#pragma once

#include "base/enc.h"
#include "base/file.h"
#include "tap.h"

#define SAMPLE_PASSWORD SPAN_LIT("WTuA8Ev0lWXVFSiI!")
#define SAMPLE_R        "7858b4328390805129f01c97fe6ca4a520cbd479"

static const char *const sample_keys[] = {
	"pypinksign/signPri.key",
	"derived/signPri-seedCBCWithSHA1-iter1024.key",
	"derived/signPri-seedCBC-fixedIV.key",
	"derived/signPri-PBES2-hmacSHA1-seedCBC.key",
	"derived/signPri-PBES2-hmacSHA256-seedCBC.key",
	"derived/signPri-PBES2-hmacSHA256-aes256CBC.key",
	"derived/signPri-PBES2-hmacSHA256-aria256CBC.key",
};

#define SAMPLE_KEYS (sizeof(sample_keys) / sizeof(sample_keys[0]))

/* A sample by its name; the test ends when it is not there. */
__attribute__((unused)) static struct buf
sample(const char *name)
{
	struct buf path = buf_init(4096), bytes = buf_init(1 << 20);
	const char *source = getenv("INGAM_SOURCE");
	struct err e = { 0 };

	buf_printf(&path, "%s/tests/npki-samples/%s",
	    source == NULL ? "." : source, name);
	if (file_read(buf_cstr(&path), &bytes, &e) != RC_OK) {
		printf("Bail out! %s: %s\n", name, e.msg);
		exit(EXIT_FAILURE);
	}
	buf_clear(&path);

	return bytes;
}

__attribute__((unused)) static struct buf
unhex(const char *hex)
{
	struct buf b = buf_init(1 << 16);

	if (enc_hex_parse(&b, span_str(hex), NULL) != RC_OK)
		abort();

	return b;
}

/* Bytes and hex are the same? Says both where they are not. */
__attribute__((unused)) static bool
is_hex(struct span got, const char *want, const char *what)
{
	struct buf b = unhex(want), show = buf_init(1 << 16);
	bool good = span_equal(got, buf_span(&b));

	if (!ok(good, "%s", what)) {
		enc_hex(&show, got);
		diag("got  %s", buf_cstr(&show));
		diag("want %s", want);
	}
	buf_clear(&b);
	buf_clear(&show);

	return good;
}

/* What a command writes to its standard output; empty when it fails. */
__attribute__((unused)) static struct buf
shell(const char *command)
{
	struct buf out = buf_init(1 << 20);
	FILE *f = popen(command, "r");
	uint8_t part[4096];
	size_t n;

	while (f != NULL && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_bytes(&out, (struct span){ part, n });
	if (f == NULL || pclose(f) != 0)
		buf_reset(&out);

	return out;
}
