#!/bin/bash
# Prometheus' own tool reads the metrics of a server that has seen something of everything. Skipped where it is not installed.
set -u
cd "$(dirname "$0")/.." || exit 1
entrepot=${ENTREPOT:-build/gcc/entrepot}
command -v promtool >/dev/null || { echo 'skip metrics # promtool (Debian package prometheus) is not installed'; exit 0; }
work=$(mktemp -d) || exit 1
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$work"' EXIT
"$entrepot" serve --data data/dgcis-total-fy.json --listen 127.0.0.1:0 2>"$work/log" &
server=$!
for _ in $(seq 100); do
    grep -q '"event":"serving"' "$work/log" && break
    sleep 0.1
done
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/log" | head -1)
admin=$(sed -n 's/.*"admin_port":\([0-9]*\).*/\1/p' "$work/log" | head -1)
for path in /v1 /v1/bilateral/IND/CHN /v1/bilateral/IND/CHN /nope /livez /healthz '/v1/bilateral/IND/CHN?period=1800'; do
    curl -s -o /dev/null "http://127.0.0.1:$port$path"
done
curl -s "http://127.0.0.1:$admin/metrics" >"$work/metrics"
if [ -s "$work/metrics" ] && promtool check metrics <"$work/metrics" >"$work/said" 2>&1 && [ ! -s "$work/said" ]; then
    echo 'ok - promtool takes the metrics'
else
    cat "$work/said"
    echo 'not ok - promtool takes the metrics'
    exit 1
fi
