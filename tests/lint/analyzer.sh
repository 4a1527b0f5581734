#!/bin/bash
# gcc's static analyzer over C files, less what was looked at and found to be a false alarm: analyzer.sh CC FLAG… -- FILE…
# tests/lint/reviewed.txt lists these: file, function and warning, and behind a hyphen the reason. Exit 1 with the rest.
set -u
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C
compile=()
while [ "$1" != -- ]; do compile+=("$1"); shift; done
shift
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Whole paths are wanted from gcc, or a warning without a line would not say which file it is of.
one() { # FILE: its warnings, as "FILE FUNCTION WARNING" each behind its message
    "${compile[@]}" -O2 -fanalyzer -fanalyzer-verbosity=0 -fno-diagnostics-show-caret -c -o /dev/null "$1" 2>&1 |
        awk -v file="$1" '
            /[Ii]n function / { split($0, part, "\047"); name = part[2] }
            /error: / { print file " " name " error: " $0 }
            /warning: .*\[-W/ { flag = $0; sub(/.*\[/, "", flag); sub(/\].*/, "", flag); print file " " name " " flag }' | sort -u
}
sed -n 's/ - .*//p' tests/lint/reviewed.txt | sort -u >"$work/reviewed"
for file in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge "${TEST_JOBS:-2}" ]; do wait -n; done
    one "$file" >"$work/$(tr / _ <<<"$file").found" &
done
wait
sort -u "$work"/*.found | comm -23 - "$work/reviewed" >"$work/new"
sed 's/^/analyzer: /' "$work/new"
[ ! -s "$work/new" ] || { echo 'analyzer: to see the way to it, compile the file with -O2 -fanalyzer' >&2; exit 1; }
