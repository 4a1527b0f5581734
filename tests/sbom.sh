#!/bin/bash
# The script that makes the image's bill of materials, tried on this machine: held against CycloneDX's schema, and the same twice. The image
# itself takes `make image-check`. One "ok - name", "not ok - name" or "skip - name" a case.
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
node=${IMAGE_NODE:-$PWD/build/image-node}
case ${VARIANT:-} in
*-*)
    echo 'skip - bill of materials # once is enough, and an instrumented build is not what is shipped'
    exit 0
    ;;
esac
for tool in dpkg-query readelf jq; do
    command -v "$tool" >/dev/null || { echo "skip - bill of materials # $tool is not there"; exit 0; }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
bill() { tests/image/sbom.sh / "$entrepot" 1.2.3; }
bill >"$work/bom.json" || failed=1
check 'the same system has the same bill of materials' cmp "$work/bom.json" <(bill)
# shellcheck disable=SC2016 # jq's
check 'it names the program, its version and its checksum' jq -e --arg sum "$(sha256sum "$entrepot" | cut -c 1-64)" \
    '.metadata.component | .name == "entrepot" and .version == "1.2.3" and .hashes[0].content == $sum' "$work/bom.json"
check 'and every package that is installed' test "$(jq '[.components[] | select(.purl)] | length' "$work/bom.json")" = \
    "$(dpkg-query --show --showformat '${db:Status-Status}\n' | grep -cx installed)"
not_ours() { ! tests/image/sbom.sh / /bin/true 1.2.3 >"$work/out" 2>&1; }
check 'a program without Chart.js is none of ours' not_ours
if [ -d "$node/node_modules/ajv" ]; then
    cp tests/image/validate.mjs "$work/" && ln -s "$node/node_modules" "$work/node_modules"
    node "$work/validate.mjs" "$work/bom.json" || failed=1
else
    echo 'skip - the bill of materials against its schema # npm could not install tests/image/package.json'
fi
exit $failed
