#!/bin/bash
# Requests a second over HTTP, side by side on this machine: ours against a bare libmicrohttpd that sends the same bytes with the
# same headers, and against nginx sending them from a file if nginx is installed. The rounds alternate, so that a noisy neighbour
# hits all alike; the best round of each counts. Servers are held to one processor and wrk to another, if there are two: otherwise
# the luck of how the kernel spreads connections over shards decides.
#
#   http.sh [ENTREPOT [PEER]]     the programs; default: $ENTREPOT and $BENCH/bench_bare_mhd, as `make bench` sets them
#   SECONDS_EACH=5 ROUNDS=3 CONNECTIONS=32
set -u
entrepot=${1:-${ENTREPOT:?the path of the entrepot program}}
peer=${2:-${BENCH:?the folder of the bench programs}/bench_bare_mhd}
seconds=${SECONDS_EACH:-5} rounds=${ROUNDS:-3} connections=${CONNECTIONS:-32}
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1

for tool in wrk curl; do
    if ! command -v $tool >/dev/null; then
        echo "http.sh: $tool is missing, nothing measured (Debian package: $tool)" >&2
        exit 1
    fi
done
for program in "$entrepot" "$peer"; do
    [ -x "$program" ] || { echo "http.sh: $program: no such program" >&2; exit 1; }
done

serve_on=() ask_on=() workers=auto where='unpinned'
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
    serve_on=(taskset -c 0) ask_on=(taskset -c 1) workers=1 where='servers on processor 0, wrk on 1'
fi

