#!/bin/bash
# Imports onto a disk that fills up: a tmpfs that is 64 KiB larger from one import to the next. While it is too small the import ends with
# 1, names the place and the reason, the file that was there before is the same to the byte and nothing else is left; from the size
# on where it fits, the new file is whole. One "ok" or "not ok" a way of importing.
# shellcheck disable=SC2317 # the checks are called by name
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
step=$((64 * 1024))

# A mount needs a namespace of its own, so that nothing of it outlives the test.
if [ "${1-}" != mounted ]; then
    for flags in -m -rm; do
        if unshare "$flags" sh -c 'mount -t tmpfs -o size=64k none /mnt' 2>/dev/null; then
            exec unshare "$flags" bash "$0" mounted
        fi
    done
    echo 'skip full disk # no small file system may be mounted here'
    exit 0
fi

work=$(mktemp -d) || exit 1
trap 'cd /; umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/disk"
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh
wrong() { # WHAT: for the log; false
    echo "# $1: $(head -c 400 "$work/said")"
    return 1
}

# About 1.4 MB as a cube; the same figures on every run. Both years are in both files, so that little memory makes parts that are merged.
rows() { # 0 or 1: every other product
    awk -v from="$1" 'BEGIN {
        split("36 76 124 156 251 276 392 410 699 842", area)
        print "t,i,j,k,v,q"
        for (t = 2018; t < 2020; t++) for (i = 1; i <= 10; i++) for (j = 1; j <= 10; j++) for (k = from; k < 500 && i != j; k += 2) {
            x = (x * 69069 + 12345) % 4294967296
            printf "%d,%d,%d,%06d,%d.%03d,%d\n", t, area[i], area[j], 10100 + k * 61, x, x % 1000, x / 7
        } }'
}
rows 0 >"$work/even.csv"
rows 1 >"$work/odd.csv"
import() { "$entrepot" import baci "$work/even.csv" "$work/odd.csv" --hs HS17 "$@" >"$work/said" 2>&1; }
"$entrepot" import tests/fixtures/toy-world.json -o "$work/old.cube" >"$work/said" || { wrong 'no old file'; exit 1; }
import -o "$work/new.cube" || { wrong 'no new file'; exit 1; }

disk() { # OPTIONS: a new one, with the old file on it
    umount "$work/disk" 2>/dev/null
    mount -t tmpfs -o "$1" none "$work/disk" && cp "$work/old.cube" "$work/disk/out.cube"
}
alone() { [ "$(ls -A "$work/disk")" = out.cube ]; }
refused() { # after an import that ended with $1
    [ "$1" = 1 ] || wrong "exit status $1" || return 1
    grep -qF "$work/disk/out.cube" "$work/said" || wrong 'the place is not named' || return 1
    grep -qF 'No space left on device' "$work/said" || wrong 'the reason is not named' || return 1
    cmp "$work/old.cube" "$work/disk/out.cube" || wrong 'the old file has changed' || return 1
    alone || wrong "left: $(ls -A "$work/disk")"
}
taken() {
    cmp "$work/new.cube" "$work/disk/out.cube" && "$entrepot" verify "$work/disk/out.cube" >"$work/said" 2>&1 || wrong 'not the new file' || return 1
    alone || wrong "left: $(ls -A "$work/disk")"
}

sweep() { # OPTION…: sizes from the old file on; three more once it fits
    local size=$((($(stat -c %s "$work/old.cube") / step + 1) * step)) most=$((16 << 20)) status refusals=0 fits=0
    for (( ; fits < 3 && size < most; size += step)); do
        disk "size=$size" || wrong "a disk of $size bytes" || return 1
        import -o "$work/disk/out.cube" "$@"
        status=$?
        if [ "$status" = 0 ]; then
            taken || { echo "# at $size bytes"; return 1; }
            fits=$((fits + 1))
        else
            refused "$status" || { echo "# at $size bytes"; return 1; }
            [ "$fits" = 0 ] || wrong "refused at $size bytes, and not at fewer" || return 1
            refusals=$((refusals + 1))
        fi
    done
    echo "# $refusals sizes too small, $fits where it fits, the last of $((size - step)) bytes"
    [ "$refusals" -ge 16 ] && [ "$fits" = 3 ]
}
no_inode() { # for one more file
    disk 'size=16m,nr_inodes=2' || return 1
    import -o "$work/disk/out.cube"
    refused $?
}
nothing_before() { # a place where no file was before stays empty
    disk "size=$((8 * step))" || return 1
    rm "$work/disk/out.cube"
    if import -o "$work/disk/out.cube"; then wrong 'it fits'; return 1; fi
    [ -z "$(ls -A "$work/disk")" ] || wrong "left: $(ls -A "$work/disk")"
}

check 'a disk that is too small, in steps of 64 KiB' sweep
check 'the same where rows are written out in parts, then merged' sweep --memory 1M
check 'no place for another file' no_inode
check 'no old file' nothing_before
exit $failed
