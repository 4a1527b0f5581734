#!/bin/bash
# From files to answers, as a user goes: several files, a month more, groups, countries that ended. One "ok" or "not ok" a case.
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
case $entrepot in /*) ;; *) entrepot=$PWD/$entrepot ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# says NAME PATTERN COMMAND…: what the command says on both outputs has the pattern (grep -E) in it.
says() {
    local name=$1 pattern=$2
    shift 2
    "$@" >"$work/said" 2>&1
    if grep -qE -- "$pattern" "$work/said"; then
        echo "ok $name"
    else
        echo "not ok $name"
        head -c 600 "$work/said" | sed "s|^|# |; s|\$|  (wanted: $pattern)|"
        failed=1
    fi
}
# same NAME FILE FILE
same() {
    if cmp -s "$2" "$3"; then echo "ok $1"; else
        echo "not ok $1"
        failed=1
    fi
}
import() { "$entrepot" import "$@"; }
ask() { "$entrepot" get "$1" --data "$work/out.cube"; }
rows() { ask "/v1/flows.csv?$1&limit=1000" | tail -n +2; }
put() { cat >"$work/$1"; }

# ---- groups ----

put union.csv <<'CSV'
period,reporter,partner,flow,product,value_usd
2019,IND,DEU,X,TOTAL,40
2019,IND,FRA,X,TOTAL,10
2019,IND,GBR,X,TOTAL,5
2019,IND,USA,X,TOTAL,70
2019,DEU,FRA,X,TOTAL,9
2019,DEU,ITA,X,TOTAL,2
2021,IND,DEU,X,TOTAL,41
2021,IND,GBR,X,TOTAL,6
2021,IND,USA,X,TOTAL,71
2022,IND,X97,X,TOTAL,77
2022,IND,DEU,X,TOTAL,44
2022,IND,CHN,X,TOTAL,8
CSV
says 'a group is told' 'in no sum X97 \(European Union\): 1 row' import "$work/union.csv" --partners all -o "$work/out.cube"
total='flow=exports&group_by=period'
says 'a group is the sum of its members at the time' '^2019,.*,exports,,,55,' rows "reporter=IND&partner=X97&$total&period=2019"
says 'who left it is no member' '^2021,.*,exports,,,41,' rows "reporter=IND&partner=EU&$total&period=2021"
says 'its own row comes first' '^2022,.*,exports,,,77,' rows "reporter=IND&partner=X97&$total&period=2022"
says 'no sum has it' '^2022,.*,exports,,,52,' rows "reporter=IND&partner=*&$total&period=2022"
says 'trade inside is left out' '^2019,.*,exports,,,11,' rows "reporter=DEU&partner=X97&$total&period=2019"
says 'reporters may be groups' 'in no sum X97' import tests/fixtures/import/tidy-groups.csv -o "$work/out.cube"
says 'asked for by name' '^2019,.*,exports,,,500,' rows "reporter=X97&partner=WLD&$total&period=2019"

# ---- countries that ended ----

says 'a former country loads' '9 observations' import tests/fixtures/import/former.csv --partners all -o "$work/out.cube"
says 'a series names the code before' 'BEL came out of X58 .*/v1/bilateral/IND/X58' ask /v1/bilateral/IND/BEL
says 'of the world, too' 'ZAF came out of X711' ask '/v1/flows?reporter=IND&partner=ZAF&period=1998..2000&group_by=period&flow=exports'
says 'a year before it began' 'SCG \(Serbia and Montenegro\) has it' ask '/v1/bilateral/IND/SRB?period=2000'
says 'no word of it where nothing is asked' '"warnings": ?\[[^]]*lacks imports"\]' ask '/v1/bilateral/IND/BEL?period=2000'

# ---- several files under one manifest ----

