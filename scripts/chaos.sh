#!/usr/bin/env bash
# Breaks the provider on purpose, and counts what must never be: what is ordered twice, what nobody
# knows of, what is replaced or tainted without need. SEED and COUNT choose the runs; a run that
# fails says how it is repeated alone. Arguments are for the program itself: without any that it
# knows, it tells which there are.

source "$(dirname "$0")/common.sh"

need_cargo
cd "$project"
[ $# -gt 0 ] || set -- seeds "${SEED:-1}" "${COUNT:-1000}"
exec cargo run --locked --quiet --profile chaos -p ixapi-chaos -- "$@"
