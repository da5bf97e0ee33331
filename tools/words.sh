#!/bin/sh
# words.sh - words that do not stand in our C.
set -eu
cd "$(dirname "$0")/.."
bad=0
ban() {
	if git grep -nE "$1" -- 'src/*.c' 'src/*.h' ':!src/pkcs11/pkcs11.h'; then
		echo "^ $2"
		bad=1
	fi
}
ban '\b(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|gets|atoi|atol|alloca|popen|system)\(' 'use the functions of base'
ban '(^|[^:"])//' 'comments are /* */'
ban 'typedef struct' 'structs keep their name'
ban '\b(TODO|FIXME|XXX|HACK)\b' 'write an issue'
exit $bad
