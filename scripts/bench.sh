#!/usr/bin/env bash
# Measures start-up, refresh and waiting of the release build, as ratios taken in one run, counts its
# instructions where valgrind is there, and writes BENCHMARKS.md. With QUICK=1 a short form, which is
# printed only.

source "$(dirname "$0")/common.sh"

need_cargo
terraform=$(find_terraform)
cd "$project"
cargo build --locked --release -p terraform-provider-ixapi
cargo build --locked --release -p ixapi-benchmark --bin stub --bin echo --bin paths
cargo build --locked --profile benchmark -p ixapi-benchmark --bin bench
target=${CARGO_TARGET_DIR:-$project/target}
results=("$project")
[ -z "${QUICK:-}" ] || results=()
"$target/benchmark/bench" "$terraform" "$target/release/terraform-provider-ixapi" ${results[@]+"${results[@]}"}
