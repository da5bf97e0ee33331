#!/bin/sh
# test.sh - runs every test on what is built, and counts.
#
# The C tests run twice: as built for people (gcc) and under clang with
# address and undefined-behaviour sanitizers. The stories (tests/system,
# tests/browser), the attacks from outside (tests/attack), random faults
# (tests/fault) and the pages of docs/clients (tests/clients) run the programs of
# the gcc build.
set -u
cd "$(dirname "$0")/.."
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
. tools/tap.sh

for folder in build build-asan; do
	say "C tests, $folder"
	meson test -C "$folder" --no-rebuild --print-errorlogs || status=1
	cat "$folder/meson-logs/testlog.txt" >>"$log"
done
for kind in system attack fault browser clients; do
	files=$(git ls-files "tests/$kind/*.test.mjs")
	[ -n "$files" ] || continue
	say "$kind tests"
	# One file after the other: they measure time-outs, on two cores.
	for f in $files; do
		tap_node "$f" || status=1
	done
done
tap_count $status
