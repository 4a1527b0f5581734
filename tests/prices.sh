#!/bin/bash
# What a request is priced at against what it reads: random questions to every route over a synthetic world (tests/same/prices.py).
set -u
cd "$(dirname "$0")/.." || exit 1
export PYTHONDONTWRITEBYTECODE=1
entrepot=${ENTREPOT:-build/gcc/entrepot}
exec python3 tests/same/prices.py "$entrepot" "${entrepot%/*}/tests/bench/bench_synth"
