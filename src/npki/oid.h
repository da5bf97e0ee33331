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
#define OID_ENCRYPTED_VID SPAN_LIT(OID_KISA "\x0a\x01\x01\x02")
#define OID_RANDOM        SPAN_LIT(OID_KISA "\x0a\x01\x01\x03")

/* 1.2.840.113549 (RSA) and its children: PKCS#1, 5, 7, 9, 12, digests. */
#define OID_RSADSI           "\x2a\x86\x48\x86\xf7\x0d"

#define OID_RSA              SPAN_LIT(OID_RSADSI "\x01\x01\x01")
#define OID_MGF1             SPAN_LIT(OID_RSADSI "\x01\x01\x08")
#define OID_RSA_PSS          SPAN_LIT(OID_RSADSI "\x01\x01\x0a")
#define OID_RSA_SHA256       SPAN_LIT(OID_RSADSI "\x01\x01\x0b")
#define OID_RSA_SHA384       SPAN_LIT(OID_RSADSI "\x01\x01\x0c")
#define OID_RSA_SHA512       SPAN_LIT(OID_RSADSI "\x01\x01\x0d")
#define OID_PBKDF2           SPAN_LIT(OID_RSADSI "\x01\x05\x0c")
#define OID_PBES2            SPAN_LIT(OID_RSADSI "\x01\x05\x0d")
#define OID_DATA             SPAN_LIT(OID_RSADSI "\x01\x07\x01")
#define OID_SIGNED_DATA      SPAN_LIT(OID_RSADSI "\x01\x07\x02")
#define OID_ENVELOPED_DATA   SPAN_LIT(OID_RSADSI "\x01\x07\x03")
#define OID_ENCRYPTED_DATA   SPAN_LIT(OID_RSADSI "\x01\x07\x06")
#define OID_CONTENT_TYPE     SPAN_LIT(OID_RSADSI "\x01\x09\x03")
#define OID_MESSAGE_DIGEST   SPAN_LIT(OID_RSADSI "\x01\x09\x04")
#define OID_SIGNING_TIME     SPAN_LIT(OID_RSADSI "\x01\x09\x05")
#define OID_ESS_CERTIFICATE  SPAN_LIT(OID_RSADSI "\x01\x09\x10\x02\x2f")
#define OID_FRIENDLY_NAME    SPAN_LIT(OID_RSADSI "\x01\x09\x14")
#define OID_LOCAL_KEY_ID     SPAN_LIT(OID_RSADSI "\x01\x09\x15")
#define OID_X509_CERTIFICATE SPAN_LIT(OID_RSADSI "\x01\x09\x16\x01")
#define OID_CMS_PROTECTION   SPAN_LIT(OID_RSADSI "\x01\x09\x34")
#define OID_PKCS12_3DES      SPAN_LIT(OID_RSADSI "\x01\x0c\x01\x03")
#define OID_PKCS12_RC2_128   SPAN_LIT(OID_RSADSI "\x01\x0c\x01\x05")
#define OID_PKCS12_RC2_40    SPAN_LIT(OID_RSADSI "\x01\x0c\x01\x06")
#define OID_KEY_BAG          SPAN_LIT(OID_RSADSI "\x01\x0c\x0a\x01\x01")
#define OID_SHROUDED_KEY_BAG SPAN_LIT(OID_RSADSI "\x01\x0c\x0a\x01\x02")
#define OID_CERT_BAG         SPAN_LIT(OID_RSADSI "\x01\x0c\x0a\x01\x03")
#define OID_HMAC_SHA1        SPAN_LIT(OID_RSADSI "\x02\x07")
#define OID_HMAC_SHA256      SPAN_LIT(OID_RSADSI "\x02\x09")
#define OID_HMAC_SHA384      SPAN_LIT(OID_RSADSI "\x02\x0a")
#define OID_HMAC_SHA512      SPAN_LIT(OID_RSADSI "\x02\x0b")
#define OID_3DES_CBC         SPAN_LIT(OID_RSADSI "\x03\x07")

#define OID_SHA1             SPAN_LIT("\x2b\x0e\x03\x02\x1a")

/* 2.16.840.1.101.3.4 (NIST): AES and SHA-2. */
#define OID_NIST        "\x60\x86\x48\x01\x65\x03\x04"

#define OID_AES_128_CBC SPAN_LIT(OID_NIST "\x01\x02")
#define OID_AES_192_CBC SPAN_LIT(OID_NIST "\x01\x16")
#define OID_AES_256_CBC SPAN_LIT(OID_NIST "\x01\x2a")
#define OID_SHA256      SPAN_LIT(OID_NIST "\x02\x01")
#define OID_SHA384      SPAN_LIT(OID_NIST "\x02\x02")
#define OID_SHA512      SPAN_LIT(OID_NIST "\x02\x03")

/* 1.2.410.200046.1.1 (RFC 5794). */
#define OID_ARIA         "\x2a\x83\x1a\x8c\x9a\x6e\x01\x01"

#define OID_ARIA_128_CBC SPAN_LIT(OID_ARIA "\x02")
#define OID_ARIA_192_CBC SPAN_LIT(OID_ARIA "\x07")
#define OID_ARIA_256_CBC SPAN_LIT(OID_ARIA "\x0c")

#define OID_EC           SPAN_LIT("\x2a\x86\x48\xce\x3d\x02\x01")
#define OID_P256         SPAN_LIT("\x2a\x86\x48\xce\x3d\x03\x01\x07")
#define OID_P384         SPAN_LIT("\x2b\x81\x04\x00\x22")
#define OID_ECDSA_SHA256 SPAN_LIT("\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define OID_ECDSA_SHA384 SPAN_LIT("\x2a\x86\x48\xce\x3d\x04\x03\x03")
#define OID_ECDSA_SHA512 SPAN_LIT("\x2a\x86\x48\xce\x3d\x04\x03\x04")

/* Attribute types of names (X.520). */
#define OID_CN     SPAN_LIT("\x55\x04\x03")
#define OID_SERIAL SPAN_LIT("\x55\x04\x05")
#define OID_C      SPAN_LIT("\x55\x04\x06")
#define OID_L      SPAN_LIT("\x55\x04\x07")
#define OID_ST     SPAN_LIT("\x55\x04\x08")
#define OID_O      SPAN_LIT("\x55\x04\x0a")
#define OID_OU     SPAN_LIT("\x55\x04\x0b")
