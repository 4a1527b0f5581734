#!/bin/bash
# The rules of the house, one test case each:
#   - includes point down only, a room's private headers stay in it, and headers include each other without circles;
#   - inside cube the reader (engine, file) knows nothing of the writer;
#   - libmicrohttpd is seen by the server alone, jansson by cube, cli and tests alone;
#   - no circles of object files inside a floor, by what the linker sees: whoever reads one of them would have to read them all;
#   - nothing is called utils, common, core, manager, helpers or misc;
#   - no functions that overflow, guess or carry hidden state.
# First the checks are held against a tree with one breach of each rule: a check that cannot fail says nothing.
#
#   layers.sh [ROOT]   ROOT: a tree to look at instead of this one (and the breaches are left out)
#
# Objects are those that lie in build/$VARIANT (gcc): build first.
# shellcheck disable=SC2317 # the rules are called by name
set -u
here=$(cd "$(dirname "$0")/.." && pwd) || exit 1
root=${1:-$here}

floors='base cube analysis api server ingest cli'
may_include() { # what a floor may see besides itself
    case $1 in
    base) echo '' ;;
    cube) echo base ;;
    analysis) echo base cube ;;
    api) echo base cube analysis ;;
    server) echo base cube analysis api ;;
    ingest) echo base cube ;;
    cli) echo base cube analysis api server ingest ;;
    esac
}

# Comments and the insides of literals blanked out, line numbers kept. #include lines stay as they are.
code_of() {
    awk '
        !inside && /^[ \t]*#[ \t]*include/ { print; next }
        {
            out = ""
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1); two = substr($0, i, 2)
                if (inside) { if (two == "*/") { inside = 0; i++ } }
                else if (quote) { if (c == "\\") i++; else if (c == quote) { quote = ""; out = out c } }
                else if (two == "/*") { inside = 1; i++ }
                else if (two == "//") break
                else { if (c == "\"" || c == "\047") quote = c; out = out c }
            }
            quote = ""
            print out
        }' "$1"
}

c_files() { find "$@" -type f \( -name '*.c' -o -name '*.h' \) 2>/dev/null | sort; }
floor_of() { # src/cube/file/image.c, include/entrepot/cube/cube.h -> cube
    case $1 in
    src/*) local rest=${1#src/} ;;
    include/entrepot/*) local rest=${1#include/entrepot/} ;;
    *) return ;;
    esac
    case $rest in
    */*) echo "${rest%%/*}" ;;
    esac
}
includes() { # every include below the given folders: file:line<TAB>how (< or ")<TAB>name
    local file
    while read -r file; do
        code_of "$file" | awk -v file="$file" '
            match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*[>"]/) {
                line = substr($0, 1, RLENGTH); sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
                printf "%s:%d\t%s\t%s\n", file, NR, substr(line, 1, 1), substr(line, 2, length(line) - 2) }'
    done < <(c_files "$@")
}
target_of() { # includer, name -> the file of this tree that is meant, or nothing
    local beside
    beside=$(dirname "$1")/$2
    if [ -e "include/$2" ]; then
        echo "include/$2"
    elif [ -e "$beside" ]; then
        realpath -s --relative-to=. "$beside"
    elif [ -e "src/$2" ]; then
        echo "src/$2"
    elif [ -e "tests/$2" ]; then
        echo "tests/$2"
    fi
}

# Each rule prints its offenders, one a line.

