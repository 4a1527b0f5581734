#!/bin/bash
# Behind nginx with the shipped configuration and its cache on: what is kept, what is asked again, and what a new release does to both.
set -u
: "${ENTREPOT:?the path of the entrepot program}"
nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo 'skip nginx # not installed (Debian package: nginx-light)'; exit 0; }
work=$(mktemp -d) || exit 1
ours=0 proxy=0
cleanup() {
    for pid in $ours $proxy; do [ "$pid" = 0 ] || kill "$pid" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT

# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh

wait_for() { # URL PID
    local i
    for ((i = 0; i < 200; i++)); do
        curl -fs -o /dev/null --max-time 2 -H 'Host: trade.example.org' "$1" && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

figures() { # VALUE: a dataset of one pair; another value is another release
    printf 'period,reporter,partner,flow,value\n2023,DEU,CHN,M,%s\n2023,DEU,CHN,X,7\n' "$1" >"$work/data/pair.csv"
}

start_ours() { # keeps its port once it has one
    local i
    for ((i = 0; i < 20; i++)); do
        [ -n "${port:-}" ] || try=$((20000 + RANDOM % 10000))
        "$ENTREPOT" serve --data "$work/data" --listen "127.0.0.1:${port:-$try}" --max-age "$max_age" --log-level info 2>>"$work/ours.log" &
        ours=$!
        if wait_for "http://127.0.0.1:${port:-$try}/livez" $ours; then
            port=${port:-$try}
            return 0
        fi
        wait $ours 2>/dev/null
        sleep 0.1
    done
    return 1
}

start_proxy() {
    local i
    for ((i = 0; i < 20; i++)); do
        front=$((30000 + RANDOM % 2000))
        sed -e "s|server 127.0.0.1:8080;|server 127.0.0.1:$port;|" -e "s|listen 80|listen 127.0.0.1:$front|" -e '/listen \[::\]/d' \
            -e "s|/run/nginx.pid|$work/nginx.pid|" -e "s|/var/cache/nginx|$work|" -e 's|worker_processes auto|daemon off; worker_processes 1|' \
            -e "s|^http {|http { access_log off; $(for k in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s; ' $k "$work" $k; done)|" \
            config/nginx.conf >"$work/nginx.conf"
        [ "$(id -u)" != 0 ] || sed -i '1i user root;' "$work/nginx.conf"
        "$nginx" -e "$work/nginx.log" -c "$work/nginx.conf" 2>"$work/nginx.err" &
        proxy=$!
        wait_for "http://127.0.0.1:$front/livez" $proxy && return 0
        wait $proxy 2>/dev/null
    done
    cat "$work/nginx.err" >&2
    return 1
}

ask() { # PATH [CURL-OPTION…]: head in $work/head, body in $work/body
    local path=$1
    shift
    rm -f "$work/body"
    curl -s --max-time 10 -H 'Host: trade.example.org' -D "$work/head" -o "$work/body" "$@" "http://127.0.0.1:$front$path"
}
status() { awk 'NR == 1 { print $2 }' "$work/head"; }
field() { tr -d '\r' <"$work/head" | awk -F ': ' -v name="$1" 'tolower($1) == tolower(name) { print $2 }'; }
kept() { field X-Cache-Status; }
asked() { # PATH: how often entrepot was; its log is written a little later
    sleep 0.3
    grep -cF "\"target\":\"$1\"" "$work/ours.log"
}
imports() { sed -n 's/.*"imports":\([0-9]*\).*/\1/p' "$work/body"; }
release() { sed -n 's/.*"release":"\([0-9a-f]*\)".*/\1/p' "$work/body"; }

restart_ours() {
    kill $ours && wait $ours 2>/dev/null
    start_ours
}

mkdir "$work/data"
cat >"$work/data/pair.json" <<'END'
{"id":"pair","title":"One pair, synthetic: invented figures","source":"invented for a test","source_url":null,"licence":"none","published":null,
 "checked":null,"frequency":"A","level":"total","hs":null,"valuation":{"exports":"FOB","imports":"CIF"},"basis":"reported","coverage":"full",
 "partners":"listed","synthetic":true,"notes":[],"file":"pair.csv","codes":"iso3","value_unit":"USD million",
 "columns":{"period":"period","reporter":"reporter","partner":"partner","flow":"flow","value":"value"}}
END
figures 100
max_age=60
start_ours || { cat "$work/ours.log" >&2; echo 'not ok - entrepot starts'; exit 1; }
start_proxy || { echo 'not ok - nginx takes the shipped configuration'; exit 1; }
echo 'ok - nginx takes the shipped configuration'
pair=/v1/bilateral/DEU/CHN

serves_from_its_cache() {
    ask "$pair?pretty=0" && [ "$(status)" = 200 ] && [ "$(kept)" = MISS ] || return 1
    ask "$pair?pretty=0" && [ "$(kept)" = HIT ] && [ "$(imports)" = 100000000 ] && [ "$(field Server-Timing)" = 'cache;desc=proxy' ] || return 1
    ask "$pair?pretty=0" -I && [ "$(kept)" = HIT ] && [ "$(asked "$pair?pretty=0")" = 1 ]
}
check 'a second request is answered by nginx alone, HEAD too' serves_from_its_cache

keeps_codings_apart() {
    local tag
    ask "$pair?limit=5" && tag=$(field ETag) && [ -z "$(field Content-Encoding)" ] || return 1
    ask "$pair?limit=5" -H 'Accept-Encoding: gzip, deflate, br' && [ "$(field Content-Encoding)" = gzip ] && [ "$(field ETag)" != "$tag" ] || return 1
    ask "$pair?limit=5" -H 'Accept-Encoding: br,gzip' && [ "$(kept)" = HIT ] && [ "$(field Content-Encoding)" = gzip ] || return 1
    gzip -dc "$work/body" >"$work/plain" || return 1
    ask "$pair?limit=5" -H 'Accept-Encoding: gzip;q=0, identity' && [ -z "$(field Content-Encoding)" ] && cmp "$work/body" "$work/plain" && [ "$(field ETag)" = "$tag" ]
}
check 'codings are kept apart, and each only once' keeps_codings_apart

keeps_formats_apart() {
    ask "$pair" -H 'Accept: text/csv' && [[ $(field Content-Type) = text/csv* ]] || return 1
    ask "$pair" -H 'Accept: application/json' && [ "$(field Content-Type)" = application/json ] || return 1
    ask "$pair" -H 'Accept: text/csv' && [ "$(kept)" = HIT ] && [[ $(field Content-Type) = text/csv* ]]
}
check 'formats that Accept chooses are kept apart' keeps_formats_apart

revalidates() {
    ask "$pair?limit=6"
    ask "$pair?limit=6" -H "If-None-Match: $(field ETag)" && [ "$(status)" = 304 ] && [ "$(kept)" = HIT ] && [ ! -s "$work/body" ]
}
check 'nginx says 304 by the strong tag' revalidates

names_each_request() {
    local one
    ask "$pair?limit=6" && one=$(field X-Request-Id) && ask "$pair?limit=6" && [ "$(kept)" = HIT ] && [ -n "$one" ] && [ "$(field X-Request-Id)" != "$one" ]
}
check 'a kept answer goes out under the id of its own request' names_each_request

mistakes_are_not_kept() {
    ask "$pair?foo=1" && [ "$(status)" = 400 ] && ask "$pair?foo=1" && [ "$(status)" = 400 ] && [ "$(kept)" = MISS ]
}
check 'problems are not kept' mistakes_are_not_kept

new_release() { # the same address with other figures behind it
    max_age=1
    restart_ours || return 1
    ask "$pair?limit=7" && old=$(release) && [ "$(imports)" = 100000000 ] || return 1
    ask "$pair?release=$old" && [ "$(status)" = 200 ] && [[ $(field Cache-Control) = *immutable* ]] || return 1
    figures 200
    restart_ours || return 1
    local i seen_old=0
    for ((i = 0; i < 100; i++)); do
        ask "$pair?limit=7" && [ "$(status)" = 200 ] || return 1
        case $(imports) in
        200000000) [ "$(release)" != "$old" ]; return ;;
        100000000) seen_old=$((seen_old + 1)) ;;
        *) return 1 ;;
        esac
        sleep 0.1
    done
    return 1
}
check 'a new release is seen once the old answer has been asked about' new_release

pins_hold() {
    ask "$pair?release=$old" && [ "$(status)" = 200 ] && [ "$(kept)" = HIT ] && [ "$(imports)" = 100000000 ] && [ "$(release)" = "$old" ] || return 1
    ask "$pair?release=$old&limit=9" && [ "$(status)" = 410 ] || return 1
    ask "$pair?limit=7" && ask "$pair?release=$(release)" && [ "$(imports)" = 200000000 ]
}
check 'release= gives its own figures or 410, never others' pins_hold

outage() {
    ask "$pair?limit=7" && [ "$(imports)" = 200000000 ] || return 1
    kill $ours && wait $ours 2>/dev/null
    ours=0
    sleep 1.5 # until it is stale
    ask "$pair?limit=7" && [ "$(status)" = 200 ] && [ "$(imports)" = 200000000 ]
}
check 'what is kept is served on while entrepot is away' outage
