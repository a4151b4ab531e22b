#!/usr/bin/env bash
# Breaks the provider on purpose, and counts what must never be: what is ordered twice, what nobody
# knows of, what is replaced or tainted without need. COUNT runs from SEED on in one process, CLI
# runs with the real Terraform and with signals. A run that fails says how it is repeated alone.
# Arguments are for the program itself; with one that it does not know, it tells which there are.

source "$(dirname "$0")/common.sh"

need_cargo
cd "$project"
run() { cargo run --locked --quiet --profile chaos -p ixapi-chaos -- "$@"; }
result=0
if [ $# -gt 0 ]; then
  run "$@" || result=$?
elif [ "${COUNT:-1000}" -gt 0 ]; then
  run seeds "${SEED:-1}" "${COUNT:-1000}" || result=$?
fi
if [ "${CLI:-0}" -gt 0 ]; then
  TF_ACC_TERRAFORM_PATH=$(find_terraform)
  export TF_ACC_TERRAFORM_PATH CHECKPOINT_DISABLE=1
  export CHAOS_CLI_SEED=${SEED:-1} CHAOS_CLI_COUNT=$CLI
  cargo test --locked --quiet -p ixapi-chaos --test cli -- --ignored --nocapture || result=$?
fi
exit "$result"
