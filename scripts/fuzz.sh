#!/usr/bin/env bash
# Fuzzes every target, or those that are named, on two processes, and prints a table.
#
#   scripts/fuzz.sh smoke | long
#   scripts/fuzz.sh [--ledger] [--runs COUNT] [--no-build] SECONDS [TARGET...]
#
# SECONDS bounds each target; 0 with --runs means until that many executions. --ledger appends a line per target to
# qa/ledger.jsonl. A finding fails the run and its reproducer is named: `scripts/fuzz.sh --replay FILE TARGET`.
# BEDRAIL_CORPUS names a folder of captures that are read in place as further seeds. CARGO names another cargo.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1-} in
    # The same inputs every time: a change is not refused for what chance finds in a part that it did not touch.
    smoke) set -- --runs 2000 6; export BEDRAIL_FUZZ_SEED=${BEDRAIL_FUZZ_SEED:-1} ;;
    long) set -- --ledger --runs 10000000 0 ;;
esac
ledger='' runs=-1 build=yes replay=''
while [[ ${1-} == --* ]]; do
    case $1 in
        --ledger) ledger=yes ;;
        --runs) runs=$2; shift ;;
        --no-build) build='' ;;
        --replay) replay=$2; shift ;;
        *) echo "fuzz.sh: unknown option \`$1\`" >&2; exit 2 ;;
    esac
    shift
done
seconds=0
if [[ -z $replay ]]; then
    seconds=${1:?how many seconds for each target?}
    shift
fi

host=$(rustc -vV | sed -n 's/^host: //p')
binary=fuzz/target/$host/release/fuzz
if [[ -n $build ]]; then
    # Coverage on stable Rust: the sanitizer's passes without a sanitizer. `--target` keeps build scripts out of it.
    RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1" \
        ${CARGO:-cargo} build --quiet --locked --release --manifest-path fuzz/Cargo.toml --bin fuzz --target "$host"
fi
if [[ -n $replay ]]; then
    BEDRAIL_FUZZ_TARGET=${1:?which target?} exec "$binary" "$replay"
fi

commit=$(git rev-parse --short=12 HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$binary" "$work/fuzz"
BEDRAIL_FUZZ_LIST=1 "$work/fuzz" >"$work/targets"
if (($# > 0)); then
    for name in "$@"; do
        grep "^$name " "$work/targets" || { echo "fuzz.sh: there is no target \`$name\`" >&2; exit 2; }
    done >"$work/chosen"
else
    cp "$work/targets" "$work/chosen"
fi

# Captures of the corpus that are small enough to say something whole.
captures=${BEDRAIL_CORPUS:-../shared/corpus}/captures
mkdir "$work/captures"
if [[ -d $captures ]]; then
    absolute=$(realpath "$captures")
    find "$absolute" -type f -size -3k \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.cap' \) |
        while read -r file; do ln -s "$file" "$work/captures/$(echo "$file" | cksum | tr -d ' ')"; done
fi

one() {
    local name=$1 max_len=$2 seed=$3 seconds=$4 runs=$5 work=$6
    local folders=("fuzz/corpus-grown/$name" "fuzz/seeds/$name")
    case $name in pcap | pcapng | pipeline) folders+=("$work/captures") ;; esac
    mkdir -p "fuzz/corpus-grown/$name" "fuzz/seeds/$name" fuzz/artifacts
    local started ended status=0
    started=$(date +%s.%N)
    BEDRAIL_FUZZ_TARGET=$name "$work/fuzz" "${folders[@]}" -seed="$seed" -max_len="$max_len" \
        -max_total_time="$seconds" -runs="$runs" -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="fuzz/artifacts/$name-" >"$work/$name.log" 2>&1 || status=$?
    ended=$(date +%s.%N)
    awk -v name="$name" -v seed="$seed" -v status="$status" -v duration="$(echo "$ended - $started" | bc)" '
        / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") coverage = $(i + 1) }
        /stat::number_of_executed_units:/ { runs = $2 }
        /Test unit written to/ { found = $NF }
        END { printf "%s %d %.1f %d %d %d %s\n", name, runs, duration, coverage, seed, status, found }
    ' "$work/$name.log" >"$work/$name.result"
    if ((status != 0)); then cp "$work/$name.log" "fuzz/artifacts/$name.log"; fi
    if [[ -n ${BEDRAIL_FUZZ_RESULTS-} ]]; then cat "$work/$name.result" >>"$BEDRAIL_FUZZ_RESULTS"; fi
}
export -f one

seed=${BEDRAIL_FUZZ_SEED:-$(($(date +%s) % 1000000 + 1))}
while read -r name max_len; do
    echo "$name $max_len $seed $seconds $runs $work"
done <"$work/chosen" | xargs -P 2 -L 1 bash -c 'one "$@"' _


failed=0
printf '%-24s %12s %9s %9s\n' target executions exec/s coverage
while read -r name _; do
    read -r name count duration coverage seed status found <"$work/$name.result"
    rate=$(awk -v n="$count" -v d="$duration" 'BEGIN { printf "%d", (d > 0) ? n / d : 0 }')
    printf '%-24s %12d %9d %9d' "$name" "$count" "$rate" "$coverage"
    if ((status != 0)); then
        failed=$((failed + 1))
        printf '  FOUND %s' "${found:-see fuzz/artifacts/$name.log}"
    elif [[ -n $ledger ]]; then
        mkdir -p qa
        printf '{"seed":%d,"commit":"%s","target":"%s","executions":%d,"duration_s":%s}\n' \
            "$seed" "$commit" "$name" "$count" "$duration" >>qa/ledger.jsonl
    fi
    printf '\n'
done <"$work/chosen"
if ((failed > 0)); then
    echo "$failed targets found something; replay with: scripts/fuzz.sh --replay FILE TARGET"
    exit 1
fi
