/*
 * master.c - the one root key, and the keys that are derived from it.
 *
 * Belongs here: where the root comes from; one label for each use; the
 * display key's signatures.
 * Not here: members' keys (keyblob.c); evidence (evidence.c).
 */
#include "vault/master.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/rd.h"
#include "base/rnd.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MASTER_PASSPHRASE_MIN 8
#define MASTER_PASSPHRASE_MAX 1024
#define MASTER_KDF_OPS        3
#define MASTER_KDF_BYTES      (256U << 20)

enum rc
master_read_file(const char *path, struct sec *root, struct err *e)
{
	struct stat st;
	enum rc rc;

	if (access(path, F_OK) != 0)
		return err_set(e, RC_ABSENT, "kek-file",
		    "no such file: before the first start run ingam-vault "
		    "init, later bring it back from where it is kept");
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		return err_set(e, RC_POLICY, "kek-file",
		    "others may read the key file: chmod 0400");
	if ((rc = file_read_secret(path, MASTER_KEY, root, e)) != RC_OK)
		return rc;
	if (root->n == MASTER_KEY)
		return RC_OK;
	sec_free(root);

	return err_set(e, RC_FORMAT, "kek-file", "key file is not 32 bytes");
}

enum rc
master_make_file(const char *path, struct err *e)
{
	uint8_t root[MASTER_KEY];
	enum rc rc;

	if (access(path, F_OK) == 0)
		return err_set(e, RC_EXISTS, "kek-file", "is there already");
	rnd_bytes(root, sizeof(root));
	rc = file_replace(path, SPAN(root), 0400, e);
	sec_wipe(root, sizeof(root));

	return rc;
}

/* "INGAM-KDF1" salt(16) operations(4) bytes(8) */
struct master_kdf {
	uint8_t salt[crypto_pwhash_SALTBYTES];
	uint32_t operations;
	uint64_t bytes;
};

static enum rc
master_make_kdf(const char *path, struct err *e)
{
	struct buf b = buf_init(64);
	uint8_t salt[crypto_pwhash_SALTBYTES];
	enum rc rc;

	if (access(path, F_OK) == 0)
		return err_set(e, RC_EXISTS, "kdf", "is there already");
	rnd_bytes(salt, sizeof(salt));
	buf_str(&b, "INGAM-KDF1");
	buf_bytes(&b, SPAN(salt));
	buf_u32(&b, MASTER_KDF_OPS);
	buf_u64(&b, MASTER_KDF_BYTES);
	rc = buf_ok(&b) ? file_replace(path, buf_span(&b), 0400, e)
			: err_set(e, RC_MEMORY, NULL, "out of memory");
	buf_clear(&b);

	return rc;
}

static enum rc
master_read_kdf(const char *path, struct master_kdf *out, struct err *e)
{
	struct buf b = buf_init(64);
	struct rd r;
	bool good;
	enum rc rc;

	if ((rc = file_read(path, &b, e)) != RC_OK)
		return rc;
	r = rd_init(buf_span(&b));
	good = span_equal(rd_bytes(&r, 10), SPAN_LIT("INGAM-KDF1"));
	rd_copy(&r, out->salt, sizeof(out->salt));
	out->operations = rd_u32(&r);
	out->bytes = rd_u64(&r);
	good = good && rd_done(&r);
	buf_clear(&b);

	return good ? RC_OK : err_set(e, RC_FORMAT, "kdf", "malformed");
}

/* Reads one line; gives its length in *n. */
static enum rc
master_read_line(int fd, struct sec *line, size_t *n, struct err *e)
{
	*n = 0;
	while (*n < line->n) {
		ssize_t got = read(fd, line->p + *n, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, RC_IO, "passphrase", "cannot read");
		if (got == 0 || line->p[*n] == '\n')
			break;
		(*n)++;
	}
	if (*n < MASTER_PASSPHRASE_MIN || *n == line->n)
		return err_set(
		    e, RC_LIMIT, "passphrase", "must be 8 to 1024 bytes long");

	return RC_OK;
}

