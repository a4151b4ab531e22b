#!/usr/bin/env bash
# What we are made of: licences, sources, what is there twice (deny.toml), what nobody uses, and known
# faults. With ADVISORIES=required, a database of those that cannot be reached is an error.
#
#   deny.sh [licences | unused | faults]
#
# licences  licences, sources and what is there twice, and nothing else
# unused    what nobody uses, and nothing else
# faults    known faults, and nothing else

source "$(dirname "$0")/common.sh"

need_cargo
cd "$project"

need() {
  command -v "$1" >/dev/null 2>&1 || fail "$1 is missing. Install it: cargo install --locked $1"
}
licences() {
  need cargo-deny
  cargo deny --locked check bans licenses sources
}
unused() {
  need cargo-machete
  cargo machete --with-metadata
}
# Of all, this alone needs more of the network than the registry of crates.
faults() {
  need cargo-deny
  if [ "${ADVISORIES:-}" = required ] || cargo deny --locked fetch db >/dev/null 2>&1; then
    cargo deny --locked check advisories
  else
    echo "Known faults are left out: the database of them cannot be reached. The workflow asks it."
  fi
}

case ${1:-} in
  '')
    need cargo-deny
    need cargo-machete
    licences
    unused
    faults
    ;;
  licences | unused | faults) "$1" ;;
  *) fail "$1 is no argument; see the beginning of scripts/deny.sh." ;;
esac
