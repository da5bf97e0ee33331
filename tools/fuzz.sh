#!/bin/sh
# fuzz.sh [TARGET [RUNS]] - runs fuzz targets on top of their seeds.
set -eu
cd "$(dirname "$0")/.."
runs=${2:-100000}
status=0
for target in build-fuzz/fuzz/fuzz-${1:-*}; do
	name=${target##*/fuzz-}
	case $name in
	*.p) continue ;;
	esac
	found=build-fuzz/corpus/$name
	mkdir -p "$found"
	if "$target" -runs="$runs" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
	    -print_final_stats=1 -verbosity=0 -artifact_prefix="$found-" \
	    "$found" "fuzz/seeds/$name" >"$found.log" 2>&1; then
		executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
		echo "fuzz-$name: $executed executions, no crash"
	else
		echo "fuzz-$name: FAILED"
		tail -30 "$found.log"
		status=1
	fi
done
exit $status