rule_floors() { # every file lies on a floor
    local file floor
    while read -r file; do
        floor=$(floor_of "$file")
        case " $floors " in
        *" ${floor:-none} "*) ;;
        *) echo "$file: on none of the floors $floors" ;;
        esac
    done < <(c_files src include)
}
rule_down() { # includes point down
    local place how name file from to target
    while IFS=$'\t' read -r place how name; do
        file=${place%:*} from=$(floor_of "${place%:*}")
        target=$(target_of "$file" "$name")
        if [ -z "$target" ]; then
            [ "$how" = '<' ] || echo "$place: \"$name\" is nowhere"
            continue
        fi
        to=$(floor_of "$target")
        case " $from $(may_include "$from") " in
        *" $to "*) ;;
        *) echo "$place: $from may not include $to (\"$name\")" ;;
        esac
    done <"$all"
}
rule_private() { # a header under src/ is for its own room
    local place how name target
    while IFS=$'\t' read -r place how name; do
        target=$(target_of "${place%:*}" "$name")
        case $target in
        src/*) [ "$(floor_of "$target")" = "$(floor_of "${place%:*}")" ] || echo "$place: $target is private to its room" ;;
        esac
    done <"$all"
}
rule_reader() { # what reads cube files does without what writes them
    local place how name
    while IFS=$'\t' read -r place how name; do
        case $place:$name in
        src/cube/engine/*:cube/write/* | src/cube/engine/*:entrepot/cube/write.h) ;;
        src/cube/file/*:cube/write/* | src/cube/file/*:entrepot/cube/write.h) ;;
        *) continue ;;
        esac
        echo "$place: the reader of cube files may not include the writer (\"$name\")"
    done <"$all"
}
only_in() { # header, pattern of files that may
    local place how name
    while IFS=$'\t' read -r place how name; do
        [ "$name" != "$1" ] || [[ ${place%:*} =~ $2 ]] || echo "$place: <$1>"
    done <"$all"
}
rule_microhttpd() { only_in microhttpd.h '^src/server/'; }
rule_jansson() { only_in jansson.h '^src/(cube|cli)/'; }
rule_circles() { # tsort names the members of a circle
    local place how name file target
    while IFS=$'\t' read -r place how name; do
        file=${place%:*}
        case $file in *.h) ;; *) continue ;; esac
        target=$(target_of "$file" "$name")
        [ -z "$target" ] || echo "$file $target"
    done <"$all" >"$work/edges"
    awk '$1 == $2 { print $1 ": includes itself" }' "$work/edges"
    tsort "$work/edges" 2>&1 >/dev/null | sed -n 's/^tsort: //p' | grep -v ': input contains a loop:$'
}
# Circles that stay, a line each: the objects with spaces between, in order; then why.
allowed_circles=''

# "A B": the object A needs a symbol of B; both as paths below src/, without the suffix.
object_edges() { # floor
    local name
    find "src/$1" -name '*.c' | sed 's|^src/||; s|\.c$||' | sort | while read -r name; do
        nm -P "$objects/src/$name.o" | awk -v object="$name" '$2 ~ /^[A-TV-Z]$/ || $2 == "U" { print object, $2, $1 }'
    done | awk '
        $2 == "U" { by[++n] = $1; symbol[n] = $3; next }
        { definer[$3] = $1 }
        END { for (i = 1; i <= n; i++) if (symbol[i] in definer) print by[i], definer[symbol[i]] }' | sort -u
}
circles_of() { # edges -> what reaches each other, a circle a line
    awk '
        function reach(from,    stack, n, at, k) {
            for (stack[n = 1] = from; n;)
                for (at = stack[n--]; k[at] < out[at];)
                    if (!((from, edge[at, ++k[at]]) in reaches)) { reaches[from, edge[at, k[at]]]; stack[++n] = edge[at, k[at]] }
        }
        { edge[$1, ++out[$1]] = $2; node[$1] }
        END {
            for (a in node) reach(a)
            for (a in node) for (b in node) if ((a, b) in reaches && (b, a) in reaches) print a, b
        }' | sort | awk '$1 != last { if (NR > 1) print line; line = ""; last = $1 } { line = line (line ? " " : "") $2 }
            END { if (NR) print line }' | sort -u
}
rule_objects() {
    local floor circle
    for floor in $floors; do
        [ -d "src/$floor" ] || continue
        object_edges "$floor" 2>&1 >"$work/edges" | sed 's/$/ (build first)/'
        circles_of <"$work/edges" | while read -r circle; do
            grep -qF "$circle|" <<<"$allowed_circles" || echo "src/$floor: a circle of objects: $circle"
        done
    done
}
rule_names() {
    find src include tests config data -mindepth 1 2>/dev/null | sort |
        awk -F / '{ name = tolower($NF); sub(/\..*/, "", name); n = split(name, part, /[^a-z]+/)
            for (i = 1; i <= n; i++)
                if (part[i] ~ /^(utils?|commons?|core|managers?|helpers?|misc)$/) {
                    print $0 ": says nothing of what is in it"
                    break
                } }'
}
rule_banned() {
    local file banned='strcpy|strcat|strncpy|sprintf|vsprintf|strtok|gets|localtime|ctime|setlocale|atoi'
    while read -r file; do
        code_of "$file" | grep -nE "(^|[^A-Za-z0-9_])($banned)[[:space:]]*\(" |
            sed "s|^\([0-9]*\):[ \t]*|$file:\1: |"
    done < <(c_files src include tests)
}

