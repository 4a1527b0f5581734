#!/bin/bash
# Builds the image of the shipped Dockerfile without a Docker daemon, all of it anew: build.sh NAME. Says its id.
set -eu
cd "$(dirname "$0")/../.."
. tests/image/storage.sh
base=$(tests/image/base.sh)
name=$1
# With layers kept, the history of an image names those of this one build: its id would be another each time.
builder bud --isolation chroot --format docker --pull-never --no-cache --layers=false --timestamp 0 \
    --build-arg DEBIAN="$base" --build-arg VERSION="${VERSION:-0.2.0}" --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
    --tag "$name" . >"$image_home/build.log" 2>&1 || { tail -n 40 "$image_home/build.log" >&2; exit 1; }

# So would the name of the container that it was built in, which buildah (not Docker) writes down beside what the image is: it is taken out.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
builder push --quiet "$name" "dir:$work"
was=$(jq -r '.config.digest | ltrimstr("sha256:")' "$work/manifest.json")
jq -cj 'del(.container, .container_config, .config.Hostname)' "$work/$was" >"$work/config"
sum=$(sha256sum <"$work/config" | cut -c 1-64)
jq -cj --arg digest "sha256:$sum" --argjson size "$(stat -c %s "$work/config")" '.config.digest = $digest | .config.size = $size' \
    "$work/manifest.json" >"$work/manifest"
mv "$work/config" "$work/$sum" && rm "$work/$was" && mv "$work/manifest" "$work/manifest.json"
builder rmi "$name" >/dev/null
id=$(builder pull --quiet "dir:$work")
builder tag "$id" "$name"
echo "$id"
