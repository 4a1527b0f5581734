#!/bin/bash
# What whole answers cost in process, without a socket: each endpoint's own example over the shipped figures, and the questions that
# http.sh asks uncached. Least and median time of many rounds. And what a line of the log costs.
#
#   answers.sh    $ENTREPOT, $BENCH as `make bench` sets them; COUNT=200 ROUNDS=25
set -u
entrepot=${ENTREPOT:?the path of the entrepot program} programs=${BENCH:?the folder of the bench programs}
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1

# shellcheck disable=SC2016 # backquotes of Markdown
mapfile -t examples < <("$entrepot" routes --markdown | sed -n 's/^| `\/v1[^|]*|[^|]*| `\([^`]*\)` |$/\1/p')
if [ "${#examples[@]}" -lt 20 ]; then
    echo "answers.sh: the endpoint table has ${#examples[@]} examples, more were expected" >&2
    exit 1
fi
echo 'whole answers in process: least µs, median µs, status, bytes'
"$programs/bench_answers" --config "$root/config/entrepot.json" '/v1/deficits/IND?period=2019&top=50' \
    '/v1/dependence/IND/CHN?level=hs2&period=FY2018-19' '/v1/bilateral/IND/CHN/products?level=hs2&period=FY2018-19' \
    "${examples[@]}" | awk -F '\t' '{ printf "%10s %10s %5s %8d  %s\n", $1, $2, $3, $4, $5 }'
status=${PIPESTATUS[0]}
"$programs/bench_log"
exit "$status"
