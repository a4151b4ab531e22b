#!/usr/bin/env bash
# Start-up, memory and size of the release build, as ratios taken in one run.

source "$(dirname "$0")/common.sh"

need_cargo
terraform=$(find_terraform)
cd "$project"
cargo build --locked --release -p terraform-provider-ixapi
cargo build --locked --release -p ixapi-benchmark --bin stub
cargo build --locked --profile benchmark -p ixapi-benchmark --bin bench
target=${CARGO_TARGET_DIR:-$project/target}
"$target/benchmark/bench" "$terraform" "$target/release/terraform-provider-ixapi"
