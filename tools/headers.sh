#!/bin/sh
# headers.sh - does each file open with what belongs in it and what does not?
set -eu
cd "$(dirname "$0")/.."
bad=0
for f in $(git ls-files 'src/*/*.c' 'fuzz/replay.c'); do
	stem=$(basename "$f")
	head -20 "$f" | grep -q "^ \* $stem - ." || { echo "$f: does not open with \"$stem - what it is\""; bad=1; }
	case $f in
	src/program/*) continue ;;
	esac
	head -20 "$f" | grep -q 'Belongs here:' || { echo "$f: no \"Belongs here\""; bad=1; }
	head -24 "$f" | grep -q 'Not here:' || { echo "$f: no \"Not here\""; bad=1; }
done
exit $bad
