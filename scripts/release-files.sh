#!/usr/bin/env bash
# What stands beside the archives in a folder: checksums, manifest, and what is built into the
# programs (CycloneDX).

source "$(dirname "$0")/common.sh"

[ $# = 1 ] || fail "Usage: scripts/release-files.sh DIR"
out=$(cd "$1" && pwd)
need_cargo
cd "$project"
cargo run --quiet --locked -p ixapi-packaging -- sums --out "$out"
for package in terraform-provider-ixapi ixapi-sandbox; do
  bill=${package}_$(version).cdx.json
  cargo cyclonedx --quiet --format json --describe binaries --override-filename bill-of-materials \
    --manifest-path "$(bill_of "$package")/Cargo.toml"
done
