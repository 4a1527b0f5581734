#!/bin/bash
# An import as it is run, libraries included, whose every single call of those that make a file is its last (kill -9 before it), or fails: the
# old file is there or the whole new one, and nothing else but, after a kill between naming and renaming, a whole new one beside it.
# strace does it. One "ok" or "not ok" a call.
#
# Each occurrence fails with one of three errors in turn; with all of them where $TORTURE_STEP is set (`make torture`).
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
calls='openat read pread64 fstat newfstatat write pwrite64 fsync close linkat rename renameat renameat2 ftruncate fallocate mmap getrandom'
case ${VARIANT:-$entrepot} in
*address* | *thread*)
    echo 'skip calls of an import # sanitizers do not run under strace'
    exit 0
    ;;
*coverage*)
    echo 'skip calls of an import # the counts of coverage are written with the same calls, and would be lost'
    exit 0
    ;;
esac
if ! strace -o /dev/null true 2>/dev/null; then
    echo 'skip calls of an import # strace is not there, or may not look'
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/place"
out=$work/place/out.cube
failed=0
import() { "$@" "$entrepot" import tests/fixtures/toy-world.json --id toy --threads 1 -o "$out"; }

wrong() {
    echo "# $1: $(head -c 300 "$work/said")"
    failed=1
    return 1
}
# After a call went wrong: the old or the whole new file. $1: exit status.
judge() {
    local other
    if cmp -s "$out" "$work/new.cube"; then :; elif [ "$1" = 0 ]; then
        wrong 'a success that changed nothing' || return 1
    else
        cmp -s "$out" "$work/old.cube" || wrong 'neither the old nor the new file' || return 1
    fi
    for other in "$work/place"/*; do
        [ "$other" != "$out" ] || continue
        [ "$1" = 137 ] || wrong "left: $other" || return 1
        cmp -s "$other" "$work/new.cube" || wrong "left, and not whole: $other" || return 1
        rm "$other"
    done
    [ "$1" = 0 ] || [ "$1" = 137 ] || [ -s "$work/said" ] || wrong 'failed without a word'
}
# The WHEN-th CALL, if there is one, goes wrong as HOW says.
try() { # CALL WHEN HOW
    cp "$work/old.cube" "$out"
    import strace -f -qq -o "$work/trace" -e "trace=$1" -e "inject=$1:$3:when=$2" >"$work/said" 2>&1
    local status=$?
    grep -qE 'INJECTED|killed by SIGKILL' "$work/trace" || return 1
    judge $status || echo "# $1, occurrence $2, $3"
    case $status in
    0) went_on=$((went_on + 1)) ;;
    137) killed=$((killed + 1)) ;;
    *) refused=$((refused + 1)) ;;
    esac
}

echo 'what was there before' >"$work/old.cube"
import >"$work/said" 2>&1 || wrong 'the import itself fails'
mv "$out" "$work/new.cube"
tell() {
    echo "# $call: $((at - 1)) times; killed $killed times, refused $refused times, went on $went_on times"
    if [ $failed = 0 ]; then echo "ok - $call"; else echo "not ok - $call"; fi
}
errors=(ENOSPC EIO EINTR)
for call in $calls; do
    strace -e "trace=$call" -o /dev/null true 2>/dev/null || continue # this machine has no such call
    before=$failed went_on=0 killed=0 refused=0 failed=0
    for ((at = 1; at < 1000; at++)); do
        try "$call" $at signal=KILL || break
        if [ -n "${TORTURE_STEP:-}" ]; then
            for error in "${errors[@]}"; do try "$call" $at "error=$error"; done
        else
            try "$call" $at "error=${errors[at % 3]}"
        fi
    done
    if [ "$at" -gt 1 ]; then tell; fi # else an import makes no such call
    failed=$((before + failed))
done
exit $((failed > 0))
