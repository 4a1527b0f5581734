#!/bin/bash
# The page in Debian's chromium, where chromium, node and the npm packages are there; else a line that says what is missing.
#   browser.sh [WORD]             checks.mjs, or those of its cases that have the word in their name
#   browser.sh --screenshots DIR  PNGs of every view
#   browser.sh --timings          how long the first view takes, and a change of views
set -u
cd "$(dirname "$0")/.." || exit 1
export BROWSER_NODE=${BROWSER_NODE:-build/browser-node} CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export ENTREPOT=${ENTREPOT:-build/gcc/entrepot}

skip() {
    echo "skip browser # $1"
    exit 0
}
[ -x "$CHROMIUM" ] || skip "chromium is not installed"
command -v node >/dev/null || skip "node is not installed"
for package in playwright-core axe-core; do
    [ -d "$BROWSER_NODE/node_modules/$package" ] || skip "the npm package $package is not in $BROWSER_NODE"
done
# Each version of playwright-core asks for a version of Node.js.
why=$(cd "$BROWSER_NODE" && node -e "require('playwright-core')" 2>&1) || skip "$(head -n 1 <<<"$why")"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# A small synthetic world, for what needs the books of many countries.
synth=${ENTREPOT%/*}/tests/bench/bench_synth
if [ -x "$synth" ] && "$synth" --out "$work/world" --years 2018..2021 --areas 40 --products 300 >/dev/null &&
    "$ENTREPOT" import baci "$work"/world/BACI_*.csv --countries-file "$work/world/country_codes_V202501.csv" \
        --products-file "$work/world/product_codes_HS17_V202501.csv" --coverage full --partners all --synthetic --id synthetic-world \
        --title 'Synthetic world: invented figures in the form of BACI' -o "$work/world.cube" >/dev/null 2>&1; then
    export WORLD_CUBE=$work/world.cube
fi
case ${1:-} in
--screenshots) script=screenshots.mjs && shift ;;
--timings) script=timings.mjs && shift ;;
*) script=checks.mjs ;;
esac
TMPDIR=$work node "tests/browser/$script" "$@"
