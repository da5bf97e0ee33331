# tap.sh - sourced by test.sh and interop.sh: runs node's tests, counts TAP.
#
# Belongs here: what both do with a log of TAP lines, whose name is in $log.
# Not here: which tests there are.
# shellcheck shell=sh disable=SC2154

say() { printf '\n== %s\n' "$*"; }

# tap_node FILE: runs one file of node's tests; shows and logs its lines.
tap_node() {
	rc=0
	timeout 600 node --test "$1" >"$log.one" 2>&1 || {
		rc=1
		cat "$log.one"
	}
	grep -E '^ *(not )?ok [0-9]+ - ' "$log.one" | grep -vE "ok [0-9]+ - .*/?$1" |
	    tee -a "$log" | grep -E '^(not )?ok' || true
	rm -f "$log.one"
	return $rc
}

# tap_count STATUS: the last line; fails when something failed.
tap_count() {
	passed=$(grep -E '^ *ok [0-9]+' "$log" | grep -cv '# SKIP')
	failed=$(grep -cE '^ *not ok [0-9]+' "$log")
	skipped=$(grep -E '^ *ok [0-9]+' "$log" | grep -c '# SKIP')
	[ "$1" = 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ "$skipped" = 0 ] || {
		say "skipped"
		grep -E '^ *ok [0-9]+.*# SKIP' "$log" | sort -u
	}
	echo
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$1" = 0 ]
}
