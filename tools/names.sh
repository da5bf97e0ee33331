#!/bin/sh
# names.sh FOLDER - does every visible name begin with its file's stem?
# A file's header may say "Exports also: name name".
set -eu
cd "$(dirname "$0")/.."
bad=0
for f in $(git ls-files 'src/*/*.c' ':!src/program/*' ':!src/pkcs11/*' ':!src/npki/*wasm*.c'); do
	room=$(basename "$(dirname "$f")")
	stem=$(basename "$f" .c)
	object="$1/libingam-$room.a.p/src_${room}_$stem.c.o"
	[ -f "$object" ] || continue
	also=$(sed -n 's/.*Exports also: *//p' "$f" "${f%.c}.h" 2>/dev/null | tr -d '.,*/')
	for name in $(nm -g --defined-only "$object" | awk '{print $3}'); do
		case $name in
		"$stem" | "$stem"_* | "${stem%_[a-z]*}"_*) continue ;;
		esac
		case " $also " in
		*" $name "*) continue ;;
		esac
		echo "$f: $name does not begin with $stem"
		bad=1
	done
done
exit $bad
