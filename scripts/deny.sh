#!/usr/bin/env bash
# What we are made of: licences, sources, what is there twice (deny.toml), what nobody uses, and known
# faults. With ADVISORIES=required, a database of those that cannot be reached is an error.

source "$(dirname "$0")/common.sh"

need_cargo
cd "$project"
for tool in cargo-deny cargo-machete; do
  command -v "$tool" >/dev/null 2>&1 || fail "$tool is missing. Install it: cargo install --locked $tool"
done
cargo deny --locked check bans licenses sources
cargo machete --with-metadata
# Of all, this alone needs more of the network than the registry of crates.
if [ "${ADVISORIES:-}" = required ] || cargo deny --locked fetch db >/dev/null 2>&1; then
  cargo deny --locked check advisories
else
  echo "Known faults are left out: the database of them cannot be reached. The workflow asks it."
fi
