#!/usr/bin/env bash
# The demo: a synthetic hospital, played in a loop into a hub with fresh data. Ctrl-C ends it.
#   DEMO_LISTEN  where the hub listens (127.0.0.1:8080); on another address than this machine's own it speaks TLS
#   DEMO_SPEED   how many times faster than life (240: a day in six minutes)
#   SEED         which hospital (1)
set -euo pipefail
cd "$(dirname "$0")/.."

listen="${DEMO_LISTEN:-127.0.0.1:8080}"
speed="${DEMO_SPEED:-240}"
programs="${CARGO_TARGET_DIR:-target}/debug"

mkdir -p demo
rm -rf demo/hub
"$programs/testkit" hospital --seed "${SEED:-1}" --out demo/hospital.pcapng

# A browser trusts this machine without a certificate, and only this machine.
plain=()
case "$listen" in 127.* | "[::1]"*) plain=(--insecure-http) ;; esac

cat <<TEXT

The hospital begins its day: some 300 devices come up within seconds, and a day passes in $(awk -v speed="$speed" 'BEGIN { printf "%.1f", 1440 / speed }') minutes.
Nothing is kept: the next \`make demo\` begins anew. Ctrl-C ends this one.

TEXT
# Where to go and the first login are the last lines of the start; after them only what goes wrong is told.
BEDRAIL_LOG="${BEDRAIL_LOG:-warn}" exec "$programs/bedrail" hub --data demo/hub --listen "$listen" "${plain[@]}" \
    --replay demo/hospital.pcapng --speed "$speed" --repeat
