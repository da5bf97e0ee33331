#!/bin/sh
# web.sh OUT WASM - lays out the pages as they are served: a folder for
# each origin, so that neither serves the other's.
set -eu
out=$1
wasm=$2
source=$(cd "$(dirname "$0")/../web" && pwd)
for origin in app pc; do
	to=$out/$origin
	rm -rf "$to"
	mkdir -p "$to"
	for part in core ui lib; do
		[ ! -d "$source/$part" ] || cp -R "$source/$part" "$to/$part"
	done
	[ ! -f "$wasm" ] || cp "$wasm" "$to/core/npki.wasm"
done
[ ! -d "$source/app" ] || cp -R "$source/app" "$out/app/app"
[ ! -d "$source/www" ] || cp -R "$source/www" "$out/pc/www"
# What stands at the root of an origin: its page, its worker, its manifest.
for f in index.html sw.js manifest.webmanifest; do
	[ ! -f "$out/app/app/$f" ] || mv "$out/app/app/$f" "$out/app/$f"
done
for f in "$out"/pc/www/*.html; do
	[ ! -f "$f" ] || mv "$f" "$out/pc/"
done
# Addresses of a page without a name in them are the page for everybody, not for
# browsers alone: a file each. addresses ORIGIN SCRIPT-WITH-ITS-ROUTES
addresses() {
	sed -n '/^const routes = \[/,/\];/p' "$out/$1/$2" | grep -oE "\['/[a-z]+'," | tr -d "['/," |
	    while read -r name; do
		cp "$out/$1/index.html" "$out/$1/$name.html"
	done
}
[ ! -f "$out/app/index.html" ] || addresses app app/app.js
[ ! -f "$out/pc/index.html" ] || addresses pc www/www.js
