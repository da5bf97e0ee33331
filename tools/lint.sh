#!/bin/sh
# lint.sh - every check that reads the code; stops at none, fails if any did.
set -u
cd "$(dirname "$0")/.."
bad=0
check() {
	printf '%-10s ' "$1"
	shift
	if out=$("$@" 2>&1); then
		echo ok
	else
		echo FAILED
		printf '%s\n' "$out" |
		    grep -vE '^[0-9]+ warnings? generated' | head -60
		bad=1
	fi
}
format() {
	git ls-files -z '*.c' '*.h' ':!src/pkcs11/pkcs11.h' |
	    xargs -0 clang-format --dry-run --Werror
}
# man(1) shows them with groff, which warns of other things, and passes them all.
laid_out() {
	said=$(groff -mdoc -K utf8 -T utf8 -w mac -w break -rLL=78n -z "$1" 2>&1)
	printf '%s' "$said"
	[ -z "$said" ]
}
manuals() {
	for page in $(git ls-files 'man/*'); do
		mandoc -T lint -W warning "$page" || return 1
		laid_out "$page" || return 1
	done
	tools/manuals.sh
}
# Every target has rows of what it is for, of functions that are there, and seeds.
targets() {
	for f in $(git ls-files 'fuzz/*_fuzz.c'); do
		name=$(basename "$f" _fuzz.c)
		grep -q "^$name: " fuzz/targets.txt &&
		    [ -d "fuzz/seeds/$name" ] && continue
		echo "$f: no row in fuzz/targets.txt, or no fuzz/seeds/$name"
		return 1
	done
	grep -v '^#' fuzz/targets.txt | while read -r target file names; do
		for name in $names; do
			grep -q "^$name(" "$file" && continue
			echo "fuzz/targets.txt, $target $file has no $name"
			return 1
		done
	done
}
# The large files first, so that no processor waits for one at the end.
tidy() {
	git ls-files 'src/*.c' ':!src/npki/*wasm*.c' | xargs ls -S |
	    xargs -P "$(nproc)" -n 2 clang-tidy --quiet -p build-asan
}
analyse() {
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	    --enable=warning,performance,portability --suppress=missingIncludeSystem \
	    --suppressions-list=tools/cppcheck.txt \
	    -D__GNUC__ -I src -j "$(nproc)" --library=posix --library=gnu \
	    $(git ls-files 'src/*.c')
}
# The largest file takes a few seconds, all of them a quarter of a minute.
analyse_gcc() {
	git ls-files 'src/*.c' ':!src/npki/*wasm*.c' | xargs ls -S |
	    xargs -P "$(nproc)" -n 1 tools/analyse.sh
}
check rooms tools/rooms.sh
check headers tools/headers.sh
check names tools/names.sh build
check words tools/words.sh
check fuzz targets
check format format
check manuals manuals
check cppcheck analyse
check gcc analyse_gcc
[ "${1:-}" = quick ] || check tidy tidy
exit $bad
