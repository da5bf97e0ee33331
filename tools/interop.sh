#!/bin/sh
# interop.sh - foreign tools from other registries, in folders of their own.
set -eu
cd "$(dirname "$0")/.."
venv=build/interop-python
if [ ! -x "$venv/bin/python" ] ||
    ! cmp -s tests/interop/requirements.txt "$venv/requirements.txt"; then
	rm -rf "$venv"
	/usr/bin/python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check \
	    --only-binary :all: -r tests/interop/requirements.txt
	cp tests/interop/requirements.txt "$venv/"
fi
INGAM_PYTHON=$PWD/$venv/bin/python exec node --test tests/interop/interop.test.mjs
