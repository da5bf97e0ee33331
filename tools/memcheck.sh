#!/bin/sh
# memcheck.sh - valgrind over the C tests of npki and of the vault, and the
# thread sanitizer over the vault's threads.
#
# Belongs here: which programs run under it, and what counts as a finding.
# Not here: what the tests expect (tests/); the sanitizers' build (test.sh).
#
# A vault's own tests run as they are and start a vault under valgrind. It is
# not jailed there: valgrind does the system calls, and knows neither Landlock
# nor seccomp. What libcrypto takes lies in the vault's one locked piece, in
# which valgrind sees no leak; the sanitizers' build, where that piece is not
# made, does.
set -u
cd "$(dirname "$0")/.."
# Of what a test tries by the thousand, one in so many.
export INGAM_EACH=25 INGAM_WEAK=1 INGAM_SOURCE="$PWD"
export INGAM_VAULT="$PWD/build/memcheck/vault" LC_ALL=C.UTF-8
work=build/memcheck
rm -rf "$work"
mkdir -p "$work/found"

valgrind="valgrind --quiet --log-file=$work/found/%p.log --leak-check=full \
--errors-for-leak-kinds=definite,indirect --error-exitcode=99 \
--suppressions=tools/valgrind.supp"
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$valgrind" \
    "$PWD/build/src/program/ingam-vault" >"$INGAM_VAULT"
chmod +x "$INGAM_VAULT"

# The long ones first, so that no processor waits for one at the end.
{
	echo build/tests/vault/vault-path
	echo build/tests/vault/vault-attack
	ls -S build/tests/unit/npki-*_test build/tests/unit/vault-*_test |
	    sed "s|^|$valgrind |"
} >"$work/run"
status=0
xargs -P "$(nproc)" -I '{}' sh -c '
	name=$(basename "${1##* }")
	if timeout 600 $1 >"build/memcheck/$name.out" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		grep -a "^not ok" "build/memcheck/$name.out"
		exit 1
	fi' - '{}' <"$work/run" || status=1

# What it says of system calls that it does not know is no finding.
for log in "$work"/found/*.log; do
	grep -q '^==' "$log" || continue
	cat "$log"
	status=1
done
vaults=$(ls "$work"/found | wc -l)
[ "$status" = 0 ] && echo "memcheck: $vaults processes, no finding"

# libcrypto was not built for it, so that its own locks are not seen.
echo 'called_from_lib:libcrypto.so' >"$work/races.supp"
INGAM_VAULT="$PWD/build-threads/src/program/ingam-vault" INGAM_NOISY=1 \
    TSAN_OPTIONS="exitcode=99:die_after_fork=0:suppressions=$PWD/$work/races.supp" \
    build-threads/tests/vault/vault-threads >"$work/races.out" 2>&1 || {
	cat "$work/races.out"
	status=1
}
[ "$status" = 0 ] && echo "memcheck: the vault's threads, no finding"
exit $status
