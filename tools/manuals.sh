#!/bin/sh
# manuals.sh - do the pages name every option, and no other?
#
# Belongs here: comparing ingamd's table of options with ingamd.conf(5), value
# for value, the programs' long options and verbs with their pages; quotations that
# mandoc lets pass.
# Not here: the rest of the pages' form (mandoc -T lint, called by lint.sh).
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
same() {
	sort -u "$work/code" >"$work/code.sorted"
	sort -u "$work/page" >"$work/page.sorted"
	[ -s "$work/code" ] && diff "$work/code.sorted" "$work/page.sorted" >"$work/diff" && return 0
	echo "$1 and $2 differ (< code, > page):"
	grep '^[<>]' "$work/diff" || true
	bad=1
}

# ingamd.conf(5): ".It Cm name Ar kind Pq preset". Two presets are where the
# build installs something (src/daemon/meson.build).
sed 's#INGAM_WEB#"PREFIX/share/ingam/web"#; s#INGAM_VAULT#"PREFIX/sbin/ingam-vault"#' \
    src/daemon/config.c >"$work/config"
sed -nE 's/^\tTEXT\("([a-z-]+)", [a-z_]+, "([^"]*)".*/\1 text \2/p
s/^\tFLAG\("([a-z-]+)", [a-z_]+, "([^"]*)".*/\1 yes|no \2/p
s/^\tCOUNT\("([a-z-]+)", [a-z_]+, ([0-9]+), ([0-9]+), "([^"]*)".*/\1 \2..\3 \4/p
s/^\tLIFE\("([a-z-]+)", [a-z_]+, ([0-9]+), ([0-9]+), "([^"]*)".*/\1 \2s..\3s \4/p' \
    "$work/config" | sed 's/ $/ empty/' >"$work/code"
sed -nE 's/^\.It Cm ([a-z-]+) Ar ([^ ]+) Pq (.*)$/\1 \2 \3/p' \
    man/ingamd.conf.5 >"$work/page"
same src/daemon/config.c man/ingamd.conf.5

# options PAGE SOURCE…: the names in tables of struct option, and the two that
# base/usage.c gives to every program.
options() {
	page=$1
	shift
	{
		sed -nE 's/^\t*\{ "([a-z0-9-]+)", (no|required)_argument.*/\1/p' "$@"
		printf 'help\nversion\n'
	} >"$work/code"
	grep -oE '^\.It Fl -[a-z0-9-]+' "$page" | sed 's/.*Fl -//' >"$work/page"
	same "$*" "$page"
}

# The command of people has a page a group: what a file of src/cli is named by
# decides which page has its options.
sources() {
	for file in src/cli/*.c; do
		case ${file#src/cli/} in
		cert*.c) page=cert ;;
		sign.c | verify.c) page=sign ;;
		*) page= ;;
		esac
		[ "$page" = "$1" ] && echo "$file"
	done
}
for page in man/ingam.1 man/ingam-cert.1 man/ingam-sign.1; do
	[ -f "$page" ] || continue
	name=${page#man/ingam}
	name=${name#-}
	# shellcheck disable=SC2046
	options "$page" $(sources "${name%.1}")
done
options man/ingam-phone.1 src/phone/command.c
options man/ingam-vault.8 src/vault/command.c
for page in man/ingamd.8 man/ingam-token.8; do
	for option in help version; do
		grep -q "^\.It Fl -$option$" "$page" || { echo "$page: no --$option"; bad=1; }
	done
done

# verbs SOURCE PAGE: the first string of each row of a table of verbs.
verbs() {
	sed -nE '/_argument,/d; s/^\t\{ "([a-z-]+)", ([a-z]+_[a-z]+|NULL), .*/\1/p' "$1" >"$work/code"
	sed -nE 's/^\.It Cm ([a-z-]+).*/\1/p' "$2" >"$work/page"
	same "$1" "$2"
}
verbs src/daemon/command.c man/ingamd.8
verbs src/phone/command.c man/ingam-phone.1

# Ql and its like go on to the end of the line: a second one would be inside the
# first, and No does not end it.
if grep -nE '^\.(.* )?(Ql|Dq|Sq) [^ ]+ ([,;:] [^ ]|No )' man/*; then
	echo "a quotation that does not end: one a line"
	bad=1
fi
exit $bad
