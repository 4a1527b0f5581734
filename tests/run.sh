#!/bin/bash
# Runs test programs and scripts, says one line for each, shows the output of those that fail, and counts test cases.
#
#   run.sh [-j JOBS] [-t SECONDS] PROGRAM…   exit 1 if anything failed
#   run.sh --count RESULT NAME               adds one result (ok, not ok, skip) made elsewhere
#   run.sh --total                           "N passed, N failed[, N skipped]" of all that $TALLY holds
#
# A test case is a line "ok …", "not ok …" or "skip …" on the standard output; cmocka is asked for TAP and so writes such
# lines too. A program that crashes, runs out of time, reports fewer cases than it announced, or reports nothing at all counts
# as one more failed case. Each program gets its own empty TMPDIR and the process group is killed at the end of its time.
set -u
# shellcheck source=tests/script/jobs.sh
. "$(dirname "$0")/script/jobs.sh" || exit 1

count() { # results of one program on stdin -> "passed failed skipped announced"
    awk '
        /^(not )?ok .*# *[Ss][Kk][Ii][Pp]/ || /^skip( |$)/ { skipped++; next }
        /^ok( |$)/ { passed++ }
        /^not ok( |$)/ { failed++ }
        /^1\.\.[0-9]+/ { announced += substr($1, 4) }
        END { print passed + 0, failed + 0, skipped + 0, announced + 0 }'
}

tally() { # passed failed skipped
    if [ -n "${TALLY:-}" ]; then echo "$1 $2 $3" >>"$TALLY"; fi
}

total() {
    awk '{ p += $1; f += $2; s += $3 }
         END { printf "%d passed, %d failed%s\n", p, f, s ? ", " s " skipped" : ""; exit f > 0 || p == 0 }' "$@"
}

why() { # what a program's end alone says against it; nothing if all is well
    local status=$1 seconds=$2 passed=$3 failed=$4 skipped=$5 announced=$6
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        echo "not done after $seconds s"
    elif [ "$status" -gt 128 ]; then
        echo "killed by signal $((status - 128))"
    elif [ "$announced" -gt $((passed + failed + skipped)) ]; then
        echo "announced $announced cases, reported $((passed + failed + skipped)); exit status $status"
    elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
        echo "exit status $status"
    elif [ $((passed + failed + skipped)) -eq 0 ]; then
        echo "reported no test case"
    fi
}

run_one() { # program; writes its line and, on failure, its output, in one go
    local program=$1 room status passed failed skipped announced reason start=$SECONDS
    room=$(mktemp -d "$work/XXXXXX")
    mkdir "$room/tmp"
    case $program in
    */*) ;;
    *) program=./$program ;;
    esac
    { # the shell's own word about a crash is not wanted
        TMPDIR=$room/tmp CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 "$seconds" "$program" >"$room/out" 2>&1 </dev/null
    } 2>/dev/null
    status=$?
    read -r passed failed skipped announced < <(count <"$room/out")
    reason=$(why "$status" "$seconds" "$passed" "$failed" "$skipped" "$announced")
    if [ -n "$reason" ]; then failed=$((failed + 1)); fi
    tally "$passed" "$failed" "$skipped"
    {
        printf '%-6s %4d ' "$([ "$failed" -eq 0 ] && echo ok || echo FAILED)" "$passed"
        printf '%s' "$1"
        [ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
        [ $((SECONDS - start)) -lt 5 ] || printf ', %d s' $((SECONDS - start))
        printf '\n'
        if [ "$failed" -ne 0 ]; then
            [ "$(wc -l <"$room/out")" -le 400 ] || echo '       … (the last 400 lines)'
            tail -n 400 "$room/out" | sed 's/^/       /'
            [ -z "$reason" ] || printf '       not ok - %s: %s\n' "$1" "$reason"
        fi
    } >"$room/report"
    cat "$room/report"
    rm -rf "$room"
    [ "$failed" -eq 0 ]
}

jobs=1 seconds=120
while [ $# -gt 0 ]; do
    case $1 in
    -j) jobs=$2 && shift 2 ;;
    -t) seconds=$2 && shift 2 ;;
    --count)
        if [ "$2" = 'not ok' ]; then printf 'FAILED      %s\n' "$3"; else printf '%-6s    1 %s\n' "$2" "$3"; fi
        case $2 in
        ok) tally 1 0 0 ;;
        skip) tally 0 0 1 ;;
        *) tally 0 1 0 ;;
        esac
        exit 0
        ;;
    --total) total "$TALLY" && exit 0 || exit 1 ;;
    *) break ;;
    esac
done

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
run_each "$jobs" run_one "$@"
