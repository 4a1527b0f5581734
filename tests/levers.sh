#!/bin/bash
# Leverage, suppliers and scenarios of 200 random pairs of the Comtrade matrix against an independent calculation.
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot} matrix=../shared/figures/comtrade-23x23-hs4-1989-1990.csv
name='leverage, suppliers and scenarios against an independent calculation'
if [ ! -e "$matrix" ]; then
    echo "skip - $name ($matrix is not here)"
    exit 0
fi
if ! command -v python3 >/dev/null; then
    echo "skip - $name (python3 is not installed)"
    exit 0
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
python3 tests/oracle/levers.py "$entrepot" "$matrix" "$folder" 200
