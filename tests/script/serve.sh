# shellcheck shell=bash disable=SC2034,SC2154 # `entrepot` and `work` are set, and the others read, by whoever reads this
# A server over what config/entrepot.json names and further datasets, on a free port; read as `. tests/script/serve.sh`.

serve_shipped() { # DATASETS…: sets server, port and base; the log is $work/log
    local data=() more
    mapfile -t data < <(sed -n 's|.*"\.\./\(data/[^"]*\)".*|--data\n\1|p' config/entrepot.json)
    for more; do data+=(--data "$more"); done
    : >"$work/log" # here and now: whoever is started empties it later
    "$entrepot" serve "${data[@]}" --listen 127.0.0.1:0 2>"$work/log" &
    server=$!
    for _ in $(seq 100); do
        port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/log" | head -1)
        [ -n "$port" ] && break
        sleep 0.1
    done
    base=http://127.0.0.1:$port
}
