#!/usr/bin/env bash
# Long runs of the tests that draw what they do from a seed; each that holds appends a line to qa/ledger.jsonl.
#
#   scripts/soak.sh                 every programme below, with the numbers below
#   scripts/soak.sh NAME [COUNT]    one of them
#
# SOAK_FROM is the first seed, 1 unless it is said. CARGO names another cargo.
set -euo pipefail
cd "$(dirname "$0")/.."

# name, how often, what the test is told it by, where the test is
programmes='simulation 100000 BEDRAIL_SIM_SEEDS package(hub)&test(simulation)
power-loss-store 10000 BEDRAIL_POWER_STATES package(store)&binary(power)&test(what_was_acknowledged)
power-loss-spool 10000 BEDRAIL_POWER_STATES package(relay)&binary(power)&test(what_was_kept)
power-loss-vault 10000 BEDRAIL_POWER_STATES package(vault)&test(what_was_promised)
kill-store 1000 BEDRAIL_STORE_KILLS package(store)&binary(sqlite)&test(kill_9)
kill-spool 1000 BEDRAIL_SPOOL_KILLS package(relay)&binary(killed)
io-errors-store all BEDRAIL_FAULTS package(store)&binary(faults)&test(acknowledged)
io-errors-spool all BEDRAIL_FAULTS package(relay)&binary(faults)&test(kept)
audit-tampering 100000 BEDRAIL_AUDIT_TAMPERINGS package(audit)&test(every_tampering)
audit-clean 10000 BEDRAIL_AUDIT_CLEAN package(audit)&test(no_alarm)
partition 1800 BEDRAIL_PARTITION_S package(bedrail)&binary(partition)
api 800 BEDRAIL_API_EXAMPLES package(bedrail)&binary(api)
approvals 1000000 BEDRAIL_APPROVAL_SEQUENCES package(respond)&binary(approvals)&test(nothing_forbidden)'

from=${SOAK_FROM:-1}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
commit=$(git rev-parse --short=12 HEAD)

one() {
    local name=$1 count=$2 variable=$3 where=$4
    echo "soak: $name, $count from $from"
    local started ended executions
    started=$(date +%s.%N)
    env "$variable=$count" BEDRAIL_SIM_FROM="$from" BEDRAIL_POWER_SEED="$from" BEDRAIL_API_SEED="$from" \
        BEDRAIL_AUDIT_SEED="$from" \
        BEDRAIL_REQUIRE_TOOLS=1 NEXTEST_PROFILE=soak \
        "${CARGO:-cargo}" nextest run --workspace --locked --release --no-capture -E "$where" | tee "$log"
    # Where the count does not say how much it came to, the test does.
    executions=$(sed -n 's/^executions: //p' "$log")
    ended=$(date +%s.%N)
    printf '{"seed":%d,"commit":"%s","target":"%s","executions":%d,"duration_s":%.1f}\n' \
        "$from" "$commit" "$name" "${executions:-$count}" "$(echo "$ended - $started" | bc)" >>qa/ledger.jsonl
}

found=''
while read -r name count variable where; do
    if [[ -z ${1-} || $1 == "$name" ]]; then
        found=yes
        one "$name" "${2:-$count}" "$variable" "$where" </dev/null
    fi
done <<<"$programmes"
if [[ -z $found ]]; then
    echo "soak.sh: there is no programme \`$1\`; there are: $(cut -d' ' -f1 <<<"$programmes" | tr '\n' ' ')" >&2
    exit 2
fi
