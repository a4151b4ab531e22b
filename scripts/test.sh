#!/usr/bin/env bash
# Everything that decides whether we ship. The last lines say how many tests ran, and what was left out.

source "$(dirname "$0")/common.sh"

need_cargo
TF_ACC_TERRAFORM_PATH=$(find_terraform)
export TF_ACC_TERRAFORM_PATH CHECKPOINT_DISABLE=1
cd "$project"

step() { printf '\n== %s\n' "$*"; }

# try WHAT TOOL COMMAND ...: what needs a tool that not everybody has. What is left out for want of
# it is said at the end; the workflow of the repository has them all.
left_out=()
try() {
  local what=$1 tool=$2
  shift 2
  if command -v "$tool" >/dev/null 2>&1; then
    step "$what"
    "$@"
  else
    left_out+=("$what, for want of $tool")
  fi
}

step "Format"
cargo fmt --all --check
# Its own CLI configuration: a person's may name folders that are not there.
TF_CLI_CONFIG_FILE=/dev/null "$TF_ACC_TERRAFORM_PATH" fmt -check -recursive examples acceptance-tests

step "Lints"
cargo clippy --locked --workspace --all-targets -- -D warnings

try "The workflow" actionlint scripts/workflow.sh
try "The scripts" shellcheck shellcheck scripts/*.sh .ci/run
try "Licences, sources and duplicates of what is built in" cargo-deny \
  scripts/deny.sh licences
try "Dependencies that nobody uses" cargo-machete scripts/deny.sh unused

step "Documentation comments"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items --quiet

step "Tests: unit, gRPC, sandbox, examples, documentation, acceptance"
# They wait for programs and for clocks more than they compute.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(cores)))}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
result=0
cargo test --locked --workspace --no-fail-fast 2>&1 | tee "$log" || result=$?

has_chromium || left_out+=("The page of the sandbox, for want of Chromium")
if [ "${#left_out[@]}" -gt 0 ]; then
  printf '\nLeft out:\n'
  printf '  %s\n' "${left_out[@]}"
fi
# One line for a reader: the sum over all test programs.
awk '
  /^test result:/ {
    for (i = 1; i <= NF; i++) {
      if ($i ~ /^passed/) passed += $(i - 1)
      if ($i ~ /^failed/) failed += $(i - 1)
      if ($i ~ /^ignored/) ignored += $(i - 1)
    }
  }
  END { printf "\n%d passed, %d failed, %d skipped\n", passed, failed, ignored }
' "$log"
exit "$result"