cp tests/fixtures/import/several-*.csv tests/fixtures/import/several.json "$work"
says 'files of several forms are one dataset' '4 observations' import "$work/several.json" -o "$work/out.cube" --report "$work/report.json"
says 'figures that agree are told' '1 figures that agree, 2 of which the newer answers' import "$work/several.json" -o "$work/out.cube"
says 'the difference is listed' 'superseded: 2019 IND CHN imports 84: 2500000 USD, was 2000000' import "$work/several.json" -o "$work/out.cube"
says 'a total too' 'superseded: 2019 IND CHN imports TOTAL: 4000000 USD, was 3000000' import "$work/several.json" -o "$work/out.cube"
says 'the report has it' '"older_value_usd": 2000000' cat "$work/report.json"
says 'the finer one stays where they agree' '^2019,.*,imports,85,.*,1049999,' rows 'reporter=IND&partner=CHN&flow=imports&period=2019&level=hs2&group_by=period,product'
says 'the newer one where not' '^2019,.*,imports,84,.*,2500000,' rows 'reporter=IND&partner=CHN&flow=imports&period=2019&level=hs2&group_by=period,product'
sed 's/"published": "2025-03", //; s/"file": "several-old.csv"/"published": "2026-01", &/' "$work/several.json" >"$work/turned.json"
says 'published says which is newer' 'superseded: 2019 IND CHN imports 84: 2000000 USD, was 2500000' import "$work/turned.json" -o "$work/out.cube"
sed 's/"published": "2025-03"/"title": "Another"/' "$work/several.json" >"$work/wrong.json"
says 'a file has no title' 'key "files": a file has keys of its own about its columns' import "$work/wrong.json" -o "$work/out.cube"
says 'inspect knows each of them' 'several-new.csv: manifest, UTF-8, fields parted by semicolons' "$entrepot" inspect "$work/several.json"
(cd "$work" && "$entrepot" inspect several.json --manifest >again.json)
"$entrepot" import "$work/several.json" -o "$work/out.cube" >"$work/said" && "$entrepot" import "$work/again.json" -o "$work/again.cube" >"$work/said"
same 'the manifest that inspect writes gives the same bytes' "$work/out.cube" "$work/again.cube"

# ---- a month more ----

header='period,reporter,partner,flow,product,value_usd'
months() { # MONTHS FACTOR: India and China, with a total, a chapter that has a rest, and one without
    for t in $1; do
        for pair in IND,CHN IND,WLD CHN,IND CHN,WLD; do
            for flow in X M; do
                echo "$t,$pair,$flow,TOTAL,$((1000 * $2))"
                echo "$t,$pair,$flow,85,$((600 * $2))"
                echo "$t,$pair,$flow,850760,$((400 * $2))"
                echo "$t,$pair,$flow,840100,$((300 * $2))"
            done
        done
    done
}
(echo "$header" && months '2024-01 2024-02 2024-03' 1) >"$work/whole.csv"
(echo "$header" && months '2024-01 2024-02' 1) >"$work/two.csv"
(echo "$header" && months '2024-03' 1) >"$work/third.csv"
(echo "$header" && months '2024-02' 2 | grep ',IND,.*,M,\|,IND,.*,X,') >"$work/revised.csv"
(echo "$header" && months '2024-01 2024-03' 1 && months '2024-02' 1 | grep '^2024-02,CHN' && tail -n +2 "$work/revised.csv") >"$work/mended.csv"
quiet() { "$entrepot" import "$@" >"$work/said" 2>&1 || { echo "not ok import $*" && sed 's/^/# /' "$work/said" && failed=1; }; }
quiet "$work/whole.csv" -o "$work/whole.cube"
quiet "$work/two.csv" -o "$work/two.cube"
says 'a month more' '32 observations of the older cube stay; 0 of its returns' import "$work/third.csv" --into "$work/two.cube" -o "$work/out.cube"
same 'is what all of them would be' "$work/whole.cube" "$work/out.cube"
says 'it is sound' 'out.cube: ' "$entrepot" verify "$work/out.cube"
says 'a revised month replaces' '2 of its returns are replaced: exports of IND in 2024-02, imports of IND in 2024-02' import "$work/revised.csv" --into "$work/whole.cube" -o "$work/out.cube"
quiet "$work/mended.csv" -o "$work/mended.cube"
same 'and nothing else' "$work/mended.cube" "$work/out.cube"
says 'it is sound, too' 'out.cube: ' "$entrepot" verify "$work/out.cube"
says 'the older cube may be the one that is written' '32 observations of the older cube stay' import "$work/third.csv" --into "$work/two.cube" -o "$work/two.cube"
same 'as it is elsewhere' "$work/whole.cube" "$work/two.cube"
says 'twice is once' '4 of its returns are replaced' import "$work/third.csv" --into "$work/two.cube" -o "$work/out.cube"
same 'the same figures, the same bytes' "$work/whole.cube" "$work/out.cube"
says 'what was stated of the older returns stays' 'partners: all in 12 of 16 returns; listed in 4' sh -c "\"$entrepot\" import \"$work/third.csv\" --partners all -o \"$work/t.cube\" && grep -v ,WLD, \"$work/third.csv\" | sed 's/2024-03/2024-04/' >\"$work/fourth.csv\" && \"$entrepot\" import \"$work/fourth.csv\" --into \"$work/two.cube\" -o \"$work/out.cube\""
(echo "$header" && echo '2024,IND,CHN,X,850760,5') >"$work/year.csv"
says 'a year is no month' 'its periods are of frequency A, those before it of M' import "$work/year.csv" --into "$work/two.cube" -o "$work/out.cube"
(echo "$header" && echo '2024-05,IND,CHN,X,85076011,5') >"$work/fine.csv"
says 'finer codes do not fit' 'products are of level hs8, those before it of hs6' import "$work/fine.csv" --into "$work/two.cube" -o "$work/out.cube"
(echo "$header" && echo '2024-05,IND,CHN,X,85,5') >"$work/coarse.csv"
says 'a chapter alone is published' '48 observations of the older cube stay' import "$work/coarse.csv" --into "$work/two.cube" -o "$work/out.cube"
says 'there must be an older cube' 'cannot open' import "$work/third.csv" --into "$work/none.cube" -o "$work/out.cube"

