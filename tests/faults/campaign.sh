#!/usr/bin/env bash
# Makes N trials (12) against the release build: tests/faults/campaign.sh [N] [SEED]. See README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v "${CC:-cc}" >/dev/null 2>&1; then
  echo "faults: no C compiler, left out"
  exit 0
fi
cargo build --release --locked --quiet
export BP_FAULT_PROGRAM="$PWD/target/release/bp" BP_FAULT_TRIALS="${1:-12}" BP_FAULT_SEED="${2:-1}"
cargo test --locked --quiet --test faults -- --nocapture whatever_happens
