#!/bin/bash
# The life of a server process as its operator sees it: reload, service manager, end. One "ok - name" or "not ok - name" a case.
# shellcheck disable=SC2317 # conditions are called by name
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
work=$(mktemp -d) || exit 1
server=
cleanup() {
    [ -n "$server" ] && kill -KILL "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
unset ENTREPOT_CONFIG ENTREPOT_LISTEN ENTREPOT_DATA NOTIFY_SOCKET
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
# Tries a condition again until it holds, for at most 20 s.
await() {
    local i
    for i in $(seq 400); do
        "$@" && return 0
        sleep 0.05
    done
    echo "# in vain: $*"
    return 1
}
logged() { grep -c "\"event\":\"$1\"" "$work/log"; }        # EVENT -> how many lines
logged_at_least() { [ "$(logged "$1")" -ge "$2" ]; }        # EVENT N
last_line() { grep "\"event\":\"$1\"" "$work/log" | tail -1; } # EVENT
port_of() { sed -n 's/.*"event":"listening".*"port":\([0-9]*\).*/\1/p' "$work/log" | head -1; }
has_port() { [ -n "$(port_of)" ]; }
as=() # the command that a server is started through
start() { # OPTIONS…: a server on a free port
    : >"$work/log" # here and now: whoever is started empties it later, and the server before has said that it listens
    "${as[@]}" "$entrepot" serve --listen 127.0.0.1:0 "$@" 2>"$work/log" &
    server=$!
    await has_port && base=http://127.0.0.1:$(port_of) && await logged_at_least serving 1
}
stop() {
    kill -TERM "$server"
    wait "$server"
    local status=$?
    server=
    return "$status"
}
ask() { curl -sS --max-time 20 "$base$1" 2>"$work/curl" || { sed 's/^/# /' "$work/curl" >&2; false; }; }
fds() { find "/proc/$server/fd" -mindepth 1 2>/dev/null | wc -l; }
fds_are() { [ "$(fds)" = "$1" ]; }
rss_at_most() { # a sanitizer keeps what is freed; it finds by itself what is not
    case ${VARIANT:-} in
    *-*) return 0 ;;
    *) [ "$(rss_kb)" -le "$1" ] ;;
    esac
}
rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$server/status"; }
reload() { # EVENT that must come of it
    local before
    before=$(logged "$1")
    kill -HUP "$server"
    await logged_at_least "$1" $((before + 1))
}

# One figure that can be told from another: imports of FY2018-19, put into place by rename as an operator should.
mkdir "$work/data"
cp data/dgcis-total-fy.json "$work/data/"
figure=70319640000
publish() { # VALUE in millions
    awk -F, -v OFS=, -v value="$1" '$1 == "FY2018-19" && $3 == "CHN" && $4 == "M" { $5 = value } { print }' \
        data/dgcis-total-fy.csv >"$work/next" && mv "$work/next" "$work/data/dgcis-total-fy.csv"
}
imports() { ask '/v1/bilateral/IND/CHN.csv?period=FY2018-19&fields=imports' | tail -1 | tr -d '\r'; }
imports_are() { [ "$(imports)" = "$1" ] || { echo "# imports are $(imports), not $1"; return 1; }; }

cp data/dgcis-total-fy.csv "$work/data/"
printf '{"data": ["data"], "shards": 1, "access_log": false}' >"$work/config.json"
check 'a server starts' start --config "$work/config.json"
check 'and answers from its data' imports_are $figure

publish 70000
swapped() { reload reloaded && imports_are 70000000000 && last_line reloaded | grep -q '"data":"changed"'; }
check 'SIGHUP loads what is there now' swapped
healthy() { ask /healthz | jq -e --arg r "$1" '.reload.result == $r and .status == "ready"' >/dev/null; }
check 'health says so' healthy ok
unchanged() { reload reloaded && last_line reloaded | grep -q '"data":"unchanged"'; }
check 'nothing new is not swapped' unchanged

