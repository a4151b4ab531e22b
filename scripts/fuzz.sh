#!/usr/bin/env bash
# Hands made-up bytes to whatever takes something from outside, guided by the code that they reach.
# TARGET is one of the folders in fuzz/corpus, all of them unless it is set; COUNT is how many inputs
# each gets. What reaches new code is kept in the target's folder.

source "$(dirname "$0")/common.sh"

need_cargo
cargo fuzz --version >/dev/null 2>&1 ||
  fail "cargo-fuzz is missing. Install it with: cargo install cargo-fuzz"
cargo +nightly --version >/dev/null 2>&1 ||
  fail "A nightly compiler is missing. Install it with: rustup toolchain install nightly"
cd "$project"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# No sanitizer: the code has no unsafe blocks, and is several times as fast without.
guided() { cargo +nightly fuzz run --fuzz-dir fuzz/guided --sanitizer none guided "$@"; }

for corpus in fuzz/corpus/${TARGET:-*}; do
  [ -d "$corpus" ] || fail "There is no $corpus."
  TARGET=$(basename "$corpus")
  export TARGET
  printf '\n== %s: %s inputs\n' "$TARGET" "${COUNT:=10000000}"
  mkdir "$scratch/$TARGET"
  guided "$scratch/$TARGET" "$corpus" -- -runs="$COUNT" -max_len=4096 -timeout=10 \
    -rss_limit_mb=1024 -print_final_stats=1
  # Of old and new, what is kept reaches all code that any of it reaches.
  kept=$scratch/kept-$TARGET
  mkdir "$kept"
  guided "$kept" "$corpus" "$scratch/$TARGET" -- -set_cover_merge=1 -use_counters=0
  rm -r "$corpus"
  mv "$kept" "$corpus"
done
