#!/usr/bin/env bash
# Puts the release build where Terraform and OpenTofu look for providers of this machine.

source "$(dirname "$0")/common.sh"

need_cargo
(cd "$project" && cargo build --locked --release -p terraform-provider-ixapi)
target=${CARGO_TARGET_DIR:-$project/target}/release

# Of the folders that both look in without being told, the one that is the same on every system.
plugins=$HOME/.terraform.d/plugins
mirror "$plugins" "$target/terraform-provider-ixapi"

cat <<DONE

Installed version $(version) in $plugins

Paste this into your configuration, then run terraform init or tofu init:

terraform {
  required_providers {
    ixapi = {
      source  = "ixapi-rs/ixapi"
      version = "$(version)"
    }
  }
}
DONE
