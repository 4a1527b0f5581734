#!/bin/bash
# Every indicator over HTTP against a calculation of our own in Python (tests/indicators/): a toy world worked out by hand
# and, where it is, the real trade of 23 countries.
set -u
cd "$(dirname "$0")/.." || exit 1
export PYTHONDONTWRITEBYTECODE=1
binary=${ENTREPOT:-build/gcc/entrepot}
exec python3 tests/indicators/run.py "$binary"
