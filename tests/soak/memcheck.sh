#!/bin/bash
# One of each route, a mistake and a refusal under valgrind's memcheck: no error, nothing lost. Says one "ok" or "not ok".
set -u
cd "$(dirname "$0")/../.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
command -v valgrind >/dev/null || { echo 'skip memcheck # valgrind is not installed'; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,possible --log-file="$work/valgrind" \
    "$entrepot" serve --config config/entrepot.json --listen 127.0.0.1:0 --shards 1 --drain 500 2>"$work/log" &
server=$!
for _ in $(seq 600); do
    port=$(sed -n 's/.*"event":"listening".*"port":\([0-9]*\).*/\1/p' "$work/log")
    [ -n "$port" ] && break
    sleep 0.1
done
asked=0
# shellcheck disable=SC2016 # the backquotes are the README's
while read -r target; do
    curl -sgo /dev/null --compressed "http://127.0.0.1:$port$target" && asked=$((asked + 1))
done < <(sed -n 's/^| `[^`]*` | .* | `\(.*\)` |$/\1/p' README.md; echo '/v1/nope'; echo '/v1/countries?colour=red'; echo '/v1/flows.csv?reporter=IND&partner=*')
printf 'POST / HTTP/1.1\r\nHost: a b\r\nTransfer-Encoding: chunked\r\n\r\n' | curl -s --max-time 2 "telnet://127.0.0.1:$port" >/dev/null
kill "$server"
wait "$server"
status=$?
if [ "$status" = 0 ] && [ "$asked" -gt 30 ]; then echo "ok - memcheck: $asked requests, no error, nothing lost"; else
    echo "not ok - memcheck: $asked requests, exit status $status"
    sed 's/^/# /' "$work/valgrind" | head -60
    exit 1
fi