echo 'FY2018-19,IND,CHN,M,TOTAL,12x3' >>"$work/data/dgcis-total-fy.csv"
refused() { reload reload_failed && imports_are 70000000000; }
check 'bad data leave the old' refused
named() { last_line reload_failed | jq -e '(.place | test("dgcis-total-fy.csv:[0-9]+")) and (.detail | length > 0)' >/dev/null; }
check 'the log says where they are bad' named
check 'health says that it failed' healthy failed
ready() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$base/readyz")" = 200 ]; }
check 'and the server is ready' ready
printf '{"data": ["data"], "colour": 1}' >"$work/config.json"
bad_configuration() { reload reload_failed && last_line reload_failed | grep -q colour && imports_are 70000000000; }
check 'a bad configuration leaves the old' bad_configuration

# What is no file, wherever a file is read: nobody writes to these pipes. The log names it and what to do, and the data that are served stay.
bind_socket() { python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1"; }
named_no_file() { # FILE KIND
    last_line reload_failed | jq -e --arg file "$1" --arg kind "$2" \
        '.place == $file and (.detail | contains($kind)) and (.cure | contains("a plain file"))' >/dev/null ||
        { echo "# $(last_line reload_failed)"; return 1; }
}
in_place_of() { # FILE MAKER KIND: and when the file is back, so is all
    [ ! -e "$1" ] || mv "$1" "$work/away"
    "$2" "$1" && reload reload_failed && named_no_file "$1" "$3" && imports_are 70000000000 && rm -d "$1" || return 1
    [ ! -e "$work/away" ] || mv "$work/away" "$1"
    reload reloaded
}
sed -i '$d' "$work/data/dgcis-total-fy.csv"
cp config/sectors.json config/countries.csv config/products.csv "$work/"
printf '{"data": ["data"], "shards": 1, "access_log": false, "sectors": "sectors.json", "countries": "countries.csv", "products": "products.csv"}' >"$work/config.json"
check 'a pipe among the cubes is named' in_place_of "$work/data/a.cube" mkfifo 'a named pipe'
check 'a pipe among the manifests' in_place_of "$work/data/a.json" mkfifo 'a named pipe'
check 'a pipe for a manifest' in_place_of "$work/data/dgcis-total-fy.json" mkfifo 'a named pipe'
check 'a pipe for the CSV of a manifest' in_place_of "$work/data/dgcis-total-fy.csv" mkfifo 'a named pipe'
for table in sectors.json countries.csv products.csv config.json; do
    check "a pipe for $table" in_place_of "$work/$table" mkfifo 'a named pipe'
done
check 'a socket' in_place_of "$work/data/a.cube" bind_socket 'a socket'
check 'a folder' in_place_of "$work/data/a.cube" mkdir 'a folder'
ends_beside_a_pipe() {
    mkfifo "$work/data/a.cube" && reload reload_failed && kill -HUP "$server" && stop
}
check 'the server ends beside a pipe' ends_beside_a_pipe
starts_beside_no_pipe() {
    "$entrepot" serve --listen 127.0.0.1:0 --config "$work/config.json" >"$work/out" 2>&1
    [ $? = 1 ] && grep -q "a\.cube: this is a named pipe, not a file (put a plain file in its place" "$work/out"
}
check 'and does not start beside one' starts_beside_no_pipe
rm "$work/data/a.cube"
check 'a server starts without it' start --config "$work/config.json"

# Files that are damaged in every way that a copy under way has: nothing must stay behind of a hundred of them.
printf '{"data": ["data"], "shards": 2, "access_log": false, "idle_timeout_s": 5}' >"$work/config.json"
rm "$work"/data/*
"$entrepot" import data/dgcis-hs2-fy.json -o "$work/whole.cube" >/dev/null || echo 'not ok - import'
size=$(stat -c %s "$work/whole.cube")
damage() { # N: cut somewhere, or with a byte turned over: the next that is not 0, for zeros may be what fills up between two sections
    local at=$((size * $1 / 101))
    if [ $(($1 % 2)) = 0 ]; then
        head -c "$at" "$work/whole.cube" >"$work/data/a.cube"
    else
        cp "$work/whole.cube" "$work/data/a.cube"
        local byte
        at=$((at + $(od -An -v -tu1 -w1 -j "$at" "$work/whole.cube" | awk '$1 { print NR - 1; exit }')))
        byte=$(od -An -tu1 -j "$at" -N 1 "$work/whole.cube")
        printf '%b' "\\x$(printf %x $((255 - byte)))" | dd of="$work/data/a.cube" bs=1 seek="$at" conv=notrunc 2>/dev/null
    fi
}
many_bad() {
    local i fds_before rss_before
    for i in $(seq 100); do
        damage "$i"
        reload reload_failed || return 1
        [ "$i" != 20 ] || { fds_before=$(fds) rss_before=$(rss_kb); }
    done
    echo "# $fds_before, $(fds) files; $rss_before, $(rss_kb) kB"
    await fds_are "$fds_before" && await rss_at_most $((rss_before + 4096)) && imports_are 70000000000
}
check 'after a hundred bad files nothing stays behind' many_bad
cp "$work/whole.cube" "$work/data/.new" && mv "$work/data/.new" "$work/data/a.cube"
recovers() { reload reloaded && ask /v1/datasets | grep -q dgcis-hs2-fy; }
check 'then a good one is taken' recovers
check 'what needs a restart is named' sh -c "grep '\"event\":\"restart_needed\"' '$work/log' | tail -1 | grep -q '\"shards idle_timeout_s\"'"

storm() { # everything that was asked for is done in fewer loads, and the last one sees the last state
    local i before fds_before rss_before
    before=$(logged reloaded) fds_before=$(fds)
    for i in $(seq 1000); do
        kill -HUP "$server"
        [ "$i" != 200 ] || rss_before=$(rss_kb)
    done
    mv "$work/whole.cube" "$work/data/a.cube"
    cp data/dgcis-total-fy.* "$work/data/"
    kill -HUP "$server"
    has_both() { ask /v1/datasets | grep -q dgcis-total-fy; }
    await has_both || return 1
    echo "# 1001 signals, $(($(logged reloaded) - before)) loads; $fds_before, $(fds) files; $rss_before, $(rss_kb) kB"
    await fds_are "$fds_before" && await rss_at_most $((rss_before + 8192)) && [ $(($(logged reloaded) - before)) -lt 1001 ]
}
check 'a thousand signals are few loads' storm
check 'SIGTERM ends with 0' stop
json_only() { jq -es 'length > 0' "$work/log" >/dev/null; }
check 'each line of the log is JSON' json_only

# Data under attack. A file of more than 8 MiB is mapped: 40 x 40 pairs of 600 made-up products in BACI's form.
large_csv() { # SEED
    awk -v seed="$1" 'BEGIN {
        srand(seed)
        n = split("699 156 842 276 251 381 757 579 826 392 410 36 76 124 152 170 203 208 246 348 360 372 376 458 484 528 554 566 604 608 616 620 643 682 702 703 710 724 752 764", area, " ")
        print "t,i,j,k,v,q"
        for (i = 1; i <= n; i++) for (j = 1; j <= n; j++) if (i != j) for (k = 0; k < 600; k++)
            printf "2020,%d,%d,%06d,%d.%03d,%d.%03d\n", area[i], area[j], 10100 + k * 1501, rand() * 4e6, rand() * 1000, rand() * 4e6, rand() * 1000
    }'
}
large() { # SEED OUT
    large_csv "$1" | "$entrepot" import baci - --hs HS17 --release V1 --coverage full --partners all --synthetic -o "$2" >"$work/out" 2>&1 || { cat "$work/out"; return 1; }
}
attack=$work/attack
mkdir "$attack"
ready_to_attack() {
    large 1 "$work/one.cube" && large 2 "$work/two.cube" && [ "$(stat -c %s "$work/one.cube")" -gt $((8 << 20)) ]
}
check 'large cubes are made' ready_to_attack
total() { ask '/v1/bilateral/IND/CHN.csv?period=2020&fields=imports' | tail -1 | tr -d '\r'; }
replaced() { # the old file lives on until it is let go
    local one two
    cp "$work/one.cube" "$attack/a.cube"
    start --data "$attack" --shards 1 || return 1
    one=$(total)
    grep -q "$attack/a.cube" "/proc/$server/maps" || { echo '# is not mapped'; return 1; }
    mv "$work/two.cube" "$attack/a.cube"
    two=$(total)
    [ "$two" = "$one" ] || { echo "# $two before the reload, not $one"; return 1; }
    reload reloaded
    two=$(total)
    [ "$two" != "$one" ] || { echo "# still $two: $(last_line reloaded)"; return 1; }
    ! grep 'a.cube (deleted)' "/proc/$server/maps"
}
check 'a mapped file is replaced by renaming' replaced
# A cube that is mapped is not verified when it is opened: what is damaged shows when it is read.
damage_rows() { # FILE: all but an eighth at either end, where it says what is where
    local size
    size=$(stat -c %s "$1")
    head -c $((size * 3 / 4)) /dev/zero | tr '\0' '\377' | dd of="$1" bs=1M seek=$((size / 8)) oflag=seek_bytes conv=notrunc 2>/dev/null
}
internal_errors() { ask_admin | awk '$1 == "entrepot_http_internal_errors_total" { print $2 }'; }
ask_admin() { curl -sS "http://127.0.0.1:$(sed -n 's/.*"admin_port":\([0-9]*\).*/\1/p' "$work/log" | head -1)/metrics"; }
tells_why() {
    local target='/v1/bilateral/IND/CHN/products?level=hs6&period=2020'
    damage_rows "$attack/a.cube"
    stop
    start --data "$attack" --shards 1 --admin 127.0.0.1:0 || return 1
    curl -sS -H 'X-Request-Id: seek-me' -o "$work/out" "$base$target"
    jq -e '.status == 500 and (.detail | test("the operator.s log says why"))' "$work/out" >/dev/null || { head -c 300 "$work/out" | sed 's/^/# /'; return 1; }
    await logged_at_least internal_error 1
    last_line internal_error | jq -e --arg target "$target" '.level == "error" and .request_id == "seek-me" and .target == $target and .route == "/v1/bilateral/{reporter}/{partner}/products" and (.reason | test("a.cube: .*entrepot verify"))' >/dev/null ||
        { echo "# $(last_line internal_error)"; return 1; }
    [ "$(logged internal_error)" = 1 ] && [ "$(internal_errors)" = 1 ]
}
check 'a 500 is told once in the log, with the reason and the request' tells_why
gone() { ! kill -0 "$server" 2>/dev/null || grep -q '^State:.*zombie' "/proc/$server/status"; }
cut_short() {
    local status
    truncate -s 4096 "$attack/a.cube"
    ask '/v1/bilateral/IND/CHN/products?level=hs6&period=2020' >"$work/out" 2>/dev/null
    await gone || kill -KILL "$server"
    wait "$server"
    status=$?
    server=
    if [ -s "$work/out" ] || [ "$status" != 3 ]; then
        echo "# exit status $status"
        return 1
    fi
    jq -es --arg file "$attack/a.cube" 'last | .event == "data_gone" and .file == $file and (.cure | test("renaming")) and (.time | test("^20[0-9-]{8}T[0-9:]{8}.000Z$"))' "$work/log" >/dev/null
}
check 'a mapped file cut short ends the server with status 3 and its name' cut_short
same_time() { # the handler reckons the date by itself
    local logged now
    logged=$(date -u -d "$(jq -rs 'last.time' "$work/log")" +%s) now=$(date +%s)
    [ $((now - logged)) -le 60 ] && [ $((now - logged)) -ge 0 ]
}
check 'and at the right time' same_time
small_attacked() { # small ones are a copy
    local before
    cp "$work/data/a.cube" "$attack/a.cube"
    start --data "$attack" || return 1
    before=$(ask '/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19')
    dd if=/dev/zero of="$attack/a.cube" bs=4096 count=8 conv=notrunc 2>/dev/null
    [ "$(ask '/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19')" = "$before" ] || return 1
    truncate -s 100 "$attack/a.cube"
    [ -n "$before" ] && [ "$(ask '/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19')" = "$before" ] && stop
}
check 'a small file may be overwritten and cut short' small_attacked

# What a service manager hears
cat >"$work/listen.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace("@", "\0", 1))
s.settimeout(30)
print("bound", flush=True)
while True:
    text = s.recv(4096).decode()
    print(text.replace("\n", " "), flush=True)
    if text.startswith("STOPPING"):
        break
PY
hears() { # ADDRESS
    local listener
    rm -f "$work/heard"
    python3 "$work/listen.py" "$1" >"$work/heard" 2>&1 &
    listener=$!
    await grep -qs bound "$work/heard" || return 1
    NOTIFY_SOCKET=$1 start --data data/dgcis-total-fy.json && reload reloaded && stop
    wait "$listener"
    sed 's/=[0-9][0-9]*/=N/; s/STATUS=.*//; s/ *$//' "$work/heard" | tr '\n' '|' >"$work/order"
    grep -qx 'bound|READY=N|RELOADING=N MONOTONIC_USEC=[0-9]*|READY=N|STOPPING=N|' "$work/order" || { cat "$work/order"; return 1; }
}
check 'a service manager hears it all' hears "$work/notify"
check 'in the abstract namespace too' hears "@entrepot-test-$$"
deaf() {
    NOTIFY_SOCKET=$work/nobody start --data data/dgcis-total-fy.json && grep -q 'NOTIFY_SOCKET: cannot reach' "$work/log" && stop
}
check 'a manager that is not there is no obstacle' deaf

# The sandbox. Instrumented builds and some kernels have none: then there is nothing to see.
status_of() { awk -v key="$1:" '$1 == key { print $2 }' "/proc/$server/status"; }
shut_in() {
    cp data/dgcis-total-fy.* "$attack/"
    rm -f "$attack/a.cube"
    mkdir "$work/conf"
    printf '{"data": ["../attack"]}' >"$work/conf/sandbox.json"
    start --config "$work/conf/sandbox.json" || return 1
    await logged_at_least sandbox 1
    last_line sandbox | grep -q '"state":"on"' || return 0
    [ "$(status_of NoNewPrivs)" = 1 ] && [ "$(status_of Seccomp)" = 2 ] && case $(status_of CapEff) in
    000000000000000[04]) return 0 ;; # nothing, or root's privilege to read files
    *) return 1 ;;
    esac
}
check 'a server is shut in' shut_in
for_all_threads() {
    last_line sandbox | grep -q '"state":"on"' || return 0
    [ "$(grep -hc '^Seccomp:.2' /proc/"$server"/task/*/status | sort -u)" = 1 ]
}
check 'each of its threads' for_all_threads
loads_shut_in() { reload reloaded && [ -n "$(imports)" ]; }
check 'and can load anew' loads_shut_in
scrapes_shut_in() {
    local admin
    admin=$(sed -n 's/.*"admin_port":\([0-9]*\).*/\1/p' "$work/log" | head -1)
    curl -s "http://127.0.0.1:$admin/metrics" >"$work/out"
    grep -q '^process_open_fds [1-9]' "$work/out" && grep -q '^process_resident_memory_bytes [1-9]' "$work/out"
}
check 'and tell of itself' scrapes_shut_in
elsewhere() { # data that were not named at the start
    last_line sandbox | grep -q '"landlock":0' && return 0
    mkdir -p "$work/elsewhere" && cp data/gacc-world-year.* "$work/elsewhere/"
    printf '{"data": ["../elsewhere"]}' >"$work/conf/sandbox.json"
    reload reload_failed && last_line reload_failed | grep -q 'allows only the folders' && [ -n "$(imports)" ]
}
check 'data elsewhere need a restart, and the log says so' elsewhere
check 'SIGTERM ends it with 0' stop
linked() { # links lead out of the folder, to a file and from one to the next
    mkdir -p "$work/linked" "$work/far/away" && cp data/dgcis-total-fy.* "$work/far/" && cp data/gacc-world-year.* "$work/far/away/"
    ln -s "$work/far/dgcis-total-fy.json" "$work/far/dgcis-total-fy.csv" "$work/linked/"
    ln -s ../far/away/gacc-world-year.json ../far/away/gacc-world-year.csv "$work/linked/"
    start --data "$work/linked" && reload reloaded && [ "$(imports)" = "$figure" ] && stop
}
check 'data may be links' linked
not_shut_in() {
    start --data data/dgcis-total-fy.json --sandbox off || return 1
    await logged_at_least sandbox 1
    last_line sandbox | grep -q '"state":"off"' && [ "$(status_of Seccomp)" = "$(awk '/^Seccomp:/ { print $2 }' /proc/self/status)" ] && stop
}
check 'the sandbox can be off' not_shut_in

