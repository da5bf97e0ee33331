/*
 * output.c - whether what a program printed has arrived.
 *
 * Belongs here: the look at standard output before a program ends.
 * Not here: files (file.c); what is printed.
 */
#include "base/output.h"

#include "base/language.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int
output_end(const char *program, int code)
{
	/* A disk may be full before the end, and not at the end. */
	bool lost = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) == 0 && !lost)
		return code;
	if (language_korean())
		(void)fprintf(stderr,
		    "%s: 결과를 다 쓰지 못했어요. 저장 공간과 결과를 보낸 곳을 "
		    "확인해 주세요.\n",
		    program);
	else
		(void)fprintf(stderr,
		    "%s: Not all of the output could be written%s%s.\n",
		    program, errno == 0 ? "" : ": ",
		    errno == 0 ? "" : strerror(errno));

	return code == 0 ? OUTPUT_LOST : code;
}
