#!/usr/bin/env bash
# What it costs to keep an index up to date: a run with nothing to do, and one with one changed file, against
# `find -type f -printf '%s %T@'` over the same tree, interleaved, as whole processes with a warm cache; then the peak
# memory of indexing all of it, and of the same with a file of 1 GB among them.
#
#   bench/incremental.sh [ROUNDS] [DOCUMENTS]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-15} documents=${2:-10000}
cargo build --release --workspace --quiet
bp=$PWD/target/release/bp
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
target/release/bp-bench generate "$place/corpus" "$documents" 7
export BP_INDEX=$place/index

# Seconds that a command takes, from its start to its end.
seconds() {
  local start=$EPOCHREALTIME
  "$@" >/dev/null 2>&1
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.6f\n", b - a }'
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
least() { sort -n "$1" | head -1; }
peak() { if [ -x /usr/bin/time ]; then /usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -1; else echo 0; fi; }

memory=$(peak "$bp" index -q "$place/corpus")
sleep 0.1
"$bp" index -q
first=$(find "$place/corpus" -name '*.md' | sort | head -1)
for round in $(seq "$rounds"); do
  seconds find "$place/corpus" -type f -printf '%s %T@\n' >>"$place/find"
  seconds "$bp" index >>"$place/none"
  printf '\nRound %s.\n' "$round" >>"$first"
  sleep 0.05
  seconds "$bp" index >>"$place/one"
done
printf '%-22s %10s %10s %8s\n' "over $documents files" 'median ms' 'least ms' 'ratio'
base=$(median "$place/find")
for name in find none one; do
  awk -v name="$name" -v m="$(median "$place/$name")" -v l="$(least "$place/$name")" -v b="$base" \
    'BEGIN { printf "%-22s %10.1f %10.1f %8.2f\n", name, m * 1000, l * 1000, m / b }'
done
echo
awk -v kb="$memory" 'BEGIN { printf "peak memory of indexing all of it: %.0f MB\n", kb / 1024 }'
truncate -s 1G "$place/corpus/huge.md"
rm -rf "$BP_INDEX"
memory=$(peak "$bp" index -q "$place/corpus" || true)
awk -v kb="$memory" 'BEGIN { printf "with a file of 1 GB among them:    %.0f MB\n", kb / 1024 }'
