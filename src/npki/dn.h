/*
 * dn.h - see dn.c.
 */
#pragma once

#include "npki/certinfo.h"

#define DN_TEXT   1024 /* enough for any name that we show */
#define DN_FOLDER 256  /* a folder's name and its zero */

/*
 * Writes a Name (DER) the way Korean programs do: the leaf first, types in
 * lower case, values as they are, no blanks: "cn=홍길동()0001,ou=WOORI,
 * o=yessign,c=kr" (without the line break). A type without a name is its OID;
 * values of one RDN are joined by "+". For people and for folders, never for
 * a decision: values are not quoted and fit for display (nametext.c).
 * Gives the length; 0 and "" when it is no Name, is empty, or does not fit.
 */
size_t dn_text(struct span name_der, char *out, size_t size);

/*
 * The name of the folder for a subject: dn_text() with "_" in place of what
 * Windows forbids in names, cut on a character's boundary. False and "" when
 * it is no Name or empty.
 */
bool dn_folder(struct span name_der, char out[static DN_FOLDER]);

/*
 * The name of the CA's folder (authority.def): by the issuer's O, else by the
 * policy's CA, else the issuer's O itself, or its CN, made fit for a folder.
 * False and "" when the issuer has neither.
 */
bool dn_ca_folder(const struct certinfo *c, char out[static DN_FOLDER]);
