#!/bin/sh
# fuzz.sh [TARGET [RUNS]] - runs fuzz targets on top of their seeds, and adds
# up in build-fuzz/executions how often each has run.
set -eu
cd "$(dirname "$0")/.."
# Where each block was allocated is only wanted once something is found: run
# the input again without this.
export ASAN_OPTIONS="${ASAN_OPTIONS-malloc_context_size=0:quarantine_size_mb=4}"
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
		echo "$name $executed" >>build-fuzz/executions
		all=$(awk -v name="$name" '$1 == name { n += $2 }
		    END { print n }' build-fuzz/executions)
		echo "fuzz-$name: $executed executions ($all in all), no crash"
	else
		echo "fuzz-$name: FAILED"
		tail -30 "$found.log"
		status=1
	fi
done
exit $status
