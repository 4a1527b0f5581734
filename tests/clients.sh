#!/bin/bash
# What analysts read the answers with, for real: jsonstat-toolkit, two CSV parsers and DuckDB from npm, pandas, R, LibreOffice, jq, curl.
# What is not on this machine is skipped: npm packages come with `make test` ($CLIENTS_NODE) as far as npm can have them, pandas too;
# for R `apt-get install r-base-core r-cran-jsonlite`, for LibreOffice `apt-get install libreoffice-calc-nogui` (0.5 GB).
# One "ok - name", "not ok - name" or "skip name # why" a case.
# shellcheck disable=SC2317 # functions are called by name
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
export CLIENTS_NODE=${CLIENTS_NODE:-$PWD/build/clients-node}
work=$(mktemp -d) || exit 1
server=
cleanup() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
unset ENTREPOT_CONFIG ENTREPOT_LISTEN ENTREPOT_DATA
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
# shellcheck source=tests/script/serve.sh
. tests/script/serve.sh
# A script that says its cases itself.
tell() {
    "$@" || failed=1
}

# Shipped figures, an invented world that answers what needs many countries' books, and texts that a spreadsheet would run.
serve_shipped tests/fixtures/toy-world.json tests/fixtures/hostile.json
products="$base/v1/bilateral/IND/CHN/products"
chapters='level=hs2&period=FY2018-19&dataset=dgcis-hs2-fy&sort=product'

# ---- npm

if [ -d "$CLIENTS_NODE/node_modules/jsonstat-toolkit" ] && command -v node >/dev/null; then
    tell node tests/clients/jsonstat.mjs "$base"
    tell node tests/clients/csv.mjs "$base"
else
    echo 'skip jsonstat-toolkit, csv-parse, Papa Parse # npm could not install them'
fi
if [ -d "$CLIENTS_NODE/node_modules/@duckdb/node-api" ] && command -v node >/dev/null; then
    tell node tests/clients/duckdb.mjs "$base"
else
    echo 'skip DuckDB # npm could not install it'
fi

# ---- as DuckDB's httpfs asks: HEAD for length and tag, ranges of them, and the whole where the answer to a range is the whole

head_then_ranges() {
    local url="$products.csv?$chapters" length tag
    curl -sfI "$url" >"$work/head" || return 1
    length=$(sed -n 's/^Content-Length: \([0-9]*\).*/\1/ip' "$work/head") tag=$(sed -n 's/^ETag: \(.*\)\r/\1/ip' "$work/head")
    curl -sf -D "$work/part" -H 'Range: bytes=0-1023' -o "$work/range" "$url" || return 1
    curl -sf "$url" >"$work/whole" || return 1
    echo "length $length, tag $tag, whole $(wc -c <"$work/whole"), range $(wc -c <"$work/range"): $(head -1 "$work/part")"
    [ "$length" = "$(wc -c <"$work/whole")" ] && grep -qF "$tag" "$work/part" || return 1
    case $(head -1 "$work/part") in
    *' 206 '*) [ "$(wc -c <"$work/range")" = 1024 ] && cmp -n 1024 "$work/range" "$work/whole" ;;
    *' 200 '*) cmp "$work/range" "$work/whole" ;;
    *) false ;;
    esac
}
check_quietly 'HEAD has length and tag of what a GET with a range gives' head_then_ranges

# ---- jq

sums_are_equal() {
    local whole lines
    whole=$(curl -sf "$products?$chapters" | jq '[.data[].imports] | add') &&
        lines=$(curl -sf "$products.ndjson?$chapters" | jq -s 'map(.imports) | add') && echo "$whole $lines" && [ "$whole" = "$lines" ] &&
        curl -sf "$products?$chapters&shape=arrays" |
        jq -e '(.columns | map(.id)) as $id | .data | map(. as $row | [$id, $row] | transpose | map({(.[0]): .[1]}) | add) | map(.imports) | add' |
            grep -qx "$whole"
}
check_quietly 'jq adds up JSON, arrays and NDJSON to the same' sums_are_equal

# ---- Python, R

python=
for candidate in /usr/bin/python3 python3; do
    [ -z "$python" ] && "$candidate" -c 'import pandas' 2>/dev/null && python=$candidate
done
if [ -n "$python" ]; then tell "$python" tests/clients/table.py "$base"; else echo 'skip pandas # python3-pandas is not installed'; fi

if command -v Rscript >/dev/null && Rscript -e 'library(jsonlite)' >/dev/null 2>&1; then
    tell Rscript tests/clients/frame.R "$base"
else
    echo 'skip R # r-base-core and r-cran-jsonlite are not installed'
fi

# ---- LibreOffice

# With the settings of the import dialogue: comma, quotes, UTF-8. A profile of its own.
office() { # FOLDER FORMAT FILE
    soffice --headless "-env:UserInstallation=file://$work/office" '--infilter=Text - txt - csv (StarCalc):44,34,76' \
        --convert-to "$2" --outdir "$1" "$3" >"$work/office.log" 2>&1
}
convert() { office "$work" "$2" "$1"; }
cells() { python3 tests/clients/sheet.py "$1"; }
codes_stay() {
    local format
    curl -sf "$products.csv?$chapters&codes=prefixed&bom=1&fields=product,name,imports,balance" -o "$work/codes.csv" || return 1
    for format in xlsx ods; do
        convert "$work/codes.csv" "$format" && cells "$work/codes.$format" >"$work/cells" || return 1
        head -3 "$work/cells"
        sed -n 2p "$work/cells" | grep -qE $'^HS01\tLive animals\t#[0-9]+' || return 1
        [ "$(wc -l <"$work/cells")" = "$(wc -l <"$work/codes.csv")" ] || return 1
        ! grep -q FORMULA "$work/cells" || return 1
    done
    mkdir -p "$work/back" && office "$work/back" csv "$work/codes.csv"
    cmp <(tr -d '\r' <"$work/codes.csv" | sed 's/^\xEF\xBB\xBF//') "$work/back/codes.csv"
}
# Otherwise the zero is lost, which is why there is codes=prefixed.
plain_codes_do_not() {
    curl -sf "$products.csv?$chapters&fields=product,imports" -o "$work/plain.csv" && convert "$work/plain.csv" xlsx &&
        cells "$work/plain.xlsx" | sed -n 2p | grep -q $'^#1\t'
}
nothing_runs() {
    local format
    curl -sf "$base/v1/datasets/hostile.csv?bom=1" -o "$work/hostile.csv" || return 1
    for format in xlsx ods; do
        convert "$work/hostile.csv" "$format" && cells "$work/hostile.$format" >"$work/cells" || return 1
        cat "$work/cells"
        ! grep -q FORMULA "$work/cells" && grep -qF "'=cmd|' /C calc'!A0" "$work/cells" || return 1
    done
}
if command -v soffice >/dev/null && command -v python3 >/dev/null; then
    check_quietly 'LibreOffice keeps the zeros of codes=prefixed, in xlsx, ods and back in csv' codes_stay
    check_quietly 'LibreOffice takes plain codes for numbers' plain_codes_do_not
    check_quietly 'LibreOffice runs no text that would be a formula' nothing_runs
else
    echo 'skip LibreOffice # libreoffice-calc-nogui is not installed'
fi
exit "$failed"
