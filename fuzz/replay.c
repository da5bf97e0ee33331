/*
 * replay.c - runs a fuzz target over its seeds, without a fuzzer.
 *
 * Belongs here: reading a folder of seeds.
 * Not here: targets (x_fuzz.c).
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define SEED_MAX (1 << 20)

static int
replay_file(const char *folder, const char *name)
{
	static uint8_t bytes[SEED_MAX];
	char path[4096];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((f = fopen(path, "rb")) == NULL)
		return 1;
	n = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	(void)LLVMFuzzerTestOneInput(bytes, n);

	return 0;
}

int
main(int argc, char **argv)
{
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	int count = 0, bad = 0;

	if (d == NULL) {
		printf("not ok 1 - seeds folder\n1..1\n");
		return EXIT_FAILURE;
	}
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		bad += replay_file(argv[1], entry->d_name);
	}
	(void)closedir(d);
	printf("%sok 1 - %d seeds replayed\n1..1\n",
	    count > 0 && bad == 0 ? "" : "not ", count);

	return count > 0 && bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