# ---- descriptions of one's own ----

mkdir "$work/readers"
put readers/istat.json <<'JSON'
{
  "reader": "istat",
  "id": "istat", "title": "Commercio estero", "source": "Istat", "source_url": null, "licence": "CC BY 3.0",
  "frequency": "found", "level": "found", "hs": null, "valuation": {"exports": "FOB", "imports": "CIF"}, "basis": "reported",
  "codes": "any",
  "columns": {"period": "Anno", "partner": "Paese", "flow": "Tipo", "product": "Codice", "value": "Importo"},
  "constants": {"reporter": "ITA"},
  "flows": {"Esportazioni": "X", "Importazioni": "M"},
  "value_unit": "EUR", "decimal": "found"
}
JSON
put istat.csv <<'CSV'
Anno;Paese;Tipo;Codice;Importo
2019;CHN;Esportazioni;85;100
2019;FRA;Importazioni;85;50
CSV
says 'nobody knows this form' 'no description fits its columns' import "$work/istat.csv" -o "$work/out.cube"
says 'a description of one'"'"'s own does' '2 observations' import "$work/istat.csv" --readers "$work/readers" -o "$work/out.cube"
says 'it may be named' '2 observations' import istat "$work/istat.csv" --readers "$work/readers" -o "$work/out.cube"
says 'rates are said in every answer' 'Values were EUR and are converted to US dollars' ask '/v1/bilateral/ITA/CHN?product=85'
echo '{"readers": "readers"}' >"$work/entrepot.json"
says 'the configuration may say it' '2 observations' import "$work/istat.csv" --config "$work/entrepot.json" -o "$work/out.cube"
says 'the shipped ones are there still' '2 observations' import tests/fixtures/import/tidy.csv --readers "$work/readers" -o "$work/out.cube"
sed 's/"reader": "istat",/"file": "a.csv",/' "$work/readers/istat.json" >"$work/readers/wrong.json"
says 'a description names itself' 'wrong.json: key "reader" is missing' import "$work/istat.csv" --readers "$work/readers" -o "$work/out.cube"
says 'a folder that is none' 'this is no folder that can be read' import "$work/istat.csv" --readers "$work/nowhere" -o "$work/out.cube"

# ---- areas that no table has ----

areas() { # ROWS of unknown areas among 60
    echo 'year,reporter,partner,flow,product,value_usd'
    for y in $(seq 1960 2019); do echo "$y,India,China,Export,TOTAL,10"; done
    for y in $(seq 1 "$1"); do echo "$((1960 + y)),India,\"Canary, Islands\",Export,TOTAL,3"; done
}
areas 3 >"$work/areas.csv"
says 'an area of the source stays' '"Canary, Islands" is in no table of countries: 3 rows are of an area of that name, CANARY_ISLAN' import "$work/areas.csv" -o "$work/out.cube"
says 'under its own name' '"name":"Canary, Islands","kind":"area_nes"' ask /v1/countries/CANARY_ISLAN
says 'and may be asked for' '^1961,.*,exports,,,3,' rows "reporter=IND&partner=CANARY_ISLAN&flow=exports&period=1961&group_by=period"
says 'it is sound with it' 'out.cube: sound' "$entrepot" verify "$work/out.cube"
cp "$work/out.cube" "$work/with.cube"
says 'beside other data' '"CANARY_ISLAN"' "$entrepot" get /v1/countries/CANARY_ISLAN --data data/dgcis-total-fy.json --data "$work/with.cube"
(cd "$work" && "$entrepot" inspect areas.csv --manifest >areas.json 2>said && "$entrepot" import areas.json -o again.cube >said 2>&1)
same 'its manifest gives the same' "$work/out.cube" "$work/again.cube"
(echo 'year,reporter,partner,flow,product,value_usd' && echo '2020,IND,CANARY_ISLAN,X,TOTAL,4') >"$work/more.csv"
says 'a year more knows it' '63 observations of the older cube stay' import "$work/more.csv" --into "$work/with.cube" -o "$work/out.cube"
areas 10 >"$work/areas.csv"
says 'many unknown names are a mistake' '10 unknown country codes from this line on: Canary, Islands' import "$work/areas.csv" -o "$work/out.cube"
areas 3 | sed 's/"Canary, Islands"/998/' >"$work/areas.csv"
says 'a number is no name' '3 unknown country codes from this line on: 998' import "$work/areas.csv" -o "$work/out.cube"

[ $failed = 0 ]
