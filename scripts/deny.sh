#!/usr/bin/env bash
# Looks at what is built in: licences, sources, duplicate versions, and known faults where the
# database of them can be reached.

source "$(dirname "$0")/common.sh"

need_cargo
cargo deny --version >/dev/null 2>&1 ||
  fail "cargo-deny is missing. Install it with: cargo install --locked cargo-deny"
cd "$project"
cargo deny --locked check bans licenses sources
if cargo deny --locked fetch db >/dev/null 2>&1; then
  cargo deny --locked check advisories
else
  echo "Known faults are left out: the database of them cannot be reached."
fi
