#!/usr/bin/env bash
# What only newer CLIs can do, the examples and the guides, with the CLI at hand: a test of what it
# cannot do says so and ends. For CLIs beside the one of `make test`.

source "$(dirname "$0")/common.sh"

need_cargo
TF_ACC_TERRAFORM_PATH=$(find_terraform)
export TF_ACC_TERRAFORM_PATH CHECKPOINT_DISABLE=1
cd "$project"
# Read to its end: a CLI that complains of a person's configuration after its version must not fail.
cli=$(TF_CLI_CONFIG_FILE=/dev/null "$TF_ACC_TERRAFORM_PATH" version | sed -n 1p)
echo "$cli"
cargo test --locked -p acceptance-tests --test acceptance --no-fail-fast -- \
  frontier:: examples:: guides::
