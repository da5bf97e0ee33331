/*
 * cp949.h - see cp949.c.
 */
#pragma once

#include "base/span.h"

/*
 * CP949 (Unified Hangul Code, with EUC-KR in it) to UTF-8 and back. The
 * result is the number of bytes written, 0 where a byte or character has no
 * counterpart, where out is too small, and for an empty input. ASCII is
 * itself. What is decoded and then encoded are the same bytes.
 */
size_t cp949_decode(struct span in, uint8_t *utf8, size_t size);
size_t cp949_encode(struct span utf8, uint8_t *out, size_t size);
