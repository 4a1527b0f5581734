# shellcheck shell=bash disable=SC2034,SC2154 # `failed` is read, and `work` set, by whoever reads this
# The cases of a test script: a line "ok - name" or "not ok - name" for each, which tests/run.sh counts. A script ends with `exit "$failed"`.
# Read from the folder of the project, as `. tests/script/cases.sh`.
failed=0

check() { # NAME COMMAND…
    local name=$1
    shift
    if "$@"; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        failed=1
    fi
}

# The same of a command that says much: it is heard only where it fails. Writes $work/said.
check_quietly() { # NAME COMMAND…
    check "$1" tell_if_wrong "${@:2}"
}
tell_if_wrong() {
    "$@" >"$work/said" 2>&1 && return
    sed 's/^/# /' "$work/said" | tail -n 60
    return 1
}
