#!/bin/sh
# rooms.sh - may a file include what it includes? src/rooms.txt is the law.
set -eu
cd "$(dirname "$0")/.."
# shellcheck disable=SC2046
awk -F: '
FNR == NR { if ($1 !~ /^#/) { known[$1] = 1; split($2, r, " "); for (i in r) may[$1, r[i]] } next }
match($0, /^#[ \t]*include "[a-z0-9]+\//) {
	split(FILENAME, f, "/"); from = f[2]
	split($0, q, "\""); split(q[2], to, "/")
	if (!(from in known)) { printf "%s: room %s is not in src/rooms.txt\n", FILENAME, from; bad = 1 }
	if (from != to[1] && !((from, to[1]) in may)) {
		printf "%s:%d: %s may not see %s\n", FILENAME, FNR, from, q[2]; bad = 1 }
}
END { exit bad }' src/rooms.txt $(git ls-files 'src/*/*.[ch]')
