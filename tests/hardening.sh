#!/bin/bash
# What the compiler and linker must have done for the program: position-independent, all relocations read-only before it runs, no executable
# stack, no segment both writable and executable, stack protector, checked string functions, landing pads for indirect branches.
# One "ok" or "not ok" a promise. An instrumented build makes other promises and is left out.
# shellcheck disable=SC2317 # the checks are called by name
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
case ${VARIANT:-$entrepot} in
*address* | *thread* | *coverage*)
    echo 'skip hardening # an instrumented build'
    exit 0
    ;;
esac
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
headers=$(readelf -W -l "$entrepot") dynamic=$(readelf -W -d "$entrepot")
symbols=$(readelf -W --dyn-syms "$entrepot")

is_pie() { readelf -W -h "$entrepot" | grep -q 'Type: *DYN'; }
relro() { grep -q GNU_RELRO <<<"$headers" && grep -qE 'BIND_NOW|FLAGS.*NOW' <<<"$dynamic"; }
stack_is_data() { grep GNU_STACK <<<"$headers" | grep -q 'RW ' && ! grep GNU_STACK <<<"$headers" | grep -q 'RWE'; }
no_wx() { ! grep -E '^ *(LOAD|GNU_RELRO)' <<<"$headers" | grep -qE ' RWE '; }
protector() { grep -q __stack_chk_fail <<<"$symbols"; }
fortified() { grep -qE '__(snprintf|vsnprintf|memcpy|read|fprintf|vfprintf|printf)_chk' <<<"$symbols"; }
# The data that ld embeds has no such mark, so the whole has none either: the code itself is looked at.
landing_pads() {
    [ "$(uname -m)" != x86_64 ] || objdump -d --no-show-raw-insn --disassemble=main "$entrepot" | grep -q endbr64
}
no_paths() { ! readelf -W -d "$entrepot" | grep -qE 'RPATH|RUNPATH'; }
no_text_relocations() { ! grep -q TEXTREL <<<"$dynamic"; }

check 'position-independent' is_pie
check 'relocations are read-only, and all made at the start' relro
check 'no executable stack' stack_is_data
check 'no segment is writable and executable' no_wx
check 'stack protector' protector
check 'checked string functions' fortified
check 'landing pads for indirect branches' landing_pads
check 'no search path of its own for libraries' no_paths
check 'no relocations in code' no_text_relocations
exit $failed
