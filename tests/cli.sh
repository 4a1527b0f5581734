#!/bin/bash
# The command line as an operator uses it: start, refuse, import, verify, ask, stop. One "ok - name" or "not ok - name" a case.
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
work=$(mktemp -d) || exit 1
server=
cleanup() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
unset ENTREPOT_CONFIG ENTREPOT_LISTEN ENTREPOT_DATA
failed=0

check() { # NAME CONDITION…: the condition is a command
    local name=$1
    shift
    if "$@"; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        failed=1
    fi
}
# Runs entrepot; its exit status must be $1, and what it says must have all the other words.
says() {
    local status=$1 got word
    shift
    local words=()
    while [ "$1" != -- ]; do words+=("$1"); shift; done
    shift
    "$entrepot" "$@" >"$work/out" 2>&1
    got=$?
    [ $got = "$status" ] || { echo "# exit status $got: $(head -c 300 "$work/out")"; return 1; }
    for word in "${words[@]}"; do
        grep -qF -- "$word" "$work/out" || { echo "# \"$word\" is not in: $(head -c 300 "$work/out")"; return 1; }
    done
}
manifest() { # FILE: a manifest of the project with another CSV
    sed "s|\"file\": *\"[^\"]*\"|\"file\": \"$2\"|" data/dgcis-hs2-fy.json >"$work/$1"
}

check 'help names every command' says 0 serve get import verify health routes openapi --config --data -- --help
check 'version' says 0 'entrepot ' -- --version
check 'no command is wrong usage' says 2 usage --
check 'an unknown command is wrong usage' says 2 'no command' -- brew
check 'an unknown option is wrong usage' says 2 -- serve --colour red
check 'no data is refused with the cure' says 1 'no data' '--data' -- get /livez
check 'get answers' says 0 70319640000 -- get '/v1/bilateral/IND/CHN?period=FY2018-19' --data data/dgcis-total-fy.json
check 'get of a problem ends with 1' says 1 unknown-code CHN -- get /v1/bilateral/IND/CHI --data data/dgcis-total-fy.json
check 'get needs a path' says 2 usage -- get v1 --data data
check 'a folder is data' says 0 comtrade-critical-month dgcis-total-fy -- get /v1/datasets.csv --data data
check 'the same dataset twice is refused' says 1 'loaded already' -- get /livez --data data --data data/dgcis-total-fy.json
check 'a missing path is named' says 1 nowhere.json -- get /livez --data nowhere.json

man_has_every_option() {
    local option
    for option in $("$entrepot" --help | grep -oE '^  --[a-z-]+' | tr -d ' '); do
        grep -qF -- "${option#-}" src/cli/entrepot.1 || { echo "# $option is not in the man page"; return 1; }
    done
}
check 'the man page has every option of --help' man_has_every_option

# Mistakes in data
cp data/dgcis-hs2-fy.csv "$work/good.csv"
manifest good.json good.csv
awk -F, -v OFS=, 'NR == 5000 { $6 = "12x3" } { print }' data/dgcis-hs2-fy.csv >"$work/number.csv"
manifest number.json number.csv
check 'a bad number is named with its line' says 1 number.csv:5000 12x3 value_usd_million -- get /livez --data "$work/number.json"
sed 's/"value": *"[^"]*"/"value": "worth"/' "$work/good.json" >"$work/column.json"
check 'a wrong column is named with those there are' says 1 '"worth"' value_usd_million -- get /livez --data "$work/column.json"
(cat data/dgcis-hs2-fy.csv; sed -n 100p data/dgcis-hs2-fy.csv) >"$work/double.csv"
manifest double.json double.csv
check 'a double key is named with both lines' says 1 double.csv:8751 'line 100' -- get /livez --data "$work/double.json"
sed 's/"id"/"id": "x", "id"/' "$work/good.json" >"$work/keys.json"
check 'a double key of a manifest is refused' says 1 keys.json duplicate -- get /livez --data "$work/keys.json"
check 'serve does not start half up' says 1 number.csv:5000 -- serve --listen 127.0.0.1:0 --data data --data "$work/number.json"

