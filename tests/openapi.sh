#!/bin/bash
# The OpenAPI document and the page made from the same table, held against what others make of them: two linters, a validator that reads every
# JSON answer, a generated client that is compiled and run, a browser. Needs node and the packages of tests/openapi/package.json, which
# `make test` installs into $OPENAPI_NODE where npm can; without them each case is skipped.
# One "ok - name", "not ok - name" or "skip - name" a case.
# shellcheck disable=SC2317 # functions are called by name
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
node=${OPENAPI_NODE:-$PWD/build/openapi-node}
work=$(mktemp -d) || exit 1
server=
cleanup() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
unset ENTREPOT_CONFIG ENTREPOT_LISTEN ENTREPOT_DATA
export NO_COLOR=1 CI=true
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
# shellcheck source=tests/script/serve.sh
. tests/script/serve.sh

# Shipped figures, and behind them an invented world that answers what needs many countries' books: then every example is an answer.
serve_shipped tests/fixtures/toy-world.json
"$entrepot" routes --markdown >"$work/routes.md"

# ---- what needs no packages

"$entrepot" openapi >"$work/bare.json"
paths() { jq -ce '.paths | keys' "$@"; }
check_quietly 'without data the document has the same paths' cmp <(paths "$work/bare.json") <(curl -s "$base/v1/openapi.json" | paths)
check_quietly 'without data it has no examples of answers' jq -e '[.paths[].get.responses["200"].content[]] | length > 30 and all(has("examples") | not)' "$work/bare.json"
"$entrepot" openapi --config config/entrepot.json >"$work/full.json"
check_quietly 'with data the command prints what the server serves' cmp "$work/full.json" <("$entrepot" get /v1/openapi.json --config config/entrepot.json)

# ---- what does

if ! command -v node >/dev/null || [ ! -d "$node/node_modules/ajv" ]; then
    for name in 'spectral' 'redocly' 'ajv reads every answer' 'a generated client' 'the page in a browser'; do
        echo "skip - $name # node or its packages are not there: npm could not install tests/openapi/package.json"
    done
    exit $failed
fi
cp tests/openapi/* "$work/"
ln -s "$node/node_modules" "$work/node_modules"
bin=$node/node_modules/.bin
curl -s "$base/v1/openapi.json" >"$work/openapi.json"

(cd "$work" && node validate.mjs "$base" routes.md "$OLDPWD/tests/http") || failed=1

in_work() { (cd "$work" && "$@"); }
node_is_at_least() { node -e "const [a, b] = process.versions.node.split('.').map(Number); process.exit(a > $1 || (a === $1 && b >= $2) ? 0 : 1)"; }
# Sources and document are the same under the sanitizers: once is enough.
case ${VARIANT:-} in
*-*) exit $failed ;;
esac
check_quietly 'spectral finds nothing, warnings included' in_work "$bin/spectral" lint openapi.json -r spectral.yaml --fail-severity warn
breach() { # a linter that accepts anything says nothing
    jq '.paths["/v1"].get.responses["200"].content["application/json"].schema = {"$ref": "#/components/schemas/Nowhere"}' "$work/openapi.json" >"$work/breach.json"
    ! in_work "$@" breach.json
}
check_quietly 'spectral sees a reference that leads nowhere' breach "$bin/spectral" lint -r spectral.yaml
if node_is_at_least 20 19; then
    check_quietly 'redocly finds no error' in_work "$bin/redocly" lint openapi.json --config redocly.yaml
    check_quietly 'redocly sees a reference that leads nowhere' breach "$bin/redocly" lint --config redocly.yaml
else
    echo "skip - redocly # it needs node 20.19 or later, this is $(node --version)"
fi
check_quietly 'openapi-typescript makes a client' in_work "$bin/openapi-typescript" openapi.json -o schema.d.ts
check_quietly 'a program over it compiles strictly' in_work "$bin/tsc" -p tsconfig.json
(cd "$work" && node client.js "$base") || failed=1

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -n "$chromium" ]; then
    (cd "$work" && node docs.mjs "$base" "$chromium") || failed=1
else
    echo 'skip - the page in a browser # chromium is not installed'
fi
exit $failed
