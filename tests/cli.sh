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
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
# Runs entrepot; its exit status must be $1, and what it says must have all the other words.
says() {
    local status=$1 got word
    shift
    local words=()
    while [ "$1" != -- ]; do words+=("$1"); shift; done
    shift
    "$entrepot" "$@" >"$work/out" 2>&1
    got=$?
    [ "$got" = "$status" ] || { echo "# exit status $got: $(head -c 300 "$work/out")"; return 1; }
    for word in "${words[@]}"; do
        grep -qF -- "$word" "$work/out" || { echo "# \"$word\" is not in: $(head -c 300 "$work/out")"; return 1; }
    done
}
manifest() { # FILE: a manifest of the project with another CSV
    sed "s|\"file\": *\"[^\"]*\"|\"file\": \"$2\"|" data/dgcis-hs2-fy.json >"$work/$1"
}

check 'help names every command' says 0 serve get import verify health routes openapi --config --data -- --help
each_command_has_a_help() {
    local command
    for command in serve get import verify health routes openapi; do
        says 0 "usage: entrepot $command" -- "$command" --help || return 1
    done
}
check 'each command has a help of its own' each_command_has_a_help
check 'the help of serve is about serve' says 0 --sandbox --max-cost ENTREPOT_LISTEN -- serve --help
has_no_use_for() { # COMMAND OPTION: which its help does not list
    ! "$entrepot" "$1" --help | grep -q -- " $2 "
}
check 'the help of verify has nothing of a server' has_no_use_for verify --shards
check 'the help of get has its own options' says 0 --header --include --data -- get --help
check 'an option of one command is none of another' says 2 '--include is no option' 'entrepot verify --help' -- verify a.cube --include
check 'version' says 0 'entrepot ' -- --version
check 'no command is wrong usage' says 2 usage --
check 'an unknown command is wrong usage' says 2 'no command' -- brew
check 'an unknown option is wrong usage' says 2 -- serve --colour red
check 'no data is refused with the cure' says 1 'no data' '--data' -- get /livez
check 'get answers' says 0 70319640000 -- get '/v1/bilateral/IND/CHN?period=FY2018-19' --data data/dgcis-total-fy.json
check 'a folder answers in the order of its file "order"' says 0 '"dataset":"dgcis-total-fy"' '"FY2025-26"' -- get '/v1/bilateral/IND/CHN?period=latest' --data data
check 'get of a problem ends with 1' says 1 unknown-code CHN -- get /v1/bilateral/IND/CHI --data data/dgcis-total-fy.json
check 'get needs a path' says 2 usage -- get v1 --data data
check 'get shows the header fields' says 0 'HTTP/1.1 200' 'Content-Type: text/csv' ETag -- get '/v1/bilateral/IND/CHN' --include --header 'Accept: text/csv' --header 'X-Other: 1' --data data
not_modified_by_get() {
    local tag
    tag=$("$entrepot" get /v1/datasets --include --data data/dgcis-total-fy.json | tr -d '\r' | sed -n 's/^ETag: //p')
    says 0 'HTTP/1.1 304' -- get /v1/datasets --include --header "if-none-match: $tag" --data data/dgcis-total-fy.json
}
check 'get is told that nothing changed' not_modified_by_get
check 'get needs one path' says 2 usage -- get /livez /readyz --data data
check 'a header without its value is wrong usage' says 2 -- get /livez --data data --header
full_device() { # COMMAND…
    "$entrepot" "$@" >/dev/full 2>"$work/out"
    [ $? = 1 ] && grep -q 'standard output' "$work/out"
}
check 'a full disk is told by get' full_device get /livez --data data
check 'a full disk is told by routes' full_device routes
check 'a full disk is told by openapi' full_device openapi
check 'routes takes one word' says 2 usage -- routes --text
check 'routes takes no two words' says 2 usage -- routes --markdown --markdown
check 'routes lists them' says 0 /v1/bilateral/ -- routes
check 'verify needs a file' says 2 usage -- verify
check 'verify needs one file' says 2 usage -- verify a.cube b.cube
check 'verify refuses a bad table first' says 1 nowhere.csv -- verify a.cube --countries nowhere.csv
check 'verify refuses what it does not know' says 2 -- verify --colour red
check 'health takes no words' says 2 usage -- health now
check 'health of nobody is refused' says 1 'no answer' -- health --listen 127.0.0.1:1
check 'health refuses what it does not know' says 2 -- health --colour red
check 'openapi refuses what it does not know' says 2 -- openapi --colour red
check 'a folder is data' says 0 comtrade-critical-month dgcis-total-fy -- get /v1/datasets.csv --data data
check 'the same dataset twice is refused' says 1 'loaded already' -- get /livez --data data --data data/dgcis-total-fy.json
check 'a missing path is named' says 1 nowhere.json -- get /livez --data nowhere.json

