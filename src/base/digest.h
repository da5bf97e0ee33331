/*
 * digest.h - see digest.c.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define DIGEST_SHA256 32

/*
 * SHA-256 of up to n spans one after the other. libcrypto's algorithms are
 * fetched once per process, because 3.0 pays dearly for each fetch.
 * A failure can only be lack of memory; it ends the process.
 */
void digest_sha256(
    uint8_t out[static DIGEST_SHA256], const struct span *parts, size_t n);

/* The same over a label and one span: label ‖ in. The label's zero is left out. */
void digest_sha256_labelled(
    uint8_t out[static DIGEST_SHA256], const char *label, struct span in);

/* HMAC-SHA-256 over label ‖ in. */
void digest_hmac_labelled(uint8_t out[static DIGEST_SHA256], struct span key,
    const char *label, struct span in);
