#!/bin/bash
# Makes the image that the Dockerfile starts from, out of Debian's own packages and without a registry: a minimal system of the same
# release, from the mirror that apt is set up for (DEBIAN_MIRROR=URL another). It has what the real one leaves out, documentation say, so
# what is added to it is not made to look small. Says its name; made once, until `make clean`.
set -eu
cd "$(dirname "$0")/../.."
. tests/image/storage.sh
name=$(sed -n 's/^ARG DEBIAN=//p' Dockerfile)
release=${name#*:} release=${release%-slim}
name=localhost/$name
if [ -z "$(image_id "$name")" ]; then
    # shellcheck disable=SC2016 # apt's
    mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)}
    [ -n "$mirror" ] || { echo "base image: apt knows no mirror of Debian; DEBIAN_MIRROR=URL names one" >&2; exit 1; }
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    debootstrap --variant=minbase "$release" "$work/root" "$mirror" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
    rm -rf "$work"/root/var/lib/apt/lists/* "$work"/root/var/cache/apt/*
    container=$(builder from scratch)
    tar -C "$work/root" -cf - . | tar -C "$(builder mount "$container")" -xf -
    builder umount "$container" >/dev/null
    builder commit --quiet --rm --format docker --timestamp 0 "$container" "$name" >/dev/null
fi
echo "$name"
