# shellcheck shell=bash
# Where images lie while they are built and tried: in this project's build folder, not in the system's store. To be sourced.
image_home=$PWD/build/image
image_store=(--root "$image_home/storage" --runroot "$image_home/run" --storage-driver "${IMAGE_STORAGE_DRIVER:-overlay}")
builder() { buildah "${image_store[@]}" "$@"; }
image_id() { builder images --no-trunc --quiet "$1" 2>/dev/null; } # NAME; nothing where there is none

# A look at the files of an image: image_open NAME sets $image_root; image_close lets go of it.
image_open() {
    # shellcheck disable=SC2034 # for those who source this
    image_container=$(builder from --pull-never "$1") && image_root=$(builder mount "$image_container")
}
image_close() { builder umount "$image_container" >/dev/null && builder rm "$image_container" >/dev/null; }