enum rc
master_read_passphrase(
    const char *folder, int fd, bool make, struct sec *root, struct err *e)
{
	struct sec line SEC_WIPED = { 0 };
	struct master_kdf kdf;
	char path[4096];
	size_t n;
	enum rc rc;

	(void)snprintf(path, sizeof(path), "%s/kdf", folder);
	if ((rc = sec_new(&line, MASTER_PASSPHRASE_MAX + 1, e)) != RC_OK ||
	    (rc = master_read_line(fd, &line, &n, e)) != RC_OK ||
	    (make && (rc = master_make_kdf(path, e)) != RC_OK) ||
	    (rc = master_read_kdf(path, &kdf, e)) != RC_OK ||
	    (rc = sec_new(root, MASTER_KEY, e)) != RC_OK)
		return rc;
	if (crypto_pwhash(root->p, MASTER_KEY, (const char *)line.p, n,
		kdf.salt, kdf.operations, (size_t)kdf.bytes,
		crypto_pwhash_ALG_ARGON2ID13) == 0)
		return RC_OK;
	sec_free(root);

	return err_set(e, RC_MEMORY, "passphrase", "Argon2id needs 256 MiB");
}

/*
 * HKDF-Expand (RFC 5869 2.3) with the root as PRK: it is uniform, so there is
 * nothing to extract. info = label ‖ number.
 */
static void
master_derive(const struct sec *root, const char *label, uint8_t number,
    uint8_t out[static MASTER_KEY])
{
	const uint8_t rest[2] = { number, 1 };

	digest_hmac_labelled(out, sec_span(root), label, SPAN(rest));
}

static enum rc
master_init_pairs(struct master *m, struct master_keys *keys,
    const struct sec *root, struct err *e)
{
	uint8_t seed[MASTER_KEY];
	enum rc rc = RC_FORMAT;

	/* libsodium's Ed25519: half the time of OpenSSL 3.0's. */
	master_derive(root, "INGAM-SUB1 display", 0, seed);
	(void)crypto_sign_seed_keypair(m->display_public, keys->display, seed);
	/* A scalar is of the group but for one in 2^32: then the next one. */
	for (uint8_t i = 0; i < 8 && rc != RC_OK; i++) {
		master_derive(root, "INGAM-SUB1 hpke", i, seed);
		rc = hpke_key_load(&m->hpke, SPAN(seed), NULL);
	}
	sec_wipe(seed, sizeof(seed));

	return rc == RC_OK ? RC_OK
			   : err_set(e, rc, NULL, "cannot make HPKE key");
}

enum rc
master_init(struct master *m, const struct sec *root, struct err *e)
{
	struct master_keys *keys;
	uint8_t id[DIGEST_SHA256];
	enum rc rc;

	*m = (struct master){ 0 };
	if ((rc = sec_new(&m->memory, sizeof(*keys), e)) != RC_OK)
		return rc;
	keys = (struct master_keys *)(void *)m->memory.p;
	m->keys = keys;
	master_derive(root, "INGAM-SUB1 kek", 0, keys->kek);
	master_derive(root, "INGAM-SUB1 mac", 0, keys->mac);
	master_derive(root, "INGAM-SUB1 journal", 0, keys->journal);
	master_derive(root, "INGAM-SUB1 pepper", 0, keys->pepper);
	master_derive(root, "INGAM-SUB1 pin", 0, keys->pin);
	master_derive(root, "INGAM-SUB1 token", 0, keys->token);
	digest_hmac_labelled(id, SPAN(keys->kek), "INGAM-KID1", SPAN_LIT(""));
	memcpy(m->kek_id, id, sizeof(m->kek_id));
	if ((rc = master_init_pairs(m, keys, root, e)) != RC_OK)
		master_clear(m);

	return rc;
}

void
master_clear(struct master *m)
{
	hpke_key_clear(&m->hpke);
	sec_free(&m->memory);
	*m = (struct master){ 0 };
}

enum rc
master_sign(const struct master *m, const char *label, struct span message,
    uint8_t out[static 64], struct err *e)
{
	struct buf b = buf_init(4096);
	enum rc rc = RC_OK;

	buf_str(&b, label);
	buf_bytes(&b, message);
	if (buf_ok(&b))
		(void)crypto_sign_detached(
		    out, NULL, b.p, b.n, m->keys->display);
	else
		rc = err_set(e, RC_MEMORY, NULL, "cannot sign for display");
	buf_clear(&b);

	return rc;
}
