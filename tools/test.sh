#!/bin/sh
# test.sh - runs every test on what is built, and counts.
#
# The C tests run twice: as built for people (gcc) and under clang with
# address and undefined-behaviour sanitizers. The stories (tests/system,
# tests/browser) run the programs of the gcc build.
set -u
cd "$(dirname "$0")/.."
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

say() { printf '\n== %s\n' "$*"; }

for folder in build build-asan; do
	say "C tests, $folder"
	meson test -C "$folder" --no-rebuild --print-errorlogs || status=1
	cat "$folder/meson-logs/testlog.txt" >>"$log"
done
for kind in system browser; do
	files=$(git ls-files "tests/$kind/*.test.mjs")
	[ -n "$files" ] || continue
	say "$kind tests"
	# One file after the other: they measure time-outs, on two cores.
	for f in $files; do
		timeout 600 node --test "$f" >"$log.one" 2>&1 || {
			status=1
			cat "$log.one"
		}
		grep -E '^ *(not )?ok [0-9]+ - ' "$log.one" | grep -vE "ok [0-9]+ - .*/?$f" |
		    tee -a "$log" | grep -E '^(not )?ok' || true
		rm -f "$log.one"
	done
done
passed=$(grep -E '^ *ok [0-9]+' "$log" | grep -cv '# SKIP')
failed=$(grep -cE '^ *not ok [0-9]+' "$log")
skipped=$(grep -E '^ *ok [0-9]+' "$log" | grep -c '# SKIP')
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
[ "$skipped" = 0 ] || {
	say "skipped"
	grep -E '^ *ok [0-9]+.*# SKIP' "$log" | sort -u
}
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$status" = 0 ]
