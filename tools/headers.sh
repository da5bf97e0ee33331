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
# What tests a file of src has its place from that, and so has a page's test.
for f in $(git ls-files 'fuzz/*.c' 'fuzz/*.h' 'tests/*.c' 'tests/*.h' 'tests/*.mjs' \
    ':!tests/unit/*_test.c' ':!tests/clients/*.test.mjs'); do
	stem=$(basename "$f")
	head -20 "$f" | grep -q "$stem - see " && continue
	head -20 "$f" | grep -q "$stem - ." || { echo "$f: does not open with \"$stem - what it is\""; bad=1; }
	head -32 "$f" | grep -q 'Belongs here:' || { echo "$f: no \"Belongs here\""; bad=1; }
	head -36 "$f" | grep -q 'Not here:' || { echo "$f: no \"Not here\""; bad=1; }
done
exit $bad
