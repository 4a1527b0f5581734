#!/bin/bash
# Is the README's endpoint table what the program says? The block stands between the two marks below.
#   docs.sh          one test case
#   docs.sh --write  puts the program's table there
set -u
cd "$(dirname "$0")/.." || exit 1
begin='<!-- endpoints: made by make docs -->' end='<!-- /endpoints -->'
entrepot=${ENTREPOT:-build/gcc/entrepot}
name="README's endpoint table is the program's"

if ! grep -qsF -- "$begin" README.md || ! grep -qsF -- "$end" README.md; then
    echo "skip - $name (README.md has no block between \"$begin\" and \"$end\")"
    exit 0
fi
table=$("$entrepot" routes --markdown) || {
    echo "not ok - $name ($entrepot routes --markdown failed)"
    exit 1
}
wanted=$(TABLE=$table awk -v begin="$begin" -v end="$end" '
    index($0, end) { inside = 0 }
    !inside { print }
    index($0, begin) { inside = 1; print ENVIRON["TABLE"] }' README.md)

if [ "${1:-}" = --write ]; then
    printf '%s\n' "$wanted" >README.md
elif difference=$(diff README.md <(printf '%s\n' "$wanted")); then
    echo "ok - $name"
else
    printf '%s\n' "$difference"
    echo "not ok - $name (run make docs)"
    exit 1
fi