# Cube files
check 'import' says 0 '8749 observations' -- import "$work/good.json" -o "$work/a.cube"
check 'verify' says 0 sound -- verify "$work/a.cube"
"$entrepot" import "$work/good.json" -o "$work/b.cube" >/dev/null
check 'the same input gives the same file' cmp "$work/a.cube" "$work/b.cube"
"$entrepot" get '/v1/bilateral/IND/CHN' --data "$work/good.json" >"$work/from_csv"
"$entrepot" get '/v1/bilateral/IND/CHN' --data "$work/a.cube" >"$work/from_cube"
check 'a cube answers as its CSV does' cmp "$work/from_csv" "$work/from_cube"
head -c 50000 "$work/a.cube" >"$work/cut.cube"
check 'a cube cut short is refused' says 1 cut.cube 'bytes where' -- get /livez --data "$work/cut.cube"
cp "$work/a.cube" "$work/flip.cube"
printf '\377' | dd of="$work/flip.cube" bs=1 seek=40000 conv=notrunc 2>/dev/null
check 'a flipped byte is refused with its section' says 1 flip.cube section -- verify "$work/flip.cube"
check 'a failed import leaves the old file' says 1 -- import "$work/number.json" -o "$work/b.cube"
check 'the old file is as it was' cmp "$work/a.cube" "$work/b.cube"
check 'no temporary file is left' test -z "$(ls "$work" | grep "cube[.]")"
check 'an unwritable place is refused' says 1 /proc/x.cube -- import "$work/good.json" -o /proc/x.cube

# Configuration
printf '{"data": ["%s"], "colour": 1}' "$PWD/data/dgcis-total-fy.json" >"$work/unknown.conf"
check 'an unknown key of the configuration is named' says 1 colour -- get /livez --config "$work/unknown.conf"
check 'the shipped configuration holds' says 0 8 -- get /healthz --config config/entrepot.json
check 'a bad value is refused' says 2 shards 'whole number' -- serve --shards many --data data
ENTREPOT_LOG_LEVEL=loud check 'a bad variable is refused' says 2 ENTREPOT_LOG_LEVEL -- serve --data data

# A server, and the same bytes from `get`
"$entrepot" serve --config config/entrepot.json --listen 127.0.0.1:0 2>"$work/log" &
server=$!
for _ in $(seq 100); do
    port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/log" | head -1)
    [ -n "$port" ] && break
    sleep 0.1
done
base=http://127.0.0.1:$port
check 'health' says 0 -- health --listen "127.0.0.1:$port"
check 'a taken port is refused with the cure' says 1 "$port" -- serve --data data/dgcis-total-fy.json --listen "127.0.0.1:$port"

same_bytes() { # every route's example as JSON and, where it is a table, as CSV
    local path n=0
    while read -r path; do
        curl -s "$base$path" >"$work/http"
        "$entrepot" get "$path" --config config/entrepot.json >"$work/get"
        cmp "$work/http" "$work/get" || return 1
        n=$((n + 1))
    done < <("$entrepot" routes --markdown | sed -n 's/.*| `\([^`]*\)` |$/\1/p'; echo '/v1/bilateral/IND/CHI'; echo '/v1/bilateral/IND/CHN.csv?period=latest'; echo '/v1/deficits/IND?format=csv')
    [ $n -ge 20 ]
}
check 'get and HTTP give the same bytes for every route' same_bytes
same_headers() {
    local path
    for path in /v1 /v1/bilateral/IND/CHN '/v1/deficits/IND.csv' /livez /v1/openapi.json /nope; do
        curl -s -o /dev/null -D - "$base$path" | grep -v '^Date' >"$work/get.head"
        curl -s -I "$base$path" | grep -v '^Date' >"$work/head.head"
        cmp "$work/get.head" "$work/head.head" || return 1
    done
}
check 'HEAD has the headers of GET' same_headers
not_modified() {
    local tag
    tag=$(curl -s -o /dev/null -D - "$base/v1/bilateral/IND/CHN" | tr -d '\r' | sed -n 's/^ETag: //p')
    [ "$(curl -s -o /dev/null -w '%{http_code} %{size_download}' -H "If-None-Match: $tag" "$base/v1/bilateral/IND/CHN")" = '304 0' ]
}
check 'an entity tag saves the body' not_modified
kill -TERM "$server"
wait "$server"
check 'SIGTERM ends with 0' test $? = 0
server=
log_is_json() { jq -es 'map(select(.event == "request")) | length > 20' "$work/log" >"$work/out"; }
check 'one log line a request, each of them JSON' log_is_json
exit $failed
