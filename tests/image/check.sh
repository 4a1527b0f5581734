#!/bin/bash
# The image of the shipped Dockerfile, made and tried without a Docker daemon: it builds, is the same twice, adds little to its base, holds what
# it needs and no tools, has a bill of materials, and serves with next to no rights (run.sh). `make image-check` installs what this needs; it
# must be root's. One "ok - name", "not ok - name" or "skip - name" a case.
# shellcheck disable=SC2154 # image_root is set by image_open
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/image/storage.sh
node=${IMAGE_NODE:-$PWD/build/image-node}
most_added=10000000 # bytes over the base
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh

base=$(tests/image/base.sh) || { echo 'not ok - the base image'; exit 1; }
# What was there before may be of other sources.
builder rmi --force localhost/entrepot:first localhost/entrepot:second >/dev/null 2>&1
began=$SECONDS
first=$(tests/image/build.sh localhost/entrepot:first)
check 'the image builds' test -n "$first"
[ -n "$first" ] || exit 1
echo "# in $((SECONDS - began)) s"
second=$(tests/image/build.sh localhost/entrepot:second)
same_program() { # FILE of the first, FILE of the second
    echo "# sha256 $(sha256sum <"$1")" && cmp "$1" "$2"
}

image_open localhost/entrepot:second && other=$image_container other_root=$image_root
image_open localhost/entrepot:first
check 'a second build has the same program' same_program "$image_root/usr/bin/entrepot" "$other_root/usr/bin/entrepot"
check 'and is the same image' test "$first" = "$second"
echo "# $first"
builder umount "$other" >/dev/null && builder rm "$other" >/dev/null

size() { podman "${image_store[@]}" image inspect --format '{{.Size}}' "$1"; }
small() {
    local added=$(($(size "$first") - $(size "$base")))
    echo "# $added bytes over the base"
    [ "$added" -le "$most_added" ]
}
check "adds at most $most_added bytes to its base" small
none_of() { # FIND-EXPRESSION…: nothing in the image is such
    find "$image_root" -path "$image_root/var/lib/dpkg/info" -prune -o "$@" -print | sed "s|^$image_root|# |" | grep . && return 1
    return 0
}
check 'no compiler, linker or make' none_of '(' -name 'gcc*' -o -name 'cc1*' -o -name 'c[89]9' -o -name 'clang*' -o -name 'ld.*' ! -name 'ld.so*' -o -name 'make' -o -name '*.h' ')' -type f
check 'no lists or files of apt' none_of '(' -path '*/var/lib/apt/lists/*' -o -path '*/var/cache/apt/*' ')' -type f
check 'no sources' none_of -path "$image_root/src/*"
check 'no file that others may write' none_of -type f -perm -002
licences() { # of what was added
    local package
    for package in libmicrohttpd12t64 libjansson4 libgnutls30t64 libp11-kit0; do
        [ -s "$image_root/usr/share/doc/$package/copyright" ] || { echo "# none of $package"; return 1; }
    done
}
check 'licences of the libraries are there' licences
consistent() { # apart from what is left out on purpose
    # shellcheck disable=SC2016 # ${…} is dpkg-query's
    dpkg --root="$image_root" --audit && [ "$(dpkg-query --admindir="$image_root/var/lib/dpkg" --show --showformat '${db:Status-Status}\n' libmicrohttpd12t64)" = installed ]
}
check 'dpkg finds its packages whole' consistent

bill=$image_home/sbom.cdx.json
makes_bill() { tests/image/sbom.sh "$image_root" "$image_root/usr/bin/entrepot" "${VERSION:-0.2.0}" >"$bill"; }
check 'the bill of materials is made' makes_bill
image_close
echo "# $bill: $(jq '.components | length' "$bill") components"
if [ -d "$node/node_modules/ajv" ]; then
    cp tests/image/validate.mjs "$node/" && node "$node/validate.mjs" "$bill" || failed=1
else
    echo 'skip - the bill of materials against its schema # npm could not install tests/image/package.json'
fi

unshare --mount tests/image/run.sh "$first" || failed=1
exit $failed