check 'openapi needs no data' says 0 '"openapi":"3.1.1"' /v1/bilateral/ -- openapi
check 'openapi takes its examples from the data' says 0 70319640000 -- openapi --data data/dgcis-total-fy.json
check 'openapi over data that is not there is refused' says 1 nowhere.json -- openapi --data nowhere.json
check 'openapi takes no words' says 2 usage -- openapi now

man_has_every_option() {
    local option
    for option in $({ "$entrepot" --help; "$entrepot" get --help; "$entrepot" import --help; } | grep -oE '^  --[a-z-]+' | tr -d ' '); do
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
no_temporary_file() { ! compgen -G "$work/*cube.*"; }
check 'no temporary file is left' no_temporary_file
check 'an unwritable place is refused' says 1 /proc/x.cube -- import "$work/good.json" -o /proc/x.cube
mkfifo "$work/pipe"
check 'a pipe or a folder is not replaced' says 1 'is no file' -- import "$work/good.json" -o "$work/pipe"
check 'and the pipe is still there' test -p "$work/pipe"

# Formats
check 'import has a help of its own' says 0 baci comtrade --allow-unknown --memory -- import --help
check 'an unknown format is wrong usage' says 2 usage -- import xlsx a.csv -o "$work/x.cube"
check 'import needs a place to write' says 2 usage -- import baci a.csv
check 'an option without its value is wrong usage' says 2 --hs value -- import baci a.csv -o "$work/x.cube" --hs
check 'a bad size is refused' says 2 --memory 4G -- import baci a.csv -o "$work/x.cube" --memory lots
check 'a size without a number is refused' says 2 --memory 4G -- import baci a.csv -o "$work/x.cube" --memory G
check 'a size that is too large is refused' says 2 --memory 4G -- import baci a.csv -o "$work/x.cube" --memory 99999999999G
check 'a size in another unit is refused' says 2 --memory 4G -- import baci a.csv -o "$work/x.cube" --memory 4T
check 'a size with two units is refused' says 2 --memory 4G -- import baci a.csv -o "$work/x.cube" --memory 4GG
check 'a negative size is refused' says 2 --memory 4G -- import baci a.csv -o "$work/x.cube" --memory -4G
check 'a size that is too little is refused' says 2 --memory 'at least 1M' -- import baci a.csv -o "$work/x.cube" --memory 1023k
check 'a bad number of threads is refused' says 2 --threads 'up to 1024' -- import baci a.csv -o "$work/x.cube" --threads 1025
check 'a section is no level of rows' says 2 --level -- import comtrade a.csv -o "$work/x.cube" --level section
check 'a sector is no level of rows' says 2 --level -- import comtrade a.csv -o "$work/x.cube" --level sector
check 'a flag takes no value' says 2 'takes no value' -- import baci a.csv -o "$work/x.cube" --synthetic=1
check 'an output without a name is wrong usage' says 2 -o value -- import baci a.csv -o
check 'import of nothing is wrong usage' says 2 usage -- import
check 'import needs a format it knows, behind -- too' says 2 usage -- import -o "$work/x.cube" -- --hs
check 'import refuses a bad table first' says 1 nowhere.csv -- import baci a.csv -o "$work/x.cube" --countries nowhere.csv
check 'a bad level is refused' says 2 --level hs6 -- import comtrade a.csv -o "$work/x.cube" --level=hs5
check 'a bad word for partners is refused' says 2 --partners closed -- import comtrade a.csv -o "$work/x.cube" --partners some
check 'an unknown option of import is refused' says 2 --colour -- import baci a.csv -o "$work/x.cube" --colour red
check 'a missing file is named' says 1 nowhere.csv -- import baci nowhere.csv --hs HS2017 -o "$work/x.cube"
y2020=$work/BACI_HS17_Y2020_V202501.csv y2021=$work/BACI_HS17_Y2021_V202501.csv.gz
printf 't,i,j,k,v,q\n2020,699,156,850760,27.902,      169.800\n2020,156,699,850760,0.164,           NA\n' >"$y2020"
printf 't,i,j,k,v,q\n2021,699,156,850760,1.5,1\n' | gzip >"$y2021"
check 'BACI, two years, one of them packed' says 0 '3 observations' 'release' -- import baci "$y2020" "$y2021" --coverage full --partners all -o "$work/baci.cube"
check 'BACI of one product holds chosen ones, and says by which rule' says 0 'products: selected (1 of 96 chapters' '--coverage full' 'partners: listed' -- import baci "$y2020" -o "$work/x.cube"
check 'an unknown coverage is refused' says 2 --coverage 'full or selected' -- import baci "$y2020" -o "$work/x.cube" --coverage most
check 'a cube of BACI is sound' says 0 sound baci-hs17 -- verify "$work/baci.cube"
check 'a cube of BACI answers' says 0 27902 -- get '/v1/bilateral/IND/CHN?period=2020' --data "$work/baci.cube"
{ cat "$y2020"; gzip -dc "$y2021" | tail -n +2; } >"$work/both.csv"
from_stdin() { "$entrepot" import baci - --hs HS17 --release=V202501 --coverage=full --partners all -o "$work/stdin.cube" "$@" <"$work/both.csv" >"$work/out"; }
check 'standard input' from_stdin
check 'standard input gives the same file' cmp "$work/baci.cube" "$work/stdin.cube"
from_pipe() { gzip -c "$work/both.csv" | "$entrepot" import baci --hs HS17 --release V202501 --coverage full --partners all --threads 3 -o "$work/pipe.cube" -- - >"$work/out"; }
check 'packed standard input through a pipe' from_pipe
check 'a pipe gives the same file' cmp "$work/baci.cube" "$work/pipe.cube"
from_named_pipes() { # whoever writes to them comes later
    mkfifo "$work/rows" "$work/codes" || return 1
    { sleep 0.3; cat "$work/both.csv" >"$work/rows"; } &
    { sleep 0.2; printf 'code,description\n850760,cells\n' >"$work/codes"; } &
    "$entrepot" import baci "$work/rows" --products-file "$work/codes" --hs HS17 --release V202501 --coverage full --partners all -o "$work/named.cube" >"$work/out"
}
check 'rows and codes through named pipes' from_named_pipes
check 'named pipes give the same file' cmp "$work/baci.cube" "$work/named.cube"
check 'a manifest takes files' says 0 '8749 observations' -- import "$work/good.json" "$work/good.csv" -o "$work/b.cube"
check 'files of a manifest give the same cube' cmp "$work/a.cube" "$work/b.cube"
(cat "$y2020"; echo '2020,998,156,850760,1,1'; echo '2020,997,156,850760,1,1'; echo '2020,998,4,850760,1,1') >"$work/unknown.csv"
check 'unknown countries are all listed' says 1 unknown.csv:4 '3 unknown' '"998": 2 rows' '"997": 1 row,' unknown.csv:5 -- import baci "$work/unknown.csv" --hs HS17 -o "$work/x.cube"
check 'unknown countries may be allowed' says 0 '4 observations' '3 unknown country codes became X899' '1 rows were added' -- import baci "$work/unknown.csv" --hs HS17 -o "$work/x.cube" --allow-unknown
printf 'code,description\n850760,cells\n' >"$work/known.csv"
(cat "$y2020"; for code in $(seq 900001 900220); do echo "2020,156,4,$code,1,1"; done) >"$work/products.csv"
check 'unknown products are listed, and how many more there are' says 1 'unknown product codes' '"900001": 1 row,' 'and more of them in' -- import baci "$work/products.csv" --hs HS17 --products-file "$work/known.csv" -o "$work/x.cube"
(cat "$y2020"; for code in $(seq 10000 10220); do echo "2020,$code,4,850760,1,1"; done) >"$work/unknowns.csv"
check 'of many unknown countries some are listed' says 1 'unknown country codes' 'and more of them in' -- import baci "$work/unknowns.csv" --hs HS17 -o "$work/x.cube"
comtrade=$work/comtrade.csv
printf 'period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue,netWgt,classificationCode\n2019,699,156,M,85,5,6,H5\n2019,699,0,M,85,9,0,H5\n2019,699,0,RM,85,9,0,H5\n2019,699,0,M,TOTAL,9,0,H5\n' >"$comtrade"
check 'Comtrade, what was left out, and partners that are not the world' says 0 '2 observations' '1 rows of re-exports' 'partners 5 USD, world 9 USD: taken as listed' -- import comtrade "$comtrade" -o "$work/comtrade.cube" --id mine --synthetic
check 'level and partners may be said' says 0 '2 observations' -- import comtrade "$comtrade" -o "$work/chapters.cube" --id chapters --level hs2 --partners=listed --memory 2m --threads 2
check 'and are in the cube' says 0 '"partners":"listed"' '"level":"hs2"' -- get /v1/datasets/chapters --data "$work/chapters.cube"
check 'the options are in the cube' says 0 mine -- verify "$work/comtrade.cube"
check 'what is synthetic says so' says 0 'Synthetic: ' 'invented figures in the form of' '"synthetic":true' -- get /v1/datasets/mine --data "$work/comtrade.cube"
check 'without notes there are none' says 0 '"notes":[]' -- get /v1/datasets/mine --data "$work/comtrade.cube"
check 'a description that cannot be read is refused' says 1 title -- import comtrade "$comtrade" -o "$work/comtrade.cube" --id mine --title ''
check 'and leaves the file as it was' says 0 'mine' -- verify "$work/comtrade.cube"
interrupted() {
    local status
    mkfifo "$work/fifo" || return 1
    cp "$work/a.cube" "$work/kept.cube"
    "$entrepot" import baci "$work/fifo" --hs HS17 -o "$work/kept.cube" >"$work/out" 2>&1 &
    local import=$!
    exec 3>"$work/fifo"
    cat "$work/both.csv" >&3
    sleep 0.3
    kill -TERM "$import"
    wait "$import"
    status=$?
    exec 3>&-
    [ "$status" = 1 ] && grep -q 'interrupted' "$work/out" && cmp "$work/a.cube" "$work/kept.cube" && ! compgen -G "$work/kept.cube.*"
}
check 'SIGTERM ends an import and leaves the old file' interrupted

# Nothing of a file, its name or the command line reaches the terminal as something to obey: no control character, C1 neither, no bad UTF-8.
tame() { # STATUS ENTREPOT'S ARGUMENTS…: ends so, quotes an escape visibly, and prints no such byte
    local got status=$1
    shift
    "$entrepot" "$@" >"$work/out" 2>&1
    got=$?
    LC_ALL=C tr -d '\n' <"$work/out" | LC_ALL=C grep -aqP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]' && { echo '# raw bytes:'; cat -v "$work/out"; return 1; }
    iconv -f UTF-8 -t UTF-8 "$work/out" >/dev/null && [ "$got" = "$status" ] && grep -qE '\\x1b|\\u001b|%1B' "$work/out" && return
    sed 's/^/# /' "$work/out"
    return 1
}
colour=$'\033[31m\302\233' esc=$'\033[31m\302\233\377'
spoil() { sed "2s/.*/2020,$1/" "$y2020" >"$work/$2"; }
spoil "699,156,850760,1${colour}2,1" cell.csv
check 'a cell is quoted tamely' tame 1 import baci "$work/cell.csv" --hs HS17 -o "$work/x.cube"
spoil "69${colour}9,156,850760,1,1" code.csv
check 'so is a code' tame 1 import baci "$work/code.csv" --hs HS17 -o "$work/x.cube"
spoil "998,156,850760,1,1" "a${esc}b.csv"
check 'and the name of a file, with unknown codes in it' tame 1 import baci "$work/a${esc}b.csv" --hs HS17 -o "$work/x.cube"
sed "1s/k/k$colour/" "$y2020" >"$work/header.csv"
check 'a header' tame 1 import baci "$work/header.csv" --hs HS17 -o "$work/x.cube"
check 'a file that is not there' tame 1 import baci "$work/nowhere$esc.csv" --hs HS17 -o "$work/x.cube"
check 'where to write to' tame 1 import baci "$y2020" --hs HS17 -o "$work/$esc/x.cube"
check 'and what was written' tame 0 import baci "$y2020" --hs HS17 --release "V202501" -o "$work/$esc.cube"
check 'and is sound' tame 0 verify "$work/$esc.cube"
check 'an option of import' tame 2 import baci a.csv -o "$work/x.cube" --threads "$esc"
check 'an option that takes no value' tame 2 import baci a.csv -o "$work/x.cube" "--synthetic=$esc"
check 'an option that nobody knows' tame 2 serve "--$esc" x
check 'a value that is none' tame 2 serve --shards "$esc"
check 'what serve does not take' says 2 'usage: entrepot serve' -- serve "$esc"
check 'a command' tame 2 "$esc"
check 'data that are not there' tame 1 serve --data "$work/$esc"
printf '{"data": ["data"], "a\\u001bb": 1}' >"$work/unknown.conf"
check 'a key of the configuration' tame 1 get /livez --config "$work/unknown.conf"
check 'a target' tame 1 get "/v1/countries?x=a$esc" --data data/dgcis-total-fy.json
check 'a code that is asked for' tame 1 get '/v1/bilateral/IND/C%1B%C2%9BN' --data data/dgcis-total-fy.json