work=$(mktemp -d) || exit 1
running=()
cleanup() {
    for pid in "${running[@]}"; do kill "$pid" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

wait_for() { # URL PID: until it answers, 10 s at most
    local i
    for ((i = 0; i < 100; i++)); do
        curl -fs -o /dev/null --max-time 2 "$1" && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

start_ours() { # sets port_ours; a port that is taken is refused by the server, so another one is tried
    local i
    for ((i = 0; i < 5; i++)); do
        port_ours=$((20000 + RANDOM % 10000))
        "${serve_on[@]}" "$entrepot" serve --data "$root/data" --listen "127.0.0.1:$port_ours" --log-level warning >"$work/ours.log" 2>&1 &
        if wait_for "http://127.0.0.1:$port_ours/livez" $!; then
            running+=($!)
            return
        fi
    done
    echo 'http.sh: entrepot does not start:' >&2
    cat "$work/ours.log" >&2
    exit 1
}

start_bare() { # NAME [each]: sets port_bare
    : >"$work/$1.port"
    "${serve_on[@]}" "$peer" "$work/$1.body" "$work/$1.head" ${2:+"$2"} >"$work/$1.port" &
    running+=($!)
    local i
    for ((i = 0; i < 100; i++)); do
        read -r port_bare <"$work/$1.port" && wait_for "http://127.0.0.1:$port_bare/" $! && return
        sleep 0.05
    done
    echo 'http.sh: the bare server does not start' >&2
    exit 1
}

start_nginx() { # NAME: sets port_nginx, empty if there is no nginx
    port_nginx=
    local nginx i
    nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || return
    for ((i = 0; i < 5; i++)); do
        port_nginx=$((30000 + RANDOM % 2000))
        mkdir -p "$work/$1.www"
        cp "$work/$1.body" "$work/$1.www/answer"
        chmod -R a+rX "$work"
        {
            echo "daemon off; worker_processes $workers; pid $work/$1.pid; error_log $work/nginx.log;"
            echo 'events { worker_connections 1024; }'
            echo 'http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100;'
            for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/$kind;"; done
            echo "server { listen 127.0.0.1:$port_nginx reuseport; root $work/$1.www; default_type application/json;"
            tr -d '\r' <"$work/$1.head" | grep -iE '^(cache-control|vary|access-control|link|x-|server-timing)' |
                sed -E "s/^([^:]+): *(.*)\$/add_header \1 '\2';/"
            echo 'location / { try_files /answer =404; } } }'
        } >"$work/$1.conf"
        "${serve_on[@]}" "$nginx" -c "$work/$1.conf" 2>>"$work/nginx.log" &
        if wait_for "http://127.0.0.1:$port_nginx/" $!; then
            running+=($!)
            return
        fi
    done
    echo "http.sh: nginx does not start, left out: $(tail -n 1 "$work/nginx.log")" >&2
    port_nginx=
}

# Questions that nobody asked before: a filter that no row fails, with a new number each time. No answer kept for another question can be
# taken, however alike their spellings are made; rows and number of bytes are the same each time. The servers that ignore the question
# are sent such numbers too, so that wrk has the same work with all.
cat >"$work/new.lua" <<'END'
local prefix, n
function init(args) prefix, n = args[1], tonumber(args[2]) end
function request()
    n = n + 1
    return wrk.format("GET", prefix .. string.format("%d", n))
end
END
number=1000000000 # of the next question; always ten digits
numbers_each=20000000

rate() { # PORT PATH [new]: requests a second; refuses to count a run with errors. new: PATH gets a number of its own behind it each time
    local url=http://127.0.0.1:$1 script=() numbers=()
    if [ "${3:-}" = new ]; then
        script=(-s "$work/new.lua") numbers=(-- "$2" "$number")
        number=$((number + numbers_each))
    else
        url+=$2
    fi
    "${ask_on[@]}" wrk -t1 -c"$connections" -d"${seconds}s" "${script[@]}" "$url" "${numbers[@]}" >"$work/wrk" 2>&1
    if grep -qE 'Non-2xx|Socket errors' "$work/wrk"; then
        grep -E 'Non-2xx|Socket errors' "$work/wrk" >&2
        return 1
    fi
    awk '/^Requests\/sec/ { print $2 }' "$work/wrk"
}

best() { sort -g "$work/$1.rates" | tail -n 1; }

fetch() { # PATH NAME: NAME.head and NAME.body
    curl -fs --max-time 10 -D "$work/$2.head" -o "$work/$2.body" "http://127.0.0.1:$port_ours$1" || {
        echo "http.sh: $1 is not answered with 200" >&2
        exit 1
    }
}

etag() { tr -d '\r' <"$work/$1.head" | sed -n 's/^ETag: //p'; }
rows() { sed 's/,"columns":.*//' "$work/$1.body"; }

# That numbered questions are what they are said to be: each is a question of its own to the server, which echoes its own number, and
# the rows and the length of the answer are those of the others and of the question without the filter.
prove_new() { # NAME PATH FILTER
    fetch "$2" plain
    fetch "$2&$3$number" "$1"
    fetch "$2&$3$((number + 1))" other
    number=$((number + 2))
    if [ "$(etag "$1")" = "$(etag other)" ] || ! grep -qF -e "$3$((number - 1))" "$work/other.body"; then
        echo "http.sh: $2: two questions are taken for one" >&2
        exit 1
    fi
    if [ "$(rows "$1")" != "$(rows plain)" ] || [ "$(rows other)" != "$(rows plain)" ] ||
        [ "$(wc -c <"$work/$1.body")" != "$(wc -c <"$work/other.body")" ]; then
        echo "http.sh: $2: $3 takes rows away" >&2
        exit 1
    fi
}

ratio() { # NAME PEER: what the peer's best is, and ours as a part of it
    local peer
    peer=$(best "$1")
    printf '  %-26s %10.0f requests/s   (%s)\n' "$2" "$peer" "$(tr '\n' ' ' <"$work/$1.rates")"
    [ "$1" = ours ] || awk -v a="$(best ours)" -v b="$peer" -v name="$2" 'BEGIN { printf "  entrepot / %-26s    %.2f\n", name, a / b }'
}

# With a filter each request is a new question. Then the peer that keeps one response says what the exchange alone takes, and the one that
# makes a response of the same bytes for each request, what is left for the working out: no server that works out can pass it.
measure() { # NAME PATH [FILTER]
    local name=$1 path=$2 filter=${3:-} round port_kept port_each='' port_nginx='' idle=/ new=''
    if [ -n "$filter" ]; then
        prove_new "$name" "$path" "$filter"
        path="$path&$filter" idle='/?' new=new
        start_bare "$name" each
        port_each=$port_bare
    else
        fetch "$path" "$name"
        start_nginx "$name"
    fi
    start_bare "$name"
    port_kept=$port_bare
    : >"$work/bare.rates"; : >"$work/each.rates"; : >"$work/ours.rates"; : >"$work/nginx.rates"
    for ((round = 0; round < rounds; round++)); do
        rate "$port_kept" "$idle" $new >>"$work/bare.rates" || exit 1
        rate "$port_ours" "$path" $new >>"$work/ours.rates" || exit 1
        [ -z "$port_each" ] || rate "$port_each" "$idle" $new >>"$work/each.rates" || exit 1
        [ -z "$port_nginx" ] || rate "$port_nginx" / >>"$work/nginx.rates" || exit 1
    done
    printf '\n%s (%s%s): %d bytes of body, %d headers\n' "$name" "$path" "${new:+N}" "$(wc -c <"$work/$name.body")" \
        "$(grep -c ': ' "$work/$name.head")"
    ratio ours entrepot
    ratio bare 'bare libmicrohttpd'
    [ -z "$port_each" ] || ratio each 'bare, a response each time'
    [ -z "$port_nginx" ] || ratio nginx 'nginx, from a file'
}

echo "machine: $(nproc) processors, $(uname -sr); wrk -t1 -c$connections -d${seconds}s, best of $rounds rounds; $where"
echo "entrepot: $("$entrepot" --version 2>/dev/null | head -n 1)"
echo "libmicrohttpd: $(pkg-config --modversion libmicrohttpd 2>/dev/null || echo unknown)"
echo "wrk: $(wrk -v 2>&1 | head -n 1)"
PATH=$PATH:/usr/sbin command -v nginx >/dev/null && PATH=$PATH:/usr/sbin nginx -v 2>&1
start_ours
measure one-row '/v1/bilateral/IND/CHN?period=FY2018-19'
measure fifty-rows '/v1/deficits/IND?period=2019&top=50'
measure one-row-uncached '/v1/bilateral/IND/CHN?period=FY2018-19' 'imports.gte=-'
measure fifty-rows-uncached '/v1/deficits/IND?period=2019&top=50' 'imports.gte=-'
measure products-uncached '/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19' 'imports.gte=-'
measure dependence-uncached '/v1/dependence/IND/CHN?level=hs2&period=FY2018-19' 'imports_from_partner.gte=-'
