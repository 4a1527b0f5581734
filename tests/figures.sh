#!/bin/bash
# Every table of a folder that has a reporter, a partner and a value is imported without a manifest, and what the cube adds up to is what awk adds up to;
# tables of names are told as such, and what is refused is refused with a cure.
#
#   figures.sh [FOLDER…]   folders of .csv, .csv.gz, .csv.zst, .csv.xz; without one, tables made here
#
# "ok" or "not ok" a file. A file whose product codes are of no classification that is known is "skip".
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

no() {
    echo "not ok $1"
    [ ! -s "$work/said" ] || head -n 3 "$work/said" | cut -c 1-300 | sed 's/^/# /'
    failed=1
}
unpack() {
    case $1 in
    *.gz) gzip -dc "$1" ;;
    *.zst) zstd -dcq "$1" ;;
    *.xz) xz -dc "$1" ;;
    *) cat "$1" ;;
    esac
}
# What the header's words mean; prints "rows sum" of the tables that are plain enough for awk: no quotes, one value, rows that are all of one kind.
sums() {
    awk -F, '
        NR == 1 {
            sub(/\r$/, "")
            for (i = 1; i <= NF; i++) at[tolower($i)] = i
            split("value_usd value_usd_thousand value_usd_million v", names, " ")
            size["value_usd"] = 1; size["value_usd_thousand"] = size["v"] = 1000; size["value_usd_million"] = 1000000
            for (k = 1; k in names && !value; k++) if (names[k] in at) { value = at[names[k]]; unit = size[names[k]] }
            who = (("reporter" in at) || ("exporter" in at) || ("i" in at)) && (("partner" in at) || ("importer" in at) || ("j" in at))
            if (!value || !who) exit
            next
        }
        { gsub(/"[^"]*"/, "text"); n++; amount = $value * unit; whole = int(amount); part = amount - whole
          sum += whole + (part > 0.5 || (part == 0.5 && whole % 2)) }
        END { if (n) printf "%d %.0f\n", n, sum }'
}
look_at() {
    local file=$1 name wanted rows sum
    name=${file##*/}
    wanted=$(unpack "$file" | sums)
    if ! "$entrepot" import "$file" -o "$work/out.cube" --id figures --report "$work/report.json" >"$work/said" 2>&1; then
        if [ -z "$wanted" ] && grep -qE 'no trade in it|no column says|no description fits' "$work/said"; then
            echo "ok $name is told to be no table of trade"
        elif grep -q 'is no code of the Harmonized System' "$work/said"; then
            echo "skip $name # its product codes are of another classification"
        else
            no "$name"
        fi
        return
    fi
    rows=$(sed -n 's/^ *"observations": \([0-9]*\),$/\1/p' "$work/report.json")
    sum=$(sed -n 's/^ *"value_usd": \([0-9]*\),$/\1/p' "$work/report.json")
    if [ -z "$wanted" ]; then
        echo "ok $name loads"
    elif ! grep -q '"aggregates": 0,' "$work/report.json"; then
        echo "ok $name loads, with aggregates of its own"
    elif [ "$rows $sum" = "$wanted" ]; then
        echo "ok $name: $rows rows, $sum USD"
    else
        no "$name: $rows rows and $sum USD, of $wanted"
    fi
}

if [ $# = 0 ]; then
    mkdir "$work/own"
    cp tests/fixtures/import/{tidy.csv,tidy-m49.csv,baci12_2013.csv,former.csv,tables.csv} "$work/own"
    cat >"$work/own/million.csv" <<'CSV'
fiscal_year,reporter,partner,flow,hs2,value_usd_million
FY2018-19,IND,CHN,M,84,13384.51
FY2018-19,IND,CHN,X,29,3250.4
FY2018-19,IND,WLD,M,84,43721.9
CSV
    gzip "$work/own/million.csv"
    set -- "$work/own"
fi
for folder; do
    for file in "$folder"/*.csv "$folder"/*.csv.gz "$folder"/*.csv.zst "$folder"/*.csv.xz; do
        [ ! -f "$file" ] || look_at "$file"
    done
done
[ $failed = 0 ]
