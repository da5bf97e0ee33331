/*
 * person.h - see person.c.
 */
#pragma once

#include "adapter/identity.h"
#include "domain/domain.h"

/* As domain_ops.identity_send and identity_check, with the provider. */
enum rc person_send(struct identity_provider *provider,
    const struct domain_person *p, const char *address,
    char transaction[static DOMAIN_TRANSACTION], struct err *e);
enum rc person_check(struct identity_provider *provider,
    const struct domain_person *p, const char *transaction, struct span code,
    struct err *e);
