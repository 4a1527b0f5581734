#!/bin/bash
# Runs an image as the README says to: a user of its own, a read-only file system, no capabilities, no new privileges; asks it, and ends it.
# run.sh IMAGE, in a mount namespace of its own (check.sh). One "ok - name" or "not ok - name" a case.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/image/storage.sh
image=$1
# crun takes no mixture of both versions of control groups; where there is none of the second this does nothing.
umount /sys/fs/cgroup/unified 2>/dev/null
pod=(podman "${image_store[@]}" --cgroup-manager cgroupfs --runtime crun)
container=entrepot-check-$$
trap '"${pod[@]}" rm --force --ignore "$container" "$container-root" >/dev/null 2>&1' EXIT
# shellcheck source=tests/script/cases.sh
. tests/script/cases.sh

is() { [ "$2" = "$3" ] || { echo "# $1 is \"$2\", not \"$3\""; return 1; }; } # WHAT GOT WANTED
# A machine without systemd, or without the rights to set limits, needs the options before --read-only.
run() { # ARGUMENTS… of podman run
    "${pod[@]}" run --pull=never --network host --cgroups=disabled --ulimit nofile=16384:16384 --ulimit nproc=4096:4096 --no-healthcheck \
        --log-driver k8s-file --read-only --cap-drop ALL --security-opt no-new-privileges "$@"
}
inside() { "${pod[@]}" exec "$container" "$@"; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
starts() {
    run --detach --name "$container" --env ENTREPOT_LISTEN=127.0.0.1:"$port" "$image" >/dev/null || return 1
    for _ in $(seq 200); do
        curl -fso /dev/null "http://127.0.0.1:$port/readyz" && return 0
        sleep 0.1
    done
    "${pod[@]}" logs "$container" | sed 's/^/# /'
    return 1
}
check 'starts with a read-only file system and without privileges' starts
answers() { is imports "$(curl -fs "http://127.0.0.1:$port/v1/bilateral/IND/CHN?period=FY2018-19" | jq '.data[0].imports')" 70319640000; }
check 'answers from the data in the image' answers

of_status() { inside cat /proc/1/status | awk -v key="$1:" '$1 == key { print $2 }'; }
check 'the server is the first process' is 'process 1' "$(inside cat /proc/1/comm)" entrepot
check 'with a user of its own' is user "$(of_status Uid)" 10001
check 'and group' is group "$(of_status Gid)" 10001
check 'without capabilities' is capabilities "$(of_status CapPrm)$(of_status CapEff)$(of_status CapBnd)" 000000000000000000000000000000000000000000000000
check 'that can get none' is no_new_privs "$(of_status NoNewPrivs)" 1
check 'under seccomp' is seccomp "$(of_status Seccomp)" 2
# shellcheck disable=SC2016 # awk's
root_mount() { inside awk '$2 == "/" { print substr($4, 1, 3) }' /proc/1/mounts; }
check 'on a read-only file system' is 'the mount' "$(root_mount)" ro,
sandboxed() { "${pod[@]}" logs "$container" 2>&1 | grep -q '"event":"sandbox".*"seccomp":"on"'; }
check 'and shut in by itself' sandboxed

check 'health is 0 while it serves' inside entrepot health
unhealthy() {
    inside entrepot health --listen 127.0.0.1:1 2>/dev/null
    [ $? = 1 ]
}
check 'and 1 where nobody does' unhealthy

ends() {
    local pid began now
    pid=$("${pod[@]}" inspect --format '{{.State.Pid}}' "$container") began=$(date +%s%N)
    kill -TERM "$pid"
    for _ in $(seq 1000); do
        now=$(date +%s%N)
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.01
    done
    echo "# in $(((now - began) / 1000000)) ms"
    is 'exit status' "$("${pod[@]}" wait "$container")" 0
}
check 'SIGTERM to the first process ends it with 0' ends

as_root() {
    run --name "$container-root" --user 0:0 --env ENTREPOT_LISTEN=127.0.0.1:0 "$image" >"$image_home/root.log" 2>&1
    is 'exit status' $? 1 && grep -q 'allow-root' "$image_home/root.log"
}
check 'as root it does not start' as_root
exit $failed
