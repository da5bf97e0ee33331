#!/bin/sh
# interop.sh [REGISTRY…] - foreign tools from other registries, pinned, in
# folders of their own; counts as test.sh does.
#
# Belongs here: fetching and building what the tests of tests/interop ask.
# Not here: what they ask, and what must come out.
#
# A registry that cannot be reached is a skip. Whatever else goes wrong, other
# bytes than the pinned ones before all, is a failure. The pins: requirements.txt;
# go.mod and go.sum, for Debian 12's Go 1.19; pom.xml and jars.sha256.
set -u
cd "$(dirname "$0")/.."
here=$PWD
source=tests/interop
log=$(mktemp)
trap 'rm -f "$log" "$log.fetch"' EXIT
status=0
. tools/tap.sh

changed='checksum|hash mismatch|DO NOT MATCH|SECURITY ERROR'
away='name resolution|no such host|unknown host|UnknownHost|unreachable|connection refused|connection reset|timed out|timeout|NewConnectionError|Cannot connect to proxy|proxyconnect|: 50[234] '

# fetch_X: what the registry gives, into build/interop-X. Once, until its list changes.
fetch_pypi() {
	/usr/bin/python3 -m venv "$folder" &&
	    "$folder/bin/pip" install --quiet --disable-pip-version-check \
		--only-binary :all: -r "$source/python/requirements.txt"
}

fetch_go() {
	go_ mod download
}

fetch_maven() {
	mvn --batch-mode --quiet --strict-checksums --file "$source/java/pom.xml" \
	    -Dmaven.repo.local="$here/$folder/repository" \
	    -DoutputDirectory="$here/$folder/jars" \
	    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies
}

# make_X: builds the program that the tests talk to, and says where it is.
make_pypi() {
	export INGAM_PYTHON="$here/$folder/bin/python"
}

make_go() {
	go_ build -o "$here/$folder/peer" . && export INGAM_GO="$here/$folder/peer"
}

make_maven() {
	(cd "$folder/jars" && sha256sum --quiet -c "$here/$source/java/jars.sha256") || return 1
	[ "$(ls "$folder/jars" | wc -l)" = "$(wc -l <"$source/java/jars.sha256")" ] || {
		echo "other jars than jars.sha256 names"
		return 1
	}
	export INGAM_JAVA_CLASSPATH="$here/$folder/classes:$here/$folder/jars/*"
	rm -rf "$folder/classes"
	javac -Xlint:all -Werror -encoding UTF-8 -d "$folder/classes" -cp "$here/$folder/jars/*" "$source"/java/*.java
}

go_() {
	(cd "$source/go" && GOTOOLCHAIN=local GOFLAGS='-modcacherw -buildvcs=false -mod=readonly' \
	    GOMODCACHE="$here/$folder/mod" GOCACHE="$here/$folder/cache" go "$@")
}

# registry X NAME LIST TEST…: fetches, builds, tests.
registry() {
	say "$2"
	folder=build/interop-$1
	list=$3
	unset INGAM_SKIP
	if ! cmp -s "$list" "$folder/fetched"; then
		rm -rf "$folder"
		mkdir -p "$folder"
		if "fetch_$1" >"$log.fetch" 2>&1; then
			cp "$list" "$folder/fetched"
		elif ! grep -qiE "$changed" "$log.fetch" && grep -qiE "$away" "$log.fetch"; then
			export INGAM_SKIP="$2 cannot be reached"
			grep -iE "$away" "$log.fetch" | head -n 1
		else
			cat "$log.fetch"
			echo "not ok 1 - $2: fetched" | tee -a "$log"
			status=1
			return
		fi
	fi
	if [ -n "${INGAM_SKIP:-}" ] || "make_$1"; then
		shift 3
		for one_test in "$@"; do
			tap_node "$source/$one_test.test.mjs" || status=1
		done
	else
		echo "not ok 1 - $2: built" | tee -a "$log"
		status=1
	fi
}

for one in ${*:-pypi go maven}; do
	case $one in
	pypi) registry pypi PyPI $source/python/requirements.txt pypi npki ;;
	go) registry go 'the Go module proxy' $source/go/go.sum go ;;
	maven) registry maven 'Maven Central' $source/java/pom.xml maven ;;
	*)
		echo "interop.sh: $one: not pypi, go or maven" >&2
		exit 2
		;;
	esac
done
tap_count $status
