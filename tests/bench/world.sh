#!/bin/bash
# The whole world's trade in one cube, measured at growing sizes on synthetic data in BACI's form: import, file size, start, questions
# in process, one question over HTTP; beside DuckDB at every size and SQLite and PostgreSQL at one year, all in one run. Every
# answer of these engines must equal the cube's to the dollar, or the run fails. Ends with a table in Markdown.
#
#   BENCH_YEARS='1 5 27'    sizes, in years of about 10 million rows (default: 1)
#   BENCH_DIR=build/bench-world   where the files go; KEEP=1 leaves all of them there, else nothing but the figures stays
#   BENCH_COUNT=2000 PEER_COUNT=100   random parameters of each question, here and for the other engines
#   BENCH_AREAS=226 BENCH_PRODUCTS=5018   smaller worlds, to try the script
#   PEERS='duckdb sqlite postgres'   which engines, as far as they are installed;  PEERS= : none
#   ROUNDS=3   imports and runs of wrk, the best counts;  SECONDS_EACH=5 CONNECTIONS=16   of wrk
set -u
entrepot=${ENTREPOT:?the path of the entrepot program} programs=${BENCH:?the folder of the bench programs}
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
sizes=${BENCH_YEARS:-1} areas=${BENCH_AREAS:-226} products=${BENCH_PRODUCTS:-5018} last_year=2021
count=${BENCH_COUNT:-2000} peer_count=${PEER_COUNT:-100} peers=${PEERS-duckdb sqlite postgres}
seconds=${SECONDS_EACH:-5} rounds=${ROUNDS:-3} connections=${CONNECTIONS:-16}
dir=${BENCH_DIR:-$root/build/bench-world} node_dir=${BENCH_NODE:-$root/build/bench-node}
failed=0 running=()

fail() {
    echo "world.sh: $*" >&2
    exit 1
}

