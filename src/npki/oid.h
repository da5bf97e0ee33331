/*
 * oid.h - object identifiers that this room compares, as contents octets.
 *
 * Belongs here: OIDs used by more than one file or in tables.
 * Not here: their meaning (the files that use them); policies (policy.def).
 */
#pragma once

#include "base/span.h"

/* 1.2.410.200004 and its children. */
#define OID_KISA          "\x2a\x83\x1a\x8c\x9a\x44"

#define OID_SEED_CBC      SPAN_LIT(OID_KISA "\x01\x04")
#define OID_SEED_SHA1     SPAN_LIT(OID_KISA "\x01\x0f")
#define OID_IDENTIFY_DATA SPAN_LIT(OID_KISA "\x0a\x01\x01")
#define OID_VID           SPAN_LIT(OID_KISA "\x0a\x01\x01\x01")
#define OID_RANDOM        SPAN_LIT(OID_KISA "\x0a\x01\x01\x03")

/* 1.2.840.113549 (RSA) and its children. */
#define OID_RSADSI      "\x2a\x86\x48\x86\xf7\x0d"

#define OID_RSA         SPAN_LIT(OID_RSADSI "\x01\x01\x01")
#define OID_PBKDF2      SPAN_LIT(OID_RSADSI "\x01\x05\x0c")
#define OID_PBES2       SPAN_LIT(OID_RSADSI "\x01\x05\x0d")
#define OID_PKCS12_3DES SPAN_LIT(OID_RSADSI "\x01\x0c\x01\x03")
#define OID_HMAC_SHA1   SPAN_LIT(OID_RSADSI "\x02\x07")
#define OID_HMAC_SHA256 SPAN_LIT(OID_RSADSI "\x02\x09")
#define OID_3DES_CBC    SPAN_LIT(OID_RSADSI "\x03\x07")

#define OID_AES         "\x60\x86\x48\x01\x65\x03\x04\x01"

#define OID_AES_128_CBC SPAN_LIT(OID_AES "\x02")
#define OID_AES_192_CBC SPAN_LIT(OID_AES "\x16")
#define OID_AES_256_CBC SPAN_LIT(OID_AES "\x2a")

/* 1.2.410.200046.1.1 (RFC 5794). */
#define OID_ARIA         "\x2a\x83\x1a\x8c\x9a\x6e\x01\x01"

#define OID_ARIA_128_CBC SPAN_LIT(OID_ARIA "\x02")
#define OID_ARIA_192_CBC SPAN_LIT(OID_ARIA "\x07")
#define OID_ARIA_256_CBC SPAN_LIT(OID_ARIA "\x0c")

#define OID_EC           SPAN_LIT("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_P256         SPAN_LIT("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_P384         SPAN_LIT("\x2b\x81\x04\x00\x22")

#define OID_CN           SPAN_LIT("\x55\x04\x03")
#define OID_O            SPAN_LIT("\x55\x04\x0a")