# Configuration
printf '{"data": ["%s"], "colour": 1}' "$PWD/data/dgcis-total-fy.json" >"$work/unknown.conf"
check 'an unknown key of the configuration is named' says 1 colour -- get /livez --config "$work/unknown.conf"
check 'the shipped configuration holds' says 0 8 -- get /healthz --config config/entrepot.json
check 'a bad value is refused' says 2 shards 'whole number' -- serve --shards many --data data
check 'a bad network of proxies is refused' says 2 trusted_proxy 10.0.0.1/8 'behind its prefix' -- serve --trusted-proxy 10.0.0.1/8 --data data
check 'a bad forwarding header is refused with those there are' says 2 forwarded_header x-real-ip x-forwarded-for -- serve --forwarded-header x-real-ip --data data
check 'a bad mode of the sandbox is refused' says 2 sandbox maybe 'auto, require, off' -- serve --sandbox maybe --data data
printf '{"trusted_proxy": ["10.0.0.0/8", 7]}' >"$work/list.conf"
check 'a bad list of the configuration is refused' says 1 trusted_proxy list -- serve --config "$work/list.conf" --data data
ENTREPOT_TRUSTED_PROXY=10.0.0.0/8,::2/1 check 'a bad network in a variable is refused' says 2 ENTREPOT_TRUSTED_PROXY ::2/1 -- serve --data data
every_key_is_shipped() { # no key is unknown or there twice, so their number tells; --config is none
    [ $(($(jq length config/entrepot.json) + 1)) = "$("$entrepot" --help | grep -c '(ENTREPOT_')" ]
}
check 'the shipped configuration has every key' every_key_is_shipped
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

