#!/bin/sh
# analyse.sh FILE - gcc's static analyser over one file, except for what
# tools/analyse.txt explains.
set -u
cd "$(dirname "$0")/.."
# The places that meson.build gives; which they are does not matter here.
places=
for name in VERSION VAULT WEB MODULE TOKEN_HELPER_PATH PKCS11_DIR PKCS11_SYSTEM; do
	places="$places -DINGAM_$name=\"\""
done
# The locale decides how gcc quotes names.
out=$(LC_ALL=C gcc -std=gnu17 -D_GNU_SOURCE -DINGAM_FAILPOINTS \
    $places -I src -fanalyzer -fdiagnostics-plain-output \
    -c -o /dev/null "$1" 2>&1) && [ -z "$out" ] && exit 0
# A finding in a macro names the header: what counts is the function it is in.
printf '%s\n' "$out" | awk -v file="$1" '
FNR == NR {
	if ($0 !~ /^\/\//)
		explained[$0] = 1
	next
}
/In function/ {
	match($0, /In function .*/)
	split(substr($0, RSTART), part, "\047")
	name = part[2]
}
/ (warning|error): / {
	id = $0
	sub(/.*\[-W(error=)?/, "", id)
	sub(/\]$/, "", id)
	shown = !((id ":" file ":" name) in explained)
	bad = bad || shown
	if (shown)
		print id ":" file ":" name
}
shown { print }
END { exit bad ? 1 : 0 }
' tools/analyse.txt -