cleanup() {
    local pid
    for pid in "${running[@]}"; do kill "$pid" 2>/dev/null; done
    if [ -z "${KEEP:-}" ]; then rm -rf "$dir"/world-* "$dir"/*.cube "$dir"/*.db "$dir"/*.db.wal; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

mkdir -p "$dir" || exit 1
dir=$(cd "$dir" && pwd) || exit 1
results=$dir/results.tsv
rm -f "$dir"/peers-*.tsv
: >"$results"

# ---- beforehand ----

for program in "$entrepot" "$programs/bench_synth" "$programs/bench_cube" "$programs/bench_measure"; do
    [ -x "$program" ] || fail "$program: no such program"
done

largest=0
for years in $sizes; do
    case $years in *[!0-9]* | '') fail "BENCH_YEARS: \"$years\" is no number of years" ;; esac
    if [ "$years" -gt "$largest" ]; then largest=$years; fi
done

# CSV 42 bytes a row; cube and DuckDB's file about 22 more, the importer's temporary part 10; SQLite and PostgreSQL 200 at one year.
rows_a_year=$((10500000 * areas * (areas - 1) * products / (226 * 225 * 5018)))
need_kib=$(((largest * rows_a_year * 80 + rows_a_year * 200) / 1024))
free_kib=$(df -Pk "$dir" | awk 'NR == 2 { print $4 }')
echo "world.sh: about $((largest * rows_a_year)) rows at most; needs $((need_kib / 1048576 + 1)) GiB in $dir, $((free_kib / 1048576)) GiB are free"
[ "$free_kib" -gt "$need_kib" ] || fail 'not enough room on the disk: set BENCH_DIR to a folder on another one, or fewer BENCH_YEARS'

have_peers=
if [ -n "$peers" ] && command -v node >/dev/null && [ -d "$node_dir/node_modules/@duckdb/node-api" ]; then
    have_peers=1
    cp "$root"/tests/bench/peers/*.mjs "$root/tests/bench/peers/package.json" "$node_dir/" || exit 1
elif [ -n "$peers" ]; then
    echo 'world.sh: node or its packages are missing: no other engine is measured and no answer is compared' >&2
fi
serve_on=() ask_on=()
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then serve_on=(taskset -c 0) ask_on=(taskset -c 1); fi

# ---- results: label, years, cell ----

put() { printf '%s\t%s\t%s\n' "$2" "$1" "$3" >>"$results"; }
quot() { awk -v a="$1" -v b="$2" -v f="${3:-%.2f}" 'BEGIN { if (b > 0) printf f, a / b; else printf "-" }'; }
field() { awk -F '\t' -v a="$2" -v b="$3" -v n="$4" '$1 == a && $2 == b { print $n; exit }' "$1"; }

# ---- one size ----

# Our import and DuckDB's in turn, so that a noisy neighbour hits both alike; the best of each counts.
import_world() { # YEARS: sets rows, bytes, import_seconds
    local years=$1 world=$dir/world-$1 round now_seconds now_kib peak_kib=0
    "$programs/bench_synth" --out "$world" --years $((last_year - years + 1))..$last_year --areas "$areas" --products "$products" ||
        fail 'no synthetic world'
    rows=$(cat "$world"/BACI_*.csv | grep -vc '^t') csv_bytes=$(cat "$world"/BACI_*.csv | wc -c)
    import_seconds=
    : >"$dir/peers-$years.tsv"
    for ((round = 0; round < rounds; round++)); do
        rm -f "$dir/$years.cube"
        "$programs/bench_measure" run "$dir/measured" "$entrepot" import baci "$world"/BACI_*.csv \
            --countries-file "$world"/country_codes_*.csv --products-file "$world"/product_codes_*.csv --synthetic \
            --id synthetic-world --title 'Synthetic world: invented figures in the form of BACI' -o "$dir/$years.cube" \
            >"$dir/import.log" 2>&1 || { tail -n 3 "$dir/import.log" >&2; fail "the import of $years years failed"; }
        read -r now_seconds now_kib <"$dir/measured"
        if [ "$now_kib" -gt "$peak_kib" ]; then peak_kib=$now_kib; fi
        import_seconds=$(printf '%s\n' "$import_seconds" "$now_seconds" | grep . | sort -g | head -n 1)
        case $have_peers$peers in 1*duckdb*)
            node "$node_dir/peers.mjs" --engine duckdb --import-only --work "$dir" --tsv "$dir/peers-$years.tsv" \
                "$world"/BACI_*.csv >/dev/null || failed=1 ;;
        esac
    done
    bytes=$(stat -c %s "$dir/$years.cube")
    put "$years" rows "$(quot "$rows" 1000000 %.1f) million"
    put "$years" 'CSV' "$(quot "$csv_bytes" 1073741824 %.2f) GiB"
    put "$years" 'import, million rows/s' "$(quot "$rows" "${import_seconds}e6" %.2f) ($import_seconds s)"
    put "$years" 'import, peak memory' "$((peak_kib / 1024)) MiB"
    put "$years" 'cube file, bytes a row' "$(quot "$bytes" "$rows" %.2f)"
}

ask_peers() { # YEARS
    local years=$1 engine
    [ -n "$have_peers" ] || return 0
    for engine in $peers; do
        if [ "$engine" != duckdb ] && [ "$years" != 1 ]; then continue; fi
        echo
        node "$node_dir/peers.mjs" --engine "$engine" --params "$dir/params-$years.tsv" --work "$dir" --count "$peer_count" \
            --tsv "$dir/peers-$years.tsv" "$dir/world-$years"/BACI_*.csv ||
            case $? in
            3) echo "world.sh: $engine cannot be used here: left out" >&2 ;;
            *) failed=1 && echo "world.sh: $engine: FAILED" >&2 ;;
            esac
    done
    local t=$dir/peers-$years.tsv duck_seconds duck_bytes
    duck_seconds=$(awk -F '\t' '$1 == "duckdb" && $2 == "import" && (best == "" || $4 < best) { best = $4 } END { print best }' "$t")
    duck_bytes=$(field "$t" duckdb import 5)
    if [ -n "$duck_seconds" ]; then
        put "$years" 'import, DuckDB' "$(quot "$rows" "${duck_seconds}e6" %.2f) ($duck_seconds s)"
        put "$years" '**import, times DuckDB**' "$(quot "$duck_seconds" "$import_seconds")"
        put "$years" 'DuckDB file, bytes a row' "$(quot "$duck_bytes" "$rows")"
        put "$years" '**cube file / DuckDB file**' "$(quot "$bytes" "$duck_bytes")"
    fi
    put "$years" 'answers compared, differences' "$(awk -F '\t' '$2 == "compared" { printf "%s%s: %d, %d", sep, $1, $3, $4; sep = "; " }' "$t")"
}

start_server() { # YEARS PORT-FROM: sets port, started_ms, anon_kib, server_pid
    local tries
    for ((tries = 0; tries < 5; tries++)); do
        port=$(($2 + RANDOM % 2000))
        "${serve_on[@]}" "$programs/bench_measure" ready "$dir/measured" "$port" "$entrepot" serve --data "$dir/$1.cube" \
            --listen "127.0.0.1:$port" --log-level warning >"$dir/serve.log" 2>&1 || continue
        read -r started_ms anon_kib server_pid <"$dir/measured"
        return
    done
    cat "$dir/serve.log" >&2
    fail 'the server does not start'
}

measure_start() { # YEARS: best of five
    local years=$1 i best_ms=
    for ((i = 0; i < 5; i++)); do
        start_server "$years" 20000
        kill "$server_pid"
        while kill -0 "$server_pid" 2>/dev/null; do sleep 0.05; done
        best_ms=$(printf '%s\n' "$best_ms" "$started_ms" | grep . | sort -g | head -n 1)
    done
    put "$years" 'start of the server, ms' "$best_ms"
    put "$years" 'its private memory (RssAnon)' "$((anon_kib / 1024)) MiB"
}

put_questions() { # YEARS
    local years=$1 id median p99 t=$dir/peers-$1.tsv duck lite post
    while IFS=$'\t' read -r id _ median p99 _; do
        if [ "$id" = open ]; then continue; fi
        duck=$(field "$t" duckdb "$id" 4 2>/dev/null)
        put "$years" "$id" "$median ($p99)${duck:+ · $duck · **$(quot "$duck" "$median" %.0f) ×**}"
        lite=$(field "$t" sqlite "$id" 4 2>/dev/null) post=$(field "$t" postgres "$id" 4 2>/dev/null)
        [ -z "$lite$post" ] || put "$years" "$id: SQLite · PostgreSQL" "${lite:--} · ${post:--}"
    done <"$dir/figures-$years.tsv"
}

# ---- growth over HTTP ----

# Thousands of pairs in turn, each time with a number of its own in a filter that no row fails: no answer kept can be taken.
cat >"$dir/pairs.lua" <<'END'
local paths, n = {}, 0
function init(args)
    for line in io.lines(args[1]) do paths[#paths + 1] = line end
    n = tonumber(args[2])
end
function request()
    n = n + 1
    return wrk.format("GET", paths[n % #paths + 1] .. "&imports.gte=-" .. string.format("%d", n))
end
END

write_paths() { # YEARS: one pair and year each; areas by their ISO code, else by their number
    awk -F '[,\t]' -v OFS= 'NR == FNR { iso[$1] = $NF == "NA" ? $1 : $NF; next }
        $1 == "pair-hs6" { print "/v1/bilateral/", iso[$2], "/", iso[$3], "?period=", $5 }' \
        "$dir/world-$1"/country_codes_*.csv "$dir/params-$1.tsv" >"$dir/paths-$1"
}

measure_growth() {
    command -v wrk >/dev/null || { echo 'world.sh: wrk is missing: nothing measured over HTTP' >&2; return 0; }
    local years round base='' best
    declare -A ports
    for years in $sizes; do
        start_server "$years" 24000
        running+=("$server_pid")
        ports[$years]=$port
        : >"$dir/rates-$years"
    done
    for ((round = 0; round < rounds; round++)); do
        for years in $sizes; do
            "${ask_on[@]}" wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$dir/pairs.lua" \
                "http://127.0.0.1:${ports[$years]}" "$dir/paths-$years" "$((1000000000 + round * 20000000))" >"$dir/wrk.log" 2>&1
            if grep -qE 'Non-2xx|Socket errors' "$dir/wrk.log"; then fail "$(grep -E 'Non-2xx|Socket errors' "$dir/wrk.log")"; fi
            awk '$1 == "50%" { p50 = $2 } $1 == "99%" { p99 = $2 } /^Requests\/sec/ { print $2, p50, p99 }' "$dir/wrk.log" >>"$dir/rates-$years"
        done
    done
    for years in $sizes; do
        best=$(sort -g "$dir/rates-$years" | tail -n 1)
        base=${base:-${best%% *}}
        put "$years" 'one pair, one year over HTTP, requests/s (p50, p99)' "$(echo "$best" | awk '{ printf "%.0f (%s, %s)", $1, $2, $3 }')"
        put "$years" '**the same, relative to the smallest**' "$(quot "${best%% *}" "$base")"
    done
}

# ---- the run ----

for years in $sizes; do
    printf '\n== %s year(s)\n' "$years"
    import_world "$years"
    "$programs/bench_cube" "$dir/$years.cube" --count "$count" --params "$dir/params-$years.tsv" --tsv "$dir/figures-$years.tsv" ||
        failed=1
    ask_peers "$years"
    measure_start "$years"
    put_questions "$years"
    write_paths "$years"
    [ -n "${KEEP:-}" ] || rm -rf "$dir/world-$years"
done
measure_growth

printf '\nSynthetic data in the form of BACI, %s areas, %s products. Machine: %s processors (%s), %s, kernel %s.\n' "$areas" "$products" \
    "$(nproc)" "$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
    "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)" "$(uname -r)"
printf 'entrepot %s, libmicrohttpd %s%s. Both files in the page cache.\n' "${VERSION:-unknown}" \
    "$(pkg-config --modversion libmicrohttpd 2>/dev/null || echo unknown)" \
    "$(cat "$dir"/peers-*.tsv 2>/dev/null | awk -F '\t' '$2 == "import" && !seen[$1]++ { printf ", %s %s", $1, $6 }')"
printf 'Questions: median (p99) in µs in process, DuckDB median, how many times faster.\n\n'
awk -F '\t' -v sizes="$sizes" '
    !($1 in seen) { seen[$1] = 1; label[n++] = $1 }
    { cell[$1, $2] = $3 }
    END {
        m = split(sizes, size, " ")
        printf "| |"; for (i = 1; i <= m; i++) printf " %s year%s |", size[i], size[i] == 1 ? "" : "s"
        printf "\n|---|"; for (i = 1; i <= m; i++) printf "---|"
        print ""
        for (l = 0; l < n; l++) {
            printf "| %s |", label[l]
            for (i = 1; i <= m; i++) printf " %s |", cell[label[l], size[i]]
            print ""
        }
    }' "$results" | tee "$dir/table.md"
[ "$failed" -eq 0 ] || fail 'FAILED: see above'