rules='
floors|every source lies on a floor
down|includes point down only
private|private headers stay in their room
reader|the reader of cube files does without the writer
circles|headers include each other without circles
objects|the objects of a floor need each other without circles
microhttpd|only the server includes <microhttpd.h>
jansson|only cube, cli and tests include <jansson.h>
names|no file or folder has a name that says nothing
banned|no banned functions'

# One breach of each rule in a small tree, with decoys in comments and strings that must not count.
plant() {
    mkdir -p "$1"/src/{attic,api,cube/{file,engine,write},cli} "$1"/include/entrepot/{cube,api,base} "$1/tests"
    cd "$1" || exit 1
    echo 'int attic;' >src/attic/a.c
    printf '#include "entrepot/api/api.h"\n' >src/cube/up.c
    printf '/* %s */\nint private_header;\n' '#include "entrepot/api/api.h"' >src/cube/file/format.h
    printf '#include "cube/file/format.h"\n#include <microhttpd.h>\n#include <jansson.h>\n' >src/api/api.c
    echo '#include "entrepot/base/b.h"' >include/entrepot/base/a.h
    echo '#include "entrepot/base/a.h"' >include/entrepot/base/b.h
    echo '#include "cube/write/w.h"' >src/cube/engine/open.c
    echo 'int w;' >src/cube/write/w.h
    echo 'int api;' >include/entrepot/api/api.h
    # shellcheck disable=SC2028
    echo 'const char *s = "never call sprintf(x)"; /* nor atoi(y) */ int strcpy_s(void);' >src/cli/main.c
    echo 'int n(const char *s) { return atoi (s); }' >src/cli/str_utils.c
    # a needs b, b c, c a; what needs a is in no circle for that
    mkdir -p src/analysis "$1/build/src/analysis"
    echo 'int b(void); int a(void); int a(void) { return b(); }' >src/analysis/a.c
    echo 'int c(void); int b(void); int b(void) { return c(); }' >src/analysis/b.c
    echo 'int a(void); int c(void); int c(void) { return a(); }' >src/analysis/c.c
    echo 'int a(void); int d(void); int d(void) { return a(); }' >src/analysis/d.c
    objects=$1/build
    for file in src/*/*.c src/*/*/*.c; do
        mkdir -p "$objects/${file%/*}"
        case $file in
        src/analysis/*) "${CC:-gcc}" -c "$file" -o "$objects/${file%.c}.o" || exit 1 ;;
        *) echo | "${CC:-gcc}" -x c -c - -o "$objects/${file%.c}.o" || exit 1 ;;
        esac
    done
}

list_includes() { includes src include >"$all"; }

objects=build/${VARIANT:-gcc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
all=$work/includes
bad=0

if [ $# -eq 0 ]; then
    missed=$(
        plant "$work/breaches"
        list_includes
        while IFS='|' read -r rule _; do
            [ -z "$rule" ] || [ -n "$("rule_$rule")" ] || echo "a breach of '$rule' was not seen"
        done <<<"$rules"
        [ "$(rule_banned | wc -l)" -eq 1 ] || echo "decoys for 'banned' were taken for breaches: $(rule_banned)"
        [ "$(rule_down | grep -c format.h:)" -eq 0 ] || echo "an include in a comment was counted"
        [ "$(rule_objects)" = 'src/analysis: a circle of objects: analysis/a analysis/b analysis/c' ] || echo "not that circle: $(rule_objects)"
    )
    if [ -z "$missed" ]; then
        echo 'ok - a breach of each rule is seen'
    else
        printf '%s\nnot ok - a breach of each rule is seen\n' "$missed"
        bad=1
    fi
fi

cd "$root" || exit 1
list_includes
while IFS='|' read -r rule text; do
    [ -n "$rule" ] || continue
    offenders=$("rule_$rule")
    if [ -z "$offenders" ]; then
        echo "ok - $text"
    else
        printf '%s\nnot ok - %s\n' "$offenders" "$text"
        bad=1
    fi
done <<<"$rules"
exit "$bad"
