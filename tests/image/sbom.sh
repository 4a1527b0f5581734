#!/bin/bash
# The bill of materials of a Debian system that the program lies in, as CycloneDX 1.6: sbom.sh ROOT PROGRAM VERSION, with PROGRAM's path on
# this machine. It names the program with its checksum, Chart.js, which is embedded in it, and every package that is installed below ROOT; and
# who depends on whom. Without a date or a serial number: the same system has the same bill.
set -eu
root=$1 program=$2 version=$3
ask() { dpkg-query --admindir="$root/var/lib/dpkg" "$@"; }

linked_to() { # the packages of the libraries that the program itself names
    readelf -dW "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r library; do
        owner=$(ask --search "*-linux-gnu*/$library" | sed -n '1s/[:,].*//p')
        [ -n "$owner" ] || { echo "sbom: no package below $root has $library" >&2; exit 1; }
        echo "$owner"
    done
}
linked=$(linked_to)
chart=$(grep -aoE 'Chart\.js v[0-9]+[.0-9]+' "$program" | head -n 1)
[ -n "$chart" ] || { echo "sbom: Chart.js is not in $program" >&2; exit 1; }
# shellcheck source=/dev/null
os=$(. "$root/etc/os-release" && echo "$ID $VERSION_ID")

# shellcheck disable=SC2016 # ${…} is dpkg-query's
ask --show --showformat '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${Pre-Depends},${Depends}\t${Provides}\n' |
    jq -R . | jq -s --arg version "$version" --arg sha256 "$(sha256sum "$program" | cut -c 1-64)" --arg chart "${chart#* v}" \
        --arg os "${os% *}" --arg release "${os#* }" --arg linked "$linked" '
    def uri_escape: @uri | gsub("%7E"; "~");
    def names: split(",") | map(select(test("[a-z]")) | split("|") | map(gsub("^ +|[ :(].*$"; "") | select(. != "")));
    def purl: "pkg:deb/\($os)/\(.name | uri_escape)@\(.version | uri_escape)?arch=\(.arch)&distro=\($os)-\($release)";
    map(split("\t") | select(.[0] == "installed")
        | {name: .[1], version: .[2], arch: .[3], source: .[4], source_version: .[5], depends: (.[6] | names), provides: (.[7] | names | map(.[0]))}
        | .ref = purl) | sort_by(.ref) as $packages
    | (reduce $packages[] as $p ({}; reduce ($p.provides[]) as $n (.; .[$n] //= $p.ref)) + ($packages | map({(.name): .ref}) | add)) as $ref
    | {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bomFormat: "CycloneDX", specVersion: "1.6", version: 1,
        metadata: {component: {
            type: "application", "bom-ref": "entrepot", name: "entrepot", version: $version,
            hashes: [{alg: "SHA-256", content: $sha256}],
            components: [{type: "library", "bom-ref": "chart.js", name: "chart.js", version: $chart,
                purl: "pkg:npm/chart.js@\($chart)", licenses: [{license: {id: "MIT"}}]}]}},
        components: ([{type: "operating-system", "bom-ref": "os", name: $os, version: $release}]
            + ($packages | map({type: "library", "bom-ref": .ref, name, version, purl: .ref,
                properties: [{name: "debian:source", value: "\(.source) \(.source_version)"}]}))),
        dependencies: ([{ref: "entrepot", dependsOn: ([$linked | split("\n")[] | $ref[.]] | unique)}]
            + ($packages | map({ref, dependsOn: ([.depends[] | map($ref[.] | values)[0] | values] - [.ref] | unique)})))
      }'
