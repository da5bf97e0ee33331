#!/bin/sh
# words.sh - words that do not stand in our C.
set -eu
cd "$(dirname "$0")/.."
bad=0
ban() {
	if git grep -nE "$1" -- 'src/*.c' 'src/*.h' 'src/*.def' ':!src/pkcs11/pkcs11.h'; then
		echo "^ $2"
		bad=1
	fi
}
ban '\b(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|gets|atoi|atol|alloca|popen|system)\(' 'use the functions of base'
ban '(^|[^:"])//' 'comments are /* */'
ban 'typedef struct' 'structs keep their name'
ban '\b(TODO|FIXME|XXX|HACK)\b' 'write an issue'
ban '(습|입)니다' 'what a person is told ends in 해요'
ban '암호화용' 'the pair beside 전자서명용 is 암호용'
exit $bad
