/*
 * places.c - where programs look for PKCS#11 modules.
 *
 * Belongs here: p11-kit's folder, NSS databases, profiles of Mozilla programs.
 * Not here: what is written there (p11kit.c, nssdb.c).
 */
#include "cli/places.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* p11-kit reads no file of a user's who is root. */
#define PLACES_SYSTEM "/etc/pkcs11/modules"

static const struct {
	enum places_kind kind;
	bool profiles; /* a folder of databases, else one itself */
	bool sandboxed;
	const char *below_home;
} places_known[] = {
	{ PLACES_NSS, false, false, ".pki/nssdb" },
	{ PLACES_FIREFOX, true, false, ".mozilla/firefox" },
	{ PLACES_FIREFOX, true, false, ".config/mozilla/firefox" },
	{ PLACES_THUNDERBIRD, true, false, ".thunderbird" },
	{ PLACES_FIREFOX, true, true, "snap/firefox/common/.mozilla/firefox" },
	{ PLACES_FIREFOX, true, true,
	    ".var/app/org.mozilla.firefox/.mozilla/firefox" },
	{ PLACES_THUNDERBIRD, true, true,
	    "snap/thunderbird/common/.thunderbird" },
	{ PLACES_THUNDERBIRD, true, true,
	    ".var/app/org.mozilla.Thunderbird/.thunderbird" },
};

static struct place *
places_next(struct places *p, enum places_kind kind, bool sandboxed)
{
	if (p->n == PLACES_MAX)
		return NULL;
	p->at[p->n].kind = kind;
	p->at[p->n].sandboxed = sandboxed;

	return &p->at[p->n];
}

/* Counts the place that was begun, if its path fits. */
static enum rc
places_fits(struct places *p, int n, struct err *e)
{
	if (n < 0 || n >= PLACES_PATH)
		return err_set(e, RC_LIMIT, "path", "too long");
	p->n++;

	return RC_OK;
}

static bool
places_is_database(const char *folder)
{
	static const char *const files[] = { "pkcs11.txt", "cert9.db" };
	char path[PLACES_PATH + 16];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		if (access(path, F_OK) == 0)
			return true;
	}

	return false;
}

/* folder itself, or name within it when that is not NULL. */
static enum rc
places_database(struct places *p, size_t known, const char *folder,
    const char *name, struct err *e)
{
	char path[PLACES_PATH];
	int n = snprintf(path, sizeof(path), "%s%s%s", folder,
	    name == NULL ? "" : "/", name == NULL ? "" : name);
	struct place *place;

	if (n < 0 || n >= PLACES_PATH || !places_is_database(path))
		return RC_OK;
	place = places_next(
	    p, places_known[known].kind, places_known[known].sandboxed);
	if (place == NULL)
		return err_set(e, RC_LIMIT, "profiles", "too many");
	memcpy(place->path, path, (size_t)n + 1);

	return places_fits(p, n, e);
}

static enum rc
places_profiles(
    struct places *p, size_t known, const char *folder, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, alphasort);
	enum rc rc = RC_OK;

	for (int i = 0; i < n; i++) {
		if (rc == RC_OK && names[i]->d_name[0] != '.')
			rc = places_database(
			    p, known, folder, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);

	return rc;
}

static enum rc
places_p11_kit(
    struct places *p, const char *home, const char *folder, struct err *e)
{
	const char *config = secure_getenv("XDG_CONFIG_HOME");
	struct place *place = places_next(p, PLACES_P11_KIT, false);
	int n;

	if (place == NULL)
		return err_set(e, RC_LIMIT, "places", "too many");
	if (folder == NULL && geteuid() == 0)
		folder = PLACES_SYSTEM;
	if (folder != NULL)
		n = snprintf(
		    place->path, PLACES_PATH, "%s/ingam.module", folder);
	else if (config != NULL && config[0] == '/')
		n = snprintf(place->path, PLACES_PATH,
		    "%s/pkcs11/modules/ingam.module", config);
	else
		n = snprintf(place->path, PLACES_PATH,
		    "%s/.config/pkcs11/modules/ingam.module", home);

	return places_fits(p, n, e);
}

enum rc
places_find(struct places *out, const char *p11_kit, struct err *e)
{
	const char *home = secure_getenv("HOME");
	char folder[PLACES_PATH];
	enum rc rc;

	out->n = 0;
	if (home == NULL || home[0] != '/')
		return err_set(e, RC_ABSENT, "HOME", "is not set");
	rc = places_p11_kit(out, home, p11_kit, e);
	for (size_t i = 0;
	     rc == RC_OK && i < sizeof(places_known) / sizeof(places_known[0]);
	     i++) {
		int n = snprintf(folder, sizeof(folder), "%s/%s", home,
		    places_known[i].below_home);

		if (n < 0 || n >= PLACES_PATH)
			return err_set(e, RC_LIMIT, "HOME", "too long");
		rc = places_known[i].profiles
		    ? places_profiles(out, i, folder, e)
		    : places_database(out, i, folder, NULL, e);
	}

	return rc;
}
