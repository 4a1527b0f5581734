#!/bin/bash
# run.sh FUZZER SECONDS TARGET…: libFuzzer for some seconds on each target, two at a time. What it finds new is kept under
# build/fuzz/TARGET and used again; an input that breaks something is left there as crash-*, timeout-* or oom-*.
#
# Says one line a target, "ok - TARGET: …" or "not ok - …", with what libFuzzer counts: executions, features, inputs.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/script/jobs.sh
. tests/script/jobs.sh
fuzzer=$1 seconds=$2
shift 2
entrepot=${ENTREPOT:-build/gcc/entrepot}
mkdir -p build/fuzz

# Words of the route table: path segments, parameters, their words.
dictionary() {
    "$entrepot" openapi | grep -oE '"[A-Za-z0-9_./{}-]{2,30}"' | tr -d '"{}' | tr '/' '\n' | grep -E '^[A-Za-z0-9_.-]{2,}$' | sort -u |
        sed 's/.*/"&"/'
}
dictionary >build/fuzz/words

fuzz() { # TARGET
    local target=$1 log=build/fuzz/$1.log options=()
    local found=build/fuzz/$target seeds=tests/fixtures/fuzz/$target
    mkdir -p "$found"
    case $target in
    request | cursor) options=(-dict=build/fuzz/words -max_len=2048) ;;
    cube) options=(-max_len=32768) ;;
    *) options=(-max_len=4096) ;;
    esac
    if FUZZ_TARGET=$target "$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$found/" "${options[@]}" "$found" "$seeds" >"$log" 2>&1; then
        printf 'ok - %s: %s executions, %s\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
            "$(grep -oE 'cov: .*corp: [0-9]+' "$log" | tail -n 1)"
    else
        printf 'not ok - %s: see %s\n' "$target" "$log"
        grep -m 3 -E 'ERROR|not so|Test unit written' "$log" | sed 's/^/# /'
        return 1
    fi
}

run_each "${FUZZ_JOBS:-2}" fuzz "$@"
