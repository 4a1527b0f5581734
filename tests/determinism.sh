#!/bin/bash
# One input is one file, byte for byte: in any time zone and locale, with any number of threads, from any folder, on any day.
# One "ok" or "not ok" a case; locales that are not installed are left out.
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=$(realpath "${ENTREPOT:-build/gcc/entrepot}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
printf 't,i,j,k,v,q\n2020,699,156,850760,27.902,      169.800\n2020,156,699,850760,0.164,           NA\n2021,842,156,010121,1234.5,2\n' >"$work/baci.csv"
ln -s "$PWD/data" "$work/elsewhere"

same() { # NAME VARIABLE=VALUE… -- OPTION…: two imports under these, compared with the first ones
    local name=$1 settings=()
    shift
    while [ "$1" != -- ]; do settings+=("$1"); shift; done
    shift
    if env "${settings[@]}" "$entrepot" import data/dgcis-hs2-month.json -o "$work/tidy.cube" >/dev/null &&
        env "${settings[@]}" "$entrepot" import baci "$work/baci.csv" --hs HS17 -o "$work/baci.cube" "$@" >/dev/null &&
        { [ -e "$work/tidy.first" ] || cp "$work/tidy.cube" "$work/tidy.first"; } &&
        { [ -e "$work/baci.first" ] || cp "$work/baci.cube" "$work/baci.first"; } &&
        cmp "$work/tidy.first" "$work/tidy.cube" && cmp "$work/baci.first" "$work/baci.cube"; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        failed=1
    fi
}
same 'the first time' TZ=UTC LC_ALL=C --
same 'again' TZ=UTC LC_ALL=C --
same 'in Kolkata' TZ=Asia/Kolkata LC_ALL=C.UTF-8 --
same 'in Saint John'"'"'s, with one thread' TZ=America/St_Johns LC_ALL=C -- --threads 1
same 'with seven threads' TZ=Pacific/Kiritimati LC_ALL=C -- --threads 7
for locale in de_DE.utf8 tr_TR.utf8 fr_FR.utf8; do
    if locale -a 2>/dev/null | grep -qix "$locale"; then same "in $locale" TZ=UTC LC_ALL=$locale --; fi
done
"$entrepot" import "$work/elsewhere/dgcis-hs2-month.json" -o "$work/tidy.cube" >/dev/null
if cmp "$work/tidy.first" "$work/tidy.cube"; then echo 'ok - from another folder'; else
    echo 'not ok - from another folder'
    failed=1
fi
exit $failed
