#!/bin/bash
# What is known, zero, a part or unknown: worlds in which something is not, every answer held against DESIGN's rules as they are written a second time
# in Python (tests/indicators/knowledge/). A short run: make indicators-known KNOWN_ARGS=--long looks at everything.
set -u
cd "$(dirname "$0")/.." || exit 1
export PYTHONDONTWRITEBYTECODE=1
binary=${ENTREPOT:-build/gcc/entrepot}
case $binary in *address*) set -- --only hand "$@" ;; esac # instrumented: each sentence once
exec python3 tests/indicators/knowledge/run.py "$binary" "$@"
