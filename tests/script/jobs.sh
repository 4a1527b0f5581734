# shellcheck shell=bash
# Commands side by side; read as `. tests/script/jobs.sh`.

run_each() { # JOBS COMMAND ITEM…: the command for each item, so many at a time; false if it was for one of them
    local jobs=$1 command=$2 item bad=0 running=0
    shift 2
    for item in "$@"; do
        if [ "$running" -ge "$jobs" ]; then
            wait -n || bad=1
            running=$((running - 1))
        fi
        "$command" "$item" &
        running=$((running + 1))
    done
    while [ "$running" -gt 0 ]; do
        wait -n || bad=1
        running=$((running - 1))
    done
    return "$bad"
}
