/*
 * nametext.h - see nametext.c.
 */
#pragma once

#include "npki/der.h"

/*
 * Writes a string of a certificate (its tag and contents octets) as UTF-8 fit
 * for display (text_sanitise) into out, size bytes, ended with a zero and cut
 * on a character's boundary. "" for what is no string: known are UTF8String,
 * PrintableString, IA5String, NumericString, VisibleString, T61String,
 * BMPString and UniversalString. Octets that are not UTF-8 where they should
 * be are taken for CP949 (EUC-KR, KS X 1001), as old Korean programs wrote.
 */
void nametext_show(uint8_t tag, struct span s, char *out, size_t size);

/*
 * Writes the name alone of a common name like "홍길동()0091004123456789", as
 * Korean CAs write them: a name, parentheses with or without an account, and a
 * number of six digits or more. Any other text is written as it is. out is
 * ended with a zero, and cut at size as it comes.
 */
void nametext_person(const char *common_name, char *out, size_t size);

/*
 * Writes UTF-8 as a BMPString of UTF-16, which is what PKCS#12 has for names
 * and passwords (RFC 7292 B.1), without a zero at its end. Gives its length;
 * what is malformed, and what has no room in size, is left out.
 */
size_t nametext_utf16(struct span utf8, uint8_t *out, size_t size);
