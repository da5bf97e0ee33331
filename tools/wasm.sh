#!/bin/sh
# Compiles the core of src/npki to WebAssembly for the browser.
#   tools/wasm.sh OUTPUT SOURCE...
# Debian: clang, lld, wasi-libc, libclang-rt-14-dev-wasm32. CC_WASM names
# another clang.
set -eu
output=$1
shift
source=$(dirname "$0")/../src
exec "${CC_WASM:-clang}" --target=wasm32-wasi --sysroot=/usr -std=gnu17 -O2 \
	-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Werror \
	-fvisibility=hidden -fno-strict-aliasing \
	-I"$source" -nostartfiles -Wl,--no-entry -Wl,--strip-all -Wl,--gc-sections \
	-o "$output" "$@"
