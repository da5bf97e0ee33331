#!/bin/sh
# embed-sql.sh OUT NNNN_name.sql … - the schema's steps as one C table.
set -eu
out=$1
shift
{
	echo '/* Made by tools/embed-sql.sh from store/sql. */'
	echo '#include "store/steps.h"'
	echo 'const struct migration steps_all[] = {'
	for f in "$@"; do
		name=$(basename "$f" .sql)
		number=$(expr "${name%%_*}" + 0)
		printf '{ %s, "%s",\n' "$number" "${name#*_}"
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' "$f"
		echo '},'
	done
	echo '};'
	echo "const size_t steps_n = $#;"
} >"$out"
