/*
 * hash.h - see hash.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum hash_kind { HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };
#define HASH_MAX 64

/* A running hash. Plain bytes: copying it is fine, nothing is to be freed. */
struct hash {
	enum hash_kind kind;
	_Alignas(8) uint8_t state[256];
};

/* 20, 32, 48 or 64. */
size_t hash_bytes(enum hash_kind kind);

void hash_init(struct hash *h, enum hash_kind kind);
void hash_add(struct hash *h, const void *p, size_t n);

/* Writes hash_bytes() bytes and ends the hash. */
void hash_end(struct hash *h, uint8_t *out);

void hash_once(enum hash_kind kind, const void *p, size_t n, uint8_t *out);