# The end
second_signal() { # a client that never ends its request would keep the server for as long as it may wait
    local status
    start --data data/dgcis-total-fy.json --drain 60000 || return 1
    exec 3<>"/dev/tcp/127.0.0.1/$(port_of)"
    printf 'GET /livez HTTP/1.1\r\n' >&3
    sleep 0.3
    kill -TERM "$server"
    await logged_at_least draining 1
    kill -HUP "$server"
    sleep 0.2
    kill -0 "$server" || return 1
    kill -TERM "$server"
    wait "$server"
    status=$?
    server=
    exec 3>&-
    [ "$status" = 143 ] || { echo "# exit status $status"; return 1; }
}
check 'a second SIGTERM ends it at once, SIGHUP does not' second_signal

# Who runs it. The Makefile allows root for all tests at once; here that counts.
one_line_refusal() { # COMMAND…: ends with 1 and one line that names the cure, and never listens
    "$@" serve --listen 127.0.0.1:0 --data data/dgcis-total-fy.json >"$work/out" 2>&1
    if [ $? != 1 ] || [ "$(wc -l <"$work/out")" != 1 ] || ! grep -q 'root.*(.*--allow-root 1' "$work/out"; then
        sed 's/^/# /' "$work/out"
        return 1
    fi
}
told_by_option() {
    start --data data/dgcis-total-fy.json --allow-root=1 && await logged_at_least root 1 && stop
}
told_by_configuration() {
    printf '{"data": ["%s"], "allow_root": true}' "$PWD/data/dgcis-total-fy.json" >"$work/root.json"
    start --config "$work/root.json" && stop
}
as_somebody() { # without a word about root, and without any of its privileges
    start --data data/dgcis-total-fy.json && [ "$(logged root)" = 0 ] && [ "$(status_of CapPrm)" = 0000000000000000 ] && stop
}
unset ENTREPOT_ALLOW_ROOT
if [ "$(id -u)" = 0 ]; then
    check 'root may not run it' one_line_refusal "$entrepot"
    check 'nor where a variable says no' one_line_refusal env ENTREPOT_ALLOW_ROOT=0 "$entrepot"
    check 'root may when an option allows it, and the log warns' told_by_option
    check 'root may when the configuration allows it' told_by_configuration
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
else
    echo 'skip - what root may: these tests are not run as root'
fi
if "${as[@]}" test -x "$entrepot" -a -r data/dgcis-total-fy.csv; then
    check 'anybody else may run it' as_somebody
else
    echo 'skip - anybody else may run it: this folder is not open to others'
fi
exit $failed