examples() { # of every route, and some more
    # shellcheck disable=SC2016 # the backquotes are Markdown's
    "$entrepot" routes --markdown | sed -n 's/.*| `\([^`]*\)` |$/\1/p'
    printf '%s\n' /v1/bilateral/IND/CHI '/v1/bilateral/IND/CHN.csv?period=latest' '/v1/deficits/IND?format=csv' /nope '/v1/deficits/IND?foo=1'
}
same_bytes() {
    local path n=0
    while read -r path; do
        curl -s "$base$path" >"$work/http"
        "$entrepot" get "$path" --config config/entrepot.json >"$work/get"
        cmp "$work/http" "$work/get" || return 1
        n=$((n + 1))
    done < <(examples)
    [ "$n" -ge 20 ]
}
check 'get and HTTP give the same bytes for every route' same_bytes
same_headers() {
    local path n=0
    while read -r path; do
        curl -s -o /dev/null -D - "$base$path" | grep -vE '^(Date|Server-Timing|X-Request-Id)' >"$work/get.head"
        curl -s -I "$base$path" | grep -vE '^(Date|Server-Timing|X-Request-Id)' >"$work/head.head"
        cmp "$work/get.head" "$work/head.head" || return 1
        n=$((n + 1))
    done < <(examples)
    [ "$n" -ge 20 ]
}
check 'HEAD has the headers of GET on every route' same_headers
revalidated() { # 304 with the tag, by the tag alone and in a list, for either coding
    local path tag coding n=0
    while read -r path; do
        for coding in identity gzip; do
            tag=$(curl -s -o /dev/null -D - -H "Accept-Encoding: $coding" "$base$path" | tr -d '\r' | sed -n 's/^ETag: //p')
            [ -n "$tag" ] || continue
            [ "$(curl -s -o "$work/body" -w '%{http_code}' -H "Accept-Encoding: $coding" -H "If-None-Match: \"x\", W/$tag" "$base$path")" = 304 ] || return 1
            n=$((n + 1))
        done
    done < <(examples)
    [ "$n" -ge 40 ]
}
check 'what a client holds is confirmed on every route' revalidated
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
