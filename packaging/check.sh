#!/usr/bin/env bash
# What the units leave open, measured: packaging/check.sh [UNIT..]
# systemd-analyze gives each unit an exposure from 0 (closed) to 10; more than the limit here is a failure.
set -euo pipefail
cd "$(dirname "$0")/systemd"

command -v systemd-analyze >/dev/null || { echo 'check: systemd-analyze is missing (apt install systemd)' >&2; exit 1; }

# Exposure in tenths that a unit may have.
limit() {
    case "$1" in
    bedrail-hub.service) echo 20 ;;
    bedrail-sensor@.service) echo 30 ;;
    *) echo 20 ;;
    esac
}

status=0
units=("$@")
[ "${#units[@]}" -gt 0 ] || units=(*.service)
for unit in "${units[@]}"; do
    exposure="$(systemd-analyze security --offline=true "./$unit" 2>/dev/null |
        sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')"
    [ -n "$exposure" ] || { echo "check: $unit cannot be measured" >&2; status=1; continue; }
    printf '%-28s exposure %s (at most %s)\n' "$unit" "$exposure" "$(limit "$unit" | sed 's/.$/.&/')"
    tenths="$(printf '%s' "$exposure" | tr -d .)"
    [ "$tenths" -le "$(limit "$unit")" ] || status=1
done
exit "$status"
